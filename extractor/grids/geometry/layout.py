"""Page → `PageLayout`: which character lies in which cell, and which in none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from operator import itemgetter

import numpy as np

from extractor.errors import DocumentError
from extractor.grids.geometry.char_stream import CharSpan, Stream
from extractor.grids.geometry.lattice import Lattice, read_horizontals, read_lattices
from extractor.grids.geometry.lines import read_lines, text_lines
from extractor.grids.geometry.stacked_rows import missing_row_rules
from extractor.grids.geometry.unruled.tables import extended, is_mixed, is_unparted, missing_walls, read_aligned
from extractor.grids.geometry.unruled.tokens import em_of
from extractor.grids.grid import Cell, Grid, PageLayout
from extractor.notation.figures import CHARACTERS, WELL_FORMED, begins_with_figure, count_decimals, is_nil
from extractor.pages.page import Char, Page
from extractor.pages.scan import lacks_text

APART = 0.12  # of a glyph's height: a sign stands nearer to its figure

CellRef = tuple[int, int]  # lattice, cell


def read_layout(page: Page) -> PageLayout:
    """Read a page's ruled grids and the text lines outside them.

    Raises:
        DocumentError: The page draws more than any table.
    """
    try:
        return _read(page)
    except DocumentError as error:
        raise DocumentError(f"page {page.number} {error}") from error


def _read(page: Page) -> PageLayout:
    stream = Stream.of(page.chars)
    lattices = read_lattices(page.rules)
    spans, outside = _placed(stream, lattices)
    cells = [_if_mixed(stream, own) for own in spans]
    walls = [
        wall
        for lattice, content in zip(lattices, cells, strict=True)
        if not is_unparted(content)
        for wall in missing_walls(lattice, content)
    ]
    if walls:
        lattices = read_lattices([*page.rules, *walls])
        spans, outside = _placed(stream, lattices)
        cells = [_if_mixed(stream, own) for own in spans]
    floors = [
        rule
        for lattice, own, content in zip(lattices, spans, cells, strict=True)
        if not is_unparted(content)
        for rule in missing_row_rules(lattice, [stream.chars_in(one) for one in own])
    ]
    if floors:
        lattices = read_lattices([*page.rules, *walls, *floors])
        spans, outside = _placed(stream, lattices)
        cells = [_if_mixed(stream, own) for own in spans]
    for index in [i for i, content in enumerate(cells) if is_unparted(content)]:
        outside += [span for own in spans[index] for span in own]
        spans[index] = []
    grids = [_grid(page, stream, lattice, own) for lattice, own in zip(lattices, spans, strict=True) if any(own)]
    grids, lines = _with_unruled(page, grids, stream, stream.chars_in(outside))
    return PageLayout(
        page.number,
        page.width,
        page.height,
        page.text,
        tuple(grids),
        tuple(text_lines(lines)),
        lacks_text(page),
        page.reading,
        _mean_confidence(page),
        page.left_out,
        page.by_shape,
        page.drawn,
    )


def _mean_confidence(page: Page) -> float | None:
    sure = [char.confidence for char in page.chars if char.text != " "] if page.reading == "ocr" else []
    return sum(sure) / len(sure) if sure else None


def _if_mixed(stream: Stream, cells: Sequence[Sequence[CharSpan]]) -> list[list[Char]]:
    """Return the characters of each cell of a grid, or nothing where no cell can hold several columns, as in most."""
    if not any(is_mixed(stream.text_in(spans)) for spans in cells if spans):
        return []
    return [stream.chars_in(spans) for spans in cells]


def _with_unruled(
    page: Page, grids: list[Grid], stream: Stream, outside: list[Char]
) -> tuple[list[Grid], list[list[Char]]]:
    """Add what stands without rules: rows under a ruled grid, and whole tables; returns the lines left outside."""
    if not outside or page.reading == "ocr":  # recognised characters stand where ink is, too roughly to align
        return grids, read_lines(outside)
    starts = set(stream.chars.at([start for start, _ in stream.words]))
    rules = read_horizontals(page.rules)
    for index, grid in enumerate(grids):
        floor = min((g.top for g in grids if g.top >= grid.bottom), default=page.height)
        below = [char for char in outside if char.top > grid.bottom - 2 and char.bottom < floor + 2]
        grown = extended(grid, page, below, starts, rules)
        if grown is not None:
            grids[index] = grown
            outside = [char for char in outside if not _within(char, grown)]
    lines = read_lines(outside)
    aligned = read_aligned(page, lines, em_of(outside), starts, rules, ruled=bool(grids))
    if aligned:
        lines = read_lines([char for char in outside if not any(_within(char, grid) for grid in aligned)])
    return sorted([*grids, *aligned], key=lambda grid: (grid.top, grid.x0)), lines


def _within(char: Char, grid: Grid) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return grid.x0 <= x <= grid.x1 and grid.top <= y <= grid.bottom


def _placed(stream: Stream, lattices: list[Lattice]) -> tuple[list[list[list[CharSpan]]], list[CharSpan]]:
    """Return the characters in each cell of each lattice, and those in none."""
    cells: list[list[list[CharSpan]]] = [[[] for _ in lattice.spans] for lattice in lattices]
    outside: list[CharSpan] = []
    refs = [(index, cell) for index, lattice in enumerate(lattices) for cell in range(len(lattice.spans))]
    places = [*((ref, cells[ref[0]][ref[1]]) for ref in refs), (None, outside)]  # the last is number -1
    numbers, crossing = _numbers(stream, lattices)
    spilled: list[tuple[CellRef, CellRef, list[CharSpan]]] = []
    for span, several in zip(stream.words, crossing, strict=True):
        if several:
            word, own = stream.chars[slice(*span)], [places[number] for number in numbers[slice(*span)]]
            spilled += _place(span, word, own)
        else:
            places[numbers[span[0]]][1].append(span)
    for home, away, tail in spilled:
        _take_back(stream, cells[home[0]][home[1]], cells[away[0]][away[1]], tail)
    return cells, outside


def _numbers(stream: Stream, lattices: Sequence[Lattice]) -> tuple[list[int], list[bool]]:
    """Return under each character's middle the number of the cell, and for each word whether it lies in several.

    Cells are numbered through all lattices; -1 is none. Where grids nest, the innermost has the character.
    """
    numbers = np.full(len(stream.chars), -1)
    base = 0
    for lattice in lattices:  # a nested grid starts lower than the one around it
        found = lattice.cells_at(*stream.middles)
        numbers = np.where(found < 0, numbers, found + base)
        base += len(lattice.spans)
    changes = np.cumsum(np.diff(numbers, prepend=-1) != 0)
    starts, stops = np.array(stream.words, int).reshape(-1, 2).T
    return numbers.tolist(), (changes[starts] != changes[stops - 1]).tolist()


def _take_back(stream: Stream, home: list[CharSpan], away: list[CharSpan], tail: Sequence[CharSpan]) -> None:
    """Give the end of a label that spills over the rule back to its cell, where it hides a figure.

    Spreadsheets clip a long name on the page, and print all of it: 机关事业单位基本养老保险缴费支出 over 2,554.07.
    """
    rest = [span for span in away if span not in tail]
    figure = "".join(char.text for char in sorted(stream.chars_in(rest), key=lambda char: char.x0))
    if tail and WELL_FORMED.fullmatch(figure) and count_decimals(figure):
        home += tail
        away[:] = rest


def _place(
    span: CharSpan, word: Sequence[Char], places: Sequence[tuple[CellRef | None, list[CharSpan]]]
) -> Iterator[tuple[CellRef, CellRef, list[CharSpan]]]:
    """Give the characters of a word to the places under them; a figure that runs over a rule stays whole.

    A figure wider than its cell spills over the rule: it belongs where most of it lies. Two figures that touch across
    the rule (244,895.02192,446.79) are two.

    Yields:
        Of a label that spills over a rule: its cell, another, and what of it lies there.
    """
    refs = [ref for ref, _ in places]
    text = "".join(char.text for char in word)
    if CHARACTERS.issuperset(text) and any(map(str.isdecimal, text)) and not _are_figures(word, refs):
        most = max(set(refs), key=lambda ref: (refs.count(ref), ref is not None))
        places[refs.index(most)][1].append(span)
        return
    pieces = [(index, index + 1) for index in range(*span)]
    for piece, (_, content) in zip(pieces, places, strict=True):
        content.append(piece)
    home = refs[0]
    if home is None or begins_with_figure(text):
        return
    for away in {ref for ref in refs if ref is not None and ref != home}:
        inside = [s == away and c.text not in CHARACTERS for c, s in zip(word, refs, strict=True)]
        yield home, away, list(compress(pieces, inside))


def _are_figures(word: Sequence[Char], refs: Sequence[CellRef | None]) -> bool:
    """Return whether a run over a rule is no figure as a whole, and one or a dash for nothing on each side of the rule.

    A dash that ends its column and stands before a figure that fills the next looks like the figure's sign, but a
    figure's own sign touches it.
    """
    groups = [[c for c, _ in group] for _, group in groupby(zip(word, refs, strict=True), itemgetter(1))]
    pieces = ["".join(c.text for c in group) for group in groups]
    if WELL_FORMED.fullmatch("".join(pieces)):
        last, first = groups[0][-1], groups[1][0]
        return is_nil(pieces[0]) and first.x0 - last.x1 > APART * (first.bottom - first.top)
    return all(is_nil(piece) or WELL_FORMED.fullmatch(piece) for piece in pieces)


def _grid(page: Page, stream: Stream, lattice: Lattice, contents: list[list[CharSpan]]) -> Grid:
    xs, ys = lattice.xs, lattice.ys
    cells = []
    for (row, column, tall, wide), spans in zip(lattice.spans, contents, strict=True):
        x0, top, x1, bottom = xs[column], ys[row], xs[column + wide], ys[row + tall]
        text, left = stream.read(spans, x1 - x0) if spans else ("", x0)
        sure = min(c.confidence for c in stream.chars_in(spans)) if spans and page.reading == "ocr" else None
        cells.append(Cell(row, column, tall, wide, text, x0, top, x1, bottom, max(0.0, left - x0), sure))
    return Grid(page.number, page.reading, xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, tuple(cells))
