"""The public API: `read` one document, or `run` many into datasets; the commands call it too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from extractor.datasets.document_result import DocumentResult
from extractor.datasets.folder import Folder
from extractor.datasets.opened import Datasets
from extractor.datasets.store import open_store
from extractor.errors import DocumentError, UsageError
from extractor.filesystem import find_file
from extractor.jobs.executor import MAX_DOCUMENTS, READ, Job, Reads, RunSummary
from extractor.jobs.executor import run as execute
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.jobs.ray_pool import read_on_ray
from extractor.jobs.worker_pool import read_isolated
from extractor.source.inputs import find_inputs
from extractor.vocabulary.config import Config

if TYPE_CHECKING:
    import pandas as pd

GIB = 1 << 30
Executor = Literal["local", "ray"]
Progress = Callable[[DocumentResult | None, int], None]


class Document(Datasets):
    """One document that was read, with its rows of every dataset, as a run would write them.

    Attributes:
        document_id: SHA-256 of the content, in hex.
        path: As given, or the URL without its secrets.
        status: `ok`, or `partial` where something in it could not be read.
        reason: What could not be read, and what to do about it; empty where there is nothing to report.
        fiscal_year: The year that it is about; None where it does not say one.
    """

    def __init__(self, result: DocumentResult) -> None:
        """Wrap the result that the worker has sent."""
        super().__init__(result.rows.__getitem__)
        self.document_id, self.path, self.status = result.document_id, result.path, result.status
        self.reason, self.fiscal_year = result.reason, result.fiscal_year

    def __repr__(self) -> str:
        """Return the file's name and the status."""
        return f"<document {Path(self.path).name}: {self.status}>"

    def to_pandas(self) -> pd.DataFrame:
        """Return its line items: one row per amount that a table prints, in reading order; `amount` is exact yuan."""
        return self.line_items.to_pandas()


def read(file: str | Path, configs: Config | None = None, *, timeout: float = 300.0, memory: float = 4.0) -> Document:
    """Read one document: PDF, Word, a workbook, HTML, text or an image.

    The document is opened and read in confined processes under limits, so that reading does not affect other users of PDFium in
    this process, and a file that crashes the worker raises an exception. For many documents, `run` is faster.

    Args:
        file: A path, or a URL that Arrow opens, such as `s3://bucket/预算.pdf`.
        configs: Vocabulary, templates and codes; None for those of this package.
        timeout: Maximum seconds, plus 10 for every page that needs OCR.
        memory: Maximum memory in GiB.

    Returns:
        The document; where `status` is partial, `reason` says what could not be read.

    Raises:
        UsageError: The file does not exist.
        StorageError: The URL cannot be read.
        DocumentError: The document could not be read; `status` says why: unreadable, encrypted, not_a_document, timeout, memory
            or crash.
        ConfigError: The configuration is not valid.
    """
    limits = _limits(timeout, memory)
    with Opener(limits) as opener:
        source = opener.read_whole(find_file(str(file)))
    (result,) = read_isolated(iter([source]), configs or Config.read(), 1, limits)
    if result.status not in READ:
        raise DocumentError(result.reason, result.status)
    return Document(result)


def run(  # noqa: PLR0913 - the options of the command, each by its name
    inputs: str | Path | Iterable[str | Path],
    out: str | Path,
    configs: Config | None = None,
    *,
    workers: int | None = None,
    timeout: float = 300.0,
    memory: float = 4.0,
    retry: bool = False,
    commit_every: int = MAX_DOCUMENTS,
    shard: tuple[int, int] | None = None,
    executor: Executor = "local",
    ray_address: str | None = None,
    progress: Progress = lambda _entry, _total: None,
) -> RunSummary:
    """Convert documents into datasets. Incremental: reruns process only new or changed files.

    Args:
        inputs: Files, folders and globs; paths or URLs.
        out: The folder of the datasets, or a URL; it is created if it does not exist.
        configs: Vocabulary, templates and codes; None for those of this package.
        workers: Documents read at once; None for one per core.
        timeout: Maximum seconds per document, plus 10 for every page that needs OCR.
        memory: Maximum memory per document, in GiB.
        retry: Read documents again that ended in timeout, memory or crash.
        commit_every: Maximum number of documents per commit.
        shard: (i, n): only the i-th of n parts of the documents, counted from 1; all n may write to one `out` at once.
        executor: Where documents are read: `local` is this machine, `ray` a Ray cluster.
        ray_address: The cluster's address; None for RAY_ADDRESS, or Ray on this machine where that is unset.
        progress: Called for every finished file with its `DocumentResult` (None for one that was skipped) and the number
            of files of the run.

    Returns:
        The counts of the run: documents by status, amounts by verdict, failures with their reasons.

    Raises:
        UsageError: An input does not exist, an option is out of range, or `out` is not an output folder or is in use.
        ConfigError: The configuration is not valid.
        DatasetError: The datasets in `out` are damaged.
        StorageError: The disk is full, or `out` may not be written; committed data is intact.
    """
    named = [inputs] if isinstance(inputs, str | Path) else inputs
    reads = _reads(executor, ray_address)
    config = configs or Config.read()
    files, folder = find_inputs(map(str, named)), Folder(out)
    job = Job(workers, _limits(timeout, memory), retry, commit_every, shard or (1, 1))

    def advance(result: DocumentResult | None) -> None:
        progress(result, len(files))

    with open_store(folder, shared=shard is not None) as store:
        return execute(files, store, config, job, advance, reads)


def _limits(timeout: float, memory: float) -> Limits:
    return Limits(timeout, memory=int(memory * GIB))


def _reads(executor: Executor, address: str | None) -> Reads:
    """Return the function that reads many documents."""
    if executor == "ray":
        return partial(read_on_ray, address=address)
    if address:
        raise UsageError("--ray-address: is only valid with --executor ray; give both options or neither")
    return read_isolated
