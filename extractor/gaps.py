"""The parts of a document that were not read, as reasons for `documents.reason`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.checks.unsure import SURE
from extractor.grids.grid import Cell, PageLayout
from extractor.notation.amounts import is_amount
from extractor.notation.figures import UNREAD, has_separators, is_figure, is_nil
from extractor.notation.text import clean, printed
from extractor.pages.models import is_installed
from extractor.pages.scan import REMEDY
from extractor.tables.table import Column, Table

_NO_AMOUNT = re.compile(r"\d{1,2}|[1-35]\d{2}(?:\d{2}){0,2}|20\d\d")
_SPREAD = re.compile(r"\d(?: \d){0,2}(?: [,.](?: \d){1,3})+(?!\d)")
POOR = 0.7  # mean confidence of an OCR page; pages that a person can read have 0.9 or more
MANY_FIGURES = 8  # amounts alone on their lines, outside all grids, that indicate a missed table
FEW_FIGURES = 3  # of them, where they are half of what a page prints
MAX_REASONS = 10  # reasons that a row lists
MANY_UNREAD = 20  # figures in the grids of a document without an amount, or whole numbers alone on a page's lines
MAX_PLACES = 5  # cells that a reason lists
MIN_DRAWN = 3  # shapes in tables: a seal or a tick is no column of figures


def unread_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield a reason that lists the pages without text that OCR did not read, with the remedy."""
    scans = [layout.page for layout in layouts if layout.scanned]
    if scans and is_installed():
        yield f"pages {_listed(scans)} have no usable text, and their fonts are not embedded: print them to PDF again"
    elif scans:
        yield f"pages {_listed(scans)} are images without usable text; to read them: {REMEDY}"


def loose_figures(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield a reason that lists the pages with many amounts outside every table that was read, or with little else.

    A sheet too wide for its paper goes on on the next: a column of amounts without a label. Whole numbers may be codes or
    the marks of a chart's axis: it takes more of them.
    """
    loose = [(p, sum(_is_loose_amount(line.text) for line in p.lines)) for p in layouts]
    pages = [
        p.page
        for p, n in loose
        if n >= (FEW_FIGURES if not p.grids and 2 * n >= len(p.lines) else MANY_FIGURES)
        or _count_loose(p) >= MANY_UNREAD
    ]
    if pages:
        yield f"pages {_listed(pages)} print amounts outside the tables that were read; see `extractor inspect --page`"


def _is_loose_amount(line: str) -> bool:
    """Return whether a line is an amount with separators, or prints some digit by digit, spread over their columns."""
    return (is_amount(line) and has_separators(line)) or _SPREAD.search(line) is not None


def unread_grids(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield, of a document of which no amount was read, the pages that print figures in cells or alone on their lines."""
    cells = {p.page: sum(_count_amounts(cell.text) for grid in p.grids for cell in grid.cells) for p in layouts}
    figures = {p.page: cells[p.page] + _count_loose(p) for p in layouts}
    pages = [page for page, count in figures.items() if count]
    if sum(figures.values()) >= MANY_UNREAD:
        yield f"{sum(figures.values())} figures in tables on pages {_listed(pages)}, none of which was read as an amount"


def _count_loose(layout: PageLayout) -> int:
    """Return how many figures that may be amounts stand outside a page's grids, each alone on its line."""
    return sum(_count_amounts(line.text) for line in layout.lines if is_figure(line.text))


def _count_amounts(text: str) -> int:
    """Return how many figures of a cell may be amounts: a form that nobody filled in prints codes and column numbers."""
    return sum(is_figure(part) and not _NO_AMOUNT.fullmatch(part) for part in text.split())


def drawn_figures(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages whose tables hold outlines or pictures as large as figures: figures that are no text."""
    pages = [layout.page for layout in layouts if layout.drawn >= MIN_DRAWN]
    if pages:
        yield f"pages {_listed(pages)} have outlines or pictures in their tables, which are not read; look at them"


def unexplained_ink(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield which empty cells show something that is neither text nor rule."""
    cells = [f"page {layout.page} {place}" for layout in layouts for place in layout.unexplained]
    if cells:
        some = ", ".join(cells[:MAX_PLACES]) + (
            f" and {len(cells) - MAX_PLACES} more" if len(cells) > MAX_PLACES else ""
        )
        yield f"cells without text show something, which is not read; look at {some}"


def share_explained(ink: Sequence[tuple[int, int]]) -> float | None:
    """Return the share of ink in tables that text and rules explain, of the pages that were measured; None of none."""
    total = sum(count for _, count in ink)
    return round(sum(explained for explained, _ in ink) / total, 4) if total else None


def poor_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield a reason that lists the OCR pages with low confidence."""
    poor = [p.page for p in layouts if p.confidence is not None and p.confidence < POOR]
    if poor:
        yield f"pages {_listed(poor)} are scanned too badly to be read; to read them: scan the paper at 300 dpi"


def unread_cells(tables: Sequence[Table]) -> Iterator[str]:
    """Yield a reason that lists the OCR cells that seem to contain an amount and cannot be read, as under a seal or stain."""
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
    """Return whether a measure cell has digits but no amount, or another cell an amount under an unreadable line."""
    if column.spread:
        return bool(re.search(r"\d", cell.text))
    if is_amount(cell.text) or is_nil(cell.text):
        return False
    if column.role == "measure":
        return bool(re.search(f"[\\d{UNREAD}]", clean(cell.text)))
    lines = cell.text.split("\n")
    return len(lines) > 1 and is_amount(lines[-1]) and (cell.confidence or 0.0) < SURE


def few(reasons: list[str]) -> str:
    """Return reasons as one text; of many reasons, only the first `MAX_REASONS` are listed."""
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
