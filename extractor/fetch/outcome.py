"""What a fetch did: counts, the documents that are new, and one line for everything that went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

COUNTS = ("pages", "documents", "new", "changed", "unchanged", "gone", "bytes")


@dataclass(slots=True)
class FetchSummary:
    """The counts of a fetch; the rows themselves are in the ledger.

    Attributes:
        counts: pages that were read; documents of this night, and how many of them are new, changed and unchanged; known
            ones that are gone; bytes of all answers.
        faults: A line for each thing that went wrong.
        notes: A line for what was left out because it is to be: by robots.txt, by the limits of a source.
        new_files: Place of each file that is new, in the folder.
        ended: Whether it came to an end of its own.
        interrupted: Whether it was stopped before its end.
        lost: Why nothing more could be written; empty where all could.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    new_files: list[str] = field(default_factory=list)
    ended: bool = False
    interrupted: bool = False
    lost: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the summary for a machine."""
        return {
            **{name: self.counts[name] for name in COUNTS},
            "faults": self.faults,
            "notes": self.notes,
            "new_files": self.new_files,
        }

    def as_text(self) -> str:
        """Return the summary for a person."""
        names = ("new", "changed", "unchanged", "gone")
        documents = ", ".join(f"{self.counts[name]} {name}" for name in names)
        return (
            f"{self.counts['pages']} pages read, {self.counts['documents']} documents: {documents}; "
            f"{self.counts['bytes']} bytes received, {len(self.faults)} faults"
        )
