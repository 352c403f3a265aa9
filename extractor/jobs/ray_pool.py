"""Documents read on many machines: Ray brings each to a reader, which reads it in isolation, as this machine would.

The parent stays the one that writes. A reader that is killed is started again, and what it had in hand is read again.
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
from itertools import chain
from pathlib import Path
from typing import Any

from extractor.datasets.document_result import DocumentResult
from extractor.errors import UsageError
from extractor.jobs.limits import Limits
from extractor.jobs.pool import run_all
from extractor.jobs.worker_pool import failed, read_isolated
from extractor.source.source import Source
from extractor.version import __version__
from extractor.vocabulary.config import Config

MAX_IN_FLIGHT = 2  # documents a reader has: one is on its way while the other is read
MAX_TRIES = 4  # readers that a document may be lost with before it is given up
ANSWER_SECONDS = 60.0  # seconds that a cluster has to take a connection, and a reader to say that it lives
START_SECONDS = 300.0  # seconds that it has to start a reader when none lives: some start machines first


class RayReader:
    """Reads documents one after the other: an actor of Ray's, on whatever machine it likes.

    Args:
        configs: The parent's `configs` folder as a zip: this machine need not have it.
        limits: What one document may take.
    """

    def __init__(self, configs: bytes, limits: Limits) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="extractor-")
        with zipfile.ZipFile(io.BytesIO(configs)) as archive:
            archive.extractall(self._folder.name)
        self._next: deque[Source] = deque()
        sources = iter(self._next.popleft, None)
        self._results = read_isolated(sources, Config.read(Path(self._folder.name)), 1, limits)

    def version(self) -> str:
        """Return the version that this machine has: a sign of life, too."""
        return __version__

    def read(self, source: Source) -> DocumentResult:
        """Read one document; where that goes wrong, die, so that Ray starts another reader and asks that."""
        try:
            self._next.append(source)
            return next(self._results)
        except BaseException:
            traceback.print_exc()  # into Ray's log of this reader
            os._exit(1)


@dataclass(slots=True)
class _RayTask:
    source: Source
    tries: int = 0


class _RayPool:
    """The readers, and what each has in hand. Only those that have answered get documents: the others may never start."""

    def __init__(self, ray: Any, count: int, config: Config, limits: Limits) -> None:
        self._ray, self._config = ray, config
        # What a killed reader had in hand goes to another: reading twice does no harm, as the parent alone writes.
        options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": 0, "concurrency_groups": {"life": 1}}
        actor = ray.remote(**options)(RayReader)
        self.free: deque[Any] = deque()
        self.in_flight: dict[Any, tuple[Any, _RayTask]] = {}
        self._heard = time.monotonic()  # of any reader
        self._asked: dict[Any, tuple[Any, float]] = {}
        configs = _packed(config.directory)
        self._new = [actor.remote(configs, limits) for _ in range(count)]
        for reader in self._new:
            self._ask(reader)

    def _ask(self, reader: Any) -> None:
        ref = reader.version.options(concurrency_group="life").remote()
        self._asked[ref] = reader, time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether any reader has a document in hand."""
        return bool(self.in_flight)

    def has_capacity(self) -> bool:
        """Return whether a reader is free."""
        return bool(self.free)

    def submit(self, source: Source | _RayTask) -> None:
        """Give a document to a reader that is free."""
        reader = self.free.popleft()
        task = source if isinstance(source, _RayTask) else _RayTask(source)
        task.tries += 1
        self.in_flight[reader.read.remote(task.source)] = reader, task

    def finished(self) -> Iterator[DocumentResult | _RayTask]:
        """Wait for something to happen; yield results, and what readers had that were lost."""
        if self.free and not self.in_flight:
            return
        done, _ = self._ray.wait([*self.in_flight, *self._asked], timeout=ANSWER_SECONDS)
        self._heard = time.monotonic() if done else self._heard
        for ref in done:
            if ref in self._asked:
                self._on_ready(ref)
                continue
            reader, task = self.in_flight.pop(ref)
            self.free.append(reader)
            try:
                yield self._ray.get(ref)
            except self._ray.exceptions.RayError:
                yield self._lost(task)
        if not done:
            yield from self._reap_silent()

    def _lost(self, task: _RayTask) -> DocumentResult | _RayTask:
        """Return a document that was lost with its reader for another try, or its row when it has had all."""
        if task.tries < MAX_TRIES:
            return task
        return failed(task.source, "crash", f"was lost with {MAX_TRIES} readers of Ray's", self._config)

    def _on_ready(self, ref: Any) -> None:
        """Take a reader's answer; a new one must be of this version, or its rows would not be."""
        reader, _ = self._asked.pop(ref)
        try:
            version = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            said = str(error).strip().splitlines()[-1]
            raise UsageError(
                f"--executor ray: a machine cannot read ({said}); install budget-extractor {__version__} on each of them"
            ) from error
        if version != __version__:
            raise UsageError(
                f"--executor ray: a machine has version {version}; expected {__version__}, as here: install that there"
            )
        if reader in self._new:
            self._new.remove(reader)
            self.free.extend([reader] * MAX_IN_FLIGHT)

    def _reap_silent(self) -> Iterator[DocumentResult | _RayTask]:
        """Ask those that are busy for long whether they live; take back what those have who no longer answer."""
        now = time.monotonic()
        if not (self.free or self.in_flight) and now - self._heard > START_SECONDS:
            raise UsageError(
                f"--executor ray: no reader has answered for {START_SECONDS:.0f} s; what is finished is kept: see `ray status` "
                "for what is lacking, and run again"
            )
        silent = [r for r, since in self._asked.values() if r not in self._new and now - since > ANSWER_SECONDS]
        for ref, (reader, task) in list(self.in_flight.items()):
            if reader in silent:
                del self.in_flight[ref]
                yield self._lost(task)
        # They are asked on: a machine that comes back has its reader again, as a new one.
        self.free = deque(r for r in self.free if r not in silent)
        self._new += [r for r in silent if r not in self._new]
        asked = [r for r, _ in self._asked.values()]
        for reader in dict.fromkeys(reader for reader, _ in self.in_flight.values()):
            if reader not in asked:
                self._ask(reader)


def read_on_ray(
    sources: Iterator[Source | DocumentResult], config: Config, workers: int | None, limits: Limits, address: str | None
) -> Iterator[DocumentResult]:
    """Yield results as they are finished; results among the sources come through as they are.

    Args:
        sources: What is to be read.
        config: The configuration.
        workers: Documents read at once; None for as many as Ray has processors.
        limits: What one document may take.
        address: Of a cluster, as Ray writes it; None for that of RAY_ADDRESS, or else this machine alone.

    Raises:
        UsageError: Ray is not installed, no cluster answers, or its machines have another version of this package.
    """
    first = next(sources, None)
    if first is None:  # and Ray need not start
        return
    with redirect_stdout(sys.stderr), _connected(address) as ray:  # Ray tells of killed readers where data goes
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield from run_all(chain([first], sources), _RayPool(ray, count, config, limits))


@contextmanager
def _connected(address: str | None) -> Iterator[Any]:
    """Yield Ray, connected to a cluster, or started on this machine."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it reports to its makers unless told not to
    try:
        import ray  # noqa: PLC0415 - an extra
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
    """Return a folder as a zip, small enough for Ray to keep with the reader and to start it again from."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
