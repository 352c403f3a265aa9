"""Check changes that the prose states: against last year, against the budget, and their rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractor.checks.check import Check, doubted
from extractor.checks.narrative.figures import (
    HUNDRED,
    ZERO,
    StatementOrItem,
    bound,
    check_of,
    direction_of,
    identity,
    place_of,
    printed,
    result_of,
    signed_change,
    term_of,
    tolerance_of,
    topic_of,
    total_of,
)
from extractor.checks.narrative.totals import TableTotals
from extractor.notation.amounts import half_digit
from extractor.prose.statement import Statement
from extractor.records.item import LineItem

NEGATIVE = "an increase by more than the figure: last year's may have been negative"
NOT_NEXT = "other figures stand between this one and its change, which may be theirs"


def check_change(statement: Statement, before: Sequence[Statement], tables: TableTotals) -> Iterator[Check]:
    """Yield the checks of a stated change against this year's and last year's figures, from the prose, else from the tables.

    Args:
        statement: The change.
        before: The statements before it in its paragraph.
        tables: The totals of the tables.
    """
    same = [s for s in before if topic_of(s) == topic_of(statement)]
    levels = [s for s in same if s.direction is None and s.amount is not None and s.months == statement.months]
    if statement.base == "budget":
        yield from _against_budget(statement, levels)
        return
    this_year = [s for s in levels if not (s.phase or "").startswith("prior_year")]
    # 完成5亿元，占预算9亿元的56%，比上年增加1亿元: what was done has grown, and not the budget.
    now = next(reversed([s for s in this_year if s.phase == "execution"] or this_year), None)
    if now is None or (now.phase == "budget" and tables.facts.phase == "final_accounts"):
        return
    base = statement.base
    then: StatementOrItem | None = next((s for s in reversed(levels) if base and s.phase == base), None)
    if then is None and base and statement.months is None and tables.one_scope:
        found = tables.find(statement, base)
        then = found[0] if len({i.amount for i in found}) == 1 else None
    others = [s for s in before if s.direction is None and s.amount is not None and s is not now]
    next_to_it = all(s.ordinal < now.ordinal or s is then for s in others)
    for check in _against_last_year(statement, now, then, others):
        if check.holds == "no" and isinstance(then, LineItem) and then.item_id in check.right_items:
            continue  # 比上年: which of last year's columns is meant, nobody says
        yield check if next_to_it else doubted(check, NOT_NEXT)


def _against_last_year(
    statement: Statement, now: Statement, then: StatementOrItem | None, others: Sequence[Statement]
) -> Iterator[Check]:
    """Yield the checks of a change that leads to `now` from `then`, if that is known; it may refer to one of `others`."""
    if statement.amount is not None:
        if then is not None:
            yield _difference_check(statement, now, then)
        yield from _alone(statement, now, others, bounded=then is None)
    elif statement.percent is not None and then is not None:
        rate = list(_rate(statement, now, then))
        change = [] if isinstance(then, LineItem) else list(_rate(_by(statement, then), now, None))
        # 比上年5万元，增加10%: the amount may be the change.
        yield from change if change and any(c.holds == "no" for c in rate) and change[0].holds != "no" else rate
    elif statement.direction == "flat" and then is not None:
        yield identity([now], [then], "持平")


def _by(statement: Statement, size: Statement) -> Statement:
    """Return a change that is stated by its rate alone, with a size."""
    return replace(statement, amount=size.amount, amount_text=size.amount_text, unit=size.unit)


def _alone(statement: Statement, now: Statement, others: Sequence[Statement], bounded: bool) -> Iterator[Check]:
    """Yield the checks of a change and its rate that need no figure of last year.

    Nothing is yielded where they contradict the preceding figure but fit another one of the paragraph, to which the change
    may refer.
    """

    def tried(level: Statement) -> Iterator[Check]:
        if bounded and statement.direction == "increase":
            yield doubted(bound(statement, level), NEGATIVE)
        if statement.percent is not None:
            yield from _rate(statement, level, None)

    checks = list(tried(now))
    if all(c.holds != "no" for c in checks) or not any(
        found and all(c.holds != "no" for c in found) for found in (list(tried(s)) for s in others)
    ):
        yield from checks


def _against_budget(statement: Statement, levels: Sequence[Statement]) -> Iterator[Check]:
    """Yield 决算数大于(小于、等于)预算数 for the last budget and final figures before it."""
    budget = next((s for s in reversed(levels) if s.phase == "budget"), None)
    final = next((s for s in reversed(levels) if s.phase == "final_accounts"), None)
    if budget is None or final is None or any(s.phase == "adjusted_budget" for s in levels):
        return
    if statement.amount is not None:
        yield _difference_check(statement, final, budget)
        return
    if statement.direction == "flat":
        yield identity([final], [budget], "决算数等于预算数")
        return
    difference = total_of([final]) - total_of([budget])
    larger = statement.direction == "increase"
    sign, word = (">", "大于") if larger else ("<", "小于")
    yield check_of(
        f"{place_of(statement)}: 决算数{word}预算数: {term_of(final)} {sign} {term_of(budget)}",
        [statement, final],
        [budget],
        total_of([final]),
        total_of([budget]),
        ZERO,
        "exact" if (difference > 0) == larger and difference else "no",
    )


def _difference_check(statement: Statement, now: Statement, then: StatementOrItem) -> Check:
    """Return this year's figure - last year's = the stated change."""
    signed = signed_change(statement)
    computed = total_of([now]) - total_of([then])
    tolerance = tolerance_of([statement, now, then])
    return check_of(
        f"{place_of(statement)}: {term_of(now)} - {term_of(then)} = {direction_of(statement)} {printed(statement)}",
        [statement],
        [now, then],
        signed,
        computed,
        tolerance,
        result_of(signed - computed, tolerance),
    )


def _rate(statement: Statement, now: Statement, then: StatementOrItem | None) -> Iterator[Check]:
    """Yield the stated rate against the change, both in yuan: the rate is multiplied by the earlier figure.

    Rates are truncated as often as rounded: the tolerance is one whole last digit.
    """
    sign = -1 if statement.direction == "decrease" else 1
    change = signed_change(statement) if then is None else total_of([now]) - total_of([then])
    base = total_of([now]) - change if then is None else total_of([then])
    if base <= 0 or statement.percent is None:
        return
    known = [statement, now] if then is None else [now, then]
    slack = tolerance_of(known) * (1 + abs(statement.percent) / HUNDRED)
    tolerance = 2 * half_digit(statement.percent_text or "0.0", "%", zero_is_exact=True) / HUNDRED * base + slack
    stated = sign * statement.percent / HUNDRED * base
    terms = f"{direction_of(statement)} {statement.percent_text}%"
    against = f"{printed(statement)} of {term_of(now)}" if then is None else f"{term_of(then)} to {term_of(now)}"
    yield check_of(
        f"{place_of(statement)}: {terms}: {against}",
        [statement],
        [now, then] if then is not None else [now],
        stated,
        change,
        tolerance,
        result_of(stated - change, tolerance),
    )
