from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from support.common import ROOT, SAMPLES

import extractor as ex
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import open_store, read_rows

SAMPLE, PLANTED = SAMPLES / "shanghai-2026-unit.pdf", SAMPLES / "shanghai-2025-planted-errors.pdf"


@pytest.fixture(scope="module")
def document() -> ex.Document:
    return ex.read(PLANTED)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "data"
    bad = out.parent / "page.pdf"
    bad.write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    finished: list[tuple[str | None, int]] = []
    summary = ex.run(
        [PLANTED, str(bad)],
        out,
        workers=1,
        progress=lambda entry, total: finished.append((entry.status if entry else None, total)),
    )
    assert summary.status == {"ok": 1, "not_a_document": 1}
    assert summary.verdicts["contradicted"] > 0
    assert [Path(entry.path).name for entry in summary.failed] == ["page.pdf"]
    assert sorted(finished) == [("not_a_document", 2), ("ok", 2)]
    return out


def without_clock(table: pa.Table) -> pa.Table:
    return table.drop_columns(
        [name for name in ("seconds", "path", "first_seen", "last_read") if name in table.column_names]
    )


def test_a_document_has_the_rows_that_a_run_writes(document: ex.Document, data: Path) -> None:
    datasets = ex.open_dataset(data)
    for name, schema in SCHEMAS.items():
        own = getattr(document, name).to_arrow()
        written = getattr(datasets, name).to_arrow()
        assert own.schema == written.schema == schema
        if "document_id" in written.column_names:
            same = pa.compute.equal(written["document_id"], document.document_id)
            written = written.filter(same).combine_chunks()
        assert without_clock(own).equals(without_clock(written))


def test_a_document_says_what_it_is_and_what_fails(document: ex.Document) -> None:
    assert (document.status, document.reason, document.fiscal_year) == ("ok", "", 2025)
    assert {check.difference for check in document.failed_checks()} >= {Decimal("-700.00")}
    assert all(check.holds == "no" for check in document.failed_checks())
    frame = document.to_pandas()
    assert list(frame.columns) == SCHEMAS["line_items"].names
    assert len(frame) == len(list(document.line_items)) > 200


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", "not_a_document"), (b"%PDF-1.4 cut", "not_a_document"), ("encrypted", "encrypted")],
)
def test_what_cannot_be_read_raises_with_its_status(tmp_path: Path, content: bytes | str, status: str) -> None:
    path = tmp_path / "in.pdf"
    if isinstance(content, str):
        import pikepdf

        with pikepdf.open(SAMPLE) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(owner="owner", user="user"))
    else:
        path.write_bytes(content)
    with pytest.raises(ex.DocumentError, match=r"in\.pdf: ") as raised:
        ex.read(path)
    assert raised.value.status == status


def test_a_document_that_takes_too_long_raises(tmp_path: Path) -> None:
    with pytest.raises(ex.DocumentError, match="took more than") as raised:
        ex.read(PLANTED, timeout=0.001)
    assert raised.value.status == "timeout"


def test_a_file_that_is_not_there_is_usage() -> None:
    with pytest.raises(ex.UsageError, match="no such file"):
        ex.read("nowhere.pdf")


def test_only_committed_parts_are_read(data: Path, document: ex.Document) -> None:
    datasets = ex.open_dataset(data)
    stray = data / "line_items" / "year=2025" / "stray.parquet"
    pa.parquet.write_table(document.line_items.to_arrow(), stray)
    try:
        assert datasets.line_items.to_arrow().num_rows == document.line_items.to_arrow().num_rows
    finally:
        stray.unlink()


def test_a_folder_that_is_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ex.DatasetError, match=r"manifest\.json"):
        ex.open_dataset(tmp_path)


def test_polars_and_duckdb_have_the_same_rows(document: ex.Document) -> None:
    pytest.importorskip("polars")
    pytest.importorskip("duckdb")
    for name, schema in SCHEMAS.items():
        dataset = getattr(document, name)
        assert dataset.to_polars().columns == schema.names
        assert dataset.to_polars().rows() == dataset.duckdb().fetchall()
    amounts = [row["amount"] for row in document.line_items if row["amount"] is not None]
    assert document.line_items.to_polars()["amount"].sum() == sum(amounts)


@pytest.mark.parametrize(("library", "method"), [("polars", "to_polars"), ("duckdb", "duckdb")])
def test_a_library_that_is_not_there_is_named_with_its_remedy(
    document: ex.Document, monkeypatch: pytest.MonkeyPatch, library: str, method: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        ex.UsageError, match=rf"^{library}: is not installed; pip install 'budget-extractor\[{library}\]'$"
    ):
        getattr(document.line_items, method)()


@pytest.mark.parametrize("options", [{"shard": (3, 2)}, {"shard": (1, 17)}, {"workers": 0}, {"commit_every": 0}])
def test_options_that_make_no_run_are_usage(tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ex.UsageError, match="expected"):
        ex.run(SAMPLE, tmp_path / "out", **options)  # type: ignore[arg-type]


def test_a_run_beside_another_is_refused(tmp_path: Path) -> None:
    with open_store(Folder(tmp_path / "out")), pytest.raises(ex.UsageError, match="another run is writing"):
        ex.run(SAMPLE, tmp_path / "out")


def test_public_names_are_there_and_nothing_else_is_imported_for_them() -> None:
    code = (
        "import sys, extractor as ex;"
        "loaded = [m for m in sys.modules if m.startswith('extractor.') or m in ('pyarrow', 'pypdfium2', 'click')];"
        "assert loaded == ['extractor.version'], loaded;"
        "assert set(ex.__all__) <= set(dir(ex));"
        "assert all(getattr(ex, name).__doc__ for name in ex.__all__)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(AttributeError, match="nothing"):
        ex.nothing  # noqa: B018


# A notebook that has a PDF open by pypdfium2 when it begins to read, and draws another after it; at its top level, too.
NOTEBOOK = f"""
import sys
import pypdfium2

def drawn(document):
    return document[0].render(scale=1).to_numpy().tobytes()

document = pypdfium2.PdfDocument({str(SAMPLE)!r})
before = drawn(document)
import extractor as ex
assert drawn(document) == before
read = ex.read({str(PLANTED)!r})
assert read.status == "ok"
assert read.page(6).show().size == (1684, 1191)
summary = ex.run({str(PLANTED)!r}, sys.argv[1], workers=1)
assert summary.status == {{"ok": 1}}
assert drawn(document) == before
again = pypdfium2.PdfDocument({str(SAMPLE)!r})
assert drawn(again) == before
assert "Page" in type(again[0]).__name__ and again[0].get_textpage().count_chars() > 0
print("done")
"""


def test_reading_touches_no_other_use_of_pdfium(tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text(NOTEBOOK)
    command = [sys.executable, str(script), str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("done\n", "")  # once: workers do not import the script again
    assert read_rows(Folder(tmp_path / "out"), "documents").num_rows == 1


def test_a_process_with_the_machines_fonts_reads_nothing() -> None:
    code = f"import extractor.pages.pdfium as p; p.open_pdf(open({str(SAMPLE)!r}, 'rb').read(), 'x').__enter__()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "call extractor.pages.pdfium.initialise() first" in done.stderr


def test_the_readmes_python_runs(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text()
    code = readme.split("## From Python")[1].split("```python\n")[1].split("```")[0]
    (tmp_path / "预算.pdf").write_bytes(PLANTED.read_bytes())
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "budget.pdf").write_bytes(SAMPLE.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
