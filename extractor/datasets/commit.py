"""Commits: staged whole, written down in a journal, carried out by renames, the manifest last.

A process that dies before the journal leaves the old datasets; one that dies after it leaves a commit that the next
opening carries out. Every step is on the disk before the next begins.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from extractor.datasets.folder import Folder
from extractor.datasets.locks import LockCheck
from extractor.errors import DatasetError

MANIFEST, DATAPACKAGE, STAGING, JOURNAL = "manifest.json", "datapackage.json", ".staging", ".staging/journal.json"
Step = Callable[[str], None]  # called after every step that changes the disk, with its name: tests die there


class Commit:
    """One commit in the making: `stage` its files, then `carry_out`."""

    def __init__(self, folder: Folder, step: Step, check: LockCheck) -> None:
        """Begin without files; they are staged in a folder that no other commit has."""
        self.folder, self.step, self._check = folder, step, check
        self.moves: dict[str, str] = {}
        self._own = uuid.uuid4().hex
        self.step("begun")

    def stage(self, name: str, content: Any) -> str:
        """Write a file (bytes, or an Arrow buffer) that will be moved to `name` below the folder; return its digest."""
        staged = f"{self._own}/{len(self.moves):05d}"
        self.folder.write(f"{STAGING}/{staged}", content)
        self.moves[staged] = name
        self.step(f"staged {name}")
        return digest(content)

    def carry_out(self, removed: Iterable[str], manifest: dict[str, Any], datapackage: dict[str, Any]) -> None:
        """Decide the commit by its journal, and do what that says.

        Raises:
            DatasetError: Another writer has taken its files away.
        """
        journal = {"moves": self.moves, "removed": list(removed), "manifest": manifest, "datapackage": datapackage}
        self.folder.fsync_parents(f"{STAGING}/{staged}" for staged in self.moves)
        self._check()
        _replace_json(self.folder, JOURNAL, journal)
        self.step("journal")
        if not finish(self.folder, self.step, self._check):
            raise DatasetError(f"{self.folder}: another run has written there at once; run again")


def finish(folder: Folder, step: Step, check: LockCheck) -> bool:
    """Carry out the commit that a journal describes; repeating it does no harm. Without one, drop what was staged.

    Args:
        folder: The datasets.
        step: Called after every step.
        check: Raises where the lock may have been lost.

    Returns:
        Whether there was a commit to carry out, and it is.

    Raises:
        DatasetError: A part of what the journal is about has been taken away.
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
        _replace_json(folder, DATAPACKAGE, plan["datapackage"])
        step("datapackage")
        check()
        _replace_json(folder, MANIFEST, plan["manifest"])
        step("manifest")
        folder.remove(JOURNAL)  # before what it speaks of
        folder.fsync_parents([JOURNAL])
        step("done")
    folder.clear(STAGING)
    step("cleared")
    return plan is not None


def _plan(folder: Folder) -> dict[str, Any] | None:
    """Return what a journal says; None where it was never written whole, or nothing of it was done and nothing can be."""
    try:
        plan: dict[str, Any] = json.loads(folder.read(JOURNAL))
    except ValueError:
        return None
    lacking = [n for staged, n in plan["moves"].items() if not _is_there(folder, staged, n, plan["manifest"]["files"])]
    if lacking and len(lacking) == len(plan["moves"]):
        return None  # its writer had lost the lock: the next run reads its documents again
    if lacking:
        raise DatasetError(
            f"{folder.at(STAGING)}: the commit in it lacks {lacking[0]}, and something else has changed that folder; "
            "restore it, or run again into a new folder"
        )
    return plan


def _is_there(folder: Folder, staged: str, name: str, files: dict[str, Any]) -> bool:
    if folder.has(f"{STAGING}/{staged}"):
        return True
    return folder.has(name) and digest(folder.read(name)) == files[name]["sha256"]


def is_interrupted(folder: Folder) -> bool:
    """Return whether a decided commit waits to be carried out."""
    return folder.has(JOURNAL)


def _replace_json(folder: Folder, name: str, value: Any) -> None:
    beside = f"{STAGING}/{name.rsplit('/', 1)[-1]}.new"
    folder.write(beside, json.dumps(value, ensure_ascii=False, indent=1).encode())
    folder.move(beside, name)
    folder.fsync_parents([name])


def digest(content: Any) -> str:
    """Return the hex digest by which the manifest knows a file."""
    return hashlib.sha256(content).hexdigest()
