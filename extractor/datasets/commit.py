"""Commits: staged whole, written down in a journal, carried out by renames, the manifest last.

A process that dies before the journal leaves the old datasets; one that dies after it leaves a commit that the next
opening carries out. Every step is on the disk before the next begins.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

MANIFEST, DATAPACKAGE, STAGING, JOURNAL = "manifest.json", "datapackage.json", ".staging", "journal.json"
Step = Callable[[str], None]  # called after every step that changes the disk, with its name: tests die there


class Commit:
    """One commit in the making: `stage` its files, then `carry_out`."""

    def __init__(self, folder: Path, step: Step) -> None:
        """Make an empty staging folder."""
        self.folder, self.step = folder, step
        self.staging = folder / STAGING
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir()
        _sync(folder)
        self.moves: dict[str, str] = {}
        self.step("staging")

    def stage(self, name: str, write: Callable[[Path], None]) -> str:
        """Write a file that will be moved to `name` below the folder; return its digest."""
        staged = f"{len(self.moves):05d}"
        path = self.staging / staged
        write(path)
        _sync(path)
        self.moves[staged] = name
        self.step(f"staged {name}")
        return digest(path)

    def carry_out(self, removed: Iterable[str], manifest: dict[str, Any], datapackage: dict[str, Any]) -> None:
        """Decide the commit by its journal, and do what that says."""
        journal = {"moves": self.moves, "removed": list(removed), "manifest": manifest, "datapackage": datapackage}
        _write_json(self.staging / JOURNAL, journal, self.staging)
        self.step("journal")
        finish(self.folder, self.step)


def finish(folder: Path, step: Step) -> None:
    """Carry out the commit that a journal describes; repeating it does no harm. Without one, drop what was staged."""
    staging = folder / STAGING
    journal = staging / JOURNAL
    if journal.is_file():
        plan = json.loads(journal.read_text(encoding="utf-8"))
        targets = [folder / name for name in (*plan["moves"].values(), *plan["removed"])]
        for staged, name in plan["moves"].items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (staging / staged).exists():
                (staging / staged).replace(target)
            step(f"moved {name}")
        for name in plan["removed"]:
            (folder / name).unlink(missing_ok=True)
            step(f"removed {name}")
        for place in {parent for t in targets for parent in t.parents if parent.is_relative_to(folder)}:
            if place.is_dir():
                _sync(place)
        _write_json(folder / DATAPACKAGE, plan["datapackage"], staging)
        step("datapackage")
        _write_json(folder / MANIFEST, plan["manifest"], staging)
        step("manifest")
    shutil.rmtree(staging, ignore_errors=True)
    step("cleared")


def is_interrupted(folder: Path) -> bool:
    """Tell whether a decided commit waits to be carried out."""
    return (folder / STAGING / JOURNAL).is_file()


def _write_json(path: Path, value: Any, staging: Path) -> None:
    beside = staging / f"{path.name}.new"
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


def digest(path: Path) -> str:
    """Return the hex digest by which the manifest knows a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
