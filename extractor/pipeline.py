"""One document through all stages."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from extractor.arbitration import arbitrate
from extractor.document import Document
from extractor.errors import DocumentError
from extractor.gaps import drawn_figures, few, loose_figures, poor_scans, unread_cells, unread_scans
from extractor.grids.grid import Reading
from extractor.grids.readers import Progress, read_layouts
from extractor.judging import Judged, judge
from extractor.records.items import unread_figures
from extractor.source.source import Source
from extractor.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a document is to be read.

    Attributes:
        recognised: Called after every page that was recognised in a picture.
        skip_second_readers: Ask no second reader; see `arbitrate`.
    """

    recognised: Progress = lambda: None
    skip_second_readers: bool = False


DEFAULTS = ReadOptions()


def read_document(source: Source, vocabulary: Vocabulary, options: ReadOptions = DEFAULTS) -> Document:
    """Read one document; whatever goes wrong becomes its status and reason, never an exception."""
    begun, clock = time.perf_counter(), _Clock()
    try:
        reading = read_layouts(source, options.recognised)
        clock.lap("layouts")
        first = judge(source.sha256, reading.layouts, vocabulary)
        clock.lap("judging")
        judged = arbitrate(source, first, vocabulary, options.skip_second_readers)
        clock.lap("witnesses")
    except DocumentError as error:
        return Document(source.sha256, source.path, source.kind, error.status, str(error))
    except MemoryError:  # the limit of its worker, who says so
        raise
    except Exception as error:  # a document must never take the batch down: its row says what happened, and where
        return Document(source.sha256, source.path, source.kind, "crash", _crash(error))
    return _document(
        source, reading, judged, _gaps(reading, judged, vocabulary), time.perf_counter() - begun, clock.rooms
    )


def _document(
    source: Source, reading: Reading, judged: Judged, gaps: list[str], seconds: float, rooms: dict[str, float]
) -> Document:
    """Return a document that was read: partially, where there are gaps."""
    return Document(
        source.sha256,
        source.path,
        source.kind,
        "partial" if gaps else "ok",
        few(gaps + reading.notes),
        judged.facts,
        len(reading.layouts) + len(reading.page_errors),
        sum(layout.reading == "ocr" for layout in reading.layouts),
        seconds,
        judged.tables,
        judged.items,
        judged.checks,
        judged.verdicts,
        judged.words,
        rooms,
    )


def _crash(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno}); please report this file"


def _gaps(reading: Reading, judged: Judged, vocabulary: Vocabulary) -> list[str]:
    """Return a reason for everything in a document that was not read, or not surely: none where it was read whole."""
    unread = unread_figures([table for table in judged.tables if table.reading != "ocr"], vocabulary.headers)
    return [
        *unread_scans(reading.layouts),
        *poor_scans(reading.layouts),
        *drawn_figures(reading.layouts),
        *unread_cells(judged.tables),
        *([f"{len(unread)} figures not read, first {unread[0]}"] if unread else []),
        *loose_figures(judged.layouts),
        *reading.warnings,
        *reading.page_errors,
        *judged.unstorable,
    ]


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
