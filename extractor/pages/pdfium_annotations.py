"""Annotations of a PDF's page: fields of forms, notes and stamps become what the page draws, and strokes through text lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypdfium2 import raw

BARELY = 0.01  # pixels a point, for a picture that nobody looks at
_SILENT = frozenset((raw.FPDF_ANNOT_WATERMARK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_LINK))  # of no cell
_BOXES = frozenset((raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE))
_CONTENT = frozenset((raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM))


def flatten(page: Any) -> bool:
    """Make what a page's annotations print or cover what the page itself draws, and return whether there was any.

    If so, the page has to be closed and loaded again.
    """
    if not _has_appearances(page):
        return False
    if any(map(_is_bare, _annotations(page))):
        page.render(scale=BARELY)  # PDFium gives each the appearance that it draws
    raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
    return True


def _has_appearances(page: Any) -> bool:
    """Return whether a page has annotations that may print or cover something: fields of forms, text, stamps, boxes."""
    found = False
    for annotation in _annotations(page):
        flags = raw.FPDFAnnot_GetFlags(annotation)
        if flags & raw.FPDF_ANNOT_FLAG_NOVIEW:  # PDFium would print what is for paper alone
            raw.FPDFAnnot_SetFlags(annotation, flags | raw.FPDF_ANNOT_FLAG_HIDDEN)
        found = found or _prints(annotation)
    return found


def _annotations(page: Any) -> Iterator[Any]:
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        yield annotation
        raw.FPDFPage_CloseAnnot(annotation)


def _prints(annotation: Any) -> bool:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind != raw.FPDF_ANNOT_TEXT:
        return kind not in _SILENT
    items = (raw.FPDFAnnot_GetObject(annotation, n) for n in range(raw.FPDFAnnot_GetObjectCount(annotation)))
    return any(raw.FPDFPageObj_GetType(item) in _CONTENT for item in items)


def _is_bare(annotation: Any) -> bool:
    """Return whether an annotation leaves it to the viewer to draw a box, which may cover figures."""
    return raw.FPDFAnnot_GetSubtype(annotation) in _BOXES and not raw.FPDFAnnot_HasKey(annotation, b"AP")


def strokes_out(page: Any) -> list[tuple[float, float, float, float]]:
    """Return the strokes of the annotations that strike text out: viewers draw them where the file does not."""
    strokes = []
    for annotation in _annotations(page):
        box = raw.FS_RECTF()
        if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_STRIKEOUT and raw.FPDFAnnot_GetRect(annotation, box):
            middle = (box.bottom + box.top) / 2
            strokes.append((box.left, middle, box.right, middle))
    return strokes
