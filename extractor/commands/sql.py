"""`extractor sql`."""

from __future__ import annotations

from functools import partial

import click

from extractor.commands.options import echo_json, folder_argument, json_option
from extractor.commands.table_output import plain_rows, print_rows
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.export.queries import query


@click.command()
@folder_argument
@click.argument("statement")
@json_option
def sql(location: str, statement: str, as_json: bool) -> int:
    """Print the result of a SQL STATEMENT over the datasets of FOLDER, which are its tables, and the views of `export --to duckdb`."""
    rows = query(partial(read_rows, Folder(location)), statement)
    if as_json:
        echo_json({"rows": plain_rows(rows)})
    else:
        print_rows(rows)
    return 0
