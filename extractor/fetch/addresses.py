"""Which addresses may be connected to: a name is looked up once, checked, and connected to by what was checked."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError

from extractor.fetch.sources import Site

_WITH_IPV4 = [
    ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "::ffff:0:0/96", "::/96")
]  # NAT64, mapped, compatible


class PinnedResolver(CachingThreadedResolver):
    """Gives a name the address that it had at first until the run ends: what was checked cannot be another later.

    Attributes:
        let_in: Hosts that a site may fetch from: what is asked for on behalf of a page, such as robots.txt, may be too.
    """

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        """Take the arguments of Scrapy."""
        super().__init__(reactor, cache_size, timeout)
        self._addresses: dict[str, str] = {}
        self.let_in: set[str] = set()

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Look up a name."""
        key = name.lower()
        if key in self._addresses:
            return succeed(self._addresses[key])
        return super().getHostByName(name, timeout).addCallback(lambda found: self._addresses.setdefault(key, found))


def resolver() -> PinnedResolver:
    """Return the resolver of this process."""
    from twisted.internet import reactor  # noqa: PLC0415 - Scrapy must have chosen it first

    found: PinnedResolver = reactor.resolver
    return found


async def address_of(host: str) -> str:
    """Return the address that a connection to a host goes to.

    Raises:
        DNSLookupError: There is none.
    """
    address: str = await maybe_deferred_to_future(resolver().getHostByName(host))
    return address


def may_connect(address: str, site: Site) -> bool:
    """Return whether a site's documents may be fetched from an address: a public one, or one that the site allows."""
    if site.allow_private or is_public(address):
        return True
    return ipaddress.ip_address(address).is_loopback and site.is_local


async def is_refused(request: Any) -> bool:
    """Return whether what a page asks for in the browser is not to be sent: Playwright asks this for each of its requests."""
    parts = urlsplit(request.url)
    if parts.scheme not in ("http", "https"):
        return parts.scheme not in ("data", "blob")
    try:
        address = await address_of(parts.hostname or "")
    except DNSLookupError:
        return True
    return not is_public(address) and parts.hostname not in resolver().let_in


def is_public(address: str) -> bool:
    """Return whether an address is one of the internet, and so is the one of IPv4 that it may stand for."""
    found = ipaddress.ip_address(address)
    meant = [found]
    if isinstance(found, ipaddress.IPv6Address):
        if found.sixtofour is not None:
            meant.append(found.sixtofour)
        if any(found in network for network in _WITH_IPV4):
            meant.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return all(own.is_global and not own.is_multicast for own in meant)
