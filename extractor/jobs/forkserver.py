"""Start the server process that workers are forked from.

The server imports the reading stages while its caller imports its own, so this module imports almost nothing itself.
"""

from __future__ import annotations

import multiprocessing as mp
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

PRELOADED = ["extractor.jobs.worker_pool"]
FOR_MANY = [
    "pandas",
    "pyarrow.pandas_compat",
]  # second readers take 0.4 s for it; the server spends it once for all workers


def start_server(many: bool = True) -> ForkServerContext:
    """Start the server, unless it runs already, and return the context that starts its children.

    Args:
        many: Whether many documents are read: then what few of them need is imported once for all.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *FOR_MANY] if many else PRELOADED)
    forkserver.ensure_running()
    return context
