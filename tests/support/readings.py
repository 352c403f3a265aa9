"""Office files made by tests → what their reader saw, as plain texts."""

from __future__ import annotations

from extractor.grids.grid import PageLayout, Reading
from extractor.grids.readers import read_layouts
from extractor.source.source import Source, sniff

# A table as small as may be, as the writers of `format_writers` take it, and its texts as they come back.
ROWS = [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "1.5")]
CONTENT = [["项目", "预算数", "合计", "1.5"]]


def reading_of(data: bytes | str) -> Reading:
    """Read a file's bytes, or a text's, by the reader of their kind."""
    content = data.encode() if isinstance(data, str) else data
    return read_layouts(Source("预算", "", sniff(content), content))


def layouts_of(data: bytes | str) -> list[PageLayout]:
    return reading_of(data).layouts


def grids(layouts: list[PageLayout]) -> list[list[str]]:
    """Return the texts of each grid's cells that are not blank."""
    return [[cell.text for cell in grid.cells if cell.text] for layout in layouts for grid in layout.grids]


def lines(layouts: list[PageLayout]) -> list[str]:
    """Return the lines outside the grids."""
    return [line.text for layout in layouts for line in layout.lines]
