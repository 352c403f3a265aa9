"""Pieces of rows → the bands of x in which columns lie, by what overlaps and what never stands beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.grids.geometry.unruled.tokens import Piece

ONE_PLACE = 1.5  # points: figures aligned at a side end there within this distance
GROUP_STEP = 1.7  # of a header text's height: a text that is higher by more stands in another header row
TOUCH = 1.0  # points: a smaller overlap is two texts touching


@dataclass(slots=True)
class Band:
    """The x extent of one column.

    Attributes:
        x0: Points; likewise `x1`.
        pieces: (row, piece) of everything in it.
        header: Whether only header texts told of it: its cells are empty.
    """

    x0: float
    x1: float
    pieces: list[tuple[int, Piece]] = field(default_factory=list)
    header: bool = False

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (self.x0 + self.x1) / 2

    @property
    def rows(self) -> set[int]:
        """Rows that fill the column."""
        return {row for row, _ in self.pieces}

    @property
    def figures(self) -> bool:
        """Whether figures and dashes fill most of it."""
        figures = sum(piece.figure or piece.nil for _, piece in self.pieces)
        return bool(self.pieces) and 2 * figures >= len(self.pieces)

    @property
    def money(self) -> bool:
        """Whether any figure in it is printed as money is."""
        return any(piece.money for _, piece in self.pieces)

    @property
    def right_aligned(self) -> bool:
        """Whether figures end at one place; amounts of one length, which begin at one too, are set right."""
        return self._spread(right=True) <= ONE_PLACE and (self.money or self._spread(right=False) > ONE_PLACE)

    @property
    def left_aligned(self) -> bool:
        """Whether figures of different length begin at one place."""
        return self._spread(right=False) <= ONE_PLACE < self._spread(right=True)

    def _spread(self, *, right: bool) -> float:
        places = [piece.x1 if right else piece.x0 for _, piece in self.pieces if piece.figure]
        return max(places) - min(places) if places else 0.0

    def covers(self, piece: Piece) -> bool:
        """Tell whether a piece reaches into the band."""
        return min(self.x1, piece.x1) - max(self.x0, piece.x0) > min(TOUCH, (piece.x1 - piece.x0) / 3)


def read_bands(rows: Sequence[Sequence[Piece]], heads: Sequence[Piece] = ()) -> list[Band]:
    """Return the bands of a table's body from left to right.

    Narrow pieces make the bands, wide ones join them: two bands are one when more pieces lie over both than rows fill
    both. Bands that no row fills together are one column too, unless a header text stands over each, or money stands
    in them.

    Args:
        rows: The pieces of each row.
        heads: The texts of the header.
    """
    numbered = [(row, piece) for row, pieces in enumerate(rows) for piece in pieces]
    bands: list[Band] = []
    bridges: list[tuple[int, Piece]] = []
    for row, piece in sorted(numbered, key=lambda pair: pair[1].x1 - pair[1].x0):
        over = [band for band in bands if band.covers(piece)]
        if not over:
            bands.append(Band(piece.x0, piece.x1, [(row, piece)]))
        elif len(over) == 1:
            _take(over[0], row, piece)
        else:
            bridges.append((row, piece))
    bands.sort(key=lambda band: band.x0)
    bands = _bridged(bands, [piece for _, piece in bridges])
    bands = _exclusive(bands, heads)
    for row, piece in bridges:
        over = [band for band in bands if band.covers(piece)]
        if len(over) == 1:
            _take(over[0], row, piece)
    return bands


def _take(band: Band, row: int, piece: Piece) -> None:
    band.x0, band.x1 = min(band.x0, piece.x0), max(band.x1, piece.x1)
    band.pieces.append((row, piece))


def _united(first: Band, second: Band) -> Band:
    pieces = first.pieces + second.pieces
    return Band(min(first.x0, second.x0), max(first.x1, second.x1), pieces, first.header and second.header)


def _bridged(bands: list[Band], bridges: Sequence[Piece]) -> list[Band]:
    """Unite neighbours that more pieces bridge than rows fill side by side."""
    index = 0
    while index + 1 < len(bands):
        first, second = bands[index], bands[index + 1]
        over = sum(first.covers(piece) and second.covers(piece) for piece in bridges)
        overlap = second.x0 < first.x1 - TOUCH
        if (over or overlap) and over >= len(first.rows & second.rows):
            bands[index : index + 2] = [_united(first, second)]
            index = max(0, index - 1)
        else:
            index += 1
    return bands


def _exclusive(bands: list[Band], heads: Sequence[Piece]) -> list[Band]:
    """Unite neighbours of one kind that never stand side by side, such as a label and its indented parts."""
    index = 0
    while index + 1 < len(bands):
        first, second = bands[index], bands[index + 1]
        if not first.rows & second.rows and _alike(first, second) and _headed_as_one(first, second, heads):
            bands[index : index + 2] = [_united(first, second)]
            index = max(0, index - 1)
        else:
            index += 1
    return bands


def _alike(first: Band, second: Band) -> bool:
    """Tell whether two bands hold texts both, figures both but no money, or dashes beside anything."""
    if any(all(piece.nil for _, piece in band.pieces) for band in (first, second)):
        return True
    if first.figures != second.figures:
        return False
    if not first.figures:
        return True
    return not (first.money and second.money)


def _headed_as_one(first: Band, second: Band, heads: Sequence[Piece]) -> bool:
    """Tell whether no header text stands over each of two bands; codes need one over both, or over one alone."""
    over_first = [p for p in heads if first.covers(p) and not second.covers(p)]
    over_second = [p for p in heads if second.covers(p) and not first.covers(p)]
    if over_first and over_second:
        low, other = max(over_first, key=lambda p: p.top), max(over_second, key=lambda p: p.top)
        if abs(low.top - other.top) < GROUP_STEP * (low.bottom - low.top):
            return False  # the higher of two texts farther apart is a group's
    codes = first.figures and not any(piece.nil for band in (first, second) for _, piece in band.pieces)
    return not codes or bool(over_first or over_second) or any(first.covers(p) and second.covers(p) for p in heads)


def edges_of(bands: Sequence[Band], pad: float, centers: Mapping[int, float]) -> list[float]:
    """Return the column edges: one more than there are bands.

    Figures end at their cell's right side, texts begin at its left one, and a header text stands in its middle: one
    side and the middle tell the other side. So the same column has the same edges whatever stands in it.

    Args:
        bands: From left to right.
        pad: Points between a text and the side of its cell.
        centers: The middle of the header text over a column, by column.
    """
    edges = [bands[0].x0 - pad]
    for index, (first, second) in enumerate(pairwise(bands)):
        low, high = first.x1, second.x0
        inset = min(pad, (high - low) / 2)
        middle = (low + high) / 2
        if first.right_aligned:
            edge = low + inset
        elif second.pieces and not second.figures:
            edge = high - inset
        elif second.right_aligned and index + 1 in centers:
            edge = 2 * centers[index + 1] - second.x1 - pad
        elif first.pieces and not first.figures and index in centers:
            edge = 2 * centers[index] - edges[-1]
        else:
            edge = middle
        edges.append(min(max(edge, low), high) if low < high else middle)
    return [*edges, bands[-1].x1 + pad]
