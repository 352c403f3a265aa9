"""Open committed datasets as Arrow, pandas, Polars or DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.checks.check import Check
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_parts, require_manifest
from extractor.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl


class Rows:
    """The rows of one dataset, read from the files at every call; iteration yields dicts.

    The columns are those of the data dictionary: amounts are exact yuan (`decimal`), positions are points from the top left
    corner of the page.
    """

    def __init__(self, name: str, read: Callable[[Sequence[str] | None], Iterator[pa.Table]]) -> None:
        """Take the name of the dataset and the function that reads its rows, given the columns or None for all."""
        self.name, self._read = name, read

    def __repr__(self) -> str:
        """Return the name only: counting the rows would read them."""
        return f"<rows of {self.name}>"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a dict from column to value; rows of one document are in reading order."""
        return iter(self.to_arrow().to_pylist())

    def to_arrow(self) -> pa.Table:
        """Return the rows, in reading order within a document.

        Raises:
            DatasetError: A part is missing or damaged.
            StorageError: The folder cannot be read.
        """
        return pa.concat_tables(self._read(None))

    def parts(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield some columns of the rows, a file after the other, so that memory does not hold the whole dataset.

        Raises:
            DatasetError: A part is missing or damaged.
            StorageError: The folder cannot be read.
        """
        return self._read(columns)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas `DataFrame`; exact amounts are `decimal.Decimal` objects.

        Raises:
            DatasetError: A part is missing or damaged.
        """
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a Polars `DataFrame`.

        Raises:
            UsageError: Polars is not installed.
            DatasetError: A part is missing or damaged.
        """
        frame: pl.DataFrame = _optional("polars").from_arrow(self.to_arrow())
        return frame

    def duckdb(self) -> duckdb.DuckDBPyRelation:
        """Return the rows as a DuckDB relation; query it by a name, as in `.query("t", "select … from t")`.

        Raises:
            UsageError: DuckDB is not installed.
            DatasetError: A part is missing or damaged.
        """
        relation: duckdb.DuckDBPyRelation = _optional("duckdb").from_arrow(self.to_arrow())
        return relation


def of_tables(
    tables: Mapping[str, pa.Table],
) -> Callable[[str, Sequence[str] | None], Iterator[pa.Table]]:
    """Return what reads the rows of datasets that are in memory, given their names, for `Datasets`."""

    def read(name: str, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        rows = tables[name]
        yield rows.select(rows.column_names if columns is None else columns)

    return read


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name}: is not installed; pip install 'budget-extractor[{name}]'") from error


class Datasets:
    """All datasets of a folder, or of one document.

    Attributes:
        documents: One row per input, failed ones included.
        tables: One row per table.
        line_items: One row per amount that a table prints.
        checks: One row per identity that was tried.
        figures: One row per figure of a body's budget, whatever tables of its document state it.
        sections: One row per heading of the prose.
        statements: One row per figure that the prose states.
        entries: Duties, units and terms.
        assets: Vehicles and equipment.
        projects: Descriptions of projects.
        duplicates: One row per further file that has the content of a document.
        organisations: One row per organisation and government that is named, with what it belongs to and was called.
        regions: One row per code of a division, with its names by year and what it is today.
        classifications: One row per code of the classifications.
    """

    def __init__(self, read: Callable[[str, Sequence[str] | None], Iterator[pa.Table]]) -> None:
        """Take the function that reads the rows of a dataset, given its name, and the columns or None for all."""

        def rows(name: str) -> Rows:
            return Rows(name, partial(read, name))

        self.documents = rows("documents")
        self.tables = rows("tables")
        self.line_items = rows("line_items")
        self.checks = rows("checks")
        self.figures = rows("figures")
        self.sections = rows("sections")
        self.statements = rows("statements")
        self.entries = rows("entries")
        self.assets = rows("assets")
        self.projects = rows("projects")
        self.duplicates = rows("duplicates")
        self.organisations = rows("organisations")
        self.regions = rows("regions")
        self.classifications = rows("classifications")

    def failed_checks(self) -> list[Check]:
        """Return every identity that fails, in reading order within a document; amounts are in yuan.

        Raises:
            DatasetError: A part is missing or damaged.
        """
        checks = self.checks.to_arrow()
        return [_check(row) for row in checks.filter(pc.equal(checks["holds"], "no")).to_pylist()]


def _check(row: dict[str, Any]) -> Check:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Check(**values)


def open_dataset(location: str | Path) -> Datasets:
    """Open the datasets that `run` has written, for reading; a run may write to the folder at the same time.

    Args:
        location: The folder, or a URL that Arrow opens, such as `s3://bucket/folder`.

    Raises:
        DatasetError: There is no manifest, or it is damaged.
        UsageError: The URL cannot be opened.
        StorageError: The folder cannot be read.
    """
    folder = Folder(location)
    require_manifest(folder)
    return Datasets(partial(read_parts, folder))
