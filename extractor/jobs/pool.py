"""The interface of a pool that reads several documents at once, and the loop that keeps it busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from extractor.datasets.document_result import DocumentResult
from extractor.source.source import Source

T = TypeVar("T")


class Pool(Protocol[T]):
    """A pool that reads several documents at once."""

    @property
    def busy(self) -> bool:
        """Whether any document is being read."""

    def has_capacity(self) -> bool:
        """Return whether the pool can take another document now."""

    def submit(self, source: Source | T) -> None:
        """Start to read a document, or to read it again."""

    def finished(self) -> Iterable[DocumentResult | T]:
        """Wait for results, or for capacity where there is none; return finished documents, and tasks that must be submitted again."""


def run_all(sources: Iterator[Source | DocumentResult], pool: Pool[T]) -> Iterator[DocumentResult]:
    """Yield results as a pool finishes them; results among the sources are passed on unchanged.

    A source is read ahead while the pool is busy, and handed over before results are yielded: what is done with those takes time.
    """
    waiting: list[Source | T] = []
    results: list[DocumentResult] = []
    exhausted = False
    while True:
        try:
            if waiting and pool.has_capacity():
                pool.submit(waiting.pop())
        finally:  # where no worker starts, what others have read is kept
            yield from results
        results = []
        while not (waiting or exhausted):
            source = next(sources, None)
            exhausted = source is None
            if isinstance(source, DocumentResult):
                yield source
            elif source is not None:
                waiting.append(source)
        if waiting and pool.has_capacity():
            continue
        if not (waiting or pool.busy):
            return
        for found in pool.finished():
            if isinstance(found, DocumentResult):
                results.append(found)
            else:
                waiting.append(found)
