"""Page → `PageLayout`: which character lies in which cell, and which in none."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from extractor.errors import DocumentError
from extractor.grids.aligned import extended, is_unparted, missing_walls, read_aligned
from extractor.grids.grid import Cell, Grid, PageLayout
from extractor.grids.ruled import Lattice, read_horizontals, read_lattices
from extractor.grids.text import FIGURE, cell_text, read_lines, text_lines, vertical_text
from extractor.pages.page import Char, Page
from extractor.pages.scan import lacks_text

_FIGURE_CHARS = frozenset("0123456789,.-０１２３４５６７８９，．－△()（）%")


Spot = tuple[int, int]  # lattice, cell


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
    words = list(_words(page.chars))
    starts = {word[0] for word in words}
    lattices = read_lattices(page.rules)
    cells, outside = _placed(words, lattices)
    walls = [
        wall
        for lattice, content in zip(lattices, cells, strict=True)
        if not is_unparted(content)
        for wall in missing_walls(lattice, content)
    ]
    if walls:
        lattices = read_lattices([*page.rules, *walls])
        cells, outside = _placed(words, lattices)
    for index in [i for i, content in enumerate(cells) if is_unparted(content)]:
        outside += [char for content in cells[index] for char in content]
        cells[index] = []
    grids = [_grid(page, lattice, contents) for lattice, contents in zip(lattices, cells, strict=True) if any(contents)]
    grids, outside = _with_unruled(page, grids, outside, starts)
    lines = tuple(text_lines(outside))
    return PageLayout(
        page.number,
        page.width,
        page.height,
        page.text,
        tuple(grids),
        lines,
        lacks_text(page),
        page.reading,
        _mean_confidence(page),
    )


def _mean_confidence(page: Page) -> float | None:
    sure = [char.confidence for char in page.chars if char.text != " "] if page.reading == "ocr" else []
    return sum(sure) / len(sure) if sure else None


def _with_unruled(
    page: Page, grids: list[Grid], outside: list[Char], starts: Container[Char]
) -> tuple[list[Grid], list[Char]]:
    """Add what stands without rules: rows under a ruled grid, and whole tables; returns what is left outside."""
    if not outside or page.reading == "ocr":  # recognised characters stand where ink is, too roughly to align
        return grids, outside
    rules = read_horizontals(page.rules)
    for index, grid in enumerate(grids):
        floor = min((g.top for g in grids if g.top >= grid.bottom), default=page.height)
        below = [char for char in outside if char.top > grid.bottom - 2 and char.bottom < floor + 2]
        grown = extended(grid, page, below, starts, rules)
        if grown is not None:
            grids[index] = grown
            outside = [char for char in outside if not _within(char, grown)]
    aligned = read_aligned(page, outside, starts, rules, ruled=bool(grids))
    outside = [char for char in outside if not any(_within(char, grid) for grid in aligned)]
    return sorted([*grids, *aligned], key=lambda grid: (grid.top, grid.x0)), outside


def _within(char: Char, grid: Grid) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return grid.x0 <= x <= grid.x1 and grid.top <= y <= grid.bottom


def _words(chars: tuple[Char, ...]) -> Iterator[list[Char]]:
    """Yield runs of the text stream without a blank or a jump in them."""
    word: list[Char] = []
    for char in chars:
        if char.text == " ":
            if word:
                yield word
            word = []
            continue
        if word:
            last = word[-1]
            height = char.bottom - char.top
            if abs(char.top - last.top) > 0.5 * height or not -0.5 * height < char.x0 - last.x1 < 0.5 * height:
                yield word
                word = []
        word.append(char)
    if word:
        yield word


def _placed(words: Sequence[Sequence[Char]], lattices: list[Lattice]) -> tuple[list[list[list[Char]]], list[Char]]:
    """Return the characters in each cell of each lattice, and those in none."""
    cells: list[list[list[Char]]] = [[[] for _ in lattice.spans] for lattice in lattices]
    outside: list[Char] = []
    spilled: list[tuple[Spot, Spot, list[Char]]] = []
    for word in words:
        spots = _place(word, lattices, cells, outside)
        home = spots[0]
        if home is not None and word[0].text not in _FIGURE_CHARS and len(set(spots)) > 1:
            for away in {spot for spot in spots if spot is not None and spot != home}:
                tail = [c for c, s in zip(word, spots, strict=True) if s == away and c.text not in _FIGURE_CHARS]
                spilled.append((home, away, tail))
    for home, away, tail in spilled:
        _take_back(cells[home[0]][home[1]], cells[away[0]][away[1]], tail)
    return cells, outside


def _take_back(home: list[Char], away: list[Char], tail: Sequence[Char]) -> None:
    """Give the end of a label that spills over the rule back to its cell, where it hides a figure.

    Spreadsheets clip a long name on the page, and print all of it: 机关事业单位基本养老保险缴费支出 over 2,554.07.
    """
    own = {id(char) for char in tail}
    rest = [char for char in away if id(char) not in own]
    figure = "".join(char.text for char in sorted(rest, key=lambda char: char.x0))
    if tail and _is_figure(figure) and "." in figure:
        home += tail
        away[:] = rest


def _place(
    word: Sequence[Char], lattices: list[Lattice], cells: list[list[list[Char]]], outside: list[Char]
) -> list[Spot | None]:
    """Give each character to the cell under its middle, and return where; a figure that runs over a rule stays whole.

    A figure wider than its cell spills over the rule: it belongs where most of it lies. Two figures that touch across
    the rule (244,895.02192,446.79) are two.
    """
    spots = [_spot(char, lattices) for char in word]
    if len(set(spots)) > 1 and all(char.text in _FIGURE_CHARS for char in word) and not _are_figures(word, spots):
        most = max(set(spots), key=lambda spot: (spots.count(spot), spot is not None))
        spots = [most] * len(word)
    for char, spot in zip(word, spots, strict=True):
        if spot is None:
            outside.append(char)
        else:
            cells[spot[0]][spot[1]].append(char)
    return spots


def _are_figures(word: Sequence[Char], spots: list[tuple[int, int] | None]) -> bool:
    """Tell whether a run over a rule is no figure as a whole, and one on each side of the rule."""
    pieces = ["".join(c.text for c, _ in group) for _, group in groupby(zip(word, spots, strict=True), itemgetter(1))]
    return not _is_figure("".join(pieces)) and all(map(_is_figure, pieces))


def _is_figure(text: str) -> bool:
    return FIGURE.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def _spot(char: Char, lattices: list[Lattice]) -> tuple[int, int] | None:
    """Return (lattice, cell) under a character's middle; the innermost where grids nest."""
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    for index in range(len(lattices) - 1, -1, -1):  # a nested grid starts lower than the one around it
        cell = lattices[index].cell_at(x, y)
        if cell is not None:
            return index, cell
    return None


def _grid(page: Page, lattice: Lattice, contents: list[list[Char]]) -> Grid:
    xs, ys = lattice.xs, lattice.ys
    cells = []
    for (row, column, row_span, column_span), chars in zip(lattice.spans, contents, strict=True):
        x0, top, x1, bottom = xs[column], ys[row], xs[column + column_span], ys[row + row_span]
        lines = read_lines(chars) if chars else []
        text = (vertical_text(chars) or cell_text(lines)) if lines else ""
        indent = max(0.0, min(line[0].x0 for line in lines) - x0) if lines else 0.0
        confidence = min(c.confidence for c in chars) if chars and page.reading == "ocr" else None
        cells.append(Cell(row, column, row_span, column_span, text, x0, top, x1, bottom, indent, confidence))
    return Grid(page.number, page.reading, xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, tuple(cells))
