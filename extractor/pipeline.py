"""One document through all rooms."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from extractor.arbitration import arbitrate, judge
from extractor.config import Config
from extractor.datasets.document import Document
from extractor.errors import DocumentError
from extractor.grids.readers import read_layouts
from extractor.records.classification import read_classifications
from extractor.records.items import unread_figures
from extractor.source.source import Source
from extractor.tables.recognise import title_patterns
from extractor.tables.vocabulary import header_reader
from extractor.words.vocabulary import vocabulary

MOST_REASONS = 10  # a row names


def warm(config: Config) -> None:
    """Compile vocabulary and codes before children are forked, which then have them for nothing."""
    header_reader(config)
    title_patterns(config)
    read_classifications(config.directory / "codes")
    vocabulary(config)


def read_document(source: Source, config: Config) -> Document:
    """Read one document; whatever goes wrong becomes its status and reason, never an exception."""
    begun, clock = time.perf_counter(), _Clock()
    try:
        reading = read_layouts(source)
        clock.lap("layouts")
        first = judge(source.sha256, reading.layouts, config)
        clock.lap("judging")
        judged = arbitrate(source, first, config)
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
    scans = [layout.page for layout in judged.layouts if layout.scanned]
    reasons = [f"pages {_listed(scans)} are images without text; OCR is not read yet"] if scans else []
    unread = unread_figures(judged.tables)
    reasons += [f"{len(unread)} figures not read, first {unread[0]}"] if unread else []
    reasons += [*reading.amiss, *reading.failed, *judged.unstorable]
    return Document(
        source.sha256,
        source.path,
        source.kind,
        "partial" if reasons else "ok",
        _few(reasons + reading.notes),
        judged.facts,
        len(reading.layouts) + len(reading.failed),
        time.perf_counter() - begun,
        judged.tables,
        judged.items,
        judged.checks,
        judged.verdicts,
        judged.words,
        clock.rooms,
    )


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
