"""Tables that Word documents set with tabs: lines one under the other, whose texts stand at tab stops.

Which stop a tab goes to depends on where the text before it ends. That is estimated from the size of type: Chinese
characters are as wide as they are high, and digits half as wide. Where an end lies so near to a stop that the tab may go
to that or to the next, and lines differ in their tabs, the columns are not known: a gap.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from extractor.grids.office.captions import cut
from extractor.grids.office.docx_display import W
from extractor.grids.office.plaintext import raw_table_of
from extractor.grids.office.raster import Block
from extractor.notation.figures import is_figure, is_money, is_nil
from extractor.source.markup import DamagedXml, parse_xml

TWIPS = 20.0  # to a point
SIZE = 10.5  # points, of type where nothing states it: 五号
STEP = 36.0  # points between stops where nothing states them
UNSURE = 0.3  # of the type's size: how well the end of a text is known
UNSURE_SIGN = 0.25  # of the type's size: as much more for each sign and letter, whose widths fonts differ in
DEEPEST = 10  # styles based on styles
FIRST = -1.0  # the column before any tab
MIN_LINES = 2
_BLANKS = re.compile(r"[ \xa0]{2,}|\u3000+")


class Stop(NamedTuple):
    """A tab stop: points from the paragraph's margin, and how text stands at it."""

    place: float
    kind: str


@dataclass(frozen=True, slots=True)
class TabLine:
    """A line of texts between tabs.

    Attributes:
        text: The texts, a tab between two.
        stops: The stops that its paragraph states, from left to right.
        start: Points from the margin where it begins.
        size: Points of its type.
        step: Points between the stops beyond those.
    """

    text: str
    stops: tuple[Stop, ...]
    start: float
    size: float
    step: float

    @property
    def texts(self) -> list[str]:
        """Its texts that are not blank."""
        return [text.strip() for text in self.text.split("\t") if text.strip()]


class TabStops:
    """What a document's styles and settings say of tab stops."""

    def __init__(self, styles: Any, settings: Any) -> None:
        found = styles.iter(f"{W}style") if styles is not None else ()
        self._styles = {style.get(f"{W}styleId"): style for style in found}
        self._base = [s for s in self._styles.values() if s.get(f"{W}type") == "paragraph" and s.get(f"{W}default")]
        self._defaults = styles.find(f"{W}docDefaults/{W}rPrDefault") if styles is not None else None
        stated = settings.find(f"{W}defaultTabStop") if settings is not None else None
        self._step = _points(stated, "val", STEP) or STEP

    @classmethod
    def of(cls, styles: bytes, settings: bytes) -> TabStops:
        """Read them from the document's parts; damaged ones say nothing."""
        return cls(_root(styles), _root(settings))

    def line(self, paragraph: Any, text: str) -> TabLine | None:
        """Return a paragraph as a line of texts between tabs; None where it is none, or one of a table of contents."""
        if "\t" not in text.strip() or "\n" in text:
            return None
        sources = [paragraph, *self._chain(paragraph)]
        stops: dict[float, str] = {}
        for source in reversed(sources):
            for tab in source.iterfind(f"{W}pPr/{W}tabs/{W}tab"):
                stops[_points(tab, "pos", 0.0)] = tab.get(f"{W}val", "left")
                if tab.get(f"{W}leader", "none") != "none":
                    return None
        indents = [indent for source in sources for indent in source.iterfind(f"{W}pPr/{W}ind")][:1]
        start = sum(_points(i, key, 0.0) for i in indents for key in ("left", "start", "firstLine"))
        sizes = [run.find(f"{W}rPr/{W}sz") for run in paragraph.iter(f"{W}r")]
        sizes += [source.find(f"{W}rPr/{W}sz") for source in sources[1:]]
        sizes += [self._defaults.find(f"{W}rPr/{W}sz")] if self._defaults is not None else []
        size = next((_points(size, "val", SIZE / 10) * 10 for size in sizes if size is not None), SIZE)  # half points
        own = sorted(Stop(place, kind) for place, kind in stops.items() if kind not in ("clear", "bar"))
        return TabLine(text, tuple(own), start, size or SIZE, self._step)

    def _chain(self, paragraph: Any) -> Iterator[Any]:
        """Yield a paragraph's style and those that it is based on."""
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        style = self._styles.get(named.get(f"{W}val")) if named is not None else next(iter(self._base), None)
        for _ in range(DEEPEST):
            if style is None:
                return
            yield style
            below = style.find(f"{W}basedOn")
            style = self._styles.get(below.get(f"{W}val")) if below is not None else None


def with_tab_tables(blocks: Sequence[Block | TabLine], gaps: list[str]) -> Iterator[Block]:
    """Yield blocks with the lines that make a table as one, and the other lines as text.

    Args:
        blocks: Blocks in reading order.
        gaps: Gets what cannot be read.
    """
    for are_lines, group in groupby(blocks, lambda block: isinstance(block, TabLine)):
        if are_lines:
            yield from _read_lines([block for block in group if isinstance(block, TabLine)], gaps)
        else:
            yield from (block for block in group if not isinstance(block, TabLine))
    spaced = sum(sum(map(is_money, _BLANKS.split(b))) > 1 for b in blocks if isinstance(b, str))
    if spaced >= MIN_LINES:
        gaps.append(f"has {spaced} lines of figures set with blanks, whose columns cannot be told: save it as PDF")


def _read_lines(lines: Sequence[TabLine], gaps: list[str]) -> Iterator[Block]:
    captions = next((n for n, line in enumerate(lines) if not all(map(_speaks, line.texts))), len(lines))
    yield from (line.text.replace("\t", " ") for line in lines[:captions])
    rest = lines[captions:]
    if not _holds_amounts(rest):
        yield from (line.text.replace("\t", " ") for line in rest)
        return
    rows = _rows(rest)
    if rows is None:
        gaps.append(f"has {len(rest)} lines of figures set with tabs, whose columns cannot be told: save it as PDF")
        yield from (line.text.replace("\t", " ") for line in rest)
    else:
        yield from cut(raw_table_of(rows))


def _holds_amounts(lines: Sequence[TabLine]) -> bool:
    """Return whether lines print amounts, and not one whole number each, as a list of chapters and pages does."""
    money = any(is_money(text) for line in lines for text in line.texts)
    several = sum(sum(map(is_figure, line.texts)) > 1 for line in lines)
    return len(lines) >= MIN_LINES and (money or several >= MIN_LINES)


def _rows(lines: Sequence[TabLine]) -> list[list[str]] | None:
    """Return lines as rows of one table, None where nobody knows which column a text stands in."""
    placed = [_placed(line) for line in lines]
    if any(own is None for own in placed):
        counts = {line.text.count("\t") for line in lines}
        return [[text.strip() for text in line.text.split("\t")] for line in lines] if len(counts) == 1 else None
    sure = [own for own in placed if own is not None]
    columns = sorted({column for own in sure if _has_figure(own) for column, _ in own})
    rows = []
    for own in sure:
        if len(own) == len(columns):
            rows.append([text for _, text in own])
        elif {column for column, _ in own} <= set(columns):
            by_column = dict(own)
            rows.append([by_column.get(column, "") for column in columns])
        else:
            return None
    return rows


def _has_figure(own: Sequence[tuple[float, str]]) -> bool:
    return any(is_figure(text) or is_nil(text) for _, text in own)


def _placed(line: TabLine) -> list[tuple[float, str]] | None:
    """Return a line's texts, each with the place of its stop; None where a text ends too near to a stop."""
    found: list[tuple[float, str]] = []
    parts = line.text.split("\t")
    column, end, unsure = FIRST, line.start, 0.0
    for index, part in enumerate(parts):
        if index:
            stop = _next_stop(line, end)
            if any(abs(s.place - end) < unsure for s in (*line.stops, _next_stop(line, end - unsure))):
                return None
            column, end = stop.place, stop.place
        text, wide = part.strip(), _width(part.strip()) * line.size
        unsure = line.size * (UNSURE + UNSURE_SIGN * sum(_is_sign(char) for char in text)) if text else 0.0
        if text:
            found.append((column, text))
            kind = stop.kind if index else "left"
            if kind in ("right", "end", "decimal"):
                unsure = 0.0  # it ends at its stop, or behind it by its decimals
                end += _width(text.partition(".")[2]) * line.size * (kind == "decimal")
            else:
                end += wide / 2 if kind == "center" else wide
    return found


def _next_stop(line: TabLine, end: float) -> Stop:
    """Return the stop that a tab goes to from a place."""
    stated = next((stop for stop in line.stops if stop.place > end), None)
    return stated or Stop((end // line.step + 1) * line.step, "left")


def _width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def _is_sign(char: str) -> bool:
    return not char.isdigit() and unicodedata.east_asian_width(char) not in "WFA"


def _speaks(text: str) -> bool:
    return ":" in text or "：" in text


def _root(content: bytes) -> Any:
    try:
        return parse_xml(content) if content else None
    except DamagedXml:
        return None


def _points(element: Any, key: str, default: float) -> float:
    """Return a length in points; where there is none or it is no number, the default."""
    value = element.get(f"{W}{key}") if element is not None else None
    try:
        return max(-1e5, min(1e5, float(value) / TWIPS)) if value is not None else default
    except ValueError:
        return default
