"""Dotted leaders: taken out before amounts, left before page numbers."""

from __future__ import annotations

import pytest
from support.small_lines import chars_of

from extractor.grids.geometry.unruled.leaders import without_leaders


def read(*lines: str) -> list[str]:
    return ["".join(char.text for char in line) for line in without_leaders([chars_of(line, 0, 0) for line in lines])]


@pytest.mark.parametrize("dots", ["……", "......", "······", "______"])
def test_dots_that_lead_to_amounts_are_taken_out(dots: str) -> None:
    lines = [f"增值税{dots}1206", f"资源税{dots}84.5", f"房产税{dots}912", "合计2202.5"]
    assert read(*lines) == ["增值税1206", "资源税84.5", "房产税912", "合计2202.5"]


def test_dots_that_lead_to_page_numbers_stay() -> None:
    lines = ["部门概况……1", "收支总表……5", "收入总表……5", "名词解释……12"]
    assert read(*lines) == lines


def test_dots_before_amounts_of_two_years_are_taken_out() -> None:
    lines = ["税收收入……1,200.001,250.00", "非税收入……300.00280.00", "合计……1,500.001,530.00"]
    assert read(*lines) == ["税收收入1,200.001,250.00", "非税收入300.00280.00", "合计1,500.001,530.00"]
