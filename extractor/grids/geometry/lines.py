"""Characters → the text of cells and lines, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf
from operator import itemgetter

from extractor.grids.grid import TextLine
from extractor.notation.figures import PART, WELL_FORMED, count_decimals
from extractor.notation.text import MARKS
from extractor.pages.page import Char

SAME_GLYPH = 0.35  # of a glyph's width: fake bold prints a glyph again within this distance
OVERPRINTED = 0.6  # of a glyph's width: another character that covers so much of it is of another line
MIN_COPY = 6  # different Chinese characters that are each printed twice
STEP = 1.5  # points: by so much at most the distance from a glyph to that of a copy differs from that of the first
LOWER = 0.2  # of a glyph's height: which stands lower by at least so much
WORD_GAP = 0.45  # of a glyph's height: a wider gap is printed as a blank
MARGINS = 12.0  # points: what is left empty at both sides of a cell together; Word leaves 10.8
TEXT_GAP = 2.5  # of a glyph's height: a wider gap separates two texts of one line, such as 编制部门 and 单位
_LEFT = itemgetter(1)
MARKS_ALONE = re.compile(f"[{MARKS}]+")


def read_lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Group characters into lines from top to bottom, each from left to right, doubled glyphs taken once.

    Two characters share a line when the middle of each lies within the other's height: amounts set a little higher
    than their label still belong to it.
    """
    chars = list(chars)
    if len({char[2] for char in chars}) == 1 and len({char[4] for char in chars}) == 1 and chars[0][2] < chars[0][4]:
        return [_single(sorted(chars, key=_LEFT))]  # most cells are one line of one font
    lines: list[list[Char]] = []
    high, centre, low = 0.0, 0.0, 0.0  # of the line's first character
    for char in sorted(chars, key=_middle):
        _, _, top, _, bottom, _ = char
        middle = (top + bottom) / 2
        if lines and high < middle < low and top < centre < bottom:
            lines[-1].append(char)
            continue
        lines.append([char])
        high, centre, low = top, middle, bottom
    return [_single(sorted(part, key=_LEFT)) for line in lines for part in _overprinted(line)]


def _overprinted(line: list[Char]) -> Sequence[list[Char]]:
    """Return the two lines of a line in which glyphs lie on each other: the end of a label on the beginning of the next.

    Args:
        line: Characters by their middles.
    """
    if line[0][2] == line[-1][2]:
        return [line]
    gaps = [_middle(low) - _middle(high) for high, low in pairwise(line)]
    cut = 1 + max(range(len(gaps)), key=gaps.__getitem__)
    upper, lower = line[:cut], line[cut:]
    if gaps[cut - 1] < LOWER * (line[0][4] - line[0][2]) or not any(_overprints(a, b) for a in upper for b in lower):
        return [line]
    return [upper, lower]


def _overprints(first: Char, second: Char) -> bool:
    """Return whether a Chinese character lies on another, as none of one text does."""
    if first[0] == second[0] or (first[0].isascii() and second[0].isascii()):
        return False
    narrower = min(first[3] - first[1], second[3] - second[1])
    return min(first[3], second[3]) - max(first[1], second[1]) > OVERPRINTED * narrower


def _middle(char: Char) -> float:
    return (char[2] + char[4]) / 2


def _single(line: list[Char]) -> list[Char]:
    kept: list[Char] = []
    last = second = third = ""
    for char in line:
        text = char[0]
        if text in (last, second, third) and _is_doubled(char, kept[-3:]):
            continue
        kept.append(char)
        last, second, third = text, last, second
    if len(kept) >= 2 * MIN_COPY and (kept[-1].text == kept[-2].text or kept[0].text in (kept[1].text, kept[2].text)):
        return [char for run in _runs(kept) for char in _one_copy(run)]
    return kept


def _runs(line: Sequence[Char]) -> Iterator[list[Char]]:
    """Yield the texts of a line that wide gaps separate."""
    run = [line[0]]
    for char in line[1:]:
        if char.x0 - run[-1].x1 > TEXT_GAP * (char.bottom - char.top):
            yield run
            run = []
        run.append(char)
    yield run


def _one_copy(line: list[Char]) -> list[Char]:
    """Return one copy of a line that is printed twice, the second by part of a glyph farther right; else the line.

    So a title is made bold. Chinese characters of one text do not lie on each other, as digits in too wide boxes may.
    """
    rest, copy = list(line), []
    step = next((char.x0 for char in line[1:] if char.text == line[0].text), inf) - line[0].x0
    while rest:
        first = rest.pop(0)
        twin = next((c for c in rest if c.text == first.text and abs(c.x0 - first.x0 - step) < STEP), None)
        if twin is None:
            return line
        rest.remove(twin)
        copy.append(first)
    wide = [char for char in copy if not char.text.isascii()]
    overlap = all(step < OVERPRINTED * (char.x1 - char.x0) for char in wide)
    return copy if overlap and len({char.text for char in wide}) >= MIN_COPY else line


def _is_doubled(char: Char, before: Sequence[Char]) -> bool:
    return any(
        other.text == char.text and abs(char.x0 - other.x0) < SAME_GLYPH * max(1.0, other.x1 - other.x0)
        for other in before
    )


def line_text(line: Sequence[Char]) -> str:
    """Return a line's text, with one blank where the gap is wide enough to be meant."""
    texts = [line[0].text]
    for before, (text, x0, top, _, bottom, _) in pairwise(line):
        if x0 - before[3] > WORD_GAP * (bottom - top):
            texts.append(" ")
        texts.append(text)
    return "".join(texts)


def cell_text(lines: Sequence[Sequence[Char]], width: float) -> str:
    """Return the text of a cell of some width in points; a figure that wraps inside it is made one again."""
    texts = [line_text(line) for line in lines]
    if _is_wrapped(lines, texts, width):
        return "".join(text.strip() for text in texts)
    return lines_text(texts)


def lines_text(texts: Sequence[str]) -> str:
    """Return the text of lines under each other, the mark of a note that is raised over the end of the text behind it."""
    if len(texts) < 2 or not MARKS_ALONE.fullmatch(texts[0]):
        return "\n".join(texts)
    return "\n".join(texts[1:]) + texts[0]


def is_wrapped(lines: Sequence[Sequence[Char]], width: float) -> bool:
    """Return whether the lines of a cell are one figure that did not fit into it: `1,033,36` newline `3`.

    Each is digits and separators alone, the whole is a well-formed figure, and no line is a figure by itself, or all
    but the last fill the cell and lack decimals. Whole numbers under each other (131 newline 131) are never one.

    Args:
        lines: From top to bottom.
        width: Of the cell, in points.
    """
    return _is_wrapped(lines, [line_text(line) for line in lines], width)


def _is_wrapped(lines: Sequence[Sequence[Char]], texts: Sequence[str], width: float) -> bool:
    if len(texts) < 2:
        return False
    stripped = [text.strip() for text in texts]
    if not (all(map(PART.fullmatch, stripped)) and WELL_FORMED.fullmatch("".join(stripped))):
        return False
    if not any(map(WELL_FORMED.fullmatch, stripped)):
        return True
    if all(text.isdigit() for text in stripped) or all(count_decimals(text) >= 2 for text in stripped):
        return False  # two amounts, each with its own decimals
    return all(width - (line[-1].x1 - line[0].x0) < MARGINS + line[-1].x1 - line[-1].x0 for line in lines[:-1])


def vertical_text(chars: Sequence[Char]) -> str | None:
    """Return the text of a cell set downwards in two or more columns of characters, column by column; else None.

    The document's text stream shows it: it goes down one column before it begins the next.
    """
    if len(chars) < 4 or any(char.text.isascii() for char in chars):
        return None
    columns: list[list[Char]] = [[chars[0]]]
    for before, char in pairwise(chars):
        height = char.bottom - char.top
        if abs(char.x0 - before.x0) < 0.3 * height and 0.5 * height < char.top - before.top < 2.5 * height:
            columns[-1].append(char)
        else:
            columns.append([char])
    if len(columns) < 2 or any(len(column) < 2 for column in columns):
        return None
    return "\n".join("".join(char.text for char in column) for column in columns)


def text_lines(lines: Iterable[Sequence[Char]]) -> Iterator[TextLine]:
    """Yield the lines of text on a page, split at wide gaps."""
    for line in lines:
        yield from map(_text_line, _runs(line))


def _text_line(text: list[Char]) -> TextLine:
    _, x0s, tops, x1s, bottoms, _ = zip(*text, strict=True)
    return TextLine(line_text(text), min(x0s), min(tops), max(x1s), max(bottoms))
