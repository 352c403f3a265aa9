"""Check every identity on a document's line items, and derive verdicts from checks; no number is ever changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from extractor.checks.across_tables import check_across
from extractor.checks.check import Check
from extractor.checks.childless import check_childless
from extractor.checks.columns import SumRules, check_columns
from extractor.checks.debt_balances import check_debt_balances
from extractor.checks.divisions import check_divisions
from extractor.checks.fund_balances import check_fund_balances
from extractor.checks.identity import Tried, borne_out
from extractor.checks.narrative.narrative import check_narrative
from extractor.checks.nesting import check_nesting
from extractor.checks.outlines import check_outline
from extractor.checks.rates import check_rates
from extractor.checks.rows import RowRules, chained, check_row_headers, check_rows, series_of
from extractor.checks.sentences import with_sentences
from extractor.checks.standing import TableStanding
from extractor.checks.suspects import find_suspect_cells
from extractor.checks.unsure import doubt_recognised, is_unsure
from extractor.contract import Holds, Standing, Verdict
from extractor.prose.prose import NO_PROSE, Prose
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.vocabulary import Vocabulary


def reconcile(
    items: Sequence[LineItem], tables: Sequence[Table], vocabulary: Vocabulary, prose: Prose = NO_PROSE
) -> list[Check]:
    """Return every identity on a document's amounts.

    Args:
        items: The document's line items.
        tables: Its tables.
        vocabulary: The compiled configuration, with the identities and the labels of totals.
        prose: Its prose.
    """
    by_table: dict[str, list[LineItem]] = defaultdict(list)
    for item in items:
        by_table[item.table_id].append(item)
    identities, generic = vocabulary.identities, vocabulary.headers.groups.generic
    checks: list[Check] = []
    for table in tables:
        own = by_table.get(table.table_id, [])
        found = list(_table_checks(table, own, vocabulary))
        if any(c.holds == "no" for c in found):
            found = list(TableStanding(table, own, found).weighed(identities.withheld, vocabulary.codes.functional))
        checks += found
        for series in chained(series_of(own).values()):
            where = f"{_name(table)}{series[0].page} {series[0].measure_label}"
            checks += check_childless(series, vocabulary.codes, identities.transfers, where)
    checks += check_across(items, identities, generic)
    checks += check_fund_balances(items, identities.fund_balance)
    sure = {i for c in checks if c.holds != "no" for i in (*c.left_items, *c.right_items)}
    checks += check_narrative(items, prose.statements, prose.facts, identities.narrative, sure)
    for table in tables:
        where = f"{_name(table)}{table.first_page}"
        checks += check_rates(table, by_table.get(table.table_id, []), identities.rates, where)
    checks = list(find_suspect_cells(list(_numbered(doubt_recognised(items, checks))), items))
    failing = any(check.holds == "no" for check in checks)
    return list(with_sentences(checks, [*items, *prose.statements], tables)) if failing else checks


def _table_checks(table: Table, items: Sequence[LineItem], vocabulary: Vocabulary) -> Iterator[Check]:
    where = _name(table)
    blocks: dict[int, dict[int, list[LineItem]]] = defaultdict(dict)
    columns_of = series_of(items)
    for series in columns_of.values():
        blocks[series[0].block][series[0].column] = series
    divided: list[Tried] = []
    outlined: list[Tried] = []
    down = RowRules(vocabulary.identities.transfers, vocabulary.totals, vocabulary.identities.closing)
    for series in chained(columns_of.values()):
        yield from check_rows(series, down, f"{where}{series[0].page} {series[0].measure_label}")
    for series in columns_of.values():
        headed = f"{where}{series[0].page} {series[0].measure_label}"
        divided += check_divisions(series, headed)
        outlined += check_outline(series, headed)
        yield from check_debt_balances(series, vocabulary.identities.debt_balance, headed)
    yield from (*borne_out(divided), *borne_out(outlined))
    for columns in blocks.values():
        yield from check_nesting(columns, f"{where}{table.first_page}")
    if len(blocks) > 1:
        amounts = [i for i in items if i.amount is not None]
        yield from check_row_headers(amounts, vocabulary.identities.class_total, f"{where}{table.first_page}")
    rules = SumRules(
        vocabulary.identities.sum, vocabulary.headers.groups, vocabulary.totals, vocabulary.identities.memo
    )
    yield from check_columns(table, items, rules, f"{where}{table.first_page}")


def _name(table: Table) -> str:
    return f"{table.title or table.table_type or 'table'} p."


def _numbered(checks: Iterable[Check]) -> Iterator[Check]:
    """Set the id of every check: document, rule and ordinal."""
    counts: Counter[str] = Counter()
    for check in checks:
        counts[check.rule] += 1
        yield check._replace(check_id=f"{check.document_id[:16]}/{check.rule}/{counts[check.rule]}")


def verdicts(items: Sequence[LineItem], checks: Sequence[Check]) -> dict[str, Verdict]:
    """Return item id → verdict, by the contract's definitions: contradicted, proven, rounded or uncovered.

    A finding contradicts its items; a doubt leaves them uncovered, whatever else proves them. No unsure amount is proven.
    """
    results: dict[str, set[Holds | Standing]] = defaultdict(set)
    for check in checks:
        # Amounts that differ in their last digits give the same rate: it bears out none of them.
        for item_id in check.left_items if check.rule == "rate" else (*check.left_items, *check.right_items):
            results[item_id].add(check.standing or check.holds)
    return {item.item_id: _verdict(item, results.get(item.item_id, set())) for item in items}


def _verdict(item: LineItem, results: set[Holds | Standing]) -> Verdict:
    if "finding" in results:
        return "contradicted"
    if "doubt" in results or is_unsure(item) or not results:
        return "uncovered"
    return "proven" if "exact" in results else "rounded"
