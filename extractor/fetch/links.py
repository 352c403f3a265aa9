"""What a page says: its links, those to attachments and to further pages of a list among them, and when it was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import html
from lxml.etree import ParserError, iterwalk
from pydantic import AfterValidator

from extractor.source.encoding import decode_text
from extractor.source.inputs import SUFFIXES
from extractor.vocabulary.fields import Regex, Strict
from extractor.vocabulary.toml_file import TomlFile

# A web page has these names whatever it shows; others promise a document.
PAGE_SUFFIXES = frozenset((".html", ".htm", ".mht", ".txt", ".md", ".tsv"))
TARGETS = {"a": "href", "area": "href", "iframe": "src", "frame": "src", "embed": "src", "object": "data"}
_DATE = r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)"
_FULL_DATE = re.compile(rf"(?<!\d){_DATE}")
_NUMBERED = re.compile(r"_\d+\.\w+$")
_UNSEEN = frozenset(("script", "style", "noscript", "template"))
MAX_LISTED_PAGES = 2000  # of a script's call: more is no list but a mistake
MAX_ROW = 3  # elements around a link that are looked at for the row that it stands in
MAX_ROW_TEXT = 300  # characters: a row of a list is short


def _page_script(value: str) -> str:
    try:
        groups = re.compile(value).groupindex.keys()
    except re.error as error:
        raise ValueError(f'"{value}" is not a regular expression: {error}') from error
    if not {"count", "current", "stem", "suffix"} <= groups:
        raise ValueError(f'"{value}" lacks a group; expected count, current, stem and suffix')
    return value


class LinkWords(Strict):
    """The content of `links.toml`."""

    next_page: tuple[Regex, ...]
    attachment: tuple[Regex, ...]
    published: tuple[Regex, ...]
    published_meta: tuple[str, ...]
    title_meta: tuple[str, ...]
    page_scripts: tuple[Annotated[str, AfterValidator(_page_script)], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page.

    Attributes:
        url: Where it leads, without a fragment.
        text: What it says; its title where it says nothing or is cut off.
        published: The date that its row of a list prints.
        is_attachment: Whether the page announces a document: by 附件 or by a document's suffix.
        is_next: Whether it leads to another page of the same list.
    """

    url: str
    text: str
    published: date | None = None
    is_attachment: bool = False
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says.

    Attributes:
        title: Of its article, or else of the page.
        published: The date of publication that it prints; None where it prints none, or several.
        links: Its links, each once, in their order.
        asks_to_log_in: Whether it has a field for a password.
    """

    title: str
    published: date | None
    links: tuple[Link, ...]
    asks_to_log_in: bool


class PageReader:
    """Reads pages by the words of `links.toml`."""

    def __init__(self, words: LinkWords) -> None:
        """Compile the words."""
        self._next = re.compile("|".join(words.next_page), re.IGNORECASE)
        self._attachment = re.compile("|".join(words.attachment))
        labels = "|".join(words.published)
        self._published = re.compile(rf"(?<![一-鿿])(?:{labels})\s*[:：]?\s*{_DATE}")
        self._published_meta, self._title_meta = words.published_meta, words.title_meta
        self._scripts = [re.compile(script) for script in words.page_scripts]

    def read(self, body: bytes, url: str) -> Page:
        """Read a page.

        Args:
            body: Its bytes, in any encoding.
            url: Where it was found, which its links are relative to.
        """
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode_text(body))
        try:
            root = html.document_fromstring(text.replace("\0", ""))
        except (ParserError, ValueError):
            return Page("", None, (), asks_to_log_in=False)
        base = next((urljoin(url, href) for href in root.xpath("//base/@href")), url)
        title, published = self._article(root)
        found: dict[str, Link] = {}
        for link in (*self._links(root, base), *self._of_scripts(root, url)):
            found.setdefault(link.url, link)
        asks = bool(root.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']"))
        return Page(title, published, tuple(found.values()), asks)

    def _article(self, root: Any) -> tuple[str, date | None]:
        """Return the title and the date of publication."""
        meta = _meta(root)
        shown = _shown(root)
        title = next((meta[name] for name in self._title_meta if meta.get(name)), "")
        dates = {_date(found) for found in self._published.finditer(shown)}
        if not dates and title and "".join(title.split()) in "".join(shown.split()):
            # Templates carry the date of a channel to each of its pages: it counts beside the article that it is of.
            dates = {_date(f) for name in self._published_meta for f in _FULL_DATE.finditer(meta.get(name, ""))}
        heading = " ".join(root.findtext(".//title", "").split())
        return title or heading, dates.pop() if len(dates) == 1 else None

    def _links(self, root: Any, base: str) -> Iterator[Link]:
        for element in root.iter(*TARGETS):
            url = _address(element.get(TARGETS[element.tag]), base)
            if url is None:
                continue
            text, title = " ".join(element.text_content().split()), " ".join((element.get("title") or "").split())
            told = title if title and (not text or text.endswith(("…", "...", ".."))) else text
            is_next = bool(self._next.fullmatch(text)) or "next" in (element.get("rel") or "").lower().split()
            yield Link(url, told, _row_date(element), self._announces(element, url, told), is_next)

    def _announces(self, element: Any, url: str, text: str) -> bool:
        previous, parent = element.getprevious(), element.getparent()
        before = (parent.text if parent is not None else None) if previous is None else previous.tail
        return promises_document(url, text) or any(
            self._attachment.match(said) for said in (text, " ".join((before or "").split()))
        )

    def _of_scripts(self, root: Any, url: str) -> Iterator[Link]:
        """Yield the links that a script writes below the first page of a list."""
        if _NUMBERED.search(urlsplit(url).path):
            return
        for script in root.iter("script"):
            for pattern in self._scripts:
                for call in pattern.finditer(script.text or ""):
                    first, count = int(call["current"]), min(int(call["count"]), MAX_LISTED_PAGES)
                    for number in range(first + 1, first + count):
                        yield Link(urljoin(url, f"{call['stem']}_{number}.{call['suffix']}"), "", is_next=True)


def read_link_words(configs: Path) -> LinkWords:
    """Read `links.toml` of a configuration folder.

    Raises:
        ConfigError: It is missing or not valid.
    """
    return TomlFile(configs / "links.toml").validated(LinkWords, {})


def promises_document(url: str, text: str = "") -> bool:
    """Return whether a link names a document that is no page: in its path, its query (?filename=a.pdf) or its text."""
    parts = urlsplit(url)
    names = (parts.path, *(value for _, value in parse_qsl(parts.query)), text)
    suffixes = {PurePosixPath(unquote(name).strip()).suffix.lower() for name in names}
    return bool(suffixes & (SUFFIXES - PAGE_SUFFIXES))


def _address(target: str | None, base: str) -> str | None:
    """Return the web address of a link; None where it is a script's, a mail's or the page itself."""
    cleaned = re.sub(r"[\t\r\n]", "", (target or "").strip()).replace("\\", "/")
    if not cleaned or cleaned.startswith("#"):
        return None
    try:
        url = urljoin(base, cleaned).partition("#")[0]
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # a bracket where IPv6 would have one, a port that is no number
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _row_date(element: Any) -> date | None:
    """Return the date of the row of a list that a link stands in; None where it prints none or several, or no year."""
    row = element
    for _ in range(MAX_ROW):
        row = row.getparent()
        if row is None or row.tag == "body" or any(a.get("href") != element.get("href") for a in row.iter("a")):
            return None
        text = _shown(row, without=element)
        if len(text) > MAX_ROW_TEXT:
            return None
        dates = {_date(found) for found in _FULL_DATE.finditer(text)}
        if dates:
            return dates.pop() if len(dates) == 1 else None
    return None


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _meta(root: Any) -> dict[str, str]:
    """Return what a page's <meta> say, by their names in lower case; one that says several things says none."""
    said: dict[str, set[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        if content := " ".join((element.get("content") or "").split()):
            said.setdefault(name, set()).add(content)
    return {name: contents.pop() for name, contents in said.items() if len(contents) == 1}


def _shown(root: Any, without: Any = None) -> str:
    """Return what an element shows; of an icon, its title (<i title="发布日期"></i>)."""
    parts: list[str] = []
    walk = iterwalk(root, events=("start", "end", "comment"))
    for event, element in walk:
        if event == "start" and (element is without or element.tag in _UNSEEN):
            walk.skip_subtree()
        elif event == "start":
            icon = not len(element) and not (element.text or "").strip()
            parts.append((element.get("title") if icon else element.text) or "")
        elif element is not root:
            parts.append(element.tail or "")
    return " ".join(" ".join(parts).split())
