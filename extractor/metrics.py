"""Metrics of a run in OpenMetrics' text format, for node_exporter's textfile collector."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from extractor.checks.severity import SEVERITIES
from extractor.errors import StorageError
from extractor.filesystem import why
from extractor.jobs.executor import VERDICTS, RunSummary


def write_metrics(path: Path, summary: RunSummary) -> None:
    """Write the metrics of a run; a collector sees the old file or the new one, never half of one.

    Raises:
        StorageError: The file cannot be written.
    """
    written = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        written.write_text("".join(_lines(summary)) + "# EOF\n", encoding="utf-8")
        written.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({why(error)}); give another --metrics") from error


def _lines(summary: RunSummary) -> Iterator[str]:
    counts = summary.counts
    severities = Counter(finding.severity for _, finding in summary.contradictions)
    yield from _gauge("documents", "Documents that the run read, by status.", "status", summary.status)
    yield from _gauge(
        "amounts", "Amounts of these documents, by verdict.", "verdict", {v: summary.verdicts[v] for v in VERDICTS}
    )
    yield from _gauge(
        "findings", "Findings in these documents, by severity.", "severity", {s: severities[s] for s in SEVERITIES}
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
        yield from _gauge(name, text, None, {"": value})


def _gauge(name: str, text: str, label: str | None, values: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of one metric; a label's values are words of the contract, which need no escapes."""
    yield f"# TYPE extractor_{name} gauge\n# HELP extractor_{name} {text}\n"
    for value, count in values.items():
        labels = f'{{{label}="{value}"}}' if label else ""
        yield f"extractor_{name}{labels} {count}\n"
