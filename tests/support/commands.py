"""Commands of `extractor` in the tests' own process, where a process of their own is not what a test is about: it takes a second."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

from extractor.commands.main import main


def extractor(*arguments: str | Path) -> CompletedProcess[str]:
    """Run a command; return its exit code and all that it prints."""
    command, out, err = list(map(str, arguments)), io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(command)
    except SystemExit as ended:
        code = ended.code or 0
    assert isinstance(code, int)
    return CompletedProcess(command, code, out.getvalue(), err.getvalue())
