"""Pages that are pictures: which pages of a PDF have no usable text, and how their pictures and image files are read.

The text layer is taken wherever there is one; only a page without is recognised. What decides, page by page, is
`lacks_text`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.errors import DocumentError, NotADocumentError
from extractor.pages.models import is_installed
from extractor.pages.page import Box, Page
from extractor.pages.pdfium import (
    MAX_PAGES,
    MIN_FIGURES,
    MIN_RULES,
    NO_HINTS,
    Hints,
    OpenPdf,
    has_figures,
    read_page,
    states_unit,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRANGE = re.compile("[\x00-\x1f\x7f-\u024f\ue000-\uf8ff\ufff0-\U0010ffff]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
IMAGE_KINDS = frozenset(("png", "jpeg", "tiff"))
REMEDY = "pip install 'budget-extractor[ocr]'"
MIN_WORDS = 4  # a page-wide image with fewer words on it is a scan; a page number alone does not count
MIN_STRIPS = 12  # images as high as a line: fewer are ornaments
MOST_BESIDE = 4  # Chinese characters of text for each of them: headings, whose font was at hand too
MIN_OUTLINES = 200  # paths on a page without text: fewer are rules and ornaments
MIN_DPI, MAX_DPI = 200, 300  # less blurs 小五 print, more adds nothing
MAX_PIXELS = 6000  # of the longer side: a poster is read at fewer dpi
MAX_IMAGE_PIXELS = 120_000_000  # pixels: a larger image is an attack, not a page
A4_HEIGHT = 842.0  # points


def lacks_text(page: Page) -> bool:
    """Return whether the text layer of a page is of no use, so that only its picture can be read.

    That is so where hardly a word lies on page-wide images; where its lines are pictures but for the figures in them,
    whose font alone was at hand; where a page without words is drawn in outlines; where
    the layer's characters are mostly none (fonts without a map to Unicode); and where an invisible layer, some other
    program's recognition, prints figures: the rulings are in the picture alone, and nobody knows how sure it was. An
    invisible layer of prose is taken as it is. Where all figures of a layer are under the picture, or the page states
    a unit and prints no figures beside its picture, they are in that.
    """
    if page.reading == "ocr":
        return False
    words = page.text.split()
    if page.picture is not None:
        if len(words) < MIN_WORDS or _words_on(page, page.picture) < MIN_WORDS:
            return True
        invisible = 2 * page.hidden > len("".join(words))
        if invisible and len(page.rules) < MIN_RULES and has_figures(page.text):
            return True
        if not has_figures(page.text) and (page.left_out >= MIN_FIGURES or states_unit(page.text)):
            return True
    if has_pictured_lines(page):
        return True
    if not words and page.paths >= MIN_OUTLINES:
        return True
    return _is_garbled("".join(words), page.by_shape)


def has_pictured_lines(page: Page) -> bool:
    """Return whether the lines of a page are pictures, of which text are the figures and a few headings alone."""
    return page.strips >= MIN_STRIPS and len(_CHINESE.findall(page.text)) < MOST_BESIDE * page.strips


def _words_on(page: Page, picture: Box) -> int:
    words, inside = 0, False
    for char in page.chars:
        if char.text == " ":
            inside = False
            continue
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        on = picture.x0 <= x <= picture.x1 and picture.top <= y <= picture.bottom
        words += on and not inside
        inside = inside or on
    return words


def _is_garbled(text: str, by_shape: int) -> bool:
    """Return whether characters that mean nothing here outnumber the Chinese ones: those were lost to a font without a map.

    Such are unmapped and private-use characters, controls, and the accented Latin letters that GBK bytes turn into; and
    beside no Chinese character, those that were read by their shapes.
    """
    strange = len(_STRANGE.findall(text))
    if not strange:  # as in most
        return False
    chinese = len(_CHINESE.findall(text))
    strange += 0 if chinese else by_shape
    return strange > chinese and 5 * strange > len(text)


def read_pdf_page(document: OpenPdf, number: int, hints: Hints = NO_HINTS) -> Page:
    """Read one page of a PDF: its text layer, or its picture where that is all there is and the extra is installed.

    Args:
        document: An open PDF.
        number: 1-based page number.
        hints: What the file as a whole says of its pages.

    Raises:
        NotADocumentError: The page cannot be loaded.
    """
    page = read_page(document, number, hints)
    if not lacks_text(page):
        return _with_drawn_figures(document, page) if (page.drawn or page.touched) and is_installed() else page
    if not is_installed():
        return page
    if page.picture is None and not has_pictured_lines(page) and not _can_be_drawn(document, number):
        return page
    from extractor.pages.ocr import read_picture  # noqa: PLC0415 - documents without scans pay nothing for it

    picture, dpi = _rendered(document, number)
    return read_picture(picture, number, dpi)


def _with_drawn_figures(document: pdfium.PdfDocument, page: Page) -> Page:
    from extractor.pages.drawn_figures import read_drawn_figures  # noqa: PLC0415 - needs the extra

    return read_drawn_figures(document, page)


def _rendered(document: pdfium.PdfDocument, number: int) -> tuple[NDArray[Any], float]:
    """Return the picture of a page (rows, columns, BGR), as sharp as its sharpest image within limits, and its dpi."""
    page = document[number - 1]
    try:
        sharpest = 0.0
        for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
            left, _, right, _ = image.get_bounds()
            if right - left > page.get_width() / 4:
                sharpest = max(sharpest, max(image.get_px_size()) * 72 / max(right - left, 1.0))
        dpi = min(max(sharpest, MIN_DPI), MAX_DPI, MAX_PIXELS * 72 / max(page.get_size()))
        bitmap = page.render(scale=dpi / 72, rev_byteorder=False)
        try:
            return bitmap.to_numpy()[:, :, :3].copy(), dpi
        finally:
            bitmap.close()
    finally:
        page.close()


def _can_be_drawn(document: pdfium.PdfDocument, number: int) -> bool:
    """Return whether PDFium knows the glyphs of a page; a font that is not embedded is drawn as boxes here."""
    page = document[number - 1]
    try:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
            font = raw.FPDFTextObj_GetFont(item.raw)
            if font and raw.FPDFFont_GetIsEmbedded(font) == 0:
                return False
    finally:
        page.close()
    return True


def read_image_pages(data: bytes, name: str) -> Iterator[Page]:
    """Read the pages of an image file; a TIFF may have several.

    Raises:
        DocumentError: The extra is not installed.
        NotADocumentError: The image is damaged or far too large.
    """
    if not is_installed():
        raise DocumentError(f"{name}: is an image, and reading images is an extra; install it: {REMEDY}")
    from extractor.pages.ocr import read_picture  # noqa: PLC0415 - documents without scans pay nothing for it

    for number, (picture, dpi) in enumerate(_pictures(data, name), 1):
        yield read_picture(picture, number, dpi)


def _pictures(data: bytes, name: str) -> Iterator[tuple[NDArray[Any], float]]:
    import cv2  # noqa: PLC0415 - only image files need it
    import numpy as np  # noqa: PLC0415
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(data)) as image:
            if (frames := getattr(image, "n_frames", 1)) > MAX_PAGES:
                raise NotADocumentError(f"{name}: has {frames:,} pages; expected at most {MAX_PAGES:,}: split it")
            for frame in ImageSequence.Iterator(image):
                if frame.width * frame.height > MAX_IMAGE_PIXELS:
                    raise NotADocumentError(
                        f"{name}: has {frame.width} x {frame.height} pixels; expected a page: scan it at 300 dpi"
                    )
                dpi = _dpi_of(frame.info.get("dpi"), max(frame.size))
                upright = ImageOps.exif_transpose(frame).convert("RGBA")
                paper = Image.new("RGBA", upright.size, "white")
                paper.alpha_composite(upright)
                array = np.asarray(paper.convert("RGB"))[:, :, ::-1]
                wanted = min(max(dpi, MIN_DPI), MAX_DPI, MAX_PIXELS * dpi / max(frame.size))
                if min(array.shape[:2]) * wanted / dpi < 1:
                    raise NotADocumentError(f"{name}: has {frame.width} x {frame.height} pixels; expected a page")
                if wanted != dpi:
                    array = cv2.resize(array, None, fx=wanted / dpi, fy=wanted / dpi, interpolation=cv2.INTER_CUBIC)
                yield np.ascontiguousarray(array, dtype=np.uint8), wanted
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotADocumentError(f"{name}: cannot be opened as an image ({error}); download it again") from error


def _dpi_of(stated: Any, longer_side: int) -> float:
    """Return the dpi that an image states, if a sheet of paper results; else those that make it as high as A4."""
    dpi = float(stated[1]) if stated else 0.0
    if dpi > 0 and A4_HEIGHT / 3 < longer_side * 72 / dpi < A4_HEIGHT * 3:
        return dpi
    return longer_side * 72 / A4_HEIGHT
