"""Imports that take less time: for processes that are this package's own, a command's or the server of `jobs/forkserver.py`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Import modules, and read what stays as long as the process does, without threads of NumPy's and without looking for garbage.

    Arrow allocates as all else does: its own allocator keeps 40 MB of what a commit has freed.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # they turn while they wait, 0.05 s; no stage has large matrices
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # read when Arrow is imported
    gc.disable()  # 100,000 objects are made, and no garbage
    try:
        yield
    finally:
        gc.freeze()  # nor is there any among them at the end
        gc.enable()
