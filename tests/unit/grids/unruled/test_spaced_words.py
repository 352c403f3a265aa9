"""Words set with blanks between their characters: joined, unless the characters stand in columns of their own."""

from __future__ import annotations

from support.small_lines import EM, left, line_of, right

from extractor.grids.geometry.unruled.spaced_words import with_spaced_words
from extractor.grids.geometry.unruled.tokens import TokenLine


def texts_of(*lines: TokenLine) -> list[str]:
    return [line.text for line in with_spaced_words(lines, EM)]


def test_the_characters_of_a_total_are_one_word() -> None:
    line = line_of(left("合", 50), left("计", 90), right("1.00", 200))
    assert texts_of(line) == ["合计 1.00"]


def test_a_word_stands_on_each_side_of_a_figure() -> None:
    income, expenditure = (
        [left(char, x + 20 * n) for n, char in enumerate(text)] for text, x in (("收入", 50), ("支出", 220))
    )
    assert texts_of(line_of(*income, right("1.00", 200), *expenditure)) == ["收入 1.00 支出"]


def test_characters_beside_a_label_are_cells() -> None:
    assert texts_of(line_of(left("打印机", 50), left("是", 120), left("否", 160))) == ["打印机 是 否"]


def test_characters_that_begin_where_other_texts_do_are_the_ends_of_two_labels() -> None:
    above = line_of(left("数据处理服", 50, 0), left("自行组", 120, 0))
    assert texts_of(above, line_of(left("务", 50, 12), left("织", 120, 12)))[1] == "务 织"
