"""In which order documents are read, handed over and answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractor.datasets.document_result import DocumentResult, document_result
from extractor.document import DocumentReading
from extractor.errors import ExtractorError
from extractor.jobs.executor import _then
from extractor.jobs.pool import run_all
from extractor.source.source import Source


def result_of(name: str) -> DocumentResult:
    return document_result(DocumentReading(name, name, "text", "ok", ""), "")


class OneByOne:
    """A pool that reads one document at a time, and notes what happens."""

    def __init__(self, twice: str = "") -> None:
        self.said: list[str] = []
        self.twice = twice
        self.given: list[Source] = []

    @property
    def busy(self) -> bool:
        return bool(self.given)

    def has_capacity(self) -> bool:
        return not self.given

    def submit(self, source: Source) -> None:
        self.said.append(f"gives {source.path}")
        self.given.append(source)

    def finished(self) -> list[DocumentResult | Source]:
        source = self.given.pop()
        if source.path == self.twice:
            self.twice = ""
            return [source]
        return [result_of(source.path)]

    def run(self, *paths: str) -> list[str]:
        def sources() -> Iterator[Source | DocumentResult]:
            for path in paths:
                self.said.append(f"reads {path}")
                yield result_of(path) if path == "unreadable" else Source(path, path, "text", b"")

        for found in run_all(sources(), self):
            self.said.append(found.path)
        return self.said


def test_the_next_document_is_read_while_one_is_and_given_before_the_answer_is_looked_at() -> None:
    assert OneByOne().run("a", "b", "c") == [
        "reads a", "gives a", "reads b", "gives b", "a", "reads c", "gives c", "b", "c",
    ]  # fmt: skip


def test_what_is_tried_again_waits_for_a_place_like_all_else() -> None:
    assert OneByOne(twice="a").run("a", "b") == ["reads a", "gives a", "reads b", "gives a", "gives b", "a", "b"]


def test_what_cannot_be_read_is_passed_on() -> None:
    assert OneByOne().run("unreadable", "a") == ["reads unreadable", "unreadable", "reads a", "gives a", "a"]


def test_of_no_documents_there_is_nothing() -> None:
    assert OneByOne().run() == []


def test_a_document_waits_for_a_pool_that_has_no_place_yet() -> None:
    class Starting(OneByOne):
        started = False

        def has_capacity(self) -> bool:
            return self.started and super().has_capacity()

        def finished(self) -> list[DocumentResult | Source]:
            if self.started:
                return super().finished()
            self.started = True
            return []

    assert Starting().run("a") == ["reads a", "gives a", "a"]


def test_what_has_been_read_is_kept_where_the_next_document_cannot_be_given() -> None:
    class Ending(OneByOne):
        def submit(self, source: Source) -> None:
            if source.path == "b":
                raise ExtractorError("no worker starts")
            super().submit(source)

    pool = Ending()
    with pytest.raises(ExtractorError):
        pool.run("a", "b")
    assert pool.said == ["reads a", "gives a", "reads b", "a"]


def test_what_can_wait_is_done_when_the_first_document_has_been_handed_over() -> None:
    done: list[str] = []
    sources = _then(iter([result_of("a"), result_of("b")]), lambda: done.append("made"))
    assert (next(sources).path, done) == ("a", [])
    assert (next(sources).path, done) == ("b", ["made"])
    assert list(_then(iter(()), lambda: done.append("in vain"))) == []
    assert done == ["made"]
