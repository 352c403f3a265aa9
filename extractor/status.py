"""What stands in a dataset: failures and since when, gaps by publisher, findings, corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from extractor.checks.severity import gravity
from extractor.datasets.history import stands
from extractor.datasets.opened import Datasets
from extractor.drift import ALWAYS, Drift, drift, source_of
from extractor.jobs.executor import FINE
from extractor.vocabulary.drift_rules import DriftRules


def status(datasets: Datasets, rules: DriftRules, since: datetime | None) -> dict[str, pa.Table]:
    """Return what somebody who runs a batch every night has to know.

    Args:
        datasets: Those of a folder.
        rules: What is called a change of a publisher.
        since: Findings and corrections of documents that were first seen earlier are left out, and what differs from those is
            `drift`; None: all findings, and the drift of the last run with a new document.

    Returns:
        `failing`: documents that are not read, and since when; `gaps`: by region and site or folder, how many documents are read in part or
        not at all and how many tables are not recognised; `drift`: what is new at a publisher; `findings`, the gravest first;
        `corrected` and `retired` documents.

    Raises:
        DatasetError: A part is missing or damaged.
    """
    documents = list(datasets.documents)
    current = [d for d in documents if stands(d)]
    paths = {d["document_id"]: d["path"] for d in documents}
    failing = sorted((d for d in current if d["status"] not in FINE), key=lambda d: (str(d["first_seen"]), d["path"]))
    fresh = {d["document_id"]: d for d in current if d["first_seen"] is None or d["first_seen"] >= (since or ALWAYS)}
    findings = [c for c in datasets.failed_checks() if c.standing == "finding" and c.document_id in fresh]
    return {
        "failing": _rows(
            ("since", "status", "path", "reason"),
            [(_day(d["first_seen"]), d["status"], d["path"], d["reason"]) for d in failing],
        ),
        "gaps": _rows(
            ("region", "source", "documents", "partial", "not_read", "tables_not_recognised"),
            _gaps(current, Counter(t["document_id"] for t in datasets.tables if t["table_type"] is None)),
        ),
        "drift": _rows(Drift._fields, drift(datasets, rules, since)),
        "findings": _rows(
            ("severity", "first_seen", "path", "sentence", "sentence_zh"),
            [
                (c.severity, _day(fresh[c.document_id]["first_seen"]), paths[c.document_id], c.sentence, c.sentence_zh)
                for c in sorted(findings, key=gravity)
            ],
        ),
        "corrected": _rows(
            ("since", "path", "document_id", "supersedes"),
            [
                (_day(d["first_seen"]), d["path"], d["document_id"], d["supersedes"])
                for d in fresh.values()
                if d["supersedes"]
            ],
        ),
        "retired": _rows(("last_read", "path"), [(_day(d["last_read"]), d["path"]) for d in documents if d["retired"]]),
    }


def _gaps(documents: list[dict[str, Any]], unrecognised: Counter[str]) -> list[tuple[Any, ...]]:
    """Return one row for each publisher with a gap: its region, and the site or folder of its documents."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for d in documents:
        of = counts.setdefault((d["region"] or "", source_of(d)), Counter())
        of.update(documents=1, partial=d["status"] == "partial", not_read=d["status"] not in FINE)
        of["tables"] += unrecognised[d["document_id"]]
    rows = [(*place, *(c[n] for n in ("documents", "partial", "not_read", "tables"))) for place, c in counts.items()]
    return sorted((row for row in rows if any(row[3:])), key=lambda row: (-row[4], -row[3], row))


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _rows(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(dict(zip(names, map(pa.array, columns), strict=True)))
