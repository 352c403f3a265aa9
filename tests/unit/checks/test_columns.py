"""Sums along a row: which columns must add up, which may, and which are no summands."""

from __future__ import annotations

from collections.abc import Sequence

from support.small_tables import columns_of, items_across, table_with
from support.vocabulary import VOCABULARY

from extractor.checks.check import Check
from extractor.checks.columns import EXCEEDS, SumRules, check_columns
from extractor.checks.standing import UNESTABLISHED
from extractor.tables.table import Column
from extractor.vocabulary.check_rules import Sum

SUMS = (
    Sum.model_construct(
        whole=("total",), parts=("basic_expenditure", "project_expenditure"), optional=("operating_expenditure",)
    ),
    Sum.model_construct(whole=("basic_expenditure",), parts=("personnel", "public_operating")),
    Sum.model_construct(
        whole=("vehicles",), parts=("vehicle_purchase", "vehicle_operation"), closed=frozenset(("vehicles",))
    ),
)
RULES = SumRules(SUMS, VOCABULARY.headers.groups, VOCABULARY.totals, VOCABULARY.identities.memo)
SPENDING = {"合计": "total", "基本支出": "basic_expenditure", "项目支出": "project_expenditure"}
PLAIN = columns_of(*SPENDING, **SPENDING)
# A header whose words mean nothing: its total and its group alone say that they may add up.
UNKNOWN = columns_of(("某某", "小计"), ("某某", "甲"), ("某某", "乙"))


def checks_of(columns: Sequence[Column], *rows: Sequence[str]) -> list[Check]:
    table = table_with(columns)
    return list(check_columns(table, items_across(columns, *rows), RULES, "p.1"))


def results(columns: Sequence[Column], *rows: Sequence[str]) -> list[str]:
    return [check.holds for check in checks_of(columns, *rows)]


def test_parts_that_the_law_fixes_add_up_or_do_not() -> None:
    rows = (["6.00", "2.00", "4.00"], ["6.01", "2.00", "4.00"], ["7.00", "2.00", "4.00"])
    assert results(PLAIN, *rows) == ["exact", "rounding", "no"]


def test_a_lone_row_fails_where_the_law_fixes_the_parts_and_accuses_where_it_names_all() -> None:
    (check,) = checks_of(PLAIN, ["7.00", "2.00", "4.00"])
    assert (check.rule, check.holds, len(check.right_items)) == ("columns_sum", "no", 2)
    assert (check.standing, check.doubt) == ("doubt", UNESTABLISHED)
    vehicles = {"购置及运行费": "vehicles", "购置费": "vehicle_purchase", "运行费": "vehicle_operation"}
    (check,) = checks_of(columns_of(*vehicles, **vehicles), ["7.00", "2.00", "4.00"])
    assert check.standing == "finding"


def test_rows_with_one_part_bear_no_sum_out() -> None:
    failing, lone, telling = ["7.00", "2.00", "4.00"], ["2.00", "2.00", "0.00"], ["6.00", "2.00", "4.00"]
    assert [c.standing for c in checks_of(PLAIN, failing, lone, lone)] == ["doubt", None, None]
    assert [c.standing for c in checks_of(PLAIN, failing, telling, telling)] == ["finding", None, None]


def test_a_column_without_which_every_row_closes_is_a_memo() -> None:
    rows = (["6.00", "2.00", "4.00"], ["5.00", "2.00", "3.00"], ["7.00", "7.00", ""])
    columns = columns_of(*SPENDING, "经营支出", **SPENDING, 经营支出="operating_expenditure")
    assert results(columns, *([*row, "1.00"] for row in rows)) == ["exact"] * 3
    assert "no" in results(columns, [*rows[0], "1.00"], ["9.00", *rows[0][1:], "3.00"])  # the second row needs it


def test_an_optional_part_counts_where_it_has_a_column() -> None:
    columns = columns_of(*SPENDING, "经营支出", **SPENDING, 经营支出="operating_expenditure")
    assert results(columns, ["6.00", "2.00", "3.00", "1.00"]) == ["exact"]
    assert results(columns, ["9.00", "2.00", "3.00", "1.00"]) == ["no"]


def test_a_further_column_may_be_a_part_too_so_that_a_failure_says_nothing() -> None:
    columns = columns_of(*SPENDING, "上缴上级支出", **SPENDING, 上缴上级支出="remittance_to_superior")
    assert results(columns, ["6.00", "2.00", "3.00", "1.00"]) == ["exact"]  # the header draws it as a fourth column
    assert results(columns, ["9.00", "2.00", "3.00", "1.00"]) == []


def test_parts_of_parts_make_no_table_unsure() -> None:
    columns = columns_of(
        *SPENDING, "人员经费", "公用经费", **SPENDING, 人员经费="personnel", 公用经费="public_operating"
    )
    found = checks_of(columns, ["7.00", "2.00", "4.00", "1.50", "0.50"])
    assert {(len(c.right_items), c.holds, c.stated) for c in found} == {(2, "no", 70_000), (2, "exact", 20_000)}


def test_a_blank_part_is_what_it_is_made_of() -> None:
    columns = columns_of(
        *SPENDING, "人员经费", "公用经费", **SPENDING, 人员经费="personnel", 公用经费="public_operating"
    )
    found = checks_of(columns, ["6.00", "", "4.00", "1.50", "0.50"])
    assert {(c.holds, len(c.right_items)) for c in found} == {("exact", 3)}
    assert [c.holds for c in checks_of(columns, ["9.00", "", "4.00", "1.50", "0.50"])] == ["no"]


def test_a_row_that_leaves_all_parts_blank_or_nought_is_not_judged() -> None:
    assert results(PLAIN, ["6.00", "", ""], ["5.00", "0.00", "0.00"]) == []
    assert results(PLAIN, ["0.00", "0.00", "0.00"]) == ["exact"]


def test_a_row_without_its_total_is_not_judged() -> None:
    assert results(PLAIN, ["", "2.00", "4.00"]) == []


def test_a_group_of_the_header_is_additive_where_most_of_its_rows_are() -> None:
    good, bad = ["3.00", "1.00", "2.00"], ["9.00", "1.00", "2.00"]
    assert results(UNKNOWN, good, good, good, good, bad) == ["exact"] * 4 + ["no"]
    assert results(UNKNOWN, good, good, good, bad) == ["exact"] * 3  # three of four: what does not is not accused
    assert results(UNKNOWN, good, good, good, *[bad] * 4) == []
    assert results(UNKNOWN, good, good, bad) == []


def test_a_column_without_a_name_of_its_own_in_a_group_is_its_total() -> None:
    columns = columns_of(("债务限额",), ("债务限额", "一般"), ("债务限额", "专项"))
    good, bad = ["3.00", "1.00", "2.00"], ["9.00", "1.00", "2.00"]
    assert results(columns, good, good, good, good, bad) == ["exact"] * 4 + ["no"]
    assert results(columns[:2], ["1.00", "1.00"], ["2.00", "2.00"], ["3.00", "3.00"]) == []


def test_few_rows_prove_a_group_only_where_all_add_up_and_state_something() -> None:
    assert results(UNKNOWN, ["3.00", "1.00", "2.00"]) == ["exact"]
    assert results(UNKNOWN, ["0.00", "0.00", "0.00"]) == []


def test_a_group_with_two_totals_or_one_member_is_not_judged() -> None:
    assert results(columns_of("合计", "小计", "甲", "乙"), ["6.00", "3.00", "1.00", "2.00"]) == []
    assert results(columns_of("合计", "甲"), ["3.00", "3.00"]) == []


def test_the_subtotal_of_an_inner_group_stands_for_it() -> None:
    columns = columns_of("合计", ("甲", "小计"), ("甲", "子"), ("甲", "丑"), "乙")
    found = checks_of(columns, *[["6.00", "3.00", "1.00", "2.00", "3.00"]] * 3)
    assert {(len(c.right_items), c.stated, c.holds) for c in found} == {(2, 60_000, "exact"), (2, 30_000, "exact")}
    blank = checks_of(columns, *[["6.00", "", "1.00", "2.00", "3.00"]] * 3)
    assert [(len(c.right_items), c.holds) for c in blank] == [(3, "exact")] * 3


def test_what_is_named_by_qizhong_is_no_summand() -> None:
    columns = columns_of("合计", "甲", "其中：子", "乙")
    assert results(columns, *[["3.00", "1.00", "0.50", "2.00"]] * 3) == ["exact"] * 3


def test_parts_headed_qizhong_confirm_a_sum_and_never_accuse() -> None:
    columns = columns_of("合计", ("其中", "甲"), ("其中", "乙"))
    good, more = ["3.00", "1.00", "2.00"], ["9.00", "1.00", "2.00"]
    assert results(columns, good, good, good, good) == ["exact"] * 4
    assert results(columns, good, good, good, good, more) == ["exact"] * 4


def test_percentages_and_parts_within_another_are_no_summands() -> None:
    share = Column(3, ("某某", "占比"), "measure", unit="%")
    assert results((*UNKNOWN, share), *[["3.00", "1.00", "2.00", "12.00"]] * 3) == ["exact"] * 3
    within = Column(3, ("政府采购",), "measure", measure="procurement", concepts=("procurement",))
    assert results((*PLAIN, within), ["7.00", "2.00", "4.00", "1.00"]) == ["no"]


def test_columns_of_two_years_are_not_added() -> None:
    before = [c._replace(ordinal=c.ordinal + 3, phase="prior_year_budget") for c in PLAIN]
    found = checks_of((*PLAIN, *before), ["6.00", "2.00", "4.00", "3.00", "1.00", "2.00"])
    assert [(c.stated, c.holds) for c in found] == [(60_000, "exact"), (30_000, "exact")]


def test_a_structure_that_law_and_header_both_draw_is_checked_once() -> None:
    assert len(checks_of(PLAIN, *[["6.00", "2.00", "4.00"]] * 3)) == 3


def years(*phases: str) -> list[Column]:
    return [Column(n, (phase,), "measure", measure="total", phase=phase) for n, phase in enumerate(phases)]


def test_this_year_is_last_year_and_the_change() -> None:
    columns = years("prior_year_budget", "budget", "change")
    found = checks_of(columns, ["5.00", "7.00", "2.00"], ["5.00", "4.00", "-1.00"])
    assert [(c.rule, c.holds) for c in found] == [("year_on_year", "exact")] * 2


def test_changes_that_mostly_do_not_add_up_are_of_something_else() -> None:
    columns = years("prior_year_budget", "budget", "change")
    good, bad = ["5.00", "7.00", "2.00"], ["5.00", "7.00", "9.00"]
    assert [c.holds for c in checks_of(columns, *[good] * 4, bad)] == ["exact"] * 4 + ["no"]
    assert checks_of(columns, good, bad) == []


def test_a_rate_of_change_is_no_change() -> None:
    columns = [
        *years("prior_year_budget", "budget"),
        Column(2, ("增减%",), "measure", measure="total", phase="change", unit="%"),
    ]
    assert checks_of(columns, ["5.00", "7.00", "2.00"]) == []


def test_a_part_that_exceeds_its_whole_is_doubted_where_the_other_rows_bound_it() -> None:
    columns = columns_of("合计", ("其中", "甲"))
    rows = [["6.00", "2.00"], ["5.00", "5.00"], ["4.00", "1.00"], ["8.00", "3.00"]]
    assert checks_of(columns, *rows) == []
    (check,) = checks_of(columns, *rows, ["2.00", "20.00"])
    assert (check.rule, check.doubt, check.difference) == ("columns_sum", EXCEEDS, -180000)
    assert checks_of(columns, *rows, ["2.00", "20.00"], ["3.00", "4.00"]) == []  # it is no part of that column


def test_a_first_column_that_no_header_calls_a_total_is_one_where_most_rows_say_so_and_accuses_nothing() -> None:
    columns = columns_of("2026年预算数", "未落实", "某县")
    good, bad, small = ["3.00", "1.00", "2.00"], ["9.00", "1.00", "2.00"], ["3.00", "3.00", ""]
    assert results(columns, *[good] * 4, bad, small) == ["exact"] * 5
    assert results(columns, good, good, good, bad) == results(columns, good, good, small) == []
    assert results(columns, *[["1.00", "2.00", "3.00"]] * 3) == []


def test_rounding_that_few_sums_would_exceed_does_not_make_a_column_a_total() -> None:
    columns = columns_of("2026年预算数", "未落实", "某县")
    assert results(columns, *[["3", "1", "1"], ["5", "2", "2"], ["7", "3", "3"]]) == []
