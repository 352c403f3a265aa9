"""`extractor prune`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click

from extractor.commands.options import echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.store import KnownDocument, bucket_of, open_store, require_manifest
from extractor.errors import DatasetError, UsageError
from extractor.language import _


@click.command()
@folder_argument
@click.option("--superseded", is_flag=True, help="Delete documents that others supersede.")
@click.option("--retired", is_flag=True, help="Delete documents whose files are gone.")
@click.option("--document", "named", metavar="DOCUMENT_ID", multiple=True, help="Delete this one; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def prune(location: str, superseded: bool, retired: bool, named: tuple[str, ...], dry_run: bool) -> int:
    """Delete documents with all their rows, which no run ever does; a run over their files reads them again."""
    if not (superseded or retired or named):
        raise UsageError("prune: expected --superseded, --retired or --document: nothing is deleted unasked")

    def wanted(document_id: str, known: KnownDocument) -> bool:
        gone = superseded and known.history.superseded_by is not None
        return gone or (retired and bool(known.history.retired)) or document_id in named

    folder = Folder(location)
    require_manifest(folder)
    with open_store(folder) as store:
        if unknown := [name for name in named if name not in store.known]:
            raise UsageError(f"{unknown[0]}: no such document; expected a document_id of {location}")
        found = {i: known.path for i, known in store.known.items() if wanted(i, known)}
        store.find_damage(set(map(bucket_of, found)))
        if store.damaged:
            raise DatasetError(next(iter(store.damaged.values())))
        if not dry_run:
            store.commit(changes=Changes(found.keys(), _freed(store.known, found)))
    for document_id, path in sorted(found.items(), key=lambda pair: pair[1]):
        told = _("would delete {path} ({document})") if dry_run else _("deleted {path} ({document})")
        echo(told.format(path=path, document=document_id[:12]))
    told = _("{n} documents would be deleted") if dry_run else _("{n} documents deleted")
    echo(told.format(n=len(found)))
    return 0


def _freed(known: Mapping[str, KnownDocument], removed: Collection[str]) -> dict[str, str | None]:
    """Return document id → its next successor, for those whose successor is removed; None for one that stands again."""
    freed: dict[str, str | None] = {}
    for document_id, document in known.items():
        successor = document.history.superseded_by
        if document_id in removed or successor not in removed:
            continue
        seen = {document_id}
        while successor is not None and successor in removed and successor not in seen:
            seen.add(successor)
            successor = known[successor].history.superseded_by if successor in known else None
        freed[document_id] = None if successor in seen else successor
    return freed
