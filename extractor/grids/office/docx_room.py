"""What of a Word document's figures has no room: in rows of an exact height, on lines of one, set too close, beyond the paper.

Word cuts off what does not fit. How it breaks lines nobody else knows: what is cut off here is so however they break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from extractor.grids.office.docx_display import W
from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, UNREAD, is_figure

_SHOWN = 0.6  # of the size of its type: of digits in less height, a part is cut off
_OVERPRINTED = 3  # twips for each half-point of its size: digits so much closer lie on each other
_TWIPS = 10  # to a half-point
_LEAST_LINE = 200  # twips of a line without text, at least
SizeOf = Callable[[Any], int]


def mark_cut_off(root: Any, size_of: SizeOf) -> None:
    """Mark the figures unread that their places have no room for.

    Args:
        root: The main part; it is changed.
        size_of: Returns the size of a run's type in half-points.
    """
    cut = {p for row in root.iter(f"{W}tr") for p in _cut_off_in(row, size_of)}
    cut |= {p for spacing in root.iter(f"{W}spacing") for p in _cut_off_by(spacing, size_of)}
    cut |= {p for table in root.iter(f"{W}tbl") for p in _beside_the_paper(table)}
    for paragraph in cut:
        texts = [*paragraph.iter(f"{W}t")]
        if is_figure(visible("".join(text.text or "" for text in texts))):
            texts[0].text = UNREAD + (texts[0].text or "")


def _cut_off_in(row: Any, size_of: SizeOf) -> Iterator[Any]:
    """Yield the paragraphs that a row of an exact height cuts off, in whole or in part."""
    stated = row.find(f"{W}trPr/{W}trHeight")
    room = _number(stated, "val")
    if not room or stated.get(f"{W}hRule") != "exact":
        return
    for cell in row.iterchildren(f"{W}tc"):
        if cell.find(f"{W}tcPr/{W}vMerge") is not None:
            continue
        place = 0
        for paragraph in cell.iterchildren(f"{W}p"):
            sizes = [
                _TWIPS * size_of(run) for run in paragraph.iter(f"{W}r") if next(run.iter(f"{W}t"), None) is not None
            ]
            spacing = paragraph.find(f"{W}pPr/{W}spacing")
            place += _number(spacing, "before")
            if sizes and place + _SHOWN * max(sizes) > room:
                yield paragraph
            place += _exact_line(spacing) or max(sizes, default=_least_line(paragraph))


def _exact_line(spacing: Any) -> int:
    exact = spacing is not None and spacing.get(f"{W}lineRule") == "exact"
    return _number(spacing, "line") if exact else 0


def _least_line(paragraph: Any) -> int:
    """Return how high a paragraph without text is at least, by the size of its mark if that states one."""
    return _TWIPS * _number(paragraph.find(f"{W}pPr/{W}rPr/{W}sz"), "val") or _LEAST_LINE


def _cut_off_by(spacing: Any, size_of: SizeOf) -> Iterator[Any]:
    """Yield the paragraph whose lines are too low for its digits, or of whose digits some are set so close that they overprint."""
    around = spacing.getparent()
    owner = around.getparent()
    room = _exact_line(spacing) if around.tag == f"{W}pPr" and owner.tag == f"{W}p" else 0
    if room and any(_SHOWN * _TWIPS * size_of(run) > room for run in _runs_of_figures(owner)):
        yield owner
    step = spacing.get(f"{W}val", "")
    closer = around.tag == f"{W}rPr" and owner.tag == f"{W}r" and step.startswith("-") and step[1:].isdecimal()
    if closer and _is_of_figures(owner) and int(step[1:9]) > _OVERPRINTED * size_of(owner):
        yield next(owner.iterancestors(f"{W}p"))


def _runs_of_figures(paragraph: Any) -> Iterator[Any]:
    return (run for run in paragraph.iter(f"{W}r") if _is_of_figures(run))


def _is_of_figures(run: Any) -> bool:
    text = "".join(run.itertext(f"{W}t")).strip()
    return len(text) > 1 and CHARACTERS.issuperset(text)


def _beside_the_paper(table: Any) -> Iterator[Any]:
    """Yield the paragraphs of cells that begin beyond the right edge of the paper, of a table whose columns are fixed.

    Both its grid and the widths of its cells have to put them there: of the two, programs keep only one true.
    """
    properties, grid, page = table.find(f"{W}tblPr"), table.find(f"{W}tblGrid"), _page_of(table)
    if grid is None or page is None or not _is_placed(properties):
        return
    start = page[0] + _number(properties.find(f"{W}tblInd"), "w")
    edges = [*accumulate((_number(column, "w") for column in grid), initial=start)]
    for row in table.iterchildren(f"{W}tr"):
        place = _number(row.find(f"{W}trPr/{W}gridBefore"), "val")
        edge = edges[min(place, len(edges) - 1)]
        for cell in row.iterchildren(f"{W}tc"):
            if place >= len(edges):
                break
            if min(edges[place], edge) >= page[1]:
                yield from cell.iterchildren(f"{W}p")
            last, place = place, place + max(1, _number(cell.find(f"{W}tcPr/{W}gridSpan"), "val"))
            edge += _number(cell.find(f"{W}tcPr/{W}tcW"), "w") or edges[min(place, len(edges) - 1)] - edges[last]


def _is_placed(properties: Any) -> bool:
    """Return whether a table begins at its indent and its columns have the widths that they state: it neither floats, nor is centred, nor scaled."""
    if properties is None:
        return False
    layout, width, side = (properties.find(f"{W}{tag}") for tag in ("tblLayout", "tblW", "jc"))
    fixed = layout is not None and layout.get(f"{W}type") == "fixed"
    scaled = width is not None and width.get(f"{W}type") == "pct"
    aligned = side is not None and side.get(f"{W}val") not in ("left", "start")
    return fixed and not scaled and not aligned and properties.find(f"{W}tblpPr") is None


def _page_of(table: Any) -> tuple[int, int] | None:
    """Return the left margin and the width of the paper of a table in the body, by the section that ends after it."""
    if table.getparent().tag != f"{W}body":
        return None
    sections = (e if e.tag == f"{W}sectPr" else e.find(f"{W}pPr/{W}sectPr") for e in table.itersiblings())
    section = next((own for own in sections if own is not None), None)
    size = section.find(f"{W}pgSz") if section is not None else None
    columns = section.find(f"{W}cols") if section is not None else None
    if section is None or size is None or (columns is not None and _number(columns, "num") > 1):
        return None
    return _number(section.find(f"{W}pgMar"), "left"), _number(size, "w") or 1 << 30


def _number(element: Any, key: str) -> int:
    text = element.get(f"{W}{key}", "") if element is not None else ""
    return int(text[:9]) if text.removeprefix("-").isdecimal() else 0
