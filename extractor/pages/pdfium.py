"""PDF → pages by PDFium: the everyday reader, on pypdfium2's raw calls.

Characters come with loose boxes (tight ones misplace commas), rulings from stroked segments, thin filled
rectangles and thin images, through form XObjects with their matrices composed.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.errors import EncryptedError, NotADocumentError
from extractor.pages.page import Box, Char, Page, Rule

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
THIN = 3.0  # points: a filled rectangle no thicker is a rule, a thicker one is background
SHORTEST_RULE = 3.0  # points: shorter strokes are glyph outlines, ticks and dash remains
SLANT = 1.0  # points: a stroke that leaves its axis by more is no rule
FEWEST_RULES = 4  # a page with fewer has no ruled table
FEWEST_FIGURES = 3
SAMPLE_STEP = 8  # characters looked at for direction and visibility: one in so many
BLANKS = frozenset("\0\t\n\r\f\v \xa0\u3000\ufffe\ufeff\u200b")
UNMAPPED = frozenset((0, 0xFFFE, 0xFFFF))
_FIGURE = re.compile(r"(?<!\S)[-－(（△]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?[)）]?(?!\S)")
MAX_FORM_DEPTH = 12  # forms that nest deeper are attacks, not tables


def _use_placeholder_font() -> None:
    """Let PDFium take every font that is neither embedded nor its own from this package, whatever the machine has.

    Without a Chinese font PDFium finds no outline for a character, and drops each text of one character: 类, 款, 项 in
    cells of their own, and whole numbers that are set digit by digit. With one, boxes would differ from machine to machine.
    """
    folder = ctypes.create_string_buffer(os.fsencode(Path(__file__).parent))
    folders = (ctypes.POINTER(ctypes.c_char) * 2)()  # the second stays null: the end of the list
    folders[0] = ctypes.cast(folder, ctypes.POINTER(ctypes.c_char))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=folders))


_use_placeholder_font()


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that applies `inner` first, then `outer`, in PDF's row-vector convention."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


class _Drawing(NamedTuple):
    """What the page's objects say beside its text."""

    rules: list[Rule]  # in PDF space, y upwards
    images: list[tuple[float, float, float, float]]
    paths: int


@contextmanager
def open_pdf(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF for reading.

    Args:
        data: The file's bytes.
        name: How error messages call the file.

    Raises:
        EncryptedError: A user password is needed.
        NotADocumentError: PDFium cannot open it, or it has no pages.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError(
                f"{name}: asks for a password; expected a PDF that opens without one: remove its user password first"
            ) from error
        raise NotADocumentError(
            f"{name}: begins like a PDF, but cannot be opened ({error}); it is truncated or damaged: download it again"
        ) from error
    try:
        if len(document) == 0:
            raise NotADocumentError(f"{name}: a PDF without pages; expected at least one: download it again")
        yield document
    finally:
        document.close()


def read_page(document: pdfium.PdfDocument, number: int) -> Page:
    """Read one page.

    Args:
        document: An open PDF.
        number: 1-based page number.

    Raises:
        NotADocumentError: The page's own dictionary or content cannot be loaded.
    """
    try:
        page = document[number - 1]
    except pdfium.PdfiumError as error:
        raise NotADocumentError(f"page {number} cannot be loaded ({error}); the file is damaged") from error
    try:
        return _read(page, number)
    finally:
        page.close()


def _read(page: Any, number: int) -> Page:
    box = page.get_bbox()
    drawing = _walk(page)
    text_page = page.get_textpage()
    try:
        text = _text(text_page)
        direction, hidden = _sample(text_page, len(text))
        rotation = page.get_rotation() if direction is None else direction
        place = _placing(box, rotation)
        width, height = box[2] - box[0], box[3] - box[1]
        if rotation % 180:
            width, height = height, width
        picture = _picture(drawing.images, place, width, height)
        boxed = len(drawing.rules) >= FEWEST_RULES or has_figures(text) or picture is not None
        # A cell merged over many pages carries its text on each of them, most of it off the page.
        chars = (
            tuple(c for c in _chars(text_page, text, place) if -1 < c.bottom < height + c.bottom - c.top)
            if boxed
            else ()
        )
    finally:
        text_page.close()
    rules = tuple(_placed_rule(rule, place) for rule in drawing.rules) if boxed else ()
    turned = (rotation - page.get_rotation()) % 360
    return Page(number, width, height, text, chars, rules, turned, hidden, picture, drawing.paths)


def _picture(images: list[tuple[float, float, float, float]], place: Matrix, width: float, height: float) -> Box | None:
    """Return the box around all images if they cover more than half of the page; scanners cut one page into strips."""
    boxes = [Box(*_placed_rule(Rule(*image), place)) for image in images]
    shown = [Box(max(0.0, b.x0), max(0.0, b.top), min(width, b.x1), min(height, b.bottom)) for b in boxes]
    shown = [b for b in shown if b.x1 > b.x0 and b.bottom > b.top]
    if sum((b.x1 - b.x0) * (b.bottom - b.top) for b in shown) <= 0.5 * width * height:
        return None
    return Box(
        min(b.x0 for b in shown), min(b.top for b in shown), max(b.x1 for b in shown), max(b.bottom for b in shown)
    )


def has_figures(text: str) -> bool:
    """Tell whether a page prints enough free-standing figures to hold a table; prose has its figures in sentences."""
    return len(_FIGURE.findall(text)) >= FEWEST_FIGURES


def _text(text_page: Any) -> str:
    """Return one character for each of PDFium's character indices."""
    handle = text_page.raw
    count = raw.FPDFText_CountChars(handle)
    buffer = ctypes.create_string_buffer(2 * (count + 1))
    raw.FPDFText_GetText(handle, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    text = buffer.raw[: 2 * count].decode("utf-16-le", "replace")
    if len(text) == count and "\0" not in text:
        return text
    # Characters that PDFium leaves out of its text (unmapped glyphs) shift the rest: ask for each by its index.
    codes = (raw.FPDFText_GetUnicode(handle, index) for index in range(count))
    return "".join(chr(code) if code not in UNMAPPED else "\ufffd" for code in codes)


def _sample(text_page: Any, count: int) -> tuple[int | None, int]:
    """Return the rotation by which most text reads upright (None without text), and how much text is invisible.

    A page laid sideways carries its text turned, with or without a /Rotate to undo it: the glyphs decide, not the key.
    """
    handle = text_page.raw
    votes = [0, 0, 0, 0]
    hidden = 0
    for index in range(0, count, SAMPLE_STEP):
        item = raw.FPDFText_GetTextObject(handle, index)
        if not item:  # a blank that PDFium generated
            continue
        angle = raw.FPDFText_GetCharAngle(handle, index)
        votes[round(angle / (math.pi / 2)) % 4] += 1
        if raw.FPDFTextObj_GetTextRenderMode(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            hidden += SAMPLE_STEP
    if not any(votes):
        return None, 0
    return (360 - 90 * votes.index(max(votes))) % 360, hidden


def _placing(box: tuple[float, float, float, float], rotation: int) -> Matrix:
    """Return the matrix from PDF space to points from the top left of the page as displayed."""
    left, bottom, right, top = box
    if rotation == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left)
    if rotation == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom)
    if rotation == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right)
    return (1.0, 0.0, 0.0, -1.0, -left, top)


def _placed_rule(rule: Rule, place: Matrix) -> Rule:
    a, b, c, d, e, f = place
    x0, y0 = a * rule.x0 + c * rule.top + e, b * rule.x0 + d * rule.top + f
    x1, y1 = a * rule.x1 + c * rule.bottom + e, b * rule.x1 + d * rule.bottom + f
    return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _chars(text_page: Any, text: str, place: Matrix) -> tuple[Char, ...]:
    """Box the characters in stream order; PDFium's own blanks and line ends come through as one blank."""
    handle = text_page.raw
    box_of = raw.FPDFText_GetLooseCharBox
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    a, b, c, d, e, f = place
    level = b == 0.0
    chars: list[Char] = []
    append = chars.append
    blank = Char(" ", 0.0, 0.0, 0.0, 0.0)
    for index, glyph in enumerate(text):
        if glyph in BLANKS:
            append(blank)
            continue
        if not box_of(handle, index, pointer):
            continue
        if level:
            x0, x1 = a * box.left + e, a * box.right + e
            top, bottom = d * box.top + f, d * box.bottom + f
        else:
            x0, x1 = c * box.bottom + e, c * box.top + e
            top, bottom = b * box.left + f, b * box.right + f
        if x0 > x1:
            x0, x1 = x1, x0
        if top > bottom:
            top, bottom = bottom, top
        # PDFium marks a hyphen that ends a line by U+0002.
        append(Char("-" if glyph == "\x02" else glyph, x0, top, x1, bottom))
    return tuple(chars)


def _walk(page: Any) -> _Drawing:
    """Walk the page's objects, forms included, for rules and images."""
    rules: list[Rule] = []
    images: list[tuple[float, float, float, float]] = []
    matrix = raw.FS_MATRIX()
    corners = tuple(ctypes.c_float() for _ in range(4))
    kind_of = raw.FPDFPageObj_GetType
    paths = 0

    def visit(count: int, get: Any, holder: Any, outer: Matrix, depth: int) -> None:
        nonlocal paths
        for index in range(count):
            item = get(holder, index)
            kind = kind_of(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if kind == raw.FPDF_PAGEOBJ_PATH:
                paths += 1
                _path_rules(item, outer, rules, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                raw.FPDFPageObj_GetMatrix(item, matrix)
                inner = compose((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
                visit(raw.FPDFFormObj_CountObjects(item), raw.FPDFFormObj_GetObject, item, inner, depth + 1)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE and raw.FPDFPageObj_GetBounds(item, *corners):
                box = _bounds(tuple(c.value for c in corners), outer)
                images.append(box)
                _thin(box, rules)

    visit(raw.FPDFPage_CountObjects(page.raw), raw.FPDFPage_GetObject, page.raw, IDENTITY, 0)
    return _Drawing(rules, images, paths)


def _bounds(corners: tuple[float, ...], outer: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = corners
    if outer is IDENTITY:
        return left, bottom, right, top
    a, b, c, d, e, f = outer
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)


def _thin(box: tuple[float, float, float, float], rules: list[Rule]) -> None:
    """Add the centre line of a box that is thin enough to be a rule."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if height <= THIN and width > max(height, SHORTEST_RULE):
        middle = (bottom + top) / 2
        rules.append(Rule(left, middle, right, middle))
    elif width <= THIN and height > max(width, SHORTEST_RULE):
        middle = (left + right) / 2
        rules.append(Rule(middle, bottom, middle, top))


def _path_rules(item: Any, outer: Matrix, rules: list[Rule], matrix: Any) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    if not (fill.value or stroke.value):
        return
    raw.FPDFPageObj_GetMatrix(item, matrix)
    own = compose((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
    for points in _subpaths(item, own):
        if stroke.value:
            for (x0, y0), (x1, y1) in pairwise(points):
                _stroke(x0, y0, x1, y1, rules)
        else:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            _thin((min(xs), min(ys), max(xs), max(ys)), rules)


def _stroke(x0: float, y0: float, x1: float, y1: float, rules: list[Rule]) -> None:
    dx, dy = abs(x1 - x0), abs(y1 - y0)
    if dy <= SLANT and dx > SHORTEST_RULE:
        middle = (y0 + y1) / 2
        rules.append(Rule(min(x0, x1), middle, max(x0, x1), middle))
    elif dx <= SLANT and dy > SHORTEST_RULE:
        middle = (x0 + x1) / 2
        rules.append(Rule(middle, min(y0, y1), middle, max(y0, y1)))


def _subpaths(item: Any, own: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Yield the corner points of each subpath; one with a curve is a drawing, not a rule, and is left out."""
    a, b, c, d, e, f = own
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            curved = True
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points
