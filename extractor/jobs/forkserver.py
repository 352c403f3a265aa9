"""Start the server process that workers are forked from.

The server imports the reading stages while its caller imports its own, so this module imports almost nothing itself.
"""

from __future__ import annotations

import atexit
import multiprocessing as mp
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker, util
from multiprocessing.context import ForkServerContext
from threading import Event, Thread

PRELOADED, FOR_MANY = "extractor.jobs.preload", "extractor.jobs.preload_for_many"
STOPPED_SECONDS = 5.0  # time after which a server that says nothing may have been stopped
ANSWER_SECONDS = (
    180.0  # time after which it is given up: it imports for a second, on a machine that has much else to do
)


def start_server(many: bool = False) -> ForkServerContext:
    """Start the server, unless it runs already, and return the context that starts its children.

    Args:
        many: Whether many documents are read: then what few of them need is imported once for all.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED, FOR_MANY] if many else [PRELOADED])
    # The server inherits what is blocked: Ctrl-C is for this process, and would interrupt the server's imports with a traceback.
    resource_tracker.ensure_running()  # by itself, since it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


@contextmanager
def kept_awake() -> Iterator[None]:
    """Wake the server, and in the end kill it, if it keeps the context waiting: somebody may have stopped it.

    What waits for a server that is killed reads that its pipe has ended; workers go with it, and the next start starts another.
    """
    answered = Event()
    Thread(target=_wake, args=(answered,), daemon=True).start()
    try:
        yield
    finally:
        answered.set()


def _wake(answered: Event) -> None:
    if not answered.wait(STOPPED_SECONDS):
        _signal(signal.SIGCONT)
        if not answered.wait(ANSWER_SECONDS):
            _signal(signal.SIGKILL)


def _signal(number: int) -> None:
    pid: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


# It ends with this process, and a stopped one could not: it is woken before children are waited for, and killed when all have ended.
atexit.register(_signal, signal.SIGCONT)
util.Finalize(None, _signal, (signal.SIGKILL,), exitpriority=-100)
