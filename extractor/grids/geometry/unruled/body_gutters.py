"""Texts of rows that nearly touch → split where the gaps of several rows lie over each other, between two header texts.

A code set right ends close to the name that begins the next column, 252001 | 西安市, as a count does before a code: 1 | 302.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from extractor.grids.geometry.unruled.columns import ONE_PLACE
from extractor.grids.geometry.unruled.tokens import Token
from extractor.notation.units import AFTER_NUMBER

_COUNTED = re.compile(AFTER_NUMBER)
MIN_ROWS = 2  # in which a gap lies at one place
NEAR = 1.5  # em: a header text over short entries at the right side of its column ends so near them


class _Gap(NamedTuple):
    """A gap within a token of a row, or behind it, and what stands on each side of it."""

    row: int
    before: Token
    after: Token
    end: float  # where what stands next in the row begins

    def is_over(self, other: _Gap) -> bool:
        """Return whether two gaps begin and end at one place."""
        return abs(self.before.x1 - other.before.x1) < ONE_PLACE and abs(self.after.x0 - other.after.x0) < ONE_PLACE


def split_at_body_gutters(
    rows: Sequence[Sequence[Token]], header_cells: Sequence[Token], em: float
) -> list[list[Token]]:
    """Return the tokens of each row, those that begin with digits split at a gap between two columns."""
    starts = [[*(token.x0 for token in tokens), inf, inf] for tokens in rows]
    cuts = [
        _Gap(row, *token.at_cut(token.cuts[0]), starts[row][n + 1])
        for row, tokens in enumerate(rows)
        for n, token in enumerate(tokens)
        if token.cuts
    ]
    cuts = [gap for gap in cuts if gap.before.figure]
    gaps = [gap for gap in cuts if not _COUNTED.match(gap.after.text)]
    gaps += [
        _Gap(row, p, q, starts[row][n + 2])
        for row, tokens in enumerate(rows)
        for n, (p, q) in enumerate(pairwise(tokens))
        if p.figure
    ]
    split: dict[tuple[int, float], _Gap] = {}
    for gap in cuts:
        own = [other for other in gaps if gap.is_over(other)]
        if len({other.row for other in own}) >= MIN_ROWS and _is_between_headers(own, header_cells, em):
            split[gap.row, gap.before.x0] = gap
    return [
        [part for token in tokens for part in _parts(split.get((row, token.x0)), token)]
        for row, tokens in enumerate(rows)
    ]


def _parts(gap: _Gap | None, token: Token) -> tuple[Token, ...]:
    return (token,) if gap is None else (gap.before, gap.after)


def _is_between_headers(gaps: Sequence[_Gap], header_cells: Sequence[Token], em: float) -> bool:
    """Return whether a header text ends left of gaps, above what stands there, and another begins right of them.

    That is in the middle of a column whose texts may be short: its middle lies left of what stands next in their rows.
    """
    left, right = min(gap.before.x1 for gap in gaps), max(gap.after.x0 for gap in gaps)
    x0, end = min(gap.before.x0 for gap in gaps), min(gap.end for gap in gaps)
    return any(p.x1 < right and p.x1 > x0 - NEAR * em and p.x0 < left for p in header_cells) and any(
        left < p.x0 and p.center < end for p in header_cells
    )
