"""Header texts over columns → header cells: wrapped texts joined, group texts spanning the columns they are centred over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.grids.geometry.lattice import Line as RuleLine
from extractor.grids.geometry.unruled.columns import ColumnExtent
from extractor.grids.geometry.unruled.tokens import Token

SHORT_WRAP = 1.3  # em: lines that follow each other so closely are lines of one cell
WRAP = 1.5  # em: lines of one header cell follow each other at most so far where nothing else tells
MAX_WRAP = 1.9  # em: and never farther
NEAR = 0.7  # em: two texts have one centre
LEVEL = 0.7  # em: group texts whose middles are closer stand in one header row
UNCOVERED = 0.3  # of a column's width: being off centre by so much is better than to leave a column without a group


@dataclass(slots=True)
class HeaderCell:
    """One header cell: its pieces, the columns `first` to `last` it covers, and its rows once they are known."""

    tokens: list[Token]
    first: int
    last: int
    row: int = 0
    row_span: int = 1

    @property
    def columns(self) -> range:
        """The columns it covers."""
        return range(self.first, self.last + 1)

    @property
    def top(self) -> float:
        """Top of its uppermost line."""
        return min(token.top for token in self.tokens)

    @property
    def bottom(self) -> float:
        """Bottom of its lowest line."""
        return max(token.bottom for token in self.tokens)

    @property
    def middle(self) -> float:
        """Middle between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (min(p.x0 for p in self.tokens) + max(p.x1 for p in self.tokens)) / 2


def read_header_cells(
    leaves: Sequence[HeaderCell],
    rest: Sequence[Token],
    extents: Sequence[ColumnExtent],
    edges: Sequence[float],
    rules: Sequence[RuleLine],
    em: float,
    bottom: float,
) -> list[HeaderCell]:
    """Return the header cells with their spans and rows.

    Args:
        leaves: The lowest cells, and `rest`, the texts above them, as `read_leaves` returns them.
        rest: See `leaves`.
        extents: All columns.
        edges: The column edges.
        rules: Horizontal rules within the header, which part cells where they run.
        em: Type size in points.
        bottom: Where the header ends.
    """
    cells = list(leaves)
    groups = _joined(rest, rules, em)
    while groups:
        lowest = max(group.middle for group in groups)
        level = sorted((g for g in groups if lowest - g.middle < LEVEL * em), key=lambda g: g.center)
        groups = [g for g in groups if g not in level]
        _span(level, cells, extents, edges, rules, bottom)
        for group in level:
            under = _top_cell(cells, group.first)
            single = group.first == group.last and under is not None and under.first == under.last
            if single and under is not None and not _ruled(group.middle, under.middle, extents[group.first], rules):
                under.tokens += group.tokens
            else:
                cells.append(group)
    cells.sort(key=lambda cell: (cell.middle, cell.first))
    _number(cells)
    return cells


def read_leaves(
    lines: Sequence[Sequence[Token]], extents: Sequence[ColumnExtent], rules: Sequence[RuleLine], em: float
) -> tuple[list[HeaderCell], list[Token]]:
    """Return the lowest header cell over each column, with its wrapped lines, and the pieces that are left."""
    inner = len({round(y) for y, _, _ in rules}) > 2
    cells: list[HeaderCell] = []
    rest: list[Token] = []
    for tokens in reversed(lines):
        for token in tokens:
            over = _columns(token, extents)
            under = [cell for c in over if (cell := _top_cell(cells, c)) is not None]
            if not under:
                cells.append(HeaderCell([token], over[0], over[-1]))
                continue
            cell = under[0]
            ruled = _ruled((token.top + token.bottom) / 2, cell.middle, extents[over[0]], rules)
            fits = len({id(c) for c in under}) == 1 and cell.first <= over[0] and over[-1] <= cell.last
            above = any(cell.first <= _nearest(p, extents) <= cell.last and p.top < cell.top for p in rest)
            sole = inner and cell.first == cell.last
            if fits and not above and not ruled and (sole or _wraps(token, cell, tokens, lines, extents, em)):
                cell.tokens.append(token)
            else:
                rest.append(token)
    return cells, rest


def _wraps(
    token: Token,
    cell: HeaderCell,
    beside: Sequence[Token],
    lines: Sequence[Sequence[Token]],
    extents: Sequence[ColumnExtent],
    em: float,
) -> bool:
    """Return whether a text is a line of the cell below it, and no group text over it.

    Close lines are. Farther ones are where the columns beside have a line there too, for a group would reach over
    them, or where the cell with that line stands in the middle of the row that single lines beside it show.
    """
    if any(abs(p.top - token.top) < 0.3 * em for p in cell.tokens):
        return True
    step = cell.top - token.top
    if _in_a_row(cell, lines, extents, em):
        return False
    if step > MAX_WRAP * em or abs(cell.center - token.center) > max(NEAR * em, 2.0):
        return False
    if step < SHORT_WRAP * em:
        return True
    columns = {c for p in beside if p is not token for c in _columns(p, extents)}
    if cell.first - 1 in columns or cell.last + 1 in columns:
        return True
    others = [(p.top + p.bottom) / 2 for line in lines for p in line if not _near(p, lines, em) and p is not token]
    others = [y for y in others if abs(y - cell.middle) < MAX_WRAP * em]
    if not others:
        return step < WRAP * em
    whole = (token.top + cell.bottom) / 2
    return min(abs(y - whole) for y in others) < min(abs(y - cell.middle) for y in others)


def _in_a_row(cell: HeaderCell, lines: Sequence[Sequence[Token]], extents: Sequence[ColumnExtent], em: float) -> bool:
    """Return whether single texts stand beside a cell's only line on both sides: its row is no higher than that line."""
    if len(cell.tokens) > 1 or cell.first != cell.last:
        return False
    line = [p for line in lines for p in line if abs(p.top - cell.top) < 0.1 * em]
    sides = [c for c in (cell.first - 1, cell.last + 1) if 0 <= c < len(extents)]
    return all(any(extents[c].covers(p) and not _near(p, lines, em) for p in line) for c in sides)


def _near(token: Token, lines: Sequence[Sequence[Token]], em: float) -> bool:
    """Return whether another text stands close above or below a text."""
    return any(
        0.5 * em < abs(p.top - token.top) < MAX_WRAP * em and p.x0 < token.x1 and p.x1 > token.x0
        for line in lines
        for p in line
    )


def _columns(token: Token, extents: Sequence[ColumnExtent]) -> list[int]:
    return [i for i, extent in enumerate(extents) if extent.covers(token)] or [_nearest(token, extents)]


def _nearest(token: Token, extents: Sequence[ColumnExtent]) -> int:
    return min(range(len(extents)), key=lambda i: max(extents[i].x0 - token.center, token.center - extents[i].x1))


def _joined(tokens: Sequence[Token], rules: Sequence[RuleLine], em: float) -> list[HeaderCell]:
    """Join the lines of group texts that wrap."""
    groups: list[HeaderCell] = []
    for token in sorted(tokens, key=lambda p: -p.top):
        for group in groups:
            near = group.top - token.top < WRAP * em and abs(group.center - token.center) < NEAR * em
            extent = ColumnExtent(token.x0, token.x1)
            if near and not _ruled((token.top + token.bottom) / 2, group.middle, extent, rules):
                group.tokens.append(token)
                break
        else:
            groups.append(HeaderCell([token], 0, 0))
    return groups


def _ruled(upper: float, lower: float, extent: ColumnExtent, rules: Sequence[RuleLine]) -> bool:
    return any(upper < y < lower and a - 2 <= extent.center <= b + 2 for y, a, b in rules)


def _top_cell(cells: Sequence[HeaderCell], column: int) -> HeaderCell | None:
    """Return the uppermost of the cells over a column so far."""
    over = [cell for cell in cells if cell.first <= column <= cell.last]
    return min(over, key=lambda cell: cell.middle) if over else None


def _span(
    level: Sequence[HeaderCell],
    cells: Sequence[HeaderCell],
    extents: Sequence[ColumnExtent],
    edges: Sequence[float],
    rules: Sequence[RuleLine],
    bottom: float,
) -> None:
    """Give the group texts of one header row the columns they span: runs without gaps, each centred under its text."""
    columns = range(len(extents))
    admitted = [any(_admits(group, column, cells, extents, rules, bottom) for group in level) for column in columns]
    homes = [
        [c for c in columns if min(extents[c].x1, _right(g)) - max(extents[c].x0, _left(g)) > 0.5]
        or [min(columns, key=lambda c: max(edges[c] - g.center, g.center - edges[c + 1]))]
        for g in level
    ]
    spare_cost = UNCOVERED * (edges[-1] - edges[0]) / len(extents)
    start = 0
    for index, group in enumerate(level):
        stop = homes[index + 1][0] if index + 1 < len(level) else len(extents)
        first, last = homes[index][0], homes[index][-1]
        best, cost = (first, last), float("inf")
        for left in range(first, start - 1, -1):
            if left < first and not _may_join(left, admitted, cells):
                break
            for right in range(last, max(stop, last + 1)):
                if right > last and not _may_join(right, admitted, cells):
                    break
                if not _whole(left, right, cells, group):
                    continue
                off = abs((edges[left] + edges[right + 1]) / 2 - group.center)
                spare = _spare(left, start, admitted, -1) + _spare(right, stop - 1, admitted, 1)
                own = off + spare_cost * spare
                if own < cost:
                    best, cost = (left, right), own
        group.first, group.last = best
        start = best[1] + 1


def _may_join(column: int, admitted: Sequence[bool], cells: Sequence[HeaderCell]) -> bool:
    return admitted[column] and _top_cell(cells, column) is not None


def _spare(column: int, limit: int, admitted: Sequence[bool], step: int) -> int:
    """Return how many columns that want a group are left beside a run."""
    count = 0
    column += step
    while (column <= limit if step > 0 else column >= limit) and admitted[column]:
        count += 1
        column += step
    return count


def _whole(left: int, right: int, cells: Sequence[HeaderCell], group: HeaderCell) -> bool:
    """Return whether a run cuts no cell below it."""
    return all(
        (left <= cell.first and cell.last <= right) or cell.last < left or cell.first > right
        for cell in cells
        if cell.middle > group.middle
    )


def _left(cell: HeaderCell) -> float:
    return min(token.x0 for token in cell.tokens)


def _right(cell: HeaderCell) -> float:
    return max(token.x1 for token in cell.tokens)


def _admits(
    group: HeaderCell,
    column: int,
    cells: Sequence[HeaderCell],
    extents: Sequence[ColumnExtent],
    rules: Sequence[RuleLine],
    bottom: float,
) -> bool:
    """Return whether a column may lie under a group text: what stands over it alone is set lower than beside a group.

    Where rules run under group texts they tell.
    """
    under = _top_cell(cells, column)
    if under is None or under.middle <= group.middle:
        return False
    seeds = [
        cell
        for c in range(len(extents))
        if extents[c].x0 < _right(group) and extents[c].x1 > _left(group) and (cell := _top_cell(cells, c)) is not None
    ]
    if any(_ruled(group.middle, seed.middle, extents[seed.first], rules) for seed in seeds):
        return _ruled(group.middle, under.middle, extents[column], rules)
    if any(cell is not under and cell.first <= column <= cell.last for cell in cells):
        return True  # a group itself
    own = [seed.middle for seed in seeds if seed.middle > group.middle]
    return under.middle >= min([*own, (group.middle + bottom) / 2]) - 0.2 * (group.bottom - group.top)


def _number(cells: Sequence[HeaderCell]) -> None:
    """Give every cell its header row: one below the lowest over any of its columns, and span down to the next."""
    ends: dict[int, int] = {}
    for cell in cells:
        cell.row = max(ends.get(column, 0) for column in cell.columns)
        for column in cell.columns:
            ends[column] = cell.row + 1
    depth = max((cell.row + 1 for cell in cells), default=0)
    for cell in cells:
        lower = [c.row for c in cells if c.row > cell.row and c.first <= cell.last and cell.first <= c.last]
        cell.row_span = min(lower, default=depth) - cell.row
