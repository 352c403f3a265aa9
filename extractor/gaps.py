"""What of a document was not read, in words for its row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.checks.unsure import SURE
from extractor.grids.grid import Cell, PageLayout
from extractor.notation.amounts import is_amount
from extractor.notation.figures import has_separators, is_nil
from extractor.notation.text import clean, printed
from extractor.pages.scan import REMEDY, is_installed
from extractor.tables.table import Column, Table

POOR = 0.7  # mean confidence of a recognised page; what can be read by eye has 0.9 and more
MANY_FIGURES = 8  # alone on their lines, outside all grids: a table that was not seen
MIN_DRAWN = 3  # a seal or a tick is no column of figures
MAX_REASONS = 10  # a row names


def unread_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages that are pictures and were not recognised, with the remedy."""
    scans = [layout.page for layout in layouts if layout.scanned]
    if scans and is_installed():
        yield f"pages {_listed(scans)} have no usable text, and their fonts are not embedded: print them to PDF again"
    elif scans:
        yield f"pages {_listed(scans)} are images without usable text; to read them: {REMEDY}"


def loose_figures(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages on which many amounts stand outside every table that was read."""
    pages = [
        layout.page
        for layout in layouts
        if sum(is_amount(line.text) and has_separators(line.text) for line in layout.lines) >= MANY_FIGURES
    ]
    if pages:
        yield f"pages {_listed(pages)} print amounts outside the tables that were read; see `extractor inspect --page`"


def drawn_figures(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages whose tables hold outlines or pictures as large as figures: figures that are no text."""
    pages = [layout.page for layout in layouts if layout.drawn >= MIN_DRAWN]
    if pages:
        yield f"pages {_listed(pages)} have outlines or pictures in their tables, which are not read; look at them"


def poor_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the recognised pages on which most is guesswork."""
    poor = [p.page for p in layouts if p.confidence is not None and p.confidence < POOR]
    if poor:
        yield f"pages {_listed(poor)} are scanned too badly to be read; to read them: scan the paper at 300 dpi"


def unread_cells(tables: Sequence[Table]) -> Iterator[str]:
    """Yield the recognised cells that seem to hold an amount and cannot be read: a seal or a stain lies on them."""
    cells = [
        f'page {row.page} row {row.ordinal + 1} "{printed(cell.text)}"'
        for table in tables
        if table.reading == "ocr"
        for row in table.rows
        for column in table.columns
        if (cell := row.cells[column.ordinal]) is not None and _hides_amount(cell, column)
    ]
    if cells:
        yield f"{len(cells)} amounts on scanned pages cannot be read: {', '.join(cells)}"


def _hides_amount(cell: Cell, column: Column) -> bool:
    """Return whether a cell of a column of amounts holds digits but no amount, or another one an amount beside a stain."""
    if is_amount(cell.text) or is_nil(cell.text):
        return False
    if column.role == "measure":
        return bool(re.search(r"\d", clean(cell.text)))
    lines = cell.text.split("\n")
    return len(lines) > 1 and is_amount(lines[-1]) and (cell.confidence or 0.0) < SURE


def few(reasons: list[str]) -> str:
    """Return reasons as one text; of many pages that fail, the first few stand for the rest."""
    rest = len(reasons) - MAX_REASONS
    return "; ".join(reasons[:MAX_REASONS]) + (f"; and {rest} more" if rest > 0 else "")


def _listed(numbers: list[int]) -> str:
    """Return page numbers as ranges: 1-3, 7."""
    return ", ".join(f"{a}-{b}" if a != b else str(a) for a, b in _ranges(numbers))


def _ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    start = before = numbers[0]
    for number in numbers[1:]:
        if number != before + 1:
            yield start, before
            start = number
        before = number
    yield start, before
