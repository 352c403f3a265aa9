"""Rows without codes nest as their figures do: which row is the sum of which rows below it, found by adding up.

Lists of units, projects, purchases and “三公” items print no codes, and indent, number or order their rows in every way.
Their amounts say more: a row that equals the sum of those that follow it, to the last digit, is their heading.
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

MIN_UNITS = 100  # a sum of fewer units of the last printed digit may be chance


class Group(NamedTuple):
    """A row and the rows that add up to it, as positions."""

    parent: int
    children: tuple[int, ...]


def group_rows(
    amounts: Sequence[Decimal], least: Decimal, single: bool, totals: frozenset[int] = frozenset()
) -> tuple[list[Group], list[int]]:
    """Find which rows are sums of the rows that follow them.

    Args:
        amounts: One column from top to bottom.
        least: Smaller sums are not taken for one.
        single: Whether a row may be the sum of one row, which repeats its amount.
        totals: Positions of rows that say that they are totals: no part of a row that does not.

    Returns:
        The nests, innermost first, and the positions of the rows that lie in none.
    """
    found: list[Group] = []
    roots: list[int] = []  # from the bottom up: the last is the nearest row below
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

    The rows' structure is read off the fullest column; an identity is recorded where it holds. One that fails says
    nothing, since nothing but the figures says that it should hold.

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
    """Return the nests of a column: those that leave no more than one row outside, if there are any, else the sure ones."""
    amounts = [i.amount or ZERO for i in items]
    least = 2 * MIN_UNITS * min(half_digit(i) for i in items)
    totals = frozenset(n for n, item in enumerate(items) if item.is_total)
    plain, roots = group_rows(amounts, least, single=False, totals=totals)
    plain += _total_last(amounts, roots, least)
    deep, deep_roots = group_rows(amounts, least, single=True, totals=totals)
    last = _total_last(amounts, deep_roots, least)
    if len(deep_roots) == 1 or last:
        whole = _total_last(amounts, roots, least) or len(roots) == 1
        return plain if whole else [*deep, *last]
    return [*plain, *(n for n in deep if len(n.children) == 1 and _is_part(items[n.parent], items[n.children[0]]))]


def _total_last(amounts: Sequence[Decimal], roots: Sequence[int], least: Decimal) -> list[Group]:
    """Return the nest of a last row that is the sum of all others outside a nest."""
    *others, last = roots or [0]
    parts = sum(amounts[i] != ZERO for i in others)
    if parts > 1 and abs(amounts[last]) >= least and sum(amounts[i] for i in others) == amounts[last]:
        return [Group(last, tuple(others))]
    return []


def _is_part(parent: LineItem, child: LineItem) -> bool:
    """Return whether a row that repeats the one above it says that it is a part of it."""
    return child.label.startswith("其中") or (child.indent > parent.indent + 1 and child.label != parent.label)


def _codes_are_silent(stated: LineItem, parts: Sequence[LineItem]) -> bool:
    """Return whether no code says that these rows add up: one has none, or a code stands in more than one row."""
    codes: dict[str | None, int] = defaultdict(int)
    for item in (stated, *parts):
        codes[item.code if item.code_source != "looked_up" else None] += 1
    return None in codes or max(codes.values()) > 1
