"""Open input files in a process of its own: what a file is, its hash, and what it holds, under limits of time and memory.

The parent opens none itself: a file that nobody can open, or an archive without end, costs its own row. What the process
sends is data: a line of JSON for each document, then the bytes of those that were asked for.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, get_args

from extractor.contract import DocumentKind, Status
from extractor.errors import DocumentError
from extractor.filesystem import Place
from extractor.jobs.forkserver import start_server
from extractor.jobs.isolated import Isolated, end, kill, killed_after, start
from extractor.jobs.limits import Limits, address_space, set_limits
from extractor.source.source import MAX_INPUT, Source, Unread, read_sources

MEMORY = 4 << 30  # bytes at least: the largest input, and an archive within it
MAX_HEADER = 1 << 20  # bytes that the path of a document and what is said of it may have
_KINDS, _STATUSES = frozenset(get_args(DocumentKind)), frozenset(get_args(Status))


@dataclass(frozen=True, slots=True)
class Found:
    """A document without its content; the attributes are those of `Source`, and its size in bytes."""

    path: str
    sha256: str
    kind: DocumentKind
    size: int


class Opener:
    """A process that opens files one after the other; another takes its place when it dies or takes too long.

    Args:
        limits: Time for a whole input, not counting what the caller takes for its documents; memory, if more than `MEMORY`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = replace(limits, memory=max(MEMORY, limits.memory))
        self._worker: Isolated | None = None
        self._online = False  # whether the process has the network: only for files at URLs
        self._interrupted = False

    def __enter__(self) -> Opener:
        """Start nothing: the process starts with the first file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.end()

    def find(self, file: Path | Place) -> Iterator[Found | Unread]:
        """Yield every document of a file, as `read_sources` does, without its content."""
        for found, _ in self._ask(file, frozenset()):
            yield found

    def read(self, file: Path | Place, wanted: Collection[str]) -> Iterator[Source]:
        """Yield those documents of a file whose SHA-256 is wanted, each once."""
        for found, data in self._ask(file, frozenset(wanted)):
            if isinstance(found, Found) and data is not None:
                yield Source(found.path, found.sha256, found.kind, data)

    def read_whole(self, file: Path | Place) -> Source:
        """Return a file itself, also where it is an archive.

        Raises:
            DocumentError: It cannot be read.
        """
        (found, data), *_ = self._ask(file, None)
        if isinstance(found, Unread):
            raise found.error
        assert data is not None  # it was asked for
        return Source(found.path, found.sha256, found.kind, data)

    def _ask(self, file: Path | Place, wanted: frozenset[str] | None) -> Iterator[tuple[Found | Unread, bytes | None]]:
        """Send a file to the process, and yield what it answers; where it dies, say so in place of what would follow.

        The contents that are wanted are yielded too, each once; where `wanted` is None, the file itself and nothing in it.
        """
        done, left, last, begun = False, self._limits.seconds, "", time.monotonic()
        try:
            worker = self._send((file, wanted))
            while True:
                begun = time.monotonic()
                with killed_after(worker, left):
                    answer = _parse(worker.pipe.recv_bytes(MAX_HEADER))
                    sent = isinstance(answer, Found) and (wanted is None or answer.sha256 in wanted)
                    data = worker.pipe.recv_bytes(MAX_INPUT) if sent else None
                left -= time.monotonic() - begun
                if answer is None:
                    done = True
                    return
                last = answer.path
                if wanted is not None and isinstance(answer, Found):
                    wanted -= {answer.sha256}
                yield answer, data
        except (EOFError, OSError, ValueError) as error:
            path = f"{file}!/" if last == str(file) else str(file)
            yield Unread(path, "unknown", self._lost(str(file), left - (time.monotonic() - begun), error)), None
        finally:
            if not done:
                self.end()

    def _send(self, task: tuple[Path | Place, frozenset[str] | None]) -> Isolated:
        """Send a task to the process, started if there is none, or if it was killed while it was idle."""
        online = isinstance(task[0], Place)
        if online != self._online:
            self.end()
        if self._worker is not None:
            try:
                with killed_after(self._worker, self._limits.seconds):
                    self._worker.pipe.send(task)
            except OSError:  # it was killed, or stopped
                self.end()
            else:
                return self._worker
        self._online = online
        self._worker = start(start_server(), _serve, self._limits, online=online)
        if self._interrupted:  # while it started
            raise EOFError
        with killed_after(self._worker, self._limits.seconds):
            self._worker.pipe.send(task)
        return self._worker

    def _lost(self, name: str, left: float, error: Exception) -> DocumentError:
        if left <= 0:
            reason = f"{name}: took more than {self._limits.seconds:.0f} s to open or unpack; unpack it first, or give a longer --timeout"
            return DocumentError(reason, "timeout")
        return DocumentError(
            f"{name}: crashed the process that opens it ({type(error).__name__}); please report this file", "crash"
        )

    def interrupt(self) -> None:
        """Kill the process, and let no other do its work, so that what waits for it in another thread goes on."""
        self._interrupted = True
        if (worker := self._worker) is not None:
            kill(worker)

    def end(self) -> None:
        """End the process; the next file starts another."""
        if self._worker is not None:
            end(self._worker)
            self._worker = None


def _serve(limits: Limits, pipe: Connection) -> None:
    """Open files until the parent ends: the main function of the process."""
    base = address_space()
    pipe.send_bytes(b"")
    while True:
        try:
            file, wanted = pipe.recv()
        except EOFError:
            return
        set_limits(limits, base)
        rest = None if wanted is None else set(wanted)
        for found in read_sources(file, unpack=rest is not None):
            pipe.send_bytes(_header(found))
            if isinstance(found, Source) and (rest is None or found.sha256 in rest):
                pipe.send_bytes(found.data)
                if rest is not None:
                    rest.remove(found.sha256)
                    if not rest:
                        break
        pipe.send_bytes(b"null")


def _header(found: Source | Unread) -> bytes:
    if isinstance(found, Source):
        said: dict[str, Any] = {"path": found.path, "sha256": found.sha256, "kind": found.kind, "size": len(found.data)}
    else:
        said = {"path": found.path, "kind": found.kind, "status": found.error.status, "reason": str(found.error)}
    return json.dumps(said).encode()


def _parse(content: bytes) -> Found | Unread | None:
    """Return what a header says, None where it says that there is nothing more.

    Raises:
        ValueError: It is none.
    """
    said = json.loads(content)
    if said is None:
        return None
    try:
        path, kind = said["path"], said["kind"]
        if not isinstance(path, str) or kind not in _KINDS:
            raise ValueError("no document")
        if "sha256" in said:
            bytes.fromhex(said["sha256"])
            # Each path and id is kept in several places, and sent twice: there is one copy of it, which is that of `find_inputs`.
            return Found(sys.intern(path), sys.intern(said["sha256"]), kind, int(said["size"]))
        if said["status"] not in _STATUSES:
            raise ValueError("no status")
        return Unread(path, kind, DocumentError(str(said["reason"]), said["status"]))
    except (KeyError, TypeError) as error:
        raise ValueError("no document") from error
