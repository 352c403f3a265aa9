"""Text set in columns is read a column at a time."""

from __future__ import annotations

from extractor.grids.geometry.layout import read_layout
from extractor.grids.geometry.lines import read_lines
from extractor.grids.geometry.prose_columns import in_columns
from extractor.pages.page import Char, Page

LINES = 24  # ems down: columns are longer than the lines of a heading beside a picture
WIDTH = 12  # ems across


def page_of(*columns: list[str], gap: float = 15.0, head: str = "") -> Page:
    """Return a page of 10-point columns, lines beside each other a little higher or lower, under a headline."""
    chars = [Char(c, 40 + 20.0 * i, 10, 60 + 20.0 * i, 30) for i, c in enumerate(head)]
    for number, lines in enumerate(columns):
        left, top = 40 + number * (10 * WIDTH + gap), 60 + 4.0 * number
        for n, line in enumerate(lines):
            chars += [
                Char(c, left + 10 * i, top + 12 * n, left + 10 * i + 10, top + 12 * n + 10) for i, c in enumerate(line)
            ]
    return Page(1, 600, 800, "", tuple(chars), (), "pdfium")


def texts(page: Page) -> list[str]:
    return [line.text.replace(" ", "") for line in read_layout(page).lines]


def column(word: str) -> list[str]:
    return [(word * WIDTH)[:WIDTH]] * LINES


def test_columns_of_prose_are_read_one_after_the_other_below_their_headline() -> None:
    first, second = column("甲报告"), column("乙说明")
    assert texts(page_of(first, second, head="预算报告")) == ["预算报告", *first, *second]


def test_figures_beside_labels_are_no_columns_of_prose() -> None:
    lines = read_lines(page_of(column("甲支出"), ["1,234,567.89"] * LINES).chars)
    assert in_columns(lines) is lines


def test_a_few_lines_beside_each_other_are_no_columns() -> None:
    lines = read_lines(page_of(column("甲报告")[:6], column("乙说明")[:6]).chars)
    assert in_columns(lines) is lines
