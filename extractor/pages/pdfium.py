"""PDF → pages by PDFium: the everyday reader, on pypdfium2's raw calls.

Characters come with loose boxes: tight ones misplace commas.
"""

from __future__ import annotations

import ctypes
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.errors import DamagedError, DocumentError, EncryptedError, NotADocumentError
from extractor.notation.figures import FIGURE, UNREAD, sets_negatives_in_red
from extractor.notation.units import MONEY
from extractor.pages import pdfium_calls as calls
from extractor.pages.appearances import count_bare_notes, has_notes_in_layers, lacks_fields
from extractor.pages.char_table import Flags, char_table, codes_of, text_of
from extractor.pages.page import Box, Chars, Page, rule_of
from extractor.pages.pdfium_annotations import flatten, strokes_out
from extractor.pages.pdfium_direction import MAX_SKEW, find_turned_over, sample_direction
from extractor.pages.pdfium_display import find_suspects, find_unseen, has_layers
from extractor.pages.pdfium_glyphs import Fonts, lying_fonts, read_glyphs
from extractor.pages.pdfium_marks import Marks, Sight, read_marks
from extractor.pages.pdfium_red import find_red_digits
from extractor.pages.pdfium_rules import Drawing, Floats, Matrix, placed, read_drawing
from extractor.pages.pdfium_watermarks import find_watermarks
from extractor.pages.raised import with_marks

MIN_RULES = 4  # a page with fewer has no ruled table
MIN_FIGURES = 3
MIN_LINE, MAX_LINE = 6.0, 40.0  # points: heights of a line of text
LEAST_PICTURE = 0.1  # of a page that states a unit and prints no figures: its table is a picture of that size
_UNIT_LINE = re.compile(rf"单\s?位\s?[:：]?\s*(?:人民币)?(?:{MONEY})")
BLANKS = frozenset(
    "\0\t\n\r\f\v \xa0\u3000\ufffe\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
)
_BLANKS = char_table("".join(BLANKS))
_HYPHEN = 2  # by which PDFium marks one that ends a line
_FIGURE_HEIGHT, _FIGURE_WIDTH = (4.0, 20.0), 150.0  # points, of a drawn figure or one of its digits
SHOWN_SCALE = 2.0  # pixels a point
PAPER = 0xC0  # of 255: ink is darker in one colour at least
ASIDE, PALE = 4, 12  # pixels beside a line, from which it differs by more of 255 in one colour
UNMAPPED = frozenset((0, 0xFFFE, 0xFFFF))
# Bounds of what is read, each well beyond any real budget: past them, a file is an attack or no budget.
MAX_PAGES = 5_000
MAX_SIDE = 14_400.0  # points: the largest page that the PDF standard allows
MAX_CHARS = 500_000  # of a page


class Hints(NamedTuple):
    """What a file as a whole says of its pages.

    Attributes:
        layered: It has layers that may be off.
        lying: The fonts whose maps are wrong about digits; None if any may be.
        undrawn: It leaves it to its viewer to draw fields of its form.
        bare_notes: How many notes with figures it leaves to its viewer to draw.
        red_negatives: A page of it says that figures in red are below zero.
        layered_notes: It has annotations in layers, of which any may be off.
    """

    layered: bool
    lying: frozenset[bytes] | None
    undrawn: bool = False
    bare_notes: int = 0
    red_negatives: bool = False
    layered_notes: bool = False


NO_HINTS = Hints(layered=False, lying=frozenset())
UNKNOWN = Hints(layered=True, lying=None)
_HINTING = (
    b"/OCProperties",
    b"/ToUnicode",
    b"/AcroForm",
    b"/FreeText",
    b"/ObjStm",
)  # of which a file has one, or says nothing of its pages


def read_hints(data: bytes) -> Hints:
    """Read what a PDF as a whole says of its pages; of one too damaged to tell, the worst is taken as true."""
    if not any(key in data for key in _HINTING):
        return NO_HINTS
    import pikepdf  # noqa: PLC0415 - documents of other kinds do without

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            layered = has_layers(document)
            return Hints(
                layered,
                lying_fonts(document),
                lacks_fields(document),
                count_bare_notes(document),
                layered_notes=layered and has_notes_in_layers(document),
            )
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, TypeError, ValueError, RuntimeError, KeyError):
        return UNKNOWN


@cache
def initialise() -> None:
    """Make this process one that reads: PDFium takes every font that is neither embedded nor its own from this package.

    Without a Chinese font PDFium finds no outline for a character, and drops each text of one character: 类, 款, 项 in
    cells of their own, and whole numbers that are set digit by digit. With one, boxes would differ from machine to machine.

    PDFium has one state for the whole process: documents that anybody has open die of this, and pages that anybody
    draws later lack the machine's fonts. So it is for processes of our own, workers and commands; a second call does
    nothing more.
    """
    folder = ctypes.create_string_buffer(os.fsencode(Path(__file__).parent))
    folders = (ctypes.POINTER(ctypes.c_char) * 2)()  # the second stays null: the end of the list
    folders[0] = ctypes.cast(folder, ctypes.POINTER(ctypes.c_char))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=folders))


class OpenPage(pdfium.PdfPage):  # type: ignore[misc]
    """A page without pypdfium2's finalizers, which would take longer than closing it: its document does that."""

    def __init__(self, document: OpenPdf, number: int) -> None:
        self.raw = raw.FPDF_LoadPage(document.raw, number - 1)
        self.pdf, self.formenv = document, None
        if not self.raw:
            raise pdfium.PdfiumError("Failed to load page.")

    def close(self) -> None:
        """Close it."""
        raw.FPDF_ClosePage(self.raw)


class OpenPdf(pdfium.PdfDocument):  # type: ignore[misc]
    """A PDF of which the page read last stays open, and with it the fonts that the next page has too.

    Attributes:
        fonts: Those of the page read last.
        page: The page read last.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.fonts = Fonts()
        self.page: OpenPage | None = None

    def load(self, number: int) -> OpenPage:
        """Load a page and keep it open, and close the last one."""
        page = OpenPage(self, number)
        self.close_page()
        self.fonts.turn()
        self.page = page
        return page

    def close_page(self) -> None:
        """Close the page read last, as has to be done before the document is closed."""
        if self.page is not None:
            self.page.close()
        self.page = None


@contextmanager
def open_pdf(data: bytes, name: str) -> Iterator[OpenPdf]:
    """Open a PDF for reading.

    Args:
        data: The file's bytes.
        name: How error messages call the file.

    Raises:
        EncryptedError: A user password is needed.
        DamagedError: PDFium cannot open it.
        NotADocumentError: It has no pages.
        DocumentError: It has more pages than any budget.
        RuntimeError: `initialise` was not called: the machine's fonts would decide what is read.
    """
    if not initialise.cache_info().currsize:
        raise RuntimeError("PDFium has the machine's fonts; call extractor.pages.pdfium.initialise() first")
    try:
        document = OpenPdf(data)
    except pdfium.PdfiumError:
        error = _refusal(data)
        if "password" in str(error).lower():
            raise EncryptedError(
                f"{name}: asks for a password; expected a PDF that opens without one: remove its user password first"
            ) from error
        raise DamagedError(
            f"{name}: begins like a PDF, but cannot be opened ({error}); it is truncated or damaged: download it again"
        ) from error
    try:
        if len(document) == 0:
            raise NotADocumentError(f"{name}: a PDF without pages; expected at least one: download it again")
        if len(document) > MAX_PAGES:
            raise DocumentError(
                f"{name}: has {len(document):,} pages; expected at most {MAX_PAGES:,}: split it into documents"
            )
        yield document
    finally:
        document.close_page()
        document.close()


def _refusal(data: bytes) -> pdfium.PdfiumError:
    """Return why PDFium refuses a file; another error is provoked first, for its last one outlives the file it was about."""
    last = pdfium.PdfiumError("it opened the second time")
    for content in (b"%PDF-", data):
        try:
            pdfium.PdfDocument(content).close()
        except pdfium.PdfiumError as error:
            last = error
    return last


def read_page(document: OpenPdf, number: int, hints: Hints = NO_HINTS) -> Page:
    """Read one page.

    Args:
        document: An open PDF.
        number: 1-based page number.
        hints: What the file as a whole says of its pages.

    Raises:
        NotADocumentError: The page's own dictionary or content cannot be loaded.
        DocumentError: It is larger, or holds more, than any page of a budget.
    """
    try:
        page = document.load(number)
    except pdfium.PdfiumError as error:
        raise NotADocumentError(f"page {number} cannot be loaded ({error}); the file is damaged") from error
    strokes = strokes_out(page)
    if flatten(page):
        page = document.load(number)
    return _read(page, number, hints, document.fonts, strokes)


class TextPage:
    """PDFium's text of a page: a handle alone, for pypdfium2's objects take as long as a tenth of loading it."""

    def __init__(self, handle: Any) -> None:
        self.raw = handle

    def __enter__(self) -> TextPage:
        return self

    def __exit__(self, *_: object) -> None:
        raw.FPDFText_ClosePage(self.raw)


def _text_of(page: Any) -> TextPage:
    handle = raw.FPDFText_LoadPage(page.raw)
    if not handle:
        raise pdfium.PdfiumError("Failed to load text page.")
    return TextPage(handle)


class _Text(NamedTuple):
    """What a page's text says, and of the page as it stands upright.

    Attributes:
        shown: What is displayed: one character for each of PDFium's indices, blanks for those that are not.
        chars: The displayed characters; none where the page can hold no table.
        by_shape: How many characters were read by their outlines.
        hidden: How many sampled characters are drawn invisibly.
        left_out: How many figures are not displayed.
        boxed: The page may hold a table.
        place: From the file's coordinates to those of the upright page.
        width: In points.
        height: In points.
        turned: Degrees clockwise beyond the page's own rotation.
        images: The boxes of its pictures.
        picture: The box around them where they cover the page.
    """

    shown: str
    chars: Chars
    by_shape: int
    hidden: int
    left_out: int
    boxed: bool
    place: Matrix[float]
    width: float
    height: float
    turned: int
    images: list[Box]
    picture: Box | None


def _read(
    page: Any, number: int, hints: Hints, fonts: Fonts, strokes: Sequence[tuple[float, float, float, float]]
) -> Page:
    box = page.get_bbox()
    side = max(box[2] - box[0], box[3] - box[1])
    if side > MAX_SIDE:
        raise DocumentError(f"page {number} is {side:,.0f} points long; expected at most {MAX_SIDE:,.0f}")
    drawing = read_drawing(calls.address(page.raw), number)
    text = _read_text(page, number, box, drawing, hints, fonts)
    rules = placed(drawing.rules, text.place) if text.boxed else drawing.rules[:0]
    drawn = placed(_figure_sized(drawing), text.place) if len(rules) >= MIN_RULES else rules[:0]
    lines = np.concatenate((rules, placed(np.array(strokes), text.place))) if strokes else rules
    marks = _marks(page, text, lines, drawn, drawing)
    by_shape = text.by_shape + marks.read
    return Page(
        number,
        text.width,
        text.height,
        text.shown,
        marks.chars,
        tuple(map(rule_of, rules.tolist())),
        text.turned,
        text.hidden,
        text.picture,
        drawing.paths,
        sum(_is_strip(image) for image in text.images),
        reading="shapes" if by_shape else "pdfium",
        left_out=text.left_out + len(marks.struck),
        by_shape=by_shape,
        drawn=tuple(map(Box._make, drawn[~_hold_text(drawn, text.chars)].tolist())),
        touched=tuple(map(Box._make, marks.touched.tolist())),
        struck=tuple(map(Box._make, marks.struck.tolist())),
    )


def _read_text(
    page: Any, number: int, box: tuple[float, float, float, float], drawing: Drawing, hints: Hints, fonts: Fonts
) -> _Text:
    with _text_of(page) as text_page:
        count = raw.FPDFText_CountChars(text_page.raw)
        if count > MAX_CHARS:
            raise DocumentError(f"page {number} has {count:,} characters; expected at most {MAX_CHARS:,}")
        own = fonts.of(drawing.texts.items)
        owners = calls.objects_of_chars(calls.address(text_page.raw), count)
        text, by_shape = read_glyphs(page, text_page, owners, _text(text_page, count), own, hints.lying)
        direction, hidden, skew = sample_direction(text_page, owners, text)
        own_rotation = page.get_rotation()
        rotation = own_rotation if direction is None else direction
        place = _placing(box, rotation)
        width, height = (box[2] - box[0], box[3] - box[1])[:: 1 if rotation % 180 == 0 else -1]
        images = [*map(Box._make, placed(drawing.images, place).tolist())]
        picture = _picture_with_tables(images, text, width, height)
        boxed = len(drawing.rules) >= MIN_RULES or has_figures(text) or picture is not None
        if picture is None:
            _require_upright(number, skew, text)
        shown, chars, unseen, beside = text, Chars.of(()), np.zeros(len(text), bool), np.zeros(len(text), bool)
        if boxed:
            unseen, broken = _unseen(page, text_page, owners, text, drawing, hints.layered, picture is not None)
            unread = broken | find_turned_over(text_page, owners, text, direction)
            if hints.red_negatives or sets_negatives_in_red(text):
                unread |= find_red_digits(drawing.texts.items, owners, text)
            if unseen.any() or unread.any():
                shown = "".join(np.where(unseen, " ", np.where(unread, UNREAD, [*text])))
            chars, beside = _chars(text_page, shown, place, width, height)
    left_out, turned = count_figures(text, unseen | beside), (rotation - own_rotation) % 360
    return _Text(shown, chars, by_shape, hidden, left_out, boxed, place, width, height, turned, images, picture)


def _require_upright(number: int, skew: float, text: str) -> None:
    if skew > MAX_SKEW and has_figures(text):
        raise DocumentError(
            f"page {number} stands {skew:.1f} degrees aslant, and its rows cannot be told: print it upright"
        )


def _unseen(
    page: Any, text_page: TextPage, owners: calls.Handles, text: str, drawing: Drawing, layered: bool, pictured: bool
) -> tuple[Flags, Flags]:
    """Return which characters the page does not display, or displays as a watermark; and which break a figure that it does."""
    inks = calls.four_of_each(calls.fill_colour_of, drawing.texts.items, np.uint32)
    suspects = find_suspects(drawing, inks, owners, text, layered, pictured)
    unseen = broken = np.zeros(len(text), bool)
    if len(suspects.items):
        unseen, broken = find_unseen(page, text_page, owners, text, suspects)
    watermarks = find_watermarks(drawing, inks[0], text_page)
    return (unseen | calls.are_among(owners, np.sort(watermarks)) if len(watermarks) else unseen), broken


def _marks(page: Any, text: _Text, lines: Floats, drawn: Floats, drawing: Drawing) -> Marks:
    """Return the characters with the marks that are drawn, and the figures that lines strike out."""
    if not text.boxed:
        return Marks(text.chars, lines[:0], 0, lines[:0])
    specks, slants = (placed(boxes, text.place) for boxes in (drawing.specks, drawing.slants))
    picture = cache(lambda: _picture_of(page, text.turned))
    sight = Sight(partial(_shows, picture), partial(_stands_out, picture))
    return read_marks(text.chars, lines, drawn, specks, sight, slants)


def _shows(picture: Callable[[], NDArray[np.uint8]], box: Floats) -> bool:
    """Return whether a page's picture shows anything but paper in a box."""
    x0, top, x1, bottom = (max(0, round(side * SHOWN_SCALE)) for side in box.tolist())
    return bool((picture()[max(0, top - 1) : bottom + 1, x0 : x1 + 1].min(axis=2) < PAPER).any())


def _stands_out(picture: Callable[[], NDArray[np.uint8]], line: Floats) -> bool:
    """Return whether most of a level line differs in a page's picture from what is above and below it."""
    x0, y, x1, _ = (max(0, round(side * SHOWN_SCALE)) for side in line.tolist())
    columns = picture()[max(0, y - ASIDE) : y + ASIDE + 1, x0:x1].astype(int)
    differ = [np.abs(columns - paper).max(axis=2) > PALE for paper in (columns[:1], columns[-1:])]
    return bool((differ[0] & differ[1]).any(axis=0).mean() > 0.5) if columns.size else True


def _picture_of(page: Any, turned: int) -> NDArray[np.uint8]:
    bitmap = page.render(scale=SHOWN_SCALE, rotation=turned, may_draw_forms=False)
    try:
        return np.array(bitmap.to_numpy()[:, :, :3])
    finally:
        bitmap.close()


def _is_strip(image: Box) -> bool:
    """Return whether an image is as high as a line of text, and longer."""
    height = image.bottom - image.top
    return MIN_LINE <= height <= MAX_LINE and image.x1 - image.x0 >= 2 * height


def _picture_with_tables(images: Sequence[Box], text: str, width: float, height: float) -> Box | None:
    """Return the box around the pictures of a page that cover it, or may be the table of which it states the unit alone."""
    picture = covering_picture(images, width, height)
    if picture is None and images and states_unit(text) and not has_figures(text):
        picture = covering_picture(images, width, height, LEAST_PICTURE)
    return picture


def covering_picture(images: Sequence[Box], width: float, height: float, least: float = 0.5) -> Box | None:
    """Return the box around all images if they cover more than a share of the page; scanners cut one page into strips."""
    shown = [Box(max(0.0, b.x0), max(0.0, b.top), min(width, b.x1), min(height, b.bottom)) for b in images]
    shown = [b for b in shown if b.x1 > b.x0 and b.bottom > b.top]
    if sum((b.x1 - b.x0) * (b.bottom - b.top) for b in shown) <= least * width * height:
        return None
    return Box(
        min(b.x0 for b in shown), min(b.top for b in shown), max(b.x1 for b in shown), max(b.bottom for b in shown)
    )


def _figure_sized(drawing: Drawing) -> Floats:
    """Return the boxes of what is drawn within a page's rules as large as a figure or a digit: outlines and pictures."""
    if not len(drawing.outlines) and not len(drawing.images):  # as on most pages
        return drawing.images
    boxes = np.concatenate((drawing.outlines, drawing.images))
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    x, y = boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1)
    rules = drawing.rules
    inside = (x > rules[:, 0].min()) & (x < rules[:, 2].max()) & (y > rules[:, 1].min()) & (y < rules[:, 3].max())
    sized = (height > _FIGURE_HEIGHT[0]) & (height < _FIGURE_HEIGHT[1]) & (width > 1) & (width < _FIGURE_WIDTH)
    chosen: Floats = boxes[inside & sized]
    return chosen


def _hold_text(boxes: Floats, chars: Chars) -> Flags:
    """Return which boxes have text in them: frames of labels in charts."""
    if not len(boxes):
        return np.zeros(0, bool)
    middles = (chars.boxes[:, :2] + chars.boxes[:, 2:]) / 2
    holding = [bool(((middles > box[:2]) & (middles < box[2:])).all(axis=1).any()) for box in boxes]
    return np.array(holding, bool)


def has_figures(text: str) -> bool:
    """Return whether a page prints enough free-standing figures to hold a table; prose has its figures in sentences."""
    figures = (word for word in text.split() if FIGURE.fullmatch(word))
    return len([*islice(figures, MIN_FIGURES)]) == MIN_FIGURES


def states_unit(text: str) -> bool:
    """Return whether a page says in which unit of money its table is: 单位：万元."""
    return _UNIT_LINE.search(text) is not None


def _text(text_page: Any, count: int) -> str:
    """Return one character for each of PDFium's character indices."""
    handle = text_page.raw
    text = calls.text_of_page(calls.address(handle), count)
    if len(text) == count and "\0" not in text:
        return text
    # Characters that PDFium leaves out of its text (unmapped glyphs) shift the rest: ask for each by its index.
    codes = (raw.FPDFText_GetUnicode(handle, index) for index in range(count))
    return "".join(chr(code) if _is_character(code) else "\ufffd" for code in codes)


def _is_character(code: int) -> bool:
    """Return whether a font's map leads to a character: damaged ones lead to halves of one, or beyond all."""
    return code not in UNMAPPED and not 0xD800 <= code <= 0xDFFF and code <= sys.maxunicode


def quarter_turns(page: Any, text_page: Any) -> int:
    """Return by how many quarters clockwise a page must be turned, beyond its own /Rotate, for its text to stand upright."""
    count = raw.FPDFText_CountChars(text_page.raw)
    owners = calls.objects_of_chars(calls.address(text_page.raw), count)
    direction, _, _ = sample_direction(text_page, owners, _text(text_page, count))
    return 0 if direction is None else (direction - page.get_rotation()) % 360 // 90


def _placing(box: tuple[float, float, float, float], rotation: int) -> Matrix[float]:
    """Return the matrix from PDF space to points from the top left of the page as displayed."""
    left, bottom, right, top = box
    if rotation == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left)
    if rotation == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom)
    if rotation == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right)
    return (1.0, 0.0, 0.0, -1.0, -left, top)


def count_figures(text: str, chosen: Flags) -> int:
    """Return how many figures some of a page's characters are."""
    if not chosen.any():
        return 0
    words = "".join(char if is_one else " " for char, is_one in zip(text, chosen.tolist(), strict=True)).split()
    return sum(FIGURE.fullmatch(word) is not None for word in words)


def _chars(text_page: Any, text: str, place: Matrix[float], width: float, height: float) -> tuple[Chars, Flags]:
    """Box the characters in stream order; PDFium's own blanks and line ends come through as one blank.

    Returns:
        Those on the page, and which are beside it.
    """
    count = len(text)
    sides, known = calls.boxes_of_chars(calls.address(text_page.raw), np.arange(count, dtype=np.int32))
    codes = codes_of(text).copy()
    blank = _BLANKS[codes]
    codes[blank], codes[codes == _HYPHEN] = ord(" "), ord("-")
    boxes = placed(sides.astype(float), place)
    boxes[blank] = 0.0
    left, top, right, bottom = boxes.T
    # A cell merged over many pages carries its text on each of them, most of it off the page.
    kept = blank | (known & (bottom > -1) & (bottom < height + bottom - top))
    kept &= blank | ((left + right > 0) & (left + right < 2 * width))
    if not kept.all():
        codes, boxes = codes[kept], boxes[kept]
    plain = text_of(codes)
    return Chars(with_marks(plain, boxes), boxes, [1.0] * len(plain)), ~kept
