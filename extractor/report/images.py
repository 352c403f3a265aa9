"""Choose the parts of pages that are shown with each table.

A page with several tables is cut between them, so that no part of it is embedded twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.errors import DocumentError
from extractor.report.drawer import Drawer
from extractor.report.render_pages import PageToDraw, Strip
from extractor.report.wording import DatasetRow

LIMIT = 24_000_000  # bytes of images per document; base64 adds a third
MARGIN = 6.0  # points around a table where a page is cut


class Extent(NamedTuple):
    """The vertical extent of a table on one page, in points from the top of the page."""

    table_id: str
    page: int
    top: float
    bottom: float


class Images(NamedTuple):
    """Strips by table id in reading order, and the missing pages: `beyond` the `LIMIT`, or impossible to draw."""

    strips: Mapping[str, list[Strip]]
    beyond: list[int]
    undrawn: list[int]


def extents_of(tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]]) -> list[Extent]:
    """Return the extents of tables: of the whole table on its first page, of its amounts on the following pages."""
    found: list[Extent] = []
    for table in tables:
        boxes: dict[int, list[tuple[float, float]]] = defaultdict(list)
        if table["top"] is not None and table["bottom"] is not None:
            boxes[table["first_page"]].append((table["top"], table["bottom"]))
        for item in items.get(table["table_id"], ()):
            if item["top"] is not None and item["bottom"] is not None:
                boxes[item["page"]].append((item["top"], item["bottom"]))
        for page, ranges in sorted(boxes.items()):
            found.append(Extent(table["table_id"], page, min(r[0] for r in ranges), max(r[1] for r in ranges)))
    return found


def cut(extents: Sequence[Extent], height: float) -> list[tuple[str, float, float]]:
    """Return (table id, top, bottom) for each table of a page: each strip includes the space above its table (the title).

    Args:
        extents: The tables of the page.
        height: Height of the page in points.
    """
    ordered = sorted(extents, key=lambda e: (e.top, e.bottom))
    cuts: list[tuple[str, float, float]] = []
    above = 0.0
    for index, extent in enumerate(ordered):
        last = index == len(ordered) - 1
        bottom = height if last else min(height, max(extent.bottom + MARGIN, above))
        cuts.append((extent.table_id, max(0.0, min(above, extent.top - MARGIN)), bottom))
        above = max(above, bottom)
    return cuts


def page_images(data: bytes, name: str, extents: Sequence[Extent], first: set[int], drawer: Drawer) -> Images:
    """Return the images of the pages with tables.

    Args:
        data: The PDF.
        name: The document's name in error messages.
        extents: The extents of its tables.
        first: Pages to draw first, since the limit may be reached: those with contradictions.
        drawer: Draws the pages.
    """
    by_page: dict[int, list[Extent]] = defaultdict(list)
    for extent in extents:
        by_page[extent.page].append(extent)
    order = sorted(by_page, key=lambda p: (p not in first, p))
    strips: dict[str, list[Strip]] = defaultdict(list)
    drawn: set[int] = set()
    used = 0
    try:
        sizes = drawer.page_sizes(data, name, order)
        pages_to_draw = [PageToDraw(*size, tuple(cut(by_page[size.number], size.height))) for size in sizes]
        for chunk in drawer.draw(data, name, pages_to_draw):
            for table_id, strip in chunk:
                if used >= LIMIT and strip.page not in drawn:
                    continue
                used += len(strip.uri) * 3 // 4
                drawn.add(strip.page)
                strips[table_id].append(strip)
    except DocumentError:
        return Images(_ordered(strips), [], sorted(set(by_page) - drawn))
    return Images(_ordered(strips), sorted(set(by_page) - drawn), [])


def _ordered(strips: Mapping[str, list[Strip]]) -> dict[str, list[Strip]]:
    return {table_id: sorted(own, key=lambda s: s.page) for table_id, own in strips.items()}
