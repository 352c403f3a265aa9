"""A folder of attacks with good documents among them: each attack ends as one row with its reason, the good ones whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from support import malicious_files
from support.common import SAMPLES

from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows
from extractor.errors import DamagedError, EncryptedError
from extractor.pages.pdfium import open_pdf, read_page

pytestmark = pytest.mark.slow
GOOD = sorted(SAMPLES.glob("*.pdf"))
ENDS = {
    "flate_bomb": ("memory", "memory"),
    "many_operators": ("memory", "memory"),
    "nested_forms": ("memory", "memory"),
    "form_within_itself": ("ok", ""),
    "many_characters": ("unreadable", "characters; expected at most 500,000"),
    "page_loop": ("unreadable", "page 1 cannot be loaded"),
    "deep_tree": ("unreadable", "page 1 cannot be loaded"),
    "reference_loop": ("ok", ""),
    "huge_page": ("unreadable", "2,000,000 points long"),
    "many_rectangles": ("ok", ""),
    "many_rules": ("unreadable", "3,000 by 3,000 rules"),
    "unended_image": ("ok", ""),
    "wide_unicode_map": ("ok", ""),
    "surrogates": ("partial", "no usable text"),
    "many_pages": ("unreadable", "200,000 pages"),
    "claims_many_pages": ("ok", ""),
    "no_pages": ("not_a_document", "cannot be opened"),
    "cut": ("partial", "no end mark"),
    "resaved": ("partial", "re-saved"),
    "empty": ("not_a_document", "empty"),
    "user": ("encrypted", "password"),
    "owner": ("ok", ""),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Convert them all in one run; return the row of each by the file's stem."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in malicious_files.FILES.items():
        (folder / f"{name}.pdf").write_bytes(make())
    sample = GOOD[0].read_bytes()
    (folder / "cut.pdf").write_bytes(sample[: len(sample) * 2 // 3])
    (folder / "resaved.pdf").write_bytes(malicious_files.without_trailer(sample))
    (folder / "empty.pdf").write_bytes(b"")
    malicious_files.encrypted(folder / "user.pdf", GOOD[0], "secret")
    malicious_files.encrypted(folder / "owner.pdf", GOOD[0], "")
    for path in GOOD:
        (folder / path.name).write_bytes(path.read_bytes())
    options = ["--out", str(folder / "out"), "--memory", "0.4", "--timeout", "60", "--workers", "2", "--json"]
    command = [sys.executable, "-m", "extractor", "run", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["documents"] == len(ENDS) + len(GOOD)
    assert verify(Folder(folder / "out")) == []
    return {Path(r["path"]).stem: r for r in read_rows(Folder(folder / "out"), "documents").to_pylist()}


@pytest.mark.parametrize("name", ENDS)
def test_every_attack_ends_as_one_row_with_its_reason(rows: dict[str, dict[str, object]], name: str) -> None:
    status, words = ENDS[name]
    assert rows[name]["status"] == status
    assert words in str(rows[name]["reason"])


def test_every_attack_is_reported() -> None:
    assert set(malicious_files.FILES) <= set(ENDS)


@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.stem)
def test_good_documents_among_attacks_are_whole(rows: dict[str, dict[str, object]], path: Path) -> None:
    assert rows[path.stem]["status"] == "ok"
    assert (rows[path.stem]["pages"], rows[path.stem]["line_items"]) in {(16, 251), (5, 85)}


def test_text_is_always_text() -> None:
    with open_pdf(malicious_files.surrogates(), "surrogates.pdf") as document:
        assert read_page(document, 1).text.encode("utf-8")


def test_pdfium_refuses_what_is_re_saved() -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(malicious_files.without_trailer(GOOD[0].read_bytes()))


def test_a_file_is_not_taken_for_encrypted_because_the_one_before_was(tmp_path: Path) -> None:
    malicious_files.encrypted(tmp_path / "user.pdf", GOOD[0], "secret")
    with pytest.raises(EncryptedError), open_pdf((tmp_path / "user.pdf").read_bytes(), "user.pdf"):
        pass
    with pytest.raises(DamagedError), open_pdf(malicious_files.no_pages(), "none.pdf"):
        pass
