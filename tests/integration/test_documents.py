"""How Word, HTML and text files write tables, and the lines around them."""

from __future__ import annotations

import base64

import pytest
from support.format_writers import docx_of, docx_paragraph, docx_table, html_table

from extractor.errors import NotADocumentError
from extractor.grids.grid import PageLayout
from extractor.grids.readers import read_layouts
from extractor.source.source import Source, sniff

ROWS = [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "1.5")]
CONTENT = [["项目", "预算数", "合计", "1.5"]]
MERGED, TWO = "<w:hMerge w:val='restart'/>", "<w:gridSpan w:val='2'/>"


def layouts_of(data: bytes | str) -> list[PageLayout]:
    content = data.encode() if isinstance(data, str) else data
    return read_layouts(Source("预算", "", sniff(content), content)).layouts


def word(body: str) -> list[PageLayout]:
    return layouts_of(docx_of(body))


def grids(layouts: list[PageLayout]) -> list[list[str]]:
    return [[cell.text for cell in grid.cells if cell.text] for layout in layouts for grid in layout.grids]


def lines(layouts: list[PageLayout]) -> list[str]:
    return [line.text for layout in layouts for line in layout.lines]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{docx_paragraph(text)}</w:tc>"


# Word


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


def test_one_word_table_that_holds_two_is_parted_at_their_titles() -> None:
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


# HTML


def test_layout_tables_give_what_they_hold() -> None:
    page = f"<table><tr><td>首页</td><td><p>2025年收支预算表</p><table><tr><td>{html_table(ROWS)}</td></tr></table></td></tr></table>"
    layouts = layouts_of(f"<html><body>{page}</body></html>")
    assert (lines(layouts), grids(layouts)) == (["首页", "2025年收支预算表"], CONTENT)


def test_html_is_read_as_displayed() -> None:
    table = (
        "<table><caption>收支表</caption><tfoot><tr><td>注<td>2.5</tfoot><thead><tr><th>项 \n 目<th>预算&nbsp;数</thead>"
        "<tr style='display: none'><td>x<td>9<tr><td><p>合</p><p>计</p><td><font>1,2</font>34.5<script>7</script></table>"
    )
    links = "<ul><li><a href='x'>首页</a> <a>预算公开</a></ul><p>来源：<a>财政局</a></p>"
    layouts = layouts_of(f"<html><head><title>预算</title></head><body>{links}{table}</body></html>")
    assert lines(layouts) == ["来源：财政局", "收支表"]
    assert grids(layouts) == [["项 目", "预算\xa0数", "合\n计", "1,234.5", "注", "2.5"]]
    assert layouts[0].text.startswith("预算\n")


def test_zero_and_careless_spans() -> None:
    table = "<table><tr><td rowspan=0>甲<td colspan=x>1.5<tr><td>2.5<tr><td rowspan=9>3.5</table>"
    (grid,) = layouts_of(f"<html>{table}")[0].grids
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells] == [
        (0, 0, 3, 1, "甲"), (0, 1, 1, 1, "1.5"), (1, 1, 1, 1, "2.5"), (2, 1, 1, 1, "3.5"),
    ]  # fmt: skip


def test_a_page_saved_with_its_pictures_is_its_page() -> None:
    page = base64.encodebytes(f"<html><body>{html_table(ROWS)}</body></html>".encode("gb18030")).decode()
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html; charset=gb2312\n"
    assert grids(layouts_of(f"{head}Content-Transfer-Encoding: base64\n\n{page}\n--B--\n")) == CONTENT


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",  # a page switch, a calendar
        "<table><tr><td>附件</td><td>2025-01-15</td></tr><tr><td>附件</td><td>下载</td></tr></table>",
        "<table><tr><td>404</td></tr></table>",
    ],
)
def test_pages_without_a_table_of_amounts_are_no_documents(page: str) -> None:
    with pytest.raises(NotADocumentError, match="without a table of amounts"):
        layouts_of(f"<html><body>{page}</body></html>")


# Text


def test_a_name_column_lost_on_the_first_page_comes_back_with_its_header() -> None:
    first = "项目\t\t支出预算\n类\t款\t合计\n201\t\t1.5\n201\t03\t1.5\n"
    second = "项目\t\t支出预算\t\n类\t款\t名称\t合计\n208\t\t社会保障\t2.5\n合计\t\t\t4.0\n"
    (layout,) = layouts_of(f"支出预算总表\n\n{first}\n{second}")
    upper, lower = layout.grids
    assert (upper.columns, upper.bottom) == (4, lower.top)
    assert [c.text for c in upper.cells if c.row == 2] == ["201", "", "", "1.5"]
    assert [c.text for c in upper.cells if c.row == 1] == [c.text for c in lower.cells if c.row == 1]


def test_a_row_whose_blanks_an_editor_cut_off_stays_a_row() -> None:
    assert grids(layouts_of("项目\t数\n一、收入\t1.5\n二、事业收入\n三、其他\t2.5\n")) == [
        ["项目", "数", "一、收入", "1.5", "二、事业收入", "三、其他", "2.5"]
    ]


def test_pipe_tables() -> None:
    text = "## 收支表\n\n| 项目 | 预算数 |\n|:--|--:|\n| **合计** | 1.5 |\n| a\\|b<br>c | ** |\n"
    layouts = layouts_of(text)
    assert (lines(layouts), grids(layouts)) == (["收支表"], [["项目", "预算数", "合计", "1.5", "a|b\nc", "**"]])


def test_form_feeds_are_pages_and_prose_is_lines() -> None:
    layouts = layouts_of("部门预算\n\f编制部门：甲\t单位：元\n\n项目\t数\n合计\t1.5\n")
    assert [layout.page for layout in layouts] == [1, 2]
    assert lines(layouts) == ["部门预算", "编制部门：甲", "单位：元"]


def test_texts_without_a_table_are_no_documents() -> None:
    with pytest.raises(NotADocumentError, match="without a table of amounts"):
        layouts_of("2025年，本部门收入预算8,599万元。\n- 一、\t概况\n")
