"""Whole numbers of two columns that nearly touch → one token each.

A column set right and the next set left leave a gap that may be narrower than a blank: the digits of one figure stand closer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.grids.geometry.unruled.tokens import Token, TokenLine, token_of

WIDER = 0.03  # em: by so much more than the digits of one figure stand apart those of two
ONE_PLACE = 0.25  # points: last digits of a column that is set right begin at one place, as first ones of one set left


class _Gap(NamedTuple):
    """How many digits of a whole number stand before a gap and behind it, and where the digits at its sides begin."""

    cut: int
    rest: int
    before: float
    after: float


def with_touching_figures(lines: Sequence[TokenLine], em: float) -> list[TokenLine]:
    """Return lines with their whole numbers split at gaps at whose sides figures of several lengths end and begin."""
    whole = [(n, p) for n, line in enumerate(lines) for p in line.tokens if _is_whole(p)]
    usual = min((min(_steps(p)) / _height(p) for _, p in whole if len(p.chars) > 1), default=0.0)
    gaps = {(n, p.x0): gap for n, p in whole if (gap := _wide_gap(p, usual, em)) is not None}
    if not gaps:
        return list(lines)
    ends = [(p.chars[-1].x0, len(p.chars)) for _, p in whole] + [(gap.before, gap.cut) for gap in gaps.values()]
    begins = [(p.chars[0].x0, len(p.chars)) for _, p in whole] + [(gap.after, gap.rest) for gap in gaps.values()]
    cuts = {place: gap.cut for place, gap in gaps.items() if _differ(gap.before, ends) and _differ(gap.after, begins)}
    return [
        line._replace(tokens=tuple(part for p in line.tokens for part in _parts(p, cuts.get((n, p.x0)))))
        for n, line in enumerate(lines)
    ]


def _parts(token: Token, cut: int | None) -> tuple[Token, ...]:
    return (token,) if cut is None else (token_of(token.chars[:cut]), token_of(token.chars[cut:]))


def _is_whole(token: Token) -> bool:
    return token.text.isdecimal() and len(token.text) == len(token.chars)


def _steps(token: Token) -> list[float]:
    return [b.x0 - a.x0 for a, b in pairwise(token.chars)]


def _height(token: Token) -> float:
    return max(1.0, token.bottom - token.top)


def _wide_gap(token: Token, usual: float, em: float) -> _Gap | None:
    """Return the gap of a whole number that is wider than all others, or than is usual where it has two digits.

    Args:
        token: A whole number.
        usual: The narrowest step from digit to digit on the page, as a share of the digits' height.
        em: Type size in points.
    """
    steps = sorted(_steps(token))
    if not steps or steps[-1] - (steps[-2] if len(steps) > 1 else usual * _height(token)) <= WIDER * em:
        return None
    cut = _steps(token).index(steps[-1]) + 1
    return _Gap(cut, len(token.chars) - cut, token.chars[cut - 1].x0, token.chars[cut].x0)


def _differ(x: float, places: Sequence[tuple[float, int]]) -> bool:
    """Return whether figures of different lengths end or begin at a place: those of thousands set apart are all of three digits."""
    return len({digits for place, digits in places if abs(place - x) < ONE_PLACE}) > 1
