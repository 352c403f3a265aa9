"""Word documents (.docx) → page layouts, from the package's main part alone; nothing that it links to is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.captions import cut
from extractor.grids.office.docx_display import W as _W
from extractor.grids.office.docx_display import count_patches, is_on, leave_displayed, read_styles, size_in
from extractor.grids.office.docx_footnotes import place_footnotes
from extractor.grids.office.docx_numbers import place_numbers
from extractor.grids.office.docx_room import mark_cut_off
from extractor.grids.office.docx_tabs import TabLine, TabStops, with_tab_tables
from extractor.grids.office.raster import MAX_COLUMNS, Block, Box, RawTable, indent_of, layout_of, visible
from extractor.grids.office.symbols import symbol_shown
from extractor.notation.figures import UNREAD, is_figure, is_money
from extractor.source.archive import open_container, read_part
from extractor.source.markup import DamagedXml, parse_xml

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PICTURES = ("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_SIGNS = {
    f"{_W}{name}": text
    for name, text in {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": ""}.items()
}
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXTS = (f"{_W}t", f"{_M}t")
_UNREAD = (f"{_W}pPr", f"{_W}rPr", f"{_W}rt")  # properties, and what stands above characters to say how they are read
_STYLES, _SETTINGS, _FOOTNOTES = "word/styles.xml", "word/settings.xml", "word/footnotes.xml"
_NUMBERING = "word/numbering.xml"
_BESIDE = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_ART = "{urn:schemas-microsoft-com:vml}textpath"
_SIGNS[_ART] = ""
_SIGNS[f"{_W}pgNum"] = UNREAD  # the number of the page that Word lays it out on
_OF_FIELDS = (f"{_W}fldChar", f"{_W}instrText")
_KNOWN = frozenset(
    ("wps", "wpg", "wpc", "wpi", "wp14", "w14", "w15", "w16se", "a14", "v")
)  # what Word's programs of today know
_FORMULA = re.compile(r"\s*(?:EQ\b.*\d|FORMDROPDOWN\b)")
_PAGE_NUMBER = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_BUTTON = re.compile(r"\s*MACROBUTTON\s+\S+\s+(.*\S)")  # which shows its own text
TWIPS = 20.0  # to a point
MIN_COLUMN = 4.0  # points: no readable column is narrower
MAX_DEPTH = 12  # tables within tables


class _PageBreak:
    """Stands where a new page begins."""


class _Document(NamedTuple):
    """How error messages call a document, and its tab stops."""

    name: str
    stops: TabStops


def read_docx(data: bytes, name: str) -> Reading:
    """Read the tables of a Word document and the paragraphs around them.

    Pages are those that the document states: explicit breaks and sections, and the breaks that Word noted when it last
    laid the document out. A table lies whole on the page where it begins.

    Args:
        data: The package.
        name: How error messages call the file.

    Raises:
        NotADocumentError: The package or its main part is damaged or hostile.
    """
    with open_container(data, name) as package:
        parts = package.namelist()
        beside = [read_part(package, part, name) for part in parts if _BESIDE.fullmatch(part)]
        needed = [_main_part(parts), *(p if p in parts else "" for p in (_STYLES, _SETTINGS, _FOOTNOTES, _NUMBERING))]
        read = [read_part(package, part, name) if part else b"" for part in needed]
    content, styles, settings, footnotes, numbering = (part.replace(_STRICT, _W[1:-1].encode()) for part in read)
    try:
        root = parse_xml(content)
    except DamagedXml as error:
        raise NotADocumentError(f"{name}: its text is damaged ({error}); download it again") from error
    hiding = read_styles(styles)
    taken = leave_displayed(root, hiding)
    mark_cut_off(root, size_in(hiding))
    place_numbers(root, numbering, hiding)
    place_footnotes(root, footnotes)
    notes = [f"{taken} figures are deleted, hidden or struck and left out"] if taken else []
    if hiding.damaged:
        notes.append("its styles are damaged: what they hide or strike is read as displayed")
    pages: list[list[Block | TabLine]] = [[]]
    for block in _blocks(root.find(f"{_W}body"), _Document(name, TabStops.of(styles, settings)), 0):
        if not isinstance(block, _PageBreak):
            pages[-1].append(block)
        elif pages[-1]:
            pages.append([])
    if len(pages) > 1 and not pages[-1]:
        pages.pop()  # nothing follows the last break
    gaps: list[str] = []
    layouts = [
        layout_of(number, [*with_tab_tables(blocks, gaps)], "docx", name) for number, blocks in enumerate(pages, 1)
    ]
    gaps += _unread_parts(root, beside)
    pictures = sum(1 for _ in root.iter(*_PICTURES))
    if pictures and not any(layout.grids for layout in layouts):
        gaps.append(f"has {pictures} pictures and no table; pictures in it are not read: save it as PDF")
    return Reading(layouts, gaps, notes=notes)


def _unread_parts(root: Any, beside: Sequence[bytes]) -> Iterator[str]:
    """Yield what of a document is not read.

    Args:
        root: Its main part.
        beside: The parts of its headers, footers and notes.
    """
    imported = sum(1 for _ in root.iter(f"{_W}altChunk"))
    if imported:
        yield f"has {imported} parts of other formats, which are not read: save it again in Word"
    elsewhere = sum(map(_figures_in_tables, beside))
    if elsewhere:
        yield f"{elsewhere} figures stand in tables of its headers, footers and notes, which are not read: save it as PDF"
    if next(root.iter(f"{_W}subDoc"), None) is not None:
        yield "has parts in files of their own (subdocuments), which are not read: give these files too"
    patches = count_patches(root)
    if patches:
        yield f"{patches} white shapes lie over its text, at places that are not read: save it as PDF"
    drawn = _drawn_cells(root)
    if drawn:
        yield f"{drawn} cells of its tables hold pictures alone, which are not read: save it as PDF"


def _figures_in_tables(content: bytes) -> int:
    """Return how many figures with separators, no page numbers, stand in the tables of a part beside the main one; none of a damaged one."""
    if b"tbl>" not in content:
        return 0
    try:
        root = parse_xml(content.replace(_STRICT, _W[1:-1].encode()))
    except DamagedXml:
        return 0
    return sum(is_money(_cell_text(cell)[0]) for cell in root.iter(f"{_W}tc"))


def _main_part(names: list[str]) -> str:
    """Return the main part: `word/document.xml`, or what some programs number (`word/document2.xml`)."""
    found = [n for n in names if n.startswith("word/document") and n.endswith(".xml")]
    return min(found, key=len, default="word/document.xml")


def _blocks(parent: Any, document: _Document, depth: int) -> Iterator[Block | TabLine | _PageBreak]:
    """Yield paragraphs, tables and page breaks in order; text boxes come after the paragraph that anchors them."""
    if depth > MAX_DEPTH:
        raise NotADocumentError(
            f"{document.name}: has tables nested more than {MAX_DEPTH} deep; no budget has, look at the file"
        )
    for element in () if parent is None else parent:
        if element.tag == f"{_W}p":
            yield from _paragraph_blocks(element, document, depth)
        elif element.tag == f"{_W}tbl":
            yield from _table_blocks(element, document, depth)
            yield from (_PageBreak() for _ in range(_rendered_breaks(element)))
        elif element.tag == f"{_W}sectPr":
            continue
        else:
            # Content controls, custom XML and accepted insertions only wrap what they hold.
            inner = element.find(f"{_W}sdtContent")
            yield from _blocks(element if inner is None else inner, document, depth)


def _paragraph_blocks(paragraph: Any, document: _Document, depth: int) -> Iterator[Block | TabLine | _PageBreak]:
    properties = paragraph.find(f"{_W}pPr")
    if properties is not None and is_on(properties.find(f"{_W}pageBreakBefore")):
        yield _PageBreak()
    text, boxes, breaks = _read_paragraph(paragraph)
    # A break before any text, as Word writes it where a page begins, opens the page of this paragraph.
    before, _, after = text.partition("\f")
    if before.strip():
        yield document.stops.line(paragraph, before) or before.replace("\t", " ")
    yield from (_PageBreak() for _ in range(breaks))
    if after.strip():
        yield document.stops.line(paragraph, after) or after.replace("\f", "\n").replace("\t", " ")
    for box in boxes:
        yield from _blocks(box, document, depth + 1)
    section = properties.find(f"{_W}sectPr") if properties is not None else None
    if section is not None:
        kind = section.find(f"{_W}type")
        if kind is None or kind.get(f"{_W}val") != "continuous":
            yield _PageBreak()


def _read_paragraph(paragraph: Any) -> tuple[str, list[Any], int]:
    """Return a paragraph's text with a form feed at its first page break, its text boxes, and its page breaks."""
    parts: list[str] = []
    boxes: list[Any] = []
    breaks = 0
    fields: list[str] = []  # of each field that has begun: what it computes, until what it shows begins

    def walk(element: Any) -> None:
        nonlocal breaks
        for child in element:
            tag = child.tag
            if tag in _OF_FIELDS:
                parts.append(_at_field(fields, child))
            elif any(fields):
                walk(child)  # of a field within what another computes, nothing is shown
            elif tag in _TEXTS:
                parts.append(child.text or "")
            elif tag == f"{_W}lastRenderedPageBreak" or (tag == f"{_W}br" and child.get(f"{_W}type") == "page"):
                # Word notes the page that an explicit break begins a second time.
                if not (parts and parts[-1] == "\f"):
                    parts.append("\f")
                    breaks += 1
            elif _is_unread(child):
                parts.append(UNREAD)
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag == f"{_MC}AlternateContent":
                alternative = _alternative(child)
                if alternative is not None:
                    walk(alternative)
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag] or _symbol(child))
            elif tag not in _UNREAD:
                walk(child)

    walk(paragraph)
    return "".join(parts), boxes, breaks


def _is_unread(element: Any) -> bool:
    """Return whether an element is a fraction or a power, whose figures one after the other are another, or a page's number."""
    if element.tag == f"{_M}oMath":
        return any(own.tag != f"{_M}r" for own in element)
    return element.tag == f"{_W}fldSimple" and _PAGE_NUMBER.match(element.get(f"{_W}instr", "")) is not None


def _symbol(element: Any) -> str:
    """Return what a character of a symbols' font shows, or decorative type where that is a figure."""
    if element.tag == _ART:
        return element.get("string", "") if is_figure(visible(element.get("string", ""))) else ""
    code = element.get(f"{_W}char", "")
    return symbol_shown(element.get(f"{_W}font"), int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{4}", code) else ""


def _at_field(fields: list[str], element: Any) -> str:
    """Take in what a field computes, where it begins and ends, and where what it shows begins; return what is shown there.

    A formula (EQ) is drawn by Word and has no text, nor has the choice of a list, and the number of a page is where Word
    lays it out: what they show is unread.
    """
    mark = element.get(f"{_W}fldCharType")
    if mark is None:
        fields[-1:] = [part + (element.text or "") for part in fields[-1:]]
    elif mark == "begin":
        fields.append(" ")
    elif mark == "separate" and fields:
        code, fields[-1] = fields[-1], ""
        return UNREAD if _PAGE_NUMBER.match(code) and not any(fields) else ""
    elif mark == "end" and fields:
        code = fields.pop()
        shown = UNREAD if _FORMULA.match(code) else button[1] if (button := _BUTTON.match(code)) else ""
        return "" if any(fields) else shown
    return ""


def _alternative(content: Any) -> Any:
    """Return the one to read of the same text for newer and for older programs, or None."""
    choice, fallback = content.find(f"{_MC}Choice"), content.find(f"{_MC}Fallback")
    held = choice is not None and next(choice.iter(f"{_W}txbxContent", f"{_W}t"), None) is not None
    known = held and _KNOWN.issuperset(choice.get("Requires", "").split())
    return choice if known or fallback is None else fallback


def _rendered_breaks(table: Any) -> int:
    """Return how many pages a table runs over beyond its first, one break a row at most: every cell notes its own."""
    return sum(row.find(f".//{_W}lastRenderedPageBreak") is not None for row in table.iter(f"{_W}tr"))


def _table_blocks(table: Any, document: _Document, depth: int) -> Iterator[Block | TabLine | _PageBreak]:
    """Yield a table and, after it, the tables nested in its cells; a frame around other tables yields what it holds."""
    cells = [(row, cell) for row in _rows(table) for cell in _cells(row)]
    nested = [cell for _, cell in cells if cell.find(f".//{_W}tbl") is not None]
    if nested and len(cells) <= 2 * len(nested):
        for _, cell in cells:
            yield from _blocks(cell, document, depth + 1)
        return
    yield from cut(_snapped(_raw_table(table, document.name)))
    for cell in nested:
        for inner in cell.iter(f"{_W}tbl"):
            if next(inner.iterancestors(f"{_W}tc")) is cell and not _is_frame(inner):
                yield from _table_blocks(inner, document, depth + 1)


def _drawn_cells(root: Any) -> int:
    """Return how many cells of tables with figures hold a picture and no text."""
    cells = {cell for picture in root.iter(*_PICTURES) for cell in islice(picture.iterancestors(f"{_W}tc"), 1)}
    drawn = [cell for cell in cells if not _cell_text(cell)[0]]
    tables = {next(cell.iterancestors(f"{_W}tbl")) for cell in drawn}
    held = {t for t in tables if any(is_figure(_cell_text(cell)[0]) for row in _rows(t) for cell in _cells(row))}
    return sum(next(cell.iterancestors(f"{_W}tbl")) in held for cell in drawn)


def _is_frame(table: Any) -> bool:
    """Return whether a table is a frame around one text."""
    return sum(1 for _ in table.iter(f"{_W}tc")) == 1


def _rows(table: Any) -> list[Any]:
    """Return a table's own rows."""
    return [row for row in table.iter(f"{_W}tr") if next(row.iterancestors(f"{_W}tbl")) is table]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]


def _raw_table(table: Any, name: str) -> RawTable:
    boxes: list[Box] = []
    going: dict[int, int] = {}  # column → index of the box that a vertical merge may carry on
    width = 0
    rows = _rows(table)
    for number, row in enumerate(rows):
        column = _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        above, going = going, {}
        for cell in _cells(row):
            properties = cell.find(f"{_W}tcPr")
            span = _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)
            if column + span > MAX_COLUMNS:
                raise NotADocumentError(f"{name}: has a cell over {span} columns; no budget has, look at the file")
            merge = properties.find(f"{_W}vMerge") if properties is not None else None
            sideways = properties.find(f"{_W}hMerge") if properties is not None else None
            if sideways is not None and sideways.get(f"{_W}val") != "restart" and boxes and boxes[-1].row == number:
                boxes[-1] = boxes[-1]._replace(column_span=boxes[-1].column_span + span)
            elif merge is not None and merge.get(f"{_W}val") != "restart" and column in above:
                index = above[column]
                boxes[index] = boxes[index]._replace(row_span=number + 1 - boxes[index].row)
                going[column] = index
            else:
                if merge is not None:
                    going[column] = len(boxes)
                text, indent = _cell_text(cell)
                boxes.append(Box(number, column, 1, span, text, indent))
            column += span
        width = max(width, column)
    grid = table.find(f"{_W}tblGrid")
    widths = tuple(_number(c, 0, "w") / TWIPS for c in grid) if grid is not None else ()
    return RawTable(len(rows), width, tuple(boxes), widths)


def _snapped(table: RawTable) -> RawTable:
    """Make one of column edges that lie closer than any readable column is wide: rows drawn apart leave such slivers."""
    if len(table.widths) < table.columns:
        return table
    edges = [0.0, *accumulate(table.widths[: table.columns])]
    place: list[int] = []
    kept: list[float] = []
    for edge in edges:
        if not kept or edge - kept[-1] >= MIN_COLUMN:
            kept.append(edge)
        place.append(len(kept) - 1)
    boxes: list[Box] = []
    for box in table.boxes:
        start, stop = place[box.column], place[min(table.columns, box.column + box.column_span)]
        if start < stop:
            boxes.append(box._replace(column=start, column_span=stop - start))
        elif box.text:
            return table  # a column so narrow that has a text is one
    widths = tuple(b - a for a, b in pairwise(kept))
    return RawTable(table.rows, len(widths), tuple(boxes), widths)


def _cell_text(cell: Any) -> tuple[str, float]:
    """Return a cell's text, with that of boxes and frames in it and without that of tables, and its indent."""
    texts: list[str] = []
    indents: list[float] = []
    for paragraph in cell.iter(f"{_W}p"):
        around = next(paragraph.iterancestors(f"{_W}tc", f"{_W}txbxContent"))
        if around is not cell and not (around.tag == f"{_W}tc" and _is_frame(next(around.iterancestors(f"{_W}tbl")))):
            continue
        text, boxes, _ = _read_paragraph(paragraph)
        text = text.replace("\f", "").replace("\t", " ")
        texts += [visible(_read_paragraph(inner)[0]) for box in boxes for inner in box.iter(f"{_W}p")]
        if text.strip():
            texts.append(visible(text))
            place = paragraph.find(f"{_W}pPr/{_W}ind")
            stated = sum(_number(place, 0, key) for key in ("left", "start", "firstLine")) if place is not None else 0
            indents.append(stated / TWIPS + indent_of(text))
    return "\n".join(filter(None, texts)), max(0.0, min(indents, default=0.0))


def _number(element: Any, default: int, key: str = "val") -> int:
    """Return an integer attribute; where there is none or it is no number, the default."""
    value = element.get(f"{_W}{key}") if element is not None else None
    try:
        return max(0, int(float(value))) if value is not None else default
    except (ValueError, OverflowError):
        return default
