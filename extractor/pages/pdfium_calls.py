"""PDFium's small functions with every pointer as a plain integer.

They are called millions of times a minute, and ctypes takes longer to wrap a pointer than PDFium to follow it; nor do
they run long enough for letting go of the interpreter to pay.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw


def address(pointer: Any) -> int:
    """Return where a handle points to, for the functions below."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _by_address(function: Any) -> Callable[..., Any]:
    kinds = (function.restype, *function.argtypes)
    plain = (ctypes.c_void_p if issubclass(kind, ctypes._Pointer) else kind for kind in kinds)
    return ctypes.PYFUNCTYPE(*plain)(address(function))


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


def four_of_each(
    function: Callable[..., Any], items: Sequence[int], kind: type[np.generic]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the four values that a function says of each object, as rows, and of which it says any: else they are zeros.

    Args:
        function: Takes an object, and four places for what it says.
        items: The objects.
        kind: Type of the values.
    """
    values = np.zeros((len(items), 4), kind)
    start, width = values.ctypes.data, values.itemsize
    places = (range(start + n * width, start + n * width + values.nbytes, 4 * width) for n in range(4))
    return values, np.fromiter(map(function, items, *places), bool, len(items))


# One segment of a path, as PDFium holds it; see `points_of`.
POINT = np.dtype([("x", "f4"), ("y", "f4"), ("kind", "u1"), ("closes", "u1"), ("", "V2")])

_MEANT = np.arange(POINT.itemsize) < 10  # the bytes of a point but for its filling

LONG = 100  # rounds of the path by which that is made sure


def points_of(path: int) -> bytes:
    """Return a path's segments as `POINT`s.

    PDFium holds them one after the other: to take them at once is six times as fast as asking for each.
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
        held = np.frombuffer(ctypes.string_at(segment_of_glyph(outline, 0), POINT.itemsize * count), np.uint8)
        return np.where(_MEANT, held.reshape(count, -1), np.uint8(0)).tobytes()  # the same each time: it is a key
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
