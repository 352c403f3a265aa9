"""Run a job: read the new documents in isolated processes, and commit their rows to the output folder bucket by bucket."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import groupby, islice
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from extractor.checks.severity import SEVERITIES
from extractor.contract import READ
from extractor.datasets.document_result import Contradiction, DocumentResult, document_result
from extractor.datasets.history import NEW, Changes
from extractor.datasets.store import BUCKETS, KnownDocument, References, Store, bucket_of, in_shard, reference_files
from extractor.document import DocumentReading, printable
from extractor.errors import DocumentError, UsageError
from extractor.fetch.origins import Origins
from extractor.filesystem import Place
from extractor.jobs.confinement import unconfined
from extractor.jobs.isolated import remove_left_folders
from extractor.jobs.limits import Limits
from extractor.jobs.log import log
from extractor.jobs.opener import Found
from extractor.jobs.openers import Openers
from extractor.jobs.pending import MAX_DOCUMENTS, Pending
from extractor.jobs.succession import Fetched, Looked, changes, fates, placeholder_id, superseded
from extractor.jobs.worker_pool import read_isolated
from extractor.source.source import Origin, Source, Unread
from extractor.version import __version__
from extractor.vocabulary.config import Config
from extractor.vocabulary.publication_rules import NO_BUDGET

MAX_SHOWN = 20  # documents that the summary for a person lists
Reread = Literal["stale", "all", "none"]
PASSED_OVER = "skipped"
FINE = frozenset((*READ, PASSED_OVER))  # statuses that are no failures
UNKNOWN = "unknown"  # the publisher of a document that names no region
VERDICTS = ("proven", "rounded", "uncovered", "contradicted")
RETRIED = ("timeout", "memory", "crash")
Reads = Callable[[Iterator[Source | DocumentResult], Config, int | None, Limits], Iterator[DocumentResult]]


@dataclass(frozen=True, slots=True)
class Job:
    """The options of a run.

    Attributes:
        workers: Documents read at once; None for one per processor, of this machine or of the cluster.
        limits: Time, memory and file size that one document may use.
        retry: Whether documents that ended in a timeout, out of memory or a crash are read again.
        commit_every: Maximum number of documents per commit; None for 200, in large datasets an eighth of what is there.
        shard: (i, n): only documents of the i-th of n sets of buckets, counted from 1.
        reread: Which documents that the datasets have are read again: those of another version or configuration, all, or none.
        folders: The folders among the inputs: a document whose file is no longer in one is retired.
        unnamed: Files that a folder or a glob holds, as text: a text among them that is no document is passed over.
    """

    workers: int | None = 1
    limits: Limits = field(default_factory=Limits)
    retry: bool = False
    commit_every: int | None = None
    shard: tuple[int, int] = (1, 1)
    reread: Reread = "stale"
    folders: Sequence[str] = ()
    unnamed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Validate the options.

        Raises:
            UsageError: `workers` or `commit_every` is below 1, or the shard does not exist.
        """
        part, parts = self.shard
        if not 1 <= part <= parts <= BUCKETS:
            raise UsageError(f"shard {part}/{parts}: expected I/N with I from 1 to N, and N at most {BUCKETS}")
        for name in ("workers", "commit_every"):
            count = getattr(self, name)
            if count is not None and count < 1:
                raise UsageError(f"{name} {count}: expected at least 1")


@dataclass(slots=True)
class RunSummary:
    """The counts of a run; the rows themselves are in the datasets.

    Attributes:
        out: The output folder or URL, without secrets.
        began: When the run began: it is `first_seen` of what it saw first.
        skipped: Documents that an earlier run read and that have not changed since.
        elsewhere: Documents of other shards.
        duplicates: Paths whose content another path of the run has.
        held_back: New documents that were not read, since parts that their rows belong to are damaged.
        superseded: Documents that others have replaced at their paths.
        retired: Documents whose files are no longer there.
        standing: Documents of the datasets that could not be read, of this run or of earlier ones.
        counts: documents, pages, tables, unrecognised_tables, tables_read_again, line_items of this run.
        status: Documents by status.
        verdicts: Amounts by verdict.
        stages: Stage → seconds of processor time.
        peak: Largest resident memory of any worker, in bytes.
        commits: Number of commits, and the seconds that they took.
        publishers: Region → documents by status.
        failed: Results of the documents that are not ok, without their rows.
        passed_over: Results of texts beside documents that are none.
        left_out: Files that were named, and that the selection leaves out.
        without_amounts: Results of the documents that were read and print no amount.
        contradictions: Findings, each with its document's path, the gravest first in what is printed.
        shown: Results of the first documents by path, without their rows.
        migrated: Parts of the datasets that were rewritten with the columns of this version.
        damaged: What is wrong with parts of the datasets: to their buckets nothing was committed.
    """

    out: str = ""
    began: datetime | None = None
    skipped: int = 0
    elsewhere: int = 0
    duplicates: int = 0
    held_back: int = 0
    superseded: int = 0
    retired: int = 0
    standing: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    status: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    stages: dict[str, float] = field(default_factory=dict)
    peak: int = 0
    commits: tuple[int, float] = (0, 0.0)
    publishers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failed: list[DocumentResult] = field(default_factory=list)
    passed_over: list[DocumentResult] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    without_amounts: list[DocumentResult] = field(default_factory=list)
    contradictions: list[tuple[str, Contradiction]] = field(default_factory=list)
    shown: list[DocumentResult] = field(default_factory=list)
    migrated: int = 0
    damaged: list[str] = field(default_factory=list)

    def add(self, result: DocumentResult) -> None:
        """Count a result."""
        self.status[result.status] += 1
        if result.status == PASSED_OVER:
            self.passed_over.append(result.without_rows())
            return
        self.counts.update(
            documents=1,
            pages=result.pages,
            tables=result.tables,
            unrecognised_tables=result.unrecognised,
            tables_read_again=result.reread,
            line_items=result.line_items,
        )
        self.publishers[result.region or UNKNOWN][result.status] += 1
        self.verdicts.update(result.verdicts)
        self.peak = max(self.peak, result.peak)
        for stage, seconds in result.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds
        if result.status != "ok":
            self.failed.append(result.without_rows())
        if result.status in READ and not result.amounts:
            self.without_amounts.append(result.without_rows())
        self.contradictions += [(result.path, c) for c in result.contradictions]
        self.shown = sorted([*self.shown, result.without_rows()], key=lambda r: r.path)[:MAX_SHOWN]

    @property
    def all_read(self) -> bool:
        """Whether every document of the run could be read, at least in part; a text beside them is none."""
        return self.status.keys() <= FINE

    def as_json(self) -> dict[str, Any]:
        """Return the summary for a machine: plain values, seconds and MB."""
        names = ("documents", "pages", "tables", "unrecognised_tables", "tables_read_again", "line_items")
        return {
            **{name: self.counts[name] for name in names},
            "skipped": self.skipped,
            "elsewhere": self.elsewhere,
            "duplicates": self.duplicates,
            "held_back": self.held_back,
            "superseded": self.superseded,
            "retired": self.retired,
            "standing": self.standing,
            "migrated": self.migrated,
            "status": self.status,
            "publishers": self.publishers,
            **{name: self.verdicts[name] for name in VERDICTS},
            "stages": {stage: round(seconds, 3) for stage, seconds in self.stages.items()},
            "peak_worker_mb": self.peak >> 20,
            "commits": self.commits[0],
            "commit_seconds": round(self.commits[1], 3),
            "failed": [{"path": e.path, "status": e.status, "reason": e.reason} for e in self.failed],
            "passed_over": [{"path": e.path, "reason": e.reason} for e in sorted(self.passed_over, key=_path)],
            "left_out": self.left_out,
            "without_amounts": [
                {"path": e.path, "why": why_without_amounts(e)} for e in sorted(self.without_amounts, key=_path)
            ],
            "contradictions": [
                {"path": path, **asdict(c)}
                for path, c in sorted(self.contradictions, key=lambda found: SEVERITIES.index(found[1].severity))
            ],
            "damaged": self.damaged,
        }


def _path(result: DocumentResult) -> str:
    return result.path


def why_without_amounts(result: DocumentResult) -> str:
    """Return why a document that was read has no amount."""
    if result.publication == NO_BUDGET:
        return "is no budget"
    if not result.tables:
        return "has no table"
    return "no figure in its tables is money" if result.line_items else "its tables are empty"


@dataclass(slots=True)
class _Plan:
    """The work of a run.

    Attributes:
        todo: (document id, file) to read, in the order of `_ordered`.
        unreadable: Rows for the files whose content cannot be read.
        looked: What the run has found where.
        moment: When the run began: all that it sees first, it sees at once.
        origins: Where the files were published.
    """

    todo: list[tuple[str, Path | Place]] = field(default_factory=list)
    unreadable: list[DocumentReading] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    moment: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    origins: Origins = field(default_factory=Origins)


def run(
    files: Sequence[Path | Place],
    store: Store,
    config: Config,
    job: Job,
    progress: Callable[[DocumentResult | None], None],
    read: Reads = read_isolated,
    started: Callable[[str], None] = lambda _path: None,
) -> RunSummary:
    """Read all documents that are new or changed, and commit them; finished documents are kept when the run is interrupted.

    Args:
        files: Input files.
        store: The open output folder.
        config: The configuration.
        job: Workers and limits.
        progress: Called once for each finished path with its result, or with None for one that was skipped.
        read: Reads many documents, on this machine or on a cluster.
        started: Called with the path of each document that is about to be read.

    Raises:
        UsageError: The executor cannot start.
        DatasetError: The datasets are damaged, or another run has taken over the folder.
        StorageError: The output folder cannot be read or written.
    """
    outcome = RunSummary(str(store.folder), migrated=store.migrated)
    remove_left_folders()
    with Openers(job.limits) as openers, Pending(store.folder, job.commit_every) as pending:
        plan = _plan(files, store, config, job, outcome, progress, openers)
        outcome.began = plan.moment
        _hold_back(plan, store, outcome, progress)
        counts = {"inputs": len(files), "todo": len(plan.todo)}
        log("start", version=__version__, config=config.hash, unconfined=unconfined(), **counts, **_limits(job))
        references = cache(partial(reference_files, config))
        pending.clear(_commit([], store, plan, references, outcome), len(store.known))
        try:
            sources = _then(_sources(plan, config, openers, job, started), Thread(target=references).start)
            for result in read(sources, config, job.workers, job.limits):
                pending.add(result)
                outcome.add(result)
                _log_document(result)
                progress(result)
                if pending.is_due():
                    pending.clear(_commit(pending.results, store, plan, references, outcome), len(store.known))
        finally:
            if pending.results:
                _commit(pending.results, store, plan, references, outcome)
        _commit_changes(store, plan, outcome)
        outcome.damaged = list(store.damaged.values())
        outcome.standing = sum(known.stands and known.status not in FINE for known in store.known.values())
    log("end", **outcome.as_json())
    return outcome


def _commit(
    pending: Sequence[DocumentResult], store: Store, plan: _Plan, references: References, outcome: RunSummary
) -> float:
    """Commit the finished results, and mark the documents that these or others supersede by now; return how long it took."""
    begun = time.monotonic()
    known = {**store.known, **{r.document_id: _known(r, store) for r in pending}}
    found = superseded(known, store.duplicates, plan.looked)
    store.commit(pending, Changes(superseded=found), plan.moment, references)
    seconds = time.monotonic() - begun
    outcome.superseded += sum(new is not None for new in found.values())
    if pending or found:
        outcome.commits = outcome.commits[0] + 1, outcome.commits[1] + seconds
        log("commit", documents=len(pending), superseded=len(found), seconds=round(seconds, 3))
    return seconds


def _known(result: DocumentResult, store: Store) -> KnownDocument:
    """Return what the datasets will record of a result."""
    before = store.known.get(result.document_id)
    history = NEW if before is None else before.history
    return KnownDocument(before.path if before else result.path, result.status, "", "", history)


def _commit_changes(store: Store, plan: _Plan, outcome: RunSummary) -> None:
    """Commit what the run has found out of documents that it did not read, when those that it read are known."""
    found = changes(store.known, store.duplicates, plan.looked)
    store.commit(changes=found)
    outcome.superseded += sum(new is not None for new in found.superseded.values())
    outcome.retired = sum(found.retired.values())


def _limits(job: Job) -> dict[str, float | None]:
    return {"workers": job.workers, "timeout": job.limits.seconds, "memory": job.limits.memory}


def _log_document(result: DocumentResult) -> None:
    names = (
        "document_id",
        "path",
        "status",
        "reason",
        "pages",
        "tables",
        "line_items",
        "verdicts",
        "seconds",
        "stages",
    )
    log("document", **{name: getattr(result, name) for name in names})


def _plan(
    files: Sequence[Path | Place],
    store: Store,
    config: Config,
    job: Job,
    outcome: RunSummary,
    progress: Callable[[DocumentResult | None], None],
    openers: Openers,
) -> _Plan:
    """Hash the content of every file, and tell new documents from finished ones and duplicates."""
    plan = _Plan()
    plan.looked = Looked(
        [printable(folder) for folder in job.folders], frozenset(printable(str(file)) for file in files), job.shard
    )
    seen: set[str] = set()
    sizes: Counter[str] = Counter()
    for file, source in _look_into(files, plan, openers):
        if source.sha256 in seen:
            outcome.duplicates += 1
            progress(None)
        elif not in_shard(source.sha256, job.shard):
            outcome.elsewhere += 1
            progress(None)
        elif _is_done(source.sha256, store, config, job, _is_named(source.path, file, job)):
            outcome.skipped += 1
            progress(None)
        else:
            plan.todo.append((source.sha256, file))
            sizes[str(file)] += source.size
        seen.add(source.sha256)
    plan.todo = _ordered(plan.todo, sizes, job.commit_every or MAX_DOCUMENTS)
    return plan


def _look_into(files: Sequence[Path | Place], plan: _Plan, openers: Openers) -> Iterator[tuple[Path | Place, Found]]:
    """Yield every document with the file that holds it, and note what was found where, and what cannot be opened."""
    looked = plan.looked
    fetched: list[Fetched] = []
    for file, documents in openers.find(files):
        for source in documents:
            if isinstance(source, Unread):
                looked.unread.add(printable(str(file)))
                document = _unreadable(source, plan.origins.of(file))
                if in_shard(document.document_id, looked.shard):
                    plan.unreadable.append(document)
                continue
            looked.at[printable(source.path)] = source.sha256
            kept = plan.origins.kept(file)
            if kept is not None:
                member = source.path.removeprefix(str(file)).removeprefix("!/")
                fetched.append(Fetched(source.sha256, printable(str(file)), member, kept))
            yield file, source
    looked.fates = fates(fetched, looked.unread)


def _hold_back(
    plan: _Plan, store: Store, outcome: RunSummary, progress: Callable[[DocumentResult | None], None]
) -> None:
    """Leave out documents whose rows could not be committed: they would be read in vain, every night."""
    store.find_damage({bucket_of(document_id) for document_id, _ in plan.todo})
    kept = [task for task in plan.todo if bucket_of(task[0]) not in store.damaged]
    outcome.held_back = len(plan.todo) - len(kept)
    for _ in range(outcome.held_back):
        progress(None)
    plan.todo = kept


def _is_named(path: str, file: Path | Place, job: Job) -> bool:
    """Return whether somebody named a document's file, and no archive of it."""
    return path == str(file) and path not in job.unnamed


def _is_done(document_id: str, store: Store, config: Config, job: Job, named: bool) -> bool:
    """Return whether the datasets have a document, and it is neither to be read again nor to be retried.

    One that was passed over has not been read for those who name it.
    """
    if document_id not in store.known or job.reread == "all":
        return False
    if job.reread == "stale" and not store.done(document_id, config.hash):
        return False
    status = store.known[document_id].status
    return not (job.retry and status in RETRIED) and not (named and status == PASSED_OVER)


def _ordered(
    todo: list[tuple[str, Path | Place]], sizes: Counter[str], commit_every: int
) -> list[tuple[str, Path | Place]]:
    """Order documents by bucket, so that a commit rewrites few parts; within one commit, large files come first.

    Small files are then read last, so that all workers end at nearly the same time. Members of one archive stay together.
    """
    by_bucket = sorted(todo, key=lambda task: bucket_of(task[0]))
    parts = (by_bucket[start : start + commit_every] for start in range(0, len(todo), commit_every))
    return [task for part in parts for task in sorted(part, key=lambda t: (-sizes[str(t[1])], str(t[1])))]


def _sources(
    plan: _Plan, config: Config, openers: Openers, job: Job, started: Callable[[str], None]
) -> Iterator[Source | DocumentResult]:
    """Yield the documents to read; a file that changed during the run becomes a row that says so, and the next run reads it."""
    for document in plan.unreadable:
        yield document_result(document, config.hash)
    groups = ((file, {i for i, _ in group}) for file, group in groupby(plan.todo, key=lambda task: task[1]))
    for file, wanted, sources in openers.read(groups):
        missing = set(wanted)
        for source in sources:
            missing.remove(source.sha256)
            started(printable(source.path))
            yield replace(source, named=_is_named(source.path, file, job), origin=plan.origins.of(file))
        if missing:
            plan.looked.unread.add(printable(str(file)))
            changed = DocumentError(f"{file}: was changed during the run, or did not open again; run again to read it")
            yield document_result(
                _unreadable(Unread(str(file), "unknown", changed), plan.origins.of(file)), config.hash
            )


def _then(sources: Iterator[Source | DocumentResult], act: Callable[[], None]) -> Iterator[Source | DocumentResult]:
    """Yield sources, and act when the first has been handed over: to start its worker would else wait for it."""
    for first in islice(sources, 1):
        yield first
        act()
    yield from sources


def _unreadable(unread: Unread, origin: Origin) -> DocumentReading:
    """Return a row for a file whose content cannot be read; a later run that can read it removes the row."""
    return DocumentReading(
        placeholder_id(unread.path), unread.path, unread.kind, unread.error.status, str(unread.error), origin=origin
    )
