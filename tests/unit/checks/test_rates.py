"""Percentages against the amounts of their rows."""

from __future__ import annotations

import pytest
from support.small_tables import columns_of, items_across, table_with
from support.vocabulary import CONFIG

from extractor.checks.check import Check
from extractor.checks.rates import check_rates
from extractor.checks.reconcile import verdicts
from extractor.contract import Phase
from extractor.records.item import LineItem

RATES = CONFIG.identities.rates
BUDGET = ("预算数", "执行数")
ROWS = (("200.00", "100.00"), ("300.00", "100.00"), ("400.00", "100.00"))


def read(head: str, amounts: tuple[tuple[str, ...], ...], *rates: str) -> tuple[list[LineItem], list[Check]]:
    """Make a table of two columns of amounts and one of rates, and check these."""
    columns = columns_of(*BUDGET, head)
    items = items_across(columns, *([*row, rate] for row, rate in zip(amounts, rates, strict=True)))
    items = [i._replace(unit="%", amount=None) if i.column == len(BUDGET) else i for i in items]
    return items, list(check_rates(table_with(columns), items, RATES, "p.1"))


def results(head: str, *rates: str, amounts: tuple[tuple[str, ...], ...] = ROWS) -> list[str]:
    return [check.holds for check in read(head, amounts, *rates)[1]]


@pytest.mark.parametrize("head", ["完成预算的%", "执行数为预算数的%", "占调整预算(%)", "执行率"])
def test_a_share_is_the_quotient_of_two_columns(head: str) -> None:
    assert results(head, "50.0", "33.3", "25.0") == ["exact"] * 3


@pytest.mark.parametrize("head", ["比上年增长%", "增减%", "比上年(同比)+-%", "增幅(%)"])
def test_growth_is_what_the_quotient_is_above_one(head: str) -> None:
    assert results(head, "-50.0", "-66.7", "-75.0") == ["exact"] * 3


def test_a_rate_may_stand_for_amounts_before_they_were_rounded() -> None:
    amounts = (*ROWS, ("300.00", "101.00"))
    assert results("完成预算%", "50", "33", "25", "33.668", amounts=amounts) == ["exact", "exact", "exact", "rounding"]


def test_of_columns_that_are_equal_the_nearest_is_compared() -> None:
    columns = columns_of("上年决算数", *BUDGET, "增长%")
    rows = [["100.00", a, a, rate] for a, rate in (("150.00", "50.0"), ("130.00", "30.0"), ("120.00", "20.0"))]
    items = [i._replace(unit="%", amount=None) if i.column == 3 else i for i in items_across(columns, *rows)]
    checks = check_rates(table_with(columns), items, RATES, "p.1")
    assert {tuple(item.rsplit("/", 1)[1] for item in check.right_items) for check in checks} == {("2", "0")}


def test_rates_that_few_rows_bear_out_are_left_uncovered_and_accuse_nothing() -> None:
    assert results("完成预算%", "50.0", "33.3", "26.0") == []
    assert results("完成预算%", "33.3", "25.0", "50.0") == []
    four = (*ROWS, ("500.00", "100.00"), ("600.00", "100.00"))
    assert results("完成预算%", "50.0", "33.3", "25.0", "20.0", "99.0", amounts=four) == ["exact"] * 4


def test_rows_of_a_hundred_percent_do_not_tell_which_columns_are_meant() -> None:
    assert results("完成预算%", *["100"] * 3, amounts=(("1.00", "1.00"), ("2.00", "2.00"), ("3.00", "3.00"))) == []


def test_a_percentage_whose_header_is_no_comparison_is_none_of_two_columns() -> None:
    assert results("平均利率%", "50.0", "33.3", "25.0") == []


@pytest.mark.parametrize(
    ("head", "phase", "found"),
    [
        ("完成预算%", "budget", 3),
        ("完成预算%", "prior_year_execution", 0),
        ("为上年预算%", "prior_year_budget", 3),
        ("为上年预算%", "budget", 0),
    ],
)
def test_a_share_of_an_earlier_time_is_of_no_budget_nor_the_reverse(head: str, phase: Phase, found: int) -> None:
    columns = columns_of(*BUDGET, head)
    items = items_across(columns, *([*row, rate] for row, rate in zip(ROWS, ("50.0", "33.3", "25.0"), strict=True)))
    items = [i._replace(phase=phase if i.column == 0 else "execution") for i in items]
    items = [i._replace(unit="%", amount=None) if i.column == len(BUDGET) else i for i in items]
    assert len(list(check_rates(table_with(columns), items, RATES, "p.1"))) == found


def test_a_rate_is_proven_and_proves_no_amount() -> None:
    items, checks = read("完成预算%", ROWS, "50.0", "33.3", "25.0")
    found = verdicts(items, checks)
    assert {found[i.item_id] for i in items if i.unit == "%"} == {"proven"}
    assert {found[i.item_id] for i in items if i.unit != "%"} == {"uncovered"}
