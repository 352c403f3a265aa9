"""What is told of a cell by its words, before its characters are made."""

from extractor.grids.geometry.char_stream import CellChars, CharStream
from extractor.pages.page import Char

BLANK = Char(" ", 0.0, 0.0, 0.0, 0.0)


def word(text: str, x0: float, top: float) -> list[Char]:
    return [Char(char, x0 + 5.0 * place, top, x0 + 5.0 * place + 5.0, top + 10.0) for place, char in enumerate(text)]


def test_only_words_at_one_height_are_level() -> None:
    stream = CharStream.of([*word("合计", 0, 0), BLANK, *word("12", 40, 0), BLANK, *word("34", 40, 20)])
    cells = CellChars(stream, [stream.words[:2], stream.words[1:]])
    assert [cells.is_level(index) for index in range(2)] == [True, False]


def test_a_header_over_a_figure_needs_a_digit_and_two_heights() -> None:
    stream = CharStream.of(
        [*word("合计", 0, 0), BLANK, *word("12", 0, 20), BLANK, *word("预算", 40, 0), BLANK, *word("数", 40, 20)]
    )
    cells = CellChars(stream, [stream.words[:2], stream.words[2:], stream.words[1:2]])
    assert [cells.may_head(index) for index in range(3)] == [True, False, False]
