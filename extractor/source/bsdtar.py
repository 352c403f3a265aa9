"""RAR and 7z archives, unpacked by libarchive's `bsdtar` where it is installed, under the limits that zips have.

It runs as a process of its own, without a shell or a terminal, and writes one tar stream: nothing is unpacked to disk, no
link is followed, and what crashes it or never ends stops that process alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO

from extractor.contract import DocumentKind
from extractor.errors import DocumentError, EncryptedError, NotADocumentError
from extractor.source.archive import MAX_MEMBERS, is_left_out, require_bounded

SECONDS = 120  # of processor time
KIB = 2 << 20  # of memory
NAMES: dict[DocumentKind, str] = {"rar": "RAR", "7z": "7z"}
_LIMITED = f'ulimit -t {SECONDS} && {{ ulimit -v {KIB} || :; }} 2>/dev/null; exec "$@"'  # macOS has no limit of memory
_ENCRYPTED = ("rypt", "assphrase", "assword")  # of its messages about archives with a password


def walk_bsdtar(data: bytes, kind: DocumentKind, name: str) -> Iterator[tuple[str, bytes | DocumentError]]:
    """Yield (member path, content) of every file in an archive.

    Args:
        data: The archive.
        kind: What it is.
        name: How error messages call it.

    Raises:
        DocumentError: `bsdtar` is not installed, or does not end.
        EncryptedError: The archive asks for a password.
        NotADocumentError: It is damaged, or a bomb.
    """
    program = shutil.which("bsdtar")
    if program is None:
        raise DocumentError(
            f"{name}: is a {NAMES[kind]} archive, which needs bsdtar on the PATH: install libarchive-tools (macOS has it), or "
            "unpack it first"
        )
    with tempfile.NamedTemporaryFile() as packed, tempfile.TemporaryFile() as said:
        packed.write(data)
        packed.flush()
        with _running(program, packed.name, said) as process:
            whole = yield from _members(process.stdout, len(data), name)
            code = process.wait() or not whole
        if code:
            said.seek(0)
            raise _refusal(code, said.read(4096).decode("utf-8", "replace"), name, packed.name)


@contextmanager
def _running(program: str, archive: str, said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run bsdtar over an archive, and end it whatever happens."""
    command = ["sh", "-c", _LIMITED, "sh", program, "-c", "--format", "pax", "-f", "-", f"@{archive}"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # of the group of this process, with which it is killed, and, where that is a worker, without a terminal to ask at
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _members(stream: IO[bytes] | None, packed: int, name: str) -> Generator[tuple[str, bytes], None, bool]:
    """Yield the files of a tar stream, and return whether it was whole; of one that ends early, those before."""
    expanded = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as members:
            for count, member in enumerate(members, 1):
                if count > MAX_MEMBERS:
                    raise NotADocumentError(f"{name}: holds more than {MAX_MEMBERS} members: unpack it")
                expanded += member.size
                require_bounded(expanded, packed, name)
                content = members.extractfile(member) if member.isreg() and not is_left_out(member.name) else None
                if content is not None:
                    yield member.name, content.read()
    except tarfile.ReadError:
        return False
    else:
        return True
    finally:
        if stream is not None:
            stream.read(tarfile.RECORDSIZE)  # blanks up to the end of the last record
            stream.close()


def _refusal(code: int, said: str, name: str, archive: str) -> DocumentError:
    """Return why bsdtar did not read an archive to its end."""
    reason = " ".join(said.replace(archive, name).split()) or f"bsdtar ended with {code}"
    if any(word in said for word in _ENCRYPTED):
        return EncryptedError(
            f"{name}: asks for a password; expected an archive that opens without one: unpack it first"
        )
    if code < 0:
        return DocumentError(f"{name}: takes bsdtar more than {SECONDS} s or {KIB >> 20} GiB: unpack it first")
    return NotADocumentError(f"{name}: cannot be unpacked ({reason}); download it again, or unpack it")
