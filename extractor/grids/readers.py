"""Source → page layouts: the one table that says which reader reads which kind of file."""

from __future__ import annotations

from collections.abc import Callable

from extractor.errors import DocumentError
from extractor.grids.doc import read_doc
from extractor.grids.docx import read_docx
from extractor.grids.flow import Reading
from extractor.grids.html import read_html
from extractor.grids.layout import read_layout
from extractor.grids.ods import read_ods
from extractor.grids.plaintext import read_text
from extractor.grids.xls import read_xls
from extractor.grids.xlsx import read_xlsx
from extractor.pages.pdfium import open_pdf
from extractor.pages.scan import IMAGE_KINDS, read_image_pages, read_pdf_page
from extractor.source.source import Source, require_readable


def read_layouts(source: Source) -> Reading:
    """Read a document by the reader of its kind.

    Raises:
        DocumentError: It cannot be read, or no reader reads its kind.
    """
    require_readable(source, READERS)
    return READERS[source.kind](source.data, source.path.name)


def _read_pdf(data: bytes, name: str) -> Reading:
    reading = Reading([])
    with open_pdf(data, name) as document:
        for number in range(1, len(document) + 1):
            try:
                reading.layouts.append(read_layout(read_pdf_page(document, number)))
            except DocumentError as error:
                reading.failed.append(str(error))
    return reading


def _read_image(data: bytes, name: str) -> Reading:
    return Reading([read_layout(page) for page in read_image_pages(data, name)])


READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "pdf": _read_pdf,
    "docx": read_docx,
    "doc": read_doc,
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ods": read_ods,
    "html": read_html,
    "text": read_text,
    **dict.fromkeys(IMAGE_KINDS, _read_image),
}
