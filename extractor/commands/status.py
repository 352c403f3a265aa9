"""`extractor status`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from extractor.commands.options import echo, echo_json, folder_argument, json_option
from extractor.commands.table_output import plain_rows, print_rows
from extractor.datasets.opened import open_dataset
from extractor.language import _
from extractor.status import status as status_of

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


@click.command()
@folder_argument
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only findings and corrections of documents first seen since this day.",
)
@json_option
def status(location: str, since: datetime | None, as_json: bool) -> int:
    """Show what stands: documents that are not read and since when, gaps by publisher, findings, corrections."""
    found = status_of(open_dataset(location), since.replace(tzinfo=UTC) if since else ALWAYS)
    if as_json:
        echo_json({name: plain_rows(rows) for name, rows in found.items()})
        return 0
    titles = {
        "failing": _("failing"),
        "gaps": _("gaps"),
        "findings": _("findings"),
        "corrected": _("corrected"),
        "retired": _("retired"),
    }
    for name, rows in found.items():
        echo(f"{titles[name]}: {rows.num_rows}")
        if rows.num_rows:
            print_rows(rows)
            echo("")
    return 0
