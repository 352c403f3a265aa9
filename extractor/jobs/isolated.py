"""A process that works for this one: started clean, given up if it never answers, and ended together with its children.

Such a process is forked from the server of `forkserver.py`, so that it starts in milliseconds, and this one may use threads.
"""

from __future__ import annotations

import ctypes
import fcntl
import multiprocessing as mp
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Lock, Thread, Timer
from types import ModuleType
from typing import IO, Any

from extractor.errors import ExtractorError
from extractor.jobs.confinement import confine
from extractor.jobs.forkserver import kept_awake

START_SECONDS = 120.0  # time for a process to import and compile: 1 s, on a machine that has much else to do
START_TRIES = 3
UNLOCKED_SECONDS = 60.0  # age below which a folder without a lock may be about to be locked
_PREFIX, _LOCK = "extractor-", ".in-use"
_PR_SET_PDEATHSIG = 1
_MAIN_MODULE = Lock()


@dataclass(slots=True)
class Isolated:
    """A process, the pipe to it, the folder of its temporary files, and the lock that shows that the folder is in use."""

    process: mp.process.BaseProcess
    pipe: Connection
    folder: str
    lock: IO[bytes]


def start(
    context: ForkServerContext, serve: Callable[..., None], *args: Any, online: bool = False, office: bool = False
) -> Isolated:
    """Start a process that calls `serve(*args, pipe)`, and wait until it has sent something: that it is ready.

    Args:
        context: Starts it.
        serve: Its main function.
        args: The arguments of that, before the pipe.
        online: Whether it may use the network; it writes to its folder of temporary files alone.
        office: Whether it can start LibreOffice, and is confined less for it.

    Raises:
        ExtractorError: It cannot start.
    """
    exit_code = None
    for _ in range(START_TRIES):
        with suppress(EOFError, OSError):
            launched = launch(context, serve, *args, online=online, office=office)
            if is_ready(launched):
                return launched
            exit_code = launched.process.exitcode
    raise cannot_start(exit_code)


def launch(
    context: ForkServerContext, serve: Callable[..., None], *args: Any, online: bool = False, office: bool = False
) -> Isolated:
    """Start a process as `start` does, and do not wait: `is_ready` says whether it has started.

    Raises:
        EOFError: The server that it is forked from was killed; the next try starts another. So does OSError.
    """
    here, there = context.Pipe()
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    lock = _locked(Path(folder))
    process = context.Process(target=_run, args=(there, folder, online, office), daemon=True)
    try:
        with _no_main_module(), kept_awake():
            process.start()
    except BaseException:  # Ctrl-C too
        here.close()
        lock.close()
        _remove(folder)
        raise
    finally:
        there.close()
    launched = Isolated(process, here, folder, lock)
    with _ended_by_errors(launched), suppress(OSError), killed_after(launched, START_SECONDS):
        # Not among its arguments: nobody knows its number until it has taken those, and one that is stopped before never does.
        here.send(partial(serve, *args))
    return launched


def is_ready(launched: Isolated) -> bool:
    """Wait until a process has sent something, and return True; end it if it never does."""
    with suppress(EOFError, OSError), _ended_by_errors(launched), killed_after(launched, START_SECONDS):
        launched.pipe.recv_bytes()
        return True
    return False


def cannot_start(exit_code: int | None) -> ExtractorError:
    """Return an error that says that a process did not start."""
    return ExtractorError(
        f"worker cannot start (exit code {exit_code}); expected enough memory for each worker: try fewer --workers"
    )


@contextmanager
def killed_after(worker: Isolated, seconds: float) -> Iterator[None]:
    """Kill a process unless the context ends in time: what waits for it in the context then reads that its pipe has ended.

    A process can be stopped in the middle of a message, after which neither the message nor its end ever comes.
    """
    timer = Timer(seconds, kill, [worker])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _ended_by_errors(worker: Isolated) -> Iterator[None]:
    """End a process if the context raises an exception, as Ctrl-C does: nobody else knows the process yet."""
    try:
        yield
    except BaseException:
        end(worker)
        raise


def kill(worker: Isolated) -> None:
    """Kill a process and its child processes, stopped or not."""
    group = worker.process.pid
    assert group is not None  # the process was started
    with suppress(ProcessLookupError):  # the group does not exist yet, or no longer
        os.killpg(group, signal.SIGKILL)
    worker.process.kill()


def end(worker: Isolated) -> None:
    """Kill a process and its child processes, and remove its temporary files."""
    worker.pipe.close()
    kill(worker)
    with kept_awake():  # the server says that a process has ended
        worker.process.join()
    _remove(worker.folder)
    worker.lock.close()


def remove_left_folders() -> None:
    """Remove the temporary folders that killed runs have left: those whose lock nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # in use, or without a lock, or another run removes it
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            # A document that had taken control of its process may have put a link or a pipe in place of the lock.
            lock = os.open(folder / _LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if time.time() - os.fstat(lock).st_mtime >= UNLOCKED_SECONDS:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _remove(folder)
            finally:
                os.close(lock)


def _remove(folder: str | Path) -> None:
    """Remove a folder, and leave what cannot be removed to the system that clears temporary files."""
    with suppress(RecursionError):  # a process may have made folders within folders without end
        shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> IO[bytes]:
    """Lock a folder as long as this process lives."""
    lock = (folder / _LOCK).open("xb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _run(pipe: Connection, folder: str, online: bool, office: bool) -> None:
    """Separate this process from the one that started it, then serve as the pipe says: the main function of the process."""
    os.setsid()  # its own process group, so that it is killed together with its child processes
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    if sys.platform == "linux":  # the server ends with the parent; a stopped process could not end by itself
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (0, 1, 2):  # what a library prints of a document may not reach a terminal
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    confine(folder, online=online, office=office)  # before there are other threads, which it would not reach
    Thread(target=_die_with_parent, daemon=True).start()
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ConnectionError, EOFError):  # the parent has ended, perhaps before it read the last answer
        pipe.recv()(pipe)


def _die_with_parent() -> None:
    """Wait until the parent ends, for whatever reason, then kill this process together with its child processes."""
    parent = mp.parent_process()
    assert parent is not None  # a worker always has a parent
    wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep a child process from importing the main module: a script that reads at its top level would read again there."""
    with _MAIN_MODULE:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
