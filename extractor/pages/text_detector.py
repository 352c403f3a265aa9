"""Where lines of text stand on a picture, by RapidOCR's detector: a model that marks what looks like text.

The boxes are those that RapidOCR makes of the marks (differentiable binarization): each shrunk mark is grown again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import pyclipper
from numpy.typing import NDArray

from extractor.pages.image_rulings import Area, Grey
from extractor.pages.models import DETECTOR, load_model

SIDE = 1280  # pixels of the longer side that the model looks at
STEP = 32  # pixels: sides are whole numbers of them
MARKED = 0.3  # how likely text is where a pixel is marked
TEXT = 0.5  # mean likelihood within a box of text
GROWTH = 1.6  # of a mark's area to its outline: how far text reaches beyond it
LEAST_MARK, LEAST_BOX = 3, 5  # pixels of the model's picture
LEAST_LINE = 4  # pixels
MOST = 1000  # marks of a picture
SAME_LINE = 10  # pixels between the tops of boxes, sorted, that stand on one line


class _Box(NamedTuple):
    """A box of text: its corner at the upper left, which places it among others, and what it covers."""

    x: int
    y: int
    area: Area


def find_lines(grey: Grey) -> list[Area]:
    """Return the boxes of lines of text, from top to bottom, and from left to right on one line."""
    height, width = grey.shape
    ratio = min(1.0, SIDE / max(height, width))
    rows, columns = (round(int(side * ratio) / STEP) * STEP for side in (height, width))
    if not rows or not columns:
        return []
    boxes = [box for mark in _marks(_likelihood(grey, rows, columns)) if (box := _placed(mark, grey))]
    boxes.sort(key=lambda box: box.y)
    lines = np.cumsum(np.diff([box.y for box in boxes], prepend=0) >= SAME_LINE)
    return [boxes[index].area for index in np.lexsort((np.array([box.x for box in boxes]), lines))]


def _likelihood(grey: Grey, rows: int, columns: int) -> NDArray[np.float32]:
    """Return, for each pixel of the picture in the size given, how likely it is text."""
    model = load_model(DETECTOR)
    scaled = cv2.resize(grey, (columns, rows)).astype(np.float32) / 127.5 - 1.0
    (likely,) = model.run(None, {model.get_inputs()[0].name: np.broadcast_to(scaled, (1, 3, rows, columns))})
    found: NDArray[np.float32] = likely[0, 0]
    return found


def _marks(likely: NDArray[np.float32]) -> Iterator[NDArray[np.float64]]:
    """Yield the corners of what is marked, grown to the size of its text, in shares of the picture's sides."""
    marked = cv2.dilate((likely > MARKED).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(marked, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines[:MOST]:
        mark = cv2.minAreaRect(outline)
        corners = _corners(mark)
        if min(mark[1]) >= LEAST_MARK and _mean_within(corners, likely) >= TEXT:
            grown = cv2.minAreaRect(_grown(corners, mark[1]))
            if min(grown[1]) >= LEAST_BOX:
                yield (_corners(grown) / likely.shape[::-1]).astype(np.float64)


def _corners(box: tuple[Sequence[float], Sequence[float], float]) -> NDArray[np.float32]:
    return np.asarray(cv2.boxPoints(box), np.float32)


def _mean_within(corners: NDArray[np.float32], likely: NDArray[np.float32]) -> float:
    height, width = likely.shape
    x0, y0 = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (width - 1, height - 1))
    inside = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - (x0, y0)).astype(np.int32)], (1,))
    return float(cv2.mean(likely[y0 : y1 + 1, x0 : x1 + 1], inside)[0])


def _grown(corners: NDArray[np.float32], sides: Sequence[float]) -> NDArray[np.int32]:
    """Return the outline around a mark, as far from it as text is likely to reach."""
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(corners, pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    distance = GROWTH * sides[0] * sides[1] / (2 * (sides[0] + sides[1]))
    return np.array(offset.Execute(distance), np.int32).reshape(-1, 1, 2)


def _placed(shares: NDArray[np.float64], grey: Grey) -> _Box | None:
    """Return the box of a mark on the picture; None of one that is too small for a line."""
    height, width = grey.shape
    corners = np.clip(np.round(shares * (width, height)), 0, (width - 1, height - 1)).astype(int)
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    if min(x1 - x0, y1 - y0) < LEAST_LINE:
        return None
    left = sorted(corners.tolist())[:2]
    x, y = min(left, key=lambda corner: corner[1])
    return _Box(x, y, Area(x0, y0, x1, y1))
