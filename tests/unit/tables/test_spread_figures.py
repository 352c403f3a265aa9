"""Columns over which one figure is spread."""

import pytest

from extractor.tables.spread_figures import find_spread


def _spread(heads: list[str], *columns: str) -> list[int]:
    texts = [column.split("|") for column in columns] or [["1"]] * len(heads)
    return sorted(find_spread([(head,) if head else () for head in heads], texts))


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["科目", *"千百十万千百十元角分"], [*range(1, 11)]),
        (["科目", "元", "角", "分"], [1, 2, 3]),
        (["亿", "万", "元"], [0, 1, 2]),
    ],
)
def test_columns_headed_by_the_places_of_a_figure_hold_parts_of_it(heads: list[str], expected: list[int]) -> None:
    assert _spread(heads) == expected


@pytest.mark.parametrize("heads", [["科目", "元", "元", "元"], ["合计", "元", "项目支出"], ["分值", "得分", "分"]])
def test_units_over_whole_columns_are_no_places_of_a_figure(heads: list[str]) -> None:
    assert _spread(heads) == []


def test_units_under_heads_of_their_own_are_no_places_of_one_figure() -> None:
    scores = [("金额", "元"), ("得分", "分")]
    assert not find_spread(scores, [["1"]] * 2)
    sides = [(side, place) for side in ("借方", "贷方") for place in "元角分"]
    assert find_spread(sides, [["1"]] * 6) == frozenset(range(6))


def test_places_in_the_first_row_below_a_header_head_their_columns() -> None:
    assert find_spread([("金额",)] * 3, [["元", "8"], ["角", "1"], ["分", "2"]]) == frozenset(range(3))
    assert find_spread([("单位",), ("数量",)], [["元", "元"], ["1", "2"]]) == frozenset()


def test_boxes_of_single_digits_under_one_head_hold_parts_of_a_figure() -> None:
    assert _spread(["科目", "金额", "", "", "", "", ""], "行政", *["4|", "3|1", "4|2", "5|6", "6|7", "0|0"]) == [
        *range(1, 7)
    ]
    assert _spread(["科目", "金额", "", "", "", "", ""], "行政", *["4|", "3|1", "4|2", "5|6", "60|7", "0|0"]) == []
