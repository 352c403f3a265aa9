"""What the server imports, in a process of its own: this one has it all."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "pandas",
    "pyarrow.compute",
    "pyarrow.parquet",
    "lxml",
    "extractor.grids.office.readers",
    "extractor.pages.ofd",
)
CODE = f"""
import gc, os, sys
import extractor.jobs.preload
early = [name for name in {LATER} if name in sys.modules]
assert not early and "extractor.pipeline" in sys.modules, early
assert gc.isenabled() and gc.get_freeze_count() and os.environ["OPENBLAS_NUM_THREADS"] == "1"
import extractor.jobs.preload_for_many
assert {{"pandas", "pyarrow.pandas_compat", "extractor.grids.office.readers"}} <= sys.modules.keys()
"""


def test_the_server_imports_what_few_documents_need_where_many_are_read() -> None:
    assert subprocess.run([sys.executable, "-c", CODE], check=False).returncode == 0
