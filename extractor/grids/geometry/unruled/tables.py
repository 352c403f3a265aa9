"""Characters without a lattice → grids: columns by alignment, rows by baselines and by what rules there are.

What rules there are still separate rows and header cells; nothing else shows where a cell ends.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.char_stream import CellChars
from extractor.grids.geometry.lattice import Lattice, RuleLine, read_horizontals
from extractor.grids.geometry.lines import cell_text, line_text, lines_text, read_lines
from extractor.grids.geometry.unruled.body_gutters import split_at_body_gutters
from extractor.grids.geometry.unruled.columns import ColumnExtent, edges_of, read_column_extents, split_over_columns
from extractor.grids.geometry.unruled.header import HeaderCell, HeaderGrid, read_header_cells, read_leaves
from extractor.grids.geometry.unruled.header_columns import (
    add_header_extents,
    headed_extents,
    header_tokens,
    split_at_gutters,
    with_touching_texts,
)
from extractor.grids.geometry.unruled.leaders import without_leaders
from extractor.grids.geometry.unruled.regions import TableRegion, find_regions, split_region
from extractor.grids.geometry.unruled.rows import BodyRow, is_rest, read_rows, usual_decimals
from extractor.grids.geometry.unruled.tokens import Token, TokenLine, em_of, lines_of
from extractor.grids.geometry.unruled.touching_figures import with_touching_figures
from extractor.grids.geometry.unruled.whole_amounts import with_whole_amounts
from extractor.grids.grid import Cell, Grid
from extractor.notation.figures import count_separators, has_separators, is_money
from extractor.pages.page import Char, Page, Rule

PAD = 2.5  # points: what printers leave between a text and the side of its cell
MARGIN = 12.0  # points: no table is printed nearer to the page's edge
HANGING = 2.5  # em: the first row that hangs under a grid is at most so far from it
MIN_ROWS = 2
ALIGNED = 0.6  # share of a column's figures that must end, begin or be centred at one place
WITHIN = 3.0  # points


def read_aligned(
    page: Page,
    read: Sequence[Sequence[Char]],
    em: float,
    starts: Container[Char],
    *,
    ruled: bool,
) -> list[Grid]:
    """Return the grids that stand on a page without a lattice, from top to bottom.

    Args:
        page: The page they stand on.
        read: Lines of characters outside all ruled grids.
        em: Their type size in points.
        starts: Those that begin a word in the text stream.
        ruled: Whether the page has ruled grids: what lies outside them is a table only with a header of its own.
    """
    if not read:
        return []
    lines = with_touching_figures(lines_of(without_leaders(read), em, starts), em)
    decimals = usual_decimals(lines)
    regions = [own for own in find_regions(lines, em, page.width) if not ruled or _is_on_page(own, page)]
    whole, rules = map(with_whole_amounts, regions), read_horizontals(page.rules) if regions else []
    grids = [grid for region in whole for grid in _read_region(page.number, region, rules, decimals, ruled)]
    return [replace(grid, reading=page.reading) for grid in grids]


def _is_on_page(region: TableRegion, page: Page) -> bool:
    """Return whether a region keeps off the page's edge: what a cell cut by the page break holds may run over it."""
    return region.body[0].top > MARGIN and region.body[-1].bottom < page.height - MARGIN


def with_hanging_rows(grid: Grid, page: Page, chars: Sequence[Char], starts: Container[Char]) -> Grid | None:
    """Return a ruled grid with the rows that hang under it without rules, or None where none do.

    A ruled header may stand over an unruled body, and a table's last rows outside its frame. Every amount must stand
    in a column of the grid's last row, and every row must have a label.

    Args:
        grid: A ruled grid.
        page: Its page.
        chars: Characters below it and above the next grid.
        starts: Those that begin a word in the text stream.
    """
    own = [c for c in chars if grid.x0 - PAD <= (c.x0 + c.x1) / 2 <= grid.x1 + PAD]
    if not own:
        return None
    last = [cell for cell in grid.cells if cell.row + cell.row_span == grid.rows]
    if any(cell.row_span > 1 for cell in last) and any(is_money(cell.text) for cell in grid.cells):
        return None  # a cell over several rows that the page break cuts prints the rest of its text under the grid
    em = em_of(own)
    lines = with_touching_figures(lines_of(read_lines(own), em, starts), em)
    region = next(find_regions(lines, em, page.width), None)
    if region is None or region.header or not _is_on_page(region, page) or lines[0].top < region.body[0].top:
        return None
    tallest = max(cell.bottom - cell.top for cell in last)
    if region.body[0].middle - grid.bottom > max(HANGING * em, tallest):
        return None
    rows = read_rows(region.body, read_horizontals(page.rules), em, usual_decimals(lines))
    return _with_rows(grid, last, rows) if all(_hangs(row, last) for row in rows) else None


def _with_rows(grid: Grid, last: Sequence[Cell], rows: Sequence[BodyRow]) -> Grid:
    """Return a grid with rows under it, each cell under those of the grid's last row that it stands below."""
    extents = [ColumnExtent(cell.x0, cell.x1) for cell in last]
    ys = [grid.bottom, *((a.bottom + b.top) / 2 for a, b in pairwise(rows)), rows[-1].bottom + 1]
    cells = list(grid.cells)
    for index, row in enumerate(rows):
        spread = {first: (final, tokens) for first, final, tokens in _cells_of_row(row.tokens, extents)}
        column = 0
        while column < len(last):
            final, tokens = spread.get(column, (column, []))
            wide = sum(cell.column_span for cell in last[column : final + 1])
            box = (last[column].x0, ys[index], last[final].x1, ys[index + 1])
            cells.append(_cell(grid.rows + index, last[column].column, 1, wide, box, tokens))
            column = final + 1
    return replace(grid, bottom=ys[-1], rows=grid.rows + len(rows), cells=tuple(cells), ruled=False)


def _hangs(row: BodyRow, last: Sequence[Cell]) -> bool:
    """Return whether a row has a label, and each of its figures its place under one cell of a grid's last row."""
    figures = [token for token in row.tokens if token.figure]
    labels = [token for token in row.tokens if not token.figure and not token.nil]
    inside = all(any(c.x0 - PAD <= p.x0 and p.x1 <= c.x1 + PAD for c in last) for p in figures)
    first = min((p.x0 for p in figures if p.money), default=float("inf"))
    return inside and any(p.x0 < first for p in labels) and any(p.money for p in figures)


def missing_column_rules(lattice: Lattice, cells: CellChars) -> list[Rule]:
    """Return the vertical rules that a lattice lacks: cell after cell of one column holds figures beside something.

    A header cell is split with them, except where its text stands in the middle of the whole.
    """
    if len(cells.mixed) < MIN_ROWS:
        return []
    columns: dict[tuple[int, int], list[int]] = {}
    for index, (_, column, _, wide) in enumerate(lattice.spans):
        columns.setdefault((column, wide), []).append(index)

    missing: list[Rule] = []
    for every in columns.values():
        own = [i for i in every if has_separators(cells.texts[i])]
        rows = [(i, line.tokens) for i in own for line in cells.tokens(i) if any(token.money for token in line.tokens)]
        beside = [i for i, tokens in rows if len(tokens) > 1]
        if len(beside) < MIN_ROWS or 2 * len(beside) < len(rows):
            continue
        first = lattice.spans[beside[0]][0]
        for edge in edges_of(read_column_extents([tokens for _, tokens in rows]), PAD, {})[1:-1]:
            missing += _column_rule_at(edge, first, lattice, cells)
    return missing


def _column_rule_at(edge: float, first: int, lattice: Lattice, cells: CellChars) -> list[Rule]:
    """Return a vertical rule at `edge`, cell by cell: through the data rows, and the header cells that it splits."""
    missing: list[Rule] = []
    for index, (row, column, tall, wide) in enumerate(lattice.spans):
        x0, x1 = lattice.xs[column], lattice.xs[column + wide]
        if not x0 + PAD < edge < x1 - PAD:
            continue
        tokens = [token for line in cells.tokens(index) for token in line.tokens]
        if any(p.x0 + 1 < edge < p.x1 - 1 for p in tokens):
            continue
        left = [p.center for p in tokens if p.center < edge]
        is_split = row >= first or 0 < len(left) < len(tokens)
        if tokens and not is_split:
            middle = (x0 + edge) / 2 if left else (edge + x1) / 2
            is_split = abs(tokens[0].center - middle) < abs(tokens[0].center - (x0 + x1) / 2)
        if is_split:
            missing.append(Rule(edge, lattice.ys[row], edge, lattice.ys[row + tall]))
    return missing


def lacks_column_rules(cells: CellChars) -> bool:
    """Return whether a lattice rules its rows, but not its columns: cell after cell holds a figure beside something."""
    if not cells.mixed:
        return False
    beside = most = 0
    alone = sum(map(is_money, cells.texts))
    if sum(count_separators(cells.texts[index]) for index in cells.mixed) <= alone:
        return False  # as in most: of every line with money beside something, one is its own
    for lines in map(cells.tokens, cells.mixed):
        money = [sum(token.money for token in line.tokens) for line in lines]
        beside += sum(count > 0 and len(line.tokens) > 1 for count, line in zip(money, lines, strict=True))
        most = max([most, *money])
        alone += len(lines) == 1 and len(lines[0].tokens) == 1 and money[0] > 0
    return beside > alone and (beside > 1 or most > 2)


def _read_region(number: int, region: TableRegion, rules: Sequence[RuleLine], decimals: int, ruled: bool) -> list[Grid]:
    em = region.em
    rows = read_rows(region.body, rules, em, decimals)
    texts = split_at_gutters(with_touching_texts([line.tokens for line in region.header], em), em)
    body = split_at_body_gutters([row.tokens for row in rows], [token for line in texts for token in line], em)
    body = split_over_columns(body)
    rows = [replace(row, tokens=tuple(tokens)) for row, tokens in zip(rows, body, strict=True)]
    extents = read_column_extents(body, [token for line in texts for token in line])
    lines = [header_tokens(line, extents, em) for line in texts]
    extents = read_column_extents(body, [token for line in lines for token in line])
    edge = _gutter(extents)
    if edge is not None:
        return [g for half in split_region(region, edge) for g in _read_region(number, half, rules, decimals, ruled)]
    extents = add_header_extents(lines, extents)
    if not _is_table(extents, rows, headed_extents(lines, extents), rules, ruled):
        return []
    top = region.header[0].top if region.header else rows[0].top
    inner = [r for r in rules if top < r[0] < rows[0].bottom]
    header_grid = HeaderGrid(lines, extents, inner, em, _header_bottom(region.header, rows[0], inner))
    leaves, rest = read_leaves(header_grid)
    edges = edges_of(extents, PAD, {cell.first: cell.center for cell in leaves if cell.first == cell.last})
    header = read_header_cells(leaves, rest, header_grid, edges)
    return [_assemble(number, header, rows, extents, edges)]


def _gutter(extents: Sequence[ColumnExtent]) -> float | None:
    """Return where two tables stand beside each other: labels follow money, and few rows have money on both sides."""
    for index in range(1, len(extents)):
        if extents[index].figures or not extents[index - 1].money:
            continue
        left = {row for extent in extents[:index] for row, token in extent.tokens if token.money}
        right = {row for extent in extents[index:] for row, token in extent.tokens if token.money}
        fewer = min(len(left), len(right))
        if fewer >= MIN_ROWS and 2 * len(left & right) < fewer:
            return (extents[index - 1].x1 + extents[index].x0) / 2
    return None


def _header_bottom(header: Sequence[TokenLine], row: BodyRow, rules: Sequence[RuleLine]) -> float:
    lowest = max((line.bottom for line in header), default=row.top)
    between = [y for y, _, _ in rules if lowest - 2 <= y <= row.top + 2]
    return max(between, default=(lowest + row.top) / 2)


def _is_table(
    extents: Sequence[ColumnExtent],
    rows: Sequence[BodyRow],
    headed: Sequence[ColumnExtent],
    rules: Sequence[RuleLine],
    ruled: bool,
) -> bool:
    """Return whether a region is a table: columns of aligned figures beside texts or under a header.

    A list of names with counts, a table of contents and figures in sentences are none.
    """
    figures = [extent for extent in extents if extent.figures and any(p.figure for _, p in extent.tokens)]
    money = [extent for extent in figures if extent.money]
    if len(extents) < 2 or not figures:
        return False
    data = [row for row in rows if any(token.figure for token in row.tokens)]
    if ruled or len(data) < MIN_ROWS:
        own = sum(extent in headed for extent in money)
        if len(data) < MIN_ROWS and len(money) < 3:
            return len(money) == own == 2
        return len(money) > 0 and 3 * own >= 2 * len(money)
    if not money:
        return len(figures) > 1 and len(rules) > 2
    aligned = sum(_is_aligned(extent) for extent in money)
    return 2 * aligned > len(money)


def _is_aligned(extent: ColumnExtent) -> bool:
    figures = [p for _, p in extent.tokens if p.figure]
    for places in ([p.x1 for p in figures], [p.x0 for p in figures], [p.center for p in figures]):
        middle = median(places)
        if sum(abs(place - middle) <= WITHIN for place in places) >= ALIGNED * len(places):
            return True
    return False


def _assemble(
    number: int,
    header: Sequence[HeaderCell],
    rows: Sequence[BodyRow],
    extents: Sequence[ColumnExtent],
    edges: Sequence[float],
) -> Grid:
    depth = max((cell.row + cell.row_span for cell in header), default=0)
    ys = _row_edges(header, rows, depth)
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []

    def add(row: int, column: int, tall: int, wide: int, tokens: Sequence[Token]) -> None:
        box = (edges[column], ys[row], edges[column + wide], ys[row + tall])
        cells.append(_cell(row, column, tall, wide, box, tokens))
        taken.update((r, c) for r in range(row, row + tall) for c in range(column, column + wide))

    for cell in header:
        add(cell.row, cell.first, cell.row_span, cell.last - cell.first + 1, cell.tokens)
    for index, row in enumerate(rows):
        for first, last, tokens in _cells_of_row(row.tokens, extents):
            add(depth + index, first, 1, last - first + 1, tokens)
    for row_number in range(depth + len(rows)):
        for column in range(len(extents)):
            if (row_number, column) not in taken:
                add(row_number, column, 1, 1, ())
    cells.sort(key=lambda c: (c.row, c.column))
    return Grid(
        number, "pdfium", edges[0], ys[0], edges[-1], ys[-1], len(ys) - 1, len(extents), tuple(cells), ruled=False
    )


def _cell(
    row: int, column: int, tall: int, wide: int, box: tuple[float, float, float, float], tokens: Sequence[Token]
) -> Cell:
    own = [char for token in tokens for char in token.chars]
    lines = read_lines(own) if own else []
    indent = max(0.0, min(line[0].x0 for line in lines) - box[0]) if lines else 0.0
    return Cell(row, column, tall, wide, _unruled_text(lines) if lines else "", *box, indent)


def _unruled_text(lines: Sequence[Sequence[Char]]) -> str:
    """Return a cell's text; figures over each other are one figure only where the lower is the rest of the upper."""
    texts = [line_text(line) for line in lines]
    if all(is_rest(above, below) for above, below in pairwise(texts)):
        return cell_text(lines, 0)  # no rule says how wide its cell is
    return lines_text(texts)


def _row_edges(header: Sequence[HeaderCell], rows: Sequence[BodyRow], depth: int) -> list[float]:
    starts = [min(cell.top for cell in header if cell.row == level) for level in range(depth)]
    ys = [start - 1 for start in starts]
    for level in range(1, depth):
        ys[level] = max(ys[level], ys[level - 1] + 0.1)
    last = max((cell.bottom for cell in header), default=rows[0].top - 2)
    ys.append((last + rows[0].top) / 2)
    ys += [(a.bottom + b.top) / 2 for a, b in pairwise(rows)]
    ys.append(rows[-1].bottom + 1)
    return ys


def _cells_of_row(tokens: Sequence[Token], extents: Sequence[ColumnExtent]) -> list[tuple[int, int, list[Token]]]:
    """Return (first column, last column, tokens) of each cell of a row; a text over several empty columns spans them."""
    cells: dict[int, list[Token]] = {}
    spans: list[tuple[int, int, list[Token]]] = []
    wide: list[tuple[Token, list[int]]] = []
    for token in tokens:
        over = [i for i, extent in enumerate(extents) if extent.covers(token)]
        if len(over) > 1 and not token.figure:
            wide.append((token, over))
        else:
            cells.setdefault(_best_column(token, extents), []).append(token)
    for token, over in wide:
        free = [i for i in range(over[0], over[-1] + 1) if i not in cells]
        column = _best_column(token, extents) if over[0] in cells else over[0]
        if len(free) == over[-1] - over[0] + 1 and not any(a <= i <= b for a, b, _ in spans for i in free):
            spans.append((over[0], over[-1], [token]))
        else:
            span = next((s for s in spans if s[0] <= column <= s[1]), None)
            (span[2] if span else cells.setdefault(column, [])).append(token)
    return spans + [(column, column, own) for column, own in cells.items()]


def _best_column(token: Token, extents: Sequence[ColumnExtent]) -> int:
    def overlap(index: int) -> float:
        return min(extents[index].x1, token.x1) - max(extents[index].x0, token.x0)

    return max(range(len(extents)), key=overlap)
