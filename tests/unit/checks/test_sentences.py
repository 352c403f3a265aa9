from __future__ import annotations

from typing import get_args

import pytest
from support.common import grid_of, read_tables
from support.small_tables import columns_of, items_down, line_item, table_with

from extractor.checks.check import Check
from extractor.checks.identity import identity
from extractor.checks.reconcile import reconcile
from extractor.checks.sentences import with_sentences
from extractor.checks.severity import SEVERITIES, severity_of
from extractor.contract import Severity
from extractor.grids.grid import PageLayout, TextLine
from extractor.prose.reader import read_prose
from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.vocabulary.vocabulary import Vocabulary

ID = "d" * 64
TABLE = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["合计", "", "300,000.00", "200,000.00", "100,000.00"],
    ["201", "一般公共服务支出", "300,000.00", "200,000.00", "100,000.00"],
]


def failing(text: str, vocabulary: Vocabulary, rows: list[list[str]] = TABLE) -> list[Check]:
    """Return the failures of one table in 元 under 支出总表 with a page of prose."""
    facts = Facts(2026, "budget", None, None, None, None)
    lines = (TextLine("支出总表", 50, 20, 300, 30), TextLine("单位：元", 50, 40, 300, 50))
    layouts = [PageLayout(1, 600, 800, "支出总表", (grid_of(rows),), lines), PageLayout(2, 600, 800, text, (), ())]
    tables = read_tables(layouts, vocabulary)
    items = read_items(ID, tables, facts, vocabulary)
    return [
        c for c in reconcile(items, tables, vocabulary, read_prose(ID, layouts, facts, vocabulary)) if c.holds == "no"
    ]


def test_a_parent_is_named_with_its_parts_in_both_languages(vocabulary: Vocabulary) -> None:
    table = [
        TABLE[0],
        ["204", "公共安全支出", "80.00", "80.00", ""],
        ["20402", "公安", "50.00", "50.00", ""],
        ["20406", "司法", "40.00", "40.00", ""],
    ]
    found = next(c for c in failing("", vocabulary, table) if c.rule == "children_sum")
    assert found.sentence == (
        "Page 1, 支出总表: 204 公共安全支出, column 合计 is printed as 80.00 元; its 2 parts (20402 公安, 20406 司法) add up to "
        "90.00 元: 10.00 元 more than stated."
    )
    assert found.sentence_zh == (
        "第1页《支出总表》“204 公共安全支出”的“合计”为80.00 元，而其2个分项（20402 公安、20406 司法）之和为90.00 元，比所列多10.00 元。"
    )


def test_figures_of_two_tables_name_both() -> None:
    left = line_item("3.00", label="合计", is_total=True)
    right = line_item("2.90", label="支出总计", table=2, page=7, measure_label="预算数")
    tables = [
        table_with(columns_of(), table_id=left.table_id, title="支出总表", table_number="表3"),
        table_with(columns_of(), table_id=right.table_id, title="收支总表", table_number="表1"),
    ]
    (found,) = with_sentences([identity("cross_table", "", [left], [right])], [left, right], tables)
    assert found.sentence == (
        "Page 1, 表3 支出总表: 合计, column 合计 is printed as 3.00 万元; page 7, 表1 收支总表: 支出总计, column 预算数 is printed as "
        "2.90 万元: 0.10 万元 less than stated."
    )


def test_a_figure_of_the_text_is_held_against_the_table(vocabulary: Vocabulary) -> None:
    (found,) = failing("一、支出预算总体情况说明\n2026年支出预算40万元。", vocabulary)
    assert found.sentence is not None and found.sentence_zh is not None
    assert found.sentence.startswith("Page 2, text under “支出预算总体情况说明”: ")
    assert "is stated as 40 万元; page 1, 支出总表: 合计" in found.sentence
    assert "正文“支出预算总体情况说明”称" in found.sentence_zh
    assert found.severity == "medium"


def test_a_rate_is_told_as_a_rate(vocabulary: Vocabulary) -> None:
    text = "一、支出预算总体情况说明\n2026年支出预算30.00万元，比上年增加5.00万元，增长{}%。"
    assert failing(text.format("20.00"), vocabulary) == []
    (wrong,) = failing(text.format("2.00"), vocabulary)
    assert wrong.sentence is not None and wrong.sentence_zh is not None
    assert (
        "is stated to change by 2.00 % (an increase); the amounts that the text gives make it 20.00 %" in wrong.sentence
    )
    assert "增加2.00%，而按文中金额计算应为增加20.00%。" in wrong.sentence_zh
    assert wrong.severity == "medium"
    (slight,) = failing(text.format("19.50"), vocabulary)
    assert slight.severity == "marginal"


def test_what_holds_has_no_sentence() -> None:
    whole, part = items_down(("合计", "3.00"), ("甲", "3.00"))
    (found,) = with_sentences([identity("rows_total", "", [whole], [part])], [whole, part], [])
    assert (found.severity, found.sentence, found.sentence_zh) == (None, None, None)


@pytest.mark.parametrize(("part", "severity"), [("2000.00", "high"), ("1000.50", "medium"), ("1000.05", "low")])
def test_a_missing_part_is_graver_than_a_digit_and_a_digit_than_a_slip_of_rounding(
    part: str, severity: Severity
) -> None:
    whole, other = items_down(("合计", "1000.00"), ("甲", part))
    assert severity_of(identity("rows_total", "", [whole], [other]), None) == severity


def test_every_severity_has_its_place() -> None:
    assert get_args(Severity) == SEVERITIES
