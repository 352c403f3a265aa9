"""Prose that a document sets in the cells of a table: a subject on the left, the sentences about it on the right."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.grids.grid import UNPLACED, Grid
from extractor.notation.figures import IN_SENTENCE, is_bound, is_figure
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import clean, narrow
from extractor.notation.units import MONEY

_STATES_MONEY = re.compile(rf"{IN_SENTENCE}\s?(?:{MONEY})[^。]*。")
_STOP = re.compile("[，。；：]")
_ROW_NUMBER = re.compile(r"\d{1,2}")
_OF_TARGETS = "指标"  # a form's goals are no prose on its second page either
SHORT = 0.7  # of a cell's longest line: a numbered line below it is a heading


class CellText(NamedTuple):
    """A paragraph in a cell; `labelled`: a text on its left says what it is about, which no heading above the table does."""

    text: str
    labelled: bool


def cell_texts(grid: Grid) -> list[CellText]:
    """Return the paragraphs in a grid's cells, in reading order; none of a grid with a figure of its own, or of targets."""
    if any(_is_of_a_table(clean(cell.text)) for cell in grid.cells):
        return []
    if not any(_STATES_MONEY.search(narrow(clean(cell.text))) for cell in grid.cells):
        return []
    wraps = grid.reading not in UNPLACED
    found: list[CellText] = []
    for cell in grid.cells:
        beside = (c for c in grid.cells if c.column < cell.column and c.row <= cell.row < c.row + c.row_span)
        labelled = any(clean(c.text) and not _ROW_NUMBER.fullmatch(clean(c.text)) for c in beside)
        for paragraph in _paragraphs(cell.text, wraps):
            labelled = labelled and not NUMBERING.match(paragraph)  # from there on it has headings of its own
            found.append(CellText(paragraph, labelled))
    return found


def _is_of_a_table(text: str) -> bool:
    """Return whether a cell shows that its table is no prose: a figure, ≥90%, 三级指标."""
    is_number = is_figure(text) and not _ROW_NUMBER.fullmatch(text)
    return is_number or is_bound(text[:1]) or text.endswith(_OF_TARGETS)


def _paragraphs(text: str, wraps: bool) -> list[str]:
    """Return the paragraphs of a cell: its lines, joined where one wraps into the next."""
    lines = [line.strip() for line in text.split("\n")]
    longest = max(map(len, lines))
    found: list[str] = []
    for before, line in zip(["。", *lines], lines, strict=False):
        heading = NUMBERING.match(before) and len(before) < SHORT * longest and not _STOP.search(before)
        if not wraps or heading or before.endswith("。") or NUMBERING.match(line):
            found.append(line)
        else:
            found[-1] += line
    return list(filter(None, found))
