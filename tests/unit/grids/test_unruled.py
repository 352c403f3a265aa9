"""Tables without a full lattice: the same cells as their ruled selves, and nothing where there is no table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from support.common import read_tables
from support.pdf_maker import HEIGHT, SPENDING, SUMMARY, Draw, Sheet, Table, lattice, page_of, pdf_of, three_rules
from unruled_agreement import CORPUS, Entry, entries, measure, pages_of

from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import Grid, PageLayout
from extractor.grids.second_readers.camelot import read_camelot
from extractor.vocabulary.vocabulary import Vocabulary

# Share of amounts over one PDF in twelve of the corpus; they only rise.
FLOORS = {"recall": 1.0, "row": 1.0, "column": 1.0, "all": 1.0}


def read(vocabulary: Vocabulary, *draw: Draw) -> tuple[PageLayout, Counter[Entry]]:
    layout = read_layout(page_of(*draw))
    return layout, Counter(entries(read_tables([layout], vocabulary)))


def texts(grid: Grid) -> list[str]:
    return [cell.text for cell in grid.cells]


def nothing(table: Table, sheet: Sheet) -> None:
    del table, sheet


def sides(
    table: Table, sheet: Sheet, gap: float = 0.0, without: tuple[int, ...] = (), upto: int = 99, dash: bool = False
) -> None:
    """Draw cells one by one: apart from each other, without some verticals, down to some row, or as short strokes."""
    for x0, top, x1, bottom, _, _ in table.boxes():
        if bottom > table.ys[min(upto, len(table.ys) - 1)] + 0.1:
            continue
        strokes = [(x0 + gap, y, x1 - gap, y) for y in (top + gap, bottom - gap)]
        missing = [table.xs[n] for n in without]
        strokes += [(x, top + gap, x, bottom - gap) for x in (x0 + gap, x1 - gap) if x not in missing]
        for stroke in strokes:
            for rule in dashes(stroke) if dash else [stroke]:
                sheet.rule(*rule)


def dashes(stroke: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    x0, y0, x1, y1 = stroke
    count = int(max(x1 - x0, y1 - y0) / 3.5)
    return [
        (x0, y0 + 3.5 * n, x0, y0 + 3.5 * n + 2) if x0 == x1 else (x0 + 3.5 * n, y0, x0 + 3.5 * n + 2, y0)
        for n in range(count)
    ]


def zebra(table: Table, sheet: Sheet) -> None:
    sheet.canvas.setFillGray(0.85)
    for top, bottom in list(pairwise(table.ys))[::2]:
        width = table.xs[-1] - table.xs[0]
        sheet.canvas.rect(table.xs[0], HEIGHT - bottom, width, bottom - top, stroke=0, fill=1)
    sheet.canvas.setFillGray(0)


def white(table: Table, sheet: Sheet) -> None:
    sheet.canvas.setStrokeGray(1)
    lattice(table, sheet)
    sheet.canvas.setStrokeGray(0)


def dash_pattern(table: Table, sheet: Sheet) -> None:
    sheet.canvas.setDash(2, 2)
    lattice(table, sheet)
    sheet.canvas.setDash()


def rects_by_character(table: Table, sheet: Sheet) -> None:
    for x0, top, x1, bottom, _, _ in table.boxes():
        for y in (top, bottom):
            for n in range(int((x1 - x0) / 4.5) + 1):
                sheet.canvas.rect(x0 + 4.5 * n, HEIGHT - y - 0.25, min(4.5, x1 - x0 - 4.5 * n), 0.5, stroke=0, fill=1)
        for x in (x0, x1):
            sheet.canvas.rect(x - 0.25, HEIGHT - bottom, 0.5, bottom - top, stroke=0, fill=1)


def twice(table: Table, sheet: Sheet) -> None:
    lattice(table, sheet)
    sides(table, sheet, gap=1.2)


WAYS = {
    "no rules": nothing,
    "horizontal rules": partial(lattice, vertical=False),
    "three rules": three_rules,
    "stripes": zebra,
    "header ruled": lambda table, sheet: sides(table, sheet, upto=table.depth),
    "last rows hang under the frame": lambda table, sheet: sides(table, sheet, upto=len(table.ys) - 3),
    "cells apart": partial(sides, gap=2.2),
    "no outer verticals": lambda table, sheet: sides(table, sheet, without=(0, len(table.widths))),
    "second vertical missing": partial(sides, without=(2,)),
    "third vertical missing": partial(sides, without=(3,)),
    "short strokes": partial(sides, dash=True),
    "dashed": dash_pattern,
    "white": white,
    "double": twice,
    "rectangles for each character": rects_by_character,
}


@pytest.mark.parametrize("table", [SPENDING, SUMMARY], ids=["spending", "summary"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_rule_a_table_reads_alike(way: str, table: Table, vocabulary: Vocabulary) -> None:
    _, truth = read(vocabulary, table.texts, partial(lattice, table))
    layout, got = read(vocabulary, partial(WAYS[way], table), table.texts)
    assert truth
    assert got == truth
    assert len(layout.grids) == 1


THREE = ("一般预算", "基金预算", "国资预算")
DEEP = Table(
    widths=(60, *(46,) * 15),
    header=(
        (0, 0, 3, 1, "年度"), (0, 1, 2, 3, "总计"), (0, 4, 2, 3, "公务接待费"), (0, 7, 1, 9, "公务用车购置及运行维护费"),
        (1, 7, 1, 3, "小计"), (1, 10, 1, 3, "公务用车购置费"), (1, 13, 1, 3, "公务用车运行维护费"),
        *((2, 1 + column, 1, 1, THREE[column % 3]) for column in range(15)),
    ),
    rows=tuple((year, *(f"{number}.{column:02}" for column in range(15))) for number, year in enumerate(("甲", "乙", "丙"))),
    left=30,
    size=7,
)  # fmt: skip


def horizontals(table: Table, sheet: Sheet) -> None:
    lattice(table, sheet, vertical=False)


def test_groups_of_a_header_are_no_wider_than_the_rules_over_and_under_them(vocabulary: Vocabulary) -> None:
    _, truth = read(vocabulary, DEEP.texts, partial(lattice, DEEP))
    layout, got = read(vocabulary, DEEP.texts, partial(horizontals, DEEP))
    assert truth
    assert got == truth
    (grid,) = layout.grids
    spans = {cell.text: (cell.column, cell.column_span) for cell in grid.cells if cell.row < 2}
    assert [spans[text] for text in ("公务接待费", "小计", "公务用车购置费")] == [(4, 3), (7, 3), (10, 3)]


def test_an_unruled_grid_says_so_and_keeps_its_spans(vocabulary: Vocabulary) -> None:
    layout, _ = read(vocabulary, SPENDING.texts)
    (grid,) = layout.grids
    assert not grid.ruled
    assert grid.reading == "pdfium"
    spans = {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells if cell.row < 2}
    assert spans["基本支出"] == (0, 3, 1, 2)
    assert spans["项目"] == (0, 0, 1, 2)
    assert [line.text for line in layout.lines] == ["支出预算总表", "单位：万元"]


def test_an_amount_that_wraps_without_rules_is_whole_or_not_read() -> None:
    table = replace(SUMMARY, rows=(("甲类\n支出", "1,234.5\n6", "乙", "12.34"), ("丙", "78.90", "丁\n类", "56.78")))
    (grid,) = read_layout(page_of(table.texts)).grids
    assert "1,234.56" in texts(grid)


def test_tables_beside_and_above_each_other_stay_apart() -> None:
    small: Table = replace(
        SUMMARY,
        widths=(150, 80),
        header=((0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数")),
        rows=(("一、甲类支出", "1,000.00"), ("二、乙类支出", "2,000.00"), ("三、丙类支出", "3,000.00")),
    )
    beside = replace(small, left=400, height=25, rows=(*small.rows, ("四、其他", "4.00")))
    below = replace(small, top=320, title="支出表")
    layout = read_layout(page_of(small.texts, beside.texts, below.texts))
    assert [(grid.rows, grid.columns) for grid in layout.grids] == [(4, 2), (5, 2), (4, 2)]


def test_notes_running_headers_and_page_numbers_are_in_no_grid() -> None:
    def around(sheet: Sheet) -> None:
        sheet.text(50, 30, "某某市某某局2026年部门预算")
        sheet.text(50, SPENDING.ys[-1] + 14, "注：本表反映收支情况，金额为1,234.00万元。")
        sheet.text(400, 570, "- 12 -")

    layout = read_layout(page_of(SPENDING.texts, around))
    assert [(grid.rows, grid.columns) for grid in layout.grids] == [(9, 6)]
    assert len(layout.lines) == 5


def contents(sheet: Sheet) -> None:
    for n, (text, number) in enumerate([("部门概况", 1), ("机构设置", 2), ("收支总表", 5), ("收入总表", 12)]):
        sheet.text(60, 100 + 22 * n, text)
        sheet.text(760, 100 + 22 * n, str(number), "right")


def units(sheet: Sheet) -> None:
    sheet.text(60, 90, "部门下属单位及人员情况如下：")
    for n, (text, count) in enumerate(
        [("某某局（本级）", 35), ("某某中心", 18), ("某某研究所", 126), ("某某学校", 210)]
    ):
        sheet.text(60, 120 + 20 * n, f"{n + 1}. {text}")
        sheet.text(360, 120 + 20 * n, str(count), "right")


def prose(sheet: Sheet) -> None:
    lines = [
        "2026年，本部门收入预算 1,234.50 万元，比上年增加 234.50",
        "万元，增长 23.4 %。其中：一般公共预算拨款 1,000.00",
        "万元，政府性基金预算拨款 34.50 万元，其他收入 200.00",
        "万元。支出预算 1,234.50 万元，其中基本支出 1,000.00",
        "万元，项目支出 234.50 万元。",
    ]
    for n, line in enumerate(lines):
        sheet.text(60, 100 + 20 * n, line, size=14)


@pytest.mark.parametrize("page", [contents, units, prose])
def test_no_table_where_none_is(page: Draw) -> None:
    assert read_layout(page_of(page)).grids == ()


def test_the_rest_of_a_cut_cell_at_the_edge_of_the_page_is_no_table() -> None:
    table = replace(SUMMARY, top=HEIGHT - 7 * 22 - 30)

    def cut(sheet: Sheet) -> None:
        for n in range(3):
            y = table.ys[-1] + 8 + 9 * n
            sheet.text(table.xs[0] + 2, y, "续上")
            sheet.text(table.xs[2] - 2, y, "12.34", "right")

    layout = read_layout(page_of(table.texts, partial(lattice, table), cut))
    assert [(grid.ruled, grid.rows) for grid in layout.grids] == [(True, 7)]


def test_a_cell_set_in_two_columns_of_characters_is_read_column_by_column() -> None:
    table = replace(SUMMARY, header=(*SUMMARY.header[:1], *SUMMARY.header[2:]), height=50)

    def downwards(sheet: Sheet) -> None:
        for x, text in ((400, "公务用车"), (409, "购置费")):
            for n, char in enumerate(text):
                sheet.text(x, table.top + 6 + 9 * n, char, "center", 8)

    (grid,) = read_layout(page_of(table.texts, partial(lattice, table), downwards)).grids
    assert "公务用车\n购置费" in texts(grid)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_camelot_reads_unruled_pages_too() -> None:
    (layout,) = read_camelot(pdf_of(SUMMARY.texts), [1])
    (grid,) = layout.grids
    assert not grid.ruled
    assert {"6,000.00", "1,076.55"} <= {text.strip() for text in texts(grid)}


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.unmeasured
def test_real_pages_without_their_rules_read_as_with_them(vocabulary: Vocabulary) -> None:
    paths = sorted(CORPUS.glob("*/*.pdf"))[::12]
    for name, result in measure(pages_of(paths, vocabulary), vocabulary).items():
        shares = {aspect: result.share(aspect) for aspect in FLOORS}
        assert all(shares[aspect] >= floor for aspect, floor in FLOORS.items()), (name, shares)
        assert result.phantoms == 0, name
        assert result.prose > 0
