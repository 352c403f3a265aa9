"""Read and write the datasets on disk: part files by bucket, in which a document that is read again is replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extractor.datasets.commit import MANIFEST, STAGING, Commit, Step, as_json, digest, finish
from extractor.datasets.datapackage import datapackage
from extractor.datasets.document_result import DocumentResult
from extractor.datasets.figure_parts import FIGURES, figure_parts
from extractor.datasets.folder import Folder, as_dataset_errors
from extractor.datasets.locks import LockCheck, LockedError, acquire_lock
from extractor.datasets.manifest import FORMAT, parse_manifest
from extractor.datasets.schemas import DATASETS, SCHEMAS, figure_rows
from extractor.errors import DatasetError, UsageError
from extractor.figures.figure import Figure
from extractor.version import __version__

LOCK, COMMIT_LOCK = ".lock", ".commit-lock"
BUCKETS = 16
_REBUILD = (
    "{folder}: {name} differs from the manifest; expected the file that a run has written: restore it, or make all figures "
    "again by `extractor figures {folder} --rebuild`"
)


class DamagedPartError(DatasetError):
    """A part is missing or damaged, or is not the one that the manifest lists."""


class KnownDocument(NamedTuple):
    """What the datasets record of a document, without its rows."""

    path: str
    status: str
    version: str
    config_hash: str


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
        manifest: The content of the manifest.
        damaged: Bucket → what is wrong with a part of it: nothing is committed to these any more.
    """

    def __init__(self, folder: Folder, step: Step, shared: bool, check: LockCheck) -> None:
        """Read the manifest and the documents, after completing an interrupted commit."""
        self.folder, self._step, self._shared, self._check = folder, step, shared, check
        self._sure = True
        self.known: dict[str, KnownDocument] = {}
        self.damaged: dict[str, str] = {}
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
        columns = ["document_id", "path", "status", "extractor_version", "config_hash"]
        self.known = {}
        for name, listed in self.manifest["files"].items():
            if dataset_of(name) == "documents":
                try:
                    rows = read_part(self.folder, name, listed, columns)
                except DamagedPartError as error:
                    self.damaged[_bucket_of_part(name)] = str(error)
                    continue
                own = zip(*(rows[c].to_pylist() for c in columns), strict=True)
                self.known |= {row[0]: KnownDocument(*row[1:]) for row in own}

    def done(self, document_id: str, config_hash: str) -> bool:
        """Return whether this version has read a document with this configuration, and it is in the datasets."""
        known = self.known.get(document_id)
        return known is not None and (known.version, known.config_hash) == (__version__, config_hash)

    def find_damage(self, buckets: Collection[str]) -> None:
        """Look at every part that commits to some buckets would rewrite, before documents are read for them.

        Raises:
            DatasetError: A part of `figures` is damaged, which commits to any bucket may rewrite.
            StorageError: The folder cannot be read.
        """
        with as_dataset_errors(self.folder), self._alone() as check:
            self._open(check)
            for name, listed in self.manifest["files"].items():
                figures = dataset_of(name) == FIGURES
                if figures or _bucket_of_part(name) in buckets:
                    try:
                        _read_intact(self.folder, name, listed)
                    except DamagedPartError as error:
                        if figures:
                            raise DatasetError(_REBUILD.format(folder=self.folder, name=name)) from error
                        self.damaged[_bucket_of_part(name)] = str(error)

    def commit(self, results: Sequence[DocumentResult], removed: Collection[str] = ()) -> None:
        """Add or replace documents, and remove others by their ids, in one atomic commit.

        A part that is not what the manifest says is not rewritten, since that would sign it: its bucket stays as it is, and
        `damaged` says so.

        Args:
            results: The documents to add or replace.
            removed: Ids of the documents to remove.

        Raises:
            DatasetError: The lock may be lost, or another run has changed the folder.
            StorageError: The folder cannot be read or written; committed data is intact.
        """
        if not results and not removed:
            return
        with as_dataset_errors(self.folder), self._alone() as check:
            # A signal may have interrupted the previous commit between its renames, or another shard may have committed.
            if self._shared or not self._sure:
                self._open(check)
            self._sure = False
            self._commit(results, removed, check)
            self._sure = True
        pa.default_memory_pool().release_unused()  # Arrow would keep what the largest commit has taken

    def _commit(self, results: Sequence[DocumentResult], removed: Collection[str], check: LockCheck) -> None:
        commit = Commit(self.folder, self._step, check)
        files = dict(self.manifest["files"])
        replaced = {*removed, *(result.document_id for result in results)}
        for bucket in sorted(set(map(bucket_of, replaced)) - self.damaged.keys()):
            batch = [result for result in results if bucket_of(result.document_id) == bucket]
            staged: dict[str, dict[str, Any] | None] = {}
            try:
                for name, part in self._parts(bucket, batch, replaced):
                    rows = part.num_rows
                    staged[name] = {"rows": rows, "sha256": commit.stage(name, _parquet(part))} if rows else None
            except DamagedPartError as error:
                self.damaged[bucket] = str(error)
                commit.withdraw(staged)
            else:
                files |= staged
        self._stage_figures(commit, files, results, replaced)
        self._remember(self._carry_out(commit, files), results, removed)

    def _carry_out(self, commit: Commit, files: Mapping[str, Any]) -> dict[str, Any]:
        """Commit files, of which those that list nothing are dropped, and return the new manifest."""
        dropped = [name for name, listed in files.items() if listed is None and name in self.manifest["files"]]
        kept = {name: files[name] for name in sorted(files) if files[name] is not None}
        package = datapackage(kept)
        manifest = {"format": FORMAT, "files": kept, "datapackage": digest(as_json(package))}
        commit.carry_out(dropped, manifest, package)
        return manifest

    def rebuild_figures(self, figures_of: Callable[[dict[str, Any], list[dict[str, Any]]], Sequence[Figure]]) -> int:
        """Make all figures again from the line items, in one commit; damaged parts of `figures` are replaced.

        Args:
            figures_of: Returns the figures of a document, given its row of `documents` and its rows of `line_items`.

        Returns:
            How many there are.

        Raises:
            DatasetError: A part of the documents or line items is damaged, or another run has changed the folder.
            StorageError: The folder cannot be read or written.
        """
        with as_dataset_errors(self.folder), self._alone() as check:
            self._open(check)
            fresh = pa.concat_tables([_empty(SCHEMAS[FIGURES]), *self._made(figures_of)])
            files: dict[str, Any] = dict(self.manifest["files"])
            files |= dict.fromkeys((name for name in files if dataset_of(name) == FIGURES), None)
            commit = Commit(self.folder, self._step, check)
            for name, rows in figure_parts(_no_part, (), fresh, ()):
                files[name] = {"rows": rows.num_rows, "sha256": commit.stage(name, _parquet(rows))}
            self.manifest = self._carry_out(commit, files)
        return int(fresh.num_rows)

    def _made(
        self, figures_of: Callable[[dict[str, Any], list[dict[str, Any]]], Sequence[Figure]]
    ) -> Iterator[pa.Table]:
        """Yield the figures of the documents of each bucket."""
        for bucket in map("{:x}".format, range(BUCKETS)):
            own = {n: listed for n, listed in self.manifest["files"].items() if _bucket_of_part(n) == bucket}
            items: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for item in _read(self.folder, own, "line_items").to_pylist():
                items[item["document_id"]].append(item)
            documents = _read(self.folder, own, "documents").to_pylist()
            figures = [f for d in documents for f in figures_of(d, items[d["document_id"]])]
            yield DATASETS[FIGURES].table(*figure_rows(figures))

    def _stage_figures(
        self, commit: Commit, files: dict[str, Any], results: Sequence[DocumentResult], replaced: Collection[str]
    ) -> None:
        """Stage the parts of `figures` that documents change; a damaged one stays until `extractor figures --rebuild`."""
        good = [r for r in results if bucket_of(r.document_id) not in self.damaged]
        gone = {name for name in replaced if bucket_of(name) not in self.damaged}
        fresh = pa.concat_tables([_empty(SCHEMAS[FIGURES]), *(r.rows[FIGURES] for r in good)])
        known = [name for name in self.manifest["files"] if dataset_of(name) == FIGURES]
        listed = self.manifest["files"]
        for name, rows in figure_parts(lambda name: read_part(self.folder, name, listed[name]), known, fresh, gone):
            count = rows.num_rows
            files[name] = {"rows": count, "sha256": commit.stage(name, _parquet(rows))} if count else None

    def _remember(self, manifest: dict[str, Any], results: Sequence[DocumentResult], removed: Collection[str]) -> None:
        """Take over what was committed."""
        self.manifest = manifest
        for gone in removed:
            if bucket_of(gone) not in self.damaged:
                self.known.pop(gone, None)
        for result in results:
            if bucket_of(result.document_id) in self.damaged:
                continue
            version, config_hash = (
                result.rows["documents"][c][0].as_py() for c in ("extractor_version", "config_hash")
            )
            self.known[result.document_id] = KnownDocument(result.path, result.status, version, config_hash)

    def _parts(
        self, bucket: str, batch: Sequence[DocumentResult], replaced: set[str]
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield (file name, rows) for every part of a bucket: the rows that stay and those of the batch, ordered by document."""
        for dataset, schema in SCHEMAS.items():
            if dataset == FIGURES:
                continue  # its parts are by organisation
            fresh = pa.concat_tables([_empty(schema), *(result.rows[dataset] for result in batch)])
            parts = {f"{dataset}/part-{bucket}.parquet": fresh}
            if dataset == "line_items":
                parts = {f"{dataset}/{year}/part-{bucket}.parquet": rows for year, rows in _by_year(fresh)}
            old = [n for n in self.manifest["files"] if dataset_of(n) == dataset and _bucket_of_part(n) == bucket]
            for name in sorted({*parts, *old}):
                rows = parts.get(name, _empty(schema))
                if name in old:
                    kept = _read(self.folder, {name: self.manifest["files"][name]}, dataset)
                    rows = pa.concat_tables(
                        [kept.filter(pc.invert(pc.is_in(kept["document_id"], pa.array(sorted(replaced))))), rows]
                    )
                order = pc.sort_indices(rows, [("document_id", "ascending")])  # stable: reading order within a document
                yield name, rows.take(order).combine_chunks()


def _no_part(name: str) -> pa.Table:
    raise AssertionError(f"{name} is made anew, not read")


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
    return _read(folder, require_manifest(folder)["files"], dataset)


def dataset_of(name: str) -> str:
    """Return the dataset of a part."""
    return name.split("/", 1)[0]


def _bucket_of_part(name: str) -> str:
    return name.rsplit("part-", 1)[1].removesuffix(".parquet")


def _by_year(items: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield (partition, rows); documents without a year go to year=0."""
    years = items["fiscal_year"]
    for year in pc.unique(years):
        own = pc.equal(years, year) if year.is_valid else pc.is_null(years)
        yield f"year={year.as_py() or 0}", items.filter(own)


def _read(
    folder: Folder, files: Mapping[str, dict[str, Any]], dataset: str, columns: list[str] | None = None
) -> pa.Table:
    parts = [read_part(folder, name, listed, columns) for name, listed in files.items() if dataset_of(name) == dataset]
    return pa.concat_tables(parts) if parts else _empty(SCHEMAS[dataset])


def read_part(folder: Folder, name: str, listed: dict[str, Any], columns: list[str] | None = None) -> pa.Table:
    """Read one part, if it is the one that the manifest lists.

    Args:
        folder: The folder of the datasets.
        name: The part's name, as the manifest lists it.
        listed: What the manifest lists of it.
        columns: The columns to read; None for all.

    Raises:
        DamagedPartError: It is missing or damaged, or another one.
    """
    source = pa.BufferReader(_read_intact(folder, name, listed))
    try:
        schema = SCHEMAS[dataset_of(name)]
        return pq.read_table(source, columns=columns, schema=schema, partitioning=None, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(folder, name, error) from error


def _read_intact(folder: Folder, name: str, listed: dict[str, Any]) -> bytes:
    """Return the content of a part, if it is the one that the manifest lists.

    Raises:
        DamagedPartError: It is missing, or another one.
    """
    try:
        content = folder.read(name)
    except OSError as error:
        raise _unreadable(folder, name, error) from error
    if digest(content) != listed["sha256"]:
        raise DamagedPartError(
            f"{folder}: {name} differs from the manifest; expected the file that a run has written: "
            "restore it, or run again into a new folder"
        )
    return content


def _unreadable(folder: Folder, name: str, error: Exception) -> DamagedPartError:
    return DamagedPartError(
        f"{folder}: {name} cannot be read ({str(error).splitlines()[0]}); `extractor verify` lists the damaged files: "
        "restore them, or run again into a new folder"
    )


def _empty(schema: pa.Schema) -> pa.Table:
    """Return a table without rows; `schema.empty_table()` makes arrays, for which Arrow imports pandas: 0.2 s."""
    return pa.Table.from_batches([], schema)


def _parquet(rows: pa.Table) -> pa.Buffer:
    content = pa.BufferOutputStream()
    pq.write_table(rows, content, compression="zstd", store_schema=True)
    return content.getvalue()
