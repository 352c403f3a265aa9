"""Arrange one document's datasets for its page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.checks.severity import SEVERITIES
from extractor.contract import Severity, Standing
from extractor.errors import DatasetError
from extractor.report import spending, wording
from extractor.report.as_read import AsRead, rebuild
from extractor.report.pictures import Picture, Pictures
from extractor.report.treemap import Treemap, treemap
from extractor.report.wording import SHOWN_ID, DatasetRow, Figures
from extractor.report.years import Bar, bars

_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CheckView:
    """One identity; `left` and `right` name amounts on this page, `elsewhere` counts terms that are not on it."""

    number: int
    row: DatasetRow
    result: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    elsewhere: int
    figures: Figures | None
    caution: wording.Caution | None
    page: int | None


@dataclass(frozen=True, slots=True)
class TableView:
    """One table: as read, its pictures, and the checks within it; `crossing` counts checks with other tables."""

    number: int
    row: DatasetRow
    name: str
    counts: Counter[str]
    as_read: AsRead
    pictures: tuple[Picture, ...]
    boxes: Mapping[int, list[DatasetRow]]
    checks: tuple[CheckView, ...]
    crossing: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of spending, or the reason why there is none; `quoted` is the table of its total."""

    chosen: spending.Chosen
    spending: spending.Spending | None
    picture: Treemap | None
    quoted: TableView | None
    years: tuple[Bar, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything on a document's page."""

    row: DatasetRow
    title: str
    counts: Counter[str]
    findings: tuple[CheckView, ...]
    doubts: tuple[CheckView, ...]
    charts: tuple[Chart, ...]
    tables: tuple[TableView, ...]
    checks: tuple[CheckView, ...]
    across: tuple[CheckView, ...]
    pictures: Pictures


def file_name(document: DatasetRow) -> str:
    """Return a page's file name, which depends on the document's id only.

    Raises:
        DatasetError: The id is none, and could name a file elsewhere.
    """
    if not _ID.fullmatch(document["document_id"]):
        raise DatasetError(
            f"document {document['document_id'][:SHOWN_ID]!r}: expected an id of 64 hex digits, as `extractor run` writes them"
        )
    return f"{document['document_id'][:SHOWN_ID]}.html"


def title_of(document: DatasetRow) -> str:
    """Return a document's title: its organisation, else its file name."""
    return document["organisation"] or Path(document["path"]).stem


def counts_of(items: Sequence[DatasetRow]) -> Counter[str]:
    """Return verdict → number of amounts, 0 for a verdict that does not occur."""
    return Counter({v.id: 0 for v in wording.VERDICTS}) + Counter(i["verdict"] for i in items)


def view(
    document: DatasetRow,
    rows: Mapping[str, Sequence[DatasetRow]],
    totals: Sequence[DatasetRow],
    pictures: Pictures,
    least: Severity,
) -> DocumentView:
    """Return the view of one document.

    Args:
        document: Its row of `documents`.
        rows: Dataset → its rows, in reading order.
        totals: The totals of its organisation in `figures`, of all documents.
        pictures: Its pictures.
        least: The least grave findings that are shown.
    """
    items = {item["item_id"]: item for item in rows["line_items"]}
    by_table = items_by_table(rows["line_items"])
    checks = [_check(n, check, items) for n, check in enumerate(rows["checks"])]
    tables = tuple(
        _table(n, table, by_table[table["table_id"]], pictures, checks) for n, table in enumerate(rows["tables"])
    )
    within = {c.number for t in tables for c in t.checks}
    return DocumentView(
        document,
        title_of(document),
        counts_of(rows["line_items"]),
        tuple(f for f in _failures(checks, "finding") if _gravity(f) <= SEVERITIES.index(least)),
        tuple(_failures(checks, "doubt")),
        _charts(document, rows["figures"], items, tables, totals),
        tables,
        tuple(checks),
        tuple(c for c in checks if c.number not in within),
        pictures,
    )


def items_by_table(items: Sequence[DatasetRow]) -> Mapping[str, list[DatasetRow]]:
    """Return table id → its items."""
    found: dict[str, list[DatasetRow]] = defaultdict(list)
    for item in items:
        found[item["table_id"]].append(item)
    return found


def _check(number: int, check: DatasetRow, items: Mapping[str, DatasetRow]) -> CheckView:
    left = [items[i] for i in check["left_items"] or () if i in items]
    right = [items[i] for i in check["right_items"] or () if i in items]
    return CheckView(
        number,
        check,
        wording.RESULTS.get(check["standing"] or check["holds"], "uncovered"),
        tuple(wording.local_id(i["item_id"]) for i in left),
        tuple(wording.local_id(i["item_id"]) for i in right),
        len(check["left_items"] or ()) + len(check["right_items"] or ()) - len(left) - len(right),
        wording.figures_of(check, (*left, *right)) if check["holds"] == "no" else None,
        wording.caution(check),
        left[0]["page"] if left else None,
    )


def _failures(checks: Sequence[CheckView], standing: Standing) -> list[CheckView]:
    """Return the failures of one standing, the gravest first."""
    return sorted((c for c in checks if c.row["standing"] == standing), key=_gravity)


def _gravity(check: CheckView) -> int:
    return SEVERITIES.index(check.row["severity"])


def _charts(
    document: DatasetRow,
    figures: Sequence[DatasetRow],
    items: Mapping[str, DatasetRow],
    tables: Sequence[TableView],
    totals: Sequence[DatasetRow],
) -> tuple[Chart, ...]:
    if not items:
        return ()
    charts = []
    for chosen in (spending.FUNCTION, spending.ECONOMIC):
        found = spending.spending(document, figures, items, chosen)
        if isinstance(found, spending.NoSpending):
            charts.append(Chart(chosen, None, None, None, (), found.reason))
        else:
            table = next(t for t in tables if t.row["table_id"] == found.quoted["table_id"])
            years = bars(totals, found.total) if chosen == spending.FUNCTION else ()
            charts.append(Chart(chosen, found, treemap(found), table, years, ""))
    return tuple(charts)


def _table(
    number: int, table: DatasetRow, items: Sequence[DatasetRow], pictures: Pictures, checks: Sequence[CheckView]
) -> TableView:
    boxes: dict[int, list[DatasetRow]] = defaultdict(list)
    for item in items:
        if item["x0"] is not None:
            boxes[item["page"]].append(item)
    touching = [c for c in checks if table["table_id"] in (c.row["table_ids"] or ())]
    own = tuple(c for c in touching if len(c.row["table_ids"]) == 1)
    return TableView(
        number,
        table,
        wording.table_name(table),
        counts_of(items),
        rebuild(table, items),
        tuple(p for p in pictures.pictures if p.table_id == table["table_id"]),
        boxes,
        own,
        len(touching) - len(own),
    )
