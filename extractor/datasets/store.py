"""Read and write the datasets on disk: part files by bucket, in which a document that is read again is replaced."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from extractor.contract import READ
from extractor.datasets.commit import MANIFEST, STAGING, Commit, Step, as_json, digest, finish
from extractor.datasets.datapackage import datapackage
from extractor.datasets.document_result import DocumentResult
from extractor.datasets.figure_parts import FIGURES, figure_parts
from extractor.datasets.folder import Folder, as_dataset_errors
from extractor.datasets.history import NO_CHANGES, Changes, History, histories, with_history
from extractor.datasets.locks import LockCheck, LockedError, acquire_lock
from extractor.datasets.manifest import FORMAT, parse_manifest
from extractor.datasets.memory import give_back
from extractor.datasets.organisation_parts import ORGANISATIONS, organisation_parts
from extractor.datasets.parts import GROUP, DamagedPartError, Part, dataset_of, empty, merged, parquet
from extractor.datasets.rows import DuplicateRow
from extractor.datasets.schemas import (
    BY_ORGANISATION,
    DATASETS,
    DUPLICATES,
    OF_DOCUMENTS,
    SCHEMAS,
    SCHEMAS_DIGEST,
    figure_rows,
    reference_tables,
)
from extractor.errors import DatasetError, UsageError
from extractor.figures.figure import Figure
from extractor.figures.organisations import Organisation
from extractor.version import __version__
from extractor.vocabulary.config import Config

Row = dict[str, Any]
Made = tuple[Sequence[Figure], Sequence[Organisation]]
References = Callable[[], Mapping[str, tuple[int, pa.Buffer]]]  # makes what `reference_files` returns
LOCK, COMMIT_LOCK = ".lock", ".commit-lock"
BUCKETS = 16
_REBUILD = (
    "{0}: {1} differs from the manifest; expected the file that a run has written: restore it, or make all figures "
    "again by `extractor figures {0} --rebuild`"
)


class KnownDocument(NamedTuple):
    """What the datasets record of a document, without its rows."""

    path: str
    status: str
    extractor_version: str
    config_hash: str
    history: History

    @property
    def stands(self) -> bool:
        """Whether it is what its publisher says today: nothing supersedes it, and its file is there."""
        return self.history.superseded_by is None and not self.history.retired


_KNOWN = tuple(name for name in KnownDocument._fields if name != "history")


class _Batch(NamedTuple):
    """What one commit writes.

    Attributes:
        read: Document id → its result, for those that are added or replaced.
        removed: Ids of the documents to delete.
        history: Document id → its history, where that is new.
        duplicates: Path → the id of the document whose content it has once more; None where it has it no longer.
    """

    read: Mapping[str, DocumentResult]
    removed: frozenset[str]
    history: Mapping[str, History]
    duplicates: Mapping[str, str | None]


def bucket_of(document_id: str) -> str:
    """Return the bucket of a document, 0 to f: sixteen buckets give part files of a size that readers handle well."""
    return document_id[0]


def in_shard(document_id: str, shard: tuple[int, int]) -> bool:
    """Return whether a document's bucket belongs to the `i`-th of `n` shards, counted from 1."""
    return int(bucket_of(document_id), BUCKETS) % shard[1] == shard[0] - 1


class Store:
    """One output folder. Use `open_store` to get one.

    Attributes:
        known: Document id → what the datasets record of it.
        duplicates: Path → the id of the document whose content it has once more.
        manifest: The content of the manifest.
        damaged: Bucket → what is wrong with a part of it: nothing is committed to these any more.
        migrated: How many parts of an earlier version were rewritten with this version's columns.
    """

    def __init__(self, folder: Folder, step: Step, shared: bool, check: LockCheck) -> None:
        """Read the manifest and the documents, after completing an interrupted commit."""
        self.folder, self._step, self._shared, self._check = folder, step, shared, check
        self._sure = True
        self.known: dict[str, KnownDocument] = {}
        self.duplicates: dict[str, str] = {}
        self.damaged: dict[str, str] = {}
        self.migrated = 0
        with self._alone() as alone:
            self._open(alone)

    @contextmanager
    def _alone(self) -> Iterator[LockCheck]:
        """Wait until no other shard is committing, and hold the commit lock."""
        with (
            acquire_lock(self.folder, COMMIT_LOCK, wait=True)
            if self._shared
            else nullcontext(self._check) as check_commit_lock
        ):

            def check() -> None:
                self._check()
                check_commit_lock()

            check()
            yield check

    def _open(self, check: LockCheck) -> None:
        finish(self.folder, self._step, check)
        self.manifest = read_manifest(self.folder)
        if self.manifest["files"] and self.manifest.get("schemas") != SCHEMAS_DIGEST:
            self._migrate(check)
        self.known, self.duplicates = {}, {}
        for name in self.manifest["files"]:
            try:
                if dataset_of(name) == "documents":
                    for row in self._rows_of(name, ["document_id", *_KNOWN, *History._fields]):
                        history = History(*row[1 + len(_KNOWN) :])
                        self.known[row[0]] = KnownDocument._make((*_shared(row[1 : 1 + len(_KNOWN)]), history))
                elif dataset_of(name) == DUPLICATES:
                    self.duplicates |= self._rows_of(name, ["path", "document_id"])
            except DamagedPartError as error:
                self.damaged[_bucket_of_part(name)] = str(error)

    def _migrate(self, check: LockCheck) -> None:
        """Rewrite the parts of an earlier version with this version's columns, in one commit: readers never see both."""
        commit, files = Commit(self.folder, self._step, check), dict(self.manifest["files"])
        for name, listed in self.manifest["files"].items():
            try:
                rows = Part(self.folder, name, listed).table()
            except DamagedPartError:
                continue  # as it is: whoever opens it says so
            count, content = parquet([DATASETS[dataset_of(name)].filled(rows)], rows.schema)
            if digest(content) != listed["sha256"]:
                files[name] = {"rows": count, "sha256": commit.stage(name, content)}
                self.migrated += 1
        self.manifest = self._carry_out(commit, files)

    def _rows_of(self, name: str, columns: list[str]) -> list[tuple[Any, ...]]:
        rows = Part(self.folder, name, self.manifest["files"][name]).table(columns)
        return list(zip(*(rows[c].to_pylist() for c in columns), strict=True))

    def done(self, document_id: str, config_hash: str) -> bool:
        """Return whether this version has read a document with this configuration, and it is in the datasets."""
        known = self.known.get(document_id)
        return known is not None and (known.extractor_version, known.config_hash) == (__version__, config_hash)

    def find_damage(self, buckets: Collection[str]) -> None:
        """Look at every part that commits to some buckets would rewrite, before documents are read for them.

        Raises:
            DatasetError: A part of `figures` or `organisations` is damaged, which commits to any bucket may rewrite.
            StorageError: The folder cannot be read.
        """
        with as_dataset_errors(self.folder), self._alone() as check:
            self._open(check)
            for name, listed in self.manifest["files"].items():
                by_organisation = dataset_of(name) in BY_ORGANISATION
                if by_organisation or (dataset_of(name) in OF_DOCUMENTS and _bucket_of_part(name) in buckets):
                    try:
                        Part(self.folder, name, listed)
                    except DamagedPartError as error:
                        if by_organisation:
                            raise DatasetError(_REBUILD.format(self.folder, name)) from error
                        self.damaged[_bucket_of_part(name)] = str(error)

    def commit(
        self,
        results: Sequence[DocumentResult] = (),
        changes: Changes = NO_CHANGES,
        moment: datetime | None = None,
        references: References = dict,
    ) -> None:
        """Add or replace documents, and change what is known of others, in one atomic commit.

        A part that is not what the manifest says is not rewritten, since that would sign it: its bucket stays as it is, and
        `damaged` says so.

        Args:
            results: The documents to add or replace.
            changes: Documents to remove, and those that others supersede, that are gone, or that are found once more.
            moment: When the documents were read.
            references: Makes the datasets of the configuration alone; those of an earlier one are replaced.

        Raises:
            DatasetError: The lock may be lost, or another run has changed the folder.
            StorageError: The folder cannot be read or written; committed data is intact.
        """
        if not results and not changes:
            return
        with as_dataset_errors(self.folder), self._alone() as check:
            # A signal may have interrupted the previous commit between its renames, or another shard may have committed.
            if self._shared or not self._sure:
                self._open(check)
            self._sure = False
            self._commit(results, changes, moment, references, check)
            self._sure = True
        give_back()

    def _commit(
        self,
        results: Sequence[DocumentResult],
        changes: Changes,
        moment: datetime | None,
        references: References,
        check: LockCheck,
    ) -> None:
        commit = Commit(self.folder, self._step, check)
        files = dict(self.manifest["files"])
        batch = _Batch(
            {result.document_id: result for result in results},
            frozenset(changes.removed),
            histories({i: k.history for i, k in self.known.items()}, [r.document_id for r in results], moment, changes),
            {**self.duplicates, **changes.duplicates},
        )
        again = {i for path, i in changes.duplicates.items()} | {
            self.duplicates.get(path) for path in changes.duplicates
        }
        touched = {*batch.read, *batch.removed, *batch.history, *filter(None, again)}
        for bucket in sorted(set(map(bucket_of, touched)) - self.damaged.keys()):
            staged: dict[str, dict[str, Any] | None] = {}
            try:
                for name, rows in self._parts(bucket, batch):
                    staged[name] = _staged(commit, name, rows)
            except DamagedPartError as error:
                self.damaged[bucket] = str(error)
                commit.withdraw(staged)
            else:
                files |= staged
        self._stage_by_organisation(commit, files, batch)
        _stage_references(commit, files, references())
        self._remember(self._carry_out(commit, files), batch)

    def _carry_out(self, commit: Commit, files: Mapping[str, Any]) -> dict[str, Any]:
        """Commit files, of which those that list nothing are dropped, and return the new manifest."""
        dropped = [name for name, listed in files.items() if listed is None and name in self.manifest["files"]]
        kept = {name: files[name] for name in sorted(files) if files[name] is not None}
        package = datapackage(kept)
        described = {"datapackage": digest(as_json(package)), "schemas": SCHEMAS_DIGEST}
        manifest = {"format": FORMAT, "files": kept, **described}
        commit.carry_out(dropped, manifest, package)
        return manifest

    def rebuild(self, made_of: Callable[[Row, list[Row], list[Row]], Made]) -> int:
        """Make all figures and organisations again from the other datasets, in one commit; damaged parts of them are replaced.

        Args:
            made_of: Returns the figures of a document and the organisations that it names, given its row of `documents` and its
                rows of `line_items` and `entries`.

        Returns:
            How many figures there are.

        Raises:
            DatasetError: A part of the other datasets is damaged, or another run has changed the folder.
            StorageError: The folder cannot be read or written.
        """
        with as_dataset_errors(self.folder), self._alone() as check:
            self._open(check)
            made = list(self._made(made_of))
            files: dict[str, Any] = dict(self.manifest["files"])
            files |= dict.fromkeys((name for name in files if dataset_of(name) in BY_ORGANISATION), None)
            commit = Commit(self.folder, self._step, check)
            for dataset, parts in _parts_of({}).items():
                fresh = [partial(rows.__getitem__, dataset) for rows in made]
                for name, rows in parts(_no_part, (), fresh, ()):
                    files[name] = _staged(commit, name, rows)
            self.manifest = self._carry_out(commit, files)
        return sum(rows[FIGURES].num_rows for rows in made)

    def _made(self, made_of: Callable[[Row, list[Row], list[Row]], Made]) -> Iterator[dict[str, pa.Table]]:
        """Yield the figures and organisations of the documents of each bucket."""
        for bucket in map("{:x}".format, range(BUCKETS)):
            own = {n: listed for n, listed in self.manifest["files"].items() if _bucket_of_part(n) == bucket}
            items, entries = (_by_document(_read(self.folder, own, name)) for name in ("line_items", "entries"))
            documents = [d for d in _read(self.folder, own, "documents").to_pylist() if d["status"] in READ]
            made = [made_of(d, items[d["document_id"]], entries[d["document_id"]]) for d in documents]
            history = {d["document_id"]: self.known[d["document_id"]].history for d in documents}
            figures = DATASETS[FIGURES].table(*figure_rows([f for own_figures, _ in made for f in own_figures]))
            yield {
                FIGURES: with_history(figures, history),
                ORGANISATIONS: DATASETS[ORGANISATIONS].table([o for _, organisations in made for o in organisations]),
            }

    def _stage_by_organisation(self, commit: Commit, files: dict[str, Any], batch: _Batch) -> None:
        """Stage the parts by organisation that documents change; a damaged one stays until `extractor figures --rebuild`."""
        good = [batch.read[i] for i in sorted(batch.read) if bucket_of(i) not in self.damaged]
        gone = {i for i in (*batch.removed, *batch.read) if bucket_of(i) not in self.damaged}
        history = {i: h for i, h in batch.history.items() if bucket_of(i) not in self.damaged}
        listed = self.manifest["files"]
        for dataset, parts in _parts_of(history).items():
            fresh = [partial(r.rows.__getitem__, dataset) for r in good]
            known = [name for name in listed if dataset_of(name) == dataset]
            for name, rows in parts(lambda name: Part(self.folder, name, listed[name]), known, fresh, gone):
                files[name] = _staged(commit, name, rows)

    def _remember(self, manifest: dict[str, Any], batch: _Batch) -> None:
        """Take over what was committed."""
        self.manifest = manifest
        for gone in batch.removed:
            if bucket_of(gone) not in self.damaged:
                self.known.pop(gone, None)
        for i, history in batch.history.items():
            if bucket_of(i) in self.damaged:
                continue
            if i in batch.read:
                row = batch.read[i].rows["documents"]
                self.known[i] = KnownDocument._make((*_shared([row[name][0].as_py() for name in _KNOWN]), history))
            elif i in self.known:
                self.known[i] = self.known[i]._replace(history=history)
        self.duplicates = {path: i for path, i in batch.duplicates.items() if i is not None and i in self.known}

    def _parts(self, bucket: str, batch: _Batch) -> Iterator[tuple[str, Iterable[pa.Table]]]:
        """Yield (file name, rows, a table after the other) for every part of a bucket that a batch changes, ordered by document."""
        results = [batch.read[i] for i in sorted(batch.read) if bucket_of(i) == bucket]
        replaced = {i for i in (*batch.removed, *batch.read) if bucket_of(i) == bucket}
        yield f"{DUPLICATES}/part-{bucket}.parquet", [self._duplicates(bucket, batch)]
        for dataset in OF_DOCUMENTS:
            if dataset in BY_ORGANISATION or not (replaced or dataset in ("documents", "line_items")):
                continue
            parts: dict[str, Iterable[pa.Table]]
            parts = {f"{dataset}/part-{bucket}.parquet": (result.rows[dataset] for result in results)}
            if dataset == "line_items":
                years = {year for result in results for year in _years(result.rows[dataset])}
                parts = {f"{dataset}/year={year}/part-{bucket}.parquet": _of_year(results, year) for year in years}
            old = [n for n in self.manifest["files"] if dataset_of(n) == dataset and _bucket_of_part(n) == bucket]
            for name in sorted({*parts, *old}):
                before = Part(self.folder, name, self.manifest["files"][name]).batches() if name in old else ()
                rows = merged(before, parts.get(name, ()), replaced)
                yield name, (with_history(own, batch.history) for own in rows)

    def _duplicates(self, bucket: str, batch: _Batch) -> pa.Table:
        """Return the rows of `duplicates` of a bucket."""
        there = (self.known.keys() - batch.removed) | batch.read.keys()
        own = ((i, path) for path, i in batch.duplicates.items() if i is not None and bucket_of(i) == bucket)
        rows = sorted(DuplicateRow(i, path) for i, path in own if i in there)
        return DATASETS[DUPLICATES].table(rows)


def _shared(values: Iterable[str | None]) -> Iterator[Any]:
    """Yield texts, each of which exists once: most documents have one version and configuration."""
    return (value if value is None else sys.intern(value) for value in values)


def _parts_of(history: Mapping[str, History]) -> dict[str, Callable[..., Iterator[tuple[str, Iterable[pa.Table]]]]]:
    """Return dataset → what yields its parts by organisation."""
    return {FIGURES: partial(figure_parts, history=history), ORGANISATIONS: organisation_parts}


def reference_files(config: Config) -> dict[str, tuple[int, pa.Buffer]]:
    """Return dataset → how many rows it has, and its file, of those that are made of a configuration alone: 0.06 s, for a whole run."""
    return {dataset: parquet([rows], rows.schema) for dataset, rows in reference_tables(config).items()}


def _stage_references(commit: Commit, files: dict[str, Any], references: Mapping[str, tuple[int, pa.Buffer]]) -> None:
    """Stage the datasets of the configuration that differ from those of before."""
    for dataset, (count, content) in references.items():
        name = f"{dataset}/part-0.parquet"
        if files.get(name, {}).get("sha256") != digest(content):
            files[name] = {"rows": count, "sha256": commit.stage(name, content)}


def _staged(commit: Commit, name: str, rows: Iterable[pa.Table]) -> dict[str, Any] | None:
    """Stage a part, and return what the manifest lists of it; stage and list none where there are no rows."""
    count, content = parquet(rows, SCHEMAS[dataset_of(name)])
    if count > GROUP:
        give_back()  # or the allocators would keep it for the next part
    return {"rows": count, "sha256": commit.stage(name, content)} if count else None


def _by_document(rows: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_pylist():
        found[row["document_id"]].append(row)
    return found


def _no_part(name: str) -> Part:
    raise AssertionError(f"{name} is made again, not read")


@contextmanager
def open_store(folder: Folder, step: Step = lambda _: None, shared: bool = False) -> Iterator[Store]:
    """Open an output folder for writing, alone or with other shards.

    Args:
        folder: The output folder; it is created if it does not exist.
        step: Called after every step of a commit.
        shared: Allow other shared runs to write in turn: only a commit excludes them, not the whole run.

    Raises:
        UsageError: The folder has other content, or another run is writing to it.
        DatasetError: The manifest is damaged.
        StorageError: The folder cannot be read or written.
    """
    with ExitStack() as stack:
        try:
            with as_dataset_errors(folder):
                if not (folder.is_empty() or any(map(folder.has, (MANIFEST, LOCK, STAGING)))):
                    raise UsageError(
                        f"{folder}: is not an output folder of `extractor run`; expected one, or an empty or new folder: give another --out"
                    )
                folder.make()
                store = Store(folder, step, shared, stack.enter_context(acquire_lock(folder, LOCK, shared)))
        except LockedError as error:
            raise UsageError(f"{folder}: {error}, or give another --out") from error
        yield store


def read_manifest(folder: Folder) -> dict[str, Any]:
    """Return the manifest of a folder; an empty one for a new folder.

    Raises:
        DatasetError: The manifest is damaged, of another format, or names what no run writes.
    """
    with as_dataset_errors(folder):
        content = folder.read(MANIFEST) if folder.has(MANIFEST) else None
    if content is None:
        return {"format": FORMAT, "files": {}}
    return parse_manifest(content, folder.at(MANIFEST))


def require_manifest(folder: Folder) -> dict[str, Any]:
    """Return the manifest of a folder that has one.

    Raises:
        DatasetError: The folder has no manifest, or a damaged one.
    """
    with as_dataset_errors(folder):
        if not folder.has(MANIFEST):
            raise DatasetError(f"{folder}: has no {MANIFEST}; expected a folder that `extractor run --out` has written")
    return read_manifest(folder)


def read_rows(folder: Folder, dataset: str) -> pa.Table:
    """Read one dataset of a folder whole, in the contract's schema.

    Raises:
        DatasetError: The folder has no manifest, or a part is not what the manifest says.
    """
    return pa.concat_tables(read_parts(folder, dataset))


def read_parts(folder: Folder, dataset: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of one dataset of a folder, a part after the other; `columns` of them, or all.

    Raises:
        DatasetError: The folder has no manifest, or a part is not what the manifest says.
    """
    return _parts(folder, require_manifest(folder)["files"], dataset, columns)


def _bucket_of_part(name: str) -> str:
    return name.rsplit("part-", 1)[1].removesuffix(".parquet")


def _years(items: pa.Table) -> set[int]:
    """Return the years that rows of `line_items` are partitioned by, 0 for those without one."""
    return {year or 0 for year in pc.unique(items["fiscal_year"]).to_pylist()}


def _of_year(results: Sequence[DocumentResult], year: int) -> Iterator[pa.Table]:
    """Yield the rows of `line_items` of a year, a table a document."""
    for items in (result.rows["line_items"] for result in results):
        yield items.filter(pc.equal(pc.fill_null(items["fiscal_year"], 0), year))


def _read(folder: Folder, files: Mapping[str, dict[str, Any]], dataset: str) -> pa.Table:
    return pa.concat_tables(_parts(folder, files, dataset, None))


def _parts(
    folder: Folder, files: Mapping[str, dict[str, Any]], dataset: str, columns: Sequence[str] | None
) -> Iterator[pa.Table]:
    yield empty(SCHEMAS[dataset]).select(SCHEMAS[dataset].names if columns is None else columns)
    for name, listed in files.items():
        if dataset_of(name) == dataset:
            yield Part(folder, name, listed).table(columns)
