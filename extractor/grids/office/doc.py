"""Word 97 documents and RTF → page layouts through LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from extractor.errors import DocumentError, NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.docx import read_docx

# No macro runs, and no address that a document names is asked: LibreOffice fetches linked pictures unless told not to.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
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
        said = _convert(office, source, name)
        target = source.with_suffix(".docx")
        if not target.is_file():
            raise NotADocumentError(f"{name}: LibreOffice cannot read it ({said}); save it as .docx")
        return read_docx(target.read_bytes(), name)


def _convert(office: str, source: Path, name: str) -> str:
    """Convert a file to .docx beside it; return the last line that LibreOffice said.

    Raises:
        DocumentError: It takes too long.
    """
    profile, said = source.parent / "profile", source.parent / "said"  # a profile of its own: runs may overlap
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", "docx"]
    with said.open("wb") as log:
        process = subprocess.Popen(
            [*command, "--outdir", str(source.parent), str(source)],
            stdout=log,
            stderr=log,
            env={**os.environ, "HOME": str(profile)},  # for the caches of its libraries
        )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"{name}: LibreOffice took more than {SECONDS} s; save it as .docx") from error
    finally:
        process.kill()  # the program that this script has started goes with the group of the worker, which reads one .doc
        process.wait()
    return "".join(said.read_text("utf-8", "replace").strip().splitlines()[-1:])
