"""Figures of a table that are drawn, as outlines or pictures, where the page has text for the rest: they are recognised.

What is recognised as a figure becomes characters, no surer than the engine is; what is not stays a drawing, and a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from extractor.notation.figures import FIGURE
from extractor.pages.image_rulings import Area, Grey, without_red
from extractor.pages.ocr import FAINTEST, read_lines
from extractor.pages.page import Box, Char, Chars, Page

DPI = 300
PADDING = 0.8  # points around a figure
WITHIN = 1.2  # points from a cell's rules: no ink of theirs reaches so far
INK = 160  # of 255: what is darker is ink
APART = 1.0  # of their height: characters of one figure are no further apart
MIN_DIGITS = 2  # of a figure: one alone may be a tick or a circle
MAX_FIGURES = 600  # of a page: more are no table
_BLANK = Char(" ", 0.0, 0.0, 0.0, 0.0)
SUREST = 0.9999  # of what is recognised: text that the page has is surer


def read_drawn_figures(document: pdfium.PdfDocument, page: Page) -> Page:
    """Recognise the figures that a page draws within its tables.

    Args:
        document: An open PDF.
        page: One of its pages, as read.
    """
    rules = np.array(page.rules).reshape(-1, 4)
    places = list(_joined([line for box in (*page.drawn, *page.touched) if (line := _line_of(box, rules))]))
    if not places or len(places) > MAX_FIGURES:
        return page
    grey = _picture(document, page)
    areas = [_trimmed(_area(place, grey), grey) for place in places]
    own, added, found = [*page.chars], [_BLANK], []
    for place, chars in zip(places, read_lines(grey, areas, DPI), strict=True):
        text = "".join(char.text for char in chars)
        covered = [number for number, char in enumerate(own) if _lies_in(char, place)]
        if _is_sure(chars) and _adds_to(text, "".join(own[number].text for number in covered)):
            for number in covered:
                own[number] = _BLANK
            added += [*(char._replace(confidence=min(char.confidence, SUREST)) for char in chars), _BLANK]
            found.append(place)
    drawn = tuple(box for box in page.drawn if not any(_holds(place, box) for place in found))
    if not found:
        return page
    everything = Chars.of([*own, *added])
    page = replace(page, reading="shapes")
    return replace(page, chars=everything, drawn=drawn, by_shape=page.by_shape + len(found), recognised=len(found))


def _line_of(box: Box, rules: NDArray[np.float64]) -> Box | None:
    """Return the line of its cell that a drawing stands on; None where no rules bound it."""
    taller = (rules[:, 1] < box.top - WITHIN) & (rules[:, 3] > box.bottom + WITHIN)  # a stem of a 4 is no rule
    upright = rules[(rules[:, 0] == rules[:, 2]) & taller, 0]
    left, right = upright[upright <= box.x0 + WITHIN], upright[upright >= box.x1 - WITHIN]
    if not len(left) or not len(right):
        return None
    return Box(float(left.max()) + WITHIN, box.top, float(right.min()) - WITHIN, box.bottom)


def _trimmed(area: Area, grey: Grey) -> Area:
    """Return an area without the paper at its left and right."""
    inked = np.flatnonzero((grey[area.y0 : area.y1, area.x0 : area.x1] < INK).any(axis=0))
    if not len(inked):
        return area
    pad = round(PADDING * DPI / 72)
    x0, x1 = area.x0 + int(inked[0]) - pad, area.x0 + int(inked[-1]) + 1 + pad
    return Area(max(area.x0, x0), area.y0, min(area.x1, x1), area.y1)


def _joined(boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield the boxes around what stands on one line of a cell."""
    left = sorted(boxes)
    while left:
        whole = left.pop(0)
        grown = True
        while grown:
            near = [box for box in left if _are_together(whole, box)]
            grown = bool(near)
            left = [box for box in left if box not in near]
            for box in near:
                whole = Box(
                    *(min(a, b) for a, b in zip(whole[:2], box[:2], strict=True)), *map(max, whole[2:], box[2:])
                )
        yield whole


def _are_together(one: Box, other: Box) -> bool:
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return one.x0 == other.x0 and common > 0.2 * min(one.bottom - one.top, other.bottom - other.top)


def _picture(document: pdfium.PdfDocument, page: Page) -> Grey:
    handle = document[page.number - 1]
    try:
        bitmap = handle.render(scale=DPI / 72, rotation=page.turned, rev_byteorder=False)
        try:
            return without_red(np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]))
        finally:
            bitmap.close()
    finally:
        handle.close()


def _area(box: Box, grey: NDArray[Any]) -> Area:
    x0, top, x1, bottom = (round(side * DPI / 72) for side in box)
    pad = round(PADDING * DPI / 72)
    height, width = grey.shape
    left, upper = min(max(0, x0), width - 2), min(max(0, top - pad), height - 2)
    return Area(left, upper, max(left + 2, min(width, x1)), max(upper + 2, min(height, bottom + pad)))


def _lies_in(char: Char, box: Box) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return char.text != " " and box.x0 < x < box.x1 and box.top < y < box.bottom


def _is_sure(chars: Sequence[Char]) -> bool:
    """Return whether the engine is sure of characters, and they stand together: what is far apart is not one figure."""
    gaps = (after.x0 - before.x1 for before, after in pairwise(chars))
    sure = bool(chars) and min(char.confidence for char in chars) >= FAINTEST
    return sure and max(gaps, default=0.0) < APART * (chars[0].bottom - chars[0].top)


def _adds_to(text: str, own: str) -> bool:
    """Return whether what is recognised is a figure that has all digits of the page's own text, in the same order, and more.

    If it has no more, the drawing is no part of the figure: a stroke through it, perhaps.
    """
    rest = iter(text)
    digits = sum(char.isdigit() for char in text)
    is_more = len(text) > len(own) and digits >= MIN_DIGITS
    return is_more and FIGURE.fullmatch(text) is not None and all(char in rest for char in own if char.isdigit())


def _holds(place: Box, box: Box) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    return place.x0 <= x <= place.x1 and place.top <= y <= place.bottom
