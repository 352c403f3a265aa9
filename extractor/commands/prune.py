"""`extractor prune`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.store import KnownDocument, open_store
from extractor.errors import UsageError


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

    with open_store(Folder(location)) as store:
        if unknown := [name for name in named if name not in store.known]:
            raise UsageError(f"{unknown[0]}: no such document; expected a document_id of {location}")
        found = {i: known.path for i, known in store.known.items() if wanted(i, known)}
        if not dry_run:
            store.commit(changes=Changes(removed=found.keys()))
    for document_id, path in sorted(found.items(), key=lambda pair: pair[1]):
        echo(f"{'would delete' if dry_run else 'deleted'} {path} ({document_id[:12]})")
    echo(f"{len(found)} documents {'would be ' if dry_run else ''}deleted")
    return 0
