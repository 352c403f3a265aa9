"""Header texts over columns → header cells: wrapped texts joined, group texts spanning the columns they are centred over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.grids.geometry.lattice import Line as RuleLine
from extractor.grids.geometry.unruled.columns import GROUP_STEP, Band
from extractor.grids.geometry.unruled.tokens import Piece, piece_of

SHORT_WRAP = 1.3  # em: lines that follow each other so closely are lines of one cell
WRAP = 1.5  # em: lines of one header cell follow each other at most so far where nothing else tells
LONGEST_WRAP = 1.9  # em: and never farther
SPACED = 6.0  # em: the widest blank within a text that is spread over its cell
NEAR = 0.7  # em: two texts have one centre
LEVEL = 0.7  # em: group texts whose middles are closer stand in one header row
UNCOVERED = 0.3  # of a column's width: being off centre by so much is better than to leave a column without a group


@dataclass(slots=True)
class HeadCell:
    """One header cell: its pieces, the columns `first` to `last` it covers, and its rows once they are known."""

    pieces: list[Piece]
    first: int
    last: int
    row: int = 0
    row_span: int = 1

    @property
    def columns(self) -> range:
        """The columns it covers."""
        return range(self.first, self.last + 1)

    @property
    def top(self) -> float:
        """Top of its uppermost line."""
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Bottom of its lowest line."""
        return max(piece.bottom for piece in self.pieces)

    @property
    def middle(self) -> float:
        """Middle between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (min(p.x0 for p in self.pieces) + max(p.x1 for p in self.pieces)) / 2


def add_header_bands(lines: Sequence[Sequence[Piece]], bands: list[Band]) -> list[Band]:
    """Add a band for every header text that stands over no column and over no other header text: an empty column.

    Short figures at the right side of a column do not reach under a header text in its middle: the text then belongs
    to the column beside it that has none.

    Returns:
        The bands that have a header text of their own.
    """
    lower: list[Piece] = []
    for line in reversed(lines):
        for piece in line:
            over = [band for band in bands if band.covers(piece)]
            if not over and not _heads_a_group(piece, lower, bands):
                bands.append(Band(piece.x0, piece.x1, header=True))
            elif len(over) == 1 and over[0].header:
                over[0].x0, over[0].x1 = min(over[0].x0, piece.x0), max(over[0].x1, piece.x1)
        lower += line
    bands.sort(key=lambda band: band.x0)
    index = 0
    while index < len(bands):
        band = bands[index]
        if band.figures:
            own = _lowest(band, bands, lower)
            before = bands[index - 1] if index else None
            after = bands[index + 1] if index + 1 < len(bands) else None
            if before is not None and not band.left_aligned and _lies_lower(before, own, bands, lower):
                band.x0 = before.x0
                del bands[index - 1]
                continue
            further = bands[index + 2] if index + 2 < len(bands) else None
            taken = further is not None and further.figures and not further.left_aligned
            if after is not None and not taken and not band.right_aligned and _lies_lower(after, own, bands, lower):
                band.x1 = after.x1
                del bands[index + 1]
        index += 1
    for index in range(len(bands) - 1, 0, -1):  # short labels at the left side end before the text in the middle
        label, text = bands[index - 1], bands[index]
        if text.header and label.pieces and not label.figures and _lowest(label, bands, lower) is None:
            label.x1 = text.x1
            del bands[index]
    return [band for band in bands if _lowest(band, bands, lower) is not None]


def _lowest(band: Band, bands: Sequence[Band], pieces: Sequence[Piece]) -> Piece | None:
    """Return the lowest header text that stands over a band and over no other."""
    own = [p for p in pieces if band.covers(p) and sum(other.covers(p) for other in bands) == 1]
    return max(own, key=lambda p: p.top, default=None)


def _lies_lower(empty: Band, own: Piece | None, bands: Sequence[Band], pieces: Sequence[Piece]) -> bool:
    """Tell whether a band that only header texts told of has its text below the one over the figures beside it.

    Then that one is a group's, and the lower one is theirs.
    """
    text = _lowest(empty, bands, pieces) if empty.header else None
    return text is not None and (own is None or text.top - own.top > GROUP_STEP * (own.bottom - own.top))


def _heads_a_group(piece: Piece, lower: Sequence[Piece], bands: Sequence[Band]) -> bool:
    """Tell whether a text stands over the gap between two columns that both have a text of their own below it."""
    low = [p for p in lower if p.top - piece.top > 0.6 * (piece.bottom - piece.top)]
    left = max((band for band in bands if band.x1 <= piece.center), key=lambda band: band.x1, default=None)
    right = min((band for band in bands if band.x0 >= piece.center), key=lambda band: band.x0, default=None)
    if left is None or right is None:
        return False
    return all(any(band.covers(p) for p in low) for band in (left, right))


def read_heads(
    leaves: Sequence[HeadCell],
    rest: Sequence[Piece],
    bands: Sequence[Band],
    edges: Sequence[float],
    rules: Sequence[RuleLine],
    em: float,
    bottom: float,
) -> list[HeadCell]:
    """Return the header cells with their spans and rows.

    Args:
        leaves: The lowest cells, and `rest`, the texts above them, as `read_leaves` returns them.
        rest: See `leaves`.
        bands: All columns.
        edges: The column edges.
        rules: Horizontal rules within the header, which part cells where they run.
        em: Type size in points.
        bottom: Where the header ends.
    """
    cells = list(leaves)
    groups = _joined(rest, rules, em)
    while groups:
        lowest = max(group.middle for group in groups)
        level = sorted((g for g in groups if lowest - g.middle < LEVEL * em), key=lambda g: g.center)
        groups = [g for g in groups if g not in level]
        _span(level, cells, bands, edges, rules, bottom)
        for group in level:
            under = _top_cell(cells, group.first)
            single = group.first == group.last and under is not None and under.first == under.last
            if single and under is not None and not _ruled(group.middle, under.middle, bands[group.first], rules):
                under.pieces += group.pieces
            else:
                cells.append(group)
    cells.sort(key=lambda cell: (cell.middle, cell.first))
    _number(cells)
    return cells


def read_leaves(
    lines: Sequence[Sequence[Piece]], bands: Sequence[Band], rules: Sequence[RuleLine], em: float
) -> tuple[list[HeadCell], list[Piece]]:
    """Return the lowest header cell over each column, with its wrapped lines, and the pieces that are left."""
    inner = len({round(y) for y, _, _ in rules}) > 2
    cells: list[HeadCell] = []
    rest: list[Piece] = []
    for pieces in reversed(lines):
        for piece in pieces:
            over = _columns(piece, bands)
            under = [cell for c in over if (cell := _top_cell(cells, c)) is not None]
            if not under:
                cells.append(HeadCell([piece], over[0], over[-1]))
                continue
            cell = under[0]
            ruled = _ruled((piece.top + piece.bottom) / 2, cell.middle, bands[over[0]], rules)
            fits = len({id(c) for c in under}) == 1 and cell.first <= over[0] and over[-1] <= cell.last
            above = any(cell.first <= _nearest(p, bands) <= cell.last and p.top < cell.top for p in rest)
            sole = inner and cell.first == cell.last
            if fits and not above and not ruled and (sole or _wraps(piece, cell, pieces, lines, bands, em)):
                cell.pieces.append(piece)
            else:
                rest.append(piece)
    return cells, rest


def head_pieces(pieces: Sequence[Piece], bands: Sequence[Band], em: float) -> list[Piece]:
    """Return a header line's texts: one that is set with blanks joined, those that touch over their columns parted.

    合 计 stands over one column, 类 款 项 over three; 政府性基金 and 国有资本 fill their narrow cells side by side.
    """
    joined: list[Piece] = []
    for piece in [part for whole in pieces for part in _parts(whole, bands, em)]:
        before = joined[-1] if joined else None
        if before is not None and len(piece.text) == 1 and piece.x0 - before.x1 < SPACED * em and before.spaced:
            covered = {i for p in (before, piece) for i, band in enumerate(bands) if band.covers(p)}
            if len(covered) < 2:
                joined[-1] = piece_of([*before.chars, *piece.chars])
                continue
        joined.append(piece)
    return joined


def _parts(piece: Piece, bands: Sequence[Band], em: float) -> list[Piece]:
    """Part a text at its words where each stands in the middle of a column of its own, or ends where its figures do."""
    if not piece.cuts or sum(band.covers(piece) for band in bands) < 2:
        return [piece]
    parts = [piece_of(piece.chars[low:high]) for low, high in pairwise([0, *piece.cuts, len(piece.chars)])]
    over = [[i for i, band in enumerate(bands) if band.covers(part)] for part in parts]
    if any(len(own) > 1 for own in over) or len({own[0] for own in over if own}) < 2:
        return [piece]
    narrow = all(part.x1 - part.x0 > 2.5 * em for part in parts)
    return parts if narrow and len({tuple(own) for own in over if own}) == sum(bool(own) for own in over) else [piece]


def _wraps(
    piece: Piece,
    cell: HeadCell,
    beside: Sequence[Piece],
    lines: Sequence[Sequence[Piece]],
    bands: Sequence[Band],
    em: float,
) -> bool:
    """Tell whether a text is a line of the cell below it, and no group text over it.

    Close lines are. Farther ones are where the columns beside have a line there too, for a group would reach over
    them, or where the cell with that line stands in the middle of the row that single lines beside it show.
    """
    if any(abs(p.top - piece.top) < 0.3 * em for p in cell.pieces):
        return True
    step = cell.top - piece.top
    if _in_a_row(cell, lines, bands, em):
        return False
    if step > LONGEST_WRAP * em or abs(cell.center - piece.center) > max(NEAR * em, 2.0):
        return False
    if step < SHORT_WRAP * em:
        return True
    columns = {c for p in beside if p is not piece for c in _columns(p, bands)}
    if cell.first - 1 in columns or cell.last + 1 in columns:
        return True
    others = [(p.top + p.bottom) / 2 for line in lines for p in line if not _near(p, lines, em) and p is not piece]
    others = [y for y in others if abs(y - cell.middle) < LONGEST_WRAP * em]
    if not others:
        return step < WRAP * em
    whole = (piece.top + cell.bottom) / 2
    return min(abs(y - whole) for y in others) < min(abs(y - cell.middle) for y in others)


def _in_a_row(cell: HeadCell, lines: Sequence[Sequence[Piece]], bands: Sequence[Band], em: float) -> bool:
    """Tell whether single texts stand beside a cell's only line on both sides: its row is no higher than that line."""
    if len(cell.pieces) > 1 or cell.first != cell.last:
        return False
    line = [p for line in lines for p in line if abs(p.top - cell.top) < 0.1 * em]
    sides = [c for c in (cell.first - 1, cell.last + 1) if 0 <= c < len(bands)]
    return all(any(bands[c].covers(p) and not _near(p, lines, em) for p in line) for c in sides)


def _near(piece: Piece, lines: Sequence[Sequence[Piece]], em: float) -> bool:
    """Tell whether another text stands close above or below a text."""
    return any(
        0.5 * em < abs(p.top - piece.top) < LONGEST_WRAP * em and p.x0 < piece.x1 and p.x1 > piece.x0
        for line in lines
        for p in line
    )


def _columns(piece: Piece, bands: Sequence[Band]) -> list[int]:
    return [i for i, band in enumerate(bands) if band.covers(piece)] or [_nearest(piece, bands)]


def _nearest(piece: Piece, bands: Sequence[Band]) -> int:
    return min(range(len(bands)), key=lambda i: max(bands[i].x0 - piece.center, piece.center - bands[i].x1))


def _joined(pieces: Sequence[Piece], rules: Sequence[RuleLine], em: float) -> list[HeadCell]:
    """Join the lines of group texts that wrap."""
    groups: list[HeadCell] = []
    for piece in sorted(pieces, key=lambda p: -p.top):
        for group in groups:
            near = group.top - piece.top < WRAP * em and abs(group.center - piece.center) < NEAR * em
            band = Band(piece.x0, piece.x1)
            if near and not _ruled((piece.top + piece.bottom) / 2, group.middle, band, rules):
                group.pieces.append(piece)
                break
        else:
            groups.append(HeadCell([piece], 0, 0))
    return groups


def _ruled(upper: float, lower: float, band: Band, rules: Sequence[RuleLine]) -> bool:
    return any(upper < y < lower and a - 2 <= band.center <= b + 2 for y, a, b in rules)


def _top_cell(cells: Sequence[HeadCell], column: int) -> HeadCell | None:
    """Return the uppermost of the cells over a column so far."""
    over = [cell for cell in cells if cell.first <= column <= cell.last]
    return min(over, key=lambda cell: cell.middle) if over else None


def _span(
    level: Sequence[HeadCell],
    cells: Sequence[HeadCell],
    bands: Sequence[Band],
    edges: Sequence[float],
    rules: Sequence[RuleLine],
    bottom: float,
) -> None:
    """Give the group texts of one header row the columns they span: runs without gaps, each centred under its text."""
    columns = range(len(bands))
    admitted = [any(_admits(group, column, cells, bands, rules, bottom) for group in level) for column in columns]
    homes = [
        [c for c in columns if min(bands[c].x1, _right(g)) - max(bands[c].x0, _left(g)) > 0.5]
        or [min(columns, key=lambda c: max(edges[c] - g.center, g.center - edges[c + 1]))]
        for g in level
    ]
    spare_cost = UNCOVERED * (edges[-1] - edges[0]) / len(bands)
    start = 0
    for index, group in enumerate(level):
        stop = homes[index + 1][0] if index + 1 < len(level) else len(bands)
        first, last = homes[index][0], homes[index][-1]
        best, cost = (first, last), float("inf")
        for left in range(first, start - 1, -1):
            if left < first and not _may_join(left, admitted, cells):
                break
            for right in range(last, max(stop, last + 1)):
                if right > last and not _may_join(right, admitted, cells):
                    break
                if not _whole(left, right, cells, group):
                    continue
                off = abs((edges[left] + edges[right + 1]) / 2 - group.center)
                spare = _spare(left, start, admitted, -1) + _spare(right, stop - 1, admitted, 1)
                own = off + spare_cost * spare
                if own < cost:
                    best, cost = (left, right), own
        group.first, group.last = best
        start = best[1] + 1


def _may_join(column: int, admitted: Sequence[bool], cells: Sequence[HeadCell]) -> bool:
    return admitted[column] and _top_cell(cells, column) is not None


def _spare(column: int, limit: int, admitted: Sequence[bool], step: int) -> int:
    """Return how many columns that want a group are left beside a run."""
    count = 0
    column += step
    while (column <= limit if step > 0 else column >= limit) and admitted[column]:
        count += 1
        column += step
    return count


def _whole(left: int, right: int, cells: Sequence[HeadCell], group: HeadCell) -> bool:
    """Tell whether a run cuts no cell below it."""
    return all(
        (left <= cell.first and cell.last <= right) or cell.last < left or cell.first > right
        for cell in cells
        if cell.middle > group.middle
    )


def _left(cell: HeadCell) -> float:
    return min(piece.x0 for piece in cell.pieces)


def _right(cell: HeadCell) -> float:
    return max(piece.x1 for piece in cell.pieces)


def _admits(
    group: HeadCell,
    column: int,
    cells: Sequence[HeadCell],
    bands: Sequence[Band],
    rules: Sequence[RuleLine],
    bottom: float,
) -> bool:
    """Tell whether a column may lie under a group text: what stands over it alone is set lower than beside a group.

    Where rules run under group texts they tell.
    """
    under = _top_cell(cells, column)
    if under is None or under.middle <= group.middle:
        return False
    seeds = [
        cell
        for c in range(len(bands))
        if bands[c].x0 < _right(group) and bands[c].x1 > _left(group) and (cell := _top_cell(cells, c)) is not None
    ]
    if any(_ruled(group.middle, seed.middle, bands[seed.first], rules) for seed in seeds):
        return _ruled(group.middle, under.middle, bands[column], rules)
    if any(cell is not under and cell.first <= column <= cell.last for cell in cells):
        return True  # a group itself
    own = [seed.middle for seed in seeds if seed.middle > group.middle]
    return under.middle >= min([*own, (group.middle + bottom) / 2]) - 0.2 * (group.bottom - group.top)


def _number(cells: Sequence[HeadCell]) -> None:
    """Give every cell its header row: one below the lowest over any of its columns, and span down to the next."""
    ends: dict[int, int] = {}
    for cell in cells:
        cell.row = max(ends.get(column, 0) for column in cell.columns)
        for column in cell.columns:
            ends[column] = cell.row + 1
    depth = max((cell.row + 1 for cell in cells), default=0)
    for cell in cells:
        lower = [c.row for c in cells if c.row > cell.row and c.first <= cell.last and cell.first <= c.last]
        cell.row_span = min(lower, default=depth) - cell.row
