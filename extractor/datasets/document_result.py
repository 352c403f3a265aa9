"""`DocumentResult`: one document as counts and Arrow tables, for the datasets and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from extractor.contract import Fault, Publication, Rule, Severity, Status, Verdict
from extractor.datasets.schemas import arrow_tables
from extractor.document import DocumentReading, printable


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A finding, as the summary prints it."""

    rule: Rule
    kind: Fault | None
    severity: Severity
    statement: str
    sentence: str
    difference: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One document's rows and counts, small enough to be sent between processes.

    Attributes:
        document_id: SHA-256 of the content, in hex.
        path: Where it was read, in characters that UTF-8 can encode.
        status: As in `documents`, like `reason` and `fiscal_year`.
        pages: Number of pages, unreadable ones included.
        tables: Number of tables; `unrecognised` of them have no type, `reread` were also read by second readers.
        line_items: Number of printed figures; `verdicts` counts them by verdict, `amounts` those of money.
        region: The name of the region whose it is, None where it does not say; and `publication`.
        seconds: How long the reading took by the clock.
        stages: Stage → seconds of processor time: those of a `DocumentReading`, and datasets.
        rows: Dataset → its rows.
        peak: Largest resident memory of the worker so far, in bytes.
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
    amounts: int
    region: str | None
    publication: Publication | None
    verdicts: Counter[Verdict]
    contradictions: tuple[Contradiction, ...]
    seconds: float
    stages: dict[str, float]
    rows: Mapping[str, pa.Table]
    peak: int = 0

    def without_rows(self) -> DocumentResult:
        """Return the result with its counts only."""
        return replace(self, rows={})


def document_result(document: DocumentReading, config_hash: str) -> DocumentResult:
    """Return the result of a document reading; it keeps no reference to the reading.

    Args:
        document: What was read.
        config_hash: SHA-256 of the configuration that it was read with.
    """
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
        sum(item.amount is not None for item in document.items),
        document.facts.region,
        document.facts.publication,
        Counter(document.verdicts.values()),
        tuple(
            Contradiction(
                c.rule,
                c.kind,
                c.severity or "high",
                c.statement,
                c.sentence or c.statement,
                str(c.difference),
                c.sentence_zh or c.statement,
            )
            for c in document.checks
            if c.standing == "finding"
        ),
        document.seconds,
        document.stages,
        arrow_tables([document], config_hash),
    )
