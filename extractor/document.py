"""`Document`: everything read from one input, as it goes into the datasets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractor.checks.check import Check
from extractor.prose.prose import NO_FACTS, NO_WORDS, Words
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.tables.table import Table

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Document:
    """Everything read from one input; `status` and `reason` are those of the `documents` dataset.

    `seconds` is wall clock, `rooms` the processor time of its steps: layouts (pages and grids),
    judging (tables, records, words and checks) and witnesses (a second reading by others).
    """

    document_id: str
    path: str
    kind: str
    status: str
    reason: str
    facts: Facts = NO_FACTS
    pages: int = 0
    pages_ocr: int = 0
    seconds: float = 0.0
    tables: tuple[Table, ...] = ()
    items: tuple[LineItem, ...] = ()
    checks: tuple[Check, ...] = ()
    verdicts: dict[str, str] = field(default_factory=dict)
    words: Words = NO_WORDS
    rooms: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the reason the same at every run: libraries name their streams by an address in memory."""
        object.__setattr__(self, "reason", _ADDRESS.sub("", printable(self.reason)))


def printable(text: str) -> str:
    """Return a text that UTF-8 can hold: Linux has file names that are none, and no writer takes them as they are."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
