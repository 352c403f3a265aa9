"""Compare a stated amount with the sum of its parts, with a tolerance derived from the printed digits; which such sums say something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from extractor.checks.check import Check
from extractor.contract import Holds, Rule
from extractor.notation import amounts
from extractor.records.item import LineItem

MAX_TERMS = 8
ZERO = Decimal(0)
TELLING = Decimal("0.01")  # of a sum: rounding that may be more of it explains too much
_MICRO = Decimal("0.000001")  # of a yuan: the last digit that a tolerance is stored with

Tried = tuple[int, Check | None]  # a row, and its sum down a column where that holds


def half_digit(item: LineItem) -> Decimal:
    """Return half of the last digit that an amount prints, in yuan."""
    return amounts.half_digit(item.amount_text, item.unit)


def total_of(items: Sequence[LineItem]) -> Decimal:
    """Return the sum of amounts, in yuan."""
    return sum([i.amount for i in items if i.amount is not None], ZERO)


def holds(left: Sequence[LineItem], right: Sequence[LineItem]) -> Holds:
    """Return exact, rounding or no for `sum(left) = sum(right)`."""
    difference = total_of(left) - total_of(right)
    return "exact" if difference == 0 else _within(difference, _tolerance(left, right))


def _tolerance(left: Sequence[LineItem], right: Sequence[LineItem]) -> Decimal:
    return sum([amounts.half_digit(i.amount_text, i.unit) for i in (*left, *right)], ZERO)


def _within(difference: Decimal, tolerance: Decimal) -> Holds:
    if difference == 0:
        return "exact"
    return "rounding" if abs(difference) <= tolerance else "no"


def identity(rule: Rule, where: str, left: Sequence[LineItem], right: Sequence[LineItem]) -> Check:
    """Return the check of `sum(left) = sum(right)`; `reconcile` sets its id later. A failure is a finding until something doubts it."""
    stated, computed = total_of(left), total_of(right)
    difference, tolerance = stated - computed, _tolerance(left, right)
    result = _within(difference, tolerance)
    return Check(
        check_id="",
        document_id=left[0].document_id,
        rule=rule,
        statement=f"{where}: {_terms(left)} = {_terms(right)}",
        table_ids=tuple(sorted({i.table_id for i in (*left, *right)})),
        left_items=tuple(i.item_id for i in left),
        right_items=tuple(i.item_id for i in right),
        stated=stated,
        computed=computed,
        difference=difference,
        tolerance=tolerance.quantize(_MICRO),
        holds=result,
        kind=None,
        standing="finding" if result == "no" else None,
    )


def says_something(check: Check) -> bool:
    """Return whether a sum holds, exactly or within a rounding that few other sums are within."""
    return check.holds == "exact" or (check.holds == "rounding" and check.tolerance <= TELLING * abs(check.stated))


def first_telling(stated: LineItem, choices: Iterable[Sequence[LineItem]], where: str) -> Tried:
    """Return the row of an amount and the first of its sums that says something, where there is one."""
    rule: Rule = "rows_total" if stated.is_total else "children_sum"
    holding = (identity(rule, where, [stated], parts) for parts in choices if holds([stated], parts) != "no")
    return stated.row, next((check for check in holding if says_something(check)), None)


def borne_out(sums: Iterable[Tried]) -> Iterator[Check]:
    """Yield the sums that hold down a table's columns, of rows whose sums do so in as many columns as they do not."""
    of_rows: dict[int, list[Check | None]] = defaultdict(list)
    for row, check in sums:
        of_rows[row].append(check)
    for tried in of_rows.values():
        good = [check for check in tried if check is not None]
        if 2 * len(good) >= len(tried):
            yield from good


def _terms(items: Sequence[LineItem]) -> str:
    shown = [f"{_name(i)} {i.amount_text}" for i in items[:MAX_TERMS]]
    if len(items) > MAX_TERMS:
        shown.append(f"… ({len(items)} terms)")
    return " + ".join(shown)


def _name(item: LineItem) -> str:
    name = " ".join(filter(None, (item.code, item.label)))
    return name if name and not item.is_total else f"{name} {item.measure_label.rpartition('/')[2]}".strip()
