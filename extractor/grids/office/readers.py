"""The readers of Word, workbooks, HTML and text, by kind: a module of its own, since those who read PDF files need none of them."""

from __future__ import annotations

from collections.abc import Callable

from extractor.grids.grid import Reading
from extractor.grids.office.doc import read_doc
from extractor.grids.office.docx import read_docx
from extractor.grids.office.html import read_html
from extractor.grids.office.index_tables import require_tables
from extractor.grids.office.ods import read_ods
from extractor.grids.office.plaintext import read_text
from extractor.grids.office.xls import read_xls
from extractor.grids.office.xlsx import read_xlsx

_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "docx": read_docx,
    "doc": read_doc,
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ods": read_ods,
    "html": read_html,
    "text": read_text,
}


def read_office(data: bytes, kind: str, name: str) -> Reading:
    """Read a document of a kind that has no pages with coordinates.

    Raises:
        DocumentError: It cannot be read, or it has no table, nor text that a document would have.
    """
    reading = _READERS[kind](data, name)
    require_tables(reading.layouts, name)
    return reading
