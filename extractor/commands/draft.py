"""`extractor templates draft`."""

from __future__ import annotations

from pathlib import Path

import click

from extractor.commands.options import configs_option, echo
from extractor.drafting import draft_template
from extractor.filesystem import find_file
from extractor.pages.pdfium import initialise
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary


@click.command()
@click.argument("file")
@click.option("--page", type=click.IntRange(1), required=True, help="Page with the table, 1-based.")
@configs_option
def draft(file: str, page: int, configs: Path | None) -> int:
    """Draft a template for the tables on one page of FILE; write it to a file under configs/templates and fix it."""
    initialise()
    echo(draft_template(find_file(file), page, compile_vocabulary(Config.read(configs))))
    return 0
