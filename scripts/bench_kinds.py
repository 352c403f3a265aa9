"""Which kinds of documents are measured, and beside which other readers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
CORPUS, GOVERNMENT = (ROOT.parent / "shared" / name for name in ("corpus", "government"))
FLOOR = "PDFium, load page and text page"
READERS_OF_PDF = (
    "pdfplumber, extract_tables",
    "camelot, lattice, vector engine",
    "tabula-py, lattice",
    "docling-parse, characters and lines",
    FLOOR,
)


class Kind(NamedTuple):
    """A kind of documents.

    Attributes:
        name: A heading.
        folders: Where they lie.
        formats: By their bytes.
        beside: The other readers that read them, in `bench_readers.py`; speeds are told in that of the first.
        most: How many are drawn at most.
        scanned: Whether most of their pages are pictures; else none is.
    """

    name: str
    folders: tuple[Path, ...]
    formats: frozenset[str]
    beside: tuple[str, ...]
    most: int = 40
    scanned: bool = False


PDF, WORKBOOKS, PAGES = frozenset(("pdf",)), frozenset(("xlsx", "xls", "ods")), frozenset(("html",))
DEPARTMENTS = Kind("Departments", (CORPUS,), PDF, READERS_OF_PDF)
KINDS = (
    DEPARTMENTS,
    Kind("Governments' books", (GOVERNMENT,), PDF, READERS_OF_PDF, most=10),
    Kind("Scans", (CORPUS, GOVERNMENT), PDF, ("RapidOCR, whole pages", FLOOR), most=3, scanned=True),
    Kind("Workbooks", (CORPUS, GOVERNMENT), WORKBOOKS, ("pandas, read_excel",)),
    Kind("Web pages (HTML)", (CORPUS, GOVERNMENT), PAGES, ("pandas, read_html",)),
    Kind("Typeset samples", (SAMPLES,), PDF, READERS_OF_PDF),
)
