"""What other processes do in their own time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120  # seconds, of a machine that has much else to do


def wait_until(happens: Callable[[], bool]) -> bool:
    """Wait for something to happen; return whether it did."""
    deadline = time.monotonic() + PATIENCE
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.05)
    return happens()
