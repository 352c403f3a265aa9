"""A page's text stream: its characters as arrays, its words, and the text of any spans of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from extractor.grids.geometry.lines import MARKS_ALONE, SAME_GLYPH, WORD_GAP, cell_text, read_lines, vertical_text
from extractor.grids.geometry.unruled.tokens import TokenLine, em_of, lines_of
from extractor.notation.figures import PART, holds_money, is_figure, is_money
from extractor.pages.page import Char, Chars

_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_负]")  # 负 is the sign of a figure

CharSpan = tuple[int, int]  # characters of the stream: from, up to
FloatArray = NDArray[np.float64]


class _Columns(NamedTuple):
    code: NDArray[np.integer]
    x0: FloatArray
    top: FloatArray
    x1: FloatArray
    bottom: FloatArray


@dataclass(frozen=True, slots=True)
class CharStream:
    """The characters of a page in stream order.

    Attributes:
        chars: The characters, blanks between words included.
        lefts: Where each begins.
        middles: x and y of the middle of each.
        words: Spans without a blank or a jump in them.
        breaks: For each character, how many up to it do not simply go on from the one before; see `_goes_on`.
    """

    chars: Chars
    lefts: list[float]
    middles: tuple[FloatArray, FloatArray]
    words: list[CharSpan]
    breaks: list[int]

    @classmethod
    def of(cls, chars: Sequence[Char]) -> Self:
        """Prepare the characters of a page: all at once takes a fifth of the time that one by one does."""
        own = Chars.of(chars)
        x0, top, x1, bottom = np.ascontiguousarray(own.boxes.T)
        columns = _Columns(_codes(own.texts), x0, top, x1, bottom)
        breaks = np.cumsum(~_goes_on(columns)).tolist()
        return cls(own, x0.tolist(), ((x0 + x1) / 2, (top + bottom) / 2), _words(columns), breaks)

    def text_in(self, spans: Sequence[CharSpan]) -> str:
        """Return the text of spans as it is in the stream."""
        if len(spans) == 1:  # as most are
            return self.text(*spans[0])
        return "".join([self.text(start, stop) for start, stop in spans])

    def text(self, start: int, stop: int) -> str:
        """Return the text of one span."""
        own = self.chars.texts[start:stop]
        return own if isinstance(own, str) else "".join(own)

    def chars_in(self, spans: Sequence[CharSpan]) -> list[Char]:
        """Return the characters of spans: those of several all at once, which takes half as long."""
        if len(spans) == 1:
            return self.chars[slice(*spans[0])]
        return self.chars.at([place for start, stop in spans for place in range(start, stop)])

    def read(self, spans: Sequence[CharSpan], width: float) -> tuple[str, float]:
        """Return the text of a cell of some width as its lines are read, and where the first begins: labels hang when they wrap."""
        start, stop = spans[0]
        if len(spans) == 1 and self.breaks[start] == self.breaks[stop - 1]:
            return self.text(start, stop), self.lefts[start]
        level = isinstance(self.chars.texts, str) and all(self.breaks[a] == self.breaks[b - 1] for a, b in spans)
        words = self._lines_of_words(spans) if level else None
        if words is not None:
            return "\n".join(words), self.lefts[start]
        chars = self.chars_in(spans)
        lines = read_lines(chars)
        return vertical_text(chars) or cell_text(lines, width), lines[0][0].x0

    def _lines_of_words(self, spans: Sequence[CharSpan]) -> list[str] | None:
        """Return the lines that spans of characters which only go on make, without those characters: most cells hold such.

        None where more must be known to tell: words that lie over each other or come in another order, glyphs that may
        be printed again, texts set downwards, the parts of a figure, marks of notes.
        """
        (first, stop), *_, (last, end) = spans
        if first + 1 == stop and last + 1 == end:
            return None  # it may be set downwards
        lines: list[str] = []
        boxes = self.chars.boxes[[place for start, stop in spans for place in (start, stop - 1)]].tolist()
        high = low = begin = right = 0.0  # of the line, and of its last character
        for span, (x0, top, _, bottom), (left, _, x1, _) in zip(spans, boxes[::2], boxes[1::2], strict=True):
            text, middle = self.text(*span), (top + bottom) / 2
            if top >= bottom:
                return None
            if lines and (top, bottom) == (high, low):
                if x0 < begin or not set(text[:3]).isdisjoint(lines[-1][-6:]):
                    return None
                lines[-1] += f" {text}" if x0 - right > WORD_GAP * (bottom - top) else text
            elif lines and (middle <= (high + low) / 2 or (high < middle < low and top < (high + low) / 2 < bottom)):
                return None
            else:
                lines.append(text)
            high, low, begin, right = top, bottom, left, x1
        if len(lines) > 1 and (MARKS_ALONE.fullmatch(lines[0]) or all(map(PART.fullmatch, map(str.strip, lines)))):
            return None
        return lines


def _codes(texts: Sequence[str]) -> NDArray[np.integer]:
    """Return a number for each text, a character's own code: numbers are compared ten times as fast as texts."""
    if isinstance(texts, str):
        return np.frombuffer(texts.encode("utf-32-le"), np.uint32)
    others: dict[str, int] = {}  # texts of several characters
    return np.array([ord(t) if len(t) == 1 else -1 - others.setdefault(t, len(others)) for t in texts], int)


def is_mixed(text: str) -> bool:
    """Return whether a cell may hold money and more, without splitting it into lines; most hold one figure, or none."""
    return holds_money(text) and not is_figure(text)


class CellChars:
    """The characters of each cell of a grid: made when they are asked for, and most are not, for their words say enough.

    Attributes:
        spans: The spans of each cell.
        texts: The text of each as it is in the stream.
        mixed: The numbers of those that may hold money and more.
    """

    def __init__(self, stream: CharStream, cells: list[list[CharSpan]]) -> None:
        """Take the spans of each cell."""
        self.spans = cells
        self.texts = [stream.text_in(spans) if spans else "" for spans in cells]
        self.mixed = [index for index, text in enumerate(self.texts) if text and is_mixed(text)]
        self._stream = stream
        self._made: dict[int, list[Char]] = {}
        self._lines: dict[int, list[list[Char]]] = {}
        self._tokens: dict[int, list[TokenLine]] = {}

    def __getitem__(self, index: int) -> list[Char]:
        """Return the characters of a cell."""
        if index not in self._made:
            self._made[index] = self._stream.chars_in(self.spans[index])
        return self._made[index]

    def lines(self, index: int) -> list[list[Char]]:
        """Return the lines of a cell."""
        if index not in self._lines:
            self._lines[index] = read_lines(self[index])
        return self._lines[index]

    def tokens(self, index: int) -> list[TokenLine]:
        """Return the lines of a cell, cut into tokens."""
        if index not in self._tokens:
            self._tokens[index] = lines_of(self.lines(index), em_of(self[index]))
        return self._tokens[index]

    def may_stack(self, index: int) -> bool:
        """Return whether words without letters, one of them with a digit, stand at two heights: figures may, one on the other."""
        words = self.spans[index]
        if len(words) < 2:
            return False
        texts = ((stop, self._stream.text(start, stop)) for start, stop in words)
        figures = (stop for stop, text in texts if _DIGIT.search(text) and not _LETTER.search(text))
        return len(set(map(self.height, figures))) > 1

    def height(self, stop: int) -> int:
        """Return at what height a word stands that ends before a place."""
        return round(float(self._stream.middles[1][stop - 1]))

    def most_lines(self, index: int) -> int:
        """Return how many lines a cell has at most: words whose characters only go on are one where they stand level."""
        breaks, words = self._stream.breaks, self.spans[index]
        heights = {*map(tuple, self._stream.chars.boxes[[start for start, _ in words], 1::2].tolist())}
        if any(breaks[start] != breaks[stop - 1] for start, stop in words) or any(a >= b for a, b in heights):
            return sum(stop - start for start, stop in words)
        return len(heights)

    def may_head(self, index: int) -> bool:
        """Return whether a cell may hold a header's text over a figure: digits, and more than one line."""
        return self.has_digit(index) and self.most_lines(index) > 1

    def has_digit(self, index: int) -> bool:
        """Return whether there is a digit in a cell."""
        return _DIGIT.search(self.texts[index]) is not None

    def is_figure(self, index: int) -> bool:
        """Return whether a cell surely holds one figure alone that is no year."""
        if len(self.spans[index]) != 1 or self.most_lines(index) != 1:
            return False
        text = self.texts[index]
        return is_money(text) or (len(text) < 4 and text.isdecimal())

    def may_lack_rules(self, index: int, tall: int) -> bool:
        """Return whether a cell may hold rows: figures at two heights, or a line for each of several ruled rows that it covers."""
        words = self.spans[index]
        if len(words) < max(2, tall):
            return False
        texts = self._stream.chars.texts
        ends = [stop for start, stop in words if tall > 1 or texts[start].isdigit() or texts[stop - 1].isdigit()]
        return len(ends) > 1 and len(set(map(self.height, ends))) >= max(2, tall)


def _words(columns: _Columns) -> list[CharSpan]:
    """Return the spans without a blank or a jump in them.

    A character that begins right of the one before, and level with it, does not go back where their boxes overlap:
    fonts that are not embedded have boxes of one width, wider than a digit.
    """
    code, x0, top, x1, bottom = columns
    half, step, middle = 0.5 * (bottom - top)[1:], x0[1:] - x1[:-1], top + bottom
    blank = code == ord(" ")
    slanted = np.abs(middle[1:] - middle[:-1]) > 0.4 * half
    back = (step <= -half) & ((x0[1:] - x0[:-1] <= 0) | slanted)
    jumps = (np.abs(top[1:] - top[:-1]) > half) | back | (step >= half)
    ends = jumps | blank[1:] | blank[:-1]
    starts = np.flatnonzero(~blank & np.concatenate(([True], ends))[: len(blank)])
    stops = np.flatnonzero(~blank & np.concatenate((ends, [True]))[: len(blank)]) + 1
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _goes_on(columns: _Columns) -> NDArray[np.bool_]:
    """Return which characters only go on in the line of those before: a span of such reads as it is in the stream.

    They have one height and place, stand right of the one before without a gap that is read as a blank, and are no
    glyph printed again. Nine cells of ten hold one such span, and need not be split into lines.
    """
    code, x0, top, x1, bottom = columns
    plain = np.zeros(len(code), bool)
    plain[1:] = (top[1:] == top[:-1]) & (bottom[1:] == bottom[:-1]) & (top < bottom)[1:] & (x0[1:] >= x0[:-1])
    plain[1:] &= x0[1:] - x1[:-1] <= WORD_GAP * (bottom - top)[1:]
    near = SAME_GLYPH * np.maximum(1.0, x1 - x0)
    for back in (1, 2, 3):
        plain[back:] &= (code[back:] != code[:-back]) | (x0[back:] - x0[:-back] >= near[:-back])
    return plain
