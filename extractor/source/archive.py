"""Zip containers: what a zip is by its members, and an archive walked under caps, each member a file of its own."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from extractor.contract import DocumentKind
from extractor.errors import DocumentError, EncryptedError, NotADocumentError

MAX_MEMBERS = 20_000
MAX_DEPTH = 3  # archives within archives
MAX_EXPANDED = 1 << 30  # bytes one container may expand to
MAX_UNFOLDED = 4 << 30  # bytes of all documents of one input, however archives lie within archives
FREE_EXPANSION = 64 << 20  # bytes below which no ratio is looked at: a page of blanks packs a thousandfold
MAX_RATIO = 200  # expanded to packed; real workbooks stay under 60
# What a damaged zip, or one packed in a way that nobody knows, raises.
DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def zip_kind(data: bytes) -> DocumentKind:
    """Return docx, xlsx, ods or ofd by a zip's members, else zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return "ods" if archive.read("mimetype").startswith(_ODS_TYPE) else "zip"
    except DAMAGE:
        return "zip"
    if any(name.startswith("word/") for name in names) and "[Content_Types].xml" in names:
        return "docx"
    if any(name.startswith("xl/") for name in names) and "[Content_Types].xml" in names:
        return "xlsx"
    if any(name.replace("\\", "/").lstrip("/").lower() == "ofd.xml" for name in names):
        return "ofd"
    return "zip"


def open_container(data: bytes, name: str) -> zipfile.ZipFile:
    """Open a zip, refusing what would expand without end.

    Raises:
        NotADocumentError: It is truncated or damaged, or a bomb.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except DAMAGE as error:
        raise NotADocumentError(
            f"{name}: begins like a zip, but cannot be opened ({error}); it is truncated or damaged: download it again"
        ) from error
    if len(members) > MAX_MEMBERS:
        raise NotADocumentError(f"{name}: holds {len(members)} members; expected at most {MAX_MEMBERS}: unpack it")
    require_bounded(sum(m.file_size for m in members), len(data), name)
    return archive


def require_bounded(expanded: int, packed: int, name: str) -> None:
    """Refuse what expands without end.

    Raises:
        NotADocumentError: It is a bomb.
    """
    if expanded > MAX_EXPANDED or (expanded > FREE_EXPANSION and expanded > MAX_RATIO * max(1, packed)):
        raise NotADocumentError(
            f"{name}: would expand from {packed} to {expanded} bytes; expected at most {MAX_EXPANDED} and no more than "
            f"{MAX_RATIO} to 1: it is no document but an archive bomb"
        )


def is_left_out(member: str) -> bool:
    """Return whether a member is one of the files that systems hide."""
    parts = member.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part not in (".", "..") for part in parts)


def read_part(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    """Return one XML part of an office package; a part that declares entities is refused, as no office program writes any.

    Raises:
        NotADocumentError: The part is missing or damaged, or it declares a document type.
    """
    try:
        content = archive.read(part)
    except (KeyError, *DAMAGE) as error:
        raise NotADocumentError(f"{name}: its part {part} cannot be read ({error}); download it again") from error
    if declares_type(content):
        raise NotADocumentError(
            f"{name}: its part {part} declares a document type, which office files never do; it is an attack: delete it"
        )
    return content


def declares_type(content: bytes) -> bool:
    """Return whether XML has a DOCTYPE, in any encoding that XML parsers take."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:8]:
        content = content.replace(b"\0", b"")
    return b"<!DOCTYPE" in content or b"<!ENTITY" in content


def walk_archive(data: bytes, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    """Yield (member path, content or why it cannot be read) of every file in an archive.

    Raises:
        NotADocumentError: The archive cannot be opened, or it is a bomb.
    """
    with open_container(data, name) as archive:
        for info in archive.infolist():
            member = _member_name(info)
            if info.is_dir() or is_left_out(member):
                continue
            yield member, read_member(archive, info, f"{name}!/{member}")


def is_office_package(data: bytes) -> bool:
    """Return whether a zip is a whole office package of any program: a presentation, a drawing."""
    try:
        with open_container(data, "") as archive:
            return "[Content_Types].xml" in archive.namelist()
    except NotADocumentError:
        return False


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | DocumentError:
    """Return the content of a member, or why it cannot be read."""
    if info.flag_bits & 1:
        return EncryptedError(
            f"{name}: asks for a password; expected an archive that opens without one: unpack it first"
        )
    try:
        return archive.read(info)
    except DAMAGE as error:
        return NotADocumentError(f"{name}: cannot be unpacked ({error}); download the archive again")


def _member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; Chinese Windows writes GBK where the format says code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
