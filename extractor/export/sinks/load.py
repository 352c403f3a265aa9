"""Keep a store equal to the datasets: only what differs from what was sent before is written, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.folder import Folder
from extractor.datasets.parts import DamagedPartError, Part
from extractor.datasets.schemas import DATASETS
from extractor.datasets.store import read_manifest, require_manifest
from extractor.errors import DatasetError, UsageError
from extractor.export.sinks.sink import LOADED, LoadedRow, Sink, key_of, require_escaped, shown
from extractor.export.sinks.units import digest_of_parts, digests, units

_MODULES = {  # scheme of a location → the module whose `open_sink` opens it
    "postgresql": "postgres",
    "postgres": "postgres",
    "duckdb": "duckdb",
    "ducklake": "duckdb",
    "iceberg": "iceberg",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has written.

    Attributes:
        sent: Documents of which rows were added or replaced.
        removed: Documents that the datasets have no more.
        rows: Dataset → rows that were added or replaced.
    """

    sent: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    rows: Counter[str] = field(default_factory=Counter)


def open_sink(location: str) -> AbstractContextManager[Sink]:
    """Return the store that a location names, to be opened.

    Raises:
        UsageError: Its scheme is unknown, its password is not escaped, or a package for it is not installed.
    """
    scheme, _, rest = location.partition(":")
    if scheme not in _MODULES or not rest:
        raise UsageError(
            f"{shown(location)}: names no store; expected postgresql://HOST/DATABASE, duckdb:FILE, ducklake:CATALOG or iceberg:CATALOG.NAMESPACE"
        )
    require_escaped(location)
    opened: Callable[[str], AbstractContextManager[Sink]] = import_module(
        f"extractor.export.sinks.{_MODULES[scheme]}_sink"
    ).open_sink
    return opened(location)


def load(folder: Folder, location: str, names: Collection[str] = tuple(DATASETS)) -> Loaded:
    """Make the tables of a store equal to datasets.

    Args:
        folder: The folder of the datasets.
        location: The store, such as `postgresql://host/database`.
        names: The datasets.

    Raises:
        UsageError: The location is wrong, a package is not installed, or a table has another shape.
        DatasetError: A part is damaged, or a run has written to the folder meanwhile; the store is as it was.
        StorageError: The store cannot be reached or written; it is as it was.
    """
    files = require_manifest(folder)["files"]
    loaded = Loaded()
    with open_sink(location) as sink:
        sink.prepare([LOADED, *(DATASETS[name] for name in names)])
        before, now = sink.units(), units(files, names)
        for unit in sorted({*now, *(u for u in before if u.partition("/")[0] in names)}):
            digest = digest_of_parts(now[unit], files) if unit in now else None
            if digest != before.get(unit):
                try:
                    _load_unit(sink, unit, digest, now.get(unit, []), folder, files, loaded)
                except DamagedPartError as error:
                    if read_manifest(folder)["files"] == files:
                        raise
                    raise DatasetError(f"{folder}: a run has written to it during the load; load again") from error
    return loaded


def _load_unit(
    sink: Sink,
    unit: str,
    digest: str | None,
    parts: Collection[str],
    folder: Folder,
    files: Mapping[str, dict[str, Any]],
    loaded: Loaded,
) -> None:
    """Replace the rows of those keys of a unit that differ; parts are read one at a time, and again for what is sent."""
    dataset = DATASETS[unit.partition("/")[0]]
    key = key_of(dataset)
    before, now = sink.keys(unit), digests((Part(folder, n, files[n]).table() for n in parts), key)
    differing = [k for k in {**before, **now} if before.get(k) != now.get(k)]
    old, new = [k for k in differing if k in before], [k for k in differing if k in now]
    if old:
        sink.delete(dataset, {key: old})
    for name in parts if new else ():
        rows = Part(folder, name, files[name]).table()
        rows = rows.filter(pc.is_in(rows[key], pa.array(new, pa.string())))
        if rows.num_rows:
            sink.insert(dataset, rows)
            loaded.rows[dataset.name] += rows.num_rows
    sink.delete(LOADED, {"unit": [unit], "key": ["", *differing]})
    if digest is not None:
        said = {"": digest, **{k: now[k] for k in new}}
        sink.insert(LOADED, LOADED.table([LoadedRow(unit, k, d) for k, d in said.items()]))
    if key == "document_id":
        loaded.sent.update(new)
    if dataset.name == "documents":
        loaded.removed.update(k for k in old if k not in now)
