"""`extractor sql`."""

from __future__ import annotations

from functools import partial

import click
import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from extractor.commands.options import echo_json, folder_argument, json_option, reading_datasets, visible
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.export.queries import query

PIPE_WIDTH = 100_000  # columns of output that does not go to a terminal, at most: nothing is cut off there


@click.command()
@folder_argument
@click.argument("statement")
@json_option
def sql(location: str, statement: str, as_json: bool) -> int:
    """Print the result of a SQL STATEMENT over the datasets of FOLDER, which are its tables, and the views of `export --to duckdb`."""
    with reading_datasets(location):
        rows = query(partial(read_rows, Folder(location)), statement)
        values = rows.to_pylist()
    if as_json:
        echo_json(
            {
                "rows": [
                    {k: v if v is None or isinstance(v, (int, float, str)) else str(v) for k, v in r.items()}
                    for r in values
                ]
            }
        )
        return 0
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name, kind in zip(rows.column_names, rows.schema.types, strict=True):
        number = pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
        table.add_column(escape(visible(name)), justify="right" if number else "left", no_wrap=True)
    for row in values:
        table.add_row(*("" if value is None else escape(visible(str(value))) for value in row.values()))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(1, Measurement.get(console, console.options.update(max_width=PIPE_WIDTH), table).maximum)
    console.print(table)
    return 0
