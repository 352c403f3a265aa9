"""PostgreSQL, by psycopg: rows come by COPY, and a load is one transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv

from extractor.datasets.datapackage import about, description
from extractor.datasets.schemas import Dataset
from extractor.errors import StorageError, UsageError
from extractor.export.queries import optional
from extractor.export.sinks.sink import LOADED, has_loads, key_of, missing_columns, shown, unreadable

if TYPE_CHECKING:
    import psycopg

_TYPES = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int8(): "smallint",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.float32(): "real",
    pa.timestamp("ms", "UTC"): "timestamp with time zone",
    pa.list_(pa.string()): "text[]",
}
_SHAPE = """select attname, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(%s)) and attnum > 0 and not attisdropped"""


class _Postgres:
    """A connection within a transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def prepare(self, datasets: Sequence[Dataset]) -> None:
        # Two loads at once would both send what the other one has not committed yet: the second waits.
        self._connection.execute("select pg_advisory_xact_lock(hashtext('extractor load'))")
        is_own = has_loads(self._shape(LOADED))
        for dataset in datasets:
            there = self._shape(dataset)
            expected = {field.name: postgres_type(field.type) for field in dataset.schema}
            missing = missing_columns(dataset, there, expected, is_own)
            if not there:
                self._create(dataset, expected)
            elif missing:
                added = ", ".join(f'add column "{name}" {expected[name]}' for name in missing)
                self._connection.execute(f'alter table "{dataset.name}" {added}')
                self._describe(dataset)

    def units(self) -> dict[str, str]:
        return self._pairs("select unit, digest from loaded where key = ''")

    def keys(self, unit: str) -> dict[str, str]:
        return self._pairs("select key, digest from loaded where unit = %s and key <> ''", unit)

    def delete(self, dataset: Dataset, where: Mapping[str, Sequence[str]]) -> None:
        condition = " and ".join(f'"{column}" = any(%s)' for column in where)
        self._connection.execute(f'delete from "{dataset.name}" where {condition}', list(map(list, where.values())))

    def insert(self, dataset: Dataset, rows: pa.Table) -> None:
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        content = pa.BufferOutputStream()
        # Texts are quoted and nulls are not, so that an empty text is none.
        pyarrow.csv.write_csv(_flat(rows), content, pyarrow.csv.WriteOptions(include_header=False))
        with self._connection.cursor().copy(f'copy "{dataset.name}" ({columns}) from stdin (format csv)') as copy:
            copy.write(memoryview(content.getvalue()))

    def _create(self, dataset: Dataset, expected: Mapping[str, str]) -> None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in expected.items())
        primary = ", ".join(f'"{name}"' for name in dataset.primary_key)
        self._connection.execute(f'create table "{dataset.name}" ({columns}, primary key ({primary}))')
        key = key_of(dataset)
        if key not in dataset.primary_key[:1] and dataset is not LOADED:
            self._connection.execute(f'create index on "{dataset.name}" ("{key}")')
        self._describe(dataset)
        self._connection.execute("delete from loaded where split_part(unit, '/', 1) = %s", [dataset.name])

    def _describe(self, dataset: Dataset) -> None:
        """Give the table and its columns their comments."""
        sql = optional("psycopg.sql", "postgres")
        table = sql.Identifier(dataset.name)
        said = [(sql.SQL("table {}").format(table), about(dataset))]
        said += [
            (sql.SQL("column {}.{}").format(table, sql.Identifier(c.name)), description(c)) for c in dataset.columns
        ]
        comments = (sql.SQL("comment on {} is {}").format(of, sql.Literal(text)) for of, text in said)
        self._connection.execute(sql.SQL("; ").join(comments))

    def _shape(self, dataset: Dataset) -> dict[str, str]:
        return self._pairs(_SHAPE, dataset.name)

    def _pairs(self, statement: str, *values: str) -> dict[str, str]:
        return dict(self._connection.execute(statement, values).fetchall())


@contextmanager
def open_sink(location: str) -> Iterator[_Postgres]:
    """Open a database, given its libpq URL; password and further settings may come from libpq's environment and files.

    Raises:
        UsageError: psycopg is not installed, the URL is none, or a table has another shape.
        StorageError: The server cannot be reached, or does not take the rows.
    """
    psycopg = optional("psycopg", "postgres")
    name = shown(location).partition("?")[0]
    try:
        # The encoding is that of the rows, whatever PGCLIENTENCODING says.
        connection = psycopg.connect(location, client_encoding="utf8")
    except (psycopg.Error, UnicodeError) as error:
        if not isinstance(error, psycopg.OperationalError):
            raise unreadable(location) from error
        said = shown(str(error)).strip().splitlines()[0]
        raise StorageError(
            f"{name}: cannot be opened ({said}); check that the server runs there, the name of the database, and user and password (PGUSER, PGPASSWORD, ~/.pgpass)"
        ) from error
    try:
        with connection:
            yield _Postgres(connection)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error
    except (psycopg.Error, UnicodeError) as error:
        said = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        raise StorageError(
            f"{name}: the load failed and nothing of it was kept ({said}); check the free space, the rights and the connection there, and load again"
        ) from error


def postgres_type(kind: pa.DataType) -> str:
    """Return the type of a column, as PostgreSQL writes it; what is no plain value nor a list of texts is `jsonb`."""
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision},{kind.scale})"
    return "jsonb" if pa.types.is_nested(kind) and kind not in _TYPES else _TYPES[kind]


def _flat(rows: pa.Table) -> pa.Table:
    """Return rows whose lists are texts, as PostgreSQL reads arrays and JSON."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_nested(field.type):
            text = _array if postgres_type(field.type) == "text[]" else _json
            texts = [None if value is None else text(value) for value in rows.column(place).to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(texts, pa.string()))
    return rows


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _array(texts: Sequence[str | None]) -> str:
    quoted = ("NULL" if text is None else '"' + re.sub(r'(["\\])', r"\\\1", text) + '"' for text in texts)
    return f"{{{','.join(quoted)}}}"
