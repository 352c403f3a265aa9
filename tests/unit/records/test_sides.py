"""Which side a row is on where its table has two halves: 收入 | 支出."""

from __future__ import annotations

from support.common import grid_of, layout, read_tables

from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.vocabulary.vocabulary import Vocabulary

FACTS = Facts(2024, "final_accounts", "河南省人民政府", "government", "410000", "河南省")
TITLE = "2024年全省社会保险基金收支决算总表"


def test_few_names_on_the_right_beside_zeros_are_of_the_right(vocabulary: Vocabulary) -> None:
    names = ["财政拨款收入", "事业收入", "经营收入", "上级补助收入", "附属单位上缴收入", "其他收入"]
    right = [["基本支出", "8.00"], ["项目支出", "2.00"], *[["", "0"]] * 4]
    rows = [[name, "10.00", *own] for name, own in zip(names, right, strict=True)]
    grid = grid_of([["收入", "", "支出", ""], ["项目", "预算数", "项目", "预算数"], *rows])
    tables = read_tables([layout(grid, lines=("2026年收支预算总表", "单位：万元"))], vocabulary)
    items = [*read_items("d" * 64, tables, FACTS, vocabulary)]
    assert [item.label for item in items if item.column < 2] == names
    assert [item.label for item in items if item.column > 1][:2] == ["基本支出", "项目支出"]


def sides_of(vocabulary: Vocabulary, *rows: list[str]) -> list[tuple[str, str | None]]:
    grid = grid_of([["项目", "决算数", "项目", "决算数"], *rows])
    tables = read_tables([layout(grid, lines=(TITLE, "单位：万元"))], vocabulary)
    return [(item.label, item.side) for item in read_items("d" * 64, tables, FACTS, vocabulary)]


def test_a_row_that_does_not_tell_has_the_side_of_its_half(vocabulary: Vocabulary) -> None:
    rows = ["利息收入", "8,085", "其他费用", "505"], ["收入合计", "8,085", "支出合计", "505"]
    assert sides_of(vocabulary, *rows) == [
        ("利息收入", "revenue"),
        ("其他费用", "expenditure"),
        ("收入合计", "revenue"),
        ("支出合计", "expenditure"),
    ]


def test_a_row_that_does_not_tell_has_none_where_its_half_does_not_either(vocabulary: Vocabulary) -> None:
    assert {side for _, side in sides_of(vocabulary, ["利息", "8,085", "费用", "505"])} == {None}


def test_a_row_that_does_not_tell_is_of_the_side_of_a_list_that_nearly_all_rows_tell(vocabulary: Vocabulary) -> None:
    names = ("教育", "科学技术", "农林水", "卫生健康", "公共安全", "住房保障", "金融", "交通运输", "节能环保")
    rows = [*([f"{name}支出", "9.00"] for name in names), ["结转下年使用", "1.00"], ["收支结余", "2.00"]]
    grid = grid_of([["项目", "预算数"], *rows])
    tables = read_tables([layout(grid, lines=("2025年某市一般公共预算收支情况表", "单位：万元"))], vocabulary)
    sides = {item.label: item.side for item in read_items("d" * 64, tables, FACTS, vocabulary)}
    assert (sides["结转下年使用"], sides["收支结余"]) == ("expenditure", None)
    few = grid_of([["项目", "预算数"], *rows[6:]])
    tables = read_tables([layout(few, lines=("2025年某市一般公共预算收支情况表", "单位：万元"))], vocabulary)
    assert {item.side for item in read_items("d" * 64, tables, FACTS, vocabulary)} == {"expenditure", None}


def test_a_total_of_a_level_of_government_is_a_total(vocabulary: Vocabulary) -> None:
    assert vocabulary.totals.row.fullmatch("本级收入合计") and vocabulary.totals.row.fullmatch("省级支出总计")
    assert not vocabulary.totals.row.fullmatch("省级合计")  # a row of a table by region
