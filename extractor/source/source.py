"""Path → `Source`: bytes, their hash, and the kind that the content says, whatever the name says."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import DocumentError, NotADocumentError, UsageError

SUFFIXES = frozenset(
    (
        ".pdf",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".ods",
        ".html",
        ".htm",
        ".txt",
        ".md",
        ".zip",
        ".png",
        ".jpg",
        ".jpeg",
        ".tif",
        ".tiff",
    )
)
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
LATER = frozenset(("zip", "ole2", "png", "jpeg", "tiff", "text"))


@dataclass(frozen=True, slots=True)
class Source:
    """One input file.

    Attributes:
        path: As given.
        sha256: Hex digest of the content: the document's id.
        kind: pdf, html, zip (also docx and xlsx), ole2 (doc and xls), png, jpeg, tiff, text, empty or unknown.
        data: The content.
    """

    path: Path
    sha256: str
    kind: str
    data: bytes


def read_source(path: Path) -> Source:
    """Read a file and tell its kind by its content.

    Raises:
        DocumentError: The file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"{path}: cannot be read ({error.strerror}); check that it exists and may be read"
        ) from error
    return Source(path, hashlib.sha256(data).hexdigest(), sniff(data), data)


def sniff(data: bytes) -> str:
    """Return the kind of a content; a PDF may have up to 1 KiB of other bytes before it."""
    if not data.strip():
        return "empty"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<?xml")) or b"<html" in start:
        return "html"
    return "unknown" if b"\0" in data[:4096] else "text"


def require_pdf(source: Source) -> None:
    """Refuse a source that is not a PDF, saying what it is and what to do.

    Raises:
        NotADocumentError: It is nothing that budgets are published in, or a web page saved under another name.
        DocumentError: It is of a kind that this version does not read.
    """
    if source.kind == "pdf":
        return
    name = source.path.name
    if source.kind == "empty":
        raise NotADocumentError(f"{name}: the file is empty; expected a PDF: download it again")
    if source.kind == "html":
        raise NotADocumentError(
            f"{name}: is a web page (HTML), not a PDF; the download met an error or landing page: fetch its attachment"
        )
    if source.kind in LATER:
        raise DocumentError(
            f"{name}: is {source.kind}, which this version does not read; expected a PDF: convert it first"
        )
    raise NotADocumentError(f"{name}: is of no kind that budgets are published in; expected a PDF")


def find_inputs(arguments: Iterable[str]) -> list[Path]:
    """Return the files that arguments name: files, folders (walked, hidden files and links left out) and globs.

    Raises:
        UsageError: An argument names nothing, or a folder holds nothing to read.
    """
    found: dict[Path, None] = {}
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            files = [p for p in sorted(path.rglob("*")) if _is_input(p, path)]
            if not files:
                raise UsageError(f"{argument}: holds nothing to read; expected files such as *.pdf in it or below it")
        elif path.is_file():
            files = [path]
        else:
            files = [Path(p) for p in sorted(glob.glob(argument, recursive=True)) if Path(p).is_file()]  # noqa: PTH207
            if not files:
                raise UsageError(f"{argument}: no such file or folder; check the path")
        found.update(dict.fromkeys(files))
    return list(found)


def _is_input(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return (
        path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in parts)
        and not path.is_symlink()
        and path.is_file()
    )
