"""Writes docs/data-dictionary.md: every dataset and column from the classes that describe them, every id from configs/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from extractor.datasets.columns import DatasetColumn
from extractor.datasets.schemas import DATASETS, Dataset
from extractor.vocabulary.config import Config

PLACE = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
HEAD = """# Data dictionary

Written by `make dictionary` from the classes that describe the columns and from `configs/`; do not edit it.

One folder a dataset, Parquet inside; `line_items` in hive partitions `year=YYYY`, the `fiscal_year` of its rows, or `year=0` where the
document says none. Any reader opens `DIR/line_items/**/*.parquet`. Columns are added, never renamed. A column that may be null says so.
Rows of several levels, totals, phases and tables repeat the same money: read [how not to count it twice](not-counting-twice.md) first.

`datapackage.json` beside the datasets says the same to machines, with keys and references (`frictionless validate datapackage.json`). Frictionless
reads the first part of each resource and no other, so that references over all parts are not its to judge; it has no type for a list that it reads
from Parquet, so that such a field's `type` is `any` and its `arrowType` says the rest. A dataset without rows has no file, and is no resource.

The prose (`sections`, `statements`, `entries`, `assets`, `projects`) is joined into paragraphs by form: running heads, page numbers and what lies in
tables of figures are left out. `section` is the ordinal of a row of `sections` within the document; `start` and `end` are offsets into a page's text.
"""


def dictionary(config: Config) -> str:
    """Return the data dictionary in Markdown."""
    parts = [HEAD, *map(_dataset, DATASETS.values())]
    parts.append(
        _ids(
            "Table types",
            "`table_type`, from `configs/tables.toml`; in final accounts `_final` is added (`revenue_summary_final` 收入决算表).",
            ((kind.id, kind.zh) for kind in config.kinds),
        )
    )
    parts.append(
        _ids(
            "Measures",
            "`measure`, from `configs/measures.toml`; `carried_over/government_fund` is the government fund's part of what is carried over.",
            ((measure.id, measure.zh) for measure in config.headers.measure),
        )
    )
    parts.append(
        _ids(
            "Publications",
            "`publication`, from `configs/publications.toml`.",
            ((kind.id, kind.zh) for kind in config.publications.publication),
        )
    )
    words = config.words
    for title, what, found in (
        ("Kinds of sections", "`sections.kind` and `statements.section_kind`", words.section),
        ("Subjects", "`statements.subject`", words.subject),
        ("Kinds of units", "`entries.category`", words.unit_kind),
    ):
        parts.append(_ids(title, f"{what}, from `configs/words.toml`.", ((word.id, word.zh) for word in found)))
    return "\n".join(parts)


def _dataset(dataset: Dataset) -> str:
    references = [
        f"{_names(fields)} {'is' if len(fields) == 1 else 'are'} found in `{other}`"
        for fields, other in dataset.foreign_keys.items()
    ]
    keys = "; ".join([f"Unique by {_names(dataset.primary_key)}", *references])
    rows = [_row(column) for column in dataset.columns]
    head = ("column", "type", "meaning", "unit", "allowed values", "example")
    return "\n".join([f"## {dataset.name}", "", f"A row for {dataset.row_for}. {keys}.", "", *_table(head, rows), ""])


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _row(column: DatasetColumn) -> tuple[str, ...]:
    described = column.described
    allowed = ", ".join(f"`{word}`" for word in column.allowed) or described.values or _any(column.arrow)
    return (
        f"`{column.name}`",
        str(column.arrow).replace("item: ", "").replace("element: ", ""),
        described.meaning,
        described.unit,
        allowed + (", null" if column.nullable else ""),
        f"`{_shown(described.example)}`",
    )


def _any(arrow: pa.DataType) -> str:
    if pa.types.is_boolean(arrow):
        return "true, false"
    if pa.types.is_list(arrow):
        return "any texts"
    if pa.types.is_integer(arrow):
        return "any whole number"
    if pa.types.is_timestamp(arrow):
        return "any moment, UTC"
    return "any text" if pa.types.is_string(arrow) else "any number"


def _shown(example: object) -> str:
    if isinstance(example, str | Decimal):
        return str(example)
    if isinstance(example, datetime):
        return example.isoformat()
    return json.dumps(example, ensure_ascii=False)


def _ids(title: str, what: str, pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(
        [f"## {title}", "", what, "", *_table(("id", "Chinese"), [(f"`{name}`", zh) for name, zh in pairs]), ""]
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    PLACE.write_text(dictionary(Config.read()).rstrip() + "\n", encoding="utf-8")
    print(PLACE)
