"""Header texts over columns → header cells: lines that wrap, group texts and their spans, header rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from support.small_lines import EM, centred

from extractor.grids.geometry.unruled.columns import ColumnExtent
from extractor.grids.geometry.unruled.header import HeaderGrid, read_header_cells, read_leaves
from extractor.grids.geometry.unruled.tokens import Token

Span = tuple[str, int, int, int, int]  # text, first and last column, row, row span
EDGES = (0.0, 100.0, 200.0, 300.0, 400.0)
EXTENTS = [ColumnExtent(low + 20, low + 80) for low in EDGES[:-1]]


def over(text: str, column: float, y: float) -> Token:
    """Set a text in the middle of a column; 1.5 is between the second and the third."""
    return centred(text, 50 + 100 * column, y)


def cells_of(
    *lines: Sequence[Token],
    rules: Sequence[tuple[float, float, float]] = (),
    bottom: float = 60,
    extents: Sequence[ColumnExtent] = EXTENTS,
) -> set[Span]:
    grid = HeaderGrid(lines, extents, rules, EM, bottom)
    cells = read_header_cells(*read_leaves(grid), grid, EDGES)
    return {
        ("".join(t.text for t in sorted(c.tokens, key=lambda t: t.top)), c.first, c.last, c.row, c.row_span)
        for c in cells
    }


LEAVES = [over(text, n, 50) for n, text in enumerate(("名称", "合计", "基本", "项目"))]


def test_a_text_over_each_column_is_a_header_of_one_row() -> None:
    assert cells_of(LEAVES) == {("名称", 0, 0, 0, 1), ("合计", 1, 1, 0, 1), ("基本", 2, 2, 0, 1), ("项目", 3, 3, 0, 1)}


def test_a_text_close_above_another_is_its_first_line_where_the_row_is_as_high() -> None:
    beside = [over(text, n, 43) for n, text in ((0, "名称"), (2, "基本"), (3, "项目"))]
    assert ("一般合计", 1, 1, 0, 1) in cells_of([over("一般", 1, 36)], beside, [over("合计", 1, 50)])


def test_the_closest_lines_are_one_cell_whatever_stands_beside_them() -> None:
    lower = [over("名称", 0, 50), over("合计", 1, 50), over("项目", 3, 50)]
    assert ("一般合计", 1, 1, 0, 1) in cells_of([over("一般", 1, 38)], [over("基本", 2, 47)], lower)


def test_texts_far_above_that_span_one_column_each_are_lines_of_the_cells_below() -> None:
    cells = cells_of([over("一般", 1, 20), over("专项", 2, 20)], LEAVES)
    assert {("一般合计", 1, 1, 0, 1), ("专项基本", 2, 2, 0, 1)} <= cells


def test_a_text_close_above_a_row_of_single_lines_is_a_group() -> None:
    cells = cells_of([over("一般", 1, 38)], LEAVES)
    assert ("合计", 1, 1, 1, 1) in cells
    assert ("一般", 0, 2, 0, 1) in cells


def test_lines_that_are_level_with_no_text_beside_them_are_one_cell_over_two_header_rows() -> None:
    groups, first, second = over("单位资金", 2.5, 22), over("专户管理", 1, 31), over("资金", 1, 47)
    beside = ([over("事业收入", 2, 42)], [over("其他", 3, 50)], [over("拨款", 2, 58)])
    lines = ([groups], [first], beside[0], [second], *beside[1:])
    leaves, rest = read_leaves(HeaderGrid(lines, EXTENTS, (), EM, 70))
    assert rest == [groups]
    assert [second, first] in [leaf.tokens for leaf in leaves]


def test_lines_a_little_apart_are_one_cell_where_the_column_beside_has_a_line_there_too() -> None:
    both = [over("一般", 1, 34), over("专项", 2, 34)]
    cells = cells_of(both, LEAVES)
    assert {("一般合计", 1, 1, 0, 1), ("专项基本", 2, 2, 0, 1)} <= cells


def test_a_group_spans_the_columns_that_it_is_centred_over() -> None:
    leaves = [over("名称", 0, 35), *LEAVES[1:]]
    assert ("支出", 1, 3, 0, 1) in cells_of([over("支出", 2, 20)], leaves)
    assert ("支出", 2, 3, 0, 1) in cells_of([over("支出", 2.5, 20)], [*leaves[:1], over("合计", 1, 35), *LEAVES[2:]])


def test_a_cell_beside_a_group_reaches_down_over_both_rows() -> None:
    cells = cells_of([over("支出", 2, 20)], [over("名称", 0, 35)], LEAVES[1:])
    assert ("名称", 0, 0, 0, 2) in cells
    assert ("合计", 1, 1, 1, 1) in cells


def test_two_groups_share_the_columns_without_a_gap() -> None:
    groups = [centred("收入", 130, 20), centred("支出", 270, 20)]
    assert {("收入", 0, 1, 0, 1), ("支出", 2, 3, 0, 1)} <= cells_of(groups, LEAVES)


def test_a_group_a_little_off_its_centre_leaves_no_column_without_a_group() -> None:
    groups = [centred("收入", 66, 20), over("支出", 2.5, 20)]
    assert ("收入", 0, 1, 0, 1) in cells_of(groups, LEAVES)


def test_a_group_does_not_cut_the_group_below_it() -> None:
    lower = [over("其中", 2.5, 35)]
    cells = cells_of([centred("支出", 205, 20)], [over("名称", 0, 26)], lower, LEAVES[1:])
    assert ("其中", 2, 3, 1, 1) in cells
    assert ("支出", 1, 3, 0, 1) in cells


def test_rules_under_a_group_show_which_columns_are_its_own() -> None:
    group, rule = [over("支出", 2, 20)], (30.0, 202.0, 298.0)
    assert ("支出", 2, 2, 0, 1) in cells_of(group, LEAVES, rules=[rule])
    assert ("支出", 1, 3, 0, 1) in cells_of(group, LEAVES, rules=[(30.0, 102.0, 398.0)])


def test_a_rule_between_two_close_texts_separates_them() -> None:
    beside = [over(text, n, 43) for n, text in ((0, "名称"), (2, "基本"), (3, "项目"))]
    lines = ([over("一般", 1, 36)], beside, [over("合计", 1, 50)])
    assert ("一般", 1, 1, 0, 1) in cells_of(*lines, rules=[(43.0, 102.0, 198.0)])


def test_a_group_does_not_span_two_columns_of_one_text() -> None:
    leaves = [over(text, n, 50) for n, text in enumerate(("预算", "基金", "预算", "基金"))]
    cells = cells_of([over("接待费", 0.5, 20)], [over("小计", 2.2, 35)], leaves)
    assert ("小计", 2, 3, 1, 1) in cells or ("小计", 2, 3, 0, 1) in cells


def test_a_group_spans_columns_of_one_text_with_labels_between_them() -> None:
    leaves = [over(text, n, 50) for n, text in enumerate(("科目", "预算数", "分类", "预算数"))]
    labelled = [replace(e, tokens=[(0, over("教育", n, 70))]) if n % 2 == 0 else e for n, e in enumerate(EXTENTS)]
    assert ("支出", 0, 3, 0, 1) in cells_of([over("支出", 1.5, 20)], leaves, extents=labelled)


def test_letters_of_columns_are_a_row_under_the_header() -> None:
    named = [over("地区", 0, 40), over("一般债务", 2, 48), over("专项债务", 3, 48)]
    letters = [over(text, n, 62) for n, text in enumerate(("公式", "A=B+C", "B", "C"))]
    money = [EXTENTS[0], *(replace(e, tokens=[(0, centred("1.00", e.center, 80))]) for e in EXTENTS[1:])]
    cells = cells_of([over("债务限额", 2, 32)], named, letters, bottom=70, extents=money)
    assert {("债务限额", 1, 3, 0, 1), ("一般债务", 2, 2, 1, 1), ("A=B+C", 1, 1, 2, 1), ("B", 2, 2, 2, 1)} <= cells


def test_a_group_spans_the_sum_of_its_parts_that_has_no_text_of_its_own() -> None:
    money = [EXTENTS[0], *(replace(e, tokens=[(0, centred("1.00", e.center, 80))]) for e in EXTENTS[1:])]
    leaves = [over("地区", 0, 40), over("一般债务", 2, 50), over("专项债务", 3, 50)]
    assert ("债务限额", 1, 3, 0, 1) in cells_of([over("债务限额", 2, 30)], leaves, extents=money)


def test_a_cell_in_the_middle_of_the_header_is_in_no_group_though_groups_are() -> None:
    leaves = [over("会议费", 0, 41), *LEAVES[1:3], over("接待费", 3, 47)]
    cells = cells_of([over("三公经费", 2, 20)], [over("车辆", 1.5, 35)], leaves)
    assert ("三公经费", 1, 3, 0, 1) in cells


def test_a_group_beside_another_is_no_part_of_it_though_it_stands_lower() -> None:
    leaves = [over(text, n, 60) for n, text in enumerate(("小计", "本金", "小计", "本金"))]
    cells = cells_of([over("债券", 2.5, 40)], [over("债务", 0.5, 30)], leaves, bottom=70)
    assert {("债务", 0, 1, 0, 1), ("债券", 2, 3, 0, 1)} <= cells
