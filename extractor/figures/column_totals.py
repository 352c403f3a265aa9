"""Settle what a column's total holds: classes that stand under no code, and what stands below the line."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractor.figures.claim import CODED, Claim, Of, makes_up, sum_of
from extractor.notation.amounts import half_digit
from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.vocabulary.figure_rules import FigureRules


def settle_totals(claims: Sequence[Claim], series: Sequence[LineItem], rules: FigureRules) -> Iterator[Claim]:
    """Yield the claims of a column; where its classes do not make up its total, with what the column itself says of that.

    Args:
        claims: Of the column's rows.
        series: The column's rows in their order.
        rules: What labels say.
    """
    groups: dict[tuple[object, Of], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.body, claim.of._replace(code=None)].append(claim)
    ends = [row.row for row in series if row.is_total]
    for (_, of), group in groups.items():
        totals = [c for c in group if c.level == 0]
        classes = [c for c in group if c.level == 1]
        if of.classification not in CODED or not classes or not totals or any(makes_up(classes, t) for t in totals):
            yield from group
        else:
            yield from _Gap(totals[0], classes, ends, series, rules).settled(group)


class _Gap:
    """A total that the classes of its column do not make up."""

    def __init__(
        self,
        total: Claim,
        classes: Sequence[Claim],
        ends: Sequence[int],
        series: Sequence[LineItem],
        rules: FigureRules,
    ) -> None:
        self._total, self._rules = total, rules
        first, last = _between(total.items[0].row, [c.items[0].row for c in classes], ends)
        self._classes = [c for c in classes if first < c.items[0].row < last and not self._is_part(c)]
        self._uncoded = [
            self._claim(row)
            for row in series
            if first < row.row < last and not (row.code or row.is_total or row.agency_name)
        ]

    def _claim(self, row: LineItem) -> Claim:
        """Return the claim of a row without a code, as a class that its label names."""
        of = self._total.of._replace(code=row.label)
        rounding = half_digit(row.amount_text, row.unit)
        assert row.amount is not None  # as of every row of a column
        return self._total._replace(of=of, level=1, name=row.label, amount=row.amount, rounding=rounding, items=(row,))

    def settled(self, group: Sequence[Claim]) -> Iterator[Claim]:
        """Yield a group's claims, settled where the column says how; else as they are."""
        subtotal = self._subtotal()
        extra = self._completing() if subtotal is None else None
        for claim in group:
            if subtotal is not None and claim is self._total:
                yield claim._replace(of=claim.of._replace(component="grand_total"))
                yield subtotal._replace(of=claim.of, level=0)
            else:
                yield claim if extra is None else self._placed(claim)
        yield from extra or ()

    def _placed(self, claim: Claim) -> Claim:
        """Return a claim below the line, or below the row that it is a part of, where it is none of the total's classes."""
        if claim.level == 0 or self._is_beside(claim):
            return claim
        if self._is_part(claim):
            return claim._replace(level=2)
        return claim._replace(of=claim.of._replace(component="balancing"))

    def _is_part(self, claim: Claim) -> bool:
        """Return whether a class is a part of the row before: 其中：预备费 below 其他各项支出."""
        return self._rules.uncoded.parts.search(clean(claim.items[0].label)) is not None

    def _is_beside(self, claim: Claim) -> bool:
        """Return whether a claim's class is one of those that stand with the total: 援助其他地区支出 may stand below it."""
        code = claim.of.code or ""
        return any(code.startswith(c.of.code or "") for c in self._classes)

    def _completing(self) -> list[Claim] | None:
        """Return the rows without a code that make up the total with the classes: 其他各项支出, several classes in one."""
        named = [c for c in self._uncoded if not self._is_part(c)]
        alone = [[c] for c in named if makes_up([*self._classes, c], self._total)]
        once = len({c.of.code for c in named}) == len(named)
        if makes_up(self._classes, self._total):
            return []
        if once and makes_up([*self._classes, *named], self._total):
            return named
        return alone[0] if len(alone) == 1 else None

    def _subtotal(self) -> Claim | None:
        """Return the row that the classes make up, where the column's total holds transfers too: 一般公共预算支出小计."""
        label = self._rules.grand_total.subtotals
        found = [
            c
            for c in self._uncoded
            if (len(self._classes) > 1 or label.search(clean(c.name)))
            and c.amount < self._total.amount
            and makes_up(self._classes, c)
        ]
        return found[0] if self._classes and sum_of(self._classes) and found else None


def _between(total: int, classes: Sequence[int], ends: Sequence[int]) -> tuple[int, int]:
    """Return the rows between which stand the classes of a total, which stands above or below them."""
    if total < min(classes):
        return total, min((end for end in ends if end > total), default=sys.maxsize)
    return max((end for end in ends if end < total), default=-1), total
