"""Doubt a code with an amount and no rows below it, where the other codes of its level have some: its rows may be lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.checks.check import Check, doubted
from extractor.checks.identity import identity
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import Transfers
from extractor.vocabulary.codes import Classifications

CHILDLESS = "childless: all other codes of its level have rows below them, and this one's may be withheld or lost"
CLASS_DIGITS = 3
MIN_PARENTS = 2  # codes with rows below them that make one without them strange


def check_childless(
    series: Sequence[LineItem], codes: Classifications, transfers: Transfers, where: str
) -> Iterator[Check]:
    """Yield a doubt for the one code of a column that has no rows below it.

    Args:
        series: The column's items from top to bottom.
        codes: The classifications, which say whether a code has others below it.
        transfers: Which codes are transfers: a table of balances divides some of them and not the others.
        where: Title, page and header for the statement.
    """
    coded = {i.code: i for i in series if i.code and i.amount}
    if len(coded) < sum(bool(i.code and i.amount) for i in series):
        return  # several units or funds, one below the other
    if any(i.code_source == "looked_up" for i in coded.values()):
        return
    level = max(map(len, coded), default=0) - 2
    parents = [code for code in coded if len(code) == level]
    over = {code[:level] for code in coded if len(code) > level}
    lone = [code for code in parents if code not in over]
    if len(lone) != 1 or len(parents) <= MIN_PARENTS or lone[0][:CLASS_DIGITS] in transfers.outside:
        return
    if _has_children(coded[lone[0]], codes):
        check = identity("children_sum", where, [coded[lone[0]]], [])
        yield doubted(check._replace(statement=f"{check.statement}no rows below it"), CHILDLESS)


def _has_children(item: LineItem, codes: Classifications) -> bool:
    """Return whether the list of codes has others below an item's: 227 预备费 has none."""
    code, scheme = item.code or "", item.classification
    return scheme is not None and any(len(c) > len(code) and c.startswith(code) for c in codes.scheme(scheme).names)
