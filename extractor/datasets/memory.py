"""Give memory back to the system: allocators keep what the largest commit has taken, and a run commits a hundred times."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Return freed memory to the system, that of Arrow and, where the C library is glibc, all other."""
    pa.default_memory_pool().release_unused()
    _trim()(0)


@cache
def _trim() -> Callable[[int], int]:
    """Return `malloc_trim`, or what does nothing where the C library lacks it."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    found: Callable[[int], int] = getattr(library, "malloc_trim", lambda _pad: 0)
    return found
