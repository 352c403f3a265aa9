from __future__ import annotations

from decimal import Decimal

import pytest
from support.common import grid_of, items_of, layout, read_tables

from extractor.grids.grid import Cell
from extractor.records.form import FormReader
from extractor.records.item import LineItem
from extractor.tables.table import Column, Row
from extractor.vocabulary.vocabulary import Vocabulary

TITLE = ("项目支出绩效目标表", "（2026年度）")
FORM: list[list[str | tuple[str, int, int]]] = [
    ["项目名称", ("示例项目", 1, 5)],
    ["主管部门", ("示例局", 1, 2), "实施单位", ("示例站", 1, 2)],
    [("项目资金（万元）", 3, 1), "", "年初预算数", "全年执行数", "分值", "得分"],
    ["年度资金总额", "120", "100.00", "10", "9.50"],
    ["其中：财政拨款", "120", "100.00", "—", "—"],
    [("绩效指标", 2, 1), "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
    ["培训次数", "2022.12", "20", "10", "10.00"],
]


def read(vocabulary: Vocabulary, *pages: list[list[str | tuple[str, int, int]]]) -> list[LineItem]:
    layouts = [layout(grid_of(rows, page=n), lines=TITLE if n == 1 else (), page=n) for n, rows in enumerate(pages, 1)]
    return items_of(read_tables(layouts, vocabulary), vocabulary)


def test_a_figure_is_what_the_texts_beside_and_above_it_say(vocabulary: Vocabulary) -> None:
    items = read(vocabulary, FORM)
    assert [(i.label, i.measure, i.phase, i.amount) for i in items[:2]] == [
        ("年度资金总额", "amount", "budget", Decimal("1200000.00")),
        ("年度资金总额", "amount", "prior_year_execution", Decimal("1000000.00")),
    ]
    assert (items[2].label, items[2].measure, items[2].amount) == ("年度资金总额", "share", None)


def test_a_score_and_a_target_are_no_money(vocabulary: Vocabulary) -> None:
    items = read(vocabulary, FORM)
    assert {i.amount for i in items if i.amount_text in ("9.50", "10.00", "2022.12")} == {None}
    assert not [i for i in items if i.amount_text == "20"]


def test_a_target_heads_no_figure_below_it(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        *FORM[:-2],
        [("绩效指标", 3, 1), *FORM[-2][1:]],
        ["出勤率", "≥95%", "≥95%", "10", "10.00"],
        ["满意度", "≥90%", "92.50%", "10", "9.00"],
    ]
    values, scores = ([i for i in read(vocabulary, rows) if i.amount_text == text] for text in ("92.50%", "9.00"))
    assert [(i.measure, i.measure_label.split("/")[0]) for i in values] == [("indicator_value", "实际完成值")]
    assert [(i.measure, i.unit) for i in scores] == [("share", None)]


def test_an_indicator_named_like_a_total_has_a_target_and_no_total(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        *FORM[:-2],
        [("绩效指标", 2, 1), *FORM[-2][1:]],
        ["支出总额", "6.63万元", "5.00", "10", "10.00"],
    ]
    (target,) = (i for i in read(vocabulary, rows) if i.amount_text == "6.63")
    assert (target.label, target.measure) == ("支出总额", "indicator_value")


def test_the_unit_is_the_forms_own(vocabulary: Vocabulary) -> None:
    yuan = [[("项目资金（元）", 3, 1), *FORM[2][1:]] if row is FORM[2] else row for row in FORM]
    assert read(vocabulary, yuan)[0].amount == Decimal("120.00")
    silent = [[("项目资金", 3, 1), *FORM[2][1:]] if row is FORM[2] else row for row in FORM]
    assert read(vocabulary, silent)[0].amount is None


def test_a_form_keeps_the_names_that_it_is_about(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, FORM)[0].attributes == (
        ("项目名称", "示例项目"),
        ("主管部门", "示例局"),
        ("实施单位", "示例站"),
    )


def test_a_date_that_the_form_states_heads_no_figure_below_it(vocabulary: Vocabulary) -> None:
    form: list[list[str | tuple[str, int, int]]] = [
        ["项目名称", ("示例项目", 1, 3)],
        ["计划开始日期", "2026-01-01", "计划完成日期", "2026-12-31"],
        ["项目资金（元）", "项目资金总额", "4,100.00", ""],
        [("绩效指标", 1, 1), "三级指标", ("指标值", 1, 2)],
    ]
    assert [item.measure_label for item in read(vocabulary, form)] == ["项目资金总额"]


def test_the_next_page_begins_the_next_form_or_goes_on(vocabulary: Vocabulary) -> None:
    other = [["项目名称", ("又一项目", 1, 5)], *FORM[1:]]
    assert len({i.table_id for i in read(vocabulary, FORM, other)}) == 2
    assert len({i.table_id for i in read(vocabulary, FORM, [FORM[5], ["天数", "3.00", "3.00", "10", "10.00"]])}) == 1


def test_a_list_of_targets_is_no_form(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["项目名称", "资金总额", "三级指标", "指标值"],
        ["示例项目", "1,200.00", "培训次数", "20"],
    ]
    (table,) = read_tables([layout(grid_of(rows), lines=(*TITLE, "单位：万元"))], vocabulary)
    assert not table.form
    assert [c.measure for c in table.columns] == [None, "total", None, "indicator_value"]


def test_a_figure_of_an_indicator_bears_its_name(vocabulary: Vocabulary) -> None:
    rows = [*FORM[:5], FORM[5], ["培训次数", "全年", "及时", "10", "10.00"]]
    assert [i.label for i in read(vocabulary, rows) if i.amount_text == "10.00"] == ["培训次数"]


def test_the_budget_of_an_assessment_is_the_one_that_stood_last(vocabulary: Vocabulary) -> None:
    head: list[str | tuple[str, int, int]] = [
        ("项目资金（万元）", 2, 1),
        "",
        "年初预算数",
        "全年预算数（A）",
        "全年执行数（B）",
        "得分",
    ]
    items = read(vocabulary, [*FORM[:2], head, ["年度资金总额", "120", "110", "100.00", "9.50"]])
    assert [(i.phase, i.measure_label) for i in items[1:3]] == [
        ("adjusted_budget", "全年预算数(A)/年度资金总额"),
        ("prior_year_execution", "全年执行数(B)/年度资金总额"),  # and 实施单位 over it is no header
    ]


def test_a_sentence_over_targets_is_no_header_of_theirs(vocabulary: Vocabulary) -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        *FORM[:2],
        [("销售额同比增长5%以上，签约金额22.6亿元。", 1, 6)],
        [("绩效指标", 2, 1), "指标", "指标性质", "指标值", ("计量单位", 1, 2)],
        ["合同执行额", "≥", "1,022.6", ("亿美元", 1, 2)],
    ]
    (item,) = read(vocabulary, rows)
    assert (item.label, item.measure, item.unit) == ("合同执行额", "indicator_value", None)


def test_what_stands_over_a_column_without_a_header_is_read_for_its_first_figure_alone(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def column(_: FormReader, row: Row, column: Column, __: Cell) -> Column:
        asked.append(row.ordinal)
        return column

    monkeypatch.setattr(FormReader, "column", column)
    rows = [[f"{n}.10", f"{n}.20"] for n in range(1, 6)]
    assert len(items_of(read_tables([layout(grid_of(rows))], vocabulary), vocabulary)) == 10
    assert asked == [0, 0]
