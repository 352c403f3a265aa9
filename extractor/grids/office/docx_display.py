"""What of a Word document is displayed: deleted, moved, hidden and struck text is taken out of its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from extractor.grids.office.colours import are_alike, is_red
from extractor.grids.office.raster import visible
from extractor.grids.office.symbols import private_shown, shows_pictograms
from extractor.notation.figures import CHARACTERS, UNREAD, is_figure, is_signed, sets_negatives_in_red
from extractor.notation.marks import SMALL, lowered, raised, small
from extractor.source.markup import DamagedXml, parse_xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_W10 = "{urn:schemas-microsoft-com:office:word}"
_FORMS: dict[str, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
_UNSEEN = ("vanish", "webHidden", "strike", "dstrike")
_WATCHED = (*_UNSEEN, "color", "shd", "highlight", "vertAlign", "position", "sz", "w", "rFonts")
_PAPER = "FFFFFF"
_THEME = {"background1": _PAPER, "light1": _PAPER, "text1": "000000", "dark1": "000000"}
_THEME |= {"bg1": _PAPER, "lt1": _PAPER, "tx1": "000000", "dk1": "000000"}
_HIGHLIGHTS = {
    "black": "000000",
    "white": _PAPER,
    "yellow": "FFFF00",
    "red": "FF0000",
    "green": "00FF00",
    "blue": "0000FF",
}
_FAR = 4_000  # twips to the left of its column or above its page: beyond any margin
_FLAT = 40  # twips: in an exact height of less, no text is seen
_USUAL, _TINY = 20, 4  # half-points: type of no stated size, and type of a size below which nothing is seen
_NARROWEST = 10  # percent of its width: text set more narrowly is a stroke
_MAY_GO = (f"{W}del", f"{W}moveFrom", f"{_W14}conflictDel", f"{W}tr", f"{W}tc", f"{W}r")
_SHAPES = tuple(f"{_V}{shape}" for shape in ("rect", "roundrect", "oval", "shape"))
_DIAGONALS = (f"{W}tl2br", f"{W}tr2bl")
_LINES = ("line", "straightConnector1")
_WRAPS = (
    *(f"{_WP}wrap{kind}" for kind in ("Square", "Tight", "Through", "TopAndBottom")),
    f"{_W10}wrap",
)
# The edges of a table that its style may set apart: the bit of `tblLook` that asks for it, its name there, whether it is the last.
_LOOKS = {
    "firstCol": (0x80, "firstColumn", False),
    "lastCol": (0x100, "lastColumn", True),
    "firstRow": (0x20, "firstRow", False),
    "lastRow": (0x40, "lastRow", True),
}
_DEEPEST = 10  # styles based on styles


class Styles(NamedTuple):
    """What styles say of how text is displayed; of a damaged part, nothing.

    Attributes:
        properties: Style → property → its element.
        edges: The same of the first and last rows and columns of a style's tables: style → which → property → its element.
        damaged: Whether nobody could read them.
    """

    properties: dict[str, dict[str, Any]]
    edges: dict[str, dict[str, dict[str, Any]]]
    damaged: bool = False


def read_styles(content: bytes) -> Styles:
    """Read the part `word/styles.xml`; empty where a document has none."""
    if not content:
        return Styles({}, {})
    try:
        root = parse_xml(content)
    except DamagedXml:
        return Styles({}, {}, damaged=True)
    styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    properties = {name: _with_base(style, styles) for name, style in styles.items()}
    return Styles(properties, {name: own for name, style in styles.items() if (own := _edges(style, styles))})


def _edges(style: Any, styles: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a style of tables, and those that it is based on, say of text in their first and last rows and columns."""
    found: dict[str, dict[str, Any]] = {}
    for _ in range(_DEEPEST):
        if style is None:
            break
        for part in style.iterfind(f"{W}tblStylePr"):
            which = part.get(f"{W}type", "")
            if which in _LOOKS:
                found[which] = _watched(part.find(f"{W}rPr")) | found.get(which, {})
        base = style.find(f"{W}basedOn")
        style = styles.get(base.get(f"{W}val")) if base is not None else None
    return {which: own for which, own in found.items() if own}


def _edge_properties(run: Any, table: Any, edges: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a table's style says of a run in those of its edges that the table wants to look different."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    cell = next(run.iterancestors(f"{W}tc"), None)
    if look is None or cell is None:
        return {}
    row = next(cell.iterancestors(f"{W}tr"))
    found: dict[str, Any] = {}
    for which, (bit, named, is_last) in _LOOKS.items():
        stated = look.get(f"{W}{named}")
        wanted = stated in ("1", "true", "on") if stated else bool(_hex(look.get(f"{W}val")) & bit)
        place = row if which.endswith("Row") else cell
        beyond = place.itersiblings(place.tag, f"{W}sdt", preceding=not is_last)
        if which in edges and wanted and next(beyond, None) is None:
            found |= edges[which]
    return found


def _hex(text: str | None) -> int:
    return (
        int(text, 16) if text and all(char in "0123456789abcdefABCDEF" for char in text[:8]) and len(text) <= 8 else 0
    )


def _with_base(style: Any, styles: dict[str, Any]) -> dict[str, Any]:
    """Return the watched properties of a style and of those that it is based on."""
    found: dict[str, Any] = {}
    for _ in range(_DEEPEST):
        if style is None:
            break
        own = style.find(f"{W}rPr")
        found = _fills(style) | _watched(own) | _numbers(style) | found
        base = style.find(f"{W}basedOn")
        style = styles.get(base.get(f"{W}val")) if base is not None else None
    return found


def _fills(style: Any) -> dict[str, Any]:
    """Return what a style says lies behind its paragraphs or cells, as `fill`: the style itself if that depends on the row."""
    own = [style.find(f"{W}{place}/{W}shd") for place in ("pPr", "tcPr", "tblPr")]
    shades = [shade for shade in own if shade is not None] or (
        [style] if style.find(f"{W}tblStylePr//{W}shd") is not None else []
    )
    return {"fill": shades[0]} if shades else {}


def _numbers(style: Any) -> dict[str, Any]:
    """Return the list that a style of paragraphs numbers them in, as `numPr`."""
    listed = style.find(f"{W}pPr/{W}numPr")
    return {"numPr": listed} if listed is not None else {}


def _watched(properties: Any) -> dict[str, Any]:
    """Return those properties of text that say how it is displayed."""
    named = {tag: properties.find(f"{W}{tag}") for tag in _WATCHED} if properties is not None else {}
    if properties is not None:
        named["textFill"] = properties.find(f"{_W14}textFill")
    return {tag: element for tag, element in named.items() if element is not None}


def _properties(run: Any, styles: Styles) -> dict[str, Any]:
    """Return the properties of a run: its paragraph's style's, its own style's, its own."""
    own = run.find(f"{W}rPr")
    if not styles.properties:
        return _watched(own)
    table, paragraph = (next(run.iterancestors(f"{W}{tag}"), None) for tag in ("tbl", "p"))
    named = [table.find(f"{W}tblPr/{W}tblStyle") if table is not None else None]
    named += [paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None]
    named += [own.find(f"{W}rStyle") if own is not None else None]
    found: dict[str, Any] = {}
    for number, style in enumerate(named):
        if number == 1 and table is not None and named[0] is not None:
            edges = styles.edges.get(named[0].get(f"{W}val"))
            found |= _edge_properties(run, table, edges) if edges else {}
        found |= styles.properties.get(style.get(f"{W}val"), {}) if style is not None else {}
    return found | _watched(own)


def leave_displayed(root: Any, styles: Styles) -> int:
    """Take out of a document's tree what it does not display, and make raised and lowered figures marks.

    Args:
        root: The main part; it is changed.
        styles: What its styles hide.

    Returns:
        How many figures were taken out.
    """
    gone = [e for e in root.iter(*_MAY_GO) if _is_gone(e, styles)]
    taken: defaultdict[Any, list[str]] = defaultdict(list)
    for element in gone:
        for text in element.iter(f"{W}t", f"{W}delText"):
            paragraph = next(text.iterancestors(f"{W}p"), element)
            taken[paragraph].append(text.text or "")
    for element in gone:
        if element.tag == f"{W}tc":
            for content in element.findall(f"{W}p"):
                content[:] = []
        elif element.getparent() is not None:
            element.getparent().remove(element)
    for run in root.iter(f"{W}r"):
        _mark(run, styles)
    if sets_negatives_in_red("".join(text.text or "" for text in root.iter(f"{W}t"))):
        _mark_red(root, styles)
    _mark_covered(root)
    for bound in root.iter(f"{W}dataBinding"):  # Word shows what the document's store holds, which is not read
        control = next(bound.iterancestors(f"{W}sdt"))
        texts = [*control.iter(f"{W}t")]
        if is_figure(visible("".join(text.text or "" for text in texts))):
            texts[0].text = UNREAD + (texts[0].text or "")
    return sum(is_figure(visible("".join(parts))) for parts in taken.values() if "".join(parts).strip())


def is_on(flag: Any) -> bool:
    """Return whether a property of text or of a row is there and not switched off."""
    return flag is not None and flag.get(f"{W}val") not in ("0", "false", "off")


def _is_gone(element: Any, styles: Styles) -> bool:
    parent: str = element.getparent().tag
    if element.tag == f"{W}tr":
        properties = element.find(f"{W}trPr")
        return properties is not None and (
            properties.find(f"{W}del") is not None
            or is_on(properties.find(f"{W}hidden"))
            or _is_flat(properties.find(f"{W}trHeight"))
        )
    if element.tag == f"{W}tc":
        return element.find(f"{W}tcPr/{W}cellDel") is not None
    if element.tag == f"{W}r":
        properties = _properties(element, styles)
        unseen = any(is_on(properties.get(flag)) for flag in _UNSEEN) or _is_like_paper(element, properties)
        return unseen or (_is_of_figures(element) and _is_too_small(element, properties))
    return parent not in (f"{W}rPr", f"{W}trPr")  # there, a mark of the paragraph or the row


def _is_flat(height: Any) -> bool:
    """Return whether a row is so low that none of its text is seen."""
    return (
        height is not None
        and height.get(f"{W}hRule") == "exact"
        and height.get(f"{W}val", "").isdecimal()
        and int(height.get(f"{W}val")[:9]) < _FLAT
    )


def _is_too_small(run: Any, properties: dict[str, Any]) -> bool:
    """Return whether nothing is seen of a run's digits: tiny, squeezed, on a line of no height, or shown as pictograms."""
    line = next((p.find(f"{W}pPr/{W}spacing") for p in run.iterancestors(f"{W}p")), None)
    exact = line is not None and line.get(f"{W}lineRule") == "exact"
    return (
        _size(properties) < _TINY
        or _whole(properties.get("w"), "val", 100) < _NARROWEST
        or (exact and _whole(line, "line", _FLAT) < _FLAT)
        or shows_pictograms(_font(properties))
        or any(map(_is_beside_the_page, run.iterancestors(f"{W}p")))
    )


def _is_beside_the_page(paragraph: Any) -> bool:
    """Return whether a paragraph's indent or frame puts it where no paper is."""
    moved = (("ind", ("left", "start")), ("framePr", ("x", "y")))
    places = ((paragraph.find(f"{W}pPr/{W}{tag}"), keys) for tag, keys in moved)
    steps = (element.get(f"{W}{key}", "") for element, keys in places if element is not None for key in keys)
    return any(step.startswith("-") and step[1:].isdecimal() and int(step[1:9]) > _FAR for step in steps)


def _whole(element: Any, key: str, default: int) -> int:
    text = element.get(f"{W}{key}", "") if element is not None else ""
    return int(text[:9]) if text.isdecimal() else default


def _font(properties: dict[str, Any]) -> str | None:
    fonts = properties.get("rFonts")
    return fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") if fonts is not None else None


def _is_like_paper(run: Any, properties: dict[str, Any]) -> bool:
    """Return whether a run is a figure of the colour behind it; headings are white on what a table's style fills."""
    fill = properties.get("textFill")
    if fill is not None and fill.find(f"{_W14}noFill") is not None:
        return _is_of_figures(run)
    colour = _filled(fill) or _colour(properties.get("color"), "val", "themeColor")
    if colour is None:
        marker = properties.get("highlight")  # under it, text of no colour of its own stays black
        plain = "color" not in properties or properties["color"].get(f"{W}val") == "auto"
        return plain and marker is not None and marker.get(f"{W}val") == "black" and _is_of_figures(run)
    return _is_of_figures(run) and are_alike(colour, _behind(run, properties))


def _filled(fill: Any) -> str | None:
    """Return the one colour of a text's own fill, None where it has none."""
    solid = fill.find(f"{_W14}solidFill") if fill is not None else None
    if solid is None or len(solid) != 1 or len(solid[0]):
        return None
    stated: str = solid[0].get(f"{_W14}val", "")
    return _THEME.get(stated, stated.upper() if len(stated) == 6 else None)


def _is_of_figures(run: Any) -> bool:
    text = "".join(run.itertext(f"{W}t")).strip()
    return bool(text) and CHARACTERS.issuperset(text)


def _size(properties: dict[str, Any]) -> int:
    """Return the size of a run's type in half-points."""
    size = properties["sz"].get(f"{W}val", "") if "sz" in properties else ""
    return int(size[:6]) if size.isdecimal() else _USUAL


def _behind(run: Any, properties: dict[str, Any]) -> str | None:
    """Return the colour behind a run, None where it is not known: that of its marker, or of what is shaded around it."""
    marker = properties.get("highlight")
    if marker is not None and marker.get(f"{W}val") != "none":
        return _HIGHLIGHTS.get(marker.get(f"{W}val", ""))
    shades = [properties.get("shd")]
    for tag, place in (("p", "pPr"), ("tc", "tcPr"), ("tbl", "tblPr")):
        around = next(run.iterancestors(f"{W}{tag}"), None)
        shades.append(around.find(f"{W}{place}/{W}shd") if around is not None else None)
    for shade in (*shades, properties.get("fill")):
        if shade is not None and shade.tag != f"{W}shd":
            return None  # a style of tables that fills some of their rows
        if shade is not None and shade.get(f"{W}val") == "solid":
            return _colour(shade, "color", "themeColor")
        if shade is not None and shade.get(f"{W}fill", "auto").lower() not in ("", "auto"):
            return _colour(shade, "fill", "themeFill")
    return _PAPER


def _colour(element: Any, key: str, theme: str) -> str | None:
    """Return a colour as six hex digits, None where the document does not say it outright."""
    if element is None:
        return None
    changes = (element.get(f"{W}{theme.removesuffix('Color')}{change}", "FF") for change in ("Tint", "Shade"))
    if any(change.upper() != "FF" for change in changes):  # FF leaves all of a colour
        return None
    stated: str = element.get(f"{W}{key}", "").upper()
    return _THEME.get(element.get(f"{W}{theme}", ""), stated if len(stated) == 6 else None)


def _mark_red(root: Any, styles: Styles) -> None:
    """Mark the digits in red unread: they are of figures below zero, of which nothing else says it."""
    for run in root.iter(f"{W}r"):
        if _is_of_figures(run) and is_red(_colour(_properties(run, styles).get("color"), "val", "themeColor")):
            for text in run.iter(f"{W}t"):
                text.text = (text.text or "") if is_signed(text.text or "") else UNREAD + (text.text or "")


def _mark(run: Any, styles: Styles) -> None:
    """Make the digits of a raised or lowered run, or of one in small type behind a digit, marks."""
    properties = _properties(run, styles)
    place = properties.get("vertAlign")
    form = _FORMS.get(place.get(f"{W}val", "") if place is not None else "") or _moved(run, properties, styles)
    for text in run.iter(f"{W}t"):
        text.text = form(private_shown(_font(properties), text.text or ""))


def _moved(run: Any, properties: dict[str, Any], styles: Styles) -> Callable[[str], str]:
    """Return what becomes of a run that is moved up or down behind one that is not, or in smaller type than it.

    434.56 and a 1 moved up are no 434.561.
    """
    moved = properties.get("position")
    steps = moved.get(f"{W}val", "0") if moved is not None else "0"
    before = _run_before(run)
    if before is None or not (steps not in ("", "0") or "sz" in properties):
        return str
    usual = _properties(before, styles)
    if steps not in ("", "0") and "position" not in usual:
        return lowered if steps.startswith("-") else raised
    if _size(properties) < SMALL * _size(usual):
        return partial(small, before="".join(before.itertext(f"{W}t")))
    return str


def _run_before(run: Any) -> Any:
    """Return the last run with text before one in its paragraph, whatever wraps either of them; None if there is none."""
    place = run
    while place is not None and place.tag != f"{W}p":
        for sibling in place.itersiblings(preceding=True):
            for text in reversed([*sibling.iter(f"{W}t")]):
                return next(text.iterancestors(f"{W}r"), None)
        place = place.getparent()
    return None


def _mark_covered(root: Any) -> None:
    """Take for unread the figures of cells over which a shape or a picture is laid, or through which a line or border runs.

    Where it lies, Word knows once it has laid the page out; nothing else does.
    """
    drawn = [*root.iter(f"{_WP}anchor", f"{_V}line", *_SHAPES)]
    cells: set[Any] = {next(shape.iterancestors(f"{W}tc"), None) for shape in drawn if _covers(shape)}
    cells |= {edge.getparent().getparent().getparent() for edge in root.iter(*_DIAGONALS) if _is_drawn(edge)}
    for cell in cells - {None}:
        if not is_figure(visible("".join(text.text or "" for text in cell.iter(f"{W}t")))):
            continue
        for text in cell.iter(f"{W}t"):
            if any(map(str.isdecimal, text.text or "")) and next(text.iterancestors(f"{W}txbxContent"), None) is None:
                text.text = UNREAD


def _is_drawn(border: Any) -> bool:
    return border.get(f"{W}val") not in (None, "none", "nil") and border.getparent().tag == f"{W}tcBorders"


def _covers(shape: Any) -> bool:
    """Return whether a drawing lies over text and is opaque, or is a line."""
    if shape.tag == f"{_V}line":
        return True
    if shape.tag in _SHAPES:
        placed = "absolute" in shape.get("style", "") and "z-index:-" not in shape.get("style", "")
        return placed and shape.get("filled", "t") not in ("f", "false") and shape.find(f"{_V}textpath") is None
    if shape.get("behindDoc") == "1":
        return False
    lines = any(form.get("prst") in _LINES for form in shape.iter(f"{_A}prstGeom"))
    # A shape's own fill is a child of its properties; that of its outline is one of the outline's.
    filled = any(fill.getparent().tag.endswith("}spPr") for fill in shape.iter(f"{_A}solidFill"))
    return lines or filled or next(shape.iter(f"{_A}blip"), None) is not None


def count_patches(root: Any) -> int:
    """Return how many white shapes without a text lie over a document's text outside of cells: what of it they hide, only Word knows."""
    shapes = (shape for shape in root.iter(f"{_WP}anchor", *_SHAPES) if _covers(shape) and _is_white(shape))
    around = (f"{W}tc", f"{W}txbxContent")
    beside = (
        f"{W}txbxContent",
        f"{_A}blip",
        *_WRAPS,
    )  # a box of text or a picture is no patch, nor is what text flows around
    plain = (shape for shape in shapes if next(shape.iter(*beside), None) is None)
    return sum(next(shape.iterancestors(*around), None) is None for shape in plain)


def _is_white(shape: Any) -> bool:
    fills = (fill[0] for fill in shape.iter(f"{_A}solidFill") if fill.getparent().tag.endswith("}spPr") and len(fill))
    stated = [shape.get("fillcolor", "")] if shape.tag in _SHAPES else [fill.get("val", "") for fill in fills]
    return any(colour.lower().lstrip("#") in ("white", "fff", "ffffff", "bg1", "lt1") for colour in stated)


def list_of(paragraph: Any, styles: Styles) -> tuple[str, int] | None:
    """Return the list that a paragraph is numbered in by its own properties or its style's, and its level there."""
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    own = styles.properties.get(named.get(f"{W}val"), {}).get("numPr") if named is not None else None
    stated = paragraph.find(f"{W}pPr/{W}numPr")
    listed = stated if stated is not None else own
    number = listed.find(f"{W}numId") if listed is not None else None
    if listed is None or number is None or number.get(f"{W}val") in (None, "0"):
        return None
    return number.get(f"{W}val"), _whole(listed.find(f"{W}ilvl"), "val", 0)


def size_in(styles: Styles) -> Callable[[Any], int]:
    """Return what returns the size of a run's type in half-points."""
    return lambda run: _size(_properties(run, styles))
