from __future__ import annotations

import pytest

from extractor.datasets.references import classification_rows, region_rows
from extractor.datasets.schemas import reference_tables
from extractor.vocabulary.codes import SCHEMES
from extractor.vocabulary.config import Config


def test_what_a_division_is_today_is_in_force_and_a_code_has_one_row(config: Config) -> None:
    rows = {row.region_code: row for row in region_rows(config.regions)}
    assert len(rows) == len({region.code for region in config.regions})
    for row in rows.values():
        assert row.last_year is not None or row.current_code == row.region_code
        assert row.current_code is None or rows[row.current_code].last_year is None
        assert (row.parent_region_code is None) == (row.level == "province")
        assert row.parent_region_code is None or row.parent_region_code in rows


@pytest.mark.parametrize(
    ("code", "current"),
    [
        ("330185", "330112"),  # 临安市 → 临安区, 2017
        ("330124", "330112"),  # 临安县 → 临安市 → 临安区
        ("371202", "370116"),  # 莱城区 → 济南市莱芜区, 2019
        ("341400", None),  # 巢湖市 was divided among three
        ("310107", "310107"),
    ],
)
def test_a_divisions_code_leads_to_the_one_of_today(config: Config, code: str, current: str | None) -> None:
    assert next(row.current_code for row in region_rows(config.regions) if row.region_code == code) == current


def test_every_code_has_a_row_with_its_names_by_year_and_its_parent(config: Config) -> None:
    rows = {(row.classification, row.code): row for row in classification_rows(config.codes, config.successors)}
    assert len(rows) == sum(len(config.codes.scheme(scheme).names) for scheme in SCHEMES.values())
    pension = rows["functional", "20805"]
    assert [(n.name, n.first_year) for n in pension.names] == [
        ("行政事业单位离退休", 2018),
        ("行政事业单位养老支出", 2020),
    ]
    assert (pension.name, pension.level, pension.parent_code) == ("行政事业单位养老支出", 2, "208")
    moved = rows["functional", "2011004"]
    assert (moved.successor, moved.current_code) == ("2080113", "2080113")
    assert moved.successor_source
    assert all((scheme, row.current_code) in rows for (scheme, _), row in rows.items())


def test_the_tables_are_the_same_every_time(config: Config) -> None:
    assert reference_tables(config) == reference_tables(config)
