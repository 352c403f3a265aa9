"""Sums over divisions, whose codes say which are parts of which."""

from __future__ import annotations

import pytest
from support.small_tables import items_down

from extractor.checks.divisions import check_divisions
from extractor.checks.identity import borne_out

City = tuple[str, str, str | None, str | None]
CITY: tuple[City, ...] = (
    ("某某市", "6.00", "130100", None),
    ("市本级", "1.00", "130100", "own_level"),
    ("甲区", "2.00", "130102", "all_region"),
    ("乙县", "3.00", "130121", "all_region"),
)


def results(*rows: City) -> list[tuple[str, str, list[str]]]:
    changes = [(name, amount, {"region_code": code, "scope": scope}) for name, amount, code, scope in rows]
    items = items_down(*changes)
    labels = {i.item_id: i.label for i in items}
    found = borne_out(check_divisions(items, "p.1"))
    return [(labels[c.left_items[0]], c.holds, [labels[i] for i in c.right_items]) for c in found]


def test_a_city_is_its_own_level_and_its_counties() -> None:
    assert results(*CITY) == [("某某市", "exact", ["市本级", "甲区", "乙县"])]
    assert results(("某某市", "6.01", "130100", None), *CITY[1:]) == [
        ("某某市", "rounding", ["市本级", "甲区", "乙县"])
    ]


def test_a_province_is_its_cities_without_their_counties() -> None:
    rows = (("全省", "10.00", "130000", None), *CITY, ("某州", "4.00", "132200", None))
    assert results(*rows)[0] == ("全省", "exact", ["某某市", "某州"])


def test_rows_headed_among_them_are_no_parts_and_zones_without_a_code_may_be() -> None:
    memo = ("其中：开发区", "1.50", None, None)
    assert results(*CITY[:2], memo, *CITY[2:]) == [("某某市", "exact", ["市本级", "甲区", "乙县"])]
    zone = ("高新区", "1.50", None, None)
    whole = ("某某市", "7.50", "130100", None)
    assert results(whole, *CITY[1:], zone) == [("某某市", "exact", ["市本级", "甲区", "乙县", "高新区"])]
    assert results(*CITY, zone) == [("某某市", "exact", ["市本级", "甲区", "乙县"])]


def test_the_own_level_may_be_headed_as_the_first_of_the_parts() -> None:
    own = ("其中：市本级及市辖区", "1.00", "130100", None)
    assert results(CITY[0], own, *CITY[2:]) == [("某某市", "exact", ["其中：市本级及市辖区", "甲区", "乙县"])]
    memo = ("其中：丙县", "2.50", "130123", None)
    assert results(*CITY, memo) == [("某某市", "exact", ["市本级", "甲区", "乙县"])]


@pytest.mark.parametrize(
    "rows",
    [
        (("某某市", "9.00", "130100", None), *CITY[1:]),  # some of its counties are left out
        (("某某市", "6.00", "130200", None), *CITY[1:]),  # these are another city's
        (("某某市", "6.00", "130100", "own_level"), *CITY[1:]),
        (("某某市", "2.00", "130100", None), CITY[2]),  # one county repeats the city's amount
        (("甲", "3.00", None, None), ("乙", "1.00", None, None), ("丙", "2.00", None, None)),
    ],
)
def test_what_the_codes_do_not_say_or_what_does_not_hold_says_nothing(rows: tuple[City, ...]) -> None:
    assert results(*rows) == []
