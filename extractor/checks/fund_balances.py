"""Check what funds of social insurance keep of a year's revenue, and what they have kept by its end.

Revenue, expenditure and balance stand in three tables, or in one of two sides: the name of the fund, which begins the label,
says which of them belong together. A table of one fund names it in its title, and its rows belong to each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Literal

from extractor.checks.check import Check
from extractor.checks.identity import holds, identity
from extractor.contract import base_type
from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import FundBalance

Concept = Literal["revenue", "expenditure", "kept", "before", "accumulated"]
Concepts = Mapping[Concept, Sequence[LineItem]]
_BESIDE_NAME = re.compile(r"[(（].*?[)）]|其中[:：]|[“”\"]")  # 职工基本医疗保险(含生育保险)基金


def check_fund_balances(items: Sequence[LineItem], rules: FundBalance) -> Iterator[Check]:
    """Yield revenue = expenditure + what is kept, and accumulated = before + kept, of each fund and year, where they hold.

    A failure means nothing: what is kept may leave out what the fund gives to and gets from other levels.
    """
    funds: dict[tuple[object, ...], dict[Concept, list[LineItem]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if item.amount is None or base_type(item.table_type) not in rules.tables:
            continue
        concept, fund = _concept(item, rules)
        if concept is not None:
            series = (item.measure, item.phase, item.amount_year, item.scope, item.region_code)
            funds[(fund or item.table_id, *series)][concept].append(item)
    for found in funds.values():
        yield from _sums(found, "revenue", ("expenditure", "kept"))
        yield from _sums(found, "accumulated", ("before", "kept"))


def _concept(item: LineItem, rules: FundBalance) -> tuple[Concept | None, str]:
    """Return what a row is of a fund, and that fund's name; empty where the label is no more than what it is."""
    label = _BESIDE_NAME.sub("", clean(item.label))
    patterns: tuple[tuple[Concept, re.Pattern[str]], ...] = (
        ("kept", rules.kept),
        ("before", rules.before),
        ("accumulated", rules.accumulated),
        ("revenue", rules.revenue),
        ("expenditure", rules.expenditure),
    )
    for concept, pattern in patterns:
        if (match := pattern.search(label)) and not (concept in ("revenue", "expenditure") and item.side != concept):
            return concept, label[: match.start()]
    return None, ""


def _sums(found: Concepts, whole: Concept, parts: tuple[Concept, Concept]) -> Iterator[Check]:
    """Yield the first sum of two parts that holds for each whole."""
    for stated in found.get(whole, ()):
        pairs = product(found.get(parts[0], ()), found.get(parts[1], ()))
        pair = next((list(p) for p in pairs if stated.amount and holds([stated], p) != "no"), None)
        if pair is not None:
            yield identity("balance", stated.table_type or "", [stated], pair)
