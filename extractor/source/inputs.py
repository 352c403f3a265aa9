"""What a command line names → the files that it means: files, folders, globs; on this machine or at URLs."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
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


def find_inputs(arguments: Iterable[str]) -> list[Path | Place]:
    """Return the files that arguments name: files, folders (walked) and globs.

    Of folders, hidden files and links are left out, and folders of datasets, whose reports would be read as documents.

    Args:
        arguments: Paths, or URLs that Arrow opens.

    Raises:
        UsageError: An argument names nothing, or a folder holds nothing to read.
        StorageError: What is at a URL cannot be looked at.
    """
    found: dict[str, Path | Place] = {}
    for argument in arguments:
        files = _at_url(argument) if is_url(argument) else _here(argument)
        found.update((str(file), file) for file in files)
    return list(found.values())


def _here(argument: str) -> list[Path]:
    path = Path(argument)
    if path.is_dir():
        found = sorted(path.rglob("*"))
        written = {p.parent for p in found if _is_manifest(p)}
        files = [p for p in found if written.isdisjoint(p.parents) and _is_input(p, path)]
        if not files:
            raise _nothing_to_read(argument)
        return files
    if path.is_file():
        return [path]
    files = [Path(p) for p in sorted(glob.glob(argument, recursive=True)) if Path(p).is_file()]  # noqa: PTH207
    if not files:
        raise UsageError(f"{argument}: no such file or folder; check the path")
    return files


def _at_url(url: str) -> list[Place]:
    from pyarrow.fs import FileSelector, FileType  # noqa: PLC0415 - only those with URLs wait for it

    place = open_place(url)
    pattern = _pattern(place.path) if "*" in place.path else None
    folder = place.path.split("*", 1)[0].rpartition("/")[0] if pattern else place.path
    try:
        with os_errors():
            if not pattern and place.files.get_file_info(place.path).type == FileType.File:
                return [place]
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
    return files


def _pattern(path: str) -> re.Pattern[str]:
    """Return what a glob means: `*` stands for any part of a name, `**` for any folders."""
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    tokens = re.split(r"(\*\*/|\*\*|\*)", path)
    return re.compile("".join(meanings.get(token, re.escape(token)) for token in tokens))


def _nothing_to_read(place: str) -> UsageError:
    return UsageError(f"{place}: holds nothing to read; expected files such as *.pdf in it or below it")


def _is_input(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") for part in parts) or path.is_symlink() or not path.is_file():
        return False
    return _looks_like_a_document(path)


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
