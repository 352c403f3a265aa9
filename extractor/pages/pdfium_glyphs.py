"""Characters of figures that their font's map does not tell, or may tell wrong: they are read by their shapes.

A font's map from glyphs to characters is for searching and copying; nothing on the page depends on it. Some maps lead
to nothing, to controls, to blanks or to the private use area, and some lead two digits to one or each to the next. Of
every font, the digits and signs that a page has are compared with the digits of fonts that are PDFium's own: by their
outlines, which takes a tenth of the time of drawing them. What is like none of them is no character: a gap.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from pypdfium2 import raw

from extractor.notation.figures import UNREAD
from extractor.pages import pdfium_calls as calls
from extractor.pages.char_table import char_table, codes_of

# Digits of other scripts: no Chinese document prints them.
_FOREIGN = "".join(filter(str.isdecimal, map(chr, (*range(0x80, 0xFF10), *range(0xFF1A, 0x1FC00)))))
_PRIVATE = range(0xE000, 0xF900)
_CONTROLS = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD)
_STRANGE = char_table("".join(map(chr, (*_CONTROLS, *_PRIVATE, 0xFFFD, 0xFFFE))) + _FOREIGN)
# What is printed as figures are, of letters: its font may map the digits to them.
_DISGUISED = re.compile(r"(?=.*[^\d,.-])-?(?:\w{1,3}(?:,\w{3})+(?:\.\w{1,2})?|\w{1,9}\.\w\w)")
# A blank beside a figure may be a digit or a sign that the map leads to one.
_UNSEEN = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_BLANKS = char_table("".join(char for char in map(chr, range(0x3001)) if char.isspace()) + "".join(map(chr, _UNSEEN)))
_AT_FIGURE = re.compile(r"(?:(?<=[\d.,-])|(?=.[\d.,-])|(?<!\S)(?!.\S)).", re.DOTALL)
_MINUS_SIGN = 0x2212  # the last of the characters of figures
# The second is empty but for what leads to a digit or sign, to the private use area, or to several characters: few do.
_PAIR = re.compile(
    rb"<([0-9A-Fa-f]+)>\s*<(?:(0*(?:2|2[C-Ec-e]|3[0-9]|[Aa][Dd]|2212|[Ee][0-9A-Fa-f]{3}|[Ff][0-8][0-9A-Fa-f]{2})"
    rb"|[0-9A-Fa-f]{9,})|[0-9A-Fa-f]+)>"
)
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
# Arrays of numbers and names; a font may be called so too, and is none.
_ARRAYS = frozenset(
    ("/W", "/Widths", "/Differences", "/MediaBox", "/CropBox", "/ProcSet", "/FontBBox", "/BBox", "/Matrix", "/Rect")
)
_IN_FIGURE = re.compile("[0-9.,\u2212-]")
_MINUS = {2: "-", 0xAD: "-", 0x2212: "-"}  # PDFium marks a hyphen that ends a line by U+0002
_DIGITS = "0123456789"
_LOOKALIKES = "|IlS{}"  # what a glyph may be instead of a digit: where one of these is the likest, it is unread
_FONTS = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold")
_DIGIT_FONTS = ("Courier", "Courier-Bold")  # whose l is like the 1 of others
_SIGNS = {",": ",", ".": ".", "+": "+", **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212", "-")}
_DIGIT_OF = {char: str(int(char)) for char in _DIGITS + "".join(map(chr, range(0xFF10, 0xFF1A)))}
_RAISED = {char: str(value) for value, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
CHECKED = frozenset((*_SIGNS, *_DIGIT_OF, *_RAISED))
_OTHERS = "\uffff一"  # what a font draws for these is no digit: its glyph for what it lacks, or a placeholder's square
SIDE, PAD = 24, 6  # pixels of a shape, and of the paper around it
BLUR = 2.0  # pixels: Song's strokes are thin and those of the references are thick
TALL = 96  # pixels, in which an outline is drawn
PIXELS = 8.0  # a point, of drawn glyphs
MARGIN = 0.3  # points around a glyph that is drawn
# Of 3,577 digits of the fonts in 400 documents, these bounds read 98 % and none as another digit.
ALIKE = 0.9  # correlation of a glyph with the digit that it is, at least
APART = 0.025  # by which it is more like that digit than any other digit
FLAT = 0.2  # of the type's size: a sign, a point and a comma are no higher
LARGEST = 0.82  # of the type's size: a digit is no higher, and 日 is
HIGH = 0.15  # of the type's size: a raised digit begins no lower
MAX_GLYPHS = 3_000  # of a page that are drawn one by one
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
    """Yield what has a map of all that pages and forms lead to: in forms, patterns or notes, an object of its own or not.

    To go by references costs a third of looking at every object: most are of the file's structure.
    """
    import pikepdf  # noqa: PLC0415 - documents of other kinds do without

    seen: set[tuple[int, int]] = set()
    left: list[Any] = [*(page.obj for page in document.pages), document.Root.get("/AcroForm")]
    while left:
        item = left.pop()
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            place = item.objgen
            if place in seen:
                continue
            if place[0]:  # else it is a part of another object
                seen.add(place)
            if "/ToUnicode" in item:
                yield item
            left += [own for key, own in item.items() if key not in _ARRAYS or not isinstance(own, pikepdf.Array)]
        elif isinstance(item, pikepdf.Array):
            left.extend(item)


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
    every = _pairs(cmap)
    pairs = [(code, chr(to).translate(_MINUS)) for code, to in every if to <= _MINUS_SIGN]
    pairs = [(code, to) for code, to in pairs if _IN_FIGURE.fullmatch(to)]
    digits = [to for _, to in pairs if to in _DIGITS]
    plain = [(chr(int(code, 16)), to) for code, to in pairs if len(code) == 2]
    private = [to for _, to in every if to in _PRIVATE]
    if len(set(digits)) < len(digits) or len(set(private)) < len(private):
        return True
    return any(_IN_FIGURE.fullmatch(code) and code != to for code, to in plain)


def _pairs(cmap: bytes) -> set[tuple[bytes, int]]:
    """Return a map's pairs of a code, in hex digits, and a character, of those that lead to what `_lies` asks for."""
    found: set[tuple[bytes, int]] = set()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        found.update((code, int(to[:8], 16)) for code, to in _PAIR.findall(block) if to)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, one, several in _RANGE.findall(block):
            if one and (_MINUS_SIGN < int(one[:8], 16) <= _PRIVATE.start - 256 or int(one[:8], 16) >= _PRIVATE.stop):
                continue  # as most
            start, count = int(first, 16), min(256, int(last, 16) - int(first, 16) + 1)
            targets: Sequence[int] = [int(to[:8], 16) for to in re.findall(rb"<([0-9A-Fa-f]+)>", several)]
            if not targets:
                begin = int(one[:8], 16)
                if begin > _MINUS_SIGN and not (begin < _PRIVATE.stop and begin + count > _PRIVATE.start):
                    continue
                targets = range(begin, begin + count)
            codes = (b"%0*x" % (len(first), start + step) for step in range(count))
            found.update(zip(codes, targets, strict=False))
    return found


class Font:
    """A font, and what it draws otherwise than its map says of the characters that pages had so far.

    Attributes:
        name: Its name; of a Type 3 font, nothing: PDFium has another font's outlines for it.
    """

    def __init__(self, font: int) -> None:
        self.name = _name_of_font(font)
        self._font = font
        self._unlike: dict[str, str] = {}

    def unlike(self, chars: Sequence[str]) -> dict[str, str]:
        """Return what it draws for those characters that it draws otherwise than its map says.

        Of a font that draws none as surely another, the letters are ornate: its map is believed.
        """
        unknown = [char for char in chars if char not in self._unlike]
        if unknown:
            self._unlike.update(_unlike_in(self._font, unknown))
        found = {char: read for char in chars if (read := self._unlike[char])}
        return found if any(read != UNREAD for read in found.values()) else {}

    def digit(self, char: str) -> str:
        """Return the digit that it surely draws for a character, nothing where that is none."""
        points = calls.points_of_glyph(self._font, char) if self.name else b""
        seen = _read_outline(points).surely if points else ""
        return seen if seen in _DIGIT_OF else ""


class Fonts:
    """The fonts of a page, and of the one before: PDFium loads a font again unless a page with it is open."""

    def __init__(self) -> None:
        self._before: dict[int, Font] = {}
        self._now: dict[int, Font] = {}

    def turn(self) -> None:
        """Go on to the next page; the last one, which has to be open still, is then closed."""
        self._before, self._now = self._now, {}

    def of(self, texts: calls.Handles) -> dict[int, Font]:
        """Return the fonts of the page's text objects, by where PDFium has them."""
        fonts = calls.pointers_of_each(calls.font_of, texts)
        places = {*fonts[calls.run_starts(fonts)].tolist()}
        self._now = {place: self._before.get(place) or Font(place) for place in places}
        return self._now


def read_glyphs(
    page: Any,
    text_page: Any,
    owners: calls.Handles,
    text: str,
    fonts: Mapping[int, Font],
    lying: frozenset[bytes] | None,
) -> tuple[str, int]:
    """Return a page's text with its doubtful characters read by their shapes, and how many there are.

    Args:
        page: PDFium's page.
        text_page: PDFium's text of it.
        owners: The text object of each of its characters.
        text: Its characters.
        fonts: The fonts of its texts.
        lying: Names of the fonts whose maps are wrong about digits; None if any may be.
    """
    codes = codes_of(text)
    doubted = _STRANGE[codes].nonzero()[0].tolist()
    if lying is None or lying:
        signs = (match.start() for match in _IN_FIGURE.finditer(text))
        doubted += [place for place in signs if lying is None or _font_of(text_page, place) in lying]
    read = _read_doubted(page, text_page, owners, text, fonts, lying, doubted) if doubted else {}
    read.update([] if lying is None else _misread(page, text_page, owners, text, fonts, lying))
    disguised = _disguised(owners, text, fonts)
    for place, (item, char) in enumerate(zip(owners.tolist(), text, strict=True)) if disguised else ():
        if item and (calls.font_of(item), char) in disguised:
            read[place] = disguised[calls.font_of(item), char]
    blanks = (_BLANKS[codes] & (owners != 0)).nonzero()[0].tolist()  # the others are PDFium's own
    for place in (place for place in blanks if _AT_FIGURE.match(text, place)):
        # Aslant, the box of a blank without ink has an area too.
        if _glyph(text_page, place) is not None and not round(_turns(text_page, place), 1) % 1 > 0:
            read[place] = UNREAD  # PDFium drops further blanks beside it: nobody knows how many digits there are
    now = "".join(read.get(place, char) for place, char in enumerate(text)) if read else text
    changed = 0 if now == text else sum(a != b.translate(_MINUS) for a, b in zip(now, text, strict=True))
    return now, changed


def _read_doubted(
    page: Any,
    text_page: Any,
    owners: calls.Handles,
    text: str,
    fonts: Mapping[int, Font],
    lying: frozenset[bytes] | None,
    doubted: Sequence[int],
) -> dict[int, str]:
    """Return what doubtful characters are by the outlines of their glyphs, or as the page draws them."""
    read: dict[int, str] = {}
    drawn = 0
    for place in doubted:
        item = int(owners[place])
        glyph = _glyph(text_page, place) if item else None
        if glyph is not None:
            outlined = (ord(text[place]) in _PRIVATE or text[place] in _FOREIGN) and not (
                lying and _font_of(text_page, place) in lying
            )
            points = calls.points_of_glyph(calls.font_of(item), text[place]) if outlined else b""
            drawn += not points
            readable = drawn <= MAX_GLYPHS and round(_turns(text_page, place), 1) % 4 == 0
            font = fonts.get(calls.font_of(item))
            if readable and font is not None and not font.name:
                glyph = _inked(page, _narrowed(text_page, place, glyph))
            drawing = _read_glyph(page, glyph, _origin(text_page, place)[1]) if readable and not points else UNREAD
            read[place] = _read_outline(points).surely if points else drawing
    return read


def _disguised(owners: calls.Handles, text: str, fonts: Mapping[int, Font]) -> dict[tuple[int, str], str]:
    """Return the digits that fonts draw for other characters, where a word of these alone is printed as a figure is."""
    found: dict[tuple[int, str], str] = {}
    words = {word for word in text.split() if ("," in word or "." in word) and word.strip("0123456789,.-")}
    words = {word for word in words if _DISGUISED.fullmatch(word)}  # few: the pattern itself takes long to refuse one
    for match in re.finditer(r"\S+", text) if words else ():
        if match[0] not in words:
            continue
        places = [place for place in range(*match.span()) if text[place] not in CHECKED]
        keys = [(calls.font_of(item), text[place]) for place in places if (item := int(owners[place]))]
        read = {key: fonts[key[0]].digit(key[1]) for key in keys if key[0] in fonts}
        if len(keys) == len(places) and len(read) == len({*keys}) and all(read.values()):
            found |= read
    return found


def _misread(
    page: Any, text_page: Any, owners: calls.Handles, text: str, fonts: Mapping[int, Font], lying: frozenset[bytes]
) -> Iterator[tuple[int, str]]:
    """Yield the places of digits and signs that a font draws otherwise than its map says, with what it draws."""
    chars = [char for char in CHECKED if char in text]
    honest = {place: font for place, font in fonts.items() if _plain_name(font.name) not in lying}
    drawn = {place for place, font in honest.items() if not font.name}
    wrong = {place: font.unlike(chars) for place, font in honest.items() if font.name}
    if not drawn and not any(wrong.values()):
        return
    for place in (place for place, char in enumerate(text) if char in CHECKED):
        item = int(owners[place])
        font = calls.font_of(item) if item else 0
        if font in drawn and text[place] not in wrong.setdefault(font, {}):
            wrong[font][text[place]] = _unlike_drawn(page, text_page, text, place)
        read = wrong.get(font, {}).get(text[place])
        if read:
            yield place, read


def _unlike_in(font: int, chars: Sequence[str]) -> dict[str, str]:
    """Return for each character what a font draws if that is otherwise than its map says, else nothing."""
    outlines = {char: calls.points_of_glyph(font, char) for char in chars}
    found = {char: _unlike(char, points) if points else "" for char, points in outlines.items()}
    others = {calls.points_of_glyph(font, char) for char in _OTHERS} if any(found.values()) else set()
    return {char: "" if outlines[char] in others else read for char, read in found.items()}


def _unlike_drawn(page: Any, text_page: Any, text: str, place: int) -> str:
    """Return what a digit of a font without outlines is drawn as, where that is surely another; else nothing."""
    glyph = _glyph(text_page, place)
    if text[place] not in _DIGIT_OF or glyph is None or round(_turns(text_page, place), 1) % 4:
        return ""
    shape = _shape(page, _narrowed(text_page, place, glyph))
    nearest = "" if shape is None else _nearest(shape)
    return "" if shape is None or nearest == _DIGIT_OF[text[place]] else _read_shape(shape)


def _unlike(char: str, points: bytes) -> str:
    """Return what an outline is, where it is not that of the digit or sign that its font's map leads to; else nothing."""
    seen = _read_outline(points)
    if char in _SIGNS:
        sure = seen.surely != UNREAD and seen.surely != _SIGNS[char]
        return seen.surely if sure else ""
    if char in _RAISED:
        return seen.surely if seen.low else ""
    return "" if seen.nearest == _DIGIT_OF[char] else seen.surely


class Seen(NamedTuple):
    """What an outline is: the digit or sign that it is most like, the same where that is sure, and whether it stands low."""

    nearest: str
    surely: str
    low: bool


@lru_cache(maxsize=4096)
def _read_outline(points: bytes) -> Seen:
    contours = list(_contours(points))
    if not contours:
        return Seen("", UNREAD, low=False)
    corners = np.concatenate(contours)
    (left, bottom), (right, top) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    low = bottom < HIGH
    sign = _sign(Glyph(left, bottom, right, top, 1.0), 0.0)
    if sign or right <= left or top <= bottom:
        return Seen(sign, sign or UNREAD, low)
    shape = _ink_of(contours)
    sure = UNREAD if max(right - left, top - bottom) > LARGEST else _read_shape(shape)
    return Seen(_nearest(shape), sure, low)


def _ink_of(contours: list[Floats]) -> Floats:
    """Return the shape within contours."""
    corners = np.concatenate(contours)
    (left, bottom), (right, top) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    scale = TALL / (top - bottom)
    ink = np.zeros((TALL + 1, max(2, math.ceil((right - left) * scale) + 1)), bool)
    for contour in contours:  # where an odd number of them lie over each other, there is ink
        part = Image.new("1", (ink.shape[1], ink.shape[0]))
        outline = (contour - (left, top)) * (scale, -scale)
        ImageDraw.Draw(part).polygon(list(map(tuple, outline.tolist())), fill=1)
        ink ^= np.array(part)
    return _normal(ink * np.uint8(255))


def _contours(points: bytes) -> Iterator[Floats]:
    """Yield the contours of an outline, curves as the points on them."""
    contour: list[Floats] = []
    held = np.frombuffer(points, calls.POINT)
    places, kinds = np.stack((held["x"], held["y"]), axis=1).astype(float), held["kind"].tolist()
    index = 0
    while index < len(kinds):
        if kinds[index] == raw.FPDF_SEGMENT_MOVETO and contour:
            yield np.array(contour)
            contour = []
        if kinds[index] == raw.FPDF_SEGMENT_BEZIERTO:
            one, two, end = places[index : index + 3]
            start = contour[-1]
            for t in (0.25, 0.5, 0.75, 1.0):
                u = 1 - t
                contour.append(u**3 * start + 3 * u * u * t * one + 3 * u * t * t * two + t**3 * end)
            index += 3
        else:
            contour.append(places[index])
            index += 1
    if contour:
        yield np.array(contour)


def _font_of(text_page: Any, place: int) -> bytes:
    item = raw.FPDFText_GetTextObject(text_page.raw, place)
    return _plain_name(_name_of_font(calls.font_of(calls.address(item)))) if item else b""


def _name_of_font(font: int) -> bytes:
    name = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(ctypes.cast(font, raw.FPDF_FONT), name, 256)
    return name.value


def _glyph(text_page: Any, place: int) -> Glyph | None:
    """Return where a glyph is, None where it has no ink."""
    sides = (ctypes.c_double * 4)()
    start = ctypes.addressof(sides)
    if not calls.box_of_char(calls.address(text_page.raw), place, start, start + 8, start + 16, start + 24):
        return None
    left, right, bottom, top = sides
    if not (right - left > 0.1 and top - bottom > 0.1):
        return None
    return Glyph(left, bottom, right, top, raw.FPDFText_GetFontSize(text_page.raw, place))


def _narrowed(text_page: Any, place: int, glyph: Glyph) -> Glyph:
    """Return where a glyph of a Type 3 font is: the box of each may be that of them all, and reach over the next."""
    begin, end = (_origin(text_page, index)[0] for index in (place, place + 1))
    return glyph._replace(left=max(glyph.left, begin), right=end if begin < end < glyph.right else glyph.right)


def _inked(page: Any, glyph: Glyph) -> Glyph:
    """Return the tight box of what is drawn in a glyph's."""
    ink = _ink(page, glyph)
    if ink is None:
        return glyph
    places = np.argwhere(ink > ink.max() / 2)
    (top, left), (bottom, right) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    x, y = glyph.left - MARGIN, glyph.top + MARGIN
    return glyph._replace(
        left=x + left / PIXELS, right=x + (right + 1) / PIXELS, top=y - top / PIXELS, bottom=y - (bottom + 1) / PIXELS
    )


def _turns(text_page: Any, place: int) -> float:
    """Return by how many quarters of a circle a glyph is turned."""
    return float(raw.FPDFText_GetCharAngle(text_page.raw, place)) / (math.pi / 2)


def _origin(text_page: Any, place: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page.raw, place, x, y)
    return x.value, y.value


def _read_glyph(page: Any, glyph: Glyph, baseline: float) -> str:
    sign = _sign(glyph, baseline)
    large = max(glyph.right - glyph.left, glyph.top - glyph.bottom) > LARGEST * glyph.size
    shape = None if sign or large else _shape(page, glyph)
    return sign or (UNREAD if shape is None else _read_shape(shape))


def _sign(glyph: Glyph, baseline: float) -> str:
    """Return the sign, point or comma that a glyph is by its size and place; nothing for any other."""
    width, height = glyph.right - glyph.left, glyph.top - glyph.bottom
    if height < FLAT * glyph.size and width > 1.5 * height and glyph.bottom > baseline + 0.1 * glyph.size:
        return "-"
    if height < 2 * FLAT * glyph.size and glyph.top < baseline + FLAT * glyph.size:
        return "." if glyph.bottom > baseline - 0.05 * glyph.size else ","
    return ""


def _likeness(shape: Floats) -> dict[str, float]:
    """Return how much a shape is like each digit, and like each character that is easily taken for one."""
    return {char: float((shapes @ shape).max()) for char, shapes in _references().items()}


def _nearest(shape: Floats) -> str:
    return max(_DIGITS, key=_likeness(shape).__getitem__)


def _read_shape(shape: Floats) -> str:
    likeness = _likeness(shape)
    second, first = sorted(_DIGITS, key=lambda digit: likeness[digit])[-2:]
    surest = max(likeness.values()) == likeness[first] >= max(ALIKE, likeness[second] + APART)
    return first if surest else UNREAD


def _shape(page: Any, glyph: Glyph) -> Floats | None:
    """Return the shape of a glyph as it is drawn; None where there is no ink."""
    ink = _ink(page, glyph)
    if ink is None:
        return None
    rows, columns = (ink.max(axis=1) > ink.max() / 2).nonzero()[0], (ink.max(axis=0) > ink.max() / 2).nonzero()[0]
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] * (255 / ink.max())
    return _normal(cut.astype(np.uint8))


def _ink(page: Any, glyph: Glyph) -> Floats | None:
    """Return how dark each pixel of a glyph and a margin around it is; None where there is no ink."""
    left, bottom, right, top = page.get_bbox()
    margins = tuple(
        side - MARGIN for side in (glyph.left - left, glyph.bottom - bottom, right - glyph.right, top - glyph.top)
    )
    if min(margins) < 0 or page.get_rotation():
        return None
    bitmap = page.render(scale=PIXELS, crop=margins, grayscale=True, may_draw_forms=False)
    try:
        ink = 255.0 - bitmap.to_numpy().reshape(bitmap.height, bitmap.width).astype(float)
    finally:
        bitmap.close()
    ink -= ink.min()
    return None if ink.max() < 64 else ink


def _normal(ink: NDArray[np.uint8]) -> Floats:
    """Return a glyph's ink as a vector: as high as every other, blurred, its mean 0 and its length 1 or, if blank, 0."""
    wide = round(SIDE * min(ink.shape[1] / ink.shape[0], 1.0))
    scaled = Image.fromarray(ink).resize((max(2, wide), SIDE), Image.Resampling.BOX)
    paper = Image.new("L", (SIDE + 2 * PAD, SIDE + 2 * PAD))
    paper.paste(scaled, ((paper.width - scaled.width) // 2, PAD))
    blurred = np.asarray(paper.filter(ImageFilter.GaussianBlur(BLUR))).astype(float).ravel()
    blurred -= blurred.mean()
    length = float(np.linalg.norm(blurred))
    return blurred / length if length else blurred


@cache
def _references() -> dict[str, Floats]:
    """Return the shapes of each digit, and of what looks like one, in PDFium's own fonts."""
    found: dict[str, list[Floats]] = {char: [] for char in _DIGITS + _LOOKALIKES}
    document = pdfium.PdfDocument.new()
    try:
        for name in _FONTS + _DIGIT_FONTS:
            font = calls.address(raw.FPDFText_LoadStandardFont(document.raw, name.encode()))
            for char in _DIGITS if name in _DIGIT_FONTS else _DIGITS + _LOOKALIKES:
                found[char].append(_ink_of(list(_contours(calls.points_of_glyph(font, char)))))
    finally:
        document.close()
    return {char: np.array(shapes) for char, shapes in found.items()}
