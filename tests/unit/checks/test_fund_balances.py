"""What funds of social insurance keep of a year's revenue."""

from __future__ import annotations

from typing import Any

from support.small_tables import items_down
from support.vocabulary import CONFIG

from extractor.checks.fund_balances import check_fund_balances
from extractor.records.item import LineItem

RULES = CONFIG.identities.fund_balance


def rows(side: str | None, table: int, *labelled: tuple[str, str], **changes: Any) -> list[LineItem]:
    """Make the rows of one table of social insurance, all of one side."""
    own = {"side": side, "table": table, "table_type": "social_insurance_fund", **changes}
    return items_down(*labelled, **own)


def results(*tables: list[LineItem]) -> list[tuple[str, str, int]]:
    found = check_fund_balances([item for table in tables for item in table], RULES)
    return [(check.rule, check.holds, len(check.right_items)) for check in found]


def test_a_fund_keeps_what_it_does_not_spend() -> None:
    revenue = rows("revenue", 1, ("失业保险基金总收入", "5.00"), ("工伤保险基金总收入", "9.00"))
    expenditure = rows("expenditure", 2, ("失业保险基金支出", "3.00"), ("工伤保险基金支出", "1.00"))
    kept = rows(None, 3, ("其中:失业保险基金本年收支结余(或缺口)", "2.00"), ("工伤保险基金年末滚存结余", "8.00"))
    assert results(revenue, expenditure, kept) == [("balance", "exact", 2)]


def test_what_is_kept_joins_what_was_kept_before() -> None:
    sides = (
        rows("revenue", 1, ("上年结余", "7.00")),
        rows("expenditure", 1, ("本年收支结余", "2.00"), ("年末滚存结余", "9.00")),
    )
    assert results(*sides) == [("balance", "exact", 2)]


def test_a_balance_that_does_not_hold_says_nothing() -> None:
    revenue, expenditure = (
        rows("revenue", 1, ("本年收入合计", "5.00")),
        rows("expenditure", 1, ("本年支出合计", "3.00")),
    )
    assert results(revenue, expenditure, rows(None, 1, ("本年收支结余", "1.00"))) == []


def test_rows_of_other_tables_levels_and_years_are_of_another_fund() -> None:
    expenditure, kept = ("本年支出合计", "3.00"), ("本年收支结余", "2.00")
    revenue = rows("revenue", 1, ("本年收入合计", "5.00"), scope="own_level")
    assert results(revenue, rows("expenditure", 1, expenditure, kept, scope="own_level")) == [("balance", "exact", 2)]
    assert results(revenue, rows("expenditure", 2, expenditure, kept, scope="own_level")) == []
    assert results(revenue, rows("expenditure", 1, expenditure, kept, scope="all_region")) == []
    assert results(revenue, rows("expenditure", 1, expenditure, kept, scope="own_level", amount_year=2025)) == []
