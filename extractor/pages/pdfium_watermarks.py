"""Text of a watermark: it lies over or under a table and belongs to none of its cells.

It runs aslant, or it is pale and keeps to no cell: large letters across rules, or the same text again and again.
"""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.pages import pdfium_calls as calls
from extractor.pages.pdfium_rules import IDENTITY, Drawing, Floats, Placed, compose, placed

ASLANT = 0.17  # tangent of ten degrees: a scan that a program recognised may lie askew by less
PALE = range(0xA0, 0xF8)  # of 255: the darkest channel of a watermark's grey; what is white is for dark fills
CLEAR = 0x70  # of 255: more transparent ink is pale
REPEATED = 3  # times that a watermark of the size of other text is printed
LARGE = 1.6  # times the size of a page's text
INSIDE = 0.15  # of a text's height or length, from its edges: rules that run within these cross it


def find_watermarks(drawing: Drawing, colours: NDArray[np.uint32], text_page: Any) -> frozenset[int]:
    """Return the text objects of a page that are watermarks.

    Args:
        drawing: What the page's objects are.
        colours: Red, green, blue and alpha of each of its texts.
        text_page: PDFium's text of the page.
    """
    texts = drawing.texts
    if not texts.items:
        return frozenset()
    a, b, c, d = _directions(texts)
    along, across = np.hypot(a, b), np.hypot(c, d)
    aslant = np.minimum(np.abs(a), np.abs(b)) > ASLANT * np.maximum(np.abs(a), np.abs(b))
    found = {texts.items[place] for place in np.flatnonzero(aslant & (along > 0))}
    pale = [place for place in _pale(colours) if texts.items[place] not in found]
    if pale and len(drawing.rules):
        sizes = across * _sizes(texts)
        groups: dict[tuple[str, float], list[int]] = {}
        for place in pale:
            groups.setdefault((_text_of(texts.items[place], text_page), round(float(sizes[place]), 1)), []).append(
                place
            )
        usual = float(np.median(sizes))
        for (_, size), places in groups.items():
            again = len(places) >= REPEATED
            if (again or size > LARGE * usual) and _leave_cells(drawing.rules, texts.at(places), again):
                found.update(texts.items[place] for place in places)
    return frozenset(found)


def _directions(texts: Placed) -> tuple[Floats, Floats, Floats, Floats]:
    """Return a, b, c and d of each text's matrix in the page's space."""
    own = np.zeros((len(texts.items), 6), np.float32)
    start = own.ctypes.data
    deque(map(calls.matrix_of, texts.items, range(start, start + own.nbytes, 24)), maxlen=0)
    a, b, c, d, e, f = own.astype(float).T
    if texts.outers.count(IDENTITY) < len(texts.outers):
        g, h, i, j, k, m = np.array(texts.outers, float).T
        a, b, c, d, _, _ = compose((a, b, c, d, e, f), (g, h, i, j, k, m))
    return a, b, c, d


def _sizes(texts: Placed) -> Floats:
    size = ctypes.c_float()
    sizes = []
    for item in texts.items:
        calls.font_size_of(item, ctypes.addressof(size))
        sizes.append(size.value)
    return np.array(sizes)


def _pale(colours: NDArray[np.uint32]) -> list[int]:
    """Return the places of pale texts."""
    darkest, alpha = np.minimum(np.minimum(colours[:, 0], colours[:, 1]), colours[:, 2]), colours[:, 3]
    pale = (darkest >= PALE.start) & (darkest < PALE.stop)
    return np.flatnonzero(pale | ((alpha < CLEAR) & (alpha > 0))).tolist()


def _text_of(item: int, text_page: Any) -> str:
    handle = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
    length = raw.FPDFTextObj_GetText(handle, text_page.raw, None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    raw.FPDFTextObj_GetText(handle, text_page.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace").strip()


def _leave_cells(rules: Floats, texts: Placed, again: bool) -> bool:
    """Return whether a rule runs through the inside of any of some texts or, of one printed again, beside all rules."""
    sides, _ = calls.four_of_each(calls.bounds_of, texts.items, np.float32)
    boxes = [placed(box[None], outer)[0] for box, outer in zip(sides.astype(float), texts.outers, strict=True)]
    for x0, y0, x1, y1 in np.array(boxes).tolist():
        dx, dy = INSIDE * (x1 - x0), INSIDE * (y1 - y0)
        within = (rules[:, 0] < x1 - dx) & (rules[:, 2] > x0 + dx) & (rules[:, 1] < y1 - dy) & (rules[:, 3] > y0 + dy)
        beside = x1 < rules[:, 0].min() or x0 > rules[:, 2].max() or y1 < rules[:, 1].min() or y0 > rules[:, 3].max()
        if within.any() or (again and beside):
            return True
    return False
