"""Draw page images with the machine's fonts.

The reading stages replace the machine's fonts in PDFium by a placeholder (`pages/pdfium.py`) for the life of the process.
Pages are therefore drawn in processes that do not read (`drawer.py`), by code that imports no reading stage.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import pypdfium2 as pdfium
from PIL import Image

from extractor.errors import DocumentError

SCALE = 2.0  # pixels a point: 144 dpi, at which 6-point figures are legible
MAX_SIDE = 2000  # pixels: larger pages (A3, posters) are rendered coarser
LEVELS = 8  # per channel: printed text stays sharp, and a lossless page of text takes 25 to 60 kB
MAX_LOSSLESS = 200_000  # bytes: a larger image is a scan or a picture
LOSSY_QUALITY = 50
MARGIN = 12.0  # points of white kept around the ink

_INK = [255 if v < 200 else 0 for v in range(256)]
_ROUNDED = [round(round(v * (LEVELS - 1) / 255) * 255 / (LEVELS - 1)) for v in range(256)] * 3


class PageToDraw(NamedTuple):
    """One page to draw.

    Attributes:
        number: 1-based.
        turned: Degrees clockwise by which it is turned in addition to its /Rotate.
        width: Width in points after turning, like `height`.
        cuts: (table_id, top, bottom) of each strip, in points from the top.
    """

    number: int
    turned: int
    width: float
    height: float
    cuts: tuple[tuple[str, float, float], ...]


class Strip(NamedTuple):
    """The part of a page that is shown with a table, without white margins, in points, and its image as WebP."""

    page: int
    x0: float
    top: float
    width: float
    height: float
    image: bytes


def draw(data: bytes, pages_to_draw: Sequence[PageToDraw]) -> bytes:
    """Return the strips of pages, each with its table's id, as JSON; images are in base64.

    Args:
        data: The PDF.
        pages_to_draw: The pages and their strips.

    Raises:
        DocumentError: A page cannot be drawn.
    """
    try:
        with closing(pdfium.PdfDocument(data)) as document:
            strips = [found for page_to_draw in pages_to_draw for found in _strips(document, page_to_draw)]
    except pdfium.PdfiumError as error:
        raise DocumentError(f"a page cannot be drawn ({error})") from error
    return json.dumps(strips, default=lambda image: b64encode(image).decode()).encode()


def render(document: pdfium.PdfDocument, page_to_draw: PageToDraw) -> Image.Image:
    """Return a picture of a whole page, upright."""
    page = document[page_to_draw.number - 1]
    try:
        scale = min(SCALE, MAX_SIDE / max(page_to_draw.width, page_to_draw.height))
        image: Image.Image = page.render(scale=scale, rotation=page_to_draw.turned).to_pil().convert("RGB")
    finally:
        page.close()
    return image


def _strips(document: pdfium.PdfDocument, page_to_draw: PageToDraw) -> Iterator[tuple[str, Strip]]:
    image = render(document, page_to_draw)
    across = image.width / page_to_draw.width
    for table_id, top, bottom in page_to_draw.cuts:
        upper = round(top * across)
        lower = min(image.height, max(upper + 1, round(bottom * across)))
        box = _trimmed(image, (0, upper, image.width, lower), round(MARGIN * across))
        x0, y0, x1, y1 = (v / across for v in box)
        yield table_id, Strip(page_to_draw.number, x0, y0, x1 - x0, y1 - y0, _webp(image.crop(box)))


def _trimmed(image: Image.Image, box: tuple[int, int, int, int], margin: int) -> tuple[int, int, int, int]:
    """Return the part of a box that has ink, with a margin; the whole box where it is blank."""
    ink = image.crop(box).convert("L").point(_INK).getbbox()
    if ink is None:
        return box
    left, upper, right, lower = box
    return (
        max(left, left + ink[0] - margin),
        max(upper, upper + ink[1] - margin),
        min(right, left + ink[2] + margin),
        min(lower, upper + ink[3] + margin),
    )


def _webp(image: Image.Image) -> bytes:
    """Return an image as lossless WebP with few levels for text, as lossy WebP for scans and pictures.

    What has no colour is stored without: its levels are a palette. The least effort takes a quarter of the time of the next, and
    half as many bytes again.
    """
    stream = io.BytesIO()
    image.point(_ROUNDED).save(stream, format="WEBP", lossless=True, quality=30, method=0)
    if len(stream.getvalue()) > MAX_LOSSLESS:
        lossy = io.BytesIO()
        image.save(lossy, format="WEBP", quality=LOSSY_QUALITY, method=2)
        stream = min(stream, lossy, key=lambda s: len(s.getvalue()))
    return stream.getvalue()
