"""One writer at a time: the system's locks on this machine, leases where there are none.

A lease is a file of its own that its holder writes again while it lives. Whoever wants one writes its own first and looks
for others then: of two that come at once, at least one sees the other and goes. Ages are told by the storage's clock.
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

HEARTBEAT_SECONDS = 10.0  # seconds between a holder's signs of life
LEASE_SECONDS = 60.0  # seconds after which a holder without any counts as dead
LockCheck = Callable[[], None]  # raises DatasetError where the lock may have been lost


class LockedError(UsageError):
    """Another holds the lock; the message says who, as far as that is known."""


@contextmanager
def acquire_lock(folder: Folder, name: str, shared: bool = False, wait: bool = False) -> Iterator[LockCheck]:
    """Hold a lock of a folder.

    Args:
        folder: Is there already.
        name: Of the lock; a hidden file in the folder, or one's folder of leases.
        shared: Together with others that are shared, but with none that is not.
        wait: Until it is free.

    Raises:
        LockedError: Another holds it, and `wait` was not asked for.
        OSError: The folder cannot be written.
    """
    with _locked(folder, name, shared, wait) if folder.path else _leased(folder, name, shared, wait) as check:
        yield check


@contextmanager
def _locked(folder: Folder, name: str, shared: bool, wait: bool) -> Iterator[LockCheck]:
    assert folder.path is not None  # leases are for other places
    with (folder.path / name).open("w") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LockedError("another run is writing to it; wait for it") from error
        yield lambda: None  # the system keeps it as long as the process lives


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
            time.sleep(random.uniform(0.1, 1.0))  # two that wait must not meet for ever
            lease.renew()
        lease.start_heartbeat()
        yield lease.check
    finally:
        lease.end()


def _rivals(folder: Folder, name: str, own: str, shared: bool) -> list[str]:
    """Return the leases of others that live and do not share, as HOST-PID; those of the dead are cleared away.

    Raises:
        LockedError: The file system does not tell when its files were written.
    """
    infos = {info.base_name: info.mtime for info in folder.infos(name)}
    name_of_own = own.rsplit("/", 1)[1]
    if name_of_own not in infos:
        raise LockedError(
            f"this run was stopped for {LEASE_SECONDS:.0f} s while it asked whether another is writing to it; run again"
        )
    now = infos.pop(name_of_own)
    if infos and None in (now, *infos.values()):
        raise LockedError(
            f"another run is or was writing to it, and its files have no times; delete {folder.at(name)} if none is"
        )
    alive = {n for n, written in infos.items() if now - written < timedelta(seconds=LEASE_SECONDS)}
    for dead in infos.keys() - alive:
        folder.remove(f"{name}/{dead}")
    found = sorted(n for n in alive if not (shared and n.startswith("shared-")))
    return [n.split("-", 1)[1].rsplit("-", 1)[0] for n in found]


class _Lease:
    """A file that says that its holder lives. Once it may have run out it is lost: another may hold the lock."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.name = name
        self._folder, self._ended, self._lost, self._last = folder, Event(), False, 0.0
        self._thread = Thread(target=self._keep_beating, daemon=True)

    def renew(self) -> None:
        """Give the first sign of life."""
        self._last = _now()
        self._folder.write(self.name, b"")

    def start_heartbeat(self) -> None:
        """Give one again and again."""
        self._thread.start()

    def _keep_beating(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS) and self._is_held():
            begun = _now()
            with suppress(OSError):  # the network may come back in time
                self._folder.write(self.name, b"")
                if self._is_held():  # one that took so long that others saw none renews nothing
                    self._last = begun

    def _is_held(self) -> bool:
        if _now() - self._last > LEASE_SECONDS - HEARTBEAT_SECONDS:
            self._lost = True
        return not self._lost

    def check(self) -> None:
        """Raise where others may count this holder as dead: the machine slept, or the network was away."""
        if not self._is_held():
            raise DatasetError(
                f"{self._folder}: could not be written for {LEASE_SECONDS - HEARTBEAT_SECONDS:.0f} s, and another run may have taken over; "
                "what was committed is whole: run again"
            )

    def end(self) -> None:
        """Give the lease back; where that cannot be done, it runs out by itself."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        with suppress(OSError):
            self._folder.remove(self.name)


def _now() -> float:
    """Return seconds that go on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux
    return time.monotonic() if clock is None else time.clock_gettime(clock)
