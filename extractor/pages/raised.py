"""Small figures raised or lowered behind a figure: the marks of notes, told by size and place from the figure's digits."""

from __future__ import annotations

import re

import numpy as np

from extractor.notation.marks import lowered, raised
from extractor.pages.pdfium_rules import Floats

SMALL = 0.8  # of the height of a figure: its mark is smaller
NEAR = 0.5  # of its height: its mark stands no further behind it
LIFTED = 0.3  # of its height: what ends so much higher is a mark, whatever its size
RAISED = 0.15  # of its height: by which its mark ends higher
LOWERED = 0.3  # of its height: by which its mark begins lower, and no higher does it end
_DIGIT = re.compile(r"[0-9*]")
_BEFORE = re.compile(r"[\d%)）*]")


def with_marks(text: str, boxes: Floats) -> str:
    """Return a page's text with the raised and lowered digits behind its figures as the marks that Unicode has for them.

    Args:
        text: The characters of a page.
        boxes: Left, top, right and bottom of each.
    """
    digits = np.array([match.start() for match in _DIGIT.finditer(text)], int)
    heights = boxes[:, 3] - boxes[:, 1]
    before_it = np.maximum(heights[digits - 1], heights[digits - 2])  # there may be a blank between
    rise = boxes[digits - 1, 3] - boxes[digits, 3]
    lifted = (digits > 0) & (rise > LIFTED * heights[digits]) & (rise < heights[digits])
    if not (lifted | (heights[digits] < SMALL * before_it)).any():  # as on most pages
        return text
    small = heights[digits] < SMALL * heights[digits].max()
    marked = [*text]
    for place in digits[small | lifted].tolist():
        before = place - 1 - (text[place - 1 : place] == " ")  # a blank may be PDFium's own
        if before < 0 or not _BEFORE.fullmatch(text[before]) or not _is_behind(boxes[before], boxes[place]):
            continue
        if marked[before] != text[before]:  # the second digit of a mark
            marked[place] = (raised if marked[before] == raised(text[before]) else lowered)(text[place])
        elif boxes[before, 3] - boxes[place, 3] > LIFTED * heights[before]:
            marked[place] = raised(text[place])
        elif heights[place] < SMALL * heights[before]:
            if boxes[place, 3] < boxes[before, 3] - RAISED * heights[before]:
                marked[place] = raised(text[place])
            elif boxes[place, 1] > boxes[before, 1] + LOWERED * heights[before] and boxes[place, 3] > boxes[before, 3]:
                marked[place] = lowered(text[place])
    return "".join(marked)


def _is_behind(figure: Floats, mark: Floats) -> bool:
    """Return whether a character stands right behind one of a figure, at the same height."""
    near = abs(mark[0] - figure[2]) < NEAR * (figure[3] - figure[1])
    return bool(near and figure[0] < mark[0] and figure[1] < mark[3] and figure[3] > mark[1])
