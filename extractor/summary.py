"""Print the summary of a run for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from extractor.jobs.confinement import unconfined
from extractor.jobs.executor import FINE
from extractor.language import _, sentence, spoken, word

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
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if summary["documents"] >= MANY:
        _print_publishers(console, summary["publishers"])
        _print_worst(console, summary)
        _print_without_amounts(console, summary["without_amounts"])
    elif summary["documents"]:
        _print_documents(console, outcome.shown)
        if summary["documents"] > len(outcome.shown):
            console.print(_("… and {n} more").format(n=summary["documents"] - len(outcome.shown)))
        _print_findings(console, summary)
    _print_left(console, summary)
    if not summary["documents"]:
        console.print(
            _("nothing new: {unchanged} unchanged, {duplicates} duplicates in {out}").format(
                unchanged=summary["skipped"], duplicates=summary["duplicates"], out=escape(one_line(outcome.out))
            )
        )
        _print_standing(console, outcome)
        return
    _print_totals(console, summary)
    _print_standing(console, outcome)
    console.print(_("written to {out}").format(out=escape(one_line(outcome.out))))


def _print_totals(console: Console, summary: dict[str, Any]) -> None:
    items = max(1, summary["line_items"])
    overall = ", ".join(f"{word('Verdict', name)} {summary[name]} ({summary[name] / items:.1%})" for name in STYLES)
    totals = _(
        "[bold]{documents} documents read[/], {skipped} unchanged, {duplicates} duplicates: {pages} pages, {tables} tables "
        "({unrecognised_tables} unrecognised), {line_items} amounts"
    )
    console.print(f"\n{totals.format(**summary)}\n{overall}")
    if again := summary["tables_read_again"]:
        share, cost = again / summary["tables"], summary["stages"].get("second_readers", 0)
        texts = {"n": again, "share": f"{share:.1%}", "seconds": f"{cost:.1f}"}
        console.print(_("{n} tables ({share}) read again by second readers, in {seconds} s").format(**texts))
    if lack := unconfined():
        told = _("the processes that read were not confined, or not wholly: {why}; see docs/security.md")
        console.print(told.format(why=sentence(lack)))


def _print_standing(console: Console, outcome: RunSummary) -> None:
    """Print what the run changed of documents of earlier runs, and how many are still not read."""
    if outcome.migrated:
        told = _("{n} parts of an earlier version rewritten with the columns of this one")
        console.print(told.format(n=outcome.migrated))
    if outcome.superseded or outcome.retired:
        told = _("{superseded} documents superseded, {retired} retired: their rows stay")
        console.print(told.format(superseded=outcome.superseded, retired=outcome.retired))
    if earlier := outcome.standing - sum(result.status not in FINE for result in outcome.failed):
        told = _("{n} documents of earlier runs are still not read: `extractor status` names them")
        console.print(told.format(n=earlier))


def _print_documents(console: Console, shown: Sequence[DocumentResult]) -> None:
    headings = (_("year"), _("tables"), _("items"), *(_heading("Verdict", name) for name in STYLES))
    table = _table(console, _("document"), *headings)
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
    table = _table(console, _("publisher"), _("all"), *(_heading("Status", status) for status in statuses))
    for name, counts in ordered[:MAX_PUBLISHERS]:
        table.add_row(escape(one_line(name)), str(counts.total()), *(str(counts[s] or "") for s in statuses))
    rest = [counts for _, counts in ordered[MAX_PUBLISHERS:]]
    if rest:
        added = Counter[str]()
        for counts in rest:
            added.update(counts)
        table.add_row(
            _("… and {n} more").format(n=len(rest)), str(added.total()), *(str(added[s] or "") for s in statuses)
        )
    console.print(table, soft_wrap=False)


def _heading(kind: str, name: str) -> str:
    """Return the heading of a column of counts."""
    return HEADINGS.get(name, word(kind, name)) if spoken() == "en" else word(kind, name)


def _table(console: Console, first: str, *headings: str) -> RichTable:
    """Return an empty table of names, which may be cut, and numbers, which may not."""
    widths = [max(MIN_NUMBER, *map(cell_len, heading.split("\n"))) for heading in headings]
    table = RichTable(box=None, padding=(0, 1, 0, 0), header_style="bold")
    left = max(MIN_NAME, console.width - sum(widths) - len(widths) - 1)
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=left)
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, justify="right", no_wrap=True, width=width)
    return table


def _print_findings(console: Console, summary: dict[str, Any]) -> None:
    contradictions, failed = summary["contradictions"], summary["failed"]
    if contradictions:
        console.print("\n" + _("[bold]{n} findings: documents that do not add up[/]").format(n=len(contradictions)))
    for finding in contradictions[:MAX_LISTED]:
        _say(console, f"{word('Severity', finding['severity'])}: {_name(finding['path'])}: {_quoted(finding)}")
    if len(contradictions) > MAX_LISTED:
        more = _("… and {n} more: `extractor check` lists all").format(n=len(contradictions) - MAX_LISTED)
        console.print(f"  {more}")
    if failed:
        console.print("\n" + _("[bold]{n} documents not read, or read in part[/]").format(n=len(failed)))
    for document in failed[:MAX_LISTED]:
        _say(console, _failure(document))
    if len(failed) > MAX_LISTED:
        console.print("  " + _("… and {n} more").format(n=len(failed) - MAX_LISTED))


def _print_worst(console: Console, summary: dict[str, Any]) -> None:
    """Print what needs a look most, each reason once: documents that were not read, then findings, then gaps."""
    worst = list(_worst(summary))
    if worst:
        console.print("\n" + _("[bold]to look at, the worst first[/]"))
    for text in worst[:MAX_WORST]:
        _say(console, text)
    if len(worst) > MAX_WORST:
        told = _("… and {n} more: `extractor check` lists findings, `documents.reason` gaps")
        console.print("  " + told.format(n=len(worst) - MAX_WORST))


def _worst(summary: dict[str, Any]) -> Iterator[str]:
    findings: dict[str, list[dict[str, Any]]] = {}
    for finding in summary["contradictions"]:  # the gravest first
        findings.setdefault(finding["path"], []).append(finding)
    failed = sorted(summary["failed"], key=lambda d: d["path"])
    yield from _by_reason(d for d in failed if d["status"] != PARTLY)
    for path, (first, *more) in findings.items():
        others = " " + _("… and {n} findings more").format(n=len(more)) if more else ""
        head = _("{severity} finding: {path}").format(severity=word("Severity", first["severity"]), path=path)
        yield f"{head}: {_quoted(first)}{others}"
    yield from _by_reason(d for d in failed if d["status"] == PARTLY and d["path"] not in findings)


def _by_reason(documents: Iterable[dict[str, str]]) -> Iterator[str]:
    """Yield each reason with the documents that have it."""
    paths: dict[tuple[str, str], list[str]] = {}
    for document in documents:
        paths.setdefault((document["status"], _without_name(document)), []).append(document["path"])
    for (status, reason), own in paths.items():
        if len(own) == 1:
            yield f"{_status(status)}: {own[0]}: {reason}"
        else:
            number = _("{n} documents").format(n=len(own))
            yield f"{_status(status)}: {number}: {reason}: {_some([_name(path) for path in own])}"


def _print_without_amounts(console: Console, documents: Sequence[dict[str, str]]) -> None:
    """Print how many documents have no amount, by reason, with some of their names."""
    by_reason: dict[str, list[str]] = {}
    for document in documents:
        by_reason.setdefault(document["why"], []).append(_name(document["path"]))
    if documents:
        console.print("\n" + _("[bold]{n} documents without amounts[/]").format(n=len(documents)))
    for why, names in sorted(by_reason.items(), key=lambda pair: -len(pair[1])):
        _say(console, f"{len(names)}, {sentence(why)}: {_some(names)}")


def _print_left(console: Console, summary: dict[str, Any]) -> None:
    """Print what was passed over: texts that are no documents, and files that the patterns leave out though they were named."""
    passed_over, left_out = summary["passed_over"], summary["left_out"]
    if passed_over:
        names = [_name(document["path"]) for document in passed_over]
        _say(console, _("skipped, as texts that are no documents: {names}").format(names=_some(names)), indent="\n")
    if summary["held_back"]:
        told = _("{n} documents not read: restore what is damaged first")
        _say(console, told.format(n=summary["held_back"]), indent="\n")
    if left_out:
        told = _("left out by --include or --exclude, though named: {names}").format(names=_some(left_out))
        _say(console, told, indent="\n")


def _some(names: Sequence[str]) -> str:
    listed = ", ".join(names[:MAX_NAMED])
    if len(names) <= MAX_NAMED:
        return listed
    return _("{names} and {n} more").format(names=listed, n=len(names) - MAX_NAMED)


def _failure(document: dict[str, str]) -> str:
    """Return what a document failed of."""
    return f"{_status(document['status'])}: {document['path']}: {_without_name(document)}"


def _status(status: str) -> str:
    """Return the name of a status; in English the word of the datasets, by which it is looked for there."""
    return status if spoken() == "en" else word("Status", status)


def _quoted(finding: dict[str, Any]) -> str:
    """Return the sentence of a finding in the language of this process."""
    said: str = finding["sentence_zh" if spoken() == "zh" else "sentence"]
    return said


def _without_name(document: dict[str, str]) -> str:
    """Return a reason in the language of this process, without the name of the file that it begins with."""
    reason, path = sentence(document["reason"]), document["path"]
    for name in (path, PurePosixPath(path).name):
        reason = reason.removeprefix(f"{name}: ").removeprefix(f"{name}：")
    return reason


def _name(path: str) -> str:
    return one_line(PurePosixPath(path).name)


def _say(console: Console, text: str, indent: str = "  ") -> None:
    console.print(indent + one_line(text), markup=False)


def one_line(text: str) -> str:
    """Return a text whose control characters are escaped: file names may contain any."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
