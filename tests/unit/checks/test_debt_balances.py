"""What a government owes, and may owe, from one year to the next."""

from __future__ import annotations

import pytest
from support.small_tables import items_down
from support.vocabulary import CONFIG

from extractor.checks.debt_balances import check_debt_balances

RULES = CONFIG.identities.debt_balance
FORM = (
    ("2024年末地方政府一般债务余额实际数", "10.00"),
    ("2025年末地方政府一般债务余额限额", "15.00"),
    ("2025年地方政府一般债务发行额", "5.00"),
    ("2025年地方政府一般债券发行额", "4.00"),
    ("2025年地方政府一般债务还本额", "3.00"),
    ("2025年末地方政府一般债务余额预计执行数", "12.00"),
    ("2026年地方财政赤字", "2.00"),
    ("2026年地方政府一般债务余额限额", "17.00"),
)


def results(*rows: tuple[str, str], table_type: str = "government_debt_final") -> list[tuple[str, int, list[str]]]:
    found = check_debt_balances(items_down(*rows, table_type=table_type), RULES, "p.1")
    return [
        (c.holds, len(c.left_items), [i.rpartition("/")[0].rpartition("/")[2] for i in c.right_items]) for c in found
    ]


def test_a_balance_is_last_years_and_what_was_borrowed_less_what_was_repaid_and_a_limit_rises() -> None:
    assert results(*FORM) == [("exact", 2, ["0", "2"]), ("exact", 1, ["1", "6"])]


def test_general_and_special_debt_are_summed_each_by_itself() -> None:
    special = [(label.replace("一般", "专项"), amount) for label, amount in FORM[:6]]
    assert results(*FORM[:6], *special) == [("exact", 2, ["0", "2"]), ("exact", 2, ["6", "8"])]


@pytest.mark.parametrize("left_out", [0, 2, 4])
def test_a_balance_needs_all_of_its_rows(left_out: int) -> None:
    rows = [row for n, row in enumerate(FORM[:6]) if n not in (left_out, 3)]
    assert results(*rows) == []


def test_what_does_not_hold_says_nothing_and_rows_of_other_tables_are_not_asked() -> None:
    assert results(*FORM[:5], ("2025年末地方政府一般债务余额预计执行数", "12.50")) == []
    assert results(*FORM, table_type="transfer_payments") == []


def test_rows_of_other_years_and_parts_are_none_of_a_sum() -> None:
    assert results(("2023年末地方政府一般债务余额实际数", "10.00"), *FORM[1:6]) == []
    assert results(*FORM[:4], ("其中：2025年地方政府一般债务还本额", "3.00"), FORM[5]) == []
