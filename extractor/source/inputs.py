"""What a command line names → the files that it means: files, folders, globs; on this machine or at URLs."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from extractor.errors import StorageError, UsageError
from extractor.filesystem import Place, is_url, open_place, os_errors, why
from extractor.source.source import OLE2

SUFFIXES = frozenset(
    [
        ".pdf",
        ".ofd",
        ".doc",
        ".docx",
        ".wps",
        ".rtf",
        ".xls",
        ".xlsx",
        ".xlsm",
        ".et",
        ".ods",
        ".html",
        ".htm",
        ".mht",
        ".txt",
        ".md",
        ".tsv",
        ".zip",
        ".rar",
        ".7z",
        ".png",
        ".jpg",
        ".jpeg",
        ".tif",
        ".tiff",
    ]
)


_DATASETS = b'"format": "budget-extractor-dataset-'  # near the beginning of a manifest


@dataclass(slots=True)
class Inputs:
    """The files to read.

    Attributes:
        files: Each once, in the order of the arguments.
        named: Those that an argument names itself, as text; a folder or a glob holds the others.
        left_out: Those that an argument names itself, and the selection leaves out.
    """

    files: list[Path | Place] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)


class Selection:
    """Which files are read, by patterns: `*` stands for any part of a name, `**` for any folders.

    A pattern without `/` is held against a file's name, another one against the end of its path.
    """

    def __init__(self, include: str | Iterable[str] = (), exclude: str | Iterable[str] = ()) -> None:
        """Compile the patterns.

        Args:
            include: Only files that fit one of them are read; none: all.
            exclude: Files that fit one of them are not.

        Raises:
            UsageError: A pattern is empty.
        """
        self._include, self._exclude = ([p] if isinstance(p, str) else list(p) for p in (include, exclude))
        for option, patterns in (("include", self._include), ("exclude", self._exclude)):
            if not all(map(str.strip, patterns)):
                raise UsageError(f"--{option}: a pattern is empty; expected one such as *.pdf or drafts/**")

    def __str__(self) -> str:
        """Return it as options."""
        options = (("include", self._include), ("exclude", self._exclude))
        return " ".join(f"--{option} '{pattern}'" for option, patterns in options for pattern in patterns)

    def takes(self, file: Path | Place) -> bool:
        """Return whether a file is read."""
        path = PurePosixPath(file if isinstance(file, Path) else file.path)
        included = not self._include or any(_fits(path, pattern) for pattern in self._include)
        return included and not any(_fits(path, pattern) for pattern in self._exclude)


def _fits(path: PurePosixPath, pattern: str) -> bool:
    if "/" not in pattern:
        return _pattern(pattern).fullmatch(path.name) is not None
    return re.search(rf"(?:^|/){_pattern(pattern.strip('/')).pattern}$", str(path)) is not None


def find_inputs(arguments: Iterable[str], selection: Selection | None = None) -> Inputs:
    """Return the files that arguments name: files, folders (walked) and globs.

    Of folders, hidden files and links are left out, and folders of datasets, whose reports would be read as documents.

    Args:
        arguments: Paths, or URLs that Arrow opens.
        selection: Which of them are read; None: all.

    Raises:
        UsageError: An argument names nothing, a folder holds nothing to read, or the selection leaves nothing.
        StorageError: What is at a URL, or a folder within one, cannot be looked at.
    """
    inputs, found = Inputs(), dict[str, Path | Place]()
    for argument in arguments:
        files, named = _at_url(argument) if is_url(argument) else _here(argument)
        found.update((sys.intern(str(file)), file) for file in files)
        inputs.named.update(map(str, files) if named else ())
    for name, file in found.items():
        if selection is None or selection.takes(file):
            inputs.files.append(file)
        elif name in inputs.named:
            inputs.left_out.append(name)
    if found and not inputs.files:
        raise UsageError(f"{selection}: leaves none of {len(found)} files; widen the patterns")
    return inputs


def folders_of(arguments: Iterable[str]) -> list[str]:
    """Return the folders that arguments name, as the paths of their files begin; of a glob, the folder before its first star."""
    folders = []
    for argument in arguments:
        head, star, _ = argument.partition("*")
        if is_url(argument):
            folders += (
                [] if star else [str(open_place(argument))]
            )  # whether others are gone would have to be asked one by one
        elif star:
            folders.append(str(Path(head + star).parent))
        elif Path(argument).is_dir():
            folders.append(str(Path(argument)))
    return folders


def _here(argument: str) -> tuple[Sequence[Path], bool]:
    """Return the files of an argument, and whether it names the one file itself."""
    path = Path(argument)
    if path.is_dir():
        found = _below(path)
        written = {p.parent for p in found if _is_manifest(p)}
        files = [p for p in found if written.isdisjoint(p.parents) and _is_input(p, path)]
        if not files:
            raise _nothing_to_read(argument)
        return files, False
    if path.is_file():
        return [path], True
    files = [Path(p) for p in sorted(glob.glob(argument, recursive=True)) if Path(p).is_file()]  # noqa: PTH207
    if not files:
        raise UsageError(f"{argument}: no such file or folder; check the path")
    return files, False


def _below(folder: Path) -> list[Path]:
    """Return all that is below a folder; one that cannot be listed, unless it is hidden, is missed and not passed over."""

    def fail(error: OSError) -> None:
        if not _is_hidden(Path(error.filename), folder):
            raise StorageError(
                f"{error.filename}: cannot be listed ({why(error)}); check the permissions there, or name only what may be read"
            ) from error

    return sorted(Path(at, name) for at, folders, files in os.walk(folder, onerror=fail) for name in (*folders, *files))


def _at_url(url: str) -> tuple[Sequence[Place], bool]:
    """Return the files of a URL, and whether it names the one file itself."""
    from pyarrow.fs import FileSelector, FileType  # noqa: PLC0415 - only those with URLs wait for it

    place = open_place(url)
    pattern = _pattern(place.path) if "*" in place.path else None
    folder = place.path.split("*", 1)[0].rpartition("/")[0] if pattern else place.path
    try:
        with os_errors():
            if not pattern and place.files.get_file_info(place.path).type == FileType.File:
                return [place], True
            infos = place.files.get_file_info(FileSelector(folder, recursive=True, allow_not_found=True))
            paths = sorted(info.path for info in infos if info.type == FileType.File)
    except OSError as error:
        raise StorageError(
            f"{place}: cannot be looked at ({why(error)}); check the URL, and who may read there"
        ) from error
    if pattern:
        files = [place.at(path) for path in paths if pattern.fullmatch(path)]
    else:
        written = {PurePosixPath(path).parent for path in paths if _is_manifest(place.at(path))}
        apart = [path for path in paths if written.isdisjoint(PurePosixPath(path).parents)]
        names = ((path, PurePosixPath(path).relative_to(folder).parts) for path in apart)
        shown = (path for path, parts in names if not any(part.startswith(".") for part in parts))
        files = [file for file in map(place.at, shown) if _looks_like_a_document(file)]
    if not files:
        raise _nothing_to_read(str(place)) if paths else UsageError(f"{place}: no such file or folder; check the URL")
    return files, False


def _pattern(path: str) -> re.Pattern[str]:
    """Return what a glob means: `*` stands for any part of a name, `**` for any folders."""
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    tokens = re.split(r"(\*\*/|\*\*|\*)", path)
    return re.compile("".join(meanings.get(token, re.escape(token)) for token in tokens))


def _nothing_to_read(place: str) -> UsageError:
    return UsageError(f"{place}: holds nothing to read; expected files such as *.pdf in it or below it")


def _is_input(path: Path, folder: Path) -> bool:
    if _is_hidden(path, folder) or path.is_symlink() or not path.is_file():
        return False
    return _looks_like_a_document(path)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_manifest(file: Path | Place) -> bool:
    """Return whether a file is the manifest of a folder of datasets."""
    return file.name == "manifest.json" and _DATASETS in _start(file)


def _looks_like_a_document(file: Path | Place) -> bool:
    """Return whether a file is to be read: by its name, or by its first bytes where that says nothing (附件1.2025年预算)."""
    if PurePosixPath(file.name).suffix.lower() in SUFFIXES:
        return True
    start = _start(file)
    return b"%PDF-" in start or start.startswith((b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf", OLE2))


def _start(file: Path | Place) -> bytes:
    """Return the first bytes of a file; none where it is no file, or cannot be read."""
    if isinstance(file, Path) and not file.is_file():
        return b""
    try:
        with file.open("rb") if isinstance(file, Path) else file.open() as stream:
            start: bytes = stream.read(1024)
    except OSError:
        return b""
    return start
