"""How Word writes tables, and the lines around them."""

from __future__ import annotations

import io
import zipfile

import pytest
from support.format_writers import W, docx_of, docx_paragraph, docx_table, html_table, package
from support.readings import CONTENT, ROWS, grids, layouts_of, lines, reading_of

from extractor.errors import NotADocumentError
from extractor.grids.grid import PageLayout
from extractor.grids.office.docx import MAX_DEPTH

MERGED, TWO = "<w:hMerge w:val='restart'/>", "<w:gridSpan w:val='2'/>"


def word(body: str) -> list[PageLayout]:
    return layouts_of(docx_of(body))


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{docx_paragraph(text)}</w:tc>"


def test_pages_are_those_that_the_document_states() -> None:
    broken = "<w:p><w:r><w:br w:type='page'/></w:r></w:p>"
    section = "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    before = f"<w:p><w:pPr><w:pageBreakBefore/></w:pPr>{docx_paragraph('丁')[5:]}"
    noted = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>乙</w:t></w:r></w:p>"
    body = docx_paragraph("甲") + broken + noted + section + docx_paragraph("丙") + before
    assert [layout.text for layout in word(body)] == ["甲", "乙", "丙", "丁"]


def test_a_text_box_is_read_once_where_it_is_anchored() -> None:
    box = f"<w:txbxContent>{docx_paragraph('单位：万元')}</w:txbxContent>"
    anchored = (
        "<w:p><w:r><w:t>表一</w:t></w:r><w:r><mc:AlternateContent "
        "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice><wps>{box}</wps></mc:Choice><mc:Fallback><v>{box}</v></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert lines(word(anchored + docx_table(ROWS))) == ["表一", "单位：万元"]


def test_hidden_and_deleted_text_is_not_printed() -> None:
    runs = (
        "<w:r><w:t>收入</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        "<w:del><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r></w:del><w:ins><w:r><w:t>总表</w:t></w:r></w:ins>"
    )
    assert lines(word(f"<w:p>{runs}</w:p>")) == ["收入总表"]
    row = f"<w:tr><w:trPr><w:hidden/></w:trPr>{cell('x')}{cell('9')}</w:tr>"
    assert grids(word(docx_table(ROWS).replace("</w:tbl>", f"{row}</w:tbl>"))) == CONTENT


def test_a_frame_yields_the_table_in_it_and_a_table_keeps_the_one_in_a_cell() -> None:
    frame = f"<w:tbl><w:tr><w:tc>{docx_paragraph('2025年收支预算表')}{docx_table(ROWS)}<w:p/></w:tc></w:tr></w:tbl>"
    assert (lines(word(frame)), grids(word(frame))) == (["2025年收支预算表"], CONTENT)
    inner = docx_table([(0, 0, 1, 1, "其中"), (0, 1, 1, 1, "0.5")])
    outer = docx_table([*ROWS, (2, 0, 1, 1, "明细"), (2, 1, 1, 1, "@")]).replace(docx_paragraph("@"), inner + "<w:p/>")
    assert grids(word(outer)) == [["项目", "预算数", "合计", "1.5", "明细"], ["其中", "0.5"]]


def test_content_controls_old_merges_and_skipped_columns() -> None:
    wrapped = f"<w:sdt><w:sdtContent>{docx_table(ROWS)}</w:sdtContent></w:sdt>"
    assert grids(word(wrapped)) == CONTENT
    rows = (
        f"<w:tr>{cell('收入', MERGED)}{cell('', '<w:hMerge/>')}{cell('支出')}</w:tr>"
        f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{cell('1.5')}{cell('2.5')}</w:tr>"
    )
    (grid,) = word(f"<w:tbl>{rows}</w:tbl>")[0].grids
    assert [(c.column, c.column_span, c.text) for c in grid.cells] == [
        (0, 2, "收入"), (2, 1, "支出"), (0, 1, ""), (1, 1, "1.5"), (2, 1, "2.5"),
    ]  # fmt: skip


def test_slivers_between_rows_drawn_apart_are_no_columns() -> None:
    first = f"<w:tr>{cell('项目', TWO)}{cell('预算数')}</w:tr>"
    second = f"<w:tr>{cell('合计')}{cell('1.5', TWO)}</w:tr>"
    widths = "".join(f"<w:gridCol w:w='{width}'/>" for width in (2000, 40, 2000))
    (grid,) = word(f"<w:tbl><w:tblGrid>{widths}</w:tblGrid>{first}{second}</w:tbl>")[0].grids
    assert (grid.columns, [c.text for c in grid.cells]) == (2, CONTENT[0])


def test_one_word_table_that_holds_two_is_split_at_their_titles() -> None:
    def part(top: int, number: str) -> list[tuple[int, int, int, int, str]]:
        above = [(top, 0, 1, 1, number), (top + 1, 0, 1, 3, "2025年收入完成情况表"), (top + 2, 1, 1, 2, "单位：万元")]
        return [*above, *((row + top + 3, 2 * column, 1, 2 - column, text) for row, column, _, _, text in ROWS)]

    layouts = word(docx_table([*part(0, "附表1"), *part(5, "附表2")]))
    assert grids(layouts) == CONTENT * 2
    assert lines(layouts) == [
        "附表1",
        "2025年收入完成情况表",
        "单位：万元",
        "附表2",
        "2025年收入完成情况表",
        "单位：万元",
    ]


def test_a_table_split_in_two_goes_on_and_another_does_not() -> None:
    after = docx_table([(0, 0, 1, 1, "其中"), (0, 1, 1, 1, "2.5")])
    first, second = word(docx_table(ROWS) + "<w:p/>" + after)[0].grids
    assert first.bottom == second.top
    other = docx_table([(0, 0, 1, 1, "科目"), (0, 1, 1, 1, "决算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "9")])
    first, second = word(docx_table(ROWS) + "<w:p/>" + other)[0].grids
    assert second.top - first.bottom > 6


def test_indents_of_names_are_kept() -> None:
    named = [
        (0, 0, 1, 1, "项目"),
        (0, 1, 1, 1, "数"),
        (1, 0, 1, 1, "甲"),
        (1, 1, 1, 1, "1.5"),
        (2, 0, 1, 1, "　乙"),
        (2, 1, 1, 1, "1.5"),
    ]
    nbsp = [(*c[:4], c[4].replace("　", "\xa0\xa0")) for c in named]
    for layouts in (word(docx_table(named)), layouts_of(f"<html>{html_table(nbsp)}")):
        assert [c.indent for c in layouts[0].grids[0].cells if c.column == 0] == [0.0, 0.0, 10.0]
        assert layouts[0].grids[0].cells[4].text == "乙"


def test_vertical_and_sideways_spans_come_back() -> None:
    cells = [(0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "基本"), (1, 2, 1, 1, "项目支出")]
    cells += [(2, 0, 1, 1, "合计"), (2, 1, 1, 1, "1.5"), (2, 2, 1, 1, "2.5")]
    (grid,) = word(docx_table(cells))[0].grids
    assert [c[:5] for c in grid.cells] == cells


def test_a_merge_that_goes_on_from_nothing_is_a_cell_of_its_own() -> None:
    rows = (
        f"<w:tr>{cell('项目', '<w:vMerge/>')}{cell('数')}</w:tr><w:tr>{cell('合计')}{cell('1.5', '<w:vMerge/>')}</w:tr>"
    )
    assert grids(word(f"<w:tbl>{rows}</w:tbl>")) == [["项目", "数", "合计", "1.5"]]


def test_a_narrow_column_that_has_a_text_is_one() -> None:
    widths = "".join(f"<w:gridCol w:w='{width}'/>" for width in (2000, 40, 2000))
    rows = f"<w:tr>{cell('项目')}{cell('次')}{cell('预算数')}</w:tr><w:tr>{cell('合计')}{cell('1')}{cell('1.5')}</w:tr>"
    (grid,) = word(f"<w:tbl><w:tblGrid>{widths}</w:tblGrid>{rows}</w:tbl>")[0].grids
    assert grid.columns == 3


def test_signs_of_a_run_are_the_characters_that_they_print() -> None:
    runs = "<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t><w:noBreakHyphen/><w:t>四</w:t></w:r>"
    assert lines(word(f"<w:p>{runs}</w:p>")) == ["一 二", "三-四"]


def test_a_frame_with_a_table_too_deep_is_refused() -> None:
    body = docx_table(ROWS)
    for _ in range(MAX_DEPTH + 1):
        body = f"<w:tbl><w:tr><w:tc>{body}<w:p/></w:tc></w:tr></w:tbl>"
    with pytest.raises(NotADocumentError, match="nested more than 12 deep"):
        word(body)


def test_a_cell_over_too_many_columns_is_refused() -> None:
    wide = cell("项目", "<w:gridSpan w:val='1001'/>")
    with pytest.raises(NotADocumentError, match="over 1001 columns"):
        word(f"<w:tbl><w:tr>{wide}</w:tr></w:tbl>")


def test_pictures_in_place_of_tables_make_the_document_partial() -> None:
    picture = "<w:p><w:r><a:blip xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'/></w:r></w:p>"
    assert reading_of(docx_of(docx_paragraph("收支表") + picture)).page_errors == [
        "has 1 pictures and no table; pictures in it are not read: save it as PDF"
    ]
    assert reading_of(docx_of(docx_table(ROWS) + picture)).page_errors == []


def test_the_strict_form_of_the_format_is_read_too() -> None:
    data = docx_of(docx_table(ROWS))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    loose, strict = (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    parts["word/document.xml"] = parts["word/document.xml"].replace(loose, strict)
    assert grids(layouts_of(package(dict(parts)))) == CONTENT


def test_damaged_text_says_so() -> None:
    with pytest.raises(NotADocumentError, match="its text is damaged"):
        word("<w:p>")


@pytest.mark.parametrize(
    ("place", "gone"),
    [
        ("{}", "<w:r><w:rPr><w:strike/></w:rPr><w:t>9</w:t></w:r><w:r><w:rPr><w:dstrike/></w:rPr><w:t>.5</w:t></w:r>"),
        ("{}", "<w:moveFrom><w:r><w:t>9.5</w:t></w:r></w:moveFrom>"),
        ("{}", "<w:r><w:rPr><w:color w:val='ffffff'/></w:rPr><w:t>9.5</w:t></w:r>"),
        ("{}", "<w:r><w:rPr><w:rStyle w:val='old'/></w:rPr><w:t>9.5</w:t></w:r>"),
        ("<w:tr><w:trPr><w:del/></w:trPr><w:tc>{}</w:tc></w:tr>", "<w:r><w:t>9.5</w:t></w:r>"),
    ],
)
def test_what_is_struck_deleted_moved_or_white_is_left_out_and_said(place: str, gone: str) -> None:
    if place == "{}":
        body = docx_table(ROWS).replace(
            "<w:r><w:t xml:space='preserve'>1.5", f"{gone}<w:r><w:t xml:space='preserve'>1.5"
        )
    else:
        body = docx_table(ROWS).replace("</w:tbl>", place.format(f"<w:p>{gone}</w:p>") + "</w:tbl>")
    with zipfile.ZipFile(io.BytesIO(docx_of(body))) as parts:
        styles = "<w:style w:styleId='old'><w:rPr><w:strike/></w:rPr></w:style>"
        main = parts.read("word/document.xml").decode()
        names = main.partition("<w:document ")[2].partition(">")[0]
        held = {name: parts.read(name) for name in parts.namelist()}
    reading = reading_of(package({**held, "word/styles.xml": f"<w:styles {names}>{styles}</w:styles>"}))
    assert grids(reading.layouts) == CONTENT
    assert reading.notes == ["1 figures are deleted, hidden or struck and left out"]


def test_raised_figures_are_marks() -> None:
    mark = "</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>1</w:t></w:r>"
    assert grids(word(docx_table(ROWS).replace("1.5</w:t></w:r>", f"1.5{mark}"))) == [
        ["项目", "预算数", "合计", "1.5¹"]
    ]


def test_damaged_styles_are_said_to_be() -> None:
    with zipfile.ZipFile(io.BytesIO(docx_of(docx_table(ROWS)))) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    reading = reading_of(package({**held, "word/styles.xml": "<w:styles"}))
    assert grids(reading.layouts) == CONTENT
    assert reading.notes == ["its styles are damaged: what they hide or strike is read as displayed"]


W14 = "xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml'"
SOLID = "<w14:solidFill><w14:{} w14:val='{}'/></w14:solidFill>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def holding(runs: str, *, shade: str = "", row: str = "", table: str = "") -> str:
    """Return a table whose one amount is made of some runs."""
    filled = f"<w:shd w:val='clear' w:fill='{shade}'/>" if shade else ""
    cells = f"{cell('教育')}<w:tc><w:tcPr>{filled}</w:tcPr><w:p>{runs}</w:p></w:tc>"
    style = f"<w:tblPr><w:tblStyle w:val='{table}'/></w:tblPr>" if table else ""
    return (
        f"<w:tbl>{style}<w:tr>{cell('项目')}{cell('预算数')}</w:tr><w:tr><w:trPr>{row}</w:trPr>{cells}</w:tr></w:tbl>"
    )


STYLES = f"""<w:styles {W}>
<w:style w:type='character' w:styleId='base'><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type='character' w:styleId='hidden'><w:basedOn w:val='base'/></w:style>
<w:style w:type='paragraph' w:styleId='struck'><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type='character' w:styleId='white'><w:rPr><w:color w:val='FFFFFF'/></w:rPr></w:style>
<w:style w:type='table' w:styleId='paper'><w:rPr><w:color w:val='FFFFFF'/></w:rPr></w:style>
<w:style w:type='table' w:styleId='dark'><w:tcPr><w:shd w:val='clear' w:fill='1F4E79'/></w:tcPr></w:style>
<w:style w:type='table' w:styleId='banded'><w:tblStylePr><w:tcPr><w:shd w:fill='1F4E79'/></w:tcPr></w:tblStylePr></w:style>
<w:style w:type='table' w:styleId='faint'>
<w:tblStylePr w:type='lastRow'><w:rPr><w:vanish/></w:rPr></w:tblStylePr></w:style>
<w:style w:type='paragraph' w:styleId='listed'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>
<w:style w:type='character' w:styleId='mark'><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>
</w:styles>"""


def amount_of(body: str) -> tuple[str, bool]:
    """Return what is read of the amount, and whether a note says that a figure is left out."""
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    reading = reading_of(
        package({"[Content_Types].xml": "<Types/>", "word/document.xml": document, "word/styles.xml": STYLES})
    )
    texts = grids(reading.layouts)[0][3:] if grids(reading.layouts) else []
    return "".join(texts), bool(reading.notes)


@pytest.mark.parametrize(
    "body",
    [
        holding(run("9.9", "<w:rStyle w:val='hidden'/>")),
        holding("<w:pPr><w:pStyle w:val='struck'/></w:pPr>" + run("9.9")),
        holding(run("9.9", "<w:rStyle w:val='white'/>")),
        holding(run("9.9", "<w:color w:val='auto' w:themeColor='background1'/>")),
        holding(run("9.9", "<w:color w:val='FFFF00'/>"), shade="FFFF00"),
        holding(run("9.9", "<w:color w:val='FF0000'/><w:highlight w:val='red'/>")),
        holding(run("9.9"), row="<w:trHeight w:val='10' w:hRule='exact'/>"),
        holding(run("9.9", "<w:sz w:val='2'/>")),
        holding(run("9.9", "<w:w w:val='1'/>")),
        holding(run("9.9", "<w:color w:val='F9F9F9'/>")),
        holding(run("9.9", "<w:rFonts w:ascii='Wingdings 2'/>")),
        holding("<w:pPr><w:spacing w:line='1' w:lineRule='exact'/></w:pPr>" + run("9.9")),
        holding(run("9.9", f"<w14:textFill {W14}><w14:noFill/></w14:textFill>")),
        holding(run("9.9", f"<w14:textFill {W14}>{SOLID.format('srgbClr', 'FFFFFF')}</w14:textFill>")),
        holding(run("9.9", f"<w14:textFill {W14}>{SOLID.format('schemeClr', 'bg1')}</w14:textFill>")),
        holding(run("9.9"), table="paper"),
        holding(run("9.9"), table="faint").replace("</w:tblPr>", "<w:tblLook w:lastRow='1'/></w:tblPr>"),
        holding(run("9.9"), table="faint").replace("</w:tblPr>", "<w:tblLook w:val='0440'/></w:tblPr>"),
        holding(run("9.9", "<w:highlight w:val='black'/>")),
        holding("<w:pPr><w:ind w:left='-30000'/></w:pPr>" + run("9.9")),
        holding("<w:pPr><w:framePr w:y='-20000'/></w:pPr>" + run("9.9")),
    ],
)
def test_figures_that_styles_colours_and_heights_hide_are_left_out_and_said(body: str) -> None:
    assert amount_of(body) == ("", True)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (holding(run("9.9", "<w:rStyle w:val='hidden'/><w:vanish w:val='0'/>")), "9.9"),
        (holding(run("9.9", "<w:color w:val='FFFFFF'/>"), shade="1F4E79"), "9.9"),
        (holding(run("9.9", "<w:color w:val='FFFFFF'/><w:highlight w:val='darkBlue'/>")), "9.9"),
        (holding(run("9.9", "<w:color w:val='FFFFFF' w:themeColor='background1' w:themeShade='80'/>")), "9.9"),
        (holding(run("9.9"), row="<w:trHeight w:val='400' w:hRule='exact'/>"), "9.9"),
        (holding(run("9.9", "<w:position w:val='6'/>")), "9.9"),
        (holding(run("9.9", "<w:color w:val='FFFFFF'/>"), table="dark"), "9.9"),
        (holding(run("9.9", "<w:color w:val='FFFFFF'/>"), table="banded"), "9.9"),
        (holding(run("9.9"), table="faint"), "9.9"),  # whose table does not ask for another last row
        (holding("<w:pPr><w:ind w:left='-200'/></w:pPr>" + run("9.9")), "9.9"),
    ],
)
def test_figures_that_only_look_hidden_are_read(body: str, read: str) -> None:
    assert amount_of(body) == (read, False)


@pytest.mark.parametrize(
    ("properties", "mark"),
    [
        ("<w:rStyle w:val='mark'/>", "¹"),
        ("<w:position w:val='10'/><w:sz w:val='12'/>", "¹"),
        ("<w:position w:val='-10'/>", "₁"),
        ("<w:sz w:val='12'/>", "¹"),
    ],
)
def test_what_a_style_raises_or_a_run_moves_is_a_mark(properties: str, mark: str) -> None:
    for mark_run in (run("1", properties), f"<w:ins><w:hyperlink>{run('1', properties)}</w:hyperlink></w:ins>"):
        assert amount_of(holding(run("9.9") + "<w:proofErr/>" + mark_run)) == (f"9.9{mark}", False)


def test_formulas_of_plain_figures_are_read_and_fractions_are_not() -> None:
    space = "xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'"
    plain, half = "<m:r><m:t>9.9</m:t></m:r>", "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num></m:f>"
    assert amount_of(holding(f"<m:oMath {space}>{plain}</m:oMath>"))[0] == "9.9"
    assert amount_of(holding(f"<m:oMath {space}>{plain}{half}</m:oMath>"))[0] == "\ufffd"


def field(instruction: str, shown: str = "") -> str:
    begin, separate, end = (f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>" for kind in ("begin", "separate", "end"))
    return f"{begin}{instruction}{separate + run(shown) if shown else ''}{end}"


def test_of_a_field_what_it_shows_is_read_and_not_what_it_computes() -> None:
    inner = f"<w:r><w:instrText>IF </w:instrText></w:r>{field('', '1')}"
    assert amount_of(holding(field(inner, "9.9")))[0] == "9.9"
    formula = r"<w:r><w:instrText> EQ \x(9.9) </w:instrText></w:r>"
    assert amount_of(holding(field(formula)))[0] == "\ufffd"


def test_a_box_and_a_frame_within_a_cell_are_its_text() -> None:
    box = f"<w:r><w:txbxContent>{docx_paragraph('9.9')}</w:txbxContent></w:r>"
    frame = f"<w:tbl><w:tr>{cell('9.9')}</w:tr></w:tbl>"
    for held in (f"<w:p>{box}</w:p>", f"{frame}<w:p/>"):
        assert grids(word(docx_table(ROWS).replace(docx_paragraph("1.5"), held))) == [["项目", "预算数", "合计", "9.9"]]


def test_a_cell_that_holds_a_picture_alone_is_a_gap() -> None:
    space = "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'"
    picture = f"<w:p><w:r><w:drawing><a:blip {space}/></w:drawing></w:r></w:p>"
    drawn = f"<w:tr>{cell('教育')}<w:tc>{picture}</w:tc></w:tr></w:tbl>"
    assert reading_of(docx_of(docx_table(ROWS).replace("</w:tbl>", drawn))).page_errors == [
        "1 cells of its tables hold pictures alone, which are not read: save it as PDF"
    ]
    assert reading_of(docx_of(docx_table(ROWS).replace("<w:p>", picture + "<w:p>", 1))).page_errors == []


@pytest.mark.parametrize(
    ("font", "char", "read"),
    [
        ("Wingdings", "F081", "9.9①"),
        ("Symbol", "F035", "9.95"),
        ("Wingdings", "F0FE", "9.9"),
        ("宋体", "0035", "9.95"),
        ("Wingdings 3", "F070", "9.9▲"),
        ("Symbol", "F044", "9.9Δ"),
    ],
)
def test_characters_of_symbol_fonts_are_read_as_what_they_show(font: str, char: str, read: str) -> None:
    assert amount_of(holding(run("9.9") + f"<w:r><w:sym w:font='{font}' w:char='{char}'/></w:r>"))[0] == read


def test_figures_in_red_are_unread_where_a_note_says_that_these_are_below_zero() -> None:
    red = holding("<w:r><w:rPr><w:color w:val='FF0000'/></w:rPr><w:t>9.9</w:t></w:r>")
    assert amount_of(red)[0] == "9.9"
    assert amount_of(red.replace("</w:tbl>", "</w:tbl>" + docx_paragraph("注：红字为负数")))[0] == "\ufffd9.9"
    assert (
        amount_of(red.replace("9.9", "-9.9").replace("</w:tbl>", "</w:tbl>" + docx_paragraph("注：红字为负数")))[0]
        == "-9.9"
    )


def test_a_part_of_another_format_is_a_gap() -> None:
    body = docx_table(ROWS) + "<w:altChunk/>"
    assert reading_of(docx_of(body)).page_errors == [
        "has 1 parts of other formats, which are not read: save it again in Word"
    ]


def test_what_stands_above_characters_is_not_read() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('5')}</w:rt><w:rubyBase>{run('9.9')}</w:rubyBase></w:ruby></w:r>"
    assert amount_of(holding(ruby))[0] == "9.9"


@pytest.mark.parametrize("damaged", [False, True])
def test_footnotes_of_a_table_are_marks_in_it_and_lines_under_it(damaged: bool) -> None:
    refer = "<w:r><w:footnoteReference w:id='{}'/></w:r>"
    body = holding(run("9.9") + refer.format(2)) + docx_paragraph("正文") + f"<w:p>{refer.format(3)}</w:p>"
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    notes = (
        f"<w:footnote w:id='{key}'><w:p>{run(text)}</w:p></w:footnote>" for key, text in (("2", "含结转"), ("3", "略"))
    )
    footnotes = f"<w:footnotes {W}>{'' if damaged else ''.join(notes)}{'<' if damaged else ''}</w:footnotes>"
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document, "word/footnotes.xml": footnotes}
    layouts = layouts_of(package(parts))
    assert grids(layouts)[0][-1] == ("9.9" if damaged else "9.9¹")
    assert lines(layouts) == (["正文"] if damaged else ["注1：含结转", "正文"])


V = "xmlns:v='urn:schemas-microsoft-com:vml'"
ANCHOR = """<w:drawing xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><wp:anchor behindDoc='{}'
    xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'>{}</wp:anchor></w:drawing>"""
FILLED = "<a:spPr><a:solidFill/></a:spPr>"


@pytest.mark.parametrize(
    "over",
    [
        ANCHOR.format(0, FILLED),
        ANCHOR.format(0, "<a:blip/>"),
        ANCHOR.format(0, "<a:prstGeom prst='line'/>"),
        f"<w:pict><v:rect {V} style='position:absolute'/></w:pict>",
        f"<w:pict><v:line {V}/></w:pict>",
    ],
)
def test_a_figure_over_which_something_is_laid_is_not_read(over: str) -> None:
    assert amount_of(holding(run("9.9") + f"<w:r>{over}</w:r>"))[0] == "\ufffd"


def test_a_figure_through_which_a_diagonal_border_runs_is_not_read() -> None:
    crossed = "<w:tcPr><w:tcBorders><w:tl2br w:val='single'/></w:tcBorders>"
    assert (
        amount_of(
            holding(run("9.9")).replace("<w:tc><w:tcPr></w:tcPr><w:p><w:r>", f"<w:tc>{crossed}</w:tcPr><w:p><w:r>")
        )[0]
        == "\ufffd"
    )


@pytest.mark.parametrize(("needs", "read"), [("wps", "9.9"), ("zzz", "7.7")])
def test_of_a_text_for_newer_programs_that_is_read_which_word_knows(needs: str, read: str) -> None:
    both = f"<mc:Choice Requires='{needs}'>{run('9.9')}</mc:Choice><mc:Fallback>{run('7.7')}</mc:Fallback>"
    space = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    assert amount_of(holding(f"<mc:AlternateContent {space}>{both}</mc:AlternateContent>"))[0] == read


def test_a_seal_anchored_in_a_label_leaves_its_digits() -> None:
    anchored = f"<w:r>{ANCHOR.format(0, FILLED)}</w:r>"
    assert amount_of(holding(run("2024年预算数") + anchored))[0] == "2024年预算数"


@pytest.mark.parametrize(
    "beside",
    [
        ANCHOR.format(1, FILLED),
        ANCHOR.format(0, "<a:spPr><a:noFill/><a:ln><a:solidFill/></a:ln></a:spPr>"),
        f"<w:pict><v:rect {V} style='position:absolute' filled='f'/></w:pict>",
    ],
)
def test_a_figure_with_something_behind_or_around_it_is_read(beside: str) -> None:
    assert amount_of(holding(run("9.9") + f"<w:r>{beside}</w:r>"))[0] == "9.9"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (field("<w:r><w:instrText> MACROBUTTON NoMacro 9.9 </w:instrText></w:r>"), "9.9"),
        (f"<w:r><w:pict><v:shape {V}><v:textpath string='9.9'/></v:shape></w:pict></w:r>", "9.9"),
        ("<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>" + run("9.9"), "\ufffd9.9"),
        ("<w:pPr><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>" + run("9.9"), "9.9"),
        (f"<w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr><w:sdtContent>{run('9.9')}</w:sdtContent></w:sdt>", "\ufffd9.9"),
        (run("\uf02d9.9", "<w:rFonts w:ascii='Symbol'/>"), "-9.9"),
    ],
)
def test_what_word_shows_in_place_of_a_text_is_read_or_marked(body: str, read: str) -> None:
    assert amount_of(holding(body))[0] == read


EXACT = "<w:trHeight w:val='{}' w:hRule='exact'/>"
BEYOND = "<w:tblPr>{}</w:tblPr><w:tblGrid><w:gridCol w:w='12000'/><w:gridCol w:w='900'/></w:tblGrid>"
TINY = "<w:spacing w:line='20' w:lineRule='exact'/>"
FIXED = "<w:tblLayout w:type='fixed'/>"
PAPER = "<w:sectPr><w:pgSz w:w='11906'/></w:sectPr>"


def spaced(properties: str) -> str:
    return holding(f"<w:pPr><w:spacing {properties}/></w:pPr>" + run("9.9"))


def beyond(properties: str) -> str:
    return holding(run("9.9")).replace("<w:tbl>", "<w:tbl>" + BEYOND.format(properties), 1) + PAPER


@pytest.mark.parametrize(
    "body",
    [
        holding(run("9.9"), row=EXACT.format(100)),
        holding(run("9.9", "<w:sz w:val='60'/>"), row=EXACT.format(300)),
        spaced("w:before='900'").replace("<w:trPr>", "<w:trPr>" + EXACT.format(300)),
        spaced("w:line='90' w:lineRule='exact'"),
        holding(run("9.9", "<w:spacing w:val='-90'/>")),
        beyond(FIXED),
        holding("<w:r><w:pgNum/></w:r>" + run("9.9")),
        holding("<w:pPr><w:pStyle w:val='listed'/></w:pPr>" + run("9.9")),
    ],
)
def test_a_figure_that_has_no_room_or_a_number_before_it_is_unread(body: str) -> None:
    assert amount_of(body)[0].lstrip("\ufffd") != amount_of(body)[0]


@pytest.mark.parametrize(
    "body",
    [
        holding(run("9.9"), row=EXACT.format(200)),
        spaced("w:line='280' w:lineRule='exact'"),
        holding(run("9.9", "<w:spacing w:val='-10'/>")),
        beyond("<w:tblLayout w:type='autofit'/>"),
        beyond(FIXED + "<w:jc w:val='center'/>"),
        beyond(FIXED + "<w:tblInd w:w='-900'/>"),
        beyond(FIXED + "<w:tblW w:w='5000' w:type='pct'/>"),
        beyond(FIXED + "<w:tblpPr/>"),
        spaced("w:lineRule='exact'"),
        holding(f"<w:pPr>{TINY}</w:pPr></w:p><w:p>" + run("9.9"), row=EXACT.format(220)),
        holding("<w:pPr><w:pStyle w:val='listed'/><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>" + run("9.9")),
    ],
)
def test_a_figure_that_has_room_is_read(body: str) -> None:
    assert amount_of(body) == ("9.9", False)


LISTS = f"""<w:numbering {W}><w:abstractNum w:abstractNumId='7'>
<w:lvl w:ilvl='0'><w:start w:val='201'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1'/></w:lvl>
<w:lvl w:ilvl='1'><w:numFmt w:val='decimalZero'/><w:lvlText w:val='%1%2'/></w:lvl>
<w:lvl w:ilvl='2'><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%3'/></w:lvl></w:abstractNum>
<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>
<w:num w:numId='2'><w:abstractNumId w:val='7'/></w:num>
<w:num w:numId='3'><w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>
</w:numbering>"""


@pytest.mark.parametrize(
    ("items", "printed"),
    [
        ([(0, 1), (1, 1), (1, 1), (0, 1), (1, 1), (2, 1)], ["201", "20101", "20102", "202", "20201", "\ufffd"]),
        ([(1, 1), (0, 1)], ["20101", "201"]),
        ([(0, 1), (0, 2), (0, 3), (0, 2)], ["201", "202", "5", "6"]),
    ],
)
def test_the_numbers_that_word_prints_in_empty_cells_are_read(items: list[tuple[int, int]], printed: list[str]) -> None:
    listed = "<w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val='{}'/><w:numId w:val='{}'/></w:numPr></w:pPr></w:p></w:tc>"
    rows = "".join(f"<w:tr>{listed.format(*item)}{cell('1.5')}</w:tr>" for item in items)
    document = f"<w:document {W}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>"
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document, "word/numbering.xml": LISTS}
    (texts,) = grids(reading_of(package({**parts})).layouts)
    assert texts[::2] == printed


@pytest.mark.parametrize(
    ("form", "text", "read"),
    [("none", "", "9.5"), ("bullet", "•", "9.5"), ("bullet", "-", "\ufffd9.5"), ("decimal", "%1", "\ufffd9.5")],
)
def test_a_figure_is_unread_where_its_list_prints_a_number_or_a_sign_before_it(form: str, text: str, read: str) -> None:
    listed = holding("<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>" + run("9.5"))
    level = f"<w:lvl w:ilvl='0'><w:numFmt w:val='{form}'/><w:lvlText w:val='{text}'/></w:lvl>"
    lists = f"<w:numbering {W}><w:abstractNum w:abstractNumId='7'>{level}</w:abstractNum>"
    lists += "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>"
    document = f"<w:document {W}><w:body>{listed}</w:body></w:document>"
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document, "word/numbering.xml": lists}
    assert grids(reading_of(package({**parts})).layouts)[0][-1] == read


@pytest.mark.parametrize("part", ["word/header1.xml", "word/footnotes.xml"])
def test_figures_of_tables_beside_the_text_are_a_gap(part: str) -> None:
    beside = f"<w:hdr {W}>{holding(run('9.9'))}</w:hdr>"
    document = f"<w:document {W}><w:body>{docx_table(ROWS)}<w:subDoc/></w:body></w:document>"
    reading = reading_of(package({"[Content_Types].xml": "<Types/>", "word/document.xml": document, part: beside}))
    assert [gap.partition(",")[0] for gap in reading.page_errors] == [
        "1 figures stand in tables of its headers",
        "has parts in files of their own (subdocuments)",
    ]


def test_the_number_of_a_page_is_unread() -> None:
    simple = "<w:fldSimple w:instr=' PAGE '><w:r><w:t>1</w:t></w:r></w:fldSimple>"
    assert amount_of(holding(run("9.9") + simple))[0] == "9.9\ufffd"
    assert amount_of(holding(run("9.9") + field("<w:r><w:instrText>PAGE</w:instrText></w:r>", "1")))[0] == "9.9\ufffd1"


@pytest.mark.parametrize(
    ("shape", "gaps"),
    [
        ("<v:rect style='position:absolute' fillcolor='white'/>", 1),
        ("<v:rect style='position:absolute' fillcolor='red'/>", 0),
        ("<v:rect style='position:absolute' fillcolor='white'><w:txbxContent/></v:rect>", 0),
        ("<v:rect style='position:absolute' fillcolor='white'><w10:wrap/></v:rect>", 0),
    ],
)
def test_a_white_shape_over_the_text_is_a_gap(shape: str, gaps: int) -> None:
    spaces = "xmlns:v='urn:schemas-microsoft-com:vml' xmlns:w10='urn:schemas-microsoft-com:office:word'"
    drawn = f"<w:p><w:r><w:pict {spaces}>{shape}</w:pict></w:r></w:p>"
    document = f"<w:document {W}><w:body>{docx_table(ROWS)}{drawn}</w:body></w:document>"
    reading = reading_of(package({"[Content_Types].xml": "<Types/>", "word/document.xml": document}))
    assert sum("white shapes" in gap for gap in reading.page_errors) == gaps
