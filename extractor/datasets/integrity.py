"""Whether a folder of datasets is whole, and what in it is nobody's."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow.parquet as pq

from extractor.datasets.commit import MANIFEST, STAGING, digest, is_interrupted
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import open_store, require_manifest


def verify(folder: Path) -> list[str]:
    """Return every way in which a folder disagrees with its manifest; an empty list when all agrees.

    A commit that was interrupted is carried out first, as the next run would.

    Raises:
        DatasetError: The folder has no manifest.
        UsageError: A run is in the middle of a commit.
    """
    if is_interrupted(folder):
        with open_store(folder):
            pass
    files = require_manifest(folder)["files"]
    problems = []
    for name, entry in files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name}: missing; run again with the same inputs after deleting {folder / MANIFEST}")
        elif digest(path) != entry["sha256"]:
            problems.append(f"{name}: content differs from the manifest; restore it, or run again into a new folder")
        else:
            file = pq.ParquetFile(path)
            if file.metadata.num_rows != entry["rows"] or file.schema_arrow != SCHEMAS[name.split("/")[0]]:
                problems.append(f"{name}: rows or schema differ from the contract")
    problems.extend(f"{name}: not in the manifest; `extractor gc` deletes it" for name in _unknown(folder, files))
    return problems


def collect_garbage(folder: Path) -> list[str]:
    """Delete what the manifest does not know: staged files, and files inside the dataset folders; return their names.

    Nothing outside of the dataset folders is touched but the staging folder.

    Raises:
        DatasetError: The folder has no manifest.
        UsageError: A run is writing to the folder.
    """
    if not (folder / STAGING).exists():
        require_manifest(folder)
    staged = sorted(f"{STAGING}/{p.name}" for p in (folder / STAGING).glob("*")) if not is_interrupted(folder) else []
    with open_store(folder) as store:  # which clears the staging folder
        unknown = _unknown(folder, store.manifest["files"])
        for name in unknown:
            (folder / name).unlink()
        for dataset in SCHEMAS:
            for place in sorted((folder / dataset).rglob("*"), reverse=True):
                if place.is_dir() and not any(place.iterdir()):
                    place.rmdir()
    return [*staged, *unknown]


def _unknown(folder: Path, files: Collection[str]) -> list[str]:
    """Return the files inside the dataset folders that the manifest does not know."""
    found = (path for dataset in SCHEMAS for path in sorted((folder / dataset).rglob("*")) if not path.is_dir())
    return [name for path in found if (name := path.relative_to(folder).as_posix()) not in files]
