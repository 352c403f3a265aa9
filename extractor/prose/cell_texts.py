"""Prose that a document sets in the cells of a table: a subject on the left, the sentences about it on the right."""

from __future__ import annotations

import re

from extractor.grids.grid import Grid
from extractor.notation.figures import IN_SENTENCE, is_bound, is_figure
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import clean, narrow
from extractor.notation.units import MONEY

_STATES_MONEY = re.compile(rf"{IN_SENTENCE}\s?(?:{MONEY})[^。]*。")
_ROW_NUMBER = re.compile(r"\d{1,2}")
_OF_TARGETS = "指标"  # a form's goals are no prose on its second page either


def cell_texts(grid: Grid) -> list[str]:
    """Return the paragraphs in a grid's cells, in reading order; none of a grid with a figure of its own, or of targets."""
    texts = [clean(cell.text) for cell in grid.cells]
    if any(_is_of_a_table(text) for text in texts) or not any(_STATES_MONEY.search(narrow(text)) for text in texts):
        return []
    return [paragraph for cell in grid.cells for paragraph in _paragraphs(cell.text)]


def _is_of_a_table(text: str) -> bool:
    """Return whether a cell shows that its table is no prose: a figure, ≥90%, 三级指标."""
    is_number = is_figure(text) and not _ROW_NUMBER.fullmatch(text)
    return is_number or is_bound(text[:1]) or text.endswith(_OF_TARGETS)


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a cell: its lines, joined where one wraps into the next."""
    found: list[str] = []
    for line in text.split("\n"):
        if not found or found[-1].endswith("。") or NUMBERING.match(line):
            found.append(line.strip())
        else:
            found[-1] += line.strip()
    return list(filter(None, found))
