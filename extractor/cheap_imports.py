"""Imports that take less time: for processes that are this package's own, a command's or the server of `jobs/forkserver.py`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType


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


@contextmanager
def without(package: str) -> Iterator[None]:
    """Import as if a package were not installed: what can do without it does not wait for it."""
    absent = _Absent(package)
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


class _Absent:
    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == self._package:
            raise ModuleNotFoundError(name)
        return None
