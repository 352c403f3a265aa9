"""`DocumentReading`: everything read from one input, as it goes into the datasets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated

from extractor.checks.check import Check
from extractor.contract import Described, DocumentKind, Status, Verdict
from extractor.figures.figure import Figure
from extractor.figures.organisations import Organisation
from extractor.prose.prose import NO_FACTS, NO_PROSE, Prose
from extractor.records.bodies import Body
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.source.source import NO_ORIGIN, Origin
from extractor.tables.table import Table

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """Everything read from one input; what is described here is a column of `documents`.

    Attributes beyond the contract:
        path: As given, or the URL without its secrets.
        prose: What the document says outside its tables.
        figures: What its tables say of bodies' budgets, once.
        organisations: Those that it names.
        body: Whose it is; None where nothing was read.
        stages: Stage → processor time in seconds: layouts (pages and grids), judging (tables, records, prose and checks)
            and second_readers (arbitration).
        origin: Where it was published.
    """

    document_id: Annotated[
        str,
        Described(
            "SHA-256 of the file's bytes: the same file is the same document wherever it is found.",
            "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b",
            values="64 hex digits",
        ),
    ]
    path: str
    kind: Annotated[DocumentKind, Described("What the file is, by its bytes and not by its name.", "pdf")]
    status: Annotated[
        Status,
        Described(
            "`ok`; `partial`: some of it was not read, and `reason` says what; `skipped`: a text beside documents that is none "
            "(a README, notes, a list of files), found in a folder or an archive and not named; the others: nothing was read, "
            "and why.",
            "ok",
        ),
    ]
    reason: Annotated[
        str,
        Described(
            "What was not read and what to do about it; empty where nothing is to be said.",
            "pages 3-4 are images without usable text",
        ),
    ]
    facts: Facts = NO_FACTS
    pages: Annotated[int, Described("Pages, or sheets of a workbook, unreadable ones included.", 24, unit="pages")] = 0
    pages_ocr: Annotated[int, Described("Pages that were recognised in a picture.", 0, unit="pages")] = 0
    seconds: Annotated[float, Described("How long the reading took by the clock.", 0.75, unit="seconds")] = 0.0
    tables: tuple[Table, ...] = ()
    items: tuple[LineItem, ...] = ()
    checks: tuple[Check, ...] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    prose: Prose = NO_PROSE
    figures: tuple[Figure, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    body: Body | None = None
    stages: dict[str, float] = field(default_factory=dict)
    origin: Origin = NO_ORIGIN
    ink_explained: Annotated[
        float | None,
        Described(
            "Share of the dark pixels within tables that text and rules explain, measured on pages that draw figures and else on the first page with a table; null where no PDF page with a table was measured.",
            0.9375,
            unit="share, 0 to 1",
        ),
    ] = None

    def __post_init__(self) -> None:
        """Remove memory addresses from the reason, so that it is the same in every run: libraries name their streams by them."""
        object.__setattr__(self, "reason", _ADDRESS.sub("", printable(self.reason)))


def printable(text: str) -> str:
    """Return a text that UTF-8 can encode: Linux allows file names that are not valid UTF-8, which no writer accepts."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if text == plain else plain  # of the paths of a run there is one copy
