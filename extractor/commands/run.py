"""`extractor run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import extractor as ex
from extractor.commands.options import configs_option, echo_json, json_option
from extractor.commands.progress import progress_bar
from extractor.jobs.forkserver import start_server
from extractor.jobs.log import log_to
from extractor.summary import print_summary


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal()):
        raise click.BadParameter(f"{text!r}; expected I/N such as 2/4")
    return int(part), int(parts)


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("--out", required=True, help="Folder for the datasets, or a URL such as s3://bucket/folder.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Documents read at once; default: one a core.")
@click.option(
    "--executor", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Where they are read."
)
@click.option("--ray-address", help="Cluster of --executor ray; default: RAY_ADDRESS, else Ray on this machine alone.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=300.0,
    show_default=True,
    help="Seconds that a document may take, and 10 more for every page that is a picture.",
)
@click.option(
    "--memory", type=click.FloatRange(0.1), default=4.0, show_default=True, help="GiB of memory that it may take."
)
@click.option("--retry", is_flag=True, help="Read documents again that ended in timeout, memory or crash.")
@click.option("--commit-every", type=click.IntRange(1), default=200, show_default=True, help="Documents a commit.")
@click.option(
    "--shard",
    metavar="I/N",
    callback=lambda _context, _option, text: _shard(text),
    help="Only the I-th of N parts of the documents; all N may write to one --out at once.",
)
@click.option(
    "--log-json",
    type=click.Path(path_type=Path),
    help="Append a log, one JSON object a line, to this file; - is stderr.",
)
@configs_option
@json_option
def run(inputs: tuple[str, ...], configs: Path | None, as_json: bool, log_json: Path | None, **options: Any) -> int:
    """Convert INPUTS (files, folders, globs; paths or URLs) into datasets under --out; resumes where it left off.

    A document that runs out of time or memory is tried once more with twice as much, and without second readers.
    """
    if options["executor"] == "local":
        start_server()  # before `ex` imports what reads, so that the server imports at the same time
    with log_to(log_json), progress_bar() as progress:
        summary = ex.run(inputs, configs=ex.Config.read(configs), progress=progress, **options)
    if as_json:
        echo_json(summary.as_json())
    else:
        print_summary(summary)
    return 0 if summary.all_read else 1
