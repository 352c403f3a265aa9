from __future__ import annotations

from decimal import Decimal

from conftest import grid_of

from extractor.config import Config
from extractor.grids.grid import Grid, PageLayout, TextLine
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.items import read_items
from extractor.tables.assemble import read_tables
from extractor.tables.surroundings import read_surroundings
from extractor.tables.table import Table

FACTS = Facts(2026, "budget", "示例局", "department", None, None)
HEADER = [
    [("项目", 1, 4), ("支出预算", 1, 3)],
    [("功能分类科目编码", 1, 3), ("科目名称", 2, 1), ("合计", 2, 1), ("基本支出", 2, 1), ("项目支出", 2, 1)],
    ["类", "款", "项"],
]


def layout(*grids: Grid, lines: tuple[str, ...] = (), page: int = 1) -> PageLayout:
    above = tuple(TextLine(t, 50, 20 + 20 * n, 300, 30 + 20 * n) for n, t in enumerate(lines))
    return PageLayout(page, 600, 800, "\n".join(lines), grids, above)


def items_of(tables: list[Table], config: Config) -> list[LineItem]:
    return read_items("d" * 64, tables, FACTS, config)


TITLE = ("2026年部门支出预算总表", "编制部门：示例局", "单位：万元")
BODY = [
    ["201", "", "", "一般公共服务支出", "3.00", "1.00", "2.00"],
    ["201", "03", "", "政府办公厅", "3.00", "1.00", "2.00"],
]


def test_title_unit_and_agency_are_found_by_form() -> None:
    found = read_surroundings(["公开03表", "支出预算总表", "部门：示例局", "单位：万", "元"])
    assert (found.title, found.number, found.agency, found.unit) == ("支出预算总表", "公开03表", "示例局", "万元")


def test_header_tree_codes_and_yuan(config: Config) -> None:
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE)], config)
    assert table.table_type == "expenditure_summary"
    assert [c.measure for c in table.columns if c.role == "measure"] == [
        "total",
        "basic_expenditure",
        "project_expenditure",
    ]
    first, *_, last = items_of([table], config)
    assert (first.code, first.amount, first.label_standard) == ("201", Decimal("30000.00"), "一般公共服务支出")
    assert (last.code, last.code_source, last.measure_label) == ("20103", "printed", "支出预算/项目支出")


def test_a_table_goes_on_without_its_header(config: Config) -> None:
    more = grid_of(
        [["201", "03", "01", "行政运行", "3.00", "1.00", "2.00"], [("合计", 1, 4), "3.00", "1.00", "2.00"]], page=2
    )
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), layout(more, page=2)], config)
    assert (table.first_page, table.last_page, len(table.rows)) == (1, 2, 4)
    assert [i.is_total for i in items_of([table], config)][-3:] == [True] * 3


def test_a_repeated_header_is_left_out(config: Config) -> None:
    more = grid_of([*HEADER, [("合计", 1, 4), "3.00", "1.00", "2.00"]], page=2)
    (table,) = read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), layout(more, page=2)], config)
    assert len(table.rows) == 3


def test_a_page_with_another_title_begins_another_table(config: Config) -> None:
    other = layout(grid_of([*HEADER, *BODY], page=2), lines=("收入预算总表", "单位：万元"), page=2)
    assert len(read_tables([layout(grid_of([*HEADER, *BODY]), lines=TITLE), other], config)) == 2


def test_a_row_split_by_the_page_break_is_one(config: Config) -> None:
    start = grid_of([*HEADER, *BODY, ["201", "03", "99", "其他政府办公厅（室）及相关", "", "", ""]])
    more = grid_of([["", "", "", "机构事务支出", "1.00", "", "1.00"]], page=2)
    (table,) = read_tables([layout(start, lines=TITLE), layout(more, page=2)], config)
    item = items_of([table], config)[-1]
    assert (item.code, item.label) == ("2010399", "其他政府办公厅（室）及相关机构事务支出")


def test_own_level_codes_take_the_parents_from_above(config: Config) -> None:
    body = [
        ["201", "", "", "类", "1.00", "", ""],
        ["", "03", "", "款", "1.00", "", ""],
        ["", "", "01", "项", "1.00", "", ""],
    ]
    (table,) = read_tables([layout(grid_of([*HEADER, *body]), lines=TITLE)], config)
    assert [(i.code, i.code_source) for i in items_of([table], config)] == [
        ("201", "printed"), ("20103", "inherited"), ("2010301", "inherited"),
    ]  # fmt: skip


def test_a_zero_that_a_spreadsheet_ate_is_given_back(config: Config) -> None:
    body = [["301", "", "", "工资福利支出", "1.00", "", ""], ["301", "2", "", "津贴补贴", "1.00", "", ""]]
    (table,) = read_tables([layout(grid_of([*HEADER, *body]), lines=TITLE)], config)
    assert items_of([table], config)[1].code == "30102"


def test_code_in_the_name(config: Config) -> None:
    grid = grid_of([["科目", "合计"], ["[2080501]行政单位离退休", "1.00"]])
    (table,) = read_tables([layout(grid, lines=TITLE)], config)
    (item,) = items_of([table], config)
    assert (item.code, item.label) == ("2080501", "行政单位离退休")


def test_prior_year_columns(config: Config) -> None:
    grid = grid_of(
        [
            ["科目编码", "科目名称", "2025年执行数", "2026年预算数", "增减%"],
            ["201", "一般公共服务支出", "1.00", "2.00", "100.00%"],
        ]
    )
    (table,) = read_tables([layout(grid, lines=("一般公共预算支出表", "单位：万元"))], config)
    items = items_of([table], config)
    assert [(i.phase, i.amount_year) for i in items[:2]] == [("prior_year_execution", 2025), ("budget", 2026)]
    assert (items[2].amount, items[2].value, items[2].code, items[2].functional_code) == (
        None,
        Decimal("100.00"),
        None,
        "201",
    )


def test_unknown_table_keeps_its_amounts(config: Config) -> None:
    grid = grid_of([["甲某某", "乙某某"], ["丙", "1,234.00"]])
    (table,) = read_tables([layout(grid, lines=("单位：万元",))], config)
    (item,) = items_of([table], config)
    assert (table.table_type, item.amount_text, item.measure) == (None, "1,234.00", None)
