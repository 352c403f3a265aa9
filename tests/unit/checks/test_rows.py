"""Sums down a column: children to their parent, rows to their total, sub-items to their heading."""

from __future__ import annotations

from typing import Any

import pytest
from support.small_tables import items_down, line_item
from support.vocabulary import CONFIG

from extractor.checks.check import Check
from extractor.checks.rows import (
    BESIDE,
    REPEATED,
    TRANSFERS,
    RowRules,
    chained,
    check_row_headers,
    check_rows,
    series_of,
)
from extractor.records.item import LineItem

CLASS_TOTALS = CONFIG.identities.class_total
RULES = RowRules(CONFIG.identities.transfers, CONFIG.labels.total, CONFIG.identities.closing)
LOOKED_UP = {"code_source": "looked_up"}


def results(series: list[LineItem]) -> list[tuple[str, str, int]]:
    return [brief(check) for check in check_rows(series, RULES, "p.1")]


def brief(check: Check) -> tuple[str, str, int]:
    return check.rule, check.holds, len(check.right_items)


# Codes


@pytest.mark.parametrize(("amount", "holds"), [("6.00", "exact"), ("6.01", "rounding"), ("6.50", "no")])
def test_children_add_up_to_their_parent(amount: str, holds: str) -> None:
    series = items_down(("201", amount), ("20101", "2.00"), ("20102", "4.00"))
    assert results(series) == [("children_sum", holds, 2)]


def test_grandchildren_count_once_under_their_own_parent() -> None:
    series = items_down(("201", "6.00"), ("20101", "6.00"), ("2010101", "2.00"), ("2010102", "4.00"))
    assert results(series) == [("children_sum", "exact", 1), ("children_sum", "exact", 2)]


def test_a_level_that_is_not_printed_is_passed_over() -> None:
    assert results(items_down(("201", "6.00"), ("2010101", "2.00"), ("2010201", "4.00"))) == [
        ("children_sum", "exact", 2)
    ]


def test_codes_without_a_parent_in_the_column_are_not_judged() -> None:
    assert results(items_down(("201", "6.00"), ("205", "2.00"), ("20801", "4.00"))) == []


def test_a_code_found_by_its_name_confirms_and_never_accuses() -> None:
    holds = items_down(("201", "6.00"), ("20101", "6.00", LOOKED_UP))
    fails = items_down(("201", "6.00"), ("20101", "5.00", LOOKED_UP))
    assert results(holds) == [("children_sum", "exact", 1)]
    assert results(fails) == []


def test_a_list_of_units_is_judged_unit_by_unit() -> None:
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("201", "6.00", {"agency_name": "甲"}),
        ("20101", "6.00", {"agency_name": "甲"}),
        ("201", "3.00", {"agency_name": "乙"}),
        ("20101", "2.00", {"agency_name": "乙"}),
    ]
    assert results(items_down(*rows)) == [("children_sum", "exact", 1), ("children_sum", "no", 1)]


def test_a_code_that_repeats_without_a_unit_accuses_nobody() -> None:
    (check,) = check_rows(items_down(("201", "6.00"), ("20101", "2.00"), ("20101", "3.00")), RULES, "p.1")
    assert (check.rule, check.standing, check.doubt) == ("children_sum", "doubt", REPEATED)
    assert results(items_down(("201", "5.00"), ("20101", "2.00"), ("20101", "3.00"))) == []  # nesting finds it
    apart = (("201", "6.00"), ("20101", "2.00"), ("205", "1.00"), ("20101", "3.00"))
    assert results(items_down(*apart)) == []


def test_a_code_printed_again_for_each_level_that_it_has_not_counts_once() -> None:
    rows = (("201", "5.00"), ("20101", "5.00"), ("227", "4.00"), ("227", "4.00"), ("227", "4.00"))
    assert results(items_down(*rows)) == [("children_sum", "exact", 1)]
    (check,) = check_rows(
        items_down(("227", "4.00"), ("227", "4.00"), ("201", "6.00"), ("20101", "5.00")), RULES, "p.1"
    )
    assert (check.holds, check.doubt) == ("no", None)  # as in any other list


def test_a_code_of_the_deepest_level_that_repeats_with_one_amount_is_of_two_projects() -> None:
    rows = (("201", "5.00"), ("20101", "5.00"), ("2010101", "2.50"), ("2010101", "2.50"))
    assert [r for r in results(items_down(*rows)) if r[1] == "no"] == []


# Totals over codes


@pytest.mark.parametrize(("amount", "holds"), [("9.00", "exact"), ("9.01", "rounding"), ("9.50", "no")])
def test_classes_add_up_to_the_total(amount: str, holds: str) -> None:
    assert results(items_down(("合计", amount), ("201", "6.00"), ("205", "3.00"))) == [("rows_total", holds, 2)]


def test_only_rows_without_a_parent_are_parts_of_the_total() -> None:
    found = results(items_down(("合计", "9.00"), ("201", "6.00"), ("20101", "6.00"), ("205", "3.00")))
    assert ("rows_total", "exact", 2) in found


def test_a_row_without_a_code_may_explain_what_the_total_has_more() -> None:
    assert results(items_down(("合计", "9.00"), ("201", "6.00"), ("结转下年", "3.00"))) == [("rows_total", "exact", 2)]
    assert results(items_down(("合计", "9.50"), ("201", "6.00"), ("结转下年", "3.00"))) == []
    assert results(items_down(("合计", "9.00"), ("201", "6.00"), ("其中：专项", "3.00"))) == [("rows_total", "no", 1)]


def test_a_total_is_not_judged_where_its_rows_are_not_sure() -> None:
    assert results(items_down(("合计", "9.00"), ("小计", "9.00"), ("201", "6.00"))) == []
    assert results(items_down(("合计", "9.00"), ("101", "6.00"), ("201", "2.00"))) == []  # revenue and expenditure
    found_by_name = items_down(("合计", "9.00"), ("201", "6.00", LOOKED_UP))
    assert ("rows_total", "no", 1) not in results(found_by_name)


def test_the_head_of_transfers_covers_all_codes_under_it_or_the_grants_alone() -> None:
    grants = (("11001", "2.00"), ("11002", "3.00"), ("11008", "4.00"))
    assert ("children_sum", "exact", 3) in results(items_down(("110", "9.00"), *grants))
    assert ("children_sum", "exact", 2) in results(items_down(("110", "5.00"), *grants))
    (check,) = check_rows(items_down(("110", "6.00"), *grants), RULES, "p.1")
    assert (check.standing, check.doubt) == ("doubt", TRANSFERS)


def test_a_total_may_leave_out_the_transfers_under_it() -> None:
    rows = (("201", "6.00"), ("230", "3.00"))
    assert results(items_down(("合计", "9.00"), *rows)) == [("rows_total", "exact", 2)]
    assert results(items_down(("合计", "6.00"), *rows)) == [("rows_total", "exact", 1)]
    (check,) = check_rows(items_down(("合计", "7.00"), *rows), RULES, "p.1")
    assert (check.standing, check.doubt) == ("doubt", TRANSFERS)


# Lists without codes


def numbered(*rows: tuple[str, str, str]) -> list[LineItem]:
    """Make a list of (numbering, label, amount)."""
    return items_down(*((label, amount, {"numbering": number}) for number, label, amount in rows))


def test_a_list_numbered_alike_is_the_whole_of_its_total() -> None:
    first, second = ("一、", "财政拨款", "5.00"), ("二、", "事业收入", "1.00")
    assert results(numbered(first, second, ("", "收入合计", "6.00"))) == [("rows_total", "exact", 2)]
    assert results(numbered(first, second, ("", "收入合计", "6.50"))) == [("rows_total", "no", 2)]


def test_rows_of_other_levels_make_a_failure_say_nothing() -> None:
    rows = (("一、", "财政拨款", "5.00"), ("", "上年结转", "1.00"))
    assert results(numbered(*rows, ("", "收入合计", "6.00"))) == [("rows_total", "exact", 2)]
    assert results(numbered(*rows, ("", "收入合计", "6.50"))) == []


def test_a_list_that_begins_again_makes_a_failure_say_nothing() -> None:
    rows = (("一、", "本年支出", "5.00"), ("一、", "一般公共服务支出", "5.00"), ("", "支出合计", "6.50"))
    assert results(numbered(*rows)) == []


def test_a_subtotal_in_a_list_is_counted_once_and_makes_a_failure_say_nothing() -> None:
    rows = (("一、", "基础养老金", "5.00"), ("二、", "丧葬补助金", "1.00"), ("三、", "本年支出小计", "6.00"))
    surplus = ("四、", "年末结余", "2.00")

    def of_list(total: str) -> list[LineItem]:
        return [i._replace(is_total=i.label == "总计") for i in numbered(*rows, surplus, ("", "总计", total))]

    subtotal = ("rows_total", "exact", 2)
    assert results(of_list("8.00")) == [subtotal, subtotal]
    assert results(of_list("9.00")) == [subtotal]


def test_a_subtotal_leaves_out_the_parts_of_its_rows() -> None:
    rows = (
        ("一、", "基本养老保险费收入", "5.00"),
        ("二、", "财政补贴收入", "2.00"),
        ("", "其中:地方财政补贴", "1.50"),
        ("三、", "本年收入小计", "7.00"),
        ("四、", "上级补助收入", "3.00"),
    )
    whole = numbered(*rows, ("", "本年收入合计", "10.00"))
    assert results(whole) == [("rows_total", "exact", 2), ("rows_total", "exact", 2)]


def test_a_total_above_its_rows_covers_the_outermost_of_them() -> None:
    parts = (("", "其中:保险费收入", "3.00"), ("", "财政补贴收入", "1.00"))
    rows = (("一、", "失业保险基金收入", "5.00"), parts[0], ("二、", "工伤保险基金收入", "2.00"), parts[1])
    above = [i._replace(is_total=i.label == "合计") for i in numbered(("", "合计", "7.00"), *parts, *rows)]
    assert results(above) == [("rows_total", "exact", 2)]


def test_a_total_that_numbers_its_rows_covers_those_below_it_alone() -> None:
    rows = numbered(
        ("", "总收入", "3.00"),
        ("一、", "本年收入合计", "3.00"),
        ("1、", "利润收入", "1.00"),
        ("2、", "股利收入", "2.00"),
    )
    series = [i._replace(is_total=i.numbering == "一、") for i in rows]
    assert results(series[:2]) == []
    assert ("children_sum", "exact", 2) in results(series)


def test_rows_set_off_below_the_parts_of_a_heading_are_none_of_them() -> None:
    rows = [
        ("政府性基金收入", "6.00", 2.0),
        ("污水处理费", "1.00", 11.0),
        ("国有土地出让", "5.00", 11.0),
        ("价款", "5.00", 29.0),
    ]
    series = items_down(*((label, amount, {"indent": indent}) for label, amount, indent in rows))
    assert results([series[0]._replace(numbering="一、"), *series[1:]]) == [("children_sum", "exact", 2)]


def test_sub_items_are_no_parts_of_the_total_and_add_up_to_their_heading() -> None:
    rows = [
        ("一、", "财政拨款", "5.00"),
        ("(一)", "一般公共预算", "3.00"),
        ("(二)", "政府性基金", "2.00"),
        ("二、", "事业收入", "1.00"),
        ("", "收入合计", "6.00"),
    ]
    assert results(numbered(*rows)) == [("rows_total", "exact", 2), ("children_sum", "exact", 2)]


def test_sub_items_that_fall_short_of_their_heading_say_nothing() -> None:
    rows = (("一、", "财政拨款", "5.00"), ("(一)", "一般公共预算", "3.00"), ("二、", "事业收入", "1.00"))
    assert results(numbered(*rows)) == []


def test_what_is_named_by_qizhong_is_no_part_of_the_total() -> None:
    rows = (("一、", "财政拨款", "5.00"), ("", "其中：专项", "3.00"), ("二、", "其他收入", "1.00"))
    assert ("rows_total", "exact", 2) in results(numbered(*rows, ("", "收入合计", "6.00")))


def test_a_part_of_the_first_total_adds_nothing_to_the_second() -> None:
    rows = (("", "本年收入合计", "5.00"), ("", "其中：专项", "3.00"), ("", "收入总计", "5.00"))
    assert results(numbered(*rows)) == [("rows_total", "exact", 1)]


def test_a_second_total_is_the_first_and_what_follows_it() -> None:
    rows = (
        ("一、", "财政拨款", "5.00"),
        ("", "本年收入合计", "5.00"),
        ("", "上年结转", "1.00"),
        ("", "收入总计", "6.00"),
    )
    assert results(numbered(*rows)) == [("rows_total", "exact", 1), ("rows_total", "exact", 2)]


# Rows of years


def years(*rows: tuple[str, str]) -> list[LineItem]:
    return items_down(*((phase, amount, {"phase": phase}) for phase, amount in rows))


def test_the_row_of_change_is_this_year_less_last() -> None:
    before, now = ("prior_year_budget", "5.00"), ("budget", "7.00")
    assert results(years(before, now, ("change", "2.00"))) == [("year_on_year", "exact", 2)]
    assert results(years(before, now, ("change", "3.00"))) == [("year_on_year", "no", 2)]
    assert results(years(("prior_year_execution", "5.00"), ("final_accounts", "7.00"), ("change", "2.00"))) == [
        ("year_on_year", "exact", 2)
    ]


def test_three_rows_are_one_concept_and_the_next_begins_after_them() -> None:
    meals = (("prior_year_budget", "5.00"), ("budget", "7.00"), ("change", "2.00"))
    trips = (("prior_year_budget", "1.00"), ("budget", "1.00"), ("change", "0.00"))
    assert results(years(*meals, *trips)) == [("year_on_year", "exact", 2)] * 2


# Row headers side by side


def side_by_side(*blocks: list[tuple[str, str]]) -> list[LineItem]:
    return [
        item._replace(item_id=f"{item.item_id}/{number}")
        for number, rows in enumerate(blocks)
        for item in items_down(*rows, classification="economic_department", block=number, column=number)
    ]


PERSONNEL = [("301", "5.00"), ("303", "1.00")]
OPERATING = [("302", "3.00"), ("310", "0.50")]


def test_only_amounts_are_summed_and_each_column_by_itself() -> None:
    items = [line_item("1.00"), line_item("12%", 1, unit="%"), line_item("2.00", 0, 3)]
    assert [[i.amount_text for i in series] for series in series_of(items).values()] == [["1.00"], ["2.00"]]


def test_a_list_of_codes_goes_on_in_the_next_block() -> None:
    series = series_of(side_by_side([("301", "5.00")], [("30101", "5.00")])).values()
    assert [[i.code for i in column] for column in chained(series)] == [["301", "30101"]]


def test_blocks_that_repeat_a_code_are_lists_of_their_own() -> None:
    series = series_of(side_by_side([("301", "5.00")], [("301", "5.00")])).values()
    assert [[i.code for i in column] for column in chained(series)] == [["301"], ["301"]]


def test_personnel_and_operating_totals_over_row_headers_side_by_side() -> None:
    items = side_by_side([*PERSONNEL, ("人员经费合计", "6.00")], [*OPERATING, ("公用经费合计", "3.50")])
    assert [(c.holds, len(c.right_items)) for c in check_row_headers(items, CLASS_TOTALS, "p.1")] == [("exact", 2)] * 2
    items = side_by_side([*PERSONNEL, ("人员经费合计", "6.50")], [*OPERATING, ("公用经费合计", "3.51")])
    assert [c.holds for c in check_row_headers(items, CLASS_TOTALS, "p.1")] == ["no", "rounding"]


def test_the_total_of_all_blocks_has_all_classes() -> None:
    items = side_by_side([*PERSONNEL, ("合计", "9.50")], OPERATING)
    assert [(c.holds, len(c.right_items)) for c in check_row_headers(items, CLASS_TOTALS, "p.1")] == [("exact", 4)]


def test_one_block_alone_or_a_class_that_repeats_is_not_judged() -> None:
    assert list(check_row_headers(side_by_side([*PERSONNEL, ("人员经费合计", "9.00")]), CLASS_TOTALS, "p.1")) == []
    twice = side_by_side([*PERSONNEL, ("人员经费合计", "9.00")], PERSONNEL)
    assert list(check_row_headers(twice, CLASS_TOTALS, "p.1")) == []


CLASSES = tuple((f"{n}类", "2.00", {"numbering": f"{n}、"}) for n in "一二三")
CLOSING = ("市本级一般公共预算支出", "6.00")


def test_a_row_that_no_word_calls_a_total_closes_the_list_above_it() -> None:
    assert results(items_down(*CLASSES, CLOSING)) == [("rows_total", "exact", 3)]
    below = (("转移性支出", "1.00"), ("债务还本支出", "2.00"), ("各项支出", "9.00"))
    assert results(items_down(*CLASSES, CLOSING, *below)) == [("rows_total", "exact", 3)] * 2


@pytest.mark.parametrize("last", [("市本级一般公共预算", "6.00"), ("上解上级支出", "6.00"), (CLOSING[0], "6.01")])
def test_a_row_with_another_label_or_amount_closes_no_list(last: tuple[str, str]) -> None:
    assert results(items_down(*CLASSES, last)) == []


def test_two_rows_and_a_list_without_a_side_are_closed_by_none() -> None:
    assert results(items_down(*CLASSES[:2], (CLOSING[0], "4.00"))) == []
    assert results(items_down(*CLASSES, CLOSING, side=None)) == []


def test_a_total_may_repeat_the_one_before_it_and_its_parts() -> None:
    funds = (("甲基金收入", "3.00"), ("乙基金收入", "4.00"), ("丙基金收入", "1.00"))
    parts = (("其中:保险费收入", "5.00"), ("利息收入", "1.00"))
    series = items_down(*funds, ("收入小计", "8.00", {"is_total": False}), *parts, ("收入合计", "8.00"))
    assert results(series) == [("rows_total", "exact", 3), ("rows_total", "exact", 1)]
    more = (*parts, ("转移收入", "4.00"))
    series = items_down(*funds, ("收入小计", "8.00", {"is_total": False}), *more, ("收入合计", "8.00"))
    assert results(series) == [("rows_total", "exact", 3)]


def test_a_total_that_leaves_out_one_row_of_its_list_is_doubted() -> None:
    (check,) = check_rows(items_down(*CLASSES, ("支出合计", "4.00")), RULES, "p.1")
    assert (check.holds, check.standing, check.doubt) == ("no", "doubt", BESIDE)
    (check,) = check_rows(items_down(*CLASSES, ("支出合计", "5.00")), RULES, "p.1")
    assert (check.holds, check.standing) == ("no", "finding")


def test_totals_one_below_the_other_are_each_the_sum_of_what_stands_above() -> None:
    codes = (("212", "2.00"), ("229", "4.00"))
    last = (("支出合计", "6.00"), ("转移性支出", "1.00"), ("支出总计", "7.00"))
    assert results(items_down(*codes, *last)) == [("rows_total", "exact", 2)] * 2
    assert results(items_down(*codes, ("支出合计", "6.50"), *last[1:])) == []
