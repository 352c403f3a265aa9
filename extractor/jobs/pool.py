"""Whatever reads several documents at once, and the loop that keeps it busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from extractor.datasets.document_result import DocumentResult
from extractor.source.source import Source

T = TypeVar("T")


class Pool(Protocol[T]):
    """Whatever reads several documents at once."""

    @property
    def busy(self) -> bool:
        """Whether any document is being read."""

    def has_capacity(self) -> bool:
        """Return whether it takes another document now."""

    def submit(self, source: Source | T) -> None:
        """Have a document read, or read again."""

    def finished(self) -> Iterable[DocumentResult | T]:
        """Wait for something to happen; return what has been read, and what is to be read again."""


def run_all(sources: Iterator[Source | DocumentResult], pool: Pool[T]) -> Iterator[DocumentResult]:
    """Yield results as a pool finishes them; results among the sources come through as they are."""
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
