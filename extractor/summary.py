"""Print the summary of a run for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from extractor.jobs.confinement import unconfined
from extractor.jobs.executor import FINE

if TYPE_CHECKING:
    from extractor.contract import Verdict
    from extractor.datasets.document_result import DocumentResult
    from extractor.jobs.executor import RunSummary

PIPE_WIDTH = 80  # columns of output that does not go to a terminal
MANY = 100  # documents from which on they are counted by publisher, and not listed
MAX_LISTED = 20  # documents, findings, and documents that were not read
MIN_NAME, MIN_NUMBER = 12, 5  # columns
MAX_WORST, MAX_PUBLISHERS, MAX_NAMED = 10, 30, 5
STYLES: dict[Verdict, str] = {"proven": "green", "rounded": "cyan", "uncovered": "yellow", "contradicted": "red"}
HEADINGS = {  # in two lines, for tables of 80 columns
    "uncovered": "un-\ncovered",
    "contradicted": "contra-\ndicted",
    "unreadable": "un-\nreadable",
    "encrypted": "en-\ncrypted",
    "not_a_document": "not a\ndocument",
}
PARTLY = "partial"


def print_summary(outcome: RunSummary) -> None:
    """Print the documents of a run, or its counts by publisher where they are many; then what is wrong, then the totals."""
    summary = outcome.as_json()
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if summary["documents"] >= MANY:
        _print_publishers(console, summary["publishers"])
        _print_worst(console, summary)
        _print_without_amounts(console, summary["without_amounts"])
    elif summary["documents"]:
        _print_documents(console, outcome.shown)
        if summary["documents"] > len(outcome.shown):
            console.print(f"… and {summary['documents'] - len(outcome.shown)} more")
        _print_findings(console, summary)
    _print_left(console, summary)
    if not summary["documents"]:
        console.print(
            f"nothing new: {summary['skipped']} unchanged, {summary['duplicates']} duplicates in {escape(one_line(outcome.out))}"
        )
        _print_standing(console, outcome)
        return
    _print_totals(console, summary)
    _print_standing(console, outcome)
    console.print(f"written to {escape(one_line(outcome.out))}")


def _print_totals(console: Console, summary: dict[str, Any]) -> None:
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


def _print_standing(console: Console, outcome: RunSummary) -> None:
    """Print what the run changed of documents of earlier runs, and how many are still not read."""
    if outcome.migrated:
        console.print(f"{outcome.migrated} parts of an earlier version rewritten with the columns of this one")
    if outcome.superseded or outcome.retired:
        console.print(f"{outcome.superseded} documents superseded, {outcome.retired} retired: their rows stay")
    if earlier := outcome.standing - sum(result.status not in FINE for result in outcome.failed):
        console.print(f"{earlier} documents of earlier runs are still not read: `extractor status` names them")


def _print_documents(console: Console, shown: Sequence[DocumentResult]) -> None:
    table = _table(console, "document", "year", "tables", "items", *STYLES)
    for result in shown:
        shares = (f"[{STYLES[v]}]{result.verdicts[v]}[/]" if result.verdicts[v] else "" for v in STYLES)
        counts = (result.fiscal_year or "", result.tables, result.line_items)
        table.add_row(escape(_name(result.path)), *map(str, counts), *shares)
    console.print(table, soft_wrap=False)


def _print_publishers(console: Console, publishers: dict[str, Counter[str]]) -> None:
    """Print documents by region and status, those with most documents first."""
    ordered = sorted(publishers.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    statuses = sorted(
        {status for counts in publishers.values() for status in counts}, key=lambda s: (s != "ok", s != PARTLY, s)
    )
    table = _table(console, "publisher", "all", *statuses)
    for name, counts in ordered[:MAX_PUBLISHERS]:
        table.add_row(escape(one_line(name)), str(counts.total()), *(str(counts[s] or "") for s in statuses))
    rest = [counts for _, counts in ordered[MAX_PUBLISHERS:]]
    if rest:
        added = Counter[str]()
        for counts in rest:
            added.update(counts)
        table.add_row(f"… and {len(rest)} more", str(added.total()), *(str(added[s] or "") for s in statuses))
    console.print(table, soft_wrap=False)


def _table(console: Console, first: str, *others: str) -> RichTable:
    """Return an empty table of names, which may be cut, and numbers, which may not."""
    headings = [HEADINGS.get(name, name) for name in others]
    widths = [max(MIN_NUMBER, *map(len, heading.split("\n"))) for heading in headings]
    table = RichTable(box=None, padding=(0, 1, 0, 0), header_style="bold")
    left = max(MIN_NAME, console.width - sum(widths) - len(widths) - 1)
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=left)
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, justify="right", no_wrap=True, width=width)
    return table


def _print_findings(console: Console, summary: dict[str, Any]) -> None:
    contradictions, failed = summary["contradictions"], summary["failed"]
    if contradictions:
        console.print(f"\n[bold]{len(contradictions)} findings: documents that do not add up[/]")
    for finding in contradictions[:MAX_LISTED]:
        _say(console, f"{finding['severity']}: {_name(finding['path'])}: {finding['sentence']}")
    if len(contradictions) > MAX_LISTED:
        console.print(f"  … and {len(contradictions) - MAX_LISTED} more: `extractor check` lists all")
    if failed:
        console.print(f"\n[bold]{len(failed)} documents not read, or read in part[/]")
    for document in failed[:MAX_LISTED]:
        _say(console, f"{document['status']}: {document['path']}: {_without_name(document)}")
    if len(failed) > MAX_LISTED:
        console.print(f"  … and {len(failed) - MAX_LISTED} more")


def _print_worst(console: Console, summary: dict[str, Any]) -> None:
    """Print what needs a look most, each reason once: documents that were not read, then findings, then gaps."""
    worst = list(_worst(summary))
    if worst:
        console.print("\n[bold]to look at, the worst first[/]")
    for text in worst[:MAX_WORST]:
        _say(console, text)
    if len(worst) > MAX_WORST:
        console.print(
            f"  … and {len(worst) - MAX_WORST} more: `extractor check` lists findings, `documents.reason` gaps"
        )


def _worst(summary: dict[str, Any]) -> Iterator[str]:
    findings: dict[str, list[dict[str, Any]]] = {}
    for finding in summary["contradictions"]:  # the gravest first
        findings.setdefault(finding["path"], []).append(finding)
    failed = sorted(summary["failed"], key=lambda d: d["path"])
    yield from _by_reason(d for d in failed if d["status"] != PARTLY)
    for path, (first, *more) in findings.items():
        others = f" … and {len(more)} findings more" if more else ""
        yield f"{first['severity']} finding: {path}: {first['sentence']}{others}"
    yield from _by_reason(d for d in failed if d["status"] == PARTLY and d["path"] not in findings)


def _by_reason(documents: Iterable[dict[str, str]]) -> Iterator[str]:
    """Yield each reason with the documents that have it."""
    paths: dict[tuple[str, str], list[str]] = {}
    for document in documents:
        paths.setdefault((document["status"], _without_name(document)), []).append(document["path"])
    for (status, reason), own in paths.items():
        if len(own) == 1:
            yield f"{status}: {own[0]}: {reason}"
        else:
            yield f"{status}: {len(own)} documents: {reason}: {_some([_name(path) for path in own])}"


def _print_without_amounts(console: Console, documents: Sequence[dict[str, str]]) -> None:
    """Print how many documents have no amount, by reason, with some of their names."""
    by_reason: dict[str, list[str]] = {}
    for document in documents:
        by_reason.setdefault(document["why"], []).append(_name(document["path"]))
    if documents:
        console.print(f"\n[bold]{len(documents)} documents without amounts[/]")
    for why, names in sorted(by_reason.items(), key=lambda pair: -len(pair[1])):
        _say(console, f"{len(names)}, {why}: {_some(names)}")


def _print_left(console: Console, summary: dict[str, Any]) -> None:
    """Print what was passed over: texts that are no documents, and files that the patterns leave out though they were named."""
    passed_over, left_out = summary["passed_over"], summary["left_out"]
    if passed_over:
        names = [_name(document["path"]) for document in passed_over]
        _say(console, f"skipped, as texts that are no documents: {_some(names)}", indent="\n")
    if left_out:
        _say(console, f"left out by --include or --exclude, though named: {_some(left_out)}", indent="\n")


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + rest


def _without_name(document: dict[str, str]) -> str:
    """Return a reason without the name of the file that it begins with."""
    reason, path = document["reason"], document["path"]
    return reason.removeprefix(f"{path}: ").removeprefix(f"{PurePosixPath(path).name}: ")


def _name(path: str) -> str:
    return one_line(PurePosixPath(path).name)


def _say(console: Console, text: str, indent: str = "  ") -> None:
    console.print(indent + one_line(text), markup=False)


def one_line(text: str) -> str:
    """Return a text whose control characters are escaped: file names may contain any."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
