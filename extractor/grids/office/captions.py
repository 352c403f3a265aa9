"""One raster of cells that holds titles, tables and notes → the lines and tables that it is made of.

Sheets carry their title, unit line and notes in cells, and one Word or HTML table may hold five tables of an annex, one
under the other, each with its title in merged cells.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from extractor.grids.office.raster import Block, Box, RawTable
from extractor.notation.figures import is_figure
from extractor.notation.numbering import CHINESE

# What the caption of a table looks like in any language of tables: 表三, 附表5, …情况表, …表（草案）.
_TITLE = re.compile(rf"附?表[-\s\d{CHINESE}百]+|.*表(?:[（(][^（()）]*[)）])?")
MAX_LABEL_CHARS = 40  # characters: a longer text alone in its row is a note

Rows = list[list[Box]]


def cut(table: RawTable) -> Iterator[Block]:
    """Yield a raster's captions as lines and its tables each by itself, notes under a table as lines after it.

    A table begins after the captions at the raster's start, and after captions further down that follow an empty row or
    name a table, if the row under them has texts and no figure, as headers have.
    """
    rows: Rows = [[] for _ in range(table.rows)]
    for box in sorted(table.boxes):
        if box.text and box.row < table.rows:
            rows[box.row].append(box)
    covered = _covered(rows)
    # Captions, and the rows from which to which their table may reach.
    pieces: list[tuple[list[Box], int, int]] = [([], 0, 0)]
    index = 0
    while index < len(rows):
        end = _captions_end(rows, covered, index, table.columns)
        begin = index if not any(pieces[-1]) else _captions_begin(rows, index, end)
        if begin < end:
            pieces[-1] = (*pieces[-1][:2], begin)
            pieces.append(([box for row in rows[begin:end] for box in row], end, end))
        index = max(end, index + 1)
        pieces[-1] = (*pieces[-1][:2], index)
    for captions, start, stop in pieces:
        yield from (box.text for box in captions)
        yield from _body_blocks(rows, covered, (start, stop), table)


def _covered(rows: Rows) -> list[bool]:
    """Tell for each row whether a cell of it or of a row above reaches beyond its row."""
    covered = [False] * len(rows)
    for number, row in enumerate(rows):
        for box in row:
            if box.row_span > 1:
                stop = min(len(rows), number + box.row_span)
                covered[number:stop] = [True] * (stop - number)
    return covered


def _captions_end(rows: Rows, covered: Sequence[bool], start: int, columns: int) -> int:
    """Return the index behind the run of empty and caption rows that begins at a row."""
    end = start
    while end < len(rows) and not covered[end] and (not rows[end] or _is_caption(rows[end], columns)):
        end += 1
    return end


def _is_caption(row: Sequence[Box], columns: int) -> bool:
    """Return whether a row is one text, or a few that caption a table, such as 表二 and 单位：万元."""
    if any(is_figure(box.text) for box in row):
        return False
    if len(row) == 1:
        box = row[0]
        # A group's name over some of the columns is a header, unless it says what it is: 单位：万元.
        return box.column == 0 or box.column_span == 1 or _speaks(box.text) or 2 * box.column_span > columns
    sparse = 2 * sum(box.column_span for box in row) <= columns
    return all(_speaks(box.text) for box in row) or (sparse and any(_speaks(box.text) for box in row))


def _speaks(text: str) -> bool:
    return ":" in text or "：" in text or bool(_TITLE.fullmatch(text))


def _captions_begin(rows: Rows, start: int, end: int) -> int:
    """Return where in a run of empty and caption rows the captions of a table begin; its end where they do not."""
    below = rows[end] if end < len(rows) else []
    if len(below) < 2 or any(is_figure(box.text) for box in below):
        return end
    if any(_TITLE.fullmatch(box.text) for row in rows[start:end] for box in row):
        return start
    return next((row for row in range(start, end) if not rows[row]), end)


def _body_blocks(rows: Rows, covered: Sequence[bool], span: tuple[int, int], table: RawTable) -> Iterator[Block]:
    """Yield the table of some rows and the notes under it."""
    start, stop = span
    while start < stop and not rows[start] and not covered[start]:
        start += 1
    end = stop
    while end > start + 1 and not covered[end - 1] and (not rows[end - 1] or _is_note(rows[end - 1], table.columns)):
        end -= 1
    boxes = [box._replace(row=box.row - start) for row in rows[start:end] for box in row]
    if boxes and (start, end) == (0, table.rows):
        yield table
    elif boxes:
        yield _narrowed(end - start, boxes, table)
    yield from (box.text for row in rows[end:stop] for box in row)


def _is_note(row: Sequence[Box], columns: int) -> bool:
    if len(row) != 1 or is_figure(row[0].text):
        return False
    return 2 * row[0].column_span > max(2, columns) or len(row[0].text) > MAX_LABEL_CHARS


def _narrowed(rows: int, boxes: Sequence[Box], table: RawTable) -> RawTable:
    """Return boxes as a table without the columns in which none of them begins: other tables of the raster use those."""
    used = sorted({box.column for box in boxes})
    stop = max(box.column + box.column_span for box in boxes)
    moved = [
        box._replace(
            column=bisect_left(used, box.column),
            column_span=bisect_left(used, box.column + box.column_span) - bisect_left(used, box.column),
        )
        for box in boxes
    ]
    widths: tuple[float, ...] = ()
    if table.widths:
        ends = [*used[1:], stop]
        widths = tuple(sum(table.widths[a:b]) for a, b in zip([0, *used[1:]], ends, strict=True))
    return RawTable(rows, len(used), tuple(moved), widths)
