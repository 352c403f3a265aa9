"""What time a table is of: the year and the phase that its title states."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.contract import Phase
from extractor.notation.text import clean
from extractor.notation.years import RANGE, YEAR, in_figures
from extractor.vocabulary.label_rules import Periods

_YEAR = re.compile(rf"({YEAR})年")


class Period(NamedTuple):
    """A year and a phase; None where nothing says them."""

    year: int | None
    phase: Phase | None


def read_period(title: str, words: Periods, heading: str = "") -> Period:
    """Return the year and the phase of a table by its title, and where that states no year by the heading over it.

    Neither where one names two years: 2025年执行和2026年草案.
    """
    years, phase = _stated(title, words)
    if not years and heading:
        years, phase_above = _stated(heading, words)
        phase = phase or phase_above
    if len(years) > 1:
        return Period(None, None)
    return Period(int(years.pop()) if years else None, phase)


def _stated(text: str, words: Periods) -> tuple[set[str], Phase | None]:
    plain = words.without.sub("", RANGE.sub("", in_figures(clean(text))))
    phase = next((phase for phase, pattern in words.title.items() if pattern.search(plain)), None)
    return set(_YEAR.findall(plain)), phase
