"""Arrange one document's datasets for its page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.checks.severity import SEVERITIES
from extractor.contract import Severity, Standing
from extractor.errors import DatasetError, DocumentError, StorageError, UsageError
from extractor.filesystem import find_file, is_url
from extractor.jobs.opener import Opener
from extractor.report import wording
from extractor.report.as_read import AsRead, rebuild
from extractor.report.drawer import Drawer
from extractor.report.images import LIMIT, extents_of, page_images
from extractor.report.render_pages import Strip
from extractor.report.spending import NoSpending, Spending, by_economic_class, by_function
from extractor.report.treemap import Treemap, treemap
from extractor.report.wording import DatasetRow, Figures

SHOWN_ID = 16  # characters of a document's id in file names
_ID = re.compile(r"[0-9a-f]{64}")
# A dataset may come from a stranger: of other URLs it would choose the server, and with which of our keys it is asked.
_PLAIN_URL = re.compile(r"(?:s3|gs|file)://[^?@]*")


@dataclass(frozen=True, slots=True)
class Names:
    """Chinese names: of table types by id, and of a code by scheme, code and year."""

    table_types: Mapping[str, str]
    code: Callable[[str, str, int | None], str | None]


@dataclass(frozen=True, slots=True)
class CheckView:
    """One identity; `left` and `right` are numbers of amounts on this page, `elsewhere` counts terms that are not on it."""

    number: int
    row: DatasetRow
    rule: tuple[str, str]
    left: tuple[int, ...]
    right: tuple[int, ...]
    elsewhere: int
    figures: Figures | None
    caution: str
    place: str


@dataclass(frozen=True, slots=True)
class TableView:
    """One table: as read, its page images, and the checks within it; `crossing` counts checks with other tables."""

    number: int
    row: DatasetRow
    name: str
    zh: str
    counts: Counter[str]
    as_read: AsRead
    strips: tuple[Strip, ...]
    boxes: Mapping[int, list[DatasetRow]]
    checks: tuple[CheckView, ...]
    crossing: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of spending, or the reason why there is none."""

    title: str
    zh: str
    spending: Spending | None
    picture: Treemap | None
    source: str
    anchor: str
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything on a document's page."""

    row: DatasetRow
    file: str
    title: str
    counts: Counter[str]
    sentence: str
    sentence_zh: str
    notices: tuple[str, ...]
    findings: tuple[CheckView, ...]
    doubts: tuple[CheckView, ...]
    charts: tuple[Chart, ...]
    tables: tuple[TableView, ...]
    across: tuple[CheckView, ...]
    numbers: Mapping[str, int]
    images: int  # strips of pages shown


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
    tables: Sequence[DatasetRow],
    items: Sequence[DatasetRow],
    checks: Sequence[DatasetRow],
    names: Names,
    opener: Opener,
    drawer: Drawer,
    least: Severity,
) -> DocumentView:
    """Return the view of one document.

    Args:
        document: Its row of `documents`.
        tables: Its rows of `tables`, in reading order.
        items: Its rows of `line_items`.
        checks: Its rows of `checks`.
        names: Names of table types and codes.
        opener: Opens the original file.
        drawer: Draws the page images.
        least: The least grave findings that are shown.
    """
    numbers = {item["item_id"]: number for number, item in enumerate(items)}
    by_table: dict[str, list[DatasetRow]] = defaultdict(list)
    for item in items:
        by_table[item["table_id"]].append(item)
    check_views = _checks(checks, {i["item_id"]: i for i in items}, numbers)
    strips, notices = _images(document, tables, by_table, opener, drawer)
    counts = counts_of(items)
    table_views = tuple(
        _table(n, table, by_table[table["table_id"]], strips.get(table["table_id"], []), check_views, names)
        for n, table in enumerate(tables)
    )
    within = {c.number for t in table_views for c in t.checks}
    return DocumentView(
        document,
        file_name(document),
        title_of(document),
        counts,
        wording.proof(counts, len(tables)),
        wording.proof_zh(counts, len(tables)),
        notices,
        tuple(f for f in _failures(check_views, "finding") if _gravity(f) <= SEVERITIES.index(least)),
        tuple(_failures(check_views, "doubt")),
        _charts(document, tables, by_table, names),
        table_views,
        tuple(c for c in check_views if c.number not in within),
        numbers,
        sum(map(len, strips.values())),
    )


def _checks(
    checks: Sequence[DatasetRow],
    items: Mapping[str, DatasetRow],
    numbers: Mapping[str, int],
) -> list[CheckView]:
    views = []
    for number, check in enumerate(checks):
        left = [items[i] for i in check["left_items"] or () if i in items]
        right = [items[i] for i in check["right_items"] or () if i in items]
        failed = check["holds"] == "no"
        views.append(
            CheckView(
                number,
                check,
                wording.RULES.get(check["rule"], (check["rule"].replace("_", " "), "")),
                tuple(numbers[i["item_id"]] for i in left),
                tuple(numbers[i["item_id"]] for i in right),
                len(check["left_items"] or ()) + len(check["right_items"] or ()) - len(left) - len(right),
                wording.figures_of(check, (*left, *right)) if failed else None,
                wording.caution(check),
                f"p. {left[0]['page']}" if left else "",
            )
        )
    return views


def _failures(checks: Sequence[CheckView], standing: Standing) -> list[CheckView]:
    """Return the failures of one standing, the gravest first."""
    return sorted((c for c in checks if c.row["standing"] == standing), key=_gravity)


def _gravity(check: CheckView) -> int:
    return SEVERITIES.index(check.row["severity"])


def _images(
    document: DatasetRow,
    tables: Sequence[DatasetRow],
    items: Mapping[str, Sequence[DatasetRow]],
    opener: Opener,
    drawer: Drawer,
) -> tuple[Mapping[str, list[Strip]], tuple[str, ...]]:
    """Return table id → strips of page images, and notices about images that are missing."""
    if not tables:
        return {}, ()
    path = document["path"]
    if is_url(path) and not _PLAIN_URL.fullmatch(path):
        return {}, (f"The original file is at {path}, which a report does not open: page images are left out.",)
    try:
        source = opener.read_whole(find_file(path))
    except (DocumentError, StorageError, UsageError):
        return {}, (
            f"The original file can no longer be read at {path}: page images are left out; all figures are as read.",
        )
    if source.sha256 != document["document_id"]:
        return {}, (f"The file at {path} has changed since it was read (other sha256): page images are left out.",)
    if source.kind != "pdf":
        return {}, (f"Page images are made of PDF files alone; this document is {document['kind']}.",)
    wrong = {i["page"] for own in items.values() for i in own if i["verdict"] == "contradicted"}
    images = page_images(source.data, source.name, extents_of(tables, items), wrong, drawer)
    notices = []
    if images.beyond:
        notices.append(
            f"Images of pages {_listed(images.beyond)} are left out: a document gets at most {LIMIT // 1_000_000} MB of "
            "images, the pages with contradictions first."
        )
    if images.undrawn:
        notices.append(f"Images of pages {_listed(images.undrawn)} are left out: they could not be drawn.")
    return images.strips, tuple(notices)


def _listed(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))


def _charts(
    document: DatasetRow, tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]], names: Names
) -> tuple[Chart, ...]:
    def name(scheme: str, code: str) -> str | None:
        return names.code(scheme, code, document["fiscal_year"])

    if not any(items.values()):
        return ()
    charts = []
    for title, zh, choose in (
        ("Spending by function", "支出功能分类：类 › 项", by_function),
        ("Basic expenditure by economic class", "基本支出经济分类：类 › 款", by_economic_class),
    ):
        found = choose(tables, items, name)
        if isinstance(found, NoSpending):
            charts.append(Chart(title, zh, None, None, "", "", found.reason))
        else:
            place = next(n for n, table in enumerate(tables) if table["table_id"] == found.table["table_id"])
            charts.append(Chart(title, zh, found, treemap(found), wording.table_name(found.table), f"t{place}", ""))
    return tuple(charts)


def _table(
    number: int,
    table: DatasetRow,
    items: Sequence[DatasetRow],
    strips: Sequence[Strip],
    checks: Sequence[CheckView],
    names: Names,
) -> TableView:
    boxes: dict[int, list[DatasetRow]] = defaultdict(list)
    for item in items:
        if item["x0"] is not None:
            boxes[item["page"]].append(item)
    kind = table["table_type"] or ""
    touching = [c for c in checks if table["table_id"] in (c.row["table_ids"] or ())]
    own = tuple(c for c in touching if len(c.row["table_ids"]) == 1)
    return TableView(
        number,
        table,
        wording.table_name(table),
        names.table_types.get(kind.removesuffix("_final"), ""),
        counts_of(items),
        rebuild(table, items),
        tuple(strips),
        boxes,
        own,
        len(touching) - len(own),
    )
