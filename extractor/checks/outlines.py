"""Check sums that indents alone draw: a row and the rows set off below it, in lists without codes and numbering."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from extractor.checks.check import Check
from extractor.checks.identity import holds, identity
from extractor.contract import Rule
from extractor.records.item import MIN_STEP, LineItem

MAX_LEVELS = 5  # a list whose labels are centred or stand at random has many more
TELLING = Decimal("0.01")  # of a sum: rounding that may be more of it explains too much
MIN_ROWS = 2  # rows of each level but for the outermost

Tried = tuple[int, Check | None]  # a row, and its sum down a column where that holds


def check_outline(series: Sequence[LineItem], where: str) -> Iterator[Tried]:
    """Yield row = rows one level deeper, up to the next that stands as far left, for `borne_out`.

    A failure means nothing: parts may be left out, or be set off for another reason.

    Args:
        series: A column's items from top to bottom.
        where: Title, page and header for the statement.
    """
    levels = levels_of(series)
    if max(levels, default=0) == 0:
        return
    below: list[list[LineItem]] = [[] for _ in series]
    over: list[int] = []  # positions of the rows that the next one may be set off below, the outermost first
    for position, item in enumerate(series):
        while over and levels[over[-1]] >= levels[position]:
            over.pop()
        for parent in over[-1:]:
            below[parent].append(item)
        over.append(position)
    for stated, parts in zip(series, below, strict=True):
        if stated.amount and sum(bool(i.amount) for i in parts) > 1:
            yield first_telling(stated, [parts], where)


def first_telling(stated: LineItem, choices: Iterable[Sequence[LineItem]], where: str) -> Tried:
    """Return the row of an amount and the first of its sums that says something, where there is one."""
    rule: Rule = "rows_total" if stated.is_total else "children_sum"
    holding = (identity(rule, where, [stated], parts) for parts in choices if holds([stated], parts) != "no")
    return stated.row, next((check for check in holding if says_something(check)), None)


def borne_out(sums: Iterable[Tried]) -> Iterator[Check]:
    """Yield the sums that hold down a table's columns, of rows whose sums do so in as many columns as they do not."""
    of_rows: dict[int, list[Check | None]] = defaultdict(list)
    for row, check in sums:
        of_rows[row].append(check)
    for tried in of_rows.values():
        good = [check for check in tried if check is not None]
        if 2 * len(good) >= len(tried):
            yield from good


def says_something(check: Check) -> bool:
    """Return whether a sum holds, exactly or within a rounding that few other sums are within."""
    return check.holds == "exact" or (check.holds == "rounding" and check.tolerance <= TELLING * abs(check.stated))


def levels_of(series: Sequence[LineItem]) -> list[int]:
    """Return how deep each row stands, 0 for the outermost; all 0 where indents are no steps: in centred labels they are chance.

    A total's label may be centred over a list of steps, and stands outermost.
    """
    if len({i.indent for i in series}) < MIN_ROWS:
        return [0] * len(series)
    counts = Counter(round(i.indent, 1) for i in series if not i.is_total)
    steps: list[list[float]] = []
    for indent in sorted(counts):
        if steps and indent < steps[-1][-1] + MIN_STEP:
            steps[-1].append(indent)
        else:
            steps.append([indent])
    sizes = [sum(counts[indent] for indent in step) for step in steps]
    spread = any(step[-1] - step[0] >= MIN_STEP for step in steps)
    if spread or len(steps) > MAX_LEVELS or any(size < MIN_ROWS for size in sizes[1:]):
        return [0] * len(series)
    level = {indent: n for n, step in enumerate(steps) for indent in step}
    return [0 if i.is_total else level[round(i.indent, 1)] for i in series]
