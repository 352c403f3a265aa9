"""Forms (绩效目标表, 自评表): labels and values beside each other, and small headers of their own further down.

A form has no header over all of it. What a figure is, say the texts to its left and the texts above it, together:
年度资金总额 | 全年预算数 … 1,395.00 is the total amount, as budgeted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from extractor.grids.grid import Cell
from extractor.notation.amounts import is_amount
from extractor.notation.figures import has_separators, is_bound, is_nil
from extractor.notation.text import clean, printed
from extractor.records.item import Attribute
from extractor.tables.columns import concepts_of
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.headers import NOTHING, HeaderReader, Meaning

_TARGET = re.compile(r"[^一-鿿]*\d[^一-鿿]*%")
TARGET = "indicator_value"
KEY_ROWS = 8  # a form names its project and its units in its first rows


class Figure(NamedTuple):
    """One figure of a form: where it stands, the column that it would have in a table, and its row's label."""

    cell: Cell
    column: Column
    label: str
    is_total: bool


@dataclass(frozen=True)
class FormReader:
    """Reads the figures of one form."""

    table: Table
    reader: HeaderReader

    @property
    def groups(self) -> MeasureGroups:
        """What is true of some concepts besides their names."""
        return self.reader.groups

    def figures(self, row: Row) -> Iterator[Figure]:
        """Yield the figures of a row; a bare number that nothing calls money (a row's number, a target) is none."""
        for ordinal, cell in enumerate(row.cells):
            if cell is None or not is_amount(cell.text):
                continue
            figure = self._figure(row, ordinal, cell)
            if has_separators(cell.text) or (
                figure.column.measure and figure.column.measure not in self.groups.no_money
            ):
                yield figure

    def column(self, row: Row, column: Column, cell: Cell) -> Column:
        """Return a column without a header as the texts over one of its figures name it."""
        over = [self._meaning(c) for c in reversed(list(self._above(row, cell)))]
        concepts = concepts_of(over, self.groups)
        if not concepts:
            return column
        phase = next((m.phase for m in reversed(over) if m.phase), column.phase)
        unit = next((m.unit for m in reversed(over) if m.unit), column.unit)
        return column._replace(measure=concepts[-1], phase=phase, unit=unit)

    @cached_property
    def keys(self) -> tuple[Attribute, ...]:
        """What the form says of itself, such as (项目名称, …) and (实施单位, …)."""
        found: dict[str, str] = {}
        for row in self.table.rows[:KEY_ROWS]:
            cells = [c for c in row.cells if c is not None and not is_nil(c.text)]
            for key, value in pairwise(cells):
                if self._meaning(key).kinds & {"name", "agency_name"} and not self._known(value):
                    found.setdefault(clean(key.text), printed(value.text))
        return tuple(Attribute(*pair) for pair in found.items())

    def _figure(self, row: Row, ordinal: int, cell: Cell) -> Figure:
        left = list(self._left(row, ordinal))
        above = list(self._above(row, cell))
        beside = next((c for c in left if self._known(c)), None)
        if beside is not None and self._crosses(row, ordinal, left[0], beside):
            beside = left[
                0
            ]  # an unknown label right beside the figure is its own: what lies beyond another figure is not
        own = self._meaning(beside) if beside is not None else NOTHING
        over = [self._meaning(c) for c in reversed(above)]
        measure = self._measure(own, over, left)
        if measure not in self.groups.no_money and self._indicator(row) in left:
            measure = TARGET  # 支出总额 below 三级指标 is to come to so much
        if cell.text.strip().endswith("%") and measure != TARGET:
            measure = "share"
        nearest_first = [*reversed(over), own, *(self._meaning(c) for c in left)]
        column = Column(
            ordinal,
            tuple(clean(c.text) for c in (*reversed(above), *([beside] if beside is not None else []))),
            "measure",
            measure=measure,
            phase=next((m.phase for m in (*reversed(over), own) if m.phase), None),
            unit=next((m.unit for m in nearest_first if m.unit), None),
            year=next((m.year for m in (*reversed(over), own) if m.year), None),
        )
        label = self._label(row, left, beside)
        return Figure(cell, column, label, "total" in self.reader.meaning(label).measures)

    def _measure(self, own: Meaning, over: list[Meaning], left: list[Cell]) -> str | None:
        """Join what the label beside a figure and the texts over it say: a score is a score in whatever row."""
        concepts = concepts_of(over, self.groups) if over else []
        if concepts and concepts[-1] in self.groups.no_money:
            return concepts[-1]
        above = "/".join(concepts)
        beside = own.measures[0] if own.measures else ("amount" if own.phase else None)
        if beside is None and any("指标" in clean(c.text) for c in left):
            return TARGET
        if above and above not in self.groups.generic:
            return above
        return beside or above or None

    @staticmethod
    def _crosses(row: Row, ordinal: int, near: Cell, far: Cell) -> bool:
        """Return whether a figure stands between two labels to the left of another."""
        return near is not far and any(
            c is not None and is_amount(c.text) and far.x0 < c.x0 < near.x0 for c in row.cells[:ordinal]
        )

    def _left(self, row: Row, ordinal: int) -> Iterator[Cell]:
        """Yield the texts to the left of a figure, the nearest first."""
        for cell in reversed(row.cells[:ordinal]):
            if cell is None or is_nil(cell.text) or is_amount(cell.text) or is_bound(clean(cell.text)):
                continue
            yield cell

    def _above(self, row: Row, cell: Cell) -> Iterator[Cell]:
        """Yield the header texts over a figure, the nearest first: through other figures up to the first unknown text."""
        before: Cell | None = None
        for upper in reversed(self.table.rows[: row.ordinal]):
            over = _covering(upper, cell)
            if over is None or over is before or over is cell:
                continue
            if is_nil(over.text) or is_amount(over.text) or _is_target(over):
                if before is not None:
                    return
                continue
            if self._is_key(upper, over):
                return
            if not self._known(over) or (before is not None and over.x1 - over.x0 < before.x1 - before.x0):
                return
            before = over
            yield over

    def _is_key(self, row: Row, cell: Cell) -> bool:
        """Return whether a text says something of the form, and heads no column: 实施单位, 计划完成日期 before a date."""
        meaning = self._meaning(cell)
        if "attribute" not in meaning.kinds or meaning.measures:
            return "agency_name" in meaning.kinds
        value = next((c for c in row.cells if c is not None and c.x0 >= cell.x1), None)
        return value is not None and not is_nil(value.text) and not self._known(value)

    def _label(self, row: Row, left: list[Cell], beside: Cell | None) -> str:
        """Return the text that names a row, the nearest where none of these does.

        Its indicator; what says the measure; what stands under 任务名称.
        """
        indicator = self._indicator(row)
        if indicator is not None and indicator in left:
            return printed(indicator.text)
        if beside is not None and (self._meaning(beside).measures or self._meaning(beside).phase):
            return printed(beside.text)
        heads = ((c, next(self._above(row, c), None)) for c in left)
        named = (c for c, head in heads if head is not None and "name" in self._meaning(head).kinds)
        label = next(named, left[0] if left else None)
        return printed(label.text) if label is not None else ""

    @cached_property
    def _innermost(self) -> list[tuple[int, Cell]]:
        """Return rows over indicators, each with the last of 一级指标 | 二级指标 | 三级指标."""
        heads = ((row, [c for c in row.cells if c and "level" in self._meaning(c).kinds]) for row in self.table.rows)
        return [(row.ordinal, levels[-1]) for row, levels in heads if levels]

    def _indicator(self, row: Row) -> Cell | None:
        """Return the cell of a row that stands under 三级指标."""
        head = next((head for ordinal, head in reversed(self._innermost) if ordinal < row.ordinal), None)
        return _covering(row, head) if head is not None else None

    def _known(self, cell: Cell) -> bool:
        return self._meaning(cell).known

    def _meaning(self, cell: Cell) -> Meaning:
        if "。" in cell.text or _is_target(cell):
            return NOTHING  # a sentence is no header, whatever it names (销售额增长5%以上。), nor is a target: ≥95%
        meaning = self.reader.meaning(clean(cell.text))
        return (
            NOTHING if self.groups.by_label.intersection(meaning.measures) else meaning
        )  # a county in a form is where, not what


def _is_target(cell: Cell) -> bool:
    """Return whether a text is what an indicator is to come to: ≥95%."""
    return _TARGET.fullmatch(clean(cell.text)) is not None


def _covering(row: Row, cell: Cell) -> Cell | None:
    """Return the cell of another row that lies over the middle of a cell."""
    middle = (cell.x0 + cell.x1) / 2
    return next((c for c in row.cells if c is not None and c.x0 <= middle <= c.x1), None)
