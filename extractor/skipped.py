"""What the numbering of a document skips, as reasons for `documents.reason`: rows and pages that may be lost.

A total that no rows of a table make up, and a page of targets or projects that nothing adds up to, are missed by no identity;
what is left still counts on: codes whose parents are printed but for one, 序号, the numbers of the pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractor.grids.grid import PageLayout
from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.tables.table import Table

_PAGE_NUMBER = re.compile(r"[-—–－―·~]*(?:第)?(\d{1,4})(?:页)?(?:[/共]共?\d{1,4}页?)?[-—–－―·~]*")
_SERIAL = re.compile(r"序号")
LEVELS = (5, 7)  # digits of codes that have a parent above them
MIN_RUN = 3  # pages or rows on each side of a gap that are numbered one by one
MAX_SKIPPED = 10  # numbers that may be lost at once: a longer jump begins another numbering


def skipped_parents(items: Sequence[LineItem]) -> Iterator[str]:
    """Yield a reason for each table in which the row of one code is not there, and those of its parts and of the others are."""
    tables: dict[str, list[LineItem]] = defaultdict(list)
    for item in items:
        if item.code and item.amount:
            tables[item.table_id].append(item)
    for own in tables.values():
        if len({(i.block, i.classification) for i in own}) == 1 and all(i.code_source == "printed" for i in own):
            pages = {i.code or "": i.page for i in reversed(own)}
            for level in LEVELS:
                yield from _without_parent(pages, level)


def _without_parent(pages: dict[str, int], level: int) -> Iterator[str]:
    parents = {code[: level - 2]: page for code, page in reversed(pages.items()) if len(code) == level}
    lost = [code for code in parents if code not in pages]
    if len(lost) == 1 and len(parents) > 1:
        yield f"page {parents[lost[0]]} prints parts of {lost[0]} and no row of that code: it may be lost"


def skipped_serials(tables: Sequence[Table]) -> Iterator[str]:
    """Yield a reason for each table whose 序号 leave out numbers."""
    for table in tables:
        for column in table.columns:
            if column.role == "helper" and any(_SERIAL.search(text) for text in column.path):
                cells = [
                    (row.page, clean(c.text)) for row in table.rows if (c := row.cells[column.ordinal]) is not None
                ]
                numbers = [(page, int(text)) for page, text in cells if text.isdecimal()]
                skips = [(a, b) for a, b in pairwise(numbers) if 1 < b[1] - a[1] <= MAX_SKIPPED + 1]
                steps = sum(b[1] - a[1] == 1 for a, b in pairwise(numbers))
                if len(skips) == 1 and steps >= MIN_RUN and steps + 1 + MIN_RUN >= len(numbers):
                    (_, before), (page, after) = skips[0]
                    yield f"page {page} numbers its rows {before}, {after}: rows between them may be lost"


def skipped_pages(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Yield a reason for each place where the printed page numbers leave out some."""
    offsets = [{number - place for number in _page_numbers(layout)} for place, layout in enumerate(layouts)]
    counts = Counter(offset for found in offsets for offset in found)
    runs = []
    for offset in (offset for offset, count in counts.items() if count >= MIN_RUN):
        places = [n for n, found in enumerate(offsets) if offset in found]
        if 2 * len(places) > places[-1] - places[0]:
            runs.append((places[0], places[-1], offset))
    for (_, end, before), (begin, _, after) in pairwise(sorted(runs)):
        if end < begin and 0 < after - before <= MAX_SKIPPED:
            where = f"pages {layouts[end].page} and {layouts[begin].page}"
            yield f"{where} are numbered {end + before} and {begin + after}: pages between them may be lost"


def _page_numbers(layout: PageLayout) -> set[int]:
    """Return the numbers that stand alone on a page's first or last line, or outside its grids."""
    text = layout.text.split("\n")
    lines = [*next(([t] for t in text if t.strip()), []), *next(([t] for t in reversed(text) if t.strip()), [])]
    found = (_PAGE_NUMBER.fullmatch(clean(t)) for t in (*lines, *(line.text for line in layout.lines)))
    return {int(match[1]) for match in found if match}
