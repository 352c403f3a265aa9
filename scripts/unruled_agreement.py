"""Read real ruled pages with their rules dropped and compare with the ruled reading, amount for amount.

python scripts/unruled_agreement.py [PDF ...] [--step N] [--show N]

No labels are needed: the ruled reading of the same page is the truth. For every way of dropping rules it prints the share
of amounts that are read (recall), that stand in the right row (beside the same label), under the right header path, both;
whose column has the same measure, year, phase and side (收入 or 支出); and that are right in all; the amounts that the
ruled reading does not have (invented); and on how many pages of prose a table appears.
Pages with forms (labels and values beside each other; targets) are left out: they have no header, or none on each page.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from extractor.errors import DocumentError
from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import PageLayout
from extractor.notation.amounts import is_amount
from extractor.notation.figures import has_separators, is_nil
from extractor.notation.text import clean
from extractor.pages.page import Page, Rule
from extractor.pages.pdfium import initialise, open_pdf, read_page
from extractor.tables.assemble import read_tables
from extractor.tables.fragments import read_drafts
from extractor.tables.table import Table
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MIN_AMOUNTS = 4  # a page with fewer tells nothing
EDGE = 3.0  # points: a rule so near a grid's edge draws it


class Entry(NamedTuple):
    """One amount of a page, with what its place says of it."""

    amount: str
    label: str
    path: str
    measure: str | None
    year: int | None
    phase: str | None
    side: str | None


# What is counted → the attributes of an entry that must be right beside its amount.
ASPECTS = {
    "recall": (),
    "row": ("label",),
    "column": ("path",),
    "both": ("label", "path"),
    "measure": ("measure",),
    "year": ("year",),
    "phase": ("phase",),
    "side": ("side",),
    "all": Entry._fields[1:],
}


@dataclass(slots=True)
class Agreement:
    """Counts over all pages for one way of dropping rules."""

    truth: int = 0
    right: Counter[str] = field(default_factory=Counter)
    invented: int = 0
    prose: int = 0
    phantoms: int = 0
    worst: list[tuple[int, str]] = field(default_factory=list)

    def add(self, truth: Sequence[Entry], read: Sequence[Entry], place: str) -> None:
        """Count one page."""
        self.truth += len(truth)
        right = {name: (_parts(truth, names) & _parts(read, names)).total() for name, names in ASPECTS.items()}
        self.right.update(right)
        self.invented += len(read) - right["recall"]
        self.worst.append((len(truth) - right["all"] + len(read) - right["recall"], place))

    def __str__(self) -> str:
        shares = "  ".join(f"{name} {self.share(name):.4f}" for name in ASPECTS)
        return (
            f"{self.truth} amounts: {shares}  invented {self.invented / max(1, self.truth):.5f}  "
            f"phantoms {self.phantoms} of {self.prose} prose pages"
        )

    def share(self, aspect: str) -> float:
        """Return for how many of the amounts an aspect is right, from 0 to 1."""
        return self.right[aspect] / max(1, self.truth)


def _parts(entries: Sequence[Entry], names: Sequence[str]) -> Counter[tuple[object, ...]]:
    return Counter((entry.amount, *(getattr(entry, name) for name in names)) for entry in entries)


def all_dropped(page: Page, layout: PageLayout) -> tuple[Rule, ...]:
    """Keep no rule."""
    del page, layout
    return ()


def verticals_dropped(page: Page, layout: PageLayout) -> tuple[Rule, ...]:
    """Keep the horizontal rules."""
    del layout
    return tuple(r for r in page.rules if r.x1 - r.x0 >= r.bottom - r.top)


def inner_verticals_dropped(page: Page, layout: PageLayout) -> tuple[Rule, ...]:
    """Keep the horizontal rules and each grid's sides."""
    sides = [side for grid in layout.grids for side in (grid.x0, grid.x1)]
    return tuple(
        r for r in page.rules if r.x1 - r.x0 >= r.bottom - r.top or any(abs(r.x0 - side) < 2 for side in sides)
    )


def three_rules(page: Page, layout: PageLayout) -> tuple[Rule, ...]:
    """Keep the rules over and under the header and under the table."""
    kept: list[Rule] = []
    for grid in layout.grids:
        ys = [grid.top, grid.bottom]
        rows = sorted({cell.row for cell in grid.cells})
        figures = [c.row for c in grid.cells if is_amount(c.text) and has_separators(c.text)]
        first = min(figures, default=rows[-1])
        ys += [min(c.top for c in grid.cells if c.row == first)]
        kept += [Rule(grid.x0, y, grid.x1, y) for y in ys]
    del page
    return tuple(kept)


def rows_dropped(page: Page, layout: PageLayout) -> tuple[Rule, ...]:
    """Keep the vertical rules, those of the header, and the one under the table, as government books do."""
    kept = [r for r in page.rules if r.x1 - r.x0 < r.bottom - r.top]
    for grid in layout.grids:
        figures = [c for c in grid.cells if is_amount(c.text)]
        money = [c for c in figures if has_separators(c.text)]
        first = min((c.row for c in money or figures), default=grid.rows - 1)
        head = min(c.top for c in grid.cells if c.row == first)
        across = (r for r in page.rules if r.x1 - r.x0 >= r.bottom - r.top)
        kept += [r for r in across if grid.top - EDGE < r.top < head + EDGE or abs(r.top - grid.bottom) < EDGE]
    return tuple(kept)


KINDS: dict[str, Callable[[Page, PageLayout], tuple[Rule, ...]]] = {
    "all rules dropped": all_dropped,
    "verticals dropped": verticals_dropped,
    "inner verticals dropped": inner_verticals_dropped,
    "three rules kept": three_rules,
    "rules between rows dropped": rows_dropped,
}


def entries(tables: Sequence[Table]) -> list[Entry]:
    """Return every amount printed as money with its label, the text nearest on its left, and what its column means."""
    result: list[Entry] = []
    for table in tables:
        for row in table.rows:
            label = ""
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell is None or is_nil(cell.text):
                    continue
                text = clean(cell.text)
                if not is_amount(cell.text):
                    label = text
                elif has_separators(text):
                    phase, side = column.phase or table.phase, column.side or table.side
                    path = "/".join(column.path)
                    result.append(Entry(text, label, path, column.measure, column.year, phase, side))
    return result


def pages_of(paths: Sequence[Path], vocabulary: Vocabulary) -> Iterator[tuple[str, Page]]:
    """Yield every page that can be read and that no form is on, with its place: a form goes on over pages without a title."""
    for path in paths:
        try:
            with open_pdf(path.read_bytes(), path.name) as document:
                pages = [read_page(document, number) for number in range(1, len(document) + 1)]
            drafts = read_drafts(list(map(read_layout, pages)), vocabulary)
        except DocumentError:
            continue
        kinds = ((draft, vocabulary.titles.kind(draft.head.surroundings.title)) for draft in drafts)
        forms = {part.grid.page for draft, kind in kinds if kind and kind.form for part in draft.fragments}
        yield from ((f"{path} {page.number}", page) for page in pages if page.number not in forms)


def measure(
    pages: Iterator[tuple[str, Page]] | Sequence[tuple[str, Page]], vocabulary: Vocabulary
) -> dict[str, Agreement]:
    """Compare every page with each way of dropping its rules."""
    results = {name: Agreement() for name in KINDS}
    for place, page in pages:
        layout = read_layout(page)
        ruled = [grid for grid in layout.grids if grid.ruled]
        tables = tables_on(ruled_alone(layout), vocabulary)
        truth = entries(tables)
        for name, drop in KINDS.items():
            result = results[name]
            if not ruled:
                result.prose += 1
                result.phantoms += any(not grid.ruled for grid in layout.grids)
                if any(not grid.ruled for grid in layout.grids):
                    result.worst.append((1, place))
            elif len(truth) >= MIN_AMOUNTS:
                dropped = read_layout(replace(page, rules=drop(page, layout)))
                result.add(truth, entries(tables_on(dropped, vocabulary)), place)
    return results


def tables_on(layout: PageLayout, vocabulary: Vocabulary) -> list[Table]:
    """Return the tables of a page alone."""
    return read_tables("", read_drafts([layout], vocabulary), None, vocabulary)


def ruled_alone(layout: PageLayout) -> PageLayout:
    """Return a layout with its ruled grids alone."""
    return replace(layout, grids=tuple(grid for grid in layout.grids if grid.ruled))


def main() -> int:
    """Print a line for every way of dropping rules."""
    initialise()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdfs", nargs="*", type=Path)
    parser.add_argument("--step", type=int, default=1, help="take one PDF in so many")
    parser.add_argument("--show", type=int, default=0, help="name the pages that differ most")
    arguments = parser.parse_args()
    paths = arguments.pdfs or sorted(CORPUS.glob("*/*.pdf"))[:: arguments.step]
    if not paths:
        print("skipped: ../shared is not there")
        return 0
    vocabulary = compile_vocabulary(Config.read())
    for name, result in measure(pages_of(paths, vocabulary), vocabulary).items():
        print(f"{name}: {result}")
        for missed, place in sorted(result.worst, reverse=True)[: arguments.show]:
            print(f"    {missed:5} {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
