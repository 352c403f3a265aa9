"""`extractor run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import extractor as ex
from extractor.cheap_imports import importing, without
from extractor.commands.options import configs_option, echo, echo_json, json_option
from extractor.commands.progress import progress_bar
from extractor.errors import DatasetError, ExtractorError, StorageError
from extractor.jobs.forkserver import start_server
from extractor.jobs.log import log_to
from extractor.language import _, sentence

if TYPE_CHECKING:
    from extractor.drift import Drift
    from extractor.jobs.executor import RunSummary
    from extractor.vocabulary.config import Config


@contextmanager
def _told(webhook: str | None) -> Iterator[Callable[[RunSummary, list[Drift] | None], None]]:
    """Yield a function that posts a summary to a webhook, if there is one; an error that ends the run is posted, too."""
    if webhook is None:
        yield lambda _summary, _drifts: None
        return
    from extractor.notification import message, notify, require_web_address  # noqa: PLC0415 - it imports the reading stages

    require_web_address(webhook)

    def post(text: str) -> None:
        if fault := notify(webhook, text):
            echo(f"extractor: {fault}", err=True)

    try:
        yield lambda summary, drifts: post(message(summary, drifts or ()))
    except ExtractorError as error:
        post(f"extractor: the run ended early: {error}")
        raise


def _drifts(location: str, summary: RunSummary, config: Config, shard: object) -> list[Drift] | None:
    """Return what is new at publishers in the documents that a run saw first; None where it cannot be known.

    The datasets may be damaged, which then is a line, or other shards write to them while they are read.
    """
    if summary.damaged or shard is not None:
        return None
    if not summary.counts["documents"]:
        return []
    from extractor.drift import drift  # noqa: PLC0415 - only those who are told wait for it

    try:
        return drift(ex.open_dataset(location), config.drift, summary.began)
    except (DatasetError, StorageError) as error:  # the run has committed what it read
        told = _("extractor: what is new at publishers is not told: {problem}")
        echo(told.format(problem=sentence(str(error))), err=True)
        return None


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal()):
        raise click.BadParameter(f"{text!r}; expected I/N such as 2/4")
    return int(part), int(parts)


def _file(path: Path | None) -> Path | None:
    """Refuse, before anything is read, what no file can be written to."""
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise click.BadParameter(f"{str(path)!r}; expected a file in a folder that exists")
    return path


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("--out", required=True, help="Folder for the datasets, or a URL such as s3://bucket/folder.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Documents read at once; default: one per core.")
@click.option(
    "--executor",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where documents are read.",
)
@click.option("--ray-address", help="Address of the Ray cluster; default: RAY_ADDRESS, else Ray on this machine.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=300.0,
    show_default=True,
    help="Maximum seconds per document, plus 10 for every page that needs OCR.",
)
@click.option(
    "--memory", type=click.FloatRange(0.1), default=4.0, show_default=True, help="Maximum memory per document, in GiB."
)
@click.option("--retry", is_flag=True, help="Read documents again that ended in timeout, memory or crash.")
@click.option(
    "--reread",
    type=click.Choice(["stale", "all", "none"]),
    default="stale",
    show_default=True,
    help="Which documents that the datasets have are read again: those of another version or configuration, all, or none.",
)
@click.option(
    "--only-new", is_flag=True, help="Exit with code 1 for failures of this run alone, not for those that still stand."
)
@click.option(
    "--commit-every",
    type=click.IntRange(1),
    help="Maximum number of documents per commit; by default 200, in large datasets an eighth of what is there.",
)
@click.option(
    "--shard",
    metavar="I/N",
    callback=lambda _context, _option, text: _shard(text),
    help="Only the I-th of N parts of the documents; all N may write to one --out at once.",
)
@click.option(
    "--include",
    metavar="PATTERN",
    multiple=True,
    help="Only files whose name fits, as --include=*.pdf, or whose path, as --include=2026/** does; may be given again.",
)
@click.option(
    "--exclude", metavar="PATTERN", multiple=True, help="No files that fit, as --exclude=*.tsv; may be given again."
)
@click.option(
    "--log-json",
    type=click.Path(path_type=Path),
    help="Append a log, one JSON object per line, to this file; - is stderr.",
)
@click.option(
    "--metrics",
    type=click.Path(path_type=Path),
    callback=lambda _context, _option, path: _file(path),
    help="Write metrics in OpenMetrics' text format to this file, for node_exporter's textfile collector.",
)
@click.option("--notify", "webhook", metavar="URL", help="Post a summary to this webhook, as JSON that Slack takes.")
@configs_option
@json_option
def run(
    inputs: tuple[str, ...],
    configs: Path | None,
    as_json: bool,
    log_json: Path | None,
    only_new: bool,
    metrics: Path | None,
    webhook: str | None,
    **options: Any,
) -> int:
    """Convert INPUTS (files, folders, globs; paths or URLs) into datasets under --out.

    Of a folder, the files that look like documents are read; a text among them that is none (a README, notes, a list of
    files) is skipped and named. Files that are named themselves are always read, and fail where they are no documents.

    Incremental: reruns process only new or changed files. A document that exceeds its time or memory is tried once more
    with twice the limits and without second readers.
    """
    if options["executor"] == "local":
        # Before `ex.run` imports the reading stages, so that both processes import at the same time.
        several = len(inputs) > 1 or not Path(inputs[0]).is_file()
        start_server(many=several and not Path(options["out"]).is_dir())  # of those of an earlier run, few are new
    with importing(), without("numpy"):  # which Arrow imports, for nothing that is done here
        from extractor.datasets.first_array import make_first_array  # noqa: PLC0415 - Arrow is imported beside the server

        make_first_array()
    with _told(webhook) as tell, log_to(log_json), progress_bar() as bar:
        with importing(), without("numpy"):
            config, read = ex.Config.read(configs), ex.run
        summary = read(inputs, configs=config, started=bar.started, progress=bar.finished, **options)
        drifts = _drifts(options["out"], summary, config, options["shard"]) if metrics or webhook else None
        if metrics is not None:
            from extractor.metrics import write_metrics  # noqa: PLC0415 - it imports the reading stages, after the server has begun

            write_metrics(metrics, summary, drifts)
        tell(summary, drifts)
    for line in summary.damaged:
        told = _("extractor: {problem}; until then, new documents of that bucket are left out")
        echo(told.format(problem=sentence(line)), err=True)
    if as_json:
        echo_json(summary.as_json())
    else:
        from extractor.summary import print_summary  # noqa: PLC0415 - rich takes 0.1 s, which --json and the server need not wait for

        print_summary(summary)
    if summary.damaged:
        return DatasetError.exit_code
    return 0 if summary.all_read and (only_new or not summary.standing) else 1
