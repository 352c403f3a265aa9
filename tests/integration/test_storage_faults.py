"""A disk or a server that fails once, at any operation of a commit: the run says so in one line, and the next ends as if not.

At each of them in turn; against the S3 server at every twentieth, and at all with `make fuzz`.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyarrow._fs import _MockFileSystem
from support.common import EXAMPLES, SAMPLES, contents

from extractor.datasets.commit import MANIFEST
from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.integrity import verify
from extractor.datasets.store import LOCK, open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import ExtractorError
from extractor.filesystem import Place, open_place
from extractor.jobs.executor import Job, run
from extractor.vocabulary.config import Config

OPERATIONS = ("write_bytes", "read_bytes", "replace", "unlink", "mkdir", "lstat", "exists", "rglob")


class Faults:
    """Counts operations on files; at the n-th a fault happens, for which half of what is to be written is written."""

    def __init__(self, fault: Callable[[], None]) -> None:
        self.count, self.fails_at, self._fault = 0, 0, fault

    def counted(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.fails_at:
                if operation.__name__ in ("write_bytes", "write"):
                    *place, content = arguments
                    operation(*place, memoryview(content)[: len(content) // 2])
                self._fault()
            return operation(*arguments, **options)

        return counted


def disk(patch: pytest.MonkeyPatch, fault: Callable[[], None]) -> Faults:
    """Count what is done with files of this machine."""
    faults = Faults(fault)
    for name in OPERATIONS:
        patch.setattr(Path, name, faults.counted(getattr(Path, name)))
    patch.setattr(os, "fsync", faults.counted(os.fsync))
    return faults


class FaultyFiles:
    """An Arrow file system whose operations are counted, those of what is being written too."""

    def __init__(self, files: Any, faults: Faults) -> None:
        self._files, self._faults = files, faults

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._faults.counted(getattr(self._files, name))

    @contextmanager
    def open_output_stream(self, path: str, compression: None) -> Iterator[Any]:
        with self._faults.counted(self._files.open_output_stream)(path, compression=compression) as stream:
            yield SimpleNamespace(write=self._faults.counted(stream.write))


def place_at(files: Any, path: str) -> Folder:
    folder = Folder(path)
    folder.place, folder.path = Place(files, path, "mock://"), None
    return folder


def result_of(first: str) -> DocumentResult:
    return document_result(DocumentReading(first * 64, f"{first}.pdf", "pdf", "unreadable", "made up"), "hash")


def commit(folder: Path | Folder, *firsts: str, removed: str = "", tries: int = 1) -> list[str]:
    """Commit documents, and again if that fails, as a run does in its end; return what is said to have failed."""
    results, gone = [result_of(first) for first in firsts], [first * 64 for first in removed]
    try:
        with open_store(folder if isinstance(folder, Folder) else Folder(folder)) as store:
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


def before_and_after(place: Path) -> tuple[Path, dict[str, bytes]]:
    """Return a folder after its first commit, and the files that the second makes of such a one."""
    first, whole = place / "first", place / "whole"
    assert not commit(first, "a")
    shutil.copytree(first, whole)
    assert not commit(whole, "b", "c", removed="a")
    return first, files_of(whole)


@pytest.mark.unmeasured
@pytest.mark.parametrize(("code", "tries"), [(errno.ENOSPC, 1), (errno.EIO, 2)])
def test_a_disk_that_fails_at_any_operation_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, tries: int
) -> None:
    first, expected = before_and_after(tmp_path)
    failed = 0

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    faults = disk(monkeypatch, fail)
    for number in range(1, 10_000):
        out = Path(shutil.copytree(first, tmp_path / str(number)))
        faults.count, faults.fails_at = 0, number
        said = commit(out, "b", "c", removed="a", tries=tries)
        ended, faults.fails_at = faults.count < number, 0
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


@pytest.mark.unmeasured
def test_a_folder_that_is_removed_in_the_middle_of_a_commit_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By this run or, where it was removed as the commit ended, by the next; nothing that is left verifies by chance."""
    first, expected = before_and_after(tmp_path)
    out, missed = tmp_path / "out", 0
    faults = disk(monkeypatch, lambda: shutil.rmtree(out))
    for number in range(1, 10_000):
        shutil.copytree(first, out)
        faults.count, faults.fails_at = 0, number
        said = commit(out, "b", "c", removed="a")
        ended, faults.fails_at = faults.count < number, 0
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


def fail() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def survives_at_a_server(files: Any, root: str, steps: range) -> int:
    """Commit to one folder after the other at a file system that fails at the n-th operation; return how many runs failed."""
    faults = Faults(fail)
    whole = place_at(files, f"{root}/whole")
    commit(whole, "a")
    commit(whole, "b", "c", removed="a")
    expected, failed = content_of(whole), 0
    for number in steps:
        name = f"{root}/{number}"
        clean, faulty = place_at(files, name), place_at(FaultyFiles(files, faults), name)
        assert not commit(clean, "a")
        faults.count, faults.fails_at = 0, number
        said = commit(faulty, "b", "c", removed="a")
        if faults.count < number:
            assert number > 30
            return failed
        failed += bool(said)
        assert not any("\n" in line for line in said), said
        assert said or content_of(clean) == expected, number
        clean.clear(LOCK)  # a lease that could not be removed expires by itself
        assert verify(clean) == [], number
        assert not commit(clean, "b", "c", removed="a")
        assert content_of(clean) == expected, number
    return failed


def content_of(folder: Folder) -> dict[str, bytes]:
    return {name: folder.read(name) for name in folder.names("") if not name.startswith(".lock/")}


@pytest.mark.unmeasured
def test_a_server_that_fails_at_any_operation_costs_nothing() -> None:
    files = _MockFileSystem(datetime.now(UTC))
    files.create_dir("bucket")
    assert survives_at_a_server(files, "bucket", range(1, 10_000)) > 30


@pytest.mark.slow
def test_an_s3_server_that_fails_at_any_operation_costs_nothing(bucket: Callable[[str], str]) -> None:
    place = open_place(bucket("out"))
    assert survives_at_a_server(place.files, place.path, range(7, 10_000, 1 if EXAMPLES else 20)) >= 3


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    def jumping() -> float:
        return now() + next(jumps)

    now, jumps = time.time, itertools.cycle((0.0, 4e8, -4e8, 3600.0, -3600.0))
    for name in ("whole", "out"):
        if name == "out":
            monkeypatch.setattr(time, "time", jumping)
        with open_store(Folder(tmp_path / name)) as store:
            run([SAMPLES / "shanghai-2022-department.pdf"], store, config, Job(), lambda _: None)
    assert contents(Folder(tmp_path / "out")) == contents(Folder(tmp_path / "whole"))
