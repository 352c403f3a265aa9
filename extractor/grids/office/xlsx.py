"""Excel workbooks (.xlsx) → sheets by openpyxl: cached values as their formats show them, merges, what is hidden."""

from __future__ import annotations

import io
import re
import warnings
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.number_format import EPOCH_1900, EPOCH_1904, displayed
from extractor.grids.office.raster import visible
from extractor.grids.office.worksheet import Area, Sheet, read_sheets
from extractor.grids.office.xlsx_display import Display, find_conditionally_hidden
from extractor.notation.figures import is_figure
from extractor.source.archive import open_container, read_part

MAX_MERGED = 1_000_000  # cells of one sheet in merged areas; openpyxl makes an object of each
INDENT = 10.0  # points of one step of indentation
LOWEST, NARROWEST = 2.0, 0.5  # points of a row, characters of a column: in less, nothing is seen
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
# A formula that no program has computed: the cell shows nothing, though its document means a number. A formula whose
# value is the empty text says so by t="str".
_UNCOMPUTED = re.compile(
    rb"""<c\b(?![^>]*\bt=["']str["'])[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)
_TEXT_BOX, _RUN = re.compile(rb"<xdr:txBody>.*?</xdr:txBody>", re.DOTALL), re.compile(rb"<a:t>([^<]*)</a:t>")
_AREA = re.compile(r"\$?([A-Z]{1,3})?\$?(\d+)?(?::\$?([A-Z]{1,3})?\$?(\d+)?)?")
_QUOTED_NAME = re.compile(r"(?:'(?:[^']|'')*'|[^'!,]+)!")


def read_xlsx(data: bytes, name: str) -> Reading:
    """Read every sheet of a workbook.

    Args:
        data: The package.
        name: How error messages call the file.

    Raises:
        NotADocumentError: The package is damaged or hostile.
    """
    import openpyxl  # noqa: PLC0415 - most runs meet no workbook

    uncomputed, pictures, boxes = _checked(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that openpyxl leaves out: pictures, validations, old drawings
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    except Exception as error:  # openpyxl raises whatever its parsers meet
        raise NotADocumentError(
            f"{name}: begins like a workbook, but cannot be opened ({type(error).__name__}: {error}); save it again"
        ) from error
    epoch = EPOCH_1904 if book.epoch.year == 1904 else EPOCH_1900
    reading = read_sheets([_sheet(sheet, epoch) for sheet in book.worksheets], name)
    if uncomputed:
        reading.page_errors.append(f"{uncomputed} formulas carry no computed value; open and save it in a spreadsheet")
    if boxes:
        reading.page_errors.append(
            f"{boxes} text boxes with figures lie over its cells and are not read: save it as PDF"
        )
    drawn = sum(_pictures_for_figures(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible")
    if drawn:
        reading.page_errors.append(
            f"{drawn} pictures stand where its tables have figures, and are not read: save it as PDF"
        )
    if pictures and not any(layout.grids for layout in reading.layouts):
        reading.page_errors.append(f"has {pictures} pictures and no table; pictures in it are not read: save it as PDF")
    return reading


def _pictures_for_figures(sheet: Any) -> int:
    """Return how many pictures of a sheet begin in a blank cell whose row has cells and whose column has numbers."""
    places = [(at.row + 1, at.col + 1) for image in sheet._images if (at := getattr(image.anchor, "_from", None))]
    filled = {place for place, cell in sheet._cells.items() if cell.value not in (None, "")} if places else set()
    rows = {row for row, _ in filled}
    columns = {column for row, column in filled if isinstance(sheet._cells[row, column].value, int | float)}
    return sum(place not in filled and place[0] in rows and place[1] in columns for place in places)


def _checked(data: bytes, name: str) -> tuple[int, int, int]:
    """Refuse hostile parts; return how many formulas carry no value, how many pictures, and text boxes with figures, there are.

    Raises:
        NotADocumentError: A part declares entities, or merged areas cover more cells than any sheet needs.
    """
    uncomputed = boxes = 0
    with open_container(data, name) as package:
        parts = package.namelist()
        for part in parts:
            if not part.endswith((".xml", ".rels")) or part.startswith("xl/externalLinks"):
                continue
            content = read_part(package, part, name)
            boxes += sum(map(_is_of_a_figure, _TEXT_BOX.findall(content))) if part.startswith("xl/drawings/") else 0
            if not part.startswith("xl/worksheets/"):
                continue
            uncomputed += len(_UNCOMPUTED.findall(content))
            merged = sum(
                (_column(right.decode()) - _column(left.decode()) + 1) * (int(bottom) - int(top) + 1)
                for left, top, right, bottom in _MERGE.findall(content)
            )
            if merged > MAX_MERGED:
                raise NotADocumentError(
                    f"{name}: {part} merges {merged} cells; expected at most {MAX_MERGED}: no budget does, look at it"
                )
    return uncomputed, sum(part.startswith("xl/media/") for part in parts), boxes


def _is_of_a_figure(box: bytes) -> bool:
    return is_figure(visible(unescape(b"".join(_RUN.findall(box)).decode("utf-8", "replace"))))


def _column(letters: str) -> int:
    """Return a column's 0-based number: A 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _sheet(source: Any, epoch: datetime) -> Sheet:
    display = Display()
    concealed, doubted = find_conditionally_hidden(source)
    sheet = Sheet(source.title, hidden=source.sheet_state != "visible", printed=areas_of(source.print_area or ""))
    sheet.doubted, sheet.filtered = doubted, bool(source.sheet_properties.filterMode)
    for (row, column), cell in source._cells.items():  # the cells that there are; iterating rows would make the rest
        shown, unseen = ("", str(cell.value or "")) if (row, column) in concealed else display.split(cell)
        sheet.unseen += is_figure(visible(unseen))
        text = _text(shown if isinstance(cell.value, list) else cell.value, cell.number_format, epoch) if shown else ""
        text = "" if cell.value == 0 and source.sheet_view.showZeros is False else text
        if text.strip():
            sheet.cells[row - 1, column - 1] = text
            if cell.alignment.indent:
                sheet.indents[row - 1, column - 1] = INDENT * float(cell.alignment.indent)
    sheet.merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in source.merged_cells.ranges]
    sheet.hidden_rows = {r - 1 for r, d in source.row_dimensions.items() if d.hidden or _is_below(d.height, LOWEST)}
    for dimension in source.column_dimensions.values():
        if (dimension.hidden or _is_below(dimension.width, NARROWEST)) and dimension.min and dimension.max:
            sheet.hidden_columns.update(range(dimension.min - 1, min(dimension.max, LAST_COLUMN)))
    return sheet


def _is_below(size: float | None, least: float) -> bool:
    return size is not None and size < least


def _text(value: Any, number_format: str, epoch: datetime) -> str:
    """Return a cell's value as shown."""
    from openpyxl.utils.datetime import to_excel  # noqa: PLC0415

    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        value = to_excel(value, epoch)
    return displayed(value, number_format, epoch) if isinstance(value, int | float) else str(value)


def areas_of(reference: str) -> list[Area]:
    """Return the areas of a print area such as `'02'!$B$1:$G$35,'02'!$A:$C`; whole rows and columns have open ends."""
    areas: list[Area] = []
    for part in _QUOTED_NAME.sub("", reference).split(","):
        match = _AREA.fullmatch(part.strip())
        if match is None or not part.strip():
            continue
        left, top, right, bottom = match.groups()
        right, bottom = (right, bottom) if ":" in part else (left, top)
        areas.append(
            (
                int(top) - 1 if top else 0,
                _column(left) if left else 0,
                int(bottom) - 1 if bottom else LAST_ROW,
                _column(right) if right else LAST_COLUMN,
            )
        )
    return areas
