"""Excel 97 workbooks as they are printed."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
import xlwt
from PIL import Image
from support.readings import grids, reading_of

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.xls_drawings import Drawing, pictures_of


def workbook(fill: Callable[[Any], None]) -> Reading:
    """Read a workbook of one sheet that a function fills."""
    buffer = io.BytesIO()
    book = xlwt.Workbook()
    fill(book.add_sheet("Sheet"))
    book.save(buffer)
    return reading_of(buffer.getvalue())


def write(sheet: Any, *rows: tuple[object, ...], style: str = "") -> None:
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value, xlwt.easyxf(style))


def test_old_workbooks_hide_and_format_alike() -> None:
    def fill(sheet: Any) -> None:
        percent = xlwt.easyxf(num_format_str="0.0%")
        for row, (label, amount, helper) in enumerate((("项目", "占比", "x"), ("合计", 0.125, 9), ("其中", 0.0, 9))):
            sheet.write(row, 0, label)
            sheet.write(row, 1, amount, percent)
            sheet.write(row, 2, helper)
        sheet.col(2).hidden = True
        sheet.row(2).hidden = True

    reading = workbook(fill)
    assert grids(reading.layouts) == [["项目", "占比", "合计", "12.5%"]]
    assert reading.notes == ["3 figures in hidden rows, columns or sheets or outside the print area are left out"]


def test_a_figure_merged_over_columns_has_the_room_of_all() -> None:
    def fill(sheet: Any) -> None:
        figure = xlwt.easyxf(num_format_str="#,##0.00")
        for row, label in enumerate(("合计", "其中")):
            sheet.write(row, 0, label)
        sheet.write_merge(0, 0, 1, 2, 123456.78, figure)
        sheet.write(1, 1, 123456.78, figure)
        sheet.col(1).width = 256 * 3

    assert grids(workbook(fill).layouts) == [["合计", "123,456.78", "其中"]]


def test_merged_cells_are_one_cell_with_its_spans() -> None:
    def fill(sheet: Any) -> None:
        sheet.write_merge(0, 1, 0, 0, "项目")
        sheet.write_merge(0, 0, 1, 2, "支出")
        for row, column, value in ((1, 1, "基本"), (1, 2, "项目支出"), (2, 0, "合计"), (2, 1, 1.5), (2, 2, 2.5)):
            sheet.write(row, column, value)

    (grid,) = workbook(fill).layouts[0].grids
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells[:2]] == [
        (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"),
    ]  # fmt: skip
    assert [c.text for c in grid.cells if c.row == 2] == ["合计", "1.5", "2.5"]


def test_an_alignments_indent_is_ten_points_a_step() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "数"), ("收入", 1.5), style="alignment: indent 1")

    (grid,) = workbook(fill).layouts[0].grids
    assert {c.indent for c in grid.cells} == {10.0}


def test_what_is_no_number_is_a_text() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "数"), ("收入", 1.5), ("是否", True), ("商", xlwt.Formula("1/0")))

    assert grids(workbook(fill).layouts)[0][:6] == ["项目", "数", "收入", "1.5", "是否", "TRUE"]


def test_a_workbook_that_cannot_be_opened_says_so() -> None:
    with pytest.raises(NotADocumentError, match="cannot be opened"):
        reading_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(2000))


def test_struck_white_and_tiny_figures_of_old_workbooks_are_left_out_and_said() -> None:
    styles = (("甲", ""), ("乙", "font: struck_out on"), ("丙", "font: colour white"), ("丁", "font: height 20"))

    def fill(sheet: Any) -> None:
        for row, (label, style) in enumerate(styles):
            sheet.write(row, 0, label)
            sheet.write(row, 1, 1.5, xlwt.easyxf(style))

    reading = workbook(fill)
    assert grids(reading.layouts) == [["甲", "1.5", "乙", "丙", "丁"]]
    assert reading.notes == ["3 figures are struck or of the colour behind them and left out"]


@pytest.mark.parametrize("code", [";;;", "[White]0.0"])
def test_figures_that_formats_hide_are_left_out_and_said(code: str) -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("教育", ""), ("合计", 11.4))
        sheet.write(3, 0, "其他")
        sheet.write(3, 1, 9.9, xlwt.easyxf(num_format_str=code))

    reading = workbook(fill)
    assert grids(reading.layouts) == [["项目", "预算数", "教育", "合计", "11.4", "其他"]]
    assert reading.notes == ["1 figures are struck or of the colour behind them and left out"]


def test_raised_and_small_digits_behind_a_figure_are_marks() -> None:
    raised, small = xlwt.Font(), xlwt.Font()
    raised.escapement, small.height = xlwt.Font.ESCAPEMENT_SUPERSCRIPT, 100

    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("教育",), ("合计",))
        for row, font in ((1, raised), (2, small)):
            sheet.write_rich_text(row, 1, (("9.9", xlwt.Font()), ("1", font)))

    assert grids(workbook(fill).layouts) == [["项目", "预算数", "教育", "9.9¹", "合计", "9.9¹"]]


def test_zeros_that_a_sheet_does_not_show_and_rows_too_low_to_be_seen_are_not_read() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("教育", 0), ("卫生", 5.5), ("合计", 11.4))
        sheet.show_zero_values = False
        sheet.row(2).height, sheet.row(2).height_mismatch = 10, True

    assert grids(workbook(fill).layouts) == [["项目", "预算数", "教育", "合计", "11.4"]]


def test_figures_in_red_are_unread_where_a_note_says_that_these_are_below_zero() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("合计", 1.5), (note, None))
        for row, amount in ((3, 9.5), (4, -9.5)):
            sheet.write(row, 0, "教育")
            sheet.write(row, 1, amount, xlwt.easyxf("font: colour red"))

    note = "注：红字为负数"
    assert grids(workbook(fill).layouts)[0][-3:] == ["\ufffd9.5", "教育", "-9.5"]
    note = "注：红字为新增"
    assert grids(workbook(fill).layouts)[0][-3:] == ["9.5", "教育", "-9.5"]


def _formulas(sheet: Any) -> None:
    sheet.show_formulas = 1


def _low(sheet: Any) -> None:
    sheet.row(1).height, sheet.row(1).height_mismatch = 80, True


def _narrow(sheet: Any) -> None:
    sheet.col(1).width = 512


def _picture(sheet: Any) -> None:
    bitmap = io.BytesIO()
    Image.new("RGB", (60, 16), "white").save(bitmap, "BMP")
    sheet.insert_bitmap_data(bitmap.getvalue(), 1, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [(_formulas, "show formulas"), (_low, "cut off by rows"), (_narrow, "####"), (_picture, "lie under")],
)
def test_a_figure_that_an_old_workbook_does_not_show_is_a_gap(change: Callable[[Any], None], told: str) -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("教育", 99_000), ("合计", 1))
        change(sheet)

    reading = workbook(fill)
    assert told in "".join(reading.page_errors)
    assert "99000" not in "".join(grids(reading.layouts)[0])


def test_a_picture_in_a_blank_cell_among_figures_is_a_gap_and_one_beside_the_table_is_none() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", 1), ("教育", ""), ("合计", 1))
        _picture(sheet)

    assert workbook(fill).page_errors[0].startswith("1 pictures stand where its tables have figures")

    def above(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("负责人：", ""), ("合计", 1))
        _picture(sheet)

    assert workbook(above).page_errors == []

    def beside(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("教育", 2), ("合计", 1))
        bitmap = io.BytesIO()
        Image.new("RGB", (60, 16), "white").save(bitmap, "BMP")
        sheet.insert_bitmap_data(bitmap.getvalue(), 0, 5)

    assert workbook(beside).page_errors == []


def test_a_crossed_figure_of_an_old_workbook_is_unread() -> None:
    def fill(sheet: Any) -> None:
        write(sheet, ("项目", "预算数"), ("合计", 1))
        sheet.write(2, 0, "教育")
        sheet.write(2, 1, 9.9, xlwt.easyxf("borders: diag thin, need_diag1 1"))

    assert grids(workbook(fill).layouts)[0][-1] == "\ufffd9.9"


def test_the_anchors_of_pictures_among_other_shapes_are_found() -> None:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def shape(kind: int, row: int) -> bytes:
        anchor = struct.pack("<HHI9H", 0, 0xF010, 18, 0, 1, 0, row, 0, 2, 512, row, 200)
        return struct.pack("<HHI", 0xF, 0xF004, 0) + struct.pack("<HHI", kind << 4, 0xF00A, 0) + anchor

    chart, cells = struct.pack("<IBB", 0, 0, 2), struct.pack("<IBB", 28, 0, 0)
    head = record(0x809, b"") + record(0x85, chart) + record(0x85, cells) + record(0x0A, b"")
    drawn = shape(1, 3) + shape(75, 5)
    sheet = record(0x809, b"") + record(0xEC, drawn[:40]) + record(0x3C, drawn[40:]) + record(0x0A, b"")
    assert pictures_of(head + sheet, 0) == [Drawing(range(5, 6), range(1, 3), (5, 1))]
