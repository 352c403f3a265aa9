"""pdfplumber: its characters and rules, with background rectangles and doubled glyphs left out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import PageLayout
from extractor.pages.page import Char, Page, Rule

THIN = 3.0  # points: a filled rectangle that is thinner is a rule, a larger one is background


def read_pdfplumber(data: bytes, pages: Sequence[int]) -> Iterator[PageLayout]:
    """Read the ruled grids of some pages by pdfplumber (pdfminer.six).

    Args:
        data: A PDF's bytes.
        pages: 1-based page numbers.

    Yields:
        The same types as the everyday reader, in the document's order.
    """
    import pdfplumber  # noqa: PLC0415 - the everyday path never needs it

    # Opened once, for every opening parses the page tree and the fonts; never closed, for closing parses the tree again.
    for page in pdfplumber.open(io.BytesIO(data), pages=list(pages)).pages:
        chars = tuple(_chars(page))
        rules = tuple(_rules(page))
        text = "".join(char.text for char in chars)  # to lay out its lines takes as long as to find its rules
        width, height = float(page.width), float(page.height)
        page.close()
        layout = read_layout(Page(page.page_number, width, height, text, chars, rules))
        yield replace(layout, grids=tuple(replace(grid, reading="pdfplumber") for grid in layout.grids))


def _chars(page: Any) -> list[Char]:
    chars: list[Char] = []
    for char in page.chars:
        if char["text"].isspace():
            chars.append(Char(" ", 0.0, 0.0, 0.0, 0.0))
        else:
            chars.append(Char(char["text"], char["x0"], char["top"], char["x1"], char["bottom"]))
    return chars


def _rules(page: Any) -> list[Rule]:
    """Return strokes, and filled rectangles that are thin enough to be rules; larger fills are background."""
    rules = [Rule(line["x0"], line["top"], line["x1"], line["bottom"]) for line in page.lines]
    for rect in page.rects:
        x0, top, x1, bottom = rect["x0"], rect["top"], rect["x1"], rect["bottom"]
        if x1 - x0 <= THIN:
            rules.append(Rule((x0 + x1) / 2, top, (x0 + x1) / 2, bottom))
        elif bottom - top <= THIN:
            rules.append(Rule(x0, (top + bottom) / 2, x1, (top + bottom) / 2))
        elif rect["stroke"]:
            rules += [Rule(x0, y, x1, y) for y in (top, bottom)] + [Rule(x, top, x, bottom) for x in (x0, x1)]
    return rules
