"""What pdfplumber's characters and rules become: what is a rule, what is background, and that places are kept."""

from __future__ import annotations

from functools import partial

import pytest
from support.pdf_maker import HEIGHT, Draw, Sheet, Table, lattice, pages_of, pdf_of
from support.small_tables import cells_of

from extractor.grids.grid import PageLayout
from extractor.grids.second_readers.pdfplumber import read_pdfplumber

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

SMALL = Table(
    widths=(120, 80, 80),
    header=((0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "专项")),
    rows=(("合计", "3.00", "1.50"), ("其中", "", "0.50")),
    title="支出表",
)
CELLS = [
    (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "专项"),
    (2, 0, 1, 1, "合计"), (2, 1, 1, 1, "3.00"), (2, 2, 1, 1, "1.50"),
    (3, 0, 1, 1, "其中"), (3, 1, 1, 1, ""), (3, 2, 1, 1, "0.50"),
]  # fmt: skip


def read(*draw: Draw) -> PageLayout:
    (layout,) = read_pdfplumber(pdf_of(*draw), [1])
    return layout


def rectangles(sheet: Sheet, thin: float) -> None:
    """Draw the table's rules as filled rectangles, as Word's printer does."""
    for x0, top, x1, bottom, _, _ in SMALL.boxes():
        for x, y, wide, tall in (
            (x0, top, x1 - x0, thin),
            (x0, bottom, x1 - x0, thin),
            (x0, top, thin, bottom - top),
            (x1, top, thin, bottom - top),
        ):
            sheet.canvas.rect(x - thin / 2, HEIGHT - y - tall + thin / 2, wide, tall, stroke=0, fill=1)


def frames(sheet: Sheet) -> None:
    """Draw each cell as one stroked rectangle."""
    for x0, top, x1, bottom, _, _ in SMALL.boxes():
        sheet.canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, stroke=1, fill=0)


def background(sheet: Sheet) -> None:
    """Fill the header's place, and the page's: no rules."""
    sheet.canvas.setFillGray(0.9)
    sheet.canvas.rect(0, 0, 842, HEIGHT, stroke=0, fill=1)
    sheet.canvas.rect(50, HEIGHT - SMALL.ys[2] - 3, 300, 50, stroke=0, fill=1)
    sheet.canvas.setFillGray(0)


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param((SMALL.texts, partial(lattice, SMALL)), id="strokes"),
        pytest.param((SMALL.texts, partial(rectangles, thin=0.5)), id="thin rectangles"),
        pytest.param((SMALL.texts, partial(rectangles, thin=2.5)), id="thick rectangles"),
        pytest.param((SMALL.texts, frames), id="frames"),
        pytest.param((background, SMALL.texts, partial(lattice, SMALL)), id="background"),
    ],
)
def test_every_way_to_draw_rules_gives_the_same_cells(draw: tuple[Draw, ...]) -> None:
    (grid,) = read(*draw).grids
    assert cells_of(grid) == CELLS
    assert (grid.reading, grid.ruled) == ("pdfplumber", True)


def test_a_background_alone_is_no_grid() -> None:
    assert not any(grid.ruled for grid in read(background, SMALL.texts).grids)


def test_a_figure_printed_twice_at_one_place_is_one() -> None:
    (grid,) = read(SMALL.texts, SMALL.texts, partial(lattice, SMALL)).grids
    assert cells_of(grid) == CELLS


def test_lines_outside_the_grid_are_read_too() -> None:
    assert [line.text for line in read(SMALL.texts, partial(lattice, SMALL)).lines] == ["支出表", "单位：万元"]


def test_only_the_pages_that_were_asked_for_are_read() -> None:
    data = pages_of([SMALL.texts, partial(lattice, SMALL)], [SMALL.texts, partial(lattice, SMALL)])
    assert [layout.page for layout in read_pdfplumber(data, [2])] == [2]
