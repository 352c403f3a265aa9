"""Where a grid's header ends, and its tree: the path of texts from the outermost group to each leaf column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.grids.grid import Cell, Grid
from extractor.notation.amounts import is_amount
from extractor.notation.figures import has_separators, is_nil
from extractor.notation.numbering import ITEM
from extractor.notation.text import clean
from extractor.vocabulary.headers import HELPER_ROW, HeaderReader
from extractor.vocabulary.label_rules import TotalLabels

_CODE = re.compile(r"\d{2,9}")
_NUMBERED = re.compile(rf"{ITEM}|\[\d+\]|\d{{3,7}}(?:[-—][^\d年度月]|[^\d年度月—-])")
MAX_HEADER_ROWS = 8
CODE_LEVELS = ("类", "款", "项", "目")
MIN_NAMES, KNOWN_NAMES = 3, 0.75  # a list's first and last header rows: so many names, so many of them known

Matrix = list[list[Cell | None]]  # [row][column] → the cell that covers it
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A grid's header: its rows `start` to `end` (exclusive), the leaf paths, and the tree as printed."""

    start: int
    end: int
    paths: tuple[Path, ...]
    tree: tuple[dict[str, object], ...]


def matrix_of(grid: Grid) -> Matrix:
    """Return for every row and column the cell that covers it."""
    matrix: Matrix = [[None] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                matrix[row][column] = cell
    return matrix


def read_header(grid: Grid, matrix: Matrix, start: int, reader: HeaderReader, totals: TotalLabels) -> Header:
    """Find where the header ends, reading from row `start` down.

    A header ends before the first row that prints an amount, a code, a numbered label or a total, and no earlier than
    the cells of its first row reach down; it goes on with rows of known texts, most of all under a group.
    """
    end = start
    while end < min(grid.rows, start + MAX_HEADER_ROWS):
        cells = _starting(matrix, end)
        if not cells:  # of nothing but what reaches down from the rows above
            end += 1
            continue
        if end > start and all(_path(matrix, start, end, column) for column in range(grid.columns)):
            if not _is_helper(cells) and not _goes_on(matrix, end, cells, reader, totals):
                break
        elif (_is_data(cells, reader, totals) or _has_figure(matrix, start, end, cells)) and not _is_helper(cells):
            break
        end = max([end + 1] + [c.row + c.row_span for c in cells if end == start and not is_nil(c.text)])
    end = min(end, grid.rows)
    paths = tuple(_path(matrix, start, end, column) for column in range(grid.columns))
    return Header(start, end, paths, _tree(matrix, start, end, 0, grid.columns))


def no_header(grid: Grid) -> Header:
    """Return the header of a form: none over all of it."""
    return Header(0, 0, ((),) * grid.columns, ())


def is_list(header: Header, reader: HeaderReader) -> bool:
    """Return whether a header names columns; a form's first row sets labels and values beside each other instead."""
    rows = ({path[place] for path in header.paths if path} for place in (0, -1))
    return all(
        len(texts) >= MIN_NAMES and sum(reader.meaning(t).known for t in texts) >= KNOWN_NAMES * len(texts)
        for texts in rows
    )


def _starting(matrix: Matrix, row: int) -> list[Cell]:
    seen: list[Cell] = []
    for cell in matrix[row]:
        if cell is not None and cell.row == row and cell not in seen[-1:]:
            seen.append(cell)
    return seen


def _is_helper(cells: Sequence[Cell]) -> bool:
    """Return whether a row numbers the columns: 栏次 1 2 3, (1)=(2)+(3) (2) (3), or `**`; 类 款 项 may stand before 栏次."""
    texts = [text for c in cells if (text := clean(c.text)) and text not in CODE_LEVELS]
    if len(texts) < 2 or not all(HELPER_ROW.fullmatch(t) for t in texts):
        return False
    numbers = [int(m[1]) for t in texts if (m := re.match(r"\(?(\d+)", t))]
    marked = any(t in ("栏次", "行次") or "*" in t for t in texts)  # ** | ** | 1: one amount column, numbered
    return all(b - a == 1 for a, b in pairwise(numbers)) and (marked or len(numbers) != 1)


def _is_data(cells: Sequence[Cell], reader: HeaderReader, totals: TotalLabels) -> bool:
    for cell in cells:
        text = clean(cell.text)
        if (is_amount(cell.text) and (has_separators(text) or _CODE.fullmatch(text) or text == "0")) or (
            _NUMBERED.match(text) and not cell.column_span > 2 and not _is_dated(text, reader)
        ):
            return True
    texts = [clean(c.text) for c in cells]
    filled = [t for t in texts if t]
    return len(filled) == 1 and len(texts) > 2 and bool(totals.column.fullmatch(filled[0].rstrip(":")))


def _has_figure(matrix: Matrix, start: int, row: int, cells: Sequence[Cell]) -> bool:
    """Return whether a row has an amount, of one digit too, under a text: 甲 | 延续 | 5 under 项目 | blank | 金额."""
    if row == start or all(HELPER_ROW.fullmatch(clean(c.text)) for c in cells):
        return False
    return any(is_amount(c.text) and _path(matrix, start, row, c.column) for c in cells)


def _is_dated(text: str, reader: HeaderReader) -> bool:
    """Return whether a text is a header that begins with a year, not a code's name: 2021决算数."""
    meaning = reader.meaning(text)
    return meaning.year is not None and meaning.known


def _goes_on(matrix: Matrix, row: int, cells: Sequence[Cell], reader: HeaderReader, totals: TotalLabels) -> bool:
    """Return whether a row is a further header row: every cell a text of the vocabulary, or most of them under a group.

    Texts that repeat 预算数 and 决算数 are header also beside blank cells and under none that spans: 2024年 | 2024年 over 预算数 | 决算数.
    """
    filled = [c for c in cells if not is_nil(c.text)]
    if not filled or any(is_amount(c.text) for c in filled) or _is_data(cells, reader, totals):
        return False
    if all(len({id(over) for over in matrix[row - 1][c.column : c.column + c.column_span]}) > 1 for c in filled):
        return False  # 一般债务 merged over columns that are told apart above it is a section of rows
    meanings = [reader.meaning(c.text) for c in filled]
    known = sum(meaning.known for meaning in meanings)
    phased = known == len(filled) and sum(meaning.phase is not None for meaning in meanings) > 1
    grouped = any(over is not None and over.column_span > 1 for over in (matrix[row - 1][c.column] for c in filled))
    return known == len(cells) or phased or (grouped and len(filled) > 1 and 2 * known >= len(filled))


def _path(matrix: Matrix, start: int, end: int, column: int) -> Path:
    path: list[str] = []
    before: Cell | None = None
    for row in range(start, end):
        cell = matrix[row][column]
        if cell is None or cell is before:
            continue
        before = cell
        text = clean(cell.text)
        if (
            text
            and not (path and path[-1] == text)
            and not (row > start and HELPER_ROW.fullmatch(text) and text != "行次")
        ):
            path.append(text)
    return tuple(path)


def _tree(matrix: Matrix, row: int, end: int, left: int, right: int) -> tuple[dict[str, object], ...]:
    """Return the header cells of one row between two columns, each with those under it."""
    nodes: list[dict[str, object]] = []
    if row >= end:
        return ()
    column = left
    while column < right:
        cell = matrix[row][column]
        if cell is None:
            column += 1
            continue
        stop = min(right, cell.column + cell.column_span)
        node: dict[str, object] = {"text": clean(cell.text)}
        children = _tree(matrix, cell.row + cell.row_span, end, column, stop)
        if children:
            node["children"] = list(children)
        nodes.append(node)
        column = stop
    return tuple(nodes)
