"""Page → `PageLayout`: which character lies in which cell, and which in none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, compress, groupby
from operator import itemgetter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from extractor.errors import DocumentError
from extractor.grids.geometry.char_stream import CellChars, CharSpan, CharStream
from extractor.grids.geometry.lattice import Lattice, read_lattices
from extractor.grids.geometry.lines import read_lines, text_lines
from extractor.grids.geometry.prose_columns import in_columns
from extractor.grids.geometry.stacked_rows import MAX_HEADER_ROWS, missing_row_rules
from extractor.grids.geometry.unruled.leaders import without_leaders
from extractor.grids.geometry.unruled.regions import is_data, is_prose
from extractor.grids.geometry.unruled.tables import (
    lacks_column_rules,
    missing_column_rules,
    read_aligned,
    with_hanging_rows,
)
from extractor.grids.geometry.unruled.tokens import em_of, lines_of, may_hold_figure
from extractor.grids.grid import Cell, Grid, PageLayout
from extractor.notation.figures import CHARACTERS, UNREAD, WELL_FORMED, begins_with_figure, has_separators, is_nil
from extractor.notation.numbering import is_page_number
from extractor.notation.text import clean
from extractor.pages.page import Char, Page, Rule
from extractor.pages.scan import has_pictured_lines, lacks_text

MIN_LINES = 2  # of a cell that holds a header's text and a figure
OVERPRINTED = 0.75  # of a glyph's height: lines of one text are farther apart
HOME = 0.6  # of a figure over a rule: where less of it lies in the cell of most, its cell is either
MAX_FIGURE = 40  # characters: more words in a cell are no figure that a label hides
APART = 0.12  # of a glyph's height: a sign stands nearer to its figure

CellRef = tuple[int, int]  # lattice, cell
_cell = partial(tuple.__new__, Cell)  # of its fields; takes half as long as Cell itself


@dataclass(frozen=True, slots=True)
class _Placement:
    """Where the characters of a page lie.

    Attributes:
        lattices: Its ruled grids.
        cells: For each, for each of its cells: the characters in it.
        outside: The characters in no cell.
        loose: For each, whether it rules its rows, but not its columns.
        astride: Where figures begin of which nobody can tell in which of two cells they are.
    """

    lattices: list[Lattice]
    cells: list[CellChars]
    outside: list[CharSpan]
    loose: list[bool]
    astride: set[int]

    @classmethod
    def of(cls, stream: CharStream, lattices: list[Lattice]) -> Self:
        """Place the characters of a page in its grids."""
        spans, outside, astride = _assign_words(stream, lattices)
        cells = [CellChars(stream, own) for own in spans]
        return cls(lattices, cells, outside, [*map(lacks_column_rules, cells)], astride)


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
    stream = CharStream.of(page.chars)
    grids, outside = _ruled_grids(page, stream)
    grids, lines = _with_unruled(page, grids, stream, outside)
    return PageLayout(
        page.number,
        page.width,
        page.height,
        page.text,
        tuple(grids),
        tuple(text_lines(in_columns(lines))),
        lacks_text(page),
        page.reading,
        _mean_confidence(page),
        page.left_out,
        page.by_shape,
        len(page.drawn),
    )


def _ruled_grids(page: Page, stream: CharStream) -> tuple[list[Grid], list[CharSpan]]:
    """Return the grids that a page's rules draw, those that they lack added, and the characters outside them."""
    rules = list(page.rules)
    placement = _Placement.of(stream, read_lattices(rules))
    for missing in (_missing_column_rules, _missing_row_rules):
        more = missing(placement, stream)
        if more:
            rules += more
            placement = _Placement.of(stream, read_lattices(rules))
    spans, outside = [cells.spans for cells in placement.cells], placement.outside
    for index in [index for index, loose in enumerate(placement.loose) if loose]:
        outside += [span for own in spans[index] for span in own]
        spans[index] = []
    placed = zip(placement.lattices, spans, strict=True)
    grids = [_grid(page, stream, *own, placement.astride) for own in placed if any(own[1])]
    return grids, outside


def _missing_column_rules(placement: _Placement, _: CharStream) -> list[Rule]:
    return [
        rule
        for lattice, cells, loose in zip(placement.lattices, placement.cells, placement.loose, strict=True)
        if not loose
        for rule in missing_column_rules(lattice, cells)
    ]


def _missing_row_rules(placement: _Placement, stream: CharStream) -> list[Rule]:
    missing: list[Rule] = []
    for lattice, cells, loose in zip(placement.lattices, placement.cells, placement.loose, strict=True):
        may = (
            cells.may_lack_rules(index, tall) or (row < MAX_HEADER_ROWS and _may_head(stream, own))
            for index, ((row, _, tall, _), own) in enumerate(zip(lattice.spans, cells.spans, strict=True))
            if len(own) >= MIN_LINES
        )
        if not loose and any(may):
            missing += missing_row_rules(lattice, cells)
    return missing


def _may_head(stream: CharStream, spans: Sequence[CharSpan]) -> bool:
    """Return, without its characters, whether a cell of several words may hold a header's text and a figure below it."""
    (first, _), (start, stop) = spans[0], spans[-1]
    ys = stream.middles[1]
    return CHARACTERS.issuperset(stream.chars.texts[start:stop]) and float(ys[start]) - float(ys[first]) > 1.0


def _mean_confidence(page: Page) -> float | None:
    sure = [char.confidence for char in page.chars if char.text != " "] if page.reading == "ocr" else []
    return sum(sure) / len(sure) if sure else None


def _with_unruled(
    page: Page, grids: list[Grid], stream: CharStream, spans: Sequence[CharSpan]
) -> tuple[list[Grid], list[list[Char]]]:
    """Add what stands without rules: rows under a ruled grid, and whole tables; returns the lines left outside."""
    outside = stream.chars_in(spans)
    # Recognised characters stand where ink is, too roughly to align; figures whose sentences are pictures make no table.
    if not _holds_digit(outside) or page.reading == "ocr" or has_pictured_lines(page):
        return grids, read_lines(outside)
    firsts = map(outside.__getitem__, accumulate([stop - start for start, stop in spans[:-1]], initial=0))
    begins = {start for start, _ in stream.words}
    starts = {first for first, (start, _) in zip(firsts, spans, strict=True) if start in begins}
    for index, grid in enumerate(grids):
        floor = min((g.top for g in grids if g.top >= grid.bottom), default=page.height)
        below = [char for char in outside if char.top > grid.bottom - 2 and char.bottom < floor + 2]
        grown = with_hanging_rows(grid, page, below, starts) if _holds_digit(below) else None
        if grown is not None:
            grids[index] = grown
            outside = [char for char in outside if not _within(char, grown)]
    lines, em = read_lines(outside), em_of(outside)
    if not _holds_row(without_leaders(lines), em, starts, page.width):
        return grids, lines
    aligned = read_aligned(page, lines, em, starts, ruled=bool(grids))
    if aligned:
        lines = read_lines([char for char in outside if not any(_within(char, grid) for grid in aligned)])
    return sorted([*grids, *aligned], key=lambda grid: (grid.top, grid.x0)), lines


def _holds_row(lines: Sequence[Sequence[Char]], em: float, starts: set[Char], width: float) -> bool:
    """Return whether a line may be a row of an unruled table, by those with digits alone; on most pages none is.

    It has a figure, is no prose, and no number of the page.
    """
    for index, chars in enumerate(lines):
        if not _holds_digit(chars) or not may_hold_figure(chars, em, starts):
            continue
        (line,) = lines_of([chars], em, starts)
        if not is_data(line) or is_prose(line, width):
            continue
        if 0 < index < len(lines) - 1 or line.figures > 1 or not is_page_number(clean(line.text)):
            return True
    return False


def _holds_digit(chars: Sequence[Char]) -> bool:
    return any(map(str.isdigit, [char[0] for char in chars]))


def _within(char: Char, grid: Grid) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return grid.x0 <= x <= grid.x1 and grid.top <= y <= grid.bottom


def _assign_words(
    stream: CharStream, lattices: list[Lattice]
) -> tuple[list[list[list[CharSpan]]], list[CharSpan], set[int]]:
    """Return the character spans in each cell of each lattice, those in none, and where figures begin that may be of either of two."""
    cells: list[list[list[CharSpan]]] = [[[] for _ in lattice.spans] for lattice in lattices]
    outside: list[CharSpan] = []
    places = [*chain(*cells), outside]  # the last is number -1
    numbers, words, crossing = _cell_numbers(stream, lattices)
    spilled: list[tuple[CellRef, CellRef, list[CharSpan]]] = []
    refs = [(index, cell) for index, own in enumerate(cells) for cell in range(len(own))] if any(crossing) else []
    halved: list[tuple[CharSpan, list[list[CharSpan]]]] = []
    for span, number, several in zip(stream.words, words, crossing, strict=True):
        if several:
            under = numbers[slice(*span)].tolist()
            own = [(refs[number] if number >= 0 else None, places[number]) for number in under]
            spilled += _assign_word(span, stream.chars[slice(*span)], own)
            if max(map(under.count, under)) < HOME * len(under):
                halved.append((span, [places[number] for number in {*under} - {-1}]))
        else:
            places[number].append(span)
    for home, away, tail in spilled:
        _, column, _, wide = lattices[home[0]].spans[home[1]]
        edge = lattices[home[0]].xs[column + wide]
        _return_overflow(stream, cells[home[0]][home[1]], cells[away[0]][away[1]], tail, edge)
    for lattice, within in zip(lattices, cells, strict=True):
        _return_overprints(stream, lattice, within)
    astride = {span[0] for span, under in halved if len(under) > 1 and all(own in ([], [span]) for own in under)}
    return cells, outside, astride


def _return_overprints(stream: CharStream, lattice: Lattice, cells: Sequence[list[CharSpan]]) -> None:
    """Give the last line of a label that runs over its row's lower edge back to its cell, where it is printed over another.

    Spreadsheets clip a label that wraps at its row, and print all of it: 事务支出 lies on 发展与改革事务 in the next.
    """
    for index in [index for index, spans in enumerate(cells) if len(spans) > 1]:
        (row, column, _, _), spans = lattice.spans[index], cells[index]
        above = cells[lattice.owner[row - 1][column]] if row else []
        if not above:
            continue
        if above[-1] != stream.words[bisect_left(stream.words, spans[0]) - 1]:
            continue
        lefts = [stream.lefts[start] for start, _ in (*above, spans[0])]
        size = float(np.ptp(stream.chars.boxes[spans[0][0], 1::2]))
        if abs(min(lefts[:-1]) - lefts[-1]) < size and any(_are_overprinted(stream, spans[0], s) for s in spans[1:]):
            above.append(spans.pop(0))


def _are_overprinted(stream: CharStream, first: CharSpan, second: CharSpan) -> bool:
    """Return whether two words lie on each other, and are not one word printed twice."""
    texts = ["".join(stream.chars.texts[start:stop]) for start, stop in (first, second)]
    (a0, top, a1, bottom), (b0, high, b1, low) = (
        (*boxes[:, :2].min(0), *boxes[:, 2:].max(0))
        for boxes in (stream.chars.boxes[start:stop] for start, stop in (first, second))
    )
    height = bottom - top
    near = abs(top + bottom - high - low) / 2 < OVERPRINTED * height
    return texts[0] != texts[1] and min(a1, b1) - max(a0, b0) > height / 2 and near


def _cell_numbers(stream: CharStream, lattices: Sequence[Lattice]) -> tuple[NDArray[np.int64], list[int], list[bool]]:
    """Return the number of the cell under the middle of each character and of each word's first, and which words lie in several.

    Cells are numbered through all lattices; -1 is none. Of grids within each other, the innermost has the character.
    """
    numbers = np.full(len(stream.chars), -1)
    base = 0
    for lattice in lattices:  # a nested grid starts lower than the one around it
        found = lattice.cells_at(*stream.middles)
        numbers = np.where(found < 0, numbers, found + base) if base else found
        base += len(lattice.spans)
    changes = np.concatenate(([0], np.cumsum(numbers[1:] != numbers[:-1])))
    starts, stops = np.array(stream.words, int).reshape(-1, 2).T
    return numbers, numbers[starts].tolist(), (changes[starts] != changes[stops - 1]).tolist()


def _return_overflow(
    stream: CharStream, home: list[CharSpan], away: list[CharSpan], tail: Sequence[CharSpan], edge: float
) -> None:
    """Give the end of a label that spills over the rule at `edge` back to its cell, where it hides a figure or nothing.

    Spreadsheets clip a long name on the page, and print all of it: 机关事业单位基本养老保险缴费支出 over 2,554.07.
    Digits without separators that go on from its text may be of the name itself. Texts of two cells that touch have the
    rule between two characters; one that spills has it through one.
    """
    if not tail or len(away) - len(tail) > MAX_FIGURE:
        return
    rest = [span for span in away if span not in tail]
    figure = "".join(char.text for char in sorted(stream.chars_in(rest), key=lambda char: char.x0))
    ends = {end for span in tail for end in span}
    if rest and not WELL_FORMED.fullmatch(figure):
        return
    if not rest:
        returned = any(
            x0 < edge - 1 and edge + 1 < x1 for x0, _, x1, _ in stream.chars.boxes[tail[0][0] - 1 : tail[0][1]]
        )
    else:
        returned = has_separators(figure) or not any(start in ends or stop in ends for start, stop in rest)
    if returned:
        home += tail
        away[:] = rest


def _assign_word(
    span: CharSpan, word: Sequence[Char], places: Sequence[tuple[CellRef | None, list[CharSpan]]]
) -> Iterator[tuple[CellRef, CellRef, list[CharSpan]]]:
    """Give the characters of a word to the places under them; a figure that runs over a rule stays whole.

    A figure wider than its cell spills over the rule: it belongs to the cell where most of it lies. Two figures that touch across
    the rule (244,895.02192,446.79) are two.

    Yields:
        Of a label that spills over a rule: its cell, another, and what of it lies there.
    """
    refs = [ref for ref, _ in places]
    text = "".join(char.text for char in word)
    if CHARACTERS.issuperset(text) and any(map(str.isdecimal, text)) and not _are_two_figures(word, refs):
        most = max(set(refs), key=lambda ref: (ref is not None, refs.count(ref)))
        places[refs.index(most)][1].append(span)
        return
    single = [(index, index + 1) for index in range(*span)]
    for one, (_, content) in zip(single, places, strict=True):
        content.append(one)
    home = refs[0]
    if home is None or begins_with_figure(text):
        return
    for away in {ref for ref in refs if ref is not None and ref != home}:
        inside = [s == away and c.text not in CHARACTERS for c, s in zip(word, refs, strict=True)]
        yield home, away, list(compress(single, inside))


def _are_two_figures(word: Sequence[Char], refs: Sequence[CellRef | None]) -> bool:
    """Return whether a word over a rule is no figure as a whole, and one or a dash for nothing on each side of the rule.

    A dash that ends its column and stands before a figure that fills the next looks like the figure's sign, but a
    figure's own sign touches it.
    """
    groups = [[c for c, _ in group] for _, group in groupby(zip(word, refs, strict=True), itemgetter(1))]
    texts = ["".join(c.text for c in group) for group in groups]
    if WELL_FORMED.fullmatch("".join(texts)):
        last, first = groups[0][-1], groups[1][0]
        return is_nil(texts[0]) and first.x0 - last.x1 > APART * (first.bottom - first.top)
    return all(is_nil(text) or WELL_FORMED.fullmatch(text) for text in texts)


def _grid(
    page: Page, stream: CharStream, lattice: Lattice, contents: list[list[CharSpan]], astride: Container[int]
) -> Grid:
    xs, ys = lattice.xs, lattice.ys
    recognised = page.reading == "ocr" or bool(page.recognised)
    cells = []
    for (row, column, tall, wide), spans in zip(lattice.spans, contents, strict=True):
        x0, top, x1, bottom = xs[column], ys[row], xs[column + wide], ys[row + tall]
        text, left = stream.read(spans, x1 - x0) if spans else ("", x0)
        text = UNREAD + text if spans and spans[0][0] in astride else text
        sure = min(c.confidence for c in stream.chars_in(spans)) if recognised and spans else None
        sure = None if sure == 1.0 and page.reading != "ocr" else sure
        indent = left - x0 if left > x0 else 0.0
        cells.append(_cell((row, column, tall, wide, text, x0, top, x1, bottom, indent, sure)))
    return Grid(page.number, page.reading, xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, tuple(cells))
