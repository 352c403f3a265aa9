"""Review a committed dataset: verdict counts, identities that fail, and figures on which documents disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.checks.across_documents import COLUMNS, Finding, compare, related
from extractor.checks.check import Check
from extractor.checks.severity import SEVERITIES, gravity
from extractor.contract import Severity
from extractor.datasets.opened import Datasets

VERDICTS = ("proven", "rounded", "uncovered", "contradicted")


@dataclass(frozen=True, slots=True)
class Review:
    """The verdicts and failures of a dataset.

    Attributes:
        verdicts: Verdict → number of amounts.
        failed: Identities that fail within a document, the gravest first.
        findings: Figures on which documents disagree.
        paths: document_id → path.
    """

    verdicts: Counter[str]
    failed: list[Check]
    findings: list[Finding]
    paths: dict[str, str]

    def as_text(self) -> str:
        """Return the review for a person."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for name in VERDICTS:
            yield f"{name:13}{self.verdicts[name]:9}"
        for check in self.failed:
            if check.standing == "finding":
                yield f"{check.severity}: {self._name(check.document_id)}: {check.sentence}"
                yield f"    {check.sentence_zh}"
        doubts = Counter(check.doubt for check in self.failed if check.standing == "doubt")
        for why, number in doubts.most_common():
            yield f"{number} identities fail and are doubts, no findings: {why}; --json lists them"
        for finding in self.findings:
            yield f"{' / '.join(map(self._name, finding.documents))}: {finding.statement}"

    def _name(self, document_id: str) -> str:
        return Path(self.paths[document_id]).name

    def as_json(self) -> dict[str, Any]:
        """Return the review for a machine: plain values, exact amounts as text."""
        return {
            "verdicts": self.verdicts,
            "failed": list(map(_plain, self.failed)),
            "cross_document": list(map(_plain, self.findings)),
        }


def _plain(found: Check | Finding) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in found._asdict().items()}


def review(datasets: Datasets, least: Severity = SEVERITIES[-1]) -> Review:
    """Review the datasets of a folder; of what was corrected since, only the correction.

    Args:
        datasets: Those of the folder.
        least: The least grave failures that are wanted.

    Raises:
        DatasetError: A part is missing or damaged.
    """
    items, documents = datasets.line_items.to_arrow(), list(datasets.documents)
    items = items.filter(pc.is_null(items["superseded_by"]))
    current = [d for d in documents if d["superseded_by"] is None]
    ids = {d["document_id"] for d in current}
    entries = [e for e in datasets.entries if e["document_id"] in ids]
    wanted = pc.is_in(items["document_id"], value_set=pa.array(related(current, entries), pa.string()))
    return Review(
        Counter(items["verdict"].to_pylist()),
        [
            c
            for c in sorted(datasets.failed_checks(), key=gravity)
            if c.document_id in ids and gravity(c) <= SEVERITIES.index(least)
        ],
        list(compare(current, items.filter(wanted).select(COLUMNS).to_pylist(), entries)),
        {d["document_id"]: d["path"] for d in documents},
    )
