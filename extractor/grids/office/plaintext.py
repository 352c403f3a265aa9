"""Text files → page layouts: tables whose cells are separated by tabs or pipes, page breaks by form feeds.

Such files are dumps of documents. A merged cell is its text and blanks after it, so that the spans of a header are
read off what stands above and below a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.captions import cut
from extractor.grids.office.raster import Block, Box, RawTable, holds_amounts, indent_of, layout_of, visible
from extractor.notation.figures import is_figure
from extractor.source.encoding import decode_text

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_EMPHASIS = re.compile(r"(\*\*|__)(?=[^*_\s])(.+?)\1")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
MAX_HEADER_ROWS = 8

Rows = list[list[str]]


def read_text(data: bytes, name: str) -> Reading:
    """Read the tables of a text dump and the lines around them.

    Args:
        data: The file's bytes; the encoding is told by them.
        name: How error messages call the file.

    Raises:
        NotADocumentError: It has no table of amounts.
    """
    pages = decode_text(data).split("\f")
    layouts = [layout_of(number, list(_blocks(page)), "text", name) for number, page in enumerate(pages, 1)]
    if not holds_amounts(layouts):
        raise NotADocumentError(
            f"{name}: is a text without a table of amounts; expected cells separated by tabs or by | in a budget's text"
        )
    return Reading(layouts)


def _blocks(page: str) -> Iterator[Block]:
    """Yield lines and tables; a table that lost a column on its first page gets it back from its continuation."""
    parts = list(_parts(page.splitlines()))
    for index in range(len(parts) - 1, 0, -1):
        before, after = parts[index - 1], parts[index]
        if isinstance(before, list) and isinstance(after, list):
            parts[index - 1] = _completed(before, after)
    for part in parts:
        yield from (part,) if isinstance(part, str) else cut(raw_table_of(part))


def _parts(lines: Sequence[str]) -> Iterator[str | Rows]:
    rows: Rows = []
    for index, line in enumerate(lines):
        cells = _split(line)
        if len(cells) < 2 and rows and line.strip() and _lost_its_tabs(rows, lines, index):
            cells = [line, ""]
        if len(cells) > 1:
            rows.append(cells)
            continue
        if _RULE.fullmatch(line) and rows and "-" in line:
            continue
        yield from _flushed(rows)
        rows = []
        if line.strip():
            yield _HEADING.sub("", line)
    yield from _flushed(rows)


def _split(line: str) -> list[str]:
    if "\t" in line:
        return line.rstrip("\r\n").split("\t")
    plain = line.strip()
    if not plain.startswith("|") or _RULE.fullmatch(plain):
        return [line]
    cells = _PIPE.split(plain[1:].removesuffix("|"))
    return [_EMPHASIS.sub(r"\2", re.sub(r"<br\s*/?>", "\n", cell.replace("\\|", "|")).strip()) for cell in cells]


def _lost_its_tabs(rows: Rows, lines: Sequence[str], index: int) -> bool:
    """Return whether a line between two rows of amounts is a row too, whose trailing blanks an editor cut off."""
    after = _split(lines[index + 1]) if index + 1 < len(lines) else []
    return any(map(is_figure, rows[-1])) and any(map(is_figure, after))


def _flushed(rows: Rows) -> Iterator[str | Rows]:
    """Yield collected rows as a table; a single row of them is a line whose parts stand apart."""
    if len(rows) > 1:
        yield [row + [""] * (max(map(len, rows)) - len(row)) for row in rows]
    else:
        yield from (cell for row in rows for cell in row if cell.strip())


def _header_rows(rows: Rows) -> int:
    """Return how many rows stand above the first that has a figure or a code, or only a first cell; the last never does."""
    for index, row in enumerate(rows[:MAX_HEADER_ROWS]):
        if any(map(is_figure, row)) or (index and row[0].strip() and not any(cell.strip() for cell in row[1:])):
            return index
    return min(MAX_HEADER_ROWS, len(rows) - 1)


def _completed(before: Rows, after: Rows) -> Rows:
    """Give a table the header of its continuation where that prints the same texts, or one column more.

    Seen in a published text: 功能分类科目名称 is missing on the first page of every table that runs over two, and its group
    reaches over one column too few. The column comes back with its header and empty cells; what the dump lost stays lost.
    """
    depth = _header_rows(after)
    more = len(after[0]) - len(before[0])
    if not depth or _header_rows(before) != depth or more not in (0, 1):
        return before
    own = [[cell for cell in row if cell.strip()] for row in before[:depth]]
    other = [[cell for cell in row if cell.strip()] for row in after[:depth]]
    if more == 0:
        return after[:depth] + before[depth:] if own == other else before
    differing = [index for index in range(depth) if own[index] != other[index]]
    if len(differing) != 1:
        return before
    row = differing[0]
    added = [
        c for c, cell in enumerate(after[row]) if cell.strip() and [t for t in other[row] if t != cell] == own[row]
    ]
    if len(added) != 1:
        return before
    return after[:depth] + [[*cells[: added[0]], "", *cells[added[0] :]] for cells in before[depth:]]


def raw_table_of(rows: Rows) -> RawTable:
    """Return rows of texts as a table; a header's spans are read off its blanks."""
    depth, columns = _header_rows(rows), len(rows[0])
    boxes = _header_boxes(rows[:depth])
    boxes += [
        Box(number, column, 1, 1, visible(text), indent_of(text))
        for number, row in enumerate(rows[depth:], depth)
        for column, text in enumerate(row)
    ]
    return RawTable(len(rows), columns, tuple(boxes))


def _header_boxes(rows: Rows) -> list[Box]:
    """Read spans off a header: a blank belongs to the text on its left under the same group, else to the text above.

    The last header row names single columns: nothing there runs over its right neighbour.
    """
    if not rows:
        return []
    boxes: list[Box] = []
    groups = [range(len(rows[0]))]  # columns that one cell of the row above covers
    owners: list[int | None] = [None]
    for number, row in enumerate(rows):
        next_groups: list[range] = []
        next_owners: list[int | None] = []
        for group, owner in zip(groups, owners, strict=True):
            if not any(row[column].strip() for column in group):
                if owner is not None:
                    boxes[owner] = boxes[owner]._replace(row_span=number + 1 - boxes[owner].row)
                next_groups.append(group)
                next_owners.append(owner)
                continue
            column = group.start
            while column < group.stop:
                stop = column + 1
                while number < len(rows) - 1 and row[column].strip() and stop < group.stop and not row[stop].strip():
                    stop += 1
                text = visible(row[column])
                next_owners.append(len(boxes) if text else None)
                next_groups.append(range(column, stop))
                boxes.append(Box(number, column, 1, stop - column, text))
                column = stop
        groups, owners = next_groups, next_owners
    return boxes
