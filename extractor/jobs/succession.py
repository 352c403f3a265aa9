"""What the files of a run say of documents that earlier runs have read: replaced, gone, back, or found once more."""

from __future__ import annotations

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
        if file in self.files or not any(file.startswith(f"{folder.rstrip('/')}/") for folder in self.folders):
            return False
        return is_url(file) or not Path(file).exists()  # a file that is there was left out, or is hidden


def outdated(known: Mapping[str, KnownDocument], at: Mapping[str, str]) -> dict[str, list[str]]:
    """Return document id → the ids of the documents that were at its path, that stand, and that the run found nowhere else."""
    found = frozenset(at.values())
    replaced: dict[str, list[str]] = {}
    for old, document in known.items():
        if old not in found and document.path in at and document.history.superseded_by is None:
            replaced.setdefault(at[document.path], []).append(old)
    return replaced


def changes(known: Mapping[str, KnownDocument], duplicates: Mapping[str, str], looked: Looked) -> Changes:
    """Return which documents are gone or back, which files have the content of a document once more, and what fetches say.

    Args:
        known: Document id → what the datasets record of it.
        duplicates: Path → the id of the document that it has once more, as the datasets record it.
        looked: What the run has found.
    """
    first: dict[str, str] = {}  # document id → the path of its row in `documents`
    more: dict[str, str | None] = {path: None for path in duplicates if looked.misses(path)}
    for path, i in looked.at.items():
        if in_shard(i, looked.shard):
            main = first.setdefault(i, known[i].path if i in known else path)
            more[path] = i if path != main else None
    return Changes(
        superseded=_superseded(known, looked.kept),
        retired=_retired(known, looked),
        duplicates={p: i for p, i in more.items() if duplicates.get(p) != i},
    )


def _superseded(known: Mapping[str, KnownDocument], kept: Mapping[str, Kept]) -> dict[str, str | None]:
    """Return document id → its successor by the ledger of a fetch, where that is new; one that cannot be read supersedes none."""
    return {
        i: k.successor
        for i, k in kept.items()
        if i in known
        and k.successor != known[i].history.superseded_by
        and (k.successor is None or (k.successor in known and known[k.successor].status in READ))
    }


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
