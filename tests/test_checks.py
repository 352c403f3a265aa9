from __future__ import annotations

from decimal import Decimal

from conftest import grid_of
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.checks.check import Check
from extractor.checks.reconcile import reconcile
from extractor.config import Config
from extractor.grids.grid import PageLayout, TextLine
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.items import read_items
from extractor.tables.assemble import read_tables

FACTS = Facts(2026, "budget", None, None, None, None)
HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def read(rows: list[list[str]], title: str = "支出预算总表") -> tuple[list[LineItem], list[Check], dict[str, str]]:
    lines = (TextLine(title, 50, 20, 300, 30), TextLine("单位：万元", 50, 40, 300, 50))
    config = Config.read()
    tables = read_tables([PageLayout(1, 600, 800, title, (grid_of(rows),), lines)], config)
    items = read_items("d" * 64, tables, FACTS, config)
    return items, *reconcile(items, tables, config.identities)


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


def test_rounding_is_told_from_exact() -> None:
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


@settings(max_examples=40, deadline=None)
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
