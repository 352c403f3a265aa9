"""Files within documents: workbooks in Word, which shows them as pictures, and what is attached to a PDF."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from extractor.contract import DocumentKind
from extractor.errors import NotADocumentError
from extractor.source.archive import MAX_EXPANDED, open_container

_EMBEDDINGS = "word/embeddings/"


def embedded_files(data: bytes, kind: DocumentKind) -> list[tuple[str, bytes]]:
    """Return (name, content) of the files within a document; none of one that is damaged, as its reader says.

    Args:
        data: The document.
        kind: What it is.
    """
    if kind == "docx":
        return [*_of_word(data)]
    return [*_of_pdf(data)] if kind == "pdf" and b"/EmbeddedFile" in data else []


def _of_word(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with open_container(data, "") as package:
            for part in package.namelist():
                if part.startswith(_EMBEDDINGS):
                    yield part.removeprefix("word/"), package.read(part)
    except (NotADocumentError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, KeyError):
        return


def _of_pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    import pikepdf  # noqa: PLC0415 - few files need it

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            for name, attached in document.attachments.items():
                content = attached.get_file().read_bytes()
                if len(content) <= MAX_EXPANDED:
                    yield name, content
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, RuntimeError):
        return
