"""Parts that are rewritten some rows at a time end as they would if they were rewritten whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.datasets import parts
from extractor.datasets.commit import digest
from extractor.datasets.folder import Folder
from extractor.datasets.parts import DamagedPartError, Part, by_document, documents_in, merged, parquet
from extractor.datasets.schemas import SCHEMAS

SCHEMA = pa.schema([("document_id", pa.string()), ("place", pa.int64())])
DOCUMENTS = st.lists(st.sampled_from("abcdefgh"), max_size=20)


def rows(documents: list[str], start: int = 0) -> pa.Table:
    """Make rows whose `place` says in which order they were read."""
    return pa.table(
        [pa.array(documents, pa.string()), pa.array(range(start, start + len(documents)), pa.int64())], schema=SCHEMA
    )


def in_tables(table: pa.Table, size: int) -> list[pa.Table]:
    return [table.slice(start, size) for start in range(0, table.num_rows, size)]


@given(DOCUMENTS, DOCUMENTS, st.sets(st.sampled_from("abcdefgh")), st.integers(1, 5))
def test_rows_are_merged_by_document_in_reading_order(
    before: list[str], new: list[str], removed: set[str], size: int
) -> None:
    replaced = removed | set(new)
    old, fresh = rows(sorted(before)), rows(new, 100)
    kept = old.filter(pc.invert(pc.is_in(old["document_id"], pa.array(sorted(replaced), pa.string()))))
    both = pa.concat_tables([kept, fresh])
    own = documents_in(fresh.take(by_document(fresh)))
    found = pa.concat_tables([rows([]), *merged(in_tables(old, size), own, replaced)])
    assert found.equals(both.take(pc.sort_indices(both, [("document_id", "ascending")])))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, st.integers(1, 9), st.integers(1, 5))
def test_a_file_has_the_same_bytes_however_its_rows_lie_in_tables(
    monkeypatch: pytest.MonkeyPatch, documents: list[str], one: int, other: int
) -> None:
    monkeypatch.setattr(parts, "GROUP", 4)
    table = rows(documents)
    count, content = parquet(in_tables(table, one), SCHEMA)
    assert (count, content) == parquet(in_tables(table, other), SCHEMA)
    assert count == table.num_rows
    file = pq.ParquetFile(pa.BufferReader(content))
    assert file.read().equals(table)
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [
        own.num_rows for own in in_tables(table, 4)
    ]


def test_of_a_part_that_is_rewritten_only_some_rows_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "GROUP", 1_000)
    taken, begun = [], pa.total_allocated_bytes()

    def batches() -> Iterator[pa.Table]:
        for first in "0123456789abcdef":
            taken.append(pa.total_allocated_bytes() - begun)
            yield rows([first * 64] * 1_000)

    count, _ = parquet(merged(batches(), [rows(["5" * 60]), rows(["a" * 60])], {"b" * 64}), SCHEMA)
    assert count == 15_002
    assert max(taken) < 6 * rows(["0" * 64] * 1_000).nbytes


def test_fresh_documents_are_asked_for_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "BATCH", 2)
    asked = []

    def fresh() -> Iterator[pa.Table]:
        for document in "abcdef":
            asked.append(document)
            yield rows([document])

    found = merged([rows(["b"])], fresh(), {"a"})
    assert [(next(found)["document_id"].to_pylist(), "".join(asked)) for _ in range(3)] == [
        (["a", "b", "b"], "abc"), (["c", "d"], "abcd"), (["e", "f"], "abcdef"),
    ]  # fmt: skip


def part_of(table: pa.Table, monkeypatch: pytest.MonkeyPatch) -> Part:
    """Return a part of `duplicates` whose file has the columns of a table."""
    file = BytesIO()
    pq.write_table(table, file)
    monkeypatch.setattr(Folder, "read", lambda *_: file.getvalue())
    return Part(Folder("nowhere"), "duplicates/part-0.parquet", {"sha256": digest(file.getvalue())})


def test_a_part_of_an_earlier_version_has_null_in_the_columns_that_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = part_of(pa.table({"gone": [1, 2], "document_id": ["a", "b"]}), monkeypatch).table()
    assert found.to_pylist() == [{"document_id": "a", "path": None}, {"document_id": "b", "path": None}]
    assert found.schema == SCHEMAS["duplicates"]


def test_a_part_that_has_a_column_twice_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = pa.Table.from_arrays([pa.array(["a"])] * 3, ["document_id", "document_id", "path"])
    with pytest.raises(DamagedPartError, match="exists 2 times"):
        part_of(twice, monkeypatch).table()


def test_parts_are_read_without_the_part_of_arrow_that_takes_most_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.dataset", None)
    rows = pa.table({"document_id": ["a"], "path": ["b"]})
    assert part_of(rows, monkeypatch).table().equals(rows)
