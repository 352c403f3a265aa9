"""One page as a picture, with a frame around every figure that was read, in the colour of its verdict.

Two processes of our own make it, under the limits of readers: one knows how the page is turned, for which it must put a placeholder in
place of the machine's fonts, and one draws it with these. The caller's process and its PDFium stay as they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Iterable
from multiprocessing.connection import Connection
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

from extractor.contract import Verdict
from extractor.errors import DocumentError
from extractor.jobs.forkserver import start_server
from extractor.jobs.isolated import end, killed_after, start
from extractor.jobs.limits import Limits, address_space, set_limits
from extractor.pages.pdfium import initialise, open_pdf, read_page
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
MAX_PICTURE = 64 << 20  # bytes


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
    turned, width, height = json.loads(_ask(_serve_place, source, number))
    place = PageToDraw(number, turned, width, height, cuts=())
    content = _ask(_serve_picture, source, place)
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


def _ask(serve: Callable[[Connection], None], source: Source, what: int | PageToDraw) -> bytes:
    """Return what a process answers that was started for this question alone."""
    worker = start(start_server(), serve)
    try:
        with killed_after(worker, LIMITS.seconds):
            worker.pipe.send((source.data, source.name, what))
            return worker.pipe.recv_bytes(MAX_PICTURE)
    except (EOFError, OSError) as error:
        number = what if isinstance(what, int) else what.number
        raise DocumentError(f"{source.name}: page {number} cannot be drawn; look at it in a viewer") from error
    finally:
        end(worker)


def _serve_place(pipe: Connection) -> None:
    """Say how a page is turned, and its size after that: the main function of a process."""
    initialise()
    data, name, number = _task(pipe)
    with open_pdf(data, name) as document:
        page = read_page(document, number)
    pipe.send_bytes(json.dumps([page.turned, page.width, page.height]).encode())


def _serve_picture(pipe: Connection) -> None:
    """Draw a page: the main function of a process."""
    data, _, place = _task(pipe)
    stream = io.BytesIO()
    render(pypdfium2.PdfDocument(data), place).save(stream, format="PNG")
    pipe.send_bytes(stream.getvalue())


def _task(pipe: Connection) -> tuple[bytes, str, Any]:
    base = address_space()
    pipe.send_bytes(b"")
    task: tuple[bytes, str, Any] = pipe.recv()
    set_limits(LIMITS, base)
    return task
