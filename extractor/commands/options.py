"""Options that several commands share, and JSON output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from extractor.checks.severity import SEVERITIES

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


def echo_json(value: dict[str, Any]) -> None:
    """Print one JSON object; non-ASCII characters are escaped where the output encoding is not Unicode."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not unicode))
