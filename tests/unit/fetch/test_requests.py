"""Which addresses a fetch connects to, how long it leaves a busy host alone, and how it tells what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import succeed

from extractor.fetch.addresses import PinnedResolver, may_connect
from extractor.fetch.faults import told
from extractor.fetch.politeness import asked_pause
from extractor.fetch.sources import Site

PUBLIC = Site(name="a", start=("https://www.example.gov.cn/",))
PRIVATE = Site(name="a", start=("https://www.example.gov.cn/",), allow_private=True)
LOCAL = Site(name="a", start=("http://localhost:8000/",))


@pytest.mark.parametrize(
    ("address", "public", "private", "local"),
    [
        ("93.184.216.34", True, True, True),
        ("10.1.2.3", False, True, False),
        ("192.168.0.1", False, True, False),
        ("169.254.169.254", False, True, False),  # where clouds keep credentials
        ("::127.0.0.1", False, True, False),  # addresses of IPv4 in those of IPv6
        ("64:ff9b::a00:1", False, True, False),
        ("64:ff9b::808:808", True, True, True),
        ("2002:a00:1::", False, True, False),
        ("100.64.0.1", False, True, False),
        ("127.0.0.1", False, True, True),
        ("0.0.0.0", False, True, False),
        ("224.0.0.1", False, True, False),
        ("::1", False, True, True),
        ("fd00::1", False, True, False),
    ],
)
def test_only_public_addresses_are_connected_to_unless_a_site_says_otherwise(
    address: str, public: bool, private: bool, local: bool
) -> None:
    assert [may_connect(address, site) for site in (PUBLIC, PRIVATE, LOCAL)] == [public, private, local]


def test_a_name_that_is_looked_up_as_loopback_is_not_local() -> None:
    assert not may_connect("127.0.0.1", PUBLIC)


def test_a_name_keeps_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.216.34", "10.1.2.3"])
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda *_arguments: succeed(next(answers)))
    resolver = PinnedResolver(object(), 0, 1.0)
    found: list[str] = []
    for name in ("rebinding.example", "Rebinding.example"):
        resolver.getHostByName(name).addCallback(found.append)
    assert found == ["93.184.216.34"] * 2


def test_a_host_says_in_seconds_or_by_a_date_how_long_it_is_busy() -> None:
    def pause(said: str | None) -> float | None:
        return asked_pause(Response("https://a.cn/", headers={"Retry-After": said} if said else {}))

    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert (pause("120"), pause(None), pause("soon"), pause("-1")) == (120.0, None, None, None)
    assert (pause(until) or 0) == pytest.approx(90, abs=30)
    assert pause(format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)) == 0.0


def test_a_certificate_is_told_from_other_failures() -> None:
    assert "its certificate is not trusted" in told(DownloadFailedError("certificate verify failed"))
    assert told(DownloadFailedError("reset")) == (
        "cannot be fetched (DownloadFailedError: reset); check the address, or wait for the next run"
    )
