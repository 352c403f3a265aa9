from __future__ import annotations

import pytest

from extractor.notation.numbering import (
    ITEM,
    NUMBERING,
    is_page_number,
    is_page_number_between_dashes,
    level_of,
)
from extractor.vocabulary.codes import normalise_name


@pytest.mark.parametrize(
    ("text", "number", "level"),
    [
        ("第一部分单位概况", "第一部分", 1),
        ("一、收入", "一、", 2),
        ("十二．支出", "十二．", 2),
        ("一、2026年收入", "一、", 2),
        ("（一）税收", "（一）", 3),
        ("(三)、税收", "(三)、", 3),
        ("1.税收", "1.", 4),
        ("12、税收", "12、", 4),
        ("1.2026年收入", "1.", 4),
        ("（1）税收", "（1）", 5),
        ("①增值税", "①", 6),
        ("第三章总则", "第三章", None),
    ],
)
def test_a_numbering_has_its_level(text: str, number: str, level: int | None) -> None:
    match = NUMBERING.match(text)
    assert match is not None
    assert match[0] == number
    assert level_of(number) == level


@pytest.mark.parametrize("text", ["1.5万元", "12.50", "一般公共服务支出", "2080505", "三公经费", "其中", "(2080505)"])
def test_a_figure_or_a_name_is_no_numbering(text: str) -> None:
    assert NUMBERING.match(text) is None


@pytest.mark.parametrize(
    "number", ["一、", "（一）", "(十二)", "1.", "1、", "（1）", "①", "其中：", "其中：1.", "★", "△"]
)
def test_a_name_is_compared_without_its_numbering(number: str) -> None:
    assert normalise_name(f"{number}工资福利支出") == "工资福利支出"


def test_an_item_is_no_part_of_the_document() -> None:
    assert "部分" not in ITEM


@pytest.mark.parametrize(
    "text", ["12", "-12-", "—12—", "第12页", "第12页共40页", "第12页,共40页", "第12页/共40页", "3/40", "12页"]
)
def test_page_numbers_are_known(text: str) -> None:
    assert is_page_number(text)


@pytest.mark.parametrize("text", ["", "-", "12.5", "1,234", "12345", "第页", "第一页", "2026年"])
def test_other_lines_are_no_page_numbers(text: str) -> None:
    assert not is_page_number(text)


def test_only_dashes_on_both_sides_leave_no_doubt() -> None:
    assert is_page_number_between_dashes("-12-")
    assert is_page_number_between_dashes("—12—")
    assert not is_page_number_between_dashes("12")
    assert not is_page_number_between_dashes("-12")
