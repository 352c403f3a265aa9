"""The command line: all commands, and how errors become one line on stderr and an exit code."""

from __future__ import annotations

import io
import sys
from typing import NoReturn

import click

from extractor.commands.lazy_group import LazyCommand, LazyGroup
from extractor.commands.options import echo
from extractor.errors import ExtractorError
from extractor.version import __version__

INTERRUPTED = 130
COMMANDS = {
    name: LazyCommand(f"extractor.commands.{name}", name, short_help)
    for name, short_help in {
        "run": "Convert files, folders and URLs into datasets.",
        "check": "Show the verdicts of a dataset, and the identities that fail.",
        "inspect": "Show the output of each stage for a file.",
        "figures": "Count the figures of a dataset, explain one, or make them again.",
        "export": "Write a dataset as CSV, Excel, Stata, DuckDB or SQLite.",
        "sql": "Query a dataset.",
        "status": "Show what fails and since when, gaps, findings and corrections.",
        "diff": "Show which figures differ between two documents.",
        "report": "Write HTML pages to read and check a dataset.",
        "templates": "List, check and draft templates.",
        "verify": "Compare a dataset with its manifest.",
        "prune": "Delete documents that are superseded or gone.",
        "gc": "Delete files of a dataset that its manifest does not list.",
    }.items()
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="extractor")
def cli() -> None:
    """Turn Chinese public budgets into tidy, traced, reconciled Parquet."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line."""
    _print_whatever_happens()
    try:
        sys.exit(cli.main(arguments, prog_name="extractor", standalone_mode=False) or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        echo("interrupted; finished documents are kept: run the same command to continue", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        echo(said.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except ExtractorError as error:
        echo(f"extractor: {error}", err=True)
        sys.exit(error.exit_code)


def _print_whatever_happens() -> None:
    """Escape characters that a terminal or pipe cannot encode: the data is already committed when the summary is printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
