"""Run Scrapy over the sites: its settings, and its end."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from scrapy.crawler import AsyncCrawlerProcess
from twisted.logger import ILogObserver, LogPublisher, globalLogBeginner

from extractor.errors import ExtractorError, StorageError, UsageError
from extractor.fetch.addresses import PinnedResolver, is_refused
from extractor.fetch.ledger import Ledger
from extractor.fetch.links import PageReader, read_link_words
from extractor.fetch.middlewares import Gate, Revisits
from extractor.fetch.outcome import FetchSummary
from extractor.fetch.politeness import HostDelays, drop_all
from extractor.fetch.sources import MIN_DELAY, Site
from extractor.fetch.spider import SiteSpider
from extractor.fetch.stores import locked
from extractor.filesystem import why
from extractor.version import __version__

MAX_REDIRECTS = 6
MIB = 1 << 20


def fetch_sites(sites: tuple[Site, ...], folder: Path, configs: Path, timeout: float, max_mb: int) -> FetchSummary:
    """Fetch what is new on all sites into a folder; Scrapy's reactor runs once in a process, and so does this.

    Args:
        sites: The sites.
        folder: Where files and ledger are kept; it is created if it does not exist.
        configs: The configuration folder.
        timeout: Seconds for one answer.
        max_mb: Largest answer, in MiB.

    Raises:
        UsageError: Another fetch is writing to the folder, or a site needs a browser that is not installed.
        ConfigError: `links.toml` is not valid.
        DatasetError: The ledger is damaged.
        StorageError: The disk is full, or the folder may not be written; what was written stays.
    """
    reader = PageReader(read_link_words(configs))
    settings = _settings(timeout, max_mb) | _browser(sites)
    summary = FetchSummary()
    try:
        with locked(folder):
            ledger = Ledger(folder)
            try:
                # Twisted prints tracebacks of bad certificates where nobody listens; each is a line of the summary.
                globalLogBeginner.beginLoggingTo([cast("ILogObserver", LogPublisher())], redirectStandardIO=False)
                process = _Process(settings)
                process.crawl(SiteSpider, sites, reader, ledger, summary)
                process.start()
            finally:
                ledger.save()
    except OSError as error:
        raise StorageError(f"{error.filename or folder}: cannot be written ({why(error)})") from error
    if not summary.ended:
        raise ExtractorError(f"{folder}: the fetch broke off, which it never should; run it again, and report this")
    if summary.lost:
        raise StorageError(f"{summary.lost}; what was fetched before is kept")
    return summary


class _Process(AsyncCrawlerProcess):
    """Ends soon when it is interrupted."""

    async def stop(self) -> None:
        """End after what is under way."""
        for crawler in self.crawlers:
            if crawler.crawling:
                drop_all(crawler)
        await super().stop()


def _settings(timeout: float, max_mb: int) -> dict[str, Any]:
    return {
        "USER_AGENT": f"budget-extractor/{__version__}",
        "ROBOTSTXT_OBEY": True,
        "EXTENSIONS": {"scrapy.extensions.throttle.AutoThrottle": None, HostDelays: 0},
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": MIN_DELAY,
        "DOWNLOAD_DELAY": MIN_DELAY,
        "DOWNLOAD_DELAY_JITTER": 0,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "CONCURRENT_REQUESTS": 64,  # on as many hosts
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOADER_MIDDLEWARES": {
            Gate: 90,  # before robots.txt is asked for
            Revisits: 560,  # sees answers decompressed, and before they are tried again
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        },
        "TWISTED_DNS_RESOLVER": PinnedResolver,
        "HTTPPROXY_ENABLED": False,  # a proxy would look names up by itself
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": max_mb * MIB,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "HTTPERROR_ALLOW_ALL": True,
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_ENABLED": False,
        # For every answer, Scrapy would parse the source of the callback, and start a hundred tasks to take what it yields.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "CONCURRENT_ITEMS": 1,
    }


def _browser(sites: tuple[Site, ...]) -> dict[str, Any]:
    """Return the settings for sites that need a browser; none where no site does.

    Raises:
        UsageError: The extra is not installed.
    """
    named = [site.name for site in sites if site.javascript]
    if not named:
        return {}
    if find_spec("scrapy_playwright") is None:
        raise UsageError(
            f"{named[0]}: javascript = true needs a browser: pip install 'budget-extractor[fetch-javascript]', then "
            "playwright install chromium"
        )
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    installed = shutil.which("chromium")
    return {
        "DOWNLOAD_HANDLERS": {**_settings(0, 0)["DOWNLOAD_HANDLERS"], "http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": installed} if installed else {},
        "PLAYWRIGHT_ABORT_REQUEST": is_refused,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
    }
