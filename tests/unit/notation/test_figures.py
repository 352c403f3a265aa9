"""Every sign by which a budget prints a figure, wherever a figure is looked for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from support.common import items_of, read_tables
from support.format_writers import Placed, html_table, ods_of, xlsx_of
from support.pdf_maker import SPENDING, Sheet, Table, lattice, page_of

from extractor.errors import AmountError
from extractor.grids.geometry.layout import read_layout
from extractor.grids.geometry.lines import cell_text
from extractor.grids.geometry.unruled.rows import is_rest
from extractor.grids.geometry.unruled.tokens import split_figures, token_of
from extractor.grids.readers import read_layouts
from extractor.notation.amounts import half_digit, parse_amount
from extractor.notation.figures import (
    FIGURE,
    IN_FIGURES,
    WELL_FORMED,
    begins_with_figure,
    count_decimals,
    is_figure,
    is_money,
    is_nil,
    note_mark,
    sets_negatives_in_red,
    split_touching,
    unit_behind,
)
from extractor.notation.text import narrow
from extractor.pages.page import Char, Page, Rule
from extractor.pages.pdfium import has_figures
from extractor.prose.figures import read_figures
from extractor.source.source import Source, sniff
from extractor.vocabulary.vocabulary import Vocabulary

NEGATIVE = (
    "-{}",
    "－{}",
    "−{}",
    "–{}",
    "—{}",
    "△{}",
    "▲{}",
    "({})",
    "（{}）",
    "-¥{}",
    "−￥{}",
    "¥-{}",
    "(¥{})",
    "￥（{}）",
)
POSITIVE = ("{}", "+{}", "＋{}", "¥{}", "￥{}")
DRESSED = [(form, -1) for form in NEGATIVE] + [(form, 1) for form in POSITIVE]
everywhere = pytest.mark.parametrize(("form", "sign"), DRESSED)
NO_FIGURES = ("1,2,3", "12,34", "1,2345", "1.2.3", "1)", "(1", "(+5)", "--5", "①", "3人", "", "-", "¥")


def html_of(sheets: list[list[Placed]]) -> bytes:
    return f"<html><body>{''.join(map(html_table, sheets))}</body></html>".encode()


def chars_of(text: str, x: float, y: float, step: float = 6.0) -> list[Char]:
    return [Char(t, x + step * n, y, x + step * (n + 1), y + 10) for n, t in enumerate(text)]


def cells_of(chars: list[Char], xs: tuple[float, ...], ys: tuple[float, ...]) -> list[str]:
    rules = [Rule(xs[0], y, xs[-1], y) for y in ys] + [Rule(x, ys[0], x, ys[-1]) for x in xs]
    page = Page(1, 600, 800, "".join(c.text for c in chars), tuple(chars), tuple(rules))
    return [cell.text for cell in read_layout(page).grids[0].cells]


@everywhere
def test_a_figure_is_parsed_with_its_sign(form: str, sign: int) -> None:
    assert parse_amount(form.format("1,234.50")) == sign * Decimal("1234.50")
    assert parse_amount(form.format("１，２３４．５０")) == sign * Decimal("1234.50")
    assert parse_amount(form.format("125360,898")) == sign * 125_360_898


@everywhere
def test_a_figure_is_one_and_money_by_its_separators(form: str, sign: int) -> None:
    assert is_figure(form.format("1,234.50"))
    assert is_money(form.format("1,234.50"))
    assert is_figure(form.format("12"))
    assert not is_money(form.format("12"))
    assert count_decimals(form.format("1,234.50")) == 2
    assert begins_with_figure(form.format("12"))


@everywhere
def test_a_figure_wider_than_its_ruled_cell_stays_whole(form: str, sign: int) -> None:
    text = form.format("1,234,567.00")
    spilled_right = cells_of(
        [*chars_of(text, 12, 12), *chars_of("甲", 160, 12)], (10, 15 + 5 * len(text), 200), (10, 30)
    )
    assert spilled_right == [text, "甲"]
    spilled_left = cells_of(
        [*chars_of("甲", 12, 12), *chars_of(text, 98 - 6 * len(text) + 90, 12)], (10, 108, 190), (10, 30)
    )
    assert text in spilled_left


@everywhere
def test_a_figure_wrapped_in_its_cell_is_one_again(form: str, sign: int) -> None:
    text = form.format("1,234,567.00")
    for cut in range(4, len(text)):
        upper = chars_of(text[:cut], 0, 0)
        assert cell_text([upper, chars_of(text[cut:], 0, 12)], upper[-1].x1 + 5) == text


@everywhere
def test_a_figure_without_rules_is_one_token_of_money(form: str, sign: int) -> None:
    token = token_of(chars_of(form.format("1,234.50"), 0, 0))
    assert token.figure
    assert token.money
    assert not token.nil


@everywhere
def test_an_unruled_table_keeps_its_signs(form: str, sign: int) -> None:
    text = form.format("1,234.50")
    rows = [row if row[0] != "201" else (*row[:2], text, *row[3:]) for row in SPENDING.rows]
    table = Table(SPENDING.widths, SPENDING.header, rows)

    def set_at_the_right(sheet: Sheet) -> None:
        table.texts(sheet)

    (grid,) = read_layout(page_of(set_at_the_right)).grids
    assert text in {cell.text for cell in grid.cells}


@everywhere
def test_a_figure_in_a_ruled_page_is_read_back(form: str, sign: int) -> None:
    text = form.format("1,234,567.00")
    table = Table((60, 45, 120), (), (("甲", text, "　　　　　乙"),), unit="")
    (grid,) = read_layout(page_of(table.texts, lambda sheet: lattice(table, sheet))).grids
    assert [cell.text for cell in grid.cells] == ["甲", text, "乙"]


@everywhere
def test_figures_of_a_page_are_seen(form: str, sign: int) -> None:
    assert has_figures("合计 " + " ".join([form.format("1,234.50")] * 3))
    assert not has_figures(f"合计{form.format('1,234.50')}万元。" * 3)


@pytest.mark.parametrize("sign", ["-", "‐", "‑", "－", "−", "–", "—", "△", "▲"])
def test_a_sentence_gives_its_figures_their_signs(sign: str, vocabulary: Vocabulary) -> None:
    (figure,) = read_figures(narrow(f"比上年增加{sign}1,234.5万元"), vocabulary.phrases.changes.flat)
    assert figure.value == Decimal("-1234.5")
    (figure,) = read_figures(narrow(f"比上年增加{sign}￥5万元"), vocabulary.phrases.changes.flat)
    assert figure.value == -5


def test_dashes_between_figures_and_brackets_around_asides_are_no_signs(vocabulary: Vocabulary) -> None:
    for text in ("3万元-5万元", "3万元—5万元", "3—5万元", "支出——5万元", "支出(5万元)", "支出￥5万元"):
        assert [figure.value for figure in read_figures(narrow(text), vocabulary.phrases.changes.flat)][-1] == 5


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_is_no_figure_is_none_anywhere(text: str) -> None:
    assert FIGURE.fullmatch(text) is None
    assert WELL_FORMED.fullmatch(text) is None
    assert not is_figure(text)
    assert not has_figures(" ".join([text] * 5))
    with pytest.raises(AmountError):
        parse_amount(text)


def test_the_last_separator_alone_makes_a_figure_but_puts_none_together() -> None:
    assert is_figure("125360,898")
    assert cell_text([chars_of("2071,2", 0, 0), chars_of("34.00", 0, 12)], 40) == "2071,2\n34.00"


@pytest.mark.parametrize(
    ("text", "value"), [("①30,261", 30_261), ("434.56①", "434.56"), ("-4.1%⑾", "-4.1"), ("③ 777", 777)]
)
def test_the_mark_of_a_note_is_no_digit_of_a_figure(text: str, value: str | int) -> None:
    assert parse_amount(text) == Decimal(value)
    assert is_figure(text)


@pytest.mark.parametrize("text", ["[1]", "注1", "#", "†"])
def test_the_mark_of_a_note_alone_is_no_blank_cell(text: str) -> None:
    assert not is_figure(text)
    assert not is_nil(text)


def test_a_number_in_round_brackets_behind_a_figure_is_no_mark() -> None:
    assert not is_figure("434.56(1)")


def test_blanks_join_no_two_figures() -> None:
    with pytest.raises(AmountError):
        parse_amount("12 1,234.00")
    with pytest.raises(AmountError):
        parse_amount("3. 50")
    assert is_figure("12 1,234.00")  # its row is a row of figures all the same


@pytest.mark.parametrize("dash", ["-", "－", "−", "–", "—", "―", "─"])
def test_a_dash_alone_is_nothing(dash: str) -> None:
    assert is_nil(dash)
    assert is_nil(dash * 2)
    assert token_of(chars_of(dash, 0, 0)).nil
    assert not is_figure(dash)


@pytest.mark.parametrize("dash", ["-", "−", "–", "—", "△"])
def test_a_dash_that_ends_its_column_is_not_the_sign_of_the_next_columns_figure(dash: str) -> None:
    figure = chars_of("1,234.00", 62, 12)
    nil = [Char(dash, 52, 12, 58, 22)]
    expected = [dash, "1,234.00"] if dash != "△" else None
    assert expected is None or cells_of([*nil, *figure], (10, 60, 115), (10, 30)) == expected
    sign = [Char(dash, 56, 12, 62, 22)]
    assert f"{dash}1,234.00" in cells_of([*sign, *figure], (10, 60, 115), (10, 30))


def test_two_figures_that_touch_across_a_rule_stay_two() -> None:
    chars = [*chars_of("−244,895.02", 12, 12), *chars_of("▲192,446.79", 78, 12)]
    assert cells_of(chars, (10, 78, 146), (10, 30)) == ["−244,895.02", "▲192,446.79"]


@pytest.mark.parametrize("sign", ["", "-", "−", "–", "—", "△", "▲", "¥", "￥"])
def test_figures_that_touch_are_split_by_their_decimals(sign: str) -> None:
    figures = [f"{sign}244,895.02", f"{sign}192,446.79"]
    assert split_touching("".join(figures)) == figures
    assert ["".join(c.text for c in own) for own in split_figures(chars_of("".join(figures), 0, 0))] == figures
    assert split_touching("（1,244.02）(2,446.79)") == ["（1,244.02）", "(2,446.79)"]
    assert split_touching("1,234,567.00") == ["1,234,567.00"]


def test_the_rest_of_a_figure_has_no_sign() -> None:
    assert is_rest("(1,234.5", "0)")
    assert is_rest("1,234", ".50")
    assert is_rest("12.", "5%")
    assert not is_rest("1,234.5", "-1")


def test_half_of_the_last_digit_is_that_of_the_number_alone() -> None:
    assert half_digit("（1,234.5）", "万元") == 500
    assert half_digit("１２．５％", "%") == Decimal("0.05")
    assert half_digit("434.56①", "万元") == 50
    assert half_digit("0", "万元") == 5_000
    assert half_digit("0", "万元", zero_is_exact=True) == 0


@pytest.mark.parametrize("write", [xlsx_of, ods_of, html_of])
def test_a_cell_of_a_file_gives_its_figure_with_its_sign(
    write: Callable[[list[list[Placed]]], bytes], vocabulary: Vocabulary
) -> None:
    texts = [form.format("1,234.50") for form, _ in DRESSED]
    rows = [("项目", "预算数"), *((f"项目{n}", text) for n, text in enumerate(texts)), ("合计", "0.00")]
    sheet = [(row, column, 1, 1, text) for row, texts in enumerate(rows) for column, text in enumerate(texts)]
    data = write([sheet])
    layouts = read_layouts(Source("a", "d" * 64, sniff(data), data)).layouts
    items = items_of(read_tables(layouts, vocabulary), vocabulary)
    assert [item.value for item in items] == [*(sign * Decimal("1234.50") for _, sign in DRESSED), 0]


@pytest.mark.parametrize(
    ("text", "mark", "unit"),
    [
        ("434.56", None, None),
        ("434.56①", "①", None),
        ("434.56¹²", "¹²", None),
        ("5*", "*", None),
        ("434.56†", "†", None),
        ("434.56#", "#", None),
        ("434.56[1]", "[1]", None),
        ("434.56注1", "注1", None),
        ("434.56（注）", "（注）", None),
        ("434.56⁽注¹⁾", "⁽注¹⁾", None),
        ("434.56¹,²", "¹,²", None),
        ("434.56ᵃ", "ᵃ", None),
        ("8,000万元", None, "万元"),
    ],
)
def test_a_figure_has_its_mark_and_its_unit_behind_it(text: str, mark: str | None, unit: str | None) -> None:
    assert (note_mark(text), unit_behind(text)) == (mark, unit)


def test_the_mark_of_a_note_raised_over_the_end_of_a_text_stands_behind_it() -> None:
    assert cell_text([chars_of("①", 90, 0), chars_of("15.转移支付", 0, 8)], 120) == "15.转移支付①"


@pytest.mark.parametrize("text", ["1{}", "{}1", "1,234.5{}", "({}1)", "{}5注1"])
def test_what_any_figure_has_is_a_character_of_figures(text: str) -> None:
    chars = map(chr, (*range(0xD800), *range(0xE000, 0x10000)))
    found = [char for char in chars if is_figure(text.format(char))]
    assert all(IN_FIGURES.fullmatch(char) for char in found)
    assert len(found) > 10


@pytest.mark.parametrize(
    "text",
    [
        "注：红字为负数。",
        "红色数字表示负数",
        "表中红色的金额为负值",
        "负数以红字列示",
        "负数用红色表示",
        "红字表示减少",
        "以红字表示的为负数",
    ],
)
def test_a_note_says_that_figures_in_red_are_below_zero(text: str) -> None:
    assert sets_negatives_in_red(text)


@pytest.mark.parametrize(
    "text",
    [
        "红色旅游负责人",
        "赤字率",
        "红字",
        "负数以括号列示",
        "红色部分由负责单位填写",
        "红色的为负债",
        "红字为减少的项目",
    ],
)
def test_other_words_say_nothing_of_red(text: str) -> None:
    assert not sets_negatives_in_red(text)
