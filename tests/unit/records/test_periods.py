from __future__ import annotations

import pytest
from support.common import grid_of, items_of, layout, read_tables

from extractor.grids.grid import PageLayout
from extractor.records.item import LineItem
from extractor.tables.period import Period, read_period
from extractor.vocabulary.vocabulary import Vocabulary


def items(vocabulary: Vocabulary, title: str, *rows: list[str | tuple[str, int, int]]) -> list[LineItem]:
    return items_of(read_tables([layout(grid_of(list(rows)), lines=(title, "单位：万元"))], vocabulary), vocabulary)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("2025年全市一般公共预算收入执行情况表", Period(2025, "execution")),
        ("二○二五年全省政府性基金支出决算表", Period(2025, "final_accounts")),
        ("2025年市级预算调整方案表", Period(2025, "adjusted_budget")),
        ("2026年全市一般公共预算收入表", Period(2026, None)),
        ("2025年预算执行情况和2026年预算草案", Period(None, None)),
        ("2025-2027年中期规划表", Period(None, None)),
        ("2025年结转资金支出表", Period(None, None)),
        ("示例项目（2021年医疗补助资金）绩效自评表", Period(None, None)),
        ("示例项目绩效自评表（2021年度）", Period(2021, None)),
    ],
)
def test_a_title_states_year_and_phase(vocabulary: Vocabulary, title: str, period: Period) -> None:
    assert read_period(title, vocabulary.periods) == period


@pytest.mark.parametrize(
    ("title", "header", "phase", "year"),
    [
        ("2025年全市一般公共预算支出执行情况表", "执行数", "execution", 2025),
        ("2025年全市一般公共预算支出执行情况表", "预算数", "budget", 2025),
        ("2025年全市一般公共预算支出执行情况表", "上年执行数", "prior_year_execution", 2024),
        ("2026年全市一般公共预算支出表", "执行数", "prior_year_execution", 2025),
        ("2026年全市一般公共预算支出表", "2025年变动预算数", "adjusted_budget", 2025),
        ("2026年全市一般公共预算支出表", "2025年完成", "prior_year_execution", 2025),
        ("2026年全市一般公共预算支出表", "2024年决算数", "final_accounts", 2024),
        ("2026年全市一般公共预算支出表", "2026年预计", "budget", 2026),
        ("2026年全市一般公共预算支出表", "2024年", None, 2024),
        ("2025年全市一般公共预算支出表", "金额", None, 2025),
    ],
)
def test_a_column_says_its_time_before_its_title_does(
    vocabulary: Vocabulary, title: str, header: str, phase: str | None, year: int
) -> None:
    (item,) = items(vocabulary, title, ["项目", header], ["教育支出", "5.00"])
    assert (item.phase, item.amount_year) == (phase, year)


def test_a_row_that_begins_with_a_year_says_it_where_the_column_does_not(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "预算数", "执行数"]
    found = items(
        vocabulary,
        "示例市2025年地方政府一般债务余额情况表",
        head,
        ["一、2024年末地方政府一般债务余额实际数", "", "41.70"],
        ["二、2025年末地方政府一般债务余额限额", "45.50", ""],
        ["三、2025年地方政府一般债务发行额", "", "4.10"],
    )
    assert [(i.amount_year, i.phase, i.measure) for i in found] == [
        (2024, "prior_year_execution", "debt_balance/general_debt"),
        (2025, "budget", "debt_limit/general_debt"),
        (2025, "execution", "debt_issue/general_debt"),
    ]


def test_a_group_headed_by_no_more_than_a_word_for_parts_is_of_the_column_before_it(vocabulary: Vocabulary) -> None:
    limits, balances = ("2024年债务限额", 2, 1), ("2024年债务余额", 2, 1)
    head = [("地区", 2, 1), limits, ("其中：", 1, 2), balances, ("其中：", 1, 2)]
    rows = [
        ["一般债务", "专项债务", "一般债务", "专项债务"],
        ["示例区", "9.00", "4.00", "5.00", "7.00", "3.00", "4.00"],
    ]
    found = items(vocabulary, "示例市地方政府债务限额及余额情况表", head, *rows)
    assert [item.measure for item in found] == [
        *("debt_limit", "debt_limit/general_debt", "debt_limit/special_debt"),
        *("debt_balance", "debt_balance/general_debt", "debt_balance/special_debt"),
    ]
    assert {item.amount_year for item in found} == {2024}


def test_parts_have_the_unit_of_their_whole(vocabulary: Vocabulary) -> None:
    head = [("地区", 2, 1), ("债务限额（亿元）", 2, 1), ("其中：", 1, 2)]
    rows = [["一般债务", "专项债务"], ["示例区", "9.00", "4.00", "5.00"]]
    found = items(vocabulary, "示例市地方政府债务限额情况表", head, *rows)
    assert [item.unit for item in found] == ["亿元"] * 3


def test_a_share_before_parts_is_not_their_whole(vocabulary: Vocabulary) -> None:
    head = [("地区", 2, 1), ("债务限额", 2, 1), ("2024年增长%", 2, 1), ("其中：", 1, 1)]
    found = items(vocabulary, "示例市地方政府债务情况表", head, ["一般债务"], ["示例区", "9.00", "5.00", "4.00"])
    assert (found[-1].measure, found[-1].phase) == ("general_debt", found[0].phase)


def test_a_column_of_another_head_is_not_the_whole_of_parts(vocabulary: Vocabulary) -> None:
    head = [("地区", 3, 1), ("债务余额", 1, 1), ("一般债务", 1, 1)]
    rows = [[("合计", 2, 1), "其中："], ["债券"], ["示例区", "9.00", "4.00"]]
    found = items(vocabulary, "示例市地方政府债务情况表", head, *rows)
    assert [item.measure for item in found] == ["debt_balance", "bonds"]


def test_the_year_in_a_bonds_name_is_not_that_of_what_is_repaid(vocabulary: Vocabulary) -> None:
    rows = [["2021年示例市示例项目专项债券（十七期）", "7.20"], ["2021年政府债券还本", "7.20"]]
    found = items(vocabulary, "2025年政府债务还本情况表", ["项目", "金额"], *rows)
    assert [item.amount_year for item in found] == [2025, 2021]


def test_rows_under_a_dated_one_are_of_its_year_and_parts_of_its_concept(vocabulary: Vocabulary) -> None:
    found = items(
        vocabulary,
        "示例省地方政府债券发行及还本付息情况表",
        ["项目", "本地区", "本级"],
        ["二、2025年还本预计执行数", "3.00", "1.00"],
        ["(一)一般债券", "2.00", "1.00"],
        ["(二)专项债券", "1.00", ""],
        ["三、2024年年末地方政府债务余额", "9.00", ""],
        ["其中：一般债务", "4.00", ""],
        ["专项债务", "5.00", ""],
        ["四、其他债务", "1.00", ""],
    )
    assert [(i.amount_year, i.measure) for i in found] == [
        (2025, "debt_principal"),
        (2025, "debt_principal"),
        (2025, "debt_principal/general_debt"),
        (2025, "debt_principal/general_debt"),
        (2025, "debt_principal/special_debt"),
        (2024, "debt_balance"),
        (2024, "debt_balance/general_debt"),
        (2024, "debt_balance/special_debt"),
        (2026, "amount"),
    ]


def test_a_label_says_what_came_of_its_year(vocabulary: Vocabulary) -> None:
    found = items(
        vocabulary, "2026年债务情况表", ["项目", "金额"], ["2025年还本执行数", "3.00"], ["2025年债务限额", "9.00"]
    )
    assert [(i.amount_year, i.phase) for i in found] == [(2025, "prior_year_execution"), (2025, None)]


def test_the_end_of_last_year_is_no_time_of_this(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["单位名称", "上年末地方政府债务余额—合计", "年末地方政府债务余额—合计"]
    found = items(vocabulary, "2024年政府债务限额和余额情况表", head, ["示例市", "3.00", "4.00"])
    assert [(i.measure, i.amount_year) for i in found] == [("debt_balance", 2023), ("debt_balance", 2024)]
    rows = (["上年末地方政府一般债务余额", "3.00"], ["年末地方政府一般债务余额", "4.00"])
    found = items(vocabulary, "2024年政府债务限额和余额情况表", ["项目", "执行数"], *rows)
    assert [(i.measure, i.amount_year) for i in found] == [
        ("debt_balance/general_debt", 2023),
        ("debt_balance/general_debt", 2024),
    ]


def test_rows_name_the_concept_whose_part_their_column_is(vocabulary: Vocabulary) -> None:
    rows = (["上年末地方政府债务余额", "3.00", "1.00"], ["当年末地方政府债务限额", "4.00", "2.00"])
    found = items(vocabulary, "2025年政府债务限额和余额情况表", ["项目", "一般债务", "专项债务"], *rows)
    assert [(i.measure, i.amount_year) for i in found] == [
        ("debt_balance/general_debt", 2024),
        ("debt_balance/special_debt", 2024),
        ("debt_limit/general_debt", 2025),
        ("debt_limit/special_debt", 2025),
    ]
    regions = (["全市", "3.00", "1.00"], ["市本级", "2.00", "1.00"], ["区县合计", "1.00", "0.50"])
    found = items(vocabulary, "2025年政府债务余额情况表", ["地区", "金额", "一般债务"], *regions)
    assert [i.measure for i in found] == ["amount", "general_debt"] * 3
    (item, *_) = items(vocabulary, "2025年政府债务余额情况表", ["项目", "2024年决算数"], rows[0][:2])
    assert (item.measure, item.amount_year) == ("debt_balance", 2023)


def test_a_column_of_last_year_is_a_budget_only_beside_this_years(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "2025年", "2026年"]
    beside = items(vocabulary, "2026年全市收入预算表", head, ["税收收入", "5.00", "6.00"])
    assert [i.phase for i in beside] == ["prior_year_budget", "budget"]
    head = ["项目", "2024年", "2025年执行数"]
    alone = items(vocabulary, "2025年全市收入构成表", head, ["税收收入", "5.00", "6.00"])
    assert [i.phase for i in alone] == [None, "execution"]


def test_a_bare_budget_of_a_year_is_one_in_final_accounts_too(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "2022年预算", "2022年决算"]
    found = items(vocabulary, "2022年省级“三公”经费决算表", head, ["合计", "5.00", "6.00"])
    assert [(i.phase, i.measure) for i in found] == [("budget", "total"), ("final_accounts", "total")]


def test_a_growth_in_percent_is_a_change(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "2025年执行数", "增长%", "增长率%", "增幅(%)", "占比重%"]
    found = items(vocabulary, "2025年收入执行情况表", head, ["税收收入", "5.00", "1.0", "1.0", "1.0", "9.0"])
    assert [i.phase for i in found] == ["execution", "change", "change", "change", "execution"]


def test_a_title_of_a_year_alone_has_the_phase_that_the_books_other_titles_give_that_year(
    vocabulary: Vocabulary,
) -> None:
    grid = grid_of([["项目", "金额", "债务限额"], ["教育支出", "5.00", "7.00"]])
    titles = ("2025年全市支出执行情况表", "2025年全市收支平衡表", "2026年全市支出表")
    tables = read_tables([layout(grid, lines=(title, "单位：万元")) for title in titles], vocabulary)
    assert [i.phase for i in items_of(tables, vocabulary)] == [
        *("execution", None),
        *("execution", None),
        *("budget", "budget"),
    ]
    assert [table.phase for table in tables] == ["execution", "execution", None]


@pytest.mark.parametrize(
    ("lines", "period"),
    [
        (("一、2025年预算执行情况", "(一)一般公共预算", "收入表"), Period(2025, "execution")),
        (("一、2025年预算执行情况", "二、2026年预算草案", "收入表"), Period(2026, None)),
        (("一、2025年预算执行情况", "二、政府债务", "收入表"), Period(None, None)),
        (("一、2025年预算执行情况", "2024年收入表"), Period(2024, None)),
        (("关于2025年预算执行情况和2026年预算草案的报告", "收入表"), Period(None, None)),
        (("目录", "一、2025年预算执行情况", "收入表"), Period(None, None)),
        (("2025年,全市预算执行情况总体良好。", "收入表"), Period(None, None)),
    ],
)
def test_a_table_whose_title_says_no_year_is_of_its_headings(
    vocabulary: Vocabulary, lines: tuple[str, ...], period: Period
) -> None:
    page = PageLayout(1, 600, 800, "\n".join(lines[:-1]), (), ())
    grid = grid_of([["项目", "金额"], ["税收收入", "5.00"]], page=2)
    (table,) = read_tables([page, layout(grid, lines=lines[-1:], page=2)], vocabulary)
    assert Period(table.year, table.phase) == period


def test_a_change_is_of_the_newest_year_to_its_left(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "2024年决算数", "2025年完成数", "比上年增减%"]
    found = items(vocabulary, "2026年全市收入预算表", head, ["收入", "5.00", "6.00", "20.00"])
    assert [i.amount_year for i in found] == [2024, 2025, 2025]


def test_a_growth_of_a_year_is_of_that_year_also_right_of_an_earlier_one(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "2024年末余额", "2025年增加额"]
    found = items(vocabulary, "2025年示例市债务余额表", head, ["专项债务", "5.00", "1.00"])
    assert [i.amount_year for i in found] == [2024, 2025]


def test_a_header_that_speaks_of_a_time_in_unknown_words_is_of_none(vocabulary: Vocabulary) -> None:
    found = items(vocabulary, "支出预算总表", ["项目", "预算数", "前年完成后的情形"], ["教育支出", "5.00", "4.00"])
    assert [(i.measure, i.phase, i.amount_year) for i in found] == [("amount", "budget", 2026), (None, None, None)]
    for header in ("政府性基金预算结转的钱", "上年结转的钱"):
        (fund,) = items(vocabulary, "支出表", ["科目名称", header], ["教育支出", "5.00"])
        assert (fund.measure, fund.phase, fund.amount_year) == (None, "budget", 2026)


@pytest.mark.parametrize("header", ["纳入预算管理的收费", "预算核定数", "动用预算稳定调节基金"])
def test_words_of_the_tables_own_phase_leave_it_to_a_header_that_is_not_understood(
    vocabulary: Vocabulary, header: str
) -> None:
    found = items(vocabulary, "支出预算总表", ["科目名称", header], ["教育支出", "5.00"])
    assert [(i.phase, i.amount_year) for i in found] == [("budget", 2026)]


def test_a_header_that_says_budget_is_of_no_execution_in_a_table_of_it(vocabulary: Vocabulary) -> None:
    rows = ["项目", "收入预算", "收入完成", "上年", "占预算(%)"], ["教育支出", "5.00", "4.00", "3.00", "80%"]
    found = items(vocabulary, "2026年全市收支完成情况表", *map(list, rows))
    assert [(i.phase, i.amount_year) for i in found] == [
        ("budget", 2026), ("execution", 2026), ("prior_year_execution", 2025), ("execution", 2026),
    ]  # fmt: skip


def test_what_last_year_is_expected_to_come_to_is_no_budget_of_it(vocabulary: Vocabulary) -> None:
    rows = ["科目名称", "2025年预计数", "2026年预算数"], ["教育支出", "5.00", "4.00"]
    found = items(vocabulary, "一般公共预算支出表", *map(list, rows))
    assert [(i.phase, i.amount_year) for i in found] == [("prior_year_execution", 2025), ("budget", 2026)]


def test_a_year_that_is_compared_with_is_not_the_columns(vocabulary: Vocabulary) -> None:
    rows = ["科目名称", "预算数", "比2025年预算增减"], ["教育支出", "5.00", "4.00"]
    found = items(vocabulary, "一般公共预算支出表", *map(list, rows))
    assert [(i.phase, i.amount_year) for i in found] == [("budget", 2026), ("change", 2026)]


def test_a_year_over_a_table_that_is_none_of_a_budget_is_no_budget(vocabulary: Vocabulary) -> None:
    rows = ["项目", "2025年", "2026年"], ["人均产值", "5.00", "6.00"]
    found = items(vocabulary, "主要统计数据", *map(list, rows))
    assert [(i.phase, i.amount_year) for i in found] == [(None, 2025), (None, 2026)]


def test_a_part_of_a_debt_is_of_the_limit_or_the_balance_over_it_or_above_it(vocabulary: Vocabulary) -> None:
    rows = ["政府债务限额", "其中：一般债务", "专项债务", "政府债务余额", "其中：一般债务"]
    below = items(vocabulary, "示例市债务情况表", ["项目", "2026年"], *([row, "5.00"] for row in rows))
    assert [i.measure for i in below] == [
        "debt_limit", "debt_limit/general_debt", "debt_limit/special_debt", "debt_balance", "debt_balance/general_debt",
    ]  # fmt: skip
    beside = items(vocabulary, "示例市政府债务余额限额表", ["项目", "债务限额"], ["一般债务", "5.00"], ["合计", "5.00"])
    assert [i.measure for i in beside] == ["debt_limit/general_debt", "debt_limit"]


def test_a_level_is_a_scope_beside_the_whole_region_and_else_a_source_of_money(vocabulary: Vocabulary) -> None:
    both = items(vocabulary, "2026年政府性基金预算支出表", ["项目", "全市", "市本级"], ["支出", "5.00", "3.00"])
    assert [(i.measure, i.scope) for i in both] == [("total", "all_region"), ("total", "own_level")]
    (alone,) = items(vocabulary, "2026年全市项目支出表", ["项目名称", "市本级"], ["道路", "3.00"])
    assert (alone.measure, alone.scope) == ("local_funds", "all_region")


def test_two_stubs_beside_each_other_are_of_the_sides_that_their_labels_end_in(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "预算数", "项目", "预算数"]
    found = items(
        vocabulary,
        "2026年全市失业保险基金收支预算表",
        head,
        ["一、失业保险费收入", "5.00", "一、失业保险金支出", "3.00"],
        ["二、利息收入", "1.00", "二、其他支出", "1.00"],
        ["三、上年结余", "2.00", "三、年末滚存结余", "4.00"],
    )
    assert [i.side for i in found] == ["revenue", "expenditure"] * 3


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("2025年示例市本级收支表", "own_level"),
        ("2025年示例市及市级债务情况表", None),
        ("2025年全市及市本级收支表", None),
    ],
)
def test_a_title_has_the_only_scope_that_it_names(vocabulary: Vocabulary, title: str, scope: str | None) -> None:
    assert vocabulary.headers.scope_of(title) == scope


def test_a_part_beside_its_whole_is_of_the_same_concept(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["地区", "债务余额", "其中：一般债", "专项债"]
    found = items(vocabulary, "2025年政府债务余额情况", head, ["全市", "3.00", "1.00", "2.00"])
    assert [i.measure for i in found] == ["debt_balance", "debt_balance/general_debt", "debt_balance/special_debt"]


def test_a_header_that_names_a_place_or_a_transfer_is_an_attribute_of_its_amounts(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "合计", "东河", "西河"]
    found = items(vocabulary, "2026年税收返还和转移支付表(分项目分地区)", head, ["返还", "3.00", "1.00", "2.00"])
    assert [(i.measure, [a.text for a in i.attributes]) for i in found] == [
        ("total", []),
        ("amount", ["东河"]),
        ("amount", ["西河"]),
    ]


def test_bonds_beside_what_becomes_of_debt_are_a_part_of_it_and_so_are_headers_that_nobody_knows(
    vocabulary: Vocabulary,
) -> None:
    top: list[str | tuple[str, int, int]] = [("地区", 3, 1), ("发行情况", 1, 3), ("付息情况", 1, 2)]
    middle: list[str | tuple[str, int, int]] = [
        ("一般债券", 1, 2),
        ("合计", 2, 1),
        ("一般债券", 2, 1),
        ("专项债券", 2, 1),
    ]
    title, amounts = "2024年地方政府债券发行及还本付息情况表", ["全市", "1.00", "2.00", "3.00", "4.00", "5.00"]
    found = items(vocabulary, title, top, middle, ["新增", "再融资"], list(amounts))
    assert [i.measure for i in found] == [
        "debt_issue/general_debt",
        "debt_issue/general_debt",
        "debt_issue",
        "debt_interest/general_debt",
        "debt_interest/special_debt",
    ]
    assert [[a.text for a in i.attributes] for i in found[:2]] == [["新增"], ["再融资"]]


def test_the_terms_and_rates_of_debt_are_no_amounts_of_it(vocabulary: Vocabulary) -> None:
    top: list[str | tuple[str, int, int]] = [("地区", 2, 1), ("债务平均年限(年)", 1, 2), ("专项债券平均利率(%)", 2, 1)]
    title = "2025年地方政府债务执行情况表"
    found = items(vocabulary, title, top, ["合计", "一般债务"], ["全市", "14.9", "12.8", "3.1"])
    assert [(i.measure, i.amount) for i in found] == [("term_years", None)] * 2 + [("interest_rate", None)]


def test_a_part_of_what_is_issued_is_issued_whatever_its_name(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = ["项目", "执行数"]
    rows: list[list[str | tuple[str, int, int]]] = [
        ["三、2024年地方政府一般债务发行额", "3.00"],
        ["外国政府贷款", "1.00"],
    ]
    found = items(vocabulary, "2024年地方政府一般债务余额情况表", head, *rows)
    assert [i.measure for i in found] == ["debt_issue/general_debt"] * 2


@pytest.mark.parametrize(
    ("header", "measures"),
    [
        ("增支额", ()),
        ("增收额", ()),
        ("可比增长%", ("share",)),
        ("增长率(同口径)", ("share",)),
        ("执行数比上年决算数增长%", ("share",)),
    ],
)
def test_what_more_or_less_came_or_went_is_a_change(
    vocabulary: Vocabulary, header: str, measures: tuple[str, ...]
) -> None:
    meaning = vocabulary.headers.meaning(header)
    assert (meaning.phase, meaning.measures) == ("change", measures)


def test_a_word_of_a_phase_in_a_row_of_data_is_no_header(vocabulary: Vocabulary) -> None:
    assert vocabulary.headers.meaning("2025年完成").phase == "execution"
    assert not vocabulary.headers.meaning("完成").known


def test_a_head_cell_that_begins_with_a_year_is_no_data(vocabulary: Vocabulary) -> None:
    (item,) = items(vocabulary, "2026年收入预算表", ["项目", "2025决算数"], ["税收", "5.00"])
    assert item.measure_label == "2025决算数"


def test_parts_of_a_new_limit_are_of_the_new_limit_and_a_dated_row_may_be_numbered_with_a_colon(
    vocabulary: Vocabulary,
) -> None:
    found = items(
        vocabulary,
        "2026年示例市地方政府债务限额提前下达情况表",
        ["项目", "本地区", "本级", "下级"],
        ["一：2025年地方政府债务限额", "9.00", "5.00", "4.00"],
        ["其中：一般债务限额", "3.00", "2.00", "1.00"],
        ["二：提前下达的2026年地方政府债务新增限额", "7.00", "4.00", "3.00"],
        ["其中：一般债务限额", "2.00", "1.00", "1.00"],
    )
    limits = ["debt_limit", "debt_limit/general_debt", "new_debt_limit", "new_debt_limit/general_debt"]
    assert [(i.measure, i.amount_year) for i in found[::3]] == list(zip(limits, [2025, 2025, 2026, 2026], strict=True))
    assert [i.measure for i in found[2::3]] == [f"lower_levels/{limit}" for limit in limits]


def test_debt_is_of_the_part_that_the_tables_title_names(vocabulary: Vocabulary) -> None:
    def measures(title: str) -> list[str | None]:
        rows = items(vocabulary, title, ["地区", "债务限额", "债务余额", "利率"], ["全市", "3.00", "1.00", "2.00"])
        return [i.measure for i in rows]

    special = ["debt_limit/special_debt", "debt_balance/special_debt", "interest_rate"]
    assert measures("2025年地方政府专项债务情况表") == special
    assert measures("2025年提前下达新增一般债务限额表")[0] == "new_debt_limit/general_debt"
    assert measures("2025年新增债务限额及债务余额表")[:2] == ["new_debt_limit", "debt_balance"]
    assert measures("2025年地方政府一般债务和专项债务情况表") == ["debt_limit", "debt_balance", "interest_rate"]


def test_a_limit_beside_a_new_one_is_no_new_limit_whatever_the_title_says(vocabulary: Vocabulary) -> None:
    heads = ["地区", "新增债务限额", "债务限额"]
    found = items(vocabulary, "2025年新增债务限额分配表", heads, ["全市", "3.00", "9.00"])
    assert [i.measure for i in found] == ["new_debt_limit", "debt_limit"]
