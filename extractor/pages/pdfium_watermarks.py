"""Text of a watermark: it lies over or under a table and belongs to none of its cells.

It runs aslant, or it is pale and keeps to no cell: large letters across rules, or the same text again and again.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.pages import pdfium_calls as calls
from extractor.pages.pdfium_rules import Drawing, Floats, Placed, in_page, placed

ASLANT = 0.17  # tangent of ten degrees: a scan that a program recognised may lie askew by less
PALE = range(0xA0, 0xF8)  # of 255: the darkest channel of a watermark's grey; what is white is for dark fills
CLEAR = 0x70  # of 255: more transparent ink is pale
REPEATED = 3  # times that a watermark of the size of other text is printed
LARGE = 1.6  # times the size of a page's text
INSIDE = 0.15  # of a text's height or length, from its edges: rules that run within these cross it


def find_watermarks(drawing: Drawing, colours: NDArray[np.uint32], text_page: Any) -> calls.Handles:
    """Return the text objects of a page that are watermarks.

    Args:
        drawing: What the page's objects are.
        colours: Red, green, blue and alpha of each of its texts.
        text_page: PDFium's text of the page.
    """
    texts = drawing.texts
    if not len(texts.items):
        return texts.items
    a, b, c, d, _, _ = in_page(texts)
    found: NDArray[np.bool_] = np.minimum(np.abs(a), np.abs(b)) > ASLANT * np.maximum(np.abs(a), np.abs(b))
    pale = np.flatnonzero(_are_pale(colours) & ~found).tolist()
    if pale and len(drawing.rules):
        sizes = np.hypot(c, d) * _sizes(texts)
        groups: dict[tuple[str, float], list[int]] = {}
        for place in pale:
            groups.setdefault((_text_of(int(texts.items[place]), text_page), round(float(sizes[place]), 1)), []).append(
                place
            )
        usual = float(np.median(sizes))
        for (_, size), places in groups.items():
            again = len(places) >= REPEATED
            if (again or size > LARGE * usual) and _leave_cells(drawing.rules, texts.at(np.array(places)), again):
                found[places] = True
    return texts.items[found]


def _sizes(texts: Placed) -> Floats:
    size = ctypes.c_float()
    sizes = []
    for item in texts.items.tolist():
        calls.font_size_of(item, ctypes.addressof(size))
        sizes.append(size.value)
    return np.array(sizes)


def _are_pale(colours: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which texts are pale."""
    darkest, alpha = np.minimum(np.minimum(colours[:, 0], colours[:, 1]), colours[:, 2]), colours[:, 3]
    pale = (darkest >= PALE.start) & (darkest < PALE.stop)
    return pale | ((alpha < CLEAR) & (alpha > 0))


def _text_of(item: int, text_page: Any) -> str:
    handle = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
    length = raw.FPDFTextObj_GetText(handle, text_page.raw, None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    raw.FPDFTextObj_GetText(handle, text_page.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace").strip()


def _leave_cells(rules: Floats, texts: Placed, again: bool) -> bool:
    """Return whether a rule runs through the inside of any of some texts or, of one printed again, beside all rules."""
    sides, _ = calls.four_of_each(calls.bounds_of, texts.items, np.float32)
    for x0, y0, x1, y1 in placed(sides.astype(float), texts.outers()).tolist():
        dx, dy = INSIDE * (x1 - x0), INSIDE * (y1 - y0)
        within = (rules[:, 0] < x1 - dx) & (rules[:, 2] > x0 + dx) & (rules[:, 1] < y1 - dy) & (rules[:, 3] > y0 + dy)
        beside = x1 < rules[:, 0].min() or x0 > rules[:, 2].max() or y1 < rules[:, 1].min() or y0 > rules[:, 3].max()
        if within.any() or (again and beside):
            return True
    return False
