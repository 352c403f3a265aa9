"""Lines of labels and figures → rows: which line goes on from the one above it, and which begins a row, with figures or without.

A text wraps where its column ends: a line goes on in the next only where that one's first characters had no room beside
it. The label of a row lies around its figures, or begins or ends beside them. Rows without any figures are many in
government books, and as near to their neighbours as the lines of one label can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile
from statistics import median
from typing import NamedTuple

from extractor.grids.geometry.unruled.tokens import Token, TokenLine
from extractor.notation.numbering import NUMBERING

MAX_LINES = 16  # of one row
REACH = 3.0  # em: a line farther up is no line of the same label
LOOSE = 1.75  # em: lines of one label hardly follow each other at such a distance
OWN = 0.82  # of the usual step between rows: lines as far from each other are hardly lines of one label
PITCH = 1.12  # of the least distance between lines of one label: lines farther apart are hardly
INDENT = 4.0  # em: texts that begin so near each other are in one column
ROOM = 6.0  # points between a text and its column's right edge that stay empty
CLOSING = frozenset("，。、；：）)》”’%％")  # never begin a line
OPENING = frozenset("（(《“‘")  # never end one
FILLED, AS_LONG = 2, 1  # a line has no room for more; it is as long as any of its column
# What a choice costs, in em beside the distance between a label's middle and its figures'.
UNLABELLED = 1.0  # figures without a label
UNFILLED = 0.5  # a line goes on in the next though there was room for more
BEGUN = 1.5  # a line goes on in one that begins a label
FAR = 0.5  # … in one farther away than lines of a label are
SPLIT = 1.0  # a line that fills its column does not go on in the next, which stands close to it
SPLIT_FAR = 0.35  # … or as far away as rows are
BROKEN, SPLIT_LONG = 0.02, 0.2  # a line with room for more, as long as any, goes on in the next; or does not
UNUSUAL = 0.5  # the labels of a table begin or end beside their figures instead of lying around them


@dataclass(slots=True)
class LineGroup:
    """Lines that lie beside each other: one baseline, or a label wrapped around its figures."""

    lines: list[TokenLine]
    data: bool

    @property
    def tokens(self) -> list[Token]:
        """What stands in its lines."""
        return [token for line in self.lines for token in line.tokens]

    @property
    def middle(self) -> float:
        """Middle of its figures, or dashes, which stand between the lines of a label of two."""
        own = [_middle(token) for token in self.tokens if token.figure or token.nil]
        return (min(own) + max(own)) / 2 if own else (self.first + self.last) / 2

    @property
    def first(self) -> float:
        """Middle of its first line."""
        return self.lines[0].middle

    @property
    def last(self) -> float:
        """Middle of its last line."""
        return self.lines[-1].middle


class _Pair(NamedTuple):
    """Two texts over each other.

    Attributes:
        upper: The group of the upper.
        joined: What it costs that they are one label; `unanchored` where no figures show its middle; `split`: that they are two.
    """

    upper: int
    joined: float
    unanchored: float
    split: float


def lines_of_rows(groups: Sequence[LineGroup], label: float, ends: Sequence[float], em: float) -> list[list[TokenLine]]:
    """Return the lines of each row, by the cheapest way to cut groups into rows of which each has figures once at most.

    Args:
        groups: From top to bottom.
        label: Where the labels of rows end.
        ends: The right edges of the columns where rules show them.
        em: Type size in points.
    """
    pairs = _pairs(groups, ends, em)
    ways = [
        _cheapest_cuts(groups, pairs, label, off, em, start)
        for off, start in ((_off_centre, 0.0), (_off_top, UNUSUAL), (_off_bottom, UNUSUAL))
    ]
    cuts = min(ways, key=lambda way: way[0])[1]
    return [[line for group in groups[low:high] for line in group.lines] for low, high in pairwise(cuts)]


def _cheapest_cuts(
    groups: Sequence[LineGroup],
    pairs: Sequence[Sequence[_Pair]],
    label: float,
    off: Callable[[Sequence[float], float], float],
    em: float,
    start: float,
) -> tuple[float, list[int]]:
    """Return the least cost, and where rows begin and end. A plain shortest path: the state is where the next row begins."""
    texts = [_texts(group) for group in groups]
    figures = [group.data or any(token.nil and token.x0 >= label for token in group.tokens) for group in groups]
    last = max((token.x0 for group in groups for token in group.tokens if token.figure), default=label)
    best: list[tuple[float, list[int]]] = [(start, [0])]
    for high in range(1, len(groups) + 1):
        ways: list[tuple[float, list[int]]] = []
        anchor: int | None = None
        for low in range(high - 1, max(-1, high - 1 - MAX_LINES), -1):
            if figures[low] and anchor is not None:
                break
            anchor = low if figures[low] else anchor
            own = [token for part in texts[low:high] for token in part]
            cost = 0.0 if any(token.x0 < last for token in own) else UNLABELLED  # notes stand behind all figures
            if anchor is not None:
                middle = groups[anchor].middle
                away = (off([_middle(p) for p in column], middle) for column in _side_by_side(own, em))
                cost += max(away, default=0.0) / em
            for pair in (pair for own_pairs in pairs[low:high] for pair in own_pairs):
                joined = pair.unanchored if anchor is None else pair.joined
                cost += joined if pair.upper >= low else pair.split
            total, cuts = best[low]
            gap = groups[low].first - groups[low - 1].last if low else 0.0
            ways.append((total + cost - 0.01 * gap / em, [*cuts, high]))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1]


def _pairs(groups: Sequence[LineGroup], ends: Sequence[float], em: float) -> list[list[_Pair]]:
    """Return for each group the texts in it that stand under others."""
    texts = [_texts(group) for group in groups]
    column = [token for own in texts for token in own]
    over: list[list[tuple[int, Token, Token]]] = []
    for index, own in enumerate(texts):
        found = ((token, _above(token, texts, index, em)) for token in own)
        over.append([(upper[0], upper[1], token) for token, upper in found if upper is not None])

    @cache
    def longest(x0: float, x1: float) -> float:
        return max(token.x1 for token in column if token.x0 < x1 and x0 < token.x1)

    fills = {id(token): _filling(above, token, ends, longest, em) for own in over for _, above, token in own}
    close = (_middle(token) - _middle(above) for own in over for _, above, token in own if fills[id(token)])
    pitch, step = min(close, default=LOOSE * em), _step(groups)
    return [
        [_pair(upper, above, token, fills[id(token)], pitch, step, em) for upper, above, token in own] for own in over
    ]


def _pair(upper: int, above: Token, token: Token, filling: int, pitch: float, step: float | None, em: float) -> _Pair:
    gap = _middle(token) - _middle(above)
    begun = _begins_another(above, token, em)
    far = gap > min(LOOSE * em, PITCH * max(pitch, em))
    joined = (UNFILLED, BROKEN, 0.0)[filling] + BEGUN * begun + FAR * far + max(0.0, gap / em - LOOSE)
    unanchored = joined + UNFILLED * (filling == AS_LONG)
    if begun or not filling:
        return _Pair(upper, joined, unanchored, 0.0)
    near = not far and (step is None or gap < OWN * step)
    split = SPLIT_LONG if filling == AS_LONG else SPLIT if near else SPLIT_FAR
    return _Pair(upper, joined, unanchored, split)


def _begins_another(above: Token, token: Token, em: float) -> bool:
    """Return whether a text begins a label: with a number, or right of the beginning of the text above, in no common centre."""
    match = NUMBERING.match(token.text)
    numbered = match is not None and match.end() < len(token.text)
    return numbered or (token.x0 - above.x0 > INDENT * em and abs(token.center - above.center) > em)


def _above(token: Token, texts: Sequence[Sequence[Token]], own: int, em: float) -> tuple[int, Token] | None:
    """Return the text next above a text in its column, which may be indented, and the number of its group."""
    for index in range(own - 1, -1, -1):
        if texts[index] and _middle(token) - max(map(_middle, texts[index])) >= REACH * em:
            return None
        over = [p for p in texts[index] if p.x0 < token.x1 + INDENT * em and token.x0 < p.x1]
        if over:
            above = min(over, key=lambda p: (p.x0 >= token.x1, -_middle(p)))
            return (index, above) if _middle(token) - _middle(above) < REACH * em else None
    return None


def _filling(
    above: Token, token: Token, ends: Sequence[float], longest: Callable[[float, float], float], em: float
) -> int:
    """Return whether the first characters of a text had room behind the text above it: FILLED where they had none.

    Where no rule ends their column, or where lines were broken by hand, the longest text of the column shows its end.

    Args:
        above: The text above.
        token: The text.
        ends: The right edges of the columns where rules show them.
        longest: Where the longest text ends of those that overlap an extent.
        em: Type size in points.
    """
    x1 = above.x1 + _first_width(token) + 0.1 * em
    if ends and x1 > next((x for x in ends if x > above.center), ends[-1]) - ROOM:
        return FILLED
    return (AS_LONG if ends else FILLED) if x1 > longest(above.x0, above.x1) else 0


def _first_width(token: Token) -> float:
    """Return how wide the beginning of a text is that no line end divides: a character, or a word of Latin letters or digits."""
    chars = token.chars
    count = len(list(takewhile(lambda c: c.text.isascii() and c.text not in OPENING, chars))) or 1
    while count < len(chars) and (chars[count].text in CLOSING or chars[count - 1].text in OPENING):
        count += 1
    return chars[count - 1].x1 - chars[0].x0


def _step(groups: Sequence[LineGroup]) -> float | None:
    """Return the usual distance between rows with figures; None where no two of them follow each other."""
    steps = [b.first - a.last for a, b in pairwise(groups) if a.data and b.data]
    return median(steps) if steps else None


def _texts(group: LineGroup) -> list[Token]:
    return [token for token in group.tokens if not (token.figure or token.nil)]


def _side_by_side(tokens: Sequence[Token], em: float) -> list[list[Token]]:
    """Return the texts of each column of a row, from top to bottom: those that stand over each other are lines of one.

    The first line of a label may be indented by more than all of its last.
    """
    columns: list[list[Token]] = []
    end = float("-inf")
    for token in sorted(tokens, key=lambda p: p.x0):
        near = token.x0 < end + INDENT * em and all(abs(_middle(p) - _middle(token)) > em / 2 for p in columns[-1])
        if token.x0 >= end and not near:
            columns.append([])
        columns[-1].append(token)
        end = max(end, token.x1)
    return [sorted(own, key=lambda p: p.top) for own in columns]


def _middle(token: Token) -> float:
    return (token.top + token.bottom) / 2


def _off_centre(ys: Sequence[float], anchor: float) -> float:
    return abs((ys[0] + ys[-1]) / 2 - anchor)


def _off_top(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[0] - anchor)


def _off_bottom(ys: Sequence[float], anchor: float) -> float:
    return abs(ys[-1] - anchor)
