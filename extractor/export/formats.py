"""Write datasets as CSV, Excel, Stata, DuckDB and SQLite."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from extractor.datasets.columns import DatasetColumn
from extractor.datasets.schemas import DATASETS
from extractor.errors import UsageError
from extractor.export.queries import open_duckdb, optional

EXCEL_ROWS, EXCEL_TEXT = 1_048_576, 32_767  # of a sheet, and characters of a cell
STATA_LABEL = 80  # characters of a variable's label
# What a spreadsheet may take for a formula (OWASP, "CSV Injection", which lists the full-width signs too), and texts that
# begin so but say a number as printed, or nothing.
_FORMULA, _HARMLESS = "^[=+@\t\r\n＝＋－＠-]", "^([+-]?[0-9][0-9.,]*%?|[-－]+)$"
Read = Callable[[str], pa.Table]


def _csv(read: Read, names: Sequence[str], out: Path) -> None:
    """Write one file a dataset, in UTF-8 with a mark by which Excel knows it; no text can be taken for a formula."""
    for name in names:
        with (out / f"{name}.csv").open("wb") as stream:
            stream.write("\ufeff".encode())
            pyarrow.csv.write_csv(_without_formulas(flat(read(name))), stream)


def _without_formulas(rows: pa.Table) -> pa.Table:
    """Return rows with an apostrophe before each text that a spreadsheet would run: in CSV nothing else says text."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            texts = rows.column(place)
            harmless = pc.match_substring_regex(texts, _HARMLESS)
            runs = pc.and_not(pc.match_substring_regex(texts, _FORMULA), harmless)
            marked = pc.if_else(runs, pc.binary_join_element_wise("'", texts, ""), texts)
            rows = rows.set_column(place, field, marked)
    return rows


def _excel(read: Read, names: Sequence[str], out: Path) -> None:
    """Write one sheet a dataset, the header frozen and with a filter; codes stay texts."""
    sheets = {name: flat(read(name)) for name in names}
    for name, rows in sheets.items():
        _require_room(name, rows)
    book = optional("xlsxwriter").Workbook(out, {"constant_memory": True, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    with closing(book):
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, rows.column_names, bold)
            sheet.autofilter(0, 0, rows.num_rows, rows.num_columns - 1)
            for number, row in enumerate(zip(*(_plain(c) for c in rows.columns), strict=True), 1):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif value is not None:
                        sheet.write(number, place, value)


def _require_room(name: str, rows: pa.Table) -> None:
    """Raise where a sheet of Excel cannot hold a dataset, before anything is written."""
    longest = max(map(_longest, rows.columns), default=0)
    if rows.num_rows >= EXCEL_ROWS:
        what = f"{rows.num_rows:,} rows; a sheet of Excel holds {EXCEL_ROWS - 1:,}"
    elif longest > EXCEL_TEXT:
        what = f"a text of {longest:,} characters; a cell of Excel holds {EXCEL_TEXT:,}"
    else:
        return
    raise UsageError(f"{name}: has {what}: choose another --table or format")


def _stata(read: Read, names: Sequence[str], out: Path) -> None:
    """Write one file a dataset: variables have labels, columns of few words are numbers with value labels."""
    for name in names:
        rows = flat(read(name))
        columns = DATASETS[name].columns
        frame, labels = _numbered_words(rows, columns)
        optional("pyreadstat").write_dta(
            frame,
            str(out / f"{name}.dta"),
            column_labels={c.name: _short(c) for c in columns},
            variable_value_labels=labels,
            version=15,
        )


def _numbered_words(rows: pa.Table, columns: Sequence[DatasetColumn]) -> tuple[Any, dict[str, dict[int, str]]]:
    frame = pa.table({c.name: pa.array(_plain(rows[c.name]), from_pandas=True) for c in columns}).to_pandas()
    labels = {c.name: dict(enumerate(c.allowed, 1)) for c in columns if c.allowed and not pa.types.is_list(c.arrow)}
    for name, words in labels.items():
        frame[name] = frame[name].map({word: number for number, word in words.items()})
    return frame, labels


def _short(column: DatasetColumn) -> str:
    sentence = re.split(r"(?<=[^0-9])[.;:] ", column.described.meaning.replace("`", ""))[0].rstrip(".")
    return sentence if len(sentence) <= STATA_LABEL else sentence[: STATA_LABEL - 1] + "…"


def _duckdb(read: Read, names: Sequence[str], out: Path) -> None:
    """Write a database of the datasets, with views and macros."""
    open_duckdb(str(out), read, names).close()


def _sqlite(read: Read, names: Sequence[str], out: Path) -> None:
    """Write a database of the datasets; amounts are REAL, exact to the cent up to 40 trillion yuan."""
    with closing(sqlite3.connect(out)) as connection:
        for name in names:
            rows = flat(read(name))
            columns = ", ".join(f'"{f.name}" {_sqlite_type(f.type)}' for f in rows.schema)
            connection.execute(f'create table "{name}" ({columns})')
            places = ", ".join("?" * rows.num_columns)
            values = zip(*(_plain(c) for c in rows.columns), strict=True)
            connection.executemany(f'insert into "{name}" values ({places})', values)
        connection.commit()


def _sqlite_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    return "REAL" if pa.types.is_decimal(kind) or pa.types.is_floating(kind) else "TEXT"


WRITERS: dict[
    str, tuple[Callable[[Read, Sequence[str], Path], None], bool]
] = {  # format → writer, whether into one file
    "csv": (_csv, False),
    "xlsx": (_excel, True),
    "dta": (_stata, False),
    "duckdb": (_duckdb, True),
    "sqlite": (_sqlite, True),
}


def export(read: Read, names: Sequence[str], to: str, out: Path) -> None:
    """Write datasets in another format; what stands in the place is never overwritten.

    Args:
        read: Returns the rows of a dataset, given its name.
        names: The datasets.
        to: A format of `WRITERS`.
        out: The file, or the folder where the format has a file for each dataset.

    Raises:
        UsageError: The place is taken, a package is not installed, or a dataset is too large for the format.
        DatasetError: A part of a dataset is missing or damaged.
    """
    write, one_file = WRITERS[to]
    if out.exists() and (one_file or any((out / f"{name}.{to}").exists() for name in names)):
        raise UsageError(f"{out}: exists already; expected a new place: delete it, or give another --out")
    (out.parent if one_file else out).mkdir(parents=True, exist_ok=True)
    write(read, names, out)


def flat(rows: pa.Table) -> pa.Table:
    """Return rows whose lists are JSON texts, and whose moments are ISO texts: few other formats have lists, or time zones."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            moments = [None if v is None else v.isoformat() for v in rows.column(place).to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(moments, pa.string()))
        if pa.types.is_list(field.type) or pa.types.is_struct(field.type):
            texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in rows.column(place).to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(texts, pa.string()))
    return rows


def _longest(column: pa.ChunkedArray) -> int:
    """Return the length of the longest text of a column."""
    return (pc.max(pc.utf8_length(column)).as_py() or 0) if pa.types.is_string(column.type) else 0


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Return values that every writer knows: exact amounts as numbers."""
    values: list[Any] = (column.cast(pa.float64()) if pa.types.is_decimal(column.type) else column).to_pylist()
    return values
