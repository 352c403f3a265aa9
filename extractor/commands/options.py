"""Options that several commands share, and JSON output."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from extractor.contract import Severity
from extractor.errors import DatasetError, ExtractorError

SEVERITIES = get_args(Severity)
_CONTROL = re.compile(
    "[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]"
)

folder_argument = click.argument("location", metavar="FOLDER")
configs_option = click.option(
    "--configs", type=click.Path(path_type=Path), help="Read vocabulary, templates and codes from this folder."
)
min_severity_option = click.option(
    "--min-severity",
    type=click.Choice(SEVERITIES),
    default=SEVERITIES[-1],
    show_default=True,
    help="Leave out findings that are less grave.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")


@contextmanager
def reading_datasets(location: str) -> Iterator[None]:
    """Make one error of whatever the rows of a dataset cause: those of a stranger's may be of any values.

    Raises:
        DatasetError: Something else than an error of this package happens.
    """
    try:
        yield
    except (ExtractorError, click.ClickException, click.Abort):
        raise
    except Exception as error:
        from extractor.datasets.folder import Folder  # noqa: PLC0415 - `--help` does without Arrow

        raise DatasetError(
            f"{Folder(location)}: its rows cannot be shown or written ({type(error).__name__}: {error}); expected those that `extractor run` writes: if "
            "one has written them, please report it"
        ) from error


def echo(text: str, err: bool = False) -> None:
    """Print a text whose control characters, which documents, file names and arguments may contain, are escaped."""
    click.echo(visible(text), err=err)


def visible(text: str) -> str:
    """Return a text that moves no cursor, sets no colour and turns no writing direction; lines and tabs stay."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def echo_json(value: dict[str, Any]) -> None:
    """Print one JSON object; all but ASCII is escaped where the output encoding is not Unicode, or a terminal would obey it."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not unicode)
    click.echo(json.dumps(value) if _CONTROL.search(text) else text)
