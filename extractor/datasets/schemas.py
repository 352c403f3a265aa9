"""Define the datasets: the classes that describe their columns, the order of the columns, and the Arrow schemas."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import pyarrow as pa

from extractor.checks.check import Check
from extractor.datasets.columns import DatasetColumn, columns_of
from extractor.datasets.history import NEW, History
from extractor.datasets.references import ClassificationRow, RegionRow, classification_rows, region_rows
from extractor.datasets.rows import (
    DocumentRow,
    DuplicateRow,
    FigureRow,
    InDocument,
    LineItemRow,
    SectionRow,
    TableRow,
    document_row,
    line_item_row,
    table_rows,
)
from extractor.document import DocumentReading
from extractor.figures.figure import Figure, FigureKey, FigureValue
from extractor.figures.organisations import Organisation
from extractor.prose.listings import Asset, Entry, Project
from extractor.prose.sections import Section
from extractor.prose.statement import Statement
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.config import Config


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Attributes:
        name: Its name, and that of its folder.
        row_for: What one row stands for.
        described_by: The classes that describe its columns; a row is made of one object of each class.
        order: The column names in the order of the files, separated by blanks.
        primary_key: The columns whose values identify a row.
        foreign_keys: Columns → the dataset that they refer to, under the same names.
    """

    name: str
    row_for: str
    described_by: tuple[type, ...]
    order: str
    primary_key: tuple[str, ...]
    foreign_keys: dict[tuple[str, ...], str]

    @cached_property
    def columns(self) -> tuple[DatasetColumn, ...]:
        """The columns, in the order of the files."""
        found = {column.name: column for owner in self.described_by for column in columns_of(owner)}
        return tuple(found[name] for name in self.order.split())

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema of every file of it."""
        return pa.schema([(column.name, column.arrow) for column in self.columns])

    def filled(self, rows: pa.Table) -> pa.Table:
        """Return rows of an earlier version, whose new columns are null, as this version's: what may not be null is false or empty."""
        import pyarrow.compute as pc  # noqa: PLC0415 - 0.03 s, which workers do without

        for place, column in enumerate(self.columns):
            own = rows[column.name]
            if not column.nullable and own.null_count:
                value = _ABSENT.get(str(column.arrow), 0)
                rows = rows.set_column(
                    place, self.schema.field(place), pc.fill_null(own, pa.scalar(value, column.arrow))
                )
        return rows

    def table(self, *objects: Sequence[object]) -> pa.Table:
        """Return rows as an Arrow table, built by column: building it from row dicts takes three times as long.

        Args:
            objects: For each class of `described_by`, one object per row.
        """
        place = {owner: n for n, owner in enumerate(self.described_by)}
        values = (list(map(attrgetter(c.name), objects[place[c.owner]])) for c in self.columns)
        arrays = [pa.array(own, c.arrow) for c, own in zip(self.columns, values, strict=True)]
        pa.default_memory_pool().release_unused()  # what growing the columns took
        return pa.Table.from_arrays(arrays, schema=self.schema)


_IN_DOCUMENT: dict[tuple[str, ...], str] = {("document_id",): "documents"}
_IN_SECTION: dict[tuple[str, ...], str] = {**_IN_DOCUMENT, ("document_id", "section"): "sections"}
DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "documents",
            "every input, failures too",
            (DocumentReading, Facts, DocumentRow, History),
            "document_id path source_url kind status reason fiscal_year phase organisation organisation_level "
            "region_code region pages pages_ocr tables line_items proven rounded uncovered contradicted seconds "
            "extractor_version config_hash ink_explained first_seen last_read supersedes superseded_by retired publication "
            "publication_words organisation_id scope published",
            ("document_id",),
            {},
        ),
        Dataset(
            "tables",
            "every table of a document, over however many pages it runs",
            (Table, TableRow),
            "document_id table_id table_type template_id title unit first_page last_page x0 top x1 bottom rows columns "
            "header reading readings_tried empty confidence why_unrecognised table_number agency reason notes scope",
            ("table_id",),
            _IN_DOCUMENT,
        ),
        Dataset(
            "line_items",
            "every amount printed in a table; nil cells are left out unless printed as a number",
            (LineItem, LineItemRow),
            "document_id table_id fiscal_year amount_year table_type side classification code functional_code "
            "economic_department_code economic_government_code revenue_code code_class code_section code_item level "
            "code_source agency_code agency_name label label_standard is_total measure measure_label phase amount value "
            "unit amount_text page row column x0 top x1 bottom reading verdict item_id attributes confidence "
            "region_code region scope note superseded_by organisation_id organisation",
            ("item_id",),
            {**_IN_DOCUMENT, ("table_id",): "tables"},
        ),
        Dataset(
            "checks", "every identity that was tried", (Check,), " ".join(Check._fields), ("check_id",), _IN_DOCUMENT
        ),
        Dataset(
            "figures",
            "every figure of a body's budget, once in a document, whatever tables state it",
            (FigureKey, FigureValue, FigureRow),
            "figure_id document_id organisation_id organisation organisation_level region_code region scope year phase "
            "direction fund classification code level name component amount verdict origin item_ids conflict incomplete "
            "fiscal_year document_phase preferred superseded_by retired",
            ("figure_id",),
            {},  # its parts are by organisation: Frictionless, which reads the first part of each dataset, would miss documents
        ),
        Dataset(
            "sections",
            "every heading of the prose, with the text under it",
            (Section, SectionRow),
            "document_id section level number title kind page end_page listed text",
            ("document_id", "section"),
            _IN_DOCUMENT,
        ),
        Dataset(
            "statements",
            "every figure of the prose, and every statement of no change",
            (Statement,),
            "statement_id document_id section section_kind section_title subject code part_of label fiscal_year "
            "amount_year phase direction base amount value unit percent amount_text percent_text approximate explained explanation page "
            "end_page start end text months scope",
            ("statement_id",),
            _IN_SECTION,
        ),
        Dataset(
            "entries",
            "every duty, unit, number of units and term that a section lists",
            (InDocument, Entry),
            "document_id ordinal kind number name category count text section page start",
            ("document_id", "ordinal"),
            _IN_SECTION,
        ),
        Dataset(
            "assets",
            "every number of vehicles or pieces of equipment in 国有资产占有使用情况",
            (InDocument, Asset),
            "document_id ordinal kind label is_total planned count unit threshold as_of section page start text",
            ("document_id", "ordinal"),
            _IN_SECTION,
        ),
        Dataset(
            "projects",
            "every project that 项目经费情况说明 describes",
            (InDocument, Project),
            "document_id ordinal name implementing_unit period budget basis overview plan targets section page",
            ("document_id", "ordinal"),
            _IN_SECTION,
        ),
        Dataset(
            "duplicates",
            "every further file that has the content of a document",
            (DuplicateRow,),
            "document_id path",
            ("document_id", "path"),
            _IN_DOCUMENT,
        ),
        Dataset(
            "organisations",
            "every organisation and government whose figures documents print, or that they list",
            (Organisation,),
            "organisation_id name aliases level kind parent_organisation_id successor_organisation_id region_code region "
            "named_by",
            ("organisation_id",),
            {},
        ),
        Dataset(
            "regions",
            "every code of a division of county level and above since 1981",
            (RegionRow,),
            " ".join(RegionRow._fields),
            ("region_code",),
            {},
        ),
        Dataset(
            "classifications",
            "every code of the four classifications",
            (ClassificationRow,),
            " ".join(ClassificationRow._fields),
            ("classification", "code"),
            {},
        ),
    )
}
REFERENCES = ("regions", "classifications")  # of configs/ alone: every dataset has them whole
BY_ORGANISATION = ("figures", "organisations")  # whose parts are by organisation, where others are by document
DUPLICATES = "duplicates"  # of a whole run
OF_DOCUMENTS = tuple(name for name in DATASETS if name not in (*REFERENCES, DUPLICATES))
SCHEMAS = {name: dataset.schema for name, dataset in DATASETS.items()}
SCHEMAS_DIGEST = hashlib.sha256(repr(sorted((name, str(own)) for name, own in SCHEMAS.items())).encode()).hexdigest()
_ABSENT: dict[str, Any] = {"bool": False, "string": ""}  # in rows of an earlier version, where a column may not be null


def figure_rows(figures: Sequence[Figure]) -> tuple[Sequence[object], ...]:
    """Return what the rows of figures are made of; each is preferred until other documents are known."""
    return (
        [f.key for f in figures],
        [f.value for f in figures],
        [FigureRow(preferred=True)] * len(figures),
    )


def arrow_tables(documents: Sequence[DocumentReading], config_hash: str) -> dict[str, pa.Table]:
    """Return dataset → Arrow table for a batch of documents, rows in reading order."""

    def every(of: Callable[[DocumentReading], Iterable[Any]]) -> list[Any]:
        return [row for document in documents for row in of(document)]

    rows: dict[str, tuple[Sequence[object], ...]] = {
        "documents": (
            documents,
            [d.facts for d in documents],
            [document_row(d, config_hash) for d in documents],
            [NEW] * len(documents),
        ),
        "tables": (every(attrgetter("tables")), every(table_rows)),
        "line_items": (
            every(attrgetter("items")),
            every(lambda d: (line_item_row(i, d.verdicts.get(i.item_id, "uncovered")) for i in d.items)),
        ),
        "checks": (every(attrgetter("checks")),),
        "figures": figure_rows(every(attrgetter("figures"))),
        "sections": (
            every(lambda d: d.prose.sections),
            every(lambda d: (SectionRow(d.document_id, s.ordinal, s.text) for s in d.prose.sections)),
        ),
        "statements": (every(attrgetter("prose.statements")),),
    }
    rows["organisations"] = (every(attrgetter("organisations")),)
    for name in ("entries", "assets", "projects"):
        owners = [InDocument(d.document_id) for d in documents for _ in getattr(d.prose, name)]
        rows[name] = (owners, every(attrgetter(f"prose.{name}")))
    return {name: DATASETS[name].table(*rows[name]) for name in OF_DOCUMENTS}


def documents_of(rows: pa.Table) -> pa.ChunkedArray:
    """Return the ids of the documents that rows of a dataset are made of."""
    import pyarrow.compute as pc  # noqa: PLC0415

    if "document_id" in rows.column_names:
        return rows["document_id"]
    return pc.struct_field(pc.list_flatten(rows["named_by"]), "document_id")


def reference_tables(config: Config) -> dict[str, pa.Table]:
    """Return dataset → Arrow table of those that are made of a configuration alone."""
    rows: dict[str, Sequence[object]] = {
        "regions": list(region_rows(config.regions)),
        "classifications": list(classification_rows(config.codes, config.successors)),
    }
    return {name: DATASETS[name].table(rows[name]) for name in REFERENCES}
