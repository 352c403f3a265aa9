"""`extractor status`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, echo_json, folder_argument, json_option
from extractor.commands.table_output import plain_rows, print_rows
from extractor.datasets.opened import open_dataset
from extractor.status import status as status_of
from extractor.vocabulary.config import Config


@click.command()
@folder_argument
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only findings, corrections and changes in documents first seen since this day or moment, UTC; changes: by default of the last run.",
)
@configs_option
@json_option
def status(location: str, since: datetime | None, configs: Path | None, as_json: bool) -> int:
    """Show what stands: documents that are not read and since when, gaps and changes by publisher, findings, corrections."""
    rules = Config.read(configs).drift
    found = status_of(open_dataset(location), rules, since.replace(tzinfo=UTC) if since else None)
    if as_json:
        echo_json({name: plain_rows(rows) for name, rows in found.items()})
        return 0
    for name, rows in found.items():
        echo(f"{name.replace('_', ' ')}: {rows.num_rows}")
        if rows.num_rows:
            print_rows(rows)
            echo("")
    return 0
