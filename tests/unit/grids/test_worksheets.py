"""Sheets as they are printed: number formats, what is hidden, print areas, captions."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlwt
from support.format_writers import ODS, ods_package

from extractor.grids.grid import Reading
from extractor.grids.office.number_format import EPOCH_1904, displayed
from extractor.grids.readers import read_layouts
from extractor.source.source import Source


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5600000000001, "General", "1234.56"),
        (0.1 + 0.2, "General", "0.3"),
        (1e15, "General", "1000000000000000"),
        (2.675, "0.00", "2.68"),  # the double lies below 2.675; spreadsheets round what they show
        (1.005, "0.00", "1.01"),
        (-1234.5, "#,##0.00_ ;[Red]\\-#,##0.00\\ ", "-1,234.50"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1234567, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "1,234,567"),
        (0.131702521834474, "0.0%", "13.2%"),
        (12, '0"人"', "12人"),
        (0, "#,##0", "0"),
        (0, "#,###", ""),
        (0.5, "#.##", ".5"),
        (-0.3, "#,##0", "0"),
        (5, ";;;", ""),
        (1234567890, "#,##0,", "1,234,568"),
        (1234567, '0!.0,"万"', "123.5万"),
        (301, "000", "301"),
        (1, "000", "001"),
        (20103, "@", "20103"),
        (12.5, "[>=10]0.0;0.00", "12.5"),
        (2.5, "[>=10]0.0;0.00", "2.50"),
        (99.5, "[$¥-804]#,##0.00", "¥99.50"),
        (45672, "yyyy/m/d", "2025/1/15"),
        (45672, 'yyyy"年"mm"月"dd"日"', "2025年01月15日"),
        (45672.75, "yyyy-mm-dd hh:mm", "2025-01-15 18:00"),
        (208, "yyyy/m/d", "208"),  # codes under a date's format
        (2010301, "yyyy/m/d", "2010301"),
        (50101, 'm"月"d"日"', "50101"),
        (1e300, "#,##0.00", "1" + ",000" * 100 + ".00"),
    ],
)
def test_numbers_are_shown_as_spreadsheets_show_them(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


def test_dates_count_from_the_workbooks_own_day() -> None:
    assert displayed(44210, "yyyy/m/d", EPOCH_1904) == "2025/1/15"
    assert displayed(Decimal("1.50"), "General") == "1.5"


def reading_of(fill: Callable[[Any], None], kind: str = "xlsx") -> Reading:
    buffer = io.BytesIO()
    if kind == "xls":
        old = xlwt.Workbook()
        fill(old.add_sheet("Sheet"))
        old.save(buffer)
    else:
        book = openpyxl.Workbook()
        fill(book.active)
        book.save(buffer)
    return read_layouts(Source("a", "", kind, buffer.getvalue()))


def texts_of(reading: Reading) -> list[list[str]]:
    return [[c.text for c in grid.cells if c.text] for layout in reading.layouts for grid in layout.grids]


ROWS = [
    ["编码", "项目", "预算数", "打印"],
    [201, "一、一般公共服务支出", 300, "是"],
    [20101, "  人大事务", 300, "是"],
    [2010101, "    行政运行", 300, "是"],
    [2010102, "    机关服务", 0, "否"],
]


def budget(sheet: Any) -> None:
    """Fill a sheet with helpers around a table: codes in a hidden column, flags outside the print area."""
    sheet["B1"], sheet["B2"], sheet["C2"] = "2025年支出预算表", "表二", "单位：万元"
    for number, row in enumerate(ROWS, 3):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[6].hidden = sheet.row_dimensions[7].hidden = True
    sheet.print_area = "B1:C40"


def test_helpers_are_left_out_and_folded_amounts_are_read() -> None:
    reading = reading_of(budget)
    assert texts_of(reading) == [
        ["项目", "预算数", "一、一般公共服务支出", "300", "人大事务", "300", "行政运行", "300"]
    ]
    assert [line.text for line in reading.layouts[0].lines] == ["Sheet", "2025年支出预算表", "表二", "单位：万元"]
    assert reading.notes == [
        "1 figures are read from hidden rows, because the sums that are shown count them",
        "5 figures in hidden rows, columns or sheets or outside the print area are left out",
    ]
    indents = [c.indent for c in reading.layouts[0].grids[0].cells if c.column == 0]
    assert indents == sorted(indents)
    assert len(set(indents)) == 3


def test_hidden_sheets_are_left_out_and_keep_their_number() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["B1"], book.active["B2"] = "项目", "合计", "数", 1.5
    other = book.copy_worksheet(book.active)
    book.worksheets[0].sheet_state = "hidden"
    assert other.sheet_state == "visible"
    buffer = io.BytesIO()
    book.save(buffer)
    reading = read_layouts(Source("a", "", "xlsx", buffer.getvalue()))
    assert [(layout.page, len(layout.grids)) for layout in reading.layouts] == [(1, 0), (2, 1)]
    assert reading.notes


def test_tables_under_each_other_are_parted_at_their_titles() -> None:
    def fill(sheet: Any) -> None:
        for start, title in ((1, "表一"), (6, "表二")):
            sheet.cell(start, 1, title)
            for row, (label, amount) in enumerate((("项目", "预算数"), ("一、收入", 1.5), ("合计", 1.5)), start + 1):
                sheet.cell(row, 1, label)
                sheet.cell(row, 3, amount)

    reading = reading_of(fill)
    assert texts_of(reading) == [["项目", "预算数", "一、收入", "1.5", "合计", "1.5"]] * 2
    assert [grid.columns for grid in reading.layouts[0].grids] == [2, 2]
    assert [line.text for line in reading.layouts[0].lines] == ["Sheet", "表一", "表二"]


def test_formulas_that_nobody_computed_make_the_document_partial() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"] = "项目", "数", "合计", "=1+1"

    assert reading_of(fill).page_errors == ["1 formulas carry no computed value; open and save it in a spreadsheet"]


def test_old_workbooks_hide_and_format_alike() -> None:
    def fill(sheet: Any) -> None:
        percent = xlwt.easyxf(num_format_str="0.0%")
        for row, (label, amount, helper) in enumerate((("项目", "占比", "x"), ("合计", 0.125, 9), ("其中", 0.0, 9))):
            sheet.write(row, 0, label)
            sheet.write(row, 1, amount, percent)
            sheet.write(row, 2, helper)
        sheet.col(2).hidden = True
        sheet.row(2).hidden = True

    reading = reading_of(fill, "xls")
    assert texts_of(reading) == [["项目", "占比", "合计", "12.5%"]]
    assert reading.notes == ["3 figures in hidden rows, columns or sheets or outside the print area are left out"]


def test_opendocument_repeats_hides_and_prints() -> None:
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    label = "<table:table-cell><text:p><text:s text:c='2'/>合计</text:p></table:table-cell>"
    rows = (
        f"<table:table-row>{cell.format(1, '项目')}{cell.format(2, '数')}{cell.format(1, '助')}</table:table-row>"
        f"<table:table-row>{label}{cell.format(3, '1.5')}</table:table-row>"
        f"<table:table-row table:visibility='collapse'>{label}{cell.format(3, '0')}</table:table-row>"
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell table:number-columns-repeated='16384'/>"
        "</table:table-row>"
    )
    table = f"<table:table table:name='表 1' table:print-ranges=\"$'表 1'.$A$1:$'表 1'.$C$9\">{rows}</table:table>"
    reading = read_layouts(
        Source("a", "", "ods", ods_package(f"<office:document-content {ODS}>{table}</office:document-content>"))
    )
    assert texts_of(reading) == [["项目", "数", "数", "合计", "1.5", "1.5"]]
    assert reading.layouts[0].grids[0].cells[3].indent == 10.0
    assert reading.notes == ["4 figures in hidden rows, columns or sheets or outside the print area are left out"]
