"""The units of rows: 人, % and 元/月 stand among 万元 in tables of basic data, in a column of their own or behind the labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.notation.text import clean
from extractor.notation.units import BEHIND_LABEL, ROW_UNIT, YUAN
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.column_rules import MeasureGroups

_UNIT = re.compile(ROW_UNIT)
_BEHIND_LABEL = re.compile(rf"[(（](?:单位[:：])?({BEHIND_LABEL})[)）]$")


@dataclass(frozen=True, slots=True)
class RowUnits:
    """Reads the units of one block's rows.

    Attributes:
        columns: Those whose texts are units.
        of_money: Those of money, whatever stands in brackets behind the labels.
    """

    columns: tuple[int, ...]
    of_money: frozenset[int]

    @classmethod
    def of(cls, columns: Sequence[Column], table: Table, groups: MeasureGroups) -> RowUnits:
        """Find the columns of a block whose texts are units and nothing else.

        Money is among those of its values; where things are counted too, 台, 套 and 元 are the units of their number,
        and where indicators are listed, of their targets.
        """
        counted = {c.ordinal for c in table.columns if c.measure in groups.counted | groups.targets}
        own = [c.ordinal for c in columns if c.role not in ("measure", "code", "agency_code")]
        units = () if counted else tuple(ordinal for ordinal in own if _holds_units(table.rows, ordinal))
        of_money = {
            c.ordinal
            for c in table.columns
            if c.ordinal not in counted and (counted or groups.of_money.search("".join(c.path[-1:])))
        }
        return cls(units, frozenset() if units or table.measured_by_rows else frozenset(of_money))

    def read(self, row: Row, label: str) -> str | None:
        """Return the unit that a row prints, in its own column or in brackets behind its label; None for the table's."""
        own = next((text for ordinal in self.columns if not _says_none(text := _text(row, ordinal))), None)
        behind = _BEHIND_LABEL.search(clean(label))
        return own or (behind[1] if behind else None)

    def fits(self, unit: str, column: Column) -> bool:
        """Return whether a row's unit may be a column's: 台 behind a label is none of 金额, nor of what stands beside 数量."""
        return unit in YUAN or column.ordinal not in self.of_money


def _holds_units(rows: Sequence[Row], ordinal: int) -> bool:
    """Return whether the texts of a column are units and nothing else, money among them."""
    of_money = False
    for row in rows:
        text = _text(row, ordinal)
        if _UNIT.fullmatch(text):
            of_money = of_money or text in YUAN
        elif not _says_none(text):
            return False
    return of_money


def _says_none(text: str) -> bool:
    """Return whether a text is blank, or a mark in its place: × beside a group of rows."""
    return not any(char.isalnum() or char in "%‰" for char in text)


def _text(row: Row, ordinal: int) -> str:
    cell = row.cells[ordinal]
    return clean(cell.text) if cell is not None else ""
