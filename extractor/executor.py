"""Many documents, read in forked workers one at a time, so that a crash, a hang or a leak costs one row, not the batch."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing as mp
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from extractor.config import Config
from extractor.datasets.document import Document
from extractor.datasets.store import Store
from extractor.pipeline import read_document, warm
from extractor.source.source import Source, Unread, read_sources

SECONDS = 300.0  # wall clock a document may take; the longest of the corpus takes 3
MEMORY = 4 << 30  # bytes of address space beyond the parent's
SERVES = 50  # documents a worker reads before another takes its place, so that nothing can leak for long
BATCH = 200  # documents a commit: what Ctrl-C can lose is less


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run: documents read now, documents skipped as done and unchanged, paths with a known content."""

    documents: tuple[Document, ...]
    skipped: int
    duplicates: int


@dataclass(slots=True)
class _Worker:
    """A forked child that reads one document at a time."""

    process: mp.process.BaseProcess
    pipe: Connection
    source: Source | None = None
    deadline: float = 0.0
    served: int = 0


def run(
    paths: Sequence[Path],
    store: Store,
    config: Config,
    workers: int,
    progress: Callable[[Document | None], None],
) -> Outcome:
    """Read all documents that are not done yet and commit them; what is finished is kept when interrupted.

    Args:
        paths: Input files.
        store: The open output folder.
        config: The configuration.
        workers: Children at once.
        progress: Called once for each path that is finished; None for one that was skipped.
    """
    warm(config)
    read: list[Document] = []
    pending: list[Document] = []
    seen: set[str] = set()
    counts = {"skipped": 0, "duplicates": 0}

    def sources() -> Iterator[Source | Document]:
        for path in paths:
            for source in read_sources(path):
                if isinstance(source, Unread):
                    identity, error = _id_of_unreadable(source.path), source.error
                    yield Document(identity, source.path, source.kind, error.status, str(error))
                    continue
                if source.sha256 in seen:
                    counts["duplicates"] += 1
                    progress(None)
                elif store.done(source.sha256, config.hash):
                    counts["skipped"] += 1
                    progress(None)
                else:
                    yield source
                seen.add(source.sha256)

    try:
        for document in _read_all(sources(), config, workers):
            read.append(document)
            pending.append(document)
            progress(document)
            if len(pending) >= BATCH:
                store.commit(pending, config.hash)
                pending = []
    finally:
        store.commit(pending, config.hash)
    return Outcome(tuple(read), counts["skipped"], counts["duplicates"])


def _id_of_unreadable(path: Path) -> str:
    """Return a document id for a file whose content nobody can read: it still gets its row."""
    return hashlib.sha256(b"unreadable:" + os.fsencode(path)).hexdigest()


def _read_all(sources: Iterator[Source | Document], config: Config, workers: int) -> Iterator[Document]:
    """Yield documents as they are finished, `workers` at once; a worker that dies costs the document it was reading."""
    idle: list[_Worker] = []
    busy: list[_Worker] = []
    exhausted = False
    try:
        while busy or not exhausted:
            while not exhausted and len(busy) < workers:
                source = next(sources, None)
                if source is None:
                    exhausted = True
                elif isinstance(source, Document):
                    yield source
                else:
                    busy.append(_give(idle.pop() if idle else _fork(config), source))
            if not busy:
                continue
            timeout = max(0.0, min(w.deadline for w in busy) - time.monotonic())
            ready = wait([w.pipe for w in busy], timeout)
            for worker in [w for w in busy if w.pipe in ready or w.deadline <= time.monotonic()]:
                busy.remove(worker)
                document = _collect(worker, worker.pipe in ready)
                if worker.source is None and worker.served < SERVES:
                    idle.append(worker)
                else:
                    _end(worker)
                yield document
    finally:
        for worker in (*idle, *busy):
            _end(worker)


def _fork(config: Config) -> _Worker:
    context = mp.get_context("fork")  # a fork costs milliseconds, with every library already imported
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(config, there), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _give(worker: _Worker, source: Source) -> _Worker:
    worker.source, worker.deadline = source, time.monotonic() + SECONDS
    worker.served += 1
    worker.pipe.send(source)
    return worker


def _serve(config: Config, pipe: Connection) -> None:
    """Read documents until the parent goes: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    gc.disable()  # a worker serves few documents, and its objects go with it
    limit = MEMORY + _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    while True:
        try:
            source = pipe.recv()
        except EOFError:
            return
        try:
            document = read_document(source, config)
        except MemoryError:
            document = _failed(source, "memory", f"needs more than {MEMORY >> 30} GiB")
        pipe.send(document)


def _address_space() -> int:
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def _collect(worker: _Worker, ready: bool) -> Document:
    """Take a worker's document, or say how it died; a worker that is fit for another has no source left."""
    source = worker.source
    assert source is not None  # busy workers have one
    if not ready:
        return _failed(source, "timeout", f"took more than {SECONDS:.0f} s")
    try:
        document: Document = worker.pipe.recv()
    except EOFError:
        worker.process.join()
        return _failed(source, "crash", f"its reader died with exit code {worker.process.exitcode}")
    worker.source = None
    return document


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _failed(source: Source, status: str, why: str) -> Document:
    reason = f"{source.path.name}: {why}; the rest of the batch is done: please report this file"
    return Document(source.sha256, source.path, source.kind, status, reason)
