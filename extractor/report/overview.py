"""What stands on the pages over all documents: the index, all findings, and what is searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from extractor.checks.severity import SEVERITIES
from extractor.contract import READ, Severity
from extractor.datasets.history import stands
from extractor.drift import Drift
from extractor.report import wording
from extractor.report.document_rows import DocumentRows
from extractor.report.original import fragment, link_to
from extractor.report.page import file_name, title_of
from extractor.report.wording import DatasetRow, local_id

FACETS = ("region", "fiscal_year", "organisation_level", "phase")


def index(documents: Sequence[DatasetRow], findings: int) -> dict[str, Any]:
    """Return the values for the index: documents with amounts, those without, with the reason, and the facets."""
    verdicts = [v.id for v in wording.VERDICTS]
    rows = [
        {
            **d,
            "title": title_of(d),
            "name": Path(d["path"]).name,
            "file": file_name(d) if d["status"] in READ else None,
            "counts": Counter({v: d[v] or 0 for v in verdicts}),
        }
        for d in documents
    ]
    return {
        "rows": [r for r in rows if r["line_items"]],
        "without": [r for r in rows if not r["line_items"]],
        "partial": [r for r in rows if r["line_items"] and r["status"] != "ok"],
        "counts": Counter({v: sum(d[v] or 0 for d in documents) for v in verdicts}),
        "tables": sum(d["tables"] or 0 for d in documents),
        "findings": findings,
        "facets": facets([r for r in rows if r["line_items"]]),
    }


def facets(rows: Sequence[DatasetRow]) -> dict[str, Counter[Any]]:
    """Return facet → its values with the number of rows that have each, in order."""
    found: dict[str, Counter[Any]] = {}
    for name in (*FACETS, "title"):
        counts = Counter(r[name] for r in rows if r[name] is not None)
        found[name] = Counter({value: counts[value] for value in sorted(counts)})
    return found


def changes(told: Sequence[Drift], documents: Sequence[DatasetRow], out: Path) -> list[dict[str, Any]]:
    """Return what is new at publishers, each with its document's page and original."""
    standing = {d["path"]: d for d in documents if stands(d)}
    return [
        {**drift._asdict(), "document": d, "file": file_name(d), "original": f"{link_to(d, out)}{fragment(d)}"}
        for drift in told
        if (d := standing.get(drift.path))
    ]


def findings(rows: DocumentRows, out: Path, least: Severity) -> list[dict[str, Any]]:
    """Return the findings of all documents that stand, the gravest first, each with its document and the number of its check there."""
    shown = SEVERITIES[: SEVERITIES.index(least) + 1]
    found = [
        f
        for d in rows.documents
        if d["status"] in READ and d["line_items"] and d["superseded_by"] is None
        for f in _findings(d, rows, out, shown)
    ]
    return sorted(found, key=lambda f: SEVERITIES.index(f["check"]["severity"]))


def _findings(
    document: DatasetRow, rows: DocumentRows, out: Path, shown: Sequence[Severity]
) -> Iterator[dict[str, Any]]:
    columns = [
        "standing",
        "severity",
        "sentence",
        "sentence_zh",
        "stated",
        "computed",
        "difference",
        "left_items",
        "kind",
    ]
    checks = rows.table("checks", document["document_id"], columns)
    if not pc.any(pc.equal(checks["standing"], "finding")).as_py():
        return
    pages = dict(zip(*_columns(rows, document, "item_id", "page"), strict=True))
    for number, check in enumerate(checks.to_pylist()):
        if check["standing"] == "finding" and check["severity"] in shown:
            page = next((pages[i] for i in check["left_items"] or () if i in pages), None)
            yield {
                **{name: document[name] for name in FACETS},
                "check": check,
                "number": number,
                "title": title_of(document),
                "file": file_name(document),
                "caution": wording.caution(check),
                "page": page,
                "original": f"{link_to(document, out)}{fragment(document)}",
            }


def searched(rows: DocumentRows) -> dict[str, Any]:
    """Return all labels and amounts: texts once, and by document and table its items.

    Each is four values: the place of its label among the texts, that of its header and unit, its amount, its row and column.
    """
    texts: dict[str, int] = {}
    documents = []
    for document in rows.documents:
        if document["status"] in READ and document["line_items"]:
            tables: dict[str, list[Any]] = {}
            names = ("item_id", "label", "measure_label", "unit", "amount_text")
            for item_id, label, header, unit, amount in zip(*_columns(rows, document, *names), strict=True):
                table, _, place = local_id(item_id).partition("/")
                below = " · ".join(filter(None, (header, unit)))
                told = (texts.setdefault(label, len(texts)), texts.setdefault(below, len(texts)))
                tables.setdefault(table, []).extend((*told, amount, place))
            head = (title_of(document), document["fiscal_year"] or "", document["region"] or "")
            documents.append([file_name(document), *head, list(tables.items())])
    return {"texts": list(texts), "documents": documents}


def _columns(rows: DocumentRows, document: Mapping[str, Any], *names: str) -> list[list[Any]]:
    table = rows.table("line_items", document["document_id"], list(names))
    return [table[name].to_pylist() for name in names]
