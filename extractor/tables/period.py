"""What time a table is of: the year and the phase that its title states."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.contract import Phase
from extractor.notation.text import clean
from extractor.notation.years import RANGE, YEAR, in_figures
from extractor.vocabulary.models import Periods

_YEAR = re.compile(rf"({YEAR})年")


class Period(NamedTuple):
    """A year and a phase; None where nothing says them."""

    year: int | None
    phase: Phase | None


def read_period(title: str, words: Periods) -> Period:
    """Return the year and the phase of a table by its title; neither where it names two years: 2025年执行和2026年草案."""
    plain = words.without.sub("", RANGE.sub("", in_figures(clean(title))))
    years = set(_YEAR.findall(plain))
    if len(years) > 1:
        return Period(None, None)
    phase = next((phase for phase, pattern in words.title.items() if pattern.search(plain)), None)
    return Period(int(years.pop()) if years else None, phase)
