"""Many documents: each in a child process of its own, so that a crash, a hang or a leak costs one row, not the batch."""

from __future__ import annotations

import multiprocessing as mp
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from extractor.config import Config
from extractor.datasets.document import Document
from extractor.datasets.store import Store
from extractor.errors import DocumentError
from extractor.pipeline import read_document
from extractor.source.source import Source, read_source

SECONDS = 300.0  # wall clock a document may take; the longest of the corpus takes 3
MEMORY = 4 << 30  # bytes of address space beyond the parent's
BATCH = 200  # documents a commit: what Ctrl-C can lose is less


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run: documents read now, documents skipped as done and unchanged, paths with a known content."""

    documents: tuple[Document, ...]
    skipped: int
    duplicates: int


@dataclass(slots=True)
class _Child:
    source: Source
    process: mp.process.BaseProcess
    pipe: Connection
    deadline: float


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
    read: list[Document] = []
    pending: list[Document] = []
    seen: set[str] = set()
    counts = {"skipped": 0, "duplicates": 0}

    def sources() -> Iterator[Source | Document]:
        for path in paths:
            try:
                source = read_source(path)
            except DocumentError as error:
                yield Document(_id_of_unreadable(path), path, "unknown", error.status, str(error))
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
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(b"unreadable:" + os.fsencode(path)).hexdigest()


def _read_all(sources: Iterator[Source | Document], config: Config, workers: int) -> Iterator[Document]:
    """Yield documents as their children finish, `workers` children at once."""
    children: list[_Child] = []
    exhausted = False
    try:
        while children or not exhausted:
            while not exhausted and len(children) < workers:
                source = next(sources, None)
                if source is None:
                    exhausted = True
                elif isinstance(source, Document):
                    yield source
                else:
                    children.append(_start(source, config))
            if not children:
                continue
            timeout = max(0.0, min(c.deadline for c in children) - time.monotonic())
            ready = wait([c.pipe for c in children], timeout)
            for child in [c for c in children if c.pipe in ready or c.deadline <= time.monotonic()]:
                children.remove(child)
                yield _collect(child, child.pipe in ready)
    finally:
        for child in children:
            child.process.kill()
            child.process.join()


def _start(source: Source, config: Config) -> _Child:
    context = mp.get_context("fork")  # a fork costs milliseconds, with every library already imported
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(source, config, sender), daemon=True)
    process.start()
    sender.close()
    return _Child(source, process, receiver, time.monotonic() + SECONDS)


def _child(source: Source, config: Config, sender: Connection) -> None:
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    limit = MEMORY + _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        document = read_document(source, config)
    except MemoryError:
        document = _failed(source, "memory", f"needs more than {MEMORY >> 30} GiB")
    sender.send(document)
    sender.close()


def _address_space() -> int:
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def _collect(child: _Child, ready: bool) -> Document:
    document: Document | None = None
    if ready:
        try:
            document = child.pipe.recv()
        except EOFError:
            document = None
    child.pipe.close()
    if not ready:
        child.process.kill()
    child.process.join()
    if document is not None:
        return document
    if not ready:
        return _failed(child.source, "timeout", f"took more than {SECONDS:.0f} s")
    return _failed(child.source, "crash", f"its reader died with exit code {child.process.exitcode}")


def _failed(source: Source, status: str, why: str) -> Document:
    reason = f"{source.path.name}: {why}; the rest of the batch is done: please report this file"
    return Document(source.sha256, source.path, source.kind, status, reason)
