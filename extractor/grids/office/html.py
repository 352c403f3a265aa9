"""Web pages → page layouts: the tables that hold data, and the lines of text around them; nothing linked is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree, html

from extractor.errors import NotADocumentError
from extractor.grids.grid import Reading
from extractor.grids.office.captions import cut
from extractor.grids.office.html_display import leave_displayed
from extractor.grids.office.raster import (
    MAX_COLUMNS,
    Block,
    Box,
    RawTable,
    holds_amounts,
    indent_of,
    layout_of,
    visible,
)
from extractor.grids.office.web_article import find_article, states_amounts, trim_article
from extractor.notation.figures import is_figure
from extractor.source.encoding import decode_text, saved_page

_UNSEEN = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "audio",
        "video",
        "template",
        "iframe",
        "object",
        "select",
        "textarea",
        "button",
        "svg",
        "nav",
        "rp",
        "rt",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "ins",
        "wbr",
    ]
)
_REPORT = '<meta name="generator" content="budget-extractor report'  # its figures are those of other documents
_DRAWN = ("img", "svg", "canvas", "object", "embed", "iframe", "script")  # which show what is no text of the page
SMALLEST = 6  # pixels of a picture's side
_PRINTING = re.compile(
    r"\.(?:innerHTML|innerText|textContent|outerHTML)\s*\+?=[^=]|\.(?:text|html|append)\(|insertAdjacent"
)
_AMOUNT_TEXT = re.compile(
    r"[\"'`]-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|[1-9]\d+\.\d{1,6})[\"'`]"
)  # 0.8 and 1.0 are opacities and versions
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_EMS = re.compile(r"(?:text-indent|padding-left|margin-left)\s*:\s*([\d.]+)(em|px|pt)")
# How 政府网站发展指引 has every page of a government say its title.
_ARTICLE_TITLE = "//meta[translate(@name, 'ARTICLE', 'article') = 'articletitle']/@content"
POINTS = {"em": 10.0, "px": 0.75, "pt": 1.0}
TALLEST = 65_534  # rows that HTML lets a cell span
MAX_DEPTH = 200  # elements within elements


def read_html(data: bytes, name: str) -> Reading:
    """Read the data tables of a web page and the text around them, or the article that it shows, as one page.

    Args:
        data: The file's bytes; the encoding is told by them.
        name: How error messages call the file.

    Raises:
        NotADocumentError: It has neither a table nor sentences with amounts: an error page, a landing page or a list
            of links; or it is a report on documents that were read.
    """
    text = _DECLARATION.sub("", decode_text(saved_page(data) or data).replace("\0", ""))
    if _REPORT in text[:1000]:
        raise NotADocumentError(f"{name}: is a page of `extractor report`; expected a document: give the original file")
    parser = html.HTMLParser(encoding="utf-8")
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotADocumentError(f"{name}: is a web page (HTML) that cannot be read ({error})") from error
    if parser.error_log.filter_from_errors().filter_types(etree.ErrorTypes.ERR_NO_MEMORY):
        raise MemoryError  # what was parsed until then is a page, and not this one
    title = root.findtext(".//title") or ""
    named = "".join(root.xpath(_ARTICLE_TITLE)[:1])
    try:
        taken = leave_displayed(root)
    except RecursionError as error:
        raise NotADocumentError(
            f"{name}: has styles with brackets nested too deep; no budget has, look at the file"
        ) from error
    blocks = [block for block in _blocks(root, name, 0) if isinstance(block, RawTable) or visible(block)]
    if states_amounts(blocks):
        blocks = _article(root, blocks, f"{named}\n{title}", name)
    layout = layout_of(1, blocks, "html", name)
    cells = [box.text for block in blocks if isinstance(block, RawTable) for box in block.boxes]
    if not holds_amounts([layout]) and not states_amounts([*blocks, *cells]):
        raise NotADocumentError(
            f"{name}: is a web page (HTML) without a table of amounts or sentences that state some; the download met an "
            "error, landing or listing page: fetch its attachment"
        )
    known = "\n".join(filter(None, (visible(title), layout.text)))
    notes = [f"{taken} figures are hidden or struck and left out"] if taken else []
    drawn = _drawn_cells(root)
    gaps = (
        [f"{drawn} cells of its tables hold pictures or scripts alone, which are not read: save it as PDF"]
        if drawn
        else []
    )
    scripted = _scripted_figures(root)
    gaps += [f"{scripted} figures stand in its scripts, which may print them and are not run: save it as PDF"] * bool(
        scripted
    )
    return Reading([replace(layout, text=known)], gaps, notes=notes)


def _article(root: Any, page: list[Block], title: str, name: str) -> list[Block]:
    """Return the blocks of the article that a page shows."""
    article = find_article(root, _is_shown)
    blocks = [block for block in _blocks(article, name, 0) if isinstance(block, RawTable) or visible(block)]
    return trim_article(blocks, page, title)


def _blocks(parent: Any, name: str, depth: int) -> Iterator[Block]:
    """Yield the lines of text and the tables under an element, as displayed one after another.

    A line that is links alone is navigation and left out, except in a table's cells.
    """
    if depth > MAX_DEPTH:
        raise NotADocumentError(
            f"{name}: has elements nested more than {MAX_DEPTH} deep; no budget has, look at the file"
        )
    line = [_spaced(parent.text)]
    linked = False  # all of the line so far, blanks aside, is links
    for child in parent:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag and _is_shown(child):
            if tag in _INLINE:
                first, *more = _inline(child, name, depth)
                linked = (linked or not "".join(line).strip()) and (tag == "a" or not first.strip())
                line.append(first)
            else:
                more = [*(_table_blocks(child, name, depth) if tag == "table" else _blocks(child, name, depth + 1)), ""]
            if more:
                yield from () if linked else ("".join(line),)
                yield from more
                line, linked = [], False
        tail = _spaced(child.tail)
        linked = linked and not tail.strip()
        line.append(tail)
    yield from () if linked else ("".join(line),)


def _inline(element: Any, name: str, depth: int) -> tuple[str, *tuple[Block, ...]]:
    """Return what an inline element adds to its line, and the blocks that it holds all the same."""
    if element.tag == "a" and element.find(".//table") is None:
        return (_spaced("".join(element.itertext())),)
    blocks = list(_blocks(element, name, depth + 1))
    if blocks and isinstance(blocks[0], str):
        return (blocks[0], *blocks[1:])
    return ("", *blocks)


def _spaced(text: str | None) -> str:
    """Return a text with the source's own line ends and runs of blanks made one blank; `&nbsp;` stays."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _drawn_cells(root: Any) -> int:
    """Return how many cells of tables with figures hold a picture and no text."""
    tables = {next(cell.iterancestors("table"), None) for cell in root.iter("td") if is_figure(_cell_text(cell)[0])}
    cells = {next(picture.iterancestors("td"), None) for picture in root.iter(*_DRAWN) if not _is_spacer(picture)}
    cells = {cell for cell in cells if cell is not None and next(cell.iterancestors("table"), None) in tables}
    return sum(not _cell_text(cell)[0] for cell in cells)


def _scripted_figures(root: Any) -> int:
    """Return how many amounts are texts of scripts that print such into the page."""
    scripts = (script.text or "" for script in root.iter("script") if not script.get("src"))
    return sum(len(_AMOUNT_TEXT.findall(script)) for script in scripts if _PRINTING.search(script))


def _is_spacer(picture: Any) -> bool:
    """Return whether a picture is too small to show a figure: old pages keep cells open by such."""
    sides = (re.match(r"\s*(\d{1,4})", picture.get(side, "")) for side in ("width", "height"))
    return any(side is not None and int(side[1]) < SMALLEST for side in sides)


def _is_shown(element: Any) -> bool:
    return element.tag not in _UNSEEN


def _table_blocks(table: Any, name: str, depth: int) -> Iterator[Block]:
    """Yield a data table and those nested in it; a table that only lays the page out yields what its cells hold."""
    rows = _rows(table)
    cells = [cell for row in rows for cell in _cells(row)]
    nested = [cell for cell in cells if any(not _is_frame(inner) for inner in cell.iter("table"))]
    for caption in table.findall("caption"):
        yield from _blocks(caption, name, depth + 1)
    if (nested and not any(is_figure(_cell_text(c)[0]) for c in cells)) or len(cells) == 1:
        for cell in cells:
            yield from _blocks(cell, name, depth + 1)
        return
    if cells:
        yield from cut(_raw_table(rows, name))
    for cell in nested:
        for inner in cell.iter("table"):
            if next(inner.iterancestors("td", "th")) is cell and not _is_frame(inner):
                yield from _table_blocks(inner, name, depth + 1)


def _is_frame(table: Any) -> bool:
    """Return whether a table within a cell is a frame around one text."""
    return sum(1 for _ in table.iter("td", "th")) == 1


def _rows(table: Any) -> list[Any]:
    """Return a table's own rows as displayed: head first, foot last."""
    order = {"thead": 0, "tfoot": 2}
    own = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    return sorted(own, key=lambda row: order.get(row.getparent().tag, 1))


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _raw_table(rows: list[Any], name: str) -> RawTable:
    boxes: list[Box] = []
    reach: dict[int, int] = {}  # column → the row above which a spanning cell holds it
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in _cells(row):
            while reach.get(column, 0) > number:
                column += 1
            wide, tall = _span(cell, "colspan", name, MAX_COLUMNS), _span(cell, "rowspan", name, TALLEST)
            tall = tall or len(rows) - number  # rowspan 0: down to the end
            text, indent = _cell_text(cell)
            boxes.append(Box(number, column, tall, wide, text, indent))
            for covered in range(column, column + wide):
                reach[covered] = number + tall
            column += wide
            if column > MAX_COLUMNS:
                raise NotADocumentError(f"{name}: has a row over {column} columns; no budget has, look at the file")
        width = max(width, column)
    return RawTable(len(rows), width, tuple(boxes))


def _span(cell: Any, key: str, name: str, most: int) -> int:
    """Return a span; browsers take one where it is no number.

    Raises:
        NotADocumentError: It is larger than HTML allows.
    """
    match = re.match(r"\s*\+?(\d+)", cell.get(key, "1"))
    span = int(match[1][:12]) if match else 1
    if span > most:
        raise NotADocumentError(f"{name}: has a cell with {key}={match[1] if match else ''}; expected at most {most}")
    return span if key == "rowspan" else max(1, span)


def _cell_text(cell: Any) -> tuple[str, float]:
    """Return a cell's text, without that of tables nested in it, and the indent of its first line."""
    lines = [line for line in _own_lines(cell) if visible(line)]
    if not lines:
        return "", 0.0
    styled = 0.0
    for element in (cell, *cell.iter("p", "div", "span")):
        if match := _EMS.search(element.get("style", "").lower()):
            styled = float(match[1][:8].rstrip(".") or 0) * POINTS[match[2]]
            break
    return "\n".join(map(visible, lines)), styled + indent_of(lines[0].lstrip(" "))


def _own_lines(element: Any) -> list[str]:
    """Return the lines of a cell as displayed, nested tables left out."""
    lines = [_spaced(element.text)]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag and (tag != "table" or _is_frame(child)) and _is_shown(child):
            inner = _own_lines(child)
            if tag in _INLINE:
                lines[-1] += inner[0]
                lines += inner[1:]
            else:
                lines += [*inner, ""]
        lines[-1] += _spaced(child.tail)
    return lines
