"""What the server of `forkserver.py` imports for all workers that it forks: the stages, as PDF files need them."""

from __future__ import annotations

from extractor.cheap_imports import importing

with importing():
    import extractor.jobs.worker_pool
    import extractor.pipeline  # noqa: F401
