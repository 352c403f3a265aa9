"""What a command takes, with all processes that it starts; and runs of the extractor. Linux alone says it."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


class Taken(NamedTuple):
    """What a command took: seconds by the clock and of processor time, and its own peak memory in MiB."""

    clock: float
    processor: float
    peak: int


class Job(NamedTuple):
    """A run of the extractor: what it took, its peak that of its parent, and its summary."""

    taken: Taken
    summary: dict[str, Any]

    @property
    def stages(self) -> float:
        """Seconds of processor time that the stages took."""
        return float(sum(self.summary["stages"].values()))


def take(command: Sequence[str]) -> tuple[Taken, str | None]:
    """Run a command; return what it took and what it printed, None if it printed nothing.

    Processes that outlive their parents come to this one, or nobody would count them. Each has its modules' bytecode, as those of an
    installed package have, also where the environment says that none is to be written.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryFile("w+") as output:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=env)
        _, process.returncode, used = os.wait4(process.pid, 0)
        clock, processor = time.monotonic() - begun, used.ru_utime + used.ru_stime
        output.seek(0)
        printed = output.read()
    return Taken(clock, processor + _left_behind(), used.ru_maxrss >> 10), printed or None


def _left_behind() -> float:
    """Wait for the processes that outlived their parents, and return the seconds of processor time that they took."""
    seconds = 0.0
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            return seconds
        seconds += used.ru_utime + used.ru_stime


def run_job(inputs: Sequence[Path], out: Path, workers: int = 1) -> Job:
    """Run the extractor.

    Raises:
        RuntimeError: It printed no summary.
    """
    command = [sys.executable, "-m", "extractor", "run", *map(str, inputs), "--out", str(out), "--json"]
    taken, printed = take([*command, "--workers", str(workers)])
    if printed is None:
        raise RuntimeError(f"{' '.join(command)}: no summary; run it by hand to see why")
    return Job(taken, json.loads(printed))
