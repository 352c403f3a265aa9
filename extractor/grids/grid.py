"""`Grid`, the boundary type: every stage after it works on grids alone and is tested without a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.contract import ReadBy

# Readings of formats without geometry: their cells stand on a raster of units that only says order and indent.
UNPLACED = frozenset(("docx", "xlsx", "html", "text"))


class Cell(NamedTuple):
    """One cell of a grid.

    Attributes:
        row: 0-based row of its top left corner.
        column: 0-based column of its top left corner.
        row_span: Number of grid rows that it covers, 1 or more.
        column_span: Number of grid columns that it covers, 1 or more.
        text: Its lines in reading order, joined by newlines; an amount wrapped inside the cell is one line again.
        x0: Left edge in points from the page's left.
        top: Top edge in points from the page's top.
        x1: Right edge.
        bottom: Bottom edge.
        indent: Points between the left edge and the first character; 0 when the cell is empty.
        confidence: 0 to 1, of its least sure character where it was recognised in a picture; None where it was not.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    indent: float = 0.0
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A rectangle of cells on one page.

    Attributes:
        page: 1-based page number.
        reading: The reader that saw it.
        x0: Left edge in points; and `top`, `x1`, `bottom`.
        rows: Number of rows.
        columns: Number of columns.
        cells: Every cell once, ordered by row, then column; spans cover the grid without overlap.
        ruled: Whether rulings drew the cells; otherwise alignment did.
        continues_right: Whether it is a further part of a wide sheet; its labels are those of an earlier page.
    """

    page: int
    reading: ReadBy
    x0: float
    top: float
    x1: float
    bottom: float
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    ruled: bool = True
    continues_right: bool = False


class TextLine(NamedTuple):
    """One line of text on a page that belongs to no grid: titles, unit lines, notes, prose."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What is read of one page: its grids from top to bottom, and the lines outside them.

    `text` is all of the page's text in stream order; `lines` is empty on a page of prose. `scanned` marks a page that is
    an image without usable text, and was not recognised; `reading` is the page's, and
    `confidence` the mean of its characters where they were recognised. `left_out` counts the figures of its text that it
    does not display, `by_shape` the characters that were read by their shapes,
    `drawn` the outlines and pictures within its tables, as large as figures, that nobody read, `unexplained` the empty
    cells that show something.
    """

    page: int
    width: float
    height: float
    text: str
    grids: tuple[Grid, ...]
    lines: tuple[TextLine, ...]
    scanned: bool = False
    reading: ReadBy = "pdfium"
    confidence: float | None = None
    left_out: int = 0
    by_shape: int = 0
    drawn: int = 0
    unexplained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw of one document.

    Attributes:
        layouts: Every page that could be read, in order.
        page_errors: A reason for each page, or content of one, that could not be read: the document is partial.
        warnings: What is wrong with the file as a whole: the document is partial.
        notes: What the format itself does not show, such as hidden rows.
        ink: For each page of which the ink in its tables was measured: how many pixels are explained, and how many there are.
    """

    layouts: list[PageLayout]
    page_errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ink: list[tuple[int, int]] = field(default_factory=list)
