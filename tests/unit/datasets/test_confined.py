"""Folders of datasets by a stranger: what is in them names nothing outside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor.datasets.folder import Folder
from extractor.datasets.integrity import collect_garbage, verify
from extractor.datasets.manifest import FORMAT, MAX_BYTES
from extractor.errors import DatasetError
from extractor.report.original import _PLAIN_URL
from extractor.report.page import file_name

PART = "documents/part-0.parquet"
LISTED = {PART: {"rows": 1, "sha256": "0" * 64}}
MANIFEST: dict[str, Any] = {"format": FORMAT, "files": {}}
JOURNAL: dict[str, Any] = {"moves": {}, "removed": [], "manifest": MANIFEST, "datapackage": {}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a dataset without files, a file beside it that is nobody's business, and a folder of such files."""
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "victim").write_text("mine")
    out = tmp_path / "out"
    (out / ".staging" / "abc").mkdir(parents=True)
    (out / ".staging" / "abc" / "00000").write_text("theirs")
    (out / "manifest.json").write_text(json.dumps(MANIFEST))
    return out


def refused(act: Callable[[Folder], object], folder: Path, words: str) -> None:
    """Act on the folder; expect one line, and everything beside the folder as it was."""
    with pytest.raises(DatasetError, match=words) as said:
        act(Folder(folder))
    assert len(str(said.value).splitlines()) == 1
    assert (folder.parent / "victim").read_text() == "mine"
    assert (folder.parent / "elsewhere" / "victim").read_text() == "mine"


@pytest.mark.parametrize("act", [verify, collect_garbage])
@pytest.mark.parametrize(
    "changed",
    [
        {"moves": {"abc/00000": "../victim"}, "removed": ["../elsewhere/victim"]},
        {"moves": {"../../victim": PART}, "manifest": {"format": FORMAT, "files": LISTED}},
        {"moves": {f"{'a' * 32}/00000": PART}},
        {"removed": ["../victim"]},
        {"removed": ["/etc/passwd"]},
        {"removed": ["notes.txt"]},
        {"removed": [PART], "manifest": {"format": FORMAT, "files": LISTED}},
        {"removed": ["line_items/year=2024/part-0.parquet\n"]},
        {"removed": ["line_items/part-0.parquet"]},
        {"manifest": {"format": FORMAT, "files": [1]}},
        {"manifest": 1},
        {"datapackage": []},
        {"a": 1},
    ],
)
def test_a_journal_names_only_what_a_run_writes(
    folder: Path, changed: dict[str, Any], act: Callable[[Folder], object]
) -> None:
    (folder / ".staging" / "journal.json").write_text(json.dumps({**JOURNAL, **changed}))
    refused(act, folder, r"journal\.json: is damaged .*; expected what `extractor run` writes: delete it")


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1}',
        "[]",
        "null",
        "[" * 100_000,
        '{"format": "budget-extractor-dataset-1", "files": [1]}',
        '{"format": "budget-extractor-dataset-1", "files": {"../victim": {"rows": 1, "sha256": "%s"}}}' % ("0" * 64),
        '{"format": "budget-extractor-dataset-1", "files": {"documents/part-0.parquet": {"rows": -1, "sha256": "0"}}}',
        '{"format": "another", "files": {}}',
    ],
)
def test_a_manifest_of_the_wrong_shape_is_one_line(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)
    refused(verify, folder, r"manifest\.json: is (damaged|of format)")


def test_a_manifest_without_end_is_not_parsed(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b" " * (MAX_BYTES + 1))
    refused(verify, folder, "expected at most")


@pytest.mark.parametrize("name", ["manifest.json", ".staging", ".lock", "documents", "line_items"])
def test_no_link_is_followed(folder: Path, name: str) -> None:
    """`.lock` is opened for writing, `.staging` is emptied, and the dataset folders are collected."""
    place = folder / name
    if place.exists():
        place.rename(folder / "aside")
    place.symlink_to(folder.parent / ("victim" if name in (".lock", "manifest.json") else "elsewhere"))
    refused(collect_garbage, folder, "is a link or a device")


def test_a_link_that_a_commit_would_write_through_is_refused(folder: Path) -> None:
    (folder / ".staging" / "journal.json").write_text(json.dumps(JOURNAL))
    (folder / "datapackage.json").symlink_to(folder.parent / "victim")
    refused(verify, folder, "is a link or a device")


def test_what_a_hard_link_leads_to_keeps_its_content(folder: Path) -> None:
    (folder / ".staging" / "journal.json").write_text(json.dumps(JOURNAL))
    for name in (".staging/datapackage.json.new", ".lock"):
        (folder / name).hardlink_to(folder.parent / "victim")
    assert [p for p in verify(Folder(folder)) if "datapackage" not in p] == []
    assert (folder.parent / "victim").read_text() == "mine"


def test_a_pipe_in_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    refused(verify, folder, "is a link or a device")


@pytest.mark.parametrize("name", ["../victim", "documents/../../victim", "/etc/passwd", "a//b", "a\0b", ".", ""])
@pytest.mark.parametrize("location", ["{}", "file://{}", "fsspec+file://{}"])
def test_names_stay_within_a_folder_here_and_at_urls(tmp_path: Path, location: str, name: str) -> None:
    folder = Folder(location.format(tmp_path / "out"))
    for act in (folder.read, folder.remove, folder.has, lambda n: folder.write(n, b"x"), lambda n: folder.move("a", n)):
        with pytest.raises(DatasetError, match="cannot name one of its files"):
            act(name)


def test_a_report_writes_pages_of_ids_alone() -> None:
    assert file_name({"document_id": "a" * 64}) == f"{'a' * 16}.html"
    with pytest.raises(DatasetError, match="expected an id of 64 hex digits"):
        file_name({"document_id": "../../../victim"})


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("s3://bucket/2024.pdf", True),
        ("s3://bucket/2024.pdf?endpoint_override=elsewhere.example", False),
        ("s3://key:secret@bucket/2024.pdf", False),
        ("hdfs://elsewhere.example:8020/a.pdf", False),
        ("fsspec+sftp://elsewhere.example/a.pdf", False),
    ],
)
def test_a_dataset_does_not_choose_which_servers_a_report_asks(url: str, opened: bool) -> None:
    assert bool(_PLAIN_URL.fullmatch(url)) == opened
