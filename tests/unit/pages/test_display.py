"""Areas of a page's picture, and whole ones."""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium
import pytest
from support.common import SAMPLES

from extractor.pages import pdfium_display

SAMPLE = SAMPLES / "shanghai-2026-unit.pdf"


@pytest.mark.parametrize("longest", [3000.0, 777.0])
def test_an_area_is_drawn_as_it_is_in_the_whole_page(longest: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium_display, "MAX_SIDE", longest)
    with pdfium.PdfDocument(SAMPLE) as document:
        page = document[4]
        width, height = pdfium_display._size(page)
        whole = pdfium_display._drawn(page, (0, 0, width, height))
        left, top, right, bottom = box = (width // 7, height // 9, width // 2 + 1, height // 2 + 1)
        area = pdfium_display._area_around(page, np.array([box]))
        part = pdfium_display._drawn(page, area)
    own = part[top - area[1] : bottom - area[1], left - area[0] : right - area[0]]
    assert whole.shape[:2] == (height, width)
    assert (own < 128).any()
    assert np.array_equal(own, whole[top:bottom, left:right])


def test_the_area_around_boxes_beside_the_page_is_at_its_edge() -> None:
    with pdfium.PdfDocument(SAMPLE) as document:
        page = document[0]
        width, height = pdfium_display._size(page)
        boxes = np.array([[width + 5, height + 5, width + 9, height + 9]])
        margin = pdfium_display.MARGIN
        assert pdfium_display._area_around(page, boxes) == (width - margin, height - margin, width, height)
