"""Results wait for their commit as long as commits would take too much of the run, their rows on the disk."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.folder import Folder
from extractor.document import DocumentReading
from extractor.errors import StorageError
from extractor.jobs import pending
from extractor.jobs.answers import SentRows, answer_of
from extractor.jobs.pending import MAX_SECONDS, PAUSE, SHARE, Pending


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let only two results be in memory, and no time pass but that which the test lets pass."""
    now = [0.0]
    monkeypatch.setattr(pending, "MAX_DOCUMENTS", 2)
    monkeypatch.setattr(pending.time, "monotonic", lambda: now[0])

    def pass_time(seconds: float) -> None:
        now[0] += seconds

    return pass_time


def result_of(name: str) -> DocumentResult:
    """Return a result as a worker sends it."""
    result = document_result(DocumentReading(name * 64, f"{name}.pdf", "pdf", "ok", ""), "hash")
    _, *streams = answer_of(result, reusable=True)
    return replace(result, rows=SentRows(dict(zip(result.rows, map(bytes, streams), strict=True))))


def test_a_commit_is_due_when_memory_holds_as_many_as_it_should(
    pass_time: Callable[[float], None], tmp_path: Path
) -> None:
    with Pending(Folder(tmp_path), None) as waiting:
        waiting.add(result_of("a"))
        assert not waiting.is_due()
        pass_time(0.1)
        waiting.add(result_of("b"))
        assert waiting.is_due()


def test_a_commit_is_due_when_the_last_was_long_ago(pass_time: Callable[[float], None], tmp_path: Path) -> None:
    with Pending(Folder(tmp_path), None) as waiting:
        waiting.add(result_of("a"))
        pass_time(MAX_SECONDS + 1)
        assert waiting.is_due()


def test_after_a_slow_commit_results_wait_on_the_disk_and_come_back_as_they_were(
    pass_time: Callable[[float], None], tmp_path: Path
) -> None:
    with Pending(Folder(tmp_path), None) as waiting:
        for names in ("abc", "de"):  # the second time, the file has had rows before
            waiting.clear(took=20.0, there=100)
            for name in names:
                waiting.add(result_of(name))
            assert not waiting.is_due()
            assert [dict(r.rows) for r in waiting.results] == [dict(result_of(name).rows) for name in names]
            pass_time(20.0 * PAUSE + 1)
            assert waiting.is_due()
        assert list(tmp_path.iterdir()) == []


def test_a_commit_of_a_share_of_what_is_there_is_due_however_long_the_last_took(
    pass_time: Callable[[float], None], tmp_path: Path
) -> None:
    with Pending(Folder(tmp_path), None) as waiting:
        waiting.clear(took=20.0, there=3 * SHARE)
        for name, due in (("a", False), ("b", False), ("c", True)):
            waiting.add(result_of(name))
            assert waiting.is_due() == due


@pytest.mark.parametrize("number", [1, 3])
def test_a_number_of_documents_that_somebody_asks_for_is_kept_to(
    number: int, pass_time: Callable[[float], None], tmp_path: Path
) -> None:
    with Pending(Folder(tmp_path), number) as waiting:
        for there in (0, 100):
            waiting.clear(took=20.0, there=there)
            for count in range(1, number + 1):
                waiting.add(result_of("abc"[count - 1]))
                assert waiting.is_due() == (count == number)


def test_a_folder_in_which_nothing_can_be_written_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read or written"):
        Pending(Folder(tmp_path / "nowhere"), None)


def test_for_datasets_at_a_url_the_folder_is_that_of_temporary_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(StorageError, match=f"{tmp_path}/nowhere: cannot be read or written"):
        Pending(Folder("fsspec+memory://datasets"), None)


@pytest.fixture
def no_space() -> Iterator[None]:
    """Let no file grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_when_results_move_to_it_and_not_again_by_the_file(
    pass_time: Callable[[float], None], no_space: None, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="File too large"), Pending(Folder(tmp_path), None) as waiting:
        waiting.clear(took=20.0, there=100)
        waiting.add(result_of("a"))
        waiting.add(result_of("b"))
