"""Write the report of a dataset folder; reruns draw what has changed, and change no file of another origin."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from extractor.checks.severity import SEVERITIES
from extractor.contract import READ, Severity
from extractor.datasets.folder import Folder
from extractor.datasets.opened import Datasets
from extractor.drift import Drift
from extractor.errors import StorageError, UsageError
from extractor.filesystem import why
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.jobs.openers import ahead
from extractor.language import Language, spoken
from extractor.report import overview
from extractor.report.document_rows import DocumentRows
from extractor.report.drawer import Drawer
from extractor.report.original import Missing, fragment, link_to, read_original
from extractor.report.page import file_name, items_by_table, view
from extractor.report.pictures import FOLDER, Pictures, begin_pictures, replace_file
from extractor.report.templating import GENERATOR, design, environment, stream
from extractor.report.wording import DatasetRow
from extractor.source.source import Source
from extractor.vocabulary.vocabulary import Vocabulary

INDEX, FINDINGS, SEARCH = "index.html", "findings.html", "search.html"
HEAD = 1000  # bytes of a page in which its marks stand
_MARK = f'<meta name="generator" content="{GENERATOR}'.encode()
_STATE = re.compile(rb'<meta name="state" content="([0-9a-f]{64})( pictures)?">')
_PAGE = re.compile(r"[0-9a-f]{16}\.html")


@dataclass(frozen=True)
class Wanted:
    """How a report is to be.

    Attributes:
        least: The least grave findings that are shown.
        language: The language of a page before its reader chooses one.
        pictures: Whether pictures of pages are drawn; pages that have them keep them.
    """

    least: Severity = SEVERITIES[-1]
    language: Language = "en"
    pictures: bool = False


class Report:
    """A report that is being written, or served."""

    def __init__(
        self, folder: Folder, out: Path, vocabulary: Vocabulary, opener: Opener, drawer: Drawer, wanted: Wanted
    ) -> None:
        """Read the datasets.

        Raises:
            DatasetError: `folder` is not a dataset.
        """
        self.out, self._opener, self._drawer, self._wanted = out.resolve(), opener, drawer, wanted
        self._rows = DocumentRows(folder)
        self._templates = environment(vocabulary, wanted.language)
        self._totals = _totals(self._rows)
        self._design = hashlib.sha256(repr((design(), wanted.least, wanted.language)).encode())
        self._design.update(repr([(k.id, k.zh) for k in vocabulary.kinds]).encode())
        self.documents = {file_name(d): d for d in self._rows.documents if d["status"] in READ}

    @property
    def datasets(self) -> Datasets:
        """What the report shows."""
        return self._rows.opened()

    def write_all(self, advance: Callable[[None, int], None], changes: Sequence[Drift] = ()) -> list[Path]:
        """Write the pages that have changed, and those over all documents; return all, the index first.

        Args:
            advance: Called after each page with None and the number of all pages.
            changes: What is new at publishers, told on the index.

        Raises:
            UsageError: `out` has a file of another origin in the place of a page.
            StorageError: `out` cannot be written.
        """
        with _as_storage_errors(self.out):
            targets = [INDEX, FINDINGS, SEARCH, *self.documents]
            stale = _claim(self.out, targets)
            begun = (self._begin_document(name, self._wanted.pictures) for name in self.documents)
            for finish in ahead(begun, self._drawer.workers):
                finish()
                advance(None, len(self.documents))
            found = overview.findings(self._rows, self.out, self._wanted.least)
            values = overview.index(self._rows.documents, len(found))
            self._write(
                INDEX, "index.html", **values, changes=overview.changes(changes, self._rows.documents, self.out)
            )
            self._write(FINDINGS, "findings.html", findings=found, facets=overview.facets(found))
            self._write(SEARCH, "search.html", searched=overview.searched(self._rows))
            for path in stale:
                for own in (path, *(self.out / FOLDER).glob(f"{path.stem}[.-]*")):
                    own.unlink()
        return [self.out / name for name in targets]

    def write_document(self, name: str, with_pictures: bool) -> None:
        """Write a document's page, unless it is there as its rows are, and has pictures if these are wanted."""
        self._begin_document(name, with_pictures)()

    def _begin_document(self, name: str, with_pictures: bool) -> Callable[[], None]:
        """Begin to draw what a document's page needs; return what writes it."""
        document = self.documents[name]
        totals = self._own_totals(document)
        state = self._state(document, totals)
        before = _state_of(self.out / name)
        if before is not None and before[0] == state and (before[1] or not with_pictures):
            return lambda: None
        rows = self._rows.of(document["document_id"])
        drawn = None
        if with_pictures or (before is not None and before[1]):
            tables, items = rows["tables"], items_by_table(rows["line_items"])
            drawn = begin_pictures(document, tables, items, self.out, self.original, self._drawer)
        return partial(self._finish_document, name, state, rows, totals, drawn)

    def _finish_document(
        self,
        name: str,
        state: str,
        rows: Mapping[str, Sequence[DatasetRow]],
        totals: Sequence[DatasetRow],
        drawn: Callable[[], Pictures] | None,
    ) -> None:
        document, pictures = self.documents[name], drawn() if drawn else Pictures()
        page = view(document, rows, totals, pictures, self._wanted.least)
        original = {"href": link_to(document, self.out), "fragment": fragment(document)}
        if drawn and (pictures.pictures or pictures == Pictures() or document["kind"] != "pdf"):
            state += " pictures"  # or there are none to come
        self._write(name, "document.html", page=page, original=original, state=state)

    def original(self, document: DatasetRow) -> Source | Missing:
        """Return the original PDF of a document, or why there is none."""
        return read_original(document, self._opener)

    def _own_totals(self, document: DatasetRow) -> list[DatasetRow]:
        """Return the totals of a document's organisation, of all documents."""
        named = self._rows.table("figures", document["document_id"], ["organisation", "organisation_id"])
        own = named.filter(pc.equal(named["organisation"], document["organisation"]))
        return [row for name in sorted(set(own["organisation_id"].to_pylist())) for row in self._totals.get(name, ())]

    def _state(self, document: DatasetRow, totals: Sequence[DatasetRow]) -> str:
        found = self._design.copy()
        found.update(repr((self._rows.digest(document), link_to(document, self.out), totals)).encode())
        return found.hexdigest()

    def _write(self, name: str, template: str, **values: Any) -> None:
        replace_file(self.out / name, stream(self._templates, template, **values))


def write_report(
    folder: Folder,
    out: Path,
    vocabulary: Vocabulary,
    workers: int,
    advance: Callable[[None, int], None],
    wanted: Wanted | None = None,
) -> list[Path]:
    """Write one page per document that was read, then the pages over all documents.

    Args:
        folder: A dataset folder.
        out: The folder for the pages; it is created if it does not exist.
        vocabulary: The compiled configuration, for names of table types.
        workers: Number of processes that draw page images.
        advance: Called after each page with None and the number of all pages.
        wanted: How the report is to be; by default in the language of this process.

    Returns:
        The pages of the report, the index first.

    Raises:
        DatasetError: `folder` is not a dataset.
        UsageError: `out` has a file of another origin in the place of a page.
        StorageError: `out` cannot be written.
    """
    with Opener(Limits()) as opener, Drawer(workers) as drawer:
        report = Report(folder, out, vocabulary, opener, drawer, wanted or Wanted(language=spoken()))
        return report.write_all(advance)


def _totals(rows: DocumentRows) -> Mapping[str, list[DatasetRow]]:
    """Return organisation id → its total expenditures of all documents and years."""
    figures = rows.datasets["figures"]
    kept = figures["preferred"]
    for name, value in (
        ("direction", "expenditure"), ("classification", "functional"), ("component", "total"), ("level", 0)
    ):  # fmt: skip
        kept = pc.and_(kept, pc.equal(figures[name], value))
    found: dict[str, list[DatasetRow]] = defaultdict(list)
    names = ["organisation_id", "fund", "scope", "year", "phase", "amount", "document_id"]
    for row in figures.filter(kept).select(names).to_pylist():
        found[row["organisation_id"]].append(row)
    return dict(found)


@contextmanager
def _as_storage_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written ({why(error)}); check the free space and permissions there, or give another --out"
        ) from error


def _claim(out: Path, targets: Sequence[str]) -> list[Path]:
    """Create the folder, and return the pages of earlier reports whose documents are gone.

    Raises:
        UsageError: A page would overwrite a file that no report has written, or pictures are links.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; expected a folder for the report: give another --out")
    for name in targets:
        if (out / name).exists() and not _is_ours(out / name):
            raise UsageError(
                f"{out / name}: was not written by `extractor report`; expected a page of an earlier report or no file: give another --out"
            )
    for path in (out / FOLDER, *(out / FOLDER).glob("*")):
        if path.is_symlink():  # of a stranger's folder: what is written or served would be elsewhere
            raise UsageError(f"{path}: is a link; expected what a report has written: delete it, or give another --out")
    out.mkdir(parents=True, exist_ok=True)
    pages = (p for p in sorted(out.iterdir()) if _PAGE.fullmatch(p.name) and p.name not in targets)
    return [p for p in pages if _is_ours(p)]


def _is_ours(path: Path) -> bool:
    return _MARK in _head(path)


def _state_of(path: Path) -> tuple[str, bool] | None:
    """Return the state of the rows that a page shows, and whether it has the pictures that there are."""
    found = _STATE.search(_head(path))
    return (found[1].decode(), bool(found[2])) if found else None


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(HEAD)
