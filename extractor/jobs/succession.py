"""What the files of a run say of documents that earlier runs have read: replaced, gone, back, or found once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractor.datasets.history import Changes
from extractor.datasets.store import KnownDocument
from extractor.filesystem import is_url


@dataclass(slots=True)
class Looked:
    """What a run has found in the places that it looked through.

    Attributes:
        folders: The folders among its inputs, in the spelling of the datasets' paths.
        files: The files that it has opened, in that spelling; members of archives are no files.
        unread: Those of them that could not be opened, or not wholly.
        at: Path → the id of the document there.
    """

    folders: Sequence[str] = ()
    files: frozenset[str] = frozenset()
    unread: set[str] = field(default_factory=set)
    at: dict[str, str] = field(default_factory=dict)

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


def changes(
    known: Mapping[str, KnownDocument],
    duplicates: Mapping[str, str],
    looked: Looked,
    own: Collection[str],
) -> Changes:
    """Return which documents are gone or back, and which files have the content of a document once more.

    Args:
        known: Document id → what the datasets record of it.
        duplicates: Path → the id of the document that it has once more, as the datasets record it.
        looked: What the run has found.
        own: The ids of the documents found that are of this run's shard.
    """
    found = frozenset(looked.at.values())
    retired = {
        i: True
        for i, k in known.items()
        if not k.history.retired and k.history.superseded_by is None and i not in found and looked.misses(k.path)
    }
    retired |= {i: False for i in found & known.keys() if known[i].history.retired}
    first: dict[str, str] = {}  # document id → the path of its row in `documents`
    more: dict[str, str | None] = {path: None for path in duplicates if looked.misses(path)}
    for path, i in looked.at.items():
        if i in own:
            main = first.setdefault(i, known[i].path if i in known else path)
            more[path] = i if path != main else None
    return Changes(retired=retired, duplicates={p: i for p, i in more.items() if duplicates.get(p) != i})
