"""Print the summary of a run for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from extractor.jobs.confinement import unconfined

if TYPE_CHECKING:
    from extractor.contract import Verdict
    from extractor.datasets.document_result import DocumentResult
    from extractor.jobs.executor import RunSummary

PIPE_WIDTH = 140  # columns of output that does not go to a terminal
MAX_LISTED = 20  # identities that do not hold, and documents that were not read
STYLES: dict[Verdict, str] = {"proven": "green", "rounded": "cyan", "uncovered": "yellow", "contradicted": "red"}


def print_summary(outcome: RunSummary) -> None:
    """Print one line per document, then the failed identities, then the documents that could not be read."""
    summary = outcome.as_json()
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if outcome.shown:
        _print_documents(console, outcome.shown)
        if summary["documents"] > len(outcome.shown):
            console.print(f"… and {summary['documents'] - len(outcome.shown)} more")
    if held := summary["held_back"]:
        console.print(
            f"{held} new documents left out: what is damaged in {escape(_one_line(outcome.out))} must be restored first"
        )
    if not summary["documents"]:
        console.print(
            f"nothing new: {summary['skipped']} unchanged, {summary['duplicates']} duplicates in {escape(_one_line(outcome.out))}"
        )
        return
    _print_findings(console, summary)
    items = max(1, summary["line_items"])
    overall = ", ".join(f"{name} {summary[name]} ({summary[name] / items:.1%})" for name in STYLES)
    console.print(
        f"\n[bold]{summary['documents']} documents read[/], {summary['skipped']} unchanged, "
        f"{summary['duplicates']} duplicates: {summary['pages']} pages, {summary['tables']} tables "
        f"({summary['unrecognised_tables']} unrecognised), {summary['line_items']} amounts\n{overall}"
    )
    if again := summary["tables_read_again"]:
        share, cost = again / summary["tables"], summary["stages"].get("second_readers", 0)
        console.print(f"{again} tables ({share:.1%}) read again by second readers, in {cost:.1f} s")
    if lack := unconfined():
        console.print(f"the processes that read were not confined, or not wholly: {lack}; see docs/security.md")
    console.print(f"written to {escape(_one_line(outcome.out))}")


def _print_documents(console: Console, shown: Sequence[DocumentResult]) -> None:
    table = RichTable(box=None, padding=(0, 1), header_style="bold")
    table.add_column("document", no_wrap=True, overflow="ellipsis", max_width=48)
    for name in ("year", "pages", "tables", "items", *STYLES):
        table.add_column(name, justify="right")
    for result in shown:
        shares = (f"[{STYLES[v]}]{result.verdicts[v]}[/]" if result.verdicts[v] else "" for v in STYLES)
        counts = (result.fiscal_year or "", result.pages, result.tables, result.line_items)
        table.add_row(escape(_one_line(Path(result.path).name)), *map(str, counts), *shares)
    console.print(table)


def _print_findings(console: Console, summary: dict[str, Any]) -> None:
    contradictions, failed = summary["contradictions"], summary["failed"]
    if contradictions:
        console.print(f"\n[bold]{len(contradictions)} findings: documents that do not add up[/]")
    for finding in contradictions[:MAX_LISTED]:
        name = _one_line(Path(finding["path"]).name)
        console.print(f"  {finding['severity']}: {name}: {_one_line(finding['sentence'])}", markup=False)
    if len(contradictions) > MAX_LISTED:
        console.print(f"  … and {len(contradictions) - MAX_LISTED} more: `extractor check` lists all")
    if failed:
        console.print(f"\n[bold]{len(failed)} documents not read, or read in part[/]")
    for document in failed[:MAX_LISTED]:
        console.print(_one_line(f"  {document['status']}: {document['path']}: {document['reason']}"), markup=False)


def _one_line(text: str) -> str:
    """Return a text whose control characters are escaped: file names may contain any."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
