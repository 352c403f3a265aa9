"""Check sums over divisions: a city with its own level and its counties, a province with its cities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.checks.identity import Tried, first_telling
from extractor.records.item import LineItem

_PART = re.compile(r"其中")
MIN_PARTS = 2  # divisions with an amount: one alone repeats the amount


def check_divisions(series: Sequence[LineItem], where: str) -> Iterator[Tried]:
    """Yield division = its own level + the divisions below it, for `borne_out`.

    Which rows are parts follows from the codes of the divisions alone. A failure means nothing: a list may leave some out, and
    a province may state what it is without a city that has a plan of its own.

    Args:
        series: A column's items from top to bottom.
        where: Title, page and header for the statement.
    """
    for index, whole in enumerate(series):
        if not whole.amount or not _may_have_parts(whole):
            continue
        parts = _outermost(_below(whole, (series[n] for n in range(index + 1, len(series)))))
        named = [i for i in parts if i.region_code is not None]
        apart = [i for i in named if not _PART.match(i.label)]
        fewer = [apart] if len(apart) == len(named) else [named, apart]
        choices = [parts, *fewer] if len(named) < len(parts) else fewer
        choices = [chosen for chosen in choices if sum(bool(i.amount) for i in chosen) >= MIN_PARTS]
        if choices:
            yield first_telling(whole, choices, where)


def _may_have_parts(item: LineItem) -> bool:
    of_city = item.region_code is not None and item.region_code.endswith("00")
    return of_city and item.scope != "own_level" and not _PART.match(item.label)


def _contains(whole: LineItem, part: LineItem) -> bool:
    """Return whether a row is of a division below another's, or of that one's own level: 130100 has 130102, 130000 has 139001."""
    code, other = whole.region_code or "", part.region_code or ""
    if code == other:
        own = part.scope == "own_level" or bool(_PART.match(part.label))  # 其中：市本级及市辖区 under 开封市
        return own and whole.scope != "own_level"
    return _may_have_parts(whole) and other.startswith(code[:2] if code.endswith("0000") else code[:4])


def _below(whole: LineItem, rows: Iterator[LineItem]) -> Iterator[LineItem]:
    """Yield the rows of a division's parts that follow it; a zone (高新区) among them has no code, and may be 其中 of another."""
    for row in rows:
        if row.region_code is not None and not _contains(whole, row):
            return
        if row.region_code is not None or not _PART.match(row.label):
            yield row


def _outermost(rows: Iterator[LineItem]) -> list[LineItem]:
    """Return rows without those of divisions below the row before them."""
    found: list[LineItem] = []
    last: LineItem | None = None
    for row in rows:
        if last is None or not _contains(last, row):
            found.append(row)
            last = last if row.region_code is None else row
    return found
