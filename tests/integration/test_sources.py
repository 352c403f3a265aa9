"""What a file is, by its content; archives; and hostile files, each of which ends as one row with its reason."""

from __future__ import annotations

import io
import shutil
import socket
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from support.common import SAMPLES
from support.format_writers import (
    ODS,
    TYPES,
    docx_of,
    docx_paragraph,
    docx_table,
    html_table,
    ods_package,
    package,
    xls_of,
    xlsx_of,
)
from support.vocabulary import CONFIG
from xlwt.CompoundDoc import XlsDoc

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import DocumentError
from extractor.grids.office import doc
from extractor.grids.readers import read_layouts
from extractor.jobs.executor import Job, run
from extractor.notation.text import clean, fold
from extractor.source.encoding import decode_text
from extractor.source.inputs import find_inputs
from extractor.source.source import Source, Unread, read_sources, sniff

TABLE = [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "1,234.50")]
HTML = f"<html><body><p>单位：元</p>{html_table(TABLE)}</body></html>"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def entity(root: str, inside: str) -> str:
    return f"<!DOCTYPE {root.split(maxsplit=1)[0]} [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><{root}>{inside}</{root.split(maxsplit=1)[0]}>"


def laughs() -> str:
    names = "abcdefghij"
    entities = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise(names))
    return f"<!DOCTYPE w:document [<!ENTITY a 'ha'>{entities}]><w:document>&j;</w:document>"


def worksheet(body: str) -> bytes:
    parts = dict.fromkeys(("xl/workbook.xml",), "<workbook/>")
    return package(
        {"[Content_Types].xml": TYPES, **parts, "xl/worksheets/sheet1.xml": f"<worksheet>{body}</worksheet>"}
    )


def locked_member() -> bytes:
    """Return an archive whose one member says that it is encrypted."""
    data = bytearray(zipped({"a.txt": b"x\ty"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def nested(depth: int) -> bytes:
    data = HTML.encode()
    for level in range(depth):
        data = zipped({f"{level}.zip" if level else "page.html": data})
    return data


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "bomb.docx": (package({"[Content_Types].xml": TYPES, "word/document.xml": b" " * (80 << 20)}), "not_a_document", "bomb"),
    "bomb.zip": (zipped({"a.pdf": b"\0" * (80 << 20)}), "not_a_document", "bomb"),
    "deep.zip": (nested(5), "not_a_document", "archives deep"),
    "cut.zip": (zipped({"a.html": HTML.encode()})[:-30], "not_a_document", "cannot be opened"),
    "locked.zip": (locked_member(), "encrypted", "password"),
    "entity.docx": (package({"[Content_Types].xml": TYPES, "word/document.xml": entity("w:document", "&e;")}), "not_a_document", "document type"),
    "laughs.docx": (package({"[Content_Types].xml": TYPES, "word/document.xml": laughs()}), "not_a_document", "document type"),
    "utf16.docx": (package({"[Content_Types].xml": TYPES, "word/document.xml": laughs().encode("utf-16")}), "not_a_document", "document type"),
    "entity.xlsx": (package({"[Content_Types].xml": TYPES, "xl/workbook.xml": entity("workbook", "&e;")}), "not_a_document", "document type"),
    "entity.ods": (ods_package(entity(f"office:document-content {ODS}", "&e;")), "not_a_document", "document type"),
    "damaged.docx": (package({"[Content_Types].xml": TYPES, "word/document.xml": "<w:document>"}), "not_a_document", "damaged"),
    "hollow.xlsx": (worksheet(""), "not_a_document", "cannot be opened"),
    "merged.xlsx": (worksheet('<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), "not_a_document", "merges"),
    "wide.docx": (docx_of("<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1000000000'/></w:tcPr></w:tc></w:tr></w:tbl>"), "not_a_document", "columns"),
    "nested.docx": (docx_of("<w:tbl><w:tr><w:tc>" * 40 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 40), "not_a_document", "nested"),
    "wide.html": (HTML.replace("colspan=1", "colspan=1000000000").encode(), "not_a_document", "colspan"),
    "tall.html": (HTML.replace("rowspan=1", "rowspan=1000000000").encode(), "not_a_document", "rowspan"),
    "row.html": (f"<table><tr>{'<td colspan=900>1</td>' * 900}</tr></table>".encode(), "not_a_document", "columns"),
    "nested.html": (("<div>" * 5000 + HTML).encode(), "not_a_document", "nested"),
    "repeat.ods": (ods_package(
        f"<office:document-content {ODS}><table:table><table:table-row table:number-rows-repeated='999999'><table:table-cell "
        "table:number-columns-repeated='9999'><text:p>1</text:p></table:table-cell></table:table-row></table:table>"
        "</office:document-content>"), "not_a_document", "repeats"),
    "locked.xlsx": (OLE2 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
    "damaged.xls": (OLE2 + "Workbook".encode("utf-16-le"), "not_a_document", "cannot be opened"),
    "other.doc": (OLE2, "not_a_document", "no kind that budgets"),
    "hollow.zip": (zipped({"__MACOSX/a.pdf": b"x"}), "not_a_document", "without a file"),
    "picture.docx": (docx_of('<w:p><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/></w:p>'), "partial", "pictures"),
    "README.md": ("# 说明\n\n下载 2025 年预算。\n".encode(), "not_a_document", "without a table"),
    "error.pdf": (b"<!DOCTYPE html><html><body><table><tr><td>1</td><td>2</td></tr></table>404</body></html>", "not_a_document", "web page"),
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str]]]:
    """Convert a folder of hostile files; return name → (status, reason) of every row that came of it."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (content, _, _) in HOSTILE.items():
        (folder / name).write_bytes(content)
    with open_store(Folder(folder / "out")) as store:
        run(find_inputs([str(folder)]).files, store, CONFIG, Job(), lambda _: None)
    found: dict[str, list[tuple[str, str]]] = {}
    for row in read_rows(Folder(folder / "out"), "documents").to_pylist():
        name = Path(row["path"].removeprefix(str(folder)).lstrip("/")).parts[0].removesuffix("!")
        found.setdefault(name, []).append((row["status"], row["reason"]))
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_as_one_row_with_a_reason(rows: dict[str, list[tuple[str, str]]], name: str) -> None:
    _, status, words = HOSTILE[name]
    ((found, reason),) = rows[name]
    assert (found, words in reason) == (status, True), reason
    assert "\n" not in reason


def test_a_stray_cell_far_away_takes_no_space() -> None:
    far = [*TABLE, (1_048_575, 16_383, 1, 1, "x")]
    (layout,) = read_layouts(Source("a", "", "xlsx", xlsx_of([far]))).layouts
    assert max(grid.rows * grid.columns for grid in layout.grids) <= 12


def test_nothing_outside_a_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密\t1.5\n秘密\t2.5")
    link = f"<html><head><link href='{secret.as_uri()}'></head><body><iframe src='{secret.as_uri()}'></iframe><img src='http://127.0.0.1:9/x'>"
    layouts = read_layouts(Source("a", "", "html", f"{link}{html_table(TABLE)}".encode())).layouts
    assert "秘密" not in layouts[0].text
    include = f"<w:p><w:r><w:instrText>INCLUDETEXT {secret}</w:instrText></w:r></w:p>" + docx_table(TABLE)
    assert "秘密" not in read_layouts(Source("a", "", "docx", docx_of(include))).layouts[0].text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (docx_of(docx_paragraph("x")), "docx"),
        (xlsx_of([TABLE]), "xlsx"),
        (xls_of([TABLE]), "xls"),
        (ods_package(f"<office:document-content {ODS}/>"), "ods"),
        (zipped({"a.pdf": b"x"}), "zip"),
        (b"\xef\xbb\xbf<html>", "html"),
        ("\ufeff<html>".encode("utf-16"), "html"),
        (html_table(TABLE).encode("gb18030"), "html"),
        (b"{\\rtf1", "doc"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "doc"),
        (b"<?xml version='1.0'?><Workbook/>", "unknown"),
        ("项目\t预算数".encode("gb18030"), "text"),
        ("项目\t预算数".encode("utf-16"), "text"),
        (bytes(range(256)), "unknown"),
        (b" \r\n", "empty"),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, kind: str) -> None:
    assert sniff(content) == kind


def test_members_of_archives_are_documents_of_their_own(tmp_path: Path) -> None:
    sample = (SAMPLES / "shanghai-2024-final-accounts.pdf").read_bytes()
    inner = zipped({"表.html": HTML.encode(), "same.pdf": sample, "__MACOSX/x.pdf": b"x", ".hidden": b"x"})
    outer = tmp_path / "预算.zip"
    outer.write_bytes(zipped({"决算.pdf": sample, "more/inner.zip": inner}))
    found = [s for s in read_sources(outer) if isinstance(s, Source)]
    assert [s.path.removeprefix(f"{tmp_path}/") for s in found] == [
        "预算.zip!/决算.pdf",
        "预算.zip!/more/inner.zip!/表.html",
        "预算.zip!/more/inner.zip!/same.pdf",
    ]
    assert [s.kind for s in found] == ["pdf", "html", "pdf"]
    with open_store(Folder(tmp_path / "out")) as store:
        outcome = run([outer], store, CONFIG, Job(), lambda _: None)
    assert (outcome.counts["documents"], outcome.duplicates) == (2, 1)
    with open_store(Folder(tmp_path / "out")) as store:
        assert run([outer], store, CONFIG, Job(), lambda _: None).skipped == 2


def test_one_bad_member_leaves_the_others(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.html": HTML.encode(), "b.html": HTML.encode() + b" "}))
    at = data.index(b"b.html") + len("b.html")
    data[at + 4] ^= 0xFF
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    first, second = read_sources(path)
    assert isinstance(first, Source)
    assert isinstance(second, Unread)
    assert "cannot be unpacked" in str(second.error)


def test_names_in_archives_are_gbk_where_windows_wrote_them(tmp_path: Path) -> None:
    name = "部门预算公开表.html"
    stand_in = "x" * len(name.encode("gb18030"))
    data = zipped({stand_in: HTML.encode()}).replace(stand_in.encode(), name.encode("gb18030"))
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    (source,) = read_sources(path)
    assert source.name == name


def test_files_whose_name_says_nothing_are_found_by_their_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "附件1.2025年部门预算").write_bytes(xlsx_of([TABLE]))
    (tmp_path / "notes.py").write_text("x = 1")
    assert [p.name for p in find_inputs([str(tmp_path)]).files] == ["附件1.2025年部门预算"]


def test_word_97_without_libreoffice_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc.shutil, "which", lambda _: None)
    with pytest.raises(DocumentError, match="install libreoffice-writer"):
        doc.read_doc(OLE2, "a.doc")


def office(folder: Path, script: str) -> Path:
    """Write a stand-in for soffice."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_word_97_is_read_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = tmp_path / "converted.docx"
    converted.write_bytes(docx_of(docx_table(TABLE)))
    script = f'while [ "$1" != --outdir ]; do shift; done; cp {converted} "$2/in.docx"'
    monkeypatch.setenv("PATH", f"{office(tmp_path, script).parent}:/usr/bin:/bin")
    (layout,) = doc.read_doc(OLE2, "a.doc").layouts
    assert [c.text for c in layout.grids[0].cells] == ["项目", "预算数", "合计", "1,234.50"]


def test_what_libreoffice_cannot_read_or_finish_has_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{office(tmp_path, 'echo no filter >&2').parent}:/usr/bin:/bin")
    with pytest.raises(DocumentError, match="no filter"):
        doc.read_doc(OLE2, "a.doc")
    monkeypatch.setattr(doc, "SECONDS", 0.2)
    office(tmp_path, "exec sleep 60")
    with pytest.raises(DocumentError, match="took more than"):
        doc.read_doc(OLE2, "a.doc")


LINKED = """<w:p xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:r><w:t>甲</w:t></w:r><w:r><w:drawing><wp:inline>
<wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic>
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="r5"/></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed: nothing could fetch the link"
)
def test_libreoffice_fetches_nothing_that_a_document_links_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        target = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
        relation = f'<Relationship Id="r5" Type="{kind}" Target="{target}" TargetMode="External"/>'
        with zipfile.ZipFile(io.BytesIO(docx_of(LINKED))) as plain:
            parts: dict[str, str | bytes] = {name: plain.read(name) for name in plain.namelist()}
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{space}">{relation}</Relationships>'
        (layout,) = doc.read_doc(package(parts), "a.doc").layouts
        assert layout.text == "甲"
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings_are_known_by_the_bytes(encoding: str) -> None:
    text = "2025年部门收支预算总表 单位：万元 ㎡"
    assert (
        decode_text(text.encode(encoding, "ignore"))
        .removeprefix("\ufeff")
        .startswith("2025年部门收支预算总表 单位：万元")
    )


def test_a_declared_charset_does_not_matter() -> None:
    page = "<meta charset=gb2312>部门预算"
    assert decode_text(page.encode()) == page
    assert decode_text(page.replace("gb2312", "utf-8").encode("gb18030")).endswith("部门预算")
    assert decode_text("<meta charset=big5>預算".encode("big5")).endswith("預算")
    assert decode_text((page * 40).encode()[:-1]).startswith(page)


def test_radicals_and_compatibility_forms_match_and_print_as_they_are() -> None:
    assert clean("部⻔预算 公务⽤⻋ ⺠政　（１２．５％）") == "部门预算公务用车民政(12.5%)"
    assert fold("\uf9b4") == "領"
    assert all(fold(chr(code)) != chr(code) for code in range(0x2F00, 0x2FD6))


def test_a_workbook_within_a_word_document_is_a_document_of_its_own(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_of(docx_table(TABLE)))) as word:
        parts: dict[str, str | bytes] = {name: word.read(name) for name in word.namelist()}
    workbook = xlsx_of([TABLE])
    embedding = {"word/embeddings/sheet.xlsx": workbook, "word/embeddings/equation.bin": b"\0\1"}
    (tmp_path / "a.docx").write_bytes(package({**parts, **embedding}))
    outer, inner = read_sources(tmp_path / "a.docx")
    assert isinstance(outer, Source)
    assert isinstance(inner, Source)
    assert (inner.path, inner.data) == (f"{tmp_path}/a.docx!/embeddings/sheet.xlsx", workbook)
    assert "embeddings/sheet.xlsx" in read_layouts(outer).notes[0]


def wrapped(content: bytes) -> bytes:
    """Return an OLE object that is a wrapper of a file, made of one that xlwt writes."""
    buffer = io.BytesIO()
    XlsDoc().save(buffer, content)
    entries = [name.ljust(32, "\0").encode("utf-16-le") for name in ("Workbook", "Package")]
    sizes = [struct.pack("<H", 2 * (len(name) + 1)) for name in ("Workbook", "Package")]
    return buffer.getvalue().replace(entries[0] + sizes[0], entries[1] + sizes[1])


def test_a_workbook_in_an_ole_object_of_a_word_document_is_a_document_of_its_own(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_of(docx_table(TABLE)))) as word:
        parts: dict[str, str | bytes] = {name: word.read(name) for name in word.namelist()}
    objects = {"a.bin": wrapped(xlsx_of([TABLE])), "b.bin": OLE2 + "Package".encode("utf-16-le")}
    (tmp_path / "a.docx").write_bytes(package({**parts, **{f"word/embeddings/{n}": c for n, c in objects.items()}}))
    _, inner = read_sources(tmp_path / "a.docx")
    assert isinstance(inner, Source)
    assert (inner.kind, inner.path) == ("xlsx", f"{tmp_path}/a.docx!/embeddings/a.bin")
    assert read_layouts(inner).layouts[0].grids


def test_a_damaged_workbook_within_a_word_document_is_said_to_be_and_the_document_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_of(docx_table(TABLE)))) as word:
        parts = {name: word.read(name) for name in word.namelist()}
    embedding = {"word/embeddings/a.xlsx": xlsx_of([TABLE]), "word/embeddings/b.zip": zipped({"b.html": HTML.encode()})}
    data = bytearray(zipped({**parts, **embedding}))
    at = data.index(b"word/embeddings/a.xlsx") + len("word/embeddings/a.xlsx")
    data[at : at + 4] = b"\xff" * 4
    (tmp_path / "a.docx").write_bytes(data)
    outer, damaged, packed = read_sources(tmp_path / "a.docx")
    assert isinstance(outer, Source)
    assert isinstance(damaged, Unread)
    assert "a.docx!/embeddings/a.xlsx: cannot be unpacked" in str(damaged.error)
    assert packed.path == f"{tmp_path}/a.docx!/embeddings/b.zip!/b.html"


@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_what_is_attached_to_a_pdf_is_a_document_of_its_own(tmp_path: Path, mode: pikepdf.ObjectStreamMode) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["a.xlsx"] = xlsx_of([TABLE])
        document.attachments["b.xlsx"] = xlsx_of([TABLE])[:300]
        document.save(tmp_path / "a.pdf", object_stream_mode=mode)
    outer, inner, damaged = read_sources(tmp_path / "a.pdf")
    assert isinstance(outer, Source)
    assert isinstance(inner, Source)
    assert (inner.path, inner.kind) == (f"{tmp_path}/a.pdf!/a.xlsx", "xlsx")
    assert isinstance(damaged, Unread)


def test_an_attachment_that_is_too_large_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.source.embedded.MAX_EXPANDED", 100)
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["a.xlsx"] = xlsx_of([TABLE])
        document.save(tmp_path / "a.pdf")
    _, large = read_sources(tmp_path / "a.pdf")
    assert isinstance(large, Unread)
    assert "expected at most 100" in str(large.error)


def test_a_folder_of_datasets_within_the_inputs_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html>")
    (tmp_path / "manifest.json").write_text("{}")  # of something else
    (tmp_path / "data" / "report").mkdir(parents=True)
    (tmp_path / "data" / "report" / "index.html").write_text("<html>")
    for url in ("", "fsspec+file://"):
        assert [str(found.name) for found in find_inputs([f"{url}{tmp_path}"]).files] == ["a.html", "index.html"]
    with open_store(Folder(tmp_path / "data2")) as store:
        store.commit([document_result(DocumentReading("a" * 64, "a", "pdf", "ok", ""), "hash")])
    (tmp_path / "data2" / "manifest.json").rename(tmp_path / "data" / "manifest.json")
    for url in ("", "fsspec+file://"):
        assert [found.name for found in find_inputs([f"{url}{tmp_path}"]).files] == ["a.html"]
