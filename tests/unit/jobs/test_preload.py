"""What the server and a command import, in processes of their own: this one has it all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.common import ROOT

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


# The second run reads datasets, as the first does not.
RUN = """
import sys
from pathlib import Path
from extractor.commands.main import cli
Path("a.txt").write_text("收支总表\\n单位：万元\\n项目\\t预算数\\n收入总计\\t10\\n", encoding="utf-8")
for _ in range(2):
    assert cli(["run", "a.txt", "--out", "out", "--workers", "1"], standalone_mode=False) == 0
assert not {"numpy", "pandas"} & sys.modules.keys()
import pandas
"""


@pytest.mark.slow
def test_a_runs_parent_imports_neither_numpy_nor_pandas(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", RUN], check=False, cwd=tmp_path, env=environment).returncode == 0


def test_the_server_imports_what_few_documents_need_where_many_are_read() -> None:
    assert subprocess.run([sys.executable, "-c", CODE], check=False).returncode == 0
