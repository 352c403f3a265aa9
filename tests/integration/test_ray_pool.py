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
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.common import SAMPLES, contents

from extractor import __version__
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.errors import UsageError
from extractor.jobs import ray_pool as cluster_module
from extractor.jobs.limits import Limits
from extractor.jobs.ray_pool import _RayPool, _Task
from extractor.source.source import Source
from extractor.vocabulary.config import Config

COPIES = 60
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
    there = run(SAMPLES, "--out", tmp_path / "there", "--json", "--executor", "ray", "--workers", str(PROCESSORS + 1))
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


class Thing:
    """An object of Ray's, as far as the crew knows it."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Silent:
    """A cluster whose readers answer what they are told to, and then never."""

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def remote(self, **_: object) -> Callable[[type], Thing]:
        def version() -> Thing:
            return Thing(answer=self.answers.pop(0) if self.answers else None)

        call = Thing(remote=lambda *_: Thing(answer=None), options=lambda **_: Thing(remote=version))
        return lambda _: Thing(remote=lambda *_: Thing(version=call, read=call))

    def wait(self, refs: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:
        time.sleep(timeout)
        return [ref for ref in refs if ref.answer], [ref for ref in refs if not ref.answer]

    def get(self, ref: Any) -> str:
        return str(ref.answer)


SOURCE = Source("a.pdf", "a" * 64, "pdf", b"%PDF-")


def test_a_cluster_of_another_version_is_refused() -> None:
    crew = _RayPool(Silent("0.0.1"), 1, Config.read(), Limits())
    with pytest.raises(UsageError, match=rf"has version 0\.0\.1; expected {__version__}"):
        list(crew.finished())


def test_a_cluster_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "ANSWER", 0.01)
    monkeypatch.setattr(cluster_module, "BEGIN", 0.0)
    with pytest.raises(UsageError, match="no reader has answered"):
        list(_RayPool(Silent(), 1, Config.read(), Limits()).finished())


def test_what_a_reader_had_that_answers_no_more_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "ANSWER", 0.01)
    crew = _RayPool(Silent(__version__), 1, Config.read(), Limits())
    assert list(crew.finished()) == []
    crew.submit(_Task(SOURCE))
    found = [again for _ in range(4) for again in crew.finished()]
    assert found == [_Task(SOURCE, 1)]
    assert not crew.busy
    assert not crew.has_capacity()
