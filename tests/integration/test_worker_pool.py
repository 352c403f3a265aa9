from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from support import misbehaving_reader
from support.common import ROOT
from support.processes import wait_until

from extractor.datasets.document_result import DocumentResult
from extractor.jobs import forkserver, isolated, limits
from extractor.jobs.confinement import unconfined
from extractor.jobs.forkserver import start_server
from extractor.jobs.limits import Limits
from extractor.jobs.worker_pool import _collect, _Worker, _WorkerTask, read_isolated
from extractor.source.source import Source
from extractor.vocabulary.config import Config

LIMITS = Limits(seconds=60, memory=256 << 20, file=1 << 20)
ENDLESS = ("spin", "sleep", "dawdle", "stop")
HASTE = Limits(seconds=1, memory=256 << 20)  # of these alone: on a busy machine others may need more


def read(config: Config, contents: list[str], workers: int = 2) -> dict[str, DocumentResult]:
    """Read made-up documents; return their results by content."""
    sources = [Source(c, hashlib.sha256(c.encode()).hexdigest(), "text", c.encode()) for c in contents]
    tasks = [_WorkerTask(source, HASTE) if source.path in ENDLESS else source for source in sources]
    results = list(read_isolated(iter(tasks), config, workers, LIMITS, misbehaving_reader.read))
    assert len(results) == len(contents)
    return {e.path: e for e in results}


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ("segfault", "crash", "SIGSEGV"),
        ("exit", "crash", "exit code 3"),
        ("killed", "memory", "killed by the system"),
        ("hoard 700000000", "memory", "needs more than 0.5 GiB"),
        ("mute", "crash", "closed its pipe"),
    ],
)
def test_a_death_costs_one_document(config: Config, content: str, status: str, words: str) -> None:
    found = read(config, ["one", content, "two", "three"])
    assert (found[content].status, words in found[content].reason) == (status, True)
    assert all(found[name].status == "ok" for name in ("one", "two", "three"))


@pytest.mark.parametrize("content", ["spin", "sleep"])
def test_a_hang_is_killed_after_its_second_try(config: Config, content: str) -> None:
    found = read(config, ["one", content, "two"])
    assert found[content].status == "timeout"
    assert "more than 2 s" in found[content].reason
    assert found["one"].status == found["two"].status == "ok"


def test_a_second_reader_that_hangs_costs_no_document(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RAISED", LIMITS.seconds)
    assert read(config, ["dawdle"])["dawdle"].status == "ok"


def test_a_reader_may_ask_for_time_for_pages_that_are_pictures(config: Config) -> None:
    assert read(config, ["pages 10"])["pages 10"].status == "ok"


def test_a_document_that_needs_more_memory_has_it_the_second_time(config: Config) -> None:
    found = read(config, ["hoard 400000000", "one"])
    assert found["hoard 400000000"].status == "ok"
    assert found["one"].status == "ok"


def test_a_worker_serves_many_documents_and_is_not_kept_after_harm(config: Config) -> None:
    contents = [f"document {n}" for n in range(20)]
    found = read(config, contents, workers=1)
    assert len({found[c].reason for c in contents}) == 1  # the reason is the reader's process
    found = read(config, ["one", "hoard 700000000", "two"], workers=1)
    assert found["one"].reason != found["two"].reason


def test_a_file_that_grows_without_end_is_stopped(config: Config) -> None:
    found = read(config, ["file 100000", "file 9000000"])
    assert found["file 100000"].status == "ok"
    assert "too large" in found["file 9000000"].reason


def lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def words_of_note(below: Path) -> list[str]:
    """Wait until a reader has left a note in its temporary folder; return its words."""
    found: list[str] = []

    def read_note() -> bool:
        with suppress(OSError):  # its folder goes with the reader
            found[:] = [word for note in below.glob("*/note") for word in note.read_text().split()]
        return len(found) == 3

    assert wait_until(read_note)
    return found


def test_what_a_killed_reader_has_started_and_written_goes_with_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(read, config, ["child"])
        worker, child, folder = words_of_note(tmp_path)
        os.kill(int(worker), signal.SIGSEGV)
        reading.result()
    assert wait_until(lambda: not lives(child) and not lives(worker))
    assert not Path(folder).exists()


def test_a_stopped_reader_is_out_of_time_and_does_not_live_on(config: Config) -> None:
    results = read(config, ["stop", "a"])
    assert {content: result.status for content, result in results.items()} == {"stop": "timeout", "a": "ok"}


ARGUMENT = 1 << 20  # bytes that no pipe holds: who sends them waits for who takes them


@pytest.mark.parametrize(
    "stopped_while",
    [
        lambda note: (misbehaving_reader.stop_at_first, note),
        lambda note: (misbehaving_reader.say_hello, misbehaving_reader.StopsWhenTaken(note), bytes(ARGUMENT)),
    ],
    ids=["it starts", "it takes its arguments"],
)
def test_a_process_that_is_stopped_before_it_says_hello_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_while: Callable[[str], tuple[Any, ...]]
) -> None:
    note = tmp_path / "note"
    monkeypatch.setattr(isolated, "START_SECONDS", 2.0)

    def end(worker: isolated.Isolated) -> None:
        note.write_text(str(worker.process.pid))
        isolated_end(worker)

    isolated_end = isolated.end
    monkeypatch.setattr(isolated, "end", end)
    started = isolated.start(start_server(), *stopped_while(str(note)))
    stopped = note.read_text()
    isolated_end(started)
    assert stopped != str(started.process.pid)
    assert wait_until(lambda: not lives(stopped))


@pytest.mark.parametrize("wait", [1, 2], ids=["for it to take its task", "for it to start"])
def test_a_start_that_is_interrupted_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: int) -> None:
    waits = Mock(side_effect=[*[nullcontext()] * (wait - 1), KeyboardInterrupt])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(isolated, "killed_after", waits)
    with pytest.raises(KeyboardInterrupt):
        isolated.start(start_server(), misbehaving_reader.answer_unasked)
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_killed_while_it_forks_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    context, failures = start_server(), [EOFError(), ConnectionResetError()]
    process = type(context.Process())
    start = process.start

    def failing(self: Any) -> None:
        if failures:
            raise failures.pop()
        start(self)

    monkeypatch.setattr(process, "start", failing)
    started = isolated.start(context, misbehaving_reader.answer_unasked)
    isolated.end(started)
    assert not failures


def parent_of(process: isolated.Isolated) -> int:
    return int(Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_server_that_is_stopped_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "STOPPED_SECONDS", 0.1)
    context = start_server()
    first = isolated.start(context, misbehaving_reader.answer_unasked)
    server = parent_of(first)
    os.kill(server, signal.SIGSTOP)
    second = isolated.start(context, misbehaving_reader.answer_unasked)
    os.kill(server, signal.SIGSTOP)
    isolated.end(first)
    assert parent_of(second) == server
    isolated.end(second)


def test_a_server_that_is_stopped_says_how_a_worker_ended(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "STOPPED_SECONDS", 0.1)
    started = isolated.start(start_server(), misbehaving_reader.stop_at_first, os.devnull)
    worker = _Worker(started.process, started.pipe, started.folder, started.lock)
    os.kill(parent_of(started), signal.SIGSTOP)
    isolated.kill(started)
    found = _collect(worker, _WorkerTask(Source("a", "a" * 64, "text", b""), LIMITS), True, config)
    assert found is not None
    assert (found.status, "killed by the system" in found.reason) == ("memory", True)
    isolated.end(started)


def test_a_server_is_not_interrupted_while_it_imports() -> None:
    started = isolated.start(start_server(), misbehaving_reader.answer_unasked)
    status = Path(f"/proc/{parent_of(started)}/status").read_text()
    isolated.end(started)
    blocked = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk"))
    assert blocked & 1 << signal.SIGINT - 1


def test_a_server_that_cannot_be_woken_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "STOPPED_SECONDS", 0.1)
    monkeypatch.setattr(forkserver, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(signal, "SIGCONT", 0)  # which wakes nobody
    context = start_server()
    first = isolated.start(context, misbehaving_reader.answer_unasked)
    server = parent_of(first)
    os.kill(server, signal.SIGSTOP)
    isolated.end(first)
    monkeypatch.undo()
    second = isolated.start(context, misbehaving_reader.answer_unasked)
    assert parent_of(second) != server
    isolated.end(second)


@pytest.mark.skipif(bool(unconfined()), reason="this system cannot confine a process")
def test_a_reader_has_no_network_and_writes_nowhere_but_to_its_own_folder(config: Config, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("whole")
    found = read(config, [f"harm {tmp_path}"])
    assert [result.reason for result in found.values()] == ["read whole"]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


PARENT = """
from support import misbehaving_reader
from support.common import ROOT
from extractor.vocabulary.config import Config
from extractor.jobs.limits import Limits
from extractor.jobs.worker_pool import read_isolated
from extractor.source.source import Source
if __name__ == "__main__":
    source = Source("x", "0" * 64, "text", b"child")
    list(read_isolated(iter([source]), Config.read(), 1, Limits(), misbehaving_reader.read))
"""


def test_a_parent_that_is_killed_takes_its_workers_along(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, str(script)], env=environment)
    worker, child, folder = words_of_note(tmp_path)
    assert lives(worker)
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not lives(worker) and not lives(child))
    shutil.rmtree(folder)  # nobody is left who could


STOPPER = """
import os, signal
from multiprocessing import forkserver, util
from extractor.jobs.forkserver import start_server
start_server(many=False)
server = forkserver._forkserver._forkserver_pid
util.Finalize(None, os.kill, (server, signal.SIGSTOP), exitpriority=-50)
print(server)
"""


def test_a_server_that_is_stopped_at_the_very_end_goes_with_its_parent() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", STOPPER], env=environment, capture_output=True, text=True, check=True)
    assert wait_until(lambda: not lives(done.stdout.strip()))


def test_a_worker_whose_answer_nobody_reads_any_more_ends_without_a_word() -> None:
    """After Ctrl-C the parent closes the pipe with answers in it, which the worker sees as a connection reset."""
    started = isolated.start(start_server(), misbehaving_reader.answer_unasked)
    started.pipe.close()
    started.process.join(20)
    assert started.process.exitcode == 0
    isolated.end(started)
