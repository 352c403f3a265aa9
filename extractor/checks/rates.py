"""Check percentages against the amounts beside them: 完成预算的% and 比上年增长% are quotients of two columns of their row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations
from typing import NamedTuple

from extractor.checks.check import Check
from extractor.checks.identity import half_digit
from extractor.contract import Holds
from extractor.notation.amounts import half_digit as half_of_text
from extractor.records.item import LineItem
from extractor.tables.table import Column, Table
from extractor.vocabulary.check_rules import Rates

ENOUGH_ROWS, ENOUGH_SHARE = 3, Decimal("0.8")  # two columns are those of a rate where this many of its rows bear it out
MOST_MOVED = Decimal("0.5")  # points by which the amounts' own rounding may move a rate that is still to say something
HUNDRED = Decimal(100)
_CENT, _MICRO = Decimal("0.01"), Decimal("0.000001")

Rows = Mapping[int, Mapping[int, LineItem]]


class Quotient(NamedTuple):
    """A printed rate and two amounts of its row.

    Attributes:
        rate: The percentage.
        over: What is compared.
        under: What it is compared with.
        computed: The rate that the amounts give, rounded as the printed one is.
        tolerance: By how much rounding may move the rate: its own, and that of the amounts.
        holds: Whether it is the printed one.
        telling: The amounts differ and are exact enough, so that few rates would hold.
    """

    rate: LineItem
    over: LineItem
    under: LineItem
    computed: Decimal
    tolerance: Decimal
    holds: Holds
    telling: bool


def check_rates(table: Table, items: Sequence[LineItem], words: Rates, where: str) -> Iterator[Check]:
    """Yield the rates of a table that are quotients of the same two columns in nearly all of their rows.

    A rate bears out no amount: amounts that differ in a digit give it too. One that fails says nothing, since it may be of
    amounts that are not printed (同口径), and nothing is said of a rate whose columns are not found.

    Args:
        table: The table.
        items: Its amounts and percentages.
        words: What the header of a rate says.
        where: Title and page for the statement.
    """
    rows: dict[int, dict[int, LineItem]] = defaultdict(dict)
    rates: dict[int, list[LineItem]] = defaultdict(list)
    for item in items:
        if item.amount is not None:
            rows[item.row][item.column] = item
        elif item.unit == "%" and item.value is not None:
            rates[item.column].append(item)
    for column in table.columns:
        text = _said(column, words) if column.ordinal in rates else None
        if text is not None:
            growth = words.growth.search(text) is not None
            beside = [c for c in table.columns if c.role == "measure" and c.block == column.block]
            # Where 执行数 equals 预算数 in all rows, the growth behind it is that of 执行数: the nearest come first.
            beside.sort(key=lambda other: abs(other.ordinal - column.ordinal))
            found = _borne_out(rates[column.ordinal], rows, [c.ordinal for c in beside], growth)
            if found and _may_mean(text, found[0], words):
                yield from (_check(quotient, growth, where) for quotient in found)


def _said(column: Column, words: Rates) -> str | None:
    """Return the innermost text of a column's header that speaks of growth or of a share."""
    return next((t for t in reversed(column.path) if words.growth.search(t) or words.share.search(t)), None)


def _may_mean(text: str, quotient: Quotient, words: Rates) -> bool:
    """Return whether a rate's header may mean two columns: under a header that was displaced it means others than it holds of."""
    over, under = quotient.over, quotient.under
    if (over.phase, over.amount_year) == (under.phase, under.amount_year):
        return True
    earlier = (under.phase or "").startswith("prior") or (under.amount_year or 0) < (over.amount_year or 0)
    return not (words.current if earlier else words.earlier).search(text)


def _borne_out(rates: Sequence[LineItem], rows: Rows, columns: Sequence[int], growth: bool) -> list[Quotient]:
    """Return the rates that hold, of the two columns that most rows bear out; none where no two are borne out by enough."""
    best: list[Quotient] = []
    beside = [(rate, rows[rate.row]) for rate in rates if rate.row in rows]
    for over, under in permutations(columns, 2):
        held = _held(beside, over, under, growth)
        if len(held) > len(best):
            best = held
        if len(best) == len(beside):
            break
    return best


def _held(
    beside: Sequence[tuple[LineItem, Mapping[int, LineItem]]], first: int, second: int, growth: bool
) -> list[Quotient]:
    found, failing = [], 0
    most = (1 - ENOUGH_SHARE) * len(beside)
    for rate, row in beside:
        over, under = row.get(first), row.get(second)
        if over is None or under is None or not under.amount:
            continue
        quotient = _quotient(rate, over, under, growth)
        if quotient.holds != "no":
            found.append(quotient)
        elif quotient.telling:
            failing += 1
            if failing > most:
                return []
    good = sum(q.telling for q in found)
    return found if good >= ENOUGH_ROWS and good >= ENOUGH_SHARE * (good + failing) else []


def _quotient(rate: LineItem, over: LineItem, under: LineItem, growth: bool) -> Quotient:
    printed = rate.value or Decimal(0)
    above, below = over.amount or Decimal(0), under.amount or Decimal(1)
    share = above / below
    precise = HUNDRED * share - (HUNDRED if growth else 0)
    half = half_of_text(rate.amount_text, None)
    moved = HUNDRED * (half_digit(over) + abs(share) * half_digit(under)) / abs(below)
    off = abs(precise - printed)
    holds: Holds = "exact" if off <= half else "rounding" if off <= half + moved and moved <= MOST_MOVED else "no"
    computed = printed if holds == "exact" else precise.quantize(2 * half, ROUND_HALF_UP)
    return Quotient(rate, over, under, computed, half + moved, holds, 0 != above != below and moved <= MOST_MOVED)


def _check(quotient: Quotient, growth: bool, where: str) -> Check:
    rate, over, under = quotient.rate, quotient.over, quotient.under
    stated, computed = (rate.value or Decimal(0)).quantize(_CENT), quotient.computed.quantize(_CENT)
    terms = f"{over.amount_text} / {under.amount_text}{' - 1' if growth else ''}"
    return Check(
        check_id="",
        document_id=rate.document_id,
        rule="rate",
        statement=f"{where}: {rate.label} {rate.measure_label} {rate.amount_text} = {terms}",
        table_ids=(rate.table_id,),
        left_items=(rate.item_id,),
        right_items=(over.item_id, under.item_id),
        stated=stated,
        computed=computed,
        difference=stated - computed,
        tolerance=quotient.tolerance.quantize(_MICRO),
        holds=quotient.holds,
        kind=None,
    )
