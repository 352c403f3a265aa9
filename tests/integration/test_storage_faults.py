"""A disk that fails once, at any operation of a commit: the run says so in one line, and the next one ends as if it had not."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from extractor.datasets.commit import MANIFEST
from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.integrity import verify
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import ExtractorError

OPERATIONS = ("write_bytes", "read_bytes", "replace", "unlink", "mkdir", "lstat", "exists", "rglob")


class Disk:
    """Counts the operations on files; at the n-th a fault happens, for which half of what is to be written is written."""

    def __init__(self, patch: pytest.MonkeyPatch, fault: Callable[[], None]) -> None:
        self.count, self.fails_at, self._fault = 0, 0, fault
        for name in OPERATIONS:
            patch.setattr(Path, name, self._counted(getattr(Path, name)))
        patch.setattr(os, "fsync", self._counted(os.fsync))

    def _counted(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.fails_at:
                if operation.__name__ == "write_bytes":
                    path, content = arguments
                    operation(path, memoryview(content)[: len(content) // 2])
                self._fault()
            return operation(*arguments, **options)

        return counted


def result_of(first: str) -> DocumentResult:
    return document_result(DocumentReading(first * 64, f"{first}.pdf", "pdf", "unreadable", "made up"), "hash")


def commit(folder: Path, *firsts: str, removed: str = "", tries: int = 1) -> list[str]:
    """Commit documents, and again if that fails, as a run does in its end; return what is said to have failed."""
    results, gone = [result_of(first) for first in firsts], [first * 64 for first in removed]
    try:
        with open_store(Folder(folder)) as store:
            try:
                store.commit(results, Changes(gone))
            except ExtractorError:
                if tries > 1:
                    store.commit(results, Changes(gone))
                raise
            return list(store.damaged.values())
    except ExtractorError as error:
        return [str(error)]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files but the lock, which says nothing."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(("code", "tries"), [(errno.ENOSPC, 1), (errno.EIO, 2)])
def test_a_disk_that_fails_at_any_operation_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, tries: int
) -> None:
    whole = tmp_path / "whole"
    commit(whole, "a")
    commit(whole, "b", "c", removed="a")
    expected, failed = files_of(whole), 0

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    disk = Disk(monkeypatch, fail)
    for number in range(1, 10_000):
        out = tmp_path / str(number)
        assert not commit(out, "a")
        disk.count, disk.fails_at = 0, number
        said = commit(out, "b", "c", removed="a", tries=tries)
        ended, disk.fails_at = disk.count < number, 0
        if ended:
            break
        failed += bool(said)
        assert not any("\n" in line for line in said), said
        assert said or files_of(out) == expected, number
        assert verify(Folder(out)) == [], number
        found = {name[0] for name in read_rows(Folder(out), "documents")["path"].to_pylist()}
        assert found in ({"a"}, {"b", "c"}, {"a", "b", "c"}), number
        assert not commit(out, "b", "c", removed="a")
        assert files_of(out) == expected, number
    assert ended
    assert failed > 50


def test_a_folder_that_is_removed_in_the_middle_of_a_commit_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By this run or, where it was removed as the commit ended, by the next; nothing that is left verifies by chance."""
    whole, out = tmp_path / "whole", tmp_path / "out"
    commit(whole, "a")
    commit(whole, "b", "c", removed="a")
    expected, missed = files_of(whole), 0
    disk = Disk(monkeypatch, lambda: shutil.rmtree(out))
    for number in range(1, 10_000):
        assert not commit(out, "a")
        disk.count, disk.fails_at = 0, number
        said = commit(out, "b", "c", removed="a")
        ended, disk.fails_at = disk.count < number, 0
        if ended:
            break
        missed += bool(said)
        if files_of(out) != expected:
            with pytest.raises(ExtractorError) if not (out / MANIFEST).exists() else nullcontext():
                assert verify(Folder(out)), number
            assert said or commit(out, "b", "c", removed="a") or files_of(out) == expected, number
        shutil.rmtree(out, ignore_errors=True)
    assert ended
    assert missed > 50
