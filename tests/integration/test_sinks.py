"""`extractor load` into PostgreSQL, DuckDB, DuckLake and Iceberg: what they hold after nights, interruptions and faults."""

from __future__ import annotations

import re
import resource
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner
from support.budget_workbook import budget
from support.common import read_rows
from support.postgres_server import postgres_server

from extractor.commands.main import cli
from extractor.datasets.commit import JOURNAL
from extractor.datasets.datapackage import description
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import DATASETS
from extractor.errors import DatasetError, StorageError, UsageError
from extractor.export.sinks import duckdb_sink, iceberg_sink, postgres_sink
from extractor.export.sinks.load import load
from extractor.export.sinks.sink import LOADED

Row = dict[str, Any]
NAMES = ("same", "corrected", "gone")
SOME = ("documents", "tables", "line_items", "sections", "figures")
STORES = ("postgres", "duckdb", "ducklake", "iceberg")


def extractor(*arguments: str | Path) -> Any:
    return CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False, catch_exceptions=False)


@dataclass
class Nights:
    """The datasets after a night, after the next one, on which a budget was corrected and one is gone, and pruned of both."""

    first: Path
    second: Path
    pruned: Path


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    place = tmp_path_factory.mktemp("nights")
    folder, data = place / "in", place / "data"
    folder.mkdir()
    for number, body in enumerate(("教育局", "民政局", "水利局")):
        budget(folder / f"{NAMES[number]}.xlsx", 70 + number, body=f"示例市{body}")
    states = Nights(place / "first", place / "second", place / "pruned")
    extractor("run", folder, "--out", data, "--json")
    shutil.copytree(data, states.first)
    budget(folder / "corrected.xlsx", 90, body="示例市民政局")
    (folder / "gone.xlsx").unlink()
    extractor("run", folder, "--out", data, "--json")
    shutil.copytree(data, states.second)
    extractor("prune", data, "--superseded", "--retired")
    shutil.copytree(data, states.pruned)
    return states


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as folder:
        yield folder


@dataclass
class Store:
    """A store that is loaded into, and what reads it.

    Attributes:
        location: What `--into` names.
        tables: Returns the rows of each of some tables.
        state: Returns what differs when something was written.
        query: Executes SQL, where the store has it.
    """

    location: str
    tables: Callable[[Sequence[str]], dict[str, list[Row]]]
    state: Callable[[], object]
    query: Callable[[str], list[Row]] = lambda _: []

    def equals(self, data: Path, names: Sequence[str] = SOME) -> bool:
        """Return whether tables have the rows of their datasets, value by value, in whatever order."""
        for name, rows in self.tables(names).items():
            expected, found = single(read_rows(Folder(data), name).to_pylist()), single(rows)
            assert (name, len(found)) == (name, len(expected))
            key = lambda row: [str(row[column]) for column in DATASETS[name].primary_key]  # noqa: B023, E731
            assert sorted(found, key=key) == sorted(expected, key=key), name
        return True

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table."""
        return self.tables([name])[name]


def single(rows: list[Row]) -> list[Row]:
    """Return rows whose floats are of single precision again: a text of it has as many digits as that needs."""
    return [{k: np.float32(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


@pytest.fixture
def postgres(server: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    import psycopg
    from psycopg.rows import dict_row

    schema = f"s{abs(hash(request.node.name))}"
    url = f"postgresql://tester@/postgres?host={server}&options=-csearch_path%3D{schema}"
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute(f"create schema {schema}")

        def query(statement: str) -> list[Row]:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

        written = "select max(xmin::text::bigint) as last from"
        yield Store(
            url,
            lambda names: {name: query(f'select * from "{name}"') for name in names},
            lambda: [query(f'{written} "{name}"') for name in (LOADED.name, *SOME)],
            query,
        )


def of_duckdb(location: str, attached: str, state: Callable[[Callable[[str], list[Row]]], object]) -> Store:
    def answers(statements: Iterable[str]) -> list[list[Row]]:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{attached}' as sink; use sink")
            found = [connection.sql(statement) for statement in statements]
            return [[] if rows is None else rows.to_arrow_table().to_pylist() for rows in found]

    def tables(names: Sequence[str]) -> dict[str, list[Row]]:
        return dict(zip(names, answers(f'select * from "{name}"' for name in names), strict=True))

    def query(statement: str) -> list[Row]:
        return answers([statement])[0]

    return Store(location, tables, lambda: state(query), query)


@pytest.fixture
def database(tmp_path: Path) -> Store:
    file = tmp_path / "a.duckdb"
    return of_duckdb(f"duckdb:{file}", str(file), lambda _: file.read_bytes())


@cache
def why_no_ducklake() -> str | None:
    try:
        duckdb.connect().load_extension("ducklake")
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None


@pytest.fixture
def ducklake(tmp_path: Path) -> Store:
    if (why := why_no_ducklake()) is not None:
        pytest.skip(f"DuckDB has no extension ducklake here, `make ducklake` brings one: {why}")
    location = f"ducklake:{tmp_path}/a.ducklake"
    last = "select max(snapshot_id) as last from ducklake_snapshots('sink')"
    return of_duckdb(location, location, lambda query: query(last))


@pytest.fixture
def iceberg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    from pyiceberg.catalog import load_catalog
    from pyiceberg.utils.config import Config

    monkeypatch.setenv("PYICEBERG_CATALOG__LAKE__URI", f"sqlite:///{tmp_path}/catalog.db")
    monkeypatch.setenv("PYICEBERG_CATALOG__LAKE__WAREHOUSE", f"file://{tmp_path}/warehouse")
    monkeypatch.setattr("pyiceberg.catalog._ENV_CONFIG", Config())
    catalog = load_catalog("lake")

    def table(name: str) -> Any:
        return catalog.load_table(f"budgets.{name}")

    yield Store(
        "iceberg:lake.budgets",
        lambda names: {name: table(name).scan().to_arrow().to_pylist() for name in names},
        lambda: [table(name).metadata_location for name in (LOADED.name, *SOME)],
    )
    catalog.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue("database" if request.param == "duckdb" else request.param)
    return found


def test_after_two_nights_a_store_has_the_rows_of_the_datasets_and_was_sent_what_changed(
    nights: Nights, store: Store
) -> None:
    first = load(Folder(nights.first), store.location)
    assert (len(first.sent), store.equals(nights.first, tuple(DATASETS))) == (3, True)

    ids = {
        d["path"].rpartition("/")[2]: d["document_id"] for d in read_rows(Folder(nights.first), "documents").to_pylist()
    }
    second = load(Folder(nights.second), store.location)
    assert store.equals(nights.second, tuple(DATASETS))
    assert ids["same.xlsx"] not in second.sent and {ids["corrected.xlsx"], ids["gone.xlsx"]} < second.sent
    assert not second.rows.keys() & {"regions", "classifications"}
    amounts = [row["amount"] for row in store.rows("line_items") if row["amount"] is not None]
    expected = pc.sum(read_rows(Folder(nights.second), "line_items")["amount"]).as_py()
    assert isinstance(amounts[0], Decimal) and sum(amounts) == expected

    third = load(Folder(nights.pruned), store.location)
    assert third.removed == {ids["corrected.xlsx"], ids["gone.xlsx"]} and store.equals(nights.pruned, tuple(DATASETS))


def test_nothing_is_written_where_nothing_has_changed(nights: Nights, store: Store) -> None:
    load(Folder(nights.first), store.location, SOME)
    before = store.state()
    again = load(Folder(nights.first), store.location, SOME)
    assert (again.sent, again.removed, again.rows) == (set(), set(), {})
    assert store.state() == before


@pytest.mark.parametrize("inserts", [0, 3])
def test_a_load_that_is_interrupted_leaves_what_was_there(
    nights: Nights, store: Store, inserts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(Folder(nights.first), store.location, SOME)
    with monkeypatch.context() as patched:
        done: list[str] = []
        for kind in (postgres_sink._Postgres, duckdb_sink._Duckdb, iceberg_sink._Iceberg):
            insert = kind.insert

            def interrupted(self: Any, dataset: Any, rows: pa.Table, insert: Any = insert) -> None:
                if len(done) == inserts:
                    raise KeyboardInterrupt
                done.append(dataset.name)
                insert(self, dataset, rows)

            patched.setattr(kind, "insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(Folder(nights.second), store.location, SOME)
    assert store.equals(nights.first)
    load(Folder(nights.second), store.location, SOME)
    assert store.equals(nights.second)


@pytest.mark.parametrize("commits", [1, 4])
def test_a_load_that_ends_between_the_commits_of_two_tables_of_iceberg_is_completed_by_the_next(
    nights: Nights, iceberg: Store, commits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyiceberg.table import Transaction

    load(Folder(nights.first), iceberg.location, SOME)
    with monkeypatch.context() as patched:
        patched.setattr(iceberg_sink, "_AT_ONCE", 1)  # files are written before the commit
        commit, done = Transaction.commit_transaction, []

        def interrupted(self: Transaction) -> Any:
            if len(done) == commits:
                raise KeyboardInterrupt
            done.append(self)
            return commit(self)

        patched.setattr(Transaction, "commit_transaction", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(Folder(nights.second), iceberg.location, SOME)
    load(Folder(nights.first), iceberg.location, SOME)  # of a backup: what was half replaced is put back
    assert iceberg.equals(nights.first)
    load(Folder(nights.second), iceberg.location, SOME)
    assert iceberg.equals(nights.second)


@pytest.mark.parametrize(
    ("loaded", "after", "calls"),
    [
        ([], "extractor.export.sinks.iceberg_sink._Iceberg._shape", 2),  # it has found no table
        (SOME, "extractor.export.sinks.iceberg_sink._Iceberg.units", 1),  # it has compared
        (SOME, "pyiceberg.table.Transaction.commit_transaction", 1),  # it has marked what it replaces
        (SOME, "pyiceberg.table.Transaction.commit_transaction", 1 + len(SOME)),  # it has replaced it
    ],
)
def test_of_two_loads_into_iceberg_at_once_one_ends_with_a_line(
    nights: Nights, iceberg: Store, loaded: Sequence[str], after: str, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if loaded:
        load(Folder(nights.first), iceberg.location, loaded)
    method, done = resolve_name(after), []

    def with_another(self: Any, *given: Any) -> Any:
        found = method(self, *given)
        done.append(self)
        if len(done) == calls:
            monkeypatch.setattr(after, method)
            load(Folder(nights.second), iceberg.location, SOME)
        return found

    monkeypatch.setattr(after, with_another)
    with pytest.raises(StorageError, match=r"iceberg:lake\.budgets: another load has written .* load again"):
        load(Folder(nights.pruned), iceberg.location, SOME)
    assert iceberg.equals(nights.second)


def test_a_table_that_was_dropped_is_filled_again_and_a_column_that_is_new_is_added(
    nights: Nights, store: Store
) -> None:
    load(Folder(nights.first), store.location, SOME)
    if store.location.startswith("iceberg:"):
        from pyiceberg.catalog import load_catalog

        catalog = load_catalog("lake")
        catalog.drop_table("budgets.tables")
        with catalog.load_table("budgets.sections").update_schema(allow_incompatible_changes=True) as update:
            update.delete_column("listed")
        catalog.close()
    else:
        store.query("drop table tables")
        store.query("alter table sections drop column listed")
    load(Folder(nights.second), store.location, SOME)
    assert len(store.rows("tables")) == read_rows(Folder(nights.second), "tables").num_rows
    assert "listed" in {**(store.rows("sections") or [{"listed": None}])[0]}


def test_types_are_exact_and_tables_and_columns_are_described_in_postgres(nights: Nights, postgres: Store) -> None:
    load(Folder(nights.first), postgres.location)
    columns = {
        (row["relname"], row["attname"]): (row["type"], row["said"])
        for row in postgres.query(
            "select relname, attname, format_type(atttypid, atttypmod) as type, col_description(attrelid, attnum) as said "
            "from pg_attribute join pg_class on pg_class.oid = attrelid where relkind = 'r' and attnum > 0 and relnamespace = current_schema::regnamespace"
        )
    }
    for dataset in (LOADED, *DATASETS.values()):
        for column in dataset.columns:
            assert columns[dataset.name, column.name][1] == description(column)
    types = {name: columns[name][0] for name in columns}
    assert types["line_items", "amount"] == "numeric(20,2)"
    assert types["line_items", "value"] == "numeric(24,6)"
    assert types["line_items", "attributes"] == "jsonb"
    assert types["figures", "item_ids"] == "text[]"
    assert types["documents", "last_read"] == "timestamp with time zone"
    (said,) = postgres.query("select obj_description('figures'::regclass) as about")
    assert said["about"].startswith("A row for every figure")


def test_types_are_exact_and_columns_are_described_in_duckdb_and_iceberg(
    nights: Nights, database: Store, iceberg: Store
) -> None:
    from pyiceberg.catalog import load_catalog

    load(Folder(nights.first), database.location, ["figures"])
    load(Folder(nights.first), iceberg.location, ["figures"])
    (found,) = database.query(
        "select data_type, comment from duckdb_columns() where table_name = 'figures' and column_name = 'amount'"
    )
    column = next(c for c in DATASETS["figures"].columns if c.name == "amount")
    assert found == {"data_type": "DECIMAL(20,2)", "comment": description(column)}
    catalog = load_catalog("lake")
    field = catalog.load_table("budgets.figures").schema().find_field("amount")
    catalog.close()
    assert (str(field.field_type), field.doc) == ("decimal(20, 2)", description(column))


def test_a_table_of_another_shape_is_left_as_it_is(nights: Nights, postgres: Store, database: Store) -> None:
    for store in (postgres, database):
        store.query("create table documents (document_id varchar, note integer)")
        with pytest.raises(UsageError, match="documents: is a table that no load has made; rename or drop it"):
            load(Folder(nights.first), store.location, SOME)
        store.query("create table loaded (batch integer, note varchar)")
        with pytest.raises(UsageError, match="loaded: is a table that no load has made; rename or drop it"):
            load(Folder(nights.first), store.location, SOME)
        store.query("drop table documents")
        store.query("drop table loaded")
        load(Folder(nights.first), store.location, SOME)
        store.query("alter table figures alter column amount type double precision")
        with pytest.raises(
            UsageError, match=r"figures\.amount: is (double precision|DOUBLE); expected .*20,2.: rename"
        ):
            load(Folder(nights.second), store.location, SOME)


def test_tables_of_another_schema_are_left_alone(nights: Nights, postgres: Store, database: Store) -> None:
    url = f"{postgres.location},other"  # the search path
    for store, location in ((postgres, url), (database, database.location)):
        store.query("create schema other")
        for name in ("loaded", "documents"):
            store.query(f"create table other.{name} (note integer)")
        load(Folder(nights.first), location, ["documents"])
        assert store.equals(nights.first, ["documents"])
        assert store.query("select * from other.documents") == []


def test_texts_of_any_kind_come_as_they_are(postgres: Store, database: Store, iceberg: Store) -> None:
    texts = ["", None, 'a "b", c', "line\nbreak\r\t", "\\N", '{x,"y\\z"}', "’；\u3000"]
    given = [
        {"document_id": "d", "table_id": str(n), "title": text, "notes": texts[n:]} for n, text in enumerate(texts)
    ]
    rows = pa.Table.from_pylist(given, schema=DATASETS["tables"].schema)
    for module, store in ((postgres_sink, postgres), (duckdb_sink, database), (iceberg_sink, iceberg)):
        with module.open_sink(store.location) as sink:
            sink.prepare([LOADED, DATASETS["tables"]])
            sink.insert(DATASETS["tables"], rows)
            sink.delete(LOADED, {"unit": ["tables/0"], "key": [""]})
        found = sorted(store.rows("tables"), key=lambda row: row["table_id"])
        assert [(row["title"], row["notes"]) for row in found] == [(row["title"], row["notes"]) for row in given]


def test_texts_come_to_postgres_in_unicode_whatever_the_environment_says(
    nights: Nights, postgres: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(Folder(nights.first), postgres.location, ["documents"])
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    load(Folder(nights.second), postgres.location, ["documents"])
    assert postgres.equals(nights.second, ["documents"])


def test_a_text_that_postgres_cannot_hold_is_one_line(postgres: Store) -> None:
    rows = pa.Table.from_pylist([{"table_id": "t", "title": "a\0b"}], schema=DATASETS["tables"].schema)
    with (
        pytest.raises(StorageError, match=r"nothing of it was kept .invalid byte sequence"),
        postgres_sink.open_sink(postgres.location) as sink,
    ):
        sink.prepare([LOADED, DATASETS["tables"]])
        sink.insert(DATASETS["tables"], rows)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("mysql://u:secret@host/base", r"mysql://host/base: names no store; expected postgresql://HOST/DATABASE"),
        (
            "postgresql://u:secret@127.0.0.1:1/base",
            r"^postgresql://127\.0\.0\.1:1/base: cannot be opened .*refused.*PGPASSWORD",
        ),
        (
            "ducklake:postgres:host=127.0.0.1 port=1 password=secret",
            r"^ducklake:postgres:.* password=: cannot be opened",
        ),
        ("postgresql://u:secr/et@host/base", r"^postgresql://host/base: cannot be read as a URL; write @, / and %"),
        ("postgresql://u:secret%zz@host/base", r"^postgresql://host/base: cannot be read as a URL; write @, / and %"),
        ("postgresql://host/base?secret", r"^postgresql://host/base: cannot be read as a URL; write @, / and %"),
        ("ducklake:postgres:postgresql://u:se@cret@host/base", r"^ducklake:postgres:postgresql://host/base: cannot be"),
        ("duckdb::memory:", r"^duckdb::memory:: is gone when the load ends; expected a file"),
        ("duckdb:/proc/none/a.duckdb", r"duckdb:/proc/none/a\.duckdb: cannot be opened .*check the path"),
        (
            "iceberg:nowhere.budgets",
            r"iceberg:nowhere\.budgets: its catalogue is not described .*PYICEBERG_CATALOG__NOWHERE__URI",
        ),
        ("iceberg:lake", r"iceberg:lake: names no namespace; expected iceberg:CATALOG\.NAMESPACE"),
    ],
)
def test_a_store_that_cannot_be_had_is_one_line_with_the_remedy(nights: Nights, location: str, said: str) -> None:
    with pytest.raises((UsageError, StorageError), match=said) as error:
        extractor("load", nights.first, "--into", location)
    assert not re.search("secr|cret", str(error.value)) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("package", "location", "extra"),
    [
        ("psycopg", "postgresql://host/base", "postgres"),
        ("duckdb", "duckdb:a", "duckdb"),
        ("pyiceberg", "iceberg:a.b", "iceberg"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    nights: Nights, package: str, location: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"{package}: is not installed; pip install 'budget-extractor\[{extra}\]'"):
        load(Folder(nights.first), location, SOME)


@pytest.mark.parametrize("name", ["duckdb", "iceberg"])
def test_a_full_disk_is_one_line_and_what_was_there_stays(
    nights: Nights, name: str, request: pytest.FixtureRequest
) -> None:
    store: Store = request.getfixturevalue("database" if name == "duckdb" else name)
    load(Folder(nights.first), store.location, SOME)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))  # Python ignores the signal: writing fails
    try:
        with pytest.raises(StorageError, match=r"the load failed .*check .*free space"):
            load(Folder(nights.second), store.location, SOME)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    load(Folder(nights.second), store.location, SOME)
    assert store.equals(nights.second)


def test_a_run_that_commits_during_a_load_is_told_apart_from_a_damaged_part(
    nights: Nights, database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(nights.first, data)
    units = duckdb_sink._Duckdb.units

    def meanwhile(self: Any) -> dict[str, str]:
        shutil.copytree(nights.pruned, data, dirs_exist_ok=True)
        return units(self)

    with monkeypatch.context() as patched:
        patched.setattr(duckdb_sink._Duckdb, "units", meanwhile)
        with pytest.raises(DatasetError, match="a run has written to it during the load; load again"):
            load(Folder(data), database.location, SOME)
    part = next((nights.first / "documents").glob("*.parquet")).relative_to(nights.first)
    shutil.copytree(nights.first, data, dirs_exist_ok=True)
    (data / part).write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match="differs from the manifest"):
        load(Folder(data), database.location, SOME)
    (data / JOURNAL).parent.mkdir(exist_ok=True)
    (data / JOURNAL).write_text("{}")  # which stands there until all parts are in their place
    for content in (b"PAR1", None):
        (data / part).unlink() if content is None else (data / part).write_bytes(content)
        with pytest.raises(DatasetError, match="is being replaced by a run, or by one that was interrupted; wait"):
            load(Folder(data), database.location, SOME)


def test_the_command_says_what_it_has_sent(nights: Nights, database: Store) -> None:
    said = extractor(
        "load", nights.first, "--into", database.location, "--table", "documents", "--table", "figures"
    ).output
    assert said.startswith("3 documents sent, 0 removed, ")
    assert extractor("load", nights.first, "--into", database.location, "--table", "documents", "--json").output == (
        '{"sent": 0, "removed": 0, "rows": {}}\n'
    )
