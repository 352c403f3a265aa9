"""PDF → pages by PDFium: the everyday reader, on pypdfium2's raw calls.

Characters come with loose boxes (tight ones misplace commas), rulings from stroked segments, thin filled
rectangles and thin images, through form XObjects with their matrices composed.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.errors import DamagedError, DocumentError, EncryptedError, NotADocumentError
from extractor.pages import calls
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
_MOVE, _CURVE = raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_BEZIERTO
MAX_FORM_DEPTH = 12  # forms that nest deeper are attacks, not tables
# Bounds of what is read, each well beyond any real budget: past them, a file is an attack or no budget.
MAX_PAGES = 5_000
MAX_SIDE = 14_400.0  # points: the largest page that the PDF standard allows
MAX_CHARS = 500_000  # of a page
MAX_OBJECTS = 500_000  # of a page, those in forms included


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
        DamagedError: PDFium cannot open it.
        NotADocumentError: It has no pages.
        DocumentError: It has more pages than any budget.
    """
    try:
        document = pdfium.PdfDocument(data)
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


def read_page(document: pdfium.PdfDocument, number: int) -> Page:
    """Read one page.

    Args:
        document: An open PDF.
        number: 1-based page number.

    Raises:
        NotADocumentError: The page's own dictionary or content cannot be loaded.
        DocumentError: It is larger, or holds more, than any page of a budget.
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
    sides = box[2] - box[0], box[3] - box[1]
    if max(sides) > MAX_SIDE:
        raise DocumentError(f"page {number} is {max(sides):,.0f} points long; expected at most {MAX_SIDE:,.0f}")
    drawing = _walk(page, number)
    text_page = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(text_page.raw)
        if count > MAX_CHARS:
            raise DocumentError(f"page {number} has {count:,} characters; expected at most {MAX_CHARS:,}")
        text = _text(text_page, count)
        direction, hidden = _sample(text_page, len(text))
        rotation = page.get_rotation() if direction is None else direction
        place = _placing(box, rotation)
        width, height = sides if rotation % 180 == 0 else sides[::-1]
        picture = _picture(drawing.images, place, width, height)
        boxed = len(drawing.rules) >= FEWEST_RULES or has_figures(text) or picture is not None
        chars = _chars(text_page, text, place, height) if boxed else ()
    finally:
        text_page.close()
    rules = tuple(_placed(drawing.rules, place)) if boxed else ()
    turned = (rotation - page.get_rotation()) % 360
    return Page(number, width, height, text, chars, rules, turned, hidden, picture, drawing.paths)


def _picture(images: list[tuple[float, float, float, float]], place: Matrix, width: float, height: float) -> Box | None:
    """Return the box around all images if they cover more than half of the page; scanners cut one page into strips."""
    boxes = [Box(*rule) for rule in _placed([Rule(*image) for image in images], place)]
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


def _text(text_page: Any, count: int) -> str:
    """Return one character for each of PDFium's character indices."""
    handle = text_page.raw
    buffer = ctypes.create_string_buffer(2 * (count + 1))
    raw.FPDFText_GetText(handle, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    text = buffer.raw[: 2 * count].decode("utf-16-le", "replace")
    if len(text) == count and "\0" not in text:
        return text
    # Characters that PDFium leaves out of its text (unmapped glyphs) shift the rest: ask for each by its index.
    codes = (raw.FPDFText_GetUnicode(handle, index) for index in range(count))
    return "".join(chr(code) if _is_character(code) else "\ufffd" for code in codes)


def _is_character(code: int) -> bool:
    """Tell whether a font's map leads to a character: damaged ones lead to halves of one, or beyond all."""
    return code not in UNMAPPED and not 0xD800 <= code <= 0xDFFF and code <= sys.maxunicode


def _sample(text_page: Any, count: int) -> tuple[int | None, int]:
    """Return the rotation by which most text reads upright (None without text), and how much text is invisible.

    A page laid sideways carries its text turned, with or without a /Rotate to undo it: the glyphs decide, not the key.
    """
    handle = calls.address(text_page.raw)
    votes = [0, 0, 0, 0]
    hidden = 0
    for index in range(0, count, SAMPLE_STEP):
        item = calls.object_of_char(handle, index)
        if not item:  # a blank that PDFium generated
            continue
        angle = calls.angle_of_char(handle, index)
        votes[round(angle / (math.pi / 2)) % 4] += 1
        if calls.render_mode_of(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
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


def _placed(rules: list[Rule], place: Matrix) -> Iterator[Rule]:
    a, b, c, d, e, f = place
    new = tuple.__new__
    for x0, y0, x1, y1 in rules:
        left, right = a * x0 + c * y0 + e, a * x1 + c * y1 + e
        top, bottom = b * x0 + d * y0 + f, b * x1 + d * y1 + f
        if left > right:
            left, right = right, left
        if top > bottom:
            top, bottom = bottom, top
        yield new(Rule, (left, top, right, bottom))


def _chars(text_page: Any, text: str, place: Matrix, height: float) -> tuple[Char, ...]:
    """Box the characters in stream order; PDFium's own blanks and line ends come through as one blank."""
    handle, box_of = calls.address(text_page.raw), calls.loose_box_of
    sides = (ctypes.c_float * (4 * len(text)))()  # left, top, right and bottom of each: FS_RECTF
    start = ctypes.addressof(sides)
    count = len(text)
    found = [box_of(handle, index, start + 16 * index) for index in range(count)]
    a, b, c, d, e, f = place
    if b == 0.0:
        x0s, x1s = [a * x + e for x in sides[0::4]], [a * x + e for x in sides[2::4]]
        tops, bottoms = [d * y + f for y in sides[1::4]], [d * y + f for y in sides[3::4]]
    else:
        x0s, x1s = [c * y + e for y in sides[3::4]], [c * y + e for y in sides[1::4]]
        tops, bottoms = [b * x + f for x in sides[0::4]], [b * x + f for x in sides[2::4]]
    chars: list[Char] = []
    append, new = chars.append, tuple.__new__
    blank = Char(" ", 0.0, 0.0, 0.0, 0.0)
    for glyph, known, left, right, upper, lower in zip(text, found, x0s, x1s, tops, bottoms, strict=True):
        if glyph in BLANKS:
            append(blank)
            continue
        x0, x1 = (left, right) if left <= right else (right, left)
        top, bottom = (upper, lower) if upper <= lower else (lower, upper)
        # A cell merged over many pages carries its text on each of them, most of it off the page.
        if known and -1 < bottom < height + bottom - top:
            # PDFium marks a hyphen that ends a line by U+0002.
            append(new(Char, ("-" if glyph == "\x02" else glyph, x0, top, x1, bottom, 1.0)))
    return tuple(chars)


def _walk(page: Any, number: int) -> _Drawing:
    """Walk the page's objects, forms included, for rules and images.

    Raises:
        DocumentError: There are too many.
    """
    drawing = _Drawing([], [], 0)
    sides = (ctypes.c_float * 4)()
    corners = [ctypes.addressof(sides) + 4 * index for index in range(4)]
    path = _Path()
    visited = paths = 0

    def visit(count: int, get: Any, holder: int, outer: Matrix, depth: int) -> None:
        nonlocal visited, paths
        visited += max(0, count)
        if visited > MAX_OBJECTS:
            raise DocumentError(f"page {number} draws more than {MAX_OBJECTS:,} objects")
        for index in range(count):
            item = get(holder, index)
            kind = calls.kind_of(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if kind == raw.FPDF_PAGEOBJ_PATH:
                paths += 1
                path.add_rules(item, outer, drawing.rules)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                inner = compose(path.matrix_of(item), outer)
                visit(calls.objects_of_form(item), calls.object_of_form, item, inner, depth + 1)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE and calls.bounds_of(item, *corners):
                left, bottom, right, top = sides[:]
                box = _bounds((left, bottom, right, top), outer)
                drawing.images.append(box)
                _thin(box, drawing.rules)

    handle = calls.address(page.raw)
    visit(calls.objects_of_page(handle), calls.object_of_page, handle, IDENTITY, 0)
    return drawing._replace(paths=paths)


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


def _stroke(x0: float, y0: float, x1: float, y1: float, rules: list[Rule]) -> None:
    dx, dy = abs(x1 - x0), abs(y1 - y0)
    if dy <= SLANT and dx > SHORTEST_RULE:
        middle = (y0 + y1) / 2
        rules.append(Rule(min(x0, x1), middle, max(x0, x1), middle))
    elif dx <= SLANT and dy > SHORTEST_RULE:
        middle = (x0 + x1) / 2
        rules.append(Rule(middle, min(y0, y1), middle, max(y0, y1)))


class _Path:
    """Reads one path after the other into the same buffers."""

    def __init__(self) -> None:
        self._matrix, self._mode = (ctypes.c_float * 6)(), (ctypes.c_int * 2)()
        self._matrix_at, self._mode_at = ctypes.addressof(self._matrix), ctypes.addressof(self._mode)
        self._grow(64)

    def _grow(self, count: int) -> None:
        self._room = count
        self._points = (ctypes.c_float * (2 * count))()
        self._points_at = ctypes.addressof(self._points)

    def matrix_of(self, item: int) -> Matrix:
        """Return an object's matrix; the identity itself where it is one."""
        calls.matrix_of(item, self._matrix_at)
        a, b, c, d, e, f = self._matrix[:]  # a slice: ctypes is slow to iterate
        if a == d == 1.0 and b == c == e == f == 0.0:
            return IDENTITY
        return (a, b, c, d, e, f)

    def add_rules(self, item: int, outer: Matrix, rules: list[Rule]) -> None:
        """Add the rules that a path draws; a subpath with a curve is a drawing, not a rule, and is left out."""
        calls.draw_mode_of(item, self._mode_at, self._mode_at + 4)
        filled, stroked = self._mode[:]
        if not (filled or stroked):
            return
        own = self.matrix_of(item)
        if outer is not IDENTITY:
            own = compose(own, outer)
        segments, xs, ys = self._read(item)
        if own is not IDENTITY:
            a, b, c, d, e, f = own
            places = list(zip(xs, ys, strict=True))
            xs, ys = [a * x + c * y + e for x, y in places], [b * x + d * y + f for x, y in places]
        kinds = list(map(calls.kind_of_segment, segments))
        starts = [0, *(index for index, kind in enumerate(kinds) if kind == _MOVE and index), len(kinds)]
        for start, stop in pairwise(starts):
            if stop - start < 2 or _CURVE in kinds[start:stop]:
                continue
            if stroked:
                corners = _corners(segments[start:stop], xs[start:stop], ys[start:stop])
                for (x0, y0), (x1, y1) in pairwise(corners):
                    _stroke(x0, y0, x1, y1, rules)
            else:
                across, up = xs[start:stop], ys[start:stop]
                _thin((min(across), min(up), max(across), max(up)), rules)

    def _read(self, item: int) -> tuple[list[int], list[float], list[float]]:
        """Return a path's segments and where each ends."""
        count = max(0, calls.segments_of(item))
        if count > self._room:
            self._grow(count)
        at, segment_of, point_of = self._points_at, calls.segment_of, calls.point_of_segment
        segments = [segment_of(item, index) for index in range(count)]
        for segment in segments:
            point_of(segment, at, at + 4)
            at += 8
        return segments, self._points[0 : 2 * count : 2], self._points[1 : 2 * count : 2]


def _corners(segments: list[int], xs: list[float], ys: list[float]) -> list[tuple[float, float]]:
    """Return the corner points of a subpath, the first once more wherever it closes."""
    corners = list(zip(xs, ys, strict=True))
    closed = list(map(calls.closes, segments))
    if any(closed):
        first = corners[0]
        corners = [
            place for corner, close in zip(corners, closed, strict=True) for place in (corner, first)[: 1 + close]
        ]
    return corners
