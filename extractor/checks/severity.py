"""Rank failures by what they mean for a reader: a total that misses a part comes before a rate that is off in its last digit."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from extractor.checks.check import Check
from extractor.contract import Severity
from extractor.prose.statement import Statement

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
GRAVE_IN_TABLES = Decimal("0.001")  # share of the larger side: a part is missing, or counted twice
SLIP_OF_ROUNDING = 10  # tolerances: a sum whose parts were rounded by hand; beyond it a digit is wrong
SLIGHT_IN_PROSE = Decimal("0.01")  # prose rounds to 万元 and to 亿元 what tables print in 元
SLIGHT_RATE = Decimal("0.05")  # share of the rate: 21.95 % printed for 22.00 %
WRONG_RATE = Decimal("0.5")  # 0.06 % for 0.6 %, or an increase for a decrease


def severity_of(check: Check, stated: Statement | None) -> Severity:
    """Return how grave a failure is.

    Args:
        check: An identity that fails.
        stated: The first figure of its stated side, where the prose states it.
    """
    gap = abs(check.difference) / max(abs(check.stated), abs(check.computed), abs(check.difference))
    if check.rule != "narrative":
        slip = abs(check.difference) <= SLIP_OF_ROUNDING * check.tolerance
        return "low" if slip else "high" if gap > GRAVE_IN_TABLES else "medium"
    if stated is not None and is_rate(check, stated):
        return "marginal" if gap <= SLIGHT_RATE else "medium" if gap >= WRONG_RATE else "low"
    return "medium" if gap > SLIGHT_IN_PROSE else "low"


def is_rate(check: Check, stated: Statement) -> bool:
    """Return whether a check compares a stated rate, not the stated amount."""
    return bool(stated.percent) and abs(check.stated) != stated.amount


def gravity(check: Check) -> int:
    """Return the place of a failure among others: 0 for the gravest."""
    return SEVERITIES.index(check.severity or SEVERITIES[-1])
