"""Characters of figures that their font's map does not tell, or may tell wrong: they are read by their shapes.

A font's map from glyphs to characters is for searching and copying; nothing on the page depends on it. Some maps lead
to nothing, to controls, to blanks or to the private use area, and some lead two digits to one. Each such glyph is drawn,
and compared with the digits of fonts that are PDFium's own. What is like none of them is no character: a gap.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw

from extractor.pages import pdfium_calls as calls

UNREAD = "\ufffd"
_STRANGE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\ue000-\uf8ff\ufffd\ufffe]")
# A blank beside a figure may be a digit or a sign that the map leads to one.
_BLANKS = r"[\s\xa0\u200b\u3000\ufeff]"
_BLANK = re.compile(rf"(?<=[\d.,-]){_BLANKS}|{_BLANKS}(?=[\d.,-])|(?<!\S){_BLANKS}(?!\S)")
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
_IN_FIGURE = re.compile("[0-9.,\u2212-]")
_MINUS = {2: "-", 0xAD: "-", 0x2212: "-"}  # PDFium marks a hyphen that ends a line by U+0002
_DIGITS = "0123456789"
_LOOKALIKES = "|IlS{}"  # what a glyph may be instead of a digit: where one of these is the likest, it is unread
_FONTS = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold")
_DIGIT_FONTS = ("Courier", "Courier-Bold")  # whose l is like the 1 of others
SIDE = 24  # pixels of a shape
PIXELS = 8.0  # a point, of drawn glyphs
ALIKE = 0.81  # correlation of a glyph with the digit that it is, at least
APART = 0.045  # by which it is more like that digit than any other digit
FLAT = 0.2  # of the type's size: a sign, a point and a comma are no higher
MAX_GLYPHS = 3_000  # of a page
Floats = NDArray[np.float64]


class Glyph(NamedTuple):
    """The tight box of a glyph in PDF space, and the size of its type."""

    left: float
    bottom: float
    right: float
    top: float
    size: float


def lying_fonts(document: Any) -> frozenset[bytes]:
    """Return the names of a PDF's fonts whose maps lead two glyphs to one digit, or the code of a digit or sign to another.

    Of what is damaged nobody knows: a font whose map cannot be read counts as one.
    """
    return frozenset(_plain_name(_name_of(font)) for font in _mapped_fonts(document) if _may_lie(font))


def _mapped_fonts(document: Any) -> Iterator[Any]:
    """Yield the fonts with maps wherever they are: in pages, in forms, in patterns, as objects of their own or not."""
    import pikepdf  # noqa: PLC0415 - documents of other kinds do without

    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if "/ToUnicode" in item:
            yield item
        resources = item.get("/Resources", item)
        fonts = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        for font in fonts.values() if isinstance(fonts, pikepdf.Dictionary) else ():
            if isinstance(font, pikepdf.Dictionary) and not font.is_indirect and "/ToUnicode" in font:
                yield font


def _name_of(font: Any) -> bytes:
    return str(font.get("/BaseFont", "")).removeprefix("/").encode()


def _may_lie(font: Any) -> bool:
    import pikepdf  # noqa: PLC0415 - documents of other kinds do without

    if isinstance(font.ToUnicode, pikepdf.Name):
        return False  # a standard map, such as /Identity-H
    try:
        return _lies(font.ToUnicode.read_bytes())
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, RuntimeError, KeyError):
        return True


def _plain_name(name: bytes) -> bytes:
    """Return a font's name without the letters that name a subset of it."""
    return name.partition(b"+")[2] or name


def _lies(cmap: bytes) -> bool:
    pairs = [(code, chr(to).translate(_MINUS)) for code, to in _pairs(cmap) if to <= 0x2212]
    pairs = [(code, to) for code, to in pairs if _IN_FIGURE.fullmatch(to)]
    digits = [to for _, to in pairs if to in _DIGITS]
    plain = [(chr(int(code, 16)), to) for code, to in pairs if len(code) == 2]
    return len(set(digits)) < len(digits) or any(_IN_FIGURE.fullmatch(code) and code != to for code, to in plain)


def _pairs(cmap: bytes) -> set[tuple[bytes, int]]:
    """Return a map's pairs of a code, in hex digits, and a character."""
    found: set[tuple[bytes, int]] = set()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        found.update((code, int(to[:8], 16)) for code, to in _PAIR.findall(block))
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, one, several in _RANGE.findall(block):
            start, count = int(first, 16), min(256, int(last, 16) - int(first, 16) + 1)
            targets = [int(to[:8], 16) for to in re.findall(rb"<([0-9A-Fa-f]+)>", several)]
            targets = targets or list(range(int(one[:8], 16), int(one[:8], 16) + count))
            codes = (b"%0*x" % (len(first), start + step) for step in range(count))
            found.update(zip(codes, targets, strict=False))
    return found


def read_glyphs(page: Any, text_page: Any, text: str, lying: frozenset[bytes] | None) -> tuple[str, int]:
    """Return a page's text with its doubtful characters read by their shapes, and how many there are.

    Args:
        page: PDFium's page.
        text_page: PDFium's text of it.
        text: One character for each of its character indices.
        lying: Names of the fonts whose maps are wrong about digits; None if any may be.
    """
    handle = calls.address(text_page.raw)
    doubted = [match.start() for match in _STRANGE.finditer(text)]
    if lying is None or lying:
        signs = (match.start() for match in _IN_FIGURE.finditer(text))
        doubted += [place for place in signs if lying is None or _font_of(text_page, place) in lying]
    read = [*text]
    count = 0
    for number, place in enumerate(doubted):
        glyph = _glyph(text_page, place) if calls.object_of_char(handle, place) else None
        if glyph is not None:
            readable = number < MAX_GLYPHS and round(_turns(text_page, place), 1) % 4 == 0
            char = _read_glyph(page, glyph, _baseline(text_page, place)) if readable else UNREAD
            if char != text[place].translate(_MINUS):
                read[place] = char
                count += 1
    for place in (match.start() for match in _BLANK.finditer(text)):
        if not calls.object_of_char(handle, place):
            continue  # PDFium's own
        aslant = round(_turns(text_page, place), 1) % 1 > 0  # there, the box of a blank without ink has an area too
        if not aslant and _glyph(text_page, place) is not None:
            read[place] = UNREAD  # PDFium drops further blanks beside it: nobody knows how many digits there are
            count += 1
    return "".join(read), count


def _font_of(text_page: Any, place: int) -> bytes:
    item = raw.FPDFText_GetTextObject(text_page.raw, place)
    if not item:
        return b""
    name = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(item), name, 256)
    return _plain_name(name.value)


def _glyph(text_page: Any, place: int) -> Glyph | None:
    """Return where a glyph is, None where it has no ink."""
    sides = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
    if not raw.FPDFText_GetCharBox(text_page.raw, place, *sides):
        return None
    left, right, bottom, top = (side.value for side in sides)
    size = raw.FPDFText_GetFontSize(text_page.raw, place)
    return Glyph(left, bottom, right, top, size) if right - left > 0.1 and top - bottom > 0.1 else None


def _turns(text_page: Any, place: int) -> float:
    """Return by how many quarters of a circle a glyph is turned."""
    return float(raw.FPDFText_GetCharAngle(text_page.raw, place)) / (math.pi / 2)


def _baseline(text_page: Any, place: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page.raw, place, x, y)
    return y.value


def _read_glyph(page: Any, glyph: Glyph, baseline: float) -> str:
    width, height = glyph.right - glyph.left, glyph.top - glyph.bottom
    if height < FLAT * glyph.size and width > 1.5 * height and glyph.bottom > baseline + 0.1 * glyph.size:
        return "-"
    if height < 2 * FLAT * glyph.size and glyph.top < baseline + FLAT * glyph.size:
        return "." if glyph.bottom > baseline - 0.05 * glyph.size else ","
    shape = _shape(page, glyph)
    return UNREAD if shape is None else _read_shape(shape)


def _read_shape(shape: Floats) -> str:
    likeness = {char: max(_alike(shape, own) for own in shapes) for char, shapes in _references().items()}
    second, first = sorted(_DIGITS, key=lambda digit: likeness[digit])[-2:]
    surest = max(likeness.values()) == likeness[first] >= max(ALIKE, likeness[second] + APART)
    return first if surest else UNREAD


def _shape(page: Any, glyph: Glyph) -> Floats | None:
    """Return a glyph's ink, drawn as large as every other; None where there is none."""
    left, bottom, right, top = page.get_bbox()
    margins = (glyph.left - left - 0.3, glyph.bottom - bottom - 0.3, right - glyph.right - 0.3, top - glyph.top - 0.3)
    if min(margins) < 0 or page.get_rotation():
        return None
    bitmap = page.render(scale=PIXELS, crop=margins, grayscale=True, may_draw_forms=False)
    try:
        ink = 255.0 - bitmap.to_numpy().reshape(bitmap.height, bitmap.width).astype(float)
    finally:
        bitmap.close()
    ink -= ink.min()
    if ink.max() < 64:
        return None
    rows, columns = np.flatnonzero(ink.max(axis=1) > ink.max() / 2), np.flatnonzero(ink.max(axis=0) > ink.max() / 2)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] * (255 / ink.max())
    slim = cut.shape[1] / cut.shape[0]
    scaled = Image.fromarray(cut.astype(np.uint8)).resize((max(2, round(SIDE * min(slim, 1.0))), SIDE))
    shape = np.zeros((SIDE, SIDE))
    start = (SIDE - scaled.width) // 2
    shape[:, start : start + scaled.width] = np.asarray(scaled)
    return shape


def _alike(one: Floats, other: Floats) -> float:
    """Return how alike two shapes are, from -1 to 1; a blank or a full box is like nothing."""
    if not (one.std() and other.std()):
        return -1.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@cache
def _references() -> dict[str, list[Floats]]:
    """Return the shapes of each digit, and of what looks like one, in PDFium's own fonts."""
    found: dict[str, list[Floats]] = {char: [] for char in _DIGITS + _LOOKALIKES}
    document = pdfium.PdfDocument.new()
    try:
        for name in _FONTS + _DIGIT_FONTS:
            chars = _DIGITS if name in _DIGIT_FONTS else _DIGITS + _LOOKALIKES
            font = raw.FPDFText_LoadStandardFont(document.raw, name.encode())
            page = document.new_page(50 * len(chars) + 60, 60)
            for number, char in enumerate(chars):
                item = raw.FPDFPageObj_CreateTextObj(document.raw, font, 24.0)
                wide = ctypes.create_string_buffer((char + "\0").encode("utf-16-le"))
                raw.FPDFText_SetText(item, ctypes.cast(wide, ctypes.POINTER(ctypes.c_ushort)))
                raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, 20 + 50 * number, 20)
                raw.FPDFPage_InsertObject(page.raw, item)
            raw.FPDFPage_GenerateContent(page.raw)
            for number, char in enumerate(chars):
                shape = _shape(page, Glyph(15 + 50 * number, 12, 45 + 50 * number, 45, 24))
                if shape is not None:
                    found[char].append(shape)
            page.close()
    finally:
        document.close()
    return found
