"""What is new at a publisher: a real document whose layout was altered, held against earlier ones as they were."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pikepdf
import pyarrow as pa
import pytest
from support.common import SAMPLES

from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.opened import Datasets
from extractor.drift import Drift, drift, source_of
from extractor.pipeline import read_document
from extractor.source.source import Source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

COVER, EXPENDITURE = 0, 5  # pages of the sample, its table of expenditure on the second
EARLIER, TONIGHT = datetime(2026, 11, 26, 2, 30, tzinfo=UTC), datetime(2026, 11, 27, 2, 30, tzinfo=UTC)


@dataclass
class Publisher:
    """Reads a document as its publisher lays it out, or with a text of it altered."""

    vocabulary: Vocabulary
    config: Config

    def reads(self, *altered: tuple[str, str]) -> DocumentResult:
        """Read two pages of the sample, texts of them replaced."""
        with pikepdf.open(SAMPLES / "shanghai-2022-department.pdf") as whole, pikepdf.new() as pdf:
            pdf.pages.extend([whole.pages[COVER], whole.pages[EXPENDITURE]])
            for old, new in altered:
                alter(pdf, old, new)
            written = io.BytesIO()
            pdf.save(written)
        source = Source("downloads/a.pdf", "a" * 64, "pdf", written.getvalue())
        return document_result(read_document(source, self.vocabulary), self.config.hash)


def alter(pdf: pikepdf.Pdf, old: str, new: str) -> None:
    """Replace a text wherever a page draws it."""
    times = 0
    for page in pdf.pages:
        drawn = []
        for operands, operator in pikepdf.parse_content_stream(page):
            found = str(operator) == "Tj" and bytes(operands[0]) == old.encode("utf-16-be")
            drawn.append(([pikepdf.String(new.encode("utf-16-be"))] if found else operands, operator))
            times += found
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(drawn))
    assert times == 1


@pytest.fixture(scope="module")
def publisher(vocabulary: Vocabulary, config: Config) -> Publisher:
    return Publisher(vocabulary, config)


@pytest.fixture(scope="module")
def usual(publisher: Publisher) -> DocumentResult:
    return publisher.reads()


def told(usual: DocumentResult, tonight: DocumentResult, config: Config, earlier: int = 5) -> list[Drift]:
    """Return what is told of a document after some that are as usual."""
    results = [*[usual] * earlier, tonight]
    moments = [*[EARLIER] * earlier, TONIGHT]

    def rows(name: str, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        assert (columns is None) == (name == "documents")  # the others grow: they are not read whole
        for number, result in enumerate(results):
            found = of(result, name, number, moments)
            yield found if columns is None else found.select(columns)

    return drift(Datasets(rows), config.drift)


def of(result: DocumentResult, name: str, number: int, moments: Sequence[datetime]) -> pa.Table:
    """Return the rows of a dataset as those of a document of its own."""
    found = result.rows[name]
    values = {"document_id": f"{number:064}", "path": f"downloads/{number}.pdf", "first_seen": moments[number]}
    for column, value in values.items():
        if column in found.column_names:
            place = found.schema.get_field_index(column)
            found = found.set_column(
                place, found.schema.field(place), pa.array([value] * found.num_rows, found.schema.field(place).type)
            )
    return found


@pytest.mark.parametrize(
    ("path", "source_url", "source"),
    [
        ("downloads/3f/3fab.pdf", "https://www.example.gov.cn/files/a.pdf", "www.example.gov.cn"),
        ("s3://bucket/2026/a.pdf", "s3://bucket/2026/a.pdf", "s3:/bucket/2026"),
        ("in/a.pdf", None, "in"),
    ],
)
def test_a_publisher_without_a_region_is_known_by_its_site_and_else_by_its_folder(
    path: str, source_url: str | None, source: str
) -> None:
    assert source_of({"path": path, "source_url": source_url}) == source


def test_nothing_is_told_of_a_document_like_those_before(usual: DocumentResult, config: Config) -> None:
    assert told(usual, usual, config) == []


def test_an_altered_header_term_is_told_with_its_page_and_what_it_stands_for(
    publisher: Publisher, usual: DocumentResult, config: Config
) -> None:
    found = told(usual, publisher.reads(("项目支出", "专项支出")), config)
    (header,) = (d for d in found if d.what == "header")
    assert (header.publisher, header.organisation_level, header.phase) == ("上海市", "department", "budget")
    assert (header.path, header.page, header.table_type) == ("downloads/5.pdf", 2, "expenditure_summary")
    assert (header.found, header.usual, header.documents) == ("专项支出", "项目支出", 5)
    assert {d.what for d in found} <= {"header", "template", "named_share", "proven_share"}  # what follows of it


def test_another_unit_is_told_with_its_page(publisher: Publisher, usual: DocumentResult, config: Config) -> None:
    found = told(usual, publisher.reads(("单位：元", "单位：万元")), config)
    assert [(d.page, d.found, d.usual) for d in found if d.what == "unit"] == [(2, "万元", "元")]


def test_a_table_that_is_not_there_and_a_document_read_in_part_are_told(usual: DocumentResult, config: Config) -> None:
    documents = usual.rows["documents"]
    for column, value in (("status", "partial"), ("reason", "page 2 is too large"), ("proven", 30)):
        place = documents.schema.get_field_index(column)
        field = documents.schema.field(place)
        documents = documents.set_column(place, field, pa.array([value], field.type))
    rows = {**usual.rows, "documents": documents, "tables": usual.rows["tables"].slice(0, 0)}
    assert [
        (d.page, d.table_type, d.what, d.found, d.usual) for d in told(usual, replace(usual, rows=rows), config)
    ] == [
        (None, None, "proven_share", "0.714", "≥ 0.952"),
        (None, None, "partial", "page 2 is too large", "—"),
        (None, "expenditure_summary", "missing_table", "—", "5/5"),
    ]


def test_nothing_is_told_before_there_is_something_usual(
    publisher: Publisher, usual: DocumentResult, config: Config
) -> None:
    assert told(usual, publisher.reads(("项目支出", "专项支出")), config, earlier=4) == []
