"""The process that workers are forked from. It imports while its caller does: this module itself imports next to nothing."""

from __future__ import annotations

import multiprocessing as mp
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

# Arrow imports pandas, where it is installed, for the first array that it makes: 0.2 s, paid here once for all workers.
PRELOADED = ["extractor.jobs.worker_pool", "pandas", "pyarrow.pandas_compat"]


def start_server() -> ForkServerContext:
    """Start the server and return the context of its children; a second call does nothing more."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    forkserver.ensure_running()
    return context
