"""Input and output at URLs, against a real S3 server on loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from support import misbehaving_reader
from support.commands import extractor
from support.common import SAMPLES, SECRET, contents

from extractor.datasets import locks
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.integrity import collect_garbage, verify
from extractor.datasets.locks import acquire_lock
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import DatasetError, UsageError
from extractor.filesystem import Place, open_place
from extractor.jobs.forkserver import start_server
from extractor.source.inputs import find_inputs

pytestmark = pytest.mark.slow
SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"


def upload(url: str, content: bytes) -> Place:
    place = open_place(url)
    with place.files.open_output_stream(place.path) as stream:
        stream.write(content)
    return place


def other(document_id: str = "a" * 64) -> DocumentReading:
    return DocumentReading(document_id, "b.pdf", "pdf", "unreadable", "made up")


def test_a_run_between_urls_writes_what_a_local_one_does(bucket: Callable[[str], str], tmp_path: Path) -> None:
    for path in SAMPLES.glob("*.pdf"):
        upload(bucket(f"in/2024/公开 100%25/{path.name}"), path.read_bytes())
    upload(bucket("in/.hidden/x.pdf"), b"x")
    upload(bucket("in/notes.log"), b"x")
    upload(bucket("in/附件1.2025年部门预算"), SAMPLE.read_bytes() + b"\n%%EOF\n")
    shutil.copytree(SAMPLES, tmp_path / "in", ignore=lambda _, names: [n for n in names if not n.endswith(".pdf")])
    (tmp_path / "in" / "附件1.2025年部门预算").write_bytes(SAMPLE.read_bytes() + b"\n%%EOF\n")
    here = extractor("run", tmp_path / "in", "--out", tmp_path / "out", "--json")
    there = extractor("run", bucket("in"), "--out", bucket("out"), "--json")
    assert there.returncode == here.returncode, there.stderr
    assert SECRET not in there.stdout + there.stderr
    out = Folder(bucket("out"))
    assert contents(out) == contents(Folder(tmp_path / "out"))
    rows = read_rows(out, "documents").to_pylist()
    assert len(rows) == len(list(SAMPLES.glob("*.pdf"))) + 1
    assert all(r["source_url"] == r["path"] and r["path"].startswith("s3://budgets-") for r in rows)
    assert any("/公开 100%25/" in r["path"] for r in rows)
    assert SECRET not in str(rows)
    assert Path(tmp_path / "out" / "manifest.json").exists()
    again = extractor("run", bucket("in"), "--out", bucket("out"), "--json")
    assert json.loads(again.stdout)["skipped"] == len(rows)
    assert out.names(".staging") == out.names(".lock") == []
    assert extractor("verify", bucket("out")).returncode == 0
    assert "proven" in extractor("check", bucket("out")).stdout
    assert "deleted" in extractor("gc", bucket("out")).stdout
    assert "give --out" in extractor("report", bucket("out")).stderr
    assert "rows" in extractor("inspect", bucket("in/附件1.2025年部门预算"), "--page", "5").stdout


def test_urls_name_files_folders_and_globs(bucket: Callable[[str], str]) -> None:
    for name in ("a/1.pdf", "a/b/2.pdf", "a/b/3.txt", "a/b/c/4.pdf"):
        upload(bucket(name), b"x")

    def found(*paths: str) -> list[str]:
        return [f.path.split("/", 1)[1] for f in find_inputs(map(bucket, paths)).files if isinstance(f, Place)]

    assert found("a") == found("a/") == ["a/1.pdf", "a/b/2.pdf", "a/b/3.txt", "a/b/c/4.pdf"]
    assert found("a/b/2.pdf", "a/b/*.pdf") == ["a/b/2.pdf"]
    assert found("a/**/*.pdf") == ["a/1.pdf", "a/b/2.pdf", "a/b/c/4.pdf"]
    assert found("a/*/*/*.pdf") == ["a/b/c/4.pdf"]
    for nothing in ("none", "a/*.docx"):
        with pytest.raises(UsageError, match=r"^s3://budgets-.*/(none: no such|a/\*\.docx: holds nothing)"):
            found(nothing)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gopher://key:open-sesame@a/b", "gopher://a/b: cannot be opened"),
        ("s3://key:open-sesame@a/b?color=red", "Unexpected query parameter"),
        ("s3://key:open-sesame@nobody-has-made-it/b?scheme=http&endpoint_override={server}&region=us-east-1", "BUCKET"),
        ("s3://key:abc/open-sesame@a/b?color=red", "s3://a/b: cannot be opened"),
        ("s3://a/b?secret_key=open-sesame&color= ", "s3://a/b: cannot be opened"),
        ("fsspec+https://key:open-sesame@a/b.pdf?signature=open-sesame", "fsspec+https://a/b.pdf: cannot be opened"),
        ("s3://key:open-sesame@a//b?scheme=http&endpoint_override={server}&region=us-east-1", "Empty path"),
        ("s3://key:open-sesame@a/b?scheme=http&endpoint_override=127.0.0.1:1&region=us-east-1", "connect"),
    ],
)
def test_a_bad_url_is_one_line_without_its_secrets(server: str, url: str, words: str) -> None:
    for arguments in (("run", SAMPLE, "--out", url), ("run", url, "--out", "x")):
        result = extractor(*(str(a).replace("{server}", server) for a in arguments))
        is_usage = "cannot be opened" in result.stderr or "no such file" in result.stderr
        assert result.returncode == (2 if is_usage else 4)
        assert words in result.stderr or "no such file" in result.stderr
        assert SECRET not in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_killed_after_any_step_at_a_url_all_or_nothing_is_there(
    bucket: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [document_result(other(first * 64), "hash") for first in "b0"]
    context = start_server()

    def commit_and_die(out: str, step: int) -> int | None:
        process = context.Process(target=misbehaving_reader.commit_and_die, args=(out, entries, ["a" * 64], step))
        process.start()
        process.join()
        return process.exitcode

    def commit(out: str | Path, documents: list[DocumentReading]) -> None:
        with open_store(Folder(out)) as store:
            store.commit([document_result(d, "hash") for d in documents])

    commit(tmp_path / "whole", [other()])
    steps = commit_and_die(str(tmp_path / "whole"), 0) or 0
    monkeypatch.setattr(locks, "LEASE_SECONDS", 0.0)  # the dead are known to be dead at once
    monkeypatch.setattr(locks._Lease, "check", lambda _: None)
    for step in range(1, steps + 1):
        out = bucket(f"killed-{step}")
        commit(out, [other()])
        assert commit_and_die(out, step) == -signal.SIGKILL
        folder = Folder(out)
        assert verify(folder) == []
        with open_store(folder) as store:
            store.commit(entries, Changes(["a" * 64]))
        assert contents(folder) == contents(Folder(tmp_path / "whole")), step
        collect_garbage(folder)
        assert verify(folder) == []


def test_one_writer_at_a_url(bucket: Callable[[str], str]) -> None:
    folder = Folder(bucket("out"))
    with open_store(folder) as store:
        store.commit([document_result(other(), "hash")])
        with (
            pytest.raises(UsageError, match=rf"another run is writing to it \(.*-{os.getpid()}\); wait"),
            open_store(folder),
        ):
            pass
        with pytest.raises(UsageError, match="another run"), open_store(folder, shared=True):
            pass
    with open_store(folder, shared=True) as one, open_store(folder, shared=True) as two:
        one.commit([document_result(other("b" * 64), "hash")])
        two.commit([document_result(other("c" * 64), "hash")])
    assert [i[0] for i in read_rows(folder, "documents")["document_id"].to_pylist()] == ["a", "b", "c"]
    assert folder.names(".lock") == folder.names(".commit-lock") == []


def test_who_waits_for_a_lease_gets_it(bucket: Callable[[str], str]) -> None:
    folder = Folder(bucket("out"))
    context = start_server()
    process = context.Process(target=misbehaving_reader.hold_a_while, args=(bucket("out"), 1.0))
    process.start()
    while not folder.names("lock"):
        time.sleep(0.05)
    with acquire_lock(folder, "lock", wait=True) as check:
        assert len(folder.names("lock")) == 1
        check()
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize("shared", [False, True])
def test_a_writer_that_was_away_too_long_writes_no_more(
    bucket: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """The machine sleeps for a while: its lease is lost for good, however alive its thread is afterwards."""
    folder, now = Folder(bucket("out")), locks._now
    monkeypatch.setattr(locks, "HEARTBEAT_SECONDS", 0.05)
    with open_store(folder, shared=shared) as store:
        store.commit([document_result(other(), "hash")])
        monkeypatch.setattr(locks, "_now", lambda: now() + 3600)
        time.sleep(0.3)
        with pytest.raises(DatasetError, match="another run may have taken over"):
            store.commit([document_result(other("b" * 64), "hash")])
    assert read_rows(folder, "documents").num_rows == 1
    assert folder.names(".staging") == []


def test_a_run_that_ended_before_its_first_commit_leaves_the_url_free(bucket: Callable[[str], str]) -> None:
    for _ in range(2):
        with open_store(Folder(bucket("out"))):
            pass


def test_leases_of_the_dead_are_cleared_away(bucket: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(bucket("out"))
    folder.write(".lock/alone-host-1-x", b"")
    with pytest.raises(UsageError, match=r"another run is writing to it \(host-1\)"), open_store(folder):
        pass
    monkeypatch.setattr(locks, "LEASE_SECONDS", 0.0)
    with locks.acquire_lock(folder, ".lock"):
        assert len(folder.names(".lock")) == 1


def test_a_file_system_without_times_says_what_to_do() -> None:
    folder = Folder(f"fsspec+memory://budgets/{uuid.uuid4().hex}")
    with (
        open_store(folder),
        pytest.raises(UsageError, match=r"reports no file times; if none is, delete fsspec\+memory://.*/\.lock"),
        open_store(folder),
    ):
        pass


def test_folders_are_made_where_a_file_system_has_them(tmp_path: Path) -> None:
    folder = Folder(f"fsspec+file://{tmp_path}/公开 数据/#1")
    with open_store(folder) as store:
        store.commit([document_result(other(), "hash")])
    assert verify(folder) == []
    assert (tmp_path / "公开 数据" / "#1" / "manifest.json").is_file()
    assert open_place(f"file://{tmp_path}/a#b[1].pdf").path == f"{tmp_path}/a#b[1].pdf"


def test_any_file_system_that_fsspec_knows_will_do() -> None:
    folder = Folder(f"fsspec+memory://budgets/{uuid.uuid4().hex}")
    with open_store(folder) as store:
        store.commit([document_result(other(), "hash")])
    with open_store(folder) as store:
        store.commit([document_result(other("b" * 64), "hash")], Changes(["a" * 64]))
    assert read_rows(folder, "documents")["document_id"].to_pylist() == ["b" * 64]
    assert verify(folder) == []
    upload(f"{folder}/x.pdf", b"%PDF-")
    assert [str(f) for f in find_inputs([f"{folder}/*.pdf"]).files] == [f"{folder}/x.pdf"]
