"""Lines of a body → rows: by the rules between them, by distance, and by how labels that wrap lie around their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.lattice import Line as RuleLine
from extractor.grids.geometry.unruled.regions import LABEL_STEP, SAME_LINE, is_data
from extractor.grids.geometry.unruled.tokens import Line, Token
from extractor.notation.figures import REST, WELL_FORMED, count_decimals
from extractor.notation.numbering import NUMBERING

OWN = 0.82  # of the usual step between rows: a label as far from its neighbours is a row of its own
MAX_WRAP = 2.2  # em: lines of one label follow each other at most so far where no step is known
DENSE = 0.6  # rules for each row: where there are as many, rows end at rules alone
LOOSE = 1.75  # em: lines of one label never follow each other at such a distance
MIN_GAPS = 4  # between lines: fewer tell no usual distance
HANGING = 2.5  # em: the further lines of a label begin at most so far from its first
FULL = 1.5  # em: a label that ends so near its column's end may go on in the next line


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
        """Middle of its figures, which stand between the lines of a label of two."""
        tokens = [token for line in self.lines for token in line.tokens]
        own = [(token.top + token.bottom) / 2 for token in tokens if token.figure]
        return (min(own) + max(own)) / 2 if own else (self.first + self.last) / 2

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
    ys = _rules_through(lines, rules)
    edge = float("inf") if label is None else label  # from here on 1944 is an amount, and no year
    anchors = sum(unit.data for unit in _units(lines, em, decimals, edge))
    dense = len(ys) > 0 and len(ys) >= DENSE * (anchors - 1)
    if label is None:
        tokens = [token for line in lines for token in line.tokens]
        label = min((p.x0 for p in tokens if p.money), default=min(p.x0 for p in tokens))
    rows: list[Row] = []
    for low, high in pairwise([float("-inf"), *ys, float("inf")]):
        between = [line for line in lines if low < line.middle <= high]
        if not between:
            continue
        if dense and not _conflict(between, em, decimals, edge):
            rows.append(_row(between))
        else:
            rows += [_row(group) for group in _split(_units(between, em, decimals, edge), label, em)]
    return rows


def _rules_through(lines: Sequence[Line], rules: Sequence[RuleLine]) -> list[float]:
    """Return where rules run between lines, under most of their width."""
    x0 = min(token.x0 for line in lines for token in line.tokens)
    x1 = max(token.x1 for line in lines for token in line.tokens)
    long = (y for y, a, b in rules if min(b, x1) - max(a, x0) > 0.5 * (x1 - x0))
    return sorted(y for y in long if lines[0].middle < y < lines[-1].middle)


def _row(lines: Sequence[Line]) -> Row:
    tokens = tuple(token for line in lines for token in line.tokens)
    return Row(tokens, min(line.top for line in lines), max(line.bottom for line in lines))


def usual_decimals(lines: Sequence[Line]) -> int:
    """Return how many decimals most amounts have."""
    count = Counter(
        count_decimals(p.text) for line in lines for p in line.tokens if p.money and WELL_FORMED.fullmatch(p.text)
    )
    return count.most_common(1)[0][0] if count else 0


def _conflict(extent: Sequence[Line], em: float, decimals: int, edge: float) -> bool:
    """Return whether two rows share a band between rules: money stands over money."""
    units = [unit for unit in _units(extent, em, decimals, edge) if unit.data]
    return any(
        any(p.money and q.money and p.x0 < q.x1 and q.x0 < p.x1 for p in _pieces(a) for q in _pieces(b))
        for a, b in pairwise(units)
    )


def _pieces(unit: _Unit) -> list[Token]:
    return [token for line in unit.lines for token in line.tokens]


def _units(lines: Sequence[Line], em: float, usual: int, edge: float) -> list[_Unit]:
    units: list[_Unit] = []
    for line in lines:
        data = is_data(line) or any(token.figure and token.x0 >= edge for token in line.tokens)
        whole = next((i for i in range(1, min(4, len(units) + 1)) if _completes(units[-i], line, usual, em)), 0)
        for _ in range(whole - 1):
            under = units.pop()
            units[-1].lines += under.lines
        if whole or (units and line.middle - units[-1].last < SAME_LINE * em):
            units[-1].lines.append(line)
            units[-1].data = units[-1].data or data
        else:
            units.append(_Unit([line], data))
    return units


def _completes(unit: _Unit, line: Line, usual: int, em: float) -> bool:
    """Return whether a line holds the rest of a figure that wraps inside its cell: 1,033,36 newline 3.

    The part above is no figure with the usual decimals, and both together are.
    """
    for token in line.tokens:
        if not REST.fullmatch(token.text):
            continue
        over = [p for p in _pieces(unit) if p.x0 < token.x1 and token.x0 < p.x1]
        if not over or line.middle - (over[-1].top + over[-1].bottom) / 2 > MAX_WRAP * em:
            continue
        part, whole = over[-1].text, over[-1].text + token.text
        if not _has_decimals(whole, usual) or _has_decimals(part, usual):
            continue
        if is_rest(over[-1].text, token.text):
            return True
    return False


def _has_decimals(text: str, usual: int) -> bool:
    """Return whether a text is a well-formed figure with the usual decimals."""
    return WELL_FORMED.fullmatch(text) is not None and count_decimals(text) == usual


def is_rest(above: str, below: str) -> bool:
    """Return whether a text may be the rest of the figure above it: it is shorter, or begins with a separator."""
    return REST.fullmatch(below) is not None and (not below[0].isdigit() or len(below) < len(above))


def _split(units: Sequence[_Unit], label: float, em: float) -> list[list[Line]]:
    """Give the lines without figures to the rows whose labels they belong to, or make them rows of their own."""
    step = _step(units, em)
    anchors = [i for i, unit in enumerate(units) if unit.data or _is_own(units, i, step, em)]
    if not anchors:
        return [[line for unit in units for line in unit.lines]]
    best = min(
        (_shared_out(units, anchors, label, place) for place in (_off_centre, _off_top, _off_bottom)),
        key=lambda c: c[0],
    )
    groups: list[list[Line]] = []
    for low, high in pairwise([0, *best[1], len(units)]):
        groups.append([line for unit in units[low:high] for line in unit.lines])
    return groups


def _step(units: Sequence[_Unit], em: float) -> float | None:
    """Return the usual distance between rows, None where nothing tells.

    Rows with figures tell; where few have any, lines farther apart than those of one label are rows too.
    """
    steps = [b.first - a.last for a, b in pairwise(units) if a.data and b.data]
    if steps:
        return median(steps)
    gaps = [b.first - a.last for a, b in pairwise(units)]
    return median(gaps) if len(gaps) >= MIN_GAPS and median(gaps) > LOOSE * em else None


def _is_own(units: Sequence[_Unit], index: int, step: float | None, em: float) -> bool:
    """Return whether a label without figures is a row of its own: as far from its neighbours as rows are.

    One that begins with a number is, too, where the next line with figures begins with another.
    """
    unit = units[index]
    if _is_numbered(unit):
        after = next((other for other in units[index + 1 :] if other.data or _is_numbered(other)), None)
        if after is None or _is_numbered(after):
            return True
    limit = OWN * step if step is not None else MAX_WRAP * em
    if index and (unit.first - units[index - 1].last < limit or _continues(units, index, em)):
        return False
    return index + 1 == len(units) or units[index + 1].first - unit.last >= limit


def _is_numbered(unit: _Unit) -> bool:
    return NUMBERING.match(unit.lines[0].tokens[0].text) is not None


def _continues(units: Sequence[_Unit], index: int, em: float) -> bool:
    """Return whether a lone text goes on from the line above it, which fills its column."""
    tokens = units[index].lines[0].tokens
    above = units[index - 1]
    if len(tokens) > 1 or units[index].first - above.last > LABEL_STEP * 1.1 * em:
        return False
    near = [p for p in above.lines[-1].tokens if abs(p.x0 - tokens[0].x0) < HANGING * em and not p.figure]
    column = [p.x1 for unit in units for p in _pieces(unit) if abs(p.x0 - tokens[0].x0) < 4 * em and not p.figure]
    return bool(near) and max(column) - near[0].x1 < FULL * em and len(column) > 2


def _off_centre(ys: Sequence[float], anchor: float) -> float:
    return abs((ys[0] + ys[-1]) / 2 - anchor)


def _off_top(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[0] - anchor)


def _off_bottom(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[-1] - anchor)


def _shared_out(
    units: Sequence[_Unit], anchors: Sequence[int], label: float, off: Callable[[Sequence[float], float], float]
) -> tuple[float, list[int]]:
    """Return the least cost and where rows part so that each label lies around its row's figures, or begins or ends beside them.

    A plain shortest path: the state is the index at which a row begins.
    """

    def cost(low: int, high: int, anchor: int) -> float:
        ys = sorted(
            (token.top + token.bottom) / 2
            for unit in units[low:high]
            for token in _pieces(unit)
            if token.x0 < label and not token.figure
        )
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
