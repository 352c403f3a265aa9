"""What the prose says against the tables and against itself: a witness that shares nothing with the tables' layout.

A figure of the prose is tied to a table only where its own words and its section say what it is of. Where several
totals may be meant, agreement with one proves; a disagreement is asserted only where all of them print one amount.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from extractor.checks.check import Check
from extractor.checks.identity import half_digit as item_half
from extractor.notation.amounts import half_digit
from extractor.notation.text import clean
from extractor.notation.years import YEAR
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.facts import Facts
from extractor.records.item import LineItem

PARTS = ("basic_expenditure", "project_expenditure", "personnel", "public_operating")
ZERO, HUNDRED = Decimal(0), Decimal(100)
SUMMARY, REVENUE, EXPENDITURE = "revenue_expenditure_summary", "revenue_summary", "expenditure_summary"
APPROPRIATION, GENERAL, THREE = (
    "fiscal_appropriation_summary",
    "general_public_budget_expenditure",
    "three_public_expenses",
)
AGENCY, PROCUREMENT = "agency_operating_expenses", "government_procurement"
FUND, CAPITAL = "government_fund_expenditure", "state_capital_expenditure"
BASIC = ("general_public_budget_basic_expenditure", "basic_expenditure_by_economic_class")
TOTAL = ("total", "amount")
SIDES = ("revenue", "expenditure", None)
# Subject → (table, side, measures) of the totals that it may mean. A side of None: whichever.
TIES: dict[str, tuple[tuple[str, str | None, tuple[str, ...]], ...]] = {
    "total": ((SUMMARY, None, TOTAL),),
    "total_revenue": ((SUMMARY, "revenue", TOTAL), (REVENUE, None, TOTAL)),
    "current_year_revenue": ((SUMMARY, "revenue", TOTAL), (REVENUE, None, TOTAL)),
    "total_expenditure": ((SUMMARY, "expenditure", TOTAL), (EXPENDITURE, None, TOTAL)),
    "current_year_expenditure": ((SUMMARY, "expenditure", TOTAL), (EXPENDITURE, None, TOTAL)),
    "fiscal_appropriation": ((APPROPRIATION, None, TOTAL),),
    "fiscal_appropriation_revenue": ((APPROPRIATION, "revenue", TOTAL), (REVENUE, None, ("fiscal_appropriation",))),
    "fiscal_appropriation_expenditure": (
        (APPROPRIATION, "expenditure", TOTAL),
        ("fiscal_appropriation_expenditure", None, TOTAL),
    ),
    "general_public_budget_expenditure": (
        (GENERAL, None, TOTAL),
        (APPROPRIATION, "expenditure", ("general_public_budget",)),
    ),
    "general_public_budget_revenue": ((REVENUE, None, ("general_public_budget",)),),
    "government_fund_expenditure": ((FUND, None, TOTAL), (APPROPRIATION, "expenditure", ("government_fund",))),
    "state_capital_expenditure": ((CAPITAL, None, TOTAL), (APPROPRIATION, "expenditure", ("state_capital",))),
    "general_public_budget_basic_expenditure": (
        (GENERAL, None, ("basic_expenditure",)),
        *((table, None, TOTAL) for table in BASIC),
    ),
    "basic_expenditure": tuple((table, None, ("basic_expenditure",)) for table in (EXPENDITURE, SUMMARY, GENERAL)),
    "project_expenditure": tuple((table, None, ("project_expenditure",)) for table in (EXPENDITURE, SUMMARY, GENERAL)),
    "agency_operating": ((THREE, None, ("agency_operating",)), (AGENCY, None, ("agency_operating", *TOTAL))),
    "procurement_total": ((PROCUREMENT, None, TOTAL),),
}
# Subjects that mean all of the document's money, and the sections that speak of all of it.
WHOLE = ("total", "total_revenue", "total_expenditure", "current_year_revenue", "current_year_expenditure")
WHOLE_SECTIONS = ("overall", "revenue", "expenditure", None)
# Among the totals of a two-sided table, those that a subject means.
LABELS = {
    "total": re.compile(r"(?<!本年)(?:收入|支出)?总计"),
    "fiscal_appropriation": re.compile(r"(?<!本年)(?:收入|支出)?总计"),
    "current_year_revenue": re.compile(r"本年"),
    "current_year_expenditure": re.compile(r"本年"),
}
_CLASS_HEADING = re.compile(r"\([类款项]\)")
_PARTIAL = re.compile(r"(?:人员|公用)经费合计")
_YEAR_ROW = re.compile(rf"^{YEAR}年|增减变化")
THREE_PARTS = ("overseas_trips", "hospitality", "vehicles")
VEHICLE_PARTS = ("vehicle_purchase", "vehicle_operation")
# The labels of a list of expenses, one a row.
THREE_LABELS = {
    "overseas_trips": re.compile(r"因公出国"),
    "hospitality": re.compile(r"公务接待费"),
    "vehicles": re.compile(r"购置.{0,5}运行"),
    "vehicle_purchase": re.compile(r"公务用车购置费?(?:用|支出)?$"),
    "vehicle_operation": re.compile(r"公务用车运行(?:维护)?费?(?:用|支出)?$"),
}
CLASS_TABLES = (GENERAL, EXPENDITURE, "fiscal_appropriation_expenditure", SUMMARY, APPROPRIATION, FUND, CAPITAL)
PROCUREMENT_PARTS = ("procurement_goods", "procurement_works", "procurement_services")
Figure = Statement | LineItem


def check_narrative(items: Sequence[LineItem], statements: Sequence[Statement], facts: Facts) -> Iterator[Check]:
    """Yield every identity that the prose takes part in."""
    told = [s for s in statements if s.subject and not s.explained]
    tables = _Tables(items, facts)
    paragraphs: dict[int, list[Statement]] = defaultdict(list)
    for statement in told:
        paragraphs[statement.paragraph].append(statement)
        if statement.amount is not None and statement.direction is None:
            yield from _tie(statement, tables)
    for paragraph in paragraphs.values():
        yield from _procurement(paragraph)
        yield from _classes_said_twice(paragraph)
        for index, statement in enumerate(paragraph):
            if statement.direction and not statement.approximate:
                yield from _change(statement, paragraph[:index], tables)
    yield from _three_public(told)
    yield from _bounds(told, tables)


class _Tables:
    """The tables' totals, by what the prose may call them."""

    def __init__(self, items: Sequence[LineItem], facts: Facts) -> None:
        self.facts = facts
        self.by_table: dict[str, list[LineItem]] = defaultdict(list)  # its rows without a code: totals, lists
        self.by_code: dict[tuple[str, str], list[LineItem]] = defaultdict(list)
        for item in items:
            if item.amount is not None and item.table_type:
                table = item.table_type.removesuffix("_final")
                if item.code:
                    self.by_code[table, item.code].append(item)
                else:
                    self.by_table[table].append(item)

    def find(self, statement: Statement, phase: str | None = None) -> list[LineItem]:
        """Return the items that a statement may mean, in its own phase or in another."""
        subject = statement.subject or ""
        if subject in WHOLE and statement.section_kind not in WHOLE_SECTIONS:
            return []  # 本年支出 in a section on one fund is that fund's
        if subject in WHOLE and _CLASS_HEADING.search(clean(statement.section_title or "")):
            return []  # 支出 under 公共安全支出（类） is that class's
        if subject == CLASS:
            found = self._class(statement.code)
        elif subject == "three_public" or subject in THREE_LABELS:
            found = self._three(subject, statement.fiscal_year)
        else:
            found = [i for place in TIES.get(subject, ()) for i in self._totals(*place)]
            words = LABELS.get(subject)
            found = [i for i in found if words and words.search(clean(i.label))] or found
        found = [i for i in found if not _PARTIAL.search(i.label)]
        return [i for i in found if (i.phase or self.facts.phase) == (phase or statement.phase)]

    def _totals(self, table: str, side: str | None, measures: tuple[str, ...]) -> list[LineItem]:
        rows = [
            i
            for i in self.by_table.get(table, ())
            if i.measure in measures and (side is None or i.side in (side, None))
        ]
        totals = [i for i in rows if i.is_total]
        return totals or (rows if table in (AGENCY, THREE) and _one_row(rows) else [])

    def _class(self, code: str | None) -> list[LineItem]:
        measures = (*TOTAL, "general_public_budget")
        return [i for table in CLASS_TABLES for i in self.by_code.get((table, code or ""), ()) if i.measure in measures]

    def _three(self, subject: str, year: int | None) -> list[LineItem]:
        """Return the items of “三公”经费: a column of the total row or of the only one, or a row of a list.

        Where the rows are years (2025年, 2026年, 增减变化), only the row of the year is meant.
        """
        rows = self.by_table.get(THREE, [])
        if any(_YEAR_ROW.search(i.label) for i in rows):
            rows = [i for i in rows if i.label.startswith(f"{year}年")]
        named = [i for i in rows if _part(i) == subject]
        if subject == "three_public" and not named:
            named = [i for i in rows if i.measure in TOTAL and (i.is_total or not i.label)]
        elif not named:
            named = [i for i in rows if i.measure in TOTAL and THREE_LABELS[subject].search(i.label)]
            if subject in VEHICLE_PARTS:
                named = [i for i in named if not THREE_LABELS["vehicles"].search(i.label)]
        totals = [i for i in named if i.is_total]
        return totals or (named if _one_row(named) else [])


def _part(item: LineItem) -> str | None:
    """Return which of the expenses a column is: `vehicles/vehicle_purchase/general_public_budget` the purchase."""
    steps = [step for step in (item.measure or "").split("/") if step != "general_public_budget"]
    return steps[-1] if steps else None


def _one_row(rows: Sequence[LineItem]) -> bool:
    """Return whether items of several phases stand in one row of a table."""
    return len({(i.table_id, i.row) for i in rows}) == 1


def _tie(statement: Statement, tables: _Tables) -> Iterator[Check]:
    """Yield statement = table for the total that agrees, exactly before roughly; else for the only amount there is.

    Prose cuts figures as often as it rounds them: a difference of less than a whole last digit accuses nobody.
    """
    if statement.fiscal_year is not None and tables.facts.fiscal_year is not None:
        earlier = (statement.phase or "").startswith("prior_year")
        if statement.fiscal_year != tables.facts.fiscal_year - earlier:
            return
    found = tables.find(statement)
    checks = [_identity([statement], [item]) for item in found]
    holding = sorted((c for c in checks if c.holds != "no"), key=lambda check: check.holds)  # exact before rounding
    if holding:
        yield holding[0]
    elif len({i.amount for i in found}) == 1 and not _of_a_part(statement):
        whole_digit = checks[0].tolerance + half_digit(statement.amount_text, statement.unit, zero_is_exact=True)
        if abs(checks[0].difference) > whole_digit:
            yield checks[0]


def _of_a_part(statement: Statement) -> bool:
    """Return whether a class is that of 基本支出 or 项目支出 alone: no table prints it so."""
    title = statement.section_title or ""
    return statement.subject == CLASS and (
        statement.part_of in PARTS or re.search(r"基本支出|项目支出", title) is not None
    )


def _procurement(paragraph: Sequence[Statement]) -> Iterator[Check]:
    """Yield 采购总额 = 货物 + 工程 + 服务 for the parts that follow a total; parts left out are nothing."""
    for index, total in enumerate(paragraph):
        if total.subject != "procurement_total" or total.direction:
            continue
        parts: list[Statement] = []
        for statement in paragraph[index + 1 :]:
            if statement.direction or statement.subject not in PROCUREMENT_PARTS:
                break
            parts.append(statement)
        kinds = [s.subject for s in parts]
        if len(set(kinds)) == len(kinds) >= 2 and {"procurement_goods", "procurement_services"} <= set(kinds):
            yield _identity([total], parts)


def _classes_said_twice(paragraph: Sequence[Statement]) -> Iterator[Check]:
    """Yield that a class has one amount: 住房公积金（项）207万元 … 2026年预算安排207万元."""
    first: dict[tuple[str | None, str | None, int | None, str | None], Statement] = {}
    for statement in paragraph:
        if statement.subject != CLASS or statement.direction or statement.amount is None:
            continue
        key = (*_key(statement), statement.fiscal_year, statement.phase)
        if key in first:
            yield _identity([statement], [first[key]])
        else:
            first[key] = statement


def _change(statement: Statement, before: Sequence[Statement], tables: _Tables) -> Iterator[Check]:
    """Yield what a stated change says of this figure and of the one before: in the prose, else in the tables."""
    same = [s for s in before if _key(s) == _key(statement)]
    levels = [s for s in same if s.direction is None and s.amount is not None]
    if statement.base == "budget":
        yield from _against_budget(statement, levels)
        return
    now = next((s for s in reversed(levels) if not (s.phase or "").startswith("prior_year")), None)
    if now is None or (now.phase == "budget" and tables.facts.phase == "final_accounts"):
        return
    then: Figure | None = next((s for s in reversed(levels) if s.phase == statement.base), None)
    if then is None and statement.base:
        found = tables.find(statement, statement.base)
        then = found[0] if len({i.amount for i in found}) == 1 else None
    if statement.amount is not None:
        if then is not None:
            yield _difference_check(statement, now, then)
        others = [s for s in before if s.direction is None and s.amount is not None and s is not now]
        yield from _alone(statement, now, others, bounded=then is None)
    elif statement.percent is not None and then is not None:
        yield from _rate(statement, now, then)
    elif statement.direction == "flat" and then is not None:
        yield _identity([now], [then], "持平")


def _alone(statement: Statement, now: Statement, others: Sequence[Statement], bounded: bool) -> Iterator[Check]:
    """Yield what a change and its rate say without last year's figure.

    Where they do not fit the figure that they follow but fit another of the paragraph, the change may be of that one.
    """

    def tried(level: Statement) -> Iterator[Check]:
        if bounded and statement.direction == "increase":
            yield _bound(statement, level)  # an increase beyond the figure itself would leave less than nothing before
        if statement.percent is not None:
            yield from _rate(statement, level, None)

    checks = list(tried(now))
    if all(c.holds != "no" for c in checks) or not any(
        found and all(c.holds != "no" for c in found) for found in (list(tried(s)) for s in others)
    ):
        yield from checks


def _against_budget(statement: Statement, levels: Sequence[Statement]) -> Iterator[Check]:
    """Yield 决算数大于(小于、等于)预算数 for the two figures before it."""
    budget = next((s for s in reversed(levels) if s.phase == "budget"), None)
    final = next((s for s in reversed(levels) if s.phase == "final_accounts"), None)
    if budget is None or final is None:
        return
    if statement.amount is not None:
        yield _difference_check(statement, final, budget)
        return
    if statement.direction == "flat":
        yield _identity([final], [budget], "决算数等于预算数")
        return
    difference = _sum([final]) - _sum([budget])
    larger = statement.direction == "increase"
    sign, word = (">", "大于") if larger else ("<", "小于")
    yield _check(
        f"{_place(statement)}: 决算数{word}预算数: {_term(final)} {sign} {_term(budget)}",
        [statement, final],
        [budget],
        _sum([final]),
        _sum([budget]),
        ZERO,
        "exact" if (difference > 0) == larger and difference else "no",
    )


def _difference_check(statement: Statement, now: Statement, then: Figure) -> Check:
    """Return this year's figure - last year's = the stated change."""
    signed = _signed(statement)
    computed = _sum([now]) - _sum([then])
    tolerance = _tolerance([statement, now, then])
    return _check(
        f"{_place(statement)}: {_term(now)} - {_term(then)} = {_word(statement)} {_printed(statement)}",
        [statement],
        [now, then],
        signed,
        computed,
        tolerance,
        _holds(signed - computed, tolerance),
    )


def _rate(statement: Statement, now: Statement, then: Figure | None) -> Iterator[Check]:
    """Yield the stated rate against the change: both in yuan, the rate times what was there before.

    Rates are cut as often as rounded: a whole last digit is allowed.
    """
    sign = -1 if statement.direction == "decrease" else 1
    change = _signed(statement) if then is None else _sum([now]) - _sum([then])
    base = _sum([now]) - change if then is None else _sum([then])
    if base <= 0 or statement.percent is None:
        return
    known = [statement, now] if then is None else [now, then]
    slack = _tolerance(known) * (1 + abs(statement.percent) / HUNDRED)
    tolerance = 2 * half_digit(statement.percent_text or "0.0", "%", zero_is_exact=True) / HUNDRED * base + slack
    stated = sign * statement.percent / HUNDRED * base
    terms = f"{_word(statement)} {statement.percent_text}%"
    against = f"{_printed(statement)} of {_term(now)}" if then is None else f"{_term(then)} to {_term(now)}"
    yield _check(
        f"{_place(statement)}: {terms}: {against}",
        [statement],
        [now, then] if then is not None else [now],
        stated,
        change,
        tolerance,
        _holds(stated - change, tolerance),
    )


def _three_public(told: Sequence[Statement]) -> Iterator[Check]:
    """Yield “三公”经费 and 公务用车 = the sum of their parts, where the prose gives each one amount."""
    for phase in ("budget", "final_accounts"):
        by_subject: dict[str, list[Statement]] = defaultdict(list)
        for statement in told:
            if statement.phase == phase and statement.amount is not None and statement.section_kind == "three_public":
                by_subject[statement.subject or ""].append(statement)
        one = {k: v[0] for k, v in by_subject.items() if len({(s.amount, s.fiscal_year) for s in v}) == 1}
        vehicles = [one[p] for p in VEHICLE_PARTS if p in one]
        if "vehicles" in one and len(vehicles) == 2:
            yield _identity([one["vehicles"]], vehicles)
        elif "vehicles" not in by_subject and len(vehicles) == 2:
            one["vehicles"] = vehicles[0]
        parts = [one[p] for p in THREE_PARTS if p in one]
        if "three_public" in one and len(parts) == 3:
            split = vehicles if one["vehicles"].subject != "vehicles" else [one["vehicles"]]
            yield _identity([one["three_public"]], [*parts[:2], *split])


def _bounds(told: Sequence[Statement], tables: _Tables) -> Iterator[Check]:
    """Yield 中小企业预留 <= 采购总额, and the funds of projects with targets <= 项目支出; a bound proves no amount."""
    levels = [s for s in told if s.direction is None and s.amount is not None and s.phase == "budget"]
    totals = [s for s in levels if s.subject == "procurement_total"]
    reserved = [s for s in levels if s.subject == "procurement_sme"]
    if len(totals) == len(reserved) == 1:
        yield _bound(reserved[0], totals[0])
    for count, funds in pairwise(told):
        if count.subject == "performance_projects" and funds.subject == "performance_funds" and funds.phase == "budget":
            found = tables.find(replace(funds, subject="project_expenditure"))
            if found:
                yield _bound(funds, max(found, key=lambda item: item.amount or ZERO))


def _bound(part: Statement, whole: Figure) -> Check:
    tolerance = _tolerance([part, whole])
    within = _sum([part]) <= _sum([whole]) + tolerance
    return _check(
        f"{_place(part)}: {_word(part) if part.direction else ''}{_term(part)} <= {_term(whole)}",
        [part],
        [whole] if isinstance(whole, Statement) else [],
        _sum([part]),
        _sum([whole]),
        tolerance,
        "exact" if within else "no",
    )


def _identity(left: Sequence[Statement], right: Sequence[Figure], word: str = "") -> Check:
    tolerance = _tolerance([*left, *right])
    terms = " + ".join(map(_term, right))
    return _check(
        f"{_place(left[0])}: {f'{word}: ' if word else ''}{_term(left[0])} = {terms}",
        left,
        right,
        _sum(left),
        _sum(right),
        tolerance,
        _holds(_difference(left, right), tolerance),
    )


def _check(
    statement: str,
    left: Sequence[Figure],
    right: Sequence[Figure],
    stated: Decimal,
    computed: Decimal,
    tolerance: Decimal,
    holds: str,
) -> Check:
    cent = Decimal("0.01")
    stated, computed = stated.quantize(cent), computed.quantize(cent)
    return Check(
        check_id="",
        document_id=left[0].document_id,
        rule="narrative",
        statement=statement,
        table_ids=tuple(sorted({f.table_id for f in (*left, *right) if isinstance(f, LineItem)})),
        left_items=tuple(map(_id, left)),
        right_items=tuple(map(_id, right)),
        stated=stated,
        computed=computed,
        difference=stated - computed,
        tolerance=tolerance.quantize(Decimal("0.000001")),
        holds=holds,
        kind=None,
    )


def _key(statement: Statement) -> tuple[str | None, str | None]:
    """Return what a statement is of; classes without a known code by their name."""
    return statement.subject, (statement.code or statement.label) if statement.subject == CLASS else None


def _id(figure: Figure) -> str:
    return figure.statement_id if isinstance(figure, Statement) else figure.item_id


def _sum(figures: Sequence[Figure]) -> Decimal:
    return sum((f.amount for f in figures if f.amount is not None), ZERO)


def _signed(statement: Statement) -> Decimal:
    return -_sum([statement]) if statement.direction == "decrease" else _sum([statement])


def _difference(left: Sequence[Figure], right: Sequence[Figure]) -> Decimal:
    return _sum(left) - _sum(right)


def _tolerance(figures: Sequence[Figure]) -> Decimal:
    return sum(
        (
            half_digit(f.amount_text, f.unit, zero_is_exact=True) if isinstance(f, Statement) else item_half(f)
            for f in figures
        ),
        ZERO,
    )


def _holds(difference: Decimal, tolerance: Decimal) -> str:
    if difference == 0:
        return "exact"
    return "rounding" if abs(difference) <= tolerance else "no"


def _place(statement: Statement) -> str:
    return f"{statement.section_title or ''} p.{statement.page}".strip()


def _printed(statement: Statement) -> str:
    return f"{statement.amount_text}{statement.unit or ''}"


def _term(figure: Figure) -> str:
    if isinstance(figure, Statement):
        return f"{figure.code or ''} {figure.label} {_printed(figure)}".strip()
    name = " ".join(filter(None, (figure.code, figure.label, figure.measure_label.rpartition("/")[2])))
    return f"{figure.table_type} p.{figure.page} {name} {figure.amount_text}{figure.unit or ''}"


def _word(statement: Statement) -> str:
    return {"increase": "增加", "decrease": "减少", "flat": "持平"}[statement.direction or "flat"]
