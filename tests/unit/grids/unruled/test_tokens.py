"""Characters of a line → tokens: where gaps part, and what is a figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_lines import EM, chars_of, left

from extractor.grids.geometry.unruled.tokens import Token, em_of, lines_of, may_hold_figure, split_figures
from extractor.notation.figures import is_money
from extractor.pages.page import Char


def tokens_of(*texts: tuple[str, float], starts: tuple[float, ...] = ()) -> tuple[Token, ...]:
    """Return the tokens of one line of texts that begin at some x; `starts` are where the text stream begins words."""
    chars = [char for text, x in texts for char in chars_of(text, x, 100.0)]
    (line,) = lines_of([chars], EM, [char for char in chars if char.x0 in starts])
    return line.tokens


def texts_of(*texts: tuple[str, float], starts: tuple[float, ...] = ()) -> list[str]:
    return [token.text for token in tokens_of(*texts, starts=starts)]


def test_a_gap_as_wide_as_between_columns_separates_texts() -> None:
    assert texts_of(("政府", 0), ("基金", 27)) == ["政府", "基金"]


def test_a_narrow_gap_separates_no_text_but_is_remembered() -> None:
    (token,) = tokens_of(("政府", 0), ("基金", 23))
    assert (token.text, token.cuts) == ("政府基金", (2,))


def test_a_word_of_the_text_stream_is_remembered_without_any_gap() -> None:
    (token,) = tokens_of(("政府基金", 0), starts=(20.0,))
    assert token.cuts == (2,)


def test_two_figures_a_narrow_gap_apart_stand_in_two_columns() -> None:
    assert texts_of(("12.34", 0), ("56.78", 28)) == ["12.34", "56.78"]


def test_a_digit_set_apart_is_part_of_its_figure() -> None:
    assert texts_of(("12.3", 0), ("4", 24)) == ["12.34"]


def test_money_right_after_a_label_that_fills_its_column_is_a_token_of_its_own() -> None:
    assert texts_of(("示例大学", 0), ("1,234.50", 42)) == ["示例大学", "1,234.50"]


def test_a_figure_in_a_sentence_stays_with_the_words_around_it() -> None:
    assert texts_of(("收入", 0), ("1,234.50", 22), ("万元比上年", 64)) == ["收入1,234.50万元比上年"]


def test_a_text_right_after_money_is_another_column_but_a_unit_is_not() -> None:
    assert texts_of(("12.50", 0), ("专项", 28)) == ["12.50", "专项"]
    assert texts_of(("12.50", 0), ("万元", 28)) == ["12.50万元"]


def test_a_label_that_begins_with_its_number_is_no_rest_of_the_figure_before_it() -> None:
    assert texts_of(("1,935.36", 0), ("1、公共安全支出", 43)) == ["1,935.36", "1、公共安全支出"]


def test_figures_that_touch_are_split_where_each_has_its_decimals() -> None:
    parts = split_figures(chars_of("244,895.02192,446.79", 0, 0))
    assert ["".join(c.text for c in part) for part in parts] == ["244,895.02", "192,446.79"]


def test_one_long_figure_is_not_split() -> None:
    assert len(split_figures(chars_of("1,244,895.02", 0, 0))) == 1


def test_boxes_as_wide_as_the_font_end_where_the_next_digit_begins() -> None:
    wide = [Char(c, 5.0 * n, 0, 5.0 * n + 9, 10) for n, c in enumerate("12.50")]
    (line,) = lines_of([wide], EM)
    assert line.tokens[0].x1 == 25.0


@pytest.mark.parametrize(
    ("text", "figure", "money", "nil"),
    [
        ("201", True, False, False),
        ("1,234", True, True, False),
        ("-0.50", True, True, False),
        ("12.5%", True, True, False),
        ("１２．３０", True, True, False),
        ("12.30元", False, False, False),
        ("——", False, False, True),
        ("合计", False, False, False),
    ],
)
def test_what_a_token_is_shows_in_its_text(text: str, figure: bool, money: bool, nil: bool) -> None:
    token = left(text, 0)
    assert (token.figure, token.money, token.nil) == (figure, money, nil)
    assert is_money(text) == money


def test_a_text_is_spaced_where_blanks_stand_between_its_characters() -> None:
    (spaced,) = tokens_of(("合", 0), ("计", 16))
    assert spaced.spaced
    assert not left("合计", 0).spaced


def test_the_type_size_is_the_width_of_chinese_characters_else_follows_from_heights() -> None:
    assert em_of([*chars_of("合计", 0, 0, em=12.0), *chars_of("1,234,567.89", 30, 0)]) == 12.0
    assert em_of(chars_of("1234", 0, 0, em=12.0)) == pytest.approx(10.2)


def test_a_whole_number_far_behind_a_label_stands_in_a_column_before_the_next_text() -> None:
    assert texts_of(("增值税", 0), ("55742", 50), ("国防支出", 78)) == ["增值税", "55742", "国防支出"]
    assert texts_of(("2010101", 0), ("行政运行", 38)) == ["2010101行政运行"]  # a code
    assert texts_of(("截至", 0), ("2025", 50), ("年末余额", 72)) == ["截至", "2025年末余额"]
    assert texts_of(("共有", 0), ("320", 50), ("户企业", 68)) == ["共有", "320户企业"]


def test_a_numbered_label_that_a_figure_touches_is_a_text_of_its_own() -> None:
    parts = split_figures(chars_of("36,208.43(一)一般公共服务支出", 0, 0))
    assert ["".join(c.text for c in part) for part in parts] == ["36,208.43", "(一)一般公共服务支出"]


def test_a_month_right_after_an_amount_is_a_token_of_its_own() -> None:
    assert texts_of(("发行", 0), ("4.64", 60), ("2023-06", 82)) == ["发行", "4.64", "2023-06"]


def test_a_dash_leads_from_a_code_to_its_name() -> None:
    assert texts_of(("博物馆", 0), ("50501-工资", 60), starts=(85.0,)) == ["博物馆", "50501-工资"]


@given(
    texts=st.lists(
        st.tuples(st.text("支出，合(—-A", min_size=1, max_size=4), st.integers(0, 30)), min_size=1, max_size=5
    ),
    starts=st.sets(st.integers(0, 12)),
)
def test_texts_without_digits_are_split_as_those_with(texts: list[tuple[str, int]], starts: set[int]) -> None:
    chars: list[Char] = []
    for text, gap in texts:
        chars += chars_of(text, chars[-1].x1 + gap / 4 if chars else 0.0, 100.0)
    begin = [chars[place] for place in starts if place < len(chars)]
    (alone,) = lines_of([chars], EM, begin)
    far = Char("7", chars[-1].x1 + 900, 95.0, chars[-1].x1 + 905, 105.0)  # a digit: every rule of figures is asked
    (beside,) = lines_of([[*chars, far]], EM, begin)
    assert alone.tokens == beside.tokens[:-1]


def test_a_text_reaches_as_far_as_its_widest_character() -> None:
    places = (("—", 0, 400), ("支", 5, 15), ("出", 50, 60), ("合", 100, 110))
    (line,) = lines_of([[Char(text, x0, 95, x1, 105) for text, x0, x1 in places]], EM)
    assert [(token.text, token.cuts) for token in line.tokens] == [("—支出合", (2, 3))]


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="1,.2(一)、支出①*-负注㊿ ", min_size=1, max_size=9), st.sampled_from((0.0, 1.0, 3.0, 9.0))
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_line_of_which_a_token_is_a_figure_may_hold_one(words: list[tuple[str, float]]) -> None:
    chars: list[Char] = []
    for text, gap in words:
        chars += chars_of(text, (chars[-1].x1 if chars else 0.0) + gap, 100.0)
    (line,) = lines_of([chars], EM)
    assert may_hold_figure(chars, EM) or not line.figures


def test_a_sentence_whose_figures_touch_its_words_holds_none() -> None:
    assert not may_hold_figure(chars_of("收入1,234.00万元", 0.0, 100.0), EM)
    assert may_hold_figure([*chars_of("收入", 0.0, 100.0), *chars_of("1,234.00", 60.0, 100.0)], EM)
