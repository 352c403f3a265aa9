"""Damaged PDFs: how to tell one, and what qpdf can make of it."""

from __future__ import annotations

import io

from extractor.errors import EncryptedError, NotADocumentError

# What a PDF lacks, by what qpdf says of it.
_LACKS = {
    "trailer": "the list of its objects, which is at its end, is lost",
    "/Root": "its catalogue, from which all else is found, is lost",
    "pages tree": "its list of pages is damaged",
}
TAIL = 1024  # bytes: the end mark lies within them in every PDF that is whole


def is_cut(data: bytes) -> bool:
    """Return whether a PDF has no end mark: a download that broke off reads as one with fewer pages."""
    return b"%%EOF" not in data[-TAIL:] and b"%%EOF" not in data.rstrip(b"\0\t\r\n ")[-TAIL:]


def save_again(data: bytes, name: str) -> bytes:
    """Return a PDF as qpdf understands it, its objects found and listed again.

    Args:
        data: The file's bytes.
        name: How error messages call the file.

    Raises:
        NotADocumentError: Qpdf makes nothing of it either.
        EncryptedError: It has a password, which only qpdf notices.
    """
    import pikepdf  # noqa: PLC0415 - few files need it

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            document.save(out)
    except pikepdf.PasswordError as error:
        raise EncryptedError(
            f"{name}: asks for a password; expected a PDF that opens without one: remove its user password first"
        ) from error
    except pikepdf.PdfError as error:
        raise NotADocumentError(
            f"{name}: begins like a PDF, but cannot be opened ({_reason(error)}); it is truncated or damaged: download it again"
        ) from error
    return out.getvalue()


def _reason(error: Exception) -> str:
    """Return what qpdf found damaged, without what it calls the file: that is where its bytes are in memory."""
    said = str(error)
    return next((reason for mark, reason in _LACKS.items() if mark in said), said.partition(">: ")[2] or said)
