"""Start the server process that workers are forked from.

The server imports the reading stages while its caller imports its own, so this module imports almost nothing itself.
"""

from __future__ import annotations

import multiprocessing as mp
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

# Arrow imports pandas, where it is installed, when it makes its first array: 0.2 s, which the server spends once for all workers.
PRELOADED = ["extractor.jobs.worker_pool", "pandas", "pyarrow.pandas_compat"]


def start_server() -> ForkServerContext:
    """Start the server, unless it runs already, and return the context that starts its children."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    forkserver.ensure_running()
    return context
