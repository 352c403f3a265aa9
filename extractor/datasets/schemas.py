"""The dataset contract: one explicit Arrow schema a dataset, and its columns filled from what was read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

import pyarrow as pa

from extractor import __version__
from extractor.document import Document, printable
from extractor.filesystem import is_url
from extractor.grids.grid import UNPLACED
from extractor.records.item import LineItem
from extractor.records.items import table_id

_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float32()
_YUAN, _VALUE = pa.decimal128(20, 2), pa.decimal128(24, 6)
_TEXTS = pa.list_(pa.string())

DOCUMENTS = pa.schema(
    [
        *((name, _TEXT) for name in ("document_id", "path", "source_url", "kind", "status", "reason")),
        ("fiscal_year", pa.int16()),
        *((name, _TEXT) for name in ("phase", "organisation", "organisation_level", "region_code", "region")),
        *(
            (n, _INT)
            for n in ("pages", "pages_ocr", "tables", "line_items", "proven", "rounded", "uncovered", "contradicted")
        ),
        ("seconds", _REAL),
        ("extractor_version", _TEXT),
        ("config_hash", _TEXT),
    ]
)
TABLES = pa.schema(
    [
        *((name, _TEXT) for name in ("document_id", "table_id", "table_type", "template_id", "title", "unit")),
        ("first_page", _INT),
        ("last_page", _INT),
        *((name, _REAL) for name in ("x0", "top", "x1", "bottom")),
        ("rows", _INT),
        ("columns", _INT),
        ("header", _TEXT),
        ("reading", _TEXT),
        ("readings_tried", _TEXTS),
        ("empty", pa.bool_()),
        ("confidence", _REAL),
        ("why_unrecognised", _TEXT),
        ("table_number", _TEXT),
        ("agency", _TEXT),
        ("reason", _TEXT),
        ("notes", _TEXTS),
    ]
)
LINE_ITEMS = pa.schema(
    [
        ("document_id", _TEXT),
        ("table_id", _TEXT),
        ("fiscal_year", pa.int16()),
        ("amount_year", pa.int16()),
        ("table_type", _TEXT),
        ("side", _TEXT),
        ("classification", _TEXT),
        ("code", _TEXT),
        *((f"{n}_code", _TEXT) for n in ("functional", "economic_department", "economic_government", "revenue")),
        *((name, _TEXT) for name in ("code_class", "code_section", "code_item")),
        ("level", pa.int8()),
        *((name, _TEXT) for name in ("code_source", "agency_code", "agency_name", "label", "label_standard")),
        ("is_total", pa.bool_()),
        *((name, _TEXT) for name in ("measure", "measure_label", "phase")),
        ("amount", _YUAN),
        ("value", _VALUE),
        ("unit", _TEXT),
        ("amount_text", _TEXT),
        ("page", _INT),
        ("row", _INT),
        ("column", _INT),
        *((name, _REAL) for name in ("x0", "top", "x1", "bottom")),
        ("reading", _TEXT),
        ("verdict", _TEXT),
        ("item_id", _TEXT),
        ("attributes", pa.list_(pa.struct([("name", _TEXT), ("text", _TEXT)]))),
        ("confidence", _REAL),  # 0 to 1, of amounts recognised in a picture; null where the document says its text
    ]
)
CHECKS = pa.schema(
    [
        *((name, _TEXT) for name in ("check_id", "document_id", "rule", "statement")),
        *((name, _TEXTS) for name in ("table_ids", "left_items", "right_items")),
        *((name, _YUAN) for name in ("stated", "computed", "difference")),
        ("tolerance", _VALUE),  # half a cent, and half of the sixth decimal of 万元
        ("holds", _TEXT),
        ("kind", _TEXT),
        ("suspect", _TEXT),
        ("suggested", _YUAN),
    ]
)
SECTIONS = pa.schema(
    [
        ("document_id", _TEXT),
        ("section", _INT),
        ("level", pa.int8()),
        *((name, _TEXT) for name in ("number", "title", "kind")),
        ("page", _INT),
        ("end_page", _INT),
        ("listed", pa.bool_()),
        ("text", _TEXT),
    ]
)
STATEMENTS = pa.schema(
    [
        ("statement_id", _TEXT),
        ("document_id", _TEXT),
        ("section", _INT),
        *((name, _TEXT) for name in ("section_kind", "section_title", "subject", "code", "part_of", "label")),
        ("fiscal_year", pa.int16()),
        *((name, _TEXT) for name in ("phase", "direction", "base")),
        ("amount", _YUAN),
        ("value", _VALUE),
        ("unit", _TEXT),
        ("percent", _VALUE),
        ("amount_text", _TEXT),
        ("percent_text", _TEXT),
        ("approximate", pa.bool_()),
        ("explained", pa.bool_()),
        ("explanation", _TEXT),
        *((name, _INT) for name in ("page", "end_page", "start", "end")),
        ("text", _TEXT),
    ]
)
ENTRIES = pa.schema(
    [
        ("document_id", _TEXT),
        ("ordinal", _INT),
        *((name, _TEXT) for name in ("kind", "number", "name", "category")),
        ("count", _INT),
        ("text", _TEXT),
        *((name, _INT) for name in ("section", "page", "start")),
    ]
)
ASSETS = pa.schema(
    [
        ("document_id", _TEXT),
        ("ordinal", _INT),
        *((name, _TEXT) for name in ("kind", "label")),
        ("is_total", pa.bool_()),
        ("planned", pa.bool_()),
        ("count", _INT),
        ("unit", _TEXT),
        ("threshold", _INT),
        ("as_of", _TEXT),
        *((name, _INT) for name in ("section", "page", "start")),
        ("text", _TEXT),
    ]
)
PROJECTS = pa.schema(
    [
        ("document_id", _TEXT),
        ("ordinal", _INT),
        *(
            (name, _TEXT)
            for name in ("name", "implementing_unit", "period", "budget", "basis", "overview", "plan", "targets")
        ),
        ("section", _INT),
        ("page", _INT),
    ]
)
SCHEMAS = {
    "documents": DOCUMENTS,
    "tables": TABLES,
    "line_items": LINE_ITEMS,
    "checks": CHECKS,
    "sections": SECTIONS,
    "statements": STATEMENTS,
    "entries": ENTRIES,
    "assets": ASSETS,
    "projects": PROJECTS,
}


def arrow_tables(documents: Sequence[Document], config_hash: str) -> dict[str, pa.Table]:
    """Return one Arrow table a dataset for a batch of documents, rows in reading order."""
    return {
        "documents": _table(DOCUMENTS, _columns([_document(d, config_hash) for d in documents])),
        "tables": _table(TABLES, _columns([row for d in documents for row in _tables(d)])),
        "line_items": _line_items(documents),
        "checks": _table(CHECKS, _attributes(CHECKS.names, [c for d in documents for c in d.checks])),
        **_words(documents),
    }


def _words(documents: Sequence[Document]) -> dict[str, pa.Table]:
    """Return the datasets of the documents' prose."""
    found: dict[str, pa.Table] = {}
    for name in ("sections", "statements", "entries", "assets", "projects"):
        schema = SCHEMAS[name]
        rows = [row for d in documents for row in getattr(d.words, name)]
        columns: dict[str, Any] = {"document_id": [d.document_id for d in documents for _ in getattr(d.words, name)]}
        if name == "sections":
            columns["section"] = [section.ordinal for section in rows]
        found[name] = _table(schema, columns | _attributes([n for n in schema.names if n not in columns], rows))
    return found


def _attributes(names: Sequence[str], rows: Sequence[object]) -> dict[str, list[Any]]:
    """Return columns that are attributes of objects: dicts of rows in between would take three times as long."""
    return {name: list(map(attrgetter(name), rows)) for name in names}


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def _table(schema: pa.Schema, columns: dict[str, list[Any]]) -> pa.Table:
    """Return a table; columns that nothing fills are null."""
    count = len(next(iter(columns.values()), ()))
    arrays = [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(count, f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _document(document: Document, config_hash: str) -> dict[str, Any]:
    facts = document.facts
    verdicts = Counter(document.verdicts.values())
    return {
        "document_id": document.document_id,
        "path": printable(document.path),
        "source_url": document.path.split("!/")[0] if is_url(document.path) else None,
        "kind": document.kind,
        "status": document.status,
        "reason": document.reason,
        "fiscal_year": facts.fiscal_year,
        "phase": facts.phase,
        "organisation": facts.organisation,
        "organisation_level": facts.organisation_level,
        "region_code": facts.region_code,
        "region": facts.region,
        "pages": document.pages,
        "pages_ocr": document.pages_ocr,
        "tables": len(document.tables),
        "line_items": len(document.items),
        **{name: verdicts[name] for name in ("proven", "rounded", "uncovered", "contradicted")},
        "seconds": document.seconds,
        "extractor_version": __version__,
        "config_hash": config_hash,
    }


def _tables(document: Document) -> list[dict[str, Any]]:
    least_sure: dict[str, float] = {}
    for item in document.items:
        if item.confidence is not None:
            least_sure[item.table_id] = min(item.confidence, least_sure.get(item.table_id, 1.0))
    return [
        {
            "document_id": document.document_id,
            "table_id": table_id(document.document_id, table.ordinal),
            "table_type": table.table_type,
            "template_id": table.template_id,
            "title": table.title,
            "unit": table.unit,
            "first_page": table.first_page,
            "last_page": table.last_page,
            **{
                name: None if table.reading in UNPLACED else getattr(table, name)
                for name in ("x0", "top", "x1", "bottom")
            },
            "rows": len(table.rows),
            "columns": len(table.columns),
            "header": json.dumps(table.header, ensure_ascii=False),
            "reading": table.reading,
            "readings_tried": list(table.readings_tried or (table.reading,)),
            "empty": table.empty,
            "confidence": least_sure.get(table_id(document.document_id, table.ordinal)),
            "why_unrecognised": None if table.table_type else table.reason,
            "table_number": table.number,
            "agency": table.agency,
            "reason": table.reason,
            "notes": list(table.notes),
        }
        for table in document.tables
    ]


def _line_items(documents: Sequence[Document]) -> pa.Table:
    items = [item for d in documents for item in d.items]
    columns: dict[str, Any] = dict(
        zip(LineItem._fields, zip(*items, strict=True) if items else repeat(()), strict=False)
    )
    codes = columns["code"]
    columns["code_class"] = [c[:3] if c else None for c in codes]
    columns["code_section"] = [c[3:5] if c and len(c) > 3 else None for c in codes]
    columns["code_item"] = [c[5:7] if c and len(c) > 5 else None for c in codes]
    columns["level"] = [(len(c) - 1) // 2 if c else None for c in codes]
    columns["verdict"] = [d.verdicts.get(item.item_id, "uncovered") for d in documents for item in d.items]
    columns["attributes"] = [[{"name": name, "text": text} for name, text in pairs] for pairs in columns["attributes"]]
    return _table(LINE_ITEMS, columns)
