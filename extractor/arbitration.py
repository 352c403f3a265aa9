"""Read tables whose identities fail again with second readers, and take the reading that satisfies more identities.

Second readers share no code with the first one. Where they read the same figures and the identity still fails, the
document is wrong, and the check says so. Readings are never mixed within a page: its grids come from one reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from extractor.checks.check import Check, doubted
from extractor.checks.reconcile import verdicts
from extractor.contract import Fault, ReadBy
from extractor.errors import is_out_of_memory
from extractor.grids.grid import Grid, PageLayout
from extractor.grids.second_readers.camelot import read_camelot
from extractor.grids.second_readers.pdfplumber import read_pdfplumber
from extractor.judging import Judged, judge
from extractor.notation.figures import CHARACTERS, UNREAD, WELL_FORMED, has_separators, is_money
from extractor.notation.text import clean
from extractor.notation.years import YEAR
from extractor.records.item import LineItem
from extractor.source.source import Source
from extractor.tables.table import Table
from extractor.vocabulary.codes import normalise_name
from extractor.vocabulary.vocabulary import Vocabulary

SecondReader = Callable[[bytes, Sequence[int]], Iterable[PageLayout]]
# The cheaper first: the next is asked of the pages that the one before leaves open.
SECOND_READERS: dict[ReadBy, SecondReader] = {
    "camelot": partial(read_camelot, ruled_alone=True),
    "pdfplumber": read_pdfplumber,
}
EARLIER_TRY = "the previous try exceeded its time or memory"
UNCONFIRMED = "no second reader read the same figures"
_WHOLE = re.compile(rf"(?!{YEAR}$)\d{{3,}}")  # fewer digits number pages and tables
MAX_REREAD_PAGES = 40  # pages per document that are read again: a second reading takes ten times as long as the first


def arbitrate(source: Source, first: Judged, vocabulary: Vocabulary, skip_second_readers: bool = False) -> Judged:
    """Read the pages of tables whose identities fail again, and decide whose fault each failure is.

    Args:
        source: The document; only PDFs have second readers.
        first: The first reading.
        vocabulary: The vocabulary that `first` was judged with.
        skip_second_readers: Ask no second reader: an earlier try took too long, possibly in one of them.

    Returns:
        The first reading, with the pages of each failing table taken from the first second reader with which fewer identities
        fail. Tables say which readers were tried, and checks that still fail say whether others read the same figures: those
        that none confirms are doubts.
    """
    if source.kind != "pdf" or not any(map(_is_of_tables, first.checks)):
        return first
    final = _read_again_by_others(source, first, vocabulary, skip_second_readers)
    unconfirmed = (_is_of_tables(c) and c.kind != "document" for c in final.checks)
    checks = tuple(doubted(c, UNCONFIRMED) if u else c for c, u in zip(final.checks, unconfirmed, strict=True))
    return replace(final, checks=checks, verdicts=verdicts(final.items, checks))


def _is_of_tables(check: Check) -> bool:
    """Return whether a failure has figures of tables: a failure of the tables alone, or of the prose against them."""
    return check.holds == "no" and bool(check.table_ids)


def _read_again_by_others(source: Source, first: Judged, vocabulary: Vocabulary, skip_second_readers: bool) -> Judged:
    failing = _failing_spans(first)
    pages, left = _pages_to_read(first, failing)
    if skip_second_readers:
        return _not_read_again(first, failing, EARLIER_TRY)
    if left:
        why = f"identities fail on {len(pages) + len(left)} pages, more than {MAX_REREAD_PAGES}"
        first = _not_read_again(first, [span for span in failing if not span & pages], why)
    if not pages:
        return first
    others, crashed = _second_readings(source, pages, first, failing, vocabulary)
    taken = _better_pages(first, failing, others)
    final = (
        judge(source.sha256, _with_grids(first.layouts, taken), vocabulary, first, source.origin.region_code)
        if taken
        else first
    )
    final = replace(final, tables=_with_readings_tried(final.tables, pages, others, crashed))
    return replace(final, checks=_with_faults(final, {**others, "pdfium": first}))


def _pages_to_read(reading: Judged, failing: Sequence[frozenset[int]]) -> tuple[set[int], set[int]]:
    """Return the pages to read again, and those that are too many.

    All pages of failing tables; where these are too many, those of the failing figures alone, those of few pages first.
    """
    hiding = _hiding(reading)
    legible = {i.item_id: i.page for i in reading.items if i.reading != "ocr" and i.page not in hiding}
    figures = [
        {legible[i] for i in (*c.left_items, *c.right_items) if i in legible}
        for c in reading.checks
        if _is_of_tables(c)
    ]
    wanted = set().union(*failing, *figures)
    if len(wanted) <= MAX_REREAD_PAGES:
        return wanted, set()
    chosen: set[int] = set()
    for pages in sorted(figures, key=len):
        chosen |= pages if len(chosen | pages) <= MAX_REREAD_PAGES else set()
    return chosen, wanted - chosen


def _hiding(reading: Judged) -> frozenset[int]:
    """Return the pages whose text is not what they display, or leaves figures in doubt: second readers read the text."""
    return frozenset(p.page for p in reading.layouts if p.left_out or p.by_shape or _holds_unread_figures(p))


def _holds_unread_figures(layout: PageLayout) -> bool:
    texts = (cell.text for grid in layout.grids for cell in grid.cells if UNREAD in cell.text)
    return any(CHARACTERS.issuperset(text.replace(UNREAD, "")) for text in texts)


def _failing_spans(reading: Judged) -> list[frozenset[int]]:
    """Return the pages of each table whose identities fail.

    Tables in pictures are left out: second readers see no grid there, so nothing would fail and all figures be lost; and
    those on pages that hide text.
    """
    hiding = _hiding(reading)
    failing = {i for c in reading.checks if c.holds == "no" and c.rule != "narrative" for i in c.table_ids}
    accused = set().union(*(_pages(t) for t in reading.tables if t.table_id in failing))
    spans = (_pages(t) for t in reading.tables if t.reading != "ocr")
    return [span for span in spans if span & accused and not span & hiding]


def _not_read_again(first: Judged, failing: Sequence[frozenset[int]], why: str) -> Judged:
    tables = (
        replace(t, reason=f"{t.reason}; not read again: {why}") if _pages(t) in failing else t for t in first.tables
    )
    return replace(first, tables=tuple(tables))


def _second_readings(
    source: Source, pages: set[int], first: Judged, failing: Sequence[frozenset[int]], vocabulary: Vocabulary
) -> tuple[dict[ReadBy, Judged], list[str]]:
    """Return second reader → the document judged with its grids for some pages, and which readers crashed and how.

    Readers that see no grid are left out, and those that are not asked, for others have left no page open.
    """
    others: dict[ReadBy, Judged] = {}
    crashed: list[str] = []
    for name, read in SECOND_READERS.items():
        if not pages:
            break
        try:
            grids = _read_again(source, sorted(pages), read)
        except Exception as error:  # other parsers raise exceptions of any class; such a reader has no result
            if is_out_of_memory(error):  # the worker handles it and reports its limit
                raise MemoryError from error
            crashed.append(f"{name} failed ({type(error).__name__})")
            continue
        if grids:
            others[name] = judge(
                source.sha256, _with_grids(first.layouts, grids), vocabulary, first, source.origin.region_code
            )
            pages = _left_open(first, pages, failing, name, others[name])
    return others, crashed


def _left_open(
    first: Judged, pages: set[int], failing: Sequence[frozenset[int]], name: ReadBy, other: Judged
) -> set[int]:
    """Return the pages that another reading does not settle: it neither satisfies all identities there, nor reads the same.

    The figures that fail are not enough for that: what both readers miss is none of them.
    """
    seen = _seen(name, other)
    figures = {i.item_id: (i.page, _figure(i) in seen) for i in first.items}
    failed = [
        figures[i] for c in first.checks if _is_of_tables(c) for i in (*c.left_items, *c.right_items) if i in figures
    ]
    unconfirmed = {page for page, confirmed in failed if not confirmed}
    unlike = {a.page for a, b in zip(first.layouts, other.layouts, strict=True) if not _is_alike(a, b, name)}
    left = pages & (unconfirmed | unlike)
    satisfied = {span for span in failing if span & left and _satisfies_all(first, other, span)}
    opened = (span for span in failing if span & left and span not in satisfied)
    return pages & left.difference(*satisfied).union(*opened)


def _satisfies_all(first: Judged, other: Judged, span: frozenset[int]) -> bool:
    return _is_better(first, other, span) and _count(other, span)[0] == 0


def _is_alike(own: PageLayout, other: PageLayout, name: ReadBy) -> bool:
    """Return whether another reader has the same figures in its cells of a page, and no row stands outside of them."""
    if not any(grid.reading == name for grid in other.grids):
        return False  # its grids are those of the first reader
    figures, others = ([clean(c.text) for g in page.grids for c in g.cells if _digits(c.text)] for page in (own, other))
    around = [line.text for line in own.lines if not any(map(_may_be_amount, line.text.split()))]
    shown = sum(map(_digits, (*figures, *around)))
    return sorted(figures) == sorted(others) and shown == _digits(own.text) and not (own.drawn or own.unexplained)


def _may_be_amount(word: str) -> bool:
    return is_money(word) or _WHOLE.fullmatch(word) is not None


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _better_pages(
    first: Judged, failing: Sequence[frozenset[int]], others: dict[ReadBy, Judged]
) -> dict[int, tuple[Grid, ...]]:
    """Return page → the grids to take for failing tables: those of the first reader with which fewer identities fail.

    As many identities must hold, and as many figures be read: a reading that loses a table has no failing identity.
    """
    taken: dict[int, tuple[Grid, ...]] = {}
    for span in failing:
        better = next((o for o in others.values() if _is_better(first, o, span) and not _cuts(first, o, span)), None)
        if better is not None:
            taken |= {p.page: p.grids for p in better.layouts if p.page in span}
    return taken


def _cuts(first: Judged, other: Judged, span: frozenset[int]) -> bool:
    """Return whether another reading cuts a figure in two that the first reads whole, as at a rule that the figure runs over."""
    own, others = (
        {clean(cell.text) for p in reading.layouts if p.page in span for grid in p.grids for cell in grid.cells}
        for reading in (first, other)
    )
    whole = {text.removeprefix(UNREAD) for text in own} - others
    lost = (text for text in whole if has_separators(text) and WELL_FORMED.fullmatch(text))
    return any(text[:end] in others and text[end:] in others for text in lost for end in range(1, len(text)))


def _is_better(first: Judged, other: Judged, span: frozenset[int]) -> bool:
    failed, held, printed = _count(first, span)
    fewer, as_many, as_rich = _count(other, span)
    return fewer < failed and as_many >= max(1, held) and as_rich >= printed


def _with_grids(layouts: Sequence[PageLayout], grids: dict[int, tuple[Grid, ...]]) -> list[PageLayout]:
    """Return layouts with another reader's ruled grids for some pages; everything around them stays."""
    return [replace(p, grids=_beside(grids[p.page], p.grids)) if p.page in grids else p for p in layouts]


def _beside(seen: Sequence[Grid], own: Sequence[Grid]) -> tuple[Grid, ...]:
    """Return another reader's grids, and the first reader's unruled grids that none of them overlaps."""
    kept = [g for g in own if not g.ruled and not any(_overlap(g, other) for other in seen)]
    return tuple(sorted([*seen, *kept], key=lambda g: (g.top, g.x0)))


def _overlap(one: Grid, other: Grid) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.top < other.bottom and other.top < one.bottom


def _pages(table: Table) -> frozenset[int]:
    return frozenset(range(table.first_page, table.last_page + 1))


def _count(reading: Judged, pages: frozenset[int]) -> tuple[int, int, int]:
    """Return how many identities of the tables on some pages fail, how many hold, and how many figures they print."""
    own = {t.table_id for t in reading.tables if pages & _pages(t)}
    results = [c.holds for c in reading.checks if c.rule != "narrative" and own & set(c.table_ids)]
    printed = sum(i.page in pages for i in reading.items)
    return results.count("no"), len(results) - results.count("no"), printed


def _read_again(source: Source, pages: Sequence[int], read: SecondReader) -> dict[int, tuple[Grid, ...]]:
    """Return page → another reader's ruled grids.

    Grids that another reader finds by alignment are not used: camelot's stream mode, which is not asked, misplaces half
    of the amounts.
    """
    seen = {layout.page: tuple(g for g in layout.grids if g.ruled) for layout in read(source.data, pages)}
    return {page: grids for page, grids in seen.items() if grids}


def _with_readings_tried(
    tables: Sequence[Table], pages: set[int], others: dict[ReadBy, Judged], crashed: Sequence[str]
) -> tuple[Table, ...]:
    """Return tables with the readers that were tried, and those that crashed, for each that stands on pages read again."""
    read = {
        name: {p.page for p in other.layouts for g in p.grids if g.reading == name} for name, other in others.items()
    }
    return tuple(
        replace(
            t,
            readings_tried=tuple(
                dict.fromkeys(("pdfium", *(name for name in others if read[name] & _pages(t)), t.reading))
            ),
            reason="; ".join((t.reason, *crashed)),
        )
        if pages & _pages(t)
        else t
        for t in tables
    )


def _with_faults(final: Judged, others: Mapping[ReadBy, Judged]) -> tuple[Check, ...]:
    """Return checks with whose fault each failure is: the document's where a second reader read the same figures."""
    figures = {i.item_id: _figure(i) for i in final.items}
    seen = {name: _seen(name, other) for name, other in others.items()}
    readers = {t.table_id: t.reading for t in final.tables}

    def fault(check: Check) -> Fault | None:
        own = [figures[i] for i in (*check.left_items, *check.right_items) if i in figures]
        taken = {readers.get(table) for table in check.table_ids}  # a reader does not confirm its own reading
        independent = [read for name, read in seen.items() if name not in taken]
        pages = {figure[0] for figure in own}
        of_all_pages = [read for read in independent if pages <= {figure[0] for figure in read}]
        if not own or not of_all_pages:
            return None
        return "document" if any(read.issuperset(own) for read in of_all_pages) else "reading"

    return tuple(c._replace(kind=fault(c)) if c.holds == "no" and c.kind is None else c for c in final.checks)


def _seen(name: str, other: Judged) -> set[tuple[object, ...]]:
    """Return the figures that a reader read itself: other pages, and unruled grids, of its reading have the first reader's grids."""
    readers = {layout.page: {grid.reading for grid in layout.grids} for layout in other.layouts}
    begun = {t.table_id: t.first_page for t in other.tables if t.reading == name}
    return {
        _figure(i)
        for i in other.items
        if (readers.get(i.page) == {name}) or (name in readers.get(i.page, ()) and begun.get(i.table_id) == i.page)
    }


def _figure(item: LineItem) -> tuple[object, ...]:
    """Return what two readings must agree on to have read the same figure: its page, its row, its column and its text."""
    return item.page, item.code, normalise_name(item.label), item.measure, item.phase, item.amount_text
