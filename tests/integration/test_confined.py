"""What commands do with one document, outside of a run: in confined processes, whose death or silence is one error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from support import misbehaving_reader
from support.common import SAMPLES

import extractor as ex
from extractor.commands.main import cli
from extractor.errors import DocumentError, UsageError
from extractor.jobs.confined import Confined
from extractor.jobs.confinement import unconfined
from extractor.jobs.limits import Limits
from extractor.pages import pdfium
from extractor.source import source as sources

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"


@pytest.fixture
def process() -> Iterator[Confined]:
    with Confined(Limits(seconds=20, memory=256 << 20)) as started:
        yield started


@pytest.mark.skipif(bool(unconfined()), reason="this system cannot confine a process")
def test_it_has_no_network_and_writes_nowhere_but_to_its_own_folder(process: Confined, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("whole")
    assert process.call("x", misbehaving_reader.answer, f"harm {tmp_path}") == b"read whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        ("exit", "crash", "a.pdf: crashed the process that reads it"),
        ("hoard 700000000", "memory", "needs more memory"),
        ("nobody expected this", "crash", "LookupError: nobody"),
    ],
)
def test_what_happens_in_it_is_an_error_and_the_next_call_is_answered(
    process: Confined, words: str, status: str, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason) as found:
        process.call("a.pdf", misbehaving_reader.answer, words)
    assert found.value.status == status
    assert process.call("a.pdf", misbehaving_reader.answer, "") == b"answer"


def test_what_hangs_is_killed() -> None:
    with Confined(Limits(seconds=1)) as process:
        with pytest.raises(DocumentError, match="took more than 1 s") as found:
            process.call("a.pdf", misbehaving_reader.answer, "sleep")
        assert found.value.status == "timeout"


def test_a_wrong_use_is_one_there_too(process: Confined) -> None:
    with pytest.raises(UsageError, match=r"^not like this\\ud800$"):
        process.call("a.pdf", misbehaving_reader.answer, "usage")


def test_what_it_prints_reaches_no_terminal(process: Confined, capfd: pytest.CaptureFixture[str]) -> None:
    assert process.call("a.pdf", misbehaving_reader.answer, "print") == b"answer"
    assert capfd.readouterr() == ("", "")


def test_no_command_opens_or_reads_a_document_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a document is read in the process of the command")

    ex.run(SAMPLE, tmp_path / "out", workers=1)
    for module, name in ((pdfium, "OpenPdf"), (pypdfium2, "PdfDocument"), (sources, "sniff")):
        monkeypatch.setattr(module, name, refuse)
    assert ex.read(SAMPLE).status == "ok"
    for command in (
        ("inspect", str(SAMPLE), "--page", "3"),
        ("templates", "draft", str(SAMPLE), "--page", "3"),
        ("report", str(tmp_path / "out"), "--workers", "1", "--pictures"),
    ):
        assert CliRunner().invoke(cli, command, catch_exceptions=False).exit_code == 0
    assert list((tmp_path / "out" / "report" / "pictures").glob("*.webp"))
