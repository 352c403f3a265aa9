"""What of a Word document is displayed: deleted, moved, hidden and struck text is taken out of its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from lxml import etree

from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, is_figure
from extractor.notation.marks import SMALL, lowered, raised, small

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORMS: dict[str, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
_UNSEEN = ("vanish", "webHidden", "strike", "dstrike")
_WATCHED = (*_UNSEEN, "color", "shd", "highlight", "vertAlign", "position", "sz")
_PAPER = "FFFFFF"
_THEME = {"background1": _PAPER, "light1": _PAPER, "text1": "000000", "dark1": "000000"}
_HIGHLIGHTS = {
    "black": "000000",
    "white": _PAPER,
    "yellow": "FFFF00",
    "red": "FF0000",
    "green": "00FF00",
    "blue": "0000FF",
}
_FLAT = 40  # twips: in an exact height of less, no text is seen
_USUAL, _TINY = 20, 4  # half-points: type of no stated size, and type of a size below which nothing is seen
_DEEPEST = 10  # styles based on styles


class Styles(NamedTuple):
    """What styles say of how text is displayed: style → property → its element; of a damaged part, nothing."""

    properties: dict[str, dict[str, Any]]
    damaged: bool = False


def read_styles(content: bytes) -> Styles:
    """Read the part `word/styles.xml`; empty where a document has none."""
    if not content:
        return Styles({})
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        return Styles({}, damaged=True)
    styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    return Styles({name: _with_base(style, styles) for name, style in styles.items()})


def _with_base(style: Any, styles: dict[str, Any]) -> dict[str, Any]:
    """Return the watched properties of a style and of those that it is based on."""
    found: dict[str, Any] = {}
    for _ in range(_DEEPEST):
        if style is None:
            break
        own = style.find(f"{W}rPr")
        found = _watched(own) | found
        base = style.find(f"{W}basedOn")
        style = styles.get(base.get(f"{W}val")) if base is not None else None
    return found


def _watched(properties: Any) -> dict[str, Any]:
    """Return those properties of text that say how it is displayed."""
    named = {tag: properties.find(f"{W}{tag}") for tag in _WATCHED} if properties is not None else {}
    return {tag: element for tag, element in named.items() if element is not None}


def _properties(run: Any, styles: Styles) -> dict[str, Any]:
    """Return the properties of a run: its paragraph's style's, its own style's, its own."""
    own = run.find(f"{W}rPr")
    if not styles.properties:
        return _watched(own)
    paragraph = next(run.iterancestors(f"{W}p"), None)
    named = [paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None]
    named += [own.find(f"{W}rStyle") if own is not None else None]
    found: dict[str, Any] = {}
    for style in named:
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
    gone = [e for e in root.iter(f"{W}del", f"{W}moveFrom", f"{W}tr", f"{W}tc", f"{W}r") if _is_gone(e, styles)]
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
        return unseen or (_size(properties) < _TINY and _is_of_figures(element))
    return parent not in (f"{W}rPr", f"{W}trPr")  # there, a mark of the paragraph or the row


def _is_flat(height: Any) -> bool:
    """Return whether a row is so low that none of its text is seen."""
    return (
        height is not None
        and height.get(f"{W}hRule") == "exact"
        and height.get(f"{W}val", "").isdecimal()
        and int(height.get(f"{W}val")[:9]) < _FLAT
    )


def _is_like_paper(run: Any, properties: dict[str, Any]) -> bool:
    """Return whether a run is a figure of the colour behind it; headings are white on what a table's style fills."""
    colour = _colour(properties.get("color"), "val", "themeColor")
    if colour is None:
        return False
    return _is_of_figures(run) and colour == _behind(run, properties)


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
    for shade in shades:
        if shade is not None and shade.get(f"{W}fill", "auto").lower() not in ("", "auto"):
            return _colour(shade, "fill", "themeFill")
    return _PAPER


def _colour(element: Any, key: str, theme: str) -> str | None:
    """Return a colour as six hex digits, None where the document does not say it outright."""
    if element is None or any(element.get(f"{W}{theme.removesuffix('Color')}{change}") for change in ("Tint", "Shade")):
        return None
    stated: str = element.get(f"{W}{key}", "").upper()
    return _THEME.get(element.get(f"{W}{theme}", ""), stated if len(stated) == 6 else None)


def _mark(run: Any, styles: Styles) -> None:
    """Make the digits of a raised or lowered run, or of one in small type behind a digit, marks."""
    properties = _properties(run, styles)
    place = properties.get("vertAlign")
    form = _FORMS.get(place.get(f"{W}val", "") if place is not None else "") or _moved(run, properties, styles)
    for text in run.iter(f"{W}t"):
        text.text = form(text.text or "")


def _moved(run: Any, properties: dict[str, Any], styles: Styles) -> Callable[[str], str]:
    """Return what becomes of a run that is moved up or down behind one that is not, or in smaller type than it.

    434.56 and a 1 moved up are no 434.561.
    """
    moved = properties.get("position")
    steps = moved.get(f"{W}val", "0") if moved is not None else "0"
    before = next(run.itersiblings(run.tag, preceding=True), None)
    if before is None or not (steps not in ("", "0") or "sz" in properties):
        return str
    usual = _properties(before, styles)
    if steps not in ("", "0") and "position" not in usual:
        return lowered if steps.startswith("-") else raised
    if _size(properties) < SMALL * _size(usual):
        return partial(small, before="".join(before.itertext(f"{W}t")))
    return str
