"""Merged cells that a page break cuts: a blank part is of the row group before, or nobody knows of which."""

from __future__ import annotations

from dataclasses import replace

from support.common import grid_of, layout, read_tables

from extractor.records.rows import RowHeader, RowHeaderReader
from extractor.tables.table import Table
from extractor.vocabulary.vocabulary import Vocabulary

Texts = list[str | tuple[str, int, int]]
HEADER: Texts = ["单位名称", "项目名称", "预算数", "一级指标", "指标值"]


def table_of(vocabulary: Vocabulary, *pages: list[Texts]) -> Table:
    layouts = [
        layout(grid_of([HEADER, *rows], page=number), lines=("2026年项目支出绩效目标表", "单位：万元"), page=number)
        for number, rows in enumerate(pages, 1)
    ]
    (table,) = read_tables(layouts, vocabulary)
    return table


def headers_of(vocabulary: Vocabulary, table: Table) -> list[RowHeader]:
    reader = RowHeaderReader(
        table,
        0,
        vocabulary.codes,
        2026,
        None,
        vocabulary.headers,
        vocabulary.totals,
        vocabulary.organisations,
    )
    return [reader.read(row) for row in table.rows]


def read(vocabulary: Vocabulary, *pages: list[Texts]) -> list[RowHeader]:
    return headers_of(vocabulary, table_of(vocabulary, *pages))


def merged(unit: str, project: str, amount: str, *marks: str) -> list[Texts]:
    """Return the rows of one project: merged cells beside as many rows of marks."""
    first, *others = marks
    tall = len(marks)
    return [
        [(unit, tall, 1), (project, tall, 1), (amount, tall, 1), "产出指标", first],
        *(["效益指标", m] for m in others),
    ]


def test_what_goes_on_blank_over_a_page_break_is_of_the_project_before(vocabulary: Vocabulary) -> None:
    pages = [
        merged("甲局", "甲项目", "5.00", "90", "91"),
        [*merged("", "", "", "92", "93"), *merged("乙局", "乙项目", "6.00", "94", "95")],
    ]
    found = [(h.label, h.agency_name) for h in read(vocabulary, *pages)]
    assert found == [("甲项目", "甲局")] * 4 + [("乙项目", "乙局")] * 2


def test_a_blank_that_ends_a_page_has_no_project(vocabulary: Vocabulary) -> None:
    pages = [
        [*merged("甲局", "甲项目", "5.00", "90", "91"), *merged("", "", "", "92", "93")],
        merged("乙局", "乙项目", "6.00", "94", "95"),
    ]
    found = [(h.label, h.agency_name) for h in read(vocabulary, *pages)]
    assert found == [("甲项目", "甲局")] * 2 + [("", None)] * 2 + [("乙项目", "乙局")] * 2


def test_a_blank_beside_text_that_goes_on_has_no_unit(vocabulary: Vocabulary) -> None:
    pages = [
        merged("甲局", "甲项目", "5.00", "90", "91"),
        [*merged("", "的后半", "", "92", "93"), *merged("乙局", "乙项目", "6.00", "94", "95")],
    ]
    assert [h.agency_name for h in read(vocabulary, *pages)][2:4] == [None, None]


def test_a_name_of_no_known_form_ends_the_unit_above(vocabulary: Vocabulary) -> None:
    rows: list[Texts] = [
        ["甲局", "甲项目", "5.00", "产出指标", "90"],
        ["省国兴学堂", "乙项目", "6.00", "产出指标", "91"],
    ]
    rows.append(["", "丙项目", "7.00", "产出指标", "92"])
    assert [h.agency_name for h in read(vocabulary, rows)] == ["甲局", None, None]


def test_a_page_inside_a_merged_cell_has_no_project(vocabulary: Vocabulary) -> None:
    table = table_of(vocabulary, merged("甲局", "甲项目", "5.00", "90", "91"), merged("", "", "", "92", "93"))
    inside = [row._replace(cells=(None, None, *row.cells[2:])) if row.page == 2 else row for row in table.rows]
    found = [(h.label, h.agency_name) for h in headers_of(vocabulary, replace(table, rows=tuple(inside)))]
    assert found == [("甲项目", "甲局")] * 2 + [("", None)] * 2
