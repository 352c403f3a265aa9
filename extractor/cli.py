"""The command line: parses arguments, calls the rooms, prints. Data to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extractor import __version__
from extractor.contract import ReadBy
from extractor.errors import ExtractorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.datasets.entry import Entry
    from extractor.jobs.executor import Job, Reads

CONTRADICTED, INTERRUPTED = 3, 130
MAX_SHARDS = 16  # a shard is a set of the datasets' sixteen buckets
_configs = click.option(
    "--configs", type=click.Path(path_type=Path), help="Read vocabulary, templates and codes from this folder."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="extractor")
def cli() -> None:
    """Turn Chinese public budgets into tidy, traced, reconciled Parquet."""


@cli.command()
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
@_configs
@_json
def run(
    inputs: tuple[str, ...], out: str, configs: Path | None, as_json: bool, log_json: Path | None, **options: Any
) -> int:
    """Convert INPUTS (files, folders, globs; paths or URLs) into datasets under --out; resumes where it left off.

    A document that runs out of time or memory is tried once more with twice as much, and without second readers.
    """
    from extractor.jobs.forkserver import start_server  # noqa: PLC0415

    if options["executor"] == "local":
        start_server()  # before the imports, so that it makes its own at the same time
    from extractor.datasets.folder import Folder  # noqa: PLC0415
    from extractor.datasets.store import open_store  # noqa: PLC0415
    from extractor.jobs.executor import READ  # noqa: PLC0415
    from extractor.jobs.executor import run as execute  # noqa: PLC0415
    from extractor.jobs.log import log, log_to  # noqa: PLC0415
    from extractor.source.inputs import find_inputs  # noqa: PLC0415
    from extractor.summary import print_summary, summary_of  # noqa: PLC0415
    from extractor.vocabulary.config import Config  # noqa: PLC0415

    read = _reads(options.pop("executor"), options.pop("ray_address"))
    config = Config.read(configs)
    files, folder = find_inputs(inputs), Folder(out)
    job = _job(**options)
    with (
        log_to(log_json),
        open_store(folder, shared=options["shard"] is not None) as store,
        _progress(len(files)) as advance,
    ):
        outcome = execute(files, store, config, job, advance, read)
        summary = summary_of(outcome)
        log("end", **summary)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        print_summary(outcome, folder)
    return 0 if set(outcome.status) <= set(READ) else 1


@cli.command()
@click.argument("location", metavar="FOLDER")
@click.option("--strict", is_flag=True, help="Exit with 3 when an amount is contradicted.")
@_json
def check(location: str, strict: bool, as_json: bool) -> int:
    """Show the verdicts of a dataset again: shares, every identity that does not hold, and what documents disagree on."""
    from collections import Counter  # noqa: PLC0415

    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    from extractor.checks.across_documents import COLUMNS, compare, related  # noqa: PLC0415
    from extractor.datasets.folder import Folder  # noqa: PLC0415
    from extractor.datasets.store import read_rows  # noqa: PLC0415

    folder = Folder(location)
    items = read_rows(folder, "line_items")
    counts = Counter(items["verdict"].to_pylist())
    documents = read_rows(folder, "documents").to_pylist()
    paths = {d["document_id"]: d["path"] for d in documents}
    entries = read_rows(folder, "entries").to_pylist()
    wanted = pc.is_in(items["document_id"], value_set=pa.array(related(documents, entries), pa.string()))
    findings = list(compare(documents, items.filter(wanted).select(COLUMNS).to_pylist(), entries))
    failed = [c for c in read_rows(folder, "checks").to_pylist() if c["holds"] == "no"]
    if as_json:
        shown = [
            {k: str(v) if k in ("stated", "computed", "difference", "tolerance") else v for k, v in c.items()}
            for c in failed
        ]
        across = [
            {
                "rule": f.rule,
                "documents": f.documents,
                "key": f.key,
                "stated": str(f.stated),
                "computed": str(f.computed),
            }
            for f in findings
        ]
        click.echo(json.dumps({"verdicts": counts, "failed": shown, "cross_document": across}, ensure_ascii=False))
    else:
        for name in ("proven", "rounded", "uncovered", "contradicted"):
            click.echo(f"{name:13}{counts[name]:9}")
        for row in failed:
            click.echo(
                f"{Path(paths[row['document_id']]).name}: {row['statement']} — differs by {row['difference']} yuan"
            )
        for finding in findings:
            click.echo(f"{' / '.join(Path(paths[d]).name for d in finding.documents)}: {finding.statement}")
    return CONTRADICTED if strict and counts["contradicted"] else 0


@cli.command()
@click.argument("file")
@click.option("--page", type=click.IntRange(1), default=None, help="Only this page, 1-based.")
@click.option("--reader", type=click.Choice(["pdfium", "pdfplumber", "camelot"]), default="pdfium", show_default=True)
@_configs
@_json
def inspect(file: str, page: int | None, reader: ReadBy, configs: Path | None, as_json: bool) -> int:
    """Show what each room saw in FILE: grids, tables and why, header tree, records, verdicts."""
    from extractor.filesystem import find_file  # noqa: PLC0415
    from extractor.inspection import inspect_document  # noqa: PLC0415
    from extractor.vocabulary.config import Config  # noqa: PLC0415
    from extractor.vocabulary.vocabulary import compile_vocabulary  # noqa: PLC0415

    report = inspect_document(find_file(file), page, reader, compile_vocabulary(Config.read(configs)))
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text())
    return 0


@cli.command()
@click.argument("location", metavar="FOLDER")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the pages; default: DIR/report.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Page images drawn at once; default: all cores.")
@_configs
def report(location: str, out: Path | None, workers: int | None, configs: Path | None) -> int:
    """Write a self-contained HTML page a document, and an index, from the datasets in FOLDER and the original files."""
    from extractor.datasets.folder import Folder  # noqa: PLC0415
    from extractor.datasets.store import require_manifest  # noqa: PLC0415
    from extractor.report.write import write_report  # noqa: PLC0415
    from extractor.vocabulary.config import Config  # noqa: PLC0415
    from extractor.vocabulary.vocabulary import compile_vocabulary  # noqa: PLC0415

    folder = Folder(location)
    target = out or (folder.path and folder.path / "report")
    if target is None:
        raise UsageError(f"{folder}: is not on this machine, where a report is written; give --out")
    files = require_manifest(folder)["files"]
    total = sum(entry["rows"] for name, entry in files.items() if name.startswith("documents/"))
    with _progress(total) as advance:
        written = write_report(
            folder, target, compile_vocabulary(Config.read(configs)), workers or os.cpu_count() or 1, advance
        )
    click.echo(f"{len(written) - 1} documents: {written[0]}")
    return 0


@cli.group()
def templates() -> None:
    """The known templates."""


@templates.command("list")
@_configs
def list_templates(configs: Path | None) -> int:
    """List table types and templates."""
    from extractor.vocabulary.config import Config  # noqa: PLC0415

    config = Config.read(configs)
    for kind in config.kinds:
        click.echo(f"{kind.id:58}{kind.zh}")
    for template in config.templates:
        click.echo(
            f"{template.id:40}{template.table_type:40}{template.years[0]}-{template.years[1]}  {template.source}"
        )
    return 0


@templates.command("check")
@_configs
def check_templates(configs: Path | None) -> int:
    """Validate configs; every problem is named with its place."""
    from extractor.vocabulary.config import Config  # noqa: PLC0415

    config = Config.read(configs)
    click.echo(f"{config.directory}: {len(config.kinds)} table types, {len(config.templates)} templates: all valid")
    return 0


@templates.command("draft")
@click.argument("file")
@click.option("--page", type=click.IntRange(1), required=True, help="The page that the table is on, 1-based.")
@_configs
def draft_templates(file: str, page: int, configs: Path | None) -> int:
    """Draft a template for the tables on one page of FILE; write it to a file under configs/templates and mend it."""
    from extractor.drafting import draft_template  # noqa: PLC0415
    from extractor.filesystem import find_file  # noqa: PLC0415
    from extractor.vocabulary.config import Config  # noqa: PLC0415
    from extractor.vocabulary.vocabulary import compile_vocabulary  # noqa: PLC0415

    click.echo(draft_template(find_file(file), page, compile_vocabulary(Config.read(configs))))
    return 0


@cli.command()
@click.argument("location", metavar="FOLDER")
def verify(location: str) -> int:
    """Return whether manifest, hashes, schemas and row counts of a dataset agree."""
    from extractor.datasets.folder import Folder  # noqa: PLC0415
    from extractor.datasets.integrity import verify as verify_folder  # noqa: PLC0415
    from extractor.datasets.store import read_manifest  # noqa: PLC0415

    folder = Folder(location)
    problems = verify_folder(folder)
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo(f"{folder}: {len(read_manifest(folder)['files'])} files agree with the manifest")
    return 1 if problems else 0


@cli.command()
@click.argument("location", metavar="FOLDER")
def gc(location: str) -> int:
    """Delete files of a dataset that its manifest does not know, and what an interrupted run left."""
    from extractor.datasets.folder import Folder  # noqa: PLC0415
    from extractor.datasets.integrity import collect_garbage  # noqa: PLC0415

    folder = Folder(location)
    deleted = collect_garbage(folder)
    for name in deleted:
        click.echo(f"deleted {name}")
    click.echo(f"{folder}: {len(deleted)} files deleted")
    return 0


def _job(
    workers: int | None,
    timeout: float,
    memory: float,
    retry: bool,
    commit_every: int,
    shard: tuple[int, int] | None,
) -> Job:
    from extractor.jobs.executor import Job  # noqa: PLC0415
    from extractor.jobs.limits import Limits  # noqa: PLC0415

    limits = Limits(timeout, memory=int(memory * (1 << 30)))
    return Job(workers, limits, retry, commit_every, shard or (1, 1))


def _reads(executor: str, address: str | None) -> Reads:
    """Return what reads many documents."""
    if executor == "ray":
        from extractor.jobs.ray_pool import read_on_ray  # noqa: PLC0415

        return partial(read_on_ray, address=address)
    if address:
        raise UsageError("--ray-address: is for --executor ray; give both, or neither")
    from extractor.jobs.worker_pool import read_isolated  # noqa: PLC0415

    return read_isolated


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts) <= MAX_SHARDS):
        raise click.BadParameter(f"{text!r}; expected I/N with I from 1 to N, and N at most {MAX_SHARDS}: 2/4")
    return int(part), int(parts)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Entry | None], None]]:
    """Show a progress bar on a terminal; in a pipe, nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("documents", total=total, failed="", rate="")
        failed = pages = 0
        begun = time.monotonic()

        def advance(entry: Entry | None) -> None:
            nonlocal failed, pages
            if entry is not None:
                failed += entry.status not in ("ok", "partial")
                pages += entry.pages
            rate = f"{pages / (time.monotonic() - begun):.0f} pages/s" if pages else ""
            bar.update(task, advance=1, rate=rate, failed=f"{failed} failed" if failed else "")

        yield advance


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; every error of ours is one line on stderr and an exit code."""
    try:
        sys.exit(cli.main(arguments, prog_name="extractor", standalone_mode=False) or 0)
    except click.exceptions.Abort:
        click.echo("interrupted; what was finished is kept: the same command goes on from there", err=True)
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        click.echo("interrupted; what was finished is kept: the same command goes on from there", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ExtractorError as error:
        click.echo(f"extractor: {error}", err=True)
        sys.exit(error.exit_code)
