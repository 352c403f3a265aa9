"""camelot: its lattice by its vector engine, and its stream of aligned texts where nothing is ruled.

It parses PDFs with playa, which shares no code with PDFium.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from extractor.grids.grid import Cell, Grid, PageLayout


def read_camelot(data: bytes, pages: Sequence[int], *, ruled_alone: bool = False) -> Iterator[PageLayout]:
    """Read the ruled grids of some pages by camelot, or the aligned ones of a page without any.

    Args:
        data: A PDF's bytes.
        pages: 1-based page numbers.
        ruled_alone: Read no aligned ones: for them, each page is laid out once more.

    Yields:
        The same types as the everyday reader; lines outside the grids are not read.
    """
    ruled = _read(data, pages, flavor="lattice", engine="vector", split_text=True, layout_kwargs={"boxes_flow": None})
    bare = [number for number in pages if number not in ruled and not ruled_alone]
    aligned = _read(data, bare, flavor="stream") if bare else {}
    for number in pages:
        tables = ruled.get(number) or aligned.get(number, [])
        width, height = tables[0].pdf_size if tables else (0.0, 0.0)
        grids = tuple(_grid(table, number, height, number in ruled) for table in tables)
        ordered = tuple(sorted(grids, key=lambda g: (g.top, g.x0)))
        yield PageLayout(number, width, height, "", ordered, ())


def _read(data: bytes, pages: Sequence[int], **options: Any) -> dict[int, list[Any]]:
    """Return the tables of each page that has any."""
    import camelot.io  # noqa: PLC0415 - costs a second, and the everyday path never needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # camelot warns of pages without tables
        tables = camelot.io.read_pdf(data, pages=",".join(map(str, pages)), **options)
    found: dict[int, list[Any]] = {}
    for table in tables:
        found.setdefault(table.page, []).append(table)
    return found


def _grid(table: Any, number: int, height: float, ruled: bool) -> Grid:
    """Merge camelot's elementary cells where no border lies between them; its y axis points up."""
    source = table.cells
    rows, columns = len(source), len(source[0])
    taken = [[False] * columns for _ in range(rows)]
    cells: list[Cell] = []
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            wide = 1
            while (
                column + wide < columns and not source[row][column + wide - 1].right and not taken[row][column + wide]
            ):
                wide += 1
            tall = 1
            while row + tall < rows and not any(source[row + tall - 1][c].bottom for c in range(column, column + wide)):
                tall += 1
            block = [source[r][c] for r in range(row, row + tall) for c in range(column, column + wide)]
            for r in range(row, row + tall):
                taken[r][column : column + wide] = [True] * wide
            text = "\n".join(own for c in block if (own := c.text.strip()))
            left, right = min(c.x1 for c in block), max(c.x2 for c in block)
            top, bottom = height - max(c.y2 for c in block), height - min(c.y1 for c in block)
            cells.append(Cell(row, column, tall, wide, text, left, top, right, bottom))
    x0, top = min(c.x0 for c in cells), min(c.top for c in cells)
    x1, bottom = max(c.x1 for c in cells), max(c.bottom for c in cells)
    return Grid(number, "camelot", x0, top, x1, bottom, rows, columns, tuple(cells), ruled)
