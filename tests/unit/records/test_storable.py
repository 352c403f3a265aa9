from __future__ import annotations

from decimal import Decimal

import pytest
from support.small_tables import line_item

from extractor.records.storable import storable


@pytest.mark.parametrize("amount", ["999999999999999999.99", "-999999999999999999", "0", "0.000001"])
def test_numbers_of_eighteen_digits_and_six_decimals_are_kept_as_they_are(amount: str) -> None:
    item = line_item(amount, unit="元")
    assert storable([item]) == ([item], [])


def test_a_number_of_more_digits_is_left_out_with_its_reason() -> None:
    long, short = line_item("1,000,000,000,000,000,000", unit="元", page=7), line_item("1.00", 1)
    assert storable([long, short]) == (
        [short],
        ['page 7 prints "1,000,000,000,000,000,000", of more than 18 digits: left out'],
    )


def test_an_amount_in_yuan_may_have_too_many_digits_where_its_number_has_not() -> None:
    assert storable([line_item("99,999,999,999,999", unit="万元")])[1] == []
    (reason,) = storable([line_item("100,000,000,000,000", unit="万元")])[1]
    assert '"100,000,000,000,000"' in reason


def test_a_number_that_is_no_money_has_its_digits_counted_too() -> None:
    assert len(storable([line_item("1000000000000000000%", unit="%")])[1]) == 1


def test_decimals_beyond_the_sixth_are_held_to_six_and_the_text_has_all() -> None:
    ((item,), reasons) = storable([line_item("12.3456789", unit="%")])
    assert (item.value, item.amount_text, reasons) == (Decimal("12.345679"), "12.3456789", [])
