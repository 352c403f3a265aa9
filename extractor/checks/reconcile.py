"""Line items → checks and verdicts. Reconciliation judges numbers; it never alters one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from extractor.checks.across import check_across
from extractor.checks.check import Check
from extractor.checks.columns import check_columns
from extractor.checks.rows import check_rows, series_of
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.items import table_id
from extractor.tables.table import Table


def reconcile(items: Sequence[LineItem], tables: Sequence[Table], facts: Facts) -> tuple[list[Check], dict[str, str]]:
    """Try every identity on a document's amounts.

    Args:
        items: The document's line items.
        tables: Its tables.
        facts: What it says of itself.

    Returns:
        The checks, and the verdict of every item by its id.
    """
    by_table: dict[str, list[LineItem]] = defaultdict(list)
    for item in items:
        by_table[item.table_id].append(item)
    checks: list[Check] = []
    for table in tables:
        document = items[0].document_id if items else ""
        own = by_table.get(table_id(document, table.ordinal), [])
        checks += _table_checks(table, own)
    checks += check_across(items)
    numbered = list(_numbered(checks))
    return numbered, verdicts(items, numbered)


def _table_checks(table: Table, items: Sequence[LineItem]) -> Iterator[Check]:
    where = table.title or table.table_type or f"table on page {table.first_page}"
    for series in series_of(items).values():
        label = series[0].measure_label
        yield from check_rows(series, f"{where} p.{series[0].page} {label}")
    yield from check_columns(table, items, f"{where} p.{table.first_page}")


def _numbered(checks: Sequence[Check]) -> Iterator[Check]:
    """Give every check its id: document, rule and ordinal."""
    counts: Counter[str] = Counter()
    for check in checks:
        counts[check.rule] += 1
        yield check._replace(check_id=f"{check.document_id[:16]}/{check.rule}/{counts[check.rule]}")


def verdicts(items: Sequence[LineItem], checks: Sequence[Check]) -> dict[str, str]:
    """Return the verdict of every item: contradicted, proven, rounded or uncovered, by the contract's definitions."""
    results: dict[str, set[str]] = defaultdict(set)
    for check in checks:
        for item_id in (*check.left_items, *check.right_items):
            results[item_id].add(check.holds)
    names = {"no": "contradicted", "exact": "proven", "rounding": "rounded"}
    return {
        item.item_id: next((names[h] for h in names if h in results[item.item_id]), "uncovered")
        if item.item_id in results
        else "uncovered"
        for item in items
    }
