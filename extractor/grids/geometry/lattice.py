"""Rulings → grids: cells with row and column spans from the lines that were drawn, open borders closed.

A table continued on the next page often has no top rule there, and some have no side rules at all: the ends of the
crossing rules close them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from math import inf
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from extractor.errors import DocumentError
from extractor.pages.page import Rule

SNAP = 2.0  # points: rules closer together are one rule drawn twice (double and thick borders)
JOIN = 3.5  # points: gaps that collinear strokes leave where they meet
MIN_CELL = 4.0  # points: no readable row or column is narrower
MAX_CELLS = 400_000  # a page with more elementary cells is an attack, not a table
MAX_CROSSINGS = 4_000_000  # and so is one with more rules that could cross


@dataclass(frozen=True, slots=True)
class Lattice:
    """Row and column edges of one grid, and which elementary cells make one cell.

    Attributes:
        xs: Column edges, ascending; one more than there are columns.
        ys: Row edges, ascending; one more than there are rows.
        spans: (row, column, row span, column span) of every cell, ordered by row, then column.
        owner: For each row, for each column: index into `spans`.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[tuple[int, int, int, int], ...]
    owner: tuple[tuple[int, ...], ...]

    def cells_at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the index of the cell at each point, or -1 outside."""
        columns, rows = np.array(self.xs).searchsorted(x, "right"), np.array(self.ys).searchsorted(y, "right")
        framed = np.full((len(self.ys) + 1, len(self.xs) + 1), -1)
        framed[1:-1, 1:-1] = self.owner
        return framed[rows, columns]


# A merged rule: (position across, start, end); position is y for a horizontal rule and x for a vertical one.
RuleLine = tuple[float, float, float]


def read_lattices(rules: Iterable[Rule]) -> list[Lattice]:
    """Return a lattice for every set of connected rules that draws at least two cells, from top to bottom.

    Raises:
        DocumentError: There are more rules or cells than any table has.
    """
    horizontal = read_horizontals(rules)
    vertical = _merge([(x0, top, bottom) for x0, top, x1, bottom in rules if x1 - x0 < bottom - top])
    if len(horizontal) * len(vertical) > MAX_CROSSINGS:
        raise DocumentError(f"draws {len(horizontal):,} by {len(vertical):,} rules; no table has as many")
    lattices = []
    for across, down in _connected(horizontal, vertical):
        lattice = _lattice(across, down)
        if lattice is not None and len(lattice.spans) > 1:
            lattices.append(lattice)
    return sorted(lattices, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def read_horizontals(rules: Iterable[Rule]) -> list[RuleLine]:
    """Return the horizontal rules, collinear strokes joined."""
    return _merge([(top, x0, x1) for x0, top, x1, bottom in rules if x1 - x0 >= bottom - top])


def _merge(lines: Iterable[RuleLine]) -> list[RuleLine]:
    """Join collinear strokes: every cell's border may be a stroke of its own."""
    merged: list[RuleLine] = []
    for group in _clusters(sorted(lines), SNAP):
        position = sum([line[0] for line in group]) / len(group)
        group.sort(key=itemgetter(1))
        _, start, end = group[0]
        for _, stroke_start, stroke_end in group[1:]:
            if stroke_start > end + JOIN:
                merged.append((position, start, end))
                start, end = stroke_start, stroke_end
            elif stroke_end > end:
                end = stroke_end
        merged.append((position, start, end))
    return [line for line in merged if line[2] - line[1] >= MIN_CELL]


def _clusters(lines: Sequence[RuleLine], tolerance: float) -> Iterable[list[RuleLine]]:
    """Group lines sorted by position, a group no wider than twice the tolerance, so that it cannot creep."""
    group: list[RuleLine] = []
    first = last = -inf
    for line in lines:
        position = line[0]
        if position - last > tolerance or position - first > 2 * tolerance:
            if group:
                yield group
            group, first = [], position
        group.append(line)
        last = position
    if group:
        yield group


def _connected(horizontal: list[RuleLine], vertical: list[RuleLine]) -> list[tuple[list[RuleLine], list[RuleLine]]]:
    """Return the sets of rules that touch each other."""
    if not horizontal or not vertical:
        return []
    y, x0, x1 = np.array(horizontal).T
    x, top, bottom = np.array(vertical).T
    touching = (x0[:, None] - JOIN <= x) & (x <= x1[:, None] + JOIN)
    touching &= (top - JOIN <= y[:, None]) & (y[:, None] <= bottom + JOIN)
    masks = [int.from_bytes(row, "little") for row in np.packbits(touching, axis=1, bitorder="little")]
    groups: list[tuple[int, int]] = []  # the bits of horizontal rules, and of the vertical ones that they touch
    for number, mask in enumerate(masks):
        if mask:
            touched = [group for group in groups if group[1] & mask]
            groups = [group for group in groups if not group[1] & mask] if touched else groups
            groups.append((sum((own for own, _ in touched), 1 << number), mask | sum(bits for _, bits in touched)))
    groups.sort(key=lambda group: group[0] & -group[0])  # by the first rule of each
    return [(_chosen(horizontal, across), _chosen(vertical, down)) for across, down in groups]


def _chosen(rules: list[RuleLine], bits: int) -> list[RuleLine]:
    """Return the rules whose bits are set."""
    return [*compress(rules, map(int, reversed(f"{bits:b}")))]


def _edges(positions: Iterable[float]) -> tuple[float, ...]:
    """Return edge positions with near ones made one."""
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > MIN_CELL:
            edges.append(position)
    return tuple(edges)


def _lattice(across: list[RuleLine], down: list[RuleLine]) -> Lattice | None:
    xs = _edges([x for x, _, _ in down] + [min(a[1] for a in across), max(a[2] for a in across)])
    ys = _edges([y for y, _, _ in across] + [min(d[1] for d in down), max(d[2] for d in down)])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1:
        return None
    if rows * columns > MAX_CELLS:
        raise DocumentError(f"draws a grid of {rows:,} by {columns:,} cells; expected at most {MAX_CELLS:,} cells")
    beside, above = ([(low + high) / 2 for low, high in pairwise(edges)] for edges in (ys, xs))
    # walls_right[r, c]: a rule between columns c and c + 1 in row r; walls_below[r, c]: between rows r and r + 1.
    walls_right, walls_below = np.zeros((2, rows, columns), bool)
    for x, top, bottom in down:
        column = _nearest(xs, x) - 1
        if 0 <= column < columns - 1:
            walls_right[_covered(beside, top, bottom), column] = True
    for y, x0, x1 in across:
        row = _nearest(ys, y) - 1
        if 0 <= row < rows - 1:
            walls_below[row, _covered(above, x0, x1)] = True
    return _cells(xs, ys, walls_right.tolist(), walls_below.tolist())


def _nearest(edges: tuple[float, ...], position: float) -> int:
    index = bisect_right(edges, position)
    if index == 0:
        return 0
    if index == len(edges) or position - edges[index - 1] <= edges[index] - position:
        return index - 1
    return index


def _covered(middles: list[float], start: float, end: float) -> slice:
    """Return the rows or columns whose middle a rule covers."""
    return slice(bisect_left(middles, start), bisect_right(middles, end))


def _cells(
    xs: tuple[float, ...], ys: tuple[float, ...], walls_right: list[list[bool]], walls_below: list[list[bool]]
) -> Lattice:
    """Make cells of elementary cells without a wall between them; a region that is no rectangle is cut into some."""
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = [[-1] * columns for _ in range(rows)]
    spans: list[tuple[int, int, int, int]] = []
    for row, (own, right, below) in enumerate(zip(owner, walls_right, walls_below, strict=True)):
        if columns == own.count(-1) == 1 + right.count(True) and (row == rows - 1 or False not in below):
            own[:] = range(len(spans), len(spans) + columns)  # as most rows: nothing in it is merged
            spans += [(row, column, 1, 1) for column in range(columns)]
            continue
        for column in range(columns):
            if own[column] >= 0:
                continue
            end = column + 1
            while end < columns and not right[end - 1] and own[end] < 0:
                end += 1
            bottom = row + 1
            if bottom < rows and not below[column]:  # in most cells nothing more need be asked
                while bottom < rows and _extends(bottom, column, end - column, walls_right, walls_below, owner):
                    bottom += 1
            for line in owner[row:bottom]:
                line[column:end] = [len(spans)] * (end - column)
            spans.append((row, column, bottom - row, end - column))
    return Lattice(xs, ys, tuple(spans), tuple(map(tuple, owner)))


def _extends(
    row: int,
    column: int,
    width: int,
    walls_right: list[list[bool]],
    walls_below: list[list[bool]],
    owner: list[list[int]],
) -> bool:
    """Return whether the cell above goes on into this row: no wall between them, and the same walls on both sides."""
    end = column + width
    if True in walls_below[row - 1][column:end] or max(owner[row][column:end]) >= 0:
        return False
    if True in walls_right[row][column : end - 1]:
        return False
    return not (
        (end < len(owner[row]) and not walls_right[row][end - 1])
        or (column > 0 and not walls_right[row][column - 1] and owner[row][column - 1] < 0)
    )
