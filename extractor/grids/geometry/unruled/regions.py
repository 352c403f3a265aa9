"""Lines of a page → the regions in which tables stand: header and body lines; prose, notes and titles left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.unruled.columns import ColumnExtent, read_column_extents
from extractor.grids.geometry.unruled.leaders import LEADER
from extractor.grids.geometry.unruled.spaced_words import with_spaced_words
from extractor.grids.geometry.unruled.tokens import Token, TokenLine, em_of
from extractor.notation.numbering import NUMBERING, is_page_number, is_page_number_between_dashes
from extractor.notation.text import clean
from extractor.notation.units import MONEY, MONEY_OR_SHARE
from extractor.notation.years import YEAR

MAX_LINE_STEP = 5.5  # em: lines of one table follow each other at most so far, or twice its usual step
BEYOND = 24.0  # em: lines farther down belong to it where most of their figures stand under others
MAX_SHOWING = 100  # lines: so many above one show the columns of its table; no page of usual type has as many
MAX_HEADER_LINES = 40  # texts set downwards beside each other have a line for every character
LABEL_STEP = 1.35  # em: the lines of one label follow each other at most so far
TEXT = 6.0  # em: a text this long beside a table's money is no header's
TEXT_STEP = 1.9  # em: the lines of a text that wraps in its column follow each other at most so far
REST_STEP = 2.0  # em: the rest of a statement that wraps stands at most so far below its beginning
MIN_HEADED = 3  # figures of a first row that stands far below its header
HEADED = 3.0  # em: what of the header stands over them
SAME_LINE = 0.8  # em: lines whose middles are closer lie beside each other
TITLE_SIZE = 1.2  # of the table's type size: larger text is a title
MAX_TEXT_WIDTH = 0.55  # of the page's width: a longer text without figures beside it is prose
_SENTENCE = re.compile(r"[。；!?！？]|[,，、:：]$")
_UNIT = re.compile(rf"(?:{MONEY_OR_SHARE}).")
_AMOUNT = re.compile(rf"\d(?:{MONEY})")
_NOTE = re.compile(r"^(?:备?注|说明|注释)\d?[:：、.]|^(?:备注|注)$")
_YEAR = re.compile(rf"19\d\d|{YEAR}")
_STATED = re.compile(r"[^,，。;；]{1,16}[:：]")  # a sentence may have a colon too: …主要达到如下目标：


@dataclass(frozen=True, slots=True)
class TableRegion:
    """One table's lines, from top to bottom, and its type size in points."""

    header: tuple[TokenLine, ...]
    body: tuple[TokenLine, ...]
    em: float


def find_regions(lines: Sequence[TokenLine], em: float, width: float) -> Iterator[TableRegion]:
    """Yield the regions that may be tables.

    Args:
        lines: Lines of a page outside ruled grids, from top to bottom.
        em: The page's type size in points.
        width: The page's width in points.
    """
    chunk: list[TokenLine] = []
    for line in _without_page_number(lines):
        gap = line.middle - chunk[-1].middle if chunk else 0.0
        far = gap > MAX_LINE_STEP * em and gap > 2.2 * _step(chunk)
        prose = is_prose(line, width)
        if prose or (far and not _resumes(chunk, line, em)):
            yield from _regions(chunk, em)
            chunk = []
        if not prose:
            chunk.append(line)
    yield from _regions(chunk, em)


def _without_page_number(lines: Sequence[TokenLine]) -> Sequence[TokenLine]:
    """Leave out a page number in the first or last line, or at a side; a lone figure between others may be the rest of an amount."""
    lines = _without_number_at_side(lines)
    if lines and _is_page_number(lines[-1]):
        lines = lines[:-1]
    if lines and _is_page_number(lines[0]):
        lines = lines[1:]
    return lines


def _is_page_number(line: TokenLine) -> bool:
    text = clean(line.text)
    return is_page_number_between_dashes(text) or (line.figures < 2 and is_page_number(text))  # — 2 0 —


def _without_number_at_side(lines: Sequence[TokenLine]) -> Sequence[TokenLine]:
    """Leave out the page number of a page that is turned: its characters stand over each other, left or right of all else."""
    short = [token for line in lines for token in line.tokens if token.nil or token.figure]
    for outer in (min, max):
        side = outer((token.x0 for token in short), default=0.0)
        own = [token for token in short if abs(token.x0 - side) < token.bottom - token.top]
        if len(own) < 2 or not is_page_number_between_dashes("".join(token.text for token in own)):
            continue
        x0, x1, ids = min(p.x0 for p in own), max(p.x1 for p in own), set(map(id, own))
        kept = [line._replace(tokens=tuple(p for p in line.tokens if id(p) not in ids)) for line in lines]
        if all(token.x1 < x0 or token.x0 > x1 for line in kept for token in line.tokens):
            return [line for line in kept if line.tokens]
    return lines


def _resumes(chunk: Sequence[TokenLine], line: TokenLine, em: float) -> bool:
    """Return whether a line after a gap goes on with the columns above it: most of its figures stand in them.

    After empty rows figures stand under others; those of a tall first row under the texts of the header.
    """
    own = [p for p in line.tokens if p.figure]
    above = [p for other in chunk for p in other.tokens if p.figure]
    if not any(is_data(other) for other in chunk):
        lines = [other for other in chunk if chunk[-1].middle - other.middle < HEADED * em]
        above = [p for other in lines for p in other.tokens] if len(own) >= MIN_HEADED else []
    under = sum(any(p.x0 < q.x1 and q.x0 < p.x1 for q in above) for p in own)
    return line.middle - chunk[-1].middle < BEYOND * em and any(token.money for token in own) and 2 * under > len(own)


def split_region(region: TableRegion, edge: float) -> list[TableRegion]:
    """Return the two regions left and right of a vertical line."""
    return [
        TableRegion(_side(region.header, edge, left), _side(region.body, edge, left), region.em)
        for left in (True, False)
    ]


def _side(lines: Sequence[TokenLine], edge: float, left: bool) -> tuple[TokenLine, ...]:
    sides = ((line, tuple(p for p in line.tokens if (p.center < edge) == left)) for line in lines)
    return tuple(line._replace(tokens=tokens) for line, tokens in sides if tokens)


def is_prose(line: TokenLine, width: float) -> bool:
    """Return whether a line is part of a sentence, a note, or an entry of a table of contents."""
    if _NOTE.match(line.text) or LEADER.search(line.text):
        return True
    if any(a.figure and _UNIT.match(b.text) for a, b in pairwise(line.tokens)):
        return True
    money = sum(token.money for token in line.tokens)
    if money > 1 and money * 3 >= len(line.tokens):
        return False
    longest = max((p for p in line.tokens if not p.figure), key=lambda p: p.x1 - p.x0, default=None)
    if longest is None:
        return False
    if line.figures == 0 and longest.x1 - longest.x0 > MAX_TEXT_WIDTH * width:
        return True
    if any(_AMOUNT.search(p.text) and p.x1 - p.x0 > 0.3 * width for p in line.tokens):
        return True
    return bool(_SENTENCE.search(longest.text)) and longest.x1 - longest.x0 > 0.4 * width


def is_data(line: TokenLine) -> bool:
    """Return whether a line holds a free-standing figure that is no year."""
    return any(token.figure and not _YEAR.fullmatch(token.text) for token in line.tokens)


def _step(lines: Sequence[TokenLine]) -> float:
    """Return the usual distance between lines with figures."""
    middles = [line.middle for line in lines if is_data(line)]
    steps = [b - a for a, b in pairwise(middles)]
    return median(steps) if len(steps) > 1 else 0.0


def _regions(chunk: Sequence[TokenLine], em: float) -> Iterator[TableRegion]:
    """Cut lines that follow each other closely where a title or a header stands between data."""
    start = 0
    while start < len(chunk):
        first = next((i for i in range(start, len(chunk)) if _is_row(chunk[i], em)), None)
        if first is None:
            return
        end = _end(chunk, first, em)
        body_end = _trimmed(chunk, first, end, em)
        lines = [c for line in chunk[start:body_end] for p in line.tokens for c in p.chars]
        size = em_of(lines)
        first = _begin(chunk, start, first, body_end, size)
        header = _header(chunk[start:first], chunk[first], size)
        body = tuple(with_spaced_words(chunk[first:body_end], size))
        yield TableRegion(tuple(header), body, size)
        start = body_end


def _end(chunk: Sequence[TokenLine], first: int, em: float) -> int:
    """Return the index after the body that begins at line `first`: where another header or title begins."""
    for index in range(first + 1, len(chunk)):
        line = chunk[index]
        if _is_row(line, em):
            continue
        if _is_title(line, em):
            return index
        extents = read_column_extents([other.tokens for other in chunk[max(first, index - MAX_SHOWING) : index]])
        figures = [extent for extent in extents if extent.figures]
        texts = [extent for extent in extents if not extent.figures]
        if any(_breaks(token, texts, figures) for token in line.tokens):
            return index
    return len(chunk)


def _breaks(token: Token, texts: Sequence[ColumnExtent], figures: Sequence[ColumnExtent]) -> bool:
    """Return whether a text stands over a column of figures, as headers and titles do, and in no column of texts.

    Figures beside each other in one cell are no text: 0.4：41.4：58.2, 1.76%、2.01%、.
    """
    if not any(map(str.isalpha, token.text)) or any(extent.x0 - 2 <= token.x0 <= extent.x1 for extent in texts):
        return False
    if any(extent.covers(token) for extent in texts) and token.x0 < min((b.x0 for b in figures), default=0):
        return False
    money = [extent for extent in figures if extent.money]
    return any(extent.covers(token) for extent in money)


def _is_row(line: TokenLine, em: float) -> bool:
    """Return whether a line has figures, and not only the number of a title: 2.11 2022年政府性基金收入决算表."""
    return is_data(line) and not _is_title(line, em)


def _is_title(line: TokenLine, em: float) -> bool:
    *numbers, title = line.tokens
    return (
        len(numbers) < 2
        and all(token.figure for token in numbers)
        and not title.figure
        and em_of(title.chars) > TITLE_SIZE * em
    )


def _states(line: TokenLine) -> bool:
    """Return whether a line says something of the table, as 编制单位：… and 单位：元 do; 其中：… is a header text."""
    stating = sum(bool(_STATED.match(p.text)) and not p.text.startswith("其中") for p in line.tokens)
    return 2 * stating >= len(line.tokens)


def _trimmed(chunk: Sequence[TokenLine], first: int, end: int, em: float) -> int:
    """Return the end without the lines that belong to what follows: labels without figures farther down than a wrap."""
    last = max(i for i in range(first, end) if is_data(chunk[i]))
    step = max(1.9 * em, 1.2 * _step(chunk[first:end]))
    keep = last + 1
    while keep < end and chunk[keep].middle - chunk[keep - 1].middle <= step and not _states(chunk[keep]):
        keep += 1
    return keep


def _begin(chunk: Sequence[TokenLine], start: int, first: int, end: int, em: float) -> int:
    """Return where the body begins: the first line with figures, or labels and texts that stand higher.

    Those of the first row's own label do, and rows without figures: all that stand below what heads the figures.
    """
    first = _first_label(chunk, start, first, end, em)
    money = [p for line in chunk[first:end] for p in line.tokens if p.money]
    left, right = min((p.x0 for p in money), default=0.0), max((p.x1 for p in money), default=0.0)
    while first > start:
        above, below = chunk[first - 1], chunk[first]
        step = below.middle - above.middle
        texts = [token.x0 >= right and token.x1 - token.x0 > TEXT * em for token in above.tokens]
        own = all(text or token.x1 < left for text, token in zip(texts, above.tokens, strict=True))
        if step > (SAME_LINE if not own else TEXT_STEP if any(texts) else LABEL_STEP) * em:
            break
        first -= 1
    return first


def _first_label(chunk: Sequence[TokenLine], start: int, first: int, end: int, em: float) -> int:
    """Return the index of the first line of labels alone between a body's first figures and what stands over their columns."""
    tokens = [p for line in chunk[first:end] for p in line.tokens if not p.nil]

    def is_over(token: Token, figures: bool) -> bool:
        return any(token.x0 < p.x1 and p.x0 < token.x1 for p in tokens if p.figure == figures)

    index = first
    while index > start and all(is_over(p, False) and not is_over(p, True) for p in chunk[index - 1].tokens):
        index -= 1
    if index == start:  # no header: rows of a page on which their table goes on
        own = (i for i in range(first, start, -1) if not all(NUMBERING.match(p.text) for p in chunk[i - 1].tokens))
        return next(own, start)
    if not any(is_over(p, True) for p in chunk[index - 1].tokens):
        return first
    over = chunk[index - 1].middle
    return next((i for i in range(index, first) if chunk[i].middle - over > em), first)


def _header(above: Sequence[TokenLine], below: TokenLine, em: float) -> list[TokenLine]:
    """Return the header's lines among those above a body: up to a title, a statement such as 单位：元, or a wide gap."""
    header: list[TokenLine] = []
    for line in reversed(above):
        far = bool(header) and below.middle - line.middle > MAX_LINE_STEP * em
        if len(header) == MAX_HEADER_LINES or far:
            break
        if _is_title(line, max(em, em_of([c for p in below.tokens for c in p.chars]))):
            break
        if _states(line):
            near = [other for other in above if header and header[0].middle - other.middle < REST_STEP * em]
            return header[1:] if any(_ends_unit(other, header[0]) for other in near if _states(other)) else header
        header.insert(0, line)
        below = line
    return header


def _ends_unit(stating: TokenLine, line: TokenLine) -> bool:
    """Return whether a line is the rest of the unit that the statement above it begins: 单位：万 over 元."""
    unit = stating.tokens[-1].text.partition(":")[2] + line.text
    return unit != line.text and re.fullmatch(MONEY, unit) is not None
