"""What a pen has done to the figures of a picture: their digits are there to be recognised, and so are its strokes.

Figures in red ink are another matter: the page is read without it, for seals are red, and such a figure would be a blank cell.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.pages.image_rulings import Grey

LONG = 2.0  # a figure's width in its height: a shorter one is a digit or two, of which 4 has a stroke through it
ZONE = (0.25, 0.75)  # of a line's height: where the middle of a stroke through it is; one under it is lower
TALLEST = 64  # pixels: more show no stroke better, and take long to look at
ALIKE = 0.85  # of the height of the highest: as high are all digits of a line
TALL = 1.6  # of the height of digits: what joins one and is so much higher is a stroke over it
BROAD = 0.8  # of the width of digits: the rest of a rule is less, and a digit with a stroke over it is more
FEWEST_DIGITS = 3  # which say how high the digits of their line are
RED = 60  # of 255: how much more red than any other colour red ink has
INSET = 0.06  # of a cell's side: what reaches so near to its edge is a seal that runs over it
WHOLE = 0.97  # of a line's columns: so many have ink along a stroke through all of it; between digits there is none


def darkest(picture: NDArray[np.uint8]) -> Grey:
    """Return a colour picture in grey in which ink of every colour is dark."""
    blue, green, red = cv2.split(picture)
    return np.asarray(cv2.min(cv2.min(blue, green), red), dtype=np.uint8)


def is_struck(line: Grey) -> bool:
    """Return whether a straight stroke runs through all of a line, level or aslant.

    Args:
        line: The picture of a line of text, dark on light.
    """
    if line.size and line.shape[0] > TALLEST:
        size = (max(1, round(line.shape[1] * TALLEST / line.shape[0])), TALLEST)
        line = np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ink = np.asarray(line < (float(line.min()) + float(np.median(line))) / 2) if line.size else np.zeros((0, 0), bool)
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return False
    ink = ink[:, columns[0] : columns[-1] + 1]
    height, width = ink.shape
    if width < LONG * height or ink.any(axis=0).mean() < WHOLE:
        return False
    thick = cv2.dilate(ink.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    places, rows = np.arange(width), np.arange(height)
    shares = places / max(1, width - 1)
    for begin in rows:
        middles = (begin + rows) / 2
        ends = rows[(middles > ZONE[0] * height) & (middles < ZONE[1] * height)]
        steps = np.rint(begin + (ends[:, None] - begin) * shares).astype(np.int64)
        if len(ends) and thick[steps, places].mean(axis=1).max() >= WHOLE:
            return True
    return False


def is_crossed(line: Grey) -> bool:
    """Return whether something much higher than its digits joins one of them: a stroke over a digit, through none of the others.

    Args:
        line: The picture of a figure, dark on light.
    """
    if not line.size:
        return False
    ink = (line < (float(line.min()) + float(np.median(line))) / 2).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    stats = stats[1:][np.argsort(stats[1:, cv2.CC_STAT_HEIGHT])]  # the first is the paper
    heights, widths = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    if len(heights) <= FEWEST_DIGITS or heights[-1] <= TALL * heights[-2]:
        return False
    digits = heights[:-1] > ALIKE * heights[-2]
    return bool(digits.sum() >= FEWEST_DIGITS and widths[-1] >= BROAD * np.median(widths[:-1][digits]))


def holds_red(picture: NDArray[np.uint8]) -> bool:
    """Return whether a colour picture (blue, green, red) has red ink anywhere."""
    return bool(_reds(picture[::3, ::3]).any())


def _reds(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    blue, green, red = (picture[:, :, n].astype(np.int16) for n in range(3))
    return np.asarray(red - np.maximum(blue, green) > RED)


def red_figure_in(cell: NDArray[np.uint8], height: float) -> tuple[int, int, int, int] | None:
    """Return where a line of red ink stands in a cell, clear of its edges: left, top, right, bottom; None where none does.

    Args:
        cell: The picture of a cell: rows, columns, and blue, green, red.
        height: Of the usual line, in pixels.
    """
    ink = _reds(cell)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    left, top, right, bottom = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    tall, wide = cell.shape[:2]
    clear = min(left, wide - right) > INSET * min(wide, tall) and min(top, tall - bottom) > INSET * tall
    sized = 0.5 * height < bottom - top < TALL * height and right - left > bottom - top
    return (left, top, right, bottom) if clear and sized else None
