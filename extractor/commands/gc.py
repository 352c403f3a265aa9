"""`extractor gc`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import collect_garbage
from extractor.language import _, ngettext


@click.command()
@folder_argument
def gc(location: str) -> int:
    """Delete files of a dataset that its manifest does not list, and files that an interrupted run left."""
    folder = Folder(location)
    deleted = collect_garbage(folder)
    n = len(deleted)
    for name in deleted:
        echo(_("deleted {name}").format(name=name))
    echo(ngettext("{folder}: {n} file deleted", "{folder}: {n} files deleted", n).format(folder=folder, n=n))
    return 0
