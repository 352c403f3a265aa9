"""Page images: the strip of each page that belongs to a table, rendered by PDFium, embedded as data URIs.

A page that carries several tables is cut between them, so that no part of it is embedded twice.
"""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from PIL import Image

from extractor.errors import DocumentError
from extractor.pages.pdfium import open_pdf, read_page
from extractor.report.wording import Row

SCALE = 2.0  # pixels a point: 144 dpi, at which 6-point figures are legible
LONGEST_SIDE = 2000  # pixels: larger pages (A3, posters) are rendered coarser
LEVELS = 8  # a channel: printed text stays sharp, and a lossless page of it takes 20 to 40 kB
LARGEST_LOSSLESS = 150_000  # bytes: what is larger is a scan or a picture
LOSSY_QUALITY = 50
LIMIT = 24_000_000  # bytes of images a document; base64 makes a third more of it
MARGIN = 6.0  # points kept around a table where a page is cut

_INK = [255 if v < 200 else 0 for v in range(256)]
_ROUNDED = [round(round(v * (LEVELS - 1) / 255) * 255 / (LEVELS - 1)) for v in range(256)] * 3


class Extent(NamedTuple):
    """Where a table lies on one page: points from the page's top."""

    table_id: str
    page: int
    top: float
    bottom: float


class Strip(NamedTuple):
    """The part of a page that is shown with a table, its white margins trimmed, in points; `uri` holds the image."""

    page: int
    x0: float
    top: float
    width: float
    height: float
    uri: str


def extents_of(tables: Sequence[Row], items: Mapping[str, Sequence[Row]]) -> list[Extent]:
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


def render_strips(
    data: bytes, name: str, extents: Sequence[Extent], first: set[int]
) -> tuple[dict[str, list[Strip]], list[int]]:
    """Render the pages that carry tables.

    Args:
        data: The PDF.
        name: How error messages call it.
        extents: Where its tables lie.
        first: Pages to render first, in case the limit is reached: those with contradictions.

    Returns:
        Strips by table, in reading order, and the pages left out because of `LIMIT`.
    """
    by_page: dict[int, list[Extent]] = defaultdict(list)
    for extent in extents:
        by_page[extent.page].append(extent)
    strips: dict[str, list[Strip]] = defaultdict(list)
    left_out: list[int] = []
    used = 0
    try:
        with open_pdf(data, name) as document:
            for number in sorted(by_page, key=lambda p: (p not in first, p)):
                if used >= LIMIT or number > len(document):
                    left_out.append(number)
                    continue
                for table_id, strip in _page_strips(document, number, by_page[number]):
                    used += len(strip.uri) * 3 // 4
                    strips[table_id].append(strip)
    except DocumentError:
        return {}, sorted(by_page)
    return {t: sorted(s, key=lambda x: x.page) for t, s in strips.items()}, sorted(left_out)


def _page_strips(document: object, number: int, extents: Sequence[Extent]) -> Iterator[tuple[str, Strip]]:
    shape = read_page(document, number)
    page = document[number - 1]  # type: ignore[index]
    try:
        scale = min(SCALE, LONGEST_SIDE / max(shape.width, shape.height))
        image = page.render(scale=scale, rotation=shape.turned).to_pil().convert("RGB")
    finally:
        page.close()
    across = image.width / shape.width
    for table_id, top, bottom in cut(extents, shape.height):
        upper, lower = round(top * across), max(round(top * across) + 1, round(bottom * across))
        box = _trimmed(image, (0, upper, image.width, min(lower, image.height)))
        x0, y0, x1, y1 = (v / across for v in box)
        yield table_id, Strip(number, x0, y0, x1 - x0, y1 - y0, _uri(image.crop(box)))


def _trimmed(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return the part of a box that carries ink, with a margin; the box where it is all white."""
    ink = image.crop(box).convert("L").point(_INK).getbbox()
    if ink is None:
        return box
    left, upper, right, lower = box
    margin = round(2 * MARGIN * SCALE)
    return (
        max(left, left + ink[0] - margin),
        max(upper, upper + ink[1] - margin),
        min(right, left + ink[2] + margin),
        min(lower, upper + ink[3] + margin),
    )


def _uri(image: Image.Image) -> str:
    """Encode an image as lossless WebP of few levels, or as lossy WebP where it is no page of text."""
    stream = io.BytesIO()
    image.point(_ROUNDED).save(stream, format="WEBP", lossless=True, quality=30, method=1)
    if len(stream.getvalue()) > LARGEST_LOSSLESS:
        lossy = io.BytesIO()
        image.save(lossy, format="WEBP", quality=LOSSY_QUALITY, method=2)
        stream = min(stream, lossy, key=lambda s: len(s.getvalue()))
    return "data:image/webp;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
