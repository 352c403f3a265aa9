"""How text dumps write tables, and the lines around them."""

from __future__ import annotations

import pytest
from support.readings import grids, layouts_of, lines

from extractor.errors import NotADocumentError


def test_a_name_column_lost_on_the_first_page_comes_back_with_its_header() -> None:
    first = "项目\t\t支出预算\n类\t款\t合计\n201\t\t1.5\n201\t03\t1.5\n"
    second = "项目\t\t支出预算\t\n类\t款\t名称\t合计\n208\t\t社会保障\t2.5\n合计\t\t\t4.0\n"
    (layout,) = layouts_of(f"支出预算总表\n\n{first}\n{second}")
    upper, lower = layout.grids
    assert (upper.columns, upper.bottom) == (4, lower.top)
    assert [c.text for c in upper.cells if c.row == 2] == ["201", "", "", "1.5"]
    assert [c.text for c in upper.cells if c.row == 1] == [c.text for c in lower.cells if c.row == 1]


def test_a_row_whose_blanks_an_editor_cut_off_stays_a_row() -> None:
    assert grids(layouts_of("项目\t数\n一、收入\t1.5\n二、事业收入\n三、其他\t2.5\n")) == [
        ["项目", "数", "一、收入", "1.5", "二、事业收入", "三、其他", "2.5"]
    ]


def test_pipe_tables() -> None:
    text = "## 收支表\n\n| 项目 | 预算数 |\n|:--|--:|\n| **合计** | 1.5 |\n| a\\|b<br>c | ** |\n"
    layouts = layouts_of(text)
    assert (lines(layouts), grids(layouts)) == (["收支表"], [["项目", "预算数", "合计", "1.5", "a|b\nc", "**"]])


def test_form_feeds_are_pages_and_prose_is_lines() -> None:
    layouts = layouts_of("部门预算\n\f编制部门：甲\t单位：元\n\n项目\t数\n合计\t1.5\n")
    assert [layout.page for layout in layouts] == [1, 2]
    assert lines(layouts) == ["部门预算", "编制部门：甲", "单位：元"]


def test_texts_without_a_table_are_no_documents() -> None:
    with pytest.raises(NotADocumentError, match="without a table of amounts"):
        layouts_of("2025年，本部门收入预算8,599万元。\n- 一、\t概况\n")


def test_a_blank_in_a_header_belongs_to_the_text_on_its_left_or_above() -> None:
    (layout,) = layouts_of("项目\t支出\t\n\t基本\t项目支出\n合计\t1.5\t2.5\n")
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in layout.grids[0].cells if c.row < 2] == [
        (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "项目支出"),
    ]  # fmt: skip


def test_the_last_row_of_a_header_runs_over_no_neighbour() -> None:
    (layout,) = layouts_of("项目\t\t数\n合计\t\t1.5\n")
    assert [(c.column, c.column_span) for c in layout.grids[0].cells if c.row == 0] == [(0, 1), (1, 1), (2, 1)]


def test_rows_of_other_lengths_are_filled_with_blanks() -> None:
    (layout,) = layouts_of("项目\t数\t备注\n合计\t1.5\n其中\t0.5\t无\n")
    assert (layout.grids[0].rows, layout.grids[0].columns) == (3, 3)


def test_indents_of_names_are_kept() -> None:
    (layout,) = layouts_of("项目\t数\n甲\t1.5\n　乙\t0.5\n")
    assert [c.indent for c in layout.grids[0].cells if c.column == 0] == [0.0, 0.0, 10.0]


def test_a_header_that_differs_by_more_than_a_column_is_another_table() -> None:
    first, second = (
        "项目\t\t支出\n类\t款\t合计\n201\t\t1.5\n201\t03\t1.5\n",
        "项目\t\t收入\t\n类\t款\t名称\t来源\n208\t\t甲\t2.5\n合计\t\t\t4.0\n",
    )
    (layout,) = layouts_of(f"表\n\n{first}\n{second}")
    assert [grid.columns for grid in layout.grids] == [3, 4]
