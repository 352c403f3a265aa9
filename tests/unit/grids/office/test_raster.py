"""Cells and lines without geometry, laid out on a raster that says order and indent."""

from __future__ import annotations

import pytest

from extractor.errors import NotADocumentError
from extractor.grids.grid import PageLayout
from extractor.grids.office.raster import (
    COLUMN,
    LINE,
    MAX_COLUMNS,
    ROW,
    Block,
    Box,
    RawTable,
    holds_amounts,
    indent_of,
    layout_of,
    tiled,
    visible,
)


def table_of(*rows: str, widths: tuple[float, ...] = ()) -> RawTable:
    """Make a table from lines of cells separated by blanks; a dot is an empty cell."""
    texts = [row.split() for row in rows]
    boxes = [
        Box(r, c, 1, 1, t.replace(".", "") if t == "." else t) for r, row in enumerate(texts) for c, t in enumerate(row)
    ]
    return RawTable(len(rows), max(map(len, texts)), tuple(boxes), widths)


def laid(*blocks: Block, left: float = 0.0) -> PageLayout:
    return layout_of(1, blocks, "docx", "a.docx", left)


def spans(table: RawTable) -> list[tuple[int, int, int, int, str]]:
    return [box[:5] for box in tiled(table)]


def test_places_without_a_box_are_empty_cells() -> None:
    assert spans(RawTable(2, 2, (Box(0, 0, 1, 1, "甲"),))) == [
        (0, 0, 1, 1, "甲"), (0, 1, 1, 1, ""), (1, 0, 1, 1, ""), (1, 1, 1, 1, ""),
    ]  # fmt: skip


def test_where_two_boxes_meet_the_first_has_the_place() -> None:
    wide, under, tall = Box(0, 0, 1, 3, "宽"), Box(0, 1, 1, 1, "下"), Box(0, 2, 2, 1, "高")
    assert spans(RawTable(2, 3, (wide, under, tall))) == [
        (0, 0, 1, 3, "宽"), (1, 0, 1, 1, ""), (1, 1, 1, 1, ""), (1, 2, 1, 1, ""),
    ]  # fmt: skip


def test_a_span_ends_where_another_box_stands_or_the_table_ends() -> None:
    long, block = Box(0, 0, 9, 9, "长"), Box(1, 1, 1, 1, "块")
    assert spans(RawTable(2, 2, (long, block)))[0] == (0, 0, 2, 2, "长")
    beside = Box(0, 1, 2, 1, "旁")
    assert spans(RawTable(2, 2, (beside, Box(1, 0, 1, 2, "末")))) == [
        (0, 0, 1, 1, ""), (0, 1, 2, 1, "旁"), (1, 0, 1, 1, "末"),
    ]  # fmt: skip


def test_a_box_outside_the_table_is_left_out() -> None:
    assert [
        box.text for box in tiled(RawTable(1, 1, (Box(0, 0, 1, 1, "甲"), Box(5, 0, 1, 1, "乙"), Box(0, 7, 1, 1, "丙"))))
    ] == ["甲"]


def test_lines_and_tables_stand_one_under_the_other() -> None:
    layout = laid("收支表\n单位：万元", table_of("项目 数", "合计 1.5"), "注")
    (grid,) = layout.grids
    assert [(line.text, line.top) for line in layout.lines] == [
        ("收支表", 0),
        ("单位：万元", LINE),
        ("注", grid.bottom),
    ]
    assert (grid.top, grid.bottom) == (2 * LINE, 2 * LINE + 2 * ROW)
    assert layout.text == "收支表\n单位：万元\n项目\n数\n合计\n1.5\n注"


def test_columns_are_as_wide_as_stated_or_all_alike() -> None:
    (grid,) = laid(table_of("项目 数", widths=(100.0, 30.0)), left=5.0).grids
    assert [(c.x0, c.x1) for c in grid.cells] == [(5.0, 105.0), (105.0, 135.0)]
    (grid,) = laid(table_of("项目 数", widths=(100.0,))).grids  # a width too few
    assert [c.x1 for c in grid.cells] == [COLUMN, 2 * COLUMN]


@pytest.mark.parametrize(
    ("after", "touches"),
    [
        (("项目 数", "其中 2.5"), True),  # its header repeated
        (("其中 2.5",), True),  # none of its own
        (("科目 决算数", "其中 2.5"), False),
        (("其中 2.5 3.5",), False),  # of another width
    ],
)
def test_only_a_table_that_goes_on_touches_the_one_above(after: tuple[str, ...], touches: bool) -> None:
    first, second = laid(table_of("项目 数", "合计 1.5"), table_of(*after)).grids
    assert (second.top == first.bottom) is touches


def test_a_line_between_two_tables_keeps_them_apart() -> None:
    first, second = laid(table_of("项目 数", "合计 1.5"), "表二", table_of("其中 2.5")).grids
    assert second.top > first.bottom


def test_a_table_larger_than_people_publish_is_refused() -> None:
    with pytest.raises(NotADocumentError, match=r"a\.docx: has a table of 1 rows and 1001 columns"):
        laid(RawTable(1, MAX_COLUMNS + 1, ()))
    with pytest.raises(NotADocumentError, match="no budget has one"):
        laid(RawTable(1_000_001, 1, ()))


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        (("项目 数", "合计 1.5"), True),
        (("项目 1.5", "合计 ."), True),
        (("1 2", "3 4"), False),  # a page switch
        (("一 二", "1 2"), True),  # under a text
        (("1 2", "一 二"), False),  # and not above one
        (("项目 1.5",), False),  # a lone row
        (("项目 数", "合计 无"), False),
    ],
)
def test_a_table_of_amounts_names_its_numbers(rows: tuple[str, ...], holds: bool) -> None:
    assert holds_amounts([laid(table_of(*rows))]) is holds


def test_marks_without_width_are_not_printed() -> None:
    assert visible("\ufeff 一般\u200b公共 \n\n 预算\u00ad ") == "一般公共\n预算"


@pytest.mark.parametrize(
    ("text", "points"), [("甲", 0), ("  甲", 10), ("　甲", 10), ("\u200b　 甲", 15), ("\n 甲", 0), ("\xa0甲", 5)]
)
def test_leading_blanks_indent(text: str, points: float) -> None:
    assert indent_of(text) == points
