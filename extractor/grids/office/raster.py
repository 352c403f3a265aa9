"""Texts and tables in reading order → `PageLayout`, for the formats that have no geometry.

The stages after this one join fragments by column edges and read hierarchy off indents. They get both on a raster of
units: every table row is `ROW` high, every column `COLUMN` wide where the format states no width, every line `LINE`
high. These places mean order and nothing else; `UNPLACED` readings carry none of them into the datasets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from extractor.contract import ReadBy
from extractor.errors import NotADocumentError
from extractor.grids.grid import Cell, Grid, PageLayout, TextLine
from extractor.notation.figures import count_decimals, is_figure, is_money, is_nil

COLUMN, ROW, LINE = 60.0, 20.0, 12.0  # points of the raster
BLANK = 5.0  # points that one leading half-width blank indents
MAX_CELLS = 1_000_000
MAX_COLUMNS = 1_000  # columns; the bound that HTML sets on a span
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2060\ufeff\u00ad\u061c\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f]"
    # Blanks narrower than a letter's separate thousands.
    "|(?<=\\d)[\u2006-\u200a\u202f](?=\\d{3}(?!\\d))"
)


class Box(NamedTuple):
    """One cell as a format gives it; spans may run over each other or over the table's end."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as a format gives it: where two boxes meet, the first has the place; places without a box are empty.

    Attributes:
        rows: Number of rows.
        columns: Number of columns.
        boxes: Cells in any order.
        widths: Points of each column where the format states them; else empty.
    """

    rows: int
    columns: int
    boxes: tuple[Box, ...]
    widths: tuple[float, ...] = ()


Block = str | RawTable


def visible(text: str) -> str:
    """Return a text with its marks of no width and the thin blanks in its figures left out, every line trimmed."""
    plain = _INVISIBLE.sub("", text)
    return "\n".join(line.strip() for line in plain.splitlines() if line.strip())


def indent_of(text: str) -> float:
    """Return the points by which leading blanks indent a text; a full-width blank counts twice."""
    indent = 0.0
    for char in _INVISIBLE.sub("", text):
        if not char.isspace() or char == "\n":
            break
        indent += 2 * BLANK if char == "\u3000" else BLANK
    return indent


def holds_amounts(layouts: Iterable[PageLayout]) -> bool:
    """Return whether any grid names its numbers."""
    return any(names_numbers(grid) for layout in layouts for grid in layout.grids)


def names_numbers(grid: Grid) -> bool:
    """Return whether a grid of two rows and two columns or more prints a number beside or under a text.

    Rows of numbers alone are page switches, and calendars have no names beside their days.
    """
    if grid.rows < 2 or grid.columns < 2:
        return False
    figures = {cell.row for cell in grid.cells if _holds_figure(cell.text)}
    named = {cell.row for cell in grid.cells if cell.text and not _holds_figure(cell.text)}
    return bool(figures) and bool(figures & named or min(figures) > min(named, default=grid.rows))


def _holds_figure(text: str) -> bool:
    return any(map(is_figure, text.split("\n")))


def layout_of(page: int, blocks: Sequence[Block], reading: ReadBy, name: str, left: float = 0.0) -> PageLayout:
    """Lay texts and tables out one under the other.

    Args:
        page: 1-based.
        blocks: Lines of text and tables in reading order; a text of several lines is laid out as several.
        reading: The reader of its format.
        name: How error messages call the file.
        left: Left edge of everything, in points.

    Raises:
        NotADocumentError: A table is larger than any that people publish.
    """
    grids: list[Grid] = []
    lines: list[TextLine] = []
    texts: list[str] = []
    y = 0.0
    before: Block | None = None
    for block in blocks:
        if isinstance(block, str):
            for text in visible(block).splitlines():
                lines.append(TextLine(text, left, y, left + BLANK * len(text), y + LINE))
                texts.append(text)
                y += LINE
                before = block
            continue
        table = split_rows(block)
        if isinstance(before, RawTable) and not _goes_on(before, table):
            y += LINE  # only a table that goes on may touch the one above: `tables` joins those
        grid = _grid(page, table, reading, name, left, y)
        grids.append(grid)
        texts += [cell.text for cell in grid.cells if cell.text]
        y = grid.bottom
        before = table
    width = max((grid.x1 for grid in grids), default=left + COLUMN)
    return PageLayout(page, width, y + LINE, "\n".join(texts), tuple(grids), tuple(lines))


def _goes_on(before: RawTable, after: RawTable) -> bool:
    """Return whether a table right under another is its continuation: as wide, its header repeated or none of its own."""
    first = _row_texts(after, 0)
    return before.columns == after.columns and (first == _row_texts(before, 0) or any(map(is_figure, first)))


def _row_texts(table: RawTable, row: int) -> list[str]:
    return [box.text for box in table.boxes if box.row == row and box.text]


def _grid(page: int, table: RawTable, reading: ReadBy, name: str, left: float, top: float) -> Grid:
    if table.columns > MAX_COLUMNS or table.rows * table.columns > MAX_CELLS:
        raise NotADocumentError(
            f"{name}: has a table of {table.rows} rows and {table.columns} columns; expected at most {MAX_COLUMNS} columns and "
            f"{MAX_CELLS} cells: no budget has one, look at the file"
        )
    widths = table.widths if len(table.widths) == table.columns else (COLUMN,) * table.columns
    xs = [left]
    for width in widths:
        xs.append(xs[-1] + max(1.0, width))
    cells = [
        Cell(
            box.row,
            box.column,
            box.row_span,
            box.column_span,
            box.text,
            xs[box.column],
            top + ROW * box.row,
            xs[box.column + box.column_span],
            top + ROW * (box.row + box.row_span),
            box.indent,
        )
        for box in tiled(table)
    ]
    bottom = top + ROW * table.rows
    return Grid(page, reading, left, top, xs[-1], bottom, table.rows, table.columns, tuple(cells))


def split_rows(table: RawTable) -> RawTable:
    """Return a table with every row whose cells hold several rows, a line each, as those rows.

    All of its cells that are not blank must have as many lines; a cell that reaches over more rows reaches over them too.
    """
    own: dict[int, list[Box]] = {}
    for box in table.boxes:
        own.setdefault(box.row, []).append(box)
    lines = {row: _count_rows(boxes) for row, boxes in own.items()}
    if all(count == 1 for count in lines.values()):
        return table
    starts = [0]  # of each row, among the new ones
    for row in range(table.rows):
        starts.append(starts[-1] + lines.get(row, 1))
    return replace(table, rows=starts[-1], boxes=tuple(b for box in table.boxes for b in _split(box, lines, starts)))


def _count_rows(boxes: Sequence[Box]) -> int:
    """Return how many rows the cells that begin in one row hold: 1 where nothing says that they hold more."""
    texts = [box.text.split("\n") for box in boxes if box.row_span == 1 and box.text.strip()]
    counts = {len(lines) for lines in texts}
    if len(texts) < 2 or len(counts) != 1 or counts == {1}:
        return 1
    stacks = [lines for lines in texts if all(is_figure(line) or is_nil(line) for line in lines)]
    rows = sum(any(map(is_figure, line)) for line in zip(*stacks, strict=True))
    if any(map(_may_wrap, stacks)):
        return 1
    # Two whole numbers in one column alone may be one that wraps beside a label that wraps.
    sure = len(stacks) > 1 or any(all(is_money(line) or is_nil(line) for line in lines) for lines in stacks)
    return counts.pop() if rows > 1 and sure else 1


def _may_wrap(lines: Sequence[str]) -> bool:
    """Return whether figures under each other may be one that wraps, `1,234.5⏎6`: their print differs."""
    figures = [line for line in lines if is_figure(line)]
    decimals = {count_decimals(figure) for figure in figures}
    return len(decimals) > 1 or (decimals == {0} and len(set(map(is_money, figures))) > 1)


def _split(box: Box, lines: dict[int, int], starts: Sequence[int]) -> Iterator[Box]:
    """Yield a cell in its place among the new rows, or the cells of its lines."""
    top = starts[box.row]
    texts = box.text.split("\n")
    if box.row_span == 1 and lines[box.row] == len(texts) > 1:
        for line, text in enumerate(texts):
            yield box._replace(row=top + line, text=text)
        return
    if box.row_span == 1 and lines[box.row] > 1:  # blank, and so is each of its rows
        return
    end = starts[min(box.row + box.row_span, len(starts) - 1)]
    yield box._replace(row=top, row_span=end - top)


def tiled(table: RawTable) -> list[Box]:
    """Return boxes that cover a table without overlap, ordered by row, then column."""
    owner: list[list[Box | None]] = [[None] * table.columns for _ in range(table.rows)]
    kept: list[Box] = []
    for box in sorted(table.boxes):
        if box.row >= table.rows or box.column >= table.columns or owner[box.row][box.column] is not None:
            continue
        wide = 1
        last = min(table.columns, box.column + box.column_span)
        while box.column + wide < last and owner[box.row][box.column + wide] is None:
            wide += 1
        span = range(box.column, box.column + wide)
        tall = 1
        while box.row + tall < min(table.rows, box.row + box.row_span) and all(
            owner[box.row + tall][column] is None for column in span
        ):
            tall += 1
        own = box._replace(row_span=tall, column_span=wide)
        for row in range(box.row, box.row + tall):
            owner[row][span.start : span.stop] = [own] * wide
        kept.append(own)
    empty = [
        Box(row, column, 1, 1, "") for row, line in enumerate(owner) for column, box in enumerate(line) if box is None
    ]
    return sorted(kept + empty)
