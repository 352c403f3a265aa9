"""Word 97 documents and RTF → page layouts through LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from extractor.errors import DocumentError, NotADocumentError
from extractor.grids.docx import read_docx
from extractor.grids.flow import Reading

SECONDS = 120  # a long document takes two


def read_doc(data: bytes, name: str) -> Reading:
    """Convert to .docx and read that; macros do not run, links are not followed.

    Args:
        data: The file's bytes.
        name: How error messages call the file.

    Raises:
        DocumentError: LibreOffice is not installed or takes too long.
        NotADocumentError: LibreOffice cannot read it.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise DocumentError(
            f"{name}: is Word 97 (.doc), which needs LibreOffice's soffice on the PATH: install libreoffice-writer, or save "
            "it as .docx"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.doc"
        source.write_bytes(data)
        profile = (
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"  # a profile of its own: runs may overlap
        )
        command = [
            office,
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            "docx",
            "--outdir",
            folder,
            str(source),
        ]
        said = Path(folder) / "said"
        with said.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"{name}: LibreOffice took more than {SECONDS} s; save it as .docx") from error
        finally:
            with suppress(ProcessLookupError):  # soffice is a script: the program that it started goes with its group
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        target = source.with_suffix(".docx")
        if not target.is_file():
            last = said.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise NotADocumentError(f"{name}: LibreOffice cannot read it ({''.join(last)}); save it as .docx")
        return read_docx(target.read_bytes(), name)
