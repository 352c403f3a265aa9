"""What the files of a run say of documents that earlier runs have read: replaced, gone, back, or found once more."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from extractor.contract import READ
from extractor.datasets.history import Changes
from extractor.datasets.store import KnownDocument, in_shard
from extractor.fetch.origins import Kept
from extractor.filesystem import is_url


class Fate(NamedTuple):
    """What became of a document at the addresses where it was published.

    Attributes:
        successors: The ids of what they have given since, the latest first; empty where it is the latest of one.
        gone: Whether none gives it any more, nor anything in its place.
        unseen: Whether the run has not looked into all that came since: then it takes nothing back that is recorded.
    """

    successors: tuple[str, ...]
    gone: bool
    unseen: bool = False


class Fetched(NamedTuple):
    """A document that a run has found in a file of a fetch.

    Attributes:
        document_id: Its id.
        file: The file's path, in the spelling of the datasets.
        member: Its path in the file; empty where it is the file itself.
        kept: What the ledger says of the file.
    """

    document_id: str
    file: str
    member: str
    kept: Kept


@dataclass(slots=True)
class Looked:
    """What a run has found in the places that it looked through.

    Attributes:
        folders: The folders among its inputs, in the spelling of the datasets' paths.
        files: The files that it has opened, in that spelling; members of archives are no files.
        shard: The shard of documents that are its own.
        unread: Those of them that could not be opened, or not wholly.
        at: Path → the id of the document there.
        fates: Document id → what became of it, by the ledger of a fetch.
    """

    folders: Sequence[str] = ()
    files: frozenset[str] = frozenset()
    shard: tuple[int, int] = (1, 1)
    unread: set[str] = field(default_factory=set)
    at: dict[str, str] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)

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


def fates(fetched: Sequence[Fetched], unread: Collection[str]) -> dict[str, Fate]:
    """Return document id → what became of it, by what a run has found in the files of a fetch.

    A member of an archive is known by the archive's address and its own path there: it is superseded by what has this path in a
    later archive of that address, and gone where the latest has nothing there. An archive that was not opened, or not wholly, says nothing.

    Args:
        fetched: The documents, the members of archives among them.
        unread: Paths of the files that could not be opened, or not wholly: what is not in these may be there all the same.
    """
    at = {(document.kept.sha256, document.member): document.document_id for document in fetched}
    opened = {document.kept.sha256 for document in fetched if document.file not in unread}
    places: dict[str, list[Fate]] = defaultdict(list)
    for document in fetched:
        successors, gone, unseen = document.kept.successors, document.kept.gone, False
        if document.member and successors:
            unseen = not all(s in opened or (s, document.member) in at for s in successors)
            gone |= successors[0] in opened and (successors[0], document.member) not in at
            successors = tuple(at[s, document.member] for s in successors if (s, document.member) in at)
        places[document.document_id].append(Fate(successors, gone, unseen))
    found = {i: _fate(i, own) for i, own in places.items()}
    return {
        i: fate._replace(successors=tuple(s for s in fate.successors if not _supersedes(i, s, found)))
        for i, fate in found.items()
    }


def _supersedes(document_id: str, other: str, found: Mapping[str, Fate]) -> bool:
    """Return whether a document came after another one: of two that changed places, neither supersedes the other."""
    return other in found and document_id in found[other].successors


def _fate(document_id: str, places: Sequence[Fate]) -> Fate:
    """Return what became of a document that was at several places: it stands while it does at one of them.

    A later archive may have it unchanged: it does not supersede itself.
    """
    stands = any(not (place.successors or place.gone or place.unseen) for place in places)
    since = () if stands else tuple(dict.fromkeys(s for place in places for s in place.successors if s != document_id))
    return Fate(since, all(place.gone for place in places), not stands and any(place.unseen for place in places))


def placeholder_id(path: str) -> str:
    """Return the id of a document whose content is not known."""
    return hashlib.sha256(b"unreadable:" + os.fsencode(path)).hexdigest()


def superseded(
    known: Mapping[str, KnownDocument], duplicates: Mapping[str, str], looked: Looked
) -> dict[str, str | None]:
    """Return document id → its successor, None for one that stands again, where that is new.

    The ledger of a fetch says what came after a document, or the archive that it is in, at its address; of others, what is at their paths now does, if they
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
        if i in looked.fates:
            fate = looked.fates[i]
            if fate.unseen and before is not None:
                continue
            after = fate.successors
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
        if successor != before and (i in looked.fates or successor is not None):
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
        i: looked.fates[i].gone if i in looked.fates else i not in found and looked.misses(document.path)
        for i, document in known.items()
        if i in found or document.history.superseded_by is None
    }
    return {
        i: now
        for i, now in gone.items()
        if now != bool(known[i].history.retired)
        and (now or (not looked.fates[i].unseen if i in looked.fates else i in found))
    }
