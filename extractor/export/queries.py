"""Query datasets by SQL: every dataset is a table, and what analysts ask first is a view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from extractor.datasets.schemas import DATASETS
from extractor.errors import UsageError

if TYPE_CHECKING:
    import duckdb

VIEWS = files("extractor.export") / "views.sql"


def open_duckdb(
    path: str, read: Callable[[str], pa.Table], names: Iterable[str] = DATASETS
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database with datasets as tables, and the views over them.

    Args:
        path: The database's file, or `:memory:`.
        read: Returns the rows of a dataset, given its name.
        names: The datasets.

    Raises:
        UsageError: DuckDB is not installed.
        DatasetError: A part of a dataset is missing or damaged.
    """
    connection: duckdb.DuckDBPyConnection = optional("duckdb").connect(path)
    wanted = set(names)
    for name in DATASETS:
        rows = read(name) if name in wanted else DATASETS[name].schema.empty_table()
        connection.register("_rows", rows)
        connection.execute(f'create table "{name}" as select * from _rows')
        connection.unregister("_rows")
    connection.execute(VIEWS.read_text(encoding="utf-8"))
    return connection


def query(read: Callable[[str], pa.Table], statement: str) -> pa.Table:
    """Return the result of a SQL statement over datasets; only those are read that it or a view in it names.

    Raises:
        UsageError: DuckDB is not installed, or the statement is wrong.
        DatasetError: A part of a dataset is missing or damaged.
    """
    words = set(re.findall(r"\w+", statement))
    names = words & DATASETS.keys() if words.isdisjoint(VIEW_NAMES) else set(DATASETS)
    with open_duckdb(":memory:", read, names) as connection:
        connection.execute("set enable_external_access = false")  # a query reads the datasets and nothing else
        try:
            found = connection.sql(statement)
            return pa.table({}) if found is None else found.to_arrow_table()
        except optional("duckdb").Error as error:
            raise UsageError(
                f"sql: {str(error).splitlines()[0]}; expected one statement over {', '.join(DATASETS)}"
            ) from error


VIEW_NAMES = frozenset(re.findall(r"create (?:view|macro) (\w+)", VIEWS.read_text(encoding="utf-8")))


def optional(name: str, extra: str = "export") -> Any:
    """Return a package that an extra installs.

    Args:
        name: The package.
        extra: The extra.

    Raises:
        UsageError: It is not installed; the message names the extra.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name}: is not installed; pip install 'budget-extractor[{extra}]'") from error
