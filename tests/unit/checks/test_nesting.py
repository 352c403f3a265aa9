"""Rows without codes: which row is the sum of which rows below it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from support.small_tables import items_down, line_item

from extractor.checks.nesting import check_nesting, group_rows
from extractor.records.item import LineItem


def groups(amounts: str, single: bool = False, totals: frozenset[int] = frozenset()) -> list[tuple[int, ...]]:
    found, _ = group_rows([Decimal(a) for a in amounts.split()], Decimal(1), single, totals)
    return [(group.parent, *group.children) for group in found]


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        ("6 2 4", [(0, 1, 2)]),
        ("6 2 3", []),
        ("6 2 4 5", [(0, 1, 2)]),  # the row after them is no part
        ("9 6 2 4 3", [(1, 2, 3), (0, 1, 4)]),
        ("6 7 -1", []),  # beyond the sum and back is no way there
        ("-6 -2 -4", [(0, 1, 2)]),
        ("6 2 0 4", [(0, 1, 2, 3)]),
        ("0 0 0", []),
        ("6 6", []),
        ("2 4 6", []),  # a sum below its parts
    ],
)
def test_a_row_is_the_sum_of_the_nearest_rows_below_it(amounts: str, found: list[tuple[int, ...]]) -> None:
    assert groups(amounts) == found


def test_a_row_that_repeats_the_one_above_is_a_part_only_where_that_may_be() -> None:
    assert groups("6 6 2 4", single=True) == [(1, 2, 3), (0, 1)]
    assert groups("6 6 2 4") == [(1, 2, 3)]


def test_a_total_is_no_part_of_a_row_above_it_that_is_none() -> None:
    assert groups("6 2 4", totals=frozenset({2})) == []
    assert groups("6 2 4", totals=frozenset({0, 2})) == [(0, 1, 2)]


def test_rows_in_no_group_are_reported() -> None:
    assert group_rows([Decimal(a) for a in (1, 6, 2, 4, 7)], Decimal(1), False)[1] == [0, 1, 4]


def test_a_sum_too_small_to_be_no_chance_is_none() -> None:
    amounts = [Decimal(a) for a in (6, 2, 4)]
    assert group_rows(amounts, Decimal(7), False)[0] == []


def results(*rows: Any) -> list[tuple[str, str, int]]:
    return [(c.rule, c.holds, len(c.right_items)) for c in check_nesting({2: items_down(*rows)}, "p.1")]


UNITS = [
    ("示例局", "6.00"),
    ("甲项目", "3.50"),
    ("乙项目", "2.50"),
    ("示例站", "3.00"),
    ("丙项目", "1.20"),
    ("丁项目", "1.80"),
]


def test_units_are_sums_of_their_projects_and_the_total_of_its_units() -> None:
    assert sorted(results(("合计", "9.00"), *UNITS)) == [
        ("children_sum", "exact", 2),
        ("children_sum", "exact", 2),
        ("rows_total", "exact", 2),
    ]


def test_a_numbered_total_is_a_part_of_the_row_above_it() -> None:
    series = [
        i._replace(is_total="合计" in i.label, numbering="一、" if "合计" in i.label else "")
        for i in items_down(("总收入", "9.00"), ("本年收入合计", "6.00"), ("转移性收入", "3.00"))
    ]
    assert [len(c.right_items) for c in check_nesting({0: series}, "p.1")] == [2]


def test_a_total_at_the_end_is_found_too() -> None:
    assert ("rows_total", "exact", 3) in results(("甲", "3.50"), ("乙", "2.50"), ("丙", "1.75"), ("合计", "7.75"))


def test_one_digit_off_is_no_group_and_no_failure() -> None:
    assert results(("示例局", "6.00"), ("甲项目", "3.50"), ("乙项目", "2.51")) == []


def test_chance_is_no_proof() -> None:
    assert results(("甲", "0.03"), ("乙", "0.01"), ("丙", "0.02")) == []


def test_a_list_of_one_row_is_not_judged() -> None:
    assert results(("合计", "6.00")) == []


def test_a_part_that_repeats_its_row_must_say_that_it_is_one() -> None:
    assert results(("收入", "5.00"), ("其中：专项", "5.00"), ("别的", "7.00")) == [("children_sum", "exact", 1)]
    assert results(("收入", "5.00"), ("专项", "5.00"), ("别的", "7.00")) == []
    assert results(("收入", "5.00"), ("专项", "5.00", {"indent": 10.0}), ("别的", "7.00")) == []
    units = ("示例局", "5.00", {"agency_code": "101"}), ("示例局本级", "5.00", {"agency_code": "101001"})
    assert results(*units, ("别的", "7.00")) == [("children_sum", "exact", 1)]


def column(number: int, *rows: tuple[str, str]) -> list[LineItem]:
    return [i._replace(column=number, item_id=f"{i.item_id}/{number}") for i in items_down(*rows)]


def test_the_fullest_column_shows_the_structure_and_each_column_is_judged_by_its_own_figures() -> None:
    full = column(2, ("示例局", "6.00"), ("甲项目", "3.50"), ("乙项目", "2.50"))
    holds = column(3, ("示例局", "4.00"), ("甲项目", "4.00"))
    fails = column(4, ("示例局", "9.00"), ("甲项目", "4.00"))
    found = list(check_nesting({2: full, 3: holds, 4: fails}, "p.1"))
    assert [(c.stated, c.holds) for c in found] == [(60_000, "exact"), (40_000, "exact")]


def matrix(*rows: Sequence[str]) -> list[tuple[int, int, list[int]]]:
    """Check rows of amounts, a column a place; return column, row of the sum, rows of its parts."""
    columns = {n: [line_item(row[n], r, n) for r, row in enumerate(rows) if row[n]] for n in range(len(rows[0]))}
    by_id = {i.item_id: i for items in columns.values() for i in items}
    found = ((by_id[c.left_items[0]], c) for c in check_nesting(columns, "p.1") if c.holds == "exact")
    return [(left.column, left.row, [by_id[i].row for i in c.right_items]) for left, c in found]


def test_rows_that_the_fullest_column_leaves_blank_are_parts_in_the_others() -> None:
    rows = (["9.00", "7.00"], ["2.00", ""], ["", "3.00"], ["3.00", ""], ["4.00", "1.00"], ["", "3.00"])
    assert matrix(*rows) == [(0, 0, [1, 3, 4]), (1, 0, [2, 4, 5])]
    assert matrix(["9.00", "4.00"], *rows[1:]) == [(0, 0, [1, 3, 4]), (1, 0, [2, 4])]


def test_a_row_that_only_the_fullest_column_makes_a_sum_is_none() -> None:
    rows = (["9.00", "9.00", "9.00"], ["3.00", "3.00", "1.00"], ["1.00", "4.00", "5.00"], ["2.00", "2.00", "3.00"])
    last = ["3.00", "", ""]
    assert matrix(*rows, last) == [(column, 0, [1, 2, 3, 4] if column == 0 else [1, 2, 3]) for column in range(3)]


BONDS = (("甲项目", "3000"), ("乙项目", "1000"), ("丙项目", "2000"), *((f"项目{n}", f"{700 + n}") for n in range(5)))


def test_a_project_among_many_that_two_others_add_up_to_is_no_sum_of_them() -> None:
    assert results(*BONDS) == []
    units = [(name, amount, {"agency_code": "101" if name == "甲项目" else None}) for name, amount in BONDS]
    assert results(*units) == [("children_sum", "exact", 2)]
    steps = [(name, amount, {"indent": 0.0 if name == "甲项目" else 20.0}) for name, amount in BONDS]
    assert results(*steps) == [("children_sum", "exact", 2)]


def test_a_sum_that_another_column_repeats_with_other_amounts_is_no_chance() -> None:
    rest = [["701", "501"], ["711", "511"], ["731", "541"], ["751", "581"]]
    rows = (["3000", "900"], ["1000", "400"], ["2000", "500"], *rest)
    assert matrix(*rows) == [(0, 0, [1, 2]), (1, 0, [1, 2])]
    assert matrix(["3000", "999"], *rows[1:]) == []


def test_rows_that_codes_explain_are_left_to_their_codes() -> None:
    assert results(("201", "6.00"), ("20101", "3.50"), ("20102", "2.50")) == []
    by_name = {"code_source": "looked_up"}
    rows = (("201", "6.00", by_name), ("20101", "3.50", by_name), ("20102", "2.50", by_name))
    assert results(*rows) == [("children_sum", "exact", 2)]


def test_a_column_without_amounts_has_no_structure() -> None:
    assert list(check_nesting({}, "p.1")) == []
    assert list(check_nesting({2: [line_item("0.00", 0), line_item("0.00", 1)]}, "p.1")) == []
