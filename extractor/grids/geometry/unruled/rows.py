"""Lines of a body → rows: by the rules between them, by distance, and by how labels that wrap lie around their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.grids.geometry.lattice import RuleLine
from extractor.grids.geometry.unruled.regions import SAME_LINE, is_data
from extractor.grids.geometry.unruled.tokens import Token, TokenLine
from extractor.grids.geometry.unruled.wrapped_labels import LineGroup, lines_of_rows
from extractor.notation.figures import REST, WELL_FORMED, count_decimals

MAX_WRAP = 2.2  # em: the rest of a figure that wraps stands at most so far below it
DENSE = 0.6  # rules for each row: where there are as many, rows end at rules alone


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One row of a body: its tokens, and its top and bottom in points."""

    tokens: tuple[Token, ...]
    top: float
    bottom: float


def read_rows(
    lines: Sequence[TokenLine],
    rules: Sequence[RuleLine],
    em: float,
    decimals: int,
    label: float | None = None,
    ends: Sequence[float] = (),
) -> list[BodyRow]:
    """Return the rows of a body.

    Args:
        lines: From top to bottom.
        rules: Horizontal rules as (y, x0, x1).
        em: Type size in points.
        decimals: How many decimals the page's amounts have.
        label: Where the labels of rows end; None where no rule shows it: they end where amounts begin.
        ends: The right edges of the columns where rules show them, from left to right.
    """
    ys = _rules_through(lines, rules)
    edge = float("inf") if label is None else label  # from here on 1944 is an amount, and no year
    anchors = sum(group.data for group in _group_lines(lines, em, decimals, edge)) if ys else 0
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
            rows += [_body_row(own) for own in lines_of_rows(groups, label, ends, em)]
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
        any(p.money and q.money and p.x0 < q.x1 and q.x0 < p.x1 for p in a.tokens for q in b.tokens)
        for a, b in pairwise(groups)
    )


def _group_lines(lines: Sequence[TokenLine], em: float, usual: int, edge: float) -> list[LineGroup]:
    groups: list[LineGroup] = []
    for line in lines:
        data = is_data(line) or any(token.figure and token.x0 >= edge for token in line.tokens)
        rests = [token for token in line.tokens if REST.fullmatch(token.text)]
        above = range(1, min(4, len(groups) + 1)) if rests else ()
        whole = next((i for i in above if _completes_figure(groups[-i], line.middle, rests, usual, em)), 0)
        for _ in range(whole - 1):
            under = groups.pop()
            groups[-1].lines += under.lines
        near = bool(groups) and line.middle - groups[-1].last < SAME_LINE * em
        if whole or (near and not _is_overprinted(groups[-1], line, em)):
            groups[-1].lines.append(line)
            groups[-1].data = groups[-1].data or data
        else:
            groups.append(LineGroup([line], data))
    return groups


def _is_overprinted(group: LineGroup, line: TokenLine, em: float) -> bool:
    """Return whether a text lies on one of the line above: rows are set so closely that the lines of two labels meet."""
    return any(
        not (p.figure or q.figure) and min(p.x1, q.x1) - max(p.x0, q.x0) > em / 2
        for p in group.lines[-1].tokens
        for q in line.tokens
    )


def _completes_figure(group: LineGroup, middle: float, rests: Sequence[Token], usual: int, em: float) -> bool:
    """Return whether a line at some height holds the rest of a figure that wraps inside its cell: 1,033,36 newline 3.

    The text above is no figure with the usual decimals, and both together are.
    """
    tokens = group.tokens
    for token in rests:
        over = [p for p in tokens if p.x0 < token.x1 and token.x0 < p.x1]
        if not over or middle - (over[-1].top + over[-1].bottom) / 2 > MAX_WRAP * em:
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
