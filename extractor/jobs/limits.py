"""Resource limits of one document: time, memory and file size."""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RAISED = 2  # factor on the limits for the second try


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits of one document.

    Attributes:
        seconds: Wall-clock time, and the same again as processor time; the slowest of the real documents takes 3 s.
        scan: Additional seconds for each page that was recognised by OCR (which takes 2 s); the time left never exceeds
            `seconds`.
        memory: Bytes of address space beyond those of an idle worker.
        file: Maximum size of any file that a worker writes, in bytes.
    """

    seconds: float = 300.0
    scan: float = 10.0
    memory: int = 4 << 30
    file: int = 1 << 30

    def raised(self) -> Limits:
        """Return the limits of the second and last try."""
        return Limits(RAISED * self.seconds, RAISED * self.scan, RAISED * self.memory, RAISED * self.file)


def set_limits(limits: Limits, base: int) -> None:
    """Set the soft limits of this process, and leave the hard ones, so that the next document can have other limits.

    Args:
        limits: The limits to set.
        base: Bytes of address space that this process has when it is idle.
    """
    wanted = {resource.RLIMIT_CPU: processor_seconds(limits), resource.RLIMIT_FSIZE: limits.file}
    if sys.platform == "linux":  # other systems do not enforce a limit on the address space
        wanted[resource.RLIMIT_AS] = base + limits.memory
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (within(value, hard), hard))


def lift_memory_limit() -> None:
    """Lift the soft limit of memory, so that what is said of having reached it does not reach it again."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def processor_seconds(limits: Limits) -> int:
    """Return the processor time, in whole seconds, at which a document that starts now reaches its limit."""
    return math.ceil(time.process_time() + limits.seconds) + 1


def within(value: int, hard: int) -> int:
    """Return a soft limit that does not exceed the hard limit."""
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def address_space() -> int:
    """Return the size of this process's address space in bytes; 0 where the system does not report it."""
    if sys.platform != "linux":
        return 0
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()
