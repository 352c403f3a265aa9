"""Give memory back to the system: allocators keep what the largest commit has taken, and a run commits a hundred times."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa

_STATM = Path("/proc/self/statm")  # of Linux


def give_back() -> None:
    """Return freed memory to the system, that of Arrow and, where the C library is glibc, all other."""
    pa.default_memory_pool().release_unused()
    _trim()(0)


def resident_when_trimmed(otherwise: int) -> int:
    """Return the bytes of this process that are resident once it has given back what it can.

    Args:
        otherwise: What to return where the system does not say.
    """
    give_back()
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return otherwise


@cache
def _trim() -> Callable[[int], int]:
    """Return `malloc_trim`, or what does nothing where the C library lacks it."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    found: Callable[[int], int] = getattr(library, "malloc_trim", lambda _pad: 0)
    return found
