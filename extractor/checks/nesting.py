"""Find which rows without codes are sums of the rows below them, and check these sums.

Lists of units, projects, purchases and “三公” items print no codes, and indentation, numbering and order vary.
The amounts are more reliable: a row that equals the sum of the rows that follow it, to the last digit, is their heading.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from extractor.checks.check import Check
from extractor.checks.identity import ZERO, half_digit, holds, identity
from extractor.checks.outlines import levels_of
from extractor.records.item import LineItem

CONTRADICTING = 2  # columns in which a group of another does not add up before it is one by chance
MAX_BARRED = 50  # groups by chance, of one column
MOST_OF_LIST = 0.5  # of a list: where its groups hold fewer of its rows, they may be by chance
MIN_UNITS = 100  # a smaller sum, in units of the last printed digit, may be a coincidence


_MARKS: tuple[Callable[[LineItem], str | None], ...] = (
    lambda item: item.numbering,
    lambda item: item.code,
    lambda item: item.agency_code,
)


class Series(NamedTuple):
    """One column: its items by row, and which of them stand after which row of the fullest column, which has none there."""

    items: dict[int, LineItem]
    blank: dict[int, list[int]]


class Group(NamedTuple):
    """A row and the rows that add up to it, as positions in a column."""

    parent: int
    children: tuple[int, ...]


def group_rows(
    amounts: Sequence[Decimal],
    least: Decimal,
    single: bool,
    totals: frozenset[int] = frozenset(),
    barred: frozenset[int] = frozenset(),
) -> tuple[list[Group], list[int]]:
    """Find which rows are sums of the rows that follow them.

    Args:
        amounts: One column from top to bottom.
        least: Minimum absolute amount of a sum.
        single: Whether a row may be the sum of a single row with the same amount.
        totals: Positions of rows labelled as totals, which are never parts of other rows.
        barred: Positions of rows that are no sums.

    Returns:
        The groups, innermost first, and the positions of the rows that are in no group.
    """
    found: list[Group] = []
    roots: list[int] = []  # from the bottom up: the last one is the nearest row below
    for position in range(len(amounts) - 1, -1, -1):
        below: Iterator[int] = reversed(roots)
        if position not in totals:
            below = takewhile(lambda row: row not in totals, below)
        children = _children(amounts, below, amounts[position], single) if abs(amounts[position]) >= least else []
        children = [] if position in barred else children
        if children:
            found.append(Group(position, tuple(children)))
            del roots[-len(children) :]
        roots.append(position)
    return found, roots[::-1]


def _children(amounts: Sequence[Decimal], below: Iterable[int], total: Decimal, single: bool) -> list[int]:
    """Return the nearest rows below that add up to a total; none where they do not."""
    taken: list[int] = []
    left, parts = total, 0
    for position in below:
        taken.append(position)
        left -= amounts[position]
        parts += amounts[position] != ZERO
        if left == ZERO:
            return taken if parts > 1 or single else []
        if (left < ZERO) == (total > ZERO):
            return []
    return []


def check_nesting(columns: dict[int, list[LineItem]], where: str) -> Iterator[Check]:
    """Yield the identities between rows that codes do not explain, in every column of one block.

    The groups are found in the column with most amounts, and an identity is yielded only where it holds: a failure would
    mean nothing, since only the amounts suggest the group.

    Args:
        columns: Column → its items from top to bottom.
        where: Title and page for the statement.
    """
    fullest = max(columns.values(), key=lambda items: sum(bool(i.amount) for i in items), default=[])
    if len(fullest) < 2:
        return
    rows = [item.row for item in fullest]
    by_row = [{i.row: i for i in items} for items in columns.values()]
    every = [Series(items, _blank_rows(rows, items)) for items in by_row]
    for group in _borne_out(fullest, every):
        for series in every:
            stated = series.items.get(rows[group.parent])
            for parts in _parts(group, rows, series):
                if stated is None or not parts or not stated.amount or not _codes_are_silent(stated, parts):
                    continue
                if holds([stated], parts) != "no":
                    yield identity("rows_total" if stated.is_total else "children_sum", where, [stated], parts)
                    break


def _blank_rows(rows: Sequence[int], column: dict[int, LineItem]) -> dict[int, list[int]]:
    """Return row of the fullest column → the rows of another after it, and before the next, that the fullest leaves blank."""
    known, found = set(rows), defaultdict[int, list[int]](list)
    for row, item in column.items():
        if row not in known and row > rows[0] and not item.is_total:
            found[rows[bisect(rows, row) - 1]].append(row)
    return found


def _parts(group: Group, rows: Sequence[int], series: Series) -> list[list[LineItem]]:
    """Return what may be a group's parts in a column: its rows, and those after them that the fullest column leaves blank.

    What follows the last of its rows may belong to it or to what comes after.
    """
    own = [rows[c] for c in group.children]
    beside = [blank for row in (rows[group.parent], *own) for blank in series.blank.get(row, ())]
    inner = [row for row in beside if row < own[-1]]
    choices = [[*own, *beside], [*own, *inner]] if len(inner) < len(beside) else [[*own, *beside]]
    return [[series.items[row] for row in sorted(wanted) if row in series.items] for wanted in choices]


def _borne_out(fullest: Sequence[LineItem], columns: Sequence[Series]) -> list[Group]:
    """Return the groups of the fullest column, none of which most of the other columns contradict.

    Of a hundred rows some are the sum of those below them by chance, and take these from the group that they are parts of.
    """
    rows = [item.row for item in fullest]
    barred: frozenset[int] = frozenset()
    for _ in range(MAX_BARRED):
        groups, whole = _structure(fullest, barred)
        chance = next((g.parent for g in groups if _is_chance(g, rows, columns)), None)
        if chance is not None:
            barred |= {chance}
            continue
        grouped = {n for g in groups for n in (g.parent, *g.children)}
        if whole or len(grouped) >= MOST_OF_LIST * sum(bool(i.amount) for i in fullest):
            return groups
        levels = levels_of(fullest)
        return [g for g in groups if _is_set_off(g, fullest, levels) or _holds_elsewhere(g, fullest, columns)]
    return []


def _is_set_off(group: Group, items: Sequence[LineItem], levels: Sequence[int]) -> bool:
    """Return whether something besides the amounts says that a row stands over others: its label, its numbering, a code."""
    parent, children = items[group.parent], [items[c] for c in group.children]
    apart = any(all(bool(of(parent)) != bool(of(child)) for child in children) for of in _MARKS)
    apart = apart or all(levels[child] > levels[group.parent] for child in group.children)
    return parent.is_total or apart or any(child.label.startswith("其中") for child in children)


def _holds_elsewhere(group: Group, fullest: Sequence[LineItem], columns: Sequence[Series]) -> bool:
    """Return whether several parts add up to another amount in another column."""
    rows = [item.row for item in fullest]
    stated = fullest[group.parent].amount
    for column in columns:
        whole = column.items.get(rows[group.parent])
        for parts in _parts(group, rows, column) if whole is not None and whole.amount not in (ZERO, stated) else ():
            if whole is not None and sum(bool(i.amount) for i in parts) > 1 and holds([whole], parts) == "exact":
                return True
    return False


def _is_chance(group: Group, rows: Sequence[int], columns: Sequence[Series]) -> bool:
    """Return whether several parts do not add up in two columns, and in more than they do but for the fullest."""
    parent = rows[group.parent]
    results: list[bool] = []
    for column in columns:
        stated = [column.items[parent]] if parent in column.items else []
        tried = _parts(group, rows, column)
        if sum(bool(i.amount) for i in tried[-1]) > 1:
            results.append(bool(stated) and any(holds(stated, parts) != "no" for parts in tried))
    failing = results.count(False)
    return failing >= CONTRADICTING and failing >= results.count(True)


def _structure(items: Sequence[LineItem], barred: frozenset[int]) -> tuple[list[Group], bool]:
    """Return the groups of a column, and whether they leave at most one row outside; else the certain ones."""
    amounts = [i.amount or ZERO for i in items]
    least = 2 * MIN_UNITS * min(half_digit(i) for i in items)
    # 一、本年收入合计 and 二、转移性收入 are the parts of 总收入 above them.
    totals = frozenset(n for n, item in enumerate(items) if item.is_total and not item.numbering)
    plain, roots = group_rows(amounts, least, single=False, totals=totals, barred=barred)
    plain += _total_last(amounts, roots, least)
    deep, deep_roots = group_rows(amounts, least, single=True, totals=totals, barred=barred)
    last = _total_last(amounts, deep_roots, least)
    if len(deep_roots) == 1 or last:
        whole = _total_last(amounts, roots, least) or len(roots) == 1
        return (plain if whole else [*deep, *last]), True
    parts = [n for n in deep if len(n.children) == 1 and _is_part(items[n.parent], items[n.children[0]])]
    return [*plain, *parts], False


def _total_last(amounts: Sequence[Decimal], roots: Sequence[int], least: Decimal) -> list[Group]:
    """Return the group of a last row that is the sum of all other rows outside groups."""
    *others, last = roots or [0]
    parts = sum(amounts[i] != ZERO for i in others)
    if parts > 1 and abs(amounts[last]) >= least and sum(amounts[i] for i in others) == amounts[last]:
        return [Group(last, tuple(others))]
    return []


def _is_part(parent: LineItem, child: LineItem) -> bool:
    """Return whether a row that repeats the amount above it says by its label or its code that it is a part of that row.

    Its indent alone does not: bond lists indent neighbouring projects of equal size differently.
    """
    codes = ((parent.code, child.code), (parent.agency_code, child.agency_code))
    return child.label.startswith("其中") or any(
        whole and part and part != whole and part.startswith(whole) for whole, part in codes
    )


def _codes_are_silent(stated: LineItem, parts: Sequence[LineItem]) -> bool:
    """Return whether codes do not relate these rows: one has no code, or a code occurs in several rows."""
    codes: dict[str | None, int] = defaultdict(int)
    for item in (stated, *parts):
        codes[item.code if item.code_source != "looked_up" else None] += 1
    return None in codes or max(codes.values()) > 1
