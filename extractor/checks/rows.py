"""Identities down a column: children sum to their parent, rows to their total, sub-items to their heading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from extractor.checks.check import Check
from extractor.checks.identity import holds, identity, total_of
from extractor.records.item import LineItem

_NUMBERING = (
    re.compile(r"[一二三四五六七八九十]+[、.．]"),
    re.compile(r"[(（][一二三四五六七八九十]+[)）]"),
    re.compile(r"\d{1,2}[、.．](?!\d)"),
    re.compile(r"[(（]\d{1,2}[)）]"),
    re.compile(r"[①-⑳]"),
)
_PART = re.compile(r"其中|其\s*中")
UNNUMBERED, PART = len(_NUMBERING), len(_NUMBERING) + 1


def series_of(items: Iterable[LineItem]) -> dict[tuple[object, ...], list[LineItem]]:
    """Group amounts by table, column and side: what may be summed down."""
    groups: dict[tuple[object, ...], list[LineItem]] = defaultdict(list)
    for item in items:
        if item.amount is not None:
            groups[item.table_id, item.column].append(item)
    return groups


def check_rows(series: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield every identity down one column of one table."""
    coded = [i for i in series if i.code]
    if coded:
        for group in _by_agency(coded):
            yield from _children(group, where)
        if len({i.code for i in coded}) == len(coded):
            yield from _coded_total(series, coded, where)
    if not coded or any(i.code_source == "looked_up" for i in coded):
        yield from _numbered(series, where)


def _by_agency(coded: Sequence[LineItem]) -> Iterator[list[LineItem]]:
    """Yield sets of rows in which no code repeats: the whole column, or the rows of each unit."""
    if len({i.code for i in coded}) == len(coded):
        yield list(coded)
        return
    groups: dict[tuple[str | None, str | None], list[LineItem]] = defaultdict(list)
    for item in coded:
        groups[item.agency_code, item.agency_name].append(item)
    for group in groups.values():
        if len(groups) > 1 and len({i.code for i in group}) == len(group):
            yield group


def _children(coded: Sequence[LineItem], where: str) -> Iterator[Check]:
    by_code = {i.code: i for i in coded if i.code}
    children: dict[str, list[LineItem]] = defaultdict(list)
    for code, item in by_code.items():
        parent = next((code[:n] for n in range(len(code) - 2, 2, -2) if code[:n] in by_code), None)
        if parent is not None:
            children[parent].append(item)
    for parent, parts in children.items():
        yield identity("children_sum", where, [by_code[parent]], parts)


def _coded_total(series: Sequence[LineItem], coded: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield total = rows of the first level; a failure is asserted only where no row without a code could explain it."""
    totals = [i for i in series if i.is_total and not i.code]
    if len(totals) != 1 or any(i.code_source == "looked_up" for i in coded):
        return
    codes = {i.code for i in coded}
    first = [i for i in coded if i.code and not any(i.code[:n] in codes for n in range(3, len(i.code), 2))]
    if len({(i.code or "")[:1] for i in first}) > 1:
        return
    others = [i for i in series if not i.code and not i.is_total and total_of([i]) and not _PART.match(i.label)]
    if holds(totals, first) != "no" or not others:
        yield identity("rows_total", where, totals, first)
    elif holds(totals, [*first, *others]) != "no":
        yield identity("rows_total", where, totals, [*first, *others])


def _level(item: LineItem) -> int:
    """Return the depth of a row's numbering: 一、 (一) 1、 (1) ①, none, 其中."""
    if _PART.match(item.label):
        return PART
    return next((n for n, form in enumerate(_NUMBERING) if form.match(item.numbering)), UNNUMBERED)


def _numbered(series: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield the identities of a list without codes: 总计 = 合计 + what follows it, and headings = their sub-items.

    Which rows a total covers is read off the numbering. A failure is asserted only where every row of the stretch is
    numbered alike, so that no other reading is possible.
    """
    stretch: list[LineItem] = []
    before: LineItem | None = None
    for item in series:
        if item.is_total:
            if stretch or before is not None:
                yield from _stretch_total(item, before, stretch, where)
            before, stretch = item, []
        else:
            stretch.append(item)
    yield from _headings([i for i in series if not i.is_total], where)


def _stretch_total(
    total: LineItem, before: LineItem | None, stretch: Sequence[LineItem], where: str
) -> Iterator[Check]:
    levels = {_level(i) for i in stretch} - {PART}
    top = [i for i in stretch if _level(i) == min(levels)] if levels else []
    loose = [i for i in stretch if _level(i) == UNNUMBERED and i not in top]
    for extra in ([], loose):
        parts = [*([before] if before else []), *top, *extra]
        if parts and holds([total], parts) != "no":
            yield identity("rows_total", where, [total], parts)
            return
    if before is None and len(levels) == 1 and min(levels) < UNNUMBERED and len(top) == len(stretch) > 1:
        yield identity("rows_total", where, [total], top)


def _headings(rows: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield heading = sub-items where it holds: a list of parts need not be whole, so that a failure says nothing."""
    for index, heading in enumerate(rows):
        level = _level(heading)
        if level >= UNNUMBERED or not heading.amount:
            continue
        below: list[LineItem] = []
        for row in rows[index + 1 :]:
            if _level(row) <= level:
                break
            below.append(row)
        levels = {_level(i) for i in below} - {PART}
        parts = [i for i in below if levels and _level(i) == min(levels)]
        if parts and holds([heading], parts) != "no":
            yield identity("children_sum", where, [heading], parts)
