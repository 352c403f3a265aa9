"""What a run did, for a person and for a machine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from extractor.executor import Outcome

MOST_SHOWN = 20
PIPE_WIDTH = 140  # columns where there is no terminal to ask
VERDICTS = ("proven", "rounded", "uncovered", "contradicted")
STYLES = {"proven": "green", "rounded": "cyan", "uncovered": "yellow", "contradicted": "red"}


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """Return the run as plain values."""
    documents = outcome.documents
    verdicts = Counter(v for d in documents for v in d.verdicts.values())
    return {
        "documents": len(documents),
        "skipped": outcome.skipped,
        "duplicates": outcome.duplicates,
        "status": Counter(d.status for d in documents),
        "pages": sum(d.pages for d in documents),
        "tables": sum(len(d.tables) for d in documents),
        "unrecognised_tables": sum(t.table_type is None for d in documents for t in d.tables),
        "line_items": sum(len(d.items) for d in documents),
        **{name: verdicts[name] for name in VERDICTS},
        "failed": [
            {"path": str(d.path), "status": d.status, "reason": d.reason} for d in documents if d.status != "ok"
        ],
        "contradictions": [
            {"path": str(d.path), "rule": c.rule, "statement": c.statement, "difference": str(c.difference)}
            for d in documents
            for c in d.checks
            if c.holds == "no"
        ],
    }


def print_summary(outcome: Outcome, out: Path) -> None:
    """Print the run for a person: a line a document, then what does not add up, then what could not be read."""
    summary = summary_of(outcome)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    documents = sorted(outcome.documents, key=lambda d: str(d.path))
    if documents:
        table = RichTable(box=None, padding=(0, 1), header_style="bold")
        table.add_column("document", no_wrap=True, overflow="ellipsis", max_width=48)
        for name in ("year", "pages", "tables", "items", *VERDICTS):
            table.add_column(name, justify="right")
        for document in documents[:MOST_SHOWN]:
            counts = Counter(document.verdicts.values())
            year = str(document.facts.fiscal_year or "")
            shares = (f"[{STYLES[v]}]{counts[v]}[/]" if counts[v] else "" for v in VERDICTS)
            table.add_row(
                document.path.name,
                year,
                str(document.pages),
                str(len(document.tables)),
                str(len(document.items)),
                *shares,
            )
        console.print(table)
        if len(documents) > MOST_SHOWN:
            console.print(f"… and {len(documents) - MOST_SHOWN} more")
    _print_findings(console, summary)
    items = max(1, summary["line_items"])
    overall = ", ".join(f"{name} {summary[name]} ({summary[name] / items:.1%})" for name in VERDICTS)
    console.print(
        f"\n[bold]{summary['documents']} documents read[/], {summary['skipped']} unchanged, "
        f"{summary['duplicates']} duplicates: {summary['pages']} pages, {summary['tables']} tables "
        f"({summary['unrecognised_tables']} unrecognised), {summary['line_items']} amounts\n{overall}\nwritten to {out}"
    )


def _print_findings(console: Console, summary: dict[str, Any]) -> None:
    contradictions, failed = summary["contradictions"], summary["failed"]
    if contradictions:
        console.print(f"\n[bold]{len(contradictions)} identities do not hold[/]")
    for finding in contradictions[:MOST_SHOWN]:
        name = Path(finding["path"]).name
        console.print(f"  {name}: {finding['statement']} — differs by {finding['difference']} yuan", markup=False)
    if len(contradictions) > MOST_SHOWN:
        console.print(f"  … and {len(contradictions) - MOST_SHOWN} more: `extractor check` lists all")
    if failed:
        console.print(f"\n[bold]{len(failed)} documents not read, or not whole[/]")
    for document in failed[:MOST_SHOWN]:
        console.print(f"  {document['status']}: {document['path']}: {document['reason']}", markup=False)
