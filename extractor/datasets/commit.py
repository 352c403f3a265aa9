"""Atomic commits: files are staged, described in a journal, and moved into place, the manifest last.

A process that dies before it writes the journal leaves the old datasets; one that dies later leaves a commit that the
next `open_store` completes. Every step is on the disk before the next one begins.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from extractor.datasets.folder import Folder
from extractor.datasets.locks import LockCheck
from extractor.datasets.manifest import parse_journal
from extractor.errors import DatasetError

MANIFEST, DATAPACKAGE, STAGING, JOURNAL = "manifest.json", "datapackage.json", ".staging", ".staging/journal.json"
Step = Callable[[str], None]  # called with the name of every step that changes the disk: tests stop the process there


class Commit:
    """One commit in preparation: `stage` its files, then call `carry_out`."""

    def __init__(self, folder: Folder, step: Step, check: LockCheck) -> None:
        """Begin a commit without files; its staging folder has a unique name."""
        self.folder, self.step, self._check = folder, step, check
        self.moves: dict[str, str] = {}
        self._own, self._staged = uuid.uuid4().hex, 0
        self.step("begun")

    def stage(self, name: str, content: Any) -> str:
        """Write a file (bytes, or an Arrow buffer) that will be moved to `name` below the folder; return its digest."""
        staged = f"{self._own}/{self._staged:05d}"
        self._staged += 1
        self.folder.write(f"{STAGING}/{staged}", content)
        self.moves[staged] = name
        self.step(f"staged {name}")
        return digest(content)

    def withdraw(self, names: Iterable[str]) -> None:
        """Leave out files that were staged."""
        withdrawn = set(names)
        self.moves = {staged: name for staged, name in self.moves.items() if name not in withdrawn}

    def carry_out(self, removed: Iterable[str], manifest: dict[str, Any], datapackage: dict[str, Any]) -> None:
        """Write the journal, which decides the commit, and carry it out.

        Args:
            removed: Names of the files to delete.
            manifest: The new manifest.
            datapackage: The new `datapackage.json`.

        Raises:
            DatasetError: Another writer has removed the staged files, or the lock may be lost.
        """
        journal = {"moves": self.moves, "removed": list(removed), "manifest": manifest, "datapackage": datapackage}
        self.folder.fsync_parents(f"{STAGING}/{staged}" for staged in self.moves)
        self._check()
        _replace(
            self.folder, JOURNAL, json.dumps(journal).encode()
        )  # nobody reads it: a third of the time of `as_json`
        self.step("journal")
        if not finish(self.folder, self.step, self._check):
            raise DatasetError(f"{self.folder}: another run has written to it at the same time; run again")


def finish(folder: Folder, step: Step, check: LockCheck) -> bool:
    """Carry out the commit that the journal describes; without a journal, delete staged files. Repeating it is harmless.

    Args:
        folder: The folder of the datasets.
        step: Called after every step.
        check: Raises where the lock may be lost.

    Returns:
        Whether a commit was carried out.

    Raises:
        DatasetError: Some of the staged files that the journal names are missing, or vanish.
    """
    plan = _plan(folder) if is_interrupted(folder) else None
    if plan is not None:
        for staged, name in plan["moves"].items():
            if folder.has(f"{STAGING}/{staged}"):
                folder.move(f"{STAGING}/{staged}", name)
            step(f"moved {name}")
        check()
        for name in plan["removed"]:
            folder.remove(name)
            step(f"removed {name}")
        folder.fsync_parents((*plan["moves"].values(), *plan["removed"]))
        _replace(folder, DATAPACKAGE, as_json(plan["datapackage"]))
        step("datapackage")
        _require_in_place(folder, plan["moves"].values())
        check()
        _replace(folder, MANIFEST, as_json(plan["manifest"]))
        step("manifest")
        folder.remove(JOURNAL)  # before the staged files
        folder.fsync_parents([JOURNAL])
        step("done")
    folder.clear(STAGING)
    step("cleared")
    return plan is not None


def _plan(folder: Folder) -> dict[str, Any] | None:
    """Return the journal's content; None where it is incomplete, or where none of its files is staged or in place."""
    content = folder.read(JOURNAL)
    if not _is_complete(content):
        return None
    plan = parse_journal(content, folder.at(JOURNAL))
    lacking = [n for staged, n in plan["moves"].items() if not _is_there(folder, staged, n, plan["manifest"]["files"])]
    if lacking and len(lacking) == len(plan["moves"]):
        return None  # the writer had lost the lock: the next run reads these documents again
    if lacking:
        raise DatasetError(
            f"{folder.at(STAGING)}: the interrupted commit in it lacks {lacking[0]}; expected a folder that only runs change: "
            "restore it, or run again into a new folder"
        )
    return plan


def _require_in_place(folder: Folder, names: Iterable[str]) -> None:
    """Raise DatasetError unless moved files are where they were moved: a manifest lists nothing that is not there."""
    if gone := next((name for name in names if not folder.has(name)), None):
        raise DatasetError(
            f"{folder}: {gone} was removed while it was committed; expected a folder that only runs change: "
            "restore it, or run again into a new folder"
        )


def _is_complete(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    except RecursionError:  # no run writes it: `parse_journal` says so
        return True
    return True


def _is_there(folder: Folder, staged: str, name: str, files: dict[str, Any]) -> bool:
    if folder.has(f"{STAGING}/{staged}"):
        return True
    return folder.has(name) and digest(folder.read(name)) == files[name]["sha256"]


def is_interrupted(folder: Folder) -> bool:
    """Return whether a commit was decided but not completed."""
    return folder.has(JOURNAL)


def _replace(folder: Folder, name: str, content: bytes) -> None:
    beside = f"{STAGING}/{name.rsplit('/', 1)[-1]}.new"
    folder.write(beside, content)
    folder.move(beside, name)
    folder.fsync_parents([name])


def as_json(value: Any) -> bytes:
    """Return the bytes of a JSON file as a commit writes it."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def digest(content: Any) -> str:
    """Return a file's SHA-256 in hex, as the manifest lists it."""
    return hashlib.sha256(content).hexdigest()
