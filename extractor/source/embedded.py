"""Files within documents: workbooks in Word, which shows them as pictures, and what is attached to a PDF or an OFD file."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from html import unescape

from extractor.contract import DocumentKind
from extractor.errors import DocumentError, NotADocumentError
from extractor.source.archive import MAX_EXPANDED, open_container, read_member

_EMBEDDINGS = "word/embeddings/"
_PACKAGE = "Package".encode("utf-16-le")
_LIST = re.compile(r"(?:.*/)?attachments\.xml", re.IGNORECASE)  # as every program calls it
_LOCATION = re.compile(r"<(?:[\w.-]+:)?FileLoc>\s*([^<]+?)\s*<")


def embedded_files(data: bytes, kind: DocumentKind, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    """Yield (name, content or why it cannot be read) of the files within a document.

    A document that is damaged itself yields none, as its reader says.

    Args:
        data: The document.
        kind: What it is.
        name: How error messages call it.
    """
    if kind == "docx":
        yield from _of_word(data, name)
    elif kind == "ofd":
        yield from _of_ofd(data, name)
    elif kind == "pdf" and (b"/EmbeddedFile" in data or b"/ObjStm" in data):
        yield from _of_pdf(data, name)


def _of_word(data: bytes, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    try:
        package = open_container(data, name)
    except NotADocumentError:
        return
    with package:
        for info in package.infolist():
            if info.filename.startswith(_EMBEDDINGS) and not info.is_dir():
                member = info.filename.removeprefix("word/")
                content = read_member(package, info, f"{name}!/{member}")
                yield member, _unwrapped(content) if isinstance(content, bytes) else content


def _unwrapped(content: bytes) -> bytes:
    """Return the file that an OLE object is a wrapper of, as newer programs store what older ones insert; else the object."""
    if _PACKAGE not in content:
        return content
    from xlrd.compdoc import CompDoc  # noqa: PLC0415 - few files need it

    try:
        packed = CompDoc(content, logfile=io.StringIO()).get_named_stream("Package")
    except MemoryError:
        raise
    except Exception:  # xlrd raises whatever its parser meets; the object is then none that anybody reads
        return content
    return packed or content


def _of_ofd(data: bytes, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    try:
        package = open_container(data, name)
    except NotADocumentError:
        return
    with package:
        members = {info.filename.replace("\\", "/"): info for info in package.infolist()}
        for listed in [member for member in members if _LIST.fullmatch(member)]:
            content = read_member(package, members[listed], name)
            text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
            for location in _LOCATION.findall(text):
                folder = "/" if location.startswith("/") else f"/{posixpath.dirname(listed)}"
                member = posixpath.normpath(posixpath.join(folder, unescape(location))).lstrip("/")
                if member in members:
                    yield member, read_member(package, members[member], f"{name}!/{member}")


def _of_pdf(data: bytes, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    import pikepdf  # noqa: PLC0415 - few files need it

    damage = (pikepdf.PikepdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError)
    try:
        document = pikepdf.open(io.BytesIO(data))
        members = list(document.attachments)
    except damage:
        return
    with document:
        for member in members:
            try:
                content = document.attachments[member].get_file().read_bytes()
            except damage as error:
                reason = f"{name}!/{member}: cannot be unpacked ({error}); download the document again"
                yield member, NotADocumentError(reason)
                continue
            if len(content) > MAX_EXPANDED:
                reason = (
                    f"{name}!/{member}: has {len(content)} bytes; expected at most {MAX_EXPANDED}: save it by itself"
                )
                yield member, NotADocumentError(reason)
            else:
                yield member, content
