"""How fast a host is asked: its sites' delay, what robots.txt says, how fast it answers, and what it asks for by Retry-After."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

BUSY = (429, 503)
PAUSE = 5.0  # seconds that a busy host is left alone where it does not say how long; doubled at each further try
MAX_PAUSE = 600.0  # seconds: a host that asks for more is left for the next night


class HostDelays(AutoThrottle):
    """Scrapy's auto-throttle, with a least delay for each host, and a pause where the host asks for one."""

    def __init__(self, crawler: Crawler) -> None:
        """Listen to what robots.txt says, too."""
        super().__init__(crawler)
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        asked = robotparser.crawl_delay(self.crawler.settings["USER_AGENT"])
        if asked is not None:
            set_least_delay(self.crawler, urlsplit(request.url).hostname or "", min(asked, self.maxdelay))

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        """Keep to the least delay of the host."""
        self.mindelay = least_delay(self.crawler, urlsplit(response.url).hostname or "")
        super()._adjust_delay(slot, latency, response)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        _, slot = self._get_slot(request, spider)
        if slot is None or response.status not in BUSY:
            return
        pause = asked_pause(response)
        if pause is None:
            pause = PAUSE * 2 ** request.meta.get("retry_times", 0)
        if pause <= MAX_PAUSE:
            slot.lastseen = time.monotonic() + pause  # the next request counts its delay from then
            return
        server = urlsplit(request.url).netloc
        spider.closed[server] = f"{server} asks to be left alone for {pause:.0f} s: left for the next run"  # type: ignore[attr-defined]
        drop_waiting(slot, RefusedError(spider.closed[server]))  # type: ignore[attr-defined]


class RefusedError(IgnoreRequest):
    """A request that is not sent; its text says why."""


class StoppedError(IgnoreRequest):
    """A request that is not sent, as the fetch ends."""


def drop_waiting(slot: Slot, error: IgnoreRequest) -> None:
    """Have those requests fail that wait for their host's turn."""
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(error))  # type: ignore[no-untyped-call]


def drop_all(crawler: Crawler) -> None:
    """Have all requests fail that wait for the turn of their host, perhaps for minutes: the fetch ends."""
    for slot in crawler.engine.downloader.slots.values():
        drop_waiting(slot, StoppedError("the fetch ends"))


def asked_pause(response: Response) -> float | None:
    """Return the seconds that a host asks to be left alone for; None where it does not say."""
    said = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if said.isdecimal():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def least_delay(crawler: Crawler, host: str) -> float:
    """Return the seconds between two requests to a host, at least."""
    delays = crawler.engine.downloader.per_slot_settings
    return float(delays.get(host, {}).get("delay", 0.0))


def set_least_delay(crawler: Crawler, host: str, delay: float) -> None:
    """Have a host asked no faster than this; the slowest of several demands holds."""
    if delay > least_delay(crawler, host):
        downloader = crawler.engine.downloader
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay}
        if slot := downloader.slots.get(host):
            slot.delay = max(slot.delay, delay)
