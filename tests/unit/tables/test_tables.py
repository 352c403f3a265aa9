from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.common import grid_of, items_of, layout, read_tables

from extractor.grids.grid import PageLayout, TextLine
from extractor.records.figure_cells import unread_figures
from extractor.records.storable import storable
from extractor.tables.surroundings import read_surroundings
from extractor.vocabulary.vocabulary import Vocabulary

HEADER = [
    [("项目", 1, 4), ("支出预算", 1, 3)],
    [("功能分类科目编码", 1, 3), ("科目名称", 2, 1), ("合计", 2, 1), ("基本支出", 2, 1), ("项目支出", 2, 1)],
    ["类", "款", "项"],
]


TITLE = ("2026年部门支出预算总表", "编制部门：示例局", "单位：万元")
BODY = [
    ["201", "", "", "一般公共服务支出", "3.00", "1.00", "2.00"],
    ["201", "03", "", "政府办公厅", "3.00", "1.00", "2.00"],
]


def test_title_unit_and_agency_are_found_by_form(vocabulary: Vocabulary) -> None:
    lines = ["公开03表", "支出预算总表", "部门：示例局", "单位：万", "元"]
    found = read_surroundings(lines, vocabulary.captions)
    assert (found.title, found.number, found.agency, found.unit) == ("支出预算总表", "公开03表", "示例局", "万元")
    between = ["支出预算总表", "单位：万", "部门：示例局", "元"]
    assert read_surroundings(between, vocabulary.captions).unit == "万元"
    assert read_surroundings(["支出预算总表", "单位：万", "部门：示例局"], vocabulary.captions).unit is None


def test_a_title_behind_its_number_goes_on_in_the_next_line(vocabulary: Vocabulary) -> None:
    lines = ["公开09表：一般公共预算“三公”经费、会议费、培训费", "支出预算表", "单位：万元"]
    found = read_surroundings(lines, vocabulary.captions)
    assert (found.title, found.number) == ("一般公共预算“三公”经费、会议费、培训费支出预算表", "公开09表")
    for before in ("公开09表", "附件3：2026年部门预算公开"):
        assert read_surroundings([before, "支出预算表", "单位：万元"], vocabulary.captions).title == "支出预算表"


def test_a_unit_that_wraps_beside_the_agency_is_read_whole_or_not_at_all(vocabulary: Vocabulary) -> None:
    lines = ["支出预算总表", "单位：万", "部门名称：示例局", "元"]
    found = read_surroundings(lines, vocabulary.captions)
    assert (found.agency, found.unit) == ("示例局", "万元")
    assert read_surroundings([*lines[:-1], "（元）"], vocabulary.captions).unit is None


@pytest.mark.parametrize(
    "line", ["单位名称：101001_示例局", "部门：[101]示例局 单位：万元", "部门编码及名称：101001示例局"]
)
def test_a_units_code_before_its_name_is_no_part_of_it(vocabulary: Vocabulary, line: str) -> None:
    assert read_surroundings(["支出预算总表", line], vocabulary.captions).agency == "示例局"


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("单位：示例市第101中学", "示例市第101中学"),
        ("单位：示例局(101)示例站", "示例局(101)示例站"),
        ("部门：302医院", ""),
        ("单位：2026年示例局", ""),
        ("单位：100000万元", ""),
        ("单位：314万元", ""),
    ],
)
def test_digits_that_are_no_units_code_are_neither_cut_off_nor_begin_a_name(
    vocabulary: Vocabulary, line: str, agency: str
) -> None:
    assert read_surroundings(["支出预算总表", line], vocabulary.captions).agency == agency


def test_brackets_around_a_unit_go_with_it(vocabulary: Vocabulary) -> None:
    found = read_surroundings(["政府债务限额情况（单位：亿元）"], vocabulary.captions)
    assert (found.title, found.unit) == ("政府债务限额情况", "亿元")


def test_header_tree_codes_and_yuan(vocabulary: Vocabulary) -> None:
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE)], vocabulary)
    assert table.table_type == "expenditure_summary"
    assert [c.measure for c in table.columns if c.role == "measure"] == [
        "total",
        "basic_expenditure",
        "project_expenditure",
    ]
    first, *_, last = items_of([table], vocabulary)
    assert (first.code, first.amount, first.label_standard) == ("201", Decimal("30000.00"), "一般公共服务支出")
    assert (last.code, last.code_source, last.measure_label) == ("20103", "printed", "支出预算/项目支出")


def test_a_table_goes_on_without_its_header(vocabulary: Vocabulary) -> None:
    more = grid_of(
        [["201", "03", "01", "行政运行", "3.00", "1.00", "2.00"], [("合计", 1, 4), "3.00", "1.00", "2.00"]], page=2
    )
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), layout(more, page=2)], vocabulary)
    assert (table.first_page, table.last_page, len(table.rows)) == (1, 2, 4)
    assert [i.is_total for i in items_of([table], vocabulary)][-3:] == [True] * 3


def test_a_repeated_header_is_left_out(vocabulary: Vocabulary) -> None:
    more = grid_of([*HEADER, [("合计", 1, 4), "3.00", "1.00", "2.00"]], page=2)
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), layout(more, page=2)], vocabulary)
    assert len(table.rows) == 3


def test_a_row_that_repeats_phases_is_header_without_a_group_over_it(vocabulary: Vocabulary) -> None:
    rows = [
        ["项目", "全市", "全市", "市本级", "市本级"],
        ["", "预算数", "决算数", "预算数", "决算数"],
        ["一般公共服务支出", "1.00", "2.00", "3.00", "4.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("2024年一般公共预算支出决算表", "单位：万元"))], vocabulary)
    assert len(table.rows) == 1
    assert [c.phase for c in table.columns if c.role == "measure"] == ["budget", "final_accounts"] * 2


@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("(1)=(2)+(3)", "(2)", "(3)"), ("（1）", "（2）", "（3）")])
def test_a_row_that_numbers_the_columns_has_no_amounts(vocabulary: Vocabulary, numbers: tuple[str, ...]) -> None:
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "", *numbers],
        ["201", "一般公共服务支出", "3.00", "1.00", "2.00"],
    ]
    items = items_of(read_tables([layout(grid_of(rows), lines=TITLE)], vocabulary), vocabulary)
    assert [i.amount_text for i in items] == ["3.00", "1.00", "2.00"]


def test_amounts_in_brackets_are_no_numbers_of_columns(vocabulary: Vocabulary) -> None:
    rows = [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "(3)", "(1)", "(2)"]]
    items = items_of(read_tables([layout(grid_of(rows), lines=TITLE)], vocabulary), vocabulary)
    assert [i.amount for i in items] == [Decimal(-30000), Decimal(-10000), Decimal(-20000)]


def test_a_page_with_another_title_begins_another_table(vocabulary: Vocabulary) -> None:
    other = layout(grid_of([*HEADER, *BODY], page=2), lines=("收入预算总表", "单位：万元"), page=2)
    assert len(read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), other], vocabulary)) == 2


def test_a_row_split_by_the_page_break_is_one(vocabulary: Vocabulary) -> None:
    start = grid_of([*HEADER, *BODY, ["201", "03", "99", "其他政府办公厅（室）及相关", "", "", ""]])
    more = grid_of([["", "", "", "机构事务支出", "1.00", "", "1.00"]], page=2)
    (table,) = read_tables([layout(start, lines=TITLE), layout(more, page=2)], vocabulary)
    item = items_of([table], vocabulary)[-1]
    assert (item.code, item.label) == ("2010399", "其他政府办公厅（室）及相关机构事务支出")


def test_own_level_codes_take_the_parents_from_above(vocabulary: Vocabulary) -> None:
    body = [
        ["201", "", "", "类", "1.00", "", ""],
        ["", "03", "", "款", "1.00", "", ""],
        ["", "", "01", "项", "1.00", "", ""],
    ]
    (table,) = read_tables([layout(grid_of([*HEADER, *body]), lines=TITLE)], vocabulary)
    assert [(i.code, i.code_source) for i in items_of([table], vocabulary)] == [
        ("201", "printed"), ("20103", "inherited"), ("2010301", "inherited"),
    ]  # fmt: skip


def test_a_zero_that_a_spreadsheet_ate_is_given_back(vocabulary: Vocabulary) -> None:
    body = [["301", "", "", "工资福利支出", "1.00", "", ""], ["301", "2", "", "津贴补贴", "1.00", "", ""]]
    (table,) = read_tables([layout(grid_of([*HEADER, *body]), lines=TITLE)], vocabulary)
    assert items_of([table], vocabulary)[1].code == "30102"


def test_code_in_the_name(vocabulary: Vocabulary) -> None:
    grid = grid_of([["科目", "合计"], ["[2080501]行政单位离退休", "1.00"]])
    (table,) = read_tables([layout(grid, lines=TITLE)], vocabulary)
    (item,) = items_of([table], vocabulary)
    assert (item.code, item.label) == ("2080501", "行政单位离退休")


def test_prior_year_columns(vocabulary: Vocabulary) -> None:
    grid = grid_of(
        [
            ["科目编码", "科目名称", "2025年执行数", "2026年预算数", "增减%"],
            ["201", "一般公共服务支出", "1.00", "2.00", "100.00%"],
        ]
    )
    (table,) = read_tables([layout(grid, lines=("一般公共预算支出表", "单位：万元"))], vocabulary)
    items = items_of([table], vocabulary)
    assert [(i.phase, i.amount_year) for i in items[:2]] == [("prior_year_execution", 2025), ("budget", 2026)]
    assert (items[2].amount, items[2].value, items[2].code, items[2].functional_code) == (
        None,
        Decimal("100.00"),
        None,
        "201",
    )


def test_unknown_table_keeps_its_amounts(vocabulary: Vocabulary) -> None:
    grid = grid_of([["甲某某", "乙某某"], ["丙", "1,234.00"]])
    (table,) = read_tables([layout(grid, lines=("单位：万元",))], vocabulary)
    (item,) = items_of([table], vocabulary)
    assert (table.table_type, item.amount_text, item.measure) == (None, "1,234.00", None)


def test_an_amount_merged_with_the_name_column_is_an_amount(vocabulary: Vocabulary) -> None:
    total = ["", "", "合计", ("1,024,807.17", 1, 2), "3.00", "4.00"]
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY, total]), lines=TITLE)], vocabulary)
    item = items_of([table], vocabulary)[6]
    assert (item.measure, item.amount_text, item.is_total) == ("total", "1,024,807.17", True)


def test_columns_without_rules_on_a_page_between_keep_their_text(vocabulary: Vocabulary) -> None:
    head = grid_of([["项目名称", "金额", "内容", "数量"], ["甲项目", "5.00", "说明", "1"]])
    more = grid_of([["又说明", "2"], ["再说明", "3"]], page=2, x0=170)
    beside = TextLine("7.00", 115, 105, 140, 115), TextLine("乙项目", 55, 105, 100, 115)
    second = PageLayout(2, 600, 800, "", (more,), beside)
    (table,) = read_tables([layout(head, lines=("项目支出明细表", "单位：万元")), second], vocabulary)
    items = [(i.label, i.amount_text) for i in items_of([table], vocabulary) if i.measure == "total"]
    assert items == [("甲项目", "5.00"), ("乙项目", "7.00")]
    labels = [(row.page, cell.text) for row in table.rows if (cell := row.cells[0]) is not None]
    assert labels == [(1, "甲项目"), (2, "乙项目"), (2, "乙项目")]


@pytest.mark.parametrize("pages", [(1, 2), (2, 1)])
def test_a_sliver_that_one_page_cuts_off_a_column_ends_no_table(vocabulary: Vocabulary, pages: tuple[int, int]) -> None:
    whole = [["项目", "2025年预算数"], ["税收收入", "5.00"]]
    cut: list[list[str | tuple[str, int, int]]] = [["项目", ("2025年预算数", 1, 2)], ["非税收入", "3.00", ""]]
    lines = ("2025年一般公共预算收入预算表", "单位：万元")
    sheets = [
        layout(grid_of([*rows], page=page), lines=lines, page=page)
        for page, rows in zip(pages, (whole, cut), strict=True)
    ]
    (table,) = read_tables(sorted(sheets, key=lambda sheet: sheet.page), vocabulary)
    assert {item.amount_text for item in items_of([table], vocabulary)} == {"5.00", "3.00"}


def test_a_section_merged_over_all_columns_is_no_header_of_the_rows_under_it(vocabulary: Vocabulary) -> None:
    grid = grid_of(
        [
            ["项目", "2024年决算数", "2025年执行数"],
            [("一般债务", 1, 3)],
            ["地方政府一般债务余额", "1.00", "2.00"],
            [("专项债务", 1, 3)],
            ["地方政府专项债务余额", "3.00", "4.00"],
        ]
    )
    (table,) = read_tables([layout(grid, lines=("政府债务限额和余额情况表", "单位：万元"))], vocabulary)
    assert [c.path for c in table.columns] == [("项目",), ("2024年决算数",), ("2025年执行数",)]


def test_a_wrapped_title_is_one(vocabulary: Vocabulary) -> None:
    lines = (
        TextLine("公开09表：一般公共预算“三公”经费、会议费、培训费", 50, 20, 350, 32),
        TextLine("支出预算表", 150, 34, 250, 46),
    )
    grid = grid_of([["单位", "合计"], ["示例局", "1.00"]])
    (table,) = read_tables([PageLayout(1, 600, 800, "", (grid,), lines)], vocabulary)
    assert table.table_type == "three_public_expenses"


def test_a_line_that_says_how_its_title_is_divided_is_no_title_of_its_own(vocabulary: Vocabulary) -> None:
    lines = ("2022年示例省政府性基金转移支付", "分项目分地区决算表")
    (table,) = read_tables([layout(grid_of([["地区", "合计"], ["示例市", "1.00"]]), lines=lines)], vocabulary)
    assert (table.title, table.table_type, table.year) == ("".join(lines), "transfer_payments_final", 2022)


@pytest.mark.parametrize(
    ("title", "head", "kind"),
    [
        ("图表3·示例市一般公共预算收入构成情况（单位：亿元）", "项目", "general_public_budget_revenue"),
        ("示例市2025年政府性基金支出完成情况", "项目", "government_fund_expenditure"),
        ("图表2·示例市国民经济发展主要指标", "主要指标", None),  # of statistics, not of targets
    ],
)
def test_a_caption_in_a_report_says_what_its_table_is(
    vocabulary: Vocabulary, title: str, head: str, kind: str | None
) -> None:
    grid = grid_of([[head, "2024年", "2025年"], ["示例", "1.00", "2.00"]])
    (table,) = read_tables([layout(grid, lines=(title,))], vocabulary)
    assert table.table_type == kind


def test_a_line_that_dates_the_title_below_it_is_a_part_of_it(vocabulary: Vocabulary) -> None:
    lines = (
        TextLine("2025年示例山区", 160, 20, 240, 32),
        TextLine("政府性基金预算收入执行情况表", 100, 34, 300, 46),
    )
    grid = grid_of([["项目", "执行数"], ["土地收入", "1.00"]])
    (table,) = read_tables([PageLayout(1, 600, 800, "", (grid,), lines)], vocabulary)
    assert (table.title, table.year) == ("2025年示例山区政府性基金预算收入执行情况表", 2025)


def test_a_phase_in_the_rows_is_each_rows_own(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目", "合计"], ["预算数", "5.00"], ["决算数", "4.00"]])
    (table,) = read_tables([layout(grid, lines=("三公经费支出决算表", "单位：万元"))], vocabulary)
    assert [i.phase for i in items_of([table], vocabulary)] == ["budget", "prior_year_execution"]


def test_three_code_columns_under_one_header_cell_are_one_code(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        [("科目编码", 1, 3), "科目名称", "合计"],
        ["类", "款", "项", "合计", "2.00"],
        ["201", "06", "01", "行政运行", "2.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("收入决算表", "单位：万元"))], vocabulary)
    assert items_of([table], vocabulary)[-1].code == "2010601"


def test_numbers_of_columns_beside_the_levels_of_a_code_are_a_header_row(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        [("项目", 1, 4), ("本年支出合计", 2, 1), ("基本支出", 2, 1)],
        [("功能分类科目编码", 1, 3), "科目名称"],
        ["类", "款", "项", "栏次", "1", "2"],
        [("合计", 1, 4), "2.00", "1.00"],
        [("2010601", 1, 3), "行政运行", "2.00", "1.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("支出决算表", "单位：万元"))], vocabulary)
    assert [(i.code, i.label) for i in items_of([table], vocabulary)[::2]] == [(None, "合计"), ("2010601", "行政运行")]


def test_years_under_an_unknown_header_are_no_amounts(vocabulary: Vocabulary) -> None:
    rows = [["项目名称", "批复立项之年", "预算数"], ["甲项目", "2024-2026", "5.00"], ["乙项目", "2026", "6.00"]]
    (table,) = read_tables([layout(grid_of([*map(list, rows)]), lines=("项目支出表", "单位：万元"))], vocabulary)
    assert [i.amount_text for i in items_of([table], vocabulary)] == ["5.00", "6.00"]


def test_an_amount_of_one_digit_is_no_header_beside_a_column_without_one(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目", "", "金额"], ["甲项目", "延续", "5"], ["乙项目", "新增", "12"]])
    (table,) = read_tables([layout(grid, lines=TITLE)], vocabulary)
    assert [i.amount_text for i in items_of([table], vocabulary)] == ["5", "12"]


def test_a_header_goes_on_below_a_row_that_its_cells_reach_over(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        [("科目编码", 2, 3), ("科目名称", 2, 1), ("合计", 2, 1), ("基本支出", 2, 1)],
        [],
        ["类", "款", "项", "栏次", "1", "2"],
        ["201", "06", "01", "行政运行", "2.00", "1.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("支出决算表", "单位：万元"))], vocabulary)
    assert [(i.code, i.amount_text) for i in items_of([table], vocabulary)] == [
        ("2010601", "2.00"),
        ("2010601", "1.00"),
    ]


def test_a_column_of_names_without_a_header_has_the_parts_of_the_names_before_it(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["项目名称", "", "金额"],
        [("收入总计", 1, 2), "3.00"],
        [("一般公共预算资金", 2, 1), "小计", "3.00"],
        ["专项收入", "3.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("收入预算总表", "单位：万元"))], vocabulary)
    assert [i.label for i in items_of([table], vocabulary)] == ["收入总计", "小计", "专项收入"]
    kinds = [["项目名称", "", "金额"], ["甲项目", "延续", "3.00"], ["乙项目", "新增", "2.00"]]
    (table,) = read_tables([layout(grid_of([*map(list, kinds)]), lines=("项目支出表", "单位：万元"))], vocabulary)
    assert [i.label for i in items_of([table], vocabulary)] == ["甲项目", "乙项目"]


@pytest.mark.parametrize("head", ["其他", "预留"])
def test_the_rest_beside_funds_is_no_class_of_the_economic_classification(vocabulary: Vocabulary, head: str) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["科目名称", "合计", "一般公共预算", head],
        ["教育支出", "3.00", "1.00", "2.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("支出预算总表", "单位：万元"))], vocabulary)
    item = items_of([table], vocabulary)[-1]
    assert (item.measure, item.economic_department_code) == (None, None)


def test_the_year_behind_a_units_name_is_none_of_it(vocabulary: Vocabulary) -> None:
    found = read_surroundings(["收入决算表", "编制单位：示例局　2024年度　金额单位：万元"], vocabulary.captions)
    assert (found.agency, found.unit) == ("示例局", "万元")


def test_the_only_amount_beside_its_two_parts_is_the_total(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["科目名称", "2026年预算小计", "其中：基本支出", "其中：项目支出"],
        ["教育支出", "3.00", "1.00", "2.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("政府性基金预算支出表", "单位：万元"))], vocabulary)
    assert [i.measure for i in items_of([table], vocabulary)] == ["total", "basic_expenditure", "project_expenditure"]


def test_a_number_before_a_title_leaves_the_titles_own_first_word(vocabulary: Vocabulary) -> None:
    found = read_surroundings(["表六 一般公共预算支出表"], vocabulary.captions)
    assert (found.title, found.number) == ("一般公共预算支出表", "表六")


@pytest.mark.parametrize(
    ("head", "first", "labels"),
    [
        ("科目", ("2013812", "2040602", "2040607"), ["药品事务", "一般行政管理事务", "公共法律服务"]),
        ("项目名称", ("1", "2", "3"), ["甲", "乙", "丙"]),
        ("", ("2.9", "2.10", "2.11"), ["甲", "乙", "丙"]),
    ],
)
def test_codes_and_numbers_of_rows_are_no_amounts(
    vocabulary: Vocabulary, head: str, first: tuple[str, str, str], labels: list[str]
) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [[code, name, "5"] for code, name in zip(first, labels, strict=True)]
    grid = grid_of([[head, "名称", "金额"], *rows])
    (table,) = read_tables([layout(grid, lines=("支出明细表", "单位：万元"))], vocabulary)
    assert [(i.label, i.amount_text) for i in items_of([table], vocabulary)] == [(name, "5") for name in labels]


def test_codes_after_a_quantity_belong_to_the_same_row(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["科目编码", "项目名称", "数量", "经济科目编码", "金额"],
        ["2040601", "购置电脑", "3", "31002", "1.50"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("政府采购预算表", "单位：万元"))], vocabulary)
    item = items_of([table], vocabulary)[-1]
    assert (item.label, item.functional_code, item.economic_department_code) == ("购置电脑", "2040601", "31002")


def test_a_project_under_a_unit_is_no_unit(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["单位（项目）名称", "金额"],
        ["合计", "3.00"],
        ["示例市示例局", "3.00"],
        ["大型活动", "3.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("专项业务经费支出表", "单位：万元"))], vocabulary)
    assert [i.agency_name for i in items_of([table], vocabulary)] == [None, "示例市示例局", "示例市示例局"]


def test_the_label_is_the_leading_codes(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["支出功能分类科目", "部门支出经济分类科目", "合计"],
        ["2013601-行政运行", "30101-基本工资", "1.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("支出总表", "单位：万元"))], vocabulary)
    (item,) = items_of([table], vocabulary)
    assert (item.code, item.label, item.economic_department_code) == ("2013601", "行政运行", "30101")


def test_a_class_of_the_economic_classification_may_be_a_column(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["科目编码", "科目名称", "总计", "津贴补贴", "差旅费"],
        ["2013601", "行政运行", "3.00", "1.00", "2.00"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=("基本支出表", "单位：万元"))], vocabulary)
    assert [(i.measure, i.economic_department_code) for i in items_of([table], vocabulary)] == [
        ("total", None), ("economic_class", "30102"), ("economic_class", "30211"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "header"), [("单位：百万元", "金额"), ("", "金额（百万元）"), ("", "金额（单位：人民币百万元）")]
)
def test_millions_are_no_ten_thousands_and_no_yuan(vocabulary: Vocabulary, above: str, header: str) -> None:
    grid = grid_of([["科目名称", header], ["教育支出", "1.50"]])
    (table,) = read_tables([layout(grid, lines=("支出预算表", above))], vocabulary)
    assert [(i.unit, i.amount) for i in items_of([table], vocabulary)] == [("百万元", Decimal("1500000.00"))]


def test_a_line_that_names_the_amounts_unit_alone_says_it(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目", "预算数"], ["补助", "5.00"]])
    (table,) = read_tables([layout(grid, lines=("转移支付预算表", "金额：万元"))], vocabulary)
    assert (table.title, table.unit) == ("转移支付预算表", "万元")


def test_a_list_of_what_was_evaluated_is_no_form(vocabulary: Vocabulary) -> None:
    grid = grid_of([["序号", "项目名称", "评价金额", "评价等级"], ["1", "道路养护", "5.00", "良"]])
    (table,) = read_tables([layout(grid, lines=("2024年重点绩效评价情况表", "单位：万元"))], vocabulary)
    (item,) = items_of([table], vocabulary)
    assert (table.form, item.label, item.measure, item.unit) == (False, "道路养护", "total", "万元")


def test_a_price_lends_no_unit_to_other_columns(vocabulary: Vocabulary) -> None:
    grid = grid_of([["采购项目", "数量", "单价（元）", "金额"], ["购置电脑", "3", "5000.00", "1.50"]])
    (table,) = read_tables([layout(grid, lines=("政府采购预算表",))], vocabulary)
    assert {i.unit for i in items_of([table], vocabulary) if i.measure == "amount"} == {None}


def test_years_in_rows_under_a_budget_column_are_each_rows_own(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目", "预算数"], ["2025年", "5.00"], ["2026年", "4.00"], ["增减变化", "-1.00"]])
    (table,) = read_tables([layout(grid, lines=("三公经费支出预算表", "单位：万元"))], vocabulary)
    assert [i.phase for i in items_of([table], vocabulary)] == ["prior_year_budget", "budget", "change"]


def test_a_figure_beside_text_in_an_amount_column_is_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "金额"], ["甲", "1.00"], ["乙", "合计1,620.20"], ["丙", "1.见附件一"], ["丁", "2 3"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：万元"))], vocabulary)
    told = unread_figures(tables, vocabulary.headers)
    assert [cell.text.rpartition("read ")[2] for cell in told] == ['"合计1,620.20" as an amount', '"2 3" as an amount']


def test_what_is_left_out_for_its_points_is_reported_in_any_column(vocabulary: Vocabulary) -> None:
    header = ["项目", "预算数", "备注"]
    rows = ["合计", "1.234.567", "2.905.200"], ["其中", "1.000", "905.200"]
    tables = read_tables([layout(grid_of([header, *map(list, rows)]))], vocabulary)
    told = unread_figures(tables, vocabulary.headers)
    assert [cell.text.split('"')[1::2] for cell in told] == [
        ["预算数", "1.234.567"], ["预算数", "1.000"], ["备注", "905.200"],
    ]  # fmt: skip


def test_where_points_separate_thousands_a_lone_point_is_not_read_and_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "金额"], ["甲", "12.345.600"], ["乙", "905.200"], ["丙", "9.20"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：元"))], vocabulary)
    assert [i.amount_text for i in items_of(tables, vocabulary)] == ["9.20"]
    assert len(unread_figures(tables, vocabulary.headers)) == 2


def test_an_amount_in_words_is_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "金额"], ["甲", "1.00"], ["乙", "叁拾肆万伍仟元整"], ["丙", "壹"], ["丁", "整改"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：元"))], vocabulary)
    assert [cell.figures for cell in unread_figures(tables, vocabulary.headers)] == [1]


def test_figures_on_top_of_each_other_are_counted_and_their_table_is_not_empty(vocabulary: Vocabulary) -> None:
    stacked = [["地区", "债务限额", "备注"], ["甲县\n乙县\n丙县", "60\n60\n131", "1.00\n2.00"]]
    (table,) = read_tables([layout(grid_of(stacked), lines=("政府债务限额表", "单位：亿元"))], vocabulary)
    told = unread_figures([table], vocabulary.headers)
    assert (table.empty, items_of([table], vocabulary), [cell.figures for cell in told]) == (False, [], [3, 2])


def test_a_number_of_any_length_is_left_out_with_what_is_printed(vocabulary: Vocabulary) -> None:
    grid = grid_of([["科目名称", "金额"], ["甲", "777" + ",777" * 12], ["乙", "1.00"]])
    tables = read_tables([layout(grid, lines=("支出预算总表", "单位：亿元"))], vocabulary)
    fitting, (reason,) = storable(items_of(tables, vocabulary))
    assert ([i.amount_text for i in fitting], ",777" * 12 in reason) == (["1.00"], True)


def test_two_cells_in_the_place_of_one_are_both_reported(vocabulary: Vocabulary) -> None:
    head = grid_of([["科目编码", "科目名称", "金额"], ["201", "一般公共服务支出", "3.00"]])
    more = grid_of([["20103", "政府办公厅", "1.00", "2.00"]], page=2)
    last = more.cells[-1]._replace(x0=228, x1=232)  # a rule that the page before has not
    more = replace(more, x1=232, cells=(*more.cells[:-2], more.cells[-2]._replace(x1=228), last))
    tables = read_tables([layout(head, lines=("支出预算总表", "单位：万元")), layout(more, page=2)], vocabulary)
    assert [i.amount for i in items_of(tables, vocabulary)] == [Decimal("30000.00")]
    assert "1.00 2.00" in unread_figures(tables, vocabulary.headers)[0].text


def test_a_table_knows_its_id_whether_or_not_it_has_amounts(vocabulary: Vocabulary) -> None:
    empty = grid_of([["科目编码", "科目名称", "合计"], ["", "", ""]])
    pages = [
        layout(empty, lines=("政府性基金预算支出表", "单位：万元")),
        layout(grid_of([*HEADER, *BODY], page=2), lines=TITLE, page=2),
    ]
    tables = read_tables(pages, vocabulary, "0123456789abcdef" + "0" * 48)
    assert [(t.table_id, t.empty) for t in tables] == [("0123456789abcdef-000", True), ("0123456789abcdef-001", False)]
    assert {item.table_id for item in items_of(tables, vocabulary)} == {"0123456789abcdef-001"}


@pytest.mark.parametrize("share", ["5%", "5%①", "(5%)", "（5％）", "5%*"])
def test_a_share_is_no_money_whatever_stands_around_it(share: str, vocabulary: Vocabulary) -> None:
    header = ["科目编码", "科目名称", "合计", "项目支出"]
    rows = [["201", "一般公共服务支出", "3.00", share]]
    tables = read_tables([layout(grid_of([header, *rows]), lines=TITLE)], vocabulary)
    item = items_of(tables, vocabulary)[-1]
    assert (item.unit, item.amount) == ("%", None)


def test_tables_beside_each_other_have_the_titles_and_units_that_stand_over_each(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [["项目", "预算数"], ["合计", "1.00"]]
    grids = (grid_of(rows), grid_of(rows, x0=300))
    over = (
        TextLine("2026年某某市预算草案", 100, 10, 420, 24),
        TextLine("2026年收入预算表", 60, 50, 160, 60),
        TextLine("2025年支出预算表", 310, 50, 410, 60),
        TextLine("单位：万元", 120, 80, 170, 90),
        TextLine("单位：亿元", 370, 80, 420, 90),
    )
    tables = read_tables([PageLayout(1, 600, 800, "", grids, over)], vocabulary)
    assert [(table.title, table.unit) for table in tables] == [
        ("2026年收入预算表", "万元"),
        ("2025年支出预算表", "亿元"),
    ]


def test_what_a_table_holds_says_what_it_is_where_only_the_end_of_its_title_is_read(vocabulary: Vocabulary) -> None:
    held = [["“三公”经费合计", "因公出国（境）费", "公务接待费", "会议费"], ["6.00", "2.00", "4.00", "1.00"]]
    other = [["科目名称", "支出合计", "基本支出", "公务接待费"], ["教育支出", "6.00", "4.00", "1.00"]]
    found = [
        read_tables([layout(grid_of(rows), lines=("支出预算表", "单位：万元"))], vocabulary) for rows in (held, other)
    ]
    assert [table.table_type for (table,) in found] == ["three_public_expenses", "expenditure_summary"]


def test_the_only_column_of_amounts_is_the_total_but_beside_another_side(vocabulary: Vocabulary) -> None:
    listed = [["科目名称", "2025年执行数", "2026年预算数"], ["教育支出", "6.00", "7.00"], ["合计", "6.00", "7.00"]]
    two_sided = [
        ["收入", "预算数", "支出", "预算数"],
        ["财政拨款", "6.00", "教育支出", "6.00"],
        ["收入总计", "6.00", "支出总计", "6.00"],
    ]
    named = [["项目", "预算数"], ["合计", "6.00"], ["因公出国（境）费", "2.00"], ["公务接待费", "4.00"]]
    for rows, title, measures in (
        (listed, "一般公共预算支出表", {"total"}),
        (two_sided, "收支总表", {"amount"}),
        (named, "“三公”经费支出表", {"total", "overseas_trips", "hospitality"}),
    ):
        tables = read_tables([layout(grid_of([*rows]), lines=(title, "单位：万元"))], vocabulary)
        assert {i.measure for i in items_of(tables, vocabulary)} == measures


def test_a_fund_without_money_that_names_its_subject_in_one_row_begins_no_other_stub(vocabulary: Vocabulary) -> None:
    header = ["项目", "合计", "职工基本医疗保险基金", "城乡居民基本医疗保险基金"]
    body = [["本年安排", "9.00", "", "9.00"], ["科目", "×", "财政对职工医保的补助", "财政对居民医保的补助"]]
    body += [["中央级", "5.00", "", "5.00"], ["省级", "4.00", "", "4.00"]]
    tables = read_tables(
        [layout(grid_of([header, *body]), lines=("财政对社会保险基金补助情况表", "单位：万元"))], vocabulary
    )
    assert [item.label for item in items_of(tables, vocabulary)] == ["本年安排"] * 2 + ["中央级"] * 2 + ["省级"] * 2


def test_codes_under_a_header_over_them_and_their_names_are_codes_beside_a_total(vocabulary: Vocabulary) -> None:
    body = [[("合计", 1, 2), "46"], ["2013812", "药品事务", "9"], ["2040602", "一般行政管理事务", "37"]]
    grid = grid_of([[("科目", 1, 2), "金额"], *body])
    items = items_of(read_tables([layout(grid, lines=("专项转移支付明细表", "单位：万元"))], vocabulary), vocabulary)
    assert [(item.code, item.amount_text) for item in items] == [(None, "46"), ("2013812", "9"), ("2040602", "37")]


def test_the_mark_of_a_note_behind_a_header_changes_nothing(vocabulary: Vocabulary) -> None:
    reader = vocabulary.headers
    assert reader.meaning("基本支出①") == reader.meaning("基本支出")


def test_the_same_as_above_is_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "金额"], ["甲", "1.00"], ["乙", "〃"], ["丙", "同上"], ["丁", "2.00"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：元"))], vocabulary)
    assert len(unread_figures(tables, vocabulary.headers)) == 2


def test_raised_decimals_are_no_marks_of_notes_and_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "金额"], ["甲", "434⁵⁶"], ["乙", "434¹"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：元"))], vocabulary)
    assert [i.amount_text for i in items_of(tables, vocabulary)] == ["434"]
    assert len(unread_figures(tables, vocabulary.headers)) == 1


def test_the_parts_of_a_figure_are_no_amounts_and_reported(vocabulary: Vocabulary) -> None:
    grid = grid_of([["项目名称", "元", "角", "分"], ["甲", "434", "5", "6"], ["乙", "800", "0", "0"]])
    tables = read_tables([layout(grid, lines=("项目支出表", "单位：元"))], vocabulary)
    assert items_of(tables, vocabulary) == []
    assert len(unread_figures(tables, vocabulary.headers)) == 6
