"""`extractor load`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, echo_json, folder_argument, json_option, reading_datasets
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import DATASETS
from extractor.export.sinks.load import load as send
from extractor.language import _


@click.command()
@folder_argument
@click.option(
    "--into",
    metavar="STORE",
    required=True,
    help="postgresql://HOST/DATABASE, duckdb:FILE, ducklake:CATALOG or iceberg:CATALOG.NAMESPACE.",
)
@click.option(
    "--table", "tables", type=click.Choice(list(DATASETS)), multiple=True, help="Only this dataset; may be repeated."
)
@json_option
def load(location: str, into: str, tables: tuple[str, ...], as_json: bool) -> int:
    """Make the tables of a store equal to the datasets of FOLDER: only what differs from the last load is sent."""
    with reading_datasets(location):
        loaded = send(Folder(location), into, tables or tuple(DATASETS))
    if as_json:
        echo_json({"sent": len(loaded.sent), "removed": len(loaded.removed), "rows": loaded.rows})
    else:
        told = _("{sent} documents sent, {removed} removed, {rows} rows written")
        echo(told.format(sent=len(loaded.sent), removed=len(loaded.removed), rows=loaded.rows.total()))
    return 0
