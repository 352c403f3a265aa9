"""OpenDocument spreadsheets (.ods) → sheets: the texts that the file itself carries as shown."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from extractor.errors import EncryptedError, NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.worksheet import Area, Sheet, read_sheets
from extractor.grids.office.xlsx import areas_of
from extractor.source.archive import open_container, read_part

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_SHEET_NAME = re.compile(r"(?:\$?'(?:[^']|'')*'|\$?[^\s.'$]+)\.")
MAX_REPEATED = 1_000_000  # filled cells that one sheet may make by repetition


def read_ods(data: bytes, name: str) -> Reading:
    """Read every sheet of a spreadsheet.

    Args:
        data: The package.
        name: How error messages call the file.

    Raises:
        EncryptedError: It asks for a password.
        NotADocumentError: The package is damaged or hostile.
    """
    with open_container(data, name) as package:
        if b"encryption-data" in read_part(package, "META-INF/manifest.xml", name):
            raise EncryptedError(
                f"{name}: asks for a password; expected a spreadsheet that opens without one: remove its password first"
            )
        content = read_part(package, "content.xml", name)
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise NotADocumentError(f"{name}: its content is damaged ({error}); download it again") from error
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(p.get(f"{_TABLE}display") == "false" for p in style.iter(f"{_STYLE}table-properties"))
    }
    sheets = [_sheet(table, name, table.get(f"{_TABLE}style-name") in unseen) for table in root.iter(f"{_TABLE}table")]
    return read_sheets(sheets, name)


def _sheet(table: Any, name: str, hidden: bool) -> Sheet:
    sheet = Sheet(table.get(f"{_TABLE}name", ""), hidden=hidden, printed=_print_areas(table))
    column = 0
    for element in table.iter(f"{_TABLE}table-column"):
        count = _count(element, "number-columns-repeated")
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_columns.update(range(column, column + min(count, MAX_REPEATED)))
        column += count
    row = 0
    for element in table.iter(f"{_TABLE}table-row"):
        count = _count(element, "number-rows-repeated")
        _read_row(element, row, count, sheet, name)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_rows.update(range(row, row + min(count, MAX_REPEATED)))
        row += count
    return sheet


def _read_row(element: Any, row: int, repeated: int, sheet: Sheet, name: str) -> None:
    column = 0
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        count = _count(cell, "number-columns-repeated")
        text = "\n".join(_paragraph(p) for p in cell.findall(f"{_TEXT}p"))
        if text.strip() and cell.tag == f"{_TABLE}table-cell":
            if len(sheet.cells) + count * repeated > MAX_REPEATED:
                raise NotADocumentError(
                    f"{name}: repeats a cell {count * repeated} times; expected at most {MAX_REPEATED} filled cells"
                )
            tall, wide = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            for r in range(row, row + repeated):
                for c in range(column, column + count):
                    sheet.cells[r, c] = text
                    if tall * wide > 1:
                        sheet.merges.append((r, c, r + tall - 1, c + wide - 1))
        column += count


def _paragraph(paragraph: Any) -> str:
    """Return a paragraph's text; runs of blanks, tabs and line ends are elements, notes of readers are left out."""
    parts = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(100, int(child.get(f"{_TEXT}c", "1"))))
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag == f"{_TEXT}tab":
            parts.append(" ")
        elif child.tag not in (f"{_TEXT}note", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _count(element: Any, key: str) -> int:
    value = element.get(f"{_TABLE}{key}", "1")
    return max(1, int(value[:9])) if value.isdigit() else 1


def _print_areas(table: Any) -> list[Area]:
    """Return the areas of `$'表 1'.$A$1:$'表 1'.$D$20`, separated by blanks."""
    return areas_of(",".join(_SHEET_NAME.sub("", table.get(f"{_TABLE}print-ranges", "")).split()))
