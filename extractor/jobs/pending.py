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
PAUSE = 10  # times as long as the last commit took, until the next: a tenth of a run is theirs, whatever its datasets


class Pending:
    """Results that wait for their commit; use it as a context, since a file holds what memory should not.

    Attributes:
        results: All of them, in the order in which they came.
    """

    def __init__(self, folder: Folder, commit_every: int | None) -> None:
        """Begin without results.

        Args:
            folder: The folder of the datasets, which has room for what waits.
            commit_every: The number of documents for which a commit is due whatever it takes; None for what the pace allows.
        """
        self.results: list[DocumentResult] = []
        self._folder, self._every = folder, commit_every
        with as_dataset_errors(folder):
            self._file = TemporaryFile(dir=folder.path)  # noqa: SIM115 - closed by `__exit__`; no name, so that none is left
        self._in_memory, self._items = 0, 0
        self._since, self._took = time.monotonic(), 0.0

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
        if self._every is not None and len(self.results) >= self._every:
            return True
        waited = time.monotonic() - self._since
        spilled = len(self.results) > self._in_memory
        return (spilled or self._is_full() or waited > MAX_SECONDS) and waited > PAUSE * self._took

    def clear(self, took: float) -> None:
        """Forget the results: they are committed, which took so many seconds."""
        self.results.clear()
        self._file.truncate(0)
        self._in_memory, self._items = 0, 0
        self._since, self._took = time.monotonic(), took

    def _is_full(self) -> bool:
        return self._in_memory >= MAX_DOCUMENTS or self._items >= MAX_ITEMS
