"""Which failing checks of a table accuse the document, and which may be the reading's or the identity's fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from support.small_tables import columns_of, line_item, table_with
from support.vocabulary import CONFIG

from extractor.checks.check import Check
from extractor.checks.identity import identity
from extractor.checks.standing import INCOMPLETE, UNCODED, UNESTABLISHED, UNREAD, TableStanding
from extractor.grids.grid import Cell
from extractor.records.item import LineItem
from extractor.tables.table import Row

TOTAL, BASIC, PROJECT = 0, 1, 2
COLUMNS = columns_of("合计", "基本支出", "项目支出")


def amount(text: str, row: int, code: str | None = None, column: int = TOTAL, **changes: Any) -> LineItem:
    coded = {"code": code, "code_source": "printed", "classification": "functional"} if code else {}
    return line_item(text, row, column, **{**coded, **changes})


def doubts(items: Sequence[LineItem], *checks: Check, rows: Sequence[Row] = ()) -> list[str | None]:
    standing = TableStanding(table_with(COLUMNS, rows=tuple(rows)), items, checks)
    return [c.doubt for c in standing.weighed(CONFIG.identities.withheld, CONFIG.codes.functional) if c.holds == "no"]


def children(parent: LineItem, *parts: LineItem) -> Check:
    return identity("children_sum", "", [parent], parts)


def family(total: str, *, column: int = TOTAL, **changes: Any) -> list[LineItem]:
    """Make 公安 with two of its items, of 6.00 and 1.00."""
    rows = ((total, "20402"), ("6.00", "2040201"), ("1.00", "2040299"))
    return [amount(text, row, code, column, **changes) for row, (text, code) in enumerate(rows)]


@pytest.mark.parametrize(("total", "doubt"), [("9.00", INCOMPLETE), ("6.50", None)])
def test_a_parent_may_exceed_its_children_where_items_are_withheld_and_may_not_fall_short(
    total: str, doubt: str | None
) -> None:
    items = family(total)
    assert doubts(items, children(*items)) == [doubt]


def test_nothing_is_withheld_of_a_fund_nor_of_the_economic_classification() -> None:
    items = family("9.00", fund="government_fund")
    assert doubts(items, children(*items)) == [None]
    items = family("9.00", classification="economic_department")
    assert doubts(items, children(*items)) == [None]


def test_a_parent_accuses_where_all_of_its_children_are_printed() -> None:
    codes = [code for code in CONFIG.codes.functional.names if code.startswith("21013") and len(code) == 7]
    items = [amount("90.00", 0, "21013"), *(amount("1.00", n, code) for n, code in enumerate(codes, 1))]
    assert doubts(items, children(*items)) == [None]


def test_rows_that_add_up_for_another_year_are_all_printed() -> None:
    now, before = family("9.00"), family("7.00", column=BASIC, amount_year=2025, phase="prior_year_budget")
    assert doubts([*now, *before], children(*now), children(*before)) == [None]
    before = family("8.00", column=BASIC, amount_year=2025, phase="prior_year_budget")
    assert doubts([*now, *before], children(*now), children(*before)) == [INCOMPLETE, INCOMPLETE]


def test_last_years_column_may_lack_a_row_of_a_code_that_is_no_more() -> None:
    now, before = family("7.00"), family("9.00", column=BASIC, amount_year=2025, phase="prior_year_budget")
    assert doubts([*now, *before], children(*now), children(*before)) == [INCOMPLETE]


def test_a_list_of_which_two_codes_exceed_their_children_may_be_of_the_larger_items() -> None:
    economic: dict[str, Any] = {"classification": "economic_department"}
    wages = [amount(text, n, code, **economic) for n, (text, code) in enumerate((("9.00", "301"), ("6.00", "30101")))]
    goods = [
        amount(text, n, code, **economic) for n, (text, code) in enumerate((("8.00", "302"), ("5.00", "30201")), 2)
    ]
    assert doubts([*wages, *goods], children(*wages), children(*goods)) == [INCOMPLETE, INCOMPLETE]
    exact = [goods[0], goods[1]._replace(amount=goods[0].amount)]
    assert doubts([*wages, *exact], children(*wages), children(*exact)) == [None]
    basic, project = (
        [amount(text, n, code, column, **economic) for n, code in enumerate(("301", "30101"))]
        for text, column in (("6.00", BASIC), ("3.00", PROJECT))
    )
    across = identity("columns_sum", "", [wages[0]], [basic[0], project[0]])
    items, down = [*wages, *goods, *basic, *project], [children(*i) for i in (wages, goods, basic, project)]
    assert doubts(items, *down, across) == [None, INCOMPLETE]


def test_rows_that_add_up_in_every_column_of_which_the_total_is_the_sum_are_all_printed() -> None:
    total = family("9.00")
    basic = [amount("6.00", 0, "20402", BASIC), amount("6.00", 1, "2040201", BASIC)]
    project = [amount("3.00", 0, "20402", PROJECT), amount("3.00", 2, "2040299", PROJECT)]
    across = identity("columns_sum", "", [total[0]], [basic[0], project[0]])
    items, down = [*total, *basic, *project], [children(*total), children(*basic), children(*project)]
    assert doubts(items, *down, across) == [None]
    withheld = [amount("3.00", 0, "20402", PROJECT), amount("1.00", 2, "2040299", PROJECT)]
    items, down = [*total, *basic, *withheld], [children(*total), children(*basic), children(*withheld)]
    assert doubts(items, *down, across) == [INCOMPLETE, INCOMPLETE]


def test_an_amount_whose_code_was_lost_may_be_the_missing_child() -> None:
    items = [
        amount("9.00", 0, "301", classification="economic_department"),
        amount("6.00", 1, "30101"),
        amount("3.00", 2),
    ]
    assert doubts(items, children(*items[:2])) == [UNCODED]


def test_a_total_may_exceed_its_classes_by_an_amount_without_a_code() -> None:
    economic = {"classification": "economic_department"}
    items = [amount("9.00", 0, is_total=True), amount("6.00", 1, "301", **economic), amount("3.00", 2)]
    total = identity("rows_total", "", items[:1], items[1:2])
    assert doubts(items, total) == [UNCODED]
    assert doubts([*items[:2], items[2]._replace(label="其中：专项")], total) == [None]


def test_a_table_of_which_most_sums_fail_is_misread() -> None:
    families = [[i._replace(row=10 * n + i.row, item_id=f"{n}/{i.item_id}") for i in family("1.00")] for n in range(3)]
    items = [i for own in families for i in own]
    assert doubts(items, *(children(*own) for own in families)) == [UNESTABLISHED] * 3
    assert doubts(items, *(children(*own) for own in families[:2])) == [None] * 2


def test_a_label_that_spills_into_a_cell_of_the_column_blocks_its_sum() -> None:
    items = family("6.50")
    cells = [
        tuple(Cell(row, c, 1, 1, text, 0, 0, 0, 0) for c in range(3)) for row, text in enumerate(("6.50", "支出", "1"))
    ]
    rows = [Row(n, 1, own) for n, own in enumerate(cells)]
    assert doubts(items, children(*items), rows=rows) == [UNREAD]
    assert doubts(items, children(*items), rows=rows[:1]) == [None]


def test_a_list_without_codes_accuses_where_another_column_of_the_same_rows_adds_up() -> None:
    def total(column: int, whole: str) -> tuple[list[LineItem], Check]:
        rows = [amount(text, row, None, column) for row, text in enumerate(("2.00", "3.00", whole))]
        return rows, identity("rows_total", "", rows[2:], rows[:2])

    wrong, check = total(TOTAL, "9.00")
    right, other = total(BASIC, "5.00")
    assert doubts(wrong, check) == [UNESTABLISHED]
    assert doubts([*wrong, *right], check, other) == [None]


def test_years_and_their_change_accuse_where_others_of_the_table_add_up() -> None:
    def change(row: int, now: str) -> tuple[list[LineItem], Check]:
        items = [amount(text, row + n) for n, text in enumerate((now, "2.00", "1.00"))]
        return items, identity("year_on_year", "", items[:1], items[1:])

    found = [change(row, now) for row, now in ((0, "9.00"), (3, "3.00"), (6, "3.00"))]
    assert doubts([i for items, _ in found for i in items], *(c for _, c in found)) == [None]
    assert doubts([i for items, _ in found[:2] for i in items], *(c for _, c in found[:2])) == [UNESTABLISHED]
