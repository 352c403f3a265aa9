"""`extractor report`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, folder_argument, min_severity_option
from extractor.commands.progress import progress_bar
from extractor.contract import Severity
from extractor.datasets.folder import Folder
from extractor.errors import UsageError
from extractor.pages.pdfium import initialise
from extractor.report.write import write_report
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary


@click.command()
@folder_argument
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Folder for the pages; default: FOLDER/report."
)
@click.option(
    "--workers", type=click.IntRange(1), default=None, help="Processes that draw page images; default: one per core."
)
@min_severity_option
@configs_option
def report(location: str, out: Path | None, workers: int | None, min_severity: Severity, configs: Path | None) -> int:
    """Write one self-contained HTML page per document, and an index, from the datasets in FOLDER and the original files."""
    folder = Folder(location)
    target = out or (folder.path and folder.local("report"))
    if target is None:
        raise UsageError(f"{folder}: is not on this machine; expected a local folder for the report: give --out")
    initialise()
    with progress_bar() as bar:
        written = write_report(
            folder,
            target,
            compile_vocabulary(Config.read(configs)),
            workers or os.cpu_count() or 1,
            bar.finished,
            min_severity,
        )
    echo(f"{len(written) - 1} documents: {written[0]}")
    return 0
