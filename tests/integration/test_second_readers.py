from __future__ import annotations

from pathlib import Path

import pytest
from support.common import SAMPLES
from support.pdf_maker import SUMMARY, pdf_of

from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import PageLayout
from extractor.grids.second_readers.camelot import read_camelot
from extractor.grids.second_readers.pdfplumber import read_pdfplumber
from extractor.inspection import inspect_document
from extractor.pages.pdfium import open_pdf, read_page
from extractor.source.source import read_source
from extractor.vocabulary.vocabulary import Vocabulary

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


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_who_inspects_a_page_by_camelot_sees_the_grids_that_it_aligns(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "unruled.pdf"
    file.write_bytes(pdf_of(SUMMARY.texts))
    (layout,) = inspect_document(read_source(file), 1, "camelot", vocabulary).layouts
    assert [grid.ruled for grid in layout.grids] == [False]
