"""Excel 97 workbooks (.xls) → sheets by xlrd: values as their formats show them, merges, what is hidden."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from extractor.errors import EncryptedError, NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.colours import is_red
from extractor.grids.office.number_format import EPOCH_1900, EPOCH_1904, displayed, hides
from extractor.grids.office.raster import visible
from extractor.grids.office.symbols import shows_pictograms
from extractor.grids.office.worksheet import LOWEST, NARROWEST, Area, Sheet, fits, is_cut_off, read_sheets
from extractor.grids.office.xls_drawings import Drawing, pictures_of, stream_of
from extractor.grids.office.xlsx import INDENT
from extractor.grids.office.xlsx_display import SMALLEST
from extractor.notation.figures import UNREAD, is_figure, is_signed, sets_negatives_in_red
from extractor.notation.marks import SMALL, lowered, raised, small

_FILL = 4  # an alignment: a text repeated until its cell is full
_FORMS = {1: raised, 2: lowered}
_PRINT_AREA, _FILTER = "\x06", "\x0d"  # the built-in names' codes
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def read_xls(data: bytes, name: str) -> Reading:
    """Read every sheet of a workbook.

    Args:
        data: The file's bytes.
        name: How error messages call the file.

    Raises:
        EncryptedError: It asks for a password.
        NotADocumentError: It is damaged.
    """
    import xlrd  # noqa: PLC0415 - most runs meet no workbook

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        stream = stream_of(data)
        drawn = [pictures_of(stream, number) for number in range(book.nsheets)]
        sheets = [_sheet(book, sheet, own) for sheet, own in zip(book.sheets(), drawn, strict=True)]
    except Exception as error:  # xlrd raises whatever its parsers meet
        if "encrypted" in str(error).lower():
            raise EncryptedError(
                f"{name}: asks for a password; expected a workbook that opens without one: remove its password first"
            ) from error
        raise NotADocumentError(
            f"{name}: begins like a workbook, but cannot be opened ({type(error).__name__}: {error}); save it again"
        ) from error
    reading = read_sheets(sheets, name)
    shown = [(sheet, own) for sheet, own in zip(book.sheets(), drawn, strict=True) if not sheet.visibility]
    pictures = sum(_pictures_for_figures(sheet, own) for sheet, own in shown)
    if pictures:
        reading.page_errors.append(
            f"{pictures} pictures stand where its tables have figures, and are not read: save it as PDF"
        )
    return reading


def _pictures_for_figures(source: Any, drawn: Sequence[Drawing]) -> int:
    """Return how many pictures of a sheet begin in a blank cell with numbers beside it, or above and below it.

    Those above a table and below it are marks and seals.
    """
    import xlrd  # noqa: PLC0415

    number = xlrd.XL_CELL_NUMBER
    firsts = [first for first in (d.first for d in drawn) if first[0] < source.nrows and first[1] < source.ncols]
    blank = [(row, column) for row, column in firsts if source.cell_value(row, column) == ""]
    return sum(
        number in source.row_types(row)
        or (number in source.col_types(column, 0, row) and number in source.col_types(column, row))
        for row, column in blank
    )


def _sheet(book: Any, source: Any, drawn: Sequence[Drawing]) -> Sheet:
    sheet = Sheet(source.name, hidden=source.visibility != 0, printed=_print_areas(book, source.number))
    by_colour = any(sets_negatives_in_red(c.value) for r in source.get_rows() for c in r if isinstance(c.value, str))
    sheet.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in source.merged_cells]
    sheet.hidden_rows = {row for row, info in source.rowinfo_map.items() if info.hidden or info.height < 20 * LOWEST}
    sheet.filtered = any(
        item.builtin and item.name == _FILTER and item.scope == source.number for item in book.name_obj_list
    )
    sheet.hidden_columns = {c for c, info in source.colinfo_map.items() if info.hidden or info.width < 256 * NARROWEST}
    merged = {(area[0], area[1]): area for area in sheet.merges}
    for row in range(source.nrows):
        for column, cell in enumerate(source.row(row)):
            style = book.xf_list[cell.xf_index]
            shown = _shown(cell, style, book, source, sheet)
            text, unseen = _split(book, style, shown, source.rich_text_runlist_map.get((row, column), ()))
            sheet.unseen += is_figure(visible(unseen))
            colour = book.colour_map.get(book.font_list[style.font_index].colour_index)
            unsure = by_colour and colour is not None and is_red(bytes(colour).hex()) and not is_signed(text)
            unsure = unsure or style.alignment.hor_align == _FILL  # it is shown over and over
            unsure = unsure or (style.border.diag_line_style and (style.border.diag_up or style.border.diag_down))
            if any(row in drawing.rows and column in drawing.columns for drawing in drawn) and is_figure(visible(text)):
                sheet.covered += 1
                text = ""
            if is_figure(visible(text)):
                text = _as_laid_out(text, row, column, merged.get((row, column)), book, source, sheet)
                text = UNREAD + text if unsure and text else text
            if text.strip():
                sheet.cells[row, column] = text
                if style.alignment.indent_level:
                    sheet.indents[row, column] = INDENT * style.alignment.indent_level
    return sheet


def _shown(cell: Any, style: Any, book: Any, source: Any, sheet: Sheet) -> str:
    """Return a cell's value as its format shows it, and count in the sheet what the format hides."""
    import xlrd  # noqa: PLC0415

    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        code = book.format_map[style.format_key].format_str
        if hides(cell.value, code, not style.background.fill_pattern):
            sheet.unseen += bool(cell.value)
            return ""
        if cell.value == 0 and not source.show_zero_values:
            return ""
        return displayed(cell.value, code, EPOCH_1904 if book.datemode else EPOCH_1900)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return _ERRORS.get(cell.value, "#N/A")
    return str(cell.value)


def _as_laid_out(text: str, row: int, column: int, merged: Area | None, book: Any, source: Any, sheet: Sheet) -> str:
    """Return a figure as its cell, or what it is merged to, shows it: not on a sheet of formulas, nor cut off, nor as ####."""
    cell = source.cell(row, column)
    size = book.font_list[book.xf_list[cell.xf_index].font_index].height / 20
    height = source.rowinfo_map[row].height / 20 if row in source.rowinfo_map else None
    columns = range(merged[1], merged[3] + 1) if merged else range(column, column + 1)
    if row in sheet.hidden_rows or column in sheet.hidden_columns:
        return text
    if source.show_formulas:
        sheet.as_formulas += 1
    elif merged is None and is_cut_off(height, size):
        sheet.low += 1
    elif _is_too_wide(text, columns, cell, size, book, source):
        sheet.narrow += 1
    else:
        return text
    return ""


def _is_too_wide(text: str, columns: range, cell: Any, size: float, book: Any, source: Any) -> bool:
    """Return whether a number has more digits than its columns have room for; such are shown as ####."""
    import xlrd  # noqa: PLC0415

    style = book.xf_list[cell.xf_index]
    stated = [source.colinfo_map.get(column) for column in columns]
    if cell.ctype != xlrd.XL_CELL_NUMBER or style.alignment.shrink_to_fit or style.alignment.rotation:
        return False
    if any(info is None or info.hidden for info in stated):
        return False
    is_general = book.format_map[style.format_key].format_str == "General"
    return not fits(text, cell.value, is_general, size, sum(info.width for info in stated) / 256)


def _split(book: Any, style: Any, text: str, runs: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return what is shown of a cell's text, and what is struck or has the colour behind it.

    Args:
        book: The workbook.
        style: The cell's format.
        text: Its text.
        runs: Where its text goes on in another font, and in which.
    """
    behind: tuple[int, int, int] | None = (255, 255, 255)
    if style.background.fill_pattern:
        behind = (
            book.colour_map.get(style.background.pattern_colour_index) if style.background.fill_pattern == 1 else None
        )
    starts = [(0, style.font_index), *runs]
    parts: tuple[list[str], list[str]] = ([], [])
    for (start, index), stop in zip(starts, [*(s for s, _ in runs), len(text)], strict=True):
        font = book.font_list[index]
        colour = book.colour_map.get(font.colour_index)
        unseen = (
            bool(font.struck_out)
            or 0 < font.height < 20 * SMALLEST
            or shows_pictograms(font.name)
            or (colour is not None and colour == behind)
        )
        part = _FORMS.get(font.escapement, str)(text[start:stop])
        if start and font.height < SMALL * book.font_list[style.font_index].height:
            part = small(part, text[:start])
        parts[unseen].append(part)
    return "".join(parts[False]), "".join(parts[True])


def _print_areas(book: Any, number: int) -> list[Area]:
    """Return a sheet's print area as its built-in name states it."""
    for item in book.name_obj_list:
        if item.builtin and item.name == _PRINT_AREA and item.scope == number and item.result is not None:
            found = [reference.coords for reference in item.result.value or () if hasattr(reference, "coords")]
            return [(top, left, bottom - 1, right - 1) for _, _, top, bottom, left, right in found]
    return []
