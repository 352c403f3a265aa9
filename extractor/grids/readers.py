"""Source → page layouts, by the reader of the file's kind: `PAGED` has those with coordinates, `FLOWING` the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from extractor.errors import DamagedError, DocumentError
from extractor.grids.geometry.layout import read_layout
from extractor.grids.geometry.sideways import with_labels_from_before
from extractor.grids.grid import PageLayout, Reading
from extractor.notation.figures import sets_negatives_in_red
from extractor.pages.appearances import with_fields, with_layers
from extractor.pages.damage import is_cut, save_again
from extractor.pages.ink import measure_ink
from extractor.pages.page import Box, Page
from extractor.pages.pdfium import open_pdf, read_hints
from extractor.pages.scan import IMAGE_KINDS, read_image_pages, read_pdf_page
from extractor.source.embedded import embedded_files
from extractor.source.source import Source, require_readable

PageRecognised = Callable[[], None]
MAX_REASONS = 10  # of pages, where none could be read


def read_layouts(source: Source, recognised: PageRecognised = lambda: None) -> Reading:
    """Read a document by the reader of its kind.

    Args:
        source: The document.
        recognised: Called after every page that was recognised in a picture, which takes a hundred times as long.

    Raises:
        DocumentError: It cannot be read, or no reader reads its kind.
    """
    require_readable(source, {*PAGED, *FLOWING})
    if source.kind in PAGED:
        reading = PAGED[source.kind](source.data, source.name, recognised)
    else:
        from extractor.grids.office.readers import read_office  # noqa: PLC0415 - a run over PDF files need not wait for it

        reading = read_office(source.data, source.kind, source.name)
    names = [name for name, _ in embedded_files(source.data, source.kind, source.name)]
    if names:
        reading.notes.append(f"holds {len(names)} files, which are documents of their own: {', '.join(names)}")
    return reading


def _read_pdf(data: bytes, name: str, recognised: PageRecognised) -> Reading:
    """Read a PDF; one that PDFium refuses is re-saved and tried once more.

    Raises:
        DocumentError: No page could be read.
    """
    warnings = ["the file has no end mark and may be cut off; download it again"] if is_cut(data) else []
    try:
        reading = _read_pages(data, name, recognised)
    except DamagedError:
        reading = _read_pages(save_again(data, name), name, recognised)
        warnings.append("the file is damaged and was re-saved to read it: pages may be missing; download it again")
    if not reading.layouts or (warnings and not any(layout.text.strip() for layout in reading.layouts)):
        raise DocumentError(
            f"{name}: no page could be read: {'; '.join((warnings + reading.page_errors)[:MAX_REASONS])}"
        )
    return replace(reading, warnings=warnings)


def _read_pages(data: bytes, name: str, recognised: PageRecognised, red_negatives: bool = False) -> Reading:
    """Read a PDF's pages: again where one says of all that figures in red are below zero, as under a table of many pages."""
    reading = Reading([])
    hints = read_hints(data)._replace(red_negatives=red_negatives)
    data = with_fields(data) if hints.undrawn else data
    data = with_layers(data) if hints.layered_notes else data
    with open_pdf(data, name) as document:
        for number in range(1, len(document) + 1):
            try:
                page = read_pdf_page(document, number, hints)
                layout = read_layout(page)
                if layout.grids and page.reading != "ocr" and (page.drawn or page.touched or not reading.ink):
                    layout = _with_ink(document.page, page, layout, reading.ink)
                reading.layouts.append(layout)
            except DocumentError as error:
                reading.page_errors.append(str(error))
            else:
                if page.reading == "ocr":
                    recognised()
    if not red_negatives and len(reading.layouts) > 1 and any(sets_negatives_in_red(p.text) for p in reading.layouts):
        return _read_pages(data, name, recognised, red_negatives=True)
    if hints.bare_notes:
        reading.page_errors.append(
            f"{hints.bare_notes} notes with figures over its pages have no appearance: print it to PDF again"
        )
    reading.layouts[:] = with_labels_from_before(reading.layouts)
    reading.notes.extend(_left_out(reading.layouts))
    return reading


def _read_ofd(data: bytes, name: str, recognised: PageRecognised) -> Reading:
    """Read an OFD file.

    Raises:
        DocumentError: No page could be read.
    """
    from extractor.pages.ofd import read_ofd_page  # noqa: PLC0415 - a run over PDF files need not wait for it
    from extractor.pages.ofd_package import open_ofd  # noqa: PLC0415

    reading = Reading([])
    with open_ofd(data, name) as package:
        for number in range(1, len(package.pages) + 1):
            try:
                page = read_ofd_page(package, number)
                reading.layouts.append(read_layout(page))
            except DocumentError as error:
                reading.page_errors.append(str(error))
            else:
                if page.reading == "ocr":
                    recognised()
    if not reading.layouts:
        raise DocumentError(f"{name}: no page could be read: {'; '.join(reading.page_errors[:MAX_REASONS])}")
    reading.notes.extend(_left_out(reading.layouts))
    return reading


def _with_ink(handle: Any, page: Page, layout: PageLayout, measured: list[tuple[int, int]]) -> PageLayout:
    """Return a layout with the cells that show what nothing explains; the ink itself is added to what was measured."""
    cells = [cell for grid in layout.grids for cell in grid.cells]
    ink = measure_ink(handle, page, [Box(*cell[5:9]) for cell in cells])
    measured.append((ink.explained, ink.all))
    places = tuple(f"row {cells[n].row + 1} column {cells[n].column + 1}" for n in ink.cells if not cells[n].text)
    return replace(layout, unexplained=places)


def _left_out(layouts: list[PageLayout]) -> Iterator[str]:
    """Yield which figures of the pages' text are not displayed, and where shapes were read."""
    if any(layout.by_shape for layout in layouts):
        pages = ", ".join(f"{layout.by_shape} on page {layout.page}" for layout in layouts if layout.by_shape)
        yield f"characters that the text lacks, or its fonts' maps lead astray, are read by their shapes: {pages}"
    if any(layout.left_out for layout in layouts):
        pages = ", ".join(f"{layout.left_out} on page {layout.page}" for layout in layouts if layout.left_out)
        yield f"figures that are not displayed, are struck out or belong to a watermark are left out: {pages}"


def _read_image(data: bytes, name: str, recognised: PageRecognised) -> Reading:
    reading = Reading([])
    for page in read_image_pages(data, name):
        reading.layouts.append(read_layout(page))
        recognised()
    return reading


PAGED: dict[str, Callable[[bytes, str, PageRecognised], Reading]] = {
    "pdf": _read_pdf,
    "ofd": _read_ofd,
    **dict.fromkeys(IMAGE_KINDS, _read_image),
}
FLOWING = frozenset(("docx", "doc", "xlsx", "xls", "ods", "html", "text"))
