"""DuckDB and DuckLake: a load is one transaction, over all tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from extractor.datasets.datapackage import about, description
from extractor.datasets.schemas import Dataset
from extractor.errors import StorageError, UsageError
from extractor.export.queries import optional
from extractor.export.sinks.sink import LOADED, has_loads, missing_columns, shown

if TYPE_CHECKING:
    import duckdb


class _Duckdb:
    """A connection within a transaction of the database that it uses."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def prepare(self, datasets: Sequence[Dataset]) -> None:
        is_own = has_loads(self._shape(LOADED))
        for dataset in datasets:
            there, expected = self._shape(dataset), self._expected(dataset)
            missing = missing_columns(dataset, there, expected, is_own)
            if not there:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in expected.items())
                self._connection.execute(f'create table "{dataset.name}" ({columns})')
                self._connection.execute("delete from loaded where split_part(unit, '/', 1) = ?", [dataset.name])
            for name in missing if there else ():
                self._connection.execute(f'alter table "{dataset.name}" add column "{name}" {expected[name]}')
            if missing:
                self._describe(dataset)

    def units(self) -> dict[str, str]:
        return self._pairs("select unit, digest from loaded where key = ''")

    def keys(self, unit: str) -> dict[str, str]:
        return self._pairs("select key, digest from loaded where unit = ? and key <> ''", unit)

    def delete(self, dataset: Dataset, where: Mapping[str, Sequence[str]]) -> None:
        condition = " and ".join(f'"{column}" in (select unnest(?::varchar[]))' for column in where)
        self._connection.execute(f'delete from "{dataset.name}" where {condition}', list(map(list, where.values())))

    def insert(self, dataset: Dataset, rows: pa.Table) -> None:
        self._connection.register("_rows", rows)
        self._connection.execute(f'insert into "{dataset.name}" by name select * from _rows')
        self._connection.unregister("_rows")

    def _describe(self, dataset: Dataset) -> None:
        """Give the table and its columns their comments."""
        said = {f'table "{dataset.name}"': about(dataset)}
        said |= {f'column "{dataset.name}"."{column.name}"': description(column) for column in dataset.columns}
        for what, text in said.items():
            quoted = text.replace("'", "''")
            self._connection.execute(f"comment on {what} is '{quoted}'")

    def _shape(self, dataset: Dataset) -> dict[str, str]:
        return self._pairs(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = 'sink' and schema_name = current_schema() and table_name = ?",
            dataset.name,
        )

    def _expected(self, dataset: Dataset) -> dict[str, str]:
        """Return column → the type that DuckDB gives Arrow's."""
        self._connection.register("_rows", pa.Table.from_batches([], dataset.schema))
        found = self._pairs("select column_name, column_type from (describe select * from _rows)")
        self._connection.unregister("_rows")
        return found

    def _pairs(self, statement: str, *values: str) -> dict[str, str]:
        found: dict[str, Any] = dict(self._connection.execute(statement, values).fetchall())
        return found


@contextmanager
def open_sink(location: str) -> Iterator[_Duckdb]:
    """Open a database (`duckdb:FILE`) or a lake (`ducklake:CATALOG`, as DuckDB attaches it), made if it is not there.

    Raises:
        UsageError: DuckDB is not installed, the database is in memory, or a table has another shape.
        StorageError: The database cannot be opened or written, or the extension cannot be had.
    """
    duckdb = optional("duckdb", "duckdb")
    if ":memory:" in location:
        raise UsageError(f"{location}: is gone when the load ends; expected a file")
    with duckdb.connect() as connection:
        try:
            _attach(connection, location)
        except duckdb.Error as error:
            raise StorageError(
                f"{shown(location)}: cannot be opened ({_first_line(error)}); check the path, that no other process has it open, and "
                "for a lake that `INSTALL ducklake` was run once in DuckDB, which needs the network"
            ) from error
        try:
            connection.begin()
            yield _Duckdb(connection)
            connection.commit()
        except UsageError as error:
            raise UsageError(f"{shown(location)}: {error}") from error
        except duckdb.Error as error:
            raise StorageError(
                f"{shown(location)}: the load failed and nothing of it was kept ({_first_line(error)}); check the free space and the rights there, and load again"
            ) from error


def _attach(connection: duckdb.DuckDBPyConnection, location: str) -> None:
    if location.startswith("ducklake:"):
        connection.execute("load ducklake")
    else:
        location = location.removeprefix("duckdb:")
    quoted = location.replace("'", "''")
    connection.execute(f"attach '{quoted}' as sink; use sink")


def _first_line(error: Exception) -> str:
    return shown(str(error)).strip().splitlines()[0]
