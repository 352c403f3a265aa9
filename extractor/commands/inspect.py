"""`extractor inspect`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, echo_json, json_option
from extractor.contract import ReadBy
from extractor.filesystem import find_file
from extractor.jobs.forkserver import start_server
from extractor.vocabulary.config import Config


@click.command()
@click.argument("file")
@click.option("--page", type=click.IntRange(1), default=None, help="Only this page, 1-based.")
@click.option("--reader", type=click.Choice(["pdfium", "pdfplumber", "camelot"]), default="pdfium", show_default=True)
@configs_option
@json_option
def inspect(file: str, page: int | None, reader: ReadBy, configs: Path | None, as_json: bool) -> int:
    """Show the output of each stage for FILE: grids, tables with reasons, header columns, line items and verdicts."""
    start_server()  # before this process imports the reading stages, so that both import at the same time
    from extractor.inspection import inspection_of  # noqa: PLC0415
    from extractor.jobs.confined import call_with_document  # noqa: PLC0415

    found = call_with_document(find_file(file), inspection_of, page, reader, Config.read(configs), as_json)
    if as_json:
        echo_json(json.loads(found))
    else:
        echo(found.decode(errors="replace"))
    return 0
