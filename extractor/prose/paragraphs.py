"""Join the lines of page layouts into paragraphs, without running heads and page numbers, and keep character offsets.

A paragraph ends where a line ends with 。 or is short, or where the next line begins with a numbering, since most pages of
prose have no character positions.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, starmap
from math import inf
from typing import NamedTuple

from extractor.grids.grid import PageLayout, TextLine
from extractor.notation.numbering import CHINESE, NUMBERING, is_page_number, is_page_number_between_dashes
from extractor.notation.text import narrow, printed
from extractor.notation.units import MONEY
from extractor.notation.years import YEAR
from extractor.prose.cell_texts import CellText, cell_texts

SHORT = 5.0  # ems by which a line falls short of the page's widest when it ends a paragraph, not only a word or figure
NARROW = 0.25  # of a column's width: a numbered line that falls short of it by so much is a heading
MIN_LINES = 5  # minimum lines for a page's own width; a page with fewer lines uses that of the document
MIN_REPEATS = 3  # minimum pages that begin or end with the same line, which is then a running head
_WITHOUT_NUMBER = re.compile(r"[-—–―_\s/第页共]*")  # a page number whose digits are fields that nobody filled in
_CONTENTS_LINE = re.compile(r"(?:[.…·]{4,}|\s)\s*\d{1,3}$")
_SPACED = re.compile(r"(?<![\d.,])(?<![\d.,] )[\d.,，．](?: [\d.,，．]){2,}(?![\d.,])")
_ASCII = re.compile(r"[A-Za-z0-9.]")
_WORD = re.compile(r"[A-Za-z0-9]")
_REST = re.compile(
    rf"[\d.,]*(?:(?:{MONEY})(?!至)|%|％)|[\d,]*\d\.\d+|[(（](?:类|款|项|境|护)[)）]"
)  # never begins a paragraph
_NO_KEY = re.compile(r"[\d\s—–-]+")
_GLYPH = re.compile(r"[一-鿿：:]")
_STOPS = ("。", "；", ";", "：", ":")
_OPEN_END = ("，", ",", "、", "（", "(", "“")
_WIDE = frozenset("WFA")
_SEEN = re.compile(r"[^\s\0\ufffe]+")
_UNEVEN = re.compile(r"[\s\0\x02\ufeff\u200b\ufffe]")
_OF_A_TABLE = re.compile(rf"单位[:：]|表(?:[(（].*)?$|^(?:公开)?\s?表\s?[{CHINESE}\d]|^公开\s?\d|^(?:编制|填报)")


class _Wide(dict[int, str]):
    """`w` for a character of full width, nothing for others."""

    def __missing__(self, code: int) -> str:
        self[code] = "w" if unicodedata.east_asian_width(chr(code)) in _WIDE else ""
        return self[code]


_EMS = _Wide()


class Span(NamedTuple):
    """A part of the document: its first and last page, and the offsets into their texts (end exclusive)."""

    page: int
    end_page: int
    start: int | None
    end: int | None


class Paragraph(NamedTuple):
    """One paragraph.

    Attributes:
        text: As printed, without line ends and blanks; one blank stays between two words of Latin letters or digits.
        plain: The same length, for matching: full-width digits, brackets, colons and percent signs narrowed.
        pages: The page of each character of `text`, 1-based.
        offsets: Its offset into that page's text; -1 where it is not found there.
        short: It was one line, and shorter than a full one: what a heading is.
        contents: It is on a page of contents (目录).
        labelled: It stands in a cell beside a text that says what it is about.
    """

    text: str
    plain: str
    pages: tuple[int, ...]
    offsets: tuple[int, ...]
    short: bool
    contents: bool = False
    labelled: bool = False

    @property
    def page(self) -> int:
        """The page it begins on."""
        return self.pages[0]

    @property
    def end_page(self) -> int:
        """The page it ends on."""
        return self.pages[-1]

    def span(self, start: int, end: int) -> Span:
        """Return the place of `text[start:end]` in the document."""
        last = max(start, end - 1)
        begun, ended = self.offsets[start], self.offsets[last]
        return Span(
            self.pages[start], self.pages[last], begun if begun >= 0 else None, ended + 1 if ended >= 0 else None
        )


class _ProseLine(NamedTuple):
    text: str
    offsets: tuple[int, ...]
    page: int
    width: float  # in ems
    whole: bool = False  # a paragraph of its own, as in a cell
    labelled: bool = False  # beside a text in another cell


def read_paragraphs(layouts: Sequence[PageLayout]) -> list[Paragraph]:
    """Return a document's paragraphs in reading order; the cells of tables are left out, but for those that hold prose."""
    pages = [list(_lines(layout)) for layout in layouts]
    heads = _running_heads(pages)
    pages = [[line for line in _trimmed(lines) if _key(line.text) not in heads] for lines in pages]
    pages = [[] if n and _printed_again(lines, pages[n - 1]) else lines for n, lines in enumerate(pages)]
    usual = _width([line for lines in pages for line in lines])
    contents = False
    found: list[Paragraph] = []
    pending: list[_ProseLine] = []
    for layout, lines in zip(layouts, pages, strict=True):
        contents = _is_contents(lines, contents)
        listed = _count_listed(lines) if contents else 0
        full = _full_width(lines, usual)
        if layout.grids and pending and _ends(pending[-1], full):
            found.append(_joined(pending, False, False))
            pending = []
        for index, line in enumerate(lines):
            apart = line.whole or (index <= listed and contents)
            if pending and (apart or pending[-1].whole or _begins(line, pending, full)):
                found.append(_joined(pending, _is_short(pending[-1], full), 0 < index <= listed))
                pending = []
            pending.append(line)
        contents = contents and listed == len(lines)
        if contents and pending:
            found.append(_joined(pending, True, True))
            pending = []
    if pending:
        found.append(_joined(pending, _is_short(pending[-1], inf), contents))
    return found


def _is_short(line: _ProseLine, full: float) -> bool:
    """Return whether a line is so short that it may be a heading; one in a cell, beside its text, is none without a number."""
    return line.width <= full - SHORT and (not line.whole or NUMBERING.match(line.text) is not None)


def _ems(text: str) -> float:
    return 0.5 * (len(text) + len(text.translate(_EMS)))


def _lines(layout: PageLayout) -> Iterator[_ProseLine]:
    """Yield a page's lines outside its tables: by position where the page has positions, else in the order of the text."""
    told = [(grid.top, texts) for grid in layout.grids if (texts := cell_texts(grid))]
    if layout.lines or told:
        index = _Index(layout.text)
        for row in _rows(layout.lines):
            while told and told[0][0] < row[0].top:
                yield from _whole_lines(told.pop(0)[1], index, layout.page)
            text = " ".join(piece.text for piece in row)
            plain, kept = _compact(text)
            if plain and not (layout.grids and _OF_A_TABLE.search(plain)):
                offsets = index.find("".join([text[i] for i in kept]))
                yield _ProseLine(plain, offsets, layout.page, _ems(plain))
        for _, texts in told:
            yield from _whole_lines(texts, index, layout.page)
        return
    if layout.grids:
        return
    start = 0
    for raw in layout.text.splitlines(keepends=True):
        plain, kept = _compact(raw)
        if plain:
            offsets = tuple(start + i for i in kept)
            yield _ProseLine(plain, offsets, layout.page, _ems(plain))
        start += len(raw)


def _whole_lines(texts: Sequence[CellText], index: _Index, page: int) -> Iterator[_ProseLine]:
    """Yield the paragraphs of a grid's cells."""
    for text, labelled in texts:
        plain, kept = _compact(text)
        yield _ProseLine(plain, index.find("".join([text[i] for i in kept])), page, _ems(plain), True, labelled)


def _rows(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Yield the text lines that form one printed line, from left to right: none stands under another of them."""
    row: list[TextLine] = []
    for line in lines:
        middle = (line.top + line.bottom) / 2
        apart = all(line.x1 <= piece.x0 or piece.x1 <= line.x0 for piece in row)
        if row and not (apart and row[-1].top < middle < row[-1].bottom):
            yield sorted(row, key=lambda piece: piece.x0)
            row = []
        row.append(line)
    if row:
        yield sorted(row, key=lambda piece: piece.x0)


class _Index:
    """Finds a line that was read by position in the page's text stream."""

    def __init__(self, text: str) -> None:
        runs = [match.span() for match in _SEEN.finditer(text)]
        self.chars = "".join(text[start:end] for start, end in runs).replace("\x02", "-")
        self.kept = list(chain.from_iterable(starmap(range, runs)))
        self.after = 0

    def find(self, chars: str) -> tuple[int, ...]:
        """Return each character's offset; -1 for all where the stream does not contain the line."""
        wanted = "".join(chars.split())
        at = self.chars.find(wanted, self.after)
        at = self.chars.find(wanted) if at < 0 else at
        if at < 0 or not wanted:
            return (-1,) * len(chars)
        self.after = at + len(wanted)
        if wanted == chars:
            return tuple(self.kept[at : self.after])
        offsets = []
        for char in chars:
            offsets.append(self.kept[min(at, len(self.kept) - 1)])
            at += not char.isspace()
        return tuple(offsets)


def _compact(text: str) -> tuple[str, Sequence[int]]:
    """Return a line without its blanks, and the index of each character that stays.

    A blank stays between two Latin words or two numbers, unless all of the figure is set letter by letter.
    """
    bare = text.strip()
    if not _UNEVEN.search(bare):  # most lines need no change
        start = len(text) - len(text.lstrip())
        return bare, range(start, start + len(bare))
    spaced = {i for match in _SPACED.finditer(text) for i in range(*match.span())}
    chars: list[str] = []
    kept: list[int] = []
    for index, char in enumerate(text):
        if char in "\0\ufeff\u200b\ufffe":
            continue
        if char.isspace():
            rest = text[index + 1 :].lstrip()
            between = bool(chars) and bool(rest) and _WORD.match(chars[-1]) and _WORD.match(rest)
            if not between or index in spaced or chars[-1] == " ":
                continue
            chars.append(" ")
        else:
            chars.append("-" if char == "\x02" else char)
        kept.append(index)
    return "".join(chars), kept


def _key(text: str) -> str:
    return _NO_KEY.sub("", text)


def _running_heads(pages: Sequence[Sequence[_ProseLine]]) -> set[str]:
    """Return the lines that open or close many pages, numbers apart."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_key(line.text) for line in (*lines[:2], *lines[-2:]) if not NUMBERING.match(line.text)})
    written = sum(bool(lines) for lines in pages)
    least = max(MIN_REPEATS, written // 3)
    return {key for key, count in edges.items() if key and count >= least}


def _printed_again(lines: Sequence[_ProseLine], before: Sequence[_ProseLine]) -> bool:
    """Return whether a page's text is that of the page before: a text box across both repeats its whole text on each."""
    texts = {line.text for line in before}
    return len(lines) >= MIN_LINES and all(line.text in texts for line in lines)


def _trimmed(lines: list[_ProseLine]) -> list[_ProseLine]:
    """Drop page numbers from both ends of a page."""
    kept = list(lines)
    for _ in range(2):
        if kept and _is_page_number(kept[0]):
            kept = kept[1:]
        if kept and _is_page_number(kept[-1]):
            kept = kept[:-1]
    # A running head may stand above the number: 苏州市… newline - 1 - newline.
    if len(kept) > 1 and is_page_number_between_dashes(printed(kept[1].text)):
        del kept[1]
    return kept


def _is_page_number(line: _ProseLine) -> bool:
    text = printed(line.text)
    number = is_page_number(text) and not re.fullmatch(YEAR, text)  # the year on a cover is not a page number
    return number or _WITHOUT_NUMBER.fullmatch(text) is not None


def _width(lines: Sequence[_ProseLine]) -> float:
    """Return the width of a full line in ems: the 90th percentile, since single lines may be wider."""
    widths = sorted(line.width for line in lines if not line.whole)
    return widths[min(int(0.9 * len(widths)), len(widths) - 1)] if widths else 0.0


def _full_width(lines: Sequence[_ProseLine], usual: float) -> float:
    """Return the width of a page's full line: its own where several lines reach it, else at least the document's."""
    lines = [line for line in lines if not line.whole]
    own = _width(lines)
    reaching = sum(line.width >= own - SHORT / 2 for line in lines)
    return own if len(lines) >= MIN_LINES and reaching >= max(3, len(lines) // 4) else max(own, usual)


def _is_contents(lines: Sequence[_ProseLine], before: bool) -> bool:
    """Return whether a page is a page of contents: it prints 目录, or continues the list without a sentence."""
    if not lines:
        return before
    if any(re.fullmatch(r"目\s?[录次]", line.text) for line in lines[:4]):
        return True
    sentences = any(re.search(r"[。，；]", line.text) for line in lines)
    return before and not sentences and all(line.width < 45 for line in lines) and _lists(lines)


def _count_listed(lines: Sequence[_ProseLine]) -> int:
    """Return how many lines of a page of contents list: a web page goes on with what they list, which numbers again."""
    sentence = next((i for i, line in enumerate(lines) if re.search(r"[。；]", line.text)), len(lines))
    start = next((i for i, line in enumerate(lines) if re.fullmatch(r"目\s?[录次]", line.text)), -1) + 1
    if sentence == len(lines) or sentence <= start:
        return len(lines)
    first = NUMBERING.match(lines[start].text)
    again = (i for i in range(start + 1, sentence) if first and lines[i].text.startswith(first[0]))
    return next(again, sentence)


def _lists(lines: Sequence[_ProseLine]) -> bool:
    numbered = sum(bool(NUMBERING.match(line.text)) for line in lines)
    return 2 * numbered >= len(lines) and not any(line.text.startswith("第一部分") for line in lines)


def _ends(line: _ProseLine, full: float) -> bool:
    """Return whether a line ends its paragraph by itself, as before a table."""
    return line.text.endswith(("。", "；", ";")) or (line.width <= full - SHORT and not line.text.endswith(_OPEN_END))


def _begins(line: _ProseLine, pending: Sequence[_ProseLine], full: float) -> bool:
    """Return whether a line begins a paragraph behind the lines of the last one."""
    before, opens = pending[-1], len(pending) == 1
    if line.text[:1] in "。，；、）)：:,;”》" or before.text.endswith(_OPEN_END):
        return False
    if _GLYPH.fullmatch(line.text) or (_GLYPH.fullmatch(before.text) and (opens or before.text in f"{CHINESE}：:")):
        # Some programs set a character on a line of its own: 一 newline 般公共预算支出; the end of a heading may wrap, too.
        return NUMBERING.match(line.text) is not None
    if before.text.endswith("说明") and NUMBERING.match(before.text):
        return True
    if _REST.match(line.text) and not before.text.endswith(_STOPS):
        return False
    if before.text.endswith(("。", "!", "！", "元.", "%.")):
        return True
    if NUMBERING.match(line.text) and (before.width <= full - 2 or before.text.endswith(("；", ";", "：", ":"))):
        return True
    if NUMBERING.match(before.text) and before.width <= full - (min(SHORT, full * NARROW) if opens else SHORT):
        return True
    return before.width <= full - SHORT and not _goes_on(before.text, line.text)


def _goes_on(before: str, line: str) -> bool:
    """Return whether a figure or its unit is split between two lines: a short line then does not end a paragraph."""
    return bool(re.search(r"(?:[\d.]|万|亿|为|占|共)$", before)) and bool(re.match(r"[\d万亿元%]", line))


def _joined(lines: Sequence[_ProseLine], short: bool, contents: bool) -> Paragraph:
    text = ""
    pages: list[int] = []
    offsets: list[int] = []
    for line in lines:
        if text and _ASCII.match(text[-1]) and _ASCII.match(line.text) and not _figure_goes_on(text, line.text):
            text += " "
            pages.append(pages[-1])
            offsets.append(offsets[-1])
        text += line.text
        pages += [line.page] * len(line.offsets)
        offsets += line.offsets
    if contents:
        text = _CONTENTS_LINE.sub("", text)
        del pages[len(text) :], offsets[len(text) :]
    return Paragraph(
        text, narrow(text), tuple(pages), tuple(offsets), short and len(lines) == 1, contents, lines[0].labelled
    )


def _figure_goes_on(before: str, line: str) -> bool:
    """Return whether a figure is broken between two lines: `1,23` newline `4.50万元`; prose never sets two side by side."""
    return bool(re.search(r"\d[.,]?$", before)) and bool(re.match(r"[.,]?\d", line))
