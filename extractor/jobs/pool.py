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
        """Wait for results; return finished documents, and tasks that must be submitted again."""


def run_all(sources: Iterator[Source | DocumentResult], pool: Pool[T]) -> Iterator[DocumentResult]:
    """Yield results as a pool finishes them; results among the sources are passed on unchanged."""
    again: list[T] = []
    exhausted = False
    while pool.busy or again or not exhausted:
        while pool.has_capacity() and (again or not exhausted):
            source = again.pop() if again else next(sources, None)
            if source is None:
                exhausted = True
            elif isinstance(source, DocumentResult):
                yield source
            else:
                pool.submit(source)
        for found in pool.finished():
            if isinstance(found, DocumentResult):
                yield found
            else:
                again.append(found)
