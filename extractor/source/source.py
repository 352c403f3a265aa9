"""Path → `Source`: bytes, their hash, and the kind that the content says, whatever the name says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.contract import DocumentKind
from extractor.errors import DocumentError, EncryptedError, NotADocumentError
from extractor.filesystem import Place, why
from extractor.source.archive import MAX_DEPTH, is_office_package, walk_archive, zip_kind
from extractor.source.bsdtar import walk_bsdtar
from extractor.source.embedded import embedded_files
from extractor.source.encoding import decode_text, saved_page

_MAGIC: tuple[tuple[bytes, DocumentKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"{\\rtf", "doc"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of the streams that show what an OLE2 file is, as its directory spells them.
_STREAMS: tuple[tuple[str, DocumentKind], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|script|table)\b", re.IGNORECASE)
# Of embedded files, texts, pictures and objects of other programs are no documents; an encrypted one is said to be.
EMBEDDED_KINDS = frozenset(("pdf", "docx", "doc", "xlsx", "xls", "ods", "ofd", "html", "encrypted"))
ARCHIVES = frozenset(("zip", "rar", "7z"))
HEAD = 4096  # bytes looked at to distinguish text from the rest


@dataclass(frozen=True, slots=True)
class Source:
    """One input file.

    Attributes:
        path: As given, or the URL without its secrets; a member of an archive is `archive.zip!/member.pdf`,
            what a document embeds `document.docx!/embeddings/sheet.xlsx`.
        sha256: Hex digest of the content: the document's id.
        kind: What it is by its bytes; encrypted is an office file with a password.
        data: The content.
    """

    path: str
    sha256: str
    kind: DocumentKind
    data: bytes

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or a member of an archive whose content nobody can read, and why."""

    path: str
    kind: DocumentKind
    error: DocumentError


def read_source(file: Path | Place) -> Source:
    """Read a file, and find its kind by its content.

    Raises:
        DocumentError: The file cannot be read.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DocumentError(f"{file}: cannot be read ({why(error)}); check that it exists and may be read") from error
    return _source(str(file), data)


def read_sources(file: Path | Place) -> Iterator[Source | Unread]:
    """Read a file; of an archive, every member by itself, archives within it too; of a document, what it embeds."""
    try:
        source = read_source(file)
    except DocumentError as error:
        yield Unread(str(file), "unknown", error)
        return
    yield from _members(source, 1) if source.kind in ARCHIVES else _with_embedded(source, 1)


def _with_embedded(source: Source, depth: int) -> Iterator[Source | Unread]:
    """Yield a document, and after it those that are embedded in it or attached to it, also in an archive."""
    yield source
    for member, content in embedded_files(source.data, source.kind, source.name):
        path = f"{source.path}!/{member}"
        if isinstance(content, DocumentError):
            yield Unread(path, "unknown", content)
            continue
        inner = _source(path, content)
        if inner.kind in EMBEDDED_KINDS:
            yield inner
        elif inner.kind in ARCHIVES and not is_office_package(content):
            yield from _members(inner, depth + 1)


def _members(source: Source, depth: int) -> Iterator[Source | Unread]:
    if depth > MAX_DEPTH:
        reason = f"{source.name}: lies {depth} archives deep; expected at most {MAX_DEPTH}: unpack it"
        yield Unread(source.path, source.kind, NotADocumentError(reason))
        return
    walk = walk_archive(source.data, source.name)
    if source.kind != "zip":
        walk = walk_bsdtar(source.data, source.kind, source.name)
    empty = True
    try:
        for member, content in walk:
            empty = False
            path = f"{source.path}!/{member}"
            if isinstance(content, DocumentError):
                yield Unread(path, "unknown", content)
                continue
            inner = _source(path, content)
            yield from _members(inner, depth + 1) if inner.kind in ARCHIVES else _with_embedded(inner, depth)
    except DocumentError as error:
        yield Unread(source.path, source.kind, error)
    else:
        if empty:
            reason = f"{source.name}: is an archive without a file; expected documents in it: download it again"
            yield Unread(source.path, source.kind, NotADocumentError(reason))


def _source(path: str, data: bytes) -> Source:
    return Source(path, hashlib.sha256(data).hexdigest(), sniff(data), data)


def sniff(data: bytes) -> DocumentKind:
    """Return the kind of a content; a PDF may have up to 1 KiB of other bytes before it."""
    if not data.strip():
        return "empty"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_kind(data)
    if data.startswith(OLE2):
        return next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in data), "ole2")
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in data[:HEAD]:
        return "unknown"
    if _MARKUP.search(decode_text(data)) or saved_page(data) is not None:
        return "html"
    return "unknown" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else "text"


def require_readable(source: Source, kinds: Container[str]) -> None:
    """Refuse a source that no reader reads, saying what it is and what to do.

    Args:
        source: The file.
        kinds: The kinds that have a reader.

    Raises:
        NotADocumentError: It is nothing that budgets are published in.
        EncryptedError: It is an office file with a password.
    """
    if source.kind in kinds:
        return
    name, kind = source.name, source.kind
    if kind == "empty":
        raise NotADocumentError(f"{name}: the file is empty; expected a document: download it again")
    if kind == "encrypted":
        raise EncryptedError(
            f"{name}: asks for a password; expected a file that opens without one: remove its password first"
        )
    if kind in ARCHIVES:
        raise NotADocumentError(f"{name}: is an archive, and each file in it a document of its own: unpack it first")
    raise NotADocumentError(
        f"{name}: is of no kind that budgets are published in; expected PDF, OFD, Word, a workbook, HTML, text or an image"
    )
