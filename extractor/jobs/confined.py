"""Call functions in a process as confined as workers are: what a command does with a document, outside of a run.

An answer is data: bytes of bounded size, which the caller looks at. A call that hangs or dies raises an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import BaseModel, ConfigDict

from extractor.contract import Status
from extractor.document import printable
from extractor.errors import DocumentError, ExtractorError, UsageError
from extractor.filesystem import Place
from extractor.jobs.forkserver import start_server
from extractor.jobs.isolated import Isolated, end, kill, killed_after, start
from extractor.jobs.limits import Limits, address_space, lift_memory_limit, set_limits
from extractor.jobs.opener import Opener
from extractor.jobs.worker_pool import OFFICE_KIND

ATTENDED = Limits(seconds=3600)  # somebody waits, and can interrupt: a scan of 300 pages takes ten minutes
MAX_REASON = 10_000  # characters of an error's message
MAX_SAID = 1 << 20  # bytes of it, escaped
MAX_ANSWER = 1 << 30  # bytes
_DONE = b"done"


class _Failure(BaseModel):
    """What a process says of an error: of a `DocumentError` with this status, else of a `UsageError`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    status: Status | None
    reason: str


class Confined:
    """A process that calls one function after the other; another takes its place when it dies or takes too long.

    Args:
        limits: Time and memory of each call.
        office: Whether it can start LibreOffice, and is confined less for it.
    """

    def __init__(self, limits: Limits, office: bool = False) -> None:
        self._limits, self._office = limits, office
        self._worker: Isolated | None = None

    def __enter__(self) -> Confined:
        """Start nothing: the process starts with the first call."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.end()

    def call(self, name: str, function: Callable[..., bytes], *args: Any) -> bytes:
        """Return what a function returns in the process.

        Args:
            name: How error messages call the document.
            function: A function of a module, which returns at most `MAX_ANSWER` bytes.
            args: Its arguments.

        Raises:
            UsageError: The function raises it.
            DocumentError: The function raises another exception, or the process dies or takes too long.
        """
        if self._worker is None:
            self._worker = start(start_server(), _serve, self._limits, office=self._office)
        worker, begun, answered = self._worker, time.monotonic(), False
        try:
            with killed_after(worker, self._limits.seconds):
                worker.pipe.send((function, args))
                said = worker.pipe.recv_bytes(MAX_SAID)
                answer = worker.pipe.recv_bytes(MAX_ANSWER) if said == _DONE else b""
            failure = None if said == _DONE else _Failure.model_validate_json(said)
            answered = True
        except (EOFError, OSError, ValueError) as error:
            if time.monotonic() - begun >= self._limits.seconds:
                raise DocumentError(f"{name}: took more than {self._limits.seconds:.0f} s", "timeout") from error
            reason = f"{name}: crashed the process that reads it ({type(error).__name__}); please report this file"
            raise DocumentError(reason, "crash") from error
        finally:
            if not answered:
                self.end()
        if failure is not None:
            raise (
                UsageError(failure.reason) if failure.status is None else DocumentError(failure.reason, failure.status)
            )
        return answer

    def interrupt(self) -> None:
        """Kill the process, so that a call in another thread fails."""
        if (worker := self._worker) is not None:
            kill(worker)

    def end(self) -> None:
        """End the process; the next call starts another."""
        if self._worker is not None:
            end(self._worker)
            self._worker = None


def call_with_document(file: Path | Place, function: Callable[..., bytes], *args: Any) -> bytes:
    """Open a document in one confined process, and return what a function makes of it in another.

    Args:
        file: The document.
        function: A function of a module, called with a `Source` and the arguments.
        args: Its other arguments.

    Raises:
        UsageError: The function raises it.
        DocumentError: The document cannot be read.
    """
    with Opener(ATTENDED) as opener:
        source = opener.read_whole(file)
    with Confined(ATTENDED, office=source.kind == OFFICE_KIND) as process:
        return process.call(source.name, function, source, *args)


def _serve(limits: Limits, pipe: Connection) -> None:
    """Call functions until the parent ends: the main function of the process."""
    base = address_space()
    pipe.send_bytes(b"")
    while True:
        try:
            function, args = pipe.recv()
        except EOFError:
            return
        set_limits(limits, base)
        try:
            answer = function(*args)
        except MemoryError:
            lift_memory_limit()
            pipe.send_bytes(_said("memory", "the document needs more memory than it may have"))
        except ExtractorError as error:
            pipe.send_bytes(_said(getattr(error, "status", None), str(error)))
        except Exception as error:  # no document may stop the process
            pipe.send_bytes(_said("crash", f"{type(error).__name__}: {error}; please report this file"))
        else:
            pipe.send_bytes(_DONE)
            pipe.send_bytes(answer)


def _said(status: Status | None, reason: str) -> bytes:
    return _Failure(status=status, reason=printable(reason[:MAX_REASON])).model_dump_json().encode()
