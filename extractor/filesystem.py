"""Files and folders: local paths, and URLs of any file system that Arrow opens, shown without their secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from extractor.errors import ExtractorError, StorageError, UsageError

_PIECE = 16 << 20  # bytes that are read at once
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SECRETS = re.compile(r"(?<=://).*@")
_RESERVED = (
    "%:/?@!$&'()*+,;="  # characters that stay as they are in a URL; others, such as Chinese ones, are percent-encoded
)


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder of a file system.

    Attributes:
        files: The file system: a `pyarrow.fs.FileSystem`.
        path: The path there, without a slash at its end.
        scheme: The beginning of its URLs, such as `s3://`; empty for local paths.
    """

    files: Any
    path: str
    scheme: str

    def __str__(self) -> str:
        """Return the URL without user, password and query, since it is written to datasets and logs."""
        path = (
            self.path if self.scheme.startswith("fsspec+") else re.sub("[%?]", lambda found: quote(found[0]), self.path)
        )
        return self.scheme + path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    def at(self, path: str) -> Place:
        """Return another place of the same file system."""
        return Place(self.files, path, self.scheme)

    def open(self) -> Any:
        """Open a file for reading its bytes.

        Raises:
            OSError: It cannot be read.
        """
        with os_errors():
            return self.files.open_input_stream(self.path, compression=None)

    def read_bytes(self) -> bytes:
        """Return a file's content.

        Raises:
            OSError: It cannot be read.
        """
        with os_errors(), self.open() as stream:
            content: bytes = stream.read()
        return content

    def read_at_most(self, limit: int) -> bytes | None:
        """Return a file's content; None where it has more bytes than the limit.

        Raises:
            OSError: It cannot be read.
        """
        pieces, size = [], 0
        with os_errors(), self.open() as stream:
            while piece := stream.read(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    return None
        return b"".join(pieces)


def is_url(text: str) -> bool:
    """Return whether a text is a URL and no path."""
    return _SCHEME.match(text) is not None


def find_file(text: str) -> Path | Place:
    """Return the file that a path or a URL names.

    Raises:
        UsageError: There is no such file, or it is a folder.
        StorageError: The URL cannot be accessed.
    """
    file = open_place(text) if is_url(text) else Path(text)
    if isinstance(file, Path) and file.is_dir():
        raise UsageError(f"{file}: is a folder; expected a file: name one in it")
    if not (file.is_file() if isinstance(file, Path) else _is_file(file)):
        raise UsageError(f"{file}: no such file; check the {'path' if isinstance(file, Path) else 'URL'}")
    return file


def _is_file(place: Place) -> bool:
    from pyarrow.fs import FileType  # noqa: PLC0415 - pyarrow.fs takes 0.3 s, and only URLs need it

    try:
        with os_errors():
            return bool(place.files.get_file_info(place.path).type == FileType.File)
    except OSError as error:
        raise StorageError(
            f"{place}: cannot be accessed ({why(error)}); check the URL and its read permissions"
        ) from error


def open_place(url: str) -> Place:
    """Return the place that a URL names.

    Args:
        url: In Arrow's notation: `s3://bucket/folder?endpoint_override=…`, `gs://…`, `abfs://…`, `fsspec+NAME://…`.

    Raises:
        UsageError: Its scheme is unknown, a library for it is missing, or its server does not answer.
    """
    from pyarrow.fs import FileSystem  # noqa: PLC0415 - pyarrow.fs takes 0.3 s, and only URLs need it

    found = _SCHEME.match(url)
    scheme = found[0].lower() if found else ""
    # Arrow decodes percent-encoded characters, fsspec does not.
    asked = url if scheme.startswith("fsspec+") else quote(url, safe=_RESERVED)
    try:
        files, path = FileSystem.from_uri(asked)
    except Exception as error:  # fsspec raises exceptions of any class
        raise _no_place(url, asked, str(error)) from error
    if "://" in path:
        raise _no_place(url, asked, "a web address is not a file system: download the files first")
    return Place(files, path.rstrip("/"), scheme)


def _no_place(url: str, asked: str, said: str) -> UsageError:
    """Return the error for a URL that cannot be opened, without its secrets."""
    shown = _SECRETS.sub("", url).split("?", maxsplit=1)[0]
    return UsageError(
        f"{shown}: cannot be opened ({said.replace(asked, shown).replace(url, shown)}); expected a path, or a URL such "
        "as s3://bucket/folder, gs://…, abfs://…, or fsspec+NAME://… with fsspec installed"
    )


@contextmanager
def os_errors() -> Iterator[None]:
    """Turn every exception of a file system into an OSError: Arrow and fsspec raise exceptions of any class."""
    try:
        yield
    except (OSError, ExtractorError):
        raise
    except Exception as error:
        raise OSError(str(error)) from error


def why(error: OSError) -> str:
    """Return the message of a file system error: the system's where there is one, else the library's."""
    return error.strerror or str(error)
