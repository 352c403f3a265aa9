"""Small figures raised or lowered behind a figure: the marks of notes, told by size and place from the figure's digits."""

from __future__ import annotations

import re

import numpy as np

from extractor.notation.marks import lowered, raised
from extractor.pages.pdfium_rules import Floats

SMALL = 0.8  # of the height of a figure: its mark is smaller
NEAR = 0.5  # of its height: its mark stands no further behind it
RAISED = 0.15  # of its height: by which its mark ends higher
LOWERED = 0.3  # of its height: by which its mark begins lower, and no higher does it end
_DIGIT = re.compile(r"[0-9*]")
_BEFORE = re.compile(r"[\d%)）*.,]")
_SEPARATORS = frozenset(".,")


def with_marks(text: str, boxes: Floats) -> str:
    """Return a page's text with the raised and lowered digits behind its figures as the marks that Unicode has for them.

    Args:
        text: The characters of a page.
        boxes: Left, top, right and bottom of each.
    """
    digits = [match.start() for match in _DIGIT.finditer(text)]
    if not digits:
        return text
    heights = boxes[:, 3] - boxes[:, 1]
    own = heights[digits]
    if own.min() >= SMALL * own.max():  # all of one size, as on most pages
        return text
    marked = [*text]
    before = np.array([match.start() for match in _BEFORE.finditer(text)])
    for place in sorted((d for d in digits if heights[d] < SMALL * own.max()), key=lambda d: boxes[d, 0]):
        figure = _figure_before(boxes, before, place)
        if figure is None or text[figure] in _SEPARATORS:  # small decimals are no mark
            continue
        if marked[figure] != text[figure]:  # the second digit of a mark
            form = raised if marked[figure] == raised(text[figure]) else lowered
        elif heights[place] >= SMALL * heights[figure]:
            continue
        elif boxes[place, 3] < boxes[figure, 3] - RAISED * heights[figure]:
            form = raised
        elif boxes[place, 1] > boxes[figure, 1] + LOWERED * heights[figure] and boxes[place, 3] > boxes[figure, 3]:
            form = lowered
        else:
            continue
        marked[place] = form(text[place])
    return "".join(marked)


def _figure_before(boxes: Floats, before: np.ndarray[tuple[int], np.dtype[np.int64]], place: int) -> int | None:
    """Return the character of a figure that one stands right behind, None where there is none."""
    x0, top, _, bottom = boxes[place]
    others = boxes[before]
    height = others[:, 3] - others[:, 1]
    gap = x0 - others[:, 2]
    near = (np.abs(gap) < NEAR * height) & (others[:, 0] < x0) & (others[:, 1] < bottom) & (others[:, 3] > top)
    near &= before != place
    found = before[near]
    return int(found[np.argmax(boxes[found, 2])]) if len(found) else None
