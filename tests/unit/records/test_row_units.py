"""Units of rows: in a column of their own, or in brackets behind the label."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.common import grid_of, items_of, layout, read_tables

from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.vocabulary.vocabulary import Vocabulary

FACTS = Facts(2026, "budget", "吴州市人民政府", "government", "640300", "吴州市")


def units_of(vocabulary: Vocabulary, *rows: list[str]) -> list[tuple[str | None, Decimal | None]]:
    tables = read_tables([layout(grid_of(list(rows)), lines=("2026年基础资料表", "单位：万元"))], vocabulary)
    return [(item.unit, item.amount) for item in read_items("d" * 64, tables, FACTS, vocabulary)]


def test_the_column_of_units_says_what_is_no_money(vocabulary: Vocabulary) -> None:
    rows = ["参保情况", "×", "×"], ["参保人数", "人", "75655"], ["缴费费率", "%", "1.00"], ["缴费基数", "万元", "2.50"]
    assert units_of(vocabulary, ["项目", "单位", "2026年预算数"], *rows) == [
        ("人", None),
        ("%", None),
        ("万元", Decimal(25000)),
    ]


def test_the_unit_behind_a_label_is_its_row_s(vocabulary: Vocabulary) -> None:
    rows = ["人均可支配收入（元）", "72,880"], ["增速（%）", "5.50"], ["其他支出（项）", "2.00"]
    assert units_of(vocabulary, ["项目", "2026年预算数"], *rows) == [
        ("元", Decimal(72880)),
        ("%", None),
        ("万元", Decimal(20000)),
    ]


def test_units_of_what_is_bought_are_none_of_its_price(vocabulary: Vocabulary) -> None:
    rows = ["计算机", "台", "2.00"], ["复印纸", "件", "3.00"]
    assert {unit for unit, _ in units_of(vocabulary, ["采购项目", "计量单位", "预算金额"], *rows)} == {"万元"}


def test_things_in_brackets_behind_a_label_are_none_of_its_price(vocabulary: Vocabulary) -> None:
    rows = ["计算机（台）", "2.00"], ["复印机（台、套）", "3.00"]
    assert {unit for unit, _ in units_of(vocabulary, ["采购项目", "预算金额"], *rows)} == {"万元"}
    assert {unit for unit, _ in units_of(vocabulary, ["项目", "年末数"], *rows)} == {"台", "台、套"}
    beside = ["计算机（台）", "10", "2.00"], ["复印机（台）", "3", "3.00"]
    assert [unit for unit, _ in units_of(vocabulary, ["资产", "数量", "2026年"], *beside)] == ["台", "万元"] * 2


def test_things_that_are_counted_in_yuan_make_no_money_of_their_units(vocabulary: Vocabulary) -> None:
    rows = ["计算机", "10", "台", "120.00"], ["购物卡", "5", "元", "3.00"]
    found = units_of(vocabulary, ["采购项目", "数量", "计量单位", "预算金额"], *rows)
    assert [unit for unit, amount in found if amount is not None] == ["万元", "万元"]


def test_the_unit_of_a_header_stands_before_that_of_a_row(vocabulary: Vocabulary) -> None:
    rows = ["离退休人员（人）", "340.00"], ["住房公积金（元）", "22.00"]
    assert {unit for unit, _ in units_of(vocabulary, ["项目", "预算数（万元）"], *rows)} == {"万元"}


def test_a_share_has_no_unit_of_its_row(vocabulary: Vocabulary) -> None:
    rows = ["缴费基数", "万元", "2.50", "3.1"], ["参保人数", "人", "75655", "1.2"]
    header = ["项目", "单位", "2026年预算数", "增长%"]
    assert [unit for unit, _ in units_of(vocabulary, header, *rows)] == ["万元", "%", "人", "%"]


def test_the_target_of_an_indicator_has_its_name_and_its_unit(vocabulary: Vocabulary) -> None:
    header = ["项目名称", "项目总额", "二级指标", "三级指标", "本年绩效指标值", "绩效度量单位"]
    rows = (
        ["示例项目", "12.00", "数量指标", "培训次数", "20", "次"],
        ["又一项目", "30.00", "成本指标", "场地费", "1.5", "万元"],
        ["第三项目", "4.00", "质量指标", "合格率", "90", "≥"],
    )
    tables = read_tables([layout(grid_of([header, *rows]), lines=("项目支出绩效目标表", "单位：万元"))], vocabulary)
    items = read_items("d" * 64, tables, FACTS, vocabulary)
    assert [(i.label, i.unit, i.amount) for i in items] == [
        ("示例项目", "万元", Decimal(120000)),
        ("培训次数", "次", None),
        ("又一项目", "万元", Decimal(300000)),
        ("场地费", "万元", None),
        ("第三项目", "万元", Decimal(40000)),
        ("合格率", None, None),
    ]
    assert ("项目名称", "示例项目") in items[1].attributes


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("车辆数合计（台、辆）", "台、辆"),
        ("国内公务接待批次（个）", "个"),
        ("单价100万元以上设备（台，套）", "台,套"),
        ("公务接待批次", None),
        ("公务接待人次", None),
    ],
)
def test_what_accounts_of_expenses_count_is_no_money(vocabulary: Vocabulary, label: str, unit: str | None) -> None:
    rows = [["项目", "统计数"], ["公务接待费", "8.00"], [label, "5"]]
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=("“三公”经费决算表", "单位：万元"))], vocabulary)
    money, count = items_of(tables, vocabulary)
    assert (money.measure, money.unit) == ("hospitality", "万元")
    assert (count.measure, count.unit, count.amount) == ("quantity", unit, None)
