"""Header texts over columns: texts joined and split by the columns below, and columns that only a text shows."""

from __future__ import annotations

from support.small_lines import EM, centred, chars_of, left, right

from extractor.grids.geometry.unruled.columns import ColumnExtent
from extractor.grids.geometry.unruled.header_columns import (
    add_header_extents,
    headed_extents,
    header_tokens,
    split_at_gutters,
    with_touching_texts,
)
from extractor.grids.geometry.unruled.tokens import Token, token_of


def extent_of(*tokens: Token) -> ColumnExtent:
    return ColumnExtent(min(p.x0 for p in tokens), max(p.x1 for p in tokens), list(enumerate(tokens)))


LABELS = extent_of(left("甲类支出", 50, 100), left("乙类支出", 50, 120))  # 50 to 90
FIGURES = extent_of(right("1,234.00", 300, 100), right("5.00", 300, 120))  # 260 to 300, set right
SHORT = extent_of(right("1.00", 300, 100), right("0.50", 300, 120))  # 280 to 300


def spans_of(lines: list[list[Token]], *extents: ColumnExtent) -> list[tuple[float, float]]:
    return [(extent.x0, extent.x1) for extent in add_header_extents(lines, extents)]


def test_a_text_over_no_column_is_that_of_an_empty_one() -> None:
    lines = [[centred("项目", 70, 50), centred("金额", 280, 50), centred("备注", 400, 50)]]
    assert spans_of(lines, LABELS, FIGURES) == [(50, 90), (260, 300), (390, 410)]


def test_lines_of_one_text_show_one_empty_column_as_wide_as_the_widest() -> None:
    lines = [
        [centred("项目", 70, 40), centred("金额", 280, 40), centred("其他备注", 400, 40)],
        [centred("说明", 400, 52)],
    ]
    assert spans_of(lines, LABELS, FIGURES)[2:] == [(380, 420)]


def test_a_text_over_the_gap_between_two_headed_columns_is_a_group_and_no_column() -> None:
    lines = [[centred("支出", 175, 30)], [centred("项目", 70, 50), centred("金额", 280, 50)]]
    assert len(spans_of(lines, LABELS, FIGURES)) == 2


def test_short_figures_on_the_right_have_the_text_in_the_middle_of_their_cell() -> None:
    lines = [[centred("项目", 70, 50), centred("金额", 255, 50)]]
    assert spans_of(lines, LABELS, SHORT) == [(50, 90), (245, 300)]


def test_short_figures_set_left_have_the_text_right_of_them() -> None:
    figures = extent_of(left("1.00", 200, 100), left("10.50", 200, 120))
    assert spans_of([[centred("项目", 70, 50), centred("金额", 245, 50)]], LABELS, figures) == [(50, 90), (200, 255)]


def test_figures_with_a_text_of_their_own_leave_the_empty_column_beside_them() -> None:
    lines = [[centred("项目", 70, 50), centred("备注", 240, 50), centred("金额", 290, 50)]]
    assert spans_of(lines, LABELS, SHORT) == [(50, 90), (230, 250), (280, 300)]


def test_a_text_between_two_columns_of_figures_is_that_of_the_figures_set_right_of_it() -> None:
    before = extent_of(left("1.00", 200, 100), left("12.50", 200, 120))
    lines = [[centred("项目", 70, 50), centred("金额", 255, 50)]]
    assert spans_of(lines, LABELS, before, SHORT) == [(50, 90), (200, 225), (245, 300)]


def test_short_labels_have_the_text_in_the_middle_of_their_cell() -> None:
    labels = extent_of(left("甲", 50, 100), left("乙", 50, 120))
    assert spans_of([[centred("项目", 90, 50), centred("金额", 280, 50)]], labels, FIGURES) == [(50, 100), (260, 300)]


def test_the_extents_given_stay_as_they_were() -> None:
    short = extent_of(right("1.00", 300, 100), right("0.50", 300, 120))
    add_header_extents([[centred("金额", 255, 50)]], [short])
    assert (short.x0, short.x1) == (280, 300)


def test_a_column_is_headed_by_a_text_over_it_alone() -> None:
    lines = [[left("一般公共预算财政拨款支出情况及其他各项支出的金额", 60, 30)], [centred("金额", 280, 50)]]
    assert headed_extents(lines, [LABELS, FIGURES]) == [FIGURES]


def test_a_text_spread_over_its_column_is_one_and_level_names_over_three_columns_are_three() -> None:
    spread = [left("合", 50), left("计", 85)]
    assert [t.text for t in header_tokens(spread, [ColumnExtent(50, 95)], EM)] == ["合计"]
    levels = [left("类", 50), left("款", 80)]
    columns = [ColumnExtent(48, 62), ColumnExtent(78, 92)]
    assert [t.text for t in header_tokens(levels, columns, EM)] == ["类", "款"]


def test_texts_that_touch_are_split_where_each_stands_over_a_column_of_its_own() -> None:
    token = left("政府性基金国有资本", 50)._replace(cuts=(5,))
    columns = [ColumnExtent(55, 95), ColumnExtent(105, 135)]
    assert [t.text for t in header_tokens([token], columns, EM)] == ["政府性基金", "国有资本"]
    assert [t.text for t in header_tokens([token], [ColumnExtent(55, 135)], EM)] == ["政府性基金国有资本"]


def close(first: str, second: str, x: float, y: float, lower: float = 0.0) -> Token:
    """Set two words a narrow gap apart as one token, the second lower by some points."""
    chars = chars_of(first, x, y), chars_of(second, x + EM * len(first) + 2, y + lower)
    return token_of([*chars[0], *chars[1]])._replace(cuts=(len(first),))


def split(*lines: list[Token]) -> list[list[str]]:
    return [[token.text for token in line] for line in split_at_gutters(lines, EM)]


def test_a_gap_that_goes_on_in_the_next_line_lies_between_two_cells() -> None:
    assert split([close("上缴", "补助", 100, 50)], [close("上级", "附属", 100, 62)]) == [
        ["上缴", "补助"],
        ["上级", "附属"],
    ]


def test_words_that_stand_on_different_heights_are_of_two_cells() -> None:
    assert split([close("上缴上级", "补助", 100, 50, lower=6)]) == [["上缴上级", "补助"]]


def test_a_gap_within_one_line_is_within_a_text() -> None:
    assert split([close("上缴", "补助", 100, 50)], [centred("支出", 120, 62)]) == [["上缴补助"], ["支出"]]


def test_a_text_beside_the_middle_of_a_wrapped_one_is_no_group_over_it() -> None:
    upper, lower = [centred("事业单位经营", 150, 44)], [centred("支出", 150, 56), centred("附属", 290, 56)]
    lines = [upper, [centred("项目", 70, 50), centred("上缴", 220, 50)], lower]
    assert spans_of(lines, LABELS)[1:] == [(120, 180), (210, 230), (280, 300)]


def test_four_characters_in_two_pairs_are_two_words_over_the_halves_of_a_table() -> None:
    halves = [left(text, x) for text, x in (("收", 150), ("入", 290), ("支", 560), ("出", 660))]
    assert [token.text for token in header_tokens(halves, [], EM)] == ["收入", "支出"]
    levels = [left(text, x) for text, x in (("类", 150), ("款", 200), ("项", 250), ("目", 300))]
    assert len(header_tokens(levels, [extent_of(token) for token in levels], EM)) == 4


def test_texts_that_touch_across_two_lines_are_one() -> None:
    lines = [[left("2026", 100, 0)], [left("年安排", 120, 5)], [left("项目", 100, 20)]]
    assert [[token.text for token in line] for line in with_touching_texts(lines, EM)] == [["2026年安排"], ["项目"]]
    assert with_touching_texts([lines[0], lines[2]], EM) == [lines[0], lines[2]]
