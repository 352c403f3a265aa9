"""Which files a command line means: named ones, those of folders and globs, and what patterns leave of them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from extractor.errors import StorageError, UsageError
from extractor.source.inputs import Inputs, Selection, find_inputs

FILES = ("2025/a.pdf", "2026/b.pdf", "2026/drafts/c.pdf", "2026/notes.tsv", "README.md")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    return tmp_path


def names(inputs: Inputs, folder: Path) -> list[str]:
    return [Path(str(file)).relative_to(folder).as_posix() for file in inputs.files]


@pytest.mark.parametrize(
    ("include", "exclude", "left"),
    [
        ((), (), list(FILES)),
        (("*.pdf",), (), ["2025/a.pdf", "2026/b.pdf", "2026/drafts/c.pdf"]),
        (("*.pdf", "README*"), ("c.*",), ["2025/a.pdf", "2026/b.pdf", "README.md"]),
        (("2026/**",), ("drafts/**", "*.tsv"), ["2026/b.pdf"]),
        (("2026/*",), (), ["2026/b.pdf", "2026/notes.tsv"]),
        ("*.md", "*.pdf", ["README.md"]),
    ],
)
def test_patterns_select_by_name_or_by_the_end_of_the_path(
    folder: Path, include: str | tuple[str, ...], exclude: str | tuple[str, ...], left: list[str]
) -> None:
    assert names(find_inputs([str(folder)], Selection(include, exclude)), folder) == left


def test_a_folder_and_a_glob_name_no_file(folder: Path) -> None:
    assert find_inputs([str(folder), f"{folder}/2025/*"]).named == set()
    assert find_inputs([str(folder), f"{folder}/README.md"]).named == {f"{folder}/README.md"}


@pytest.mark.parametrize(("locked", "missed"), [("2026/drafts", True), ("2025", True), (".trash", False)])
def test_a_folder_that_cannot_be_listed_is_missed_unless_it_is_hidden(
    folder: Path, monkeypatch: pytest.MonkeyPatch, locked: str, missed: bool
) -> None:
    (folder / ".trash").mkdir()
    scandir = os.scandir

    def refuse(path: str | Path) -> object:
        if Path(path) == folder / locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    if missed:
        with pytest.raises(StorageError, match=rf"/{locked}: cannot be listed \(Permission denied\); check the perm"):
            find_inputs([str(folder)])
    else:
        assert names(find_inputs([str(folder)]), folder) == list(FILES)


def test_a_named_file_that_a_pattern_leaves_out_is_told(folder: Path) -> None:
    inputs = find_inputs([f"{folder}/README.md", str(folder)], Selection(exclude=["*.md"]))
    assert inputs.left_out == [f"{folder}/README.md"]
    assert "README.md" not in names(inputs, folder)


def test_patterns_that_leave_nothing_are_an_error(folder: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^--include '\*\.docx' --exclude 'a': leaves none of 5 files; widen the patterns$"
    ):
        find_inputs([str(folder)], Selection(["*.docx"], ["a"]))


@pytest.mark.parametrize(("option", "patterns"), [("include", [" "]), ("exclude", ["*.md", ""])])
def test_an_empty_pattern_is_an_error(option: str, patterns: list[str]) -> None:
    with pytest.raises(UsageError, match=f"^--{option}: a pattern is empty; expected one such as"):
        Selection(**{option: patterns})
