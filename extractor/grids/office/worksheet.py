"""Worksheets → page layouts: what a printed sheet would show, cut into tables and the lines around them.

Hidden columns, hidden sheets and cells outside the print area are left out and counted: they hold the helpers of whoever
made the workbook. So are hidden rows, but for those among the data that a filter hides and that hold amounts: publishers
filter the 项 rows away, and the sums that they show count them. Blank columns and rows, however far away a stray format reaches, take no room.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractor.grids.grid import PageLayout, Reading
from extractor.grids.office.captions import cut
from extractor.grids.office.raster import Block, Box, RawTable, indent_of, layout_of, visible
from extractor.notation.figures import is_figure

LOWEST, NARROWEST = 2.0, 0.5  # points of a row, characters of a column: in less, nothing is seen
USUAL = 11.0  # points of the type of cells that state none
MEASURED = 12.0  # points of type whose digits are as wide as what columns are measured in: 宋体 of 11 and of 12, at 8 pixels a digit
LEAST_HEIGHT = 0.6  # of the size of its type: a row of less cuts the digits off
_NOT_ZERO = re.compile(r"[1-9１-９]")

Area = tuple[int, int, int, int]  # first row, first column, last row, last column; all included


@dataclass(slots=True)
class Sheet:
    """One worksheet; rows and columns count from 0.

    Attributes:
        name: On its tab.
        cells: (row, column) → text as shown, of the cells that are not blank.
        indents: (row, column) → points that the cell's alignment indents it.
        merges: Merged areas.
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown.
        widths: Column → its width in characters, of those that state one.
        printed: The print area; empty where the sheet states none.
        filtered: Whether a filter hides rows of it, of which it then shows a choice.
        hidden: Whether the sheet itself is not shown.
        unseen: How many figures are struck or have the colour behind them; they are in no cell.
        covered: How many figures lie under drawings; they are in no cell.
        narrow: How many figures are wider than their columns, and so shown as ####; they are in no cell.
        doubted: How many figures a conditional format may hide whose condition is a formula.
        shapes: How many filled shapes lie over it at places that are not read.
        low: How many figures stand in rows too low to show their digits; they are in no cell.
        as_formulas: How many figures a sheet holds that shows formulas, and numbers without their formats; they are in no cell.
    """

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    indents: dict[tuple[int, int], float] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    printed: list[Area] = field(default_factory=list)
    filtered: bool = False
    hidden: bool = False
    unseen: int = 0
    covered: int = 0
    narrow: int = 0
    doubted: int = 0
    shapes: int = 0
    low: int = 0
    as_formulas: int = 0


def is_cut_off(height: float | None, size: float) -> bool:
    """Return whether a row, in points, is shown and too low for digits of a size; None is a height that nobody states."""
    return height is not None and LOWEST <= height < LEAST_HEIGHT * size


def fits(text: str, number: float, is_general: bool, size: float, width: float) -> bool:
    """Return whether a column has room for a number's digits; General does with one decimal.

    Args:
        text: As shown.
        number: Its value.
        is_general: Whether its format is General.
        size: Of its type, in points.
        width: Of its column, or of those that its cell is merged over, in characters.
    """
    least = len(f"{abs(number):.0f}") + (0 if float(number).is_integer() else len(".0"))
    digits = least if is_general else sum(map(str.isdecimal, text))
    return digits * size / MEASURED <= width


def read_sheets(sheets: Sequence[Sheet], name: str) -> Reading:
    """Lay worksheets out, a page each; a hidden one is an empty page, so that page numbers are those of the sheets.

    Args:
        sheets: Every worksheet in order.
        name: How error messages call the file.

    Returns:
        The layouts, and notes on the figures that no printed sheet shows.
    """
    layouts: list[PageLayout] = []
    left_out = folded = 0
    unseen = sum(sheet.unseen for sheet in sheets)
    for number, sheet in enumerate(sheets, 1):
        cells = [] if sheet.hidden else _shown(sheet)
        data = _folded_rows(sheet, cells)
        table = _raster(cells, sheet.hidden_rows - data)
        folded += sum(box.row in data and is_figure(box.text) for box in cells)
        left_out += sum(is_figure(visible(text)) for text in sheet.cells.values()) - sum(
            is_figure(box.text) for box in table.boxes
        )
        blocks: list[Block] = [sheet.name, *cut(table)] if table.boxes else []
        # Sheets share no ruler: column C of one does not carry column C of another on.
        layouts.append(layout_of(number, blocks, "xlsx", name, left=1_000.0 * number))
    notes = []
    if folded:
        notes.append(f"{folded} figures are read from hidden rows, because the sums that are shown count them")
    if left_out:
        notes.append(f"{left_out} figures in hidden rows, columns or sheets or outside the print area are left out")
    if unseen:
        notes.append(f"{unseen} figures are struck or of the colour behind them and left out")
    return Reading(layouts, _gaps([sheet for sheet in sheets if not sheet.hidden]), notes=notes)


def _gaps(sheets: Sequence[Sheet]) -> list[str]:
    """Return what of the figures of sheets their cells alone do not show."""
    doubted = sum(sheet.doubted for sheet in sheets)
    covered, narrow = sum(sheet.covered for sheet in sheets), sum(sheet.narrow for sheet in sheets)
    low, as_formulas = sum(sheet.low for sheet in sheets), sum(sheet.as_formulas for sheet in sheets)
    gaps: list[str] = []
    if doubted:
        gaps.append(f"{doubted} figures stand under conditional formats that may hide them: save it as PDF")
    if covered:
        gaps.append(f"{covered} figures lie under shapes, pictures or charts and are left out: save it as PDF")
    if narrow:
        gaps.append(f"{narrow} figures are shown as #### and left out: widen their columns and save it again")
    shapes = sum(sheet.shapes for sheet in sheets)
    if shapes:
        gaps.append(f"{shapes} shapes lie over its sheets, at places that are not read: save it as PDF")
    if low:
        gaps.append(
            f"{low} figures are cut off by rows too low for them and left out: make the rows higher and save it again"
        )
    if as_formulas:
        gaps.append(
            f"{as_formulas} figures are on sheets that show formulas and are left out: show their values and save it again"
        )
    return gaps


def _shown(sheet: Sheet) -> list[Box]:
    """Return the cells that a sheet prints, those of hidden rows too, in sheet coordinates."""
    merges = {(area[0], area[1]): area for area in sheet.merges}
    found: list[Box] = []
    for (row, column), text in sheet.cells.items():
        top, left, bottom, right = merges.get((row, column), (row, column, row, column))
        left = next((c for c in range(left, right + 1) if c not in sheet.hidden_columns), -1)
        if left >= 0 and visible(text):
            indent = indent_of(text) + sheet.indents.get((row, column), 0.0)
            found.append(Box(top, left, bottom + 1 - top, right + 1 - left, visible(text), indent))
    inside = [box for box in found if _is_printed(box, sheet.printed)]
    return inside or found  # a print area around nothing is a leftover


def _folded_rows(sheet: Sheet, cells: Sequence[Box]) -> set[int]:
    """Return the rows among the data that a filter hides: with a label and an amount, below the first one that is shown."""
    if not sheet.filtered:
        return set()
    figures = {box.row for box in cells if is_figure(box.text) and _NOT_ZERO.search(box.text)}
    labels = {box.row for box in cells if not is_figure(box.text)}
    first = min((row for row in figures if row not in sheet.hidden_rows), default=0)
    return {row for row in figures & labels & sheet.hidden_rows if row > first}


def _raster(cells: Sequence[Box], hidden: set[int]) -> RawTable:
    """Return cells as one raster: rows and columns in use alone, one empty row where there are any between."""
    found: list[Box] = []
    for box in cells:
        stop = box.row + box.row_span
        top = next((row for row in range(box.row, stop) if row not in hidden), None)
        if top is not None:  # of a merged cell that begins in a hidden row, the rest shows its text
            found.append(box._replace(row=top, row_span=stop - top))
    rows = _rows_in_use(found, hidden)
    columns = sorted({box.column for box in found})
    boxes = []
    for box in found:
        row, column = bisect_left(rows, box.row), bisect_left(columns, box.column)
        tall = bisect_left(rows, box.row + box.row_span) - row
        wide = bisect_left(columns, box.column + box.column_span) - column
        boxes.append(box._replace(row=row, column=column, row_span=tall, column_span=wide))
    return RawTable(len(rows), len(columns), tuple(sorted(boxes)))


def _rows_in_use(cells: Sequence[Box], hidden: set[int]) -> list[int]:
    """Return the rows in which a cell begins, and between two of them the first row that is shown and empty."""
    filled = sorted({box.row for box in cells})
    reached = {
        row for box in cells if box.row_span > 1 for row in range(box.row, min(box.row + box.row_span, filled[-1]))
    }
    rows: list[int] = []
    for row in filled:
        between = range(rows[-1] + 1, row) if rows else range(0)
        gap = next((r for r in between if r not in hidden and r not in reached), None)
        rows += [row] if gap is None else [gap, row]
    return rows


def _is_printed(box: Box, printed: Sequence[Area]) -> bool:
    return not printed or any(p[0] <= box.row <= p[2] and p[1] <= box.column <= p[3] for p in printed)
