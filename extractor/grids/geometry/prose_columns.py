"""Text set in columns, as newspapers print the reports of governments: its lines, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.grids.geometry.lines import read_lines
from extractor.pages.page import Char

PER_EM = 4  # cells across, in which a page is looked at; down it is one
GUTTER = 0.75  # ems between two columns at least: words of a sentence leave less
MIN_ROWS = 20  # ems that columns run down beside each other at least
MIN_WIDTH = 8  # ems of a column
MOSTLY = 0.5  # of a column is printed on, and of that is no figure: else it is one of a table


class _Columns(NamedTuple):
    """Where columns stand: the gutters between them, from left to right, and their common top and bottom, in points."""

    gutters: tuple[float, ...]
    top: float
    bottom: float


def in_columns(lines: Sequence[Sequence[Char]]) -> Sequence[Sequence[Char]]:
    """Return the lines of a page's text, those of columns one column after the other; all as they are where it has none."""
    if len(lines) < MIN_ROWS // 2 or sum(map(_has_gap, lines)) < MIN_ROWS // 2:
        return lines
    chars = [char for line in lines for char in line]
    columns = _columns(chars)
    if columns is None:
        return lines
    above: list[Char] = []
    below: list[Char] = []
    parts: list[list[Char]] = [[] for _ in range(len(columns.gutters) + 1)]
    for char in chars:
        middle = (char.top + char.bottom) / 2
        if columns.top <= middle <= columns.bottom:
            parts[int(np.searchsorted(columns.gutters, char.x0))].append(char)
        else:
            (above if middle < columns.top else below).append(char)
    return [line for part in (above, *parts, below) if part for line in read_lines(part)]


def _has_gap(line: Sequence[Char]) -> bool:
    right = inf
    for _, x0, top, x1, bottom, _ in line:
        if x0 - right > GUTTER * (bottom - top):
            return True
        right = x1
    return False


def _columns(chars: Sequence[Char]) -> _Columns | None:
    """Return the columns that most of some characters are set in; None where there are none, or where one is no prose."""
    em = float(np.median([char.bottom - char.top for char in chars]))
    left, top = min(char.x0 for char in chars), min(char.top for char in chars)
    step = em / PER_EM
    wide, tall = (int((max(c.x1 for c in chars) - left) / step) + 1, int((max(c.bottom for c in chars) - top) / em) + 1)
    printed = np.zeros((tall, wide), bool)
    for char in chars:
        row = int(((char.top + char.bottom) / 2 - top) / em)
        printed[row, int((char.x0 - left) / step) : int((char.x1 - left - 0.01) / step) + 1] = True
    found = _gutters(printed)
    if found is None:
        return None
    gutters, rows = found
    places = [((c.x0 - left) / step, ((c.top + c.bottom) / 2 - top) / em) for c in chars]
    for start, stop in pairwise([0, *gutters, wide]):
        own = [c for c, (x, y) in zip(chars, places, strict=True) if start <= x < stop and rows[0] <= y < rows[1]]
        words = sum(not char.text.isascii() for char in own)
        filled = printed[rows[0] : rows[1], start:stop].mean()
        if stop - start < PER_EM * MIN_WIDTH or filled < MOSTLY or words < MOSTLY * len(own):
            return None
    return _Columns(tuple(left + gutter * step for gutter in gutters), top + rows[0] * em, top + rows[1] * em)


def _gutters(printed: NDArray[np.bool_]) -> tuple[list[int], tuple[int, int]] | None:
    """Return the middles of blank strips that run down between text, and the rows that they run down."""
    runs = [_longest_run(free) for free in ~printed.T]
    blank = [stop - start >= MIN_ROWS for start, stop in runs]
    found: list[tuple[int, tuple[int, int]]] = []  # the middle of each, and the rows that it runs down
    for is_blank, strip in groupby(range(len(runs)), key=blank.__getitem__):
        own = list(strip)
        if is_blank and len(own) >= GUTTER * PER_EM and own[0] > 0 and own[-1] < len(runs) - 1:
            longest = max((runs[x] for x in own), key=lambda run: run[1] - run[0])
            through = [x for x in own if runs[x] == longest]
            found.append(((through[0] + through[-1] + 1) // 2, longest))
    if not found:
        return None
    half = len(found) // 2  # a comma may hang into a gutter: most of them say how far the columns reach
    rows = sorted(run[0] for _, run in found)[half], sorted(run[1] for _, run in found)[half]
    return ([middle for middle, _ in found], rows) if rows[1] - rows[0] >= MIN_ROWS else None


def _longest_run(free: NDArray[np.bool_]) -> tuple[int, int]:
    """Return where the longest run of true values begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], free, [False])).astype(np.int8)))
    begins, ends = edges[::2], edges[1::2]
    if not len(begins):
        return 0, 0
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])
