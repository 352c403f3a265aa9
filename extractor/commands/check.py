"""`extractor check`."""

from __future__ import annotations

import click

from extractor.commands.options import (
    echo,
    echo_json,
    folder_argument,
    json_option,
    min_severity_option,
    reading_datasets,
)
from extractor.contract import Severity
from extractor.datasets.opened import open_dataset
from extractor.review import review

CONTRADICTED = 3


@click.command()
@folder_argument
@click.option("--strict", is_flag=True, help="Exit with code 3 when an amount is contradicted.")
@min_severity_option
@json_option
def check(location: str, strict: bool, min_severity: Severity, as_json: bool) -> int:
    """Show the verdicts of a dataset: counts, findings, the gravest first, and figures on which documents disagree."""
    with reading_datasets(location):
        found = review(open_dataset(location), min_severity)
        if as_json:
            echo_json(found.as_json())
        else:
            echo(found.as_text())
    return CONTRADICTED if strict and found.verdicts["contradicted"] else 0
