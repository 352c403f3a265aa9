"""Results that wait for their commit: the larger the datasets, the longer it takes, and the more of them wait, on the disk."""

from __future__ import annotations

import time
from tempfile import TemporaryFile

from extractor.datasets.document_result import DocumentResult
from extractor.datasets.folder import Folder, as_dataset_errors
from extractor.jobs.answers import SentRows

MAX_DOCUMENTS = 200  # documents in memory, and in a commit as long as commits are quick
MAX_ITEMS = 100_000  # line items in memory: with all else of their documents about 25 MB
MAX_SECONDS = 60.0  # seconds between commits, as long as commits are quick: the most work that a power failure can lose
SHARE = 8  # documents there for each that a commit adds: it rewrites so many, however large the datasets are
PAUSE = 10  # times as long as the last commit took, after which the next is due with fewer


class Pending:
    """Results that wait for their commit; use it as a context, since a file holds what memory should not.

    Attributes:
        results: All of them, in the order in which they came.
    """

    def __init__(self, folder: Folder, commit_every: int | None) -> None:
        """Begin without results.

        Args:
            folder: The folder of the datasets, which has room for what waits.
            commit_every: The number of documents for which a commit is due whatever it takes; None for a share of what is there.
        """
        self.results: list[DocumentResult] = []
        self._folder, self._every = folder, commit_every
        with as_dataset_errors(folder):
            self._file = TemporaryFile(dir=folder.path)  # noqa: SIM115 - closed by `__exit__`; no name, so that none is left
        self._in_memory, self._items = 0, 0
        self._since, self._took, self._there = time.monotonic(), 0.0, 0

    def __enter__(self) -> Pending:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self._file.close()

    def add(self, result: DocumentResult) -> None:
        """Add a result; when memory holds as many as it should, and their commit is not due, all move to the disk.

        Raises:
            StorageError: The disk is full.
        """
        self.results.append(result)
        self._in_memory += 1
        self._items += result.line_items
        if self._is_full() and not self.is_due():
            with as_dataset_errors(self._folder):
                for waiting in self.results[-self._in_memory :]:
                    if isinstance(waiting.rows, SentRows):
                        waiting.rows.spill(self._file)
            self._in_memory, self._items = 0, 0

    def is_due(self) -> bool:
        """Return whether the results should be committed: they are many, or the last commit was long ago."""
        waited = time.monotonic() - self._since
        worth = SHARE * len(self.results) >= self._there or waited > PAUSE * self._took
        if self._every is not None:
            return len(self.results) >= self._every or (waited > MAX_SECONDS and worth)
        spilled = len(self.results) > self._in_memory
        return (spilled or self._is_full() or waited > MAX_SECONDS) and worth

    def clear(self, took: float, there: int) -> None:
        """Forget the results: they are committed, which took so many seconds; the datasets have so many documents now."""
        self.results.clear()
        self._file.truncate(0)
        self._in_memory, self._items = 0, 0
        self._since, self._took, self._there = time.monotonic(), took, there

    def _is_full(self) -> bool:
        return self._in_memory >= MAX_DOCUMENTS or self._items >= MAX_ITEMS
