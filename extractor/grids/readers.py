"""Source → page layouts: the one table that says which reader reads which kind of file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extractor.errors import DocumentError
from extractor.grids.doc import read_doc
from extractor.grids.docx import read_docx
from extractor.grids.grid import PageLayout
from extractor.grids.html import read_html
from extractor.grids.layout import read_layout
from extractor.grids.ods import read_ods
from extractor.grids.plaintext import read_text
from extractor.grids.xls import read_xls
from extractor.grids.xlsx import read_xlsx
from extractor.pages.pdfium import open_pdf, read_page
from extractor.source.source import Source, require_readable


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw of one document.

    Attributes:
        layouts: Every page that could be read, in order.
        failed: A reason for each part that could not: the document is partial.
        notes: What the format itself does not show, such as hidden rows.
    """

    layouts: list[PageLayout]
    failed: list[str]
    notes: list[str]


def read_layouts(source: Source) -> Reading:
    """Read a document by the reader of its kind.

    Raises:
        DocumentError: It cannot be read, or no reader reads its kind.
    """
    require_readable(source, READERS)
    return READERS[source.kind](source)


def _read_pdf(source: Source) -> Reading:
    layouts: list[PageLayout] = []
    failed: list[str] = []
    with open_pdf(source.data, source.path.name) as document:
        for number in range(1, len(document) + 1):
            try:
                layouts.append(read_layout(read_page(document, number)))
            except DocumentError as error:
                failed.append(str(error))
    return Reading(layouts, failed, [])


def _whole(read: Callable[[bytes, str], list[PageLayout]]) -> Callable[[Source], Reading]:
    return lambda source: Reading(read(source.data, source.path.name), [], [])


def _workbook(
    read: Callable[[bytes, str], tuple[list[PageLayout], list[str], list[str]]],
) -> Callable[[Source], Reading]:
    return lambda source: Reading(*read(source.data, source.path.name))


READERS: dict[str, Callable[[Source], Reading]] = {
    "pdf": _read_pdf,
    "docx": _whole(read_docx),
    "doc": _whole(read_doc),
    "xlsx": _workbook(read_xlsx),
    "xls": _workbook(read_xls),
    "ods": _workbook(read_ods),
    "html": _whole(read_html),
    "text": _whole(read_text),
}
