"""Check identities down a column: children against their parent, rows against their total, items against their heading."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from re import Pattern
from typing import NamedTuple

from extractor.checks.check import Check, doubted
from extractor.checks.identity import ZERO, half_digit, holds, identity, total_of
from extractor.checks.nesting import MIN_UNITS, group_rows
from extractor.notation.numbering import LEVELS, level_of
from extractor.records.item import MIN_STEP, LineItem
from extractor.vocabulary.check_rules import ClassTotal, Transfers
from extractor.vocabulary.label_rules import TotalLabels

_PART = re.compile(r"其中")
CLASS_DIGITS = 3
MOST_OF_LIST = Decimal("0.5")  # of a code that its rows may lack: what is farther from it is another list
SEVERAL = 3  # parts with an amount: fewer rows may add up to one that is no sum of them
UNNUMBERED, PART = len(LEVELS) + 1, len(LEVELS) + 2
REPEATED = "repeated: a code stands in several rows of the column, which may be of several lists"
BESIDE = "beside: the total is the sum of all rows but one, which may stand beside it"
TRANSFERS = "transfers: what their head covers, and whether a total counts them, differs from table to table"


class RowRules(NamedTuple):
    """The rules for sums down a column: which codes are transfers, the words of totals, and what a row that may be one ends in."""

    transfers: Transfers
    totals: TotalLabels
    closing: Pattern[str]


def series_of(items: Iterable[LineItem]) -> dict[tuple[object, ...], list[LineItem]]:
    """Return (table id, column) → its amounts from top to bottom."""
    groups: dict[tuple[object, ...], list[LineItem]] = defaultdict(list)
    for item in items:
        if item.amount is not None:
            groups[item.table_id, item.column].append(item)
    return groups


def chained(columns: Iterable[list[LineItem]]) -> Iterator[list[LineItem]]:
    """Yield columns; columns whose row headers, side by side, continue one list of codes are joined.

    公开06 prints the economic classification under three row headers: the 款 of 302 begin in one and end in the next.
    """
    chains: dict[tuple[object, ...], list[list[LineItem]]] = defaultdict(list)
    for series in columns:
        schemes = {i.classification for i in series if i.classification}
        first = series[0]
        key = (
            (*schemes, first.measure, first.phase, first.amount_year, first.scope)
            if len(schemes) == 1
            else (first.column,)
        )
        chains[key].append(series)
    for chain in chains.values():
        joined = [item for series in sorted(chain, key=lambda s: s[0].block) for item in series]
        codes = [i.code for i in joined if i.code]
        if len({series[0].block for series in chain}) == len(chain) > 1 and len(set(codes)) == len(codes):
            yield joined
        else:
            yield from chain


def check_rows(series: Sequence[LineItem], rules: RowRules, where: str) -> Iterator[Check]:
    """Yield every identity down one column of one table that follows from codes or numbering.

    Args:
        series: The column's items from top to bottom.
        rules: What codes and labels mean for sums.
        where: Title, page and header for the statement.
    """
    coded = _once([i for i in series if i.code])
    if coded:
        for group in _by_agency(coded):
            yield from _children(group, rules.transfers, where)
        if len({i.code for i in coded}) == len(coded):
            yield from _coded_total(series, coded, rules.transfers, where)
        else:
            yield from _repeated(coded, where)
    if not coded or any(i.code_source == "looked_up" for i in coded):
        yield from _numbered(series, rules, where)
    yield from _changes(series, where)


def _once(coded: Sequence[LineItem]) -> list[LineItem]:
    """Return coded rows without those that repeat the row before on a lower level: 227 预备费 has no 款 and no 项.

    Rows of the deepest level repeat none: two of one code and amount are of two units or projects.
    """
    said = [(i.code, i.label, i.amount, i.agency_code, i.agency_name) for i in coded]
    deepest = max((len(i.code or "") for i in coded), default=0)
    return [
        item
        for index, item in enumerate(coded)
        if not index or said[index] != said[index - 1] or len(item.code or "") == deepest
    ]


def _changes(series: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield change = this year - last year where each row is a year: 2025年, 2026年, 增减变化."""
    start = 0
    while start + 2 < len(series):
        window = series[start : start + 3]
        by_phase = {i.phase: i for i in window}
        change, own = by_phase.get("change"), by_phase.get("budget") or by_phase.get("final_accounts")
        before = by_phase.get("prior_year_budget") or by_phase.get("prior_year_execution")
        if change is not None and own is not None and before is not None:
            yield identity("year_on_year", where, [own], [before, change])
            start += 2  # the three rows are one concept; the next concept begins after them
        start += 1


def _by_agency(coded: Sequence[LineItem]) -> Iterator[list[LineItem]]:
    """Yield lists of rows without repeated codes: the whole column, or the rows of each unit."""
    if len({i.code for i in coded}) == len(coded):
        yield list(coded)
        return
    groups: dict[tuple[str | None, str | None], list[LineItem]] = defaultdict(list)
    for item in coded:
        groups[item.agency_code, item.agency_name].append(item)
    for group in groups.values():
        if len(groups) > 1 and len({i.code for i in group}) == len(group):
            yield group


def _repeated(coded: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield, as doubts, the sums that fail in a column where a code repeats: 30208 under 302 twice.

    Those that hold are found by their amounts, in `check_nesting`.
    """
    if any(i.code_source != "printed" for i in coded):
        return
    for parent, below in _below(coded):
        check = identity("children_sum", where, [parent], below)
        if check.holds == "no" and abs(check.difference) <= MOST_OF_LIST * abs(check.stated):
            yield doubted(check, REPEATED)


def _below(coded: Sequence[LineItem]) -> Iterator[tuple[LineItem, list[LineItem]]]:
    """Yield each code that stands once with the rows below it, where all rows of their codes stand there, on one level."""
    counts = Counter(i.code for i in coded)
    for index, item in enumerate(coded):
        below: list[LineItem] = []
        for row in coded[index + 1 :]:
            if row.code == item.code or not (row.code or "").startswith(item.code or ""):
                break
            below.append(row)
        codes = {i.code or "" for i in below}
        own = counts[item.code] == 1 and sum(counts[code] for code in codes) == len(below)
        if own and len(set(map(len, codes))) == 1:
            yield item, below


def _children(coded: Sequence[LineItem], transfers: Transfers, where: str) -> Iterator[Check]:
    by_code = {i.code: i for i in coded if i.code}
    children: dict[str, list[LineItem]] = defaultdict(list)
    for code, item in by_code.items():
        parent = next((code[:n] for n in range(len(code) - 2, 2, -2) if code[:n] in by_code), None)
        if parent is not None:
            children[parent].append(item)
    for parent, parts in children.items():
        check = identity("children_sum", where, [by_code[parent]], parts)
        if check.holds == "no" and parent in transfers.heads:
            grants = [i for i in parts if (i.code or "")[3:] in transfers.grants]
            fewer = identity("children_sum", where, [by_code[parent]], grants) if grants else check
            check = fewer if fewer.holds != "no" else doubted(check, TRANSFERS)
        # A code that was looked up by name may be wrong, or siblings may be missing: such a failure means nothing.
        if check.holds != "no" or not any(i.code_source == "looked_up" for i in (by_code[parent], *parts)):
            yield check


def _coded_total(
    series: Sequence[LineItem], coded: Sequence[LineItem], transfers: Transfers, where: str
) -> Iterator[Check]:
    """Yield total = rows of the first level; a failure is reported only where no row without a code can explain it."""
    totals = [i for i in series if i.is_total and not i.code]
    if not totals or any(i.code_source == "looked_up" for i in coded):
        return
    codes = {i.code for i in coded}
    first = [i for i in coded if i.code and not any(i.code[:n] in codes for n in range(3, len(i.code), 2))]
    if len({(i.code or "")[:1] for i in first}) > 1:
        return
    others = [i for i in series if not i.code and not i.is_total and total_of([i]) and not _PART.match(i.label)]
    own = [i for i in first if i.code not in transfers.outside]
    if len(totals) > 1:
        yield from _totals_in_turn(series, totals, own, where)
        return
    for parts in (first, [*first, *others], own):
        if parts and holds(totals, parts) != "no":
            yield identity("rows_total", where, totals, parts)
            return
    if not others:
        check = identity("rows_total", where, totals, first)
        yield check if len(own) == len(first) else doubted(check, TRANSFERS)


def _totals_in_turn(
    series: Sequence[LineItem], totals: Sequence[LineItem], first: Sequence[LineItem], where: str
) -> Iterator[Check]:
    """Yield 支出合计 = rows of the first level, and 支出总计 = 支出合计 + the rows between, where several add up to it."""
    before: LineItem | None = None
    for total in totals:
        since = [i for i in series if before is not None and before.row < i.row < total.row]
        between = [i for i in since if not i.code and not i.is_total and not _PART.match(i.label)]
        for parts in ([i for i in first if i.row < total.row], [*([before] if before else []), *between]):
            if sum(bool(i.amount) for i in parts) > 1 and holds([total], parts) == "exact":
                yield identity("rows_total", where, [total], parts)
                break
        before = total


def check_row_headers(items: Sequence[LineItem], rules: Sequence[ClassTotal], where: str) -> Iterator[Check]:
    """Yield totals over row headers side by side: 人员经费合计 = 301 + 303, 公用经费合计 = 302 + 307 + 310, 399 and so on.

    `rules` says which classes a label covers; a label without a rule covers all.
    """
    first = [i for i in items if i.code and len(i.code) == CLASS_DIGITS and i.classification == "economic_department"]
    if len({i.block for i in first}) < 2 or len({i.code for i in first}) < len(first):
        return
    for total in items:
        if total.is_total and not total.code:
            rule = next((rule for rule in rules if rule.label in total.label), None)
            parts = [i for i in first if rule is None or rule.covers(i.code)]
            if parts:
                yield identity("rows_total", where, [total], parts)


def _level(item: LineItem) -> int:
    """Return the depth of a row's numbering: 一、 (一) 1、 (1) ①, none, 其中."""
    if _PART.match(item.label):
        return PART
    return level_of(item.numbering) or UNNUMBERED


def _numbered(series: Sequence[LineItem], rules: RowRules, where: str) -> Iterator[Check]:
    """Yield the identities of a list without codes: 总计 = 合计 + what follows it, and headings = their sub-items.

    The numbering decides which rows a total covers. A failure is reported only where all of these rows are numbered at one
    level, so that no other reading is possible.
    """
    stretch: list[LineItem] = []
    before: LineItem | None = None
    for item in series:
        if item.is_total:
            if stretch or before is not None:
                yield from _stretch_total(item, before, stretch, rules.totals, where)
                yield from _stretch_parts(before, stretch, rules.totals, where)
            before, stretch = item, []
        elif (closed := _closed(item, before, stretch, rules, where)) is not None:
            yield closed
            yield from _stretch_parts(before, stretch, rules.totals, where)
            before, stretch = item, []
        else:
            stretch.append(item)
    yield from _stretch_parts(before, stretch, rules.totals, where)
    yield from _headings([i for i in series if i.numbering or not i.is_total], where)


def _closed(
    item: LineItem, before: LineItem | None, stretch: Sequence[LineItem], rules: RowRules, where: str
) -> Check | None:
    """Return that a row is the sum of those above it, where its label may say so and it is, to the last digit, of several.

    市本级一般公共预算支出 stands under 一、一般公共服务支出 to 二十五、其他支出, and is no 合计 by its label.
    """
    # In a list of divisions, which has no side, 某某市合计 may be the sum of the counties of another by chance.
    if item.side is None or item.code or item.numbering or not rules.closing.search(item.label):
        return None
    if abs(item.amount or ZERO) < 2 * MIN_UNITS * half_digit(item):
        return None
    amounts = {i.item_id: i.amount for i in (*stretch, *([before] if before else []))}
    for check in _stretch_total(item, before, stretch, rules.totals, where):
        if check.holds == "exact" and sum(bool(amounts.get(i)) for i in check.right_items) >= SEVERAL:
            return check
    return None


def _stretch_parts(
    before: LineItem | None, stretch: Sequence[LineItem], labels: TotalLabels, where: str
) -> Iterator[Check]:
    """Yield what holds within the rows after a total: the total over them, 合计 above (一), (二) …, and each 小计 below its rows."""
    lists = _outlines(stretch)
    over = [(before, rows) for rows in lists if before is not None and holds([before], rows) != "no"]
    # In a list of regions without a side, 某某市合计 stands above its counties, and may be the sum of others by chance.
    below = [found for rows in lists for found in _subtotals(rows, labels) if found[0].side is not None]
    stated: set[str] = set()
    for total, parts in (*over, *below):
        if total.item_id not in stated and sum(bool(i.amount) for i in parts) > 1:
            stated.add(total.item_id)
            yield identity("rows_total", where, [total], parts)


def _outlines(stretch: Sequence[LineItem]) -> list[list[LineItem]]:
    """Return the outermost rows of a list by its numbering, by that and indent, and by indent alone: 一、, 二、, 收入小计."""
    top = _outermost(stretch)
    return [top, _least_indented(top), _least_indented([i for i in stretch if _level(i) != PART])]


def _outermost(stretch: Sequence[LineItem]) -> list[LineItem]:
    """Return the rows of a list that stand on the least deep level of its numbering."""
    level = min((_level(i) for i in stretch if _level(i) != PART), default=PART)
    return [i for i in stretch if _level(i) == level != PART]


def _least_indented(rows: Sequence[LineItem]) -> list[LineItem]:
    """Return the rows that stand farthest to the left, without those set off below them."""
    left = min((i.indent for i in rows), default=0.0)
    return [i for i in rows if i.indent < left + MIN_STEP]


def _stretch_total(
    total: LineItem, before: LineItem | None, stretch: Sequence[LineItem], labels: TotalLabels, where: str
) -> Iterator[Check]:
    """Yield total = the rows above it, back to the total before; a failure only where no other reading is possible."""
    levels = {_level(i) for i in stretch} - {PART}
    if total.numbering and levels and _level(total) not in levels:
        return  # 总收入 above 一、本年收入合计 is no part of it
    top = _outermost(stretch)
    loose = [i for i in stretch if _level(i) == UNNUMBERED and i not in top]
    # 年初结转和结余 is followed by its funds without numbers: these are not additional parts.
    _, outer = group_rows([i.amount or ZERO for i in stretch], half_digit(total), single=True)
    once = _counted_once(stretch, labels)
    choices = [top, [*top, *loose], [stretch[i] for i in outer], once, _counted_once(top, labels)]
    if before is not None and stretch and _level(stretch[0]) == PART and total_of(stretch) <= total_of([before]):
        choices.append([])  # 收入小计, 其中: 保险费收入, 利息收入 …, 收入合计; more between are not all its parts
    for others in choices:
        parts = [*([before] if before else []), *others]
        if parts and holds([total], parts) != "no":
            yield identity("rows_total", where, [total], parts)
            return
    restarted = len({i.numbering for i in top}) < len(top)  # 一、本年支出, then a new list that begins with 一、
    if (
        before is None
        and len(once) == len(stretch)  # what stands beside a 小计 may be a part of it or not
        and len(levels) == 1
        and min(levels) < UNNUMBERED
        and len(top) == len(stretch) > 1
        and not restarted
    ):
        check = identity("rows_total", where, [total], top)
        # 四、结转下年 under the classes is no part of 支出合计, though it is numbered as they are.
        beside = check.holds == "no" and any(i.amount and i.amount == -check.difference for i in top)
        yield doubted(check, BESIDE) if beside else check
        return
    for rows in _outlines(stretch):  # 本年收入 below its parts, then 转移性收入, 上年结转
        nearest = _nearest(total, _counted_once(rows, labels))
        if sum(bool(i.amount) for i in nearest) > 1:
            yield identity("rows_total", where, [total], nearest)
            return


def _counted_once(stretch: Sequence[LineItem], labels: TotalLabels) -> list[LineItem]:
    """Return the rows of a list with each 小计 and 合计 in place of the rows before it that it is the sum of."""
    inner = {part.item_id for _, parts in _subtotals(stretch, labels) for part in parts}
    return [item for item in stretch if item.item_id not in inner]


def _subtotals(stretch: Sequence[LineItem], labels: TotalLabels) -> Iterator[tuple[LineItem, Sequence[LineItem]]]:
    """Yield each 小计 and 合计 of a list with the rows before it that it is the sum of, if there are any."""
    kept: list[LineItem] = []
    for item in stretch:
        if labels.words.search(item.label) and (parts := _nearest(item, kept)):
            yield item, parts
            del kept[-len(parts) :]
        kept.append(item)


def _nearest(total: LineItem, above: Sequence[LineItem]) -> Sequence[LineItem]:
    """Return the last rows of a list that a row below it is the sum of; none where it is no such sum.

    All of the list may be so within rounding; a few of its rows are by chance, as they are where the sum is small.
    """
    stated = total.amount or ZERO
    telling = abs(stated) >= 2 * MIN_UNITS * half_digit(total)
    left = stated
    for start in range(len(above) - 1, -1, -1) if telling else ():
        left -= above[start].amount or ZERO
        if left == ZERO:
            return above[start:]
    return above[:] if above and holds([total], above) != "no" else ()


def _headings(rows: Sequence[LineItem], where: str) -> Iterator[Check]:
    """Yield heading = sub-items where it holds: a list of parts may be incomplete, so a failure means nothing."""
    for index, heading in enumerate(rows):
        level = _level(heading)
        if level >= UNNUMBERED or not heading.amount:
            continue
        below: list[LineItem] = []
        for row in rows[index + 1 :]:
            if _level(row) <= level:
                break
            if not row.is_total:
                below.append(row)
        levels = {_level(i) for i in below} - {PART}
        outer = [i for i in below if levels and _level(i) == min(levels)]
        for parts in (outer, _least_indented(outer)):
            if parts and holds([heading], parts) != "no":
                yield identity("children_sum", where, [heading], parts)
                break
