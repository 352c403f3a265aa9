"""Which parts of which pages are shown with a table.

A page that carries several tables is cut between them, so that no part of it is embedded twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.errors import DocumentError
from extractor.pages.pdfium import open_pdf, read_page
from extractor.report.render_pages import Drawer, PageToDraw, Strip
from extractor.report.wording import DatasetRow

LIMIT = 24_000_000  # bytes of images a document; base64 makes a third more of it
MARGIN = 6.0  # points kept around a table where a page is cut


class Extent(NamedTuple):
    """Where a table lies on one page: points from the page's top."""

    table_id: str
    page: int
    top: float
    bottom: float


class Images(NamedTuple):
    """Strips by table, in reading order, and the pages that are missing: beyond `LIMIT`, or impossible to draw."""

    strips: Mapping[str, list[Strip]]
    beyond: list[int]
    undrawn: list[int]


def extents_of(tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]]) -> list[Extent]:
    """Return where tables lie: their own box on their first page, the amounts' boxes on the following ones."""
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
    """Cut one page among its tables, top to bottom: each gets what stands above it (its title) and itself."""
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
    """Return the images of the pages that carry tables.

    Args:
        data: The PDF.
        name: How error messages call it.
        extents: Where its tables lie.
        first: Pages to draw first, in case the limit is reached: those with contradictions.
        drawer: Draws.
    """
    by_page: dict[int, list[Extent]] = defaultdict(list)
    for extent in extents:
        by_page[extent.page].append(extent)
    order = sorted(by_page, key=lambda p: (p not in first, p))
    strips: dict[str, list[Strip]] = defaultdict(list)
    drawn: set[int] = set()
    used = 0
    try:
        pages_to_draw = _pages_to_draw(data, name, order, by_page)
        for chunk in drawer.draw(data, pages_to_draw):
            for table_id, strip in chunk:
                if used >= LIMIT and strip.page not in drawn:
                    continue
                used += len(strip.uri) * 3 // 4
                drawn.add(strip.page)
                strips[table_id].append(strip)
    except (DocumentError, TimeoutError):
        return Images(_ordered(strips), [], sorted(set(by_page) - drawn))
    return Images(_ordered(strips), sorted(set(by_page) - drawn), [])


def _pages_to_draw(
    data: bytes, name: str, order: Sequence[int], by_page: Mapping[int, Sequence[Extent]]
) -> list[PageToDraw]:
    with open_pdf(data, name) as document:
        pages = [read_page(document, number) for number in order if number <= len(document)]
    return [PageToDraw(p.number, p.turned, p.width, p.height, tuple(cut(by_page[p.number], p.height))) for p in pages]


def _ordered(strips: Mapping[str, list[Strip]]) -> dict[str, list[Strip]]:
    return {table_id: sorted(own, key=lambda s: s.page) for table_id, own in strips.items()}
