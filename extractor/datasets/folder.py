"""A folder of datasets, on this machine or at a URL: the few things that commits and readers do with files.

On this machine what is written is on the disk before the next step; what an object store has taken, it keeps.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyarrow.fs import FileSelector, FileType, LocalFileSystem

from extractor.places import Place, is_url, open_place


class Folder:
    """A folder; files in it go by their names relative to it.

    Attributes:
        place: Where it is.
        path: Likewise, on this machine; None elsewhere.
    """

    def __init__(self, location: str | Path) -> None:
        """Find a folder; it need not be there.

        Raises:
            UsageError: A URL that no file system is known for.
        """
        text = str(location)
        self.place = open_place(text) if is_url(text) else Place(LocalFileSystem(), text, "")
        self.path = Path(self.place.path) if isinstance(self.place.files, LocalFileSystem) else None

    def __str__(self) -> str:
        """Return the path, or the URL without its secrets."""
        return str(self.path or self.place)

    def at(self, name: str) -> Place:
        """Return the place of a file in it."""
        return self.place.at(f"{self.place.path}/{name}")

    def make(self) -> None:
        """Make it, if need be; an object store has no folders."""
        if self.path:
            self.path.mkdir(parents=True, exist_ok=True)

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return bool(self.place.files.get_file_info(self.at(name).path).type == FileType.File)

    def is_empty(self) -> bool:
        """Tell whether nothing is in it, or it is not there."""
        return not self.place.files.get_file_info(FileSelector(self.place.path, allow_not_found=True))

    def infos(self, under: str) -> list[Any]:
        """Return Arrow's `FileInfo` of every file below one of its folders, by path."""
        selector = FileSelector(self.at(under).path, recursive=True, allow_not_found=True)
        found = [info for info in self.place.files.get_file_info(selector) if info.type == FileType.File]
        return sorted(found, key=lambda info: info.path)

    def names(self, under: str) -> list[str]:
        """Return the names of every file below one of its folders."""
        return [info.path.removeprefix(f"{self.place.path}/") for info in self.infos(under)]

    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises:
            OSError: It cannot be read.
        """
        return self.at(name).read_bytes()

    def write(self, name: str, content: Any) -> None:
        """Write a file (bytes, or an Arrow buffer), and see to it that it stays.

        Raises:
            OSError: It cannot be written.
        """
        place = self.at(name)
        if self.path:
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            _sync(path)
        else:
            with place.files.open_output_stream(place.path, compression=None) as stream:
                stream.write(content)

    def move(self, name: str, target: str) -> None:
        """Put a file in another's place: by a rename, or by a copy that is there whole or not at all."""
        if self.path:
            (self.path / target).parent.mkdir(parents=True, exist_ok=True)
        self.place.files.move(self.at(name).path, self.at(target).path)

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        if self.has(name):
            self.place.files.delete_file(self.at(name).path)

    def clear(self, under: str) -> None:
        """Delete one of its folders with all that is in it."""
        if self.place.files.get_file_info(self.at(under).path).type == FileType.Directory:
            self.place.files.delete_dir(self.at(under).path)

    def settle(self, names: Iterable[str]) -> None:
        """See to it that moving and removing files stays done."""
        if self.path:
            for place in {
                parent for n in names for parent in (self.path / n).parents if parent.is_relative_to(self.path)
            }:
                if place.is_dir():
                    _sync(place)

    def drop_empty(self, under: str) -> None:
        """Delete the empty folders below one of its folders, and it."""
        if self.path:
            for place in sorted((self.path / under).rglob("*"), reverse=True):
                if place.is_dir() and not any(place.iterdir()):
                    place.rmdir()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
