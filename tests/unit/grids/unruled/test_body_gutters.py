"""Texts of rows that nearly touch: split where the gaps of several rows lie over each other, between two header texts."""

from __future__ import annotations

from support.small_lines import EM, centred, chars_of

from extractor.grids.geometry.unruled.body_gutters import split_at_body_gutters
from extractor.grids.geometry.unruled.tokens import Token, token_of

HEADER = (centred("编码", 60, 0), centred("单位名称", 130, 0))


def touching(first: str, second: str, y: float) -> Token:
    """Set a text that ends at 80, and another that begins at 84."""
    width = sum(5 if char.isascii() else 10 for char in first)
    chars = [*chars_of(first, 80 - width, y), *chars_of(second, 84, y)]
    return token_of(chars)._replace(cuts=(len(first),))


def texts_of(header: tuple[Token, ...], *rows: tuple[str, str]) -> list[list[str]]:
    tokens = [[touching(*row, 20.0 * n)] for n, row in enumerate(rows, start=1)]
    return [[token.text for token in row] for row in split_at_body_gutters(tokens, header, EM)]


def test_a_code_is_split_from_the_name_in_the_next_column() -> None:
    rows = (("252001", "生态环境局"), ("252002", "环境监测站"))
    assert texts_of(HEADER, *rows) == [list(row) for row in rows]


def test_a_count_is_split_from_the_code_in_the_next_column() -> None:
    assert texts_of((centred("数量", 60, 0), centred("类", 92, 0)), ("1", "302"), ("20", "310")) == [
        ["1", "302"],
        ["20", "310"],
    ]


def test_a_code_and_a_name_under_one_header_text_are_one() -> None:
    assert texts_of((centred("科目", 82, 0),), ("201", "公共服务"), ("202", "外交")) == [["201公共服务"], ["202外交"]]


def test_a_gap_in_one_row_alone_shows_no_column() -> None:
    assert texts_of(HEADER, ("252001", "生态环境局")) == [["252001生态环境局"]]


def test_a_short_name_is_in_a_column_whose_header_text_stands_in_its_middle() -> None:
    header = (centred("序号", 60, 0), centred("项目名称", 160, 0), centred("金额", 240, 0))
    amounts = [token_of(chars_of(text, 250 - 5 * len(text), 20.0 * n)) for n, text in enumerate(("8.00", "9.00"), 1)]
    rows = [[touching(str(n), "维修", 20.0 * n), amounts[n - 1]] for n in (1, 2)]
    assert [[t.text for t in row] for row in split_at_body_gutters(rows, header, EM)] == [
        ["1", "维修", "8.00"],
        ["2", "维修", "9.00"],
    ]


def test_a_count_before_a_name_is_split_where_amounts_stand_apart_from_theirs() -> None:
    header = (centred("预算数", 60, 0), centred("支出", 110, 0))
    apart = [[token_of(chars_of("9.00", 60, y)), token_of(chars_of("外交", 84, y))] for y in (20.0, 40.0)]
    rows = split_at_body_gutters([*apart, [touching("12", "人大事务", 60.0)]], header, EM)
    assert [token.text for token in rows[-1]] == ["12", "人大事务"]
