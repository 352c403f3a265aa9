"""One document in every format that budgets are published in: the parts of `typeset_samples`, written the plain way."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape

import openpyxl
import xlwt
from typeset_samples import Part, Prose, Sheet

Placed = tuple[int, int, int, int, str]  # row, column, row span, column span, text
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def cells_of(sheet: Sheet) -> list[Placed]:
    """Return a sheet's header and rows; a total's label covers the code columns and the name's."""
    depth = max(row + tall for row, _, tall, _, _ in sheet.header)
    cells = list(sheet.header)
    for number, row in enumerate(sheet.rows, depth):
        total = row[0] == "合计" and len(row) > 4 and not any(row[1:4])
        first = 4 if total else 1
        cells.append((number, 0, 1, first, row[0]))
        cells += [(number, column, 1, 1, text) for column, text in enumerate(row) if column >= first]
    return cells


def lines_above(sheet: Sheet) -> list[str]:
    return [sheet.title, *([sheet.agency] if sheet.agency else []), f"单位：{sheet.unit}"]


def package(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def by_row(cells: Sequence[Placed]) -> dict[int, list[Placed]]:
    rows: dict[int, list[Placed]] = {row: [] for row in range(max(c[0] + c[2] for c in cells))}
    for cell in sorted(cells):
        rows[cell[0]].append(cell)
    return rows


# Word

DOCX_TYPES = (
    "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
    "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
    "<Override PartName='/word/document.xml' "
    "ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>"
)
RELATIONS = (
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' "
    "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' "
    "Target='word/document.xml'/></Relationships>"
)


def docx_of(body: str) -> bytes:
    document = f"<?xml version='1.0' encoding='UTF-8'?><w:document {W}><w:body>{body}</w:body></w:document>"
    return package({"[Content_Types].xml": DOCX_TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document})


def docx_paragraph(text: str) -> str:
    lines = "<w:br/>".join(f"<w:t xml:space='preserve'>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p><w:r>{lines}</w:r></w:p>"


def docx_table(cells: Sequence[Placed]) -> str:
    columns = max(c[1] + c[3] for c in cells)
    going: dict[tuple[int, int], int] = {
        (row, column): wide for top, column, tall, wide, _ in cells for row in range(top + 1, top + tall)
    }
    rows = []
    for number, own in by_row(cells).items():
        placed = {c[1]: c for c in own}
        parts, column = [], 0
        while column < columns:
            if column in placed:
                _, _, tall, wide, text = placed[column]
                merge = "<w:vMerge w:val='restart'/>" if tall > 1 else ""
            else:
                wide, text, merge = going.get((number, column), 1), "", "<w:vMerge/>"
            properties = f"<w:tcPr><w:gridSpan w:val='{wide}'/>{merge}</w:tcPr>"
            parts.append(f"<w:tc>{properties}{docx_paragraph(text)}</w:tc>")
            column += wide
        rows.append(f"<w:tr>{''.join(parts)}</w:tr>")
    grid = "<w:gridCol w:w='1200'/>" * columns
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def write_docx(parts: Sequence[Part]) -> bytes:
    body = []
    for part in parts:
        if isinstance(part, Prose):
            body += [docx_paragraph(line) for line in (part.heading, *part.lines)]
        else:
            body += [docx_paragraph(line) for line in lines_above(part)]
            body += [docx_table(cells_of(part)), *(docx_paragraph(note) for note in part.notes)]
        body.append("<w:p><w:r><w:br w:type='page'/></w:r></w:p>")
    return docx_of("".join(body))


# Workbooks


def number_of(text: str) -> tuple[float, str] | None:
    """Return the number and the format that show a text; None for codes and labels."""
    if not re.fullmatch(r"-?[\d,]+(?:\.\d+)?", text) or ("," not in text and "." not in text):
        return None
    decimals = len(text.partition(".")[2])
    return float(text.replace(",", "")), "#,##0" + ("." + "0" * decimals if decimals else "")


def sheet_cells(part: Part) -> list[Placed]:
    if isinstance(part, Prose):
        return [(row, 0, 1, 1, text) for row, text in enumerate((part.heading, *part.lines))]
    above = lines_above(part)
    table = [(row + len(above), column, tall, wide, text) for row, column, tall, wide, text in cells_of(part)]
    width = max(c[1] + c[3] for c in table)
    below = max(c[0] + c[2] for c in table)
    captions = [(row, 0, 1, width, text) for row, text in enumerate(above)]
    return captions + table + [(below + row, 0, 1, width, note) for row, note in enumerate(part.notes)]


def xlsx_of(sheets: Sequence[Sequence[Placed]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for cells in sheets:
        sheet = book.create_sheet()
        for row, column, tall, wide, text in cells:
            shown = number_of(text)
            cell = sheet.cell(row + 1, column + 1)
            cell.value = shown[0] if shown else text or None
            if shown:
                cell.number_format = shown[1]
            if tall * wide > 1:
                sheet.merge_cells(None, row + 1, column + 1, row + tall, column + wide)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls_of(sheets: Sequence[Sequence[Placed]]) -> bytes:
    book = xlwt.Workbook()
    for number, cells in enumerate(sheets):
        sheet = book.add_sheet(f"Sheet{number + 1}")
        for row, column, tall, wide, text in cells:
            shown = number_of(text)
            style = xlwt.Style.default_style
            if shown:
                style = xlwt.easyxf(num_format_str=shown[1])
            sheet.write_merge(
                row, row + tall - 1, column, column + wide - 1, shown[0] if shown else text, style
            ) if tall * wide > 1 else sheet.write(row, column, shown[0] if shown else text, style)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods_package(content: str) -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return package({"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


def ods_of(sheets: Sequence[Sequence[Placed]]) -> bytes:
    tables = []
    for number, cells in enumerate(sheets):
        width = max(c[1] + c[3] for c in cells)
        rows = []
        for own in by_row(cells).values():
            placed = {c[1]: c for c in own}
            parts = []
            for column in range(width):
                if column not in placed:
                    parts.append("<table:covered-table-cell/>")
                    continue
                _, _, tall, wide, text = placed[column]
                spans = f"table:number-rows-spanned='{tall}' table:number-columns-spanned='{wide}'"
                parts.append(f"<table:table-cell {spans}><text:p>{escape(text)}</text:p></table:table-cell>")
            rows.append(f"<table:table-row>{''.join(parts)}</table:table-row>")
        tables.append(f"<table:table table:name='Sheet{number + 1}'>{''.join(rows)}</table:table>")
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    return ods_package(f"<office:document-content {ODS}>{body}</office:document-content>")


# Text


def html_table(cells: Sequence[Placed]) -> str:
    rows = [
        "".join(f"<td rowspan={c[2]} colspan={c[3]}>{escape(c[4])}</td>" for c in own) for own in by_row(cells).values()
    ]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def write_html(parts: Sequence[Part], encoding: str = "utf-8") -> bytes:
    body = []
    for part in parts:
        if isinstance(part, Prose):
            body += [f"<p>{line}</p>" for line in (part.heading, *part.lines)]
        else:
            body += [f"<p>{line}</p>" for line in lines_above(part)]
            body += [html_table(cells_of(part)), *(f"<p>{note}</p>" for note in part.notes)]
    return f"<!DOCTYPE html><html><body>{''.join(body)}</body></html>".encode(encoding)


def rows_of(sheet: Sheet) -> list[list[str]]:
    """Return a sheet as a dump has it: a merged cell is its text and blanks after and below it."""
    cells = cells_of(sheet)
    rows = [[""] * max(c[1] + c[3] for c in cells) for _ in range(max(c[0] + c[2] for c in cells))]
    for row, column, _, _, text in cells:
        rows[row][column] = text
    return rows


def write_text(parts: Sequence[Part], encoding: str = "utf-8") -> bytes:
    pages = []
    for part in parts:
        if isinstance(part, Prose):
            pages.append("\n\n".join((part.heading, *part.lines)))
        else:
            table = "\n".join("\t".join(row) for row in rows_of(part))
            pages.append("\n\n".join([*lines_above(part), table, *part.notes]))
    return "\f".join(pages).encode(encoding)


def write_markdown(parts: Sequence[Part]) -> bytes:
    pages = []
    for part in parts:
        if isinstance(part, Prose):
            pages.append("\n\n".join((f"# {part.heading}", *part.lines)))
        else:
            rows = ["| " + " | ".join(row) + " |" for row in rows_of(part)]
            rows.insert(1, "|" + "---|" * len(part.rows[0]))
            pages.append("\n\n".join([f"## {part.title}", *lines_above(part)[1:], "\n".join(rows), *part.notes]))
    return "\n\n".join(pages).encode()


WRITERS: dict[str, Callable[[Sequence[Part]], bytes]] = {
    "docx": write_docx,
    "xlsx": lambda parts: xlsx_of([sheet_cells(part) for part in parts]),
    "xls": lambda parts: xls_of([sheet_cells(part) for part in parts]),
    "ods": lambda parts: ods_of([sheet_cells(part) for part in parts]),
    "html": write_html,
    "html-gb18030": lambda parts: write_html(parts, "gb18030"),
    "text": write_text,
    "text-utf16": lambda parts: write_text(parts, "utf-16"),
    "markdown": write_markdown,
}
KINDS = {"html-gb18030": "html", "text-utf16": "text", "markdown": "text"}
