"""What of a document was not read, in words for its row."""

from __future__ import annotations

from typing import Any

import pytest
from support.common import grid_of
from support.small_tables import columns_of, table_with

from extractor import gaps
from extractor.checks.unsure import SURE
from extractor.grids.grid import Cell, Grid, PageLayout, TextLine
from extractor.tables.table import Column, Row


def page(number: int, *lines: str, **changes: Any) -> PageLayout:
    texts = tuple(TextLine(text, 0, 20.0 * n, 100, 20.0 * n + 12) for n, text in enumerate(lines))
    return PageLayout(number, 600, 800, "\n".join(lines), changes.pop("grids", ()), texts, **changes)


@pytest.mark.parametrize(
    ("numbers", "listed"),
    [((1, 2, 3, 7), "1-3, 7"), ((4,), "4"), ((1, 3, 5), "1, 3, 5"), ((2, 3, 8, 9), "2-3, 8-9")],
)
def test_pages_without_usable_text_are_named_as_ranges(
    numbers: tuple[int, ...], listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "is_installed", lambda: False)
    (reason,) = gaps.unread_scans([page(n, scanned=n in numbers) for n in range(1, 10)])
    assert reason.startswith(f"pages {listed} are images without usable text; to read them: ")
    assert list(gaps.unread_scans([page(1)])) == []


def test_where_pictures_are_read_the_fonts_are_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "is_installed", lambda: True)
    (reason,) = gaps.unread_scans([page(1, scanned=True)])
    assert "pages 1 have no usable text, and their fonts are not embedded" in reason


def test_many_amounts_outside_the_tables_are_a_table_that_was_not_seen() -> None:
    amounts = [f"{n},000.00" for n in range(1, gaps.MANY_FIGURES + 1)]
    (reason,) = gaps.loose_figures([page(1, "通知"), page(2, *amounts)])
    assert reason.startswith("pages 2 print amounts outside the tables")
    assert list(gaps.loose_figures([page(2, *amounts[1:], *["通知"] * gaps.MANY_FIGURES)])) == []
    assert list(gaps.loose_figures([page(2, *(str(n) for n in range(20)))])) == []  # page numbers, codes
    whole = [f"6{n}4" for n in range(10, 10 + gaps.MANY_UNREAD)]
    assert len(list(gaps.loose_figures([page(2, *whole)]))) == len(list(gaps.unread_grids([page(2, *whole)]))) == 1
    assert list(gaps.loose_figures([page(2, *whole[1:])])) == []


def test_amounts_spread_digit_by_digit_over_their_columns_are_told() -> None:
    spread = ["1 2 , 3 4 5 , 6 0 0 8 , 0 0 0 , 0 0 0", "9 0 5 . 2 0"] * gaps.FEW_FIGURES
    assert len(list(gaps.loose_figures([page(2, *spread)]))) == 1
    assert list(gaps.loose_figures([page(2, *["1 2 3", "2024 , 5", "1 , 2025"] * gaps.FEW_FIGURES)])) == []


def test_a_page_of_little_else_than_amounts_is_the_rest_of_a_table() -> None:
    amounts = [f"{n},000.00" for n in range(1, gaps.FEW_FIGURES + 1)]
    assert len(list(gaps.loose_figures([page(2, "单位：亿元", "执行数", *amounts)]))) == 1
    assert list(gaps.loose_figures([page(2, "单位：亿元", "执行数", *amounts[1:])])) == []
    assert list(gaps.loose_figures([page(2, *amounts, grids=(grid_of([["项目", "1.00"]]),))])) == []


def test_many_figures_in_the_grids_of_a_document_without_amounts_are_told() -> None:
    def grid(count: int) -> Grid:
        return grid_of([["项目", "\n".join(["60.5", "20103", "7"] * count)]])

    (reason,) = gaps.unread_grids([page(1, grids=(grid(gaps.MANY_UNREAD - 1),)), page(2), page(3, grids=(grid(1),))])
    assert reason.startswith(f"{gaps.MANY_UNREAD} figures in tables on pages 1, 3,")
    assert list(gaps.unread_grids([page(1, grids=(grid(gaps.MANY_UNREAD - 1),))])) == []


@pytest.mark.parametrize(
    ("confidence", "poor"), [(None, False), (gaps.POOR, False), (gaps.POOR - 0.01, True), (0.0, True)]
)
def test_a_recognised_page_that_is_mostly_guesswork_is_named(confidence: float | None, poor: bool) -> None:
    reasons = list(gaps.poor_scans([page(3, confidence=confidence)]))
    assert [reason.partition(" are ")[0] for reason in reasons] == (["pages 3"] if poor else [])


def recognised(text: str, column: Column, reading: str = "ocr", confidence: float = 1.0) -> list[str]:
    cell = Cell(0, column.ordinal, 1, 1, text, 0, 0, 1, 1, confidence=confidence)
    table = table_with((column,), reading=reading, rows=(Row(4, 2, (cell,)), Row(5, 2, (None,))))
    return list(gaps.unread_cells([table]))


(AMOUNTS,) = columns_of("合计")
NAMES = AMOUNTS._replace(role="name")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("1,23章4.56", True), ("12 34.5 6.7", True), ("1,234.56", False), ("—", False), ("", False), ("见附表", False)],
)
def test_digits_that_are_no_amount_in_a_column_of_amounts_are_hidden_ones(text: str, hidden: bool) -> None:
    assert bool(recognised(text, AMOUNTS)) is hidden


def test_a_hidden_amount_is_named_with_its_place_and_what_is_seen_of_it() -> None:
    assert recognised("1,2 3章4", AMOUNTS) == ['1 amounts on scanned pages cannot be read: page 2 row 5 "1,23章4"']


def test_an_amount_beside_a_stain_is_hidden_in_any_column_unless_the_engine_is_sure() -> None:
    assert len(recognised("章\n1,234.56", NAMES, confidence=SURE - 0.01)) == 1
    assert recognised("章\n1,234.56", NAMES, confidence=SURE) == []
    assert recognised("章程", NAMES, confidence=0.1) == []


def test_a_figure_of_which_no_character_is_read_and_a_part_of_one_are_hidden_ones() -> None:
    assert recognised("\ufffd", Column(0, (), "measure"))
    assert recognised("5", Column(0, ("角",), "measure", spread=True))
    assert not recognised("", Column(0, ("角",), "measure", spread=True))


def test_what_was_not_recognised_hides_nothing() -> None:
    assert recognised("1,23章4.56", AMOUNTS, reading="pdfium") == []


def test_the_first_reasons_stand_for_the_rest() -> None:
    reasons = [f"page {n}" for n in range(gaps.MAX_REASONS + 2)]
    assert gaps.few(reasons[:2]) == "page 0; page 1"
    assert gaps.few(reasons[:-2]).endswith("page 9")
    assert gaps.few(reasons).endswith("page 9; and 2 more")
    assert gaps.few([]) == ""


def test_outlines_and_pictures_in_tables_are_a_gap() -> None:
    (reason,) = gaps.drawn_figures([page(1, drawn=2), page(2, drawn=40)])
    assert reason.startswith("pages 2 have outlines or pictures in their tables")


def test_empty_cells_that_show_something_are_named_with_their_place() -> None:
    (reason,) = gaps.unexplained_ink([page(1), page(2, unexplained=("row 3 column 4",))])
    assert reason == "cells without text show something, which is not read; look at page 2 row 3 column 4"
    assert list(gaps.unexplained_ink([page(1)])) == []


def test_the_share_of_ink_that_is_explained_is_that_of_all_pages_that_were_measured() -> None:
    assert gaps.share_explained([(90, 100), (100, 100)]) == 0.95
    assert gaps.share_explained([]) is None
