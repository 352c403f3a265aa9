"""`extractor gc`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import collect_garbage


@click.command()
@folder_argument
def gc(location: str) -> int:
    """Delete files of a dataset that its manifest does not list, and files that an interrupted run left."""
    folder = Folder(location)
    deleted = collect_garbage(folder)
    for name in deleted:
        echo(f"deleted {name}")
    echo(f"{folder}: {len(deleted)} files deleted")
    return 0
