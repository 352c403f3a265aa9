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
from types import SimpleNamespace

import pytest
from conftest import SAMPLES, contents

from extractor import __version__
from extractor.cluster import _require_version
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.errors import UsageError

COPIES = 60
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
def cluster() -> Iterator[str]:
    """Start a cluster of one machine; yield its address."""
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
        deadline = time.monotonic() + 60
        while not answers(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(place, ignore_errors=True)


def readers() -> list[int]:
    """Return the processes that read for Ray."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().startswith(b"ray::Reader"):
                found.append(int(place.parent.name))
        except OSError:  # it has gone
            continue
    return found


def test_ray_on_this_machine_writes_what_the_local_executor_does(tmp_path: Path) -> None:
    here = run(SAMPLES, "--out", tmp_path / "here", "--json")
    there = run(SAMPLES, "--out", tmp_path / "there", "--json", "--executor", "ray", "--workers", "2")
    assert there.returncode == here.returncode, there.stderr
    assert contents(Folder(tmp_path / "there")) == contents(Folder(tmp_path / "here"))
    assert readers() == []


def test_killed_readers_of_a_cluster_lose_nothing(cluster: str, tmp_path: Path) -> None:
    data = (SAMPLES / "shanghai-2024-final-accounts.pdf").read_bytes()
    (tmp_path / "in").mkdir()
    for number in range(COPIES):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(data + b"\n%% %d\n%%%%EOF\n" % number)
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    run(tmp_path / "in", "--out", tmp_path / "here")
    arguments = ("run", tmp_path / "in", "--out", tmp_path / "there", "--json", "--executor", "ray")
    process = subprocess.Popen(
        command(*arguments, "--ray-address", cluster), env=OPEN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    killed: set[int] = set()
    while process.poll() is None and len(killed) < 3:
        time.sleep(0.7)
        for pid in readers()[:1]:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
    output, _ = process.communicate(timeout=120)
    assert len(killed) == 3
    assert json.loads(output)["status"] == {"ok": COPIES, "not_a_document": 1}
    assert contents(Folder(tmp_path / "there")) == contents(Folder(tmp_path / "here"))
    assert read_rows(Folder(tmp_path / "there"), "documents").num_rows == COPIES + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--executor", "ray", "--ray-address", "127.0.0.1:1"), "no cluster answers (.*refused.*); check"),
        (("--ray-address", "127.0.0.1:1"), "is for --executor ray; give both, or neither"),
    ],
)
def test_a_wrong_address_is_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run(SAMPLES, "--out", tmp_path / "out", *arguments)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert words.split(".*", maxsplit=1)[0] in result.stderr


def test_a_cluster_of_another_version_is_refused() -> None:
    reader = SimpleNamespace(version=SimpleNamespace(remote=lambda: "0.0.1"))
    with pytest.raises(UsageError, match=rf"have version 0\.0\.1; expected {__version__}"):
        _require_version(SimpleNamespace(get=lambda version: version), reader)
