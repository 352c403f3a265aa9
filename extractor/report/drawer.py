"""Draw page images in confined processes; a page that hangs or crashes its process costs the images of one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

from pydantic import Base64Bytes, FiniteFloat, PositiveInt, TypeAdapter, ValidationError

from extractor.errors import DocumentError
from extractor.jobs.confined import Confined
from extractor.jobs.limits import Limits
from extractor.report.page_sizes import PageSize, page_sizes
from extractor.report.render_pages import PageToDraw, Strip, draw

CHUNK = 8  # pages per task
SECONDS = 60.0  # time for a task; most take less than one second
_STRIPS = TypeAdapter(
    list[tuple[str, tuple[PositiveInt, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, Base64Bytes]]]
)
_SIZES = TypeAdapter(list[tuple[PositiveInt, int, FiniteFloat, FiniteFloat]])
T = TypeVar("T")


class Drawer:
    """The drawing processes, of which there are `workers`; a context manager."""

    def __init__(self, workers: int) -> None:
        """Set the number of processes; they start when there is something to draw."""
        self._reading = Confined(Limits())  # apart: where pages are read, they cannot be drawn with the machine's fonts
        self._processes = [Confined(Limits(SECONDS)) for _ in range(workers)]
        self._idle: SimpleQueue[Confined] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(workers)
        self.workers = workers

    def __enter__(self) -> Drawer:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.interrupt()
        self._threads.shutdown()
        for process in (self._reading, *self._processes):
            process.end()

    def page_sizes(self, data: bytes, name: str, numbers: Sequence[int]) -> list[PageSize]:
        """Return the sizes of those pages that there are.

        Args:
            data: The PDF.
            name: The document's name in error messages.
            numbers: The pages, 1-based.

        Raises:
            DocumentError: They cannot be read.
        """
        sizes = _parse(_SIZES, self._reading.call(name, page_sizes, data, name, numbers), name)
        return [PageSize(*size) for size in sizes]

    def draw(self, data: bytes, name: str, pages_to_draw: Sequence[PageToDraw]) -> Iterator[list[tuple[str, Strip]]]:
        """Begin to draw pages; return what yields the strips of `CHUNK` of them at a time, in order, each with its table's id.

        Args:
            data: The PDF.
            name: The document's name in error messages.
            pages_to_draw: The pages and their strips.

        What is returned raises a `DocumentError` where a page could not be drawn, or not in time; strips that were yielded before
        are valid.
        """
        chunks = [pages_to_draw[n : n + CHUNK] for n in range(0, len(pages_to_draw), CHUNK)]
        tasks = [self._threads.submit(self._draw, data, name, chunk) for chunk in chunks]
        return _results(tasks)

    def _draw(self, data: bytes, name: str, chunk: Sequence[PageToDraw]) -> list[tuple[str, Strip]]:
        process = self._idle.get()
        try:
            strips = _parse(_STRIPS, process.call(name, draw, data, chunk), name)
        finally:
            self._idle.put(process)
        return [(table_id, Strip(*strip)) for table_id, strip in strips]


def _results(tasks: Sequence[Future[T]]) -> Iterator[T]:
    try:
        for task in tasks:
            yield task.result()
    finally:
        for task in tasks:
            task.cancel()


def _parse(adapter: TypeAdapter[T], answer: bytes, name: str) -> T:
    try:
        return adapter.validate_json(answer)
    except ValidationError as error:
        raise DocumentError(f"{name}: what draws its pages sent what is no answer; please report this file") from error
