"""What the files of a run say of documents that earlier runs have read: replaced, gone, back, or found once more."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractor.contract import READ
from extractor.datasets.history import Changes
from extractor.datasets.store import KnownDocument, in_shard
from extractor.fetch.origins import Kept
from extractor.filesystem import is_url


@dataclass(slots=True)
class Looked:
    """What a run has found in the places that it looked through.

    Attributes:
        folders: The folders among its inputs, in the spelling of the datasets' paths.
        files: The files that it has opened, in that spelling; members of archives are no files.
        shard: The shard of documents that are its own.
        unread: Those of them that could not be opened, or not wholly.
        at: Path → the id of the document there.
        kept: Document id → what the ledger of a fetch says of it.
    """

    folders: Sequence[str] = ()
    files: frozenset[str] = frozenset()
    shard: tuple[int, int] = (1, 1)
    unread: set[str] = field(default_factory=set)
    at: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)

    def misses(self, path: str) -> bool:
        """Return whether a document's file, or the document in its archive, is no longer there."""
        if path in self.at:
            return False
        file, _, member = path.partition("!/")
        if member and file in self.files:
            return file not in self.unread
        if file in self.files or not any(_is_in(file, folder) for folder in self.folders):
            return False
        try:
            return is_url(file) or not Path(file).exists()  # a file that is there was left out, or is hidden
        except OSError:  # what cannot be looked at is not known to be gone
            return False


def _is_in(file: str, folder: str) -> bool:
    if folder == ".":
        return not is_url(file) and not Path(file).is_absolute()
    return file.startswith(f"{folder.rstrip('/')}/")


def placeholder_id(path: str) -> str:
    """Return the id of a document whose content is not known."""
    return hashlib.sha256(b"unreadable:" + os.fsencode(path)).hexdigest()


def superseded(
    known: Mapping[str, KnownDocument], duplicates: Mapping[str, str], looked: Looked
) -> dict[str, str | None]:
    """Return document id → its successor, None for one that stands again, where that is new.

    The ledger of a fetch says what came after a document at its address; of others, what is at their paths now does, if they
    are nowhere else. What cannot be read supersedes nothing.

    Args:
        known: Document id → what the datasets record of it, or will with the next commit.
        duplicates: Path → the id of the document that it has once more.
        looked: What the run has found.
    """
    found = frozenset(looked.at.values())
    more: dict[str, list[str]] = {}
    for path, i in duplicates.items():
        more.setdefault(i, []).append(path)
    new: dict[str, str | None] = {}
    for i, document in known.items():
        before = document.history.superseded_by
        if i in looked.kept:
            after = looked.kept[i].successors
        elif i in found:
            if before is not None and looked.at.get(document.path) == i:  # a correction was taken back
                new[i] = None
            continue
        elif before is not None or i == placeholder_id(document.path):
            continue
        else:
            paths = [document.path, *more.get(i, ())]
            left = all(path in looked.at or looked.misses(path) for path in paths)
            after = tuple(looked.at[path] for path in paths if path in looked.at) if left else ()
        successor = next((s for s in after if s in known and known[s].status in READ), before if after else None)
        if successor != before and (i in looked.kept or successor is not None):
            new[i] = successor
    return new


def changes(known: Mapping[str, KnownDocument], duplicates: Mapping[str, str], looked: Looked) -> Changes:
    """Return what a run has found out of documents that it did not read.

    Args:
        known: Document id → what the datasets record of it.
        duplicates: Path → the id of the document that it has once more, as the datasets record it.
        looked: What the run has found.

    Returns:
        Which documents others supersede, which are gone or back, which files have the content of a document once more; and to
        remove, the rows of files whose content was not known before and is now.
    """
    first: dict[str, str] = {}  # document id → the path of its row in `documents`
    more: dict[str, str | None] = {path: None for path in duplicates if looked.misses(path)}
    for path, i in looked.at.items():
        if in_shard(i, looked.shard):
            main = first.setdefault(i, known[i].path if i in known else path)
            more[path] = i if path != main else None
    removed = {
        i
        for i, document in known.items()
        if i == placeholder_id(document.path)
        and (file := document.path.partition("!/")[0]) in looked.files
        and file not in looked.unread
    }
    return Changes(
        removed=removed,
        superseded=superseded(known, duplicates, looked),
        retired=_retired(known, looked),
        duplicates={p: i for p, i in more.items() if duplicates.get(p) != i},
    )


def _retired(known: Mapping[str, KnownDocument], looked: Looked) -> dict[str, bool]:
    """Return document id → whether it is gone, where that is new: its address says so, or its file is not found any more."""
    found = frozenset(looked.at.values())
    gone = {
        i: looked.kept[i].gone if i in looked.kept else i not in found and looked.misses(document.path)
        for i, document in known.items()
        if i in found or document.history.superseded_by is None
    }
    return {
        i: now
        for i, now in gone.items()
        if now != bool(known[i].history.retired) and (now or i in found or i in looked.kept)
    }
