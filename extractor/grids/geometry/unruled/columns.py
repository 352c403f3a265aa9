"""Tokens of rows → the x extents of columns, by what overlaps and what never stands beside each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.grids.geometry.unruled.tokens import Token
from extractor.notation.text import MARKS

_MARK = re.compile(f"[{MARKS}⑴-⒇]")
ONE_PLACE = 1.5  # points: figures aligned at a side end there within this distance
GROUP_STEP = 1.6  # of a header text's height: a text that is higher by more stands in another header row
MIN_FILLED = 2  # rows: a column of texts that fewer fill is none
TOUCH = 1.0  # points: a smaller overlap is two texts touching


@dataclass(slots=True)
class ColumnExtent:
    """The x extent of one column.

    Attributes:
        x0: Points; and `x1`.
        tokens: (row, token) of everything in it.
        header: Whether only a header text shows it: its cells are empty.
    """

    x0: float
    x1: float
    tokens: list[tuple[int, Token]] = field(default_factory=list)
    header: bool = False

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (self.x0 + self.x1) / 2

    @property
    def rows(self) -> set[int]:
        """Rows that fill the column."""
        return {row for row, _ in self.tokens}

    @property
    def figures(self) -> bool:
        """Whether figures and dashes fill most of it."""
        figures = sum(token.figure or token.nil for _, token in self.tokens)
        return bool(self.tokens) and 2 * figures >= len(self.tokens)

    @property
    def money(self) -> bool:
        """Whether any figure in it is printed as money is."""
        return any(token.money for _, token in self.tokens)

    @property
    def right_aligned(self) -> bool:
        """Whether figures end at one place; amounts of one length, which begin at one too, are set right."""
        return self._spread(right=True) <= ONE_PLACE and (self.money or self._spread(right=False) > ONE_PLACE)

    @property
    def left_aligned(self) -> bool:
        """Whether figures of different length begin at one place."""
        return self._spread(right=False) <= ONE_PLACE < self._spread(right=True)

    def _spread(self, *, right: bool) -> float:
        places = [token.x1 if right else token.x0 for _, token in self.tokens if token.figure]
        return max(places) - min(places) if places else 0.0

    def covers(self, token: Token) -> bool:
        """Return whether a token reaches into the column."""
        return min(self.x1, token.x1) - max(self.x0, token.x0) > min(TOUCH, (token.x1 - token.x0) / 3)


def read_column_extents(rows: Sequence[Sequence[Token]], header_cells: Sequence[Token] = ()) -> list[ColumnExtent]:
    """Return the column extents of a table's body from left to right.

    Narrow tokens make the extents, wide ones join them: two extents are one column when more tokens lie over both than
    rows fill both. Extents that no row fills together are one column too, unless a header text stands over each, or
    money stands in them.

    Args:
        rows: The tokens of each row.
        header_cells: The texts of the header.
    """
    extents, bridges = narrow_extents(rows)
    extents = _bridged(extents, [token for _, token in bridges])
    bridges = _with_bridges(extents, bridges)
    extents = _exclusive(_with_marks(extents), header_cells)
    _with_bridges(extents, bridges)
    return extents


def _with_marks(extents: list[ColumnExtent]) -> list[ColumnExtent]:
    """Unite the marks of notes, raised behind the figures of a column, with that column."""
    united = extents[:1]
    for extent in extents[1:]:
        if all(_MARK.fullmatch(char.text) for _, token in extent.tokens for char in token.chars):
            united[-1] = _united(united[-1], extent)
        else:
            united.append(extent)
    return united


def _with_bridges(extents: Sequence[ColumnExtent], bridges: Sequence[tuple[int, Token]]) -> list[tuple[int, Token]]:
    """Take the wide tokens that lie over one extent by now; returns the rest."""
    rest: list[tuple[int, Token]] = []
    for row, token in bridges:
        over = [extent for extent in extents if extent.covers(token)]
        if len(over) == 1:
            _take(over[0], row, token)
        else:
            rest.append((row, token))
    return rest


def split_over_columns(rows: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """Return the tokens of each row, those split at a narrow gap whose words stand in different columns.

    A label that fills its column ends close to the text of the next: 离休干部住房补贴 and 其他运转类.
    """
    extents, bridges = narrow_extents(rows)
    words = {
        (row, token.x0): token.at_cut(cut)
        for row, token in bridges
        for cut in token.cuts
        if _parts(token, cut, extents)
    }
    return [[word for token in own for word in words.get((row, token.x0), (token,))] for row, own in enumerate(rows)]


def _parts(token: Token, cut: int, extents: Sequence[ColumnExtent]) -> bool:
    """Return whether the words before and after a cut stand over columns of their own, both over texts or both over figures.

    Figures do where others fill the two columns side by side, the first set right and the second left: 25,000 | 302 over 1 302.
    """
    words = token.at_cut(cut)
    before, after = ([e for e in extents if e.covers(word)] for word in words)
    if not len(before) == len(after) == 1 or before == after:
        return False
    first, second = before[0], after[0]
    if first.figures != second.figures or min(len(first.rows), len(second.rows)) < MIN_FILLED:
        return False
    aligned = abs(words[0].x1 - first.x1) < ONE_PLACE and abs(words[1].x0 - second.x0) < ONE_PLACE
    return not first.figures or (aligned and bool(first.rows & second.rows))


def narrow_extents(rows: Sequence[Sequence[Token]]) -> tuple[list[ColumnExtent], list[tuple[int, Token]]]:
    """Return the extents that narrow tokens make, from left to right, and the (row, token) that lie over several."""
    numbered = [(row, token) for row, tokens in enumerate(rows) for token in tokens]
    extents: list[ColumnExtent] = []
    bridges: list[tuple[int, Token]] = []
    for row, token in sorted(numbered, key=lambda pair: pair[1].x1 - pair[1].x0):
        x0, x1 = token.x0, token.x1
        over = [extent for extent in extents if extent.x0 < x1 and x0 < extent.x1 and extent.covers(token)]
        if not over:
            extents.append(ColumnExtent(token.x0, token.x1, [(row, token)]))
        elif len(over) == 1:
            _take(over[0], row, token)
        else:
            bridges.append((row, token))
    return sorted(extents, key=lambda extent: extent.x0), bridges


def _take(extent: ColumnExtent, row: int, token: Token) -> None:
    extent.x0, extent.x1 = min(extent.x0, token.x0), max(extent.x1, token.x1)
    extent.tokens.append((row, token))


def _united(first: ColumnExtent, second: ColumnExtent) -> ColumnExtent:
    tokens = first.tokens + second.tokens
    return ColumnExtent(min(first.x0, second.x0), max(first.x1, second.x1), tokens, first.header and second.header)


def _bridged(extents: list[ColumnExtent], bridges: Sequence[Token]) -> list[ColumnExtent]:
    """Unite neighbours that more tokens lie over together than rows fill side by side."""
    index = 0
    while index + 1 < len(extents):
        first, second = extents[index], extents[index + 1]
        over = sum(first.covers(token) and second.covers(token) for token in bridges)
        overlap = second.x0 < first.x1 - TOUCH
        if (over or overlap) and over >= len(first.rows & second.rows):
            extents[index : index + 2] = [_united(first, second)]
            index = max(0, index - 1)
        else:
            index += 1
    return extents


def _exclusive(extents: list[ColumnExtent], header_cells: Sequence[Token]) -> list[ColumnExtent]:
    """Unite neighbours of one kind that never stand side by side, such as a label and its indented parts."""
    index = 0
    while index + 1 < len(extents):
        first, second = extents[index], extents[index + 1]
        low = extents[index - 1].x1 if index else float("-inf")
        high = extents[index + 2].x0 if index + 2 < len(extents) else float("inf")
        own = [p for p in header_cells if low < p.center < high]
        alike = _alike(first, second) or _is_one_headed(first, second, own)
        if not _beside(first, second) and alike and _headed_as_one(first, second, header_cells):
            extents[index : index + 2] = [_united(first, second)]
            index = max(0, index - 1)
        else:
            index += 1
    return extents


def _beside(first: ColumnExtent, second: ColumnExtent) -> bool:
    """Return whether two extents fill a line side by side; the last line of a label may end left of its first, which is indented."""
    rows = first.rows & second.rows
    return any(
        row == other and p.top < q.bottom and q.top < p.bottom
        for row, p in first.tokens
        if row in rows
        for other, q in second.tokens
    )


def _alike(first: ColumnExtent, second: ColumnExtent) -> bool:
    """Return whether two extents both hold texts, both hold figures but no money, or one holds dashes alone."""
    if any(all(token.nil for _, token in extent.tokens) for extent in (first, second)):
        return True
    if first.figures != second.figures:
        return False
    if not first.figures:
        return True
    return not (first.money and second.money)


def _is_one_headed(first: ColumnExtent, second: ColumnExtent, own: Sequence[Token]) -> bool:
    """Return whether two extents hold money, and their only header text stands over one of them: a total is set in the middle.

    Args:
        first: The left one.
        second: The right one.
        own: The header texts between the columns beside them.
    """
    return first.money and second.money and len(own) == 1 and first.covers(own[0]) != second.covers(own[0])


def _headed_as_one(first: ColumnExtent, second: ColumnExtent, header_cells: Sequence[Token]) -> bool:
    """Return whether not each of two extents has a header text; codes need one over both, or over one alone."""
    over_first = [p for p in header_cells if first.covers(p) and not second.covers(p)]
    over_second = [p for p in header_cells if second.covers(p) and not first.covers(p)]
    if over_first and over_second:
        low, other = max(over_first, key=lambda p: p.top), max(over_second, key=lambda p: p.top)
        if abs(low.top - other.top) < GROUP_STEP * (low.bottom - low.top):
            return False  # the higher of two texts farther apart is a group's
    codes = first.figures and not any(token.nil for extent in (first, second) for _, token in extent.tokens)
    return (
        not codes or bool(over_first or over_second) or any(first.covers(p) and second.covers(p) for p in header_cells)
    )


def edges_of(extents: Sequence[ColumnExtent], pad: float, centers: Mapping[int, float]) -> list[float]:
    """Return the column edges: one more than there are columns.

    Figures end at their cell's right side, texts begin at its left one, and a header text stands in its middle: one
    side and the middle give the other side. So the same column has the same edges whatever stands in it.

    Args:
        extents: From left to right.
        pad: Points between a text and the side of its cell.
        centers: The middle of the header text over a column, by column.
    """
    edges = [extents[0].x0 - pad]
    for index, (first, second) in enumerate(pairwise(extents)):
        low, high = first.x1, second.x0
        inset = min(pad, (high - low) / 2)
        middle = (low + high) / 2
        if first.right_aligned:
            edge = low + inset
        elif second.tokens and not second.figures:
            edge = high - inset
        elif second.right_aligned and index + 1 in centers:
            edge = 2 * centers[index + 1] - second.x1 - pad
        elif first.tokens and not first.figures and index in centers:
            edge = 2 * centers[index] - edges[-1]
        else:
            edge = middle
        edges.append(min(max(edge, low), high) if low < high else middle)
    return [*edges, extents[-1].x1 + pad]
