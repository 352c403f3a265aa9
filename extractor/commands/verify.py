"""`extractor verify`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify as verify_folder
from extractor.datasets.store import read_manifest
from extractor.language import _, sentence


@click.command()
@folder_argument
@click.option("--deep", is_flag=True, help="Also decode every value and count the rows.")
def verify(location: str, deep: bool) -> int:
    """Compare a dataset's files with its manifest: hashes, schemas and row counts."""
    folder = Folder(location)
    problems = verify_folder(folder, deep)
    for problem in problems:
        echo(sentence(problem), err=True)
    if not problems:
        number = len(read_manifest(folder)["files"])
        echo(_("{folder}: {n} files agree with the manifest").format(folder=folder, n=number))
    return 1 if problems else 0
