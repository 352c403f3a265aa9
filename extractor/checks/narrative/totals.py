"""Find the totals of the tables that a figure of the prose may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from extractor.contract import Scope, base_type
from extractor.notation.text import clean
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import ListedPart, Narrative, Totals

# A sentence that says 市级 may mean the city's zones too.
_MAY_MEAN: dict[str, tuple[Scope, ...]] = {
    "all_region": ("all_region",),
    "own_level": ("own_level", "level_with_zones"),
}
REGIONAL = 3  # figures of 全市 that no department's prose has, whatever the document calls itself


class TableTotals:
    """The totals of one document's tables.

    Attributes:
        facts: The document facts.
        rules: The totals that a subject may mean.
        one_scope: All of its totals are of one body.
        carried: The tables print money that last year left: totals with it and without differ.
    """

    def __init__(
        self, items: Sequence[LineItem], statements: Sequence[Statement], facts: Facts, rules: Narrative
    ) -> None:
        """Sort the items by table, and by code where they have one; the prose says whether it is a government's."""
        self.facts, self.rules = facts, rules
        # A government speaks of 全市 in one sentence and of 市本级 in the next, and prints a table of either.
        regional = sum(s.body == "all_region" for s in statements)
        self.one_scope = (
            facts.organisation_level != "government" and regional < REGIONAL and not any(i.scope for i in items)
        )
        self.carried = any(i.amount and rules.wording.carried.search(f"{i.label}{i.measure_label}") for i in items)
        self._meant = {meant.subject: meant for meant in rules.meant}
        self._listed = {part.subject: part for part in rules.expenses.part}
        self._by_table: dict[str, list[LineItem]] = defaultdict(list)  # rows without a code: totals and lists
        self._by_code: dict[tuple[str, str], list[LineItem]] = defaultdict(list)
        for item in items:
            if item.amount is not None and item.table_type:
                table = base_type(item.table_type)
                if item.code:
                    self._by_code[table, item.code].append(item)
                else:
                    self._by_table[table].append(item)

    def find(self, statement: Statement, base: str | None = None) -> list[LineItem]:
        """Return the items that a statement may mean, in its own phase and year, or in those that its change is against."""
        subject, rules = statement.subject or "", self.rules
        if subject in rules.whole:
            if statement.section_kind is not None and statement.section_kind not in rules.whole_sections:
                return []  # 本年支出 in a section about one fund is the total of that fund
            if rules.class_heading.search(clean(statement.section_title or "")):
                return []  # 支出 under 公共安全支出（类） is the total of that class
        if subject == CLASS:
            found = self._class(statement)
        elif subject == rules.expenses.subject or subject in self._listed:
            found = self._expenses(subject, statement.fiscal_year)
        else:
            found = self._totals(subject)
        found = [i for i in found if not rules.partial.search(i.label)]
        year = None if statement.fiscal_year is None else statement.fiscal_year - (base is not None)
        phase = base or statement.phase
        return [
            i
            for i in found
            if (i.phase or self.facts.phase or phase) == phase
            and (year is None or i.amount_year in (year, None))
            and (i.scope is None or i.scope in _MAY_MEAN.get(statement.body or "", (i.scope,)))
        ]

    def fund_said(self, statement: Statement) -> int | None:
        """Return which of the rules' funds the words around a figure are about: what 其中 divides, else the section."""
        for number, money in enumerate(self.rules.money):
            if statement.part_of in money.subjects:
                return number
        for number, money in enumerate(self.rules.money):
            if statement.section_kind in money.sections:
                return number
        return None

    def fund_of(self, item: LineItem) -> int | None:
        """Return which of the rules' funds an item is of, by its table, and by its column where a table has several."""
        table = base_type(item.table_type)
        printed = [(n, t) for n, money in enumerate(self.rules.money) for t in money.totals if t.table == table]
        return next((n for n, t in printed if item.measure in t.measures), printed[0][0] if printed else None)

    def _totals(self, subject: str) -> list[LineItem]:
        meant = self._meant.get(subject)
        if meant is None:
            return []
        found = [item for totals in meant.totals for item in self._of_table(totals)]
        return [i for i in found if meant.label and meant.label.search(clean(i.label))] or found

    def _of_table(self, totals: Totals) -> list[LineItem]:
        rows = [
            i
            for i in self._by_table.get(totals.table, ())
            if i.measure in totals.measures and (totals.side is None or i.side in (totals.side, None))
        ]
        found = [i for i in rows if i.is_total]
        return found or (rows if totals.table in self.rules.one_row and _stand_in_one_row(rows) else [])

    def _class(self, statement: Statement) -> list[LineItem]:
        """Return the items of a class; of the part of it in 基本支出 or 公用经费, those of that column."""
        part, tables = self.part_of(statement), self.rules.class_tables
        measures = self.rules.class_measures if part is None else (part,)
        code = statement.code or ""
        return [i for table in tables for i in self._by_code.get((table, code), ()) if i.measure in measures]

    def part_of(self, statement: Statement) -> str | None:
        """Return the column that a class of 基本支出, 项目支出, 人员经费 or 公用经费 stands in; None for all of it."""
        if statement.subject != CLASS:
            return None
        if statement.part_of in self.rules.parts:
            return statement.part_of
        title = clean(statement.section_title or "")
        return next((part for part, words in self.rules.parts.items() if words.search(title)), None)

    def _expenses(self, subject: str, year: int | None) -> list[LineItem]:
        """Return the items of “三公”经费: a column of the total row or of the only row, or a row of a list.

        Where the rows are years (2025年, 2026年, 增减变化), only the row of the year is meant.
        """
        expenses, part = self.rules.expenses, self._listed.get(subject)
        rows = self._by_table.get(expenses.table, [])
        if any(expenses.year_row.search(i.label) for i in rows):
            rows = [i for i in rows if i.label.startswith(f"{year}年")]
        found = [i for i in rows if self._part_of(i) == subject]
        if not found:
            summed = [i for i in rows if i.measure in expenses.measures]
            found = [i for i in summed if (_names(part, i.label) if part else i.is_total or not i.label)]
        totals = [i for i in found if i.is_total]
        return totals or (found if _stand_in_one_row(found) else [])

    def _part_of(self, item: LineItem) -> str | None:
        """Return the expense of a column: `vehicles/vehicle_purchase/general_public_budget` is the purchase."""
        steps = [step for step in (item.measure or "").split("/") if step != self.rules.expenses.around]
        return steps[-1] if steps else None


def _names(part: ListedPart, label: str) -> bool:
    """Return whether a row's label names a part of the expenses."""
    return part.label.search(label) is not None and not (part.unless and part.unless.search(label))


def _stand_in_one_row(rows: Sequence[LineItem]) -> bool:
    """Return whether items of several phases stand in one row of a table."""
    return len({(i.table_id, i.row) for i in rows}) == 1
