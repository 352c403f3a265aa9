"""Read documents in isolated worker processes under limits, so that a crash, a hang or a leak costs one document only."""

from __future__ import annotations

import gc
import math
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from typing import TYPE_CHECKING

import pyarrow as pa

from extractor.contract import DocumentKind, Status
from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.first_array import make_first_array
from extractor.datasets.memory import resident_when_trimmed
from extractor.document import DocumentReading
from extractor.jobs.answers import MAX_SAID, BadAnswerError, answer_of, parse_answer, receive_answer
from extractor.jobs.forkserver import STOPPED_SECONDS, kept_awake, start_server
from extractor.jobs.isolated import (
    START_SECONDS,
    START_TRIES,
    Isolated,
    cannot_start,
    end,
    is_ready,
    kill,
    killed_after,
    launch,
)
from extractor.jobs.limits import Limits, address_space, lift_memory_limit, processor_seconds, set_limits, within
from extractor.jobs.pool import run_all
from extractor.source.source import Source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary

if TYPE_CHECKING:
    from extractor.pipeline import ReadOptions

# Documents that a worker reads before it is replaced, so that leaks stay small; to start one takes as long as to read six small ones.
MAX_TASKS_PER_WORKER = 200
ANSWER_SECONDS = 60.0  # time to take over an answer that has begun, or to hand a document over
DEATH_SECONDS = (
    STOPPED_SECONDS + 1.0
)  # time for a worker whose pipe has ended to end itself, and to wake the server, which says so
MORE_TIME = b"more time"  # what a worker says instead of an answer
# Bytes of resident memory beyond which a worker is replaced, once it has given back what it can.
MAX_RESIDENT = 256 << 20
OFFICE_KIND: DocumentKind = "doc"  # what LibreOffice is started for
ReadDocument = Callable[[Source, Vocabulary, "ReadOptions"], DocumentReading]


@dataclass(frozen=True, slots=True)
class _WorkerTask:
    source: Source
    limits: Limits
    last: bool = False  # whether this is the second try


@dataclass(slots=True)
class _Worker(Isolated):
    """A process that reads one document at a time; `reusable` until it reaches `MAX_TASKS_PER_WORKER` or may be damaged."""

    task: _WorkerTask | None = None
    tries: int = 1  # how many processes were started for its first task
    begun: float = 0.0
    deadline: float = 0.0
    reusable: bool = True
    office: bool = False  # whether it can start LibreOffice


def read_isolated(
    sources: Iterator[Source | DocumentResult],
    config: Config,
    workers: int | None,
    limits: Limits,
    read: ReadDocument | None = None,
) -> Iterator[DocumentResult]:
    """Yield results as they are finished; results among the sources are passed on unchanged.

    A document that runs out of time or memory is tried once more, with raised limits and without second readers, which
    hang on damaged pages that PDFium can read. A worker that crashes costs only the document that it was reading.

    Args:
        sources: The documents to read.
        config: The configuration.
        workers: Documents read at once; None for one per processor.
        limits: The limits of one document.
        read: Reads one document, in the worker; None for `read_document`.

    Raises:
        ExtractorError: A worker cannot start.
    """
    pool = WorkerPool(start_server(), config, workers or os.cpu_count() or 1, limits, read)
    try:
        yield from run_all(sources, pool)
    finally:
        pool.end()


class WorkerPool:
    """The worker processes: starting, idle and working. Those that start do so at the same time, each for its first document.

    Args:
        context: Starts them.
        config: The configuration.
        max_workers: Documents read at once.
        limits: The limits of one document.
        read: Reads one document, in a worker; None for `read_document`.
    """

    def __init__(
        self,
        context: ForkServerContext,
        config: Config,
        max_workers: int,
        limits: Limits,
        read: ReadDocument | None = None,
    ) -> None:
        self.context, self.config, self.limits, self.max_workers = context, config, limits, max_workers
        self._reads = pickle.dumps((read, config))  # 0.01 s, which is not to be taken again for every worker
        self.starting: list[_Worker] = []
        self.idle: list[_Worker] = []
        self.working: list[_Worker] = []

    @property
    def busy(self) -> bool:
        """Whether any worker is reading a document, or starts for one."""
        return bool(self.starting or self.working)

    def has_capacity(self) -> bool:
        """Return whether another document can be read now."""
        return len(self.starting) + len(self.working) < self.max_workers

    def submit(self, source: Source | _WorkerTask) -> None:
        """Send a task to an idle worker, or start one for it."""
        task = source if isinstance(source, _WorkerTask) else _WorkerTask(source, self.limits)
        while self.idle and not _needs_office(task):
            if self._hand_over(task, self.idle.pop()):
                return
        self._launch(task)

    def _hand_over(self, task: _WorkerTask, worker: _Worker) -> bool:
        """Send a task to a worker, and return whether it took it; one that was killed, or stopped, is ended."""
        try:
            with killed_after(worker, ANSWER_SECONDS):
                worker.pipe.send(task)
        except OSError:
            end(worker)
            return False
        worker.task, worker.begun = task, time.monotonic()
        worker.deadline = worker.begun + task.limits.seconds
        self.working.append(worker)
        return True

    def _launch(self, task: _WorkerTask, tries: int = 1) -> None:
        """Start a worker for a task; one that can start LibreOffice is confined less, and reads one document."""
        office = _needs_office(task)
        for number in range(tries, START_TRIES + 1):
            with suppress(EOFError, OSError):
                launched = launch(self.context, _serve, self._reads, office=office)
                worker = _Worker(launched.process, launched.pipe, launched.folder, launched.lock, task, number)
                worker.office, worker.deadline = office, time.monotonic() + START_SECONDS
                self.starting.append(worker)
                return
        raise cannot_start(None)

    def _begin_all(self, ready: Sequence[object]) -> None:
        """Begin with the workers that have started by now, and kill those whose time to start is over."""
        for worker in list(self.starting):
            if worker.pipe not in ready and worker.deadline <= time.monotonic():
                kill(worker)
            elif worker.pipe not in ready:
                continue
            self._begin(worker)

    def _begin(self, worker: _Worker) -> None:
        """Hand its task over to a worker that has started, or start another that takes its place."""
        self.starting.remove(worker)
        assert worker.task is not None  # it was started for one
        if is_ready(worker) and self._hand_over(worker.task, worker):
            return
        if worker.tries >= START_TRIES:
            raise cannot_start(worker.process.exitcode)
        self._launch(worker.task, worker.tries + 1)

    def finished(self) -> list[DocumentResult | _WorkerTask]:
        """Wait until a worker finishes, crashes or exceeds its time; return its result, or its task for a second try."""
        if not self.busy:
            return []
        working, everyone = list(self.working), [*self.starting, *self.working]
        timeout = max(0.0, min(worker.deadline for worker in everyone) - time.monotonic())
        ready = wait([worker.pipe for worker in everyone], timeout)
        self._begin_all(ready)
        done: list[DocumentResult | _WorkerTask] = []
        for worker in working:
            task = worker.task
            if task is None or (worker.pipe not in ready and worker.deadline > time.monotonic()):
                continue
            result = _collect(worker, task, worker.pipe in ready, self.config)
            if result is None:
                # Quick pages must not add up to a long wait for a later hang.
                latest = time.monotonic() + task.limits.seconds
                worker.deadline = max(worker.deadline, min(worker.deadline + task.limits.scan, latest))
                continue
            self.working.remove(worker)
            short = result.status in ("timeout", "memory") and not task.last
            done.append(_WorkerTask(task.source, task.limits.raised(), last=True) if short else result)
            if worker.reusable:
                self.idle.append(worker)
            else:
                end(worker)
        return done

    def end(self) -> None:
        """Kill all workers, and then wait for each: the system takes 0.02 s to free the memory of one."""
        workers = (*self.starting, *self.idle, *self.working)
        for worker in workers:
            kill(worker)
        for worker in workers:
            end(worker)


def _needs_office(task: _WorkerTask) -> bool:
    return task.source.kind == OFFICE_KIND


def _serve(reads: bytes, pipe: Connection) -> None:
    """Read documents until the parent ends: the main function of a worker, given how it reads and the configuration, pickled."""
    from extractor.pages.pdfium import initialise  # noqa: PLC0415 - the server has the reading stages; its parent needs none
    from extractor.pipeline import ReadOptions, read_document  # noqa: PLC0415

    read: ReadDocument | None
    config: Config
    read, config = pickle.loads(reads)
    gc.disable()  # a worker is replaced when it has become large, and its memory is freed when it exits
    initialise()
    vocabulary = compile_vocabulary(config)
    make_first_array()
    document_result(
        DocumentReading("", "", "unknown", "ok", ""), config.hash
    )  # makes Arrow reserve its memory before the limits are set
    base = address_space()
    pipe.send_bytes(b"")  # it has imported and compiled: from now on, time counts for the document
    for served in range(1, MAX_TASKS_PER_WORKER + 1):
        try:
            task: _WorkerTask = pipe.recv()
        except EOFError:
            return
        set_limits(task.limits, base)
        try:
            options = ReadOptions(partial(_ask_for_time, task.limits, pipe), skip_second_readers=task.last)
            document = (read or read_document)(task.source, vocabulary, options)
            begun = time.process_time()
            result = document_result(document, config.hash)
            result.stages["datasets"] = time.process_time() - begun
            del document
            messages = _answer(result, served)
            del result
            answer = list(messages)
        except MemoryError:
            lift_memory_limit()
            result = failed(task.source, "memory", f"needs more than {_size(task.limits.memory)} of memory", config)
            answer = list(_answer(result, MAX_TASKS_PER_WORKER))
        for message in answer:
            pipe.send_bytes(message)


def _answer(result: DocumentResult, served: int) -> Iterator[bytes | pa.Buffer]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)
    small = peak < MAX_RESIDENT or resident_when_trimmed(peak) < MAX_RESIDENT
    return answer_of(replace(result, peak=peak), served < MAX_TASKS_PER_WORKER and small)


def _ask_for_time(limits: Limits, pipe: Connection) -> None:
    """Raise this process's time limit, and tell the parent, which extends its deadline by the same amount."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    more = min(math.ceil(soft + limits.scan), processor_seconds(limits))
    resource.setrlimit(resource.RLIMIT_CPU, (within(max(soft, more), hard), hard))
    pipe.send_bytes(MORE_TIME)


def _collect(worker: _Worker, task: _WorkerTask, ready: bool, config: Config) -> DocumentResult | None:
    """Return a worker's result, or a result that says how it failed; None when it asks for more time."""
    if not ready:
        worker.reusable = False
        return failed(task.source, "timeout", f"took more than {worker.deadline - worker.begun:.0f} s", config)
    try:
        with killed_after(worker, ANSWER_SECONDS):
            first = worker.pipe.recv_bytes(MAX_SAID)
            if first == MORE_TIME:
                return None
            result, reusable = parse_answer(receive_answer(worker.pipe.recv_bytes, first), task.source)
            worker.reusable = reusable and result.status != "memory" and not worker.office
    except (EOFError, OSError):
        worker.reusable = False
        with kept_awake():
            worker.process.join(DEATH_SECONDS)  # it may have closed the pipe and live on
        return failed(task.source, *_cause(worker, task.limits), config)
    except BadAnswerError as error:
        worker.reusable = False
        return failed(task.source, "crash", f"worker sent what is no answer ({error})", config)
    return result


def _cause(worker: _Worker, limits: Limits) -> tuple[Status, str]:
    """Return the status and the reason for a worker's exit."""
    exit_code = worker.process.exitcode
    if exit_code is None:
        return "crash", "worker crashed (closed its pipe)"
    if exit_code == -signal.SIGXCPU:
        return "timeout", f"took more than {worker.deadline - worker.begun:.0f} s of processor time"
    if exit_code == -signal.SIGKILL:
        return "memory", "worker was killed by the system (SIGKILL), most likely because the machine ran out of memory"
    if exit_code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL):
        return (
            "memory",
            f"worker aborted ({signal.Signals(-exit_code).name}), most likely out of memory ({_size(limits.memory)} allowed)",
        )
    died = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return "crash", f"worker crashed ({died})"


def _size(count: int) -> str:
    return f"{count / (1 << 30):.2g} GiB"


def failed(source: Source, status: Status, why: str, config: Config) -> DocumentResult:
    """Return the result of a document whose worker crashed or had to be killed."""
    reason = f"{source.name}: {why}; other documents are not affected: please report this file"
    return document_result(
        DocumentReading(source.sha256, source.path, source.kind, status, reason, origin=source.origin), config.hash
    )
