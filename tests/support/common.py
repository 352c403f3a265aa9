"""The corpora, sample documents and small things that tests of several stages share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.grids.grid import Cell, Grid, PageLayout, TextLine
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.items import read_items
from extractor.tables import assemble
from extractor.tables.fragments import read_drafts
from extractor.tables.phase import read_phase
from extractor.tables.table import Table
from extractor.vocabulary.vocabulary import Vocabulary

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples"
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
FACTS = Facts(2026, "budget", "示例局", "department", None, None)


def contents(folder: Folder) -> dict[str, object]:
    """Return all of a dataset that does not depend on where and when documents were read."""
    parts = [n for n in folder.names("") if n.endswith(".parquet") and not n.startswith("documents/")]
    rows = read_rows(folder, "documents").drop_columns(["path", "source_url", "seconds", "first_seen", "last_read"])
    return {**{n: folder.read(n) for n in parts}, "documents": rows.to_pylist()}


def grid_of(rows: list[list[str | tuple[str, int, int]]], page: int = 1, x0: float = 50, top: float = 100) -> Grid:
    """Make a grid from rows of texts; (text, row span, column span) covers more than one cell."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for entry in row:
            while (number, column) in taken:
                column += 1
            text, tall, wide = entry if isinstance(entry, tuple) else (entry, 1, 1)
            taken |= {(r, c) for r in range(number, number + tall) for c in range(column, column + wide)}
            left, upper = x0 + 60 * column, top + 20 * number
            cells.append(Cell(number, column, tall, wide, text, left, upper, left + 60 * wide, upper + 20 * tall))
            column += wide
            width = max(width, column)
    return Grid(page, "pdfium", x0, top, x0 + 60 * width, top + 20 * len(rows), len(rows), width, tuple(cells))


def layout(*grids: Grid, lines: tuple[str, ...] = (), page: int = 1) -> PageLayout:
    above = tuple(TextLine(t, 50, 20 + 20 * n, 300, 30 + 20 * n) for n, t in enumerate(lines))
    return PageLayout(page, 600, 800, "\n".join(lines), grids, above)


def items_of(tables: list[Table], vocabulary: Vocabulary) -> list[LineItem]:
    return read_items("d" * 64, tables, FACTS, vocabulary)


def read_tables(layouts: Sequence[PageLayout], vocabulary: Vocabulary, document_id: str = "d" * 64) -> list[Table]:
    """Return the tables of a document as `judge` reads them."""
    drafts = read_drafts(layouts, vocabulary)
    phase = read_phase(layouts, [draft.head.surroundings.title for draft in drafts])
    return assemble.read_tables(document_id, drafts, phase, vocabulary)
