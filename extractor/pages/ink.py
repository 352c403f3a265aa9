"""What a page shows within the cells of its tables that none of its characters and rules explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.pages.page import Box, Chars, Page

DARK = 150  # of 255, of the brightest channel: paler ink is a watermark, and coloured ink a seal
EDGE = 2  # pixels (a point each) of a cell's side that its rules may blur into
AROUND = 1  # pixels around a character's box
FILLED = 0.4  # of a cell: darker ones are backgrounds
MIN_INK = 8  # pixels in a cell: fewer are dust


class Ink(NamedTuple):
    """Dark pixels within the cells of a page.

    Attributes:
        all: How many there are.
        explained: Those that belong to a character or rule.
        cells: The numbers of the cells that hold more than dust which does not.
    """

    all: int
    explained: int
    cells: tuple[int, ...]


def measure_ink(handle: Any, page: Page, cells: Sequence[Box]) -> Ink:
    """Draw a page and count what it shows in cells.

    Args:
        handle: An open page of a PDF.
        page: The same as read.
        cells: Boxes of the cells of its tables, in points.
    """
    dark = _dark_pixels(handle, page.turned)
    free = dark.copy()
    for x0, top, x1, bottom in _pixels(Chars.of(page.chars).boxes, AROUND):
        free[top:bottom, x0:x1] = False
    for x0, top, x1, bottom in _pixels(np.array([*page.rules, *page.struck]).reshape(-1, 4), EDGE):
        free[top:bottom, x0:x1] = False
    total = unexplained = 0
    found = []
    for number, (x0, top, x1, bottom) in enumerate(_pixels(np.array(cells).reshape(-1, 4), -EDGE)):
        inside = dark[top:bottom, x0:x1]
        count = int(np.count_nonzero(inside))
        if not count or count > FILLED * inside.size:
            continue
        rest = int(np.count_nonzero(free[top:bottom, x0:x1]))
        total, unexplained = total + count, unexplained + rest
        if rest >= MIN_INK:
            found.append(number)
    return Ink(total, total - unexplained, tuple(found))


def _dark_pixels(handle: Any, turned: int) -> NDArray[np.bool_]:
    bitmap = handle.render(scale=1.0, rotation=turned)
    try:
        blue, green, red = np.moveaxis(bitmap.to_numpy()[:, :, :3], 2, 0)
        dark: NDArray[np.bool_] = np.maximum(np.maximum(blue, green), red) < DARK  # over an axis is slow
        return dark
    finally:
        bitmap.close()


def _pixels(boxes: NDArray[np.float64], more: int) -> list[list[int]]:
    """Return boxes as pixels, so many more on each side."""
    low, high = np.floor(boxes[:, :2]) - more, np.ceil(boxes[:, 2:]) + more
    pixels: list[list[int]] = np.maximum(np.concatenate((low, high), axis=1), 0).astype(int).tolist()
    return pixels
