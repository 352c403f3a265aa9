"""Lines of a body → rows: by rules, by distance, and by how wrapped labels lie around figures."""

from __future__ import annotations

import pytest
from support.small_lines import EM, left, line_of, right

from extractor.grids.geometry.unruled.rows import is_rest, read_rows, usual_decimals
from extractor.grids.geometry.unruled.tokens import TokenLine


def label(text: str, y: float) -> TokenLine:
    return line_of(left(text, 50, y))


def amount(text: str, y: float) -> TokenLine:
    return line_of(right(text, 300, y))


def both(text: str, figure: str, y: float) -> TokenLine:
    return line_of(left(text, 50, y), right(figure, 300, y))


def rows_of(*lines: TokenLine, rules: tuple[float, ...] = (), decimals: int = 2) -> list[str]:
    rows = read_rows(lines, [(y, 40.0, 310.0) for y in rules], EM, decimals)
    return [" ".join(token.text for token in row.tokens) for row in rows]


def test_each_line_with_figures_is_a_row() -> None:
    assert rows_of(both("甲", "1.00", 100), both("乙", "2.00", 115)) == ["甲 1.00", "乙 2.00"]


def test_a_label_set_half_a_line_beside_its_figures_is_in_their_row() -> None:
    assert rows_of(label("甲", 97), amount("1.00", 100), both("乙", "2.00", 115)) == ["甲 1.00", "乙 2.00"]


def test_amounts_on_nearly_one_baseline_are_one_row() -> None:
    assert rows_of(both("甲", "1.00", 100), line_of(right("5.00", 400, 104))) == ["甲 1.00 5.00"]


def test_lines_of_labels_that_wrap_around_their_figures_go_to_the_nearest() -> None:
    first = (label("甲一", 90), amount("1.00", 100), label("甲二", 110))
    second = (label("乙一", 122), amount("2.00", 132), label("乙二", 142))
    assert rows_of(*first, *second) == ["甲一 1.00 甲二", "乙一 2.00 乙二"]


def test_a_label_of_more_lines_than_its_neighbour_lies_around_its_own_figures() -> None:
    first = (label("甲一", 90), amount("1.00", 100), label("甲二", 110))
    second = (label("乙一", 122), label("乙二", 134), amount("2.00", 140), label("乙三", 146), label("乙四", 158))
    assert rows_of(*first, *second) == ["甲一 1.00 甲二", "乙一 乙二 2.00 乙三 乙四"]


def test_labels_whose_first_line_stands_beside_the_figures_wrap_below_them() -> None:
    first = (both("甲一", "1.00", 100), label("甲二", 112), label("甲三", 124))
    assert rows_of(*first, both("乙", "2.00", 136)) == ["甲一 1.00 甲二 甲三", "乙 2.00"]


def test_a_label_as_far_from_its_neighbours_as_rows_are_is_a_row_without_figures() -> None:
    lines = (both("甲", "1.00", 100), both("乙", "2.00", 120), label("其中", 140), both("丙", "3.00", 160))
    assert rows_of(*lines) == ["甲 1.00", "乙 2.00", "其中", "丙 3.00"]


def test_rules_between_all_rows_alone_show_which_lines_are_a_row() -> None:
    lines = (both("甲一", "1.00", 100), label("甲二", 125), both("乙", "2.00", 150))
    assert rows_of(*lines, rules=(137.0,)) == ["甲一 1.00 甲二", "乙 2.00"]
    assert rows_of(*lines) == ["甲一 1.00", "甲二", "乙 2.00"]


def test_money_under_money_between_two_rules_is_two_rows() -> None:
    lines = (both("甲", "1.00", 100), both("乙", "2.00", 115), both("丙", "3.00", 140), both("丁", "4.00", 165))
    assert rows_of(*lines, rules=(128.0, 152.0)) == ["甲 1.00", "乙 2.00", "丙 3.00", "丁 4.00"]


def test_a_rule_under_less_than_half_of_the_width_separates_no_rows() -> None:
    lines = (label("甲一", 94), amount("1.00", 100), both("乙", "2.00", 120))
    short = read_rows(lines, [(97.0, 40.0, 100.0)], EM, 2)
    assert len(short) == 2


def test_a_figure_that_wraps_in_its_cell_is_in_one_row() -> None:
    lines = (both("甲", "1,033,360.1", 100), line_of(right("3", 300, 111)), both("乙", "2.00", 130))
    assert rows_of(*lines) == ["甲 1,033,360.1 3", "乙 2.00"]


def test_a_whole_figure_below_a_whole_figure_is_another_row() -> None:
    assert len(rows_of(both("甲", "1,033.13", 100), amount("3", 111), both("乙", "2.00", 130))) == 3
    assert len(rows_of(both("甲", "1033", 100), amount("13", 111), both("乙", "2", 130), decimals=0)) == 3


def test_a_row_reaches_from_its_first_to_its_last_line() -> None:
    (row,) = read_rows((label("甲一", 90), amount("1.00", 100), label("甲二", 110)), [], EM, 2)
    assert (row.top, row.bottom) == (85, 115)


def test_a_short_line_that_fits_two_rows_ends_the_upper_one() -> None:
    long, next_row = label("其他自然灾害救灾恢复重建支", 430), both("二十四、债务发行费用支出", "20.00", 457)
    lines = (both("其他支出", "10.00", 405), long, amount("-15.00", 434), label("出", 446), next_row)
    assert rows_of(*lines)[1:] == ["其他自然灾害救灾恢复重建支 -15.00 出", "二十四、债务发行费用支出 20.00"]


def test_the_end_of_a_label_that_lies_on_the_next_label_is_of_the_row_above() -> None:
    lines = []
    for y in (100, 116, 132):
        figures = line_of(left("支出", 140, y), right("1.00", 300, y))
        lines += [label("水利工程运行与维", y - 2), figures, label("护", y + 9)]
    rows = rows_of(*sorted(lines, key=lambda line: line.middle))
    assert rows == ["水利工程运行与维 支出 1.00 护"] * 3


def test_the_usual_decimals_are_those_of_most_amounts() -> None:
    assert usual_decimals([amount("1.00", 0), amount("2,000.00", 20), amount("1,234", 40)]) == 2
    assert usual_decimals([label("甲", 0)]) == 0


@pytest.mark.parametrize(
    ("above", "below", "rest"),
    [("1,033,36", "3", True), ("1,033", ".50", True), ("12", "1,033", False), ("1,033", "元", False)],
)
def test_the_rest_of_a_figure_is_shorter_or_begins_with_a_separator(above: str, below: str, rest: bool) -> None:
    assert is_rest(above, below) == rest
