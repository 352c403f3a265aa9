"""OpenDocument spreadsheets (.ods) → sheets: the texts that the file itself carries as shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from extractor.errors import EncryptedError, NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.colours import are_alike, is_red
from extractor.grids.office.number_format import meets
from extractor.grids.office.raster import visible
from extractor.grids.office.symbols import shows_pictograms
from extractor.grids.office.worksheet import LOWEST, MEASURED, Area, Sheet, fits, is_cut_off, read_sheets
from extractor.grids.office.xlsx import areas_of
from extractor.grids.office.xlsx_display import SMALLEST
from extractor.notation.figures import UNREAD, is_figure, is_signed, sets_negatives_in_red
from extractor.notation.marks import lowered, raised
from extractor.source.archive import open_container, read_part
from extractor.source.markup import DamagedXml, parse_xml

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SHAPES = tuple(f"{_DRAW}{shape}" for shape in ("rect", "custom-shape", "ellipse", "polygon"))
_SETTINGS = "settings.xml"
_PAPER = "ffffff"
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "pc": 12.0}
_LENGTH = re.compile(r"([\d.]{1,9})(pt|in|cm|mm|pc)")
_CONDITION = re.compile(r"cell-content\(\)(<=|>=|!=|<|>|=)(-?[\d.]{1,20})")
_KINDS = (
    "table-cell-properties",
    "text-properties",
    "table-row-properties",
    "table-column-properties",
    "graphic-properties",
)
_NUMBER = re.compile(r"[-+]?\d{1,30}(?:\.\d*)?(?:[Ee][-+]?\d{1,3})?")
_DEEPEST = 10  # styles based on styles
_SIGNS = {f"{_TEXT}line-break": "\n", f"{_TEXT}tab": " "}
_SHEET_NAME = re.compile(r"(?:\$?'(?:[^']|'')*'|\$?[^\s.'$]+)\.")
_DIAGONALS = ("diagonal-bl-tr", "diagonal-tl-br")
_USUAL_SIZE = 10.0  # points of type whose size nothing states
_DIGIT = MEASURED / 2  # points: digits are half as wide as their type is high
_GENERAL = (None, "N0")  # formats of numbers that are shown with as many decimals as there is room for
_MOST_COLUMNS = 1_024
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
        views = read_part(package, _SETTINGS, name) if _SETTINGS in package.namelist() else b""
        parts = [part for part in ("styles.xml", "content.xml") if part in package.namelist() or part == "content.xml"]
        contents = [read_part(package, part, name) for part in parts]
    try:
        roots = [parse_xml(content) for content in contents]
    except DamagedXml as error:
        raise NotADocumentError(f"{name}: its content is damaged ({error}); download it again") from error
    root, styles = roots[-1], _Styles(roots)
    view = _View(_says(views, b"ShowFormulas", b"true"), _says(views, b"ShowZeroValues", b"false"))
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(p.get(f"{_TABLE}display") == "false" for p in style.iter(f"{_STYLE}table-properties"))
    }
    sheets = [
        _sheet(table, styles, view, name, table.get(f"{_TABLE}style-name") in unseen)
        for table in root.iter(f"{_TABLE}table")
    ]
    reading = read_sheets(sheets, name)
    boxes = sum(is_figure(visible("".join(box.itertext()))) for box in root.iter(f"{_DRAW}text-box"))
    if boxes:
        reading.page_errors.append(
            f"{boxes} text boxes with figures lie over its cells and are not read: save it as PDF"
        )
    return reading


class _View(NamedTuple):
    """What a view of the document says of all of its cells: whether it shows formulas, and whether it shows no zeros."""

    formulas: bool
    no_zeros: bool


def _says(views: bytes, setting: bytes, value: bytes) -> bool:
    return re.search(rb'config:name="' + setting + rb'"[^>]*>' + value, views) is not None


class _Styles:
    """What styles say of how text is displayed: those of the content, and the common ones that they are based on."""

    def __init__(self, roots: Sequence[Any]) -> None:
        self._styles = {style.get(f"{_STYLE}name"): style for root in roots for style in root.iter(f"{_STYLE}style")}
        self._red_negatives = any(
            sets_negatives_in_red("".join(p.itertext())) for root in roots for p in root.iter(f"{_TEXT}p")
        )
        self._red = {
            format_.get(f"{_STYLE}name")
            for root in roots
            for format_ in root.iter()
            if isinstance(format_.tag, str) and format_.find(f"{_STYLE}text-properties[@{_FO}color]") is not None
        }

    def split(self, paragraph: Any, properties: dict[str, Any]) -> tuple[str, str]:
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

    def of(self, element: Any, space: str) -> dict[str, Any]:
        """Return the properties of an element's style by their names without namespaces, and `data`: its number format."""
        return self._named(element.get(f"{space}style-name"))

    def _named(self, name: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        style = self._styles.get(name)
        for _ in range(_DEEPEST):
            if style is None:
                break
            own = {"maps": style.findall(f"{_STYLE}map")} if style.find(f"{_STYLE}map") is not None else {}
            own |= {"data": style.get(f"{_STYLE}data-style-name")} if style.get(f"{_STYLE}data-style-name") else {}
            for kind in _KINDS:
                for properties in style.findall(f"{_STYLE}{kind}"):
                    own |= {key.rpartition("}")[2]: value for key, value in properties.attrib.items()}
            found = own | found
            style = self._styles.get(style.get(f"{_STYLE}parent-style-name"))
        return found

    def mapped(self, properties: dict[str, Any], value: str) -> tuple[dict[str, Any], bool]:
        """Return a cell's properties by the condition that its value meets, and whether nobody can tell if it is hidden."""
        doubted = False
        for condition in properties.get("maps", ()):
            other = self._named(condition.get(f"{_STYLE}apply-style-name"))
            met = _meets(condition.get(f"{_STYLE}condition", ""), value)
            if met:
                return properties | other, False
            doubted = doubted or (met is None and _is_unseen(properties | other))
        return properties, doubted

    def is_in_red(self, properties: dict[str, Any], text: str) -> bool:
        """Return whether a figure has no sign and is in red, which means below zero by a note."""
        if not self._red_negatives or not is_figure(visible(text)) or is_signed(text):
            return False
        return is_red(properties.get("color", "").lstrip("#"))

    def lacks_sign(self, cell: Any, properties: dict[str, Any], text: str) -> bool:
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


def _is_unseen(properties: dict[str, Any]) -> bool:
    """Return whether properties hide or strike a text, give it the colour behind it, or set it too small to be seen."""
    lines = (properties.get(f"text-line-through-{key}", "none") for key in ("style", "type"))
    behind = properties.get("background-color", "transparent").lower().replace("transparent", f"#{_PAPER}")
    return (
        any(line != "none" for line in lines)
        or properties.get("display") == "none"
        or are_alike(properties.get("color", "").lower().lstrip("#") or None, behind.lstrip("#"))
        or _is_below(properties.get("font-size"), SMALLEST)
        or shows_pictograms(properties.get("font-name"))
    )


def _is_below(length: str | None, least: float) -> bool:
    """Return whether a length is stated and less than so many points."""
    points = _points(length)
    return points is not None and points < least


def _meets(condition: str, value: str) -> bool | None:
    """Return whether a cell's value meets a condition, None where nobody can tell."""
    match = _CONDITION.fullmatch(condition.replace(" ", ""))
    if match is None:
        return None
    try:
        return meets(Decimal(value), match[1].replace("!=", "<>"), Decimal(match[2]))
    except InvalidOperation:
        return None


def _sheet(table: Any, styles: _Styles, view: _View, name: str, hidden: bool) -> Sheet:
    sheet = Sheet(table.get(f"{_TABLE}name", ""), hidden=hidden, printed=_print_areas(table))
    shapes = (shape for own in table.iterchildren(f"{_TABLE}shapes") for shape in own.iter(*_SHAPES))
    sheet.shapes = sum(map(_is_opaque(styles), shapes))
    column = 0
    widths: dict[int, float] = {}
    for element in table.iter(f"{_TABLE}table-column"):
        count = _count(element, "number-columns-repeated")
        stated = styles.of(element, _TABLE).get("column-width")
        narrow = _is_below(stated, LOWEST)
        width = _points(stated)
        widths.update((c, width) for c in range(column, column + min(count, _MOST_COLUMNS)) if width is not None)
        if narrow or element.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_columns.update(range(column, column + min(count, MAX_REPEATED)))
        column += count
    row = 0
    for element in table.iter(f"{_TABLE}table-row"):
        count = _count(element, "number-rows-repeated")
        _read_row(element, row, count, sheet, _Display(styles, view, widths), name)
        visibility = element.get(f"{_TABLE}visibility", "visible")
        sheet.filtered = sheet.filtered or visibility == "filter"
        if visibility != "visible" or _is_below(styles.of(element, _TABLE).get("row-height"), LOWEST):
            sheet.hidden_rows.update(range(row, row + min(count, MAX_REPEATED)))
        row += count
    return sheet


class _Display(NamedTuple):
    """What decides what the cells of a sheet show: its styles, the view and the widths of columns in points."""

    styles: _Styles
    view: _View
    widths: dict[int, float]

    def shown(
        self, text: str, cell: Any, column: int, properties: dict[str, Any], height: float | None, sheet: Sheet
    ) -> str:
        """Return a figure as its cell shows it, and count in the sheet what is not."""
        size = _points(properties.get("font-size")) or _USUAL_SIZE
        value = cell.get(f"{_OFFICE}value", "")
        if self.view.no_zeros and value in ("0", "0.0"):
            return ""
        if _is_covered(cell, self.styles):
            sheet.covered += 1
        elif self.view.formulas:
            sheet.as_formulas += 1
        elif is_cut_off(height, size):
            sheet.low += 1
        elif self._is_too_wide(text, cell, column, properties, size):
            sheet.narrow += 1
        else:
            is_crossed = any(properties.get(edge, "none") != "none" for edge in _DIAGONALS)
            unsure = is_crossed or properties.get("repeat-content") == "true" or self.styles.is_in_red(properties, text)
            return UNREAD + text if unsure else text
        return ""

    def _is_too_wide(self, text: str, cell: Any, column: int, properties: dict[str, Any], size: float) -> bool:
        """Return whether a number has more digits than its columns have room for; such are shown as ###."""
        value = cell.get(f"{_OFFICE}value", "")
        turned = properties.get("rotation-angle", "0") != "0"
        if not _NUMBER.fullmatch(value) or turned or properties.get("shrink-to-fit") == "true":
            return False
        widths = [self.widths.get(c, 0.0) for c in range(column, column + _count(cell, "number-columns-spanned"))]
        is_general = properties.get("data") in _GENERAL
        return all(widths) and not fits(text, float(value), is_general, size, sum(widths) / _DIGIT)


def _read_row(element: Any, row: int, repeated: int, sheet: Sheet, display: _Display, name: str) -> None:
    column = 0
    styles = display.styles
    height = _points(styles.of(element, _TABLE).get("row-height"))
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        count = _count(cell, "number-columns-repeated")
        properties, doubted = styles.mapped(styles.of(cell, _TABLE), cell.get(f"{_OFFICE}value", ""))
        pairs = [styles.split(p, properties) for p in cell.findall(f"{_TEXT}p")]
        text, unseen = ("\n".join(parts) for parts in zip(*pairs, strict=True)) if pairs else ("", "")
        sheet.unseen += is_figure(visible(unseen))
        sheet.doubted += doubted and is_figure(visible(text))
        text = f"-{text.strip()}" if styles.lacks_sign(cell, properties, text) else text
        if is_figure(visible(text)):
            text = display.shown(text, cell, column, properties, height, sheet)
        if not text.strip() and next(cell.iter(f"{_DRAW}image"), None) is not None:
            text = UNREAD
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


def _is_covered(cell: Any, styles: _Styles) -> bool:
    """Return whether a filled shape or a picture lies over a cell: it stands in the cell that it begins in."""
    pictured = next(cell.iter(f"{_DRAW}image"), None) is not None
    return pictured or any(map(_is_opaque(styles), (shape for shape in cell if shape.tag in _SHAPES)))


def _is_opaque(styles: _Styles) -> Callable[[Any], bool]:
    """Return what returns whether a shape is filled."""
    return lambda shape: styles.of(shape, _DRAW).get("fill", "solid") != "none"


def _points(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    return float(match[1].strip(".") or 0) * _POINTS[match[2]] if match else None


def _count(element: Any, key: str) -> int:
    value = element.get(f"{_TABLE}{key}", "1")
    return max(1, int(value[:9])) if value.isdigit() else 1


def _print_areas(table: Any) -> list[Area]:
    """Return the areas of `$'表 1'.$A$1:$'表 1'.$D$20`, separated by blanks."""
    return areas_of(",".join(_SHEET_NAME.sub("", table.get(f"{_TABLE}print-ranges", "")).split()))
