"""Which deadline a document has: told by a clock of the test's, with pipes and without a process."""

from __future__ import annotations

import io
import signal
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.datasets.document_result import DocumentResult
from extractor.errors import ExtractorError
from extractor.jobs import isolated, worker_pool
from extractor.jobs.isolated import START_TRIES
from extractor.jobs.limits import Limits
from extractor.jobs.worker_pool import MORE_TIME, WorkerPool, _cause, _Worker, _WorkerTask
from extractor.pipeline import read_document
from extractor.source.source import Source
from extractor.vocabulary.config import Config

SOURCE = Source("a.pdf", "a" * 64, "pdf", b"%PDF-")
LIMITS = Limits(seconds=60, scan=10, memory=1 << 30)


class Desk:
    """A pool of one worker, the worker's end of its pipe, and the clock."""

    def __init__(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(worker_pool, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(worker_pool, "wait", self.wait)
        monkeypatch.setattr(worker_pool, "end", lambda worker: worker.pipe.close())
        context: Any = None
        self.pool = WorkerPool(context, config, 1, LIMITS, read_document)
        self.waited: list[float] = []
        self.rest()

    def rest(self) -> None:
        """Put another worker at rest."""
        process: Any = SimpleNamespace(pid=0, exitcode=None)
        here, self.there = Pipe()
        self.worker = _Worker(process, here, "", io.BytesIO())
        self.pool.idle.append(self.worker)

    def wait(self, pipes: list[Connection], timeout: float) -> list[Connection]:
        self.waited.append(timeout)
        ready = [pipe for pipe in pipes if pipe.poll()]
        self.now += 0.0 if ready else timeout
        return ready

    def recognise(self, pages: int, seconds: float = 0.0) -> None:
        """Tell of pages that were recognised, each after so many seconds."""
        for _ in range(pages):
            self.now += seconds
            self.there.send_bytes(MORE_TIME)
            assert self.pool.finished() == []


@pytest.fixture
def desk(config: Config, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(config, monkeypatch)


def test_a_document_has_its_seconds_from_when_it_is_given(desk: Desk) -> None:
    desk.pool.submit(SOURCE)
    assert (desk.worker.begun, desk.worker.deadline) == (1_000.0, 1_060.0)
    desk.now += 20
    desk.pool.finished()
    assert desk.waited == [40.0]


def test_a_hang_has_a_second_try_with_raised_limits_and_then_its_row(desk: Desk) -> None:
    desk.pool.submit(SOURCE)
    assert desk.pool.finished() == [_WorkerTask(SOURCE, LIMITS.raised(), last=True)]
    assert desk.pool.idle == desk.pool.working == []  # the worker is not kept
    desk.rest()
    desk.pool.submit(_WorkerTask(SOURCE, LIMITS.raised(), last=True))
    (result,) = desk.pool.finished()
    assert isinstance(result, DocumentResult)
    assert (result.status, "took more than 120 s" in result.reason) == ("timeout", True)


def test_pages_that_are_pictures_have_time_of_their_own(desk: Desk) -> None:
    desk.pool.submit(SOURCE)
    desk.recognise(20, seconds=9)  # three minutes, of a document that has one
    assert desk.worker.deadline == 1_000.0 + 180 + 60


def test_quick_pages_save_no_time_up_for_a_hang(desk: Desk) -> None:
    desk.pool.submit(SOURCE)
    desk.recognise(500)
    assert desk.worker.deadline == 1_060.0  # and not 5,000 s later


def test_slow_pages_shorten_no_time_that_was_given(desk: Desk) -> None:
    desk.pool.submit(SOURCE)
    desk.recognise(1, seconds=55)
    assert desk.worker.deadline == 1_070.0


def test_a_worker_that_was_killed_at_rest_costs_no_document(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.there.close()
    desk.rest()
    fresh = desk.pool.idle.pop()
    monkeypatch.setattr(worker_pool, "launch", lambda *_args, **_options: fresh)
    desk.pool.submit(SOURCE)
    assert (desk.pool.working, desk.pool.has_capacity()) == ([], False)  # it starts
    desk.now += 20
    desk.there.send_bytes(b"")
    assert desk.pool.finished() == []
    (worker,) = desk.pool.working
    assert (worker.begun, worker.deadline) == (1_020.0, 1_080.0)
    assert desk.there.recv().source == SOURCE


def test_a_worker_that_dies_while_it_starts_is_replaced_until_there_is_no_hope(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.pool.idle.clear()
    launched: list[_Worker] = []

    def launch(*_args: Any, **_options: Any) -> _Worker:
        desk.rest()
        desk.there.close()
        launched.append(desk.pool.idle.pop())
        return launched[-1]

    monkeypatch.setattr(worker_pool, "launch", launch)
    monkeypatch.setattr(isolated, "end", lambda worker: worker.pipe.close())
    desk.pool.submit(SOURCE)
    with pytest.raises(ExtractorError, match="cannot start"):
        for _ in range(START_TRIES):
            assert desk.pool.finished() == []
    assert (len(launched), desk.pool.busy) == (START_TRIES, False)


@pytest.mark.parametrize(
    ("exit_code", "status", "words"),
    [
        (-signal.SIGXCPU, "timeout", "60 s of processor time"),
        (-signal.SIGKILL, "memory", "worker was killed by the system (SIGKILL)"),
        (-signal.SIGABRT, "memory", "(1 GiB allowed)"),
        (-signal.SIGTRAP, "memory", "worker aborted (SIGTRAP)"),
        (-signal.SIGSEGV, "crash", "worker crashed (SIGSEGV)"),
        (3, "crash", "worker crashed (exit code 3)"),
        (None, "crash", "worker crashed (closed its pipe)"),
    ],
)
def test_a_crash_is_described_by_how_the_process_ended(
    desk: Desk, exit_code: int | None, status: str, words: str
) -> None:
    desk.pool.submit(SOURCE)
    process: Any = SimpleNamespace(exitcode=exit_code)
    desk.worker.process = process
    found = _cause(desk.worker, LIMITS)
    assert (found[0], words in found[1]) == (status, True)
