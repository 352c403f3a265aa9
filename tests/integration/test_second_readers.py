from __future__ import annotations

import pytest
from support.common import SAMPLES

from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import PageLayout
from extractor.grids.second_readers.camelot import read_camelot
from extractor.grids.second_readers.pdfplumber import read_pdfplumber
from extractor.pages.pdfium import open_pdf, read_page

SAMPLE = SAMPLES / "shanghai-2022-department.pdf"


def texts(layout: PageLayout) -> list[tuple[int, int, int, int, str]]:
    return [
        (c.row, c.column, c.row_span, c.column_span, "".join(c.text.split())) for g in layout.grids for c in g.cells
    ]


@pytest.mark.parametrize("page", [3, 4, 6])
@pytest.mark.parametrize("second_reader", [read_camelot, read_pdfplumber])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_second_readers_read_the_same_cells(page: int, second_reader: object) -> None:
    with open_pdf(SAMPLE.read_bytes(), SAMPLE.name) as document:
        own = read_layout(read_page(document, page))
    (seen,) = second_reader(SAMPLE.read_bytes(), [page])  # type: ignore[operator]
    assert texts(seen) == texts(own)
