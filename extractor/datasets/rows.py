"""The columns that a dataset's rows add to those of the document's own objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from extractor.contract import Described, DocumentId, FigureScope, Int8, Verdict
from extractor.datasets.history import SUCCESSOR
from extractor.document import DocumentReading, printable
from extractor.filesystem import is_url
from extractor.grids.grid import UNPLACED
from extractor.records.item import LineItem
from extractor.version import __version__


class InDocument(NamedTuple):
    """The document of a row of the prose."""

    document_id: DocumentId


class DocumentRow(NamedTuple):
    """The columns of `documents` beyond those of `DocumentReading` and `Facts`."""

    path: Annotated[
        str,
        Described(
            "Where it was read, as given or a URL without its secrets; a member of an archive is `archive.zip!/member.pdf`.",
            "samples/shanghai-2026-unit.pdf",
        ),
    ]
    source_url: Annotated[
        str | None,
        Described(
            "The address that it, or its archive, was fetched from (`extractor fetch`), or else the URL that it was read from; "
            "null for other files.",
            "https://www.example.gov.cn/czxx/2026.pdf",
        ),
    ]
    published: Annotated[
        str | None,
        Described(
            "The date of publication that the publisher's page prints; null where it was not fetched, or none is printed.",
            "2026-03-02",
            values="YYYY-MM-DD",
        ),
    ]
    tables: Annotated[int, Described("Rows of `tables`.", 9, unit="tables")]
    line_items: Annotated[int, Described("Rows of `line_items`.", 251, unit="amounts")]
    proven: Annotated[int, Described("How many of them are proven.", 240, unit="amounts")]
    rounded: Annotated[int, Described("How many of them are rounded.", 6, unit="amounts")]
    uncovered: Annotated[int, Described("How many of them are uncovered.", 5, unit="amounts")]
    contradicted: Annotated[int, Described("How many of them are contradicted.", 0, unit="amounts")]
    extractor_version: Annotated[str, Described("The extractor that read it.", "0.1.0")]
    config_hash: Annotated[
        str,
        Described(
            "SHA-256 over the configuration that it was read with.",
            "169c3fe562f4120263334341cc21a9896cdcbf43f9b06403b4b462141503538f",
            values="64 hex digits",
        ),
    ]
    organisation_id: Annotated[
        str | None,
        Described(
            "Whose it is; `region-?document` where it names nobody, null where it was not read.",
            "350100-福州市公安局",
            values="an `organisations.organisation_id`",
        ),
    ]
    scope: Annotated[
        FigureScope | None,
        Described(
            "Of a department the whole with its units or its own (本级, or a unit); null for governments, whose tables say it.",
            "department",
        ),
    ]


class TableRow(NamedTuple):
    """The columns of `tables` beyond those of `Table`."""

    document_id: DocumentId
    x0: Annotated[
        float | None,
        Described(
            "Its left edge on its first page as displayed; null where the format has no geometry.",
            56.75,
            unit="points from the page's left",
        ),
    ]
    top: Annotated[float | None, Described("Its top edge.", 120.5, unit="points from the page's top")]
    x1: Annotated[float | None, Described("Its right edge.", 540.25, unit="points from the page's left")]
    bottom: Annotated[float | None, Described("Its bottom edge.", 730.0, unit="points from the page's top")]
    rows: Annotated[int, Described("Rows without the header, over all pages.", 31, unit="rows")]
    columns: Annotated[int, Described("Columns, those of texts included.", 6, unit="columns")]
    header: Annotated[
        str,
        Described(
            "The header as a tree.",
            '[{"text": "基本支出", "children": [{"text": "人员经费"}, {"text": "公用经费"}]}]',
            values="JSON: a list of objects with `text` and, over others, `children`",
        ),
    ]
    confidence: Annotated[
        float | None,
        Described(
            "That of its least sure amount; null where the document says its text itself.", 0.9375, unit="share, 0 to 1"
        ),
    ]
    why_unrecognised: Annotated[
        str | None,
        Described("Why it has no `table_type`; null where it has one.", "no title and no header of tables.toml fits"),
    ]


class LineItemRow(NamedTuple):
    """The columns of `line_items` beyond those of `LineItem`."""

    code_class: Annotated[str | None, Described("类 of `code`.", "201", values="3 digits")]
    code_section: Annotated[str | None, Described("款 of `code`, within its 类.", "03", values="2 digits")]
    code_item: Annotated[str | None, Described("项 of `code`, within its 款.", "01", values="2 digits")]
    level: Annotated[
        Int8 | None,
        Described(
            "1 类, 2 款, 3 项, 4 目 (of revenue): each repeats the money of the next; null for rows without a code.",
            3,
            unit="depth",
            values="1 to 4",
        ),
    ]
    verdict: Annotated[
        Verdict,
        Described(
            "`proven`: an identity that it takes part in holds to the last printed digit, and none fails; `rounded`: some hold "
            "within rounding, none exactly, none fails; `contradicted`: one fails and is a finding; `uncovered`: it takes part "
            "in none, or one that fails is a doubt, which `checks.doubt` names.",
            "proven",
        ),
    ]
    superseded_by: Annotated[str | None, SUCCESSOR] = None


class DuplicateRow(NamedTuple):
    """A row of `duplicates`."""

    document_id: Annotated[
        str,
        Described(
            "The document whose content it has.",
            "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b",
            values="a `documents.document_id`",
        ),
    ]
    path: Annotated[str, Described("Where that content is once more.", "2026/民政局.zip!/预算.pdf")]


class FigureRow(NamedTuple):
    """The columns of `figures` that other documents decide."""

    preferred: Annotated[
        bool,
        Described(
            "Whether this row is the one to take of several documents that state the figure: of a document about that year the "
            "one of the latest phase, else the latest; of a document whose file is gone only where no other states it. Never that of "
            "a document that is superseded.",
            True,
        ),
    ]
    superseded_by: Annotated[str | None, SUCCESSOR] = None
    retired: Annotated[bool, Described("As in `documents`.", False)] = False


class SectionRow(NamedTuple):
    """The columns of `sections` beyond those of `Section`."""

    document_id: DocumentId
    section: Annotated[int, Described("Its place among the document's sections.", 9, unit="ordinal, from 1")]
    text: Annotated[
        str,
        Described("Its own text, up to the next heading, a paragraph a line.", "2026年“三公”经费预算数为9.30万元。"),
    ]


def document_row(document: DocumentReading, config_hash: str) -> DocumentRow:
    """Return the `DocumentRow` of a document."""
    verdicts = Counter(document.verdicts.values())
    return DocumentRow(
        printable(document.path),
        document.origin.url or (document.path.split("!/")[0] if is_url(document.path) else None),
        document.origin.published,
        len(document.tables),
        len(document.items),
        verdicts["proven"],
        verdicts["rounded"],
        verdicts["uncovered"],
        verdicts["contradicted"],
        __version__,
        config_hash,
        document.body.organisation_id if document.body else None,
        document.body.scope if document.body else None,
    )


def table_rows(document: DocumentReading) -> Iterator[TableRow]:
    """Yield the `TableRow` of each of a document's tables."""
    least_sure: dict[str, float] = {}
    for item in document.items:
        if item.confidence is not None:
            least_sure[item.table_id] = min(item.confidence, least_sure.get(item.table_id, 1.0))
    for table in document.tables:
        unplaced = table.reading in UNPLACED
        yield TableRow(
            document.document_id,
            None if unplaced else table.x0,
            None if unplaced else table.top,
            None if unplaced else table.x1,
            None if unplaced else table.bottom,
            len(table.rows),
            len(table.columns),
            json.dumps(table.header, ensure_ascii=False),
            least_sure.get(table.table_id),
            None if table.table_type else table.reason,
        )


def line_item_row(item: LineItem, verdict: Verdict) -> LineItemRow:
    """Return the `LineItemRow` of an amount with its verdict."""
    code = item.code
    if code is None:
        return LineItemRow(None, None, None, None, verdict)
    return LineItemRow(code[:3], code[3:5] or None, code[5:7] or None, item.level, verdict)
