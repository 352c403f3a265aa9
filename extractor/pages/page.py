"""What a page is once its format no longer matters: characters and rules, in points from the page's top left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from extractor.contract import ReadBy


class Char(NamedTuple):
    """One printed character; the box is the font's loose one, so that commas sit on the line of their digits.

    `confidence`, 0 to 1, is the engine's where the character was recognised in a picture.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float = 1.0


_char = partial(tuple.__new__, Char)  # of its fields; takes half as long as Char itself


class Chars(Sequence[Char]):
    """Characters as columns: a page has a thousand, and few of them are ever looked at one by one.

    Attributes:
        texts: Text of each.
        boxes: Left, top, right and bottom of each.
        confidences: Confidence of each.
    """

    __slots__ = ("boxes", "confidences", "texts")

    def __init__(self, texts: Sequence[str], boxes: NDArray[np.float64], confidences: Sequence[float]) -> None:
        self.texts, self.boxes, self.confidences = texts, boxes, confidences

    @classmethod
    def of(cls, chars: Sequence[Char]) -> Chars:
        """Return characters as columns."""
        if isinstance(chars, Chars):
            return chars
        boxes = np.array([char[1:5] for char in chars], float).reshape(-1, 4)
        return cls([char.text for char in chars], boxes, [char.confidence for char in chars])

    def at(self, places: Sequence[int]) -> list[Char]:
        """Return the characters at some places."""
        columns = self.boxes[list(places)].T.tolist()
        texts, confidences = map(self.texts.__getitem__, places), map(self.confidences.__getitem__, places)
        return list(map(_char, zip(texts, *columns, confidences, strict=True)))

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Char]:
        return iter(self[:])

    @overload
    def __getitem__(self, place: int) -> Char: ...

    @overload
    def __getitem__(self, place: slice) -> list[Char]: ...

    def __getitem__(self, place: int | slice) -> Char | list[Char]:
        if isinstance(place, slice):  # most are asked for so, and to take a slice costs a quarter of what places do
            columns = self.boxes[place].T.tolist()
            return list(map(_char, zip(self.texts[place], *columns, self.confidences[place], strict=True)))
        return self.at([place])[0]


class Rule(NamedTuple):
    """One straight ruling, a centre line: `x0 == x1` for a vertical rule, `top == bottom` for a horizontal one."""

    x0: float
    top: float
    x1: float
    bottom: float


rule_of = partial(tuple.__new__, Rule)  # of its sides; takes two thirds of what `Rule._make` does


class Box(NamedTuple):
    """A rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page as displayed, sideways pages turned upright.

    Attributes:
        number: 1-based.
        width: Points.
        height: Points.
        text: All text in the order of the document's text stream, prose pages included.
        chars: The same with places, a blank ending a word; empty on a page that can hold no table (neither rulings
            nor free-standing figures), where placing each character would be wasted.
        rules: Axis-parallel rulings, in no particular order.
        turned: Degrees clockwise by which the page was turned beyond its own /Rotate to read upright.
        hidden: About how many characters are invisible (text render mode 3): the text layer of a scan.
        picture: Box of the images where they cover more than half of the page together: a scan, or a background.
        paths: Number of paths: text drawn as outlines is many of them.
        strips: Number of images that are as high as a line of text, and longer.
        reading: The reader that saw it: pdfium; shapes where some of its characters were read by what they look like; or
            ocr where the page was recognised in a picture.
        left_out: How many figures its text has that it does not display.
        by_shape: How many characters were read by their shapes, for their font's map leads astray.
        drawn: The outlines and pictures as large as figures or digits within its rules.
        touched: For each drawing that touches a figure, the box of both.
        struck: The boxes of the figures that are struck out.
        recognised: How many figures were recognised in such drawings.
    """

    number: int
    width: float
    height: float
    text: str
    chars: Sequence[Char]
    rules: tuple[Rule, ...]
    turned: int = 0
    hidden: int = 0
    picture: Box | None = None
    paths: int = 0
    strips: int = 0
    reading: ReadBy = "pdfium"
    left_out: int = 0
    by_shape: int = 0
    drawn: tuple[Box, ...] = ()
    touched: tuple[Box, ...] = ()
    struck: tuple[Box, ...] = ()
    recognised: int = 0
