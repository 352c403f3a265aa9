"""The same table gives the same line items, whichever format it came in."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from support.format_writers import KINDS, WRITERS, Placed, docx_of, docx_table, html_table, ods_of, xls_of, xlsx_of
from support.ofd_maker import write_ofd
from support.vocabulary import CONFIG, VOCABULARY
from typeset_samples import FONT, Part, Style, figures, final_account, planted, shanghai_budget, typeset

from extractor.document import DocumentReading
from extractor.grids.readers import read_layouts
from extractor.jobs.limits import Limits
from extractor.jobs.worker_pool import read_isolated
from extractor.pipeline import read_document
from extractor.records.item import LineItem
from extractor.source.source import Source, sniff
from extractor.vocabulary.vocabulary import Vocabulary

PLACE = slice(LineItem._fields.index("x0"), LineItem._fields.index("bottom") + 1)
GEOMETRY = frozenset({"document_id", "table_id", "item_id", "page", "x0", "top", "x1", "bottom", "reading", "indent"})


def source_of(data: bytes) -> Source:
    return Source("预算", "0" * 64, sniff(data), data)


@lru_cache(maxsize=8)
def parts_of(sample: str) -> tuple[Part, ...]:
    data = figures("shanghai-2022")
    if sample == "final":
        return tuple(final_account())
    return tuple(shanghai_budget(2025, "单位", planted(data) if sample == "planted" else data, narrow=False))


@lru_cache(maxsize=8)
def from_pdf(sample: str) -> DocumentReading:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return read_document(source_of(typeset(parts_of(sample), Style())), VOCABULARY)


def facts_of(document: DocumentReading) -> list[dict[str, object]]:
    """Return what a document's items say, geometry left out, with the table each lies in and the verdict on it."""
    return [
        {key: value for key, value in item._asdict().items() if key not in GEOMETRY}
        | {"table": item.table_id[-3:], "verdict": document.verdicts[item.item_id]}
        for item in document.items
    ]


@pytest.mark.parametrize("form", [*WRITERS, "ofd"])
@pytest.mark.parametrize("sample", ["budget", "planted", "final"])
def test_every_format_gives_the_items_of_the_pdf(sample: str, form: str, vocabulary: Vocabulary) -> None:
    source = source_of({**WRITERS, "ofd": write_ofd}[form](parts_of(sample)))
    assert source.kind == KINDS.get(form, form)
    document, expected = read_document(source, vocabulary), from_pdf(sample)
    assert (document.status, document.reason, document.facts) == ("ok", "", expected.facts)
    assert facts_of(document) == facts_of(expected)
    assert [(t.title, t.table_type, t.unit) for t in document.tables] == [
        (t.title, t.table_type, t.unit) for t in expected.tables
    ]
    assert sorted(c.statement.split(": ")[1] for c in document.checks if c.holds == "no") == sorted(
        c.statement.split(": ")[1] for c in expected.checks if c.holds == "no"
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: no .doc can be made or read")
def test_word_97_gives_the_items_of_the_pdf(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "in.docx").write_bytes(WRITERS["docx"](parts_of("budget")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "in.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    source = source_of((tmp_path / "in.doc").read_bytes())
    document = read_document(source, vocabulary)
    assert document.kind == "doc"
    assert facts_of(document) == facts_of(from_pdf("budget"))
    (confined,) = read_isolated(iter([source]), CONFIG, 1, Limits())
    assert (confined.status, confined.reason, confined.line_items) == ("ok", "", len(document.items))


def test_formats_without_geometry_claim_none(vocabulary: Vocabulary) -> None:
    for form in WRITERS:
        for item in read_document(source_of(WRITERS[form](parts_of("final"))), vocabulary).items:
            assert (item.x0, item.top, item.x1, item.bottom) == (None,) * 4


def test_the_places_of_an_ofd_file_are_those_of_the_pdf(vocabulary: Vocabulary) -> None:
    items = read_document(source_of(write_ofd(parts_of("final"))), vocabulary).items
    for item, expected in zip(items, from_pdf("final").items, strict=True):
        assert (item.reading, item.page) == ("ofd", expected.page)
        assert item[PLACE] == pytest.approx(expected[PLACE], abs=0.5)


@st.composite
def random_table(draw: st.DrawFn) -> list[Placed]:
    """Cut a raster into rectangles, each with a number of its own, so that none reads like a caption."""
    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    free = {(r, c) for r in range(rows) for c in range(columns)}
    cells: list[Placed] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) not in free:
                continue
            wide = 1
            while (row, column + wide) in free and draw(st.booleans()):
                wide += 1
            tall = draw(st.integers(1, rows - row))
            while any((r, c) not in free for r in range(row, row + tall) for c in range(column, column + wide)):
                tall -= 1
            free -= {(r, c) for r in range(row, row + tall) for c in range(column, column + wide)}
            cells.append((row, column, tall, wide, f"{100 + len(cells)}.5"))
    assume(len(cells) > 1)
    return cells


def read_cells(data: bytes) -> list[Placed]:
    grid = next(grid for layout in read_layouts(source_of(data)).layouts for grid in layout.grids)
    return [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells if c.text]


def in_use(cells: Sequence[Placed]) -> list[Placed]:
    """Return cells on a raster without the rows and columns in which none begins: a sheet does not say that they exist."""
    rows, columns = sorted({c[0] for c in cells}), sorted({c[1] for c in cells})
    return [
        (
            rows.index(row),
            columns.index(column),
            sum(row <= r < row + tall for r in rows),
            sum(column <= c < column + wide for c in columns),
            text,
        )
        for row, column, tall, wide, text in cells
    ]


@settings(max_examples=60)
@given(random_table())
def test_random_spans_come_back_from_every_format(cells: list[Placed]) -> None:
    assert read_cells(docx_of(docx_table(cells))) == cells
    named = html_table([(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "1.5")])
    assert read_cells(f"<html><body>{html_table(cells)}<p>表</p>{named}</body></html>".encode()) == cells
    for write in (xlsx_of, xls_of, ods_of):
        assert read_cells(write([cells])) == in_use(cells)


TEXTS = (
    "表一",
    "2025年收支预算总表",
    "单位：万元",
    "项目",
    "预算数",
    "一、税收收入",
    "合计",
    "注：本表无发生额。",
    "1.5",
    "20,000",
)


@settings(max_examples=80)
@given(random_table(), st.data())
def test_no_text_is_lost_however_captions_are_cut(cells: list[Placed], data: st.DataObject) -> None:
    """Whatever is read as title, header, row or note, every text of a file is in its layout once."""
    drawn = [(*cell[:4], data.draw(st.sampled_from(TEXTS))) for cell in cells]
    named = [(0, 0, 1, 1, "名"), (0, 1, 1, 1, "数"), (1, 0, 1, 1, "和"), (1, 1, 1, 1, "9.5")]
    expected = Counter(cell[4] for cell in [*drawn, *named])
    files = {
        "docx": docx_of(docx_table(drawn) + "<w:p/>" + docx_table(named)),
        "html": f"<html><body>{html_table(drawn)}{html_table(named)}</body></html>".encode(),
        "xlsx": xlsx_of([drawn, named]),
        "xls": xls_of([drawn, named]),
        "ods": ods_of([drawn, named]),
    }
    for form, content in files.items():
        found: Counter[str] = Counter()
        for layout in read_layouts(source_of(content)).layouts:
            found.update(cell.text for grid in layout.grids for cell in grid.cells if cell.text)
            found.update(line.text for line in layout.lines if not line.text.startswith("Sheet"))
        assert found == expected, form


@st.composite
def random_header(draw: st.DrawFn) -> list[Placed]:
    """Draw a header of two or three rows in which every group has members and every leaf reaches the last row."""
    depth, column, cells = draw(st.integers(2, 3)), 0, []
    for _ in range(draw(st.integers(2, 4))):
        members = draw(st.integers(0, 3))
        if members < 2:
            cells.append((0, column, depth, 1, f"甲{column}"))
        else:
            cells.append((0, column, 1, members, f"乙{column}"))
            cells += [(1, column + n, depth - 1, 1, f"丙{column + n}") for n in range(members)]
        column += max(1, members)
    return cells


@settings(max_examples=60)
@given(random_header())
def test_spans_of_a_header_are_read_off_a_text(header: list[Placed]) -> None:
    columns = max(c[1] + c[3] for c in header)
    rows = [[""] * columns for _ in range(max(c[0] + c[2] for c in header))]
    for row, column, _, _, text in header:
        rows[row][column] = text
    rows += [["合计"] + ["1.5"] * (columns - 1), ["其中"] + ["2.5"] * (columns - 1)]
    assume(columns > 2 and any(c[3] > 1 for c in header))
    cells = read_cells("\n".join("\t".join(row) for row in rows).encode())
    assert [cell for cell in cells if cell[4][0] in "甲乙丙"] == sorted(header)
