"""Figures that two tables print, revenue against expenditure, and classes of summaries against their rows elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from support.small_tables import line_item
from support.vocabulary import CONFIG

from extractor.checks.across_tables import CARRIED_OVER, FEW_CLASSES, SURPLUS, check_across
from extractor.checks.check import Check
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import Tie

IDENTITIES, GENERIC = CONFIG.identities, CONFIG.headers.groups.generic
SPENDING, SUMMARY = "expenditure_summary", "revenue_expenditure_summary"
SURE = (Tie.model_construct(left=(SPENDING, "total"), right=(SUMMARY, "expenditure"), sure=True),)
UNSURE = (Tie.model_construct(left=(SPENDING, "total"), right=(SUMMARY, "expenditure")),)


def total(amount: str, kind: str = SPENDING, row: int = 0, **changes: Any) -> LineItem:
    table = {SPENDING: 1, SUMMARY: 2}.get(kind.removesuffix("_final"), 3)
    values = {"table": table, "table_type": kind, "is_total": True, "label": "合计", "side": None}
    return line_item(amount, row, **{**values, **changes})


def spent(amount: str, row: int = 0, **changes: Any) -> LineItem:
    return total(amount, SUMMARY, row, **{"side": "expenditure", **changes})


def checks_of(items: Sequence[LineItem], ties: Sequence[Tie] = SURE) -> list[Check]:
    return list(check_across(items, IDENTITIES.model_copy(update={"tie": tuple(ties)}), GENERIC))


def results(items: Sequence[LineItem], ties: Sequence[Tie] = SURE) -> list[tuple[str, str]]:
    return [(c.rule, c.holds) for c in checks_of(items, ties)]


@pytest.mark.parametrize(("amount", "holds"), [("6.00", "exact"), ("6.01", "rounding"), ("6.02", "no")])
def test_two_tables_print_one_total(amount: str, holds: str) -> None:
    (check,) = checks_of([total("6.00"), spent(amount)])
    assert (check.rule, check.holds, len(check.table_ids)) == ("cross_table", holds, 2)
    assert check.statement.startswith("expenditure_summary = revenue_expenditure_summary: ")


def test_a_tie_that_needs_a_condition_confirms_and_never_accuses() -> None:
    assert results([total("6.00"), spent("6.00")], UNSURE) == [("cross_table", "exact")]
    assert results([total("6.00"), spent("7.00")], UNSURE) == []
    assert results([total("0.00"), spent("0.00")], UNSURE) == []  # nothing equals nothing everywhere


def test_of_several_totals_the_one_that_agrees_is_meant_and_none_is_accused() -> None:
    year, all_of_it = spent("6.00", 8, label="本年支出合计"), spent("6.50", 9, label="支出总计")
    (check,) = checks_of([total("6.50"), year, all_of_it])
    assert check.right_items == (all_of_it.item_id,)
    assert results([total("7.00"), year, all_of_it]) == []


def test_tables_of_which_one_shows_funds_of_another_year_are_not_accused() -> None:
    carried = spent("1.00", 5, label="结转下年", is_total=False)
    assert [c.standing for c in checks_of([total("6.00"), spent("7.00")])] == ["finding"]
    assert [c.doubt for c in checks_of([total("6.00"), spent("7.00"), carried])] == [CARRIED_OVER]


def test_totals_of_different_scopes_are_not_compared() -> None:
    assert results([total("6.00", scope="all_region"), spent("7.00", scope="own_level")]) == []


def test_a_tie_needs_two_tables() -> None:
    assert results([total("6.00")]) == []
    assert results([total("6.00"), spent("7.00", table=1)]) == []  # both in one table
    assert results([total("6.00"), total("6.00", row=1, table=4), spent("7.00")]) == []  # three of them


def test_budget_is_not_tied_to_last_year() -> None:
    assert results([total("6.00"), spent("7.00", phase="prior_year_budget")]) == []
    assert results([total("6.00", phase="final_accounts"), spent("6.00", phase="final_accounts")]) == [
        ("cross_table", "exact")
    ]


def test_tables_of_final_accounts_are_tied_like_those_of_budgets() -> None:
    assert results([total("6.00", f"{SPENDING}_final"), spent("7.00", table_type=f"{SUMMARY}_final")]) == [
        ("cross_table", "no")
    ]


def test_a_tie_may_name_a_measure_or_a_code() -> None:
    basic = Tie.model_construct(left=(SPENDING, "basic_expenditure"), right=(SUMMARY, "basic_expenditure"), sure=True)
    item = {"is_total": False, "measure": "basic_expenditure"}
    assert results([total("2.00", measure="basic_expenditure"), spent("3.00", **item)], (basic,)) == [
        ("cross_table", "no")
    ]
    twice = [spent("2.00", **item), spent("4.00", 1, **item)]  # of two, neither is the table's figure
    assert results([total("2.00", measure="basic_expenditure"), *twice], (basic,)) == []
    coded = Tie.model_construct(left=(SPENDING, "201"), right=(SUMMARY, "201"), sure=True)
    pair = [total("2.00", code="201", is_total=False), spent("3.00", code="201", is_total=False)]
    assert results(pair, (coded,)) == [("cross_table", "no")]


# Revenue against expenditure


def sides(revenue: str, expenditure: str, rows: tuple[int, int] = (9, 9)) -> list[LineItem]:
    return [
        spent(revenue, rows[0], side="revenue", column=1, label="收入总计"),
        spent(expenditure, rows[1], column=3, label="支出总计"),
    ]


@pytest.mark.parametrize(("amount", "holds"), [("6.00", "exact"), ("6.01", "rounding"), ("6.02", "no")])
def test_revenue_balances_expenditure(amount: str, holds: str) -> None:
    assert results(sides("6.00", amount), ()) == [("balance", holds)]


def test_the_last_totals_balance_and_those_of_the_year_need_not() -> None:
    of_the_year = [spent("5.00", 7, side="revenue", column=1), spent("4.00", 7, column=3)]
    assert results([*of_the_year, *sides("6.00", "6.00")], ()) == [("balance", "exact")]


def test_totals_that_leave_out_transfers_are_compared_only_where_they_agree() -> None:
    def named(revenue: str, expenditure: str) -> list[LineItem]:
        return [i._replace(label=i.label.replace("总", "合")) for i in sides(revenue, expenditure)]

    below = spent("1.00", 10, column=3)._replace(is_total=False)
    assert results([*named("6.00", "7.00"), below], ()) == []
    assert results([*named("6.00", "6.00"), below], ()) == [("balance", "exact")]


def test_totals_that_do_not_stand_beside_each_other_are_not_compared() -> None:
    assert results(sides("6.00", "7.00", rows=(8, 9)), ()) == []
    assert results(sides("6.00", "7.00")[:1], ()) == []


def test_each_phase_balances_by_itself() -> None:
    accounts = [item._replace(phase="final_accounts", item_id=f"{item.item_id}x") for item in sides("5.00", "5.50")]
    assert results([*sides("6.00", "6.00"), *accounts], ()) == [("balance", "exact"), ("balance", "no")]


def test_what_is_left_over_under_a_total_belongs_to_its_side() -> None:
    revenue, expenditure = sides("6.00", "5.00")
    surplus = spent("1.00", 10, column=3, label="年终结余", is_total=False)
    part = spent("1.00", 11, column=3, label="其中：结转下年", is_total=False)
    (check,) = checks_of([revenue, expenditure, surplus, part], ())
    assert (check.holds, len(check.right_items)) == ("exact", 2)
    (check,) = checks_of([revenue, expenditure, surplus._replace(amount=surplus.amount + 5000)], ())
    assert (check.standing, check.doubt) == ("doubt", SURPLUS)


def test_totals_that_leave_out_transfers_confirm_and_never_accuse() -> None:
    def of_the_year(revenue: str, expenditure: str) -> list[LineItem]:
        return [i._replace(label=i.label.replace("总", "合")) for i in sides(revenue, expenditure)]

    assert results(of_the_year("6.00", "6.00"), ()) == [("balance", "exact")]
    assert results(of_the_year("6.00", "5.00"), ()) == []


# Classes


def classes(kind: str, measure: str = "total", **amounts: str) -> list[LineItem]:
    own = {"is_total": False, "classification": "functional", "measure": measure}
    return [total(a, kind, row, code=code[1:], **own) for row, (code, a) in enumerate(amounts.items())]


def test_a_class_equals_its_row_in_the_table_of_expenditure() -> None:
    summary, detail = classes(SUMMARY, c201="1.00", c205="2.00"), classes(SPENDING, c201="1.00", c205="2.01")
    assert results([*summary, *detail], ()) == [("cross_table", "exact"), ("cross_table", "rounding")]


def test_one_class_of_three_that_differs_is_found() -> None:
    summary = classes(SUMMARY, c201="1.00", c205="2.00", c208="3.00")
    detail = classes(SPENDING, c201="1.00", c205="2.00", c208="9.00")
    checks = checks_of([*summary, *detail], ())
    assert [(c.holds, c.standing) for c in checks] == [("exact", None), ("exact", None), ("no", "finding")]


def test_a_class_that_differs_is_a_doubt_where_the_others_that_agree_are_few_or_nought() -> None:
    summary = classes(SUMMARY, c201="1.00", c205="0.00", c208="3.00")
    detail = classes(SPENDING, c201="1.00", c205="0.00", c208="9.00")
    assert [c.doubt for c in checks_of([*summary, *detail], ())] == [None, None, FEW_CLASSES]


def test_tables_whose_classes_mostly_differ_cover_other_money() -> None:
    summary, detail = classes(SUMMARY, c201="1.00", c205="2.00"), classes(SPENDING, c201="1.00", c205="9.00")
    assert results([*summary, *detail], ()) == []


def test_a_class_that_stands_twice_is_of_several_units() -> None:
    summary, detail = classes(SUMMARY, c201="1.00"), classes(SPENDING, c201="1.00")
    assert results([*summary, *detail, detail[0]._replace(row=9, item_id="x")], ()) == []


def test_classes_of_the_appropriation_are_those_of_the_general_public_budget() -> None:
    summary = classes("fiscal_appropriation_summary", "general_public_budget", c201="1.00")
    detail = [i._replace(table_id="t") for i in classes("general_public_budget_expenditure", c201="1.00")]
    assert results([*summary, *detail], ()) == [("cross_table", "exact")]
    whole = classes("fiscal_appropriation_summary", "total", c201="1.00")
    assert results([*whole, *detail], ()) == []
