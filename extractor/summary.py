"""What a run did, for a person and for a machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.contract import Verdict
from extractor.datasets.entry import Entry
from extractor.datasets.folder import Folder
from extractor.jobs.executor import MAX_SHOWN, Outcome

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 140  # columns where there is no terminal to ask
VERDICTS: tuple[Verdict, ...] = ("proven", "rounded", "uncovered", "contradicted")
WHOSE = {"document": "the document: ", "reading": "perhaps our reading: "}
STYLES = {"proven": "green", "rounded": "cyan", "uncovered": "yellow", "contradicted": "red"}


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """Return the run as plain values."""
    names = ("documents", "pages", "tables", "unrecognised_tables", "tables_read_again", "line_items")
    return {
        **{name: outcome.counts[name] for name in names},
        "skipped": outcome.skipped,
        "elsewhere": outcome.elsewhere,
        "duplicates": outcome.duplicates,
        "status": outcome.status,
        **{name: outcome.verdicts[name] for name in VERDICTS},
        "rooms": {room: round(seconds, 3) for room, seconds in outcome.rooms.items()},
        "peak_worker_mb": outcome.peak >> 20,
        "commits": outcome.commits[0],
        "commit_seconds": round(outcome.commits[1], 3),
        "failed": [{"path": e.path, "status": e.status, "reason": e.reason} for e in outcome.failed],
        "contradictions": [
            {"path": path, "rule": c.rule, "kind": c.kind, "statement": c.statement, "difference": c.difference}
            for path, c in outcome.contradictions
        ],
    }


def print_summary(outcome: Outcome, out: Folder) -> None:
    """Print the run for a person: a line a document, then what does not add up, then what could not be read."""
    from rich.console import Console  # noqa: PLC0415 - `--json` does without

    summary = summary_of(outcome)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if outcome.shown:
        _print_documents(console, outcome.shown)
        if summary["documents"] > len(outcome.shown):
            console.print(f"… and {summary['documents'] - len(outcome.shown)} more")
    if not summary["documents"]:
        console.print(f"nothing new: {summary['skipped']} unchanged, {summary['duplicates']} duplicates in {out}")
        return
    _print_findings(console, summary)
    items = max(1, summary["line_items"])
    overall = ", ".join(f"{name} {summary[name]} ({summary[name] / items:.1%})" for name in VERDICTS)
    console.print(
        f"\n[bold]{summary['documents']} documents read[/], {summary['skipped']} unchanged, "
        f"{summary['duplicates']} duplicates: {summary['pages']} pages, {summary['tables']} tables "
        f"({summary['unrecognised_tables']} unrecognised), {summary['line_items']} amounts\n{overall}"
    )
    if again := summary["tables_read_again"]:
        share, cost = again / summary["tables"], summary["rooms"].get("witnesses", 0)
        console.print(f"{again} tables ({share:.1%}) read again by other readers, in {cost:.1f} s")
    console.print(f"written to {out}")


def _print_documents(console: Console, shown: Sequence[Entry]) -> None:
    from rich.markup import escape  # noqa: PLC0415 - `--json` does without
    from rich.table import Table as RichTable  # noqa: PLC0415

    table = RichTable(box=None, padding=(0, 1), header_style="bold")
    table.add_column("document", no_wrap=True, overflow="ellipsis", max_width=48)
    for name in ("year", "pages", "tables", "items", *VERDICTS):
        table.add_column(name, justify="right")
    for entry in shown:
        shares = (f"[{STYLES[v]}]{entry.verdicts[v]}[/]" if entry.verdicts[v] else "" for v in VERDICTS)
        counts = (entry.fiscal_year or "", entry.pages, entry.tables, entry.line_items)
        table.add_row(escape(_one_line(Path(entry.path).name)), *map(str, counts), *shares)
    console.print(table)


def _print_findings(console: Console, summary: dict[str, Any]) -> None:
    contradictions, failed = summary["contradictions"], summary["failed"]
    if contradictions:
        console.print(f"\n[bold]{len(contradictions)} identities do not hold[/]")
    for finding in contradictions[:MAX_SHOWN]:
        name = _one_line(Path(finding["path"]).name)
        whose = WHOSE.get(finding["kind"], "")
        console.print(
            f"  {name}: {whose}{finding['statement']} — differs by {finding['difference']} yuan", markup=False
        )
    if len(contradictions) > MAX_SHOWN:
        console.print(f"  … and {len(contradictions) - MAX_SHOWN} more: `extractor check` lists all")
    if failed:
        console.print(f"\n[bold]{len(failed)} documents not read, or not whole[/]")
    for document in failed[:MAX_SHOWN]:
        console.print(_one_line(f"  {document['status']}: {document['path']}: {document['reason']}"), markup=False)


def _one_line(text: str) -> str:
    """Return a text without characters that would move the cursor: file names may hold any."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
