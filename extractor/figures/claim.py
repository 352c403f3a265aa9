"""`Claim`: one statement of a figure by a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.contract import Component, FigureClassification, FigureDirection, FigureFund, FigurePhase, Origin
from extractor.records.bodies import Body
from extractor.records.item import LineItem

CODED: tuple[FigureClassification, ...] = ("functional", "economic_department", "economic_government", "revenue")


class Of(NamedTuple):
    """What a figure is of, but for whose it is and when."""

    direction: FigureDirection
    fund: FigureFund
    classification: FigureClassification
    code: str | None
    component: Component


class Claim(NamedTuple):
    """One statement of a figure.

    Attributes:
        body: Whose.
        year: The year that it is for.
        phase: What kind of figure of that year.
        of: What it is of.
        level: 0 for totals, 1 to 4 below.
        name: What its row calls it, or the standard name of its code.
        amount: In yuan.
        rounding: Half of the last printed digit, summed over the items, in yuan.
        items: The rows of `line_items` that state it.
        origin: Derived where it sums several rows.
        rank: Of its table among those that state such figures; the least states it best.
    """

    body: Body
    year: int | None
    phase: FigurePhase | None
    of: Of
    level: int
    name: str
    amount: Decimal
    rounding: Decimal
    items: tuple[LineItem, ...]
    origin: Origin
    rank: int


def rounding_of(claims: Iterable[Claim]) -> Decimal:
    """Return what rounding explains of a sum, in yuan."""
    return sum((c.rounding for c in claims), Decimal(0))


def sum_of(claims: Iterable[Claim]) -> Decimal:
    """Return the sum, in yuan."""
    return sum((c.amount for c in claims), Decimal(0))


def makes_up(parts: Sequence[Claim], total: Claim) -> bool:
    """Return whether parts sum to a total within rounding."""
    return abs(sum_of(parts) - total.amount) <= total.rounding + rounding_of(parts)
