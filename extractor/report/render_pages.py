"""Draw page images with the machine's fonts.

The reading stages replace the machine's fonts in PDFium by a placeholder (`pages/pdfium.py`) for the life of the process.
Pages are therefore drawn in separate processes, which import no reading stage; a page that hangs or crashes its process
costs the images of one document.
"""

from __future__ import annotations

import base64
import io
import multiprocessing as mp
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.pool import Pool
from typing import NamedTuple

import pypdfium2 as pdfium
from PIL import Image

SCALE = 2.0  # pixels a point: 144 dpi, at which 6-point figures are legible
MAX_SIDE = 2000  # pixels: larger pages (A3, posters) are rendered coarser
LEVELS = 8  # per channel: printed text stays sharp, and a lossless page of text takes 20 to 40 kB
MAX_LOSSLESS = 150_000  # bytes: a larger image is a scan or a picture
LOSSY_QUALITY = 50
MARGIN = 12.0  # points of white kept around the ink
CHUNK = 8  # pages per task
SECONDS = 60.0  # wall-clock limit of a task; most take less than one second

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
    """The part of a page that is shown with a table, without white margins, in points; `uri` is the image as a data URI."""

    page: int
    x0: float
    top: float
    width: float
    height: float
    uri: str


class Drawer:
    """The drawing processes; a context manager."""

    def __init__(self, workers: int) -> None:
        """Set the number of processes; they start at the first call of `draw`."""
        self._workers = workers
        self._pool: Pool | None = None

    def __enter__(self) -> Drawer:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def draw(self, data: bytes, pages_to_draw: Sequence[PageToDraw]) -> Iterator[list[tuple[str, Strip]]]:
        """Yield the strips of `CHUNK` pages at a time, in the given order, each with its table's id.

        Args:
            data: The PDF.
            pages_to_draw: The pages and their strips.

        Raises:
            TimeoutError: A page could not be drawn, or not in time; strips that were yielded before are valid.
        """
        if self._pool is None:
            self._pool = mp.get_context("spawn").Pool(self._workers, signal.signal, (signal.SIGINT, signal.SIG_IGN))
        chunks = [pages_to_draw[n : n + CHUNK] for n in range(0, len(pages_to_draw), CHUNK)]
        tasks = [self._pool.apply_async(_draw, (data, chunk)) for chunk in chunks]
        try:
            for task in tasks:
                yield task.get(SECONDS)
        except (mp.TimeoutError, pdfium.PdfiumError) as error:
            self._end()
            raise TimeoutError("a page cannot be drawn") from error

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._pool = None


def _draw(data: bytes, pages_to_draw: Sequence[PageToDraw]) -> list[tuple[str, Strip]]:
    document = pdfium.PdfDocument(data)
    try:
        return [found for page_to_draw in pages_to_draw for found in _strips(document, page_to_draw)]
    finally:
        document.close()


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
        yield table_id, Strip(page_to_draw.number, x0, y0, x1 - x0, y1 - y0, _uri(image.crop(box)))


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


def _uri(image: Image.Image) -> str:
    """Return an image as a data URI: lossless WebP with few levels for text, lossy WebP for scans and pictures."""
    stream = io.BytesIO()
    image.point(_ROUNDED).save(stream, format="WEBP", lossless=True, quality=30, method=1)
    if len(stream.getvalue()) > MAX_LOSSLESS:
        lossy = io.BytesIO()
        image.save(lossy, format="WEBP", quality=LOSSY_QUALITY, method=2)
        stream = min(stream, lossy, key=lambda s: len(s.getvalue()))
    return "data:image/webp;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
