"""Where the files of a folder of downloads were published, by the ledger beside them: for `extractor run`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.errors import StorageError
from extractor.fetch.ledger import GONE, LEDGER, Entry, parse_entries, read_entries
from extractor.filesystem import Place, os_errors, why
from extractor.source.source import NO_ORIGIN, Origin

_KEPT = re.compile(r"(?P<folder>.+)/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})\.\w+")


class Kept(NamedTuple):
    """What a ledger says of a content.

    Attributes:
        sha256: The content.
        origin: Where it was published.
        successors: SHA-256 of what its address has given since, the latest first; empty where it is the latest itself.
        gone: Whether its address gives nothing any more.
    """

    sha256: str
    origin: Origin
    successors: tuple[str, ...]
    gone: bool


class Origins:
    """Looks files up in the ledgers of their folders, each of which is read once."""

    def __init__(self) -> None:
        """Begin without a ledger."""
        self._ledgers: dict[str, dict[str, Kept]] = {}

    def of(self, file: Path | Place) -> Origin:
        """Return where a file was published; `NO_ORIGIN` for one that no fetch has kept.

        Raises:
            DatasetError: The ledger of its folder is damaged.
            StorageError: The ledger of a folder at a URL cannot be read.
        """
        kept = self.kept(file)
        return NO_ORIGIN if kept is None else kept.origin

    def kept(self, file: Path | Place) -> Kept | None:
        """Return what the ledger says of a file; None for one that no fetch has kept.

        Raises:
            DatasetError: The ledger of its folder is damaged.
            StorageError: The ledger of a folder at a URL cannot be read.
        """
        kept = _KEPT.fullmatch(file.absolute().as_posix() if isinstance(file, Path) else file.path)
        if kept is None:
            return None
        folder = kept["folder"] if isinstance(file, Path) else file.at(kept["folder"])
        if str(folder) not in self._ledgers:
            entries = read_entries(Path(folder)) if isinstance(folder, str) else _entries_at(folder)
            self._ledgers[str(folder)] = _kept(entries)
        return self._ledgers[str(folder)].get(kept["sha256"])


def _entries_at(folder: Place) -> list[Entry]:
    from pyarrow.fs import FileType  # noqa: PLC0415 - pyarrow.fs takes 0.3 s, and only URLs need it

    ledger = folder.at(f"{folder.path}/{LEDGER}")
    try:
        with os_errors():
            exists = folder.files.get_file_info(ledger.path).type == FileType.File
        return parse_entries(ledger.read_bytes(), str(ledger)) if exists else []
    except OSError as error:
        raise StorageError(f"{ledger}: cannot be read ({why(error)}); check its read permissions") from error


def _kept(entries: Sequence[Entry]) -> dict[str, Kept]:
    """Return SHA-256 → where a content was published first, its region only where all its sources have one, and what became of it."""
    origins: dict[str, Origin] = {}
    links: dict[str, set[tuple[str, str]]] = defaultdict(set)
    latest: dict[tuple[str, str], Entry] = {}
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        link = entry.source, entry.url
        latest[link] = entry
        if entry.sha256 is None:
            continue
        given[link].append(entry.sha256)
        links[entry.sha256].add(link)
        published = entry.published.isoformat() if entry.published else None
        before = origins.get(entry.sha256)
        if before is None:
            origins[entry.sha256] = Origin(entry.url, published, entry.region)
        else:
            region = before.region_code if before.region_code == entry.region else None
            origins[entry.sha256] = Origin(before.url, before.published or published, region)
    found = {}
    for sha256, own in links.items():
        gone = {link for link in own if latest[link].status in GONE}
        stands = any(given[link][-1] == sha256 for link in own - gone)
        since = [] if stands else [s for link in sorted(own) for s in _since(given[link], sha256)]
        found[sha256] = Kept(sha256, origins[sha256], tuple(dict.fromkeys(since)), gone == own)
    return found


def _since(given: Sequence[str], sha256: str) -> list[str]:
    """Return what a link has given after a content for the last time, the latest first."""
    return list(given[: -given[::-1].index(sha256) - 1 : -1])
