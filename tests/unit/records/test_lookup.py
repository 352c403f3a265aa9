"""Codes by name, in the place that the rows above give them."""

from __future__ import annotations

from typing import NamedTuple

from support.common import ROOT

from extractor.contract import Scheme
from extractor.records.lookup import CodeLookup, Label
from extractor.vocabulary.codes import Classifications

CODES = Classifications.read(ROOT / "configs" / "codes")


class Row(NamedTuple):
    """A label that stands so many steps deep."""

    depth: int
    text: str


def codes_of(scheme: Scheme, *rows: Row, table_type: str | None = None) -> list[str | None]:
    labels = [Label(text, "", 10.0 * depth) for depth, text in rows]
    lookup = CodeLookup.of(labels, [(scheme,)], CODES, 2026, table_type)
    return [lookup.find(label, None).get(scheme) for label in labels]


def test_what_stands_beside_a_row_whose_parts_stand_deeper_is_none_of_them() -> None:
    rows = (Row(0, "转移性收入"), Row(1, "国有资本经营预算转移支付收入"), Row(0, "上年结转收入"))
    assert codes_of("revenue", *rows) == ["110", "11005", None]


def test_a_part_is_told_from_its_whole_of_one_name_by_where_it_stands() -> None:
    rows = (
        Row(0, "灾害防治及应急管理支出"),
        Row(1, "自然灾害救灾及恢复重建支出"),
        Row(2, "自然灾害救灾补助"),
        Row(1, "其他灾害防治及应急管理支出"),
        Row(2, "其他灾害防治及应急管理支出"),
    )
    assert codes_of("functional", *rows) == ["224", "22407", "2240703", "22499", "2249999"]


def test_what_stands_above_its_class_is_no_part_of_it() -> None:
    rows = (Row(0, "债务转贷收入"), Row(1, "地方政府专项债务转贷收入"), Row(0, "转移性收入"), Row(1, "调入资金"))
    assert codes_of("revenue", *rows) == [None, None, "110", "11009"]


def test_the_rest_of_a_list_is_known_by_what_stands_as_deep() -> None:
    rows = (Row(1, "非税收入"), Row(0, "政府住房基金收入"), Row(0, "其他收入"))
    assert codes_of("revenue", *rows) == ["103", "10309", "10399"]


def test_parts_may_stand_in_any_order_where_they_stand_deeper_than_their_whole() -> None:
    rows = ("机关资本性支出（一）", "设备购置", "房屋建筑物购建", "其他资本性支出")
    deeper = codes_of("economic_government", *(Row(min(1, number), text) for number, text in enumerate(rows)))
    assert deeper == ["503", "50306", "50301", "50399"]
    assert codes_of("economic_government", *(Row(0, text) for text in rows[:3])) == ["503", "50306", None]


def test_a_name_of_two_codes_is_a_sister_of_the_row_before_where_their_parent_is_not_printed() -> None:
    rows = (Row(0, "调入资金"), Row(1, "国有资本经营预算调入资金"), Row(1, "其他调入资金"), Row(0, "上年结转收入"))
    assert codes_of("revenue", *rows) == ["11009", "110090103", "110090199", "11008"]
    assert codes_of("revenue", rows[0], rows[2], rows[3]) == ["11009", "1100999", "11008"]


def test_the_rest_of_a_list_may_leave_out_the_name_of_its_whole() -> None:
    rows = (Row(0, "工伤保险基金支出"), Row(1, "工伤保险待遇支出"), Row(1, "转移支出"), Row(1, "其他支出"))
    assert codes_of("functional", *rows) == ["20904", "2090401", None, "2090499"]


def test_the_rest_of_the_classes_is_no_rest_of_the_last_of_them_that_is_badly_indented() -> None:
    rows = (Row(0, "自然资源海洋气象等支出"), Row(2, "自然资源事务"), Row(1, "其他支出"), Row(2, "其他支出"))
    assert codes_of("functional", *rows) == ["220", "22001", "229", "22999"]


def test_a_name_is_the_whole_of_one_line_of_codes_that_have_it() -> None:
    rows = (Row(0, "转移性支出"), Row(1, "国有资本经营预算转移支付支出"))
    assert codes_of("functional", *rows) == ["230", "23005"]


def test_a_name_may_leave_out_the_fund_whose_table_it_stands_in() -> None:
    rows = (Row(0, "转移性收入"), Row(1, "上级补助收入"), Row(1, "调入资金"))
    assert codes_of("revenue", *rows, table_type="government_fund_revenue_final") == ["110", "11004", "11009"]
    assert codes_of("revenue", *rows, table_type="general_public_budget_revenue") == ["110", None, "11009"]


def test_a_name_that_leaves_out_its_fund_may_be_numbered_and_what_is_under_it_is_none_of_the_funds_own() -> None:
    rows = (Row(0, "一、车辆通行费"), Row(0, "二、上级补助收入"), Row(1, "彩票公益金收入"), Row(0, "三、上年结转收入"))
    assert codes_of("revenue", *rows, table_type="government_fund_revenue") == ["1030159", "11004", None, "11008"]


def test_all_of_the_funds_is_no_part_of_other_revenue_where_neither_that_nor_a_part_is_printed() -> None:
    whole, rest = Row(0, "政府性基金收入"), (Row(0, "调入资金"), Row(0, "上年结转收入"))
    assert codes_of("revenue", whole, *rest) == [None, "11009", "11008"]
    assert codes_of("revenue", whole, Row(1, "车辆通行费"), *rest)[0] == "10301"
    assert codes_of("revenue", Row(0, "非税收入"), Row(1, "政府性基金收入"), *rest)[1] == "10301"


def test_a_name_that_leaves_out_its_fund_needs_no_row_above_it_but_is_no_whole_of_the_same_in_full() -> None:
    rows = (Row(0, "利润收入"), Row(0, "上年结转收入"), Row(0, "上级补助收入"))
    assert codes_of("revenue", *rows, table_type="state_capital_revenue") == ["1030601", "11008", "11005"]
    part = Row(1, "国有资本经营预算转移支付收入")
    assert codes_of("revenue", *rows, part, table_type="state_capital_revenue")[2:] == [None, "11005"]


def test_what_a_fund_takes_over_is_not_what_the_general_budget_takes_over_from_it() -> None:
    rows = (Row(0, "下级上解收入"), Row(0, "政府性基金调入资金"), Row(0, "上年结转收入"))
    assert codes_of("revenue", *rows, table_type="government_fund_revenue") == ["11006", None, "11008"]


def test_funds_below_a_balance_are_parts_of_it_and_no_expenditure() -> None:
    rows = (
        Row(0, "失业保险基金支出"),
        Row(1, "失业保险金"),
        Row(0, "年终结余"),
        Row(1, "工伤保险基金"),
        Row(1, "失业保险基金"),
        Row(0, "工伤保险基金支出"),
    )
    assert codes_of("functional", *rows) == ["20902", "2090201", None, None, None, "20904"]


def test_a_funds_bare_name_has_no_code_where_revenue_and_expenditure_stand_beside_each_other() -> None:
    labels = [Label("失业保险基金", "", 0.0), Label("工伤保险基金支出", "", 0.0)]
    lookup = CodeLookup.of(labels, [("functional",), ("revenue",)], CODES, 2026)
    assert [lookup.find(label, None) for label in labels] == [{}, {"functional": "20904"}]


def test_a_badly_indented_part_leads_no_others_where_the_first_stands_no_deeper() -> None:
    labels = [("专项转移支付收入", 0.0), ("一般公共服务", 1.5), ("公共安全", 2.5), ("教育", 1.5), ("科学技术", 2.5)]
    rows = [Label("转移性收入", "", -10.0), *(Label(text, "", indent) for text, indent in labels)]
    lookup = CodeLookup.of(rows, [("revenue",)], CODES, 2022)
    assert [lookup.find(row, None).get("revenue") for row in rows] == [
        "110",
        "11003",
        "1100301",
        "1100304",
        "1100305",
        "1100306",
    ]


def test_what_stands_outside_its_class_further_down_is_no_part_of_it() -> None:
    rows = (Row(0, "转移性收入"), Row(1, "调入资金"), Row(0, "地方政府一般债务收入"), Row(0, "上年结转收入"))
    assert codes_of("revenue", *rows) == ["110", "11009", "1050401", None]


def test_what_stands_below_a_total_is_no_part_of_a_class_above_it() -> None:
    labels = [Label(text, "", 0.0) for text in ("转移性支出", "调出资金", "结转下年")]
    lookup = CodeLookup.of(labels, [("functional",)], CODES, 2026)
    before = [lookup.find(label, None).get("functional") for label in labels[:2]]
    lookup.end()
    assert (before, lookup.find(labels[2], None)) == (["230", "23008"], {})


def test_a_row_whose_last_part_is_a_sister_of_its_code_holds_more_than_that() -> None:
    parts = (Row(1, "彩票公益金收入"), Row(1, "车辆通行费"))
    sister = Row(1, "专项债务对应项目专项收入")
    assert codes_of("revenue", Row(0, "政府性基金收入"), *parts) == ["10301", "1030155", "1030159"]
    assert codes_of("revenue", Row(0, "政府性基金收入"), *parts, sister) == [None, "1030155", "1030159", "10310"]


def test_a_name_that_its_cell_cuts_off_is_known_under_its_parent() -> None:
    cut = "对机关事业单位基本养老保险基金"
    rows = (Row(0, "社会保障和就业支出"), Row(1, "行政事业单位养老支出"), Row(2, "行政单位离退休"), Row(2, cut))
    assert codes_of("functional", *rows) == ["208", "20805", "2080501", "2080507"]
    assert codes_of("functional", Row(0, "社会保障和就业支出"), Row(1, cut)) == ["208", None]


def test_a_table_of_funds_names_these_also_where_most_of_its_rows_are_no_subjects() -> None:
    parts = [Row(1, name) for name in ("其中：保险费收入", "转移收入", "委托投资收益")]
    rows = [Row(0, "失业保险基金收入"), *parts, Row(0, "其他失业保险基金收入")]
    assert codes_of("revenue", *rows, table_type="social_insurance_fund") == ["10202", *[None] * 4]
    assert codes_of("revenue", *rows) == [None] * 5
    unknown = Row(0, "某补充保险基金收入")  # without it, the codes would make up less than the total
    assert codes_of("revenue", *rows, unknown, table_type="social_insurance_fund") == [None] * 6
