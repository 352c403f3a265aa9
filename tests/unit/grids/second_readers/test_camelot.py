"""What camelot's tables become: spans, places from the page's top, and the aligned ones where nothing is ruled."""

from __future__ import annotations

from functools import partial

import pytest
from support.pdf_maker import HEIGHT, SUMMARY, Table, lattice, pages_of, pdf_of
from support.small_tables import cells_of

from extractor.grids.second_readers.camelot import read_camelot

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

SMALL = Table(
    widths=(120, 80, 80),
    header=((0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "专项")),
    rows=(("合计", "3.00", "1.50"), ("其中", "", "0.50")),
    title="支出表",
)
RULED = pdf_of(SMALL.texts, partial(lattice, SMALL))


def test_merged_cells_are_one_cell_with_its_spans() -> None:
    (layout,) = read_camelot(RULED, [1])
    (grid,) = layout.grids
    assert cells_of(grid) == [
        (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "专项"),
        (2, 0, 1, 1, "合计"), (2, 1, 1, 1, "3.00"), (2, 2, 1, 1, "1.50"),
        (3, 0, 1, 1, "其中"), (3, 1, 1, 1, ""), (3, 2, 1, 1, "0.50"),
    ]  # fmt: skip
    assert (grid.rows, grid.columns, grid.reading, grid.ruled, layout.lines) == (4, 3, "camelot", True, ())


def test_places_are_measured_from_the_pages_top() -> None:
    (layout,) = read_camelot(RULED, [1])
    (grid,) = layout.grids
    assert (layout.width, layout.height) == pytest.approx((842, HEIGHT), abs=1)
    assert (grid.x0, grid.top, grid.x1, grid.bottom) == pytest.approx((50, SMALL.top, 330, SMALL.ys[-1]), abs=1)
    last = grid.cells[-1]
    assert (last.x0, last.top, last.x1, last.bottom) == pytest.approx((250, SMALL.ys[-2], 330, SMALL.ys[-1]), abs=1)


def test_tables_of_a_page_come_from_top_to_bottom() -> None:
    lower = Table(SMALL.widths, SMALL.header, (("收入", "9.00", "8.00"),), top=400)
    (layout,) = read_camelot(pdf_of(lower.texts, partial(lattice, lower), SMALL.texts, partial(lattice, SMALL)), [1])
    assert [grid.cells[4].text for grid in layout.grids] == ["合计", "收入"]


def test_a_page_without_rules_is_read_by_alignment_and_says_so() -> None:
    (layout,) = read_camelot(pdf_of(SUMMARY.texts), [1])
    assert [grid.ruled for grid in layout.grids] == [False]


def test_of_ruled_grids_alone_a_page_without_rules_has_none() -> None:
    (layout,) = read_camelot(pdf_of(SUMMARY.texts), [1], ruled_alone=True)
    assert layout.grids == ()


def test_a_page_without_anything_is_a_page_without_grids() -> None:
    (layout,) = read_camelot(pdf_of(lambda sheet: sheet.text(50, 50, "通知")), [1])
    assert layout.page == 1
    assert [grid for grid in layout.grids if grid.rows > 1] == []


def test_only_the_pages_that_were_asked_for_are_read() -> None:
    data = pages_of([SMALL.texts, partial(lattice, SMALL)], [SMALL.texts, partial(lattice, SMALL)])
    assert [(layout.page, len(layout.grids)) for layout in read_camelot(data, [2])] == [(2, 1)]
