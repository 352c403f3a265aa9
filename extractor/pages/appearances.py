"""Form fields and notes of a PDF that leave it to the viewer to draw what they say: qpdf draws the fields.

Of notes in layers, what draws them is put into the same layers: PDFium forgets those once a note is a part of its page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

_FIGURE = re.compile(r"\d")
_ENCODING = frozenset(("/Length", "/Filter", "/DecodeParms"))


def lacks_fields(document: Any) -> bool:
    """Return whether a PDF, open in pikepdf, has fields that its viewer draws: all, or those without an appearance."""
    form = document.Root.get("/AcroForm")
    if form is None:
        return False
    if bool(form.get("/NeedAppearances", False)):
        return True
    return any("/AP" not in field and _FIGURE.search(_value(field)) for field in _annotations(document, "/Widget"))


def count_bare_notes(document: Any) -> int:
    """Return how many notes over the pages of a PDF say figures, and have no appearance: each viewer draws its own."""
    notes = _annotations(document, "/FreeText")
    return sum("/AP" not in note and _FIGURE.search(str(note.get("/Contents", ""))) is not None for note in notes)


def has_notes_in_layers(document: Any) -> bool:
    """Return whether a PDF, open in pikepdf, has annotations that are displayed only while a layer is on."""
    return any("/OC" in note and "/AP" in note for note in _annotations(document))


def with_layers(data: bytes) -> bytes:
    """Return a PDF with the appearances of annotations in the layers of these; where nobody can, as it is."""
    import pikepdf  # noqa: PLC0415 - few files need it

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            for note in [note for note in _annotations(document) if "/OC" in note and "/AP" in note]:
                for holder, key in _appearances(note.AP):
                    own = holder[key]  # of which others may be drawn too
                    kept = {name: value for name, value in own.items() if name not in _ENCODING}
                    holder[key] = document.make_stream(
                        own.read_bytes(), {**kept, "/OC": _both(own.get("/OC"), note.OC)}
                    )
            document.save(out)
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, TypeError, ValueError, RuntimeError, KeyError):
        return data
    return out.getvalue()


def _both(own: Any, layer: Any) -> Any:
    """Return what is on where the layers of an appearance, if it is in any of its own, and of its note are."""
    import pikepdf  # noqa: PLC0415 - few files need it

    if own is None:
        return layer
    return pikepdf.Dictionary(Type=pikepdf.Name.OCMD, VE=pikepdf.Array([pikepdf.Name.And, own, layer]))


def _appearances(named: Any) -> Iterator[tuple[Any, str]]:
    """Yield where an annotation's appearances are: there may be one for each state of it."""
    import pikepdf  # noqa: PLC0415 - few files need it

    for key, value in [*named.items()]:
        if isinstance(value, pikepdf.Stream):
            yield named, key
        elif isinstance(value, pikepdf.Dictionary):
            yield from _appearances(value)


def with_fields(data: bytes) -> bytes:
    """Return a PDF with its fields drawn; where nobody can, as it is.

    Fonts of forms are Latin: of other values, the appearance that there is stays.
    """
    import pikepdf  # noqa: PLC0415 - few files need it

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            form = document.Root.AcroForm
            stale = bool(form.get("/NeedAppearances", False))
            drawn = [field for field in _annotations(document, "/Widget") if "/AP" in field]
            kept = [(field, field.AP) for field in drawn if not stale or not _value(field).isascii()]
            for field, _ in kept:  # qpdf draws over what is there
                del field.AP
            form.NeedAppearances = True
            document.generate_appearance_streams()
            for field, appearance in kept:
                field.AP = appearance
            document.save(out)
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, TypeError, ValueError, RuntimeError, KeyError):
        return data
    return out.getvalue()


def _annotations(document: Any, kind: str | None = None) -> Iterator[Any]:
    for page in document.pages:
        yield from (item for item in page.obj.get("/Annots", ()) if kind is None or item.get("/Subtype") == kind)


def _value(field: Any) -> str:
    return str(field.get("/V", field.get("/Parent", {}).get("/V", "")))
