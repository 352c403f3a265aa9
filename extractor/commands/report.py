"""`extractor report`."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, folder_argument, min_severity_option, reading_datasets
from extractor.commands.progress import progress_bar
from extractor.contract import Severity
from extractor.datasets.folder import Folder
from extractor.drift import drift
from extractor.errors import UsageError
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.language import ngettext, spoken
from extractor.report.drawer import Drawer
from extractor.report.serve import ReportServer
from extractor.report.write import Report, Wanted
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary


@click.command()
@folder_argument
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Folder for the pages; default: FOLDER/report."
)
@click.option(
    "--pictures", is_flag=True, help="Draw pictures of the pages with tables, which stand beside what was read."
)
@click.option(
    "--serve", is_flag=True, help="Serve the report on this machine; pictures are drawn when a page is first opened."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port for --serve; 0 takes a free one.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=None, help="Processes that draw page images; default: one per core."
)
@min_severity_option
@configs_option
def report(
    location: str,
    out: Path | None,
    pictures: bool,
    serve: bool,
    port: int,
    workers: int | None,
    min_severity: Severity,
    configs: Path | None,
) -> int:
    """Write HTML pages from the datasets in FOLDER: one per document, an index, all findings, a search.

    Incremental: only documents that have changed are drawn again. Pages show pictures of the original with --pictures, or with --serve.
    """
    folder = Folder(location)
    target = out or (folder.path and folder.local("report"))
    if target is None:
        raise UsageError(f"{folder}: is not on this machine; expected a local folder for the report: give --out")
    config, wanted = Config.read(configs), Wanted(min_severity, spoken(), pictures)
    vocabulary = compile_vocabulary(config)
    with reading_datasets(location), Opener(Limits()) as opener, Drawer(workers or os.cpu_count() or 1) as drawer:
        found = Report(folder, target, vocabulary, opener, drawer, wanted)
        with progress_bar() as bar:
            written = found.write_all(bar.finished, drift(found.datasets, config.drift))
        number = len(found.documents)
        echo(
            ngettext("{n} document: {path}", "{n} documents: {path}", number).format(
                n=number, path=target / written[0].name
            )
        )
        if serve:
            with ReportServer(found, port) as server, suppress(KeyboardInterrupt):  # the way to end it
                echo(server.url)
                server.serve_forever()
    return 0
