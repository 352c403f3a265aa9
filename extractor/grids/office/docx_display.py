"""What of a Word document is displayed: deleted, moved, hidden and struck text is taken out of its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from lxml import etree

from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, is_figure
from extractor.notation.marks import lowered, raised

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FORMS: dict[str, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
_UNSEEN = ("vanish", "webHidden", "strike", "dstrike")
_PAPER = frozenset(("", "auto", "FFFFFF"))


class Styles(NamedTuple):
    """The styles that hide or strike what is set in them; of a damaged part, none is known."""

    unseen: frozenset[str]
    damaged: bool = False


def read_styles(content: bytes) -> Styles:
    """Read the part `word/styles.xml`; empty where a document has none."""
    if not content:
        return Styles(frozenset())
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        return Styles(frozenset(), damaged=True)
    hide = (s for s in root.iter(f"{W}style") if any(is_on(s.find(f"{W}rPr/{W}{flag}")) for flag in _UNSEEN))
    return Styles(frozenset(style.get(f"{W}styleId", "") for style in hide))


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
        _mark(run)
    return sum(is_figure(visible("".join(parts))) for parts in taken.values() if "".join(parts).strip())


def is_on(flag: Any) -> bool:
    """Return whether a property of text or of a row is there and not switched off."""
    return flag is not None and flag.get(f"{W}val") not in ("0", "false", "off")


def _is_gone(element: Any, styles: Styles) -> bool:
    parent: str = element.getparent().tag
    if element.tag == f"{W}tr":
        properties = element.find(f"{W}trPr")
        return properties is not None and (
            properties.find(f"{W}del") is not None or is_on(properties.find(f"{W}hidden"))
        )
    if element.tag == f"{W}tc":
        return element.find(f"{W}tcPr/{W}cellDel") is not None
    if element.tag == f"{W}r":
        return _is_unseen(element, styles) or _is_white(element)
    return parent not in (f"{W}rPr", f"{W}trPr")  # there, a mark of the paragraph or the row


def _is_unseen(run: Any, styles: Styles) -> bool:
    properties = run.find(f"{W}rPr")
    flags = [properties.find(f"{W}{flag}") for flag in _UNSEEN] if properties is not None else []
    stated = [flag for flag in flags if flag is not None]
    if stated:
        return any(map(is_on, stated))
    if not styles.unseen:
        return False
    style = properties.find(f"{W}rStyle") if properties is not None else None
    paragraph = next(run.iterancestors(f"{W}p"), None)
    whole = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None
    return any(s is not None and s.get(f"{W}val") in styles.unseen for s in (style, whole))


def _is_white(run: Any) -> bool:
    """Return whether a run is a figure in white on paper; headings are white on what a table's style fills."""
    colour = run.find(f"{W}rPr/{W}color")
    if colour is None or colour.get(f"{W}val", "").upper() != "FFFFFF":
        return False
    cell = next(run.iterancestors(f"{W}tc"), None)
    shades = [run.find(f"{W}rPr/{W}shd"), cell.find(f"{W}tcPr/{W}shd") if cell is not None else None]
    on_paper = all(s is None or s.get(f"{W}fill", "").upper() in _PAPER for s in shades)
    text = "".join(run.itertext(f"{W}t")).strip()
    return on_paper and bool(text) and CHARACTERS.issuperset(text)


def _mark(run: Any) -> None:
    """Make the digits of a raised or lowered run marks."""
    properties = run.find(f"{W}rPr")
    place = properties.find(f"{W}vertAlign") if properties is not None else None
    form = _FORMS.get(place.get(f"{W}val", "") if place is not None else "", str)
    for text in run.iter(f"{W}t"):
        text.text = form(text.text or "")
