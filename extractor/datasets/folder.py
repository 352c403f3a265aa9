"""File operations in a folder of datasets, on this machine or at a URL; none leaves the folder.

On this machine, a written file is on the disk before the next step; an object store keeps what it has accepted.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pyarrow.fs import FileSelector, FileType, LocalFileSystem

from extractor.errors import DatasetError, StorageError, UsageError
from extractor.filesystem import Place, is_url, open_place, os_errors, why


class Folder:
    """A folder whose files are named relative to it; every failure of a method is an OSError.

    A name that leads out of the folder, or through a symbolic link on this machine, is refused by a DatasetError.

    Attributes:
        place: Its file system and path there.
        path: The local path; None where the folder is not on this machine.
    """

    def __init__(self, location: str | Path) -> None:
        """Resolve a path or URL; the folder need not exist.

        Raises:
            UsageError: No file system is known for the URL, or Arrow cannot open the name.
        """
        text = str(location)
        if not text or any("\ud800" <= char <= "\udfff" for char in text):
            shown = text.encode("utf-8", "backslashreplace").decode()
            raise UsageError(
                f'"{shown}": cannot name a folder of datasets; expected a name that is not empty, in UTF-8'
            )
        self.place = open_place(text) if is_url(text) else Place(LocalFileSystem(), text, "")
        self.path = Path(self.place.path) if isinstance(self.place.files, LocalFileSystem) else None

    def __str__(self) -> str:
        """Return the path, or the URL without its secrets."""
        return str(self.path or self.place)

    def at(self, name: str) -> Place:
        """Return the place of one of its files."""
        if "\0" in name or any(part in ("", ".", "..") for part in name.split("/")):
            raise DatasetError(
                f"{self}: {name!r} cannot name one of its files; expected a folder that only runs change"
            )
        return self.place.at(f"{self.place.path}/{name}")

    def local(self, name: str) -> Path:
        """Return the local path of one of its files or folders, which need not exist.

        Raises:
            DatasetError: The name leads out of the folder, or to what is neither a file nor a folder.
        """
        path = Path(self.at(name).path)
        root = Path(self.place.path)
        for step in (*list(path.parents)[: len(path.relative_to(root).parts) - 1], path):
            with suppress(FileNotFoundError):
                mode = step.lstat().st_mode
                if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                    raise DatasetError(
                        f"{step}: is a link or a device; expected files and folders alone, as runs write them: "
                        "delete it, or give another folder"
                    )
        return path

    def make(self) -> None:
        """Create the folder if it does not exist; an object store has no folders."""
        if self.path:
            self.path.mkdir(parents=True, exist_ok=True)

    def has(self, name: str) -> bool:
        """Return whether a file or folder of that name exists."""
        if self.path:
            return self.local(name).exists()
        with os_errors():
            return bool(self.place.files.get_file_info(self.at(name).path).type != FileType.NotFound)

    def is_empty(self) -> bool:
        """Return whether the folder is empty or does not exist."""
        with os_errors():
            return not self.place.files.get_file_info(FileSelector(self.place.path, allow_not_found=True))

    def infos(self, under: str) -> list[Any]:
        """Return Arrow's `FileInfo` of every file under one of its folders."""
        selector = FileSelector((self.at(under) if under else self.place).path, recursive=True, allow_not_found=True)
        with os_errors():
            return [info for info in self.place.files.get_file_info(selector) if info.type == FileType.File]

    def names(self, under: str) -> list[str]:
        """Return the sorted names of all files under one of its folders."""
        if self.path:  # where Arrow does not accept every file name
            found = (path for path in (self.local(under) if under else self.path).rglob("*") if not path.is_dir())
            return sorted(path.relative_to(self.path).as_posix() for path in found)
        return sorted(info.path.removeprefix(f"{self.place.path}/") for info in self.infos(under))

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return self.local(name).read_bytes() if self.path else self.at(name).read_bytes()

    def write(self, name: str, content: Any) -> None:
        """Write a file (bytes, or an Arrow buffer) durably."""
        place = self.at(name)
        if self.path:
            path = self.local(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)  # it may be a hard link to a file elsewhere
            path.write_bytes(content)
            _sync(path)
            return

        def put() -> None:
            with place.files.open_output_stream(place.path, compression=None) as stream:
                stream.write(content)

        self._within_folder(place, put)

    def move(self, name: str, target: str) -> None:
        """Move a file over another atomically: by a rename, or by a copy, which object stores make visible only when complete."""
        if self.path:
            path = self.local(target)
            path.parent.mkdir(parents=True, exist_ok=True)
            self.local(name).replace(path)
            return
        files, old, new = self.place.files, self.at(name), self.at(target)
        self._within_folder(new, lambda: files.copy_file(old.path, new.path))  # not every file system can move files
        self.remove(name)

    def _within_folder(self, place: Place, act: Callable[[], None]) -> None:
        """Write a file, and create its folder first where the file system needs one."""
        with os_errors():
            try:
                act()
            except FileNotFoundError:
                place.files.create_dir(place.path.rpartition("/")[0], recursive=True)
                act()

    def remove(self, name: str) -> None:
        """Delete a file if it exists."""
        if self.path:
            path = Path(self.at(name).path)
            if "/" in name:
                self.local(name.rpartition("/")[0])
            path.unlink(missing_ok=True)  # a link itself may be deleted
        elif self.has(name):
            with os_errors(), suppress(FileNotFoundError):  # another process has deleted it
                self.place.files.delete_file(self.at(name).path)

    def clear(self, under: str) -> None:
        """Delete one of its folders with all its content."""
        if self.path:
            shutil.rmtree(self.local(under), ignore_errors=True)
        elif self.has(under):
            with os_errors():
                self.place.files.delete_dir(self.at(under).path)

    def fsync_parents(self, names: Iterable[str]) -> None:
        """Make moved and removed files durable by syncing their parent folders."""
        if self.path:
            parents = {parent for name in names for parent in (self.path / name).parents}
            for place in parents:
                if place.is_relative_to(self.path) and place.is_dir():
                    _sync(place)

    def drop_empty(self, under: str) -> None:
        """Delete the empty folders under one of its folders."""
        if self.path:
            for place in sorted((self.path / under).rglob("*"), reverse=True):
                if place.is_dir() and not place.is_symlink() and not any(place.iterdir()):
                    place.rmdir()


@contextmanager
def as_dataset_errors(folder: Folder) -> Iterator[None]:
    """Turn every OSError of a folder's files into an error of this package.

    Raises:
        UsageError: The folder's path, or a parent of it, is a file.
        StorageError: The folder cannot be read or written.
    """
    try:
        yield
    except (NotADirectoryError, FileExistsError) as error:
        raise UsageError(f"{folder}: is not a folder ({why(error)}); expected a folder: give another path") from error
    except OSError as error:
        raise StorageError(
            f"{folder}: cannot be read or written ({why(error)}); committed data is intact: check the free space and "
            "permissions there, and run again"
        ) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
