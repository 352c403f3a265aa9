"""What several commands share: options, and how JSON is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

folder_argument = click.argument("location", metavar="FOLDER")
configs_option = click.option(
    "--configs", type=click.Path(path_type=Path), help="Read vocabulary, templates and codes from this folder."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")


def echo_json(value: dict[str, Any]) -> None:
    """Print one JSON object; where the output has not all of Unicode, with its escapes."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=not unicode))
