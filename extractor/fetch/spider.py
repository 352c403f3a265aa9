"""Walk the sites: read their pages, follow the links that are wanted, and keep what the bytes say is a document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import canonicalize_url

from extractor.contract import DocumentKind
from extractor.fetch.faults import REDIRECTS, ROBOTS, told
from extractor.fetch.ledger import GONE, Entry, Ledger
from extractor.fetch.links import Link, Page, PageReader, promises_document
from extractor.fetch.middlewares import KNOWN, SITE, UNCHANGED, header, known_page
from extractor.fetch.outcome import FetchSummary
from extractor.fetch.politeness import StoppedError, drop_all
from extractor.fetch.sources import Site
from extractor.fetch.stores import PageStore, keep_document
from extractor.filesystem import why
from extractor.source.source import sniff

WANT = "want"  # key of a request's meta
# What is kept wherever a link leads to it, and what only a `download` glob asks for.
DOCUMENTS: frozenset[DocumentKind] = frozenset(
    ("pdf", "ofd", "docx", "doc", "xlsx", "xls", "ods", "zip", "rar", "7z", "encrypted")
)
OTHERS: frozenset[DocumentKind] = frozenset(("html", "text", "png", "jpeg", "tiff"))
NEITHER = "leads neither to a page nor to a document"


@dataclass(frozen=True, slots=True)
class Want:
    """A link that is to be fetched.

    Attributes:
        url: The link.
        found_on: The page that has it; None for a start page.
        text: What it says.
        title: That of the page.
        published: The date of its row, or of the page.
        follow: Whether the links of the page that it leads to are wanted.
        download: Whether it leads to a document.
        depth: Links between a start page and it.
        again: Whether no page has it any more: it is a document that was there before.
    """

    url: str
    found_on: str | None = None
    text: str | None = None
    title: str | None = None
    published: date | None = None
    follow: bool = False
    download: bool = False
    depth: int = 0
    again: bool = False


@dataclass(slots=True)
class _Walk:
    """What is known of a site while it is walked.

    Attributes:
        seen: URLs that were asked for.
        pages: How many of them are pages.
        links: Links that they have.
        hits: Key of `sources.toml` and glob → links that match it.
        examples: Some links, for a message about a glob that matches none.
        refused: Reason → links that were not asked for.
    """

    seen: set[str] = field(default_factory=set)
    pages: int = 0
    links: int = 0
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    refused: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class SiteSpider(Spider):
    """Walks all sites at once, each host at its own pace.

    Attributes:
        pages: The pages that are known.
        closed: Server → why it is asked for nothing more.
    """

    name = "extractor"

    def __init__(self, sites: tuple[Site, ...], reader: PageReader, ledger: Ledger, summary: FetchSummary) -> None:
        """Take the sites, and what to write to."""
        super().__init__()
        self.pages = PageStore(ledger.folder)
        self.closed: dict[str, str] = {}
        self._sites, self._reader, self._ledger, self._summary = sites, reader, ledger, summary
        self._walks = {site.name: _Walk() for site in sites}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        """Make one for Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._idle, signal=signals.spider_idle)
        crawler.signals.connect(spider._closed, signal=signals.spider_closed)
        crawler.signals.connect(spider._received, signal=signals.response_received)
        return spider

    async def start(self) -> Any:
        """Yield the requests for the start pages."""
        for site in self._sites:
            for url in site.start:
                for request in self._requests(site, Want(url, follow=True)):
                    yield request

    def _requests(self, site: Site, want: Want) -> Iterator[Request]:
        """Yield the request for a link, once, within the limits of the site."""
        walk, key = self._walks[site.name], canonicalize_url(want.url)
        if key in walk.seen:
            return
        walk.seen.add(key)
        if want.follow and (limit := self._limit(site, want)):
            walk.refused[f"{limit} leaves pages out"].append(want.url)
            if not want.download:
                return
            want = replace(want, follow=False)
        walk.pages += want.follow
        kept = self._ledger.kept(site.name, want.url)
        known = kept if kept and kept.file and (self._ledger.folder / kept.file).exists() else None
        meta: dict[str, Any] = {SITE: site, WANT: want, KNOWN: known}
        if site.javascript and want.follow and not want.download:
            meta |= {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "networkidle"}}
        yield Request(want.url, self._answered, errback=self._failed, meta=meta, priority=-want.depth, dont_filter=True)

    def _limit(self, site: Site, want: Want) -> str:
        """Return the limit of a site that a page is beyond; empty where it is within."""
        if want.depth > site.max_depth:
            return f"max_depth = {site.max_depth}"
        return f"max_pages = {site.max_pages}" if self._walks[site.name].pages >= site.max_pages else ""

    def _answered(self, response: Response) -> Iterator[Request]:
        """Take an answer; whatever happens in it costs this link alone, but for a disk that is full."""
        site, want = response.meta[SITE], response.meta[WANT]
        try:
            yield from self._take(site, want, response)
        except OSError as error:
            raise self._stopped(error) from error

    def _stopped(self, error: OSError) -> CloseSpider:
        """Return what ends the walk, as nothing more can be written."""
        self._summary.lost = f"{error.filename or self._ledger.folder}: cannot be written ({why(error)})"
        drop_all(self.crawler)
        return CloseSpider("storage")

    def _take(self, site: Site, want: Want, response: Response) -> Iterator[Request]:
        try:
            yield from self._taken(site, want, response)
        except OSError:
            raise
        except Exception as error:
            fault = f"cannot be taken ({type(error).__name__}: {error}); please report it"
            self._fault(site, want, response.status, fault)

    def _taken(self, site: Site, want: Want, response: Response) -> Iterator[Request]:
        known = response.meta[KNOWN]
        if response.status == UNCHANGED and isinstance(known, Entry) and known.file:
            self._record(site, want, known, known)
            if want.follow and known.kind == "html":
                yield from self._follow(site, want, response.url, (self._ledger.folder / known.file).read_bytes())
        elif response.status != 200:
            self._refusal(site, want, response)
        else:
            kind = sniff(response.body)
            if kind == "html" and want.follow:
                if "unchanged" not in response.flags and not response.meta.get("playwright"):
                    self.pages.put(known_page(response))
                yield from self._follow(site, want, response.url, response.body)
            self._keep(site, want, response, kind)

    def _refusal(self, site: Site, want: Want, response: Response) -> None:
        if want.again and response.status in GONE:
            self._summary.counts["gone"] += 1
            self._note(site, want, response.status, f"answers {response.status}")
        elif location := header(response, "Location"):
            self._fault(site, want, response.status, f"redirects to {location}; expected http or https")
        else:
            self._fault(site, want, response.status, f"answers {response.status}")

    def _follow(self, site: Site, want: Want, url: str, body: bytes) -> Iterator[Request]:
        """Yield the requests for the links of a page that are wanted."""
        self._summary.counts["pages"] += 1
        page = self._reader.read(body, url)
        if not page.links and want.found_on is None:
            fault = "has no links; where a script writes them, give the source javascript = true"
            self._summary.faults.append(f"{site.name}: {want.url}: {fault}")
        for link in page.links:
            if (wanted := self._wanted(site, want, url, page, link)) is not None:
                yield from self._requests(site, wanted)

    def _wanted(self, site: Site, of: Want, url: str, page: Page, link: Link) -> Want | None:
        """Return what is wanted of a link; None where nothing is."""
        walk = self._walks[site.name]
        walk.links += 1
        if len(walk.examples) < 3 and urlsplit(link.url).hostname in site.hosts and link.url not in walk.examples:
            walk.examples.append(link.url)
        follows, downloads = site.matching(site.follow, link.url), site.matching(site.download, link.url)
        walk.hits.update(("follow", glob) for glob in follows)
        walk.hits.update(("download", glob) for glob in downloads)
        is_next = link.is_next and urlsplit(link.url).hostname == urlsplit(url).hostname
        attached = not site.download and link.is_attachment and urlsplit(link.url).hostname in site.hosts
        if not (follows or downloads or is_next or attached):
            return None
        return Want(
            link.url,
            url,
            link.text or None,
            page.title or None,
            link.published or page.published or of.published,
            follow=bool(follows) or is_next,
            download=bool(downloads) or attached,
            depth=of.depth + (0 if is_next else 1),
        )

    def _keep(self, site: Site, want: Want, response: Response, kind: DocumentKind) -> None:
        """Keep an answer that is a document, and say what another is that should have been one."""
        if fault := self._no_document(want, response, kind):
            self._fault(site, want, response.status, fault)
        elif kind in DOCUMENTS or (want.download and not _breaks_promise(want, kind)):
            digest, file = keep_document(self._ledger.folder, response.body, kind)
            entry = Entry(
                site.name,
                *(None, want.url, None, None, None, None, _now(), _now(), response.status, None),
                *(header(response, "ETag"), header(response, "Last-Modified"), digest, len(response.body), kind, file),
            )
            self._record(site, want, entry, self._ledger.kept(site.name, want.url))
        elif kind != "html":
            self._walks[site.name].refused[NEITHER].append(want.url)
        elif self._ledger.latest(site.name, want.url) is not None:  # a page that gave nothing before
            self._note(site, want, response.status, None)

    def _no_document(self, want: Want, response: Response, kind: DocumentKind) -> str:
        """Return why an answer is not what the link promises; empty where it is."""
        if kind in DOCUMENTS or (want.follow and not want.download and kind == "html"):
            return ""
        if not want.download:
            return "" if want.found_on else f"is no page ({kind}); expected HTML with links"
        login = kind == "html" and self._reader.read(response.body, response.url).asks_to_log_in
        if login or kind not in OTHERS or (_breaks_promise(want, kind) and not want.follow):
            what = "a login page" if login else "an HTML page" if kind == "html" else f"no document ({kind})"
            return f"is {what}; expected a document"
        return ""

    def _record(self, site: Site, want: Want, entry: Entry, before: Entry | None) -> None:
        """Write a document's row."""
        counts = self._summary.counts
        counts["documents"] += 1
        told_now = _described(site, want, entry)
        counts["unchanged" if before and before.sha256 == entry.sha256 else "changed" if before else "new"] += 1
        if (before is None or before.sha256 != entry.sha256) and entry.file:
            self._summary.new_files.append(entry.file)
        self._ledger.record(told_now)

    def _note(self, site: Site, want: Want, status: int | None, fault: str | None) -> None:
        """Write the row of a link that gave no file."""
        row = Entry(site.name, None, want.url, None, None, None, None, _now(), _now(), status, fault)
        self._ledger.record(_described(site, want, row))

    def _fault(self, site: Site, want: Want, status: int | None, fault: str) -> None:
        self._note(site, want, status, fault)
        self._summary.faults.append(f"{site.name}: {want.url}: {fault}")

    def _failed(self, failure: Failure) -> None:
        """Take note of a request that gave no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        site, want = request.meta[SITE], request.meta[WANT]
        error = failure.value or OSError("no answer")
        if isinstance(error, StoppedError):
            return
        try:
            if isinstance(error, IgnoreRequest) and str(error) != REDIRECTS:
                self._leave_out(site, want, urlsplit(request.url).netloc, str(error))
            else:
                self._fault(site, want, None, told(error))
        except OSError as stopped:
            raise self._stopped(stopped) from stopped

    def _leave_out(self, site: Site, want: Want, server: str, reason: str) -> None:
        if reason == ROBOTS:
            reason = self.closed.get(server, f"robots.txt of {server} forbids it")
        self._note(site, want, None, reason)
        self._walks[site.name].refused[reason].append(want.url)

    def _received(self, response: Response) -> None:
        self._summary.counts["bytes"] += 0 if "unchanged" in response.flags else len(response.body)

    def _idle(self) -> None:
        """Ask for the documents that were there before and that no page has any more.

        Raises:
            DontCloseSpider: There are such.
        """
        again = [request for site in self._sites for request in self._known_before(site)]
        for request in again:
            self.crawler.engine.crawl(request)
        if again:
            raise DontCloseSpider

    def _known_before(self, site: Site) -> Iterator[Request]:
        for entry in self._ledger.of_source(site.name):
            kept = self._ledger.kept(site.name, entry.url)
            home = urlsplit(entry.url).hostname in site.hosts
            wanted = site.matching((*site.download, *site.follow), entry.url) or (home and not site.download)
            if kept is not None and entry.status not in GONE and wanted:
                want = Want(
                    entry.url, kept.found_on, kept.link_text, kept.title, kept.published, download=True, again=True
                )
                yield from self._requests(site, want)

    def _closed(self, reason: str) -> None:
        """Write the lines about whole sites."""
        self._summary.ended, self._summary.interrupted = True, reason == "shutdown"
        for site in self._sites:
            walk = self._walks[site.name]
            for cause, urls in walk.refused.items():
                line = f"{site.name}: {cause}: {len(urls)} links, first {urls[0]}"
                by_rule = cause.startswith(("robots.txt of", "max_", NEITHER)) and urls[0] not in site.start
                (self._summary.notes if by_rule else self._summary.faults).append(line)
            if reason == "finished" and walk.links:
                self._summary.faults += self._idle_globs(site, walk)

    def _idle_globs(self, site: Site, walk: _Walk) -> Iterator[str]:
        """Yield a line for each glob that no link matches."""
        for key, globs in (("follow", site.follow), ("download", site.download)):
            for glob in globs:
                if not walk.hits[key, glob]:
                    yield (
                        f'{site.name}: {key}: "{glob}" matches none of {walk.links} links, which are such as '
                        f"{', '.join(walk.examples) or 'those of other hosts'}; correct it in the sources"
                    )


def _breaks_promise(want: Want, kind: DocumentKind) -> bool:
    """Return whether a link names a document, and leads to a page or a message."""
    return kind in ("html", "text") and promises_document(want.url, want.text or "")


def _described(site: Site, want: Want, entry: Entry) -> Entry:
    """Return a row with what is known of its link now."""
    return replace(
        entry,
        region=site.region,
        found_on=want.found_on,
        link_text=want.text,
        title=want.title,
        published=want.published,
        checked_at=_now(),
    )


def _now() -> datetime:
    return datetime.now(UTC)
