"""A progress bar on a terminal; nothing where stderr is a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.datasets.document_result import DocumentResult


@contextmanager
def progress_bar() -> Iterator[Callable[[DocumentResult | None, int], None]]:
    """Yield a function to call for every finished document, with its result and the number of all documents.

    The result adds to the page rate and the failures; None counts only as finished.
    """
    if not sys.stderr.isatty():
        yield lambda _entry, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - 0.1 s, which runs without a terminal need not wait for
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("documents", total=None, failed="", rate="")
        failed = pages = 0
        begun = time.monotonic()

        def advance(result: DocumentResult | None, total: int) -> None:
            nonlocal failed, pages
            if result is not None:
                failed += result.status not in ("ok", "partial")
                pages += result.pages
            rate = f"{pages / (time.monotonic() - begun):.0f} pages/s" if pages else ""
            bar.update(task, total=total, advance=1, rate=rate, failed=f"{failed} failed" if failed else "")

        yield advance
