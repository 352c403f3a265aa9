from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import AmountError
from extractor.notation.amounts import is_amount, parse_amount
from extractor.notation.figures import is_nil


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,033.36", "1033.36"),
        ("171,915,169", "171915169"),
        ("125360,898", "125360898"),  # the last separator alone
        ("0", "0"),
        ("...... 171,915,169", "171915169"),
        ("……△5.5", "-5.5"),
        ("434.56 万元", "434.56"),
        ("123456789012", "123456789012"),
        ("0.00", "0.00"),
        ("-12", "-12"),
        ("－12", "-12"),
        ("△5.5", "-5.5"),
        ("(3.00)", "-3.00"),
        ("（3.00）", "-3.00"),
        ("２６７", "267"),
        ("2 , 6 7 8 . 6 8", "2678.68"),
        ("1, 234.00", "1234.00"),
        ("12.5%", "12.5"),
        ("150,000-", "-150000"),
        ("负150,000", "-150000"),
        ("434.56*", "434.56"),
        ("434.56①", "434.56"),
        ("8,000元", "8000"),
        ("12,345,\n600", "12345600"),
        ("434.\n56", "434.56"),
        ("12\u202f345\u2009600", "12345600"),
    ],
)
def test_parses_every_way_of_printing(text: str, value: str) -> None:
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1,2O4",
        "3302040012345",  # of a seal
        "..5",
        "1.00 2.00",
        "12\n13",
        "1,23",
        "合计",
        "",
        "-",
        "3人",
        "1.2.3",
        "12 345",
        "12 34.56",
        "100 2.50",
        "1 2",
        "1 2 3",
        "201-",
    ],
)
def test_refuses_what_is_not_one_number(text: str) -> None:
    with pytest.raises(AmountError, match="cannot read"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "－"])
def test_nil_is_not_zero(text: str) -> None:
    assert is_nil(text)
    assert not is_amount(text)
    assert not is_nil("0")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_round_trip(value: Decimal) -> None:
    assert parse_amount(f"{value:,.2f}") == value
    assert parse_amount(f"{value:.2f}") == value
