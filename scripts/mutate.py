"""Damage real readings in small ways, and count what the document's own arithmetic notices.

python scripts/mutate.py [--each N] [PDF ...]

Without PDFs: the samples, and the shared corpus when it is there. The grids of a sound document are damaged in one place,
taken through the stages again, and compared: *noticed* when an amount is contradicted that was not, or the damaged cell is
no longer proven; *located* when a failing check names the damaged cell as its suspect; *in check* when it takes part in a
failing check; *still proven* when the damaged cell keeps its verdict; *accused* counts other cells newly contradicted for
each one noticed.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from extractor.errors import DocumentError
from extractor.grids.grid import Cell, PageLayout
from extractor.grids.readers import read_layouts
from extractor.judging import Judged, judge
from extractor.pages.pdfium import initialise
from extractor.records.item import LineItem
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


def without_page(rng: random.Random, judged: Judged) -> list[PageLayout] | None:
    """Return the layouts without a page that a table goes over."""
    pages = [n for t in judged.tables for n in range(t.first_page + 1, t.last_page + 1)]
    if not pages:
        return None
    lost = rng.choice(pages)
    return [p for p in judged.layouts if p.page != lost]


def measure(path: Path, vocabulary: Vocabulary, each: int) -> Iterator[tuple[str, bool, bool, bool, bool, int]]:
    """Yield (kind, noticed, located, in check, still proven, accused) for each damage of one document."""
    source = read_source(path)
    try:
        sound = judge(source.sha256, read_layouts(source).layouts, vocabulary)
    except DocumentError:
        return
    coded = [i for i in sound.items if i.code and i.amount and sound.verdicts.get(i.item_id) == "proven"]
    if len(coded) < each:
        return
    before = {place(i) for i in sound.items if sound.verdicts.get(i.item_id) == "contradicted"}
    rng = random.Random(SEED)
    for kind, make in KINDS.items():
        for _ in range(each):
            damage = make(rng, coded)
            if damage is not None:
                after = judge(source.sha256, damaged(sound.layouts, damage.texts), vocabulary)
                yield (kind, *compared(after, before, damage.hit))
    for _ in range(max(1, each // 4)):
        layouts = without_page(rng, sound)
        if layouts is not None:
            yield ("a page lost", *compared(judge(source.sha256, layouts, vocabulary), before, ()))


def compared(after: Judged, before: set[Place], hit: Sequence[Place]) -> tuple[bool, bool, bool, bool, int]:
    """Return noticed, located, in check, still proven, accused."""
    places = {i.item_id: place(i) for i in after.items}
    verdicts = {place(i): after.verdicts.get(i.item_id, "uncovered") for i in after.items}
    fresh = {p for p, v in verdicts.items() if v == "contradicted"} - before
    failed = [c for c in after.checks if c.holds == "no"]
    suspects = {places.get(c.suspect) for c in failed if c.suspect}
    taking_part = {places.get(i) for c in failed for i in (*c.left_items, *c.right_items)}
    proven = any(verdicts.get(p) == "proven" for p in hit)
    noticed = bool(fresh) or (bool(hit) and not proven)
    return noticed, bool(suspects & set(hit)), bool(taking_part & set(hit)), proven, len(fresh - set(hit))


def main(arguments: Sequence[str]) -> int:
    """Print the table; exit 1 when a changed digit is noticed or named less often than the floors say."""
    initialise()
    each = int(arguments[arguments.index("--each") + 1]) if "--each" in arguments else EACH
    given = [Path(a) for a in arguments if a.endswith(".pdf")]
    corpus = ROOT.parent / "shared" / "corpus"
    paths = given or sorted([*(ROOT / "samples").glob("*.pdf"), *corpus.glob("*/*.pdf")])
    vocabulary = compile_vocabulary(Config.read())
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    for path in paths:
        for kind, *results in measure(path, vocabulary, each):
            counts[kind][0] += 1
            for index, value in enumerate(results, 1):
                counts[kind][index] += value
    print(
        f"| damage | tried | noticed | located | in a failing check | still proven | accused (of {len(paths)} files) |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind, (tried, *sums) in counts.items():
        shares = [f"{100 * s / tried:.1f} %" for s in sums[:4]]
        print(f"| {kind} | {tried} | {' | '.join(shares)} | {sums[4] / max(1, sums[0]):.1f} |")
    tried, noticed, *_ = counts["a digit"]
    return 0 if noticed >= FLOOR * tried else 1


FLOOR = 0.99  # share of changed digits that must be noticed

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
