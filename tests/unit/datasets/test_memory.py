"""What a process keeps of its memory."""

from __future__ import annotations

import resource
import sys

import pytest

from extractor.datasets.memory import resident_when_trimmed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not say")
def test_what_is_resident_is_what_is_left_of_the_peak() -> None:
    held = bytearray(b"\1") * (64 << 20)
    before = resident_when_trimmed(0)
    del held
    after = resident_when_trimmed(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    counted_late = 1 << 20  # the system counts some pages, and leaves them out of the peak
    assert 0 < after <= before - (60 << 20) < before <= peak + counted_late
