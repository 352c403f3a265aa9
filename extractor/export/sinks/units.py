"""What of the datasets is compared with what a store has: units of parts, and the digests of each document's rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.figure_parts import FIGURES
from extractor.datasets.parts import dataset_of
from extractor.export.formats import flat

_BETWEEN, _NULL = "\x1f", "\x00"  # no text of a document has them


def units(files: Collection[str], names: Collection[str]) -> dict[str, list[str]]:
    """Return unit → its parts, of some datasets: all rows of a document that a dataset has are in one unit.

    Args:
        files: The names of all parts.
        names: The datasets.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(files):
        dataset = dataset_of(name)
        if dataset in names:
            bucket = name.rpartition("part-")[2].removesuffix(".parquet")
            unit = dataset if dataset == FIGURES else f"{dataset}/{bucket}"  # whose parts are by organisation
            found.setdefault(unit, []).append(name)
    return found


def digest_of_parts(parts: Collection[str], files: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a digest that changes when a part of a unit does, given what the manifest lists."""
    return hashlib.sha256("\n".join(f"{name} {files[name]['sha256']}" for name in parts).encode()).hexdigest()


def digests(parts: Iterator[pa.Table], key: str) -> dict[str, str]:
    """Return key → a digest of its rows, in their order.

    Args:
        parts: The rows of a unit.
        key: The column that says whose a row is.
    """
    found: dict[str, Any] = {}
    for rows in parts:
        for whose, text in zip(rows[key].to_pylist(), _texts(rows).to_pylist(), strict=True):
            found.setdefault(whose, hashlib.sha256()).update(f"{text}\n".encode())
    return {whose: own.hexdigest() for whose, own in found.items()}


def _texts(rows: pa.Table) -> pa.ChunkedArray:
    """Return all values of each row as one text."""
    columns = [pc.fill_null(column.cast(pa.large_string()), _NULL) for column in flat(rows).columns]
    return pc.binary_join_element_wise(*columns, pa.scalar(_BETWEEN, pa.large_string()))
