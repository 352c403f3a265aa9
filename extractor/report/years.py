"""Lay out the totals of an organisation by year and phase as bars, from the `figures` of all documents."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.report.treemap import WIDTH, Rectangle
from extractor.report.wording import DatasetRow

HEIGHT, TOP, FOOT = 220.0, 24.0, 24.0  # pixels of the chart, above the highest bar, and under all bars
PHASES = ("budget", "adjusted_budget", "execution", "final_accounts")
WIDEST = 110.0  # pixels of a bar
MOST = 12  # years


class Bar(NamedTuple):
    """One amount: its rectangle in pixels, and what it is."""

    box: Rectangle
    year: int
    phase: str
    amount: Decimal


def bars(totals: Sequence[DatasetRow], total: DatasetRow) -> tuple[Bar, ...]:
    """Return bars from zero, the years from left to right; none where there is but one year, or a negative total.

    Args:
        totals: The preferred totals of the organisation, in whatever documents.
        total: The figure that this document's chart divides: the others are of the same fund and scope.
    """
    same = [
        f for f in totals if (f["fund"], f["scope"]) == (total["fund"], total["scope"]) and f["phase"] and f["year"]
    ]
    same.sort(key=lambda f: (f["year"], PHASES.index(f["phase"])))
    years = sorted({f["year"] for f in same})[-MOST:]
    most = max((f["amount"] for f in same if f["year"] in years), default=Decimal(0))
    if len(years) < 2 or not most or min(f["amount"] for f in same) < 0:
        return ()
    step = WIDTH / len(years)
    found = []
    for place, year in enumerate(years):
        own = [f for f in same if f["year"] == year]
        wide = min(WIDEST, step * 0.86 / len(own))
        for n, figure in enumerate(own):
            high = float(figure["amount"] / most) * (HEIGHT - TOP - FOOT)
            x = place * step + step / 2 + (n - len(own) / 2) * wide
            found.append(
                Bar(Rectangle(x, HEIGHT - FOOT - high, wide - 4, high), year, figure["phase"], figure["amount"])
            )
    return tuple(found)
