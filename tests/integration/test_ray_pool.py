"""Documents read by Ray: on this machine, and on a cluster whose readers are killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.common import SAMPLES, contents
from support.processes import wait_until

from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows

pytestmark = [pytest.mark.cluster, pytest.mark.slow]
COPIES = 60
PAUSE = 12  # documents between two kills
PROCESSORS = os.cpu_count() or 1  # one reader more than these never starts, and must not be waited for
OPEN = {**os.environ, "RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "extractor", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("run", *arguments), capture_output=True, text=True, check=False, timeout=120, env=OPEN
    )


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def cluster() -> Iterator[tuple[str, int]]:
    """Start a cluster of one machine; yield its address and its session."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # a short name: it holds sockets
    options = ["--port", str(port), "--num-cpus", "2", "--include-dashboard=false", "--temp-dir", place]
    start = [str(Path(sys.executable).parent / "ray"), "start", "--head", "--block", *options]
    process = subprocess.Popen(
        start, env=OPEN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert wait_until(lambda: answers(port))
        yield f"127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(place, ignore_errors=True)


def readers(session: int) -> list[int]:
    """Return the processes of a session that read for Ray: others on this machine may have some too."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        pid = int(place.parent.name)
        try:
            if place.read_bytes().startswith(b"ray::RayReader") and os.getsid(pid) == session:
                found.append(pid)
        except OSError:  # it has gone
            continue
    return found


def documents_in(log: Path) -> int:
    """Return how many documents a run says it has read."""
    return log.read_text().count('"event": "document"') if log.exists() else 0


def test_ray_on_this_machine_writes_what_the_local_executor_does(tmp_path: Path) -> None:
    here = run(SAMPLES, "--out", tmp_path / "here", "--json")
    arguments = ("run", SAMPLES, "--out", tmp_path / "there", "--executor", "ray", "--workers", str(PROCESSORS + 1))
    there = subprocess.Popen(command(*arguments), env=OPEN, stdout=subprocess.DEVNULL, start_new_session=True)
    assert there.wait(240) == here.returncode
    assert contents(Folder(tmp_path / "there")) == contents(Folder(tmp_path / "here"))
    assert wait_until(lambda: not readers(there.pid))


def test_killed_readers_of_a_cluster_lose_nothing(cluster: tuple[str, int], tmp_path: Path) -> None:
    """A reader is killed after every few documents, so that what the one before had is read by then."""
    address, session = cluster
    data = (SAMPLES / "shanghai-2024-final-accounts.pdf").read_bytes()
    (tmp_path / "in").mkdir()
    for number in range(COPIES):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(data + b"\n%% %d\n%%%%EOF\n" % number)
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    run(tmp_path / "in", "--out", tmp_path / "here")
    log = tmp_path / "log.jsonl"
    arguments = ("run", tmp_path / "in", "--out", tmp_path / "there", "--json", "--log-json", log, "--executor", "ray")
    process = subprocess.Popen(
        command(*arguments, "--ray-address", address), env=OPEN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    killed: set[int] = set()
    while process.poll() is None and len(killed) < 3:
        time.sleep(0.05)
        if documents_in(log) > PAUSE * len(killed):
            for pid in readers(session)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
    output, _ = process.communicate(timeout=240)
    assert len(killed) == 3
    assert json.loads(output)["status"] == {"ok": COPIES, "not_a_document": 1}
    assert contents(Folder(tmp_path / "there")) == contents(Folder(tmp_path / "here"))
    assert read_rows(Folder(tmp_path / "there"), "documents").num_rows == COPIES + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--executor", "ray", "--ray-address", "127.0.0.1:1"), "no cluster answers (.*refused.*); check"),
        (("--ray-address", "127.0.0.1:1"), "is only valid with --executor ray; give both options or neither"),
    ],
)
def test_a_wrong_address_is_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run(SAMPLES, "--out", tmp_path / "out", *arguments)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert words.split(".*", maxsplit=1)[0] in result.stderr
