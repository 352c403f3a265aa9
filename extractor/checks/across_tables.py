"""Check identities across the tables of one document: equal totals, and revenue against expenditure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from extractor.checks.check import Check, doubted
from extractor.checks.identity import holds, identity
from extractor.contract import base_type
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import Balance, ClassTie, Identities, Totals

OWN_YEAR = ("budget", "final_accounts", None)
BALANCED = (*OWN_YEAR, "execution")
CARRIED_OVER = "carried over: one of the tables shows funds of another year, which the other may leave out"
FEW_CLASSES = "unestablished: too few other classes of the two tables agree"
SURPLUS = "surplus: rows under the totals may belong to them, and do not close the balance either"
TELLING_CLASSES = 2  # classes with money that must agree before one that does not is the document's fault

ItemsByTie = dict[tuple[str, str], list[LineItem]]


def check_across(items: Sequence[LineItem], identities: Identities, generic: Collection[str]) -> Iterator[Check]:
    """Yield every identity across the tables of one document.

    Args:
        items: The document's line items.
        identities: Which tables print the same figures.
        generic: Measures without a concept of their own, such as `total` and `amount`.
    """
    own = [i for i in items if i.amount is not None and i.phase in OWN_YEAR and i.table_type]
    own = [i for i in own if i.amount_year == i.fiscal_year]  # a book prints last year's tables too
    figures = _figures(own, generic)
    tied = [c for tie in identities.tie for c in _tie(figures.get(tie.left, []), figures.get(tie.right, []), tie.sure)]
    carrying = {i.table_id for i in items if i.amount and _is_carried_over(i, identities)}
    for check in (*tied, *_by_class(own, identities.class_tie)):
        yield doubted(check, CARRIED_OVER) if carrying.intersection(check.table_ids) else check
    balanced = [i for i in items if i.amount is not None and i.phase in BALANCED and i.table_type]
    yield from _balances(balanced, generic, identities.balance)


def _is_carried_over(item: LineItem, identities: Identities) -> bool:
    says = identities.carried_over.search
    return bool(says(item.label) or says(item.measure_label))


def _figures(items: Sequence[LineItem], generic: Collection[str]) -> ItemsByTie:
    """Return the items that ties refer to: totals by measure and by side, the only item of a measure, and coded rows."""
    figures: ItemsByTie = defaultdict(list)
    alone: dict[tuple[str, str, str], list[LineItem]] = defaultdict(list)
    for item in items:
        kind = base_type(item.table_type)
        if item.code:
            figures[kind, item.code].append(item)
        elif item.is_total and item.measure in generic:
            figures[kind, "total"].append(item)
            if item.side:
                figures[kind, item.side].append(item)
        elif item.is_total and item.measure:
            figures[kind, item.measure].append(item)
        elif item.measure:
            alone[item.table_id, kind, item.measure].append(item)
    for (_, kind, measure), found in alone.items():
        if len(found) == 1 and not figures.get((kind, measure)):
            figures[kind, measure].extend(found)
    return figures


def _tie(left: Sequence[LineItem], right: Sequence[LineItem], sure: bool) -> Iterator[Check]:
    """Yield left = right for the first pair that agrees; a failure is reported only where each table has one total.

    A summary prints 本年支出合计 and 支出总计: which of them equals the other table's total depends on the funds carried over.
    """
    if not left or not right or len({i.table_id for i in (*left, *right)}) != 2:
        return
    for a in left:
        for b in right:
            if holds([a], [b]) != "no" and (sure or a.amount):
                yield identity("cross_table", f"{a.table_type} = {b.table_type}", [a], [b])
                return
    if sure and len(left) == len(right) == 1 and _of_one_body(left[0], right[0]):
        yield identity("cross_table", f"{left[0].table_type} = {right[0].table_type}", [left[0]], [right[0]])


def _of_one_body(one: LineItem, other: LineItem) -> bool:
    """Return whether two figures are of one scope and of one fund, as far as their headers say."""
    return one.scope == other.scope and (one.fund == other.fund or None in (one.fund, other.fund))


def _balances(items: Sequence[LineItem], generic: Collection[str], rules: Balance) -> Iterator[Check]:
    """Yield 收入总计 = 支出总计 for every two-sided table, from the last totals of both sides.

    A 年终结余 under a total belongs to its side. Totals that leave out transfers are compared only where they agree.
    """
    below: dict[tuple[str, int], list[LineItem]] = defaultdict(list)
    for item in items:
        if not item.is_total and rules.surplus.search(item.label):
            below[item.table_id, item.column].append(item)
    tables: dict[tuple[object, ...], list[LineItem]] = defaultdict(list)
    for item in items:
        if item.is_total and not item.code and item.measure in generic:
            tables[item.table_id, item.phase, item.amount_year, item.scope].append(item)
    for totals in tables.values():
        revenue = [i for i in totals if i.side == "revenue"]
        expenditure = [i for i in totals if i.side == "expenditure"]
        if revenue and expenditure and revenue[-1].row == expenditure[-1].row:
            sides = [revenue[-1]], [expenditure[-1]]
            whole = [
                [t, *(i for i in below[t.table_id, t.column] if i.row > t.row and not i.label.startswith("其中"))]
                for (t,) in sides
            ]
            check = identity("balance", "收入总计 = 支出总计", *sides)
            if check.holds == "no" and holds(*whole) != "no":
                yield identity("balance", "收入总计 = 支出总计", *whole)
            elif whole != [*sides]:
                yield doubted(check, SURPLUS)
            elif check.holds != "no" or all(rules.total.search(t.label) for (t,) in sides):
                yield check


def _by_class(items: Sequence[LineItem], ties: Sequence[ClassTie]) -> Iterator[Check]:
    """Yield summary = detail for each 类 of the two-sided summaries and its row in the expenditure table.

    Yielded only where most classes agree: elsewhere the two tables do not cover the same money.
    """
    for tie in ties:
        left, right = _classes(items, tie.summary), _classes(items, tie.detail)
        pairs = [(left[code], right[code]) for code in left if code in right]
        agreeing = [a for a, b in pairs if holds([a], [b]) != "no"]
        telling = sum(bool(a.amount) for a in agreeing)
        if 2 * len(agreeing) > len(pairs):
            for a, b in pairs:
                check = identity("cross_table", f"{a.table_type} = {b.table_type}", [a], [b])
                yield check if telling >= TELLING_CLASSES else doubted(check, FEW_CLASSES)


def _classes(items: Sequence[LineItem], totals: Totals) -> dict[str, LineItem]:
    """Return 类 code → item; empty where a code occurs twice, as in tables that list several units."""
    found: dict[str, LineItem] = {}
    for item in items:
        if (
            item.code
            and len(item.code) == 3
            and item.classification == "functional"
            and item.measure in totals.measures
            and totals.side in (None, item.side)
            and base_type(item.table_type) == totals.table
        ):
            if item.code in found:
                return {}
            found[item.code] = item
    return found
