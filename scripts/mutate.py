"""Damage real readings in small ways, and count what the documents' own arithmetic notices.

python scripts/mutate.py [--each N] [PDF ...]

Without PDFs: the samples, and the shared departments and governments when they are there. What was read of a sound document
is damaged in one place, taken through the stages again, and compared: *noticed* when an identity fails that did not, the
numbering skips what it did not, or the damaged figure is no longer proven (of the prose: no longer equals another); *located*
when a failing identity, finding or doubt, has the damaged figure in it; *as
finding* when a finding has; *still proven* when the damaged cell keeps its verdict; *accused* counts other cells newly
contradicted for each one noticed.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from extractor.checks.check import Check
from extractor.checks.severity import is_rate
from extractor.errors import DocumentError
from extractor.grids.grid import Cell, PageLayout
from extractor.grids.readers import read_layouts
from extractor.judging import Judged, judge
from extractor.pages.pdfium import initialise
from extractor.prose.statement import Statement
from extractor.records.item import LineItem
from extractor.skipped import skipped_pages, skipped_parents, skipped_serials
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary

ROOT = Path(__file__).parent.parent
EACH = 12  # damages of each kind a document
SEED = 7
Place = tuple[int, float, float]  # page, x0, top: where a cell stands
Texts = dict[Place, str]


class Damage(NamedTuple):
    """What a damage changes: texts of cells by place, and the places that must be noticed."""

    texts: Texts
    hit: tuple[Place, ...]


def place(item: LineItem) -> Place:
    """Return where an item's cell stands."""
    return item.page, item.x0 or 0.0, item.top or 0.0


def digit(rng: random.Random, items: Sequence[LineItem]) -> Damage:
    """Change one digit of one amount."""
    item = rng.choice(items)
    digits = [n for n, c in enumerate(item.amount_text) if c.isdigit()]
    at = rng.choice(digits)
    other = rng.choice([d for d in "0123456789" if d != item.amount_text[at]])
    return Damage({place(item): item.amount_text[:at] + other + item.amount_text[at + 1 :]}, (place(item),))


def swap(rng: random.Random, items: Sequence[LineItem]) -> Damage | None:
    """Swap two amounts of one column that differ."""
    item = rng.choice(items)
    others = [i for i in items if (i.table_id, i.column) == (item.table_id, item.column) and i.amount != item.amount]
    if not others:
        return None
    other = rng.choice(others)
    texts = {place(item): other.amount_text, place(other): item.amount_text}
    return Damage(texts, (place(item), place(other)))


def shift(rng: random.Random, items: Sequence[LineItem]) -> Damage | None:
    """Move the amounts of one row one column to the right; the last is lost."""
    item = rng.choice(items)
    row = sorted((i for i in items if (i.table_id, i.row) == (item.table_id, item.row)), key=lambda i: i.column)
    if len(row) < 2 or len({i.amount for i in row}) == 1:
        return None
    texts = {place(right): left.amount_text for left, right in pairwise(row)}
    return Damage({place(row[0]): "", **texts}, tuple(place(i) for i in row[1:]))


def drop(rng: random.Random, items: Sequence[LineItem]) -> Damage:
    """Blank all amounts of one row that are not nothing."""
    item = rng.choice(items)
    row = [i for i in items if (i.table_id, i.row) == (item.table_id, item.row)]
    return Damage(dict.fromkeys(map(place, row), ""), ())


KINDS: dict[str, Callable[[random.Random, Sequence[LineItem]], Damage | None]] = {
    "a digit": digit,
    "two cells of a column swapped": swap,
    "a row shifted by a column": shift,
    "a row lost": drop,
}


def damaged(layouts: Sequence[PageLayout], texts: Texts) -> list[PageLayout]:
    """Return layouts with other texts in some cells."""

    def changed(page: int, cell: Cell) -> Cell:
        text = texts.get((page, cell.x0, cell.top))
        return cell if text is None else cell._replace(text=text)

    return [
        replace(p, grids=tuple(replace(g, cells=tuple(changed(p.page, c) for c in g.cells)) for g in p.grids))
        for p in layouts
    ]


def misprint(rng: random.Random, judged: Judged) -> tuple[list[PageLayout], str] | None:
    """Return the layouts with one digit of the prose changed, and the figure's id: one that equals others to the last digit.

    A figure that only a rate or a bound holds may be off by what these leave open, and nobody could tell.
    """
    equal = _equal(judged)
    said = [s for s in judged.prose.statements if s.statement_id in equal and s.amount and s.start is not None]
    if not said:
        return None
    statement = rng.choice(said)
    old = statement.amount_text
    at = rng.choice([n for n, char in enumerate(old) if char.isdigit()])
    new = old[:at] + rng.choice([d for d in "123456789" if d != old[at]]) + old[at + 1 :]
    same = [
        s for s in judged.prose.statements if (s.start, s.end, s.amount_text) == (statement.start, statement.end, old)
    ]
    number = same.index(statement)
    layouts = [_reprinted(p, statement, number, new) if p.page == statement.page else p for p in judged.layouts]
    return layouts, statement.statement_id


def _reprinted(layout: PageLayout, statement: Statement, number: int, new: str) -> PageLayout:
    """Return a page on which a sentence prints another amount; its lines too, where the page has them.

    Args:
        layout: The page.
        statement: The amount.
        number: How many of the sentence's amounts before it are printed alike.
        new: What to print.
    """
    start, end, old = statement.start or 0, statement.end or 0, statement.amount_text
    alone = re.compile(rf"(?<![\d,.]){re.escape(old)}(?!\d)")
    places = [m.start() for m in alone.finditer(layout.text, start, end)]
    if number >= len(places):
        return layout
    at = places[number]
    text = layout.text[:at] + new + layout.text[at + len(old) :]
    place = next((n for n, line in enumerate(layout.lines) if old in line.text), None)
    lines = tuple(
        line._replace(text=line.text.replace(old, new, 1)) if n == place else line
        for n, line in enumerate(layout.lines)
    )
    return replace(layout, text=text, lines=lines)


def without_page(rng: random.Random, judged: Judged) -> list[PageLayout] | None:
    """Return the layouts without a page that a table goes over."""
    pages = [n for t in judged.tables for n in range(t.first_page + 1, t.last_page + 1)]
    if not pages:
        return None
    lost = rng.choice(pages)
    return [p for p in judged.layouts if p.page != lost]


def measure(path: Path, vocabulary: Vocabulary, each: int) -> Iterator[tuple[str, Outcome]]:
    """Yield (kind, outcome) for each damage of one document."""
    source = read_source(path)
    try:
        sound = judge(source.sha256, read_layouts(source).layouts, vocabulary)
    except DocumentError:
        return
    coded = [i for i in sound.items if i.code and i.amount and sound.verdicts.get(i.item_id) == "proven"]
    if len(coded) < each:
        return
    rng = random.Random(SEED)
    for kind, make in KINDS.items():
        for _ in range(each):
            damage = make(rng, coded)
            if damage is not None:
                after = judge(source.sha256, damaged(sound.layouts, damage.texts), vocabulary)
                yield kind, compared(sound, after, damage.hit)
    for _ in range(max(1, each // 4)):
        layouts = without_page(rng, sound)
        if layouts is not None:
            yield "a page lost", compared(sound, judge(source.sha256, layouts, vocabulary), ())
    for _ in range(each):
        misprinted = misprint(rng, sound)
        if misprinted is not None:
            after = judge(source.sha256, misprinted[0], vocabulary)
            if _changed(sound, after) == {misprinted[1]}:  # else the digit stands where prose is not read from
                yield "a digit of the prose", compared(sound, after, (), misprinted[1])


def _changed(before: Judged, after: Judged) -> set[str]:
    """Return the ids of the statements whose amounts differ."""
    amounts = {s.statement_id: s.amount for s in before.prose.statements}
    return {s.statement_id for s in after.prose.statements if amounts.get(s.statement_id) != s.amount}


def _gaps(judged: Judged) -> set[str]:
    """Return what the document's numbering shows to be lost."""
    return {*skipped_parents(judged.items), *skipped_serials(judged.tables), *skipped_pages(judged.layouts)}


def _equal(judged: Judged) -> set[str]:
    """Return the ids of all figures of the prose that equal others to the last digit; those of rates and bounds are not held to it."""
    said = {s.statement_id: s for s in judged.prose.statements}
    return {
        i
        for c in judged.checks
        if c.rule == "narrative" and c.holds == "exact" and c.difference == 0
        if c.left_items[0] in said and not _is_loose(c, said[c.left_items[0]])
        for i in (*c.left_items, *c.right_items)
        if i in said
    }


def _is_loose(check: Check, stated: Statement) -> bool:
    """Return whether a check is a bound, or of a rate, which is printed to fewer digits than its amounts."""
    return not check.right_items or is_rate(check, stated) or (bool(stated.percent) and len(check.right_items) == 1)


class Outcome(NamedTuple):
    """What is told of one damage."""

    noticed: bool
    located: bool
    as_finding: bool
    still_proven: bool
    accused: int


def compared(before: Judged, after: Judged, hit: Sequence[Place], statement: str = "") -> Outcome:
    """Return what is told of a damage that hits some cells, or one statement."""
    places: dict[str, Place | str] = {i.item_id: place(i) for i in after.items}
    failed_before = {_of(c, before) for c in before.checks if c.holds == "no"}
    fresh = [c for c in after.checks if c.holds == "no" and _of(c, after) not in failed_before]
    wanted = {*hit, statement} - {""}
    touching = [c for c in fresh if wanted & {places.get(i, i) for i in (*c.left_items, *c.right_items)}]
    wrong = {place(i) for i in before.items if before.verdicts.get(i.item_id) == "contradicted"}
    accused = {place(i) for i in after.items if after.verdicts.get(i.item_id) == "contradicted"} - wrong - set(hit)
    proven = any(place(i) in hit and after.verdicts.get(i.item_id) == "proven" for i in after.items)
    return Outcome(
        bool(fresh)
        or bool(_gaps(after) - _gaps(before))
        or (bool(hit) and not proven)
        or (statement != "" and statement not in _equal(after)),
        bool(touching),
        any(c.standing == "finding" for c in touching),
        proven,
        len(accused),
    )


def _of(check: Check, judged: Judged) -> tuple[object, ...]:
    """Return what makes a check the same before and after a damage: its rule, and where its stated side stands."""
    places = {i.item_id: place(i) for i in judged.items if i.item_id in check.left_items}
    return check.rule, tuple(places.get(i, i) for i in check.left_items)


def main(arguments: Sequence[str]) -> int:
    """Print the table; exit 1 when damage is noticed or located less often than the floors say."""
    initialise()
    each = int(arguments[arguments.index("--each") + 1]) if "--each" in arguments else EACH
    given = [Path(a) for a in arguments if a.endswith(".pdf")]
    shared = ROOT.parent / "shared"
    governments = (p for p in shared.glob("government/*/*.pdf") if p.stat().st_size < MAX_BYTES)
    paths = given or sorted([*(ROOT / "samples").glob("*.pdf"), *shared.glob("corpus/*/*.pdf"), *governments])
    vocabulary = compile_vocabulary(Config.read())
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * (1 + len(Outcome._fields)))
    for path in paths:
        for kind, outcome in measure(path, vocabulary, each):
            counts[kind] = [old + new for old, new in zip(counts[kind], (1, *outcome), strict=True)]
    print(f"| damage | tried | noticed | located | as finding | still proven | accused (of {len(paths)} files) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind, (tried, *sums) in counts.items():
        shares = [f"{100 * number / tried:.1f} %" for number in sums[:4]]
        print(f"| {kind} | {tried} | {' | '.join(shares)} | {sums[4] / max(1, sums[0]):.1f} |")
    bad = [
        k
        for k, (noticed, located) in FLOORS.items()
        if counts[k][1] < noticed * counts[k][0] or counts[k][2] < located * counts[k][0]
    ]
    if bad:
        print(f"under its floor: {', '.join(bad)}", file=sys.stderr)
    return int(bool(bad))


MAX_BYTES = 4 << 20  # books of governments beyond it take minutes each
FLOORS = {  # kind of damage → least shares noticed and located
    "a digit": (0.99, 0.9),
    "a digit of the prose": (0.99, 0.9),
    "a row lost": (0.7, 0.0),
    "a page lost": (0.6, 0.0),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
