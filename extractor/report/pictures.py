"""Pictures of the parts of pages that are shown with each table: files beside the pages of the report, kept from run to run.

A page with several tables is cut between them, so that no part of it is drawn twice.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from extractor.errors import DocumentError
from extractor.report.drawer import Drawer
from extractor.report.original import Missing
from extractor.report.render_pages import SCALE, PageToDraw, Strip
from extractor.report.wording import SHOWN_ID, DatasetRow
from extractor.source.source import Source

FOLDER = "pictures"
FORMAT = 1  # of the pictures and their list: another one is drawn again
MARGIN = 6.0  # points around a table where a page is cut


class Extent(NamedTuple):
    """The vertical extent of a table on one page, in points from the top of the page."""

    table_id: str
    page: int
    top: float
    bottom: float


class Picture(NamedTuple):
    """The part of a page that is shown with a table, in points, and its file, relative to the page of the report."""

    table_id: str
    page: int
    x0: float
    top: float
    width: float
    height: float
    file: str


class Pictures(NamedTuple):
    """A document's pictures in reading order, the pages that could not be drawn, and why there is none at all."""

    pictures: tuple[Picture, ...] = ()
    undrawn: tuple[int, ...] = ()
    missing: str = ""


def extents_of(tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]]) -> list[Extent]:
    """Return the extents of tables: of the whole table on its first page, of its amounts on the following pages."""
    found: list[Extent] = []
    for table in tables:
        boxes: dict[int, list[tuple[float, float]]] = defaultdict(list)
        if table["top"] is not None and table["bottom"] is not None:
            boxes[table["first_page"]].append((table["top"], table["bottom"]))
        for item in items.get(table["table_id"], ()):
            if item["top"] is not None and item["bottom"] is not None:
                boxes[item["page"]].append((item["top"], item["bottom"]))
        for page, ranges in sorted(boxes.items()):
            found.append(Extent(table["table_id"], page, min(r[0] for r in ranges), max(r[1] for r in ranges)))
    return found


def cut(extents: Sequence[Extent], height: float) -> list[tuple[str, float, float]]:
    """Return (table id, top, bottom) for each table of a page: each strip includes the space above its table (the title).

    Args:
        extents: The tables of the page.
        height: Height of the page in points.
    """
    ordered = sorted(extents, key=lambda e: (e.top, e.bottom))
    cuts: list[tuple[str, float, float]] = []
    above = 0.0
    for index, extent in enumerate(ordered):
        last = index == len(ordered) - 1
        bottom = height if last else min(height, max(extent.bottom + MARGIN, above))
        cuts.append((extent.table_id, max(0.0, min(above, extent.top - MARGIN)), bottom))
        above = max(above, bottom)
    return cuts


def begin_pictures(
    document: DatasetRow,
    tables: Sequence[DatasetRow],
    items: Mapping[str, Sequence[DatasetRow]],
    out: Path,
    original: Callable[[DatasetRow], Source | Missing],
    drawer: Drawer,
) -> Callable[[], Pictures]:
    """Begin to draw the pictures of a document's tables, unless an earlier run has; return what waits for them and keeps them.

    Args:
        document: Its row of `documents`.
        tables: Its rows of `tables`.
        items: Table id → its rows of `line_items`.
        out: The folder of the report.
        original: Returns the PDF of a document, or why there is none.
        drawer: Draws the pages.
    """
    extents = extents_of(tables, items)
    listed = out / FOLDER / f"{document['document_id'][:SHOWN_ID]}.json"
    key = hashlib.sha256(repr((FORMAT, SCALE, document["document_id"], extents)).encode()).hexdigest()
    if found := _kept(listed, key):
        return lambda: found
    source = original(document)
    if isinstance(source, Missing):
        missing = source.message
        return lambda: Pictures(missing=missing)
    by_page: dict[int, list[Extent]] = defaultdict(list)
    for extent in extents:
        by_page[extent.page].append(extent)
    drawn = _begin(source.data, source.name, by_page, drawer)
    return partial(_finished, drawn, by_page.keys(), listed, key)


def _kept(listed: Path, key: str) -> Pictures | None:
    """Return the pictures that an earlier run has drawn of the same cuts, if all are there."""
    try:
        content = json.loads(listed.read_bytes())
        pictures = tuple(Picture(*values) for values in content["pictures"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    own = all(p.file == f"{FOLDER}/{listed.stem}-{number}.webp" for number, p in enumerate(pictures))
    there = own and all((listed.parent.parent / p.file).is_file() for p in pictures)
    return Pictures(pictures) if content["key"] == key and there else None


def _begin(
    data: bytes, name: str, by_page: Mapping[int, Sequence[Extent]], drawer: Drawer
) -> Iterator[list[tuple[str, Strip]]] | None:
    """Begin to draw pages; None where not even their sizes can be read."""
    try:
        sizes = drawer.page_sizes(data, name, sorted(by_page))
    except DocumentError:
        return None
    pages = [PageToDraw(*size, tuple(cut(by_page[size.number], size.height))) for size in sizes]
    return drawer.draw(data, name, pages)


def _finished(
    drawn: Iterator[list[tuple[str, Strip]]] | None, pages: Collection[int], listed: Path, key: str
) -> Pictures:
    """Write the pictures as they come, then the list of them, which says that all are there and of which cuts they are."""
    listed.unlink(missing_ok=True)  # it is of other pictures, which these replace one by one
    pictures: list[Picture] = []
    try:
        for table_id, strip in chain.from_iterable(drawn or ()):
            file = listed.with_name(f"{listed.stem}-{len(pictures)}.webp")
            replace_file(file, strip.image)
            place = (strip.page, strip.x0, strip.top, strip.width, strip.height)
            pictures.append(Picture(table_id, *place, f"{FOLDER}/{file.name}"))
    except DocumentError:
        drawn = None
    if drawn is None:
        return Pictures(tuple(pictures), tuple(sorted(set(pages) - {p.page for p in pictures})))
    own = {Path(p.file).name for p in pictures}
    for file in listed.parent.glob(f"{listed.stem}-*.webp"):
        if file.name not in own:  # of a table that is no longer there
            file.unlink()
    replace_file(listed, json.dumps({"key": key, "pictures": pictures}).encode())
    return Pictures(tuple(pictures))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file of the report at once: it is always complete, and a link in its place is replaced, not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # it may be a link to a file elsewhere
    with beside.open("xb") as stream:
        stream.write(content)
    beside.replace(path)
