"""Whole numbers of two columns that nearly touch: split where figures of other lines end and begin beside the gap."""

from __future__ import annotations

from support.small_lines import EM, chars_of, left, line_of, right, width_of

from extractor.grids.geometry.unruled.tokens import Token, TokenLine, token_of
from extractor.grids.geometry.unruled.touching_figures import with_touching_figures

GAP = 0.5  # points


def touching(first: str, second: str, y: float) -> TokenLine:
    """Set a figure that ends at 80, and another that begins right behind it, as one token."""
    chars = [*chars_of(first, 80 - width_of(first), y), *chars_of(second, 80 + GAP, y)]
    return line_of(left("支出", 10, y), token_of(chars))


def texts_of(*lines: TokenLine) -> list[list[str]]:
    return [[token.text for token in line.tokens[1:]] for line in with_touching_figures(lines, EM)]


def labelled(*tokens: Token) -> TokenLine:
    return line_of(left("支出", 10, tokens[0].top + EM / 2), *tokens)


def test_figures_set_right_and_left_are_split_at_the_gap_between_their_columns() -> None:
    rows = (("964", "49"), ("87", "5301"), ("6", "9"))
    assert texts_of(*(touching(*row, 20.0 * n) for n, row in enumerate(rows))) == [list(row) for row in rows]


def test_a_figure_alone_in_each_column_shows_the_gap_too() -> None:
    lines = (touching("964", "49", 0), labelled(right("12", 80, 20)), labelled(left("305", 80 + GAP, 40)))
    assert texts_of(*lines) == [["964", "49"], ["12"], ["305"]]


def test_a_figure_with_a_wider_gap_is_one_where_no_other_ends_there() -> None:
    assert texts_of(touching("964", "49", 0), labelled(right("1234", 90, 20))) == [["96449"], ["1234"]]


def test_figures_of_one_column_stay_whole() -> None:
    lines = [labelled(right(text, 80, 20.0 * n)) for n, text in enumerate(("1234", "56", "7", "96449"))]
    assert texts_of(*lines) == [["1234"], ["56"], ["7"], ["96449"]]


def test_figures_of_one_column_stay_whole_where_all_have_a_wider_gap_at_one_place() -> None:
    rows = [("4", "15"), ("3", "15"), ("23", "15")]  # as printers leave it that round the places of digits
    assert texts_of(*(touching(*row, 20.0 * n) for n, row in enumerate(rows))) == [["415"], ["315"], ["2315"]]


def test_thousands_that_are_set_apart_without_a_blank_stay_one_figure() -> None:
    assert texts_of(*(touching(*row, 20.0 * n) for n, row in enumerate((("12", "345"), ("6", "789"))))) == [
        ["12345"],
        ["6789"],
    ]
