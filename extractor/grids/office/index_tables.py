"""Tables that list files, or numbers by the names of a database's columns: notes of people who collect budgets, and no document of one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.errors import NotADocumentError
from extractor.grids.grid import Grid, PageLayout
from extractor.grids.office.raster import names_numbers
from extractor.grids.office.web_article import states_amounts
from extractor.notation.text import clean

_FILE = re.compile(
    r"\S+\.(?:pdf|ofd|docx?|wps|xlsx?|et|ods|html?|txt|md|tsv|csv|json|parquet|zip|rar|7z|png|jpe?g|tiff?)", re.I
)
_DIGEST = re.compile(r"[0-9a-f]{32,128}")
_HAN, _LATIN = re.compile(r"[㐀-鿿]"), re.compile(r"[A-Za-z]{2}")


def require_tables(layouts: Sequence[PageLayout], name: str) -> None:
    """Refuse a file that has numbers only in such tables, and no sentences that state amounts.

    Raises:
        NotADocumentError: It has nothing else.
    """
    tables = [grid for layout in layouts for grid in filter(names_numbers, layout.grids)]
    lines = [line.text for layout in layouts for line in layout.lines]
    if tables and all(map(is_index, tables)) and not states_amounts(lines):
        raise NotADocumentError(
            f"{name}: lists files, or numbers under names that are not Chinese; expected tables as budgets print them"
        )


def is_index(grid: Grid) -> bool:
    """Return whether most rows of a grid name a file or its digest, or its header has words and none is Chinese."""
    named = {c.row for c in grid.cells if _FILE.fullmatch(text := clean(c.text)) or _DIGEST.fullmatch(text)}
    header = "".join(cell.text for cell in grid.cells if cell.row == 0)
    return 2 * len(named) > grid.rows or (bool(_LATIN.search(header)) and not _HAN.search(header))
