"""`extractor export`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from extractor.commands.options import echo, folder_argument, reading_datasets
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import DATASETS
from extractor.datasets.store import read_rows
from extractor.errors import StorageError
from extractor.export.formats import WRITERS
from extractor.export.formats import export as write
from extractor.filesystem import why


@click.command()
@folder_argument
@click.option("--to", type=click.Choice(list(WRITERS)), required=True, help="The format.")
@click.option(
    "--table", "tables", type=click.Choice(list(DATASETS)), multiple=True, help="Only this dataset; may be repeated."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="File or folder; default: FOLDER's name beside it."
)
def export(location: str, to: str, tables: tuple[str, ...], out: Path | None) -> int:
    """Write the datasets of FOLDER as CSV, Excel, Stata, DuckDB or SQLite."""
    folder = Folder(location)
    one_file = WRITERS[to][1]
    name = Path(str(folder)).name
    target = out or Path(f"{name}.{to}" if one_file else f"{name}-{to}")
    with reading_datasets(location):
        try:
            write(partial(read_rows, folder), tables or tuple(DATASETS), to, target)
        except OSError as error:
            raise StorageError(
                f"{target}: cannot be written ({why(error)}); check the free space and permissions there, or give another --out"
            ) from error
    echo(f"{target}: {', '.join(tables or DATASETS)}")
    return 0
