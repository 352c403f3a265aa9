"""Ruled grids whose body cells hold several rows on top of each other → the horizontal rules that they lack.

Government books rule the columns and the frame of a table, and leave its rows to the eye: the whole body is one cell a
column. The baselines of its figures say where rows lie; a label that wraps lies around its figures or begins beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

from extractor.grids.geometry.char_stream import CellChars
from extractor.grids.geometry.lattice import MIN_CELL, Lattice
from extractor.grids.geometry.lines import is_wrapped, line_text, read_lines
from extractor.grids.geometry.unruled.regions import SAME_LINE, is_data
from extractor.grids.geometry.unruled.rows import BodyRow, read_rows, usual_decimals
from extractor.grids.geometry.unruled.tokens import Token, TokenLine, em_of, lines_of
from extractor.notation.figures import is_figure
from extractor.pages.page import Char, Rule

MIN_ROWS = 2
MAX_HEADER_ROWS = 3  # a header begins in one of so many first rows
MIN_LABELS = 0.6  # share of the lines beside figures in a cell that holds labels; group rows and wraps have none
MIN_TALL = 4  # labels in a cell beside as many ruled rows: fewer lines may stand so by chance
_ID = re.compile(r"[A-Za-z][A-Za-z\d-]*\d")  # XMWH4301000003810, the first line of one
MERGED = 0.75  # the lines of a text over several rows are closer than so many of the steps between these
MIN_ALIGNED = 0.8  # share of the baselines of two halves that agree where their rows are the same


@dataclass(frozen=True, slots=True)
class _StackColumn:
    """One column of a stack: of grid rows whose cells hold several rows of the table.

    Attributes:
        x0: Left edge in points; and `x1`.
        lines: From top to bottom.
        wrapped: Whether they are one figure.
        beyond: Edges of the stack in points, over which the column's cell reaches.
    """

    x0: float
    x1: float
    lines: tuple[TokenLine, ...]
    wrapped: bool
    beyond: tuple[float, ...]

    @property
    def figures(self) -> bool:
        """Whether figures and dashes fill most of its lines."""
        tokens = [token for line in self.lines for token in line.tokens]
        return bool(tokens) and 2 * sum(token.figure or token.nil for token in tokens) >= len(tokens)


def missing_row_rules(lattice: Lattice, cells: CellChars) -> list[Rule]:
    """Return the horizontal rules that a lattice lacks.

    Args:
        lattice: A grid as its rules draw it.
        cells: The characters in each of its cells.

    Returns:
        Rules between the rows of every stack, each as wide as the half of the table
        whose rows it divides; and those that go on from rows ruled in other columns, through a cell that holds the
        labels or the figures of all of them; and the one between a header and the first row, where they share their cells.
    """
    stacked = [rule for own in _stacks(lattice, cells) for side in _sides(own) for rule in _between_rows(side)]
    return [*stacked, *_beside_ruled_rows(lattice, cells), *_under_header(lattice, cells)]


def _is_stack(cells: CellChars, index: int) -> bool:
    """Return whether a cell holds figures on top of each other."""
    digits = [char for char in cells[index] if char.text.isdigit()]
    if not digits or not _are_on_lines(digits):
        return False
    return _count_figures([*map(line_text, cells.lines(index))]) >= MIN_ROWS


def _count_figures(lines: Sequence[str]) -> int:
    """Return how many lines are figures; digits below an id of letters and digits that fills its cell go on with it."""
    count, in_id = 0, False
    for line in lines:
        in_id = _ID.fullmatch(line) is not None or (in_id and line.isdigit())
        count += not in_id and is_figure(line)
    return count


def _are_on_lines(chars: Sequence[Char]) -> bool:
    """Return whether characters stand at two heights or more."""
    tops = [char.top for char in chars]
    return max(tops) - min(tops) > min(char.bottom - char.top for char in chars)


def _stacks(lattice: Lattice, cells: CellChars) -> Iterator[list[_StackColumn]]:
    """Yield the rows of a lattice in which figures stand on top of each other, as columns beside each other."""
    done: set[tuple[int, int]] = set()
    for index, (row, _, tall, _) in enumerate(lattice.spans):
        if (row, tall) in done or not cells.may_stack(index) or not _is_stack(cells, index):
            continue
        done.add((row, tall))
        beside: list[_StackColumn] = []
        middle = (lattice.ys[row] + lattice.ys[row + tall]) / 2
        for column in _without_merged(sorted(_columns(lattice, cells, row, tall), key=lambda own: own.x0), middle):
            if beside and column.x0 != beside[-1].x1:
                yield from _if_stacked(beside)
                beside = []
            beside.append(column)
        yield from _if_stacked(beside)


def _columns(lattice: Lattice, cells: CellChars, row: int, tall: int) -> Iterator[_StackColumn]:
    """Yield the columns of some rows of a lattice, those cells that reach over them included where labels stand in them.

    The header over the labels often has no rule under it, so that one cell holds it and all of them; a text that is
    merged over several rows is no label of theirs.
    """
    top, bottom = lattice.ys[row], lattice.ys[row + tall]
    over: list[_StackColumn] = []
    figures: list[TokenLine] = []
    for index, (start, column, height, wide) in enumerate(lattice.spans):
        if not (start <= row and row + tall <= start + height):
            continue
        inside = [char for char in cells[index] if top < _middle(char) < bottom]
        if len(inside) == len(cells[index]):
            read, lines = cells.lines(index), cells.tokens(index)
        else:
            read = read_lines(inside)
            lines = lines_of(read, em_of(inside))
        x0, x1 = lattice.xs[column], lattice.xs[column + wide]
        beyond = tuple(y for y, reaches in ((top, start < row), (bottom, row + tall < start + height)) if reaches)
        own = _StackColumn(x0, x1, tuple(lines), is_wrapped(read, x1 - x0), beyond)
        if beyond:
            over.append(own)
            continue
        figures += [line for line in own.lines if is_data(line)]
        yield own
    for own in over:
        near = sum(any(abs(line.middle - f.middle) < f.bottom - f.top for f in figures) for line in own.lines)
        if near >= max(MIN_ROWS, MIN_LABELS * len(own.lines)):
            yield own


def _without_merged(columns: Sequence[_StackColumn], middle: float) -> Sequence[_StackColumn]:
    """Return the columns of a stack without the first, where that is one text merged over the rows whose labels are in the second.

    Its lines follow each other as type does, closer than the labels, in the middle of its cell: 地方政府债券 beside 新增债券 and 置换债券.
    """
    if len(columns) <= MIN_ROWS or columns[0].figures or columns[1].figures:
        return columns
    text, labels = ([line.middle for line in column.lines] for column in columns[:2])
    if not MIN_ROWS <= len(text) < len(labels):
        return columns
    size = columns[0].lines[0].bottom - columns[0].lines[0].top
    apart, near = (max(b - a for a, b in pairwise(text)), min(b - a for a, b in pairwise(labels)))
    centred = abs((text[0] + text[-1]) / 2 - middle) < size / 2
    return columns[1:] if centred and apart < MERGED * near else columns


def _beside_ruled_rows(lattice: Lattice, cells: CellChars) -> Iterator[Rule]:
    """Yield the rules through tall cells whose lines stand beside the rows that other columns rule."""
    ruled: dict[int, list[int]] = {}
    for index, (row, _, tall, _) in enumerate(lattice.spans):
        if tall == 1 and cells.spans[index]:
            ruled.setdefault(row, []).append(index)
    lines_beside: dict[int, list[TokenLine]] = {}  # of the rows that are looked at: few are
    for index, (row, column, tall, wide) in enumerate(lattice.spans):
        rows = [n for n in range(row, row + tall) if n in ruled] if tall >= MIN_ROWS and cells.spans[index] else []
        if len(rows) < MIN_ROWS or (len(rows) < MIN_TALL and not cells.has_digit(index)):
            continue  # as most header cells
        if cells.most_lines(index) < max(MIN_ROWS, len(rows)):
            continue
        if not _are_on_lines(cells[index]):
            continue
        read = cells.lines(index)
        x0, x1 = lattice.xs[column], lattice.xs[column + wide]
        if len(read) < len(rows) or is_wrapped(read, x1 - x0):
            continue
        if len(rows) == tall and _is_text(read, lattice.ys[row], lattice.ys[row + tall]):
            continue
        own = [[i for i in cells.tokens(index) if lattice.ys[n] < i.middle < lattice.ys[n + 1]] for n in rows]
        if not _may_be_rows(own):
            continue
        for n in rows:
            if n not in lines_beside:
                lines_beside[n] = [line for place in ruled[n] for line in cells.tokens(place)]
        if _are_rows(own, [lines_beside[n] for n in rows]):
            yield from (Rule(x0, y, x1, y) for y in lattice.ys[row + 1 : row + tall])


def _is_text(lines: Sequence[Sequence[Char]], top: float, bottom: float) -> bool:
    """Return whether lines are surely none that `_may_be_rows`, by their characters alone: tokens cost ten times as much.

    Bounds are such that no line in doubt counts: it ends no earlier than its last character begins.
    """
    chars = [char for line in lines for char in line]
    if not all(top < _middle(char) < bottom for char in chars):
        return False
    if all(any(char.text.isdigit() for char in line) for line in lines):
        return False
    size = min(char.bottom - char.top for char in chars)
    end = max(line[-1].x1 for line in lines)
    return 2 * sum(end - line[-1].x0 > 2 * size for line in lines) + 1 < len(lines)


def _may_be_rows(rows: Sequence[Sequence[TokenLine]]) -> bool:
    """Return whether the lines of a tall cell may be rows of their own, by where they stand and end.

    The lines of a text that is merged over several rows follow each other as type does, and all but the last fill the
    cell; labels end where they end.
    """
    inside = [line for own in rows for line in own]
    filled = sum(map(bool, rows))
    if all(map(is_data, inside)):
        return filled >= max(MIN_ROWS, MIN_ALIGNED * len(rows))
    if filled < len(rows) or len(rows) < MIN_TALL:
        return False
    ends = [line.tokens[-1].x1 for line in inside]
    size = median(line.bottom - line.top for line in inside)
    return 2 * sum(max(ends) - end > 2 * size for end in ends) >= len(ends)


def _are_rows(rows: Sequence[Sequence[TokenLine]], beside: Sequence[Sequence[TokenLine]]) -> bool:
    """Return whether lines that may be rows are: one in each row beside it, figures on one side."""
    near = sum(bool(own) and _are_beside(own, other) for own, other in zip(rows, beside, strict=True))
    if all(is_data(line) for own in rows for line in own):
        return near >= max(MIN_ROWS, MIN_ALIGNED * len(rows))
    figures = sum(any(map(is_data, other)) for other in beside)
    return near == len(rows) and figures >= MIN_ALIGNED * len(rows)


def _are_beside(own: Sequence[TokenLine], other: Sequence[TokenLine]) -> bool:
    """Return whether lines stand in the middle of others, or begin or end beside one of them."""
    middle = (own[0].middle + own[-1].middle) / 2
    return any(
        abs(y - line.middle) < (line.bottom - line.top) / 2
        for line in other
        for y in (middle, own[0].middle, own[-1].middle)
    )


def _if_stacked(columns: list[_StackColumn]) -> Iterator[list[_StackColumn]]:
    if columns and _rows_side_by_side(columns) >= MIN_ROWS:
        yield columns


def _rows_side_by_side(columns: Sequence[_StackColumn]) -> int:
    """Return on how many baselines a whole figure stands beside something in another column."""
    chars = _chars(columns)
    if not chars:
        return 0
    near = SAME_LINE * em_of(chars)
    marks = sorted(
        (line.middle, number, any(token.figure for token in line.tokens))
        for number, column in enumerate(columns)
        if not column.wrapped
        for line in column.lines
    )
    count, group = 0, marks[:1]
    for mark in [*marks[1:], None]:
        if mark is not None and mark[0] - group[0][0] < near:
            group.append(mark)
            continue
        count += len({number for _, number, _ in group}) > 1 and any(figure for *_, figure in group)
        group = [mark] if mark is not None else []
    return count


def _chars(columns: Sequence[_StackColumn]) -> list[Char]:
    return [char for column in columns for line in column.lines for token in line.tokens for char in token.chars]


def _sides(columns: Sequence[_StackColumn]) -> Iterator[Sequence[_StackColumn]]:
    """Yield the halves of a stack whose rows have baselines of their own: 收入 | 支出."""
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


def _are_aligned(sides: Sequence[Sequence[_StackColumn]]) -> bool:
    """Return whether the figures of all halves stand on the same baselines, whatever lines of wrapped labels are beside them."""
    ys = [
        [_middle_of_figures(line) for line in _joined_lines(side) if any(token.figure for token in line.tokens)]
        for side in sides
    ]
    size = median(line.bottom - line.top for side in sides for line in _joined_lines(side))
    shortest = min(ys, key=len)
    others = [own for own in ys if own is not shortest]
    near = sum(all(any(abs(y - other) < size / 4 for other in own) for own in others) for y in shortest)
    return near >= MIN_ALIGNED * len(shortest)


def _middle_of_figures(line: TokenLine) -> float:
    return median((token.top + token.bottom) / 2 for token in line.tokens if token.figure)


def _joined_lines(columns: Sequence[_StackColumn]) -> list[TokenLine]:
    """Return the lines of columns beside each other as lines over all of them."""
    near = SAME_LINE * em_of(_chars(columns))
    joined: list[TokenLine] = []
    for line in sorted((line for column in columns for line in column.lines), key=lambda line: line.middle):
        before = joined[-1] if joined else None
        if before is None or line.middle - before.middle >= near:
            joined.append(line)
            continue
        tokens: list[Token] = sorted((*before.tokens, *line.tokens), key=lambda token: token.x0)
        joined[-1] = TokenLine(tuple(tokens), min(before.top, line.top), max(before.bottom, line.bottom))
    return joined


def _between_rows(columns: Sequence[_StackColumn]) -> Iterator[Rule]:
    """Yield the rules between the rows of columns beside each other, and those that bound cells that reach beyond."""
    lines = _joined_lines(columns)
    head = _header_bottom(columns, [column for column in columns if column.figures])
    if head is not None:
        lines = [line for line in lines if line.middle > head]
        yield Rule(columns[0].x0, head, columns[-1].x1, head)
    label = next((column.x0 for column in columns if column.figures), columns[-1].x1)
    ends = [column.x1 for column in columns]
    rows = read_rows(lines, (), em_of(_chars(columns)), usual_decimals(lines), label, ends) if lines else []
    for y in _edges(rows):
        yield Rule(columns[0].x0, y, columns[-1].x1, y)
    for column in columns:
        for y in column.beyond:
            yield Rule(column.x0, y, column.x1, y)


def _under_header(lattice: Lattice, cells: CellChars) -> Iterator[Rule]:
    """Yield the rule below a header that shares its cells with the first row, above cells of figures."""
    for row in range(min(MAX_HEADER_ROWS, len(lattice.ys) - 2)):
        if not _may_share_cells(lattice, cells, row):
            continue  # as in most rows: tokens cost ten times as much
        own, below = ([c for c in _columns(lattice, cells, n, 1) if c.lines] for n in (row, row + 1))
        figures = {column.x0 for column in below if is_data(column.lines[0])}
        over = [column for column in own if column.x0 in figures]
        if any(sum(map(is_data, column.lines)) != 1 for column in over):
            continue
        head = _header_bottom(own, over)
        if head is not None:
            yield Rule(lattice.xs[0], head, lattice.xs[-1], head)
            return


def _may_share_cells(lattice: Lattice, cells: CellChars, row: int) -> bool:
    """Return whether a row of cells may hold the end of a header and a row both, by their words: few can.

    Such cells have a digit, and more than one line: two of them at least, and that of each column with a figure below.
    """
    near = [*takewhile(lambda own: own[1][0] <= row + 1, enumerate(lattice.spans))]
    own, below = ([(i, span) for i, span in near if span[0] <= n < span[0] + span[2]] for n in (row, row + 1))
    if sum(cells.may_head(index) for index, _ in own) < MIN_ROWS:
        return False
    if sum(cells.has_digit(index) for index, _ in below) < MIN_ROWS:
        return False
    heads = {span[1]: index for index, span in own if span[2] == 1 and cells.spans[index]}
    figures = (span[1] for index, span in below if span[1] in heads and span[2] == 1 and cells.is_figure(index))
    return all(cells.may_head(heads[column]) for column in figures)


def _header_bottom(columns: Sequence[_StackColumn], figures: Sequence[_StackColumn]) -> float | None:
    """Return the y between a header and the rows below it, where one stack holds both; None where it holds rows alone.

    The header's background ends there, and no line is drawn: its texts are the first lines of columns of figures.
    """
    texts = [list(takewhile(_has_no_figure, column.lines)) for column in figures]
    heads = [lines for lines in texts if lines]
    if len(heads) < max(MIN_ROWS, len(texts)):
        return None
    header = max(lines[-1].middle for lines in heads)
    size = min(line.bottom - line.top for lines in heads for line in lines)
    below = [line.middle for column in columns for line in column.lines if line.middle > header + size / 4]
    first = min((line.middle for column in columns for line in column.lines if is_data(line)), default=header)
    return (header + min(below)) / 2 if below and header < first else None


def _has_no_figure(line: TokenLine) -> bool:
    return not any(token.figure or token.nil for token in line.tokens)


def _edges(rows: Sequence[BodyRow]) -> list[float]:
    """Return the y between each two rows: midway between them, or else, in tiny type, midway between their figures.

    Labels of tiny type stand lower than their figures in some rows alone: what is midway between whole rows then comes
    nearer to its neighbours than the edges of two rows ever are.
    """
    edges = [(above.bottom + below.top) / 2 for above, below in pairwise(rows)]
    if all(low - high >= MIN_CELL for high, low in pairwise(edges)):
        return edges
    for number, (above, below) in enumerate(pairwise(rows)):
        y = (_baselines(above)[-1] + _baselines(below)[0]) / 2
        if max(map(_middle, _chars_of(above))) < y < min(map(_middle, _chars_of(below))):
            edges[number] = y
    return edges


def _baselines(row: BodyRow) -> list[float]:
    """Return the middles of a row's figures from top to bottom; of everything in it where it has none."""
    figures = [token for token in row.tokens if token.figure]
    return sorted((token.top + token.bottom) / 2 for token in figures or row.tokens)


def _chars_of(row: BodyRow) -> list[Char]:
    return [char for token in row.tokens for char in token.chars]


def _middle(char: Char) -> float:
    return (char.top + char.bottom) / 2
