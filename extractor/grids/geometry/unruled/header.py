"""Header texts over columns → header cells: wrapped texts joined, group texts spanning the columns they are centred over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from typing import NamedTuple

from extractor.grids.geometry.lattice import RuleLine
from extractor.grids.geometry.unruled.columns import ColumnExtent
from extractor.grids.geometry.unruled.tokens import Token

SHORT_WRAP = 1.3  # em: lines that follow each other so closely are lines of one cell
WRAP = 1.5  # em: lines of one header cell follow each other at most so far where nothing else decides
MAX_WRAP = 1.9  # em: and never farther
NEAR = 0.7  # em: two texts have one centre
SAME_ROW = 0.15  # em: texts of one header row begin at one height
LEVEL = 0.7  # em: group texts whose middles are closer stand in one header row
LETTER = re.compile(r"[A-Z](?:=[A-Z+()-]+)?")  # of a column, or its formula
MIN_LETTERS = 2
UNCOVERED = 0.3  # of a column's width: being off centre by so much is better than to leave a column without a group


class HeaderGrid(NamedTuple):
    """The header texts of one table, and what they stand over and between.

    Attributes:
        lines: The texts of each header line, from top to bottom.
        extents: All columns, from left to right.
        rules: Horizontal rules within the header as (y, x0, x1): they separate cells where they run.
        em: Type size in points.
        bottom: Where the header ends, in points.
    """

    lines: Sequence[Sequence[Token]]
    extents: Sequence[ColumnExtent]
    rules: Sequence[RuleLine]
    em: float
    bottom: float


@dataclass(slots=True)
class HeaderCell:
    """One header cell: its tokens, the columns `first` to `last` it covers, and its rows once they are known.

    `lettered`: it stands in the row that names the columns by letters, under all others.
    """

    tokens: list[Token]
    first: int
    last: int
    row: int = 0
    row_span: int = 1
    lettered: bool = False

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
    def text(self) -> str:
        """Its lines as one text."""
        return "".join(token.text for token in sorted(self.tokens, key=lambda token: token.top))

    @property
    def x0(self) -> float:
        """Left side of its texts."""
        return min(token.x0 for token in self.tokens)

    @property
    def x1(self) -> float:
        """Right side of its texts."""
        return max(token.x1 for token in self.tokens)

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (self.x0 + self.x1) / 2


def read_header_cells(
    leaves: Sequence[HeaderCell], rest: Sequence[Token], grid: HeaderGrid, edges: Sequence[float]
) -> list[HeaderCell]:
    """Return the header cells with their spans and rows.

    Args:
        leaves: The lowest cells, and `rest`, the texts above them, as `read_leaves` returns them.
        rest: See `leaves`.
        grid: The header.
        edges: The column edges.
    """
    cells = list(leaves)
    groups = _join_wrapped_groups(rest, grid)
    while groups:
        lowest = max(group.middle for group in groups)
        level = sorted((g for g in groups if lowest - g.middle < LEVEL * grid.em), key=lambda g: g.center)
        groups = [g for g in groups if g not in level]
        _assign_columns(level, cells, grid, edges)
        for group in level:
            _add_group(group, cells, grid)
    cells.sort(key=lambda cell: (cell.lettered, cell.middle, cell.first))
    _assign_rows(cells)
    return cells


def _add_group(group: HeaderCell, cells: list[HeaderCell], grid: HeaderGrid) -> None:
    """Add a group text to the cells: one over a single column is a line of the cell below it where no rule runs."""
    under = _top_cell(cells, group.first)
    single = group.first == group.last and under is not None and under.first == under.last and not under.lettered
    if single and under is not None and not _ruled(group.middle, under.middle, grid.extents[group.first], grid.rules):
        under.tokens += group.tokens
    else:
        cells.append(group)


def read_leaves(grid: HeaderGrid) -> tuple[list[HeaderCell], list[Token]]:
    """Return the lowest header cell over each column, with its wrapped lines, and the tokens that are left."""
    letters = _letters_of_columns(grid)
    cells: list[HeaderCell] = []
    rest: list[Token] = []
    grid = grid._replace(lines=grid.lines[:-1]) if letters else grid
    for tokens in reversed(grid.lines):
        for token in tokens:
            over = _columns(token, grid.extents)
            under = [cell for c in over if (cell := _top_cell(cells, c)) is not None]
            if not under:
                cells.append(HeaderCell([token], over[0], over[-1]))
            elif _is_line_of(under, token, over, tokens, rest, grid):
                under[0].tokens.append(token)
            else:
                rest.append(token)
    return [*cells, *letters], rest


def _letters_of_columns(grid: HeaderGrid) -> list[HeaderCell]:
    """Return the cells of a last line that names the columns by letters, a row of its own: 公式 A=B+C B C."""
    last = grid.lines[-1] if grid.lines else ()
    letters = [LETTER.fullmatch(token.text) is not None for token in last]
    if sum(letters) < MIN_LETTERS or not all(letters[letters.index(True) :]):
        return []
    columns = [_nearest(token, grid.extents) for token in last]
    return [HeaderCell([token], column, column, lettered=True) for token, column in zip(last, columns, strict=True)]


def _is_line_of(
    under: Sequence[HeaderCell],
    token: Token,
    over: Sequence[int],
    beside: Sequence[Token],
    rest: Sequence[Token],
    grid: HeaderGrid,
) -> bool:
    """Return whether a text is a line of the one cell below it.

    Args:
        under: The uppermost cell so far of each column that the text stands over.
        token: The text.
        over: Those columns.
        beside: The texts of its line.
        rest: Texts lower down that are no lines of lowest cells: what stands above one of them is none either.
        grid: The header.
    """
    cell = under[0]
    if any(other is not cell for other in under) or over[0] < cell.first or cell.last < over[-1]:
        return False
    if any(cell.first <= _nearest(p, grid.extents) <= cell.last and p.top < cell.top for p in rest):
        return False
    if _ruled((token.top + token.bottom) / 2, cell.middle, grid.extents[over[0]], grid.rules):
        return False
    inner = len({round(y) for y, _, _ in grid.rules}) > 2  # rules show where cells end
    return (inner and cell.first == cell.last) or _wraps(token, cell, beside, grid)


def _wraps(token: Token, cell: HeaderCell, beside: Sequence[Token], grid: HeaderGrid) -> bool:
    """Return whether a text is a line of the cell below it, and no group text over it.

    Close lines are. Farther ones are where the columns beside have a line there too, for a group would reach over
    them, or where the cell with that line stands in the middle of the row that single lines beside it show.
    """
    em = grid.em
    if any(abs(p.top - token.top) < 0.3 * em for p in cell.tokens):
        return True
    step = cell.top - token.top
    if _in_a_row(cell, grid):
        return False
    if step > MAX_WRAP * em or abs(cell.center - token.center) > max(NEAR * em, 2.0):
        return False
    if step < SHORT_WRAP * em:
        return True
    columns = {c for p in beside if p is not token for c in _columns(p, grid.extents)}
    if cell.first - 1 in columns or cell.last + 1 in columns:
        return True
    if not _is_level(token.top, cell, grid) and not _is_level(cell.top, cell, grid):
        return True  # in the middle of two header rows: 财政专户管理 newline 资金, beside 单位资金 over 事业收入
    middles = _row_middles(token, cell, grid)
    if not middles:
        return step < WRAP * em
    whole = (token.top + cell.bottom) / 2
    return min(abs(y - whole) for y in middles) < min(abs(y - cell.middle) for y in middles)


def _is_level(top: float, cell: HeaderCell, grid: HeaderGrid) -> bool:
    """Return whether a text over other columns begins at a height, as group texts do beside groups and leaves beside leaves."""
    columns = set(cell.columns)
    return any(
        abs(p.top - top) < SAME_ROW * grid.em and columns.isdisjoint(_columns(p, grid.extents))
        for line in grid.lines
        for p in line
    )


def _row_middles(token: Token, cell: HeaderCell, grid: HeaderGrid) -> list[float]:
    """Return the middles of the single lines about as high as a cell: its row's, for texts stand in its middle."""
    single = (p for line in grid.lines for p in line if not _near(p, grid) and p is not token)
    middles = ((p.top + p.bottom) / 2 for p in single)
    return [y for y in middles if abs(y - cell.middle) < MAX_WRAP * grid.em]


def _in_a_row(cell: HeaderCell, grid: HeaderGrid) -> bool:
    """Return whether single texts stand beside a cell's only line on both sides: its row is no higher than that line."""
    if len(cell.tokens) > 1 or cell.first != cell.last:
        return False
    line = [p for line in grid.lines for p in line if abs(p.top - cell.top) < 0.1 * grid.em]
    sides = [c for c in (cell.first - 1, cell.last + 1) if 0 <= c < len(grid.extents)]
    return all(any(grid.extents[c].covers(p) and not _near(p, grid) for p in line) for c in sides)


def _near(token: Token, grid: HeaderGrid) -> bool:
    """Return whether another text stands close above or below a text."""
    return any(
        0.5 * grid.em < abs(p.top - token.top) < MAX_WRAP * grid.em and p.x0 < token.x1 and p.x1 > token.x0
        for line in grid.lines
        for p in line
    )


def _columns(token: Token, extents: Sequence[ColumnExtent]) -> list[int]:
    return [i for i, extent in enumerate(extents) if extent.covers(token)] or [_nearest(token, extents)]


def _nearest(token: Token, extents: Sequence[ColumnExtent]) -> int:
    return min(range(len(extents)), key=lambda i: max(extents[i].x0 - token.center, token.center - extents[i].x1))


def _join_wrapped_groups(tokens: Sequence[Token], grid: HeaderGrid) -> list[HeaderCell]:
    """Join the lines of group texts that wrap."""
    groups: list[HeaderCell] = []
    for token in sorted(tokens, key=lambda p: -p.top):
        for group in groups:
            near = group.top - token.top < WRAP * grid.em and abs(group.center - token.center) < NEAR * grid.em
            extent = ColumnExtent(token.x0, token.x1)
            if near and not _ruled((token.top + token.bottom) / 2, group.middle, extent, grid.rules):
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


def _assign_columns(
    level: Sequence[HeaderCell], cells: Sequence[HeaderCell], grid: HeaderGrid, edges: Sequence[float]
) -> None:
    """Give the group texts of one header row the columns they span, without gaps, each span centred under its text.

    A group takes none left of its neighbour's span, and none of those that the text after it stands over.
    """
    admitted = [any(_admits(group, column, cells, grid) for group in level) for column in range(len(grid.extents))]
    own_columns = [_columns_under(group, grid.extents, edges) for group in level]
    ends = [*(first for first, _ in own_columns[1:]), len(grid.extents)]
    start = 0
    for group, own, end in zip(level, own_columns, ends, strict=True):
        free = range(start, end)
        spans = [
            span
            for span in _spans_around(own, free, admitted)
            if _is_whole(span, group, cells)
            and _are_told_apart(span, cells, grid)
            and _is_within_rules(span, group, cells, grid)
        ]
        misfit = partial(_misfit, group, free, admitted, edges)
        group.first, group.last = min(spans, key=misfit, default=own)
        start = group.last + 1


def _columns_under(group: HeaderCell, extents: Sequence[ColumnExtent], edges: Sequence[float]) -> tuple[int, int]:
    """Return the first and the last column that a text stands over, or the one that is nearest to it."""
    over = [c for c, extent in enumerate(extents) if min(extent.x1, group.x1) - max(extent.x0, group.x0) > 0.5]
    if over:
        return over[0], over[-1]
    nearest = min(range(len(extents)), key=lambda c: max(edges[c] - group.center, group.center - edges[c + 1]))
    return nearest, nearest


def _spans_around(own: tuple[int, int], free: range, admitted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the (first, last) columns that a text may span: its own, and admitted ones beside them without a gap."""
    first, last = own
    for left in range(first, free.start - 1, -1):
        if left < first and not admitted[left]:
            break
        for right in range(last, max(free.stop, last + 1)):
            if right > last and not admitted[right]:
                break
            yield left, right


def _is_whole(span: tuple[int, int], group: HeaderCell, cells: Sequence[HeaderCell]) -> bool:
    """Return whether a group's span cuts no cell below it."""
    first, last = span
    return all(
        (first <= cell.first and cell.last <= last) or cell.last < first or cell.first > last
        for cell in cells
        if cell.middle > group.middle
    )


def _are_told_apart(span: tuple[int, int], cells: Sequence[HeaderCell], grid: HeaderGrid) -> bool:
    """Return whether no two columns of a span beside each other have one text: 一般公共预算 stands once in each group of funds.

    Where labels stand between them (项目 | 预算数 | 项目 | 预算数) they are told apart by those.
    """
    texts: set[str] = set()
    for column in range(span[0], span[1] + 1):
        extent, cell = grid.extents[column], _top_cell(cells, column)
        if extent.tokens and not extent.figures:
            texts.clear()
        elif cell is not None and cell.first == cell.last:
            if cell.text in texts:
                return False
            texts.add(cell.text)
    return True


def _is_within_rules(span: tuple[int, int], group: HeaderCell, cells: Sequence[HeaderCell], grid: HeaderGrid) -> bool:
    """Return whether the rules next above and below a group's text run over and under all columns of a span.

    A cell ends where the rule over it or under it ends: a group's parts are no wider than the rule that parts them
    from it; what has no text of its own is not split from it.
    """
    at = [rule for rule in grid.rules if rule[1] - 2 <= group.center <= rule[2] + 2]
    above = max((rule for rule in at if rule[0] < group.middle), default=None)
    below = min((rule for rule in at if rule[0] > group.middle), default=None)
    own = [column for column in span if (cell := _top_cell(cells, column)) is not None and not cell.lettered]
    centers = ([grid.extents[column].center for column in columns] for columns in (span, own))
    return all(
        rule is None or all(rule[1] - 2 <= x <= rule[2] + 2 for x in xs)
        for rule, xs in zip((above, below), centers, strict=True)
    )


def _misfit(
    group: HeaderCell, free: range, admitted: Sequence[bool], edges: Sequence[float], span: tuple[int, int]
) -> float:
    """Return how ill a span fits a text: the points it is off its centre, and more for columns left without a group."""
    first, last = span
    off = abs((edges[first] + edges[last + 1]) / 2 - group.center)
    before = takewhile(admitted.__getitem__, range(first - 1, free.start - 1, -1))
    after = takewhile(admitted.__getitem__, range(last + 1, free.stop))
    spare_cost = UNCOVERED * (edges[-1] - edges[0]) / (len(edges) - 1)
    return off + spare_cost * sum(1 for _ in chain(before, after))


def _admits(group: HeaderCell, column: int, cells: Sequence[HeaderCell], grid: HeaderGrid) -> bool:
    """Return whether a column may lie under a group text: what stands over it alone is set lower than beside a group.

    Where rules run under group texts they decide.
    """
    under = _top_cell(cells, column)
    if under is None:  # 债务限额 over 一般债务 and 专项债务 and over their sum, which has no text of its own
        over = [extent for extent in grid.extents if extent.x0 < group.x1 and extent.x1 > group.x0]
        return all(extent.money for extent in (*over, grid.extents[column]))
    if under.middle <= group.middle:
        return False
    seeds = [
        cell
        for c, extent in enumerate(grid.extents)
        if extent.x0 < group.x1 and extent.x1 > group.x0 and (cell := _top_cell(cells, c)) is not None
    ]
    if any(_ruled(group.middle, seed.middle, grid.extents[seed.first], grid.rules) for seed in seeds):
        return _ruled(group.middle, under.middle, grid.extents[column], grid.rules)
    below = [seed for seed in seeds if seed.middle > group.middle]
    height = group.bottom - group.top
    whole = [cell for cell in cells if cell.first <= column <= cell.last and not cell.lettered]
    if len(whole) > 1:  # a group itself
        return _admits_group(under, below, whole, height)
    leaves = [seed.middle for seed in below if seed.first == seed.last]
    return under.middle >= min([*leaves, (group.middle + grid.bottom) / 2]) - 0.2 * height


def _admits_group(under: HeaderCell, below: Sequence[HeaderCell], over: Sequence[HeaderCell], height: float) -> bool:
    """Return whether a group may lie under a group text that has cells below it: those stand no lower than its likes.

    Groups beside each other stand no higher than others below the text, and where these are no groups, higher than them.

    Args:
        under: The group.
        below: The cells under the text.
        over: It and the cells under it, over one column.
        height: Of the text, in points.
    """
    groups = [cell.middle for cell in below if cell.first != cell.last]
    if groups:
        return under.middle >= min(groups) - 0.5 * height
    lowest = max(cell.middle for cell in over)
    return all(abs(lowest - cell.middle) > 0.3 * height for cell in below)


def _assign_rows(cells: Sequence[HeaderCell]) -> None:
    """Give every cell its header row: one below the lowest over any of its columns, and span down to the next."""
    ends: dict[int, int] = {}
    for cell in cells:
        cell.row = max(ends.get(column, 0) for column in cell.columns) if not cell.lettered else max(ends.values())
        for column in cell.columns if not cell.lettered else ():
            ends[column] = cell.row + 1
    depth = max((cell.row + 1 for cell in cells), default=0)
    for cell in cells:
        lower = [c.row for c in cells if c.row > cell.row and c.first <= cell.last and cell.first <= c.last]
        cell.row_span = min(lower, default=depth) - cell.row
