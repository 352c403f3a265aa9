"""Small characters raised or lowered beside a figure: the marks of notes, told by size and place from the figure's digits."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from extractor.notation.figures import UNREAD
from extractor.notation.marks import lowered, raised
from extractor.pages.char_table import DIGITS, char_table, codes_of
from extractor.pages.pdfium_rules import Floats

SMALL = 0.8  # of the height of a figure: its mark is smaller
SMALLER = 0.92  # of its height: one that is raised besides
NEAR = 0.5  # of its height: its mark stands no further beside it
LIFTED = 0.3  # of its height: what ends so much higher is a mark, whatever its size
RAISED = 0.15  # of its height: by which its mark ends higher
LOWERED = 0.3  # of its height: by which its mark begins lower, and no higher does it end
SHRUNK = 0.7  # of a digit's height: one right behind it, on its line, that is so small is hardly of its figure
SHIFTED = 0.115  # of a digit's height: by which one of the same height right behind it stands higher or lower; fonts differ by 0.11
STACKED = 0.15  # of a digit's height: another one that begins so near to it lies on it
SPECK, LEAST = 3.0, 0.35  # points, and of the usual height: nobody reads digits that are smaller than both
_PARTS = char_table("0123456789*abcdefgh注()[]（）［］〔〕【】,，、")
_MARK = re.compile(r"[(\[（［〔【]?(?:注?\d{1,3}(?:[,，、]\d{1,2})*|注|\*{1,4}|[a-h])[)\]）］〕】]?")
_DIGIT = re.compile(r"\d")
_LONGEST = 4  # characters of a mark that is drawn apart from its figure
_BEFORE = re.compile(r"[\d%)）*]")


def with_marks(text: str, boxes: Floats) -> str:
    """Return a page's text with the raised and lowered characters beside its figures as the marks that Unicode has for them.

    Args:
        text: The characters of a page.
        boxes: Left, top, right and bottom of each.
    """
    codes = codes_of(text)
    parts = _PARTS[codes].nonzero()[0]
    if not len(parts):
        return text
    heights = boxes[:, 3] - boxes[:, 1]
    doubted = _doubted(codes, boxes, heights)
    own = heights[parts]
    beside = np.maximum(heights[parts - 1], heights[parts - 2])  # there may be a blank between
    beside = np.maximum(beside, heights[np.minimum(parts + 1, len(text) - 1)])
    rise = boxes[parts - 1, 3] - boxes[parts, 3]
    lifted = (parts > 0) & (rise > LIFTED * own) & (rise < own)
    ordered = np.sort(own)
    usual = (ordered[(len(own) - 1) // 2] + ordered[len(own) // 2]) / 2  # the median
    small = own < SMALLER * np.maximum(beside, usual)
    doubted += parts[DIGITS[codes[parts]] & (own < np.minimum(SPECK, LEAST * usual))].tolist()
    if not (lifted | small).any() and not doubted:  # as on most pages
        return text
    marked = [*text]
    for place in doubted:
        marked[place] = UNREAD
    for place, up in _find_marks(text, boxes, parts[small | lifted].tolist()).items():
        marked[place] = (raised if up else lowered)(text[place])
    return "".join(marked)


def _doubted(codes: NDArray[np.integer], boxes: Floats, heights: Floats) -> list[int]:
    """Return the digits of which nobody can tell whether they go on with the figure before them, are its mark or lie on it."""
    digits = DIGITS[codes]
    places = np.flatnonzero(digits[1:] & digits[:-1]) + 1
    own, last = heights[places], heights[places - 1]
    rise, step = boxes[places - 1, 3] - boxes[places, 3], np.abs(boxes[places, 0] - boxes[places - 1, 0])
    odd = (own < SHRUNK * last) | (np.abs(rise) > SHIFTED * last) | (step < STACKED * last)
    if not odd.any():  # as on most pages
        return []
    near = np.abs(boxes[places, 0] - boxes[places - 1, 2]) < NEAR * last
    shrunk = (own < SHRUNK * last) & (np.abs(rise) < SHIFTED * last)
    shifted = (np.abs(own - last) < 0.02 * last) & (np.abs(rise) > SHIFTED * last) & (np.abs(rise) < LIFTED * last)
    stacked = (step < STACKED * last) & (np.abs(rise) < LIFTED * last)
    stacked &= codes[places] != codes[places - 1]
    found: list[int] = places[stacked | (near & (shrunk | shifted))].tolist()
    return found


def _find_marks(text: str, boxes: Floats, candidates: list[int]) -> dict[int, bool]:
    """Return which of some characters are parts of marks, and whether each is raised."""
    found: dict[int, bool] = {}
    figures = _Figures(text, boxes)
    for place in candidates:
        before = place - 1 - (text[place - 1 : place] == " ")  # a blank may be PDFium's own
        is_next = before >= 0 and _is_behind(boxes[before], boxes[place])
        if not is_next:
            before = figures.beside(place, behind=True)  # marks may be drawn after all figures
        if before in found:
            found[place] = found[before]
        elif before >= 0 and _BEFORE.fullmatch(text[before]):
            way = _moved(boxes[before], boxes[place], is_next)
            if way is not None and (way or text[place].isdigit()):
                found[place] = way
    leading: set[int] = set()
    for place in (place for place in reversed(candidates) if text[place].isdigit() and place not in found):
        after = place + 1 + (text[place + 1 : place + 2] == " ")
        if after in leading and _is_behind(boxes[place], boxes[after]):
            leading.add(place)
            continue
        if not text[after : after + 1].isdigit() or not _is_behind(boxes[place], boxes[after]):
            after = figures.beside(place, behind=False)
        if after >= 0 and _moved(boxes[after], boxes[place], is_next=False):
            leading.add(place)
    return _whole(text, found) | dict.fromkeys(leading, True)


def _whole(text: str, found: dict[int, bool]) -> dict[int, bool]:
    """Return the parts that make whole marks: a bracket alone, in a font of other heights, is none."""
    wholes: list[list[int]] = []
    for place in sorted(found):
        if wholes and not text[wholes[-1][-1] + 1 : place].strip():
            wholes[-1].append(place)
        else:
            wholes.append([place])
    marks = (places for places in wholes if _MARK.fullmatch("".join(text[place] for place in places)))
    return {place: found[place] for places in marks for place in places}


class _Figures:
    """A page's digits by where they begin and end."""

    def __init__(self, text: str, boxes: Floats) -> None:
        self._text, self._boxes = text, boxes

    @cached_property
    def _digits(self) -> list[tuple[NDArray[np.intp], Floats]]:
        """The digits in the order of their left sides, and these sides; then in that of their right ones."""
        digits = np.array([match.start() for match in _DIGIT.finditer(self._text)], int)
        orders = [(digits[self._boxes[digits, side].argsort()], side) for side in (0, 2)]
        return [(order, self._boxes[order, side]) for order, side in orders]

    def beside(self, place: int, behind: bool) -> int:
        """Return the digit that a character which stands alone is behind of or before, the highest one; -1 if none is there."""
        own = self._boxes[place]
        if len(self._text[place : place + _LONGEST + 1].split(" ", 1)[0]) > _LONGEST:
            return -1
        at, side = (own[0], 1) if behind else (own[2], 0)
        reach = (own[3] - own[1]) * NEAR / SMALL * 2
        digits, sides = self._digits[side]
        low, high = np.searchsorted(sides, (at - reach, at + reach))
        near = digits[low:high].tolist()
        pairs = ((self._boxes[digit], own) if behind else (own, self._boxes[digit]) for digit in near)
        beside = [d for d, pair in zip(near, pairs, strict=True) if d != place and _is_behind(*pair)]
        return max(beside, key=lambda digit: float(self._boxes[digit, 3] - self._boxes[digit, 1]), default=-1)


def _is_behind(one: Floats, other: Floats) -> bool:
    """Return whether a character stands right behind another, at the same height."""
    near = abs(other[0] - one[2]) < NEAR * max(one[3] - one[1], other[3] - other[1])
    return bool(near and one[0] < other[0] and one[1] < other[3] and one[3] > other[1])


def _moved(figure: Floats, mark: Floats, is_next: bool) -> bool | None:
    """Return whether a character is raised beside one of a figure, or lowered; None if neither.

    One that is not smaller is so only where it is drawn next: else it may be of another line of its cell.
    """
    height, own = figure[3] - figure[1], mark[3] - mark[1]
    rise = (figure[3] - mark[3]) / height
    if (is_next and rise > LIFTED) or (own < SMALLER * height and rise > RAISED):
        return True
    low = own < SMALL * height and mark[1] > figure[1] + LOWERED * height and rise < 0
    return False if low else None
