"""One page as a picture, with a frame around every figure that was read, in the colour of its verdict.

Two processes of our own make it, under the limits of readers: one knows how the page is turned, for which it must put a placeholder in
place of the machine's fonts, and one draws it with these. The caller's process and its PDFium stay as they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable
from contextlib import closing
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

from extractor.contract import Verdict
from extractor.errors import DocumentError
from extractor.jobs.confined import Confined
from extractor.jobs.limits import Limits
from extractor.report.page_sizes import page_sizes
from extractor.report.render_pages import PageToDraw, render
from extractor.source.source import Source

# Those of the report on paper (`templates/report.css`).
COLOURS: dict[Verdict, str] = {
    "proven": "#2c6e5a",
    "rounded": "#376a9e",
    "uncovered": "#847d6f",
    "contradicted": "#b3261e",
}
MARKED = "#f4c542"
OPACITY, MARKED_OPACITY = 40, 110  # of 255, within a frame
INSET = 1.0  # points between the edges of a cell and its frame, so that neighbours stay apart
LIMITS = Limits(seconds=60.0)


def draw_page(source: Source, number: int, items: Iterable[dict[str, Any]], marked: Collection[str]) -> Image.Image:
    """Return a picture of a page.

    Args:
        source: The PDF.
        number: The page, from 1.
        items: Its rows of `line_items`.
        marked: The ids of those to mark.

    Raises:
        DocumentError: The page cannot be drawn, or not in time.
    """
    with Confined(LIMITS) as reading:
        sizes = json.loads(reading.call(source.name, page_sizes, source.data, source.name, [number]))
    if not sizes:
        raise DocumentError(f"{source.name}: page {number} cannot be drawn; look at it in a viewer")
    _, turned, width, height = sizes[0]
    place = PageToDraw(number, turned, width, height, cuts=())
    with Confined(
        LIMITS
    ) as drawing:  # another process: where pages are read, they cannot be drawn with the machine's fonts
        content = drawing.call(source.name, _picture, source.data, place)
    picture = Image.open(io.BytesIO(content), formats=["PNG"]).convert("RGBA")
    across = picture.width / place.width
    layer = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(layer)
    for item in items:
        if item["x0"] is None:
            continue
        colour, opacity = COLOURS[item["verdict"]], OPACITY
        if item["item_id"] in marked:
            colour, opacity = MARKED, MARKED_OPACITY
        draw.rectangle(
            _inside(item, across), fill=f"{colour}{opacity:02x}", outline=COLOURS[item["verdict"]], width=round(across)
        )
    return Image.alpha_composite(picture, layer).convert("RGB")


def _inside(item: dict[str, Any], across: float) -> tuple[float, float, float, float]:
    """Return the frame of a figure within its cell, in pixels."""
    left, top, right, bottom = (item[side] * across for side in ("x0", "top", "x1", "bottom"))
    inset = min(INSET * across, (right - left) / 4, (bottom - top) / 4)
    return left + inset, top + inset, right - inset, bottom - inset


def _picture(data: bytes, place: PageToDraw) -> bytes:
    """Return a page as PNG, drawn with the machine's fonts."""
    stream = io.BytesIO()
    with closing(pypdfium2.PdfDocument(data)) as document:
        render(document, place).save(stream, format="PNG")
    return stream.getvalue()
