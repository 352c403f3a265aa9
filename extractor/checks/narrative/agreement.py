"""Decide which total of the tables a figure of the prose surely means, so that a difference accuses the document.

Fund, body, year, phase, side and row of both must agree by what is printed, or there is nothing to accuse: prose speaks of
parts, of other bodies and of other funds in the same words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from decimal import Decimal

from extractor.checks.check import Check, doubted
from extractor.checks.narrative.figures import ZERO
from extractor.checks.narrative.totals import TableTotals
from extractor.notation.amounts import half_digit
from extractor.notation.figures import count_decimals
from extractor.notation.text import clean, narrow
from extractor.notation.units import YUAN
from extractor.notation.years import YEAR
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.vocabulary.check_rules import Narrative
from extractor.vocabulary.codes import normalise_name

UNIT = "all figures of the table differ from the prose by one power of ten: its unit may be misread"
ALONE = "nothing else in the tables bears out the figure that the prose is held against"
UNIT_FACTORS = sorted({Decimal(a) / Decimal(b) for a in YUAN.values() for b in YUAN.values() if a != b})
TELLING_DIGITS = 3  # before the zeros that a figure ends in
OWN = (None, "own")
OF_NO_FUND = (CLASS, "basic_expenditure", "project_expenditure")  # subjects whose words name no fund


def surely_meant(statement: Statement, found: Sequence[LineItem], tables: TableTotals) -> LineItem | None:
    """Return an item that a statement means beyond doubt; None where there is none, or where several amounts may be meant.

    Args:
        statement: A figure of the prose.
        found: The items that it may mean.
        tables: The totals of the tables.
    """
    if not tables.one_scope or statement.body not in OWN or not _of_its_year(statement, tables.facts, tables.rules):
        return None
    title = clean(statement.section_title or "")
    if statement.subject in tables.rules.whole and not tables.rules.whole_heading.search(title):
        return None
    items = [i for i in found if i.scope is None and _in_row(statement, i, tables)]
    if statement.subject in OF_NO_FUND:
        items = _of_fund(statement, items, tables)
    return items[0] if len({i.amount for i in items}) == 1 else None


def nearly_printed(statement: Statement, found: Sequence[LineItem], tables: TableTotals) -> LineItem | None:
    """Return the item among those that a statement may mean whose figure it misses by a slip: one digit, or two exchanged.

    Args:
        statement: A figure of the prose.
        found: The items that it may mean.
        tables: The totals of the tables.
    """
    if statement.body not in OWN or not _of_its_year(statement, tables.facts, tables.rules):
        return None
    last_digit = 2 * half_digit(statement.amount_text, statement.unit)
    said = _digits(statement.amount, last_digit)
    near = (i for i in found if is_slip(said, _digits(i.amount, last_digit)))
    return min(near, key=lambda i: abs((i.amount or ZERO) - (statement.amount or ZERO)), default=None)


def is_printed_alike(statement: Statement, item: LineItem) -> bool:
    """Return whether both print the same unit to the same digit, so that neither is the other rounded."""
    return statement.unit == item.unit and count_decimals(statement.amount_text) == count_decimals(item.amount_text)


def _digits(amount: Decimal | None, last_digit: Decimal) -> str:
    return str(round((amount or ZERO) / last_digit))


def is_slip(one: str, other: str) -> bool:
    """Return whether two figures differ by one digit that was changed, added or left out, or by two neighbours exchanged.

    Round figures differ so by chance: 100.00 and 1300.00.
    """
    if one == other or max(len(text.rstrip("0")) for text in (one, other)) < TELLING_DIGITS:
        return False
    head = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[head:], other[head:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[1::-1] == right[:2] and left[2:] == right[2:])
    short, long = sorted((left, right), key=len)
    return long[1:] == short and all(len(text.rstrip("0")) >= TELLING_DIGITS for text in (one, other))


def _of_its_year(statement: Statement, facts: Facts, rules: Narrative) -> bool:
    """Return whether a figure is a whole year's, of the year and the phase that the document is of.

    The words before it say the year, or no heading says another.
    """
    if rules.wording.part_of_year.search(statement.phrase):
        return False
    if facts.phase is None or (facts.phase == "budget" and rules.wording.accounts.search(statement.text)):
        return False  # 年初预算为…，支出决算为…: the document is not what it was taken for
    said = re.findall(YEAR, narrow(statement.section_title or ""))
    year = str(statement.fiscal_year)
    return statement.fiscal_year is not None and (not said or year in said or year in statement.phrase)


def _in_row(statement: Statement, item: LineItem, tables: TableTotals) -> bool:
    """Return whether a row is of what the words are of: 本年收入 or 收入总计 where last year left money, the class by its name."""
    if statement.subject == CLASS:
        name, label = normalise_name(statement.label), normalise_name(item.label)
        return bool(label) and (name in label or label in name)
    words = (tables.rules.wording.current, tables.rules.wording.grand)
    plain = statement.subject not in tables.rules.whole and not any(word.search(item.label) for word in words)
    if plain or not tables.carried:
        return True
    return all((word.search(statement.phrase) is None) == (word.search(item.label) is None) for word in words)


def _of_fund(statement: Statement, items: Sequence[LineItem], tables: TableTotals) -> list[LineItem]:
    """Return the items of the fund that the words around a figure are about; where they name none, items of several funds."""
    funds = {item.item_id: tables.fund_of(item) for item in items}
    said = tables.fund_said(statement)
    if said is None:
        return list(items) if len(set(funds.values())) > 1 else []
    return [item for item in items if funds[item.item_id] == said]


def may_accuse(said: Sequence[Statement], rules: Narrative) -> bool:
    """Return whether the figures of the prose in a failing check claim what they are held to.

    约5万元 claims no figure, a rate 按同口径 is of other figures, 增加(减少) is a form that nobody filled in, and of 10、20万元
    one is something else's.
    """
    words = (rules.wording.other_basis, rules.wording.either_way)
    changes = [s for s in said if s.direction]
    if any(s.approximate or rules.wording.several.search(narrow(s.text)) for s in said):
        return False
    return not any(w.search(narrow(s.text)) for s in changes for w in words)


def doubt_ties(ties: Sequence[Check], sure: Set[str]) -> Iterator[Check]:
    """Yield ties of the prose with the tables, those as doubts that fail where the table may be misread.

    Where all that a table has differ by one power of ten, its unit is the suspect; a figure that nothing else in the tables
    bears out may be wrong itself.

    Args:
        ties: All of a document.
        sure: The items in which the tables' own arithmetic holds.
    """
    tables: dict[tuple[str, ...], list[Check]] = defaultdict(list)
    for tie in ties:
        tables[tie.table_ids].append(tie)
    suspect = {table for table, own in tables.items() if _in_another_unit(own)}
    held = sure | {i for tie in ties if tie.holds != "no" for i in tie.right_items}
    for tie in ties:
        if tie.table_ids in suspect:
            yield doubted(tie, UNIT)
        else:
            yield tie if set(tie.right_items) <= held else doubted(tie, ALONE)


def _in_another_unit(ties: Sequence[Check]) -> bool:
    """Return whether all differences are by the same factor between two units; 0 is 0 in each of them."""
    ties = [tie for tie in ties if tie.stated or tie.computed]
    factors = {factor for tie in ties for factor in UNIT_FACTORS if tie.holds == "no" and _differs_by(factor, tie)}
    return len(factors) == 1 and all(t.holds == "no" and _differs_by(next(iter(factors)), t) for t in ties)


def _differs_by(factor: Decimal, tie: Check) -> bool:
    return tie.computed != 0 and abs(tie.stated - factor * tie.computed) <= tie.tolerance * min(factor, Decimal(1))
