"""Tables that Word documents set with tabs."""

from __future__ import annotations

import pytest
from support.format_writers import W, docx_of, docx_paragraph, package
from support.readings import reading_of

from extractor.grids.grid import Reading

Stops = tuple[tuple[float, str], ...]
STOPS: Stops = ((80, "left"), (250, "right"), (330, "right"), (410, "decimal"))
HEADER = "编码\t名称\t合计\t基本支出\t项目支出"
ROWS = (
    "201\t一般公共服务\t1,200.00\t800.00\t400.00",
    "20101\t人大事务\t\t\t400.00",
    "合计\t\t1,200.00\t800.00\t400.00",
)
READ = [HEADER.split("\t"), *(row.split("\t") for row in ROWS)]


def line(text: str, stops: Stops = (), more: str = "") -> str:
    tabs = "".join(f"<w:tab w:val='{kind}' w:pos='{int(20 * place)}'/>" for place, kind in stops)
    runs = (f"<w:r><w:t xml:space='preserve'>{part}</w:t></w:r>" if part else "" for part in text.split("\t"))
    return f"<w:p><w:pPr><w:tabs>{tabs}</w:tabs>{more}</w:pPr>{'<w:r><w:tab/></w:r>'.join(runs)}</w:p>"


def styled(body: str, styles: str, settings: str = "") -> bytes:
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return package(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": document,
            "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
            "word/settings.xml": f"<w:settings {W}>{settings}</w:settings>",
        }
    )


def rows_of(reading: Reading) -> list[list[str]]:
    return [
        [cell.text for cell in grid.cells if cell.row == row]
        for layout in reading.layouts
        for grid in layout.grids
        for row in range(grid.rows)
    ]


def lines_of(reading: Reading) -> list[str]:
    return [line.text for layout in reading.layouts for line in layout.lines]


def test_texts_at_one_stop_are_one_column_and_captions_stay_lines() -> None:
    caption = line("编制单位：某局\t\t单位：万元", STOPS)
    reading = reading_of(docx_of(caption + "".join(line(row, STOPS) for row in (HEADER, *ROWS))))
    assert (rows_of(reading), lines_of(reading), reading.page_errors) == (READ, ["编制单位：某局  单位：万元"], [])


def test_a_text_that_passes_a_stop_takes_the_tab_to_the_next() -> None:
    reading = reading_of(docx_of(line("科目\t\t金额") + line("一般公共服务\t1,200.00") + line("教育\t\t300.00")))
    assert rows_of(reading) == [["科目", "金额"], ["一般公共服务", "1,200.00"], ["教育", "300.00"]]


def test_a_header_with_stops_of_its_own_names_the_columns_in_their_order() -> None:
    header = line("科目\t合计\t基本", ((110, "center"), (190, "center")))
    body = (line(row, ((130, "right"), (210, "right"))) for row in ("教育\t1,200.00\t800.00", "卫生\t5.00\t5.00"))
    assert rows_of(reading_of(docx_of(header + "".join(body))))[0] == ["科目", "合计", "基本"]


def test_stops_and_size_come_from_styles_and_settings() -> None:
    own = "<w:style w:type='paragraph' w:styleId='own'><w:basedOn w:val='base'/></w:style>"
    base = (
        "<w:style w:type='paragraph' w:default='1' w:styleId='base'><w:pPr><w:tabs><w:tab w:val='left' w:pos='4000'/></w:tabs>"
        "</w:pPr><w:rPr><w:sz w:val='40'/></w:rPr></w:style>"
    )
    texts = ("科目\t金额", "一般公共服务\t1,200.00", "教育\t300.00")
    body = "".join(line(text, more="<w:pStyle w:val='own'/>") for text in texts)
    assert rows_of(reading_of(styled(body, own + base))) == [text.split("\t") for text in texts]
    # In type of 20 points, the second name is 120 points long, and ends at a stop of the settings.
    step = "<w:defaultTabStop w:val='2400'/>"
    other = base.replace("<w:tab w:val='left' w:pos='4000'/>", "")
    lacking = "".join(map(line, ("科目\t\t金额", "一般公共服务\t1,200.00", "教育\t\t300.00")))
    reading = reading_of(styled(lacking, other, step))
    assert rows_of(reading) == []
    assert reading.page_errors == [
        "has 3 lines of figures set with tabs, whose columns cannot be told: save it as PDF",
    ]


def test_where_texts_end_at_stops_lines_with_as_many_tabs_are_rows() -> None:
    texts = ("科目\t金额", "一般公共服务\t1,200.00", "教育\t300.00")
    assert rows_of(reading_of(docx_of("".join(line(text, ((63, "left"),)) for text in texts)))) == [
        text.split("\t") for text in texts
    ]


def test_a_figure_in_a_column_that_no_header_has_is_a_gap() -> None:
    body = line("科目\t合计\t基本", ((110, "center"), (190, "center"))) + line("教育\t1.00", ((130, "right"),))
    reading = reading_of(docx_of(body + line("卫生\t2.00", ((130, "right"),))))
    assert rows_of(reading) == []
    assert "3 lines of figures set with tabs" in reading.page_errors[0]


@pytest.mark.parametrize(
    "body",
    [
        line("第一部分 概况\t1") + line("第二部分 预算\t5"),
        line("科目\t1.0", ((300, "right"),)).replace("w:pos", "w:leader='dot' w:pos") * 2,
        line("\t2025年支出 1.00 万元"),
        docx_paragraph("一\t1.00"),
    ],
)
def test_contents_and_single_lines_are_no_table(body: str) -> None:
    reading = reading_of(docx_of(body))
    assert (rows_of(reading), reading.page_errors) == ([], [])


def test_figures_set_with_blanks_are_a_gap() -> None:
    reading = reading_of(docx_of(docx_paragraph("教育    1,200.00    800.00") + docx_paragraph("卫生  20.00　　8.00")))
    assert reading.page_errors == [
        "has 2 lines of figures set with blanks, whose columns cannot be told: save it as PDF"
    ]


def test_damaged_styles_say_nothing_of_tabs() -> None:
    body = "".join(line(row, STOPS) for row in (HEADER, *ROWS))
    assert rows_of(reading_of(styled(body, "<w:style>"))) == READ
    broken = "".join(line(row, STOPS) for row in (HEADER, *ROWS)).replace("w:pos='1600'", "w:pos='x'")
    assert reading_of(docx_of(broken)).layouts
