"""A progress bar on a terminal; nothing where stderr is a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from extractor.datasets.document_result import DocumentResult

MAX_NAME = 30  # columns for the name of the document in hand


class Bar(NamedTuple):
    """What a run calls.

    Attributes:
        started: Called with the path of each document that is about to be read.
        finished: Called for every finished document, with its result and the number of all documents. The result adds to
            the page rate and the failures; None counts only as finished.
    """

    started: Callable[[str], None]
    finished: Callable[[DocumentResult | None, int], None]


SILENT = Bar(lambda _path: None, lambda _entry, _total: None)


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Yield the functions to call; they draw where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield SILENT
        return
    from rich.console import Console  # noqa: PLC0415 - 0.1 s, which runs without a terminal need not wait for

    with _columns(Console(stderr=True)) as progress:
        yield _bar(progress)


def _columns(console: Any) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    name = Column(no_wrap=True, overflow="ellipsis", max_width=MAX_NAME)
    return Progress(
        BarColumn(bar_width=10),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
        TextColumn("{task.fields[name]}", markup=False, table_column=name),
        console=console,
    )


def _bar(progress: Any) -> Bar:
    from extractor.summary import one_line  # noqa: PLC0415 - it imports rich

    task = progress.add_task("documents", total=None, failed="", rate="", name="")
    begun = time.monotonic()
    in_hand: dict[str, None] = {}  # the one that takes longest first
    failed = pages = 0

    def name() -> str:
        return one_line(PurePosixPath(next(iter(in_hand), "")).name)

    def started(path: str) -> None:
        in_hand[path] = None
        progress.update(task, name=name())

    def finished(result: DocumentResult | None, total: int) -> None:
        nonlocal failed, pages
        if result is not None:
            failed += result.status not in ("ok", "partial", "skipped")
            pages += result.pages
            in_hand.pop(result.path, None)
        rate = f"{pages / (time.monotonic() - begun):.0f} pages/s" if pages else ""
        said = f"{failed} failed" if failed else ""
        progress.update(task, total=total, advance=1, rate=rate, failed=said, name=name())

    return Bar(started, finished)
