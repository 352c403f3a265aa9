"""What numbering skips: parents of codes, serial numbers, pages."""

from __future__ import annotations

import pytest
from support.common import grid_of
from support.small_tables import columns_of, items_down, table_with

from extractor.grids.grid import Cell, PageLayout, TextLine
from extractor.skipped import skipped_pages, skipped_parents, skipped_serials
from extractor.tables.table import Row

ROWS = (("201", "9.00"), ("20101", "2.00"), ("2010101", "2.00"), ("20102", "7.00"), ("2010201", "7.00"))


def test_a_code_whose_parts_are_printed_without_it_is_named() -> None:
    assert list(skipped_parents(items_down(*ROWS))) == []
    assert list(skipped_parents(items_down(*ROWS[:3], ROWS[4]))) == [
        "page 1 prints parts of 20102 and no row of that code: it may be lost"
    ]


def test_a_table_that_leaves_out_a_level_or_more_than_one_code_skips_nothing() -> None:
    assert list(skipped_parents(items_down(ROWS[0], ROWS[2], ROWS[4]))) == []
    assert list(skipped_parents(items_down(ROWS[0], ROWS[2], ROWS[4], ("2010301", "1.00")))) == []


def numbered_pages(*numbers: int | None) -> list[PageLayout]:
    texts = ["正文" if n is None else f"正文\n- {n} -" for n in numbers]
    return [PageLayout(place, 600, 800, text, (), ()) for place, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((1, 2, 3, 5, 6, 7), ["pages 3 and 4 are numbered 3 and 5: pages between them may be lost"]),
        ((None, 1, 2, 3, None, 6, 7, 8), ["pages 4 and 6 are numbered 3 and 6: pages between them may be lost"]),
        ((1, 2, 3, None, 5, 6, 7), []),  # a page that prints no number
        ((1, 2, 3, 1, 2, 3), []),  # two parts with numbers of their own
        ((1, 2, 3, 40, 41, 42), []),
        ((1, 3, 5, 7, 9, 11), []),  # two pages on a sheet
        ((1, 2, 3, 5), []),
    ],
)
def test_page_numbers_that_leave_out_some_are_told(numbers: tuple[int | None, ...], told: list[str]) -> None:
    assert list(skipped_pages(numbered_pages(*numbers))) == told


def test_a_page_number_outside_the_grids_counts() -> None:
    pages = [
        PageLayout(place, 600, 800, f"a\n1 {n}\nb", (grid_of([["a"]]),), (TextLine(f"第{n}页", 0, 0, 9, 9),))
        for place, n in enumerate((4, 5, 6, 8, 9, 10), 1)
    ]
    assert len(list(skipped_pages(pages))) == 1


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ("1 2 3 5 6", ["page 1 numbers its rows 3, 5: rows between them may be lost"]),
        ("1 2 3 4 5", []),
        ("1 2 3 1 2 3", []),  # each unit's own
        ("1 3 5 7 9", []),
        ("1 2 30 31 32", []),
    ],
)
def test_serial_numbers_that_leave_out_one_are_told(numbers: str, told: list[str]) -> None:
    serial, *rest = columns_of("序号", "金额")
    columns = (serial._replace(role="helper"), *rest)
    rows = tuple(Row(n, 1, (Cell(n, 0, 1, 1, text, 0, n, 1, n + 1), None)) for n, text in enumerate(numbers.split()))
    assert list(skipped_serials([table_with(columns, rows=rows)])) == told
