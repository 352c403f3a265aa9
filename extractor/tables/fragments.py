"""Page layouts → drafts of tables: grids with what stands around them, joined over consecutive pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import isnan

from extractor.contract import Scope
from extractor.grids.grid import Grid, PageLayout, TextLine
from extractor.notation.numbering import is_page_number
from extractor.notation.text import clean
from extractor.tables.footnotes import read_footnotes
from extractor.tables.header import Header, Matrix, is_list, matrix_of, no_header, read_header
from extractor.tables.headings import Headings
from extractor.tables.surroundings import (
    Surroundings,
    is_note,
    is_number,
    is_title,
    read_surroundings,
    unwrapped,
)
from extractor.vocabulary.label_rules import Captions
from extractor.vocabulary.vocabulary import Vocabulary

EDGE = 6.0  # points: column edges of one table on two pages differ by less
MIN_COLUMNS = 4  # so many edges that agree are one table's, wherever its sides are


@dataclass(slots=True)
class Fragment:
    """One grid with the lines above, beside and below it, and the dated heading and the scope that it stands under."""

    grid: Grid
    matrix: Matrix
    header: Header
    surroundings: Surroundings
    beside: list[TextLine]
    notes: list[str]
    footnotes: dict[str, str]
    first_on_page: bool
    heading: str
    scope: Scope | None
    form: bool = False


@dataclass(slots=True)
class Draft:
    """A table while its fragments are being collected."""

    fragments: list[Fragment] = field(default_factory=list)

    @property
    def head(self) -> Fragment:
        """The fragment that the table begins with, whose columns are the table's."""
        return self.fragments[0]

    @property
    def last(self) -> Fragment:
        """The fragment that it goes on from."""
        return self.fragments[-1]


def read_drafts(layouts: Sequence[PageLayout], vocabulary: Vocabulary) -> list[Draft]:
    """Collect the fragments of a document's tables, in reading order."""
    drafts: list[Draft] = []
    for fragment in _fragments(layouts, vocabulary):
        if fragment.grid.continues_right and drafts:
            _settle_right_part(fragment, drafts[-1].head)
        _settle_form(fragment, drafts[-1] if drafts else None, vocabulary)
        begun = _begun(drafts, fragment)
        if begun is not None and _continues(begun, fragment, max(draft.last.grid.page for draft in drafts[-2:])):
            begun.fragments.append(fragment)
        else:
            drafts.append(Draft([fragment]))
    return drafts


def _begun(drafts: Sequence[Draft], fragment: Fragment) -> Draft | None:
    """Return the table that a fragment may go on from: the last one, or that whose further columns stand on pages between."""
    own = next((d for d in reversed(drafts) if fragment.grid.continues_right or not d.head.grid.continues_right), None)
    return own if own is not None and own.head.grid.continues_right == fragment.grid.continues_right else None


def _fragments(layouts: Sequence[PageLayout], vocabulary: Vocabulary) -> Iterator[Fragment]:
    captions = vocabulary.captions
    left_over: list[str] = []
    headings = Headings(captions, vocabulary.headers.scope_of)
    for layout in layouts:
        grids = [g for g in layout.grids if g.rows * g.columns > 1]
        if not grids:
            # A section title may stand alone on the page before its table.
            headings.read(layout.text.splitlines())
            texts = [clean(line) for line in layout.text.splitlines()]
            left_over = [t for t in texts if t and not is_page_number(t)][-3:]
            continue
        lowest = max(grid.bottom for grid in grids)
        page_notes = read_footnotes([clean(line.text) for line in layout.lines if line.top >= lowest - 4], captions)
        for number, grid in enumerate(grids):
            floor = max((other.bottom - 4 for other in grids[:number] if other.bottom - 4 <= grid.top), default=0.0)
            over = [line for line in layout.lines if floor <= line.bottom <= grid.top + 4]
            above = unwrapped([line for line in over if _is_over(line, grid, grids)], captions)
            beside = [line for line in layout.lines if grid.top < (line.top + line.bottom) / 2 < grid.bottom]
            below_limit = grids[number + 1].top if number + 1 < len(grids) else layout.height
            below = [clean(line.text) for line in layout.lines if grid.bottom - 4 <= line.top < below_limit]
            matrix = matrix_of(grid)
            start, inside = _title_rows(grid, matrix, captions)
            surroundings = read_surroundings([*above, *inside], captions)
            if not surroundings.title and number == 0 and not above:
                title = next((t for t in reversed(left_over) if is_title(t, captions)), "")
                surroundings = surroundings._replace(title=title)
            header = read_header(grid, matrix, start, vocabulary.headers, vocabulary.totals)
            notes = [t for t in below if is_note(t, captions)]
            footnotes = page_notes | read_footnotes(below, captions)
            heading = headings.read(above, surroundings.title)
            yield Fragment(
                grid, matrix, header, surroundings, beside, notes, footnotes, number == 0, heading, headings.scope
            )
        after = [line.text for line in layout.lines if line.top >= lowest - 4]
        headings.read(after)
        left_over = [clean(text) for text in after][-3:]


def _is_over(line: TextLine, grid: Grid, grids: Sequence[Grid]) -> bool:
    """Return whether a line is not that of another grid, which stands beside this one and under all of it."""
    middle = (line.x0 + line.x1) / 2
    beside = [o for o in grids if o.top < grid.bottom and grid.top < o.bottom and (o.x1 <= grid.x0 or grid.x1 <= o.x0)]
    return not any(other.x0 - EDGE <= line.x0 and line.x1 <= other.x1 + EDGE for other in beside) or (
        grid.x0 <= middle <= grid.x1
    )


def _settle_right_part(fragment: Fragment, head: Fragment) -> None:
    """Give a further part of a wide sheet what stands over its first part; of the title it may have the end alone."""
    own, over = fragment.surroundings, head.surroundings
    fragment.surroundings = Surroundings(
        over.title or own.title, over.number or own.number, over.agency or own.agency, over.unit or own.unit
    )
    fragment.heading, fragment.scope = fragment.heading or head.heading, fragment.scope or head.scope


def _settle_form(fragment: Fragment, draft: Draft | None, vocabulary: Vocabulary) -> None:
    """Return whether a fragment is a form, and take away the header that it does not have.

    A form that fills its page has no title on the next one, where it goes on or where the next form begins.
    """
    own = fragment.surroundings
    follows = draft is not None and draft.head.form and fragment.first_on_page and not own.title
    follows = follows and draft is not None and fragment.grid.page == draft.last.grid.page + 1
    if follows and draft is not None and not is_list(fragment.header, vocabulary.headers):
        fragment.surroundings = own._replace(title=draft.head.surroundings.title, unit=draft.head.surroundings.unit)
    kind = vocabulary.titles.kind(fragment.surroundings.title)
    fragment.form = kind is not None and kind.form and not is_list(fragment.header, vocabulary.headers)
    if fragment.form:
        fragment.header = no_header(fragment.grid)


def _title_rows(grid: Grid, matrix: Matrix, captions: Captions) -> tuple[int, list[str]]:
    """Return the first row under a title that is set inside the grid, and that title's texts."""
    texts: list[str] = []
    row = 0
    while row < min(4, grid.rows - 1):
        cells = list({id(c): c for c in matrix[row] if c is not None}.values())
        filled = [clean(c.text) for c in cells if clean(c.text)]
        wide = len(filled) == 1 and any(2 * c.column_span >= grid.columns for c in cells if clean(c.text))
        if not filled:  # a frame of empty cells around the table
            row += 1
            continue
        over = len(filled) <= 3 and all(_stands_over(text, captions) for text in filled)
        if not (wide and is_title(filled[0], captions)) and not over:
            break
        texts += filled
        row += 1
    return row, texts


def _stands_over(text: str, captions: Captions) -> bool:
    """Return whether a text in a first row belongs over a table: its number, its unit, whose it is."""
    return bool(captions.inside.search(text)) or (is_number(text, captions) and not text.isdigit())


def _continues(draft: Draft, fragment: Fragment, page: int) -> bool:
    """Return whether a fragment is the same table on the page after `page`, or goes on right below on the same page."""
    last, head = draft.last, draft.head
    near = fragment.grid.page == page + 1 and fragment.first_on_page
    adjacent = fragment.grid.page == last.grid.page and 0 <= fragment.grid.top - last.grid.bottom < EDGE
    if not (near or adjacent) or fragment.form != head.form or _contradicts(fragment.surroundings, head.surroundings):
        return False
    if fragment.surroundings.title and (fragment.scope, fragment.heading) != (head.scope, head.heading):
        return False  # 收入表 under 二、市本级 is not the one under 一、全市
    if fragment.form:
        return _first_text(fragment) != _first_text(head) and _aligned(head, fragment)
    if bool(texts_of(head)) and texts_of(fragment) == texts_of(head):
        return _aligned(head, fragment) or _aligned(fragment, head) or fragment.grid.columns == head.grid.columns
    if fragment.surroundings.title or fragment.surroundings.unit:
        return False
    return _aligned(head, fragment) or _goes_on_headless(head, fragment)


def _goes_on_headless(head: Fragment, fragment: Fragment) -> bool:
    """Return whether a page begins with data in as many columns: where no rule divides them, their edges are each page's own."""
    return not texts_of(fragment) and bool(texts_of(head)) and fragment.grid.columns == head.grid.columns >= MIN_COLUMNS


def _contradicts(own: Surroundings, head: Surroundings) -> bool:
    """Return whether what stands around a fragment is another table's: another title, unit or agency."""
    return (
        bool(own.title and own.title != head.title)
        or bool(own.number and head.number and own.number != head.number)
        or bool(own.agency and head.agency and own.agency != head.agency)
        or bool(own.unit and head.unit and own.unit != head.unit)
    )


def _first_text(fragment: Fragment) -> str:
    """Return the first text in a grid: the key label of a form, 项目名称 on each form's first page."""
    return next((clean(cell.text) for cell in fragment.grid.cells if clean(cell.text)), "")


def texts_of(fragment: Fragment) -> list[tuple[str, ...]]:
    """Return the header paths of a fragment, those of columns without a header left out, and one of neighbours.

    A rule of one row alone cuts a sliver off a column, over which the header is merged on that page, and on no other.
    """
    return [path for path, _ in groupby(fragment.header.paths) if path]


def edges_of(grid: Grid) -> list[float]:
    """Return the left edge of every column, and the right edge of the last."""
    edges = {cell.column: cell.x0 for cell in grid.cells}
    edges[grid.columns] = grid.x1
    return [edges.get(column, float("nan")) for column in range(grid.columns + 1)]


def _aligned(head: Fragment, fragment: Fragment) -> bool:
    """Return whether every column edge of a fragment is one of the table's.

    A side may be missing: a label merged over several pages leaves its column without rules on those in the middle. Few
    edges may agree by chance, so that one side must then be the table's side.
    """
    left, right = abs(head.grid.x0 - fragment.grid.x0), abs(head.grid.x1 - fragment.grid.x1)
    if fragment.grid.columns < MIN_COLUMNS and min(left, right) > 2 * EDGE:
        return False
    edges = [e for e in edges_of(head.grid) if not isnan(e)]
    return 5 * fragment.grid.columns >= 2 * head.grid.columns and all(
        min(abs(e - known) for known in edges) <= EDGE for e in edges_of(fragment.grid) if not isnan(e)
    )
