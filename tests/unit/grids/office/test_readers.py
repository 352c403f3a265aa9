from __future__ import annotations

from extractor.grids.office.readers import _READERS
from extractor.grids.readers import FLOWING, PAGED


def test_every_kind_without_pages_has_a_reader_and_no_other() -> None:
    assert _READERS.keys() == FLOWING
    assert not FLOWING & PAGED.keys()
