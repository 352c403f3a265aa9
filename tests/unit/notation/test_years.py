from __future__ import annotations

import pytest

from extractor.notation.text import narrow
from extractor.notation.years import RANGE, in_figures, in_full


@pytest.mark.parametrize(
    "text", ["二〇二五", "二○二五", "二零二五", "二O二五", "二o二五", "二0二五", "二◯二五", "2025"]
)
def test_a_year_in_chinese_numerals_is_one_in_figures(text: str) -> None:
    assert in_figures(f"{text}年度部门预算") == "2025年度部门预算"
    assert in_figures(text) == "2025"
    assert narrow(f"比{text}年增加") == "比2025年增加"


@pytest.mark.parametrize("text", ["二十大", "二〇二五万", "二级项目", "二〇", "二、二零"])
def test_other_chinese_numbers_stay(text: str) -> None:
    assert in_figures(text) == text


def test_a_range_is_no_year() -> None:
    assert RANGE.search("2024-2026年")
    assert RANGE.search("2024年—2026年")
    assert not RANGE.search("2026年")


def test_a_year_of_two_figures_is_one_of_four_in_a_header() -> None:
    assert in_full("24年预算") == "2024年预算"
    assert in_full("’25年度") == "2025年度"
    assert in_full("比24年增减") == "比2024年增减"
    assert in_full("24年") == "2024年"


@pytest.mark.parametrize("text", ["10年期", "30年", "2024年预算", "第15年预算", "5年预算", "24年以上"])
def test_terms_and_whole_years_stay(text: str) -> None:
    assert in_full(text) == text
