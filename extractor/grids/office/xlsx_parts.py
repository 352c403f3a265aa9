"""What of a workbook's package openpyxl does not say: what is drawn over its cells, and formulas stored without their values."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from PIL import Image

from extractor.source.archive import read_part
from extractor.source.markup import DamagedXml, parse_xml

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MOST = 10_000  # cells that a drawing may run over
_OPAQUE_FILLS = frozenset(("solidFill", "gradFill", "pattFill", "blipFill"))
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_NAME, _ID = re.compile(rb"\bname=[\"']([^\"']*)"), re.compile(rb"\br:id=[\"']([^\"']*)")
# Excel computes every formula as it opens such a book; a program that computes none stores 0 for all.
_RECOMPUTED = re.compile(rb"<calcPr\s[^>]*fullCalcOnLoad=[\"'](?:1|true)")
_NOUGHT = re.compile(rb"<c\s[^>]*\br=[\"']([A-Z]+\d+)[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*<v>0</v>\s*</c>")

_WITH_METADATA, _PLACE = re.compile(rb"<c\s[^>]*\bvm=[^>]*>"), re.compile(rb"\br=[\"']([A-Z]+\d+)")


class Area(NamedTuple):
    """Where a drawing lies, in columns and rows from 0; the part of a cell before its edge is in the unit of `offsets`."""

    column: int
    row: int
    to_column: int
    to_row: int
    offsets: tuple[int, int, int, int]  # EMU beyond the cells' edges: x, y, and those of the end


class SheetParts(NamedTuple):
    """What else there is to a sheet.

    Attributes:
        covers: The places of opaque drawings over it.
        uncomputed: The cells whose stored 0 nobody computed.
        pictured: The cells that show a picture in place of a value.
        conditions: The conditional formats of its extensions, such as those that name cells of other sheets.
    """

    covers: tuple[Area, ...] = ()
    uncomputed: frozenset[str] = frozenset()
    pictured: frozenset[str] = frozenset()
    conditions: tuple[Any, ...] = ()


def read_sheet_parts(package: zipfile.ZipFile, name: str) -> dict[str, SheetParts]:
    """Return what else there is to a workbook's sheets, by their names; of damaged parts, nothing."""
    parts = set(package.namelist())
    book = read_part(package, "xl/workbook.xml", name) if "xl/workbook.xml" in parts else b""
    targets = _targets(package, "xl/workbook.xml", name, parts)
    found: dict[str, SheetParts] = {}
    for element in _SHEET.findall(book):
        title, key = _NAME.search(element), _ID.search(element)
        part = targets.get(key[1].decode("utf-8", "replace"), "") if key is not None else ""
        if title is None or part not in parts:
            continue
        content = read_part(package, part, name)
        nought = (
            frozenset(ref.decode() for ref in _NOUGHT.findall(content)) if _RECOMPUTED.search(book) else frozenset()
        )
        covers: list[Area] = []
        for drawing in _targets(package, part, name, parts).values():
            if drawing.startswith("xl/drawings/") and drawing.endswith(".xml") and drawing in parts:
                covers += _covers(package, drawing, name, parts)
        found[title[1].decode("utf-8", "replace")] = SheetParts(
            tuple(covers), nought, _pictured(content), tuple(_extended_conditions(content))
        )
    return found


def _pictured(sheet: bytes) -> frozenset[str]:
    """Return the cells of a sheet that show a picture: for programs that know none in cells, they hold an error."""
    own = (place for cell in _WITH_METADATA.findall(sheet) if b't="e"' in cell and (place := _PLACE.search(cell)))
    return frozenset(place[1].decode() for place in own)


def _extended_conditions(sheet: bytes) -> Iterator[Any]:
    """Yield the conditional formats of a sheet's extensions, as openpyxl has those of the sheet itself."""
    if b"conditionalFormattings" not in sheet:
        return
    from openpyxl.formatting.formatting import ConditionalFormatting  # noqa: PLC0415 - most sheets have none
    from openpyxl.formatting.rule import Rule  # noqa: PLC0415
    from openpyxl.styles.differential import DifferentialStyle  # noqa: PLC0415

    try:
        root = parse_xml(sheet)
    except DamagedXml:
        return
    for formats in root.iter(f"{_X14}conditionalFormatting"):
        area = formats.findtext(f"{_XM}sqref")
        for own in formats.iter(f"{_X14}cfRule"):
            style = own.find(f"{_X14}dxf")
            if not area or style is None:
                continue
            with suppress(
                TypeError, ValueError
            ):  # no type, operator or place that there is: Excel takes such a rule out
                rule = Rule(
                    own.get("type"),
                    dxf=DifferentialStyle.from_tree(style),
                    priority=int(own.get("priority", "0")),
                    operator=own.get("operator"),
                    formula=[formula.text or "" for formula in own.iter(f"{_XM}f")],
                )
                yield ConditionalFormatting(area, cfRule=[rule])


def _targets(package: zipfile.ZipFile, part: str, name: str, parts: set[str]) -> dict[str, str]:
    """Return the parts that a part refers to, by their ids."""
    folder, _, own = part.rpartition("/")
    relations = f"{folder}/_rels/{own}.rels"
    if relations not in parts:
        return {}
    try:
        root = parse_xml(read_part(package, relations, name))
    except DamagedXml:
        return {}
    return {
        item.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/")
        for item in root.iter(f"{_REL}Relationship")
    }


def _covers(package: zipfile.ZipFile, drawing: str, name: str, parts: set[str]) -> Iterator[Area]:
    """Yield the places of a drawing's opaque shapes, pictures and charts."""
    try:
        root = parse_xml(read_part(package, drawing, name))
    except DamagedXml:
        return
    pictures = _targets(package, drawing, name, parts)

    def is_opaque_picture(key: str | None) -> bool:
        part = pictures.get(key or "", "")
        return part in parts and _is_opaque(read_part(package, part, name))

    for anchor in root.iter(f"{_XDR}twoCellAnchor", f"{_XDR}oneCellAnchor"):
        area = _area(anchor)
        if area is not None and any(_hides_what_is_behind(item, is_opaque_picture) for item in anchor):
            yield area


def _hides_what_is_behind(item: Any, is_opaque_picture: Callable[[str | None], bool]) -> bool:
    if item.tag == f"{_XDR}graphicFrame":
        return True
    if item.tag == f"{_XDR}pic":
        blip = item.find(f".//{_A}blip")
        return blip is not None and is_opaque_picture(blip.get(f"{_R}embed"))
    if item.tag != f"{_XDR}sp":
        return False
    properties = item.find(f"{_XDR}spPr")
    own = {child.tag.rpartition("}")[2] for child in properties} if properties is not None else set()
    if "noFill" in own:
        return False
    style = item.find(f"{_XDR}style/{_A}fillRef")
    alpha = properties.find(f"{_A}solidFill//{_A}alpha") if properties is not None else None
    return alpha is None and (bool(own & _OPAQUE_FILLS) or (style is not None and style.get("idx", "0") != "0"))


def _is_opaque(picture: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(picture)) as image:
            return "A" not in image.getbands() and "transparency" not in image.info
    except Exception:  # a drawing of a format that Pillow does not know: of vectors, most of it clear
        return False


def _area(anchor: Any) -> Area | None:
    """Return where a drawing lies; None where that is said in no cells."""
    begin, end = anchor.find(f"{_XDR}from"), anchor.find(f"{_XDR}to")
    extent = anchor.find(f"{_XDR}ext")
    try:
        column, x, row, y = (int(begin.findtext(f"{_XDR}{tag}")) for tag in ("col", "colOff", "row", "rowOff"))
        if end is None:
            return Area(column, row, column, row, (x, y, x + int(extent.get("cx")), y + int(extent.get("cy"))))
        to_column, to_x, to_row, to_y = (
            int(end.findtext(f"{_XDR}{tag}")) for tag in ("col", "colOff", "row", "rowOff")
        )
    except (AttributeError, TypeError, ValueError):
        return None
    return Area(column, row, to_column, to_row, (x, y, to_x, to_y))


def covered_cells(area: Area, widths: Callable[[int], float], heights: Callable[[int], float]) -> tuple[range, range]:
    """Return the rows and columns of the cells whose middle a drawing hides.

    Args:
        area: Where it lies.
        widths: The width of a column, in EMU.
        heights: The height of a row, in EMU.
    """
    x, y, to_x, to_y = area.offsets
    columns = _hidden(area.column, x, area.to_column, to_x, widths)
    return _hidden(area.row, y, area.to_row, to_y, heights), columns


def _hidden(first: int, begin: int, last: int, end: int, sizes: Callable[[int], float]) -> range:
    """Return which cells of a row or column of them have their middle between two places."""
    while end > sizes(last) and last - first < _MOST:  # an end that is said from the beginning of the first
        end -= int(sizes(last))
        last += 1
    start = first if begin <= sizes(first) / 2 else first + 1
    return range(start, last + 1 if end >= sizes(last) / 2 else last)
