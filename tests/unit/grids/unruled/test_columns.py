"""Tokens of rows → column extents and edges."""

from __future__ import annotations

from support.small_lines import centred, chars_of, left, right

from extractor.grids.geometry.unruled.columns import ColumnExtent, edges_of, read_column_extents, split_over_columns
from extractor.grids.geometry.unruled.tokens import Token, token_of


def spans_of(rows: list[list[Token]], header: tuple[Token, ...] = ()) -> list[tuple[float, float]]:
    return [(extent.x0, extent.x1) for extent in read_column_extents(rows, header)]


def extent_of(*tokens: Token) -> ColumnExtent:
    return ColumnExtent(min(p.x0 for p in tokens), max(p.x1 for p in tokens), list(enumerate(tokens)))


def test_figures_of_any_length_that_lie_over_each_other_are_one_column() -> None:
    rows = [[left("甲", 50), right("1,234.00", 200)], [left("乙", 50), right("5.00", 200)]]
    assert spans_of(rows) == [(50, 60), (160, 200)]


def test_an_indented_part_lies_in_the_column_of_its_label() -> None:
    rows = [[left("一", 50), right("1.00", 200)], [left("其中", 70), right("2.00", 200)]]
    assert spans_of(rows) == [(50, 90), (180, 200)]


def test_two_columns_of_money_that_never_meet_in_a_row_stay_two() -> None:
    rows = [[left("甲", 50), right("1.00", 200)], [left("乙", 50), right("2.00", 260)]]
    assert len(spans_of(rows, (left("预算金额合计", 190, 10),))) == 3


def test_columns_that_never_meet_stay_two_under_a_header_text_each() -> None:
    rows = [[left("甲", 50), right("1.00", 200)], [left("乙", 100), right("2.00", 200)]]
    header = (left("款", 50, 10), left("项", 100, 10), right("金额", 200, 10))
    assert len(spans_of(rows)) == 2
    assert len(spans_of(rows, header)) == 3


def test_codes_of_one_level_a_row_are_one_column_only_under_one_header_text() -> None:
    rows = [[left("201", 50), right("3.00", 200)], [left("03", 80), right("2.00", 200)]]
    assert len(spans_of(rows)) == 3
    assert len(spans_of(rows, (left("科目编码", 52, 10),))) == 2


def test_one_wide_text_over_two_columns_that_rows_fill_joins_nothing() -> None:
    row = [left("科目", 50), left("名称", 90), right("1.00", 200)]
    assert len(spans_of([row, row, [left("其他各项支出", 50), right("2.00", 200)]])) == 3


def test_columns_that_more_texts_run_over_than_rows_fill_are_one() -> None:
    wide = [left("其他各项支出", 50), right("2.00", 200)]
    assert spans_of([[left("科目", 50), left("名称", 90), right("1.00", 200)], wide, wide]) == [(50, 110), (180, 200)]


def test_dashes_in_place_of_a_name_are_in_the_column_of_names() -> None:
    rows = [[left("--", 50), right("9.00", 300)], [left("甲类", 70), right("5.00", 300)]]
    assert spans_of(rows) == [(50, 90), (280, 300)]


def test_a_column_is_right_aligned_where_its_figures_end_at_one_place() -> None:
    assert extent_of(right("1,234.00", 200), right("5.00", 200)).right_aligned
    assert extent_of(right("15.00", 200), right("25.00", 200)).right_aligned
    assert not extent_of(centred("1,234.00", 200), centred("5.00", 200)).right_aligned


def test_a_column_is_left_aligned_where_figures_of_different_length_begin_at_one_place() -> None:
    assert extent_of(left("1,234.00", 100), left("5.00", 100)).left_aligned
    assert not extent_of(left("15.00", 100), left("25.00", 100)).left_aligned


def test_figures_end_at_their_cells_side_and_texts_begin_at_theirs() -> None:
    names, figures = extent_of(left("甲类", 50)), extent_of(right("1,234.00", 200), right("5.00", 200))
    notes = extent_of(left("备注", 240))
    assert edges_of([figures, notes], 2.5, {}) == [157.5, 202.5, 262.5]
    assert edges_of([names, notes], 2.5, {}) == [47.5, 237.5, 262.5]


def test_a_header_text_in_the_middle_of_its_cell_gives_the_side_that_figures_leave_open() -> None:
    names, figures = extent_of(left("甲类", 50)), extent_of(right("15.00", 200), right("25.00", 200))
    assert edges_of([names, figures], 2.5, {1: 160.0})[1] == 2 * 160.0 - 200 - 2.5
    assert edges_of([names, figures], 2.5, {0: 75.0})[1] == 2 * 75.0 - 47.5
    assert edges_of([names, figures], 2.5, {})[1] == (70 + 175) / 2


def test_an_edge_never_cuts_what_stands_beside_it() -> None:
    names, figures = extent_of(left("甲类", 50)), extent_of(right("15.00", 200), right("25.00", 200))
    assert edges_of([names, figures], 2.5, {1: 130.0})[1] == 70


def test_a_total_set_with_a_blank_does_not_join_its_column_with_the_next() -> None:
    rows = [[left("合", 50), left("计", 66), right("3.00", 300)]]
    rows += [[left(text, 50), left("运转类", 150), right("1.00", 300)] for text in ("车辆费用", "会计工作")]
    assert spans_of(rows) == [(50, 90), (150, 180), (280, 300)]


def test_texts_of_two_columns_that_stand_close_are_two() -> None:
    close = token_of([*chars_of("离休干部住房补贴", 50, 0), *chars_of("运转类", 133, 0)])._replace(cuts=(8,))
    rows = [[left("车辆费用", 50), left("运转类", 133)], [left("会计工作", 50), left("运转类", 133)], [close]]
    assert [[token.text for token in row] for row in split_over_columns(rows)][2] == ["离休干部住房补贴", "运转类"]
    assert split_over_columns(rows[1:]) == rows[1:]


def test_a_total_in_the_middle_lies_in_the_column_that_the_only_header_text_heads() -> None:
    rows = [[left("合计", 50), centred("9.00", 175)], [left("甲", 50), right("1.00", 220)]]
    assert len(spans_of(rows)) == 3
    assert spans_of(rows, (centred("预算数", 175, 10),))[1:] == [(165, 220)]


def test_amounts_of_two_columns_that_never_meet_stay_apart_though_only_one_stands_under_its_header_text() -> None:
    rows = [[left("余额", 50), right("9.00", 300)], [left("限额", 50), right("1.00", 200)]]
    header = (centred("预算数", 165, 10), centred("执行数", 275, 10))
    assert spans_of(rows, header)[1:] == [(180, 200), (280, 300)]


def test_the_last_line_of_a_label_left_of_its_indented_first_is_no_column() -> None:
    row = [left("消防技术服务", 70, 0), right("1.00", 200, 6), left("费", 50, 12)]
    assert spans_of([row]) == [(50, 130), (180, 200)]


def test_marks_of_notes_behind_figures_are_no_column() -> None:
    rows = [[left("甲", 50), right("1.00", 200), left("②", 210)], [left("乙", 50), right("2.00", 200)]]
    assert spans_of(rows) == [(50, 60), (180, 220)]


def test_a_count_that_touches_a_code_is_split_where_others_fill_both_columns() -> None:
    glued = token_of([*chars_of("1", 95, 0), *chars_of("302", 103, 0)])._replace(cuts=(1,))
    apart = [[right("250", 100, y), left("302", 103, y)] for y in (20.0, 40.0)]
    assert [token.text for token in split_over_columns([[glued], *apart])[0]] == ["1", "302"]
    assert split_over_columns([[glued], apart[0]])[0] == [glued]
