from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.config import Config
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.grids.grid import Cell, Grid

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files; refused in CI")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is refused in CI: rewrite golden files by hand and review the diff")


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.read()


def contents(folder: Folder) -> dict[str, object]:
    """Return all of a dataset that does not depend on where and when documents were read."""
    parts = [n for n in folder.names("") if n.endswith(".parquet") and not n.startswith("documents/")]
    rows = read_rows(folder, "documents").drop_columns(["path", "source_url", "seconds"])
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
