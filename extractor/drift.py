"""Notice when a publisher changes: its new documents held against its earlier ones, by `configs/drift.toml`."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pyarrow.compute as pc

from extractor.contract import READ, DriftKind
from extractor.datasets.history import stands
from extractor.datasets.opened import Datasets
from extractor.vocabulary.drift_rules import DriftRules

Row = dict[str, Any]
SHARES: tuple[DriftKind, ...] = ("named_share", "proven_share")
NONE = "—"  # what a table or a document does not have
MAX_TERMS = 6  # of those that are usual, that are told
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


class Drift(NamedTuple):
    """Something in a document that its publisher's earlier documents do not have.

    Attributes:
        publisher: The region; where none is known, the host of its site, or else the folder.
        organisation_level: That of the organisations whose documents are held against each other.
        phase: That of the documents.
        path: The document's.
        page: Where its table begins; None for what concerns the document.
        table_type: None for what concerns the document.
        what: What differs.
        found: What it has.
        usual: What the earlier documents have and it has not; where it has all of that, what most of them have.
        documents: How many these are.
    """

    publisher: str
    organisation_level: str | None
    phase: str | None
    path: str
    page: int | None
    table_type: str | None
    what: DriftKind
    found: str
    usual: str
    documents: int


@dataclass(frozen=True, slots=True)
class _Document:
    """One document with what it is held against others by."""

    row: Row
    tables: list[Row]
    shares: dict[DriftKind, float]

    def terms(self, table_type: str, of: Callable[[Row], Sequence[str]]) -> dict[str, int]:
        """Return every term that its tables of a type have, with the page of the first."""
        found: dict[str, int] = {}
        for table in self.tables:
            if table["table_type"] == table_type:
                for term in of(table):
                    found.setdefault(term, table["first_page"])
        return found


Publisher = tuple[str, str | None, str | None]  # the first fields of `Drift`


def drift(datasets: Datasets, rules: DriftRules, since: datetime | None = None) -> list[Drift]:
    """Return what is new in the documents of a night, by publisher, and by table type.

    Args:
        datasets: Those of a folder.
        rules: The thresholds.
        since: Documents that were first seen before that moment are the usual ones; None: when the last run began that saw a
            document for the first time.

    Raises:
        DatasetError: A part is missing or damaged.
    """
    rows = list(datasets.documents)
    night = since or max((d["first_seen"] for d in rows if d["first_seen"]), default=ALWAYS)
    publishers: dict[Publisher, tuple[list[_Document], list[_Document]]] = defaultdict(lambda: ([], []))
    for document in _documents(rows, datasets):
        seen = document.row["first_seen"]
        publishers[_publisher(document.row)][seen is not None and seen >= night].append(document)
    found: list[Drift] = []
    for publisher, (earlier, new) in sorted(publishers.items(), key=lambda pair: tuple(map(str, pair[0]))):
        if new and len(earlier) >= rules.least:
            found += _of_publisher(publisher, earlier, new, rules)
    return found


def _documents(rows: Sequence[Row], datasets: Datasets) -> Iterator[_Document]:
    """Yield the documents that stand and were read, with their tables and shares."""
    tables: dict[str, list[Row]] = defaultdict(list)
    columns = ["document_id", "table_type", "template_id", "unit", "header", "columns", "first_page"]
    for part in datasets.tables.parts(columns):
        for table in part.to_pylist():
            tables[table["document_id"]].append(table)
    named: Counter[str] = Counter()
    for part in datasets.line_items.parts(["document_id", "measure"]):
        counts = part.filter(pc.is_valid(part["measure"]))["document_id"].value_counts()
        named.update({count["values"]: count["counts"] for count in counts.to_pylist()})
    for row in rows:
        if stands(row) and row["status"] in READ:
            yield _Document(row, tables[row["document_id"]], _shares(row, named[row["document_id"]]))


def _shares(document: Row, named: int) -> dict[DriftKind, float]:
    amounts = document["line_items"]
    if not amounts:
        return {}
    return {"named_share": named / amounts, "proven_share": (document["proven"] + document["rounded"]) / amounts}


def _publisher(document: Row) -> Publisher:
    return document["region"] or source_of(document), document["organisation_level"], document["phase"]


def source_of(document: Row) -> str:
    """Return where a document is from: the host of its site, or else its folder; what `fetch` keeps lies in folders by hash."""
    site = urlsplit(document["source_url"] or "")
    return (site.scheme in ("http", "https") and site.hostname) or str(PurePosixPath(document["path"]).parent)


def _of_publisher(
    publisher: Publisher, earlier: list[_Document], new: list[_Document], rules: DriftRules
) -> Iterator[Drift]:
    types = Counter(t for d in earlier for t in {table["table_type"] for table in d.tables} if t is not None)
    for document in new:
        path = document.row["path"]
        for share in SHARES:
            usual = [d.shares[share] for d in earlier if d.shares]
            if document.shares and len(usual) >= rules.least and document.shares[share] < min(usual) - rules.margin:
                said = f"{document.shares[share]:.3f}", f"≥ {min(usual):.3f}"
                yield Drift(*publisher, path, None, None, share, *said, len(usual))
        partial = sum(d.row["status"] == "partial" for d in earlier)
        if document.row["status"] == "partial" and partial <= rules.rare * len(earlier):
            yield Drift(*publisher, path, None, None, "partial", document.row["reason"], NONE, len(earlier))
        own = {table["table_type"] for table in document.tables}
        for table_type, count in sorted(types.items()):
            if table_type not in own and count >= rules.usual * len(earlier):
                in_usual = f"{count}/{len(earlier)}"
                yield Drift(*publisher, path, None, table_type, "missing_table", NONE, in_usual, len(earlier))
    for table_type, count in sorted(types.items()):
        if count >= rules.least:
            yield from _of_type(publisher, table_type, earlier, new, rules)


def _of_type(
    publisher: Publisher, table_type: str, earlier: list[_Document], new: list[_Document], rules: DriftRules
) -> Iterator[Drift]:
    """Yield the terms of each kind that no earlier document has, where each of these has hardly one of its own."""
    for what, of in TERMS.items():
        usual = [own for d in earlier if (own := d.terms(table_type, of))]
        counts = Counter(term for own in usual for term in own)
        alone = sum(any(counts[term] == 1 for term in own) for own in usual)
        if alone > rules.rare * len(usual):
            continue
        common = [term for term, count in counts.most_common() if count >= rules.usual * len(usual)]
        for document in new:
            own = document.terms(table_type, of)
            gone = [term for term in common if term not in own] or list(counts)
            for term, page in own.items():
                if term not in counts:
                    said = term, ", ".join(gone[:MAX_TERMS])
                    yield Drift(*publisher, document.row["path"], page, table_type, what, *said, len(usual))


def _header_terms(table: Row) -> list[str]:
    """Return the texts of a header, the years in them left out: they change every year."""
    terms: list[str] = []
    rest: list[Row] = list(json.loads(table["header"]))
    while rest:
        node = rest.pop(0)
        terms.append(re.sub(r"\d+", "0", node["text"]))
        rest = [*node.get("children", ()), *rest]
    return [term for term in terms if term]


TERMS: dict[DriftKind, Callable[[Row], Sequence[str]]] = {
    "header": _header_terms,
    "unit": lambda table: [table["unit"] or NONE],
    "columns": lambda table: [str(table["columns"])],
    "template": lambda table: [table["template_id"] or NONE],
}
