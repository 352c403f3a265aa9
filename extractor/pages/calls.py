"""PDFium's small functions with every pointer as a plain integer.

They are called millions of times a minute, and ctypes takes longer to wrap a pointer than PDFium to follow it; nor do
they run long enough for letting go of the interpreter to pay.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

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
render_mode_of = _by_address(raw.FPDFTextObj_GetTextRenderMode)
loose_box_of = _by_address(raw.FPDFText_GetLooseCharBox)
objects_of_page = _by_address(raw.FPDFPage_CountObjects)
object_of_page = _by_address(raw.FPDFPage_GetObject)
objects_of_form = _by_address(raw.FPDFFormObj_CountObjects)
object_of_form = _by_address(raw.FPDFFormObj_GetObject)
kind_of = _by_address(raw.FPDFPageObj_GetType)
bounds_of = _by_address(raw.FPDFPageObj_GetBounds)
matrix_of = _by_address(raw.FPDFPageObj_GetMatrix)
draw_mode_of = _by_address(raw.FPDFPath_GetDrawMode)
segments_of = _by_address(raw.FPDFPath_CountSegments)
segment_of = _by_address(raw.FPDFPath_GetPathSegment)
kind_of_segment = _by_address(raw.FPDFPathSegment_GetType)
point_of_segment = _by_address(raw.FPDFPathSegment_GetPoint)
closes = _by_address(raw.FPDFPathSegment_GetClose)
