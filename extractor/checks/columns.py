"""Check identities along a row: a header group's 合计 or 小计 against its columns, and concepts that sum by law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from re import Pattern
from typing import NamedTuple

from extractor.checks.check import Check, doubted
from extractor.checks.identity import holds, identity, says_something, total_of
from extractor.checks.standing import UNESTABLISHED
from extractor.records.item import LineItem
from extractor.tables.table import Column, Table
from extractor.vocabulary.check_rules import Sum
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.label_rules import TotalLabels

ENOUGH_ROWS, ENOUGH_SHARE = 3, 0.8  # a header group is additive where this many of its rows add up
MOST = 0.5  # of the rows of a 小计 that several parts add up to: the others may have a part that has no column
EXCEEDS = "exceeds: a part headed 其中 is more than the column before it, which may not be its whole"
TELLING_ROWS = 2  # rows with two parts or more that must add up before one that does not is the document's fault


class Part(NamedTuple):
    """One summand: its columns, or, in rows where these are blank, the columns of their parts."""

    columns: tuple[Column, ...]
    instead: tuple[Column, ...] = ()

    def items(self, row: dict[int, LineItem]) -> list[LineItem]:
        """Return the items of the part in a row."""
        own = [row[c.ordinal] for c in self.columns if c.ordinal in row]
        return own or [row[c.ordinal] for c in self.instead if c.ordinal in row]


class SumRules(NamedTuple):
    """The rules for sums along a row: concepts that sum by law, groups of measures, labels of group totals, and of memos."""

    sums: Sequence[Sum]
    groups: MeasureGroups
    totals: TotalLabels
    memo: Pattern[str]


class Structure(NamedTuple):
    """Columns that should add up.

    Attributes:
        whole: The column of the sum.
        parts: Its summands.
        certain: No other column of the table can be a part.
        closed: The law names all parts.
        presumed: No header says that the column is a sum, and its rows alone bear it out.
    """

    whole: Column
    parts: Sequence[Part]
    certain: bool = False
    closed: bool = False
    presumed: bool = False

    def without(self, memo: int) -> Structure:
        """Return the structure without one of its parts."""
        return self._replace(parts=[p for n, p in enumerate(self.parts) if n != memo], certain=False)


def check_columns(table: Table, items: Sequence[LineItem], rules: SumRules, where: str) -> Iterator[Check]:
    """Yield every identity along the rows of one table.

    A structure that no law prescribes is used only where enough of its rows add up; elsewhere none of its rows is judged.
    """
    rows: dict[int, dict[int, LineItem]] = defaultdict(dict)
    for item in items:
        if item.amount is not None:
            rows[item.row][item.column] = item
    tried: set[tuple[int, frozenset[int]]] = set()
    for found in _structures(table, rules):
        memo = _memo(rows, found)
        structure = found if memo is None else found.without(memo)
        key = (structure.whole.ordinal, frozenset(c.ordinal for part in structure.parts for c in part.columns))
        if key in tried:
            continue
        tried.add(key)
        yield from _judged(list(_along(rows, structure, where)), structure, rules.memo)
    yield from _changes(table, rows, where)
    yield from _exceeding(table, rows, rules.memo, where)


def _judged(rows: Sequence[tuple[Check, bool]], structure: Structure, memo: Pattern[str]) -> Iterator[Check]:
    """Yield the checks of a structure's rows that mean something, by how many of the rows add up."""
    good = [check for check, _ in rows if check.holds != "no"]
    telling = [check for check, tells in rows if tells]
    holding = [check for check in telling if says_something(check)]
    if structure.presumed:
        if len(holding) >= ENOUGH_ROWS and len(holding) >= ENOUGH_SHARE * len(telling):
            yield from (check for check in good if check.stated)
    elif structure.certain or (len(good) >= ENOUGH_ROWS and len(good) >= ENOUGH_SHARE * len(rows)):
        yield from _established(rows, structure, memo)
    elif len(good) == len(rows):
        yield from (check for check in good if check.stated)
    elif len(holding) >= ENOUGH_ROWS and len(holding) >= MOST * len(telling):
        yield from (check for check in holding if check.holds == "exact")


def _exceeding(table: Table, rows: dict[int, dict[int, LineItem]], memo: Pattern[str], where: str) -> Iterator[Check]:
    """Yield the amounts under 其中 that exceed the column before it, of which they are a part.

    Nothing is yielded of a column that exceeds the one before it in many rows: it is no part of it. What stays within its whole
    proves nothing.
    """
    for whole, part in _within(table, memo):
        pairs = [
            (row[whole.ordinal], row[part.ordinal])
            for row in rows.values()
            if whole.ordinal in row and part.ordinal in row and total_of([row[part.ordinal]]) > 0
        ]
        over = [(w, p) for w, p in pairs if holds([w], [p]) == "no" and total_of([p]) > total_of([w])]
        telling = sum(total_of([p]) < total_of([w]) for w, p in pairs)
        if telling >= ENOUGH_ROWS and len(pairs) - len(over) >= ENOUGH_SHARE * len(pairs):
            for stated, printed in over:
                check = identity("columns_sum", where, [stated], [printed])
                yield doubted(check._replace(statement=check.statement.replace(" = ", " >= ")), EXCEEDS)


def _within(table: Table, memo: Pattern[str]) -> Iterator[tuple[Column, Column]]:
    """Yield (whole, part) for each column headed 其中: the whole is the nearest column before it in its header group."""
    columns = [c for c in table.columns if c.role == "measure" and c.unit != "%"]
    for part in columns:
        depth = next((n for n, text in enumerate(part.path) if memo.search(text)), None)
        if depth is None:
            continue
        before = (
            c
            for c in reversed(columns[: columns.index(part)])
            if c.path[:depth] == part.path[:depth]
            and table.series(c) == table.series(part)
            and c.unit == part.unit
            and not any(memo.search(text) for text in c.path)
        )
        whole = next(before, None)
        if whole is not None:
            yield whole, part


def _established(rows: Sequence[tuple[Check, bool]], structure: Structure, memo: Pattern[str]) -> Iterator[Check]:
    """Yield checks; a failure is a doubt where few telling rows add up, and not made where a part is headed 其中."""
    telling = sum(tells for check, tells in rows if check.holds != "no")
    bounded = any(memo.search(text) for part in structure.parts for c in part.columns for text in c.path)
    for check, _ in rows:
        if structure.closed or telling >= TELLING_ROWS:
            if check.holds != "no" or not bounded:
                yield check
        else:
            yield doubted(check, UNESTABLISHED)


def _memo(rows: dict[int, dict[int, LineItem]], structure: Structure) -> int | None:
    """Return which part is a memo: every row in which it has an amount closes without it, and not with it."""
    for memo in range(len(structure.parts)) if len(structure.parts) > 1 else ():
        failing = 0
        for row in rows.values():
            stated = row.get(structure.whole.ordinal)
            found = [part.items(row) for part in structure.parts]
            if stated is None or not total_of(found[memo]):
                continue
            rest = [item for n, items in enumerate(found) for item in items if n != memo]
            if not rest or holds([stated], rest) == "no":
                break
            failing += 1
        else:
            if failing:
                return memo
    return None


def _along(rows: dict[int, dict[int, LineItem]], structure: Structure, where: str) -> Iterator[tuple[Check, bool]]:
    """Yield the check of each row, and whether it tells of a sum: that a whole equals its only part does not."""
    for row in rows.values():
        stated = row.get(structure.whole.ordinal)
        found = [item for part in structure.parts for item in part.items(row)]
        if stated is not None and found and (total_of(found) or not stated.amount):
            yield identity("columns_sum", where, [stated], found), sum(bool(i.amount) for i in found) > 1


def _changes(table: Table, rows: dict[int, dict[int, LineItem]], where: str) -> Iterator[Check]:
    """Yield this year = last year + change for every concept that a table compares."""
    series: dict[tuple[object, ...], dict[str | None, Column]] = defaultdict(dict)
    for column in table.columns:
        if column.role == "measure" and column.unit != "%":
            phase = table.series(column)[1]
            year = "last" if phase is not None and phase.startswith("prior") else phase
            year = "last" if column.year is not None and column.year < (table.series(column)[2] or 0) else year
            series[column.block, column.measure].setdefault(year, column)
    for columns in series.values():
        if "change" in columns and "last" in columns and "budget" in columns:
            parts = [Part((columns["last"],)), Part((columns["change"],))]
            checks = [check for check, _ in _along(rows, Structure(columns["budget"], parts), where)]
            if sum(c.holds != "no" for c in checks) >= ENOUGH_SHARE * len(checks):
                yield from (c._replace(rule="year_on_year") for c in checks)


def _structures(table: Table, rules: SumRules) -> Iterator[Structure]:
    """Yield each set of columns that should add up."""
    series: dict[tuple[object, ...], list[Column]] = defaultdict(list)
    for column in table.columns:
        if column.role == "measure" and column.unit != "%" and not _is_within(column, rules):
            series[table.series(column)].append(column)
    for columns in series.values():
        by_measure: dict[str, list[Column]] = defaultdict(list)
        for column in columns:
            if column.measure:
                by_measure[column.measure].append(column)
        yield from _known(by_measure, rules)
        yield from _grouped(columns, rules.totals)


def _is_within(column: Column, rules: SumRules) -> bool:
    """Return whether a column is a part of another column and not a summand beside it: 其中, 扣除基建项目后."""
    headed = any(rules.memo.search(text) and text != "其中" for text in column.path)
    return headed or not rules.groups.within.isdisjoint(column.concepts)


def _known(by_measure: dict[str, list[Column]], rules: SumRules) -> Iterator[Structure]:
    for rule in rules.sums:
        names = [*rule.parts, *(o for o in rule.optional if o in by_measure)]
        whole = next((w for w in rule.whole if len(by_measure.get(w, ())) == 1), None)
        if whole and all(len(by_measure.get(n, ())) == 1 for n in names):
            # An additional column may be a part too: only a table without one certainly fails.
            rest = set(by_measure) - {whole, *names} - rules.groups.parts_of_parts
            parts = [Part((by_measure[n][0],), _made_of(n, by_measure, rules.sums)) for n in names]
            closed = whole in rule.closed
            yield Structure(by_measure[whole][0], parts, not rest or closed, closed)


def _made_of(name: str, by_measure: dict[str, list[Column]], sums: Sequence[Sum]) -> tuple[Column, ...]:
    """Return the columns of a concept's parts, for rows where the concept's own column is blank."""
    parts = next((rule.parts for rule in sums if name in rule.whole), ())
    return tuple(by_measure[p][0] for p in parts if len(by_measure.get(p, ())) == 1)


def _grouped(columns: Sequence[Column], labels: TotalLabels) -> Iterator[Structure]:
    """Yield the structures of the header itself: a 合计 or 小计 beside the other members of its group, or a column without a name there."""
    prefixes = {column.path[:n] for column in columns for n in range(len(column.path))}
    for prefix in sorted(prefixes, key=lambda p: (-len(p), p)):
        members = [c for c in columns if c.path[: len(prefix)] == prefix and len(c.path) > len(prefix)]
        totals = [c for c in members if _is_total(c, len(prefix), labels)]
        totals = totals or [c for c in columns if prefix and c.path == prefix and len(members) > 1]
        # 2026年预算数 before 未落实到地区数 and 市县 is their sum, and no header says so.
        wholes = totals or [c for c in members[:1] if len(c.path) == len(prefix) + 1]
        for whole in wholes if len(wholes) < 2 else ():
            parts = _parts([c for c in members if c is not whole], len(prefix), labels)
            if sum(len(part.columns) for part in parts) > 1:
                yield Structure(whole, parts, presumed=not totals)


def _parts(columns: Sequence[Column], depth: int, labels: TotalLabels) -> list[Part]:
    """Return the summands of a header group: each column at its depth, or what is below it there."""
    parts: list[Part] = []
    for name in dict.fromkeys(c.path[depth] for c in columns):
        group = [c for c in columns if c.path[depth] == name]
        own = [c for c in group if _is_total(c, depth + 1, labels)]
        rest = tuple(c for c in group if c not in own)
        parts.append(Part(tuple(own), rest) if len(own) == 1 else Part(tuple(group)))
    return parts


def _is_total(column: Column, depth: int, labels: TotalLabels) -> bool:
    """Return whether a column is the total of the header group at a depth: 合计, 小计, 项目支出总数 under 项目支出."""
    rest = column.path[depth:]
    return len(rest) > 0 and bool(labels.column.fullmatch(rest[0]))
