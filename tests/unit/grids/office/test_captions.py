"""One raster of cells → captions, tables and notes."""

from __future__ import annotations

import pytest

from extractor.grids.office.captions import MAX_LABEL_CHARS, cut
from extractor.grids.office.raster import Box, RawTable

NOTE = "注：" + "本表按预算管理一体化系统口径填列" * 3


def raster(*rows: str, widths: tuple[float, ...] = ()) -> RawTable:
    """Make a raster from lines of cells separated by blanks; a dot is blank, `甲*3` covers three columns, `甲^2` two rows."""
    boxes = []
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in row.split():
            text, _, wide = cell.partition("*")
            text, _, tall = text.partition("^")
            if text != ".":
                boxes.append(Box(number, column, int(tall or 1), int(wide or 1), text))
            column += int(wide or 1)
        width = max(width, column)
    return RawTable(len(rows), width, tuple(boxes), widths)


def blocks(*rows: str) -> list[str | list[str]]:
    """Return captions and notes as texts, tables as the texts of their cells."""
    return [b if isinstance(b, str) else [box.text for box in b.boxes] for b in cut(raster(*rows))]


TABLE = ("项目 基本 合计", "收入 1.5 1.5")
CELLS = ["项目", "基本", "合计", "收入", "1.5", "1.5"]


def test_a_table_without_captions_is_left_alone() -> None:
    table = raster(*TABLE)
    assert list(cut(table)) == [table]


def test_captions_above_a_table_are_lines() -> None:
    assert blocks("收支预算总表*3", "部门：示例局 . 单位：万元", *TABLE) == [
        "收支预算总表", "部门：示例局", "单位：万元", CELLS,
    ]  # fmt: skip


def test_notes_under_a_table_are_lines_after_it() -> None:
    assert blocks(*TABLE, "注：无*3") == [CELLS, "注：无"]
    assert blocks(*TABLE, f"{NOTE} . .") == [CELLS, NOTE]
    assert len(NOTE) > MAX_LABEL_CHARS


def test_a_label_alone_in_the_last_row_is_a_row() -> None:
    assert blocks(*TABLE, "其中 . .") == [[*CELLS, "其中"]]


def test_a_group_over_some_columns_is_a_header_and_no_caption() -> None:
    (found,) = blocks(". 支出*2 . .", "项目 基本 项目支出 收入 合计", "甲 1.5 1.5 1.5 1.5")
    assert found[0] == "支出"


def test_a_header_that_reaches_down_begins_the_table() -> None:
    (found,) = blocks("项目^2 . .", ". 基本 合计", "收入 1.5 1.5")
    assert found[:2] == ["项目", "基本"]


def test_figures_are_never_a_caption() -> None:
    assert blocks("1.5 . .", *TABLE) == [["1.5", *CELLS]]


def test_tables_under_each_other_are_split_at_their_titles() -> None:
    assert blocks("表一 . .", *TABLE, "表二 . .", *TABLE) == ["表一", CELLS, "表二", CELLS]


def test_tables_under_each_other_are_split_at_an_empty_row_with_a_caption() -> None:
    assert blocks(*TABLE, ". . .", "又一份*3", *TABLE) == [CELLS, "又一份", CELLS]


@pytest.mark.parametrize("title", ["附表5", "表 三", "收入情况表", "支出总表（草案）", "表1-2"])
def test_what_titles_of_tables_look_like(title: str) -> None:
    assert blocks(*TABLE, f"{title.replace(' ', '')} . .", *TABLE)[1] == title.replace(" ", "")


def test_a_heading_among_rows_of_amounts_splits_nothing() -> None:
    (found,) = blocks(*TABLE, "二、支出 . .", "教育 2.5 2.5")
    assert "二、支出" in found


def test_a_narrow_table_among_others_has_its_own_columns_and_their_widths() -> None:
    first, second = (
        block
        for block in cut(
            raster("项目 甲 乙 丙", "收入 1 2 3", "表二 . . .", "科目 . 数 .", "合计 . 2.5 .", widths=(10, 20, 30, 40))
        )
        if isinstance(block, RawTable)
    )
    assert (first.columns, second.columns) == (4, 2)
    assert [(box.column, box.text) for box in second.boxes] == [(0, "科目"), (1, "数"), (0, "合计"), (1, "2.5")]
    assert second.widths == (30, 30)


def test_every_text_comes_out_once() -> None:
    texts = [
        t
        for block in blocks("表一 . .", ". . .", *TABLE, NOTE + " . .", "表二*3", *TABLE)
        for t in ([block] if isinstance(block, str) else block)
    ]
    assert sorted(texts) == sorted(["表一", *CELLS, NOTE, "表二", *CELLS])
