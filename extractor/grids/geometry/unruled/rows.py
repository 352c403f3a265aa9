"""Lines of a body → rows: by the rules between them, by distance, and by how labels that wrap lie around their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.grids.geometry.lattice import RuleLine
from extractor.grids.geometry.unruled.regions import LABEL_STEP, SAME_LINE, is_data
from extractor.grids.geometry.unruled.tokens import Token, TokenLine
from extractor.notation.figures import REST, WELL_FORMED, count_decimals
from extractor.notation.numbering import NUMBERING

OWN = 0.82  # of the usual step between rows: a label as far from its neighbours is a row of its own
MAX_WRAP = 2.2  # em: lines of one label follow each other at most so far where no step is known
DENSE = 0.6  # rules for each row: where there are as many, rows end at rules alone
LOOSE = 1.75  # em: lines of one label never follow each other at such a distance
MIN_GAPS = 4  # between lines: fewer tell no usual distance
HANGING = 2.5  # em: the further lines of a label begin at most so far from its first
FULL = 1.5  # em: a label that ends so near its column's end may go on in the next line
SHORT = 0.5  # of the longest label that begins at its place: a shorter line hardly goes on in the next
UNFINISHED = 0.1  # em: what it costs to let it; decides between cuts that fit as well as each other


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One row of a body: its tokens, and its top and bottom in points."""

    tokens: tuple[Token, ...]
    top: float
    bottom: float


@dataclass(slots=True)
class _LineGroup:
    """Lines that lie beside each other: one baseline, or a label wrapped around its figures."""

    lines: list[TokenLine]
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
    lines: Sequence[TokenLine], rules: Sequence[RuleLine], em: float, decimals: int, label: float | None = None
) -> list[BodyRow]:
    """Return the rows of a body.

    Args:
        lines: From top to bottom.
        rules: Horizontal rules as (y, x0, x1).
        em: Type size in points.
        decimals: How many decimals the page's amounts have.
        label: Where the labels of rows end; None where no rule shows it: they end where amounts begin.
    """
    ys = _rules_through(lines, rules)
    edge = float("inf") if label is None else label  # from here on 1944 is an amount, and no year
    anchors = sum(group.data for group in _group_lines(lines, em, decimals, edge))
    dense = len(ys) > 0 and len(ys) >= DENSE * (anchors - 1)
    if label is None:
        tokens = [token for line in lines for token in line.tokens]
        label = min((p.x0 for p in tokens if p.money), default=min(p.x0 for p in tokens))
    rows: list[BodyRow] = []
    for low, high in pairwise([float("-inf"), *ys, float("inf")]):
        between = [line for line in lines if low < line.middle <= high]
        if not between:
            continue
        if dense and not _hold_several_rows(between, em, decimals, edge):
            rows.append(_body_row(between))
        else:
            groups = _group_lines(between, em, decimals, edge)
            rows += [_body_row(own) for own in _lines_of_rows(groups, label, em)]
    return rows


def _rules_through(lines: Sequence[TokenLine], rules: Sequence[RuleLine]) -> list[float]:
    """Return where rules run between lines, under most of their width."""
    x0 = min(token.x0 for line in lines for token in line.tokens)
    x1 = max(token.x1 for line in lines for token in line.tokens)
    long = (y for y, a, b in rules if min(b, x1) - max(a, x0) > 0.5 * (x1 - x0))
    return sorted(y for y in long if lines[0].middle < y < lines[-1].middle)


def _body_row(lines: Sequence[TokenLine]) -> BodyRow:
    tokens = tuple(token for line in lines for token in line.tokens)
    return BodyRow(tokens, min(line.top for line in lines), max(line.bottom for line in lines))


def usual_decimals(lines: Sequence[TokenLine]) -> int:
    """Return how many decimals most amounts have."""
    count = Counter(
        count_decimals(p.text) for line in lines for p in line.tokens if p.money and WELL_FORMED.fullmatch(p.text)
    )
    return count.most_common(1)[0][0] if count else 0


def _hold_several_rows(extent: Sequence[TokenLine], em: float, decimals: int, edge: float) -> bool:
    """Return whether two rows share a band between rules: money stands over money."""
    groups = [group for group in _group_lines(extent, em, decimals, edge) if group.data]
    return any(
        any(p.money and q.money and p.x0 < q.x1 and q.x0 < p.x1 for p in _tokens(a) for q in _tokens(b))
        for a, b in pairwise(groups)
    )


def _tokens(group: _LineGroup) -> list[Token]:
    return [token for line in group.lines for token in line.tokens]


def _group_lines(lines: Sequence[TokenLine], em: float, usual: int, edge: float) -> list[_LineGroup]:
    groups: list[_LineGroup] = []
    for line in lines:
        data = is_data(line) or any(token.figure and token.x0 >= edge for token in line.tokens)
        whole = next(
            (i for i in range(1, min(4, len(groups) + 1)) if _completes_figure(groups[-i], line, usual, em)), 0
        )
        for _ in range(whole - 1):
            under = groups.pop()
            groups[-1].lines += under.lines
        near = bool(groups) and line.middle - groups[-1].last < SAME_LINE * em
        if whole or (near and not _is_overprinted(groups[-1], line, em)):
            groups[-1].lines.append(line)
            groups[-1].data = groups[-1].data or data
        else:
            groups.append(_LineGroup([line], data))
    return groups


def _is_overprinted(group: _LineGroup, line: TokenLine, em: float) -> bool:
    """Return whether a text lies on one of the line above: rows are set so closely that the lines of two labels meet."""
    return any(
        not (p.figure or q.figure) and min(p.x1, q.x1) - max(p.x0, q.x0) > em / 2
        for p in group.lines[-1].tokens
        for q in line.tokens
    )


def _completes_figure(group: _LineGroup, line: TokenLine, usual: int, em: float) -> bool:
    """Return whether a line holds the rest of a figure that wraps inside its cell: 1,033,36 newline 3.

    The text above is no figure with the usual decimals, and both together are.
    """
    for token in line.tokens:
        if not REST.fullmatch(token.text):
            continue
        over = [p for p in _tokens(group) if p.x0 < token.x1 and token.x0 < p.x1]
        if not over or line.middle - (over[-1].top + over[-1].bottom) / 2 > MAX_WRAP * em:
            continue
        above, whole = over[-1].text, over[-1].text + token.text
        if not _has_decimals(whole, usual) or _has_decimals(above, usual):
            continue
        if is_rest(above, token.text):
            return True
    return False


def _has_decimals(text: str, usual: int) -> bool:
    """Return whether a text is a well-formed figure with the usual decimals."""
    return WELL_FORMED.fullmatch(text) is not None and count_decimals(text) == usual


def is_rest(above: str, below: str) -> bool:
    """Return whether a text may be the rest of the figure above it: it is shorter, or begins with a separator."""
    return REST.fullmatch(below) is not None and (not below[0].isdigit() or len(below) < len(above))


def _lines_of_rows(groups: Sequence[_LineGroup], label: float, em: float) -> list[list[TokenLine]]:
    """Return the lines of each row: those without figures belong to a row's label, or are a row of their own."""
    step = _step(groups, em)
    anchors = [i for i, group in enumerate(groups) if group.data or _is_row_of_its_own(groups, i, step, em)]
    if not anchors:
        return [[line for group in groups for line in group.lines]]
    best = min(
        (_cheapest_cuts(groups, anchors, label, place, em) for place in (_off_centre, _off_top, _off_bottom)),
        key=lambda c: c[0],
    )
    return [
        [line for group in groups[low:high] for line in group.lines]
        for low, high in pairwise([0, *best[1], len(groups)])
    ]


def _step(groups: Sequence[_LineGroup], em: float) -> float | None:
    """Return the usual distance between rows, None where nothing tells.

    Rows with figures tell; where few have any, lines farther apart than those of one label are rows too.
    """
    steps = [b.first - a.last for a, b in pairwise(groups) if a.data and b.data]
    if steps:
        return median(steps)
    gaps = [b.first - a.last for a, b in pairwise(groups)]
    return median(gaps) if len(gaps) >= MIN_GAPS and median(gaps) > LOOSE * em else None


def _is_row_of_its_own(groups: Sequence[_LineGroup], index: int, step: float | None, em: float) -> bool:
    """Return whether a label without figures is a row of its own: as far from its neighbours as rows are.

    One that begins with a number is, too, where the next line with figures begins with another.
    """
    group = groups[index]
    if _is_numbered(group):
        after = next((other for other in groups[index + 1 :] if other.data or _is_numbered(other)), None)
        if after is None or _is_numbered(after):
            return True
    limit = OWN * step if step is not None else MAX_WRAP * em
    if index and (group.first - groups[index - 1].last < limit or _continues(groups, index, em)):
        return False
    return index + 1 == len(groups) or groups[index + 1].first - group.last >= limit


def _is_numbered(group: _LineGroup) -> bool:
    return NUMBERING.match(group.lines[0].tokens[0].text) is not None


def _continues(groups: Sequence[_LineGroup], index: int, em: float) -> bool:
    """Return whether a lone text goes on from the line above it, which fills its column."""
    tokens = groups[index].lines[0].tokens
    above = groups[index - 1]
    if len(tokens) > 1 or groups[index].first - above.last > LABEL_STEP * 1.1 * em:
        return False
    near = [p for p in above.lines[-1].tokens if abs(p.x0 - tokens[0].x0) < HANGING * em and not p.figure]
    column = [p.x1 for group in groups for p in _tokens(group) if abs(p.x0 - tokens[0].x0) < 4 * em and not p.figure]
    return bool(near) and max(column) - near[0].x1 < FULL * em and len(column) > 2


def _off_centre(ys: Sequence[float], anchor: float) -> float:
    return abs((ys[0] + ys[-1]) / 2 - anchor)


def _off_top(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[0] - anchor)


def _off_bottom(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[-1] - anchor)


def _side_by_side(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the texts of each label of a row, from top to bottom: those that stand over each other are lines of one."""
    columns: list[list[Token]] = []
    end = float("-inf")
    for token in sorted(tokens, key=lambda p: p.x0):
        if token.x0 >= end:
            columns.append([])
        columns[-1].append(token)
        end = max(end, token.x1)
    return [sorted(own, key=lambda p: p.top) for own in columns]


def _cheapest_cuts(
    groups: Sequence[_LineGroup],
    anchors: Sequence[int],
    label: float,
    off: Callable[[Sequence[float], float], float],
    em: float,
) -> tuple[float, list[int]]:
    """Return the least cost and where rows end so that each label lies around its row's figures, or begins or ends beside them.

    A plain shortest path: the state is the index at which a row begins.
    """
    labels = [[p for p in _tokens(group) if p.x0 < label and not p.figure] for group in groups]
    longest: dict[int, float] = {}
    for place, width in ((round(p.x0 / em), p.x1 - p.x0) for own in labels for p in own):
        longest[place] = max(width, longest.get(place, 0.0))

    def cost(low: int, high: int, anchor: int) -> float:
        columns = _side_by_side([p for own in labels[low:high] for p in own])
        short = sum(p.x1 - p.x0 < SHORT * longest[round(p.x0 / em)] for own in columns for p in own[:-1])
        away = (off([(p.top + p.bottom) / 2 for p in own], groups[anchor].middle) for own in columns)
        return max(away, default=0.0) + short * UNFINISHED * em

    states: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for number, anchor in enumerate(anchors[:-1]):
        following: dict[int, tuple[float, list[int]]] = {}
        for cut in range(anchor + 1, anchors[number + 1] + 1):
            gap = groups[cut].first - groups[cut - 1].last
            ways = [
                (total + cost(low, cut, anchor) - 0.01 * gap, [*cuts, cut]) for low, (total, cuts) in states.items()
            ]
            following[cut] = min(ways, key=lambda way: way[0])
        states = following
    return min(
        ((total + cost(low, len(groups), anchors[-1]), cuts) for low, (total, cuts) in states.items()),
        key=lambda way: way[0],
    )
