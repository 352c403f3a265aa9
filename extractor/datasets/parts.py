"""Part files: looked at before they are believed, read and written some rows at a time, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extractor.datasets.commit import digest, is_interrupted
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import SCHEMAS
from extractor.errors import DatasetError

GROUP = 1 << 13  # rows of a row group: 4 MB of line items
BATCH = 1 << 12  # rows that are read at once
_END: tuple[str, pa.Table | None] = ("", None)


class DamagedPartError(DatasetError):
    """A part is missing or damaged, or is not the one that the manifest lists."""


class Part:
    """A part whose rows are read when they are asked for; only its compressed content is kept."""

    def __init__(self, folder: Folder, name: str, listed: dict[str, Any]) -> None:
        """Read the content.

        Args:
            folder: The folder of the datasets.
            name: The part's name, as the manifest lists it.
            listed: What the manifest lists of it.

        Raises:
            DamagedPartError: It is missing, or is not the one that the manifest lists.
        """
        self._folder, self._name = folder, name
        self._schema = SCHEMAS[dataset_of(name)]
        try:
            self._content = folder.read(name)
        except OSError as error:
            raise self._unreadable(error) from error
        if digest(self._content) != listed["sha256"]:
            if is_interrupted(folder):
                raise self._replaced()
            raise DamagedPartError(
                f"{folder}: {name} differs from the manifest; expected the file that a run has written: "
                "restore it, or run again into a new folder"
            )

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows in their order, at most `BATCH` at once; `columns` of them, or all.

        Raises:
            DamagedPartError: It cannot be decoded.
        """
        wanted = self._wanted(columns)
        try:
            file = pq.ParquetFile(pa.BufferReader(self._content))
            for batch in file.iter_batches(BATCH, columns=wanted.names, use_threads=False):
                yield pa.Table.from_batches([batch], wanted)
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(error) from error

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows; a part of an earlier version has null in the columns that it lacks.

        Raises:
            DamagedPartError: It cannot be decoded.
        """
        wanted = self._wanted(columns)
        try:  # `read_table` would do the same: with a part of Arrow that takes 40 MB and half a second, and has threads
            file = pq.ParquetFile(pa.BufferReader(self._content))
            rows = file.read(wanted.names, use_threads=False)
            for field in wanted:
                if field.name not in rows.column_names:
                    rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
            return rows.select(wanted.names).cast(wanted)
        except (OSError, KeyError, pa.ArrowException) as error:
            raise self._unreadable(error) from error

    def _wanted(self, columns: Sequence[str] | None) -> pa.Schema:
        return self._schema if columns is None else pa.schema([self._schema.field(name) for name in columns])

    def _replaced(self) -> DamagedPartError:
        return DamagedPartError(
            f"{self._folder}: {self._name} is being replaced by a run, or by one that was interrupted; wait until the run ends, or run again"
        )

    def _unreadable(self, error: Exception) -> DamagedPartError:
        if is_interrupted(self._folder):
            return self._replaced()
        return DamagedPartError(
            f"{self._folder}: {self._name} cannot be read ({str(error).splitlines()[0]}); `extractor verify` lists the "
            "damaged files: restore them, or run again into a new folder"
        )


def dataset_of(name: str) -> str:
    """Return the dataset of a part."""
    return name.split("/", 1)[0]


def empty(schema: pa.Schema) -> pa.Table:
    """Return a table without rows; `schema.empty_table()` makes arrays, for which Arrow imports pandas: 0.2 s."""
    return pa.Table.from_batches([], schema)


def merged(old: Iterable[pa.Table], fresh: Iterable[pa.Table], replaced: Collection[str]) -> Iterator[pa.Table]:
    """Yield the rows of a part and fresh ones by document, in reading order within a document.

    Args:
        old: The rows of the part, in this order.
        fresh: Rows of documents that are replaced, a table a document, in the order of their ids.
        replaced: The ids of documents whose old rows are left out.
    """
    gone = pa.array(sorted(replaced), pa.string())
    coming = ((own["document_id"][0].as_py(), own) for own in fresh if own.num_rows)
    document, own = next(coming, _END)
    for batch in old:
        last = batch["document_id"][-1].as_py()
        rows = [batch.filter(pc.invert(pc.is_in(batch["document_id"], gone)))]
        while own is not None and document <= last:
            rows.append(own)
            document, own = next(coming, _END)
        both = pa.concat_tables(rows)
        if len(rows) > 1:
            both = both.take(by_document(both))
        del rows  # or it would be held while the rest is made of `both`
        yield both
    if own is not None:
        yield from _in_batches(chain((own,), (later for _, later in coming)))


def _in_batches(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield rows in tables of at least `BATCH` rows, but for the last: what is done with each table takes its time."""
    held: list[pa.Table] = []
    for own in tables:
        held.append(own)
        if sum(rows.num_rows for rows in held) >= BATCH:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def by_document(rows: pa.Table) -> pa.Array:
    """Return the places of rows in the order of their documents, in reading order within a document."""
    return pc.sort_indices(rows, [("document_id", "ascending")])  # stable


def documents_in(rows: pa.Table) -> Iterator[pa.Table]:
    """Yield the rows of each document, from rows in the order of documents."""
    ends = pc.run_end_encode(rows["document_id"].combine_chunks()).run_ends.to_pylist()
    for start, end in pairwise([0, *ends]):
        yield rows.slice(start, end - start)


def parquet(tables: Iterable[pa.Table], schema: pa.Schema) -> tuple[int, pa.Buffer]:
    """Return how many rows tables have, and a Parquet file of them: the same bytes however the rows lie in tables."""
    content, count = pa.BufferOutputStream(), 0
    with pq.ParquetWriter(content, schema, compression="zstd", store_schema=True) as writer:
        for rows in _in_groups(tables, schema):
            writer.write_table(rows)
            count += rows.num_rows
    return count, content.getvalue()


def _in_groups(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows in tables of `GROUP` rows, the last of fewer."""
    held = empty(schema)
    for rows in tables:
        held = pa.concat_tables([held, rows])
        if held.num_rows >= GROUP:
            for start in range(0, held.num_rows - GROUP + 1, GROUP):
                yield held.slice(start, GROUP).combine_chunks()
            held = held.slice(held.num_rows - held.num_rows % GROUP)
            held = held.combine_chunks()  # or slices would keep all that they were cut from
    if held.num_rows:
        yield held
