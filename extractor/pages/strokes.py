"""Figures of a picture that a pen has struck out: their digits are there to be recognised, and so is the stroke."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.pages.image_rulings import Grey

LONG = 2.0  # a figure's width in its height: a shorter one is a digit or two, of which 4 has a stroke through it
ZONE = (0.25, 0.75)  # of a line's height: where the middle of a stroke through it is; one under it is lower
TALLEST = 64  # pixels: more show no stroke better, and take long to look at
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
