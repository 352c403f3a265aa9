"""Build `datapackage.json`, a Frictionless Data Package, from the descriptions of the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

import pyarrow as pa

from extractor.datasets.columns import DatasetColumn
from extractor.datasets.schemas import DATASETS, Dataset
from extractor.version import __version__

_LINK = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")  # into the data dictionary
TITLE = "Chinese public budgets and final accounts"
DESCRIPTION = (
    "Every amount that the documents print in a table, once, with its code, its unit, its place on the page and a verdict: "
    "proven by the document's own arithmetic, within rounding, not covered by any, or contradicted by it; and what the "
    "documents' prose says. Rows of several levels, totals and tables repeat the same money: choose before adding up."
)
LICENCE = {
    "name": "MIT",
    "path": "https://opensource.org/license/mit",
    "title": "MIT License, for what the extractor adds; the figures are those of the documents' publishers",
}


def datapackage(files: Collection[str]) -> dict[str, Any]:
    """Return the descriptor of a folder's datasets; a dataset without rows has no file and is left out.

    Args:
        files: Names of the part files, as in the manifest.
    """
    paths = {name: [file for file in _ordered(files) if file.startswith(f"{name}/")] for name in DATASETS}
    return {
        "name": "chinese-public-budgets",
        "title": TITLE,
        "description": DESCRIPTION,
        "version": __version__,
        "licenses": [LICENCE],
        "profile": "data-package",
        "resources": [_resource(DATASETS[name], own) for name, own in paths.items() if own],
    }


def _ordered(files: Collection[str]) -> list[str]:
    """Return part files sorted by bucket, beginning with the bucket that most datasets have.

    Frictionless reads only the first part of a resource: the first parts then have keys of the same documents.
    """
    shared = {(file.rpartition("/")[2], file.partition("/")[0]) for file in files}
    count = Counter(part for part, _ in shared)
    return sorted(files, key=lambda file: (-count[part := file.rpartition("/")[2]], part, file))


def _resource(dataset: Dataset, paths: list[str]) -> dict[str, Any]:
    return {
        "name": _name(dataset.name),
        "title": dataset.name,
        "description": about(dataset),
        "profile": "tabular-data-resource",
        "path": paths,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {
            "fields": [_field(column) for column in dataset.columns],
            # Frictionless sees nulls as pandas represents them; an empty text is not a missing value.
            "missingValues": ["nan"],
            "primaryKey": list(dataset.primary_key),
            "foreignKeys": [
                {"fields": list(fields), "reference": {"resource": _name(other), "fields": list(fields)}}
                for fields, other in dataset.foreign_keys.items()
            ],
        },
    }


def about(dataset: Dataset) -> str:
    """Return what the rows of a dataset are."""
    return f"A row for {dataset.row_for}."


def _name(dataset: str) -> str:
    return dataset.replace("_", "-")


def _field(column: DatasetColumn) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.allowed and not pa.types.is_list(column.arrow):
        constraints["enum"] = list(column.allowed)
    return {
        "name": column.name,
        "type": _type(column.arrow),
        "arrowType": str(column.arrow),
        "description": description(column),
        **({"constraints": constraints} if constraints else {}),
    }


def description(column: DatasetColumn) -> str:
    """Return what a column means, in one text without links."""
    described = column.described
    notes = ((described.unit, "Unit"), (described.values, "Values"))
    return _LINK.sub(r"\1", " ".join([described.meaning, *(f"{title}: {text}." for text, title in notes if text)]))


def _type(arrow: pa.DataType) -> str:
    """Return a type's name in Table Schema; Frictionless reads lists as numpy arrays, which its `array` type rejects."""
    if pa.types.is_list(arrow):
        return "any"
    if pa.types.is_integer(arrow):
        return "integer"
    if pa.types.is_decimal(arrow) or pa.types.is_floating(arrow):
        return "number"
    if pa.types.is_timestamp(arrow):
        return "datetime"
    return "boolean" if pa.types.is_boolean(arrow) else "string"
