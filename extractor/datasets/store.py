"""The datasets on disk: deterministic bucketed parts, committed through a journal, the manifest last.

A commit is staged whole, then written down in a journal, then carried out by renames. A process that dies before the
journal leaves the old datasets; one that dies after it leaves a commit that the next opening carries out.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extractor import __version__
from extractor.datasets.document import Document
from extractor.datasets.schemas import SCHEMAS, arrow_tables
from extractor.errors import DatasetError, UsageError

MANIFEST, JOURNAL, STAGING, LOCK = "manifest.json", "journal.json", ".staging", ".lock"
FORMAT = "budget-extractor-dataset-1"


class Store:
    """One output folder. Use `open_store` to get one."""

    def __init__(self, folder: Path) -> None:
        """Read the manifest, carrying out first what an interrupted commit had decided."""
        self.folder = folder
        _finish(folder)
        self.manifest = read_manifest(folder)

    def done(self, document_id: str, config_hash: str) -> bool:
        """Tell whether a document is in the datasets, read by this version with this configuration."""
        entry = self.manifest["documents"].get(document_id)
        return entry is not None and entry == [__version__, config_hash]

    def commit(self, documents: Sequence[Document], config_hash: str) -> None:
        """Add or replace documents, all or none of them."""
        if not documents:
            return
        staging = self.folder / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        files = dict(self.manifest["files"])
        moves: dict[str, str] = {}
        removed: list[str] = []
        for bucket in sorted({d.document_id[0] for d in documents}):
            batch = [d for d in documents if d.document_id[0] == bucket]
            for name, part in self._parts(bucket, batch, config_hash):
                if part.num_rows == 0:
                    if files.pop(name, None):
                        removed.append(name)
                    continue
                staged = f"{len(moves):05d}"
                _write(part, staging / staged)
                moves[staged] = name
                files[name] = {"rows": part.num_rows, "sha256": _digest(staging / staged)}
        index = {**self.manifest["documents"], **{d.document_id: [__version__, config_hash] for d in documents}}
        manifest = {"format": FORMAT, "files": dict(sorted(files.items())), "documents": dict(sorted(index.items()))}
        _write_json(staging / JOURNAL, {"moves": moves, "removed": removed, "manifest": manifest})
        _finish(self.folder)
        self.manifest = manifest

    def _parts(self, bucket: str, batch: Sequence[Document], config_hash: str) -> Iterator[tuple[str, pa.Table]]:
        """Yield (file, rows) for every part of a bucket: what stays, and the batch's rows, ordered by document."""
        replaced = pa.array([d.document_id for d in batch])
        fresh = arrow_tables(batch, config_hash)
        for dataset in SCHEMAS:
            parts: dict[str | None, Any] = {None: fresh[dataset]}
            if dataset == "line_items":
                parts = {**dict(_by_year(fresh[dataset]))}
                old = {
                    n.split("/")[1]
                    for n in self.manifest["files"]
                    if n.endswith(f"/part-{bucket}.parquet") and n.startswith("line_items/")
                }
                for year in old - set(parts):
                    parts[year] = fresh[dataset].slice(0, 0)
            for year, added in parts.items():
                rows = added
                name = "/".join(filter(None, (dataset, year, f"part-{bucket}.parquet")))
                if name in self.manifest["files"]:
                    kept = pq.read_table(self.folder / name, schema=SCHEMAS[dataset], partitioning=None)
                    kept = kept.filter(pc.invert(pc.is_in(kept["document_id"], value_set=replaced)))
                    rows = pa.concat_tables([kept, rows])
                order = sorted(range(rows.num_rows), key=rows["document_id"].to_pylist().__getitem__)
                yield name, rows.take(pa.array(order, pa.int64()))


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open an output folder for writing, alone.

    Raises:
        UsageError: The folder holds something that is not ours, or another run is writing to it.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not _is_ours(folder))):
        raise UsageError(f"{folder}: is not an output folder of ours; expected an empty or new one: give another --out")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"{folder}: another run is writing to it; wait for it, or give another --out") from error
        yield Store(folder)


def _is_ours(folder: Path) -> bool:
    return any((folder / name).exists() for name in (MANIFEST, LOCK))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder; an empty one for a new folder.

    Raises:
        DatasetError: The manifest is damaged or of another format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {"format": FORMAT, "files": {}, "documents": {}}
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DatasetError(f"{path}: is damaged ({error}); run again into a new folder") from error
    if manifest.get("format") != FORMAT:
        raise DatasetError(
            f"{path}: is of format {manifest.get('format')}; expected {FORMAT}: run again into a new folder"
        )
    return manifest


def verify(folder: Path) -> list[str]:
    """Return every way in which a folder disagrees with its manifest; an empty list when all agrees.

    Raises:
        DatasetError: The folder has no manifest.
    """
    if not (folder / MANIFEST).is_file():
        raise DatasetError(f"{folder}: has no {MANIFEST}; expected a folder that `extractor run --out` has written")
    manifest = read_manifest(folder)
    problems = []
    if (folder / STAGING / JOURNAL).exists():
        problems.append("a commit was interrupted; run again to finish it")
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name}: missing; run again with the same inputs after deleting {folder / MANIFEST}")
        elif _digest(path) != entry["sha256"]:
            problems.append(f"{name}: content differs from the manifest; restore it, or run again into a new folder")
        else:
            file = pq.ParquetFile(path)
            if file.metadata.num_rows != entry["rows"] or file.schema_arrow != SCHEMAS[name.split("/")[0]]:
                problems.append(f"{name}: rows or schema differ from the contract")
    known = set(manifest["files"])
    found = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.parquet")))
    problems.extend(f"{name}: not in the manifest; delete it" for name in found if name not in known)
    return problems


def _by_year(items: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield (partition, rows); a document without a year goes to year=0."""
    years = pc.fill_null(items["fiscal_year"], 0)
    for year in sorted(set(years.to_pylist())):
        yield f"year={year}", items.filter(pc.equal(years, pa.scalar(year, pa.int16())))


def _write(rows: pa.Table, path: Path) -> None:
    pq.write_table(rows, path, compression="zstd", store_schema=True)
    _sync(path)


def _write_json(path: Path, value: Any) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    _sync(beside)
    beside.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _finish(folder: Path) -> None:
    """Carry out the commit that a journal describes; repeating it does no harm. Without one, drop what was staged."""
    staging = folder / STAGING
    journal = staging / JOURNAL
    if journal.is_file():
        plan = json.loads(journal.read_text(encoding="utf-8"))
        folders = {folder}
        for staged, name in plan["moves"].items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
            if (staging / staged).exists():
                (staging / staged).replace(target)
        for name in plan["removed"]:
            (folder / name).unlink(missing_ok=True)
        for place in folders:
            _sync(place)
        _write_json(folder / "datapackage.json", _datapackage(plan["manifest"]["files"]))
        _write_json(folder / MANIFEST, plan["manifest"])
    shutil.rmtree(staging, ignore_errors=True)


def _datapackage(files: dict[str, Any]) -> dict[str, Any]:
    """Return a Frictionless descriptor of the datasets."""
    return {
        "name": "chinese-public-budgets",
        "profile": "data-package",
        "resources": [
            {
                "name": dataset.replace("_", "-"),
                "path": [name for name in files if name.startswith(f"{dataset}/")],
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": {"fields": [{"name": f.name, "type": _field_type(f.type)} for f in schema]},
            }
            for dataset, schema in SCHEMAS.items()
        ],
    }


def _field_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return "number"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "array" if pa.types.is_list(kind) else "string"


def read_rows(folder: Path, dataset: str) -> pa.Table:
    """Read one dataset of a folder whole, in the contract's schema.

    Raises:
        DatasetError: The folder has no manifest.
    """
    if not (folder / MANIFEST).is_file():
        raise DatasetError(f"{folder}: has no {MANIFEST}; expected a folder that `extractor run --out` has written")
    names = [n for n in read_manifest(folder)["files"] if n.startswith(f"{dataset}/")]
    schema = SCHEMAS[dataset]
    parts = [pq.read_table(folder / n, schema=schema, partitioning=None) for n in names]
    return pa.concat_tables(parts) if parts else schema.empty_table()
