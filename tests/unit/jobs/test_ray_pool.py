"""A cluster of the wrong version, without room, or whose readers fall silent: Ray and the clock are the test's."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.datasets.document_result import DocumentResult, document_result
from extractor.document import DocumentReading
from extractor.errors import UsageError
from extractor.jobs import ray_pool
from extractor.jobs.answers import parse_answer, unpacked
from extractor.jobs.limits import Limits
from extractor.jobs.ray_pool import (
    ANSWER_SECONDS,
    MAX_FAILED_STARTS,
    MAX_TRIES,
    START_SECONDS,
    RayReader,
    _packed,
    _RayPool,
    _RayTask,
)
from extractor.source.source import Source
from extractor.version import __version__
from extractor.vocabulary.config import Config

LOST = "lost"
SOURCE = Source("a.pdf", "a" * 64, "pdf", b"%PDF-")


class Thing:
    """An object of Ray's, as far as the pool knows it."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Silent:
    """A cluster whose readers answer what they are told to, and then never; to wait for them moves its clock alone."""

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def remote(self, **_: object) -> Callable[[type], Thing]:
        def version() -> Thing:
            return Thing(answer=self.answers.pop(0) if self.answers else None)

        call = Thing(remote=lambda *_: Thing(answer=None), options=lambda **_: Thing(remote=version))
        return lambda _: Thing(remote=lambda *_: Thing(version=call, read=call))

    def kill(self, _: Thing) -> None:
        pass

    def wait(self, refs: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:
        ready = [ref for ref in refs if ref.answer]
        self.now += 0.0 if ready else timeout + 1
        return ready[:1], [ref for ref in refs if ref not in ready[:1]]

    def get(self, ref: Any) -> str:
        if ref.answer == LOST:
            raise self.exceptions.RayError("it died")
        return str(ref.answer)


def pool_of(cluster: Silent, config: Config, monkeypatch: pytest.MonkeyPatch) -> _RayPool:
    monkeypatch.setattr(ray_pool, "time", cluster)
    return _RayPool(cluster, 1, config, Limits())


def test_a_cluster_of_another_version_is_refused(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(Silent("0.0.1"), config, monkeypatch)
    with pytest.raises(UsageError, match=rf"has version 0\.0\.1; expected {__version__}"):
        list(pool.finished())


def test_a_cluster_without_room_is_told_after_a_while(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(Silent(), config, monkeypatch)
    for _ in range(int(START_SECONDS / (ANSWER_SECONDS + 1))):
        assert list(pool.finished()) == []
    with pytest.raises(UsageError, match="no reader has answered"):
        list(pool.finished())


def test_what_a_reader_had_that_answers_no_more_is_given_back(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(Silent(__version__), config, monkeypatch)
    assert list(pool.finished()) == []
    pool.submit(_RayTask(SOURCE))
    assert list(pool.finished()) == []  # it is asked whether it lives
    assert list(pool.finished()) == [_RayTask(SOURCE, 1)]
    assert not pool.busy
    assert not pool.has_capacity()


def test_a_document_that_is_lost_with_every_reader_is_given_up(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(Silent(__version__), config, monkeypatch)
    list(pool.finished())
    pool.submit(_RayTask(SOURCE, MAX_TRIES - 1))
    (result,) = [found for _ in range(2) for found in pool.finished()]
    assert not isinstance(result, _RayTask)
    assert (result.status, f"{MAX_TRIES} Ray readers were lost" in result.reason) == ("crash", True)


def test_what_a_reader_sends_is_looked_at(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(Silent(__version__), config, monkeypatch)
    list(pool.finished())
    pool.submit(_RayTask(SOURCE))
    for ref in pool.in_flight:
        ref.answer = "rows without end"
    (result,) = pool.finished()
    assert not isinstance(result, _RayTask)
    assert (result.status, "reader sent what is no answer" in result.reason) == ("crash", True)
    assert pool.has_capacity()


def test_a_lost_reader_is_replaced_by_one_that_must_answer_first(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = pool_of(Silent(__version__, __version__), config, monkeypatch)
    list(pool.finished())
    pool.submit(_RayTask(SOURCE))
    for ref in pool.in_flight:
        ref.answer = LOST
    assert list(pool.finished()) == [_RayTask(SOURCE, 1)]
    assert not pool.has_capacity()
    list(pool.finished())
    assert pool.has_capacity()


def test_readers_that_die_before_they_answer_are_replaced_a_few_times(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = pool_of(Silent(__version__, *[LOST] * MAX_FAILED_STARTS), config, monkeypatch)
    list(pool.finished())
    pool.submit(_RayTask(SOURCE))
    for ref in pool.in_flight:
        ref.answer = LOST
    for _ in range(MAX_FAILED_STARTS):
        list(pool.finished())
    with pytest.raises(UsageError, match="a machine cannot start a reader"):
        list(pool.finished())


def test_a_reader_answers_a_document_without_waiting_for_the_next(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Worker:
        """A pool that reads the document that it has."""

        given: Source | None = None

        @property
        def busy(self) -> bool:
            return self.given is not None

        def has_capacity(self) -> bool:
            return not self.busy

        def submit(self, source: Source) -> None:
            self.given = source

        def finished(self) -> list[DocumentResult]:
            source, self.given = self.given, None
            assert source is not None
            return [document_result(DocumentReading(source.sha256, source.path, source.kind, "ok", ""), "")]

    monkeypatch.setattr(ray_pool, "start_server", lambda **_: None)
    monkeypatch.setattr(ray_pool, "WorkerPool", lambda *_: Worker())
    monkeypatch.setattr("os._exit", pytest.fail)
    reader = RayReader(_packed(config.directory), Limits())
    for source in (SOURCE, Source("b.pdf", "b" * 64, "pdf", b"%PDF-")):
        assert parse_answer(unpacked(reader.read(source)), source)[0].document_id == source.sha256
    reader._folder.cleanup()
