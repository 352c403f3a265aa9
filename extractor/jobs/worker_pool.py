"""Documents read in processes of their own under limits, so that a crash, a hang or a leak costs one row, not the batch.

Workers are forked from a small server process that has no threads and every library imported: a worker costs
milliseconds, and a parent with threads can have them too.
"""

from __future__ import annotations

import gc
import math
import multiprocessing as mp
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from threading import Lock, Thread
from types import ModuleType

from extractor.contract import Status
from extractor.datasets.document_result import DocumentResult, document_result
from extractor.document import DocumentReading
from extractor.errors import ExtractorError
from extractor.jobs.forkserver import start_server
from extractor.jobs.limits import Limits, address_space, processor_seconds, set_limits, within
from extractor.jobs.pool import run_all
from extractor.pages.pdfium import initialise
from extractor.pipeline import ReadOptions, read_document
from extractor.source.source import Source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary

MAX_TASKS_PER_WORKER = 50  # documents a worker reads before another takes its place, so that nothing can leak for long
MAX_RESIDENT = 256 << 20  # bytes: a worker that has once held more is not kept
ReadDocument = Callable[[Source, Vocabulary, ReadOptions], DocumentReading]


@dataclass(frozen=True, slots=True)
class _WorkerTask:
    source: Source
    limits: Limits
    last: bool = False  # whether this is the second try


@dataclass(slots=True)
class _Worker:
    """A process that reads one document at a time; `reusable` until it has read its share or may have come to harm."""

    process: mp.process.BaseProcess
    pipe: Connection
    folder: str
    task: _WorkerTask | None = None
    begun: float = 0.0
    deadline: float = 0.0
    reusable: bool = True


def read_isolated(
    sources: Iterator[Source | DocumentResult],
    config: Config,
    workers: int | None,
    limits: Limits,
    read: ReadDocument = read_document,
) -> Iterator[DocumentResult]:
    """Yield results as they are finished, `workers` at once (None: one a processor); results among the sources come through as they are.

    A document that runs out of time or memory is tried once more under raised limits and without second readers, which
    hang on damaged pages that PDFium reads; a worker that dies costs the
    document it was reading.
    """
    pool = _WorkerPool(start_server(), config, workers or os.cpu_count() or 1, limits, read)
    try:
        yield from run_all(sources, pool)
    finally:
        pool.end()


class _WorkerPool:
    """Workers, busy and at rest."""

    def __init__(
        self, context: ForkServerContext, config: Config, max_workers: int, limits: Limits, read: ReadDocument
    ) -> None:
        self.context, self.config, self.limits, self.read = context, config, limits, read
        self.max_workers = max_workers
        self.idle: list[_Worker] = []
        self.working: list[_Worker] = []

    @property
    def busy(self) -> bool:
        """Whether any worker is."""
        return bool(self.working)

    def has_capacity(self) -> bool:
        """Return whether another may work."""
        return len(self.working) < self.max_workers

    def submit(self, source: Source | _WorkerTask) -> None:
        """Give a task to a worker at rest, or to a new one."""
        task = source if isinstance(source, _WorkerTask) else _WorkerTask(source, self.limits)
        while True:
            worker = self.idle.pop() if self.idle else self._start()
            try:
                worker.pipe.send(task)
            except OSError:  # it was killed at rest
                _end(worker)
                continue
            worker.task, worker.begun = task, time.monotonic()
            worker.deadline = worker.begun + task.limits.seconds
            self.working.append(worker)
            return

    def finished(self) -> list[DocumentResult | _WorkerTask]:
        """Wait until a worker is done, dead or late; return its result, or its task for a second try."""
        if not self.working:
            return []
        timeout = max(0.0, min(worker.deadline for worker in self.working) - time.monotonic())
        ready = wait([worker.pipe for worker in self.working], timeout)
        done: list[DocumentResult | _WorkerTask] = []
        for worker in list(self.working):
            task = worker.task
            if task is None or (worker.pipe not in ready and worker.deadline > time.monotonic()):
                continue
            result = _collect(worker, task, worker.pipe in ready, self.config)
            if result is None:
                # Quick pages save nothing up for a hang that comes later.
                latest = time.monotonic() + task.limits.seconds
                worker.deadline = max(worker.deadline, min(worker.deadline + task.limits.scan, latest))
                continue
            self.working.remove(worker)
            short = result.status in ("timeout", "memory") and not task.last
            done.append(_WorkerTask(task.source, task.limits.raised(), last=True) if short else result)
            if worker.reusable:
                self.idle.append(worker)
            else:
                _end(worker)
        return done

    def end(self) -> None:
        """Kill all workers."""
        for worker in (*self.idle, *self.working):
            _end(worker)

    def _start(self) -> _Worker:
        here, there = self.context.Pipe()
        folder = tempfile.mkdtemp(prefix="extractor-")
        process = self.context.Process(target=_serve, args=(self.read, self.config, there, folder), daemon=True)
        with _no_main_module():
            process.start()
        there.close()
        try:
            here.recv()  # it has imported and compiled: from here on, time is the document's
        except EOFError as error:
            raise ExtractorError(
                f"a worker cannot start (exit code {process.exitcode}); is the machine out of memory? try fewer --workers"
            ) from error
        return _Worker(process, here, folder)


_MAIN_MODULE = Lock()


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep a child from importing the caller's main module: a script that reads at its top level would read again there."""
    with _MAIN_MODULE:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _serve(read: ReadDocument, config: Config, pipe: Connection, folder: str) -> None:
    """Read documents until the parent goes: the life of a worker."""
    os.setsid()  # a group of its own: it is killed with all that it has started
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    Thread(target=_die_with_parent, daemon=True).start()
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    gc.disable()  # a worker serves few documents, and its objects go with it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    initialise()
    vocabulary = compile_vocabulary(config)
    document_result(DocumentReading("", "", "unknown", "ok", ""), config.hash)  # lets Arrow reserve what it reserves
    base = address_space()
    pipe.send(None)
    for served in range(1, MAX_TASKS_PER_WORKER + 1):
        try:
            task: _WorkerTask = pipe.recv()
        except EOFError:
            return
        set_limits(task.limits, base)
        try:
            options = ReadOptions(partial(_ask_for_time, task.limits, pipe), skip_second_readers=task.last)
            document = read(task.source, vocabulary, options)
            begun = time.process_time()
            result = document_result(document, config.hash)
            result.stages["datasets"] = time.process_time() - begun
            del document
        except MemoryError:
            result = failed(task.source, "memory", f"needs more than {_size(task.limits.memory)} of memory", config)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)
        pipe.send((replace(result, peak=peak), served < MAX_TASKS_PER_WORKER and peak < MAX_RESIDENT))


def _ask_for_time(limits: Limits, pipe: Connection) -> None:
    """Let this process go on for longer, and tell the parent, who allows it the same."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    more = min(math.ceil(soft + limits.scan), processor_seconds(limits))
    resource.setrlimit(resource.RLIMIT_CPU, (within(max(soft, more), hard), hard))
    pipe.send(None)


def _die_with_parent() -> None:
    """Wait for the end of the parent, however it comes, and take along what this process has started."""
    parent = mp.parent_process()
    assert parent is not None  # workers have one
    wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


def _collect(worker: _Worker, task: _WorkerTask, ready: bool, config: Config) -> DocumentResult | None:
    """Take a worker's result, or say how it died; None when it asks for more time."""
    if not ready:
        worker.reusable = False
        return failed(task.source, "timeout", f"took more than {worker.deadline - worker.begun:.0f} s", config)
    try:
        answer: tuple[DocumentResult, bool] | None = worker.pipe.recv()
    except (EOFError, OSError):
        worker.reusable = False
        worker.process.join()
        return failed(task.source, *_cause(worker, task.limits), config)
    if answer is None:
        return None
    result, reusable = answer
    worker.reusable = reusable and result.status != "memory"
    return result


def _cause(worker: _Worker, limits: Limits) -> tuple[Status, str]:
    """Return the status and words for a death."""
    exit_code = worker.process.exitcode or 0
    if exit_code == -signal.SIGXCPU:
        return "timeout", f"took more than {worker.deadline - worker.begun:.0f} s of processor time"
    if exit_code == -signal.SIGKILL:
        return "memory", "its reader was killed by the system, most likely for out of memory"
    if exit_code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL):
        return "memory", f"its reader gave up, most likely for out of memory ({_size(limits.memory)} allowed)"
    died = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return "crash", f"its reader died of {died}"


def _size(count: int) -> str:
    return f"{count / (1 << 30):.2g} GiB"


def _end(worker: _Worker) -> None:
    """Kill a worker and all that it has started, and remove the files that it left."""
    worker.pipe.close()
    group = worker.process.pid
    assert group is not None  # it was started
    with suppress(ProcessLookupError):  # it has no group yet, or nothing is left of it
        os.killpg(group, signal.SIGKILL)
    worker.process.kill()
    worker.process.join()
    shutil.rmtree(worker.folder, ignore_errors=True)


def failed(source: Source, status: Status, why: str, config: Config) -> DocumentResult:
    """Return the row of a document whose reader died of it, or had to be killed."""
    reason = f"{source.name}: {why}; the rest of the batch is done: please report this file"
    return document_result(DocumentReading(source.sha256, source.path, source.kind, status, reason), config.hash)
