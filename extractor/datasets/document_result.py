"""`DocumentResult`: a document as the datasets and the summary want it: counts and Arrow tables, no objects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pyarrow as pa

from extractor.contract import Fault, Rule, Status, Verdict
from extractor.datasets.schemas import arrow_tables
from extractor.document import DocumentReading, printable


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An identity that does not hold, as the summary prints it."""

    rule: Rule
    kind: Fault | None
    statement: str
    difference: str


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One document's rows and counts; small enough to be sent between processes and kept by the hundred.

    Attributes:
        document_id: Digest of the content.
        path: Where it was read, in characters that every writer takes.
        status: As in `documents`; and `reason` and `fiscal_year`.
        pages: Number of pages, unreadable ones included.
        tables: Number of tables; `unrecognised` of them have no type, `reread` were read by other readers too.
        line_items: Number of amounts; `verdicts` parts them.
        rows: One Arrow table a dataset.
        peak: Most bytes of memory that the process which read it has held.
        stages: Seconds of processor time by step: those of a `DocumentReading`, and datasets.
    """

    document_id: str
    path: str
    status: Status
    reason: str
    fiscal_year: int | None
    pages: int
    tables: int
    unrecognised: int
    reread: int
    line_items: int
    verdicts: Counter[Verdict]
    contradictions: tuple[Contradiction, ...]
    seconds: float
    stages: dict[str, float]
    rows: dict[str, pa.Table]
    peak: int = 0

    def without_rows(self) -> DocumentResult:
        """Return the counts alone."""
        return replace(self, rows={})


def document_result(document: DocumentReading, config_hash: str) -> DocumentResult:
    """Return a document's result; the document itself may go then."""
    return DocumentResult(
        document.document_id,
        printable(document.path),
        document.status,
        document.reason,
        document.facts.fiscal_year,
        document.pages,
        len(document.tables),
        sum(t.table_type is None for t in document.tables),
        sum(len(t.readings_tried) > 1 for t in document.tables),
        len(document.items),
        Counter(document.verdicts.values()),
        tuple(
            Contradiction(c.rule, c.kind, c.statement, str(c.difference)) for c in document.checks if c.holds == "no"
        ),
        document.seconds,
        document.stages,
        arrow_tables([document], config_hash),
    )
