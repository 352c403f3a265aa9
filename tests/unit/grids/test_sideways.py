"""Sheets too wide for their paper: the columns on further pages have the labels of their rows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from support.common import read_tables
from support.pdf_maker import Draw, Sheet, Table, lattice, open_rows, pages_of, three_rules
from support.readings import layouts_of

from extractor.grids.grid import PageLayout
from extractor.vocabulary.vocabulary import Vocabulary

CODES = ("201", "20101", "2010101", "2010102", "204")
LABELS = ("一般公共服务支出", "人大事务", "行政运行", "一般行政管理事务", "公共安全支出")
LEFT = Table(
    (80, 160, 90),
    ((0, 0, 2, 1, "科目编码"), (0, 1, 2, 1, "项目"), (0, 2, 1, 1, "2024年"), (1, 2, 1, 1, "执行数")),
    tuple((code, label, f"{n}1.50") for n, (code, label) in enumerate(zip(CODES, LABELS, strict=True))),
    title="某省一般公共预算支出表",
)
RIGHT = Table(
    (90, 90),
    ((0, 0, 1, 2, "2025年预算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "其中：本级")),
    tuple((f"{n}2.50", f"{n}3.50") for n in range(5)),
    unit="",
)


def pages(rules: Draw, *tables: Table) -> list[PageLayout]:
    return layouts_of(pages_of(*([table.texts, partial(rules, table)] for table in tables)))


@pytest.mark.parametrize("rules", [lattice, open_rows, three_rules])
def test_columns_on_a_page_of_their_own_have_labels_title_and_unit(rules: Draw, vocabulary: Vocabulary) -> None:
    table, part = read_tables(pages(rules, LEFT, RIGHT), vocabulary)
    assert (part.title, part.unit, part.first_page) == (table.title, "万元", 2)
    rows = [[cell.text.strip() if cell else "" for cell in row.cells] for row in part.rows]
    assert [row[0] for row in rows] == list(CODES)
    assert [row[2:] for row in rows] == [[f"{n}2.50", f"{n}3.50"] for n in range(5)]
    assert [column.path for column in part.columns[2:]] == [("2025年预算数", "合计"), ("2025年预算数", "其中:本级")]


@pytest.mark.parametrize("down_first", [True, False])
def test_sheets_are_printed_down_first_or_to_the_right_first(down_first: bool, vocabulary: Vocabulary) -> None:
    more = replace(LEFT, title="", unit="", rows=tuple((c, f"续{label}", x) for c, label, x in LEFT.rows))
    order = [LEFT, more, RIGHT, RIGHT] if down_first else [LEFT, RIGHT, more, RIGHT]
    table, part = read_tables(pages(lattice, *order), vocabulary)
    names = [[row.cells[1].text for row in own.rows if row.cells[1]] for own in (table, part)]
    assert names[0] == names[1]
    assert len(names[0]) == 10
    assert [row.page for row in part.rows] == [3] * 5 + [4] * 5 if down_first else [2] * 5 + [4] * 5


def test_amounts_without_any_grid_stand_in_the_rows_of_the_page_before() -> None:
    def amounts(sheet: Sheet) -> None:
        sheet.text(120, LEFT.top + LEFT.height / 2, "执行数", "center")
        for top, bottom in zip(LEFT.ys[2:], LEFT.ys[3:], strict=False):
            sheet.text(180, (top + bottom) / 2, f"{top:.2f}", "right")

    _, part = layouts_of(pages_of([LEFT.texts, partial(lattice, LEFT)], [amounts]))
    (grid,) = part.grids
    assert [cell.text for cell in grid.cells if cell.column == 2] == ["执行数", *(f"{y:.2f}" for y in LEFT.ys[2:-1])]


@pytest.mark.parametrize("height", [LEFT.height + 9, LEFT.height * 2])
def test_rows_at_other_heights_are_of_another_table(height: float) -> None:
    _, other = pages(lattice, LEFT, replace(RIGHT, height=height))
    assert not other.grids[0].continues_right


def test_a_table_with_labels_of_its_own_is_no_part_of_the_one_before() -> None:
    _, other = pages(lattice, LEFT, LEFT)
    assert not other.grids[0].continues_right
