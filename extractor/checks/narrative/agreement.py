"""Decide which total of the tables a figure of the prose surely means, so that a difference accuses the document.

Fund, body, year, phase, side and row of both must agree by what is printed, or there is nothing to accuse: prose speaks of
parts, of other bodies and of other funds in the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractor.checks.check import Check, doubted
from extractor.checks.narrative.totals import TableTotals
from extractor.notation.text import narrow
from extractor.notation.units import YUAN
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.item import LineItem
from extractor.vocabulary.codes import normalise_name
from extractor.vocabulary.models import Narrative

UNIT = "all figures of the table differ from the prose by one power of ten: its unit may be misread"
UNIT_FACTORS = sorted({Decimal(a) / Decimal(b) for a in YUAN.values() for b in YUAN.values() if a != b})
OWN = (None, "own")
OF_NO_FUND = (CLASS, "basic_expenditure", "project_expenditure")  # subjects whose words name no fund


def surely_meant(statement: Statement, found: Sequence[LineItem], tables: TableTotals) -> LineItem | None:
    """Return an item that a statement means beyond doubt; None where there is none, or where several amounts may be meant.

    Args:
        statement: A figure of the prose.
        found: The items that it may mean.
        tables: The totals of the tables.
    """
    if not tables.one_scope or statement.body not in OWN or statement.fiscal_year is None:
        return None
    items = [i for i in found if i.scope is None and _in_row(statement, i, tables)]
    if statement.subject in OF_NO_FUND:
        items = _of_fund(statement, items, tables)
    return items[0] if items and len({i.amount for i in items}) == 1 == len({i.amount for i in found}) else None


def _in_row(statement: Statement, item: LineItem, tables: TableTotals) -> bool:
    """Return whether a row is of what the words are of: 本年收入 or 收入总计 where last year left money, the class by its name."""
    if statement.subject == CLASS:
        name, label = normalise_name(statement.label), normalise_name(item.label)
        return bool(label) and (name in label or label in name)
    if not tables.carried or statement.subject not in tables.rules.whole:
        return True
    words = tables.rules.wording
    return all(
        (word.search(statement.phrase) is None) == (word.search(item.label) is None)
        for word in (words.current, words.grand)
    )


def _of_fund(statement: Statement, items: Sequence[LineItem], tables: TableTotals) -> list[LineItem]:
    """Return the items of the fund that the words around a figure are about; where they name none, items of several funds."""
    funds = {item.item_id: tables.fund_of(item) for item in items}
    said = tables.fund_said(statement)
    if said is None:
        return list(items) if len(set(funds.values())) > 1 else []
    return [item for item in items if funds[item.item_id] == said]


def may_accuse(said: Sequence[Statement], rules: Narrative) -> bool:
    """Return whether the figures of the prose in a failing check claim what they are held to.

    约5万元 claims no figure, a rate 按同口径 is of other figures, and 增加(减少) is a form that nobody filled in.
    """
    words = (rules.wording.other_basis, rules.wording.either_way)
    changes = [s for s in said if s.direction]
    return not any(s.approximate for s in said) and not any(w.search(narrow(s.text)) for s in changes for w in words)


def doubt_units(ties: Sequence[Check]) -> Iterator[Check]:
    """Yield ties; where all that a table has differ by one power of ten, its unit is the suspect."""
    tables: dict[tuple[str, ...], list[Check]] = defaultdict(list)
    for tie in ties:
        tables[tie.table_ids].append(tie)
    suspect = {table for table, own in tables.items() if _in_another_unit(own)}
    for tie in ties:
        yield doubted(tie, UNIT) if tie.table_ids in suspect else tie


def _in_another_unit(ties: Sequence[Check]) -> bool:
    """Return whether all differences are by the same factor between two units; 0 is 0 in each of them."""
    ties = [tie for tie in ties if tie.stated or tie.computed]
    factors = {factor for tie in ties for factor in UNIT_FACTORS if tie.holds == "no" and _differs_by(factor, tie)}
    return len(factors) == 1 and all(t.holds == "no" and _differs_by(next(iter(factors)), t) for t in ties)


def _differs_by(factor: Decimal, tie: Check) -> bool:
    return tie.computed != 0 and abs(tie.stated - factor * tie.computed) <= tie.tolerance * min(factor, Decimal(1))
