"""Which cells of a table are amounts, and which hold figures that nobody can read as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.grids.grid import Cell
from extractor.notation.amounts import is_amount
from extractor.notation.figures import (
    count_figures,
    has_separators,
    is_grouped_by_points,
    is_money,
    is_nil,
    may_be_grouped,
)
from extractor.notation.text import clean
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.headers import NOTHING, HeaderReader

_IN_WORDS = re.compile(
    "[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿]{2,}(?:[元圆][角分整零壹贰叁肆伍陆柒捌玖]*)?"
)  # as on cheques
_DITTO = re.compile("〃|同上")  # the figure above
MIN_TEXTS = 3  # cells of text in columns of amounts: fewer may be remarks
MAX_SHOWN_CHARS = 40
_RAISED = re.compile("\\d[⁰¹²³⁴⁵⁶⁷⁸⁹]{2}$")
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"时间|日期|年月")


class UnreadCell(NamedTuple):
    """A cell of which no figure was read: how many it prints, and where it stands, for its document's row."""

    figures: int
    text: str


def unread_figures(tables: Sequence[Table], reader: HeaderReader) -> list[UnreadCell]:
    """Return every cell that holds figures and is no amount, where one is promised or several stand on top of each other."""
    return [
        UnreadCell(
            max(1, count_figures(text)),
            f'p.{row.page} row {row.ordinal + 1} "{"/".join(column.path)}": cannot read "{" ".join(text.split())[:MAX_SHOWN_CHARS]}" as an amount',
        )
        for table in tables
        for row, column, text in _unread(table, reader)
    ]


def _unread(table: Table, reader: HeaderReader) -> Iterator[tuple[Row, Column, str]]:
    ambiguous = ambiguous_texts(table)
    columns = [(c, _mostly_digits if _should_be_money(c, reader) else _is_stack_of_money) for c in table.columns]
    for row in table.rows:
        for column, holds_figures in columns:
            cell = row.cells[column.ordinal]
            if cell is None or not cell.text:
                continue
            if column.spread:
                unread = _DIGIT.search(cell.text) is not None
            elif is_amount(cell.text):
                unread = cell.text in ambiguous and is_item(cell, column)
            else:
                unread = holds_figures(cell.text)
            if unread:
                yield row, column, cell.text


def tables_without_figures(tables: Sequence[Table], reader: HeaderReader) -> Iterator[str]:
    """Yield each table of which headers promise amounts, and whose cells below them hold text of which none has a digit.

    So it is where a font has no map and its text is what its codes happen to be.
    """
    for table in tables:
        columns = [column for column in table.columns if _should_be_money(column, reader)]
        cells = [cell.text for row in table.rows for c in columns if (cell := row.cells[c.ordinal]) is not None]
        texts = [text for text in cells if text.strip() and not is_nil(text)]
        if len(texts) >= MIN_TEXTS and not re.search(r"\d", "".join(texts)):
            shown = texts[0][:MAX_SHOWN_CHARS]
            yield f'p.{table.rows[0].page}: no figures in columns of amounts, but {len(texts)} texts such as "{shown}"'


def _mostly_digits(text: str) -> bool:
    """Return whether a text is a figure with something beside it: 项目总额1,620.20, but not 1.发行新增一般债券; or one in words, or 同上."""
    plain = clean(text)
    digits = len(re.findall("[\\d,.\ufffd]", plain))
    return any(words.fullmatch(plain) for words in (_IN_WORDS, _DITTO)) or 0 < len(plain) <= 2 * digits


def _is_stack_of_money(text: str) -> bool:
    """Return whether a cell holds nothing but figures on top of each other, printed as money is."""
    lines = text.split("\n")
    return len(lines) > 1 and all(map(is_money, lines))


def _should_be_money(column: Column, reader: HeaderReader) -> bool:
    """Return whether a column's header promises amounts, whatever stands below it."""
    if column.role == "measure":
        return column.measure is not None and column.measure.rpartition("/")[2] not in reader.groups.no_money
    leaf = reader.meaning(column.path[-1]) if column.path else NOTHING
    return bool(leaf.measures) and not leaf.kinds and not reader.groups.no_money.intersection(leaf.measures)


def ambiguous_texts(table: Table) -> frozenset[str]:
    """Return the texts that are nobody knows which number.

    Such as 905.200 where points separate thousands in the table, or 434⁵⁶ where it has no notes: raised decimals, as on price tags.
    """
    texts = {cell.text for row in table.rows for cell in row.cells if cell is not None}
    grouped = any(map(is_grouped_by_points, texts))
    return frozenset(
        text for text in texts if (grouped and may_be_grouped(text)) or (not table.footnotes and _RAISED.search(text))
    )


def is_item(cell: Cell, column: Column) -> bool:
    """Return whether a cell is an amount: any number in a measure column, elsewhere what is printed as money is."""
    if column.spread or column.role in ("code", "agency_code", "helper") or not is_amount(cell.text):
        return False
    if column.role == "measure":
        return True
    return has_separators(cell.text) and not (column.path and _DATE.search(column.path[-1]))  # 实施时间: 2023.06
