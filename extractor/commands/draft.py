"""`extractor templates draft`."""

from __future__ import annotations

from pathlib import Path

import click

from extractor.commands.options import configs_option, echo
from extractor.filesystem import find_file
from extractor.jobs.forkserver import start_server
from extractor.vocabulary.config import Config


@click.command()
@click.argument("file")
@click.option("--page", type=click.IntRange(1), required=True, help="Page with the table, 1-based.")
@configs_option
def draft(file: str, page: int, configs: Path | None) -> int:
    """Draft a template for the tables on one page of FILE; write it to a file under configs/templates and fix it."""
    start_server()  # before this process imports the reading stages, so that both import at the same time
    from extractor.drafting import draft_template  # noqa: PLC0415
    from extractor.jobs.confined import call_with_document  # noqa: PLC0415

    drafted = call_with_document(find_file(file), draft_template, page, Config.read(configs))
    echo(drafted.decode(errors="replace"))
    return 0
