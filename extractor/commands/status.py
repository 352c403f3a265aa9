"""`extractor status`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
import pyarrow as pa

from extractor.commands.options import (
    configs_option,
    echo,
    echo_json,
    folder_argument,
    json_option,
    reading_datasets,
)
from extractor.commands.table_output import plain_rows, print_rows
from extractor.contract import base_type
from extractor.datasets.opened import open_dataset
from extractor.language import _, sentence, spoken, word
from extractor.status import status as status_of
from extractor.vocabulary.config import Config

WORDS = {  # column → the kind of its words
    "status": "Status",
    "severity": "Severity",
    "organisation_level": "OrganisationLevel",
    "phase": "Phase",
    "what": "DriftKind",
}
SENTENCES = ("reason", "found")


@click.command()
@folder_argument
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only findings, corrections and changes in documents first seen since this day or moment, UTC; changes: by default of the last run.",
)
@configs_option
@json_option
def status(location: str, since: datetime | None, configs: Path | None, as_json: bool) -> int:
    """Show what stands: documents that are not read and since when, gaps and changes by publisher, findings, corrections."""
    with reading_datasets(location):
        config = Config.read(configs)
        found = status_of(open_dataset(location), config.drift, since.replace(tzinfo=UTC) if since else None)
    if as_json:
        echo_json({name: plain_rows(rows) for name, rows in found.items()})
        return 0
    titles = {
        "failing": _("failing"),
        "gaps": _("gaps"),
        "drift": _("drift"),
        "findings": _("findings"),
        "corrected": _("corrected"),
        "retired": _("retired"),
    }
    for name, rows in found.items():
        echo(_("{title}: {n}").format(title=titles[name], n=rows.num_rows))
        if rows.num_rows:
            print_rows(_shown(rows, {kind.id: kind.zh for kind in config.kinds}))
            echo("")
    return 0


def _shown(rows: pa.Table, table_types: Mapping[str, str]) -> pa.Table:
    """Return rows in the language of this process; in English with the words of the datasets, by which they are looked for there.

    Args:
        rows: Some of `status`.
        table_types: Table type → its Chinese name.
    """
    if spoken() == "en":
        return rows.drop_columns([name for name in rows.column_names if name == "sentence_zh"])
    headings = _headings()
    columns = {
        headings[name]: pa.array([_translated(name, value, table_types) for value in rows[name].to_pylist()])
        for name in rows.column_names
        if name != "sentence"
    }
    return pa.table(columns)


def _translated(column: str, value: object, table_types: Mapping[str, str]) -> object:
    if column == "table_type" and isinstance(value, str):
        base = base_type(value)
        return table_types.get(base, base) + (_("(final accounts)") if base != value else "")
    if column in WORDS and value is not None:
        return word(WORDS[column], str(value))
    return sentence(str(value)) if column in SENTENCES and value is not None else value


def _headings() -> dict[str, str]:
    """Return column → its heading in the language of this process."""
    return {
        "since": _("since"),
        "first_seen": _("first seen"),
        "last_read": _("last read"),
        "status": _("status"),
        "path": _("path"),
        "reason": _("reason"),
        "region": _("region"),
        "source": _("source"),
        "documents": _("documents"),
        "partial": _("read in part"),
        "not_read": _("not read"),
        "tables_not_recognised": _("tables not recognised"),
        "publisher": _("publisher"),
        "organisation_level": _("level"),
        "phase": _("phase"),
        "page": _("page"),
        "table_type": _("table type"),
        "what": _("what"),
        "found": _("new"),
        "usual": _("usual"),
        "severity": _("severity"),
        "sentence_zh": _("finding"),
        "document_id": _("document"),
        "supersedes": _("supersedes"),
    }
