"""Verify a folder of datasets against its manifest, and delete files that the manifest does not list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.datasets.commit import MANIFEST, STAGING, digest, is_interrupted
from extractor.datasets.folder import Folder, as_dataset_errors
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import open_store, require_manifest


def verify(folder: Folder) -> list[str]:
    """Return one message for each difference between a folder and its manifest; empty where there is none.

    An interrupted commit is completed first, as the next run would do.

    Raises:
        DatasetError: The folder has no manifest.
        UsageError: A run is committing to the folder.
        StorageError: The folder cannot be read or written.
    """
    with as_dataset_errors(folder):
        if is_interrupted(folder):
            with open_store(folder):
                pass
        return _problems(folder, require_manifest(folder)["files"])


def _problems(folder: Folder, files: dict[str, Any]) -> list[str]:
    problems = []
    for name, listed in files.items():
        if not folder.has(name):
            problems.append(f"{name}: missing; run again with the same inputs after deleting {folder.at(MANIFEST)}")
            continue
        content = folder.read(name)
        if digest(content) != listed["sha256"]:
            problems.append(f"{name}: content differs from the manifest; restore it, or run again into a new folder")
        else:
            file = pq.ParquetFile(pa.BufferReader(content))
            if file.metadata.num_rows != listed["rows"] or file.schema_arrow != SCHEMAS[name.split("/")[0]]:
                problems.append(
                    f"{name}: row count or schema differs from the manifest or contract; run again into a new folder"
                )
    problems.extend(f"{name}: not in the manifest; `extractor gc` deletes it" for name in _unknown(folder, files))
    return problems


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
