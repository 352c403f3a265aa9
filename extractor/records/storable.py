"""Which line items the contract can hold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from extractor.records.item import LineItem

DECIMALS = 6  # of a number in its own unit
MAX_DIGITS = 18  # before the point, of a number and of an amount


def fits(number: Decimal) -> bool:
    """Return whether a number has no more digits than the schema holds; nobody may calculate with one that has more."""
    return number.adjusted() < MAX_DIGITS


def storable(items: Sequence[LineItem]) -> tuple[list[LineItem], list[str]]:
    """Return the items that the schema can hold, and a reason for each that has too many digits.

    A number of more than six decimals (a formula's, in a workbook without a format) is held to six; its text has all.
    """
    fitting: list[LineItem] = []
    reasons: list[str] = []
    for item in items:
        if not fits(item.value) or (item.amount is not None and not fits(item.amount)):
            counted = "" if not fits(item.value) else f" in {item.unit}"
            digits = f"of more than {MAX_DIGITS} digits{' in yuan' if counted else ''}"
            reasons.append(f'page {item.page} prints "{item.amount_text}"{counted}, {digits}: left out')
        elif (exponent := item.value.as_tuple().exponent) and int(exponent) < -DECIMALS:
            fitting.append(item._replace(value=item.value.quantize(Decimal(1).scaleb(-DECIMALS))))
        else:
            fitting.append(item)
    return fitting, reasons
