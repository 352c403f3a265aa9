"""The command line: all commands, and how errors become one line on stderr and an exit code."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from functools import partial
from typing import NoReturn

import click
import click.parser

from extractor.commands.lazy_group import LazyCommand, LazyGroup
from extractor.commands.options import echo
from extractor.errors import ExtractorError
from extractor.language import CLICK, LANGUAGES, Language, _, in_context, language_of, ngettext, sentence, speak
from extractor.version import __version__

INTERRUPTED = 130
COMMANDS = {
    name: LazyCommand(f"extractor.commands.{name}", name, short_help)
    for name, short_help in {
        "fetch": "Fetch what is new on publishers' sites.",
        "run": "Convert files, folders and URLs into datasets.",
        "check": "Show the verdicts of a dataset, and the identities that fail.",
        "inspect": "Show the output of each stage for a file.",
        "figures": "Count the figures of a dataset, explain one, or make them again.",
        "export": "Write a dataset as CSV, Excel, Stata, DuckDB or SQLite.",
        "load": "Keep a dataset in PostgreSQL, DuckDB, DuckLake or Iceberg.",
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


def _speak(_context: click.Context, _option: click.Parameter, language: Language | None) -> None:
    if language is not None:
        speak(language)


def _say_version(context: click.Context, _option: click.Option, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    from extractor.pages import native  # noqa: PLC0415 - it loads a library

    echo(_("extractor, version {version}").format(version=__version__))
    if native.core is None:
        echo(_("PDFs are read by Python alone, more slowly: install it where there is a C compiler, or from a wheel"))
    context.exit()


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    callback=_say_version,
    expose_value=False,
    is_eager=True,
    help="Show the version and exit.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    callback=_speak,
    expose_value=False,
    is_eager=True,
    help="Language of messages; default: the locale's.",
)
def cli() -> None:
    """Turn Chinese public budgets into tidy, traced, reconciled Parquet."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line."""
    atexit.register(gc.freeze)  # the system frees all at once; to look for garbage before takes 0.1 s
    _print_whatever_happens()
    speak(language_of(os.environ))
    _translate_click()
    try:
        sys.exit(cli.main(arguments, prog_name="extractor", standalone_mode=False) or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        echo(_("interrupted; finished documents are kept: run the same command to continue"), err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        echo(said.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except ExtractorError as error:
        echo(
            f"extractor: {sentence(str(error))}".replace("\n", "\\n"), err=True
        )  # a file's name may have several lines
        sys.exit(error.exit_code)


def _translate_click() -> None:
    """Give click our catalogue: it asks that of the system's gettext, which has none for it."""
    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types):
        for name, own in (("_", partial(in_context, CLICK)), ("ngettext", partial(ngettext, context=CLICK))):
            if hasattr(module, name):
                setattr(module, name, own)


def _print_whatever_happens() -> None:
    """Escape characters that a terminal or pipe cannot encode: the data is already committed when the summary is printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
