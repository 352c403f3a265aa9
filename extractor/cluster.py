"""Documents read on many machines: Ray brings each to a reader, which reads it in isolation, as this machine would.

The parent stays the one that writes. A reader that is killed is started anew, and what it had in hand is read again.
"""

from __future__ import annotations

import io
import logging
import os
import socket
import sys
import tempfile
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from extractor import __version__
from extractor.config import Config
from extractor.datasets.entry import Entry
from extractor.errors import UsageError
from extractor.isolation import Limits, failed, read_isolated
from extractor.source.source import Source

IN_HAND = 2  # documents a reader has: one is on its way while the other is read
ANSWER = 10.0  # seconds that a cluster has to take a connection
TRIES = 4  # readers that a document may be lost with before it is given up


class Reader:
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
        self._entries = read_isolated(sources, Config.read(Path(self._folder.name)), 1, limits)

    def version(self) -> str:
        """Return the version that this machine has."""
        return __version__

    def read(self, source: Source) -> Entry:
        """Read one document."""
        self._next.append(source)
        return next(self._entries)


def read_on_ray(
    sources: Iterator[Source | Entry], config: Config, workers: int | None, limits: Limits, address: str | None
) -> Iterator[Entry]:
    """Yield entries as they are finished; entries among the sources come through as they are.

    Args:
        sources: What is to be read.
        config: The configuration.
        workers: Documents read at once; None for as many as Ray has processors.
        limits: What one document may take.
        address: Of a cluster, as Ray writes it; None for that of RAY_ADDRESS, or else this machine alone.

    Raises:
        UsageError: Ray is not installed, no cluster answers, or its machines have another version of this package.
    """
    with redirect_stdout(sys.stderr), _connected(address) as ray:  # Ray tells of killed readers where data goes
        # Ray retries what a killed reader had in hand: reading twice does no harm, as the parent alone writes.
        actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES - 1)(Reader)
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        readers = [actor.remote(_packed(config.directory), limits) for _ in range(count)]
        _require_version(ray, readers[0])
        free = deque(readers * IN_HAND)
        busy: dict[Any, tuple[Any, Source]] = {}
        exhausted = False
        while busy or not exhausted:
            while free and not exhausted:
                source = next(sources, None)
                if source is None:
                    exhausted = True
                elif isinstance(source, Entry):
                    yield source
                else:
                    reader = free.popleft()
                    busy[reader.read.remote(source)] = reader, source
            for done in ray.wait(list(busy))[0] if busy else ():
                reader, source = busy.pop(done)
                free.append(reader)
                try:
                    entry = ray.get(done)
                except ray.exceptions.RayActorError:
                    entry = failed(source, "crash", f"was lost with {TRIES} readers of Ray's", config)
                yield entry


@contextmanager
def _connected(address: str | None) -> Iterator[Any]:
    """Yield Ray, connected to a cluster, or started on this machine."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it reports to its makers unless told not to
    try:
        import ray  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError("--executor ray: Ray is not installed; pip install 'budget-extractor[ray]'") from error
    try:
        _knock(address or os.environ.get("RAY_ADDRESS", ""))
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


def _knock(address: str) -> None:
    """Raise OSError where nothing listens at HOST:PORT or ray://HOST:PORT: Ray itself tries for ten minutes and more."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), ANSWER).close()


def _packed(folder: Path) -> bytes:
    """Return a folder as a zip, small enough for Ray to keep with the reader and to start it anew from."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()


def _require_version(ray: Any, reader: Any) -> None:
    """Refuse a cluster whose rows would not be this version's."""
    try:
        version = ray.get(reader.version.remote())
    except ray.exceptions.RayError as error:
        said = str(error).strip().splitlines()[-1]
        raise UsageError(
            f"--executor ray: its machines cannot read ({said}); install budget-extractor {__version__} on each of them"
        ) from error
    if version != __version__:
        raise UsageError(
            f"--executor ray: its machines have version {version}; expected {__version__}, as here: install that there"
        )
