"""Lines of a body → rows: by the rules between them, by distance, and by how labels that wrap lie around their figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.lattice import Line as RuleLine
from extractor.grids.geometry.unruled.regions import LABEL_STEP, SAME_LINE, is_data
from extractor.grids.geometry.unruled.tokens import Line, Token

OWN = 0.82  # of the usual step between rows: a label as far from its neighbours is a row of its own
MAX_WRAP = 2.2  # em: lines of one label follow each other at most so far where no step is known
DENSE = 0.6  # rules for each row: where there are as many, rows end at rules alone
FULL = 1.5  # em: a label that ends so near its column's end may go on in the next line
_REST = re.compile(r"[.,]?\d[\d,.]*[)%]?")
_WHOLE = re.compile(r"[-(△]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?[)%]?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a body: its pieces, and its extent in points."""

    tokens: tuple[Token, ...]
    top: float
    bottom: float


@dataclass(slots=True)
class _Unit:
    """Lines that lie beside each other: one baseline, or a label wrapped around its figures."""

    lines: list[Line]
    data: bool

    @property
    def middle(self) -> float:
        own = [line for line in self.lines if is_data(line)] or self.lines
        return (own[0].middle + own[-1].middle) / 2

    @property
    def first(self) -> float:
        return self.lines[0].middle

    @property
    def last(self) -> float:
        return self.lines[-1].middle


def read_rows(
    lines: Sequence[Line], rules: Sequence[RuleLine], em: float, decimals: int, label: float | None = None
) -> list[Row]:
    """Return the rows of a body.

    Args:
        lines: From top to bottom.
        rules: Horizontal rules as (y, x0, x1).
        em: Type size in points.
        decimals: How many decimals the page's amounts have.
        label: Where the labels of rows end; None where no rule tells: they end where amounts begin.
    """
    tokens = [token for line in lines for token in line.tokens]
    x0, x1 = min(p.x0 for p in tokens), max(p.x1 for p in tokens)
    ys = sorted(
        y for y, a, b in rules if min(b, x1) - max(a, x0) > 0.5 * (x1 - x0) and lines[0].middle < y < lines[-1].middle
    )
    anchors = sum(unit.data for unit in _units(lines, em, decimals))
    dense = len(ys) > 0 and len(ys) >= DENSE * (anchors - 1)
    if label is None:
        label = min((p.x0 for p in tokens if p.money), default=x0)
    rows: list[Row] = []
    for low, high in pairwise([float("-inf"), *ys, float("inf")]):
        extent = [line for line in lines if low < line.middle <= high]
        if not extent:
            continue
        groups = (
            [extent]
            if dense and not _conflict(extent, em, decimals)
            else _split(_units(extent, em, decimals), label, em)
        )
        rows += [
            Row(
                tuple(token for line in group for token in line.tokens),
                min(line.top for line in group),
                max(line.bottom for line in group),
            )
            for group in groups
        ]
    return rows


def usual_decimals(lines: Sequence[Line]) -> int:
    """Return how many decimals most amounts have."""
    count = Counter(
        len(m[1] or "") for line in lines for p in line.tokens if p.money and (m := _WHOLE.fullmatch(p.text))
    )
    return count.most_common(1)[0][0] if count else 0


def _conflict(extent: Sequence[Line], em: float, decimals: int) -> bool:
    """Return whether two rows share a band between rules: money stands over money."""
    units = [unit for unit in _units(extent, em, decimals) if unit.data]
    return any(
        any(p.money and q.money and p.x0 < q.x1 and q.x0 < p.x1 for p in _pieces(a) for q in _pieces(b))
        for a, b in pairwise(units)
    )


def _pieces(unit: _Unit) -> list[Token]:
    return [token for line in unit.lines for token in line.tokens]


def _units(lines: Sequence[Line], em: float, usual: int) -> list[_Unit]:
    units: list[_Unit] = []
    for line in lines:
        whole = next((i for i in range(1, min(4, len(units) + 1)) if _completes(units[-i], line, usual, em)), 0)
        for _ in range(whole - 1):
            under = units.pop()
            units[-1].lines += under.lines
        if whole or (units and line.middle - units[-1].last < SAME_LINE * em):
            units[-1].lines.append(line)
            units[-1].data = units[-1].data or is_data(line)
        else:
            units.append(_Unit([line], is_data(line)))
    return units


def _completes(unit: _Unit, line: Line, usual: int, em: float) -> bool:
    """Return whether a line holds the rest of a figure that wraps inside its cell: 1,033,36 newline 3.

    The part above is no figure with the usual decimals, and both together are.
    """
    for token in line.tokens:
        if not _REST.fullmatch(token.text):
            continue
        over = [p for p in _pieces(unit) if p.x0 < token.x1 and token.x0 < p.x1]
        if not over or line.middle - (over[-1].top + over[-1].bottom) / 2 > MAX_WRAP * em:
            continue
        part, whole = _WHOLE.fullmatch(over[-1].text), _WHOLE.fullmatch(over[-1].text + token.text)
        if not whole or len(whole[1] or "") != usual or (part and len(part[1] or "") == usual):
            continue
        if is_rest(over[-1].text, token.text):
            return True
    return False


def is_rest(above: str, below: str) -> bool:
    """Return whether a text may be the rest of the figure above it: it is shorter, or begins with a separator."""
    return below[:1] in (".", ",") or (len(below) < len(above) and bool(re.fullmatch(r"\d+[)%]?|\d[\d,.]*", below)))


def _split(units: Sequence[_Unit], label: float, em: float) -> list[list[Line]]:
    """Give the lines without figures to the rows whose labels they belong to, or make them rows of their own."""
    steps = [b.first - a.last for a, b in pairwise(units) if a.data and b.data]
    step = median(steps) if steps else None
    anchors = [i for i, unit in enumerate(units) if unit.data or _is_own(units, i, step, em)]
    if not anchors:
        return [[line for unit in units for line in unit.lines]]
    best = min((_shared_out(units, anchors, label, place) for place in (_off_centre, _off_top)), key=lambda c: c[0])
    groups: list[list[Line]] = []
    for low, high in pairwise([0, *best[1], len(units)]):
        groups.append([line for unit in units[low:high] for line in unit.lines])
    return groups


def _is_own(units: Sequence[_Unit], index: int, step: float | None, em: float) -> bool:
    """Return whether a label without figures is a row of its own: as far from its neighbours as rows are."""
    unit = units[index]
    limit = OWN * step if step is not None else MAX_WRAP * em
    if index and (unit.first - units[index - 1].last < limit or _continues(units, index, em)):
        return False
    return index + 1 == len(units) or units[index + 1].first - unit.last >= limit


def _continues(units: Sequence[_Unit], index: int, em: float) -> bool:
    """Return whether a lone text goes on from the line above it, which fills its column."""
    tokens = units[index].lines[0].tokens
    above = units[index - 1]
    if len(tokens) > 1 or units[index].first - above.last > LABEL_STEP * 1.1 * em:
        return False
    near = [p for p in above.lines[-1].tokens if abs(p.x0 - tokens[0].x0) < em and not p.figure]
    column = [p.x1 for unit in units for p in _pieces(unit) if abs(p.x0 - tokens[0].x0) < 4 * em and not p.figure]
    return bool(near) and max(column) - near[0].x1 < FULL * em and len(column) > 2


def _off_centre(ys: Sequence[float], anchor: float) -> float:
    return abs((ys[0] + ys[-1]) / 2 - anchor)


def _off_top(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[0] - anchor)


def _shared_out(
    units: Sequence[_Unit], anchors: Sequence[int], label: float, off: Callable[[Sequence[float], float], float]
) -> tuple[float, list[int]]:
    """Return the least cost and where rows part so that each label lies around (or below) its row's figures.

    A plain shortest path: the state is the index at which a row begins.
    """

    def cost(low: int, high: int, anchor: int) -> float:
        ys = [
            line.middle
            for unit in units[low:high]
            for line in unit.lines
            if any(p.x0 < label and not p.figure for p in line.tokens)
        ]
        return off(ys, units[anchor].middle) if ys else 0.0

    states: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for number, anchor in enumerate(anchors[:-1]):
        following: dict[int, tuple[float, list[int]]] = {}
        for cut in range(anchor + 1, anchors[number + 1] + 1):
            gap = units[cut].first - units[cut - 1].last
            ways = [
                (total + cost(low, cut, anchor) - 0.01 * gap, [*cuts, cut]) for low, (total, cuts) in states.items()
            ]
            following[cut] = min(ways, key=lambda way: way[0])
        states = following
    return min(
        ((total + cost(low, len(units), anchors[-1]), cuts) for low, (total, cuts) in states.items()),
        key=lambda way: way[0],
    )
