"""What the server of `forkserver.py` imports once for all workers where few documents need it, but many are read.

Second readers take 0.3 s for pandas; Word, workbooks and web pages have readers of their own.
"""

from __future__ import annotations

from extractor.cheap_imports import importing

with importing():
    import pandas as pd  # noqa: F401
    import pyarrow.pandas_compat  # noqa: F401

    import extractor.grids.office.readers  # noqa: F401
