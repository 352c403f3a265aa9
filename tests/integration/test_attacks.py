"""The files of ../shared/attacks, which once broke a batch, each by name; and those of its recipes that no other module has.

Its other recipes: journals, manifests and links in tests/unit/datasets/test_confined.py; laundered damage and `datapackage.json` in
test_store.py; sparse files, stopped processes, left folders and members named `../` in test_opener.py; stopped workers in
test_worker_pool.py; control characters, markup, encodings and `check --json` in test_cli.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.common import SAMPLES, SHARED

from extractor.commands.main import cli
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.errors import UsageError

ATTACKS = SHARED / "attacks"
SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"
PACKED = "cannot be unpacked"
ENDS = {  # the file, its rows: where in the file, status, words of the reason
    "lzma-a_lzma.zip": [("!/a.pdf", "not_a_document", PACKED)],
    "kind-a.ods": [("!/mimetype", "not_a_document", PACKED)],
    "utf8-a.zip": [("!/预算.pdf", "not_a_document", PACKED)],
    "neg-a.zip": [("!/a.pdf", "not_a_document", PACKED)],
    "mhtml-a.mht": [("", "not_a_document", "without a table")],
    "first-member-stored.zip": [
        (f"!/shanghai-{name}.pdf", "ok", "")
        for name in ("2022-department", "2024-final-accounts", "2025-planted-errors", "2026-unit")
    ],
    "nested.zip": [
        ("", "not_a_document", "unfolds to more than"),
        ("!/0.zip!/0.zip!/a.txt", "skipped", "without a table"),
    ],
    "tall.png": [("", "not_a_document", "expected a page")],
    "wide.png": [("", "not_a_document", "expected a page")],
    "wrong-password.pdf": [("", "encrypted", "password")],
}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "extractor", "run", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def rows_of(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_rows(Folder(out), "documents").to_pylist()
    return rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Convert all attacks and a good document in one run."""
    if not ATTACKS.is_dir():
        pytest.skip("../shared/attacks is not there")
    out = tmp_path_factory.mktemp("attacks") / "out"
    good = out.with_name("good.pdf")
    good.write_bytes(SAMPLE.read_bytes() + b"\n%%EOF\n")
    done = run(*sorted(path for path in ATTACKS.iterdir() if path.suffix != ".md"), good, "--out", out, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    return rows_of(out)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDS)
def test_an_attack_has_the_rows_that_it_should(rows: list[dict[str, Any]], name: str) -> None:
    own = {r["path"].partition(name)[2]: (r["status"], r["reason"]) for r in rows if f"/attacks/{name}" in r["path"]}
    assert {(where, status) for where, (status, _) in own.items()} == {
        (where, status) for where, status, _ in ENDS[name]
    }
    assert all(words in own[where][1] for where, _, words in ENDS[name])


@pytest.mark.slow
def test_no_attack_is_left_out_and_the_good_document_is_whole(rows: list[dict[str, Any]]) -> None:
    assert {path.name for path in ATTACKS.iterdir() if path.suffix != ".md"} == set(ENDS)
    assert [(r["status"], r["line_items"]) for r in rows if r["path"].endswith("good.pdf")] == [("ok", 85)]


def test_a_number_of_a_million_digits_and_a_million_paragraphs_have_their_rows(tmp_path: Path) -> None:
    """The second with so little memory that it is said to lack it, and not to be damaged."""
    (tmp_path / "digits.txt").write_text(
        f"2026年部门支出总表\n单位：万元\n项目\t预算数\n教育\t1.00\n合计\t9{',999' * 333_333}\n"
    )
    paragraphs = "<w:p><w:r><w:t>1</w:t></w:r></w:p>" * 1_000_000
    with zipfile.ZipFile(tmp_path / "paragraphs.docx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
        )
    done = run(tmp_path / "digits.txt", tmp_path / "paragraphs.docx", "--out", tmp_path / "out", "--memory", "0.1")
    assert (done.returncode, done.stderr) == (1, "")
    digits, paragraphs_row = sorted(rows_of(tmp_path / "out"), key=lambda row: row["path"])
    assert (digits["status"], paragraphs_row["status"]) == ("partial", "memory")
    assert "of more than 18 digits: left out" in digits["reason"]


def test_a_pipe_is_not_inspected(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(UsageError, match="no such file"):
        CliRunner().invoke(cli, ["inspect", str(tmp_path / "pipe.pdf")], catch_exceptions=False)
