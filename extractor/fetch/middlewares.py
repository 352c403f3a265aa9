"""What every request and answer of a fetch goes through: addresses that are refused, robots.txt, and what is known already."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.error import DNSLookupError

from extractor.fetch.addresses import address_of, is_public, may_connect, resolver
from extractor.fetch.faults import told
from extractor.fetch.ledger import Entry
from extractor.fetch.politeness import BUSY, RefusedError, set_least_delay
from extractor.fetch.sources import Site
from extractor.fetch.stores import KnownPage, PageStore

SITE, KNOWN = "site", "known"  # keys of a request's meta: its site, and the state that its server is asked about
UNCHANGED = 304
# RFC 9309: where robots.txt cannot be had, nothing is allowed.
FORBIDS_ALL = b"User-agent: *\nDisallow: /\n"


class Gate:
    """Lets requests through to hosts that the site may use, and that have not asked to be left alone for long."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin without knowing any host."""
        self._crawler = crawler
        self._closed: dict[str, str] = crawler.spider.closed  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Gate:
        """Make one for Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse a request, or set how fast its host is asked.

        Raises:
            RefusedError: It is not to be sent.
        """
        host, server = urlsplit(request.url).hostname or "", urlsplit(request.url).netloc
        site: Site | None = request.meta.get(SITE)
        if server in self._closed:
            raise RefusedError(self._closed[server])
        try:
            address = await address_of(host)
        except DNSLookupError as error:
            raise RefusedError(f"its host {host} cannot be found; check the address") from error
        allowed = host in resolver().let_in or is_public(address) if site is None else may_connect(address, site)
        if not allowed:
            raise RefusedError(
                f"{host} has the address {address}, which is not public; give the source allow_private = true to fetch from it"
            )
        if site is not None:
            resolver().let_in.add(host)
            set_least_delay(self._crawler, host, site.delay_s)

    def process_response(self, request: Request, response: Response) -> Response:
        """Read a robots.txt that a server cannot give now as one that forbids everything.

        Raises:
            RefusedError: The answer came from another address than was checked.
        """
        site: Site | None = request.meta.get(SITE)
        if site is not None and response.ip_address and not may_connect(str(response.ip_address), site):
            raise RefusedError(f"its answer came from {response.ip_address}, an address that is not public")
        if is_robots(request) and (response.status in BUSY or response.status >= 500):
            return self._forbidden(request, f"it answers {response.status}; the next run tries again")
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Read a robots.txt that cannot be had as one that forbids everything."""
        if is_robots(request) and not isinstance(exception, RefusedError):
            return self._forbidden(request, told(exception))
        return None

    def _forbidden(self, request: Request, why: str) -> Response:
        server = urlsplit(request.url).netloc
        self._closed.setdefault(server, f"without the robots.txt of {server} nothing may be fetched there: {why}")
        return Response(request.url, body=FORBIDS_ALL)


class Revisits:
    """Asks servers whether what is known has changed, and puts a page that has not in place of a 304."""

    def __init__(self, pages: PageStore) -> None:
        """Look pages up in a store."""
        self._pages = pages

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Revisits:
        """Make one for Scrapy, on the spider's pages."""
        return cls(crawler.spider.pages)  # type: ignore[union-attr]

    def process_request(self, request: Request) -> None:
        """Add what the server called the state that is known: of the document, else of the page."""
        if request.meta.get("playwright"):
            return
        known: Entry | KnownPage | None = request.meta.get(KNOWN)
        if not isinstance(known, Entry):
            known = request.meta[KNOWN] = self._pages.get(request.url)
        for name, value in (
            ("If-None-Match", known and known.etag),
            ("If-Modified-Since", known and known.last_modified),
        ):
            request.headers.pop(name, None)
            if value:
                request.headers[name] = value.encode("latin-1")

    def process_response(self, request: Request, response: Response) -> Response:
        """Return a page that has not changed as if it had been sent; keep robots.txt."""
        known = request.meta.get(KNOWN)
        if response.status == UNCHANGED and isinstance(known, KnownPage):
            return response.replace(status=200, body=known.body, flags=[*response.flags, "unchanged"])
        if response.status == 200 and is_robots(request):
            self._pages.put(known_page(response))
        return response


def known_page(response: Response) -> KnownPage:
    """Return a page as the store keeps it."""
    return KnownPage(response.url, header(response, "ETag"), header(response, "Last-Modified"), response.body)


def header(response: Response, name: str) -> str | None:
    """Return a header of an answer; None where it has none."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def is_robots(request: Request) -> bool:
    """Return whether a request is Scrapy's own for a robots.txt."""
    return request.meta.get("dont_obey_robotstxt", False) is True
