"""Rows under one whose label says a year: their figures are of that year, and parts of that concept.

一、2021年发行预计执行数 stands over (一)一般债券 and 其中:再融资债券, which print neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractor.notation.numbering import level_of
from extractor.notation.text import clean
from extractor.notation.years import in_figures
from extractor.records.item import MIN_STEP
from extractor.records.rows import RowHeader
from extractor.vocabulary.headers import NOTHING, HeaderReader, Meaning
from extractor.vocabulary.label_rules import Periods

_PART = "其中"


@dataclass
class DatedRows:
    """Reads what the labels of one stub mean, from top to bottom; it remembers the dated row above.

    Attributes:
        reader: What texts mean.
        periods: How a dated label begins.
        measured_by_rows: Whether the labels name the concepts of the table's figures.
        above: The dated row and its meaning, as long as its parts follow.
        whole: What a row without a year means that is of debt, as long as rows of its parts alone follow: 债务限额 | 一般债务.
    """

    reader: HeaderReader
    periods: Periods
    measured_by_rows: bool
    above: tuple[RowHeader, Meaning] | None = None
    whole: Meaning | None = None

    def read(self, row: RowHeader) -> Meaning:
        """Return what a row's label means, with the year, the phase and the concept of the row that it is a part of.

        It has no year where its label does not begin with one: a project's name may have one too.
        """
        label = clean(row.label)
        if self.periods.label.match(in_figures(label)):
            own = self.reader.meaning(label)
            self.above = (row, own)
            return own
        if self.above is not None and not self._is_part(row, label, self.above[0]):
            self.above = None
        if self.above is None and not self.measured_by_rows:
            return NOTHING
        own = replace(self.reader.meaning(label), year=None)
        return self._of_whole(own, label) if self.above is None else self._completed(own, label, self.above[1])

    def _of_whole(self, own: Meaning, label: str) -> Meaning:
        """Return a row's meaning, that of a part with the concept of the row above it: 其中:一般债务 is of its 债务限额."""
        part = self.reader.part_of(label)
        if part is None:
            debts = self.reader.groups.outcomes | self.reader.groups.ceilings
            self.whole = own if own.part is None and not debts.isdisjoint(own.measures) else None
            return own
        return own if self.whole is None else replace(own, measures=self.whole.measures, part=part)

    def _is_part(self, row: RowHeader, label: str, above: RowHeader) -> bool:
        """Return whether a row is a part of the dated row above it: by its numbering, 其中, its indent or its name."""
        if row.is_total or not label:
            return False
        level, over = level_of(row.numbering), level_of(above.numbering)
        if level is not None:
            return over is not None and level > over
        return (
            over is not None
            or label.startswith(_PART)
            or row.indent - above.indent >= MIN_STEP
            or self.reader.part_of(label) is not None
        )

    def _completed(self, own: Meaning, label: str, above: Meaning) -> Meaning:
        """Return a row's meaning with what it leaves to the row above: 一般债务 is a part of its 债务余额.

        So is 一般债务限额 of 新增限额: a part of a ceiling is of that ceiling.
        """
        own = replace(own, year=above.year, phase=own.phase or above.phase)
        if own.part and above.measures and self.reader.groups.ceilings.issuperset((*own.measures, *above.measures)):
            return replace(own, measures=above.measures)
        if not own.known and self.measured_by_rows and self.reader.groups.outcomes.issuperset(above.measures):
            return replace(own, measures=above.measures, part=above.part)  # 外国政府贷款, of 债务发行额
        part = self.reader.part_of(label)
        if part is None or above.part is not None or not above.measures:
            return own
        return replace(own, measures=above.measures, part=part)
