"""Allow one writer at a time: by the system's file locks on this machine, by leases elsewhere.

A lease is a file that its holder rewrites while it is alive. A process writes its own lease first and then looks for
others: of two that start at once, at least one sees the other and gives up. Ages are measured by the storage's clock.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread

from extractor.datasets.folder import Folder
from extractor.errors import DatasetError, UsageError

HEARTBEAT_SECONDS = 10.0  # time between two writes of a lease
LEASE_SECONDS = 60.0  # age of its last write at which a holder counts as dead
LockCheck = Callable[[], None]  # raises DatasetError where the lock may be lost


class LockedError(UsageError):
    """Another process holds the lock; the message names it where it is known."""


@contextmanager
def acquire_lock(folder: Folder, name: str, shared: bool = False, wait: bool = False) -> Iterator[LockCheck]:
    """Hold a lock of a folder while the context is open.

    Args:
        folder: An existing folder.
        name: The name of the lock: of a hidden file in the folder, or of a folder of leases.
        shared: Share the lock with other shared holders, but not with an exclusive one.
        wait: Wait until the lock is free.

    Yields:
        A function that raises where the lock may be lost.

    Raises:
        LockedError: Another process holds the lock, and `wait` is false.
        OSError: The folder cannot be written.
    """
    with _locked(folder, name, shared, wait) if folder.path else _leased(folder, name, shared, wait) as check:
        yield check


@contextmanager
def _locked(folder: Folder, name: str, shared: bool, wait: bool) -> Iterator[LockCheck]:
    with folder.local(name).open("a") as lock:  # not "w", which empties what a link leads to
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LockedError("another run is writing to it; wait for it") from error
        yield lambda: None  # the system keeps the lock as long as the process lives


@contextmanager
def _leased(folder: Folder, name: str, shared: bool, wait: bool) -> Iterator[LockCheck]:
    kind = "shared" if shared else "alone"
    lease = _Lease(folder, f"{name}/{kind}-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}")
    try:
        lease.renew()
        while rivals := _rivals(folder, name, lease.name, shared):
            folder.remove(lease.name)
            if not wait:
                raise LockedError(
                    f"another run is writing to it ({rivals[0]}); wait for it, or {LEASE_SECONDS:.0f} s if it was killed"
                )
            time.sleep(random.uniform(0.1, 1.0))  # two waiting processes must not block each other forever
            lease.renew()
        lease.start_heartbeat()
        yield lease.check
    finally:
        lease.end()


def _rivals(folder: Folder, name: str, own: str, shared: bool) -> list[str]:
    """Return the live leases that exclude this one, as HOST-PID, and delete those of dead holders.

    Raises:
        LockedError: This process's own lease has expired, or the file system does not report when files were written.
    """
    infos = {info.base_name: info.mtime for info in folder.infos(name)}
    name_of_own = own.rsplit("/", 1)[1]
    if name_of_own not in infos:
        raise LockedError(f"this run was stopped for {LEASE_SECONDS:.0f} s while it acquired the lock; run again")
    now = infos.pop(name_of_own)
    if infos and None in (now, *infos.values()):
        raise LockedError(
            f"another run may be writing to it, since the storage reports no file times; if none is, delete {folder.at(name)}"
        )
    alive = {n for n, written in infos.items() if now - written < timedelta(seconds=LEASE_SECONDS)}
    for dead in infos.keys() - alive:
        folder.remove(f"{name}/{dead}")
    found = sorted(n for n in alive if not (shared and n.startswith("shared-")))
    return [n.split("-", 1)[1].rsplit("-", 1)[0] for n in found]


class _Lease:
    """A file that shows that its holder is alive. A lease that may have expired is lost: another process may hold the lock."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.name = name
        self._folder, self._ended, self._lost, self._last = folder, Event(), False, 0.0
        self._thread = Thread(target=self._keep_beating, daemon=True)

    def renew(self) -> None:
        """Write the lease now."""
        self._last = _now()
        self._folder.write(self.name, b"")

    def start_heartbeat(self) -> None:
        """Write the lease again at intervals, in a thread."""
        self._thread.start()

    def _keep_beating(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS) and self._is_held():
            begun = _now()
            with suppress(OSError):  # the network may recover in time
                self._folder.write(self.name, b"")
                if self._is_held():  # a write that took too long does not renew the lease
                    self._last = begun

    def _is_held(self) -> bool:
        if _now() - self._last > LEASE_SECONDS - HEARTBEAT_SECONDS:
            self._lost = True
        return not self._lost

    def check(self) -> None:
        """Raise DatasetError where others may count this holder as dead: the machine slept, or the network failed."""
        if not self._is_held():
            raise DatasetError(
                f"{self._folder}: could not be written for {LEASE_SECONDS - HEARTBEAT_SECONDS:.0f} s, and another run may have taken over; "
                "committed data is intact: run again"
            )

    def end(self) -> None:
        """Delete the lease; where that fails, it expires by itself."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        with suppress(OSError):
            self._folder.remove(self.name)


def _now() -> float:
    """Return the seconds of a clock that also runs while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux
    return time.monotonic() if clock is None else time.clock_gettime(clock)
