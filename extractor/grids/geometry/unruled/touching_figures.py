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
    """A gap in a whole number.

    Attributes:
        line: The number of the number's line.
        token: The number.
        cut: Before which of its digits the gap lies.
        before: Where the digit before it begins.
        after: Where that digit begins.
    """

    line: int
    token: Token
    cut: int
    before: float
    after: float


def with_touching_figures(lines: Sequence[TokenLine], em: float) -> list[TokenLine]:
    """Return lines with their whole numbers split at gaps at whose sides figures of other lines end and begin."""
    whole = [(n, p) for n, line in enumerate(lines) for p in line.tokens if _is_whole(p)]
    usual = min((min(_steps(p)) / _height(p) for _, p in whole if len(p.chars) > 1), default=0.0)
    gaps = [gap for n, p in whole if (gap := _wide_gap(n, p, usual, em)) is not None]
    cuts = {(gap.line, gap.token.x0): gap.cut for gap in gaps if _is_between_columns(gap, whole, gaps)}
    if not cuts:
        return list(lines)
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


def _wide_gap(line: int, token: Token, usual: float, em: float) -> _Gap | None:
    """Return the gap of a whole number that is wider than all others, or than is usual where it has two digits.

    Args:
        line: The number of its line.
        token: A whole number.
        usual: The narrowest step from digit to digit on the page, as a share of the digits' height.
        em: Type size in points.
    """
    steps = sorted(_steps(token))
    if not steps or steps[-1] - (steps[-2] if len(steps) > 1 else usual * _height(token)) <= WIDER * em:
        return None
    cut = _steps(token).index(steps[-1]) + 1
    return _Gap(line, token, cut, token.chars[cut - 1].x0, token.chars[cut].x0)


def _is_between_columns(gap: _Gap, whole: Sequence[tuple[int, Token]], gaps: Sequence[_Gap]) -> bool:
    """Return whether figures of other lines end and begin at a gap's sides.

    Figures with the same gap tell so only if they neither begin nor end where this one does: in one column, printers
    that round the digits' places, and narrow digits, leave gaps at one place too.
    """
    others = [(token.chars[-1].x0, token.chars[0].x0) for line, token in whole if line != gap.line]
    others += [
        (other.before, other.after)
        for other in gaps
        if other.line != gap.line
        and abs(other.token.x0 - gap.token.x0) >= ONE_PLACE
        and abs(other.token.x1 - gap.token.x1) >= ONE_PLACE
    ]
    ended = any(abs(end - gap.before) < ONE_PLACE for end, _ in others)
    return ended and any(abs(begin - gap.after) < ONE_PLACE for _, begin in others)
