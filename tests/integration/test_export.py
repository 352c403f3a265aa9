from __future__ import annotations

import csv
import sqlite3
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyreadstat
import pytest
from click.testing import CliRunner
from support.common import SAMPLES

from extractor.commands.main import cli
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows
from extractor.errors import UsageError
from extractor.export import formats
from extractor.export.formats import WRITERS, export
from extractor.export.queries import VIEW_NAMES, query


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset of two samples, one of them with planted errors."""
    out = tmp_path_factory.mktemp("export") / "data"
    names = ("shanghai-2026-unit.pdf", "shanghai-2025-planted-errors.pdf")
    ran = CliRunner().invoke(cli, ["run", *(str(SAMPLES / n) for n in names), "--out", str(out), "--workers", "1"])
    assert ran.exit_code == 0, ran.output
    return out


def rows(data: Path, name: str) -> pa.Table:
    return read_rows(Folder(data), name)


def written(data: Path, tmp_path: Path, to: str, *tables: str) -> Path:
    out = tmp_path / f"out.{to}"
    arguments = [part for table in tables for part in ("--table", table)]
    ran = CliRunner().invoke(cli, ["export", str(data), "--to", to, "--out", str(out), *arguments])
    assert ran.exit_code == 0, ran.output
    return out


def test_csv_begins_with_the_mark_that_excel_knows_and_keeps_codes_and_cents(data: Path, tmp_path: Path) -> None:
    place = written(data, tmp_path, "csv", "figures") / "figures.csv"
    assert place.read_bytes().startswith("\ufeff".encode())
    with place.open(encoding="utf-8-sig", newline="") as stream:
        read = list(csv.DictReader(stream))
    figures = rows(data, "figures").to_pylist()
    assert [(r["code"] or None, Decimal(r["amount"])) for r in read] == [(f["code"], f["amount"]) for f in figures]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-2+3", "-基本支出", "－基本支出", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0"],
)
def test_no_text_is_a_formula_in_a_spreadsheet(tmp_path: Path, text: str) -> None:
    data = pa.table({"label": [text, None], "amount": pa.array([Decimal("-1.00"), None])})
    export(lambda _: data, ["figures"], "csv", tmp_path)
    export(lambda _: data, ["figures"], "xlsx", tmp_path / "out.xlsx")
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1:] == [[f"'{text}", "-1.00"], ["", ""]]
    cells = openpyxl.load_workbook(tmp_path / "out.xlsx")["figures"][2]
    assert [cell.data_type for cell in cells] == ["s", "n"]


@pytest.mark.parametrize("text", ["-1,234.50", "+3.5%", "-", "--", "－", "a=b", "其中：-1", ""])
def test_a_text_that_no_spreadsheet_runs_is_exported_as_it_is(tmp_path: Path, text: str) -> None:
    export(lambda _: pa.table({"label": [text]}), ["figures"], "csv", tmp_path)
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.DictReader(stream)) == [{"label": text}]


def test_a_sheet_of_excel_has_a_frozen_header_and_codes_as_texts(data: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(data, tmp_path, "xlsx", "figures", "checks"))
    assert book.sheetnames == ["figures", "checks"]
    sheet = book["figures"]
    assert sheet.freeze_panes == "A2"
    header = [cell.value for cell in sheet[1]]
    codes = {row[header.index("code")].value for row in sheet.iter_rows(min_row=2)}
    assert "208" in codes and all(isinstance(code, str) for code in codes - {None})
    assert sheet.max_row == rows(data, "figures").num_rows + 1


def test_stata_has_labels_of_variables_and_of_values(data: Path, tmp_path: Path) -> None:
    frame, about = pyreadstat.read_dta(
        written(data, tmp_path, "dta", "figures") / "figures.dta", apply_value_formats=True
    )
    figures = rows(data, "figures").to_pylist()
    assert list(frame["fund"]) == [f["fund"] for f in figures]
    assert list(frame["code"]) == [f["code"] or "" for f in figures]
    assert about.column_names_to_labels["amount"] == "The amount"


def test_a_duckdb_file_has_the_views_and_macros(data: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(written(data, tmp_path, "duckdb")), read_only=True) as connection:
        (count,) = connection.execute("select count(*) from latest").fetchall()[0]
        assert count == rows(data, "figures").to_pandas()["preferred"].sum()
        assert connection.execute("select distinct severity from findings").fetchall()
        assert connection.execute("select amount from spending('208', 2026)").fetchall() == [(Decimal("4253039.00"),)]
        assert connection.execute("select sum(documents) from coverage").fetchall() == [(2,)]


def test_sqlite_holds_amounts_as_numbers(data: Path, tmp_path: Path) -> None:
    with sqlite3.connect(written(data, tmp_path, "sqlite", "figures")) as connection:
        found = connection.execute("select amount from figures where code = '208' and year = 2026").fetchall()
    assert (4253039.0,) in found


@pytest.mark.parametrize("to", sorted(WRITERS))
def test_nothing_is_overwritten(data: Path, tmp_path: Path, to: str) -> None:
    place = written(data, tmp_path, to, "documents")
    again = CliRunner().invoke(cli, ["export", str(data), "--to", to, "--out", str(place), "--table", "documents"])
    assert isinstance(again.exception, UsageError)
    assert "exists already" in str(again.exception)


def test_a_dataset_too_long_for_a_sheet_is_refused_with_the_remedy(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "EXCEL_ROWS", 10)
    with pytest.raises(UsageError, match="choose another --table or format"):
        export(partial(rows, data), ["figures"], "xlsx", tmp_path / "out.xlsx")


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut_off(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "EXCEL_TEXT", 20)
    with pytest.raises(UsageError, match="a cell of Excel holds 20"):
        export(partial(rows, data), ["figures"], "xlsx", tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_sql_prints_what_was_asked_for(data: Path) -> None:
    asked = "select organisation, amount from latest where code = '208' and year = 2026 and fund = 'all' and component = 'total' and direction = 'expenditure'"
    ran = CliRunner().invoke(cli, ["sql", str(data), asked])
    assert ran.output.split() == ["organisation", "amount", "上海市示例合作交流办公室", "4253039.00"]
    as_json = CliRunner().invoke(cli, ["sql", str(data), asked, "--json"])
    assert '"amount": "4253039.00"' in as_json.output


def test_sql_reads_the_datasets_and_nothing_else(data: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    for statement in (f"select * from read_csv('{secret}')", f"copy documents to '{tmp_path / 'x.csv'}'", "nonsense"):
        with pytest.raises(UsageError, match="expected one statement over documents"):
            query(partial(rows, data), statement)
    assert not (tmp_path / "x.csv").exists()


def test_every_view_can_be_read(data: Path) -> None:
    assert {"latest", "findings", "coverage", "concepts", "spending"} <= VIEW_NAMES
    for name in ("latest", "findings", "coverage", "concepts"):
        assert query(partial(rows, data), f"select * from {name}").num_rows


def test_a_figure_is_explained_by_the_items_that_state_it(data: Path) -> None:
    figures = [
        f for f in rows(data, "figures").to_pylist() if f["code"] == "208" and f["fund"] == "all" and f["year"] == 2026
    ]
    figure = next(f for f in figures if len(f["item_ids"]) > 1)
    told = CliRunner().invoke(cli, ["figures", str(data), "--explain", figure["figure_id"]]).output
    assert all(item in told for item in figure["item_ids"])
    assert "taken: page" in told and "says so too: page" in told
    counted = CliRunner().invoke(cli, ["figures", str(data)]).output
    assert counted.splitlines()[0].split() == [
        "direction",
        "fund",
        "classification",
        "level",
        "figures",
        "preferred",
        "conflict",
        "incomplete",
    ]
    missing = CliRunner().invoke(cli, ["figures", str(data), "--explain", "x"])
    assert "no such figure" in str(missing.exception)


def test_figures_made_again_of_the_line_items_are_the_same(data: Path) -> None:
    before, organisations = rows(data, "figures"), rows(data, "organisations")
    ran = CliRunner().invoke(cli, ["figures", str(data), "--rebuild"])
    assert ran.output == f"{before.num_rows} figures made of the line items\n"
    assert rows(data, "figures").equals(before)
    assert organisations.num_rows and rows(data, "organisations").equals(organisations)
    assert verify(Folder(data)) == []
