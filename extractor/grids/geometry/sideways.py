"""Sheets too wide for their paper → the part on a further page, with the labels of its rows from the page that has them.

A printed sheet that does not fit goes on on the next page, at the same height and without its labels. Its rows are those of
the page before: every figure stands between the same two edges.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from extractor.grids.grid import Cell, Grid, PageLayout, TextLine
from extractor.notation.figures import is_figure, is_nil

MIN_ROWS = 3  # with figures: fewer may stand at the heights of another table by chance
WITHIN = 2.0  # points: how far the edges of one row lie apart on two pages
ALIGNED = 0.6  # share of the rows that begin at one height

Band = tuple[int, int]  # the first and the last row that a cell covers


def with_labels_from_before(layouts: Sequence[PageLayout]) -> list[PageLayout]:
    """Return layouts, every part of a wide sheet that has no labels of its own with those of its rows.

    Sheets are printed down first, then to the right, or the other way round: so many pages without labels go with as many
    pages with labels before them, in their order, or all with the one before them.
    """
    result: list[PageLayout] = []
    labelled: list[_Labelled] = []  # pages with labels, and the count of the pages without that followed them
    unlabelled = 0
    for layout in layouts:
        places = labelled if len(labelled) < 2 else [labelled[unlabelled % len(labelled)], labelled[-1]]
        tops = _tops(layout.grids[0].cells) if places and len(layout.grids) == 1 else None
        part = next((found for own in places if (found := _right_part(own, layout, tops)) is not None), None)
        if part is not None:
            unlabelled += 1
            result.append(part)
            continue
        if unlabelled or not _are_columns_alike(labelled, layout):
            labelled, unlabelled = [], 0
        if len(layout.grids) == 1:
            labelled.append(_Labelled(layout, layout.grids[0]))
        result.append(layout)
    return result


class _Labelled:
    """A page with one grid that may have the labels of further pages: what these ask for is made once.

    Attributes:
        layout: The page.
        grid: Its grid.
    """

    def __init__(self, layout: PageLayout, grid: Grid) -> None:
        self.layout, self.grid = layout, grid

    @cached_property
    def stub(self) -> int:
        """How many columns of codes and labels it begins with."""
        return _stub_width(self.grid)

    @cached_property
    def rows(self) -> list[tuple[float, float]]:
        """Top and bottom of each row."""
        return _row_edges(self.grid)


def _are_columns_alike(pages: Sequence[_Labelled], layout: PageLayout) -> bool:
    """Return whether a page goes on down with the columns of those before it."""
    return bool(pages) and len(layout.grids) == 1 and pages[-1].grid.columns == layout.grids[0].columns


def _right_part(before: _Labelled, layout: PageLayout, tops: Sequence[float] | None) -> PageLayout | None:
    """Return a page with the labels of the page before it, None where it is no part of that page's sheet.

    Args:
        before: The page before it.
        layout: The page.
        tops: At which heights the rows of its only grid begin; None where it has none.
    """
    grid = before.grid
    if (before.layout.width, before.layout.height) != (layout.width, layout.height) or len(layout.grids) > 1:
        return None
    own = layout.grids[0] if layout.grids else None
    if own is None and not any(is_figure(line.text) for line in layout.lines):
        return None  # as on most pages of prose
    if tops is not None and not _are_of_one_sheet(tops, before.rows):
        return None
    stub = before.stub
    if not stub:
        return None
    inside = [] if own else [line for line in layout.lines if grid.top < (line.top + line.bottom) / 2 < grid.bottom]
    cells = list(own.cells) if own else list(_cells_of(inside, grid))
    if tops is None and not _are_of_one_sheet(_tops(cells), before.rows):
        return None
    placed = _placed(cells, grid, stub, before.rows)
    if placed is None:
        return None
    part = replace(
        grid,
        page=layout.page,
        reading=layout.reading,
        x0=min(cell.x0 for cell in cells),
        x1=max(cell.x1 for cell in cells),
        rows=max(cell.row + cell.row_span for cell in placed),
        columns=max(cell.column + cell.column_span for cell in placed),
        cells=tuple(sorted(placed, key=lambda cell: (cell.row, cell.column))),
        continues_right=True,
    )
    return replace(layout, grids=(part,), lines=tuple(line for line in layout.lines if line not in inside))


def _stub_width(grid: Grid) -> int:
    """Return how many columns of codes and labels a grid begins with; 0 where it has none, or labels further right too."""
    first = _first_row(grid)
    texts: Counter[int] = Counter()
    figures: Counter[int] = Counter()
    for cell in grid.cells:
        if cell.row >= first and not is_nil(cell.text):
            (figures if is_figure(cell.text) else texts)[cell.column] += 1
    labels = [column for column in sorted(texts) if texts[column] >= max(MIN_ROWS, figures[column])]
    return labels[0] + 1 if len(labels) == 1 else 0


def _first_row(grid: Grid) -> int:
    """Return the first row with a figure."""
    return min((cell.row for cell in grid.cells if is_figure(cell.text)), default=grid.rows)


def _placed(cells: Sequence[Cell], grid: Grid, stub: int, rows: Sequence[tuple[float, float]]) -> list[Cell] | None:
    """Return the cells of a part in the rows of the whole, its labels before them; None where they are not of its rows.

    Args:
        cells: Of the part, in rows and columns of its own.
        grid: The part with labels.
        stub: How many columns of labels it has.
        rows: Top and bottom of each of its rows.
    """
    at = {edges: _band_of(*edges, rows) for edges in {(cell.top, cell.bottom) for cell in cells}}
    bands = [(cell, at[cell.top, cell.bottom]) for cell in cells]
    bands = [(cell, band) for cell, band in bands if band is not None or not is_nil(cell.text)]
    figures = {band for cell, band in bands if is_figure(cell.text)}
    labels = [cell for cell in grid.cells if cell.column + cell.column_span <= stub]
    labelled = {(cell.row, cell.row) for cell in labels if not is_nil(cell.text)}
    if len(figures) < MIN_ROWS or not figures <= labelled:
        return None
    first = min(_first_row(grid), *(row for row, _ in labelled & figures))
    head = [cell for cell, band in bands if band is None or band[1] < first]
    depth = max((cell.row + cell.row_span for cell in head), default=first)
    placed = [cell._replace(column=stub + cell.column) for cell in head]
    for cell, band in bands:
        if band is not None and band[1] >= first:
            if not is_figure(cell.text) and not is_nil(cell.text):
                return None
            row, tall = band[0] - first + depth, band[1] - band[0] + 1
            placed.append(cell._replace(row=row, column=stub + cell.column, row_span=tall))
    placed += _labels(labels, first, depth)
    return placed if len({(cell.row, cell.column) for cell in placed}) == len(placed) else None


def _labels(labels: Sequence[Cell], first: int, depth: int) -> Iterator[Cell]:
    """Yield the cells of labels, below a header as deep as the part's own: one cell over each column."""
    for cell in labels:
        if cell.row >= first:
            yield cell._replace(row=cell.row - first + depth)
    heads = [cell for cell in labels if cell.row < first]
    for column in sorted({cell.column for cell in heads}):
        own = [cell for cell in heads if cell.column == column]
        text = "\n".join(cell.text for cell in own if cell.text)
        wide = max(cell.column_span for cell in own)
        yield own[0]._replace(row=0, row_span=depth, column_span=wide, text=text, bottom=own[-1].bottom)


def _band_of(top: float, bottom: float, rows: Sequence[tuple[float, float]]) -> Band | None:
    """Return the rows whose middles lie in a cell, or else the one that the cell's middle lies in; None outside all."""
    inside = [n for n, (high, low) in enumerate(rows) if top < (high + low) / 2 < bottom]
    middle = (top + bottom) / 2
    inside = inside or [n for n, (high, low) in enumerate(rows) if high < middle <= low]
    return (inside[0], inside[-1]) if inside else None


def _tops(cells: Sequence[Cell]) -> list[float]:
    """Return at which heights the rows with figures begin."""
    return [*{cell.row: cell.top for cell in cells if cell.text and is_figure(cell.text)}.values()]


def _are_of_one_sheet(tops: Sequence[float], rows: Sequence[tuple[float, float]]) -> bool:
    """Return whether the rows of a part begin at the heights at which those of the whole do; labels that wrap move some."""
    edges = sorted(top for top, _ in rows)
    nearest = [(y, bisect_left(edges, y)) for y in tops]
    near = sum(any(abs(y - edge) <= WITHIN for edge in edges[max(0, n - 1) : n + 1]) for y, n in nearest)
    return near >= max(MIN_ROWS, ALIGNED * len(tops))


def _row_edges(grid: Grid) -> list[tuple[float, float]]:
    edges = {cell.row: cell.top for cell in grid.cells} | {grid.rows: grid.bottom}
    ys = [edges[row] for row in sorted(edges)]
    return list(pairwise(ys))


def _cells_of(lines: Sequence[TextLine], grid: Grid) -> Iterator[Cell]:
    """Yield lines that stand in no grid as cells between the edges of a grid's rows, their columns those of the figures."""
    columns: list[tuple[float, float]] = []
    for line in sorted((line for line in lines if is_figure(line.text)), key=lambda line: line.x0):
        if columns and line.x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], line.x1))
        else:
            columns.append((line.x0, line.x1))
    rows = _row_edges(grid)
    for line in lines if columns else ():
        away = [
            max(x0 - line.x1, line.x0 - x1) for x0, x1 in columns
        ]  # a header stands in the middle, figures at the right
        over = [n for n, far in enumerate(away) if far < 0] or [away.index(min(away))]
        y = (line.top + line.bottom) / 2
        row, (top, bottom) = next((n, edge) for n, edge in enumerate(rows) if edge[0] < y <= edge[1])
        yield Cell(row, over[0], 1, over[-1] - over[0] + 1, line.text, line.x0, top, line.x1, bottom)
