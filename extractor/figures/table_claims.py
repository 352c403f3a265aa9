"""Read what the rows and columns of one table say of bodies' budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from extractor.contract import Component, FigureClassification, FigureDirection, FigureFund, FigurePhase
from extractor.figures.claim import CODED, Claim, Of, makes_up, rounding_of, sum_of
from extractor.figures.column_totals import settle_totals
from extractor.notation.amounts import half_digit
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import clean
from extractor.records.bodies import Bodies, Body, DocumentRow, TableBodies
from extractor.records.item import LineItem
from extractor.vocabulary.figure_rules import FigureRules, FigureTable
from extractor.vocabulary.headers import HeaderReader

PHASES: dict[str | None, FigurePhase] = {
    "budget": "budget",
    "adjusted_budget": "adjusted_budget",
    "execution": "execution",
    "final_accounts": "final_accounts",
    "prior_year_budget": "budget",  # its year is the year before
    "prior_year_execution": "execution",
}

_SIDES: dict[FigureDirection, str] = {"revenue": "收入", "expenditure": "支出"}


class _Column(NamedTuple):
    """What a column says: the part of the money, the fund, where it comes from, or that it is what was carried over."""

    component: Component
    fund: FigureFund
    source: str | None = None
    carried_over: bool = False
    current_year: bool = False


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the claims of tables.

    Attributes:
        rules: What tables, measures and labels say.
        headers: The vocabulary by which labels name sources of revenue.
        bodies: Names bodies.
    """

    rules: FigureRules
    headers: HeaderReader
    bodies: Bodies

    def read(
        self, document: DocumentRow, body: Body, rows: Sequence[LineItem], rank: int, table: FigureTable
    ) -> Iterator[Claim]:
        """Yield the claims of one table.

        Args:
            document: Its document's row of `documents`.
            body: Whose document it is.
            rows: Its rows of `line_items` with amounts, in reading order, without changes.
            rank: The table type's place among those that state figures.
            table: What the type says.
        """
        reader = TableBodies(self.bodies, document, body, rows)
        whose = {row.item_id: own for row in rows if (own := reader.of(row)) is not None}
        claims = _Claims(self, document, body, rows, whose, rank, table)
        if table.measured == "social_insurance":
            yield from claims.of_social_insurance()
            return
        columns: dict[tuple[Any, ...], list[LineItem]] = defaultdict(list)
        for row in (row for row in rows if row.item_id in whose):
            columns[row.column, row.side].append(row)
        for series in columns.values():
            if table.measured == "three_public":
                yield from claims.of_three_public(series)
            elif table.measured == "debt":
                yield from claims.of_debt(series)
            else:
                yield from claims.of_money(series)

    def source_of(self, label: str) -> str | None:
        """Return the source of revenue that a row's label names: 一、一般公共预算拨款收入."""
        known = {source.id for source in self.rules.source}
        found = [m for m in self.headers.meaning(label).measures if m in known]
        return found[0] if len(found) == 1 else None

    def is_carried_over(self, label: str) -> bool:
        """Return whether a row's label says that it was carried over from the year before: 上年结转结余."""
        return self.headers.meaning(label).measures == (self.rules.steps.carried_over,)

    def level_of_source(self, source: str) -> int:
        """Return 1, or 2 for a source that is a part of another."""
        return next(2 if s.within else 1 for s in self.rules.source if s.id == source)


class _Claims:
    """The claims of one table."""

    def __init__(
        self,
        reader: TableReader,
        document: DocumentRow,
        body: Body,
        rows: Sequence[LineItem],
        whose: Mapping[str, Body],
        rank: int,
        table: FigureTable,
    ) -> None:
        self._reader, self._rules, self._document = reader, reader.rules, document
        self._body, self._rows, self._whose, self._rank, self._table = body, rows, whose, rank, table
        self._measures = {row.measure for row in rows}
        self._schemes = {(row.classification, row.side) for row in rows}

    def of_money(self, series: Sequence[LineItem]) -> Iterator[Claim]:
        """Yield the claims of a column of revenue or expenditure."""
        direction = series[0].side or self._table.direction
        column = self._column(series[0].measure, direction)
        if direction is None or column is None:
            return
        schemes = [c for c in CODED if not self._schemes.isdisjoint(((c, direction), (c, None)))]
        claims = [c for row in series for c in self._of_row(row, series, direction, column, schemes)]
        yield from settle_totals(list(self._settled(claims)), series, self._rules)

    def _column(self, measure: str | None, direction: str | None) -> _Column | None:
        """Return what a measure says; None where one of its steps says something that no figure is of."""
        steps = self._rules.steps
        component, fund, source = self._table.component, self._table.fund, None
        carried = current = False
        for step in measure.split("/") if measure else ("",):
            if step in steps.whole:
                continue
            if direction == "revenue" and step == steps.carried_over:
                carried = True
            elif direction == "revenue" and step == steps.current_year:
                current = True
            elif direction == "revenue" and not carried and any(s.id == step for s in self._rules.source):
                source = step
            elif step in steps.fund and (fund == steps.fund[step] or fund in ("all", "fiscal_appropriation")):
                fund = steps.fund[step]
            elif step in steps.component:
                component = steps.component[step]
            else:
                return None
        return _Column(component, fund, source, carried, current)

    def _of_row(
        self,
        row: LineItem,
        series: Sequence[LineItem],
        direction: FigureDirection,
        column: _Column,
        schemes: Sequence[FigureClassification],
    ) -> Iterator[Claim]:
        component, fund, source, carried, current = column
        if row.code:
            if carried or current:
                return
            if source is not None:
                fund = self._rules.steps.fund.get(source, fund)
                if fund == self._table.fund:
                    return  # 事业收入 of a function is no fund's
            if row.code[:3] in self._rules.balancing.codes and row.classification in ("functional", "revenue"):
                component = "balancing"
            of = Of(direction, fund, row.classification or "none", row.code, component)
            yield self._claim(row, of, row.level or 0, row.label_standard or row.label)
        elif row.is_total or row.agency_name or (not row.label and len(series) == 1):
            if carried:
                yield self._claim(row, Of("carry_over", fund, "none", None, component), 0, row.measure_label)
            elif source is not None:
                of = Of(direction, fund, "source", source, component)
                yield self._claim(row, of, self._reader.level_of_source(source), row.measure_label)
            else:
                yield from self._of_total(row, series, direction, column, ("source",) if current else schemes)
        elif direction == "revenue":
            yield from self._of_source(row, series, fund, component)

    def _of_total(
        self,
        row: LineItem,
        series: Sequence[LineItem],
        direction: FigureDirection,
        column: _Column,
        schemes: Sequence[FigureClassification],
    ) -> Iterator[Claim]:
        component = self._component_of(row.label, column.component)
        if self._rules.grand_total.labels.search(clean(row.label)) and self._has_plain_total(series):
            component = "grand_total"
        totals = self._table.totals
        default = totals.get(direction) if isinstance(totals, dict) else totals
        for scheme in dict.fromkeys([*schemes, *([default] if default and not column.current_year else [])]):
            grand = scheme == "source" and not column.current_year and self._holds_carried_over(row)
            of = Of(direction, column.fund, scheme, None, "grand_total" if grand else component)
            yield self._claim(row, of, 0, row.label)

    def _component_of(self, label: str, component: Component) -> Component:
        """Return the part of the money that a total's label names: 人员经费合计 of basic expenditure."""
        components = self._rules.steps.component
        named = {components[m] for m in self._reader.headers.meaning(label).measures if m in components}
        return named.pop() if len(named) == 1 else component

    def _of_source(
        self, row: LineItem, series: Sequence[LineItem], fund: FigureFund, component: Component
    ) -> Iterator[Claim]:
        """Yield the claim of a row that names a source of revenue, or what was carried over and the rows that are parts of that."""
        before = [r for r in series if r.row < row.row]
        carried = next((r for r in reversed(before) if r.is_total or self._reader.is_carried_over(r.label)), None)
        if self._reader.is_carried_over(row.label):
            yield self._claim(row, Of("carry_over", fund, "none", None, component), 0, row.label)
        elif (source := self._reader.source_of(row.label)) and (carried is None or carried.is_total):
            of = Of("revenue", fund, "source", source, component)
            yield self._claim(row, of, self._reader.level_of_source(source), row.label)

    def _holds_carried_over(self, row: LineItem) -> bool:
        """Return whether the total of a row of a table by source holds what was carried over too."""
        beside = {r.measure: r.amount or 0 for r in self._rows if r.row == row.row and r.phase == row.phase}
        carried = beside.get(self._rules.steps.carried_over, 0)
        known = {s.id: s.within for s in self._rules.source}
        sources = sum(beside[s] for s, within in known.items() if s in beside and within not in beside)
        return bool(carried) and sources + carried == row.amount

    def _has_plain_total(self, series: Sequence[LineItem]) -> bool:
        """Return whether a column has a total beside 总计, which then holds more than that."""
        grand = self._rules.grand_total.labels
        return any(row.is_total and not grand.search(clean(row.label)) for row in series)

    def of_three_public(self, series: Sequence[LineItem]) -> Iterator[Claim]:
        """Yield the claims of a column of “三公”经费, or of rows of which each names its own part."""
        rules = self._rules.three_public
        mixed = bool(self._measures & rules.besides)
        several = len({row.measure for row in series}) > 1
        for row in series:
            measure = row.measure or ""
            whole = measure in rules.whole or (
                measure in rules.also_whole and not mixed and not self._measures & rules.whole
            )
            if row.code or not (several or row.is_total or row.agency_name or len(series) == 1):
                continue
            level = 0 if whole else 1 if measure in rules.first else 2 if measure in rules.second else None
            if level is not None:
                code = None if whole else measure
                of = Of("expenditure", self._table.fund, "three_public", code, "total")
                yield self._claim(row, of, level, row.label if several else row.measure_label)

    def of_social_insurance(self) -> Iterator[Claim]:
        """Yield the claims of a table of social insurance, where its funds make up the whole: a total may be one fund's."""
        groups: dict[object, list[Claim]] = defaultdict(list)
        for row in self._rows:
            of = self._insurance_of(row) if row.item_id in self._whose else None
            if of is not None:
                claim = self._claim(
                    row, of, 1 if of.code else 0, row.measure_label if row.measure == of.code else row.label
                )
                groups[claim.body, claim.year, claim.phase, of.direction].append(claim)
        for group in groups.values():
            totals = [c for c in group if c.level == 0]
            funds = [c for c in group if c.level == 1]
            summed = next((t for t in totals if funds and makes_up(funds, t)), None)
            yield from [] if summed is None else [summed, *funds]

    def _insurance_of(self, row: LineItem) -> Of | None:
        """Return what an amount of social insurance is of; None where it is a part of a fund's, or what is left."""
        rules, label = self._rules.social_insurance, clean(row.label)
        plain = label[len(numbering[0]) :] if (numbering := NUMBERING.match(label)) else label
        named = [m for m in self._reader.headers.meaning(row.label).measures if m in rules.funds]
        whole = {"revenue": rules.revenue, "expenditure": rules.expenditure}
        told: list[FigureDirection] = [d for d in _SIDES if whole[d].search(plain) or plain.endswith(_SIDES[d])]
        direction = told[0] if told else None if self._has_balances else row.side
        if direction is None:
            return None
        is_whole = row.is_total or whole[direction].search(plain) is not None
        measure = row.measure
        if is_whole and (measure in rules.funds or measure in self._rules.steps.whole):
            code = measure if measure in rules.funds else None
        elif len(named) == 1 and measure in self._rules.steps.whole:
            code = named[0]
        else:
            return None
        return Of(direction, "social_insurance", "social_insurance", code, "total")

    @cached_property
    def _has_balances(self) -> bool:
        """Whether a row of the table is of what is left."""
        return any(self._rules.social_insurance.balance.search(clean(row.label)) for row in self._rows)

    def of_debt(self, series: Sequence[LineItem]) -> Iterator[Claim]:
        """Yield the claims of a column of limits or balances."""
        rules = self._rules.debt
        for row in series:
            kind, _, part = (row.measure or "").partition("/")
            fund = rules.funds.get(part) if part else "all"
            if kind in (rules.limit, rules.balance) and fund and (row.is_total or row.region_code):
                direction: FigureDirection = "debt_limit" if kind == rules.limit else "debt_balance"
                yield self._claim(row, Of(direction, fund, "none", None, "total"), 0, row.label)

    def _claim(self, row: LineItem, of: Of, level: int, name: str) -> Claim:
        phase = PHASES.get(row.phase or self._document["phase"])
        rounding = half_digit(row.amount_text, row.unit)
        body = self._whose[row.item_id]
        assert row.amount is not None  # as of every row that is read
        return Claim(body, row.amount_year, phase, of, level, name, row.amount, rounding, (row,), "printed", self._rank)

    def _settled(self, claims: Sequence[Claim]) -> Iterator[Claim]:
        """Yield the claims of a column: rows that share a code, or have codes of two kinds, are parts of a figure.

        Their sums are figures where they make up the column's total: 2010301 of each unit, or of each economic class.
        """
        coded: dict[tuple[Any, ...], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.of.code and claim.of.classification in CODED:
                coded[claim.body, claim.of.classification, claim.of.fund, claim.of.component].append(claim)
            else:
                yield claim
        totals = [c for c in claims if c.level == 0]
        for (body, *_), group in coded.items():
            codes = [c.of.code for c in group]
            if len(set(codes)) == len(codes) and not any(_is_crossed(c.items[0]) for c in group):
                yield from group
            else:
                yield from _summed(group, totals, body)
        own = [c for c in claims if c.body == self._body and c.of.code in (None, "")]
        if own and not any(body == self._body for body, *_ in coded):
            yield from _summed([c for group in coded.values() for c in group], own, self._body)


def _is_crossed(row: LineItem) -> bool:
    """Return whether a row is a part of a function and of an economic class at once."""
    return bool(row.functional_code) and bool(row.economic_department_code or row.economic_government_code)


def _summed(parts: Sequence[Claim], totals: Sequence[Claim], body: Body) -> Iterator[Claim]:
    """Yield the sums by code of rows of one level, where all of them make up the total of a body."""
    levels: dict[tuple[Any, ...], list[Claim]] = defaultdict(list)
    for part in parts:
        levels[part.level, part.of._replace(code=None)].append(part)
    for (level, of), group in levels.items():
        total = next((t for t in totals if t.body == body and t.of == of), None)
        if total is None or not makes_up(group, total):
            continue
        by_code: dict[str | None, list[Claim]] = defaultdict(list)
        for part in group:
            by_code[part.of.code].append(part)
        for code, same in by_code.items():
            yield same[0]._replace(
                body=body,
                of=of._replace(code=code),
                level=level,
                amount=sum_of(same),
                rounding=rounding_of(same),
                items=tuple(row for p in same for row in p.items),
                origin="derived" if len(same) > 1 else "printed",
            )
