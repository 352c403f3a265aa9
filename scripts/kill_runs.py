"""Kill a run again and again, at any moment, and its workers; hold what it leaves against an undisturbed run.

The run itself is killed, interrupted, or stopped for a while; a process that it has started is killed, or stopped for ever. After each
the folder must verify, nothing that was started may live on, and in the end every part must be the same, byte for byte, but
for the times of `documents`. Where a worker was harmed, its document alone may differ, and must say so.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from extractor.arbitration import EARLIER_TRY
from extractor.contract import READ
from extractor.datasets.commit import MANIFEST
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows

ROOT = Path(__file__).parent.parent
PATIENCE = 300  # seconds for a run to end whose worker was harmed, and for processes to die
CLOCKED = ["seconds", "first_seen", "last_read"]  # columns of `documents` that say when they were read
FOR_THE_RUN = ("kill", "kill", "interrupt", "pause")
FOR_A_WORKER = {"kill a worker": signal.SIGKILL, "stop a worker": signal.SIGSTOP}


def command(inputs: list[Path], out: Path, timeout: int) -> list[str]:
    options = ["--workers", "2", "--commit-every", "1", "--timeout", str(timeout), "--json"]
    return [sys.executable, "-m", "extractor", "run", *map(str, inputs), "--out", str(out), *options]


def run(command: list[str]) -> float:
    """Run undisturbed; return how many seconds it took."""
    begun = time.monotonic()
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1), f"an undisturbed run ends with exit code {done.returncode}"
    return time.monotonic() - begun


def contents(folder: Path) -> dict[str, Any]:
    """Return everything in a folder that must not depend on how often the run was killed."""
    found: dict[str, Any] = {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*.parquet")
        if p.parent.name != "documents"
    }
    rows = read_rows(Folder(folder), "documents").drop_columns(CLOCKED)
    return {**found, "documents": sorted(rows.to_pylist(), key=lambda row: row["document_id"])}


def by_document(folder: Path) -> dict[str, list[Any]]:
    """Return document id → its rows of datasets that say nothing of other documents, the one of `documents` first."""
    found: dict[str, list[Any]] = {}
    for name in ("documents", "tables", "line_items", "checks"):
        rows = read_rows(Folder(folder), name)
        for row in rows.drop_columns([c for c in CLOCKED if c in rows.column_names]).to_pylist():
            found.setdefault(row["document_id"], []).append(row)
    return found


def unsaid(folder: Path, whole: Path) -> list[str]:
    """Return the documents that differ from an undisturbed run's, and do not say why.

    Where the process that opens files was harmed, nobody knows the content: the row of the path says so.
    """
    found, expected = by_document(folder), by_document(whole)
    by_path = {rows[0].get("path"): rows for rows in found.values()}
    differing = (name for name, rows in expected.items() if found.get(name) != rows)
    return [name for name in differing if not _says_why(found.get(name) or by_path.get(expected[name][0]["path"], []))]


def _says_why(rows: list[Any]) -> bool:
    unread = bool(rows) and rows[0].get("status") not in READ  # the next run reads it, or says how
    return unread or any(EARLIER_TRY in (row.get("reason") or "") for row in rows)


def descendants(pid: int) -> tuple[list[int], list[int]]:
    """Return what a run has started: the server that forks, and the workers that it has; not the one that only tidies up."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"resource_tracker" not in (place / "cmdline").read_bytes():
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(place.name))
    servers = children.get(pid, [])
    workers = [worker for server in servers for worker in children.get(server, [])]
    for worker in workers:
        workers += children.get(worker, [])
    return servers, workers


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def harm(process: subprocess.Popen[bytes], how: str, chance: random.Random) -> None:
    if how == "pause":
        process.send_signal(signal.SIGSTOP)
        time.sleep(chance.uniform(0.1, 3.0))
        process.send_signal(signal.SIGCONT)
    elif how in FOR_A_WORKER:
        with suppress(ProcessLookupError, IndexError):
            servers, workers = descendants(process.pid)
            os.kill(chance.choice(workers + servers), FOR_A_WORKER[how])
    else:
        process.send_signal(signal.SIGKILL if how == "kill" else signal.SIGINT)


def harmed(command: list[str], wait: float, how: str, chance: random.Random) -> int | None:
    """Run, do harm after some seconds, and return the exit code; None where it had ended before."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        assert process.wait(wait) in (0, 1)
        return None
    started = list(chain(*descendants(process.pid)))
    harm(process, how, chance)
    code = process.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while any(map(is_alive, started)):
        assert time.monotonic() < deadline, f"{how}: processes live on"
        time.sleep(0.05)
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--inputs", type=Path, nargs="+", default=[ROOT / "samples"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--timeout", type=int, default=20, help="seconds for a document: so long a stopped worker is waited for"
    )
    arguments = parser.parse_args()
    into = partial(command, arguments.inputs, timeout=arguments.timeout)
    chance, done, finished = random.Random(arguments.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory() as place:
        whole, out, untouched = Path(place) / "whole", Path(place) / "out-0", True
        longest = run(into(whole))
        expected = contents(whole)
        while done.total() < arguments.times:
            how = chance.choice((*FOR_THE_RUN, *FOR_A_WORKER))
            begun = time.monotonic()
            code = harmed(into(out), chance.uniform(0.2, 1.0) * longest, how, chance)
            done[how] += code is not None
            untouched = untouched and (how not in FOR_A_WORKER or code is None)
            if (out / MANIFEST).exists():
                problems = verify(Folder(out))
                assert problems == [], f"{how}: {problems}"
            if code in (None, 0, 1):
                if untouched:
                    longest = time.monotonic() - begun  # the machine may be less busy than before
                _require_same(out, whole, expected, untouched)
                finished, untouched = finished + 1, True
                out = Path(place) / f"out-{finished}"
        run(into(out))
        _require_same(out, whole, expected, untouched)
    print(f"{done.total()} times harmed ({', '.join(f'{how} {count}' for how, count in sorted(done.items()))})")
    print(f"{finished + 1} datasets of {len(expected['documents'])} documents finished, nothing lost")
    return 0


def _require_same(out: Path, whole: Path, expected: dict[str, Any], untouched: bool) -> None:
    if untouched:
        assert contents(out) == expected, f"{out}: differs from an undisturbed run's"
    assert (lost := unsaid(out, whole)) == [], f"{out}: documents differ and do not say why: {lost}"


if __name__ == "__main__":
    sys.exit(main())
