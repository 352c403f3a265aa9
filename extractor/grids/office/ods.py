"""OpenDocument spreadsheets (.ods) → sheets: the texts that the file itself carries as shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lxml import etree

from extractor.errors import EncryptedError, NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.raster import visible
from extractor.grids.office.worksheet import Area, Sheet, read_sheets
from extractor.grids.office.xlsx import areas_of
from extractor.notation.figures import is_figure
from extractor.notation.marks import lowered, raised
from extractor.source.archive import open_container, read_part

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PAPER = "#ffffff"
_DEEPEST = 10  # styles based on styles
_SIGNS = {f"{_TEXT}line-break": "\n", f"{_TEXT}tab": " "}
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
        parts = [part for part in ("styles.xml", "content.xml") if part in package.namelist() or part == "content.xml"]
        contents = [read_part(package, part, name) for part in parts]
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        roots = [etree.fromstring(content, parser) for content in contents]
    except etree.XMLSyntaxError as error:
        raise NotADocumentError(f"{name}: its content is damaged ({error}); download it again") from error
    root, styles = roots[-1], _Styles(roots)
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(p.get(f"{_TABLE}display") == "false" for p in style.iter(f"{_STYLE}table-properties"))
    }
    sheets = [
        _sheet(table, styles, name, table.get(f"{_TABLE}style-name") in unseen) for table in root.iter(f"{_TABLE}table")
    ]
    return read_sheets(sheets, name)


class _Styles:
    """What styles say of how text is displayed: those of the content, and the common ones that they are based on."""

    def __init__(self, roots: Sequence[Any]) -> None:
        self._styles = {style.get(f"{_STYLE}name"): style for root in roots for style in root.iter(f"{_STYLE}style")}
        self._red = {
            format_.get(f"{_STYLE}name")
            for root in roots
            for format_ in root.iter()
            if isinstance(format_.tag, str) and format_.find(f"{_STYLE}text-properties[@{_FO}color]") is not None
        }

    def split(self, paragraph: Any, properties: dict[str, str]) -> tuple[str, str]:
        """Return what is displayed of a paragraph or of a span in it, and what is not."""
        parts: tuple[list[str], list[str]] = ([], [])
        unseen = _is_unseen(properties)
        form = _form(properties.get("text-position", ""))
        for text, child in _pieces(paragraph):
            if child is None:
                parts[unseen].append(form(text))
            else:
                for own, inner in zip(parts, self.split(child, properties | self.of(child, _TEXT)), strict=True):
                    own.append(inner)
        return "".join(parts[False]), "".join(parts[True])

    def of(self, element: Any, space: str) -> dict[str, str]:
        """Return the properties of an element's style by their names without namespaces, and `data`: its number format."""
        found: dict[str, str] = {}
        style = self._styles.get(element.get(f"{space}style-name"))
        for _ in range(_DEEPEST):
            if style is None:
                break
            own = {"data": style.get(f"{_STYLE}data-style-name")} if style.get(f"{_STYLE}data-style-name") else {}
            for kind in ("table-cell-properties", "text-properties"):
                for properties in style.findall(f"{_STYLE}{kind}"):
                    own |= {key.rpartition("}")[2]: value for key, value in properties.attrib.items()}
            found = own | found
            style = self._styles.get(style.get(f"{_STYLE}parent-style-name"))
        return found

    def lacks_sign(self, cell: Any, properties: dict[str, str], text: str) -> bool:
        """Return whether a number is negative and printed without a sign, in a colour."""
        value = cell.get(f"{_OFFICE}value", "")
        return value.startswith("-") and properties.get("data") in self._red and text.strip()[:1].isdigit()


def _pieces(element: Any) -> Iterator[tuple[str, Any]]:
    """Yield the texts of a paragraph, and the spans between them; notes of readers are left out."""
    yield element.text or "", None
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * min(100, int(count) if count.isdecimal() else 1), None
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag], None
        elif child.tag not in (f"{_TEXT}note", f"{_OFFICE}annotation") and isinstance(child.tag, str):
            yield "", child
        yield child.tail or "", None


def _form(place: str) -> Callable[[str], str]:
    """Return what becomes of a text at a place such as `super 58%` or `-33% 58%`."""
    if place.startswith(("sub", "-")):
        return lowered
    return raised if place.startswith("super") or place.strip()[:1] in tuple("123456789") else str


def _is_unseen(properties: dict[str, str]) -> bool:
    """Return whether properties hide or strike a text, or give it the colour behind it."""
    lines = (properties.get(f"text-line-through-{key}", "none") for key in ("style", "type"))
    behind = properties.get("background-color", _PAPER).lower().replace("transparent", _PAPER)
    return (
        any(line != "none" for line in lines)
        or properties.get("display") == "none"
        or properties.get("color", "").lower() == behind
    )


def _sheet(table: Any, styles: _Styles, name: str, hidden: bool) -> Sheet:
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
        _read_row(element, row, count, sheet, styles, name)
        visibility = element.get(f"{_TABLE}visibility", "visible")
        sheet.filtered = sheet.filtered or visibility == "filter"
        if visibility != "visible":
            sheet.hidden_rows.update(range(row, row + min(count, MAX_REPEATED)))
        row += count
    return sheet


def _read_row(element: Any, row: int, repeated: int, sheet: Sheet, styles: _Styles, name: str) -> None:
    column = 0
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        count = _count(cell, "number-columns-repeated")
        properties = styles.of(cell, _TABLE)
        pairs = [styles.split(p, properties) for p in cell.findall(f"{_TEXT}p")]
        text, unseen = ("\n".join(parts) for parts in zip(*pairs, strict=True)) if pairs else ("", "")
        sheet.unseen += is_figure(visible(unseen))
        text = f"-{text.strip()}" if styles.lacks_sign(cell, properties, text) else text
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


def _count(element: Any, key: str) -> int:
    value = element.get(f"{_TABLE}{key}", "1")
    return max(1, int(value[:9])) if value.isdigit() else 1


def _print_areas(table: Any) -> list[Area]:
    """Return the areas of `$'表 1'.$A$1:$'表 1'.$D$20`, separated by blanks."""
    return areas_of(",".join(_SHEET_NAME.sub("", table.get(f"{_TABLE}print-ranges", "")).split()))
