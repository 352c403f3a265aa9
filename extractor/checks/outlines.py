"""Check sums that indents alone draw: a row and the rows set off below it, in lists without codes and numbering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from extractor.checks.identity import Tried, first_telling
from extractor.records.item import MIN_STEP, LineItem

MAX_LEVELS = 5  # a list whose labels are centred or stand at random has many more
MIN_ROWS = 2  # rows of each level but for the outermost


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
