"""The command line: parses arguments, calls the rooms, prints. Data to stdout, progress and errors to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extractor import __version__
from extractor.errors import ExtractorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.datasets.document import Document

CONTRADICTED, INTERRUPTED = 3, 130
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
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the datasets.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Documents read at once; default: all cores.")
@_configs
@_json
def run(inputs: tuple[str, ...], out: Path, workers: int | None, configs: Path | None, as_json: bool) -> int:
    """Convert INPUTS (files, folders, globs) into datasets under --out; resumes where it left off."""
    from extractor.config import Config  # noqa: PLC0415
    from extractor.datasets.store import open_store  # noqa: PLC0415
    from extractor.executor import run as execute  # noqa: PLC0415
    from extractor.source.source import find_inputs  # noqa: PLC0415
    from extractor.summary import print_summary, summary_of  # noqa: PLC0415

    config = Config.read(configs)
    paths = find_inputs(inputs)
    with open_store(out) as store, _progress(len(paths)) as advance:
        outcome = execute(paths, store, config, workers or os.cpu_count() or 1, advance)
    if as_json:
        click.echo(json.dumps(summary_of(outcome), ensure_ascii=False))
    else:
        print_summary(outcome, out)
    return 1 if any(d.status not in ("ok", "partial") for d in outcome.documents) else 0


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 3 when an amount is contradicted.")
@_json
def check(folder: Path, strict: bool, as_json: bool) -> int:
    """Show the verdicts of a dataset again: shares, and every identity that does not hold."""
    from collections import Counter  # noqa: PLC0415

    from extractor.datasets.store import read_rows  # noqa: PLC0415

    items = read_rows(folder, "line_items")
    counts = Counter(items["verdict"].to_pylist())
    paths = {d["document_id"]: d["path"] for d in read_rows(folder, "documents").to_pylist()}
    failed = [c for c in read_rows(folder, "checks").to_pylist() if c["holds"] == "no"]
    if as_json:
        shown = [
            {k: str(v) if k in ("stated", "computed", "difference", "tolerance") else v for k, v in c.items()}
            for c in failed
        ]
        click.echo(json.dumps({"verdicts": counts, "failed": shown}, ensure_ascii=False))
    else:
        for name in ("proven", "rounded", "uncovered", "contradicted"):
            click.echo(f"{name:13}{counts[name]:9}")
        for row in failed:
            click.echo(
                f"{Path(paths[row['document_id']]).name}: {row['statement']} — differs by {row['difference']} yuan"
            )
    return CONTRADICTED if strict and counts["contradicted"] else 0


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", type=click.IntRange(1), default=None, help="Only this page, 1-based.")
@click.option("--reader", type=click.Choice(["pdfium", "pdfplumber", "camelot"]), default="pdfium", show_default=True)
@_configs
@_json
def inspect(file: Path, page: int | None, reader: str, configs: Path | None, as_json: bool) -> int:
    """Show what each room saw in FILE: grids, tables and why, header tree, records, verdicts."""
    from extractor.config import Config  # noqa: PLC0415
    from extractor.inspection import inspect_document  # noqa: PLC0415

    report = inspect_document(file, page, reader, Config.read(configs))
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text())
    return 0


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the pages; default: DIR/report.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Page images drawn at once; default: all cores.")
@_configs
def report(folder: Path, out: Path | None, workers: int | None, configs: Path | None) -> int:
    """Write a self-contained HTML page a document, and an index, from the datasets in FOLDER and the original files."""
    from extractor.config import Config  # noqa: PLC0415
    from extractor.datasets.store import read_manifest  # noqa: PLC0415
    from extractor.report.write import write_report  # noqa: PLC0415

    with _progress(len(read_manifest(folder)["documents"])) as advance:
        written = write_report(
            folder, out or folder / "report", Config.read(configs), workers or os.cpu_count() or 1, advance
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
    from extractor.config import Config  # noqa: PLC0415

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
    from extractor.config import Config  # noqa: PLC0415

    config = Config.read(configs)
    click.echo(f"{config.directory}: {len(config.kinds)} table types, {len(config.templates)} templates: all valid")
    return 0


@templates.command("draft")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", type=click.IntRange(1), required=True, help="The page that the table is on, 1-based.")
@_configs
def draft_templates(file: Path, page: int, configs: Path | None) -> int:
    """Draft a template for the tables on one page of FILE; write it to a file under configs/templates and mend it."""
    from extractor.config import Config  # noqa: PLC0415
    from extractor.drafting import draft_template  # noqa: PLC0415

    click.echo(draft_template(file, page, Config.read(configs)))
    return 0


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def verify(folder: Path) -> int:
    """Tell whether manifest, hashes, schemas and row counts of a dataset agree."""
    from extractor.datasets.store import read_manifest  # noqa: PLC0415
    from extractor.datasets.store import verify as verify_folder  # noqa: PLC0415

    problems = verify_folder(folder)
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo(f"{folder}: {len(read_manifest(folder)['files'])} files agree with the manifest")
    return 1 if problems else 0


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Document | None], None]]:
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
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("documents", total=total, failed="")
        failed = 0

        def advance(document: Document | None) -> None:
            nonlocal failed
            failed += document is not None and document.status not in ("ok", "partial")
            bar.update(task, advance=1, failed=f"{failed} failed" if failed else "")

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
