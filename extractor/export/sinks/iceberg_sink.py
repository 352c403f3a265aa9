"""Iceberg, by pyiceberg and any catalogue that it knows.

A commit is of one table. What is being replaced is therefore marked in `loaded` before the first commit and until after the
last: a load that was interrupted between two of them is completed by the next one.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from extractor.datasets.datapackage import about, description
from extractor.datasets.schemas import DATASETS, Dataset
from extractor.errors import ExtractorError, StorageError, UsageError
from extractor.export.queries import optional
from extractor.export.sinks.sink import LOADED, LoadedRow, has_loads, missing_columns, shown

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import Table, Transaction

_TYPES = {
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.int8(): "int",
    pa.int16(): "int",
    pa.int32(): "int",
    pa.float32(): "float",
    pa.timestamp("ms", "UTC"): "timestamptz",
}
_AT_ONCE = 1_000_000  # rows of a table in memory, and of one file or more


class _Iceberg:
    """A namespace of a catalogue, and what is to be committed to each of its tables."""

    def __init__(self, catalog: Catalog, namespace: str) -> None:
        self._catalog, self._namespace = catalog, namespace
        self._transactions: dict[str, Transaction] = {}
        self._rows: dict[str, list[pa.Table]] = defaultdict(list)
        self._where: dict[str, list[dict[str, list[str]]]] = defaultdict(list)

    def prepare(self, datasets: Sequence[Dataset]) -> None:
        self._catalog.create_namespace_if_not_exists(self._namespace)
        is_own = has_loads(self._shape(LOADED))
        for dataset in datasets:
            there = self._shape(dataset)
            expected = {field.name: _iceberg_type(field.type) for field in dataset.schema}
            missing = missing_columns(dataset, there, expected, is_own)
            if not there:
                self._forget(dataset)
                # A commit that were tried again beside another load's would add its rows once more.
                said = {"comment": about(dataset), "commit.retry.num-retries": "0"}
                self._catalog.create_table(self._name(dataset), _described(dataset), properties=said)
            elif missing:
                with self._table(dataset).update_schema() as update:
                    update.union_by_name(_described(dataset))
        # Begun before anything is compared: each fails where another load has sent something since.
        self._transactions = {dataset.name: self._table(dataset).transaction() for dataset in datasets}

    def units(self) -> dict[str, str]:
        of = _expressions()
        return self._pairs("unit", of.EqualTo("key", ""))

    def keys(self, unit: str) -> dict[str, str]:
        of = _expressions()
        return self._pairs("key", of.And(of.EqualTo("unit", unit), of.NotEqualTo("key", "")))

    def delete(self, dataset: Dataset, where: Mapping[str, Sequence[str]]) -> None:
        self._where[dataset.name].append({column: list(values) for column, values in where.items()})

    def insert(self, dataset: Dataset, rows: pa.Table) -> None:
        waiting = self._rows[dataset.name]
        waiting.append(rows)
        if dataset is not LOADED and sum(own.num_rows for own in waiting) > _AT_ONCE:
            self._stage(dataset)

    def commit(self) -> None:
        """Commit what was deleted and inserted: the mark of what is replaced, all tables, and what was sent."""
        sent, gone = self._rows.pop(LOADED.name, []), self._where[LOADED.name]
        if not gone:
            return
        marks = [LoadedRow(where["unit"][0], key, "") for where in gone for key in where["key"]]
        self._replace_loaded(gone, [LOADED.table(marks)])
        for name, transaction in self._transactions.items():
            if name != LOADED.name:
                self._stage(DATASETS[name])
                transaction.commit_transaction()
        self._replace_loaded(gone, sent)

    def _replace_loaded(self, gone: Sequence[dict[str, list[str]]], rows: list[pa.Table]) -> None:
        self._where[LOADED.name], self._rows[LOADED.name] = list(gone), rows
        self._stage(LOADED)
        written = self._transactions[LOADED.name].commit_transaction()
        # The next one fails where another load has marked something since.
        self._transactions[LOADED.name] = written.transaction()

    def _stage(self, dataset: Dataset) -> None:
        """Write the files of what waits for a table, which its commit makes visible."""
        transaction = self._transactions[dataset.name]
        where, rows = self._where.pop(dataset.name, []), self._rows.pop(dataset.name, [])
        if where:
            with warnings.catch_warnings():  # that nothing matched
                warnings.simplefilter("ignore", UserWarning)
                transaction.delete(_condition(where))
        if rows:
            transaction.append(pa.concat_tables(rows))

    def _forget(self, dataset: Dataset) -> None:
        """Let nothing of a dataset count as sent, whose table somebody has dropped."""
        of = _expressions()
        if self._exists(LOADED):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                self._table(LOADED).delete(
                    of.Or(of.EqualTo("unit", dataset.name), of.StartsWith("unit", f"{dataset.name}/"))
                )

    def _pairs(self, column: str, condition: BooleanExpression) -> dict[str, str]:
        rows = self._table(LOADED).scan(condition, selected_fields=(column, "digest")).to_arrow()
        return dict(zip(rows[column].to_pylist(), rows["digest"].to_pylist(), strict=True))

    def _shape(self, dataset: Dataset) -> dict[str, str]:
        fields = self._table(dataset).schema().fields if self._exists(dataset) else ()
        return {f.name: str(f.field_type).partition("<")[0] for f in fields}

    def _name(self, dataset: Dataset) -> str:
        return f"{self._namespace}.{dataset.name}"

    def _exists(self, dataset: Dataset) -> bool:
        return self._catalog.table_exists(self._name(dataset))

    def _table(self, dataset: Dataset) -> Table:
        return self._catalog.load_table(self._name(dataset))


@contextmanager
def open_sink(location: str) -> Iterator[_Iceberg]:
    """Open a namespace of a catalogue (`iceberg:CATALOG.NAMESPACE`), which pyiceberg's configuration or environment describes.

    Raises:
        UsageError: pyiceberg is not installed, the catalogue is unknown, or a table has another shape.
        StorageError: The catalogue cannot be reached, or a file cannot be written.
    """
    optional("pyiceberg", "iceberg")
    exceptions = optional("pyiceberg.exceptions", "iceberg")
    name, _, namespace = location.removeprefix("iceberg:").partition(".")
    if not (name and namespace):
        raise UsageError(f"{location}: names no namespace; expected iceberg:CATALOG.NAMESPACE")
    try:
        sink = _Iceberg(_catalog(name), namespace)
        yield sink
        sink.commit()
    except UsageError as error:
        raise UsageError(f"{location}: {error}") from error
    except ExtractorError:
        raise
    except (exceptions.CommitFailedException, exceptions.TableAlreadyExistsError) as error:
        raise StorageError(
            f"{location}: another load has written to it at the same time; load again: what was interrupted is completed then"
        ) from error
    except Exception as error:  # of catalogues and file systems of any kind
        said = shown(next(iter(str(error).strip().splitlines()), ""))
        raise StorageError(
            f"{location}: the load failed ({type(error).__name__}: {said}); check that the catalogue answers, and the free space and rights there, and load again: what "
            "was interrupted is completed then"
        ) from error


def _catalog(name: str) -> Catalog:
    try:
        catalog: Catalog = optional("pyiceberg.catalog", "iceberg").load_catalog(name)
    except ValueError as error:
        raise UsageError(
            f"its catalogue is not described ({error}); give its properties in ~/.pyiceberg.yaml or as PYICEBERG_CATALOG__{name.upper()}__URI"
        ) from error
    return catalog


def _condition(where: Sequence[Mapping[str, Sequence[str]]]) -> BooleanExpression:
    """Return the condition that is true of rows whose columns have one of each column's values, for one of several such."""
    of = _expressions()
    each = [of.And(of.AlwaysTrue(), *(of.In(c, list(values)) for c, values in one.items())) for one in where]
    found: BooleanExpression = of.Or(of.AlwaysFalse(), of.AlwaysFalse(), *each)
    return found


def _expressions() -> Any:
    """Return pyiceberg's conditions; the plug-in of Pydantic for type checkers does not know how they are made."""
    return optional("pyiceberg.expressions", "iceberg")


def _described(dataset: Dataset) -> pa.Schema:
    """Return a dataset's schema with what its columns mean, as pyiceberg takes it."""
    return pa.schema(
        [field.with_metadata({"doc": description(c)}) for field, c in zip(dataset.schema, dataset.columns, strict=True)]
    )


def _iceberg_type(kind: pa.DataType) -> str:
    """Return the type of a column as pyiceberg writes it; of a list only that it is one, since its elements have ids."""
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return "list" if pa.types.is_list(kind) else _TYPES[kind]
