"""Check what a government owes at a year's end, and up to how much it may: last year's, more by what was borrowed, less by what was repaid.

The ministry's forms (地方政府一般债务余额情况表, 地方政府专项债务余额情况表) print these a row each, every row with its year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractor.checks.check import Check
from extractor.checks.identity import holds, identity
from extractor.contract import base_type
from extractor.notation.text import clean
from extractor.notation.years import YEAR
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import DebtBalance

_YEAR = re.compile(rf"({YEAR})年")

Rows = dict[tuple[str, int], list[LineItem]]  # what a row is, and of which year → its amounts


def check_debt_balances(series: Sequence[LineItem], rules: DebtBalance, where: str) -> Iterator[Check]:
    """Yield balance + repaid = balance before + borrowed, and limit = limit before + what it was raised by, where they hold.

    A failure means nothing: debts are also written off, taken over, and revalued with their currency.

    Args:
        series: A column's items from top to bottom.
        rules: What the rows are called, and in which tables.
        where: Title, page and header for the statement.
    """
    if base_type(series[0].table_type) not in rules.tables:
        return
    for found in _by_kind(series, rules):
        only = {said: _only(rows, rules) for said, rows in found.items()}
        for concept, year in found:
            if concept == "balance":
                left, right = [(concept, year), ("repaid", year)], [("balance", year - 1), ("borrowed", year)]
            elif concept == "limit":
                left, right = [(concept, year)], [("limit", year - 1), ("raised", year)]
            else:
                continue
            yield from _sum(where, [only.get(said) for said in left], [only.get(said) for said in right])


def _by_kind(series: Sequence[LineItem], rules: DebtBalance) -> Iterator[Rows]:
    """Yield the rows of 一般债务 and of 专项债务; a row that says neither is of the only one that the column has."""
    read = [(_kind(i, rules), said, i) for i in series if (said := _concept(i, rules)) is not None]
    kinds: list[str] = sorted({kind for kind, _, _ in read if kind}) or [""]
    for wanted in kinds:
        found: Rows = defaultdict(list)
        for kind, said, item in read:
            if kind == wanted or (not kind and len(kinds) == 1):
                found[said].append(item)
        yield found


def _kind(item: LineItem, rules: DebtBalance) -> str:
    match = rules.kind.search(item.label)
    return match[0] if match else ""


def _concept(item: LineItem, rules: DebtBalance) -> tuple[str, int] | None:
    """Return what a row is and of which year; None where it says no year or is a part of another row."""
    label = clean(item.label)
    year = _YEAR.search(label)
    if year is None or label.startswith("其中"):
        return None
    patterns = (("raised", rules.raised), ("limit", rules.limit), ("balance", rules.balance))
    flows = (("borrowed", rules.borrowed), ("repaid", rules.repaid))
    return next(((concept, int(year[1])) for concept, pattern in (*patterns, *flows) if pattern.search(label)), None)


def _sum(where: str, left: Sequence[LineItem | None], right: Sequence[LineItem | None]) -> Iterator[Check]:
    """Yield left = right where there is one row of each and it holds."""
    stated, parts = ([i for i in side if i is not None] for side in (left, right))
    complete = len(stated) == len(left) and len(parts) == len(right)
    if complete and stated[0].amount and parts[0].amount and holds(stated, parts) != "no":
        yield identity("balance", where, stated, parts)


def _only(rows: Sequence[LineItem], rules: DebtBalance) -> LineItem | None:
    """Return the only row of its kind; of 债务发行额 and its part 债券发行额 the former."""
    wholes = [i for i in rows if rules.whole.search(i.label)] or rows
    return wholes[0] if len(wholes) == 1 else None
