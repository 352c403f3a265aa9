"""Path → `Source`: bytes, their hash, and the kind that the content says, whatever the name says."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.contract import DocumentKind
from extractor.errors import DocumentError, EncryptedError, NotADocumentError
from extractor.filesystem import Place, why
from extractor.source.archive import (
    FREE_EXPANSION,
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNFOLDED,
    is_office_package,
    walk_archive,
    zip_kind,
)
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
MAX_INPUT = 1 << 30  # bytes of one input: the largest budget seen has 60 MB, a year's archive of a city 600 MB
HEAD = 4096  # bytes looked at to distinguish text from the rest


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file was published, as the ledger of its folder says; None where none does.

    Attributes:
        url: The address that it was fetched from.
        published: The date of publication that the publisher's page prints, as YYYY-MM-DD.
        region_code: The division that the publisher is of: a hint, for what the document itself says counts.
    """

    url: str | None = None
    published: str | None = None
    region_code: str | None = None


NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Source:
    """One input file.

    Attributes:
        path: As given, or the URL without its secrets; a member of an archive is `archive.zip!/member.pdf`,
            what a document embeds `document.docx!/embeddings/sheet.xlsx`.
        sha256: Hex digest of the content: the document's id.
        kind: What it is by its bytes; encrypted is an office file with a password.
        data: The content.
        named: Whether somebody named the file; otherwise a folder, a glob, an archive or a document holds it.
        origin: Where it was published, where that is known.
    """

    path: str
    sha256: str
    kind: DocumentKind
    data: bytes
    named: bool = True
    origin: Origin = NO_ORIGIN

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
        data = _content(file)
    except OSError as error:
        raise DocumentError(f"{file}: cannot be read ({why(error)}); check that it exists and may be read") from error
    return _source(str(file), data)


def _content(file: Path | Place) -> bytes:
    """Return the content of a file that is not larger than any document.

    Raises:
        OSError: The file cannot be read.
        DocumentError: It is a pipe or a device, or larger.
    """
    if isinstance(file, Path):
        info = file.stat()
        if not stat.S_ISREG(info.st_mode):
            raise DocumentError(f"{file}: is no file but a folder, a pipe or a device; expected a file")
        content = file.read_bytes() if info.st_size <= MAX_INPUT else None
    else:
        content = file.read_at_most(MAX_INPUT)
    if content is None:
        raise NotADocumentError(
            f"{file}: has more than {MAX_INPUT} bytes, the most that an input may have: split it, or unpack it first"
        )
    return content


def read_sources(file: Path | Place, unpack: bool = True) -> Iterator[Source | Unread]:
    """Read a file; of an archive, every member by itself, archives within it too; of a document, what it embeds.

    Whatever happens in it becomes an `Unread`, and ends it.

    Args:
        file: The file.
        unpack: Whether what it holds is wanted; otherwise it alone is read, also where it is an archive.
    """
    path = str(file)
    try:
        source = read_source(file)
        for found in _bounded(source) if unpack else (source,):
            if found is source:
                path = f"{file}!/"  # the document has a row of its own, and so has what is wrong with what it embeds
            yield found
    except DocumentError as error:
        yield Unread(path, "unknown", error)
    except MemoryError:
        reason = f"{file}: needs more memory than there is to open or unpack it; unpack it first"
        yield Unread(path, "unknown", DocumentError(reason, "memory"))
    except Exception as error:  # one file must never stop the run
        reason = f"{file}: cannot be opened or unpacked ({type(error).__name__}: {error}); please report this file"
        yield Unread(path, "unknown", DocumentError(reason, "crash"))


def _bounded(source: Source) -> Iterator[Source | Unread]:
    """Yield what a file holds, until it is more than anybody publishes, however archives lie within archives."""
    count, size, largest = 0, 0, max(FREE_EXPANSION, min(MAX_UNFOLDED, MAX_RATIO * len(source.data)))
    for found in _members(source, 1) if source.kind in ARCHIVES else _with_embedded(source, 1):
        if isinstance(found, Source) and found is not source:
            count, size = count + 1, size + len(found.data)
        if count > MAX_MEMBERS or size > largest:
            raise NotADocumentError(
                f"{source.name}: unfolds to more than {MAX_MEMBERS} documents or {largest} bytes; what comes before is read, the rest "
                "is not: unpack it"
            )
        yield found


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
    if not data or data.isspace():  # which copies nothing
        return "empty"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):  # before PDF, which its first member may be, stored as it is
        return zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
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
