"""What a fetch keeps in its folder: documents by the hash of their content, and the pages that it has to know again."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from extractor.contract import DocumentKind
from extractor.errors import StorageError, UsageError
from extractor.filesystem import why

PAGES, LOCK = ".pages", ".lock"
# Suffixes of kinds that are called otherwise.
_SUFFIXES: dict[DocumentKind, str] = {"text": "txt", "jpeg": "jpg", "tiff": "tif", "encrypted": "bin"}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other fetches out of a folder, which is created if it does not exist.

    Raises:
        UsageError: Another fetch is writing to it.
        StorageError: It cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written ({why(error)}); give another --into") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"{folder}: another fetch is writing to it; wait for its end") from error
        yield


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also after a power failure.

    Raises:
        OSError: The disk is full, or the folder may not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}.tmp")
    with written.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    written.replace(path)


def keep_document(folder: Path, content: bytes, kind: DocumentKind) -> tuple[str, str]:
    """Keep a document under its hash, once; return the hash and its place in the folder.

    Raises:
        OSError: The disk is full, or the folder may not be written.
    """
    digest = hashlib.sha256(content).hexdigest()
    file = f"{digest[:2]}/{digest}.{_SUFFIXES.get(kind, kind)}"
    if not (folder / file).exists():
        write_whole(folder / file, content)
    return digest, file


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as it was received last, with what its server calls that state."""

    url: str
    etag: str | None
    last_modified: str | None
    body: bytes


class PageStore:
    """The pages of a folder: a server that says 304 does not send the links again."""

    def __init__(self, folder: Path) -> None:
        """Keep pages in a hidden folder, which `run` does not look into."""
        self._folder = folder / PAGES

    def get(self, url: str) -> KnownPage | None:
        """Return a page; None where it is not known."""
        with suppress(OSError, ValueError, TypeError):
            head, _, body = self._path(url).read_bytes().partition(b"\n")
            page = KnownPage(**json.loads(head), body=body)
            return page if page.url == url else None
        return None

    def put(self, page: KnownPage) -> None:
        """Keep a page that its server can be asked about, in place of what it was before.

        Raises:
            OSError: The disk is full, or the folder may not be written.
        """
        if page.etag or page.last_modified:
            head = {name: value for name, value in asdict(page).items() if name != "body"}
            write_whole(self._path(page.url), json.dumps(head).encode() + b"\n" + page.body)

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode()).hexdigest()
