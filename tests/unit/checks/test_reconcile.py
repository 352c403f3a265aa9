from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from support.common import grid_of, read_tables
from support.small_tables import line_item
from support.vocabulary import VOCABULARY

from extractor.checks.check import Check, doubted
from extractor.checks.identity import identity
from extractor.checks.reconcile import reconcile
from extractor.checks.reconcile import verdicts as verdicts_of
from extractor.grids.grid import PageLayout, TextLine
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.items import read_items

FACTS = Facts(2026, "budget", None, None, None, None)
HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def read(rows: list[list[str]], title: str = "支出预算总表") -> tuple[list[LineItem], list[Check], dict[str, str]]:
    lines = (TextLine(title, 50, 20, 300, 30), TextLine("单位：万元", 50, 40, 300, 50))
    tables = read_tables([PageLayout(1, 600, 800, title, (grid_of(rows),), lines)], VOCABULARY)
    items = read_items("d" * 64, tables, FACTS, VOCABULARY)
    checks = reconcile(items, tables, VOCABULARY)
    return items, checks, verdicts_of(items, checks)


SOUND = [
    HEAD,
    ["合计", "", "6.00", "3.00", "3.00"],
    ["201", "一般公共服务支出", "6.00", "3.00", "3.00"],
    ["20103", "政府办公厅", "4.00", "2.00", "2.00"],
    ["20104", "发展与改革事务", "2.00", "1.00", "1.00"],
]


def test_sound_table_is_proven() -> None:
    _, checks, verdicts = read(SOUND)
    assert {c.rule for c in checks} == {"children_sum", "rows_total", "columns_sum"}
    assert set(verdicts.values()) == {"proven"}


def test_rounding_is_distinguished_from_exact() -> None:
    rows = [list(r) for r in SOUND]
    rows[3][2] = "4.01"
    _, checks, _ = read(rows)
    assert {c.holds for c in checks} == {"exact", "rounding"}


def test_an_error_is_found_with_its_figures() -> None:
    rows = [list(r) for r in SOUND]
    rows[3][2] = "4.50"
    _, checks, _ = read(rows)
    failed = [c for c in checks if c.holds == "no"]
    assert {c.rule for c in failed} == {"children_sum", "columns_sum"}
    assert all("4.50" in c.statement and abs(c.difference) == Decimal("5000.00") for c in failed)


def test_blank_parts_count_as_nothing() -> None:
    rows = [HEAD, ["201", "一般公共服务支出", "2.00", "2.00", ""], ["20103", "政府办公厅", "2.00", "2.00", ""]]
    _, _, verdicts = read(rows)
    assert set(verdicts.values()) == {"proven"}


def test_a_part_named_by_qizhong_is_not_added_twice() -> None:
    rows = [
        ["项目", "预算数"],
        ["一、财政拨款", "5.00"],
        ["其中：专项资金", "3.00"],
        ["二、其他收入", "1.00"],
        ["收入总计", "6.00"],
    ]
    _, checks, _ = read(rows, "收支预算总表")
    assert [c.holds for c in checks if c.rule == "rows_total"] == ["exact"]


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(2, 4), st.integers(1, 9))
def test_a_changed_digit_never_stays_proven(row: int, column: int, shift: int) -> None:
    rows = [list(r) for r in SOUND]
    old = rows[row][column]
    rows[row][column] = str((int(old[0]) + shift) % 10) + old[1:]
    if rows[row][column] == old:
        return
    items, _, verdicts = read(rows)
    changed = next(i for i in items if i.row == row - 1 and i.column == column)
    assert verdicts[changed.item_id] == "contradicted"


def statuses(rows: list[list[str]], title: str) -> dict[str, str]:
    items, _, verdicts = read(rows, title)
    return {i.amount_text: verdicts[i.item_id] for i in items}


def test_rows_without_codes_form_groups_as_they_add_up() -> None:
    rows = [
        ["单位(项目)名称", "金额"],
        ["合计", "9,000.00"],
        ["示例局", "6,000.00"],
        ["甲项目", "3,500.00"],
        ["乙项目", "2,500.00"],
        ["示例站", "3,000.00"],
        ["丙项目", "1,234.50"],
        ["丁项目", "1,765.50"],
    ]
    assert set(statuses(rows, "专项业务经费支出表").values()) == {"proven"}


def test_a_total_is_no_part_of_a_row_above_it() -> None:
    rows = [
        ["项目", "预算数"],
        ["一般公共预算", "1,000.00"],
        ["国有资本经营预算", "0.00"],
        ["本年收入合计", "1,000.00"],
    ]
    _, checks, _ = read(rows, "收支总表")
    assert not [c for c in checks if c.rule == "children_sum"]


def test_chance_is_no_proof() -> None:
    rows = [["项目名称", "金额"], ["甲", "0.03"], ["乙", "0.01"], ["丙", "0.02"]]
    assert set(statuses(rows, "项目支出表").values()) == {"uncovered"}


def test_a_row_of_change_is_this_year_less_last() -> None:
    rows = [
        ["单位", "年度", "合计"],
        ["示例局", "2025年", "33.18"],
        ["示例局", "2026年", "94.38"],
        ["示例局", "增减变化", "61.20"],
    ]
    items, checks, verdicts = read(rows, "财政拨款三公经费支出表")
    assert [i.phase for i in items] == ["prior_year_budget", "budget", "change"]
    assert [c.rule for c in checks] == ["year_on_year"]
    assert set(verdicts.values()) == {"proven"}


def test_years_of_two_concepts_are_never_mixed() -> None:
    rows = [
        ["单位", "年度", "合计"],
        *(["会议费", y, a] for y, a in (("2025年", "33.18"), ("2026年", "94.38"), ("增减变化", "61.20"))),
        *(["培训费", y, a] for y, a in (("2025年", "5.00"), ("2026年", "7.00"), ("增减变化", "2.00"))),
    ]
    _, checks, verdicts = read(rows, "财政拨款三公经费支出表")
    assert [(c.rule, c.holds) for c in checks] == [("year_on_year", "exact")] * 2
    assert set(verdicts.values()) == {"proven"}


def test_a_blank_subtotal_is_what_it_is_made_of() -> None:
    head = ["项目", "合计", "因公出国(境)费", "公务接待费", "公务用车购置及运行费", "公务用车购置费", "公务用车运行费"]
    rows = [head, ["示例局", "40.77", "17.10", "0.15", "", "18.69", "4.83"]]
    assert set(statuses(rows, "三公经费支出表").values()) == {"proven"}


def test_operating_expenses_are_confirmed_and_never_contradicted() -> None:
    lines = (TextLine("机关运行经费支出表", 50, 20, 300, 30), TextLine("单位：万元", 50, 40, 300, 50))
    basic = (TextLine("一般公共预算基本支出经济分类表", 50, 20, 300, 30), TextLine("单位：万元", 50, 40, 300, 50))
    for figure, verdict in (("12.30", "proven"), ("99.99", "uncovered")):
        pages = [
            PageLayout(1, 600, 800, "", (grid_of([["单位", "金额"], ["合计", figure]]),), lines),
            PageLayout(
                2,
                600,
                800,
                "",
                (grid_of([["科目编码", "科目名称", "合计", "公用经费"], ["合计", "", "20.00", "12.30"]], page=2),),
                basic,
            ),
        ]
        tables = read_tables(pages, VOCABULARY)
        items = read_items("d" * 64, tables, FACTS, VOCABULARY)
        found = verdicts_of(items, reconcile(items, tables, VOCABULARY))
        assert found[items[0].item_id] == verdict


def test_totals_over_row_headers_side_by_side() -> None:
    rows = [
        ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
        ["301", "工资福利支出", "5.00", "302", "商品和服务支出", "3.00"],
        ["303", "对个人和家庭的补助", "1.00", "310", "资本性支出", "0.50"],
        ["", "人员经费合计", "6.00", "", "公用经费合计", "3.50"],
    ]
    _, checks, verdicts = read(rows, "一般公共预算基本支出明细表")
    assert not [c for c in checks if c.holds == "no"]
    assert set(verdicts.values()) == {"proven"}


def test_the_cell_that_row_and_column_share_is_named_with_its_correction() -> None:
    rows = [list(r) for r in SOUND]
    rows[3][2] = "4.50"
    items, checks, _ = read(rows)
    failed = [c for c in checks if c.holds == "no"]
    cell = next(i.item_id for i in items if i.amount_text == "4.50")
    assert {(c.suspect, c.suggested) for c in failed} == {(cell, Decimal("40000.00"))}


def test_a_lone_failure_names_no_cell() -> None:
    rows = [["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "6.00"], ["20103", "政府办公厅", "4.00"]]
    _, checks, _ = read(rows)
    assert [(c.holds, c.suspect) for c in checks] == [("no", None)]


def test_a_failure_outweighs_a_proof_and_a_proof_outweighs_rounding() -> None:
    item = line_item("1.00")
    results = {"exact": ["1.00"], "rounding": ["1.01"], "no": ["2.00"]}
    checks = {
        name: identity("rows_total", "", [item], [line_item(a, 1) for a in parts]) for name, parts in results.items()
    }
    for names, verdict in (
        (("exact", "rounding", "no"), "contradicted"),
        (("rounding", "exact"), "proven"),
        (("rounding",), "rounded"),
        ((), "uncovered"),
    ):
        assert verdicts_of([item], [checks[name] for name in names])[item.item_id] == verdict


def test_checks_are_numbered_by_rule() -> None:
    _, checks, _ = read(SOUND)
    ids = [check.check_id for check in checks]
    assert len(set(ids)) == len(ids)
    columns = [check.check_id for check in checks if check.rule == "columns_sum"]
    assert columns == [f"{'d' * 16}/columns_sum/{n}" for n in range(1, len(columns) + 1)]


def test_a_finding_contradicts_and_a_doubt_leaves_uncovered_whatever_else_proves() -> None:
    total, first, second = line_item("6.00"), line_item("2.00", 1), line_item("3.00", 2)
    failing = identity("rows_total", "", [total], [first, second])
    holding = identity("cross_table", "", [first], [first])
    assert failing.standing == "finding"
    assert set(verdicts_of([total, first], [holding, failing]).values()) == {"contradicted"}
    assert set(verdicts_of([total, first], [holding, doubted(failing, "why")]).values()) == {"uncovered"}


def test_a_doubt_keeps_the_reason_that_was_given_first_and_a_check_that_holds_has_none() -> None:
    failing = identity("rows_total", "", [line_item("6.00")], [line_item("2.00", 1)])
    check = doubted(doubted(failing, "first"), "second")
    assert (check.standing, check.doubt) == ("doubt", "first")
    holding = identity("rows_total", "", [line_item("6.00")], [line_item("6.00", 1)])
    assert doubted(holding, "why") == holding


def test_every_failure_is_a_finding_or_a_doubt() -> None:
    wrong = [*SOUND[:3], ["20103", "政府办公厅", "5.00", "3.00", "2.00"], SOUND[4]]
    _, checks, _ = read(wrong)
    assert {c.standing for c in checks if c.holds == "no"} == {"finding"}
    assert {c.standing for c in checks if c.holds != "no"} == {None}
