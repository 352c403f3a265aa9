"""Take one document through all stages."""

from __future__ import annotations

import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from extractor.arbitration import arbitrate
from extractor.contract import Status
from extractor.document import DocumentReading
from extractor.errors import DocumentError, is_out_of_memory
from extractor.figures.figure import Figure
from extractor.figures.figures import FigureMaker
from extractor.figures.organisations import Organisation, document_organisations
from extractor.gaps import (
    drawn_figures,
    few,
    loose_figures,
    poor_scans,
    share_explained,
    unexplained_ink,
    unread_cells,
    unread_grids,
    unread_scans,
)
from extractor.grids.grid import Reading
from extractor.grids.readers import PageRecognised, read_layouts
from extractor.judging import Judged, judge
from extractor.records.bodies import Bodies, Body, bodies_of, with_body
from extractor.records.figure_cells import tables_without_figures, unread_figures
from extractor.records.item import LineItem
from extractor.skipped import skipped_pages, skipped_parents, skipped_serials
from extractor.source.source import Source
from extractor.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options of reading one document.

    Attributes:
        recognised: Called after every page that was read by OCR.
        skip_second_readers: Ask no second reader; see `arbitrate`.
    """

    recognised: PageRecognised = lambda: None
    skip_second_readers: bool = False


DEFAULTS = ReadOptions()


def read_document(source: Source, vocabulary: Vocabulary, options: ReadOptions = DEFAULTS) -> DocumentReading:
    """Read one document; every error becomes its status and reason, never an exception.

    Raises:
        MemoryError: The memory limit of the process was reached.
    """
    begun, clock = time.perf_counter(), _Clock()
    try:
        reading = read_layouts(source, options.recognised)
        clock.lap("layouts")
        first = judge(source.sha256, reading.layouts, vocabulary, region_hint=source.origin.region_code)
        clock.lap("judging")
        judged = arbitrate(source, first, vocabulary, options.skip_second_readers)
        clock.lap("second_readers")
    except Exception as error:  # one document must never stop the run: its row says what happened, and where
        if is_out_of_memory(error):  # the worker handles it and reports its limit
            raise MemoryError from error
        known = (_status(source, error), str(error)) if isinstance(error, DocumentError) else ("crash", _crash(error))
        return DocumentReading(source.sha256, source.path, source.kind, *known, origin=source.origin)
    said = _said(source.sha256, judged, vocabulary)
    clock.lap("figures")
    gaps = _gaps(reading, judged, vocabulary)
    return _document(source, reading, judged, said, gaps, time.perf_counter() - begun, clock.stages)


class _Said(NamedTuple):
    """What a document says of bodies: its own, whose each amount is, their figures, and the bodies themselves."""

    body: Body
    items: tuple[LineItem, ...]
    figures: tuple[Figure, ...]
    organisations: tuple[Organisation, ...]


def _said(document_id: str, judged: Judged, vocabulary: Vocabulary) -> _Said:
    document = {"document_id": document_id, **asdict(judged.facts)}
    bodies = Bodies(vocabulary)
    whose = bodies_of(document, judged.items, bodies)
    items = tuple(with_body(item, whose[item.item_id]) for item in judged.items)
    figures = FigureMaker(vocabulary, judged.verdicts).figures(document, items)
    organisations = document_organisations(document, whose.values(), judged.prose.entries, vocabulary)
    return _Said(bodies.of_document(document), items, tuple(figures), organisations)


def _document(
    source: Source,
    reading: Reading,
    judged: Judged,
    said: _Said,
    gaps: list[str],
    seconds: float,
    stages: dict[str, float],
) -> DocumentReading:
    """Return a document that was read; its status is partial where there are gaps."""
    return DocumentReading(
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
        said.items,
        judged.checks,
        judged.verdicts,
        judged.prose,
        said.figures,
        said.organisations,
        said.body,
        stages,
        source.origin,
        share_explained(reading.ink),
    )


def _status(source: Source, error: DocumentError) -> Status:
    """Return the status of a document that was not read: a text that lies beside documents is passed over, unless somebody named it."""
    beside = error.status == "not_a_document" and source.kind == "text" and not source.named
    return "skipped" if beside else error.status


def _crash(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno}); please report this file"


def _gaps(reading: Reading, judged: Judged, vocabulary: Vocabulary) -> list[str]:
    """Return one reason for every part of a document that was not read, or not reliably; empty where all was read."""
    unread = unread_figures([table for table in judged.tables if table.reading != "ocr"], vocabulary.headers)
    return [
        *unread_scans(reading.layouts),
        *poor_scans(reading.layouts),
        *drawn_figures(reading.layouts),
        *unexplained_ink(reading.layouts),
        *unread_cells(judged.tables),
        *([f"{sum(cell.figures for cell in unread)} figures not read, first {unread[0].text}"] if unread else []),
        *tables_without_figures(judged.tables, vocabulary.headers),
        *([] if judged.items else unread_grids(reading.layouts)),
        *loose_figures(judged.layouts),
        *skipped_parents(judged.items),
        *skipped_serials(judged.tables),
        *skipped_pages(judged.layouts),
        *reading.warnings,
        *reading.page_errors,
        *judged.unstorable,
    ]


class _Clock:
    """Measures processor time by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, stage: str) -> None:
        """Add the processor time since the last lap to a stage."""
        now = time.process_time()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self._last
        self._last = now
