"""Of which year and phase an amount is: what its header says, else its table's title, else the document."""

from __future__ import annotations

from extractor.contract import Phase
from extractor.records.facts import Facts
from extractor.records.rows import RowHeader
from extractor.tables.table import Column, Table
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.label_rules import Periods

OWN_PHASES = (None, "budget", "final_accounts")  # 预算数 over rows 2025年, 2026年, 增减变化: the row says which
ENDED = ("execution", "final_accounts")
REPORTED: tuple[Phase, ...] = ("prior_year_budget", "prior_year_execution", "execution", "final_accounts")


def _is_compared(column: Column, table: Table, row_header: RowHeader, facts: Facts) -> bool:
    """Return whether a figure of another year stands beside its counterpart of the table's own: 2025年 | 2026年.

    What a label alone dates (2024年末债务余额) has none, nor do columns of 2022年, 2023年 and 2024年 in a report of 2025.
    """
    if table.columns[column.ordinal].year is None:
        return table.form or row_header.phase is not None
    base = table.year or facts.fiscal_year
    return any(
        c.role == "measure" and c.year in (None, base) and c.phase in OWN_PHASES for c in table.columns if c.unit != "%"
    )


def phase_and_year(
    column: Column, table: Table, row_header: RowHeader, facts: Facts, groups: MeasureGroups, words: Periods
) -> tuple[Phase | None, int | None]:
    """Return phase and year of a column: what its header says, else the table's title, else the document.

    A header that says a time which is not understood (预算完成情况分析) has what it says of it and no more.
    """
    whole = table.phase or facts.phase
    header = "".join(column.path)
    if column.measure is None and not column.concepts and column.phase is None and words.is_of_another(header, whole):
        return None, column.year
    base = table.year or facts.fiscal_year
    year = column.year or base
    phase = _said(column, header, whole, groups, words)
    if column.year is None and phase in REPORTED and base is not None and not _reports(phase, table, facts):
        year = base - 1
    concepts = {*column.concepts, *(column.measure or "").split("/")}
    if column.phase is None and column.year is not None and base is not None and column.year < base:
        compared = base - column.year == 1 and bool(table.table_type) and _is_compared(column, table, row_header, facts)
        own = whole if compared and whole != "execution" else None
        phase = "execution" if groups.outcomes & concepts or words.speaks_of(header, "execution") else own
    elif column.phase is None and phase == "execution" and groups.ceilings & concepts:
        phase = None
    elif column.phase is None and column.year is not None and table.table_type is None:
        phase = None  # GDP of 2025 in a report on a budget is no budget
    elif phase == whole == facts.phase == "budget" and column.phase is None and base != facts.fiscal_year:
        phase = "execution" if groups.outcomes & concepts else None  # the title says a year and no more
    return _beside(base, phase, year), year


def _said(column: Column, header: str, whole: Phase | None, groups: MeasureGroups, words: Periods) -> Phase | None:
    """Return the phase that a header says, in accounts by the word 预算 too (收入预算, and 上年 without it), else its table's."""
    phase = column.phase or whole
    if whole not in ENDED or phase not in ("prior_year_budget", whole):
        return phase
    says_budget = words.speaks_of(header, "budget")
    if phase == "prior_year_budget":
        return phase if says_budget else "prior_year_execution"
    of_money = groups.no_money.isdisjoint(column.concepts)
    return (
        "budget" if column.phase is None and says_budget and of_money and not words.speaks_of(header, whole) else phase
    )


def _reports(phase: Phase, table: Table, facts: Facts) -> bool:
    """Return whether 执行数 or 决算数 means the table's own year: in accounts, and where its title names a year gone by.

    In a budget, what has come is last year's.
    """
    if phase in ("prior_year_budget", "prior_year_execution"):
        return False
    if facts.phase == "final_accounts" or table.year is None:
        return facts.phase == "final_accounts"
    return table.phase in ("execution", "final_accounts") or table.year < (facts.fiscal_year or table.year)


def _beside(base: int | None, phase: Phase | None, year: int | None) -> Phase | None:
    """Return the phase as its table's year has it: last year's budget and what last year came to have names of their own."""
    if year is None or base is None or year != base - 1:
        return phase
    if phase == "budget":
        return "prior_year_budget"
    return "prior_year_execution" if phase in ("execution", "final_accounts") else phase
