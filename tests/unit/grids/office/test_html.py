"""How web pages write tables, and the lines around them."""

from __future__ import annotations

import base64

import pytest
from support.format_writers import html_table
from support.readings import CONTENT, ROWS, grids, layouts_of, lines, reading_of

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading


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


TITLE = "某市2025年预算执行情况和2026年预算草案的报告"
REPORT = [
    "一、一般公共预算",
    "全市收入979.35亿元，下降2.3%，其中税收收入701.77亿元。",
    "全市支出1,528.6亿元；市本级支出612.3亿元，增长1%。",
]


def report_page(body: str, title: str = TITLE) -> str:
    around = "<div><p>政府信息公开</p><p>{}</p></div>"
    head = f"<head><title>{title}-某市财政局</title></head>"
    return f"<html>{head}<body>{around.format('首页 > 财政预决算')}{body}{around.format('主办单位：某市财政局 电话')}</body></html>"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_page_of_sentences_with_amounts_is_its_article() -> None:
    notes = "<p>来源：预算处 2026-03-09 14:36</p><p>【字体：大 中 小】</p>"
    more = "某市支出99亿元，增长2%，另安排1亿元。"
    body = f"<h1>{TITLE}</h1><div><div>{notes}{paragraphs(*REPORT, more)}</div><p>相关阅读</p></div>"
    assert lines(layouts_of(report_page(body))) == [TITLE, *REPORT, more]


def test_an_article_keeps_its_tables_and_what_it_lists_before_its_first_sentence() -> None:
    more = "另有专项收入10亿元、5亿元。"
    body = f"<div><p>目录</p><p>（一）收入</p>{paragraphs(*REPORT, more)}</div><div>{html_table(ROWS)}</div>"
    layouts = layouts_of(report_page(f"<div>{body}</div>", title=""))
    assert (lines(layouts), grids(layouts)) == (["目录", "（一）收入", *REPORT, more], CONTENT)


def test_one_long_paragraph_is_not_all_of_an_article() -> None:
    long = "收入5亿元，" * 40 + "全部入库。"
    body = f"<div>{paragraphs('一、收入情况', '收入9亿元。', long, '支出4亿元。')}</div>"
    assert lines(layouts_of(report_page(body, title=""))) == ["一、收入情况", "收入9亿元。", long, "支出4亿元。"]


def test_a_page_of_a_few_sentences_with_amounts_and_rates_is_a_document() -> None:
    said = ("收入完成9亿元，占预算的45%，增长3%。", "支出完成20亿元，占预算的41%。")
    assert set(said) < set(lines(layouts_of(report_page(paragraphs(*said), title=""))))


def test_a_page_of_sentences_in_the_cells_of_a_table_is_a_document() -> None:
    row = "<tr><td>收支情况<td>收入完成9亿元，占预算的45%，增长3%。支出完成20亿元，占预算的41%。"
    (grid,) = layouts_of(f"<html><table>{row}</table>")[0].grids
    assert grid.cells[0].text == "收支情况"


def test_a_list_of_documents_that_names_an_amount_is_no_document() -> None:
    links = paragraphs("某局2026年预算，共3亿元", "某局2025年预算", "下载1.5元。")
    with pytest.raises(NotADocumentError, match="sentences that state some"):
        layouts_of(report_page(links))


def test_a_cell_under_a_span_from_above_goes_to_the_next_free_column() -> None:
    table = "<table><tr><td rowspan=2>项目<td colspan=+2>支出<td rowspan=2>备注<tr><td>基本<td>专项<tr><td>合计<td>1.5<td>2.5<td>无</table>"
    (grid,) = layouts_of(f"<html>{table}")[0].grids
    assert [(c.row, c.column, c.text) for c in grid.cells if c.row == 1] == [(1, 1, "基本"), (1, 2, "专项")]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<td colspan=1001>x", "colspan=1001"),
        ("<td rowspan=70000>x", "rowspan=70000"),
        ("<td>x" * 1001, "a row over 1001"),
    ],
)
def test_spans_beyond_what_html_allows_are_refused(cell: str, words: str) -> None:
    with pytest.raises(NotADocumentError, match=words):
        layouts_of(f"<html><table><tr>{cell}<tr><td>合计<td>1.5</table>")


@pytest.mark.parametrize(
    ("style", "points"),
    [("text-indent:2em", 20.0), ("padding-left: 20px", 15.0), ("MARGIN-LEFT:7.5pt", 7.5), ("color:red", 0.0)],
)
def test_a_styled_indent_is_kept_in_points(style: str, points: float) -> None:
    (grid,) = layouts_of(f"<html><table><tr><td>项目<td>数<tr><td style='{style}'>合计<td>1.5</table>")[0].grids
    assert [c.indent for c in grid.cells if c.row == 1] == [points, 0.0]
    (grid,) = layouts_of(f"<html><table><tr><td>项目<td>数<tr><td><p style='{style}'>合计</p><td>1.5</table>")[0].grids
    assert grid.cells[2].indent == points


@pytest.mark.parametrize("hidden", ["hidden", "style='DISPLAY:NONE'", "style='visibility: hidden'"])
def test_what_a_browser_hides_is_not_read(hidden: str) -> None:
    page = f"<p {hidden}>藏</p><table><tr><td>项目<td>预算数<tr><td>合计<td>1.5<td {hidden}>9</table>"
    layouts = layouts_of(f"<html>{page}")
    assert (lines(layouts), grids(layouts)) == ([], CONTENT)


def test_a_table_of_amounts_keeps_the_one_in_a_cell_as_another() -> None:
    inner = "<table><tr><td>其中<td>0.5<tr><td>另<td>1.0</table>"
    page = f"<table><tr><td>项目<td>预算数<tr><td>合计<td>1.5<tr><td>明细<td>{inner}</table>"
    assert grids(layouts_of(f"<html>{page}")) == [
        ["项目", "预算数", "合计", "1.5", "明细"],
        ["其中", "0.5", "另", "1.0"],
    ]


def test_elements_within_elements_without_end_are_refused() -> None:
    with pytest.raises(NotADocumentError, match="nested more than 200 deep"):
        layouts_of("<html>" + "<div>" * 230 + html_table(ROWS))


def rows_of(*cells: str) -> list[list[str]]:
    """Return the rows of a table under a header whose one row has these cells."""
    head = "".join(f"<td>列{n}" for n in range(len(cells)))
    (grid,) = layouts_of(f"<html><table><tr>{head}<tr>{''.join(f'<td>{c}' for c in cells)}</table>")[0].grids
    rows: dict[int, list[str]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    return list(rows.values())[1:]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (("甲<br>乙", "8,000<br>-", "", "-<br>4,345"), [["甲", "8,000", "", "-"], ["乙", "-", "", "4,345"]]),
        (("<p>甲</p><p>乙</p>", "<p>131</p><p>131</p>", "60<br>60"), [["甲", "131", "60"], ["乙", "131", "60"]]),
        (("甲<br>乙", "8,000"), [["甲\n乙", "8,000"]]),  # a label that wraps
        (("甲<br>乙", "12345<br>678"), [["甲\n乙", "12345\n678"]]),  # and a figure that may wrap beside it
        # amounts that wrap
        (("a<br>b", "1,234.5<br>6", "2,345.6<br>7"), [["a\nb", "1,234.5\n6", "2,345.6\n7"]]),
        (("甲<br>乙", "12,345<br>678", "2,345<br>678"), [["甲\n乙", "12,345\n678", "2,345\n678"]]),
        (("甲<br>乙<br>丙", "8,000<br>4,345"), [["甲\n乙\n丙", "8,000\n4,345"]]),
        (("甲<br>乙", "8,000<br>见附注"), [["甲\n乙", "8,000\n见附注"]]),
    ],
)
def test_cells_that_hold_rows_by_line_ends_are_split_where_all_have_as_many(
    cells: tuple[str, ...], rows: list[list[str]]
) -> None:
    assert rows_of(*cells) == rows


def test_a_cell_over_several_rows_reaches_over_those_that_are_split() -> None:
    table = "<table><tr><td rowspan=2>合计<td>甲<br>乙<td>1.5<br>2.5<tr><td>丙<td>3.5</table>"
    (grid,) = layouts_of(f"<html>{table}")[0].grids
    assert [(c.row, c.row_span, c.text) for c in grid.cells if c.column == 0] == [(0, 3, "合计")]
    assert [c.text for c in grid.cells if c.column == 2] == ["1.5", "2.5", "3.5"]


def test_a_blank_that_a_style_generates_is_none_of_a_figure() -> None:
    sheet = "<style>td::after{content:'';position:absolute;top:0;border-top:1px solid} td::before{content:\"\"}</style>"
    assert displayed("<td>1.5", sheet) == (["合计", "1.5"], [])


@pytest.mark.parametrize(
    ("script", "gaps"),
    [
        ("document.all.it.innerHTML = '4,345,600'", 1),
        ("var total = '4,345,600'", 0),  # which is not printed
        ("it.textContent = '2024'", 0),
        ("it.style.opacity = '0.85'; it.innerHTML = version('1.0')", 0),
    ],
)
def test_amounts_that_scripts_print_are_a_gap(script: str, gaps: int) -> None:
    reading = reading_of(f"<html><table><tr><td>项目<td>预算数<tr><td>合计<td>1.5</table><script>{script}</script>")
    assert len(reading.page_errors) == gaps


def displayed(cell: str, head: str = "") -> tuple[list[str], list[str]]:
    """Return the cells of a row 合计 that ends with some HTML, as read, and the notes."""
    reading = reading_of(f"<html><head>{head}</head><body><table><tr><td>项目<td>预算数<tr><td>合计{cell}</table>")
    return grids(reading.layouts)[0][2:], reading.notes


@pytest.mark.parametrize(
    "cell",
    [
        "<td><del>9.5</del>1.5",
        "<td><s>9.5</s>1.5",
        "<td><span style='text-decoration: underline line-through'>9.5</span>1.5",
        "<td hidden>9.5<td>1.5",
        "<td style='display:none'>9.5<td>1.5",
        "<td class='x gone'>9.5<td>1.5",
        "<td id=it>9.5<td>1.5",
        "<td style='visibility:hidden'>9.5<td>1.5",
        "<td style='display:var(--none, none)'>9.5<td>1.5",
        "<td><span style='position:fixed;bottom:-900px'>9.5</span>1.5",
        "<td><span style='transform:matrix(0,0,0,0,0,0)'>9.5</span>1.5",
        "<td><span style='display:block;height:1px;overflow:hidden'>9.5</span>1.5",
        "<td><span style='color:oklch(1 0 0)'>9.5</span>1.5",
        "<td><span style='background:currentColor'>9.5</span>1.5",
        "<td><span popover>9.5</span>1.5",
        "<td><span style='background:linear-gradient(transparent 48%,red 48%,red 52%,transparent 52%)'>9.5</span>1.5",
        "<td><span style='background:linear-gradient(transparent calc(50% - 1px),red,transparent calc(50% + 1px))'>9.5</span>1.5",
        "<td><span class=lined>9.5</span>1.5",
        "<td><span class=ruled>9.5</span>1.5",
    ],
)
def test_what_is_hidden_or_struck_is_left_out_and_said(cell: str) -> None:
    sheet = "<style>/* */ @media print{td{display:none}} .gone{display:none} tr > td#it{visibility:collapse!important}"
    sheet += ".lined::after{content:'';position:absolute;left:0;right:0;top:50%;border-top:1px solid red}"
    sheet += ".ruled::before{content:'';position:absolute;inset:50% 0 auto;height:1px;background:red}</style>"
    assert displayed(cell, sheet) == (["合计", "1.5"], ["1 figures are hidden or struck and left out"])


@pytest.mark.parametrize(
    "sheet",
    [
        "td::after{content:'';position:absolute;top:50%;right:6px;border:4px solid transparent;border-top-color:red}",
        "td::before{content:'';position:absolute;top:50%;left:0;width:3px;height:3px;background:red}",
        "td::before{content:'';position:absolute;top:45%;left:-9px;border:1px solid;border-radius:50%}",
        "table::before{content:'';position:absolute;top:50%;left:0;right:0;height:1px;background:red}",
        "td{background:linear-gradient(90deg,transparent 48%,red 48%,red 52%,transparent 52%)}",
        "td{background:linear-gradient(transparent,#f5f5f5 50%,transparent)}",
        "td{background:linear-gradient(transparent 50%,#ffc 50%,#ffc 90%,transparent 90%)}",
        "table{position:absolute;bottom:-900px}",
    ],
)
def test_arrows_points_shades_and_lines_beside_figures_strike_none(sheet: str) -> None:
    assert displayed("<td>1.5", f"<style>{sheet}</style>") == (["合计", "1.5"], [])


def test_a_later_or_nearer_style_shows_again() -> None:
    sheet = "<style>td.a{display:none} td.a.b{display:table-cell} .a{display:none}</style>"
    assert displayed("<td class='a b'>1.5", sheet) == (["合计", "1.5"], [])
    assert displayed("<td class=a style='display:table-cell'>1.5", sheet) == (["合计", "1.5"], [])


def test_a_column_is_hidden_by_its_place() -> None:
    assert displayed("<td>9.5<td>1.5", "<style>td:nth-child(3){display:none}</style>") == (["合计", "9.5"], [
        "1 figures are hidden or struck and left out"
    ])  # fmt: skip


def test_raised_figures_are_marks_and_thin_blanks_separate_thousands() -> None:
    assert displayed("<td>1.5<sup>1</sup><td>8\u2009000\u202f000<td>434<sub>[2]</sub>")[0] == [
        "合计",
        "1.5¹",
        "8000000",
        "434₂",
    ]


NOTE = ["2 figures are hidden or struck and left out"]
SHEET = "<style>:root{--paper:#fff} .off{visibility:collapse} .up{vertical-align:super;font-size:70%} .big{font-size:20px}</style>"


def table(cell: str, columns: str = "") -> Reading:
    """Read a table of three columns, of which the second has a cell."""
    rows = f"<tr><td>项目</td><td>预算数</td><td>末</td></tr><tr><td>教育</td>{cell}<td>3.3</td></tr>"
    return reading_of(f"{SHEET}<table>{columns}{rows}<tr><td>合计</td><td>1.5</td><td>4.4</td></tr></table>")


def amounts(cell: str) -> tuple[list[str], list[str]]:
    """Return what is read of the second column, and the notes."""
    reading = table(cell)
    (grid,) = reading.layouts[0].grids
    return [c.text for c in grid.cells if c.column == 1], reading.notes


@pytest.mark.parametrize(
    "columns",
    [
        "<col><col hidden><col>",
        "<col><col style='display:none'><col>",
        "<col><col style='visibility:collapse'><col>",
        "<col><col width=0><col>",
        "<col><col style='width:0pt'><col>",
        "<col><col class=off><col>",
        "<colgroup span=1></colgroup><colgroup class=off><col></colgroup>",
    ],
)
def test_columns_that_a_table_hides_are_left_out_and_said(columns: str) -> None:
    reading = table("<td>9.9</td>", columns)
    assert (grids(reading.layouts), reading.notes) == ([["项目", "末", "教育", "3.3", "合计", "4.4"]], NOTE)


def test_a_hidden_column_is_counted_past_cells_that_span_rows_and_columns() -> None:
    head = "<tr><td rowspan=2>项目</td><td colspan=2>预算数</td></tr><tr><td>小计</td><td>藏</td></tr>"
    body = "<tr><td>教育</td><td>9.9</td><td>7.7</td></tr>"
    reading = reading_of(f"<table><col span=2><col width=0>{head}{body}</table>")
    assert grids(reading.layouts) == [["项目", "预算数", "小计", "教育", "9.9"]]


@pytest.mark.parametrize(
    "style",
    [
        "font-size:0",
        "color:#fff",
        "color:white;background:#FFFFFF",
        "color:rgb(255, 255, 255)",
        "color:rgba(0,0,0,0)",
        "color:transparent",
        "color:red;background-color:#f00",
        "display:block;width:0;overflow:hidden",
        "text-indent:-9999px",
        "position:absolute;left:-9999px",
        "position:absolute;clip:rect(0,0,0,0)",
        "transform:scale(0)",
        "transform:scaleX(-1)",
        "transform:rotate(180deg)",
        "letter-spacing:-1em",
        "max-width:9px;overflow:hidden",
        "clip-path:inset(50%)",
        "display:block;max-height:0;overflow:hidden",
        "content-visibility:hidden",
        "filter:opacity(0)",
        "font-size:0.5px",
        "position:absolute;inset:0 auto auto -9999px",
        "-webkit-text-fill-color:transparent",
        "color:hsl(0, 0%, 100%)",
        "color:var(--paper)",
    ],
)
def test_figures_that_styles_leave_no_room_or_colour_are_left_out_and_said(style: str) -> None:
    assert amounts(f"<td style='{style}'>9.9</td>") == (["预算数", "", "1.5"], [NOTE[0].replace("2", "1")])


@pytest.mark.parametrize(
    "cell",
    [
        "<td bgcolor='#1f4e79' style='color:white'>9.9</td>",
        "<td style='color:white'><span style='color:black'>9.9</span></td>",
        "<td width=0>9.9</td>",
        "<td bgcolor=1f4e79><font color=ffffff>9.9</font></td>",
        "<td style='color:windowtext;font-size:9pt'>9.9</td>",
        "<td><input value='9.9'></td>",
        "<td>9.9<input type=hidden value=1></td>",
        "<td>9.9<details><summary></summary>8<b>8</b></details></td>",
        "<td>9.9<dialog>8</dialog><datalist><option>8</datalist></td>",
        "<td><select><option>8<option selected>9.9</select></td>",
        "<td><textarea>9.9</textarea></td>",
        "<td>9.<wbr>9</td>",
        "<td style='max-width:9px;overflow:hidden;word-break:break-all'>9.9</td>",
        "<td style='width:9px;overflow:hidden'>9.9</td>",  # which grows
        "<td><table><tr><td>9.9</table></td>",
    ],
)
def test_figures_that_only_look_hidden_are_read(cell: str) -> None:
    assert amounts(cell)[0] == ["预算数", "9.9", "1.5"]


def test_figures_in_red_are_unread_where_a_note_says_that_these_are_below_zero() -> None:
    cell = "<td style='color:red'><br>9.9</td>"
    assert amounts(cell)[0] == ["预算数", "9.9", "1.5"]
    assert amounts(f"{cell}</tr><tr><td>注：红字为负数</td><td></td>")[0] == ["预算数", "\ufffd9.9", "", "1.5"]
    for told in ("2、教育", "-9.9"):
        cell = f"<td style='color:red'>{told}</td>"
        assert amounts(f"{cell}</tr><tr><td>注：红字为负数</td><td></td>")[0][1] == told


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("9.9<sup><a href='#1'>1</a></sup>", "9.9¹"),
        ("9.9<span class=up>1</span>", "9.9¹"),
        ("9.9<span style='vertical-align:4pt'>1</span>", "9.9¹"),
        ("9.9<span style='vertical-align:-2px'>1</span>", "9.9₁"),
        ("9.9<small>1</small>", "9.9¹"),
        ("9.9<span style='font-size:60%'>1</span>", "9.9¹"),
        ("<span class=big>9.9</span><span style='font-size:9px'>1</span>", "9.9¹"),
        ("<span class=big>9.</span><span style='font-size:9px'>1</span>", "9.1"),
        ("<span style='font-size:9px'>9.9</span><span style='font-size:9px'>1</span>", "9.91"),
        ("9.9<span style='font-size:9px'>1</span>", "9.9¹"),
        ("9.9<span style='font-size:14px'>1</span>", "9.91"),
        ("9.9<font size=1>1</font>", "9.9¹"),
        ("9.9<span style='font-variant-position:super'>1</span>", "9.9¹"),
        ("<ruby>9.9<rt>1</rt></ruby>", "9.9"),
        ("<span style='font-size:smaller'>9.9</span>", "9.9"),
    ],
)
def test_what_is_raised_lowered_or_small_behind_a_digit_is_a_mark(inside: str, read: str) -> None:
    assert amounts(f"<td>{inside}</td>")[0] == ["预算数", read, "1.5"]


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("<i class=minus>1.5</i>", "-1.5"),
        ("<i class=whole></i>", "2,000"),
        ("<i class=own data-a='7.5'></i>", "7.5"),
        ("<bdo dir=rtl>5.21</bdo>", "12.5"),
        ("<span style='direction:rtl;unicode-bidi:bidi-override'>5.21</span>", "12.5"),
    ],
)
def test_what_styles_print_and_turn_is_read_as_it_is_displayed(inside: str, read: str) -> None:
    sheet = """<style>.minus::before{content:"\\2212"} .whole:after{content:'2,000'} .own::before{content:attr(data-a)}</style>"""
    assert displayed(f"<td>{inside}", sheet)[0] == ["合计", read.replace("-", "−")]


@pytest.mark.parametrize(
    "selector",
    [
        "td:not(.shown)", "td:is(.a, .b)", "td:nth-child(n+3)", "td:nth-child(2n + 1)", "td:nth-last-child(1)",
        "td:nth-child(-n+3):not(:first-child):not(.shown)",
    ],
)  # fmt: skip
def test_what_a_selector_of_many_hides_is_left_out(selector: str) -> None:
    sheet = f"<style>{selector}{{visibility:hidden}}</style>"
    reading = reading_of(
        f"{sheet}<table><tr><th>项目<th>预算数<th>藏</tr><tr><td class=shown>合计<td class=shown>1.5<td class=b>9.5</table>"
    )
    assert "9.5" not in grids(reading.layouts)[0]


def test_a_cell_that_holds_a_picture_alone_is_a_gap() -> None:
    assert table("<td><img src=a.png></td>").page_errors == [
        "1 cells of its tables hold pictures or scripts alone, which are not read: save it as PDF"
    ]
    assert table("<td><img src=a.png width=1></td>").page_errors == []


@pytest.mark.parametrize(
    "sheet",
    [
        "td{& .a{display:none}}",
        "table{.a{visibility:hidden}}",
        "span{&.a{display:none}}",
        ".a{@media screen{display:none}}",
        "@media (min-width:320px) and (orientation:landscape){.a{display:none}}",
        "@media not print{.a{display:none}}",
        "@layer old{.a{display:none}}",
        "@import url(x.css);.a{display:none}",
        "td:nth-of-type(2) span:first-of-type{display:none}",
        "td:has(.a){opacity:.01}",
        "[class$=a]{font:0/0 x}",
        "td :is(.b,span:not(.c)){display:none}",
        ".a{color:#f8f8f8}",
        "tr{color:snow}tr:last-child{color:#000}",
        ".a{display:block;clip-path:polygon(0 0,0 0,0 0)}",
        ".a{position:relative;left:-9999px}",
        ".a{display:block;transform:translateX(-9999px)}",
        ".a{display:block;text-indent:100%;overflow:hidden}",
        ".a{-webkit-text-security:disc}",
        ".a{mask:linear-gradient(transparent,transparent)}",
    ],
)
def test_what_a_style_sheet_hides_on_a_screen_is_left_out(sheet: str) -> None:
    assert displayed("<td><span class=a>9.5</span><tr><td>小计<td>1.5", f"<style>{sheet}</style>")[0][1] != "9.5"


@pytest.mark.parametrize(
    "sheet",
    [
        "@media (max-width:768px){.a{display:none}}",
        "@media only print{.a{display:none}}",
        "@supports not (display:block){.a{display:none}}",
        "@keyframes k{from{opacity:0}}",
        "@layer x{.a{display:none}}.a{display:inline}",
        "tr+tr td{font-size:0}td .a{font-size:14px}",
        "tr+tr td{visibility:hidden}td .a{visibility:visible}",
        "tr{background:#234;color:#fff}",
        ".a{width:0;overflow:hidden}",
        ".a{display:none;display:revert}",
        ".a:hover{display:none}",
        "body{opacity:0;visibility:hidden}body.ready{opacity:1;visibility:visible}",
    ],
)
def test_what_a_style_sheet_shows_on_a_screen_is_read(sheet: str) -> None:
    assert "9.5" in displayed("<td><span class=a>9.5</span>", f"<style>{sheet}</style>")[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<i style='position:relative;left:9px'>1</i><i>2.5</i>",
        "<i style='order:2'>1</i><i>2.5</i>",
        "<b style='display:flex;flex-direction:row-reverse'><i>1</i><i>2.5</i></b>",
        "<i style='float:right'>1</i>2.5",
        "<i style='font-family:own'>12.5</i>",
        "<i style='font-family:own'>&#xe101;</i>",
    ],
)
def test_digits_that_are_moved_or_of_a_font_of_the_page_are_not_read(inside: str) -> None:
    sheet = "<style>@font-face{font-family:own;src:url(data:font/ttf;base64,AA)}</style>"
    assert "\ufffd" in displayed(f"<td>{inside}<tr><td>小计<td>1.5", sheet)[0][1]


def test_a_unit_that_a_style_prints_behind_a_figure_is_read() -> None:
    sheet = "<style>.unit::after{content:'万'}</style>"
    assert displayed("<td><i class=unit>1.5</i><tr><td>小计<td>1.5", sheet)[0][1] == "1.5万"


def test_a_header_that_a_style_prints_before_each_cell_is_no_part_of_its_figure() -> None:
    sheet = "<style>td::before{content:attr(data-label)}</style>"
    assert displayed("<td data-label='预算数'>1.5<tr><td>小计<td>1.5", sheet)[0][1] == "1.5"


@pytest.mark.parametrize("style", ["a{color:" + 3000 * "(" + "}", 2000 * ":is(" + "a" + 2000 * ")" + "{display:none}"])
def test_styles_nested_without_end_are_refused(style: str) -> None:
    with pytest.raises(NotADocumentError, match="nested too deep"):
        displayed("<td>1.5", f"<style>{style}</style>")


@pytest.mark.parametrize("style", [3000 * "a{", 30 * ":is(a,b)" + "{display:none}", 3000 * "a " + "{display:none}"])
def test_styles_of_any_length_stop_no_reader(style: str) -> None:
    assert displayed("<td>1.5", f"<style>{style}</style>")[0] == ["合计", "1.5"]


@pytest.mark.parametrize(
    ("inside", "sheet"),
    [
        ("9.5<hr>", "hr{position:absolute;top:8px}"),
        ("9.5<hr>", "hr{margin-top:-9px}"),
        ("9.5<div></div>", "div{position:absolute;left:0;width:100%;top:50%;height:1px;background:#000}"),
        ("9.5<div></div>", "div{position:absolute;inset:0;background:#fff}"),
        ("9.5<svg></svg>", "svg{position:absolute;left:0;top:0;width:100%}"),
        ("9.5", ".k::after{content:'';position:absolute;top:0;left:0;right:0;bottom:0;background:#fff}"),
        ("9.5", ".k{background:url('data:image/svg+xml;utf8,<svg/>')}"),
        ("<b>9.5</b>", "b{position:relative;z-index:-1}"),
        ("<b>9.5</b>", "b{content:url(a.png)}"),
        ("9.5", ".k::first-letter{font-size:0}"),
        ("19.5", ".k::first-letter{color:#fff}"),
        ("9.5", ".k::first-line{text-decoration:line-through}"),
        ("<ol><li>9.5</ol>", ""),
        ("<ul><li>9.5</ul>", "li::marker{content:'1'}"),
        ("<ul><li>9.5</ul>", "li{list-style:decimal}"),
        ("<ul><li>9.5</ul>", "li{list-style-type:'-'}"),
        ("9.5", ".k::before{content:counter(row)}"),
        ("9.5", ".k{grid-column:2} tr{display:grid}"),
        ("9.5", ".k{translate:90px}"),
        ("<select multiple><option>1<option selected>9.5</select>", ""),
    ],
)
def test_figures_that_something_is_put_over_or_before_or_that_are_elsewhere_are_unread(inside: str, sheet: str) -> None:
    whole = f"<style>{sheet}</style><table><tr><th>项目<th>预算数<tr><td>小计<td>1.5<tr><td>合计<td class=k>{inside}</table>"
    (grid,) = reading_of(whole.encode()).layouts[0].grids
    assert grid.cells[-1].text.startswith("\ufffd")


@pytest.mark.parametrize(
    ("inside", "sheet", "read"),
    [
        ("其中<hr>9.5", "", "其中\n9.5"),
        ("<ul><li>9.5</ul>", "", "9.5"),
        ("<ol><li>9.5</ol>", "ol{list-style:none}", "9.5"),
        ("9.5<i></i>", "i{position:absolute;right:0;background:red}", "9.5"),
        ("9.5<svg></svg>", "svg{position:absolute;right:0;top:3px;width:9px}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;left:0;right:0;bottom:0;height:1px;background:#ddd}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;inset:0;background:rgba(0,0,0,.03)}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;inset:0;border:1px solid #ddd}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;inset:0;background:rgba(0,0,0,0)}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;inset:0;background:#000;display:none}", "9.5"),
        ("9.5", "td::after{content:'';position:absolute;inset:0;background:#000;transform:scaleX(0)}", "9.5"),
        ("9.5", "td::before{content:'';position:absolute;inset:0;background:#eee;z-index:-1}", "9.5"),
        ("<b>9.5</b>", "td::before{content:'';position:absolute;inset:0;background:#eee} b{position:relative}", "9.5"),
        ("<i></i><b>9.5</b>", "i{position:absolute;inset:0;background:#eee} b{position:relative}", "9.5"),
        ("<ul><li>9.5</ul>", "ul{list-style:none url(dot.gif)}", "9.5"),
        ("9.5", "td{background:#06c;color:#fff} td::first-letter{color:#fff}", "9.5"),
        ("9.5", "td{order:0;translate:0 0}", "9.5"),
        ("9.5", "td,th{order:1}", "9.5"),
        ("9.5", "td::first-letter{color:#c00}", "9.5"),
        ("9.5", "td::before{content:counter(row) '. '}", "9.5"),
        ("9.5", "td::before{content:'-' ''}", "-9.5"),
        ("9.5", "td::before{content:'-' / 'minus'}", "-9.5"),
        ("9.5", "td::before{content:'\\2d'}", "-9.5"),
    ],
)
def test_what_is_beside_a_figure_or_moves_with_its_head_leaves_it_as_it_is(inside: str, sheet: str, read: str) -> None:
    whole = f"<style>{sheet}</style><table><tr><th>项目<th>预算数<tr><th>合计<td>{inside}</table>"
    (grid,) = reading_of(whole.encode()).layouts[0].grids
    assert grid.cells[-1].text == read


HIDING = ".a{display:none}"


@pytest.mark.parametrize(
    "head",
    [
        f"<style>@import url('data:text/css,{HIDING.replace('{', '%7B').replace('}', '%7D')}');</style>",
        f"<link rel=stylesheet href='data:text/css;base64,{base64.b64encode(HIDING.encode()).decode()}'>",
        f"<style>@scope (table){{{HIDING}}}</style>",
        "<style>.a{translate:-9999px}</style>",
        "<style>.a{rotate:180deg}</style>",
        "<style>.a{color:light-dark(#fff,#000)}</style>",
    ],
)
def test_what_style_sheets_within_addresses_and_scopes_hide_is_left_out(head: str) -> None:
    assert "9.5" not in displayed("<td><span class=a>9.5</span><tr><td>小计<td>1.5", head)[0]


@pytest.mark.parametrize("address", ["data:text/css;base64,A", "data:image/png,A", "a.css"])
def test_a_linked_style_sheet_that_is_no_text_says_nothing(address: str) -> None:
    head = f"<link rel=stylesheet href='{address}'>"
    assert "9.5" in displayed("<td><span class=a>9.5</span>", head)[0]
