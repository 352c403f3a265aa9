"""Excel workbooks (.xlsx) → sheets by openpyxl: cached values as their formats show them, merges, what is hidden."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.colours import is_red
from extractor.grids.office.number_format import EPOCH_1900, EPOCH_1904, displayed
from extractor.grids.office.raster import visible
from extractor.grids.office.worksheet import LOWEST, NARROWEST, USUAL, Area, Sheet, fits, is_cut_off, read_sheets
from extractor.grids.office.xlsx_conditions import find_conditions
from extractor.grids.office.xlsx_display import Display, Theme, crosses_out
from extractor.grids.office.xlsx_parts import SheetParts, covered_cells, read_sheet_parts
from extractor.notation.figures import UNREAD, is_figure, is_signed, sets_negatives_in_red
from extractor.source.archive import open_container, read_part

MAX_MERGED = 1_000_000  # cells of one sheet in merged areas; openpyxl makes an object of each
INDENT = 10.0  # points of one step of indentation
PIXEL, POINT = 9_525, 12_700  # EMU
COLUMN_WIDTH, ROW_HEIGHT = 64.0 * PIXEL, 15.0 * POINT  # where a sheet states none
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
# "Strict Open XML" of the save dialogue: http://purl.oclc.org/ooxml/spreadsheetml/main for …/spreadsheetml/2006/main.
_RELATIONS = "_rels/.rels"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
# A formula that no program has computed: the cell shows nothing, though its document means a number. A formula whose
# value is the empty text says so by t="str".
_UNCOMPUTED = re.compile(
    rb"""<c\b(?![^>]*\bt=["']str["'])[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)
_TEXT_BOX, _RUN = re.compile(rb"<xdr:txBody>.*?</xdr:txBody>", re.DOTALL), re.compile(rb"<a:t>([^<]*)</a:t>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a text holds characters that XML does not: _x000D_
_PICTURE = re.compile(r"=(?:_xlfn\.)?DISPIMG\(.*\)")  # what WPS shows a picture for
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

    data = _transitional(data, name)
    uncomputed, pictures, boxes, parts = _checked(data, name)
    uncomputed += sum(len(part.uncomputed) for part in parts.values())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that openpyxl leaves out: pictures, validations, old drawings
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    except Exception as error:  # openpyxl raises whatever its parsers meet
        raise NotADocumentError(
            f"{name}: begins like a workbook, but cannot be opened ({type(error).__name__}: {error}); save it again"
        ) from error
    epoch = EPOCH_1904 if book.epoch.year == 1904 else EPOCH_1900
    theme = Theme.of(book.loaded_theme)
    sheets = [_sheet(sheet, epoch, theme, parts.get(sheet.title, SheetParts())) for sheet in book.worksheets]
    reading = read_sheets(sheets, name)
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


def _transitional(data: bytes, name: str) -> bytes:
    """Return a strict workbook (ISO 29500) with the names that all others have: of its own, openpyxl knows none."""
    with open_container(data, name) as package:
        parts = package.namelist()
        if _RELATIONS not in parts or _STRICT.search(read_part(package, _RELATIONS, name)) is None:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as written:
            for part in parts:
                written.writestr(part, _STRICT.sub(_TRANSITIONAL, read_part(package, part, name)))
    return out.getvalue()


def _pictures_for_figures(sheet: Any) -> int:
    """Return how many pictures of a sheet begin in a blank cell whose row has cells and whose column has numbers."""
    places = [(at.row + 1, at.col + 1) for image in sheet._images if (at := getattr(image.anchor, "_from", None))]
    filled = {place for place, cell in sheet._cells.items() if cell.value not in (None, "")} if places else set()
    rows = {row for row, _ in filled}
    columns = {column for row, column in filled if isinstance(sheet._cells[row, column].value, int | float)}
    return sum(place not in filled and place[0] in rows and place[1] in columns for place in places)


def _checked(data: bytes, name: str) -> tuple[int, int, int, dict[str, SheetParts]]:
    """Refuse hostile parts; return how many formulas carry no value, how many pictures, and text boxes with figures, there are.

    The last is what else there is to each sheet.

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
        sheets = read_sheet_parts(package, name)
    return uncomputed, sum(part.startswith("xl/media/") for part in parts), boxes, sheets


def _is_of_a_figure(box: bytes) -> bool:
    return is_figure(visible(unescape(b"".join(_RUN.findall(box)).decode("utf-8", "replace"))))


def _column(letters: str) -> int:
    """Return a column's 0-based number: A 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _sheet(source: Any, epoch: datetime, theme: Theme, parts: SheetParts) -> Sheet:
    display, conditions = Display(theme), find_conditions(source, theme, parts.conditions)
    sheet = Sheet(source.title, hidden=source.sheet_state != "visible", printed=areas_of(source.print_area or ""))
    sheet.doubted, sheet.filtered = len(conditions.doubted), bool(source.sheet_properties.filterMode)
    _measure(source, sheet)
    covered = _covered(source, parts)
    merged = {(area[0] + 1, area[1] + 1): area for area in sheet.merges}
    texts = (cell.value for cell in source._cells.values() if isinstance(cell.value, str))
    by_colour = any(map(sets_negatives_in_red, texts))
    for (row, column), cell in source._cells.items():  # the cells that there are; iterating rows would make the rest
        if cell.value is None or cell.coordinate in parts.uncomputed:
            continue
        shown, unseen = ("", str(cell.value)) if (row, column) in conditions.hidden else display.split(cell)
        if cell.coordinate in parts.pictured or _PICTURE.fullmatch(shown):
            sheet.cells[row - 1, column - 1] = UNREAD
            continue
        sheet.unseen += is_figure(visible(unseen))
        unsure = (row, column) in conditions.doubted or crosses_out(cell.border)
        code = conditions.formats.get((row, column), cell.number_format)
        text = _text(shown if isinstance(cell.value, list) else cell.value, code, epoch) if shown else ""
        text = "" if cell.value == 0 and source.sheet_view.showZeros is False else _ESCAPED.sub(_unescaped, text)
        if is_figure(visible(text)):
            own = merged.get((row, column))
            text = _as_laid_out(text, cell, own, source, sheet, (row - 1, column - 1) in covered)
            unsure = unsure or (by_colour and is_red(theme.rgb(cell.font.color)) and not is_signed(text))
            text = UNREAD + text if text and unsure else text
        if text.strip():
            sheet.cells[row - 1, column - 1] = text
            if cell.alignment.indent:
                sheet.indents[row - 1, column - 1] = INDENT * float(cell.alignment.indent)
    return sheet


def _measure(source: Any, sheet: Sheet) -> None:
    """Say of a sheet which of its cells are merged, and which rows and columns are not shown."""
    sheet.merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in source.merged_cells.ranges]
    sheet.hidden_rows = {r - 1 for r, d in source.row_dimensions.items() if d.hidden or _is_below(d.height, LOWEST)}
    if source.sheet_format.zeroHeight:  # rows whose height nobody states are hidden
        sheet.hidden_rows |= {row - 1 for row, _ in source._cells if source.row_dimensions[row].height is None}
    stated: set[int] = set()
    for dimension in source.column_dimensions.values():
        if dimension.min and dimension.max:
            own = range(dimension.min - 1, min(dimension.max, LAST_COLUMN))
            stated.update(own)
            sheet.widths.update(dict.fromkeys(own, float(dimension.width or 0)))
            sheet.hidden_columns.update(own if dimension.hidden or _is_below(dimension.width, NARROWEST) else ())
    if _is_below(source.sheet_format.defaultColWidth, NARROWEST):
        sheet.hidden_columns |= {column - 1 for _, column in source._cells} - stated


def _as_laid_out(text: str, cell: Any, merged: Area | None, source: Any, sheet: Sheet, covered: bool) -> str:
    """Return a figure as its cell, or what it is merged to, shows it: not under a drawing, nor as #### for want of room."""
    if covered:
        sheet.covered += 1
        return ""
    if cell.column - 1 in sheet.hidden_columns or cell.row - 1 in sheet.hidden_rows:
        return text
    if source.sheet_view.showFormulas:
        sheet.as_formulas += 1
        return ""
    row = source.row_dimensions.get(cell.row)
    if merged is None and row is not None and is_cut_off(row.height, float(cell.font.sz or USUAL)):
        sheet.low += 1
        return ""
    if cell.alignment.horizontal == "fill":
        return UNREAD + text
    if _is_too_wide(text, cell, merged, source, sheet):
        sheet.narrow += 1
        return ""
    return text


def _is_too_wide(text: str, cell: Any, merged: Area | None, source: Any, sheet: Sheet) -> bool:
    """Return whether a number has more digits than its columns have room for, of which the sheet states the widths."""
    if not isinstance(cell.value, int | float) or cell.alignment.shrink_to_fit or cell.alignment.textRotation:
        return False
    columns = range(merged[1] + 1, merged[3] + 2) if merged else (cell.column,)
    usual = float(source.sheet_format.defaultColWidth or 0)
    widths = [sheet.widths.get(column - 1, usual) for column in columns]
    size = float(cell.font.sz or USUAL)
    return all(widths) and not fits(text, cell.value, cell.number_format == "General", size, sum(widths))


def _covered(source: Any, parts: SheetParts) -> set[tuple[int, int]]:
    """Return the places of the cells that lie under drawings."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - most runs meet no workbook

    def width_of(column: int) -> float:
        letter = get_column_letter(min(column, LAST_COLUMN - 1) + 1)
        stated = source.column_dimensions[letter].width if letter in source.column_dimensions else None
        return COLUMN_WIDTH if stated is None else (7 * stated + 5) * PIXEL

    def height_of(row: int) -> float:
        stated = source.row_dimensions[row + 1].height if row + 1 in source.row_dimensions else None
        return ROW_HEIGHT if stated is None else stated * POINT

    found: set[tuple[int, int]] = set()
    for area in parts.covers:
        rows, columns = covered_cells(area, width_of, height_of)
        found |= {(row - 1, column - 1) for row, column in source._cells if row - 1 in rows and column - 1 in columns}
    return found


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)).replace("\r", "")


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
