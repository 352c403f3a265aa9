"""Verify a folder of datasets against its manifest, and delete files that the manifest does not list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.datasets.commit import DATAPACKAGE, MANIFEST, STAGING, digest, is_interrupted
from extractor.datasets.folder import Folder, as_dataset_errors
from extractor.datasets.parts import dataset_of
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import open_store, require_manifest


def verify(folder: Folder, deep: bool = False) -> list[str]:
    """Return one message for each difference between a folder and its manifest; empty where there is none.

    An interrupted commit is completed first, as the next run would do.

    Args:
        folder: The folder of the datasets.
        deep: Also decode every value and count the rows.

    Raises:
        DatasetError: The folder has no manifest.
        UsageError: A run is committing to the folder.
        StorageError: The folder cannot be read or written.
    """
    with as_dataset_errors(folder):
        if is_interrupted(folder):
            with open_store(folder):
                pass
        manifest = require_manifest(folder)
        files = manifest["files"]
        found = (_problem(folder, name, listed, deep) for name, listed in files.items())
        return [
            *filter(None, found),
            *_package_problem(folder, manifest),
            *(f"{name}: not in the manifest; `extractor gc` deletes it" for name in _unknown(folder, files)),
        ]


def _problem(folder: Folder, name: str, listed: dict[str, Any], deep: bool) -> str | None:
    """Return what is wrong with a part, if anything is."""
    if not folder.has(name):
        return f"{name}: missing; run again with the same inputs after deleting {folder.at(MANIFEST)}"
    content = folder.read(name)
    if digest(content) != listed["sha256"]:
        return f"{name}: content differs from the manifest; restore it, or run again into a new folder"
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        same = file.metadata.num_rows == listed["rows"] and file.schema_arrow == SCHEMAS[dataset_of(name)]
        if same and deep:
            same = sum(_decoded(batch) for batch in file.iter_batches(use_threads=False)) == listed["rows"]
    except (OSError, pa.ArrowException) as error:
        return f"{name}: cannot be decoded ({str(error).splitlines()[0]}); run again into a new folder"
    if same:
        return None
    return f"{name}: row count or schema differs from the manifest or contract; run again into a new folder"


def _decoded(batch: pa.RecordBatch) -> int:
    """Return the number of rows of a batch whose every value is valid."""
    batch.validate(full=True)
    count: int = batch.num_rows
    return count


def _package_problem(folder: Folder, manifest: dict[str, Any]) -> list[str]:
    """Return what is wrong with `datapackage.json`, if anything is; before the first commit there is none."""
    if not manifest["files"] and not folder.has(DATAPACKAGE):
        return []
    if "datapackage" not in manifest:
        return [f"{DATAPACKAGE}: not in the manifest of an earlier version; the next commit lists it"]
    if folder.has(DATAPACKAGE) and digest(folder.read(DATAPACKAGE)) == manifest["datapackage"]:
        return []
    return [f"{DATAPACKAGE}: missing, or content differs from the manifest; restore it, or run again into a new folder"]


def collect_garbage(folder: Folder) -> list[str]:
    """Delete files that the manifest does not list, staged and in the dataset folders, and return their names.

    Nothing outside the dataset folders and the staging folder is changed.

    Raises:
        DatasetError: The folder has no manifest.
        UsageError: A run is writing to the folder.
    """
    with as_dataset_errors(folder):
        staged = folder.names(STAGING)
        if not staged:
            require_manifest(folder)
        return [*([] if is_interrupted(folder) else staged), *_collected(folder)]


def _collected(folder: Folder) -> list[str]:
    with open_store(folder) as store:  # this clears the staging folder
        unknown = _unknown(folder, store.manifest["files"])
        for name in unknown:
            folder.remove(name)
        for dataset in SCHEMAS:
            folder.drop_empty(dataset)
    return unknown


def _unknown(folder: Folder, files: Collection[str]) -> list[str]:
    """Return the files in the dataset folders that the manifest does not list."""
    return [name for dataset in SCHEMAS for name in folder.names(dataset) if name not in files]
