"""The public API: `read` one document, or `run` many into datasets; the commands call it too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow.compute as pc

from extractor.contract import READ
from extractor.datasets.document_result import DocumentResult
from extractor.datasets.folder import Folder
from extractor.datasets.opened import Datasets, of_tables
from extractor.datasets.schemas import DATASETS, DUPLICATES, reference_tables
from extractor.datasets.store import open_store
from extractor.errors import DocumentError, UsageError
from extractor.filesystem import find_file
from extractor.jobs.executor import Job, Reads, Reread, RunSummary
from extractor.jobs.executor import run as execute
from extractor.jobs.forkserver import start_server
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.jobs.ray_pool import read_on_ray
from extractor.jobs.worker_pool import read_isolated
from extractor.source.inputs import Selection, find_inputs, folders_of
from extractor.vocabulary.config import Config

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from PIL.Image import Image

GIB = 1 << 30
Executor = Literal["local", "ray"]
Progress = Callable[[DocumentResult | None, int], None]
Started = Callable[[str], None]


class Document(Datasets):
    """One document that was read, with its rows of every dataset, as a run would write them.

    Attributes:
        document_id: SHA-256 of the content, in hex.
        path: As given, or the URL without its secrets.
        status: `ok`, or `partial` where something in it could not be read.
        reason: What could not be read, and what to do about it; empty where there is nothing to report.
        fiscal_year: The year that it is about; None where it does not say one.
    """

    def __init__(self, result: DocumentResult, config: Config) -> None:
        """Wrap the result that the worker has sent, and the lists of the configuration that it was read with."""
        alone = {DUPLICATES: DATASETS[DUPLICATES].table(())}  # of one document there are none
        super().__init__(of_tables({**result.rows, **reference_tables(config), **alone}))
        self.document_id, self.path, self.status = result.document_id, result.path, result.status
        self.reason, self.fiscal_year = result.reason, result.fiscal_year
        self._pages = result.pages

    def __repr__(self) -> str:
        """Return the file's name and the status."""
        return f"<document {Path(self.path).name}: {self.status}>"

    def page(self, number: int) -> Page:
        """Return one of its pages.

        Args:
            number: From 1, as in `line_items.page`; an integer of NumPy, as pandas gives it, too.

        Raises:
            UsageError: It has no such page.
        """
        if not 1 <= number <= self._pages:
            raise UsageError(f"page {number}: the document has {self._pages}; expected one from 1 to {self._pages}")
        rows = self.line_items.to_arrow()
        return Page(self, index(number), rows.filter(pc.equal(rows["page"], number)))

    def to_pandas(self) -> pd.DataFrame:
        """Return its line items: one row per amount that a table prints, in reading order; `amount` is exact yuan."""
        return self.line_items.to_pandas()


class Page:
    """A page of a document.

    Attributes:
        number: From 1.
        line_items: The rows of `line_items` that stand on it.
    """

    def __init__(self, document: Document, number: int, line_items: pa.Table) -> None:
        """Take the document, and the page's rows."""
        self._document, self.number, self.line_items = document, number, line_items

    def __repr__(self) -> str:
        """Return the document's name and the number."""
        return f"<page {self.number} of {Path(self._document.path).name}: {self.line_items.num_rows} figures>"

    def to_pandas(self) -> pd.DataFrame:
        """Return its line items."""
        frame: pd.DataFrame = self.line_items.to_pandas()
        return frame

    def show(self, *item_ids: str) -> Image:
        """Return a picture of the page, which Jupyter shows: every figure that was read has a frame in the colour of its verdict.

        Green is proven, blue rounded, grey uncovered, red contradicted, as in the report.

        Args:
            item_ids: Figures to mark in yellow, by `line_items.item_id`.

        Raises:
            UsageError: The file is no longer what was read, is no PDF, or such a figure is not on the page.
            DocumentError: The page cannot be drawn.
        """
        from extractor.report.page_picture import draw_page  # noqa: PLC0415 - only those who look at pages wait for it

        rows = self.line_items.to_pylist()
        if missing := set(item_ids) - {row["item_id"] for row in rows}:
            raise UsageError(f"{min(missing)}: is not on page {self.number}; expected ids of its `line_items`")
        with Opener(Limits()) as opener:
            source = opener.read_whole(find_file(self._document.path))
        if source.sha256 != self._document.document_id:
            raise UsageError(f"{source.path}: has changed since it was read; read it again")
        if source.kind != "pdf":
            raise UsageError(f"{source.path}: is {source.kind}; only pages of PDF files are drawn")
        return draw_page(source, self.number, rows, item_ids)


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
    limits, config = _limits(timeout, memory), configs or Config.read()
    with Opener(limits) as opener:
        source = opener.read_whole(find_file(str(file)))
    (result,) = read_isolated(iter([source]), config, 1, limits)
    if result.status not in READ:
        raise DocumentError(result.reason, result.status)
    return Document(result, config)


def run(  # noqa: PLR0913 - the options of the command, each by its name
    inputs: str | Path | Iterable[str | Path],
    out: str | Path,
    configs: Config | None = None,
    *,
    workers: int | None = None,
    timeout: float = 300.0,
    memory: float = 4.0,
    retry: bool = False,
    reread: Reread = "stale",
    commit_every: int | None = None,
    shard: tuple[int, int] | None = None,
    executor: Executor = "local",
    ray_address: str | None = None,
    include: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
    progress: Progress = lambda _entry, _total: None,
    started: Started = lambda _path: None,
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
        reread: Which documents that the datasets have are read again: `stale`, those of another version or configuration,
            `all` or `none`.
        commit_every: Maximum number of documents per commit; None for 200, in large datasets an eighth of what is there.
        shard: (i, n): only the i-th of n parts of the documents, counted from 1; all n may write to one `out` at once.
        executor: Where documents are read: `local` is this machine, `ray` a Ray cluster.
        ray_address: The cluster's address; None for RAY_ADDRESS, or Ray on this machine where that is unset.
        include: Only files that fit one of these patterns are read: `*.pdf` is held against names, `2026/**` against paths.
        exclude: Files that fit one of these patterns are not read.
        progress: Called for every finished file with its `DocumentResult` (None for one that was skipped) and the number
            of files of the run.
        started: Called with the path of each document that is about to be read.

    Returns:
        The counts of the run: documents by status, amounts by verdict, failures with their reasons.

    Raises:
        UsageError: An input does not exist, an option is out of range, or `out` is not an output folder or is in use.
        ConfigError: The configuration is not valid.
        DatasetError: The datasets in `out` are damaged.
        StorageError: The disk is full, or `out` may not be written; committed data is intact.
    """
    named = list(map(str, [inputs] if isinstance(inputs, str | Path) else inputs))
    reads = _reads(executor, ray_address)
    config = configs or Config.read()
    found, folder = find_inputs(named, Selection(include, exclude)), Folder(out)
    folders = [] if include or exclude else folders_of(named)  # what a pattern leaves out is not gone
    unnamed = frozenset(map(str, found.files)) - found.named
    job = Job(workers, _limits(timeout, memory), retry, commit_every, shard or (1, 1), reread, folders, unnamed)

    def advance(result: DocumentResult | None) -> None:
        progress(result, len(found.files))

    if executor == "local":
        start_server(many=len(found.files) > 1)
    with open_store(folder, shared=shard is not None) as store:
        outcome = execute(found.files, store, config, job, advance, reads, started)
    outcome.left_out = found.left_out
    return outcome


def _limits(timeout: float, memory: float) -> Limits:
    return Limits(timeout, memory=int(memory * GIB))


def _reads(executor: Executor, address: str | None) -> Reads:
    """Return the function that reads many documents."""
    if executor == "ray":
        return partial(read_on_ray, address=address)
    if address:
        raise UsageError("--ray-address: is only valid with --executor ray; give both options or neither")
    return read_isolated
