"""`figures.toml`: what the tables say of a body's budget."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from extractor.contract import Component, FigureClassification, FigureDirection, FigureFund
from extractor.vocabulary.fields import Code, MeasureId, Pattern, Strict, TableId


class FigureTable(Strict):
    """A table type that states figures.

    Attributes:
        type: Its id in tables.toml; final accounts have the same.
        direction: Of rows whose side the table does not say.
        fund: Of columns that name none.
        component: Of columns that name none.
        totals: Classification of a total where no row of its side has a code; None: such a total states nothing. By
            side where they differ.
        measured: The columns, or the rows, name what the money is for, the debt or the insurance, instead of component and fund.
    """

    type: TableId
    direction: FigureDirection | None = None
    fund: FigureFund = "all"
    component: Component = "total"
    totals: FigureClassification | dict[FigureDirection, FigureClassification] | None = None
    measured: Literal["three_public", "debt", "social_insurance"] | None = None


class Steps(Strict):
    """What the steps of a measure's path say.

    Attributes:
        whole: All of a body's money.
        current_year: All revenue of the year.
        carried_over: What was carried over from the year before, which is no revenue of the year.
        component: A part of it.
        fund: The fund that it is of.
    """

    whole: frozenset[MeasureId]
    current_year: MeasureId
    carried_over: MeasureId
    component: dict[MeasureId, Component]
    fund: dict[MeasureId, FigureFund]


class RevenueSource(Strict):
    """Where money comes from.

    Attributes:
        id: The source.
        within: The source that it is a part of.
        grouped: Sources that some publishers print above it, and others beside it.
    """

    id: MeasureId
    within: MeasureId | None = None
    grouped: frozenset[MeasureId] = frozenset()


class ThreePublic(Strict):
    """The parts of “三公”经费, and the columns that mean the whole.

    Attributes:
        whole: Columns that mean all of it.
        also_whole: So do these, in a table that has none of `besides`.
        besides: What such tables print beside it.
        first: The parts.
        second: The parts of `within`, which is one of them.
    """

    whole: frozenset[MeasureId]
    also_whole: frozenset[MeasureId]
    besides: frozenset[MeasureId]
    first: frozenset[MeasureId]
    second: frozenset[MeasureId]
    within: MeasureId


class SocialInsurance(Strict):
    """The funds of social insurance, and the rows that mean all of one's revenue or expenditure, or of all funds'.

    Attributes:
        funds: Their columns, or what the labels of their rows mean.
        revenue: Labels of all revenue.
        expenditure: Of all expenditure.
        balance: Labels of what is left: a fund's row without 收入 or 支出 may be of that, in a table that has such.
    """

    funds: frozenset[MeasureId]
    revenue: Pattern
    expenditure: Pattern
    balance: Pattern


class Debt(Strict):
    """The columns of limits and balances of debt, and the kinds of it."""

    limit: MeasureId
    balance: MeasureId
    funds: dict[MeasureId, FigureFund]


class GrandTotal(Strict):
    """Labels of totals that hold more than the body's own revenue or expenditure, and of the subtotals beside them."""

    labels: Pattern
    subtotals: Pattern


class Uncoded(Strict):
    """Labels of rows without a code that are parts of the row before, and no class of their own."""

    parts: Pattern


class Balancing(Strict):
    """Classes below the line, which the totals of revenue and expenditure leave out."""

    codes: frozenset[Code]


class FigureRules(Strict):
    """`figures.toml`."""

    table: tuple[FigureTable, ...]
    steps: Steps
    source: tuple[RevenueSource, ...]
    three_public: ThreePublic
    social_insurance: SocialInsurance
    debt: Debt
    grand_total: GrandTotal
    uncoded: Uncoded
    balancing: Balancing

    @field_validator("table")
    @classmethod
    def _once(cls, tables: tuple[FigureTable, ...]) -> tuple[FigureTable, ...]:
        types = [table.type for table in tables]
        twice = next((t for t in types if types.count(t) > 1), None)
        if twice:
            raise ValueError(f'"{twice}" has two entries; join them')
        return tables
