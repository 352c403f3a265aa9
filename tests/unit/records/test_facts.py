from __future__ import annotations

import pytest

from extractor.grids.grid import PageLayout
from extractor.records.facts import Facts, read_facts
from extractor.vocabulary.vocabulary import Vocabulary


def facts_of(vocabulary: Vocabulary, *lines: str) -> Facts:
    return read_facts(
        [PageLayout(1, 600, 800, "\n".join(lines), (), ())], [], None, vocabulary.regions, vocabulary.organisations
    )


@pytest.mark.parametrize(
    ("lines", "year", "name", "level"),
    [
        (("2026 年度", "福州市示例局交通管理", "支队", "单位预算"), 2026, "福州市示例局交通管理支队", "unit"),
        (("示例市示例区规划和自然", "资源局", "2024 年度部门决算"), 2024, "示例市示例区规划和自然资源局", "department"),
        (("2026 年深圳市示例局部门预算", "目 录"), 2026, "深圳市示例局", "department"),
        (("目录", "第一部分 2026年度部门预算情况说明", "示例市示例局"), 2026, "示例市示例局", "department"),
        (("示例市示例委员会2026年部门预算情况说明", "一、单位基本情况"), 2026, "示例市示例委员会", "department"),
    ],
)
def test_cover(vocabulary: Vocabulary, lines: tuple[str, ...], year: int, name: str, level: str) -> None:
    found = facts_of(vocabulary, *lines)
    assert (found.fiscal_year, found.organisation, found.organisation_level) == (year, name, level)


def test_a_year_in_prose_does_not_outweigh_the_cover(vocabulary: Vocabulary) -> None:
    found = facts_of(vocabulary, "2026年度示例局部门预算", "2025年部门预算执行", "2025年部门决算", "2025年预算")
    assert found.fiscal_year == 2026


def test_a_document_that_says_nothing(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "通知") == Facts(None, None, None, None, None, None)
