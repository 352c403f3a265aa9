"""What is told of a cell by its words, before its characters are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.grids.geometry.char_stream import CellChars, CharStream
from extractor.grids.geometry.lines import cell_text, read_lines, vertical_text
from extractor.pages.page import Char, Chars

BLANK = Char(" ", 0.0, 0.0, 0.0, 0.0)


def word(text: str, x0: float, top: float) -> list[Char]:
    return [Char(char, x0 + 5.0 * place, top, x0 + 5.0 * place + 5.0, top + 10.0) for place, char in enumerate(text)]


def test_words_at_one_height_are_one_line() -> None:
    stream = CharStream.of([*word("合计", 0, 0), BLANK, *word("12", 40, 0), BLANK, *word("34", 40, 20)])
    cells = CellChars(stream, [stream.words[:2], stream.words[1:]])
    assert [cells.most_lines(index) for index in range(2)] == [1, 2]


def test_a_header_over_a_figure_needs_a_digit_and_two_heights() -> None:
    stream = CharStream.of(
        [*word("合计", 0, 0), BLANK, *word("12", 0, 20), BLANK, *word("预算", 40, 0), BLANK, *word("数", 40, 20)]
    )
    cells = CellChars(stream, [stream.words[:2], stream.words[2:], stream.words[1:2]])
    assert [cells.may_head(index) for index in range(3)] == [True, False, False]


def test_a_figure_that_is_no_year_is_told_by_its_words() -> None:
    stream = CharStream.of(
        [*word("1,234.50", 0, 0), BLANK, *word("2025", 60, 0), BLANK, *word("36", 90, 0), BLANK, *word("36", 90, 20)]
    )
    cells = CellChars(stream, [[stream.words[0]], [stream.words[1]], [stream.words[2]], stream.words[2:]])
    assert [cells.is_figure(index) for index in range(4)] == [True, False, True, False]


def low(text: str, x0: float, top: float) -> list[Char]:
    return [char._replace(bottom=char.top + 4.0) for char in word(text, x0, top)]


def flat(text: str, x0: float) -> list[Char]:
    return [char._replace(bottom=char.top) for char in word(text, x0, 0)]


CELLS = {
    "words of one line": [word("基本", 0, 0), word("支出", 11, 0)],
    "a blank between two": [word("基本", 0, 0), word("支出", 30, 0)],
    "lines": [word("城市", 0, 0), word("支出", 11, 0), word("合计", 0, 12)],
    "words from right to left": [word("支出", 20, 0), word("12", 0, 0)],
    "a glyph printed again": [word("合计", 0, 0), word("计划", 6, 0)],
    "words a little higher": [word("合计", 0, 2), word("12", 30, 0)],
    "words a little lower": [word("合计", 0, 0), word("12", 30, 2)],
    "small words in the middle": [word("合计", 0, 0), low("12", 30, 3)],
    "lines from the lowest": [word("合计", 0, 24), word("支出", 0, 0)],
    "texts set downwards": [word("支", 0, 0), word("出", 0, 10), word("合", 12, 22), word("计", 12, 32)],
    "a mark above": [word("①", 0, 0), word("支出", 0, 12)],
    "a figure that wraps": [word("1,033,36", 0, 0), word("3", 0, 12)],
    "characters without a height": [flat("1", 0), flat("2", 6), word("支出", 0, 12)],
    "two figures": [word("131", 0, 0), word("131", 0, 12)],
}


def read_by_characters(stream: CharStream) -> tuple[str, float]:
    own = stream.chars_in(stream.words)
    lines = read_lines(own)
    return vertical_text(own) or cell_text(lines, 40.0), lines[0][0].x0


def stream_of(chars: list[Char]) -> CharStream:
    return CharStream.of(Chars("".join(char.text for char in chars), Chars.of(chars).boxes, [1.0] * len(chars)))


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_reads_by_its_words_as_by_its_characters(name: str) -> None:
    stream = stream_of([char for own in CELLS[name] for char in (*own, BLANK)])
    assert stream.read(stream.words, 40.0) == read_by_characters(stream)


@st.composite
def words(draw: st.DrawFn) -> list[Char]:
    """Draw the characters of a cell: words on few lines, over each other now and then, in any order."""
    chars: list[Char] = []
    for _ in range(draw(st.integers(1, 5))):
        x, top = draw(st.sampled_from((0.0, 3.0, 12.0, 30.0, 33.0))), draw(st.sampled_from((0.0, 2.0, 12.0, 24.0)))
        step, height = draw(st.sampled_from((0.0, 2.0, 5.0, 6.0))), draw(st.sampled_from((-1.0, 4.0, 10.0)))
        for place, char in enumerate(draw(st.text("支出12,.①a", min_size=1, max_size=4))):
            chars.append(Char(char, x + step * place, top, x + step * place + 5.0, top + height))
        chars.append(BLANK)
    return chars


@given(chars=words())
def test_lines_of_words_are_those_of_their_characters(chars: list[Char]) -> None:
    stream = stream_of(chars)
    assert stream.read(stream.words, 40.0) == read_by_characters(stream)
