"""Check the figures of the prose against the tables and against each other, independently of the tables' layout.

A figure of the prose is compared with a table only where its words and its section say what it is of. Where it may mean
several totals, agreement with one proves it; a failure is reported only where it surely means one (`agreement.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from extractor.checks.check import Check, doubted
from extractor.checks.narrative.agreement import doubt_ties, is_printed_alike, may_accuse, nearly_printed, surely_meant
from extractor.checks.narrative.changes import check_change
from extractor.checks.narrative.figures import ZERO, bound, identity, topic_of
from extractor.checks.narrative.totals import TableTotals
from extractor.notation.amounts import half_digit
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import Narrative, ProseListing, ProseSum

APART = "whole and parts stand in different paragraphs of the prose, which may speak of different money"
UNSAID = "the prose leaves out parts of the total, which may be more than nothing"
NEARLY = "the figure differs by a slip from one that it may mean, and may mean another"
LAST_DIGIT = "both print the same unit to the same digit, and differ in it: one of them may be rounded by itself"
OTHER_MONEY = "the prose may speak of more money than what it is held against"


def check_narrative(
    items: Sequence[LineItem], statements: Sequence[Statement], facts: Facts, rules: Narrative, sure: Set[str]
) -> Iterator[Check]:
    """Yield every identity with figures of the prose.

    Args:
        items: The figures of the tables.
        statements: The figures of the prose.
        facts: The document facts.
        rules: The rules that relate the prose to the tables and to itself.
        sure: The items in which the tables' own arithmetic holds, which are read as they are printed.
    """
    usable = [s for s in statements if s.subject and not s.explained]
    tables = TableTotals(items, usable, facts, rules)
    said = {s.statement_id: s for s in usable}
    ties = [tie for s in usable if s.amount is not None and s.direction is None for tie in _tie(s, tables)]
    for check in (*doubt_ties(ties, sure), *_within_the_prose(usable, tables)):
        if check.holds != "no" or may_accuse(
            [said[i] for i in (*check.left_items, *check.right_items) if i in said], rules
        ):
            yield check


def _within_the_prose(usable: Sequence[Statement], tables: TableTotals) -> Iterator[Check]:
    """Yield the checks of figures of the prose against each other."""
    rules = tables.rules
    paragraphs: dict[int, list[Statement]] = defaultdict(list)
    for statement in usable:
        paragraphs[statement.paragraph].append(statement)
    for paragraph in paragraphs.values():
        for listing in rules.listing:
            yield from _listed(paragraph, listing)
        yield from _classes_said_twice(paragraph, tables)
        for index, statement in enumerate(paragraph):
            if statement.direction and not statement.approximate:
                yield from check_change(statement, paragraph[:index], tables)
    for phase in ("budget", "final_accounts"):
        whole_years = [s for s in usable if s.phase == phase and s.amount is not None and s.months is None]
        yield from _sums(whole_years, rules.sum)
    yield from _bounds(usable, tables)


def _tie(statement: Statement, tables: TableTotals) -> Iterator[Check]:
    """Yield statement = table for a total that agrees, an exact one first; else for the only amount that it surely means.

    Prose truncates figures as often as it rounds them: a difference of less than a whole last digit is no failure.
    """
    if statement.fiscal_year is not None and tables.facts.fiscal_year is not None:
        earlier = (statement.phase or "").startswith("prior_year")
        if statement.fiscal_year != tables.facts.fiscal_year - earlier:
            return
    if statement.months is not None:
        return  # the tables are of whole years
    found = tables.find(statement)
    tried = [(identity([statement], [item]), item) for item in found]
    holding = sorted((t for t in tried if t[0].holds != "no"), key=lambda t: t[0].holds)  # exact before rounding
    if holding:
        check, item = holding[0]
        alike = check.holds == "rounding" and is_printed_alike(statement, item)
        yield doubted(check._replace(holds="no"), LAST_DIGIT) if alike else check
        return
    meant = surely_meant(statement, found, tables)
    against = meant or nearly_printed(statement, found, tables)
    if against is not None:
        check = identity([statement], [against])
        whole_digit = check.tolerance + half_digit(statement.amount_text, statement.unit, zero_is_exact=True)
        if abs(check.difference) > whole_digit:
            yield check if meant is not None else doubted(check, NEARLY)


def _listed(paragraph: Sequence[Statement], listing: ProseListing) -> Iterator[Check]:
    """Yield 采购总额 = 货物 + 工程 + 服务 for the parts that follow a total; parts that are not mentioned are zero."""
    for index, total in enumerate(paragraph):
        if total.subject != listing.whole or total.direction:
            continue
        parts: list[Statement] = []
        for statement in paragraph[index + 1 :]:
            if statement.direction or statement.subject not in listing.parts:
                break
            parts.append(statement)
        kinds = [s.subject for s in parts]
        if len(set(kinds)) == len(kinds) >= 2 and listing.required.issubset(kinds):
            check = identity([total], parts)
            yield check if len(kinds) == len(listing.parts) else doubted(check, UNSAID)


def _classes_said_twice(paragraph: Sequence[Statement], tables: TableTotals) -> Iterator[Check]:
    """Yield equality for a class that is mentioned twice: 住房公积金（项）207万元 … 2026年预算安排207万元.

    They accuse only where the paragraph is about that class alone and the second figure has no name of its own: of a name that
    is said again, another part may be meant, or another body's.
    """
    first: dict[tuple[str | int | None, ...], Statement] = {}
    one_topic = len({topic_of(s) for s in paragraph}) == 1 and tables.one_scope
    for statement in paragraph:
        if statement.subject != CLASS or statement.direction or statement.amount is None:
            continue
        key = (*topic_of(statement), statement.fiscal_year, statement.phase, statement.months)
        if key not in first:
            first[key] = statement
            continue
        check = identity([statement], [first[key]])
        if check.holds != "no" or (one_topic and statement.inherits and statement.body == first[key].body):
            yield check


def _sums(levels: Sequence[Statement], rules: Sequence[ProseSum]) -> Iterator[Check]:
    """Yield “三公”经费 and 公务用车 = the sum of their parts, where the prose states one amount for each.

    Args:
        levels: Amounts of one phase.
        rules: Subjects and their parts.
    """
    made_of = {rule.whole: rule.parts for rule in rules}
    for rule in rules:
        said: dict[str, list[Statement]] = defaultdict(list)
        for statement in levels:
            if statement.section_kind == rule.section:
                said[statement.subject or ""].append(statement)
        one = {k: v[0] for k, v in said.items() if len({(s.amount, s.fiscal_year) for s in v}) == 1}
        parts: list[Statement] = []
        # 公务用车 that is not mentioned is the sum of its purchase and its operation.
        named = [(name,) if name in said else made_of.get(name, (name,)) for name in rule.parts]
        for name in (name for names in named for name in names):
            parts += [one[name]] if name in one else []
        if rule.whole in one and len(parts) == sum(map(len, named)):
            apart = len({s.paragraph for s in (one[rule.whole], *parts)}) > 1
            check = identity([one[rule.whole]], parts)
            yield doubted(check, APART) if apart else check


def _bounds(usable: Sequence[Statement], tables: TableTotals) -> Iterator[Check]:
    """Yield 中小企业预留 <= 采购总额, and the funds of projects with targets <= 项目支出; a bound proves no amount."""
    levels = [s for s in usable if s.direction is None and s.amount is not None and s.phase == "budget"]
    for rule in tables.rules.bound:
        wholes = [s for s in levels if s.subject == rule.whole]
        parts = [s for s in levels if s.subject == rule.part]
        if len(wholes) == len(parts) == 1:
            yield doubted(bound(parts[0], wholes[0]), OTHER_MONEY)
    for limit in tables.rules.table_bound:
        for count, part in pairwise(usable):
            if count.subject == limit.count and part.subject == limit.part and part.phase == "budget":
                found = tables.find(replace(part, subject=limit.whole))
                if found:
                    yield doubted(bound(part, max(found, key=lambda item: item.amount or ZERO)), OTHER_MONEY)
