"""Whole numbers without separators: which columns of them are amounts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.pdf_maker import Sheet, Table, page_of

from extractor.grids.geometry.layout import read_layout

ROWS = (
    ("一、税收收入", "557420", "612080"),
    ("增值税", "7848", "1206"),
    ("企业所得税", "123450", "9031"),
    ("二、非税收入", "6020", "7115"),
)
BOOK = Table((180, 90, 90), tuple((0, n, 1, 1, t) for n, t in enumerate(("项目", "执行数", "预算数"))), ROWS)


def texts(*rows: tuple[str, ...], x: float = 300.0) -> list[list[str]]:
    """Return the texts of the grids that rows of a label and figures, without a rule and without a header, are read as."""

    def draw(sheet: Sheet) -> None:
        for n, (label, *figures) in enumerate(rows):
            sheet.text(60, 100 + 20 * n, label)
            for place, figure in enumerate(figures):
                sheet.text(x + 80 * place, 100 + 20 * n, figure, "right")

    return [[cell.text for cell in grid.cells] for grid in read_layout(page_of(draw)).grids]


def test_a_table_of_whole_numbers_needs_no_rule() -> None:
    (grid,) = read_layout(page_of(BOOK.texts)).grids
    assert (grid.rows, grid.columns) == (5, 3)


def test_its_next_page_needs_no_header() -> None:
    assert texts(*ROWS) == [[text for row in ROWS for text in row]]


def test_one_column_is_of_amounts_where_its_figures_are_long_and_fall_and_rise() -> None:
    assert texts(*(row[:2] for row in ROWS)) == [[text for row in ROWS for text in row[:2]]]


@pytest.mark.parametrize(
    "figures", [("101", "105", "112", "120"), ("1010", "1050", "1120", "1200"), ("35", "18", "126", "210")]
)
def test_page_numbers_and_counts_are_none(figures: tuple[str, ...]) -> None:
    assert texts(*zip(("部门概况", "收支总表", "收入总表", "支出总表"), figures, strict=True)) == []


def test_codes_are_none() -> None:
    coded = [(code, f"{code[:3]}类支出") for code in ("2010301", "2050201", "2080502", "2130104")]
    assert texts(*coded, x=120.0) == []


def test_the_halves_of_a_summary_stand_apart_however_close() -> None:
    left = replace(BOOK, widths=(120, 90), header=BOOK.header[:2], rows=tuple(row[:2] for row in ROWS))
    right = replace(left, left=left.xs[2])
    (grid,) = read_layout(page_of(left.texts, right.texts)).grids
    assert [cell.text for cell in grid.cells if cell.row == 1] == ["一、税收收入", "557420", "一、税收收入", "557420"]
