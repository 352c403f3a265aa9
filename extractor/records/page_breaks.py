"""Merged cells that a page break cuts: what the part without text stands for.

A cell merged over rows prints its text once, and a page break leaves a blank part of it on the page before or after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from extractor.grids.grid import Cell
from extractor.notation.text import clean
from extractor.tables.table import Column, Row, Table

MIN_MERGED = 2  # columns that go on beside each other over the break


def cut_cells(table: Table, columns: Sequence[Column]) -> dict[tuple[int, int], Cell | None]:
    """Return the blank parts of merged cells beside page breaks, as (row, column) → the cell that goes on there.

    That is the last of the page before, where all merged columns go on blank and end on the page: a new row group would
    print something. Elsewhere it is None, for the text may stand on either page.

    Args:
        table: Its rows over all pages.
        columns: Those that may be merged over rows, such as a project's name, its amount and its goal.
    """
    pages = [list(rows) for _, rows in groupby(table.rows, key=lambda row: row.page)]
    if len(pages) < 2:
        return {}
    merged = [column.ordinal for column in columns if _is_merged(table.rows, column.ordinal)]
    found: dict[tuple[int, int], Cell | None] = {}
    for column in merged:
        cut: dict[tuple[int, int], Cell | None] = {}
        for number, rows in enumerate(pages):
            for row in _leading_blanks(rows, column) if number else ():
                cut[row.ordinal, column] = _going_on(pages[number - 1][-1], rows, row, column, merged)
            for row in rows if all(row.cells[column] is None for row in rows) else ():
                cut[row.ordinal, column] = None  # merged over the whole page and more, which leaves no rule on it
            for row in _leading_blanks(rows[::-1], column) if number + 1 < len(pages) else ():
                cut[row.ordinal, column] = None
        if all((row.ordinal, column) in cut for row in table.rows if _is_blank(row.cells[column])):
            found |= cut
    return found


def _going_on(above: Row, rows: Sequence[Row], row: Row, column: int, merged: Sequence[int]) -> Cell | None:
    """Return the cell of the row above a page that goes on in a row of the page; None where that does not show."""
    first, own, before = rows[0].cells, row.cells[column], above.cells[column]
    same = own is not None and (top := first[column]) is not None and own.row == top.row
    quiet = all(first[other] is None or _is_blank(first[other]) for other in merged)
    shown = same and quiet and len(merged) >= MIN_MERGED
    return before if shown and before is not None and not _is_blank(before) else None


def _leading_blanks(rows: Sequence[Row], column: int) -> Iterator[Row]:
    return takewhile(lambda row: _is_blank(row.cells[column]), rows)


def _is_merged(rows: Sequence[Row], column: int) -> bool:
    cells = (row.cells[column] for row in rows)
    return any(cell is not None and cell.row_span > 1 and bool(clean(cell.text)) for cell in cells)


def _is_blank(cell: Cell | None) -> bool:
    """Return whether a column has a cell in a row, and nothing in it; where another cell covers it, it has none."""
    return cell is not None and not clean(cell.text)
