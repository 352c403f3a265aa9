"""Workbooks as they are printed: formats, what is hidden, print areas, captions, merges."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule, IconSetRule, Rule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from PIL import Image
from support.format_writers import package
from support.readings import grids, reading_of

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.xlsx import areas_of


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(fill: Callable[[Any], None]) -> Reading:
    """Read a workbook of one sheet that a function fills."""
    book = openpyxl.Workbook()
    fill(book.active)
    return reading_of(saved(book))


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


def filtered(sheet: Any) -> None:
    budget(sheet)
    sheet.sheet_properties.filterMode = True


def test_a_strict_workbook_is_read_as_any_other() -> None:
    book = openpyxl.Workbook()
    budget(book.active)
    out, usual = io.BytesIO(), re.compile(rb"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument)/2006/")
    with zipfile.ZipFile(io.BytesIO(saved(book))) as read, zipfile.ZipFile(out, "w") as strict:
        for part in read.namelist():
            strict.writestr(part, usual.sub(rb"http://purl.oclc.org/ooxml/\1/", read.read(part)))
    assert grids(reading_of(out.getvalue()).layouts) == grids(workbook(budget).layouts) != []


def test_figures_in_red_are_unread_where_a_note_says_that_these_are_below_zero() -> None:
    def fill(sheet: Any) -> None:
        budget(sheet)
        sheet["C4"].font = Font(color="FFFF0000")
        sheet["B8"] = note

    note = "注：红字为负数"
    assert "\ufffd300" in grids(workbook(fill).layouts)[0]
    note = "注：红字为新增"
    assert "\ufffd300" not in grids(workbook(fill).layouts)[0]


def test_rows_that_are_hidden_by_hand_are_left_out() -> None:
    reading = workbook(budget)
    assert grids(reading.layouts) == [["项目", "预算数", "一、一般公共服务支出", "300", "人大事务", "300"]]
    assert reading.notes == ["6 figures in hidden rows, columns or sheets or outside the print area are left out"]


def test_helpers_are_left_out_and_amounts_that_a_filter_hides_are_read() -> None:
    reading = workbook(filtered)
    assert grids(reading.layouts) == [
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
    reading = reading_of(saved(book))
    assert [(layout.page, len(layout.grids)) for layout in reading.layouts] == [(1, 0), (2, 1)]
    assert reading.notes


def test_tables_under_each_other_are_split_at_their_titles() -> None:
    def fill(sheet: Any) -> None:
        for start, title in ((1, "表一"), (6, "表二")):
            sheet.cell(start, 1, title)
            for row, (label, amount) in enumerate((("项目", "预算数"), ("一、收入", 1.5), ("合计", 1.5)), start + 1):
                sheet.cell(row, 1, label)
                sheet.cell(row, 3, amount)

    reading = workbook(fill)
    assert grids(reading.layouts) == [["项目", "预算数", "一、收入", "1.5", "合计", "1.5"]] * 2
    assert [grid.columns for grid in reading.layouts[0].grids] == [2, 2]
    assert [line.text for line in reading.layouts[0].lines] == ["Sheet", "表一", "表二"]


def test_formulas_that_nobody_computed_make_the_document_partial() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"] = "项目", "数", "合计", "=1+1"

    assert workbook(fill).page_errors == ["1 formulas carry no computed value; open and save it in a spreadsheet"]


def small(sheet: Any) -> None:
    for row in (("项目", "预算数"), ("一、收入", 1.5), ("合计", 1.5)):
        sheet.append(row)


def test_merged_cells_are_one_cell_with_its_spans() -> None:
    def fill(sheet: Any) -> None:
        for row in (("项目", "支出", None), (None, "基本", "项目支出"), ("合计", 1.5, 2.5)):
            sheet.append(row)
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    (grid,) = workbook(fill).layouts[0].grids
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells[:2]] == [
        (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"),
    ]  # fmt: skip
    assert (grid.rows, grid.columns) == (3, 3)


def test_values_are_read_as_their_formats_show_them() -> None:
    def fill(sheet: Any) -> None:
        small(sheet)
        sheet["B2"].number_format, sheet["B3"].number_format = "#,##0.00", "0%"
        sheet.append(("日期", date(2025, 1, 15)))
        sheet.append(("是否", True))

    assert grids(workbook(fill).layouts) == [
        ["项目", "预算数", "一、收入", "1.50", "合计", "150%", "日期", "2025-01-15", "是否", "TRUE"]
    ]


def test_an_alignments_indent_is_ten_points_a_step() -> None:
    def fill(sheet: Any) -> None:
        small(sheet)
        sheet["A3"].alignment = openpyxl.styles.Alignment(indent=2)

    (grid,) = workbook(fill).layouts[0].grids
    assert [c.indent for c in grid.cells if c.column == 0] == [0.0, 0.0, 20.0]


def test_a_column_or_row_without_width_is_hidden() -> None:
    book = openpyxl.Workbook()
    small(book.active)
    book.active["C1"], book.active["C2"] = "助", 7
    book.active.column_dimensions["C"].width = 99
    book.active.row_dimensions[1].height = 99
    with zipfile.ZipFile(io.BytesIO(saved(book))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    # openpyxl writes no width of 0, as other programs do.
    parts[sheet] = parts[sheet].replace('width="99"', 'width="0"').replace('ht="99"', 'ht="0"')
    reading = reading_of(package(dict(parts)))
    assert grids(reading.layouts) == [["一、收入", "1.5", "合计", "1.5"]]
    assert reading.notes == ["1 figures in hidden rows, columns or sheets or outside the print area are left out"]


@pytest.mark.parametrize(
    ("reference", "areas"),
    [
        ("", []),
        ("'02'!$B$1:$G$35", [(0, 1, 34, 6)]),
        ("'it''s'!$A$1:$A$2,'b'!$C$3", [(0, 0, 1, 0), (2, 2, 2, 2)]),
        ("表!$A:$C", [(0, 0, 1_048_576, 2)]),
        ("$2:$4", [(1, 0, 3, 16_384)]),
        ("AA1:AB2", [(0, 26, 1, 27)]),
        ("#REF!", []),
    ],
)
def test_print_areas_have_open_ends(reference: str, areas: list[tuple[int, int, int, int]]) -> None:
    assert areas_of(reference) == areas


def test_a_workbook_that_cannot_be_opened_says_so() -> None:
    data = saved(openpyxl.Workbook())
    with pytest.raises(NotADocumentError, match="预算: "):
        reading_of(data[: len(data) // 2])


def test_struck_text_and_text_in_the_colour_behind_it_are_left_out_and_said() -> None:
    def fill(sheet: Any) -> None:
        struck = TextBlock(InlineFont(strike=True), "4,300")
        mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
        for row in (
            ["项目", "预算数"],
            ["甲", CellRichText(struck, "4,345", mark)],
            ["乙", 7],
            ["丙", 8],
            ["丁", 9],
            ["戊", 6],
        ):
            sheet.append(row)
        sheet["B6"].font = Font(size=1)
        sheet["B3"].font = Font(strike=True)
        sheet["B4"].font = Font(color="FFFFFFFF")
        sheet["B5"].font = Font(color="FFFFFFFF")
        sheet["B5"].fill = PatternFill("solid", fgColor="FF0000FF")

    reading = workbook(fill)
    assert grids(reading.layouts) == [["项目", "预算数", "甲", "4,345¹", "乙", "丙", "丁", "9", "戊"]]
    assert reading.notes == ["4 figures are struck or of the colour behind them and left out"]


def shown(change: Callable[[Any], None]) -> tuple[str, bool]:
    """Return what is read of one amount after a change, and whether a note says that a figure is left out."""

    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数", "说明"], ["教育", 9.9, "甲"], ["合计", 11.4, "乙"]):
            sheet.append(values)
        change(sheet)

    reading = workbook(fill)
    (texts,) = grids(reading.layouts)
    return "".join(text for text in texts if text[:1] == "9"), bool(reading.notes)


def styled(**parts: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        for name, value in parts.items():
            setattr(sheet["B2"], name, value)

    return change


def rule(operator: str, bound: str, **style: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.conditional_formatting.add("B2:B3", CellIsRule(operator=operator, formula=[bound], **style))

    return change


def narrow(sheet: Any) -> None:
    sheet.column_dimensions["B"].width = 0.2


def any_rule(one: Any) -> Callable[[Any], None]:
    return lambda sheet: sheet.conditional_formatting.add("B2", one)


def unstated_rows(sheet: Any) -> None:
    sheet.sheet_format.zeroHeight = True
    sheet.row_dimensions[1].height = sheet.row_dimensions[3].height = 15


def unstated_columns(sheet: Any) -> None:
    sheet.sheet_format.defaultColWidth = 0
    sheet.column_dimensions["A"].width = sheet.column_dimensions["C"].width = 9


def stopped(sheet: Any) -> None:
    sheet.conditional_formatting.add("B2", FormulaRule(formula=["TRUE"], font=Font(color="FF000000")))
    sheet.conditional_formatting.add("A2:B3", FormulaRule(formula=["TRUE"], font=PALE))


def low(sheet: Any) -> None:
    sheet.row_dimensions[2].height = 1


FOUR = Color(theme=4, tint=0.4)
PALE = Font(color="FFFFFFFF")


@pytest.mark.parametrize(
    "change",
    [
        styled(font=Font(color=FOUR), fill=PatternFill("solid", fgColor=FOUR)),
        styled(number_format=";;;"),
        styled(number_format="[White]0.00"),
        styled(number_format="[白色]0.00"),
        rule("lessThan", "10", font=PALE),
        rule("notEqual", "11.4", font=Font(strike=True)),
        narrow,
        low,
        styled(font=Font(color="FFF8F8F8")),
        styled(font=Font(color=Color(theme=1, tint=1.0))),
        styled(font=Font(name="Wingdings")),
        styled(font=Font(color="FF000000"), fill=PatternFill("darkGray", fgColor="FF000000", bgColor="FF000000")),
        rule("lessThan", "10", fill=PatternFill(bgColor="FF000000")),
        any_rule(DataBarRule("min", None, "max", None, "FF638EC6", showValue=False)),
        any_rule(IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False)),
        any_rule(CellIsRule(operator="between", formula=["9", "$B$3"], font=PALE)),
        any_rule(FormulaRule(formula=['$A2="教育"'], font=PALE)),
        any_rule(FormulaRule(formula=["LEN($A2)=2"], font=PALE)),
        unstated_rows,
        unstated_columns,
    ],
)
def test_figures_that_formats_colours_and_sizes_hide_are_left_out_and_said(change: Callable[[Any], None]) -> None:
    assert shown(change) == ("", True)


@pytest.mark.parametrize(
    "change",
    [
        styled(number_format="[White]0.0", fill=PatternFill("solid", fgColor="FF1F4E79"), font=PALE),
        styled(number_format="0.0;[White]0.0"),
        rule("equal", "0", font=PALE),
        rule("lessThan", "10", font=Font(color="FFFF0000")),
        any_rule(FormulaRule(formula=["ISERROR(B2)"], font=PALE)),
        any_rule(CellIsRule(operator="notBetween", formula=["9", "10"], font=PALE)),
    ],
)
def test_figures_that_only_might_be_hidden_are_read(change: Callable[[Any], None]) -> None:
    assert shown(change) == ("9.9", False)


@pytest.mark.parametrize(
    ("formula", "hidden"),
    [
        ("B2=9.9", True),
        ("TRUE", True),
        ("OR($B2=9.9,B2>100)", True),
        ("NOT(B2>10)", True),
        ("AND(B2>1,$B$3>11)", True),
        ("AND(B2>1,B2>10)", False),
        ("B2<>B2", False),
        ("D2>=1", False),  # a blank cell is nought
    ],
)
def test_a_condition_of_comparisons_hides_what_meets_it(formula: str, hidden: bool) -> None:
    def change(sheet: Any) -> None:
        sheet.conditional_formatting.add("B2:B3", FormulaRule(formula=[formula], font=PALE))

    assert shown(change)[0] == ("" if hidden else "9.9")


def test_a_condition_that_nobody_can_tell_is_a_gap() -> None:
    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数"], ["教育", 9.9], ["合计", 0]):
            sheet.append(values)
        sheet.conditional_formatting.add("B2:B3", FormulaRule(formula=["SUM($A2:B2)>1"], font=PALE))
        sheet.conditional_formatting.add("B2:B3", CellIsRule(operator="equal", formula=["MAX($A$1)"], font=PALE))

    assert workbook(fill).page_errors == [
        "1 figures stand under conditional formats that may hide them: save it as PDF"
    ]


def formulas(sheet: Any) -> None:
    sheet.sheet_view.showFormulas = True


def lower_than_its_type(sheet: Any) -> None:
    sheet.row_dimensions[2].height = 5


def narrow_under_general(sheet: Any) -> None:
    sheet["B2"] = 99_000
    sheet.column_dimensions["B"].width = 3


def narrow_for_decimals(sheet: Any) -> None:
    sheet["B2"] = 990.5
    sheet.column_dimensions["B"].width = 4


def narrow_by_default(sheet: Any) -> None:
    styled(value=99_000, number_format="0.00")(sheet)
    sheet.sheet_format.defaultColWidth = 4


def narrow_and_merged(sheet: Any) -> None:
    styled(value=99_000, number_format="0.00")(sheet)
    sheet.merge_cells("B2:C2")
    for column in "BC":
        sheet.column_dimensions[column].width = 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (formulas, "show formulas"),
        (lower_than_its_type, "cut off by rows"),
        (narrow_under_general, "####"),
        (narrow_for_decimals, "####"),
        (narrow_by_default, "####"),
        (narrow_and_merged, "####"),
    ],
)
def test_a_figure_that_its_sheet_has_no_room_for_or_shows_as_a_formula_is_a_gap(
    change: Callable[[Any], None], told: str
) -> None:
    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数"], ["教育", 9.9], ["合计", 1]):
            sheet.append(values)
        change(sheet)

    reading = workbook(fill)
    assert told in "".join(reading.page_errors)
    assert not [text for text in grids(reading.layouts)[0] if text.startswith("9")]


def test_a_row_and_a_column_with_room_for_their_figure_are_read() -> None:
    def roomy(sheet: Any) -> None:
        sheet.row_dimensions[2].height = 9
        sheet.column_dimensions["B"].width = 4

    assert shown(roomy) == ("9.9", False)


def test_a_column_as_wide_as_the_digits_of_its_type_is_wide_enough() -> None:
    def tight(sheet: Any) -> None:
        sheet["B2"] = 99805051
        sheet["B2"].font = Font(name="宋体", size=12)
        sheet.column_dimensions["B"].width = 8.625

    assert shown(tight) == ("99805051", False)


def test_a_text_that_its_format_hides_is_left_out() -> None:
    assert shown(styled(value="9.9", number_format="0;-0;0;"))[0] == ""
    assert shown(styled(value="9.9", number_format="0;-0;0;@"))[0] == "9.9"


PICTURE = "=DISPIMG(&quot;ID_1&quot;,1)"


@pytest.mark.parametrize(
    "cell", [f'<c r="B2" t="str"><v>{PICTURE}</v></c>', '<c r="B2" t="e" vm="1"><v>#VALUE!</v></c>']
)
def test_a_picture_in_a_cell_is_unread(cell: str) -> None:
    book = openpyxl.Workbook()
    for values in (["项目", "预算数"], ["教育", 9.9], ["合计", 1]):
        book.active.append(values)
    with zipfile.ZipFile(io.BytesIO(saved(book))) as whole:
        parts = {name: whole.read(name).decode() for name in whole.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(r'<c r="B2"[^>]*><v>9.9</v></c>', lambda _: cell, sheet)
    assert grids(reading_of(package(parts)).layouts)[0][3] == "\ufffd"


def doubtful(sheet: Any) -> None:
    sheet.conditional_formatting.add("B2", FormulaRule(formula=["MOD(B2,2)=1"], font=PALE))


def crossed(sheet: Any) -> None:
    sheet["B2"].border = Border(diagonal=Side("thin"), diagonalUp=True)


@pytest.mark.parametrize("change", [doubtful, crossed])
def test_a_figure_that_is_not_shown_as_it_is_stored_or_struck_is_unread(change: Callable[[Any], None]) -> None:
    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数"], ["教育", 9.9], ["合计", 1]):
            sheet.append(values)
        change(sheet)

    assert grids(workbook(fill).layouts)[0][3].startswith("\ufffd9.")


EXTENDED = """<extLst><ext uri='{78C0D931-6437-407d-A8EE-F0AAD7539E65}' xmlns:x14='http://schemas.microsoft.com/office/spreadsheetml/2009/9/main'><x14:conditionalFormattings>
<x14:conditionalFormatting xmlns:xm='http://schemas.microsoft.com/office/excel/2006/main'><x14:cfRule type='expression'
priority='1'><xm:f>TRUE</xm:f><x14:dxf><font><strike/></font></x14:dxf></x14:cfRule><xm:sqref>B2</xm:sqref>
</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"""


NO_TYPE = EXTENDED.replace("type='expression'", "type='sparkle'")


@pytest.mark.parametrize(("extension", "shown"), [(EXTENDED, []), (NO_TYPE, ["9.9"])])
def test_a_condition_in_a_sheets_extensions_hides_too_if_it_is_one(extension: str, shown: list[str]) -> None:
    book = openpyxl.Workbook()
    for values in (["项目", "预算数"], ["教育", 9.9], ["合计", 1]):
        book.active.append(values)
    with zipfile.ZipFile(io.BytesIO(saved(book))) as whole:
        parts = {name: whole.read(name).decode() for name in whole.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace("</worksheet>", extension)
    assert grids(reading_of(package(parts)).layouts)[0] == ["项目", "预算数", "教育", *shown, "合计", "1"]


def test_small_digits_behind_a_figure_are_a_mark_and_decimals_in_small_type_are_none() -> None:
    small = InlineFont(sz=6)
    assert shown(styled(value=CellRichText("9.9", TextBlock(small, "1"))))[0] == "9.9¹"
    assert shown(styled(value=CellRichText("9.", TextBlock(small, "9"))))[0] == "9.9"


def test_zeros_that_a_sheet_does_not_show_are_not_read() -> None:
    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数"], ["教育", 0], ["合计", 11.4]):
            sheet.append(values)
        sheet.sheet_view.showZeros = False

    assert grids(workbook(fill).layouts) == [["项目", "预算数", "教育", "合计", "11.4"]]


def test_boxes_and_pictures_that_stand_for_figures_are_gaps() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate([["项目", "预算数", "基本"], ["合计", 1.5, 1.5], ["教育", 1.5]]):
        sheet.write_row(number, 0, row)
    sheet.insert_textbox(2, 2, "1,234.50")
    sheet.insert_textbox(9, 2, "见附注")
    picture = io.BytesIO()
    Image.new("L", (60, 20)).save(picture, "PNG")
    for place in ((2, 2), (0, 5)):
        sheet.insert_image(*place, "a.png", {"image_data": picture})
    book.close()
    assert reading_of(out.getvalue()).page_errors == [
        "1 text boxes with figures lie over its cells and are not read: save it as PDF",
        "1 pictures stand where its tables have figures, and are not read: save it as PDF",
    ]


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (
            any_rule(Rule("expression", formula=["TRUE"], dxf=DifferentialStyle(numFmt=NumberFormat(200, "0.00")))),
            "9.90",
        ),
        (styled(value="9_x002E_9_x000D_"), "9.9"),
        (styled(alignment=Alignment(horizontal="fill")), ""),
        (stopped, "9.9"),
    ],
)
def test_figures_are_read_as_their_cells_show_them(change: Callable[[Any], None], read: str) -> None:
    assert shown(change)[0] == read


def test_figures_wider_than_their_columns_are_shown_as_crosses_and_left_out() -> None:
    def fill(sheet: Any) -> None:
        for values in (["项目", "预算数"], ["教育", 1234567], ["合计", 12]):
            sheet.append(values)
        sheet.column_dimensions["B"].width = 4
        sheet["B2"].number_format = sheet["B3"].number_format = "#,##0"

    reading = workbook(fill)
    assert grids(reading.layouts) == [["项目", "预算数", "教育", "合计", "12"]]
    assert reading.page_errors == ["1 figures are shown as #### and left out: widen their columns and save it again"]


def drawn_over(draw: Callable[[Any, Any], None]) -> Reading:
    """Read a workbook with an amount of 2.5 and with what a function draws or writes over it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("支出")
    for number, row in enumerate([["项目", "预算数", "基本"], ["合计", 1.5, 1.5], ["教育", 1.5, 2.5]]):
        sheet.write_row(number, 0, row)
    draw(book, sheet)
    book.close()
    return reading_of(out.getvalue())


def picture(mode: str) -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, (60, 18)).save(out, "PNG")
    return out


def chart(book: Any, sheet: Any) -> None:
    drawn = book.add_chart({"type": "column"})
    drawn.add_series({"values": "=支出!$B$2:$B$3"})
    drawn.set_size({"width": 60, "height": 18})
    sheet.insert_chart(2, 2, drawn)


@pytest.mark.parametrize(
    "draw",
    [
        lambda _, sheet: sheet.insert_textbox(2, 2, "", {"width": 60, "height": 18, "fill": {"color": "white"}}),
        lambda _, sheet: sheet.insert_image(2, 2, "x.png", {"image_data": picture("RGB")}),
        chart,
    ],
)
def test_figures_under_drawings_are_left_out_and_said(draw: Callable[[Any, Any], None]) -> None:
    reading = drawn_over(draw)
    assert "2.5" not in grids(reading.layouts)[0]
    assert "1 figures lie under shapes, pictures or charts and are left out: save it as PDF" in reading.page_errors


@pytest.mark.parametrize(
    "draw",
    [
        lambda _, sheet: sheet.insert_textbox(2, 2, "", {"width": 60, "height": 18, "fill": {"none": True}}),
        lambda _, sheet: sheet.insert_image(2, 2, "x.png", {"image_data": picture("RGBA")}),
        lambda _, sheet: sheet.insert_textbox(5, 5, "", {"fill": {"color": "white"}}),
    ],
)
def test_figures_under_what_is_clear_or_elsewhere_are_read(draw: Callable[[Any, Any], None]) -> None:
    reading = drawn_over(draw)
    assert ("2.5" in grids(reading.layouts)[0], reading.page_errors) == (True, [])


def test_a_formula_stored_with_nought_in_a_book_to_be_computed_is_a_gap() -> None:
    reading = drawn_over(lambda _, sheet: sheet.write_formula(2, 2, "=B3*1"))
    assert "0" not in grids(reading.layouts)[0]
    assert reading.page_errors == ["1 formulas carry no computed value; open and save it in a spreadsheet"]


def test_a_comment_on_a_blank_cell_is_no_figure() -> None:
    reading = drawn_over(lambda _, sheet: sheet.write_comment(5, 5, "9.9"))
    assert grids(reading.layouts)[0][-1] == "2.5"
