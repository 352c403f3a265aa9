"""Find the one cell that would explain failing identities: a suggestion in the check, the data stays as printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractor.checks.check import Check
from extractor.records.item import LineItem

ARITHMETIC = frozenset(("children_sum", "rows_total", "columns_sum", "cross_table", "balance"))


def find_suspect_cells(checks: Sequence[Check], items: Sequence[LineItem]) -> Iterator[Check]:
    """Yield the checks, and set `suspect` and `suggested` of a failing one where exactly one cell explains it.

    A cell explains a failure when another failing identity with this cell requires the same amount of it, such as the sum
    down its column and the sum along its row.
    """
    amounts = {i.item_id: i.amount for i in items if i.amount is not None}
    asked: dict[str, dict[Decimal, int]] = defaultdict(lambda: defaultdict(int))
    for check in checks:
        for item_id, value in _values(check, amounts):
            asked[item_id][value] += 1
    if not asked:
        yield from checks
        return
    for check in checks:
        suspects = [(i, v) for i, v in _values(check, amounts) if asked[i][v] > 1]
        best = max((asked[i][v] for i, v in suspects), default=0)
        suspects = [(i, v) for i, v in suspects if asked[i][v] == best]
        if len(suspects) == 1:
            yield check._replace(suspect=suspects[0][0], suggested=suspects[0][1])
        else:
            yield check


def _values(check: Check, amounts: dict[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    """Yield (item id, amount with which the identity would hold) for each item of a failing identity."""
    if check.holds != "no" or check.rule not in ARITHMETIC:
        return
    for side, sign in ((check.left_items, -1), (check.right_items, 1)):
        for item_id in side:
            if item_id in amounts:
                yield item_id, amounts[item_id] + sign * check.difference
