"""Metrics of a run in OpenMetrics' text format, for node_exporter's textfile collector."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from extractor.checks.severity import SEVERITIES
from extractor.contract import DriftKind
from extractor.drift import Drift
from extractor.errors import StorageError
from extractor.filesystem import why
from extractor.jobs.executor import VERDICTS, RunSummary

MAX_DRIFTS = 100  # that are told one by one: each is a series of its own
MAX_LABEL = 200  # characters


def write_metrics(path: Path, summary: RunSummary, drifts: Sequence[Drift] | None = None) -> None:
    """Write the metrics of a run; a collector sees the old file or the new one, never half of one.

    Args:
        path: The file; a device, or a pipe, is written into.
        summary: The counts of the run.
        drifts: What is new at publishers; None where that is not known, and nothing is written of it.

    Raises:
        StorageError: The file cannot be written.
    """
    content = "".join((*_lines(summary), *(() if drifts is None else _drift_lines(drifts)))) + "# EOF\n"
    try:
        if path.exists() and not path.is_file():
            path.write_text(content, encoding="utf-8")  # a rename would put a file in its place
        else:
            _replace(path.resolve(), content)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({why(error)}); give another --metrics") from error


def _replace(path: Path, content: str) -> None:
    written = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        written.write_text(content, encoding="utf-8")
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)  # of a full disk


def _lines(summary: RunSummary) -> Iterator[str]:
    counts = summary.counts
    verdicts = {verdict: summary.verdicts[verdict] for verdict in VERDICTS}
    found = Counter(finding.severity for _, finding in summary.contradictions)
    yield from _gauge("documents", "Documents that the run read, by status.", _by("status", summary.status))
    yield from _gauge("amounts", "Amounts of these documents, by verdict.", _by("verdict", verdicts))
    yield from _gauge(
        "findings", "Findings in these documents, by severity.", _by("severity", {s: found[s] for s in SEVERITIES})
    )
    for name, text, value in (
        ("pages", "Pages of these documents.", counts["pages"]),
        ("tables", "Tables of these documents.", counts["tables"]),
        ("unrecognised_tables", "Those of them that no template fits.", counts["unrecognised_tables"]),
        ("unchanged_documents", "Documents that an earlier run read.", summary.skipped),
        ("duplicate_documents", "Files whose content another file of the run has.", summary.duplicates),
        ("damaged_parts", "Parts of the datasets to which nothing could be committed.", len(summary.damaged)),
        ("last_run_timestamp_seconds", "When the run ended.", int(time.time())),
    ):
        yield from _gauge(name, text, {"": value})


def _drift_lines(drifts: Sequence[Drift]) -> Iterator[str]:
    """Yield how many changes there are of each kind, and the changes themselves."""
    counts = Counter(drift.what for drift in drifts)
    kinds = {kind: counts[kind] for kind in get_args(DriftKind)}
    yield from _gauge(
        "drifts", "What is new at publishers in documents that the run read, by kind.", _by("what", kinds)
    )
    told = dict.fromkeys(map(_labels, drifts[:MAX_DRIFTS]), 1)
    yield from _gauge("drift", "Each of them, with its document and page.", told)


def _labels(drift: Drift) -> str:
    names = ("publisher", "organisation_level", "phase", "path", "page", "table_type", "what", "found", "usual")
    values = {name: str(value)[:MAX_LABEL] for name in names if (value := getattr(drift, name)) is not None}
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """Return a text as the value of a label: those of documents and their names may hold anything."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _by(label: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by label; these values are words of the contract, which need no escapes."""
    return {f'{label}="{value}"': count for value, count in counts.items()}


def _gauge(name: str, text: str, values: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of one metric."""
    yield f"# TYPE extractor_{name} gauge\n# HELP extractor_{name} {text}\n"
    for labels, value in values.items():
        yield f"extractor_{name}{f'{{{labels}}}' if labels else ''} {value}\n"
