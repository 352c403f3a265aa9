"""OFD → pages: the same characters and rules as of a PDF's pages, and what of them is displayed.

A page of an OFD file says of each object whether it is visible, how opaque and of which colour it is, and what clips it;
the order of drawing says what covers what. So nothing is drawn to find out.
"""

from __future__ import annotations

import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from extractor.errors import DocumentError
from extractor.notation.figures import CHARACTERS, UNREAD, sets_negatives_in_red
from extractor.pages.models import is_installed
from extractor.pages.ofd_content import POINTS, Content, Fill, Glyph, mapped, read_content
from extractor.pages.ofd_package import OfdPackage, OfdPage, find, text_of
from extractor.pages.page import Box, Chars, Page, Rule
from extractor.pages.pdfium import (
    BLANKS,
    MAX_SIDE,
    MIN_RULES,
    count_figures,
    covering_picture,
    has_figures,
)
from extractor.pages.pdfium_display import FIGURES
from extractor.pages.pdfium_marks import Marks, Sight, read_marks
from extractor.pages.pdfium_red import unsigned_digits
from extractor.pages.pdfium_rules import IDENTITY, SPECK, THIN, Floats, Matrix, placed, straight, thin
from extractor.pages.raised import with_marks
from extractor.pages.scan import MAX_IMAGE_PIXELS, MAX_PIXELS, MIN_DPI, lacks_text

if TYPE_CHECKING:
    from PIL import Image

APART = 0.45  # of the type's size: a wider gap between characters of one object is a blank
NEXT = 0.2  # of the type's size: a wider gap between objects is a blank; some programs make one of every character
BACK = 0.5  # of the type's size: what begins further back is another text
LEVEL = 0.6  # of the type's size: what stands further up or down is in another line, and no mark of a note
ASLANT = 3.0  # degrees: text turned further off its quarter of a circle is a watermark
MIN_TURNED = 40  # characters of figures that say how a page's tables are turned
FIGURE_HEIGHT, FIGURE_WIDTH = (4.0, 20.0), (1.0, 150.0)  # points, of a drawn figure or one of its digits
_FIGURE_CHARS = frozenset("0123456789,.")
_SIGNS = _FIGURE_CHARS | {"-"}
Flags = NDArray[np.bool_]


def read_ofd_page(package: OfdPackage, number: int) -> Page:
    """Read one page: its text, or its picture where that is all there is and the extra is installed.

    Args:
        package: An open OFD file.
        number: 1-based page number.

    Raises:
        NotADocumentError: A part of the page is missing or damaged.
        DocumentError: It is larger, or holds more, than any page of a budget.
    """
    source = package.read_page(number)
    content = read_content(source, number)
    page = _page(source, content, number)
    if lacks_text(page) and page.picture is not None and is_installed():
        dpi = min(MIN_DPI, MAX_PIXELS * 72 / max(page.width, page.height))
        picture = _picture(package, source, content, dpi)
        if picture is not None:
            from extractor.pages.ocr import read_picture  # noqa: PLC0415 - documents without scans pay nothing for it

            return read_picture(picture, number, dpi)
    return page


def _page(source: OfdPage, content: Content, number: int) -> Page:
    sides = POINTS * (source.box.x1 - source.box.x0), POINTS * (source.box.bottom - source.box.top)
    if max(sides) > MAX_SIDE:
        raise DocumentError(f"page {number} is {max(sides):,.0f} points long; expected at most {MAX_SIDE:,.0f}")
    glyphs, turned = content.glyphs, _turned(content.glyphs)
    place = _placing(turned, *sides)
    width, height = sides if turned % 180 == 0 else sides[::-1]
    rules = _rules(content.fills, content.strokes + content.light, place)
    pictures = [Box._make(b) for b in placed(_boxes(f.box for f in content.fills if f.picture), place).tolist()]
    picture = covering_picture(pictures, width, height)
    boxes = _boxes(mapped(glyph.corners, glyph.matrix) for glyph in glyphs)
    hidden, elsewhere = _unseen(glyphs, boxes, content.fills, _displayed(source))
    scanned = picture is not None  # with what a program recognised in it, hidden below it or invisible above
    text, owners = _stream(_doubted(glyphs))
    if sets_negatives_in_red(text):
        text = _without_unsigned_reds(text, owners, glyphs)
    gone = _gone(text, owners, elsewhere if scanned else elsewhere | hidden, _aslant_or_off(glyphs, scanned))
    shown = "".join(np.where(gone, " ", [*text])) if gone.any() else text
    boxed = len(rules) >= MIN_RULES or has_figures(shown) or scanned
    chars = _chars(shown, owners, placed(boxes, place)) if boxed else Chars.of(())
    marks = _marks(content, chars, place)
    return Page(
        number,
        width,
        height,
        shown,
        marks.chars,
        rules if boxed else (),
        (360 - turned) % 360,
        int(hidden.sum()),
        picture,
        content.paths,
        reading="ofd",
        left_out=count_figures(text, gone) + len(marks.struck),
        by_shape=marks.read,
        drawn=_drawn_figures(content, place),
    )


def _boxes(boxes: Iterable[Box]) -> Floats:
    return np.array([*boxes], float).reshape(-1, 4)


def _displayed(source: OfdPage) -> Box:
    """Return the part of the paper that is displayed, in points."""
    paper, shown = source.box, source.shown or source.box
    left, top = max(paper.x0, shown.x0) - paper.x0, max(paper.top, shown.top) - paper.top
    right, bottom = min(paper.x1, shown.x1) - paper.x0, min(paper.bottom, shown.bottom) - paper.top
    return Box(POINTS * left, POINTS * top, POINTS * right, POINTS * bottom)


def _angle(glyph: Glyph) -> float:
    """Return the degrees clockwise by which a glyph is turned on the page."""
    return math.degrees(math.atan2(glyph.matrix[1], glyph.matrix[0])) % 360


def _slant(glyph: Glyph) -> float:
    """Return the degrees between a glyph's direction and the nearest quarter of a circle."""
    rest = _angle(glyph) % 90
    return min(rest, 90 - rest)


def _turned(glyphs: Sequence[Glyph]) -> int:
    """Return by how many degrees clockwise most text is turned; where there are enough, figures decide.

    A table may lie sideways under upright prose.
    """
    votes: Counter[int] = Counter()
    figures: Counter[int] = Counter()
    for glyph in glyphs:
        if glyph.text not in BLANKS and _slant(glyph) <= ASLANT:
            quarter = round(_angle(glyph) / 90) % 4 * 90
            votes[quarter] += 1
            figures[quarter] += glyph.text in _FIGURE_CHARS
    chosen = figures if figures.total() >= MIN_TURNED else votes
    return max(chosen, key=lambda quarter: chosen[quarter], default=0)


def _placing(turned: int, width: float, height: float) -> Matrix[float]:
    """Return the matrix that turns a page so that its text is upright."""
    if turned == 90:
        return (0.0, -1.0, 1.0, 0.0, 0.0, width)
    if turned == 180:
        return (-1.0, 0.0, 0.0, -1.0, width, height)
    if turned == 270:
        return (0.0, 1.0, -1.0, 0.0, height, 0.0)
    return IDENTITY


def _unseen(glyphs: Sequence[Glyph], boxes: Floats, fills: Sequence[Fill], displayed: Box) -> tuple[Flags, Flags]:
    """Return which glyphs are invisible or covered, and which are not displayed for where they are or what is behind.

    A glyph is where its middle is: boundaries are often a little narrower than their text.
    """
    x, y = boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1)
    orders = np.array([glyph.order for glyph in glyphs], int)
    hidden = np.array([glyph.hidden for glyph in glyphs], bool)
    light = np.array([glyph.light for glyph in glyphs], bool)
    pale = np.ones(len(glyphs), bool)  # what is behind: paper, until something else is
    for fill in fills:
        if min(fill.box.x1 - fill.box.x0, fill.box.bottom - fill.box.top) > THIN:
            under = (x > fill.box.x0) & (x < fill.box.x1) & (y > fill.box.top) & (y < fill.box.bottom)
            pale[under & (orders > fill.order)] = fill.light
            if fill.opaque and not fill.curved:
                hidden |= under & (orders < fill.order)
    cut = (light & pale) | (x < displayed.x0) | (x > displayed.x1) | (y < displayed.top) | (y > displayed.bottom)
    left, top, right, bottom = _boxes(glyph.clip for glyph in glyphs).T
    return hidden, cut | (x < left) | (x > right) | (y < top) | (y > bottom)


def _aslant_or_off(glyphs: Sequence[Glyph], scanned: bool) -> list[bool]:
    """Return which glyphs are read in no case: those of a watermark, and those that their object switches off."""
    return [_slant(glyph) > ASLANT or (glyph.hidden and not scanned) for glyph in glyphs]


def _stream(glyphs: Sequence[Glyph]) -> tuple[str, list[int]]:
    """Return the text of glyphs, what stands apart separated, and for each character its glyph; -1 of a separator."""
    text: list[str] = []
    owners: list[int] = []
    for index, glyph in enumerate(glyphs):
        between = _separator(glyphs[index - 1], glyph) if index else ""
        if between:
            text.append(between)
            owners.append(-1)
        text.append(" " if glyph.text in BLANKS else glyph.text)
        owners.append(index)
    return "".join(text), owners


def _doubted(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """Return glyphs, those of figures whose text is not to be trusted as unread.

    An object says of its characters which glyphs they are. One glyph for two digits, or two glyphs of one font for one:
    what is displayed is not what the text says, and nobody knows where.
    """
    chars: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    numbers: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for glyph in glyphs:
        if glyph.number is not None and glyph.text in _SIGNS:
            chars[glyph.font, glyph.number].add(glyph.text)
            numbers[glyph.font, glyph.text].add(glyph.number)
    lying = {(font, number) for (font, number), own in chars.items() if len(own) > 1}
    lying |= {(font, number) for (font, _), own in numbers.items() if len(own) > 1 for number in own}
    return [g._replace(text=UNREAD) if (g.font, g.number) in lying else g for g in glyphs] if lying else glyphs


def _without_unsigned_reds(text: str, owners: Sequence[int], glyphs: Sequence[Glyph]) -> str:
    """Return a text with the digits in red unread, but for those of figures with a sign: they are of figures below zero."""
    unsigned = unsigned_digits(text)
    pairs = zip(text, owners, unsigned.tolist(), strict=True)
    return "".join(UNREAD if digit and glyphs[owner].red else char for char, owner, digit in pairs)


def _separator(before: Glyph, glyph: Glyph) -> str:
    """Return what separates a glyph from the one before: nothing, a blank or the end of a line."""
    a, b, _, _, x, y = before.matrix
    scale = math.hypot(a, b)
    size = scale * (before.corners.bottom - before.corners.top)
    is_next = glyph.order != before.order
    if size <= 0:
        return " " if is_next else ""
    right, down = glyph.matrix[4] - x, glyph.matrix[5] - y
    along, across = (right * a + down * b) / scale, (down * a - right * b) / scale
    if abs(across) > LEVEL * size:
        return "\n"
    gap = along - scale * before.corners.x1
    # A figure of an object of its own, right behind a name that fills its column, is the next column's.
    begins = is_next and glyph.text in CHARACTERS and before.text not in CHARACTERS
    return " " if begins or gap > (NEXT if is_next else APART) * size or gap < -BACK * size else ""


def _gone(text: str, owners: Sequence[int], unseen: Flags, never: Sequence[bool]) -> Flags:
    """Return which characters are not displayed.

    Of a figure that its cell cuts off, all is read: a rest of it would be another figure. Names are read all the same: of
    a cell that goes on over pages, the name stands for all of its parts.
    """
    of = np.array(owners, int)  # -1, of a separator, is the last
    gone: Flags = np.array([*never, False], bool)[of]
    lost: Flags = np.array([*unseen, False], bool)[of]
    for match in FIGURES.finditer(text):
        own = slice(*match.span())
        gone[own] |= bool((lost | gone)[own].all())
    return gone


def _chars(text: str, owners: Sequence[int], boxes: Floats) -> Chars:
    """Return the characters with their places; what separates them as one blank."""
    plain = text.replace("\n", " ")
    sides = np.append(boxes, np.zeros((1, 4)), axis=0)[owners] if owners else boxes
    sides[[char == " " for char in plain]] = 0.0
    return Chars(with_marks(plain, sides), sides, [1.0] * len(plain))


def _rules(fills: Sequence[Fill], strokes: Sequence[Box], place: Matrix[float]) -> tuple[Rule, ...]:
    """Return a page's rules: straight strokes, and what is filled or pictured no thicker than one."""
    boxes = placed(_boxes(fill.box for fill in fills if not fill.curved), place)
    lines = placed(_boxes(strokes), place)
    return tuple(map(Rule._make, np.concatenate((thin(boxes), straight(lines))).tolist()))


def _marks(content: Content, chars: Chars, place: Matrix[float]) -> Marks:
    """Read what is drawn at a page's figures: strokes through them, minus signs, points."""
    dark = [fill for fill in content.fills if not fill.light]
    rules = np.array(_rules(dark, content.strokes, place)).reshape(-1, 4)
    fills = (fill.box for fill in dark if fill.picture is None)
    small = placed(_boxes((*fills, *content.strokes)), place)
    specks = small[(small[:, 2:] - small[:, :2] <= SPECK).all(axis=1)]
    lines = placed(_boxes(content.strokes), place)
    slants = lines[(lines[:, 2:] - lines[:, :2] > SPECK).all(axis=1)]
    return read_marks(chars, rules, rules[:0], specks, Sight(_is_seen, _is_seen), slants)


def _is_seen(_: Floats) -> bool:
    """Return true: strokes and fills in a light colour are none of those given."""
    return True


def _drawn_figures(content: Content, place: Matrix[float]) -> tuple[Box, ...]:
    """Return the boxes of what is drawn within a page's strokes as large as a figure: outlines and pictures."""
    strokes = _boxes(content.strokes + content.light)
    if len(strokes) < MIN_RULES:
        return ()
    boxes = _boxes(fill.box for fill in content.fills if fill.curved or fill.picture)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    (left, top), (right, bottom) = strokes[:, :2].min(axis=0), strokes[:, 2:].max(axis=0)
    x, y = boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1)
    inside = (x > left) & (x < right) & (y > top) & (y < bottom)
    sized = (height > FIGURE_HEIGHT[0]) & (height < FIGURE_HEIGHT[1])
    chosen = boxes[inside & sized & (width > FIGURE_WIDTH[0]) & (width < FIGURE_WIDTH[1])]
    return tuple(map(Box._make, placed(chosen, place).tolist()))


def _picture(package: OfdPackage, source: OfdPage, content: Content, dpi: float) -> NDArray[np.uint8] | None:
    """Return the picture that a page's pictures make (rows, columns, BGR); None where one cannot be opened."""
    from PIL import Image  # noqa: PLC0415 - documents without scans pay nothing for it

    scale, box = dpi / 72, source.box
    size = [round(dpi / 25.4 * side) for side in (box.x1 - box.x0, box.bottom - box.top)]
    paper = Image.new("RGB", (max(1, size[0]), max(1, size[1])), "white")
    for fill in content.fills:
        part = source.resources.get(fill.picture or "")
        if part is None:
            continue
        own = _open(package.content(text_of(find(part.element, "MediaFile")), part.folder))
        if own is None:
            return None
        left, top = round(scale * fill.box.x0), round(scale * fill.box.top)
        wide, high = round(scale * fill.box.x1) - left, round(scale * fill.box.bottom) - top
        if 0 < wide <= 2 * size[0] and 0 < high <= 2 * size[1]:
            drawn = own.resize((wide, high))
            paper.paste(drawn, (left, top), drawn)
    return np.ascontiguousarray(np.asarray(paper)[:, :, ::-1])


def _open(data: bytes | None) -> Image.Image | None:
    """Return a picture; None where nobody can open it, such as one in JBIG2."""
    from PIL import Image  # noqa: PLC0415 - documents without scans pay nothing for it

    try:
        with Image.open(io.BytesIO(data or b"")) as image:
            return None if image.width * image.height > MAX_IMAGE_PIXELS else image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
