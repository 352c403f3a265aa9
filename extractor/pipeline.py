"""One document through all rooms."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from extractor.arbitration import arbitrate, judge
from extractor.checks.doubt import SURE
from extractor.config import Config
from extractor.datasets.document import Document
from extractor.errors import DocumentError
from extractor.grids.grid import Cell, PageLayout
from extractor.grids.readers import Progress, read_layouts
from extractor.pages.scan import REMEDY, is_installed
from extractor.records.classification import read_classifications
from extractor.records.items import unread_figures
from extractor.source.source import Source
from extractor.tables.amounts import clean, has_separators, is_amount, is_nil, printed
from extractor.tables.recognise import title_patterns
from extractor.tables.table import Column, Table
from extractor.tables.vocabulary import header_reader
from extractor.words.vocabulary import vocabulary

POOR = 0.7  # mean confidence of a recognised page; what can be read by eye has 0.9 and more
MANY_FIGURES = 8  # alone on their lines, outside all grids: a table that was not seen
MOST_REASONS = 10  # a row names


def warm(config: Config) -> None:
    """Compile vocabulary and codes before children are forked, which then have them for nothing."""
    header_reader(config)
    title_patterns(config)
    read_classifications(config.directory / "codes")
    vocabulary(config)


def read_document(
    source: Source, config: Config, recognised: Progress = lambda: None, hurried: bool = False
) -> Document:
    """Read one document; whatever goes wrong becomes its status and reason, never an exception.

    Args:
        source: The document.
        config: The configuration.
        recognised: Called after every page that was recognised in a picture.
        hurried: Ask no second reader; see `arbitrate`.
    """
    begun, clock = time.perf_counter(), _Clock()
    try:
        reading = read_layouts(source, recognised)
        clock.lap("layouts")
        first = judge(source.sha256, reading.layouts, config)
        clock.lap("judging")
        judged = arbitrate(source, first, config, hurried)
        clock.lap("witnesses")
    except DocumentError as error:
        return Document(source.sha256, source.path, source.kind, error.status, str(error))
    except MemoryError:  # the limit of its worker, who says so
        raise
    except Exception as error:  # a document must never take the batch down: its row says what happened, and where
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = (
            f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno}); please report this file"
        )
        return Document(source.sha256, source.path, source.kind, "crash", reason)
    reasons = [*_unread_scans(reading.layouts), *_poor_scans(reading.layouts), *_unread_cells(judged.tables)]
    unread = unread_figures([table for table in judged.tables if table.reading != "ocr"], config)
    reasons += [f"{len(unread)} figures not read, first {unread[0]}"] if unread else []
    reasons += _loose_figures(judged.layouts)
    reasons += [*reading.amiss, *reading.failed, *judged.unstorable]
    return Document(
        source.sha256,
        source.path,
        source.kind,
        "partial" if reasons else "ok",
        _few(reasons + reading.notes),
        judged.facts,
        len(reading.layouts) + len(reading.failed),
        sum(layout.reading == "ocr" for layout in reading.layouts),
        time.perf_counter() - begun,
        judged.tables,
        judged.items,
        judged.checks,
        judged.verdicts,
        judged.words,
        clock.rooms,
    )


def _unread_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages that are pictures and were not recognised, with the remedy."""
    scans = [layout.page for layout in layouts if layout.scanned]
    if scans and is_installed():
        yield f"pages {_listed(scans)} have no usable text, and their fonts are not embedded: print them to PDF anew"
    elif scans:
        yield f"pages {_listed(scans)} are images without usable text; to read them: {REMEDY}"


def _loose_figures(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the pages on which many amounts stand outside every table that was read."""
    pages = [
        layout.page
        for layout in layouts
        if sum(is_amount(line.text) and has_separators(line.text) for line in layout.lines) >= MANY_FIGURES
    ]
    if pages:
        yield f"pages {_listed(pages)} print amounts outside the tables that were read; see `extractor inspect --page`"


def _poor_scans(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield the recognised pages on which most is guesswork."""
    poor = [p.page for p in layouts if p.confidence is not None and p.confidence < POOR]
    if poor:
        yield f"pages {_listed(poor)} are scanned too badly to be read; to read them: scan the paper at 300 dpi"


def _unread_cells(tables: Sequence[Table]) -> Iterator[str]:
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
    """Tell whether a cell of a column of amounts holds digits but no amount, or another one an amount beside a stain."""
    if is_amount(cell.text) or is_nil(cell.text):
        return False
    if column.role == "measure":
        return bool(re.search(r"\d", clean(cell.text)))
    lines = cell.text.split("\n")
    return len(lines) > 1 and is_amount(lines[-1]) and (cell.confidence or 0.0) < SURE


class _Clock:
    """Processor time by room."""

    def __init__(self) -> None:
        self.rooms: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, room: str) -> None:
        """Charge the time since the last lap to a room."""
        now = time.process_time()
        self.rooms[room] = self.rooms.get(room, 0.0) + now - self._last
        self._last = now


def _few(reasons: list[str]) -> str:
    """Return reasons as one text; of many pages that fail, the first few stand for the rest."""
    rest = len(reasons) - MOST_REASONS
    return "; ".join(reasons[:MOST_REASONS]) + (f"; and {rest} more" if rest > 0 else "")


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
