"""Read documents on a Ray cluster: each goes to a reader, which reads it in an isolated process as one machine would.

Only the parent process writes datasets. A reader that is killed is replaced, and its documents in flight are read again.
"""

from __future__ import annotations

import io
import logging
import os
import socket
import sys
import tempfile
import time
import traceback
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from extractor.datasets.document_result import DocumentResult
from extractor.errors import UsageError
from extractor.jobs.answers import BadAnswerError, answer_of, packed, parse_answer, unpacked
from extractor.jobs.forkserver import start_server
from extractor.jobs.limits import Limits
from extractor.jobs.pool import run_all
from extractor.jobs.worker_pool import WorkerPool, failed
from extractor.source.source import Source
from extractor.version import __version__
from extractor.vocabulary.config import Config

MAX_IN_FLIGHT = 2  # documents per reader: one is sent while the other is read
MAX_TRIES = 4  # readers that may be lost with a document before it counts as crashed
MAX_FAILED_STARTS = 4  # readers in a row that may die before they answer: a machine may be lost meanwhile
ANSWER_SECONDS = 60.0  # time for a cluster to accept a connection, and for a reader to answer
START_SECONDS = 300.0  # time for a cluster to start its first reader: some clusters start machines first


class RayReader:
    """A Ray actor that reads documents one after the other, on a machine that Ray chooses.

    Args:
        configs: The parent's `configs` folder as a zip archive, since the machine may not have it.
        limits: The limits of one document.
    """

    def __init__(self, configs: bytes, limits: Limits) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="extractor-")
        with zipfile.ZipFile(io.BytesIO(configs)) as archive:
            archive.extractall(self._folder.name)
        self._pool = WorkerPool(start_server(many=True), Config.read(Path(self._folder.name)), 1, limits)

    def version(self) -> str:
        """Return the version of this package on this machine; an answer also shows that the reader is alive."""
        return __version__

    def read(self, source: Source) -> bytes:
        """Read one document; after an exception, exit, so that Ray starts another reader and the document is tried there.

        Returns:
            The messages of `answer_of`, packed: Ray sends bytes as they are, and would pickle a result.
        """
        try:
            (result,) = run_all(iter([source]), self._pool)
            return packed(answer_of(result, reusable=True))
        except BaseException:
            traceback.print_exc()  # goes into Ray's log of this reader
            os._exit(1)


@dataclass(slots=True)
class _RayTask:
    source: Source
    tries: int = 0


class _RayPool:
    """The readers and their documents in flight. Only readers that have answered get documents: others may never start."""

    def __init__(self, ray: Any, count: int, config: Config, limits: Limits) -> None:
        self._ray, self._config = ray, config
        # Ray restarts no reader: it fails all calls to one that restarts, and says not when it is back. `_replace` does it.
        # Documents of a killed reader go to another one: reading twice is harmless, since only the parent writes.
        options = {"num_cpus": 1, "max_restarts": 0, "max_task_retries": 0, "concurrency_groups": {"life": 1}}
        self._actor = partial(ray.remote(**options)(RayReader).remote, _packed(config.directory), limits)
        self.free: deque[Any] = deque()
        self.in_flight: dict[Any, tuple[Any, _RayTask]] = {}
        self._heard = time.monotonic()  # when any reader last answered
        self._asked: dict[Any, tuple[Any, float]] = {}
        self._readers: list[Any] = []  # all but the lost ones
        self._new: list[Any] = []  # those that have not answered yet
        self._answered = False  # whether any reader ever has
        self._failed_starts = 0
        for _ in range(count):
            self._start()

    def _start(self) -> None:
        reader = self._actor()
        self._readers.append(reader)
        self._new.append(reader)
        self._ask(reader)

    def _ask(self, reader: Any) -> None:
        ref = reader.version.options(concurrency_group="life").remote()
        self._asked[ref] = reader, time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether any document is in flight."""
        return bool(self.in_flight)

    def has_capacity(self) -> bool:
        """Return whether a reader is free."""
        return bool(self.free)

    def submit(self, source: Source | _RayTask) -> None:
        """Send a document to a free reader."""
        reader = self.free.popleft()
        task = source if isinstance(source, _RayTask) else _RayTask(source)
        task.tries += 1
        self.in_flight[reader.read.remote(task.source)] = reader, task

    def finished(self) -> Iterator[DocumentResult | _RayTask]:
        """Wait for answers; yield results, and the tasks of readers that were lost."""
        if self.free and not self.in_flight:
            return
        done, _ = self._ray.wait([*self.in_flight, *self._asked], timeout=ANSWER_SECONDS)
        self._heard = time.monotonic() if done else self._heard
        for ref in done:
            if ref in self._asked:
                self._on_ready(ref)
            elif ref in self.in_flight:
                yield self._on_read(ref)
        if not done:
            yield from self._reap_silent()

    def _on_read(self, ref: Any) -> DocumentResult | _RayTask:
        """Take a document's result; where its reader is lost, replace the reader and return the task."""
        reader, task = self.in_flight.pop(ref)
        try:
            answer = self._ray.get(ref)
        except self._ray.exceptions.RayError:
            self._replace(reader)
            return self._lost(task)
        if reader in self._readers:
            self.free.append(reader)
        try:
            return parse_answer(unpacked(answer), task.source)[0]
        except BadAnswerError as error:
            return failed(task.source, "crash", f"reader sent what is no answer ({error})", self._config)

    def _replace(self, reader: Any) -> None:
        """Start another reader in place of a lost one, once: each of its documents in flight says that it is lost."""
        if reader not in self._readers:
            return
        self._readers.remove(reader)
        self._new = [other for other in self._new if other is not reader]
        self.free = deque(other for other in self.free if other is not reader)
        self._asked = {ref: asked for ref, asked in self._asked.items() if asked[0] is not reader}
        self._ray.kill(reader)  # it may only be out of reach, and would keep its processor
        self._start()

    def _lost(self, task: _RayTask) -> DocumentResult | _RayTask:
        """Return the task of a lost reader for another try, or the document's result after the last try."""
        if task.tries < MAX_TRIES:
            return task
        return failed(task.source, "crash", f"worker crashed: {MAX_TRIES} Ray readers were lost with it", self._config)

    def _on_ready(self, ref: Any) -> None:
        """Take a reader's answer; a new reader must have this version, since its rows must follow the same contract."""
        reader, _ = self._asked.pop(ref)
        try:
            version = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            self._failed_starts += reader in self._new
            if self._answered and self._failed_starts < MAX_FAILED_STARTS:
                self._replace(reader)
                return
            said = str(error).strip().splitlines()[-1]
            raise UsageError(
                f"--executor ray: a machine cannot start a reader ({said}); install budget-extractor {__version__} on every machine"
            ) from error
        if version != __version__:
            raise UsageError(
                f"--executor ray: a machine has version {version}; expected {__version__}: install that version on every machine"
            )
        if reader in self._new:
            self._new.remove(reader)
            self._answered, self._failed_starts = True, 0
            self.free.extend([reader] * MAX_IN_FLIGHT)

    def _reap_silent(self) -> Iterator[DocumentResult | _RayTask]:
        """Ask busy readers whether they are alive, and yield the tasks of readers that no longer answer."""
        now = time.monotonic()
        if not (self.free or self.in_flight) and now - self._heard > START_SECONDS:
            raise UsageError(
                f"--executor ray: no reader has answered for {START_SECONDS:.0f} s; finished documents are kept: check with "
                "`ray status` which resources are missing, and run again"
            )
        silent = [r for r, since in self._asked.values() if r not in self._new and now - since > ANSWER_SECONDS]
        for ref, (reader, task) in list(self.in_flight.items()):
            if reader in silent:
                del self.in_flight[ref]
                yield self._lost(task)
        # Silent readers are asked further: a machine that comes back offers its reader as a new one.
        self.free = deque(r for r in self.free if r not in silent)
        self._new += [r for r in silent if r not in self._new]
        asked = [r for r, _ in self._asked.values()]
        for reader in dict.fromkeys(reader for reader, _ in self.in_flight.values()):
            if reader not in asked:
                self._ask(reader)


def read_on_ray(
    sources: Iterator[Source | DocumentResult], config: Config, workers: int | None, limits: Limits, address: str | None
) -> Iterator[DocumentResult]:
    """Yield results as they are finished; results among the sources are passed on unchanged.

    Args:
        sources: The documents to read.
        config: The configuration.
        workers: Documents read at once; None for one per processor of the cluster.
        limits: The limits of one document.
        address: The cluster's address in Ray's notation; None for RAY_ADDRESS, or Ray on this machine where that is unset.

    Raises:
        UsageError: Ray is not installed, no cluster answers, or its machines have another version of this package.
    """
    first = next(sources, None)
    if first is None:  # nothing to read: Ray is not started
        return
    with (
        redirect_stdout(sys.stderr),
        _connected(address) as ray,
    ):  # Ray reports killed readers on stdout, where --json prints
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield from run_all(chain([first], sources), _RayPool(ray, count, config, limits))


@contextmanager
def _connected(address: str | None) -> Iterator[Any]:
    """Yield Ray, connected to a cluster, or started on this machine."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray sends usage statistics by default
    try:
        import ray  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise UsageError("--executor ray: Ray is not installed; pip install 'budget-extractor[ray]'") from error
    try:
        _check_port(address or os.environ.get("RAY_ADDRESS", ""))
        ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
    except (OSError, ValueError, RuntimeError) as error:
        said = str(error).splitlines()[0]
        raise UsageError(
            f"--executor ray: no cluster answers ({said}); check --ray-address or RAY_ADDRESS with `ray status`, "
            "and set RAY_AUTH_MODE=token if the cluster asks for one"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_port(address: str) -> None:
    """Raise OSError where nothing listens at HOST:PORT or ray://HOST:PORT: Ray itself tries for ten minutes and more."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()


def _packed(folder: Path) -> bytes:
    """Return a folder as a zip archive, small enough for Ray to keep as an argument with which to restart the reader."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
