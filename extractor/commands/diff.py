"""`extractor diff`."""

from __future__ import annotations

import click

from extractor.commands.options import echo, echo_json, folder_argument, json_option
from extractor.commands.table_output import plain_rows, print_rows
from extractor.datasets.opened import open_dataset
from extractor.difference import Compared, difference, find_document


@click.command()
@folder_argument
@click.argument("old")
@click.argument("new")
@click.option(
    "--of",
    type=click.Choice(["figures", "line_items"]),
    default="figures",
    show_default=True,
    help="Compare what the documents say once, or every amount that they print.",
)
@json_option
def diff(location: str, old: str, new: str, of: Compared, as_json: bool) -> int:
    """Show which figures differ between two documents of FOLDER, such as OLD and the correction NEW that supersedes it.

    A document is named by its path, its URL, or the beginning of its document_id.
    """
    datasets = open_dataset(location)
    documents = datasets.documents.to_arrow()
    rows = difference(datasets, find_document(documents, old), find_document(documents, new), of)
    if as_json:
        echo_json({"rows": plain_rows(rows)})
    elif rows.num_rows:
        print_rows(rows)
    else:
        echo(f"no {of.replace('_', ' ')} differ")
    return 0
