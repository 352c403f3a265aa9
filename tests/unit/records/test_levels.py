"""Headers that name no more than a level of government: whose money it is, by the level of the document's own."""

from __future__ import annotations

import pytest
from support.small_tables import line_item

from extractor.records.levels import with_levels
from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("region", "header", "measure"),
    [
        ("430000", "当年省级安排", "local_funds"),
        ("430100", "当年省级安排", "superior_transfer"),
        ("430121", "省级", "superior_transfer"),
        ("430100", "市级财政资金", "local_funds"),
        ("110000", "市级财政资金", "local_funds"),
        ("430100", "区级", None),
        ("430181", "市级", None),  # a city of county level, or the city that it lies in
        (None, "当年省级安排", None),
        (None, "省本级", "local_funds"),
        ("430121", "上级专项转移支付", "local_funds"),  # it names no level: as it was
    ],
)
def test_whose_money_a_level_heads_says_the_documents_own_level(
    vocabulary: Vocabulary, region: str | None, header: str, measure: str | None
) -> None:
    item = line_item("5.00", measure="local_funds", measure_label=f"2026年预算数/{header}")
    home = vocabulary.regions.region(region, 2026)
    assert [i.measure for i in with_levels([item], home, vocabulary.headers.government_levels)] == [measure]


def test_a_level_under_a_head_for_money_from_above_says_it_no_second_time(vocabulary: Vocabulary) -> None:
    item = line_item("5.00", measure="superior_transfer/local_funds", measure_label="提前下达转移支付/省级")
    home = vocabulary.regions.region("430121", 2026)
    (found,) = with_levels([item], home, vocabulary.headers.government_levels)
    assert found.measure == "superior_transfer"


def test_two_levels_above_are_told_apart_by_neither(vocabulary: Vocabulary) -> None:
    items = [
        line_item("5.00", column=column, measure="local_funds", measure_label=header)
        for column, header in enumerate(("省级", "市级", "县级"))
    ]
    home = vocabulary.regions.region("430121", 2026)
    found = with_levels(items, home, vocabulary.headers.government_levels)
    assert [i.measure for i in found] == [None, None, "local_funds"]


def test_a_level_of_its_own_that_no_header_could_name_beside_others_is_its_own_money(vocabulary: Vocabulary) -> None:
    items = [
        line_item("5.00", column=column, measure=measure, measure_label=header)
        for column, (header, measure) in enumerate(
            (("中央资金", "superior_transfer"), ("县级资金", None), ("省级资金", None))
        )
    ]
    home = vocabulary.regions.region("430121", 2026)
    found = with_levels(items, home, vocabulary.headers.government_levels)
    assert [i.measure for i in found] == ["superior_transfer", "local_funds", None]
