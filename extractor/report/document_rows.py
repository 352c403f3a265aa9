"""The rows of a dataset folder by document, with a digest that says whether they have changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.folder import Folder
from extractor.datasets.opened import Datasets, of_tables
from extractor.datasets.store import read_rows

OF_THE_RUN = {
    "seconds",
    "first_seen",
    "last_read",
}  # columns that differ where a document is read again, and are not shown
SHOWN = ("tables", "line_items", "checks", "figures")


class DocumentRows:
    """The datasets that a report shows.

    Attributes:
        documents: The rows of `documents`, those with amounts first, then by path.
        datasets: Dataset → all of its rows, of those that are shown and of `documents`.
    """

    def __init__(self, folder: Folder) -> None:
        """Read the datasets.

        Raises:
            DatasetError: The folder is not a dataset, or a part of it is damaged.
        """
        self.datasets = {name: read_rows(folder, name) for name in ("documents", *SHOWN)}
        self.documents: list[dict[str, Any]] = sorted(
            self.datasets["documents"].to_pylist(), key=lambda d: (not d["line_items"], d["path"], d["document_id"])
        )
        self._slices = {name: _by_document(self.datasets[name]) for name in SHOWN}

    def opened(self) -> Datasets:
        """Return what was read as the datasets of a folder; reading another one is an error."""
        return Datasets(of_tables(self.datasets))

    def of(self, document_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return dataset → a document's rows, in reading order."""
        return {name: self._table(name, document_id).to_pylist() for name in SHOWN}

    def table(self, name: str, document_id: str, columns: list[str]) -> pa.Table:
        """Return some columns of a document's rows of one dataset."""
        return self._table(name, document_id).select(columns)

    def digest(self, document: Mapping[str, Any]) -> str:
        """Return a digest of a document's rows: turning them into objects takes much longer."""
        shown = sorted((name, value) for name, value in document.items() if name not in OF_THE_RUN)
        found = hashlib.sha256(repr(shown).encode())
        for name in SHOWN:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, self.datasets[name].schema) as stream:
                stream.write_table(self._table(name, document["document_id"]).combine_chunks())
            found.update(sink.getvalue())
        return found.hexdigest()

    def _table(self, name: str, document_id: str) -> pa.Table:
        rows = self.datasets[name]
        parts = [rows.slice(start, length) for start, length in self._slices[name].get(document_id, ())]
        return pa.concat_tables(parts) if parts else rows.slice(0, 0)


def _by_document(rows: pa.Table) -> dict[str, list[tuple[int, int]]]:
    """Return document id → the stretches of its rows: start and length."""
    runs = pc.run_end_encode(rows["document_id"].combine_chunks())
    stretches: dict[str, list[tuple[int, int]]] = defaultdict(list)
    start = 0
    for document_id, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        stretches[document_id].append((start, end - start))
        start = end
    return stretches
