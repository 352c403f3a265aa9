"""OpenDocument spreadsheets as they are printed."""

from __future__ import annotations

import io
import zipfile

import pytest
from support.format_writers import ODS, ods_of, ods_package, package
from support.readings import CONTENT, grids, reading_of

from extractor.errors import EncryptedError, NotADocumentError
from extractor.grids.grid import Reading


def spreadsheet(*tables: str, styles: str = "") -> Reading:
    return reading_of(
        ods_package(f"<office:document-content {ODS}>{styles}{''.join(tables)}</office:document-content>")
    )


def row(*cells: str, options: str = "") -> str:
    return f"<table:table-row {options}>{''.join(cells)}</table:table-row>"


def cell(content: str, options: str = "") -> str:
    return f"<table:table-cell {options}><text:p>{content}</text:p></table:table-cell>"


SMALL = (row(cell("项目"), cell("预算数")), row(cell("合计"), cell("1.5")))


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
    reading = spreadsheet(table)
    assert grids(reading.layouts) == [["项目", "数", "数", "合计", "1.5", "1.5"]]
    assert reading.layouts[0].grids[0].cells[3].indent == 10.0
    assert reading.notes == ["4 figures in hidden rows, columns or sheets or outside the print area are left out"]


@pytest.mark.parametrize(("visibility", "seen"), [("collapse", []), ("filter", ["教育", "1.5"])])
def test_rows_that_a_filter_hides_are_read(visibility: str, seen: list[str]) -> None:
    rows = [row(cell("项目"), cell("预算数")), row(cell("合计"), cell("1.5")), row(cell("教育"), cell("1.5"))]
    rows[2] = rows[2].replace("<table:table-row", f"<table:table-row table:visibility='{visibility}'")
    reading = spreadsheet(f"<table:table table:name='a'>{''.join(rows)}</table:table>")
    assert grids(reading.layouts) == [["项目", "预算数", "合计", "1.5", *seen]]


def test_spans_cover_what_lies_under_them() -> None:
    cells = [(0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "项目支出")]
    cells += [(2, 0, 1, 1, "合计"), (2, 1, 1, 1, "1.5"), (2, 2, 1, 1, "2.5")]
    (grid,) = reading_of(ods_of([cells])).layouts[0].grids
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells] == cells


def test_a_hidden_column_and_a_hidden_sheet_are_left_out() -> None:
    columns = "<table:table-column/><table:table-column/><table:table-column table:visibility='collapse'/>"
    rows = (row(cell("项目"), cell("预算数"), cell("助")), row(cell("合计"), cell("1.5"), cell("9")))
    unseen = (
        "<style:style xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' style:name='ta2'>"
        "<style:table-properties table:display='false'/></style:style>"
    )
    reading = spreadsheet(
        f"<table:table table:name='a'>{columns}{''.join(rows)}</table:table>",
        f"<table:table table:name='b' table:style-name='ta2'>{''.join(SMALL)}</table:table>",
        styles=unseen,
    )
    assert grids(reading.layouts) == CONTENT
    assert reading.notes == ["2 figures in hidden rows, columns or sheets or outside the print area are left out"]


def test_a_cells_paragraphs_and_line_ends_are_lines_and_notes_are_no_text() -> None:
    note = "<text:note>注</text:note>"
    name = f"<table:table-cell><text:p>甲<text:line-break/>乙<text:tab/>丙{note}</text:p><text:p>丁</text:p></table:table-cell>"
    reading = spreadsheet(f"<table:table table:name='a'>{SMALL[0]}{row(name, cell('1.5'))}</table:table>")
    assert grids(reading.layouts) == [["项目", "预算数", "甲\n乙 丙\n丁", "1.5"]]


def test_a_cell_repeated_beyond_reason_is_refused() -> None:
    many = cell("1.5", "table:number-columns-repeated='16384'")
    with pytest.raises(NotADocumentError, match="repeats a cell 16384000 times"):
        spreadsheet(
            f"<table:table table:name='a'>{row(many, options='table:number-rows-repeated=' + repr('1000'))}</table:table>"
        )


def test_a_password_is_asked_for_by_name() -> None:
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
        "content.xml": "x",
    }
    with pytest.raises(EncryptedError, match="remove its password"):
        reading_of(package(parts))


def test_damaged_content_says_so() -> None:
    with pytest.raises(NotADocumentError, match="content is damaged"):
        reading_of(ods_package("<office:document-content"))


SPACES = (
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
STYLES = f"""<office:automatic-styles {SPACES}>
<number:number-style style:name="N1"><style:text-properties fo:color="#ff0000"/></number:number-style>
<style:style style:name="red" style:data-style-name="N1"/>
<style:style style:name="struck"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="white"><style:text-properties fo:color="#FFFFFF"/></style:style>
<style:style style:name="based" style:parent-style-name="white"/>
<style:style style:name="dark" style:parent-style-name="white"><style:table-cell-properties fo:background-color="#1f4e79"/></style:style>
<style:style style:name="ruddy"><style:text-properties fo:color="#ff0000"/></style:style>
<style:style style:name="pale"><style:text-properties fo:color="#fdfdfd"/></style:style>
<style:style style:name="tiny"><style:text-properties fo:font-size="0.5pt"/></style:style>
<style:style style:name="mapped"><style:map style:condition="cell-content()&lt;0" style:apply-style-name="white"/></style:style>
<style:style style:name="other"><style:map style:condition="cell-content()&gt;0" style:apply-style-name="white"/></style:style>
<style:style style:name="asked"><style:map style:condition="is-true-formula(x)" style:apply-style-name="white"/></style:style>
<style:style style:name="flat"><style:table-row-properties style:row-height="0cm"/></style:style>
<style:style style:name="slim"><style:table-column-properties style:column-width="0cm"/></style:style>
<style:style style:name="clear"><style:graphic-properties draw:fill="none"/></style:style>
<style:style style:name="gone"><style:text-properties style:display="none"/></style:style>
<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="higher"><style:text-properties style:text-position="33% 58%"/></style:style>
<style:style style:name="down"><style:text-properties style:text-position="-33% 58%"/></style:style>
<style:style style:name="level"><style:text-properties style:text-position="0% 100%"/></style:style>
</office:automatic-styles>"""


@pytest.mark.parametrize(
    ("style", "read"),
    [
        ("pale", ""),
        ("tiny", ""),
        ("mapped", ""),
        ("other", "9.9"),
        ("struck", ""),
        ("white", ""),
        ("based", ""),
        ("gone", ""),
        ("dark", "9.9"),
        ("none", "9.9"),
        ("red", "-9.9"),
    ],
)
def test_of_cells_what_is_displayed_is_read_and_the_rest_said(style: str, read: str) -> None:
    own = row(cell("教育"), cell("9.9", f'table:style-name="{style}" office:value="-9.9"'))
    reading = spreadsheet(f"<table:table>{''.join(SMALL)}{own}</table:table>", styles=STYLES)
    assert grids(reading.layouts) == [["项目", "预算数", "合计", "1.5", "教育", *([read] if read else [])]]
    assert bool(reading.notes) == (not read)


@pytest.mark.parametrize(
    ("style", "read"), [("up", "9.9¹"), ("higher", "9.9¹"), ("down", "9.9₁"), ("level", "9.91"), ("struck", "9.9")]
)
def test_spans_are_raised_lowered_and_struck(style: str, read: str) -> None:
    own = row(cell("教育"), cell(f'9.9<text:span text:style-name="{style}">1</text:span>'))
    reading = spreadsheet(f"<table:table>{''.join(SMALL)}{own}</table:table>", styles=STYLES)
    assert grids(reading.layouts)[0][-1] == read


def test_styles_that_are_based_on_common_ones_hide_too() -> None:
    common = f'<office:styles {SPACES} {ODS}><style:style style:name="c"><style:text-properties fo:color="#ffffff"/></style:style></office:styles>'
    own = f'<office:automatic-styles {SPACES}><style:style style:name="a" style:parent-style-name="c"/></office:automatic-styles>'
    rows = "".join((*SMALL, row(cell("教育"), cell("9.9", 'table:style-name="a"'))))
    content = f"<office:document-content {ODS}>{own}<table:table>{rows}</table:table></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "styles.xml": common, "content.xml": content}
    assert grids(reading_of(package(parts)).layouts) == [["项目", "预算数", "合计", "1.5", "教育"]]


def drawn_in(content: str, style: str = "") -> Reading:
    own = row(cell("教育"), cell(content, style))
    return spreadsheet(f"<table:table {SPACES}>{''.join(SMALL)}{own}</table:table>", styles=STYLES)


def test_a_condition_that_nobody_can_tell_is_a_gap() -> None:
    assert drawn_in("9.9", 'table:style-name="asked"').page_errors == [
        "1 figures stand under conditional formats that may hide them: save it as PDF"
    ]


def test_a_figure_under_a_filled_shape_is_left_out_and_one_in_a_frame_is_read() -> None:
    shapes = ("<draw:rect/>", '<draw:rect draw:style-name="clear"/>')
    covered, framed = (drawn_over_cell(shape).layouts for shape in shapes)
    assert ("9.9" in grids(covered)[0], "9.9" in grids(framed)[0]) == (False, True)


def drawn_over_cell(shape: str) -> Reading:
    held = cell("9.9").replace("<text:p>", f"{shape}<text:p>")
    return spreadsheet(f"<table:table {SPACES}>{''.join(SMALL)}{row(cell('教育'), held)}</table:table>", styles=STYLES)


def test_a_text_box_with_a_figure_is_a_gap() -> None:
    box = "<draw:frame><draw:text-box><text:p>9.9</text:p></draw:text-box></draw:frame>"
    assert drawn_over_cell(box).page_errors == [
        "1 text boxes with figures lie over its cells and are not read: save it as PDF"
    ]


def test_rows_and_columns_of_no_size_are_left_out() -> None:
    low = row(cell("教育"), cell("9.9"), options='table:style-name="flat"')
    assert (
        "9.9" not in grids(spreadsheet(f"<table:table>{''.join(SMALL)}{low}</table:table>", styles=STYLES).layouts)[0]
    )
    slim = '<table:table-column/><table:table-column table:style-name="slim"/>'
    assert grids(spreadsheet(f"<table:table>{slim}{''.join(SMALL)}</table:table>", styles=STYLES).layouts) == []


def test_figures_in_red_are_unread_where_a_note_says_that_these_are_below_zero() -> None:
    red = row(cell("教育"), cell("9.9", 'table:style-name="ruddy"'), cell("-9.9", 'table:style-name="ruddy"'))
    note = row(cell("注：红字为负数"))
    sheets = [f"<table:table>{''.join(SMALL)}{red}{end}</table:table>" for end in ("", note)]
    read = [grids(spreadsheet(sheet, styles=STYLES).layouts)[0] for sheet in sheets]
    assert read[0][-2:] == ["9.9", "-9.9"]
    assert read[1][-3:] == ["\ufffd9.9", "-9.9", "注：红字为负数"]


def styled(properties: str, kind: str = "table-cell", held: str = "99000", settings: str = "") -> Reading:
    """Read a sheet one cell, row or column of which has a style."""
    style = f"<style:style style:name='own'><style:{kind}-properties {properties}/></style:style>"
    named = "table:style-name='own'"
    last = row(cell("教育"), cell(held, named if kind == "table-cell" else f"office:value='{held}'"))
    last = last.replace("<table:table-row", f"<table:table-row {named}") if kind == "table-row" else last
    column = f"<table:table-column/><table:table-column {named}/>" if kind == "table-column" else ""
    table = f"<table:table {SPACES}>{column}{''.join(SMALL)}{last}</table:table>"
    content = f"<office:document-content {ODS}><office:automatic-styles {SPACES}>{style}</office:automatic-styles>{table}</office:document-content>"
    with zipfile.ZipFile(io.BytesIO(ods_package(content))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    return reading_of(package({**parts, "settings.xml": settings} if settings else {**parts}))


@pytest.mark.parametrize(
    ("properties", "kind", "told"),
    [
        ("style:row-height='0.13cm'", "table-row", "cut off by rows"),
        ("style:column-width='0.4cm'", "table-column", "####"),
    ],
)
def test_a_figure_that_its_sheet_has_no_room_for_is_a_gap(properties: str, kind: str, told: str) -> None:
    reading = styled(properties, kind)
    assert told in "".join(reading.page_errors)
    assert "99000" not in grids(reading.layouts)[0]


def test_a_figure_in_general_is_shown_with_fewer_decimals_where_its_column_is_narrow() -> None:
    reading = styled("style:column-width='2cm'", "table-column", "0.333333333333333")
    assert (grids(reading.layouts)[0][-1], reading.page_errors) == ("0.333333333333333", [])


@pytest.mark.parametrize("properties", ["style:diagonal-bl-tr='0.06pt solid #000000'", "style:repeat-content='true'"])
def test_a_figure_that_is_crossed_out_or_repeated_is_unread(properties: str) -> None:
    assert grids(styled(properties).layouts)[0][-1] == "\ufffd99000"


def test_a_view_of_formulas_is_a_gap_and_one_without_zeros_shows_none() -> None:
    formulas = "<a config:name='ShowFormulas' config:type='boolean'>true</a>".replace("'", '"')
    assert "show formulas" in "".join(styled("", settings=formulas).page_errors)
    no_zeros = "<a config:name='ShowZeroValues'>false</a>".replace("'", '"')
    assert "0" not in grids(styled("", "none", "0", settings=no_zeros).layouts)[0]


def test_a_picture_over_a_figure_in_its_place_and_a_shape_over_a_sheet_are_gaps() -> None:
    picture = "<draw:frame><draw:image/></draw:frame>"
    assert "lie under shapes" in "".join(drawn_over_cell(picture).page_errors)
    blank = f"<table:table-cell>{picture}</table:table-cell>"
    reading = spreadsheet(f"<table:table {SPACES}>{''.join(SMALL)}{row(cell('教育'), blank)}</table:table>")
    assert grids(reading.layouts)[0][-1] == "\ufffd"
    shapes = "<table:shapes><draw:rect/></table:shapes>"
    reading = spreadsheet(f"<table:table {SPACES}>{shapes}{''.join(SMALL)}</table:table>")
    assert reading.page_errors == ["1 shapes lie over its sheets, at places that are not read: save it as PDF"]
