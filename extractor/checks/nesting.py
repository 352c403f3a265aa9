"""Find which rows without codes are sums of the rows below them, and check these sums.

Lists of units, projects, purchases and “三公” items print no codes, and indentation, numbering and order vary.
The amounts are more reliable: a row that equals the sum of the rows that follow it, to the last digit, is their heading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from extractor.checks.check import Check
from extractor.checks.identity import ZERO, half_digit, holds, identity
from extractor.records.item import LineItem

MIN_UNITS = 100  # a smaller sum, in units of the last printed digit, may be a coincidence


class Group(NamedTuple):
    """A row and the rows that add up to it, as positions in a column."""

    parent: int
    children: tuple[int, ...]


def group_rows(
    amounts: Sequence[Decimal], least: Decimal, single: bool, totals: frozenset[int] = frozenset()
) -> tuple[list[Group], list[int]]:
    """Find which rows are sums of the rows that follow them.

    Args:
        amounts: One column from top to bottom.
        least: Minimum absolute amount of a sum.
        single: Whether a row may be the sum of a single row with the same amount.
        totals: Positions of rows labelled as totals, which are never parts of other rows.

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
    by_row = {column: {i.row: i for i in items} for column, items in columns.items()}
    rows = [item.row for item in fullest]
    for parent, children in _structure(fullest):
        for items in by_row.values():
            stated = items.get(rows[parent])
            parts = [items[rows[c]] for c in children if rows[c] in items]
            if stated is None or not parts or not stated.amount or not _codes_are_silent(stated, parts):
                continue
            if holds([stated], parts) != "no":
                yield identity("rows_total" if stated.is_total else "children_sum", where, [stated], parts)


def _structure(items: Sequence[LineItem]) -> list[Group]:
    """Return the groups of a column: those that leave at most one row outside, if there are any, else the certain ones."""
    amounts = [i.amount or ZERO for i in items]
    least = 2 * MIN_UNITS * min(half_digit(i) for i in items)
    # 一、本年收入合计 and 二、转移性收入 are the parts of 总收入 above them.
    totals = frozenset(n for n, item in enumerate(items) if item.is_total and not item.numbering)
    plain, roots = group_rows(amounts, least, single=False, totals=totals)
    plain += _total_last(amounts, roots, least)
    deep, deep_roots = group_rows(amounts, least, single=True, totals=totals)
    last = _total_last(amounts, deep_roots, least)
    if len(deep_roots) == 1 or last:
        whole = _total_last(amounts, roots, least) or len(roots) == 1
        return plain if whole else [*deep, *last]
    return [*plain, *(n for n in deep if len(n.children) == 1 and _is_part(items[n.parent], items[n.children[0]]))]


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
