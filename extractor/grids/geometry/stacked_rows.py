"""Ruled grids whose body cells hold several rows on top of each other → the horizontal rules that they lack.

Government books rule the columns and the frame of a table, and leave its rows to the eye: the whole body is one cell a
column. The baselines of its figures say where rows lie; a label that wraps lies around its figures or begins beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.lattice import Lattice
from extractor.grids.geometry.lines import is_wrapped, read_lines
from extractor.grids.geometry.unruled.rows import Row, read_rows, usual_decimals
from extractor.grids.geometry.unruled.tokens import Line, Token, em_of, lines_of
from extractor.pages.page import Char, Rule

MIN_ROWS = 2
SAME_BASELINE = 0.5  # em: lines of two cells whose middles are closer stand beside each other
MIN_ALIGNED = 0.8  # share of the baselines of two halves that agree where their rows are the same


@dataclass(frozen=True, slots=True)
class _Column:
    """One cell of a slab: its edges in points, its lines, and whether these are one figure."""

    x0: float
    x1: float
    lines: tuple[Line, ...]
    wrapped: bool

    @property
    def figures(self) -> bool:
        """Whether figures and dashes fill most of its lines."""
        tokens = [token for line in self.lines for token in line.tokens]
        return bool(tokens) and 2 * sum(token.figure or token.nil for token in tokens) >= len(tokens)


def missing_row_rules(lattice: Lattice, cells: Sequence[Sequence[Char]]) -> list[Rule]:
    """Return the horizontal rules that a lattice lacks.

    Args:
        lattice: A grid as its rules draw it.
        cells: The characters in each of its cells.

    Returns:
        Rules between the rows of every slab of cells of one height in which two rows or more stand, each as wide as the
        half of the table whose rows it divides.
    """
    return [rule for own in _slabs(lattice, cells) for side in _sides(own) for rule in _between_rows(side)]


def holds_stack(chars: Sequence[Char]) -> bool:
    """Return whether a cell may hold figures on top of each other: digits at two heights."""
    tops = [char.top for char in chars if char.text.isdigit()]
    return bool(tops) and max(tops) - min(tops) > min(char.bottom - char.top for char in chars if char.text.isdigit())


def _slabs(lattice: Lattice, cells: Sequence[Sequence[Char]]) -> Iterator[list[_Column]]:
    """Yield the cells of one top and one height beside each other in which figures of several rows stand."""
    by_place: dict[tuple[int, int], list[int]] = {}
    for index, (row, _, tall, _) in enumerate(lattice.spans):
        by_place.setdefault((row, tall), []).append(index)
    for own in by_place.values():
        group: list[int] = []
        for index in own:
            if group and sum(lattice.spans[group[-1]][1::2]) != lattice.spans[index][1]:
                yield from _stacked(lattice, cells, group)
                group = []
            group.append(index)
        yield from _stacked(lattice, cells, group)


def _stacked(lattice: Lattice, cells: Sequence[Sequence[Char]], group: Sequence[int]) -> Iterator[list[_Column]]:
    if not any(holds_stack(cells[index]) for index in group):
        return
    columns = []
    for index in group:
        _, column, _, wide = lattice.spans[index]
        x0, x1, chars = lattice.xs[column], lattice.xs[column + wide], cells[index]
        read = read_lines(chars) if chars else []
        columns.append(_Column(x0, x1, tuple(lines_of(read, em_of(chars))), is_wrapped(read, x1 - x0)))
    if _rows_side_by_side(columns) >= MIN_ROWS:
        yield columns


def _rows_side_by_side(columns: Sequence[_Column]) -> int:
    """Return on how many baselines a whole figure stands beside something in another cell."""
    marks = sorted(
        (line.middle, line.bottom - line.top, number, any(token.figure for token in line.tokens))
        for number, column in enumerate(columns)
        if not column.wrapped
        for line in column.lines
    )
    count, group = 0, marks[:1]
    for mark in [*marks[1:], None]:
        if mark is not None and mark[0] - group[-1][0] < SAME_BASELINE * mark[1]:
            group.append(mark)
            continue
        count += len({number for _, _, number, _ in group}) > 1 and any(figure for *_, figure in group)
        group = [mark] if mark is not None else []
    return count


def _sides(columns: Sequence[_Column]) -> Iterator[Sequence[_Column]]:
    """Yield the halves of a slab whose rows have baselines of their own: 收入 | 支出."""
    starts = [
        index
        for index in range(1, len(columns))
        if columns[index - 1].figures
        and not columns[index].figures
        and columns[index].lines
        and any(column.figures for column in columns[index + 1 :])
    ]
    sides = [columns[low:high] for low, high in pairwise([0, *starts, len(columns)])]
    if len(sides) > 1 and not _are_aligned(sides):
        yield from sides
    else:
        yield columns


def _are_aligned(sides: Sequence[Sequence[_Column]]) -> bool:
    """Return whether the figures of all halves stand on the same baselines."""
    ys = [[line.middle for line in _lines(side) if any(token.figure for token in line.tokens)] for side in sides]
    size = median(line.bottom - line.top for side in sides for line in _lines(side))
    shortest = min(ys, key=len)
    others = [own for own in ys if own is not shortest]
    near = sum(all(any(abs(y - other) < size / 4 for other in own) for own in others) for y in shortest)
    return near >= MIN_ALIGNED * len(shortest)


def _lines(columns: Sequence[_Column]) -> list[Line]:
    """Return the lines of cells beside each other as lines over all of them."""
    single = sorted((line for column in columns for line in column.lines), key=lambda line: line.middle)
    joined: list[Line] = []
    for line in single:
        before = joined[-1] if joined else None
        if before is None or line.middle - before.middle >= SAME_BASELINE * (line.bottom - line.top):
            joined.append(line)
            continue
        tokens: list[Token] = sorted((*before.tokens, *line.tokens), key=lambda token: token.x0)
        joined[-1] = Line(tuple(tokens), min(before.top, line.top), max(before.bottom, line.bottom))
    return joined


def _between_rows(columns: Sequence[_Column]) -> Iterator[Rule]:
    lines = _lines(columns)
    if not lines:
        return
    chars = [char for line in lines for token in line.tokens for char in token.chars]
    label = next((column.x0 for column in columns if column.figures), columns[-1].x1)
    rows: list[Row] = read_rows(lines, (), em_of(chars), usual_decimals(lines), label)
    for above, below in pairwise(rows):
        y = (above.bottom + below.top) / 2
        yield Rule(columns[0].x0, y, columns[-1].x1, y)
