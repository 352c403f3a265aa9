"""PDFium's small functions with every pointer as a plain integer, and what they say of many objects as columns.

They are called millions of times a minute, and ctypes takes longer to wrap a pointer than PDFium to follow it; nor do
they run long enough for letting go of the interpreter to pay. Columns come from the native core where it is there, and
else from the same functions one call after the other.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.pages import native

Handles = NDArray[np.uint64]
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
_buffer_of: Callable[[Any], Any] = (ctypes.c_char * 0).from_buffer


def address(pointer: Any) -> int:
    """Return where a handle points to, for the functions below."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _by_address(function: Any) -> Callable[..., Any]:
    kinds = (function.restype, *function.argtypes)
    plain = (ctypes.c_void_p if issubclass(kind, ctypes._Pointer) else kind for kind in kinds)
    return ctypes.PYFUNCTYPE(*plain)(address(function))


copy_text = _by_address(raw.FPDFText_GetText)
box_of_char = _by_address(raw.FPDFText_GetCharBox)
object_of_char = _by_address(raw.FPDFText_GetTextObject)
angle_of_char = _by_address(raw.FPDFText_GetCharAngle)
size_of_char = _by_address(raw.FPDFText_GetFontSize)
render_mode_of = _by_address(raw.FPDFTextObj_GetTextRenderMode)
fill_colour_of = _by_address(raw.FPDFPageObj_GetFillColor)
clip_of = _by_address(raw.FPDFPageObj_GetClipPath)
paths_of_clip = _by_address(raw.FPDFClipPath_CountPaths)
segments_of_clip = _by_address(raw.FPDFClipPath_CountPathSegments)
segment_of_clip = _by_address(raw.FPDFClipPath_GetPathSegment)
set_active = _by_address(raw.FPDFPageObj_SetIsActive)
loose_box_of = _by_address(raw.FPDFText_GetLooseCharBox)
objects_of_page = _by_address(raw.FPDFPage_CountObjects)
object_of_page = _by_address(raw.FPDFPage_GetObject)
objects_of_form = _by_address(raw.FPDFFormObj_CountObjects)
object_of_form = _by_address(raw.FPDFFormObj_GetObject)
kind_of = _by_address(raw.FPDFPageObj_GetType)
bounds_of = _by_address(raw.FPDFPageObj_GetBounds)
matrix_of = _by_address(raw.FPDFPageObj_GetMatrix)
is_transparent = _by_address(raw.FPDFPageObj_HasTransparency)
stroke_colour_of = _by_address(raw.FPDFPageObj_GetStrokeColor)
font_size_of = _by_address(raw.FPDFTextObj_GetFontSize)
font_of = _by_address(raw.FPDFTextObj_GetFont)
outline_of_glyph = _by_address(raw.FPDFFont_GetGlyphPath)
segments_of_glyph = _by_address(raw.FPDFGlyphPath_CountGlyphSegments)
segment_of_glyph = _by_address(raw.FPDFGlyphPath_GetGlyphPathSegment)
draw_mode_of = _by_address(raw.FPDFPath_GetDrawMode)
segments_of = _by_address(raw.FPDFPath_CountSegments)
segment_of = _by_address(raw.FPDFPath_GetPathSegment)
kind_of_segment = _by_address(raw.FPDFPathSegment_GetType)
point_of_segment = _by_address(raw.FPDFPathSegment_GetPoint)
closes = _by_address(raw.FPDFPathSegment_GetClose)


def _addresses(*functions: Callable[..., Any]) -> Any:
    return (ctypes.c_void_p * len(functions))(*map(address, functions))


# As the core takes them: `object_functions` and `segment_functions` there.
_OBJECTS = _addresses(objects_of_page, object_of_page, objects_of_form, object_of_form, kind_of)
_SEGMENTS = _addresses(segment_of, point_of_segment, kind_of_segment, closes)


def _start(column: NDArray[Any]) -> int:
    """Return where a column begins, for what reads or writes its values one after the other."""
    if not column.flags.c_contiguous:
        raise ValueError("a column whose values do not lie one after the other; expected one that does: copy it first")
    return ctypes.addressof(_buffer_of(column))  # a quarter of what `column.ctypes` takes


def ints_of_each(function: Callable[..., Any], items: Handles) -> Ints:
    """Return the number that a function says of each object."""
    if native.core is None:
        return np.fromiter(map(function, items.tolist()), np.int32, len(items))
    out = np.empty(len(items), np.int32)
    native.core.ints_of_each(function, _start(items), len(items), _start(out))
    return out


def pointers_of_each(function: Callable[..., Any], items: Handles) -> Handles:
    """Return the handle that a function says of each object; 0 where it says none."""
    if native.core is None:
        return _handles(map(function, items.tolist()))
    out = np.empty(len(items), np.uint64)
    native.core.pointers_of_each(function, _start(items), len(items), _start(out))
    return out


def four_of_each(
    function: Callable[..., Any], items: Handles, kind: type[np.generic]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the four values that a function says of each object, as rows, and of which it says any: else they are zeros.

    Args:
        function: Takes an object, and four places for what it says.
        items: The objects.
        kind: Type of the values, which take four bytes.
    """
    values = np.zeros((len(items), 4), kind)
    start = _start(values)
    if native.core is None:
        places = (range(start + n * 4, start + n * 4 + values.nbytes, 16) for n in range(4))
        return values, np.fromiter(map(function, items.tolist(), *places), bool, len(items))
    known = np.empty(len(items), bool)
    native.core.fours_of_each(function, _start(items), len(items), start, _start(known))
    return values, known


def matrices_of_each(items: Handles) -> NDArray[np.float32]:
    """Return the matrix of each object, as rows; zeros of one that has none."""
    matrices = np.zeros((len(items), 6), np.float32)
    start = _start(matrices)
    if native.core is None:
        deque(map(matrix_of, items.tolist(), range(start, start + matrices.nbytes, 24)), maxlen=0)
    else:
        native.core.matrices_of_each(matrix_of, _start(items), len(items), start)
    return matrices


def draw_modes_of_each(paths: Handles) -> Ints:
    """Return of each path, as rows, by which rule it is filled, and whether it is stroked."""
    modes = np.zeros((len(paths), 2), np.int32)
    start = _start(modes)
    if native.core is None:
        places = (range(start + n * 4, start + n * 4 + modes.nbytes, 8) for n in range(2))
        deque(map(draw_mode_of, paths.tolist(), *places), maxlen=0)
    else:
        native.core.twos_of_each(draw_mode_of, _start(paths), len(paths), start)
    return modes


def text_of_page(text_page: int, count: int) -> str:
    """Return the text of a page's first characters: PDFium leaves out some, and then its end is zeros."""
    units = np.zeros(count + 1, np.uint16)
    copy_text(text_page, 0, count, _start(units))
    return units[:count].tobytes().decode("utf-16-le", "replace")


def objects_of_chars(text_page: int, count: int) -> Handles:
    """Return the text object of each of a page's characters; 0 of a blank that PDFium generated."""
    if native.core is None:
        return _handles(map(object_of_char, repeat(text_page), range(count)))
    out = np.empty(count, np.uint64)
    places = np.arange(count, dtype=np.int32)
    native.core.pointers_at(object_of_char, text_page, _start(places), count, _start(out))
    return out


def angles_of_chars(text_page: int, places: Ints) -> Floats:
    """Return by which angle each of some characters is turned, in radians."""
    if native.core is None:
        return np.fromiter(map(angle_of_char, repeat(text_page), places.tolist()), float, len(places))
    out = np.empty(len(places))
    native.core.floats_at(angle_of_char, text_page, _start(places), len(places), _start(out))
    return out


def sizes_of_chars(text_page: int, places: Ints) -> Floats:
    """Return the font size of each of some characters."""
    if native.core is None:
        return np.fromiter(map(size_of_char, repeat(text_page), places.tolist()), float, len(places))
    out = np.empty(len(places))
    native.core.doubles_at(size_of_char, text_page, _start(places), len(places), _start(out))
    return out


def boxes_of_chars(text_page: int, places: Ints) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return left, top, right and bottom of some characters, as rows, and which of them have a box."""
    sides = np.zeros((len(places), 4), np.float32)
    start = _start(sides)
    if native.core is None:
        rows = range(start, start + sides.nbytes, 16)
        return sides, np.fromiter(map(loose_box_of, repeat(text_page), places.tolist(), rows), bool, len(places))
    known = np.empty(len(places), bool)
    native.core.boxes_at(loose_box_of, text_page, _start(places), len(places), start, _start(known))
    return sides, known


def segments_of_clips(clips: Handles, number: int) -> Handles:
    """Return the first segment of each clip's path of that number."""
    if native.core is None:
        return _handles(map(segment_of_clip, clips.tolist(), repeat(number), repeat(0)))
    out = np.empty(len(clips), np.uint64)
    native.core.segments_of_clips(segment_of_clip, _start(clips), len(clips), number, _start(out))
    return out


def run_starts(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Return where another value than the one before begins in any of some columns of one length."""
    changed = np.ones(len(columns[0]), bool)
    changed[1:] = columns[0][1:] != columns[0][:-1]
    for column in columns[1:]:
        changed[1:] |= column[1:] != column[:-1]
    return changed.nonzero()[0]


def are_among(handles: Handles, others: Handles) -> NDArray[np.bool_]:
    """Return which of some handles are among others, which are sorted and not none."""
    places = others.searchsorted(handles)
    found: NDArray[np.bool_] = others.take(places, mode="clip") == handles
    return found


def _handles(found: Iterable[int | None]) -> Handles:
    return np.array([handle or 0 for handle in found], np.uint64)


class Objects(NamedTuple):
    """The objects of a page in the order in which they are drawn, those of a form right after it.

    Attributes:
        items: Where each is.
        kinds: Its kind.
        holders: The place, among these, of the form that holds it; -1 for the page.
    """

    items: Handles
    kinds: Ints
    holders: Ints


def walk_objects(page: int, max_depth: int, limit: int) -> Objects | None:
    """Return a page's objects; None if they are more than a limit.

    Args:
        page: Where PDFium's page is.
        max_depth: Forms that nest deeper are not looked into.
        limit: How many objects there may be.
    """
    if native.core is None:
        return _walked(page, max_depth, limit)
    for room in (min(USUAL, limit), limit):
        items, kinds, holders = np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(room, np.int32)
        buffers = _start(items), _start(kinds), _start(holders)
        count = native.core.walk_objects(_OBJECTS, page, raw.FPDF_PAGEOBJ_FORM, max_depth, room, *buffers)
        if count >= 0:
            return Objects(items[:count], kinds[:count], holders[:count])
    return None


def _walked(page: int, max_depth: int, limit: int) -> Objects | None:
    items: list[int] = []
    kinds: list[int] = []
    holders: list[int] = []
    visited = 0

    def visit(holder: int, place: int, depth: int) -> bool:
        nonlocal visited
        count, get = (
            (objects_of_page(holder), object_of_page) if place < 0 else (objects_of_form(holder), object_of_form)
        )
        visited += max(0, count)
        if visited > limit:
            return False
        own = [*map(get, repeat(holder), range(count))]
        begun = 0
        for kind, run in groupby(map(kind_of, own)):  # what is drawn one after the other is added at once
            several = own[begun : begun + sum(1 for _ in run)]
            begun += len(several)
            for part in several if kind == raw.FPDF_PAGEOBJ_FORM else ():
                items.append(part)
                kinds.append(kind)
                holders.append(place)
                if depth < max_depth and not visit(part, len(items) - 1, depth + 1):
                    return False
            if kind != raw.FPDF_PAGEOBJ_FORM:
                items.extend(several)
                kinds.extend(repeat(kind, len(several)))
                holders.extend(repeat(place, len(several)))
        return True

    whole = visit(page, -1, 0)
    return (
        Objects(np.array(items, np.uint64), np.array(kinds, np.int32), np.array(holders, np.int32)) if whole else None
    )


# One segment of a path, as PDFium holds it; see `_points_of`.
POINT = np.dtype([("x", "f4"), ("y", "f4"), ("kind", "u1"), ("closes", "u1"), ("", "V2")])

_FILLING = range(10, POINT.itemsize)  # the bytes of a point that mean nothing

USUAL = 4096  # objects of a page: for more, longer buffers are taken
LONG = 100  # rounds of the path by which that is made sure


def points_of_each(paths: Handles) -> tuple[NDArray[np.void], Ints]:
    """Return the segments of all paths, one after the other, as `POINT`s, and how many each has."""
    sizes = np.maximum(ints_of_each(segments_of, paths), 0)
    if native.core is None:
        return np.frombuffer(b"".join(map(_points_of, paths.tolist())), POINT), sizes
    points = np.empty(int(sizes.sum()), POINT)
    columns = _start(paths), _start(sizes), len(paths), _start(points)
    native.core.points_of_each(_SEGMENTS, *columns)
    return points, sizes


def _points_of(path: int) -> bytes:
    """Return a path's segments.

    PDFium holds them one after the other: for Python, to take them at once is six times as fast as asking for each.
    """
    count = segments_of(path)
    if count <= 0:
        return b""
    if _IN_A_ROW:
        return ctypes.string_at(segment_of(path, 0), POINT.itemsize * count)
    return _asked_for(count, partial(segment_of, path))


def points_of_clip(clip: int, number: int) -> bytes:
    """Return the segments of one of a clip's paths as `POINT`s."""
    count = segments_of_clip(clip, number)
    if count <= 0:
        return b""
    if _IN_A_ROW:
        return ctypes.string_at(segment_of_clip(clip, number, 0), POINT.itemsize * count)
    return _asked_for(count, partial(segment_of_clip, clip, number))


def points_of_glyph(font: int, char: str) -> bytes:
    """Return the outline with which a font draws a character, as `POINT`s in ems; nothing where it has none."""
    outline = outline_of_glyph(font, ord(char), 1.0)
    count = segments_of_glyph(outline) if outline else 0
    if count <= 0:
        return b""
    if _IN_A_ROW:
        held = bytearray(ctypes.string_at(segment_of_glyph(outline, 0), POINT.itemsize * count))
        for place in _FILLING:  # the same each time: it is a key
            held[place :: POINT.itemsize] = bytes(count)
        return bytes(held)
    return _asked_for(count, partial(segment_of_glyph, outline))


def _asked_for(count: int, segment_at: Callable[[int], int]) -> bytes:
    points = np.zeros(count, POINT)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = segment_at(index)
        point_of_segment(segment, ctypes.addressof(x), ctypes.addressof(y))
        points[index] = (x.value, y.value, kind_of_segment(segment), closes(segment), b"")
    return points.tobytes()


def _are_in_a_row() -> bool:
    """Tell, by a long path with every kind of segment, whether this PDFium holds segments as `POINT` says."""
    handle = raw.FPDFPageObj_CreateNewPath(1.5, 2.5)
    for _ in range(LONG):
        raw.FPDFPath_LineTo(handle, 3.5, 4.5)
        raw.FPDFPath_BezierTo(handle, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5)
        raw.FPDFPath_Close(handle)
        raw.FPDFPath_MoveTo(handle, 11.5, 12.5)
    try:
        path = address(handle)
        count = segments_of(path)
        first = segment_of(path, 0)
        if any(segment_of(path, index) != first + POINT.itemsize * index for index in range(count)):
            return False  # it would hold them in blocks
        held = np.frombuffer(ctypes.string_at(first, count * POINT.itemsize), POINT)
        asked = np.frombuffer(_asked_for(count, partial(segment_of, path)), POINT)
        return all((held[name] == asked[name]).all() for name in ("x", "y", "kind", "closes"))
    finally:
        raw.FPDFPageObj_Destroy(handle)


_IN_A_ROW = _are_in_a_row()
