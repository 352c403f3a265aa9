"""Readers that run out of memory, at any moment: the document is said to need more, or is read as ever; never in part, never as damaged."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest
from support.common import EXAMPLES, SAMPLES
from support.format_writers import docx_of, docx_table, html_table, ods_of, xlsx_of

from extractor.datasets.document_result import DocumentResult
from extractor.errors import DocumentError, is_out_of_memory
from extractor.jobs.limits import Limits
from extractor.jobs.worker_pool import read_isolated
from extractor.source.markup import DamagedXml
from extractor.source.source import Source, sniff
from extractor.vocabulary.config import Config

TABLE = [(0, 0, 1, 1, "科目编码"), (0, 1, 1, 1, "科目名称"), (0, 2, 1, 1, "合计")] + [
    (row, column, 1, 1, text)
    for row in range(1, 800)
    for column, text in enumerate((str(2010100 + row), f"行政运行{row}", f"{row}.50"))
]
DOCUMENTS = {
    "pdf": (SAMPLES / "shanghai-2022-department.pdf").read_bytes(),
    "docx": docx_of(docx_table(TABLE)),
    "xlsx": xlsx_of([TABLE]),
    "ods": ods_of([TABLE]),
    "html": f"<html><body>{html_table(TABLE)}</body></html>".encode(),
}
LEVELS = range(1, 128) if EXAMPLES else (8,)  # MB of memory: with the first a document fails, with the last it is read


def read(config: Config, data: bytes, limits: Limits) -> DocumentResult:
    source = Source("a", hashlib.sha256(data).hexdigest(), sniff(data), data)
    (result,) = read_isolated(iter([source]), config, 1, limits)
    return result


def rows_of(result: DocumentResult) -> dict[str, pa.Table]:
    return {**result.rows, "documents": result.rows["documents"].drop_columns(["seconds"])}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_that_runs_out_of_memory_is_read_whole_or_not_at_all(config: Config, kind: str) -> None:
    whole = read(config, DOCUMENTS[kind], Limits())
    assert whole.line_items > 80
    for level in LEVELS:
        found = read(config, DOCUMENTS[kind], Limits(memory=level << 20))
        assert found.status in ("memory", "crash") or rows_of(found) == rows_of(whole), (level, found.reason)


def test_want_of_memory_is_seen_in_what_came_of_it() -> None:
    def raised(cause: Exception) -> DocumentError:
        error = DocumentError("a.docx: its text is damaged")
        error.__cause__ = cause
        return error

    assert is_out_of_memory(raised(MemoryError()))
    assert is_out_of_memory(raised(OSError(12, "Cannot allocate memory")))
    assert is_out_of_memory(raised(DamagedXml("unknown error", 1, 0, 0)))
    assert not is_out_of_memory(raised(DamagedXml("Start tag expected", 4, 1, 1)))
    assert not is_out_of_memory(raised(OSError(5, "Input/output error")))
