from __future__ import annotations

from decimal import Decimal

import pytest
from support.small_tables import items_down, line_item

from extractor.checks.identity import MAX_TERMS, half_digit, holds, identity, total_of


@pytest.mark.parametrize(
    ("amount", "unit", "half"),
    [
        ("12.30", "万元", "50"),
        ("12", "万元", "5000"),
        ("12", "元", "0.5"),
        ("1,234.5", "元", "0.05"),
        ("(3.00)", "元", "0.005"),
        ("12.5%", "%", "0.05"),
    ],
)
def test_half_of_the_last_printed_digit_is_in_yuan(amount: str, unit: str, half: str) -> None:
    assert half_digit(line_item(amount, unit=unit)) == Decimal(half)


def test_a_number_that_is_no_money_adds_nothing() -> None:
    assert total_of([line_item("1.50"), line_item("12%", unit="%")]) == Decimal(15_000)


@pytest.mark.parametrize(
    ("stated", "parts", "result"),
    [
        ("6.00", ("2.00", "4.00"), "exact"),
        ("-2.00", ("2.00", "-4.00"), "exact"),
        ("6.01", ("2.00", "4.00"), "rounding"),
        ("5.99", ("2.00", "4.00"), "rounding"),
        ("6.02", ("2.00", "4.00"), "no"),  # 200 yuan off, where three numbers of 万元 to 0.01 explain 150
        ("5.98", ("2.00", "4.00"), "no"),
        ("1.6", ("1.5",), "rounding"),  # as far off as two halves of a last digit: still within
        ("1.61", ("1.5",), "no"),
        ("6", ("2.4", "4.3"), "no"),
        ("7", ("2.4", "4.3"), "rounding"),
        ("0.00", (), "exact"),
    ],
)
def test_what_printed_digits_explain_is_rounding_and_more_is_not(
    stated: str, parts: tuple[str, ...], result: str
) -> None:
    assert holds([line_item(stated)], [line_item(part) for part in parts]) == result


def test_units_of_both_sides_are_compared_in_yuan() -> None:
    assert holds([line_item("1.50")], [line_item("15,000.00", unit="元")]) == "exact"
    assert holds([line_item("1.50")], [line_item("15,049.00", unit="元")]) == "rounding"
    assert holds([line_item("1.50")], [line_item("15,051.00", unit="元")]) == "no"


def test_an_identity_says_what_was_stated_and_what_was_computed() -> None:
    whole, *parts = items_down(("201", "6.50"), ("20101", "2.00"), ("20102", "4.00"))
    check = identity("children_sum", "支出预算总表 p.3", [whole], parts)
    assert (check.stated, check.computed, check.difference) == (Decimal(65_000), Decimal(60_000), Decimal(5_000))
    assert (check.holds, check.tolerance, check.kind) == ("no", Decimal(150), None)
    assert (check.left_items, check.right_items) == ((whole.item_id,), tuple(p.item_id for p in parts))
    assert check.statement == "支出预算总表 p.3: 201 科目201 6.50 = 20101 科目20101 2.00 + 20102 科目20102 4.00"


def test_an_identity_names_each_of_its_tables_once() -> None:
    left, right = line_item("1.00", table=2), [line_item("0.40", 1), line_item("0.60", 2)]
    assert identity("cross_table", "", [left], right).table_ids == (right[0].table_id, left.table_id)


def test_a_total_is_named_with_its_column() -> None:
    total = line_item("1.00", label="合计", is_total=True, measure_label="本年支出/基本支出")
    assert identity("rows_total", "", [total], [line_item("1.00", 1, label="甲")]).statement == (
        ": 合计 基本支出 1.00 = 甲 1.00"
    )


def test_a_long_sum_is_cut_in_words_and_whole_in_ids() -> None:
    parts = [line_item("1.00", row) for row in range(1, MAX_TERMS + 2)]
    check = identity("rows_total", "", [line_item("9.00")], parts)
    assert check.holds == "exact"
    assert check.statement.endswith("… (9 terms)")
    assert len(check.right_items) == MAX_TERMS + 1


def test_a_tolerance_has_no_more_digits_than_are_stored() -> None:
    left, right = line_item("1.123456789123", unit="元"), line_item("1.12", unit="元")
    assert identity("children_sum", "", [left], [right]).tolerance == Decimal("0.005000")
