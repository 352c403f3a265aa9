"""The ledger of a folder of downloads: where each file came from, and what became of each link, night by night.

`ledger.parquet` has the rows; what happened since it was written stands in `.ledger.jsonl`, a row a line, so that an
interrupted run loses nothing. Both are read together, and the next run writes them into one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.errors import DatasetError

LEDGER, JOURNAL = "ledger.parquet", ".ledger.jsonl"
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: what a link gave from `fetched_at` until `checked_at`; when it gives something else, another row follows.

    Attributes:
        source: Name of the site in `sources.toml`.
        region: Code of the division that `sources.toml` gives.
        url: The link.
        found_on: The page that has it; null for a start page.
        link_text: What it says.
        title: That of the page.
        published: The date of publication that the row of the link or the page prints.
        fetched_at: When this was first received.
        checked_at: When the server last said so.
        status: Status of HTTP; null where no answer came.
        fault: Why nothing was kept; null where a file was.
        etag: What the server calls the content, to ask whether it is still the same.
        last_modified: When the server says that it changed, in the server's spelling.
        sha256: Hex digest of the content: the document's id.
        bytes: Its length.
        kind: What it is, by its bytes.
        file: Where it is kept, in the folder of the ledger.
    """

    source: str
    region: str | None
    url: str
    found_on: str | None
    link_text: str | None
    title: str | None
    published: date | None
    fetched_at: datetime
    checked_at: datetime
    status: int | None = None
    fault: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    kind: str | None = None
    file: str | None = None

    @property
    def outcome(self) -> tuple[str | None, int | None, str | None]:
        """What a link gave: another outcome is another row."""
        return self.sha256, self.status, self.fault

    def as_row(self) -> dict[str, Any]:
        """Return its values by name: `asdict`, which copies each, takes fifty times as long."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Entry))
_TYPES = {
    "published": pa.date32(),
    "fetched_at": pa.timestamp("us", "UTC"),
    "checked_at": pa.timestamp("us", "UTC"),
    "status": pa.int16(),
    "bytes": pa.int64(),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in _NAMES])


class Ledger:
    """The ledger of a folder that this process writes to.

    Attributes:
        entries: All rows, in the order in which they began.
    """

    def __init__(self, folder: Path) -> None:
        """Read the rows, and write those of an interrupted run into the Parquet file.

        Raises:
            DatasetError: The ledger is damaged.
            OSError: The folder cannot be written.
        """
        self.folder = folder
        self.entries = read_entries(folder)
        self._latest: dict[tuple[str, str], int] = {}
        self._kept: dict[tuple[str, str], int] = {}
        for index in range(len(self.entries)):
            self._index(index)
        self.save()

    def latest(self, source: str, url: str) -> Entry | None:
        """Return the newest row of a link."""
        return self._at(self._latest.get((source, url)))

    def kept(self, source: str, url: str) -> Entry | None:
        """Return the newest row of a link that has a file."""
        return self._at(self._kept.get((source, url)))

    def of_source(self, source: str) -> Iterator[Entry]:
        """Yield the newest row of each link of a site."""
        return (self.entries[index] for (name, _), index in list(self._latest.items()) if name == source)

    def record(self, entry: Entry) -> bool:
        """Add a row, or say of the link's newest one that it still holds; return whether a row was added.

        Raises:
            OSError: The disk is full, or the folder may not be written.
        """
        index = self._latest.get((entry.source, entry.url))
        is_new = index is None or self.entries[index].outcome != entry.outcome
        if is_new:
            index, entry = len(self.entries), replace(entry, fetched_at=entry.checked_at)
            self.entries.append(entry)
        else:
            assert index is not None
            entry = replace(entry, fetched_at=self.entries[index].fetched_at)
            self.entries[index] = entry
        self._index(index)
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry.as_row(), default=lambda value: value.isoformat()) + "\n")
        return is_new

    def save(self) -> None:
        """Write all rows into the Parquet file, replaced as a whole, and empty the journal.

        Raises:
            OSError: The disk is full, or the folder may not be written.
        """
        table = pa.Table.from_pylist([entry.as_row() for entry in self.entries], schema=SCHEMA)
        written = self.folder / f".{LEDGER}.tmp"
        with written.open("wb") as stream:
            pq.write_table(table, stream, compression="zstd")
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(self.folder / LEDGER)
        (self.folder / JOURNAL).unlink(missing_ok=True)

    def _at(self, index: int | None) -> Entry | None:
        return None if index is None else self.entries[index]

    def _index(self, index: int) -> None:
        entry = self.entries[index]
        self._latest[entry.source, entry.url] = index
        if entry.file is not None:
            self._kept[entry.source, entry.url] = index


def read_entries(folder: Path) -> list[Entry]:
    """Return the rows of a folder's ledger, those of an interrupted run too; none where there is no ledger.

    Raises:
        DatasetError: It is damaged, or of another version.
    """
    rows: dict[tuple[str, str, datetime], Entry] = {}
    for entry in (*_saved(folder / LEDGER), *_since(folder / JOURNAL)):
        rows[entry.source, entry.url, entry.fetched_at] = entry
    return list(rows.values())


def parse_entries(content: bytes, name: str) -> list[Entry]:
    """Return the rows of a ledger's Parquet file.

    Raises:
        DatasetError: It is damaged, or of another version.
    """
    try:
        return [Entry(**row) for row in pq.ParquetFile(pa.BufferReader(content)).read().cast(SCHEMA).to_pylist()]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DatasetError(
            f"{name}: cannot be read as a ledger ({error}); restore it from a backup, or delete it: the next fetch begins another"
        ) from error


def _saved(path: Path) -> list[Entry]:
    return parse_entries(path.read_bytes(), str(path)) if path.exists() else []


def _since(path: Path) -> list[Entry]:
    """Return the rows of a journal; the last line may have been cut off when the machine stopped."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError, TypeError):
            found.append(_parse(json.loads(line)))
    return found


def _parse(row: dict[str, Any]) -> Entry:
    for name in ("fetched_at", "checked_at"):
        row[name] = datetime.fromisoformat(row[name]).astimezone(UTC)
    row["published"] = date.fromisoformat(row["published"]) if row["published"] else None
    return Entry(**row)
