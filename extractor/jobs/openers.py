"""Open the files of a run: those on this machine when they are wanted, those at URLs ahead, since each waits for its server."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from extractor.filesystem import Place
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Found, Opener
from extractor.source.source import Source, Unread

AHEAD = 4  # files at URLs that are opened at once, and kept until they are wanted
T = TypeVar("T")


class Openers:
    """An opener for the files on this machine, and `AHEAD` for those at URLs; a context manager.

    Args:
        limits: Those of each opener.
    """

    def __init__(self, limits: Limits) -> None:
        self._here, self._there = Opener(limits), [Opener(limits) for _ in range(AHEAD)]
        self._idle: SimpleQueue[Opener] = SimpleQueue()
        for opener in self._there:
            self._idle.put(opener)
        self._threads = ThreadPoolExecutor(AHEAD)

    def __enter__(self) -> Openers:
        """Start nothing: processes start with their first file."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for opener in self._there:
            opener.interrupt()
        self._threads.shutdown()
        for opener in (self._here, *self._there):
            opener.end()

    def find(self, files: Iterable[Path | Place]) -> Iterator[tuple[Path | Place, Iterable[Found | Unread]]]:
        """Yield each file with its documents, without their content."""
        asked = ((file, self._answers(isinstance(file, Place), Opener.find, file)) for file in files)
        for file, answers in ahead(asked, AHEAD):
            yield file, answers()

    def read(
        self, wanted: Iterable[tuple[Path | Place, Set[str]]]
    ) -> Iterator[tuple[Path | Place, Set[str], Iterable[Source]]]:
        """Yield each file with the SHA-256 of the documents that are wanted of it, and these.

        An archive is not read ahead: its documents come one by one, since all of them could fill the memory.
        """
        asked = (
            (file, own, self._answers(isinstance(file, Place) and len(own) == 1, Opener.read, file, own))
            for file, own in wanted
        )
        for file, own, answers in ahead(asked, AHEAD):
            yield file, own, answers()

    def _answers(self, early: bool, ask: Callable[..., Iterator[T]], *args: Any) -> Callable[[], Iterable[T]]:
        """Ask an opener now, if early, or else when what this returns is called for the answers."""
        if early:
            return self._threads.submit(self._all, ask, *args).result
        return lambda: ask(self._here, *args)

    def _all(self, ask: Callable[..., Iterator[T]], *args: Any) -> list[T]:
        opener = self._idle.get()
        try:
            return [*ask(opener, *args)]
        finally:
            self._idle.put(opener)


def ahead(items: Iterable[T], number: int) -> Iterator[T]:
    """Yield items, each when so many after it have been made."""
    made: deque[T] = deque()
    for item in items:
        made.append(item)
        if len(made) > number:
            yield made.popleft()
    yield from made
