"""Kill a run again and again, at any moment, and hold what it leaves against an undisturbed run.

After every kill the folder must verify; in the end every part must be the same, byte for byte, but for the `seconds`
of `documents`.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from extractor.datasets.commit import MANIFEST
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows

ROOT = Path(__file__).parent.parent


def command(inputs: Path, out: Path) -> list[str]:
    options = ["--workers", "2", "--commit-every", "1", "--json"]
    return [sys.executable, "-m", "extractor", "run", str(inputs), "--out", str(out), *options]


def contents(folder: Path) -> dict[str, object]:
    """Return everything in a folder that must not depend on how often the run was killed."""
    found: dict[str, object] = {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*.parquet")
        if p.parent.name != "documents"
    }
    rows = read_rows(Folder(folder), "documents").drop_columns(["seconds", "first_seen", "last_read"])
    return {**found, "documents": sorted(rows.to_pylist(), key=lambda row: row["document_id"])}


def killed(inputs: Path, out: Path, wait: float, number: int) -> int:
    """Run, send a signal after some seconds, and return the exit code."""
    process = subprocess.Popen(command(inputs, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(wait)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        return process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--inputs", type=Path, default=ROOT / "samples")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    kills = finished = 0
    with tempfile.TemporaryDirectory() as place:
        whole, out = Path(place) / "whole", Path(place) / "out-0"
        begun = time.monotonic()
        subprocess.run(command(arguments.inputs, whole), check=True, stdout=subprocess.DEVNULL)
        longest = time.monotonic() - begun
        expected = contents(whole)
        while kills < arguments.times:
            number = chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT))
            begun = time.monotonic()
            code = killed(arguments.inputs, out, chance.uniform(0.2, 1.0) * longest, number)
            kills += code != 0
            if (out / MANIFEST).exists():
                problems = verify(Folder(out))
                assert problems == [], f"kill {kills}: {problems}"
            if code == 0:
                longest = time.monotonic() - begun  # the machine may be less busy than before
                assert contents(out) == expected, f"after {kills} kills: the datasets differ from an undisturbed run's"
                finished += 1
                out = Path(place) / f"out-{finished}"
        subprocess.run(command(arguments.inputs, out), check=True, stdout=subprocess.DEVNULL)
        assert contents(out) == expected, f"after {kills} kills: the datasets differ from an undisturbed run's"
    print(f"{kills} kills, {finished + 1} datasets finished, each the same as an undisturbed run's")
    return 0


if __name__ == "__main__":
    sys.exit(main())
