"""`extractor inspect`."""

from __future__ import annotations

from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, echo_json, json_option
from extractor.contract import ReadBy
from extractor.filesystem import find_file
from extractor.inspection import inspect_document
from extractor.pages.pdfium import initialise
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary


@click.command()
@click.argument("file")
@click.option("--page", type=click.IntRange(1), default=None, help="Only this page, 1-based.")
@click.option("--reader", type=click.Choice(["pdfium", "pdfplumber", "camelot"]), default="pdfium", show_default=True)
@configs_option
@json_option
def inspect(file: str, page: int | None, reader: ReadBy, configs: Path | None, as_json: bool) -> int:
    """Show the output of each stage for FILE: grids, tables with reasons, header columns, line items and verdicts."""
    initialise()
    found = inspect_document(find_file(file), page, reader, compile_vocabulary(Config.read(configs)))
    if as_json:
        echo_json(found.as_json())
    else:
        echo(found.as_text())
    return 0
