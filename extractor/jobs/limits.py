"""What one document may take: time, memory, size of files."""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RAISED = 2  # times the limits of a second try


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take.

    Attributes:
        seconds: Wall clock, and as much processor time; the longest of the real documents takes 3.
        scan: Seconds more for every page that was recognised in a picture (which takes 2), but never more than
            `seconds` ahead.
        memory: Bytes of address space beyond those of a worker at rest.
        file: Bytes of any file that a reader writes.
    """

    seconds: float = 300.0
    scan: float = 10.0
    memory: int = 4 << 30
    file: int = 1 << 30

    def raised(self) -> Limits:
        """Return the limits of the second and last try."""
        return Limits(RAISED * self.seconds, RAISED * self.scan, RAISED * self.memory, RAISED * self.file)


def set_limits(limits: Limits, base: int) -> None:
    """Set the soft limits alone, so that the next document can have others."""
    wanted = {resource.RLIMIT_CPU: processor_seconds(limits), resource.RLIMIT_FSIZE: limits.file}
    if sys.platform == "linux":  # other systems do not hold a process to its address space
        wanted[resource.RLIMIT_AS] = base + limits.memory
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (within(value, hard), hard))


def processor_seconds(limits: Limits) -> int:
    """Return the processor time at which a document that begins now has had its share."""
    return math.ceil(time.process_time() + limits.seconds) + 1


def within(value: int, hard: int) -> int:
    """Return a soft limit that the hard one allows."""
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def address_space() -> int:
    """Return the bytes of address space that this process has; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()
