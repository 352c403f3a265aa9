"""Page → `PageLayout`: which character lies in which cell, and which in none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from extractor.grids.grid import Cell, Grid, PageLayout
from extractor.grids.ruled import Lattice, read_lattices
from extractor.grids.text import FIGURE, cell_text, read_lines, text_lines
from extractor.pages.page import Char, Page
from extractor.pages.scan import lacks_text

_FIGURE_CHARS = frozenset("0123456789,.-０１２３４５６７８９，．－△()（）%")


def read_layout(page: Page) -> PageLayout:
    """Read a page's ruled grids and the text lines outside them."""
    lattices = read_lattices(page.rules)
    cells: list[list[list[Char]]] = [[[] for _ in lattice.spans] for lattice in lattices]
    outside: list[Char] = []
    for word in _words(page.chars):
        _place(word, lattices, cells, outside)
    grids = [_grid(page, lattice, contents) for lattice, contents in zip(lattices, cells, strict=True) if any(contents)]
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


def _place(word: list[Char], lattices: list[Lattice], cells: list[list[list[Char]]], outside: list[Char]) -> None:
    """Give each character to the cell under its middle; a figure that runs over a rule stays whole.

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


def _are_figures(word: list[Char], spots: list[tuple[int, int] | None]) -> bool:
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
        text = cell_text(lines) if lines else ""
        indent = max(0.0, min(line[0].x0 for line in lines) - x0) if lines else 0.0
        confidence = min(c.confidence for c in chars) if chars and page.reading == "ocr" else None
        cells.append(Cell(row, column, row_span, column_span, text, x0, top, x1, bottom, indent, confidence))
    return Grid(page.number, page.reading, xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, tuple(cells))
