"""Write the report of a dataset folder; reruns replace pages of earlier reports and change no other file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from extractor.checks.severity import SEVERITIES
from extractor.contract import Severity
from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.errors import StorageError, UsageError
from extractor.filesystem import why
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.report import wording
from extractor.report.drawer import Drawer
from extractor.report.page import Names, file_name, title_of, view
from extractor.report.treemap import share_of
from extractor.version import __version__
from extractor.vocabulary.vocabulary import Vocabulary

INDEX = "index.html"
GENERATOR = "budget-extractor report"
_MARK = f'<meta name="generator" content="{GENERATOR}'
_PAGE = re.compile(r"[0-9a-f]{16}\.html")
READ = ("ok", "partial")


def write_report(
    folder: Folder,
    out: Path,
    vocabulary: Vocabulary,
    workers: int,
    advance: Callable[[None, int], None],
    least: Severity = SEVERITIES[-1],
) -> list[Path]:
    """Write one page per document that was read, then the index.

    Args:
        folder: A dataset folder.
        out: The folder for the pages; it is created if it does not exist.
        vocabulary: The compiled configuration, for names of table types and codes.
        workers: Number of processes that draw page images.
        advance: Called after each page with None and the number of all pages.
        least: The least grave findings that are shown.

    Returns:
        The files written, the index first.

    Raises:
        DatasetError: `folder` is not a dataset.
        UsageError: `out` has a file of another origin in the place of a page.
        StorageError: `out` cannot be written.
    """
    datasets = {name: read_rows(folder, name) for name in ("documents", "tables", "line_items", "checks")}
    documents = sorted(datasets["documents"].to_pylist(), key=lambda d: (d["path"], d["document_id"]))
    read = [d for d in documents if d["status"] in READ]
    targets = [INDEX, *(file_name(d) for d in read)]
    templates, names = _templates(), _names(vocabulary)
    with _as_storage_errors(out), Opener(Limits()) as opener, Drawer(workers) as drawer:
        stale = _claim(out, targets)
        for document in read:
            tables, items, checks = (
                _of(datasets[name], document["document_id"]) for name in ("tables", "line_items", "checks")
            )
            page = view(document, tables, items, checks, names, opener, drawer, least)
            _write(out / file_name(document), templates, "document.html", page=page)
            advance(None, len(read))
        _write(out / INDEX, templates, "index.html", **_overview(documents))
        for path in stale:
            path.unlink()
    return [out / name for name in targets]


@contextmanager
def _as_storage_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written ({why(error)}); check the free space and permissions there, or give another --out"
        ) from error


def _of(rows: pa.Table, document_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.filter(pc.equal(rows["document_id"], document_id)).to_pylist()
    return found


def _claim(out: Path, targets: Sequence[str]) -> list[Path]:
    """Create the folder, and return the pages of earlier reports whose documents are gone.

    Raises:
        UsageError: A page would overwrite a file that no report has written.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; expected a folder for the report: give another --out")
    for name in targets:
        if (out / name).exists() and not _is_ours(out / name):
            raise UsageError(
                f"{out / name}: was not written by `extractor report`; expected a page of an earlier report or no file: give another --out"
            )
    out.mkdir(parents=True, exist_ok=True)
    pages = (p for p in sorted(out.iterdir()) if _PAGE.fullmatch(p.name) and p.name not in targets)
    return [p for p in pages if _is_ours(p)]


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return _MARK.encode() in stream.read(1000)


def _names(vocabulary: Vocabulary) -> Names:
    return Names(
        {kind.id: kind.zh for kind in vocabulary.kinds},
        lambda scheme, code, year: vocabulary.codes.scheme(scheme).name(code, year),
    )


def _overview(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the values for the index template."""
    verdicts = [v.id for v in wording.VERDICTS]
    counts = Counter({v: sum(d[v] or 0 for d in documents) for v in verdicts})
    rows = [
        {
            **d,
            "title": title_of(d),
            "name": Path(d["path"]).name,
            "file": file_name(d) if d["status"] in READ else None,
            "counts": Counter({v: d[v] or 0 for v in verdicts}),
        }
        for d in documents
    ]
    return {
        "rows": [r for r in rows if r["file"]],
        "failed": [r for r in rows if r["status"] != "ok"],
        "unread": sum(r["file"] is None for r in rows),
        "counts": counts,
        "years": sorted({d["fiscal_year"] for d in documents if d["fiscal_year"]}),
        "sentence": wording.proof(counts, sum(d["tables"] or 0 for d in documents), documents=len(documents)),
        "sentence_zh": wording.proof_zh(counts, sum(d["tables"] or 0 for d in documents)),
    }


def _templates() -> jinja2.Environment:
    """Return the template environment; all values are escaped, and an undefined name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("extractor.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        generator=f"{GENERATOR} {__version__}",
        VERDICTS=wording.VERDICTS,
        RESULTS=wording.RESULTS,
        SEVERITIES=wording.SEVERITIES,
        PHASES=wording.PHASES,
        yuan=wording.yuan,
        round_yuan=wording.round_yuan,
        share=wording.share,
        share_of=share_of,
        count=wording.count,
        asset=lambda name: Markup(_asset(environment, name)),
        script_hash=lambda name: f"sha256-{_hash(_asset(environment, name))}",
    )
    return environment


def _asset(environment: jinja2.Environment, name: str) -> str:
    """Return a style sheet or script of the report, which is embedded unescaped."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _write(path: Path, templates: jinja2.Environment, template: str, **values: Any) -> None:
    """Render into a temporary file and move it over the page, so that a page is always complete."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # it may be a link to a file elsewhere
    with beside.open("x", encoding="utf-8") as stream:
        stream.writelines(templates.get_template(template).generate(**values))
    beside.replace(path)
