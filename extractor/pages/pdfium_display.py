"""Which text of a PDF's page is displayed: a text is not, where the page looks the same without it.

Text may be there for no eye: set invisible or in the colour behind it, covered, cut off by a clip, in a layer that is
switched off. Whoever searches the page finds it, and so does a reader. What looks as if it might be such is drawn: the
area around it, once with it and once without, and where no pixel differs, nothing is displayed. Pages without
suspects are not drawn at all.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.notation.figures import CHARACTERS
from extractor.pages import pdfium_calls as calls
from extractor.pages.pdfium_rules import Drawing, Floats, Placed, placed

LIGHT = 0xC8  # of 255: text in lighter colours needs something darker behind it
PATTERN = 0xBF  # of 255: the grey that PDFium says of text filled with a pattern, which may be light
FAINT = 40  # of 255: more transparent text is hardly ink
SHOWN = 0.5  # of a text's box: less that is neither clipped nor under a later fill shows no whole character
SMALLEST = 1.5  # points: text that is neither higher nor longer is a speck
NEAR = 56  # of 255: text that differs less from the fill behind it may not be seen
SCALE = 2.0  # pixels a point, at which suspects are drawn
MAX_SIDE = 3_000.0  # pixels
MARGIN = 24  # pixels around suspects that are drawn with them
SEEN = 24  # of 255: by how much a pixel differs where ink is
_SIGNS = re.escape("".join(char for char in CHARACTERS if not char.isspace()))
FIGURES = re.compile(rf"(?<!\S)[{_SIGNS}]*\d[{_SIGNS}]*(?!\S)")
_UNSEEN_MODES = frozenset((raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP))
_CLIPPING = raw.FPDF_TEXTRENDERMODE_FILL_CLIP  # and all modes after it
_STROKED, _STROKED_CLIP = raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP
_POINT = struct.Struct("<ffBBxx")  # a `calls.POINT`; clips have few
MOST_CORNERS = 5  # of a rectangle, back to where it began
_PLANE = (-math.inf, -math.inf, math.inf, math.inf)
Flags = NDArray[np.bool_]
Pixels = tuple[int, int, int, int]  # left, top, right, bottom of an area of a picture
Inks = tuple[NDArray[np.uint32], Flags]


class Suspects(NamedTuple):
    """Text objects that may not be displayed, and those of them of which their clip leaves nothing: they are not."""

    items: calls.Handles
    gone: calls.Handles


class _Styles(NamedTuple):
    """Of each text: its box in PDF space, its colour, if it has one, if that is light, and whether its own style or clip hides it, or hides it surely."""

    boxes: Floats
    colours: NDArray[np.uint32]
    plain: Flags
    light: Flags
    hidden: Flags
    gone: Flags


def has_layers(document: Any) -> bool:
    """Return whether a PDF, open in pikepdf, has layers (optional content) of which any may be off."""
    layers = document.Root.get("/OCProperties")
    default = layers.get("/D") if layers is not None else None
    if default is None:
        return False
    if default.get("/OFF") or default.get("/BaseState") == "/OFF" or default.get("/AS"):
        return True
    return any(_is_policy(item) for item in document.objects)


def _is_policy(item: Any) -> bool:
    """Return whether an object of a PDF shows or hides text by the state of several layers: it may, all being on."""
    import pikepdf  # noqa: PLC0415 - documents of other kinds do without

    return (
        isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/OCMD" and bool({"/P", "/VE"} & {*item.keys()})
    )


def find_suspects(
    drawing: Drawing, inks: Inks, owners: calls.Handles, text: str, layered: bool, scanned: bool
) -> Suspects:
    """Return the text objects of a page that print figures and may not be displayed.

    Args:
        drawing: What the page's objects are.
        inks: With which colour and alpha each of its texts is filled, and which have one: of a pattern, there is none.
        owners: The text object of each of its characters.
        text: Its characters.
        layered: Whether the document has layers that may be off: then every text may be in one.
        scanned: Whether pictures cover the page: invisible text over them is what a program recognised in them.
    """
    ends = np.fromiter(chain.from_iterable(map(re.Match.span, FIGURES.finditer(text))), np.intp)
    ends[1::2] -= 1  # the last character of each
    owning: calls.Handles = np.sort(owners[ends])
    if layered:
        return Suspects(np.unique(owning[owning != 0]), owning[:0])
    chosen = calls.are_among(drawing.texts.items, owning).nonzero()[0] if len(owning) else np.zeros(0, np.intp)
    if not len(chosen):
        return Suspects(owning[:0], owning[:0])
    texts = drawing.texts.at(chosen)
    with np.errstate(invalid="ignore", over="ignore"):
        styles = _styles(texts, (inks[0][chosen], inks[1][chosen]), scanned)
        suspect = styles.hidden | _is_covered(texts, styles, drawing) | _is_on_its_colour(texts, styles, drawing)
        if texts.forms.any():
            suspect |= _is_out_of_its_form(texts, styles, drawing.forms)
        if not scanned:
            suspect |= _is_behind_clipping_text(texts, drawing.texts)
        if len(drawing.veiled):
            suspect |= np.isin(texts.items, drawing.veiled)
        if styles.light.any():
            suspect |= styles.light & ~_is_on_dark(texts, styles, drawing)
    return Suspects(texts.items[suspect], texts.items[styles.gone])


def _styles(texts: Placed, inks: Inks, scanned: bool) -> _Styles:
    boxes, _ = calls.four_of_each(calls.bounds_of, texts.items, np.float32)
    boxes = boxes.astype(float)
    modes = calls.ints_of_each(calls.render_mode_of, texts.items)
    colours, plain = _displayed(inks, texts.items, modes)
    left, bottom, right, top = boxes.T
    hidden = ((right - left < SMALLEST) & (top - bottom < SMALLEST)) | (plain & (colours[:, 3] < FAINT))
    if not scanned:
        for mode in _UNSEEN_MODES:
            hidden |= modes == mode
    hidden |= calls.ints_of_each(calls.is_transparent, texts.items) != 0
    clips = _Clips()
    clipped = clips.numbers_of(calls.pointers_of_each(calls.clip_of, texts.items))
    own = np.array(clips.boxes)[clipped]
    _place_in_page(texts, boxes, own)
    if clipped.any():
        hidden |= np.array(clips.odd)[clipped] | np.less(_shares(boxes, own), SHOWN)
    gone = hidden
    if hidden.any():
        height = boxes[:, 3:] - boxes[:, 1:2]  # no ink reaches further from a text's box
        gone = hidden & ((boxes[:, :2] - height > own[:, 2:]) | (boxes[:, 2:] + height < own[:, :2])).any(axis=1)
    return _Styles(boxes, colours, plain, _are_light(colours, plain), hidden, gone)


def _are_light(colours: NDArray[np.uint32], plain: Flags) -> Flags:
    if colours[:, :3].max() < PATTERN:  # as on most pages
        return np.zeros(len(plain), bool)
    red, green, blue, _ = colours.T
    patterned = (red == PATTERN) & (green == PATTERN) & (blue == PATTERN)
    light: Flags = plain & (patterned | (np.minimum(np.minimum(red, green), blue) >= LIGHT))
    return light


def _displayed(inks: Inks, items: calls.Handles, modes: calls.Ints) -> Inks:
    """Return how each text is drawn: those that are only stroked, with the ink of their strokes."""
    colours, plain = inks
    places = ((modes == _STROKED) | (modes == _STROKED_CLIP)).nonzero()[0]
    if len(places):
        colours[places], plain[places] = calls.four_of_each(calls.stroke_colour_of, items[places], np.uint32)
    return colours, plain


class _Clips:
    """The boxes of a page's clips, each looked at once, and whether one is no rectangle; the first is all of the plane."""

    def __init__(self) -> None:
        self.boxes = [_PLANE]
        self.odd = [False]
        self._known: dict[tuple[int, ...], int] = {}

    def numbers_of(self, clips: calls.Handles) -> NDArray[np.intp]:
        """Return which of the boxes is that of each clip."""
        numbers = np.zeros(len(clips), np.intp)
        counts = calls.ints_of_each(calls.paths_of_clip, clips)
        for count in (count for count in {*counts.tolist()} if count > 0):  # by the same count: all are asked at once
            places = (counts == count).nonzero()[0]
            own = clips[places]
            firsts = [calls.segments_of_clips(own, number) for number in range(count)]
            starts = calls.run_starts(*firsts)  # objects under one clip share its paths, and come one after the other
            keys = [*zip(*(column[starts].tolist() for column in firsts), strict=True)]
            for key, clip in zip(keys, own[starts].tolist(), strict=True):
                if key not in self._known:
                    self._known[key] = self._added([calls.points_of_clip(clip, n) for n in range(count)])
            numbers[places] = np.repeat([self._known[key] for key in keys], np.diff(starts, append=len(own)))
        return numbers

    def _added(self, paths: list[bytes]) -> int:
        box, odd = _PLANE, False
        for points in filter(None, paths):
            xs, ys, *_ = zip(*_POINT.iter_unpack(points), strict=True)
            odd = odd or len(xs) > MOST_CORNERS
            box = (max(box[0], min(xs)), max(box[1], min(ys)), min(box[2], max(xs)), min(box[3], max(ys)))
        self.boxes.append(box)
        self.odd.append(odd)
        return len(self.boxes) - 1


def _is_out_of_its_form(texts: Placed, styles: _Styles, forms: Placed) -> Flags:
    """Return which texts a clip of the form that they are in, or of one around it, may leave out."""
    clips = _Clips()
    numbers = clips.numbers_of(calls.pointers_of_each(calls.clip_of, forms.items))
    if not numbers.any():
        return np.zeros(len(texts.items), bool)
    own, odd = np.array(clips.boxes)[numbers], np.array(clips.odd)[numbers]
    _place_in_page(forms, own)
    boxes, odds = np.array([_PLANE, *own.tolist()]), np.array([False, *odd.tolist()])
    for number, outer in enumerate(forms.forms.tolist(), 1):  # outer ones come first
        boxes[number, :2] = np.maximum(boxes[number, :2], boxes[outer, :2])
        boxes[number, 2:] = np.minimum(boxes[number, 2:], boxes[outer, 2:])
        odds[number] |= odds[outer]
    return odds[texts.forms] | np.less(_shares(styles.boxes, boxes[texts.forms]), SHOWN)


def _is_behind_clipping_text(texts: Placed, all_texts: Placed) -> Flags:
    """Return which texts come after one that may clip them: PDFium says of paths alone what they clip."""
    clipping = all_texts.orders[calls.ints_of_each(calls.render_mode_of, all_texts.items) >= _CLIPPING]
    return texts.orders > clipping.min() if len(clipping) else np.zeros(len(texts.items), bool)


def _place_in_page(texts: Placed, *each: Floats) -> None:
    """Bring boxes of texts into the page's space: those of texts in forms are in the form's."""
    inside = texts.forms.nonzero()[0]
    if not len(inside):
        return
    for boxes in each:
        places = inside[np.isfinite(boxes[inside]).all(axis=1)]
        boxes[places] = placed(boxes[places], texts.at(places).outers())


def _shares(boxes: Floats, others: Floats) -> Floats:
    """Return how much of each box lies in the other; all of one without an area."""
    sides = np.minimum(boxes[:, 2:], others[:, 2:]) - np.maximum(boxes[:, :2], others[:, :2])
    width, height = np.maximum(sides, 0.0).T
    common = width * height
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    shares: Floats = np.divide(common, area, out=np.ones_like(common), where=area > 0)
    return shares


def _is_covered(texts: Placed, styles: _Styles, drawing: Drawing) -> Flags:
    """Return which texts lie, for the most part, under something drawn later."""
    covered = np.zeros(len(texts.orders), bool)
    later = (drawing.fills.orders > texts.orders[0]).nonzero()[0]
    if not len(later):
        return covered
    orders, boxes = texts.orders, styles.boxes
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    fills = zip(drawing.fills.orders[later].tolist(), drawing.fill_boxes[later].tolist(), strict=True)
    for order, (x0, y0, x1, y1) in fills:
        covered |= (orders < order) & (x > x0) & (x < x1) & (y > y0) & (y < y1)
    return covered


def _is_on_its_colour(texts: Placed, styles: _Styles, drawing: Drawing) -> Flags:
    """Return which texts lie on a fill of nearly their own colour."""
    found = np.zeros(len(texts.items), bool)
    if not len(drawing.fills.items):  # as on most pages
        return found
    kinds = calls.ints_of_each(calls.kind_of, drawing.fills.items)
    paths = (kinds == raw.FPDF_PAGEOBJ_PATH).nonzero()[0]
    for place in (kinds == raw.FPDF_PAGEOBJ_SHADING).nonzero()[0].tolist():  # of any colours
        found |= _is_over(texts, styles, drawing, place)
    if not len(paths):
        return found
    colours, plain = calls.four_of_each(calls.fill_colour_of, drawing.fills.items[paths], np.uint32)
    colours = colours[:, :3].astype(np.int32)
    inks = np.where(styles.plain[:, None], styles.colours[:, :3], 0xFFFF).astype(np.int32)
    _, firsts = np.unique(inks @ np.array((1 << 32, 1 << 16, 1)), return_index=True)
    own = inks[firsts]  # one of each colour
    near = plain & (np.abs(own[:, None] - colours) < NEAR).all(axis=2).any(axis=0)
    for place in near.nonzero()[0].tolist():
        inside = _is_over(texts, styles, drawing, paths[place])
        found |= inside & (np.abs(inks - colours[place]) < NEAR).all(axis=1)
    return found


def _is_over(texts: Placed, styles: _Styles, drawing: Drawing, place: int) -> Flags:
    """Return which texts are drawn over a fill, with their middle in its box."""
    x, y = styles.boxes[:, [0, 2]].mean(axis=1), styles.boxes[:, [1, 3]].mean(axis=1)
    x0, y0, x1, y1 = drawing.fill_boxes[place].tolist()
    inside: Flags = (x > x0) & (x < x1) & (y > y0) & (y < y1) & (texts.orders > drawing.fills.orders[place])
    return inside


def _is_on_dark(texts: Placed, styles: _Styles, drawing: Drawing) -> Flags:
    """Return which texts have a darker fill behind their middle, as the last that was drawn there: no picture, which may be light."""
    x, y = styles.boxes[:, [0, 2]].mean(axis=1), styles.boxes[:, [1, 3]].mean(axis=1)
    on_dark = np.zeros(len(x), bool)
    fills = drawing.fills
    colours, coloured = calls.four_of_each(calls.fill_colour_of, fills.items, np.uint32)
    paths = calls.ints_of_each(calls.kind_of, fills.items) == raw.FPDF_PAGEOBJ_PATH
    dark = paths & coloured & (colours[:, :3].min(axis=1) < LIGHT)
    for index in np.argsort(fills.orders, kind="stable").tolist():
        x0, y0, x1, y1 = drawing.fill_boxes[index].tolist()
        behind = (texts.orders > fills.orders[index]) & (x > x0) & (x < x1) & (y > y0) & (y < y1)
        on_dark[behind] = dark[index]
    return on_dark


def find_unseen(page: Any, text_page: Any, owners: calls.Handles, text: str, suspects: Suspects) -> tuple[Flags, Flags]:
    """Return which characters of a page's figures are not displayed, and which are those of a text object within a figure that is.

    Names are read all the same: of a cell that is cut off, or goes on over pages, the name stands for all of its parts.

    Args:
        page: PDFium's page.
        text_page: PDFium's text of it.
        owners: The text object of each of its characters.
        text: Its characters.
        suspects: Text objects that may not be displayed.
    """
    unseen = np.zeros(len(text), bool)
    broken = unseen.copy()
    doubted = calls.are_among(owners, np.sort(suspects.items))
    words = [range(*match.span()) for match in FIGURES.finditer(text)]
    words = [word for word in words if doubted[word.start : word.stop].any()]
    gone = doubted & np.isin(owners, suspects.gone)
    places = [index for word in words for index in word if doubted[index] and not gone[index]]
    unseen[[index for word in words for index in word if gone[index]]] = True
    sides, _ = calls.boxes_of_chars(calls.address(text_page.raw), np.array(places, np.int32))
    unseen[places] = _make_no_difference(page, suspects.items.tolist(), sides.astype(float))
    for word in words:  # of a figure that its cell cuts off, all is read: a rest of it would be another figure
        own = slice(word.start, word.stop)
        if not unseen[own].all():
            broken[own] = np.isin(owners[own], _gone(owners[own], unseen[own]))
            unseen[own] = False
    return unseen, broken


def _make_no_difference(page: Any, suspects: list[int], sides: Floats) -> list[bool]:
    """Return in which boxes (left, top, right, bottom in PDF space) a page's picture is the same without some text objects."""
    if not len(sides):
        return []
    boxes = _in_pixels(page, sides)
    area = _area_around(page, boxes)  # mostly of a page number
    whole, without = _drawn(page, area), _drawn_without(page, suspects, area)
    same = []
    for left, top, right, bottom in (boxes - (area[:2] * 2)).tolist():
        one, other = whole[top:bottom, left:right].astype(np.int16), without[top:bottom, left:right]
        same.append(not (np.abs(one - other) > SEEN).any())
    return same


def _gone(owners: calls.Handles, unseen: Flags) -> calls.Handles:
    """Return the text object of a figure that is not displayed, where all the rest is of another: of more, only the ends were looked at."""
    gone: calls.Handles = np.setdiff1d(owners[unseen], owners[~unseen])
    return gone if len(np.unique(owners)) == 2 else gone[:0]


def _drawn_without(page: Any, suspects: list[int], area: Pixels) -> NDArray[Any]:
    """Return an area of a page's picture in which some text objects are not drawn."""
    for item in suspects:
        calls.set_active(item, 0)
    try:
        return _drawn(page, area)
    finally:
        for item in suspects:
            calls.set_active(item, 1)


def _area_around(page: Any, boxes: NDArray[np.intp]) -> Pixels:
    """Return the area of a page's picture that boxes lie in, and a margin, for glyphs that an edge cuts are drawn otherwise.

    Of boxes beside the page, it is a strip along its edge.
    """
    (width, height), low, high = _size(page), boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    left, top = (max(0, min(side, end) - MARGIN) for side, end in zip(low.tolist(), (width, height), strict=True))
    right, bottom = (high + MARGIN).tolist()
    return left, top, max(left + 1, min(right, width)), max(top + 1, min(bottom, height))


def _size(page: Any) -> tuple[int, int]:
    width, height = (math.ceil(side * _scale(page)) for side in page.get_size())
    return width, height


def _drawn(page: Any, area: Pixels) -> NDArray[Any]:
    (width, height), (left, top, right, bottom) = _size(page), area
    beside = left, height - bottom, width - right, top
    crop = tuple((side - 0.5) / _scale(page) for side in beside)  # whole pixels again, once they are rounded up
    bitmap = page.render(scale=_scale(page), crop=crop, may_draw_forms=False)
    try:
        return np.array(bitmap.to_numpy()[:, :, :3])
    finally:
        bitmap.close()


def _scale(page: Any) -> float:
    width, height = page.get_size()
    return min(SCALE, MAX_SIDE / max(float(width), float(height)))


def _in_pixels(page: Any, sides: Floats) -> NDArray[np.intp]:
    """Return boxes (left, top, right, bottom in PDF space) as places in the page's picture; the edges are left out."""
    place = ctypes.c_int(), ctypes.c_int()
    width, height = (int(side * _scale(page) + 0.999) for side in page.get_size())
    corners = []
    for x, y in sides.reshape(-1, 2):
        raw.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, *place)
        corners.append((place[0].value, place[1].value))
    found = np.array(corners).reshape(-1, 2, 2)
    low, high = np.maximum(found.min(axis=1), 0), np.maximum(found.max(axis=1), 0)
    boxes: NDArray[np.intp] = np.concatenate((low, np.maximum(high, low + 1)), axis=1)
    return boxes
