"""Characters without a lattice → grids: where a table is, its cells, and what rules a lattice lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
from support.small_lines import EM, chars_of, width_of

from extractor.grids.geometry.char_stream import CellChars, CharStream, is_mixed
from extractor.grids.geometry.lattice import Lattice
from extractor.grids.geometry.lines import read_lines
from extractor.grids.geometry.unruled.tables import (
    lacks_column_rules,
    missing_column_rules,
    read_aligned,
    with_hanging_rows,
)
from extractor.grids.grid import Cell, Grid
from extractor.pages.page import Char, Page, Rule

PAGE = Page(1, 600.0, 800.0, "", (), ())
Text = tuple[str, float, float]  # text, x (negative: where it ends), y of its middle


def chars(*texts: Text) -> list[Char]:
    return [c for text, x, y in texts for c in chars_of(text, x if x > 0 else -x - width_of(text), y)]


def row(y: float, label: str, *amounts: str) -> list[Text]:
    """Set a label from 50, and amounts that end at 300, 400 …"""
    return [(label, 50, y), *((amount, -(300 + 100 * n), y) for n, amount in enumerate(amounts))]


def grids_of(*texts: Text, rules: Sequence[tuple[float, float, float]] = (), ruled: bool = False) -> list[Grid]:
    page = replace(PAGE, rules=tuple(Rule(x0, y, x1, y) for y, x0, x1 in rules))
    return read_aligned(page, read_lines(chars(*texts)), EM, (), ruled=ruled)


def rows_of(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.cells if cell.row == n] for n in range(grid.rows)]


HEADER: list[Text] = [("项目", 80, 100), ("合计", -295, 100), ("基本", -395, 100)]
BODY = [
    *row(120, "甲类支出", "1,234.00", "234.00"),
    *row(140, "乙类", "15.00", "5.00"),
    *row(160, "丙", "3.00", "1.00"),
]
TEXTS = [
    ["项目", "合计", "基本"],
    ["甲类支出", "1,234.00", "234.00"],
    ["乙类", "15.00", "5.00"],
    ["丙", "3.00", "1.00"],
]


def test_aligned_figures_under_a_header_are_a_grid() -> None:
    (grid,) = grids_of(*HEADER, *BODY)
    assert (rows_of(grid), grid.ruled) == (TEXTS, False)


def test_cells_fill_the_grid_without_gap_or_overlap() -> None:
    (grid,) = grids_of(*HEADER, *row(120, "甲类支出", "1,234.00", "234.00"), *row(140, "乙类", "15.00"), *BODY[6:])
    places = [(c.row + r, c.column + k) for c in grid.cells for r in range(c.row_span) for k in range(c.column_span)]
    assert sorted(places) == [(r, k) for r in range(grid.rows) for k in range(grid.columns)]


def test_a_label_over_a_column_that_its_row_leaves_empty_spans_it() -> None:
    long = "其中以下各项全部属于上年结转和结余安排的支出"  # from 50 to 270: over the amounts too, which begin at 260
    (grid,) = grids_of(*HEADER, *BODY, (long, 50, 180), ("1.00", -400, 180))
    assert [(c.text, c.column_span) for c in grid.cells if c.row == 4] == [(long, 2), ("1.00", 1)]


def test_an_empty_column_is_one_where_a_header_text_shows_it() -> None:
    (grid,) = grids_of(*HEADER, ("备注", 450, 100), *BODY)
    assert (grid.columns, rows_of(grid)[1]) == (4, ["甲类支出", "1,234.00", "234.00", ""])


def test_figures_that_nothing_aligns_are_no_table() -> None:
    texts = [(label, 50.0, y) for label, y in (("甲", 120.0), ("乙", 140.0), ("丙", 160.0))]
    loose = [("1,234.00", 200.0, 120.0), ("567.00", 225.0, 140.0), ("8,901,234.00", 160.0, 160.0)]
    assert grids_of(*texts, *loose) == []


def test_counts_beside_names_are_no_table_and_beside_ruled_grids_a_table_needs_a_header() -> None:
    assert grids_of(*row(120, "一处", "12"), *row(140, "二处", "7")) == []
    assert grids_of(*BODY, ruled=True) == []
    assert len(grids_of(*HEADER, *BODY, ruled=True)) == 1


def test_two_tables_beside_each_other_are_two_grids() -> None:
    right = [("丁", 400.0, 130.0), ("4.00", -550.0, 130.0), ("戊", 400.0, 150.0), ("50.00", -550.0, 150.0)]
    left = [*row(120, "甲类支出", "1,234.00"), *row(140, "乙类", "15.00"), *row(160, "丙", "3.00")]
    assert [grid.columns for grid in grids_of(*left, *right)] == [2, 2]


def lattice_of(rows: int, columns: int, width: float = 150.0, height: float = 20.0) -> Lattice:
    spans = tuple((r, c, 1, 1) for r in range(rows) for c in range(columns))
    owner = tuple(tuple(range(r * columns, (r + 1) * columns)) for r in range(rows))
    return Lattice(
        tuple(50 + width * n for n in range(columns + 1)),
        tuple(100 + height * n for n in range(rows + 1)),
        spans,
        owner,
    )


def grid_of(*texts: str) -> Grid:
    """Return a ruled grid of one row of cells 100 points wide, from 50, 100 to 120."""
    cells = (Cell(0, n, 1, 1, text, 50 + 100.0 * n, 100, 150 + 100.0 * n, 120) for n, text in enumerate(texts))
    return Grid(1, "pdfium", 50, 100, 50 + 100.0 * len(texts), 120, 1, len(texts), tuple(cells))


def extension(*texts: Text, grid: Grid | None = None) -> list[list[str]] | None:
    longer = with_hanging_rows(grid or grid_of("项目", "合计", "基本"), PAGE, chars(*texts), ())
    return rows_of(longer)[1:] if longer else None


HANGING: list[Text] = [("甲", 55, 132), ("1.00", -245, 132), ("乙", 55, 150), ("2.00", -245, 150), ("3.00", -345, 150)]


def test_rows_right_under_a_ruled_grid_belong_to_it() -> None:
    assert extension(*HANGING) == [["甲", "1.00", ""], ["乙", "2.00", "3.00"]]


@pytest.mark.parametrize(
    "texts",
    [
        [(text, x, y + 60) for text, x, y in HANGING],
        [("1.00", -245, 132), ("2.00", -245, 150)],
        [("甲", 55, 132), ("100,000,000.00", -270, 132)],
        [("注：甲含上年结转", 55, 132), ("1.00", -245, 132)],
        [("其他", 55, 128), ("说明", 55, 140)],
        [("其他", 55, 132), ("12", -245, 132)],
    ],
    ids=["far below", "no labels", "a figure across a side", "a note", "no figures", "no money"],
)
def test_what_is_no_row_of_the_grid_is_not_hung_under_it(texts: list[Text]) -> None:
    assert extension(*texts) is None


def test_the_rest_of_a_cell_cut_by_the_page_break_is_no_row() -> None:
    cells = [cell._replace(row_span=2) for cell in grid_of("项目", "12.34", "5.60").cells]
    cut = Grid(1, "pdfium", 50, 100, 350, 120, 2, 3, tuple(cells))
    assert extension(*HANGING, grid=cut) is None


def cell_chars(*cells: Sequence[Char]) -> CellChars:
    ends = accumulate(map(len, cells), initial=0)
    return CellChars(CharStream.of([char for own in cells for char in own]), [[span] for span in pairwise(ends)])


def cells_of(lattice: Lattice, *texts: Sequence[Text]) -> CellChars:
    middles = [(lattice.ys[r] + lattice.ys[r + tall]) / 2 for r, _, tall, _ in lattice.spans]
    return cell_chars(*(chars(*((t, x, y) for t, x, _ in own)) for own, y in zip(texts, middles, strict=True)))


def test_a_column_rule_is_missing_where_cell_after_cell_holds_a_label_and_money() -> None:
    lattice = lattice_of(3, 1, 250)
    own = [
        [("甲", 55, 0), ("1,234.00", -290, 0)],
        [("乙", 55, 0), ("5.00", -290, 0)],
        [("丙", 55, 0), ("7.00", -290, 0)],
    ]
    rules = missing_column_rules(lattice, cells_of(lattice, *own))
    assert [(rule.top, rule.bottom) for rule in rules] == [(100, 120), (120, 140), (140, 160)]
    assert {65 < rule.x0 < 250 for rule in rules} == {True}
    alone = [[("5.00", -290, 0)]] * 3
    assert missing_column_rules(lattice_of(5, 1, 250), cells_of(lattice_of(5, 1, 250), *own[:2], *alone)) == []


def test_a_header_text_in_the_middle_of_the_whole_cell_is_not_cut() -> None:
    lattice = lattice_of(3, 1, 250)
    rows = [[("甲", 55, 0), ("1,234.00", -290, 0)], [("乙", 55, 0), ("5.00", -290, 0)]]
    whole = missing_column_rules(lattice, cells_of(lattice, [("支出", 165, 0)], *rows))
    halves = missing_column_rules(lattice, cells_of(lattice, [("项目", 100, 0), ("金额", 270, 0)], *rows))
    assert [rule.top for rule in whole] == [120, 140]
    assert [rule.top for rule in halves] == [100, 120, 140]


def test_a_lattice_lacks_column_rules_where_more_cells_hold_figures_beside_something_than_alone() -> None:
    mixed = [chars(("甲", 55, 100), ("1.00", -250, 100)), chars(("乙", 55, 120), ("2.00", -250, 120))]
    alone = [chars(("1.00", -250, y)) for y in (140.0, 160.0)]
    assert lacks_column_rules(cell_chars(*mixed))
    assert not lacks_column_rules(cell_chars(*mixed, *alone))
    assert not lacks_column_rules(cell_chars(mixed[0]))


@pytest.mark.parametrize(
    ("text", "mixed"), [("甲1,234.00", True), ("1,234.00", False), ("2026", False), ("甲类", False)]
)
def test_a_cell_is_mixed_that_holds_money_and_more(text: str, mixed: bool) -> None:
    assert is_mixed(text) == mixed
