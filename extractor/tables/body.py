"""Drafts of tables → data rows: in the columns of the first fragment, each amount once, split rows joined."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import isnan

from extractor.grids.grid import Cell
from extractor.notation.amounts import is_amount
from extractor.notation.figures import is_nil
from extractor.notation.text import clean
from extractor.tables.fragments import Draft, Fragment, edges_of, texts_of
from extractor.tables.table import TEXTS, Column, Row
from extractor.vocabulary.label_rules import TotalLabels


def collect_rows(draft: Draft) -> list[Row]:
    """Collect the data rows of all fragments in the columns of the first; repeated headers are left out."""
    rows: list[Row] = []
    width = draft.head.grid.columns
    edges = edges_of(draft.head.grid)
    for fragment in draft.fragments:
        start = fragment.header.end
        if fragment is not draft.head and texts_of(fragment) != texts_of(draft.head):
            start = 0  # no header here: what reads like one is data, such as a label split by the page break
        known = _known_edges(fragment, draft.head, edges)
        open_cells = {} if fragment is draft.head else _open_cells(fragment, edges)
        for number in range(start, fragment.grid.rows):
            cells: list[Cell | None] = [None] * width
            for cell in {id(c): c for c in fragment.matrix[number] if c is not None}.values():
                column = _nearest(known, cell.x0) if known else min(cell.column, width - 1)
                other = cells[column]
                cells[column] = cell if other is None else _together(other, cell)
            if open_cells and any(c is not None for c in cells):
                cells = [open_cells.get(i) if c is None else c for i, c in enumerate(cells)]
            if any(c is not None and not is_nil(c.text) for c in cells):
                rows.append(Row(len(rows), fragment.grid.page, tuple(cells)))
    return rows


def _together(first: Cell, second: Cell) -> Cell:
    """Return what a column holds where a page has more cells than columns: both texts, so that two amounts are told as unread."""
    if is_nil(first.text):
        return second
    if is_nil(second.text):
        return first
    return first._replace(
        text=f"{first.text}\n{second.text}",
        top=min(first.top, second.top),
        x1=max(first.x1, second.x1),
        bottom=max(first.bottom, second.bottom),
    )


def _open_cells(fragment: Fragment, edges: Sequence[float]) -> dict[int, Cell]:
    """Return the cells of the columns that have no rules on a page: the lines that stand there, beside its grid.

    A cell that is merged over a whole page and more has no rule left on it; its text and its amounts stand free.
    """
    grid = fragment.grid
    found: dict[int, Cell] = {}
    for column, (x0, x1) in enumerate(pairwise(edges)):
        if not (isnan(x0) or isnan(x1)) and not grid.x0 - 1 < (x0 + x1) / 2 < grid.x1 + 1:
            lines = [line for line in fragment.beside if x0 <= (line.x0 + line.x1) / 2 <= x1]
            if lines:
                text = "\n".join(line.text for line in lines)
                found[column] = Cell(0, column, grid.rows, 1, text, x0, lines[0].top, x1, lines[-1].bottom)
    return found


def _known_edges(fragment: Fragment, head: Fragment, edges: Sequence[float]) -> list[tuple[float, int]]:
    """Return the left edges of the first fragment's columns where another has not as many, to compare its cells' with."""
    if fragment is head or fragment.grid.columns == head.grid.columns:
        return []
    return [(edge, index) for index, edge in enumerate(edges[:-1]) if not isnan(edge)]


def _nearest(known: Sequence[tuple[float, int]], x0: float) -> int:
    index = bisect_left(known, (x0, -1))
    near = known[max(0, index - 1) : index + 1] or known[-1:]
    return min(near, key=lambda pair: abs(pair[0] - x0))[1]


def in_measures(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Move an amount that starts in a text column and spans into columns of amounts to the first of those.

    A total row may merge its label's cells and then, one too many, the first amount's.
    """
    measures = {c.ordinal for c in columns if c.role == "measure"}
    result = []
    for row in rows:
        if all(cell is None or cell.column_span < 2 for cell in row.cells):
            result.append(row)
            continue
        cells = list(row.cells)
        for index, cell in enumerate(row.cells):
            if cell is None or cell.column_span < 2 or index in measures or not is_amount(cell.text):
                continue
            target = next((i for i in range(index, index + cell.column_span) if i in measures), None)
            if target is not None and target < len(cells) and cells[target] is None:
                cells[index], cells[target] = None, cell
        result.append(Row(row.ordinal, row.page, tuple(cells)))
    return result


def printed_once(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Keep an amount that spans rows in its first row only; a spanning label or code stands for each of its rows."""
    starts: set[int] = set()
    result = []
    for row in rows:
        if all(cell is None or cell.row_span == 1 for cell in row.cells):
            result.append(row)
            continue
        cells = list(row.cells)
        for column in columns:
            cell = cells[column.ordinal]
            if cell is None or cell.row_span == 1:
                continue
            if not (column.role == "measure" or (column.role in TEXTS and is_amount(cell.text))):
                continue
            if id(cell) in starts:
                cells[column.ordinal] = None
            starts.add(id(cell))
        result.append(Row(row.ordinal, row.page, tuple(cells)))
    return result


def join_rows(rows: Sequence[Row], columns: Sequence[Column], totals: TotalLabels) -> list[Row]:
    """Join a row that the page break split: its code and label on one page, its amounts or the label's rest on the next.

    Only in tables with codes, where a row without a code, without amounts and without being a total cannot be a row
    of its own.
    """
    codes = [c.ordinal for c in columns if c.role == "code"]
    names = [c.ordinal for c in columns if c.role == "name"]
    measures = [c.ordinal for c in columns if c.role == "measure"]
    joined: list[Row] = []
    for row in rows:
        before = joined[-1] if joined else None
        if before is not None and codes and before.page + 1 == row.page and not _filled(row, codes):
            amounts_here, amounts_before = _filled(row, measures), _filled(before, measures)
            label = "".join(clean(c.text) for i in names if (c := row.cells[i]) is not None)
            total = totals.words.search(label)
            if (
                _filled(before, codes)
                and not (amounts_here and amounts_before)
                and not total
                and (label or not amounts_before)
            ):
                joined[-1] = _merged(before, row, names)
                continue
        joined.append(row)
    return [row if row.ordinal == index else row._replace(ordinal=index) for index, row in enumerate(joined)]


def _filled(row: Row, indexes: Sequence[int]) -> bool:
    return any((cell := row.cells[i]) is not None and not is_nil(cell.text) for i in indexes)


def _merged(before: Row, after: Row, names: Sequence[int]) -> Row:
    cells: list[Cell | None] = []
    for index, (first, second) in enumerate(zip(before.cells, after.cells, strict=True)):
        if first is None or (is_nil(first.text) and second is not None):
            cells.append(second)
        elif second is not None and index in names and not is_nil(second.text):
            cells.append(first._replace(text=f"{first.text}\n{second.text}"))
        else:
            cells.append(first)
    return Row(before.ordinal, before.page, tuple(cells))
