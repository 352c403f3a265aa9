"""Identities along a row: a group's 合计 or 小计 against the columns of the group, and the concepts that sum by law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractor.checks.check import Check
from extractor.checks.identity import identity, total_of
from extractor.records.item import LineItem
from extractor.tables.table import Column, Table

# Concept → its parts, as the classifications define them (政府收支分类科目; 部门预算管理): (whole, parts, optional parts).
KNOWN: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("total", "amount"),
        ("basic_expenditure", "project_expenditure"),
        ("operating_expenditure", "remittance_to_superior", "subsidy_to_affiliated"),
    ),
    (("basic_expenditure",), ("personnel", "public_operating"), ()),
    (("vehicles",), ("vehicle_purchase", "vehicle_operation"), ()),
    (("three_public", "total", "amount"), ("overseas_trips", "vehicles", "hospitality"), ()),
)
ENOUGH_ROWS, ENOUGH_SHARE = 3, 0.8  # a header group is additive where this many of its rows add up


def check_columns(table: Table, items: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield every identity along the rows of one table."""
    rows: dict[int, dict[int, LineItem]] = defaultdict(dict)
    for item in items:
        if item.amount is not None:
            rows[item.row][item.column] = item
    tried: set[tuple[int, tuple[int, ...]]] = set()
    for whole, parts, sure in _structures(table):
        key = (whole.ordinal, tuple(c.ordinal for c in parts))
        if key in tried:
            continue
        tried.add(key)
        checks = list(_along(rows, whole, parts, where))
        good = sum(c.holds != "no" for c in checks)
        if sure or (good >= ENOUGH_ROWS and good >= ENOUGH_SHARE * len(checks)):
            yield from checks
        else:
            yield from (c for c in checks if c.holds != "no" and c.stated)


def _along(rows: dict[int, dict[int, LineItem]], whole: Column, parts: Sequence[Column], where: str) -> Iterator[Check]:
    for row in rows.values():
        stated = row.get(whole.ordinal)
        found = [row[c.ordinal] for c in parts if c.ordinal in row]
        if stated is not None and found and (total_of(found) or not stated.amount):
            yield identity("columns_sum", where, [stated], found)


def _structures(table: Table) -> Iterator[tuple[Column, list[Column], bool]]:
    """Yield (whole, parts, certain) for each set of columns that should add up."""
    series: dict[tuple[object, ...], list[Column]] = defaultdict(list)
    for column in table.columns:
        if column.role == "measure" and column.unit != "%" and not any(t.startswith("其中") for t in column.path):
            series[table.series(column)].append(column)
    for columns in series.values():
        by_measure: dict[str, list[Column]] = defaultdict(list)
        for column in columns:
            if column.measure:
                by_measure[column.measure].append(column)
        yield from _known(by_measure)
        yield from _grouped(columns)


def _known(by_measure: dict[str, list[Column]]) -> Iterator[tuple[Column, list[Column], bool]]:
    for wholes, needed, optional in KNOWN:
        names = [*needed, *(o for o in optional if o in by_measure)]
        whole = next((w for w in wholes if len(by_measure.get(w, ())) == 1), None)
        if whole and all(len(by_measure.get(n, ())) == 1 for n in names):
            # A further column may be a part too, so that only a plain table fails for sure.
            rest = set(by_measure) - {
                whole,
                *names,
                "personnel",
                "public_operating",
                "vehicle_purchase",
                "vehicle_operation",
            }
            yield (
                by_measure[whole][0],
                [by_measure[n][0] for n in names],
                not rest or whole in ("vehicles", "three_public"),
            )


def _grouped(columns: Sequence[Column]) -> Iterator[tuple[Column, list[Column], bool]]:
    """Yield the structures that the header itself draws: a 合计 or 小计 beside the other members of its group."""
    prefixes = {column.path[:n] for column in columns for n in range(len(column.path))}
    for prefix in sorted(prefixes, key=lambda p: (-len(p), p)):
        members = [c for c in columns if c.path[: len(prefix)] == prefix and len(c.path) > len(prefix)]
        totals = [c for c in members if _is_total(c.path[len(prefix) :])]
        if len(totals) != 1:
            continue
        parts: list[Column] = []
        for name in dict.fromkeys(c.path[len(prefix)] for c in members if c is not totals[0]):
            group = [c for c in members if c is not totals[0] and c.path[len(prefix)] == name]
            own = [c for c in group if _is_total(c.path[len(prefix) + 1 :])]
            parts += own if len(own) == 1 else group
        if len(parts) > 1:
            yield totals[0], parts, False


def _is_total(rest: Sequence[str]) -> bool:
    return bool(rest) and rest[0] in (
        "合计",
        "小计",
        "总计",
        "计",
        "共计",
        "本年收入合计",
        "本年支出合计",
        "收入合计",
        "支出合计",
    )
