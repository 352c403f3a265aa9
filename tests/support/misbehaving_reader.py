"""What comes to harm, for other processes to import: a reader that does as its document says, a commit that dies."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from extractor.datasets.document_result import DocumentResult
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.locks import acquire_lock
from extractor.datasets.store import open_store
from extractor.document import DocumentReading
from extractor.errors import UsageError
from extractor.pipeline import ReadOptions
from extractor.source.source import Source
from extractor.vocabulary.vocabulary import Vocabulary

SIGNALS = {"killed": signal.SIGKILL, "stop": signal.SIGSTOP}


def read(source: Source, _: Vocabulary, options: ReadOptions) -> DocumentReading:
    word, _, rest = source.data.decode().partition(" ")
    if word == "segfault":
        ctypes.string_at(0)
    elif word == "spin":
        while True:
            pass
    elif word == "sleep" or (word == "dawdle" and not options.skip_second_readers):
        time.sleep(600)
    elif word == "pages":
        _take_pages(int(rest), options.recognised)
    elif word == "hoard":
        bytearray(int(rest))
    elif word == "exit":
        os._exit(3)
    elif word in SIGNALS:
        os.kill(os.getpid(), SIGNALS[word])
    elif word == "mute":
        os.closerange(3, 1000)
        time.sleep(600)
    elif word == "file":
        try:
            Path(tempfile.gettempdir(), "large").write_bytes(bytes(int(rest)))
        except OSError as error:
            return DocumentReading(source.sha256, source.path, "text", "crash", str(error))
    elif word == "child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(tempfile.gettempdir(), "left").write_text("behind")
        Path(tempfile.gettempdir(), "note").write_text(f"{os.getpid()} {child.pid} {tempfile.gettempdir()}")
        time.sleep(600)
    reason = " ".join(_done_harm(Path(rest))) if word == "harm" else str(os.getpid())
    return DocumentReading(source.sha256, source.path, "text", "ok", reason)


def answer(words: str) -> bytes:
    """Do as a document says, in a process that a command has started for it."""
    word, _, rest = words.partition(" ")
    if word == "harm":
        return " ".join(_done_harm(Path(rest))).encode()
    if word == "exit":
        os._exit(3)
    elif word == "sleep":
        time.sleep(600)
    elif word == "hoard":
        bytearray(int(rest))
    elif word == "usage":
        raise UsageError("not like this\ud800")
    elif word == "print":
        os.write(1, b"\x1b[31m")
        os.write(2, b"\x1b[31m")
    elif word:
        raise LookupError(word)
    return b"answer"


def _done_harm(folder: Path) -> Iterator[str]:
    """Yield what could be done outside, of all that is tried with a folder that has a file `a`."""
    tries: dict[str, Callable[[], object]] = {
        "write": lambda: (folder / "a").write_text("x"),
        "truncate": lambda: os.truncate(folder / "a", 0),
        "make": lambda: (folder / "b").write_text("x"),
        "mkdir": (folder / "d").mkdir,
        "remove": (folder / "a").unlink,
        "rename": lambda: (folder / "a").rename(folder / "c"),
        "move": lambda: (folder / "a").rename(Path(tempfile.gettempdir(), "a")),
        "link": lambda: Path(tempfile.gettempdir(), "link").hardlink_to(folder / "a"),
        "symlink": lambda: (folder / "s").symlink_to(folder),
        "child": lambda: subprocess.run([sys.executable, "-c", f"open({str(folder / 'e')!r}, 'w')"], check=True),
        "leave the group": lambda: subprocess.run([sys.executable, "-c", "import os; os.setpgid(0, 0)"], check=True),
        "leave the session": lambda: subprocess.run([sys.executable, "-c", "import os; os.setsid()"], check=True),
        "tcp": lambda: socket.socket(socket.AF_INET).close(),
        "udp": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close(),
        "unix": lambda: socket.socket(socket.AF_UNIX).close(),
        "pair": lambda: [end.close() for end in socket.socketpair()],
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0)),
        "signal": lambda: os.kill(os.getppid(), 0),
        "memory of the parent": lambda: Path(f"/proc/{os.getppid()}/mem").write_bytes(b""),
    }
    for name, attempt in tries.items():
        with suppress(OSError, subprocess.CalledProcessError):
            attempt()
            yield name
    (inside := Path(tempfile.gettempdir(), "inside")).mkdir()
    (inside / "a").write_text("x")
    (inside / "a").rename(inside.parent / "b")
    subprocess.run(["true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    yield f"read {(folder / 'a').read_text()}"


def _take_pages(count: int, recognised: Callable[[], None]) -> None:
    for _ in range(count):
        recognised()


def answer_unasked(pipe: Connection) -> None:
    """Say that it is ready, and more that nobody reads; then wait for a task."""
    pipe.send_bytes(b"")
    pipe.send_bytes(b"an answer that nobody reads")
    pipe.recv()


def stop_at_first(note: str, pipe: Connection) -> None:
    """Serve, but until somebody has left a note, be stopped before having said anything."""
    stop_until(note)
    pipe.send_bytes(b"")
    time.sleep(600)


class StopsWhenTaken:
    """An argument whose process is stopped while it takes it, but until somebody has left a note."""

    def __init__(self, note: str) -> None:
        self.note = note

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """Be taken by stopping."""
        return stop_until, (self.note,)


def stop_until(note: str) -> None:
    """Be stopped, but until somebody has left a note."""
    if not Path(note).exists():
        os.kill(os.getpid(), signal.SIGSTOP)


def say_hello(_stops: None, _large: bytes, pipe: Connection) -> None:
    """Say that it is ready, then wait for a task."""
    pipe.send_bytes(b"")
    pipe.recv()


def commit_and_die(out: str | Path, results: list[DocumentResult], removed: list[str], last_step: int) -> None:
    """Commit, and be killed after the n-th step; exit with the number of steps when there are fewer."""
    count = 0

    def step(_: str) -> None:
        nonlocal count
        count += 1
        if count == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_store(Folder(out), step) as store:
        store.commit(results, Changes(removed))
    sys.exit(count)


def hold_a_while(out: str, seconds: float) -> None:
    """Hold a lock for some time."""
    with acquire_lock(Folder(out), "lock"):
        time.sleep(seconds)
