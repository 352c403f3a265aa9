"""What is drawn at a page's figures without being text: strokes through them, minus signs, points, digits as outlines.

A stroke through all of a figure strikes it out, however far it goes on, and a short one before it is its minus. Any other drawing that touches
a figure may be a part of it: nobody knows what the figure says until its picture is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.notation.figures import UNREAD
from extractor.pages.char_table import codes_of
from extractor.pages.page import Chars
from extractor.pages.pdfium_rules import Floats

BODY = (0.15, 0.8)  # of a character's box, from its top: where the ink of digits is
MIDDLE = (0.2, 0.66)  # where a minus and a stroke through a digit are; an underline is lower
CENTRE = (0.38, 0.56)  # where a rule through a figure is that has half of it in each of two rows
LOW = (0.5, 0.95)  # where a point is
OVERHANG = 0.6  # of a figure's height: a stroke through it alone reaches no further beyond it
LEVEL = 0.5  # points: lines no further apart are one across a row
WIDE = 0.4  # of the length of such a line: it meets characters that far apart
MOST = 0.9  # of the characters that such a line meets, it runs through the middle
PAGE_NUMBER = 3  # digits of one, which the last rule of a table may run through
MEETS = 3.0  # points: a rule that ends so near to another meets it
UNDERHANG = 0.5  # of its height: a stroke through it ends no earlier
NEAR, BEHIND = 0.5, 0.25  # of its height: a minus or digit before it, and a digit behind it, are no further
MINUS = (0.15, 0.85)  # of its height: how long a minus is
THICK = 0.2  # of its height: a minus is no thicker
CROSS, MAX_CROSSES = (
    24.0,
    64,
)  # points, of the sides of a cross over a table; a page with more slanted lines is a drawing
MAX_MARKS = 2_000  # of a page: more are a drawing
_FIGURE = re.compile(r"[\d.,%\-+()（）△▲−－\ufffd]*\d[\d.,%()（）\ufffd]*")


class Marks(NamedTuple):
    """What is drawn at the figures of a page.

    Attributes:
        chars: Its characters, a minus before each figure that has one drawn, figures that are touched marked unread.
        struck: The boxes of the figures that are struck out; they are no longer among the characters.
        read: How many figures have a drawn minus, or are touched.
        touched: For each drawing that touches a figure, the box of both.
    """

    chars: Chars
    struck: Floats
    read: int
    touched: Floats


Shows = Callable[[Floats], bool]


class Sight(NamedTuple):
    """What a page's picture says of a box in points from its top left.

    Attributes:
        shows: Whether it displays anything there: what is drawn in white, clipped or covered is no mark.
        stands_out: Whether a level line differs from what is above and below it.
    """

    shows: Shows
    stands_out: Shows


def read_marks(
    chars: Chars, rules: Floats, outlines: Floats, specks: Floats, sight: Sight, slants: Floats | None = None
) -> Marks:
    """Find the strokes and drawings that change what a page's figures say.

    Args:
        chars: The page's characters.
        rules: Its rules; and what else it draws, each a row of a box in points from the page's top left:
        outlines: Drawings that leave the axes, and pictures, as large as a digit or a figure.
        specks: Drawings as small as a minus or a point.
        sight: What the page displays.
        slants: Its straight lines that leave the axes.
    """
    text = chars.texts if isinstance(chars.texts, str) else "".join(chars.texts)
    codes = codes_of(text)
    digits = ((codes >= ord("0")) & (codes <= ord("9"))).nonzero()[0]
    if not len(digits) or len(text) != len(chars):
        return Marks(chars, outlines[:0], 0, outlines[:0])
    levels = np.sort(rules[rules[:, 1] == rules[:, 3], 1])
    low, high = _zone(chars.boxes[digits], MIDDLE)
    crossed = np.searchsorted(levels, high) > np.searchsorted(levels, low)
    crosses = _crosses(outlines[:0] if slants is None else slants)
    if not crossed.any() and not len(crosses) and not len(outlines) and not len(specks):
        return Marks(chars, outlines[:0], 0, outlines[:0])
    if len(outlines) + len(specks) > MAX_MARKS:
        return Marks(chars, outlines[:0], 0, outlines[:0])
    words = [range(*match.span()) for match in _FIGURE.finditer(text)]
    boxes = _around_each(chars.boxes, words)
    flat = rules[(rules[:, 1] == rules[:, 3])]
    specks = np.concatenate((specks, flat[flat[:, 2] - flat[:, 0] <= 12.0])) if len(flat) else specks
    tall = rules[:, 3] - rules[:, 1] > 2 * (boxes[:, 3] - boxes[:, 1]).min()  # a stem of a drawn 4 is no rule
    upright = rules[(rules[:, 0] == rules[:, 2]) & tall]
    void = {words[word].start for box in crosses for word in _is_within(boxes, box).nonzero()[0].tolist()}
    struck, wiped = _struck(chars, boxes, flat, sight.shows)
    signed = _signed(boxes, specks, upright, sight.shows)
    void |= {words[word].start for word in np.flatnonzero(wiped & ~struck).tolist()}
    halved = np.flatnonzero(~struck & _are_halved(boxes, flat, upright, sight.stands_out)).tolist()
    void |= {words[word].start for word in halved if len(words[word]) > PAGE_NUMBER}
    touched = _touched(chars, boxes, outlines, specks, upright)
    if not (touched or void or struck.any() or signed.any()):
        return Marks(chars, outlines[:0], 0, outlines[:0])
    return _marked(chars, words, struck, signed, touched, void)


def _around(boxes: Floats) -> Floats:
    return np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))


def _around_each(boxes: Floats, words: Sequence[range]) -> Floats:
    """Return the box around the boxes of each word."""
    ends = [end for word in words for end in (word.start, word.stop)]
    more = np.concatenate((boxes, boxes[-1:]))  # the last word may end with the text
    low, high = np.minimum.reduceat(more[:, :2], ends), np.maximum.reduceat(more[:, 2:], ends)
    return np.concatenate((low, high), axis=1)[::2]


def _level_with_any(boxes: Floats, words: Floats, shares: tuple[float, float]) -> Floats:
    """Return those boxes whose middle is within that share of any word's height: few, and so worth a closer look."""
    low, high = (np.sort(edges) for edges in _zone(words, shares))
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    chosen: Floats = boxes[np.searchsorted(low, middles) > np.searchsorted(high, middles)]
    return chosen


def _zone(boxes: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return from where to where a share of each box's height reaches."""
    height = boxes[:, 3] - boxes[:, 1]
    return boxes[:, 1] + shares[0] * height, boxes[:, 1] + shares[1] * height


def _struck(chars: Chars, words: Floats, lines: Floats, shows: Shows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which figures have a stroke through all of them, their own or one across their row, and which one wipes out.

    Where nothing at all is seen along a stroke through digits, it is in the paper's colour and lies over them.
    """
    low, high = _zone(words, MIDDLE)
    height = words[:, 3] - words[:, 1]
    struck = np.zeros(len(words), bool)
    wiped = struck.copy()
    for line in _level_with_any(lines, words, MIDDLE):
        x0, y, x1, _ = line.tolist()
        tight = (np.abs(x0 - words[:, 0]) < OVERHANG * height) & (np.abs(x1 - words[:, 2]) < OVERHANG * height)
        found = _covers(x0, x1, words) & (y > low) & (y < high)
        if not tight[found].all() and not _crosses_a_row(chars, lines, y):
            found &= tight
        if found.any():
            seen = shows(line)
            struck |= found & seen
            wiped |= found & (not seen)
    return struck, wiped


def _covers(x0: float, x1: float, words: Floats) -> NDArray[np.bool_]:
    """Return which figures a line from one x to another goes through as a whole."""
    under = UNDERHANG * (words[:, 3] - words[:, 1])
    covered: NDArray[np.bool_] = (x0 < words[:, 0] + under) & (x1 > words[:, 2] - under)
    return covered


def _are_halved(words: Floats, lines: Floats, upright: Floats, stands_out: Shows) -> NDArray[np.bool_]:
    """Return which figures have a rule through their middle: they may be struck out, or be of the row above or below.

    A long line that meets no other is none of a table. What is drawn in the paper's colour or covered, is seen beside the figure.
    """
    low, high = _zone(words, CENTRE)
    height = words[:, 3] - words[:, 1]
    halved = np.zeros(len(words), bool)
    for line in _level_with_any(lines, words, CENTRE):
        x0, y, x1, _ = line.tolist()
        found = _covers(x0, x1, words) & (y > low) & (y < high)
        met = (upright[:, 0] > x0 - MEETS) & (upright[:, 0] < x1 + MEETS) & (upright[:, 1] <= y) & (upright[:, 3] >= y)
        if not met.any():
            found &= (x0 > words[:, 0] - height) & (x1 < words[:, 2] + height)
        for word in np.flatnonzero(found & ~halved).tolist():
            left, _, right, _ = words[word].tolist()
            ends = (max(x0, left - height[word]), left), (right, min(x1, right + height[word]))
            beside = [np.array((start, y, end, y)) for start, end in ends if end - start > LEVEL]
            halved[word] = any(map(stands_out, beside)) if beside else True
    return halved


def _crosses_a_row(chars: Chars, lines: Floats, y: float) -> bool:
    """Return whether lines at a height run through the middle of all that they meet, names too: the rules of tables do not."""
    left, _, right, _ = lines[np.abs(lines[:, 1] - y) < LEVEL].T
    x = (chars.boxes[:, 0] + chars.boxes[:, 2]) / 2
    met = ((chars.boxes[:, 1] < y) & (chars.boxes[:, 3] > y)).nonzero()[0]
    met = met[((x[met, None] > left) & (x[met, None] < right)).any(axis=1)]
    low, high = _zone(chars.boxes[met], MIDDLE)
    through = (low < y) & (y < high)
    named = any(chars.texts[place].isalpha() for place in met[through].tolist())
    reach = np.ptp(x[met[through]]) if named else 0.0  # of a cell cut off at its lower rule, all is met in one place
    return bool(through.mean() >= MOST and reach > WIDE * (right.max() - left.min())) if len(met) else False


def _crosses(slants: Floats) -> Floats:
    """Return the boxes of pairs of lines from corner to corner, which cross out all that lies between them."""
    if len(slants) < 2:  # as on most pages
        return slants[:0]
    large = slants[(slants[:, 3] - slants[:, 1] > CROSS) & (slants[:, 2] - slants[:, 0] > CROSS)][:MAX_CROSSES]
    alike = (np.abs(large[:, None] - large) < CROSS / 8).all(axis=2)
    crosses: Floats = large[np.triu(alike, 1).any(axis=1)]
    return crosses


def _is_within(words: Floats, box: Floats) -> NDArray[np.bool_]:
    """Return which figures have their middle in a box."""
    x, y = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    inside: NDArray[np.bool_] = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    return inside


def _signed(words: Floats, specks: Floats, upright: Floats, shows: Shows) -> NDArray[np.bool_]:
    """Return which figures have a minus drawn before them."""
    low, high = _zone(words, MIDDLE)
    height = words[:, 3] - words[:, 1]
    signed = np.zeros(len(words), bool)
    for speck in _level_with_any(specks, words, MIDDLE):
        x0, top, x1, bottom = speck.tolist()
        near = (x1 < words[:, 0] + 0.15 * height) & (words[:, 0] - x1 < NEAR * height)
        sized = (x1 - x0 > MINUS[0] * height) & (x1 - x0 < MINUS[1] * height) & (bottom - top < THICK * height)
        middle = (top + bottom) / 2
        found = near & sized & (middle > low) & (middle < high) & (x1 - x0 > bottom - top)
        for word in found.nonzero()[0].tolist():
            if not _are_split(words[word], speck, upright) and shows(speck):
                signed[word] = True
    return signed


def _are_split(one: Floats, other: Floats, upright: Floats) -> bool:
    """Return whether a vertical rule runs between the middles of two boxes on one line."""
    left, right = sorted(((one[0] + one[2]) / 2, (other[0] + other[2]) / 2))
    middle = (one[1] + one[3]) / 2
    between = (upright[:, 0] > left) & (upright[:, 0] < right)
    return bool((between & (upright[:, 1] < middle) & (upright[:, 3] > middle)).any())


def _touched(
    chars: Chars, words: Floats, outlines: Floats, specks: Floats, upright: Floats
) -> list[tuple[int, Floats]]:
    """Return each figure that an outline touches, or that has a speck for a point, with the box of both."""
    height = words[:, 3] - words[:, 1]
    top, bottom = _zone(words, BODY)
    low, high = _zone(words, LOW)
    middles = (chars.boxes[:, :2] + chars.boxes[:, 2:]) / 2
    found = []
    for box in outlines:
        x0, y0, x1, y1 = box.tolist()
        common = np.minimum(y1, bottom) - np.maximum(y0, top)
        beside = (common > 0.5 * np.minimum(y1 - y0, bottom - top)) & (y1 - y0 < 2 * height)
        near = (words[:, 0] - x1 < NEAR * height) & (x0 - words[:, 2] < BEHIND * height)
        for word in (beside & near).nonzero()[0].tolist():
            around = ((middles > (x0, y0)) & (middles < (x1, y1))).all(axis=1)
            inside = (middles[:, 0] > words[word, 0]) & (middles[:, 0] < words[word, 2])
            if _are_split(words[word], box, upright):
                continue
            if not (around & ~inside).any():  # else it is drawn around a mark beside the figure
                found.append((word, _around(np.stack((box, words[word])))))
    for box in _level_with_any(specks, words, LOW):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        small = np.maximum(box[2] - box[0], box[3] - box[1]) < 0.3 * height
        beside = (x > words[:, 0] - 0.3 * height) & (x < words[:, 2] + 0.3 * height)
        within = small & beside & (y > low) & (y < high)
        found += [(word, words[word]) for word in within.nonzero()[0].tolist()]
    return found


def _marked(
    chars: Chars,
    words: list[range],
    struck: NDArray[np.bool_],
    signed: NDArray[np.bool_],
    touched: list[tuple[int, Floats]],
    void: set[int],
) -> Marks:
    texts, boxes = [*chars.texts], chars.boxes.copy()
    out: list[Floats] = []
    touched = [(word, box) for word, box in touched if not struck[word]]
    for word in struck.nonzero()[0].tolist():
        places = words[word]
        out.append(_around(boxes[places.start : places.stop]))
        texts[places.start : places.stop] = [" "] * len(places)
        boxes[places.start : places.stop] = 0.0
    for word, _ in touched:
        texts[words[word].start] = UNREAD
    for place in void:
        texts[place] = UNREAD if texts[place] != " " else " "  # of those that are struck out
    confidences = [*chars.confidences]
    for word in reversed((signed & ~struck).nonzero()[0].tolist()):
        start = words[word].start
        x0, top, _, bottom = boxes[start]
        texts.insert(start, "-")
        boxes = np.insert(boxes, start, (x0 - 0.3 * (bottom - top), top, x0, bottom), axis=0)
        confidences.insert(start, 1.0)
    areas = np.array([box for _, box in touched]).reshape(-1, 4)
    read = int((signed & ~struck).sum()) + len({word for word, _ in touched})
    return Marks(Chars("".join(texts), boxes, confidences), np.array(out).reshape(-1, 4), read, areas)
