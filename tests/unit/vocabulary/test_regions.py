from __future__ import annotations

import pytest

from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("上海市民政局2026年部门预算", ("310000", "上海市")),
        ("上海民政局", ("310000", "上海市")),
        ("上海市普陀区财政局", ("310107", "上海市普陀区")),
        ("上海普陀区财政局", ("310107", "上海市普陀区")),
        ("普陀区财政局", None),  # a district's own name says nothing without its city: 舟山 has one too
        ("江苏省苏州市财政局", ("320500", "苏州市")),  # the most narrow one
        ("内蒙古自治区财政厅", ("150000", "内蒙古自治区")),
        ("内蒙古财政厅", ("150000", "内蒙古自治区")),
        ("某某局", None),
        ("", None),
    ],
)
def test_the_most_narrow_region_that_a_text_names(
    vocabulary: Vocabulary, text: str, region: tuple[str, str] | None
) -> None:
    assert vocabulary.regions.find(text) == region


def test_every_region_is_known_by_its_full_name(config: Config, vocabulary: Vocabulary) -> None:
    names = [region for region in config.regions.region if region.name != "吉林省"]
    for region in names:
        assert vocabulary.regions.find(f"{region.name}财政局") == (region.code, region.name)


@pytest.mark.xfail(
    strict=True, reason="its city has the province's name without 省, and a city goes before its province"
)
def test_jilin_is_a_province_where_a_text_says_so(vocabulary: Vocabulary) -> None:
    assert vocabulary.regions.find("吉林省财政厅") == ("220000", "吉林省")
