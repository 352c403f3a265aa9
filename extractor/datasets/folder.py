"""A folder of datasets, on this machine or at a URL: the few things that commits and readers do with files.

On this machine what is written is on the disk before the next step; what an object store has taken, it keeps.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pyarrow.fs import FileSelector, FileType, LocalFileSystem

from extractor.errors import StorageError, UsageError
from extractor.filesystem import Place, is_url, open_place, os_errors, why


class Folder:
    """A folder; files in it go by their names relative to it. Whatever fails is an OSError.

    Attributes:
        place: Where it is.
        path: Likewise, on this machine; None elsewhere.
    """

    def __init__(self, location: str | Path) -> None:
        """Find a folder; it need not be there.

        Raises:
            UsageError: A URL that no file system is known for, or a name that Arrow cannot open.
        """
        text = str(location)
        if not text or any("\ud800" <= char <= "\udfff" for char in text):
            shown = text.encode("utf-8", "backslashreplace").decode()
            raise UsageError(
                f'"{shown}": is no name of a folder for datasets; expected one that is not empty, in UTF-8'
            )
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
        """Return whether there is such a file or folder."""
        with os_errors():
            return bool(self.place.files.get_file_info(self.at(name).path).type != FileType.NotFound)

    def is_empty(self) -> bool:
        """Return whether nothing is in it, or it is not there."""
        with os_errors():
            return not self.place.files.get_file_info(FileSelector(self.place.path, allow_not_found=True))

    def infos(self, under: str) -> list[Any]:
        """Return Arrow's `FileInfo` of every file below one of its folders."""
        selector = FileSelector(self.at(under).path, recursive=True, allow_not_found=True)
        with os_errors():
            return [info for info in self.place.files.get_file_info(selector) if info.type == FileType.File]

    def names(self, under: str) -> list[str]:
        """Return the names of every file below one of its folders, sorted."""
        if self.path:  # where names may be none that Arrow takes
            found = (path for path in (self.path / under).rglob("*") if not path.is_dir())
            return sorted(path.relative_to(self.path).as_posix() for path in found)
        return sorted(info.path.removeprefix(f"{self.place.path}/") for info in self.infos(under))

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return self.at(name).read_bytes()

    def write(self, name: str, content: Any) -> None:
        """Write a file (bytes, or an Arrow buffer), and see to it that it stays."""
        place = self.at(name)
        if self.path:
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            _sync(path)
            return

        def put() -> None:
            with place.files.open_output_stream(place.path, compression=None) as stream:
                stream.write(content)

        self._within_folder(place, put)

    def move(self, name: str, target: str) -> None:
        """Put a file in another's place: by a rename, or by a copy that is there whole or not at all."""
        if self.path:
            (self.path / target).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).replace(self.path / target)
            return
        files, old, new = self.place.files, self.at(name), self.at(target)
        self._within_folder(new, lambda: files.copy_file(old.path, new.path))  # not all can move
        self.remove(name)

    def _within_folder(self, place: Place, act: Callable[[], None]) -> None:
        """Make a file; where its file system has folders, after its folder."""
        with os_errors():
            try:
                act()
            except FileNotFoundError:
                place.files.create_dir(place.path.rpartition("/")[0], recursive=True)
                act()

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        if self.path:
            (self.path / name).unlink(missing_ok=True)
        elif self.has(name):
            with os_errors(), suppress(FileNotFoundError):  # another was quicker
                self.place.files.delete_file(self.at(name).path)

    def clear(self, under: str) -> None:
        """Delete one of its folders with all that is in it."""
        if self.path:
            shutil.rmtree(self.path / under, ignore_errors=True)
        elif self.has(under):
            with os_errors():
                self.place.files.delete_dir(self.at(under).path)

    def fsync_parents(self, names: Iterable[str]) -> None:
        """See to it that moving and removing files stays done."""
        if self.path:
            parents = {parent for name in names for parent in (self.path / name).parents}
            for place in parents:
                if place.is_relative_to(self.path) and place.is_dir():
                    _sync(place)

    def drop_empty(self, under: str) -> None:
        """Delete the empty folders below one of its folders."""
        if self.path:
            for place in sorted((self.path / under).rglob("*"), reverse=True):
                if place.is_dir() and not any(place.iterdir()):
                    place.rmdir()


@contextmanager
def as_dataset_errors(folder: Folder) -> Iterator[None]:
    """Turn whatever fails with a folder's files into one clear line.

    Raises:
        UsageError: A file stands where the folder, or one above it, should be.
        StorageError: It cannot be read or written.
    """
    try:
        yield
    except (NotADirectoryError, FileExistsError) as error:
        raise UsageError(f"{folder}: is not a folder ({why(error)}); give another") from error
    except OSError as error:
        raise StorageError(
            f"{folder}: cannot be read or written ({why(error)}); what was committed is whole: make room, "
            "see who may read and write there, and run again"
        ) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
