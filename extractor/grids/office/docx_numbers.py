"""The numbers that Word prints in cells that hold nothing else: codes and serial numbers that are the numbers of a list."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from lxml import etree

from extractor.grids.office.docx_display import Styles, W, list_of
from extractor.notation.figures import UNREAD
from extractor.source.markup import DamagedXml, parse_xml

_DEEPEST = 8  # levels that a list may have below its first
_PLACE = re.compile(r"%(\d)")


class _Level(NamedTuple):
    """How the items of one level of a list are numbered."""

    start: int
    form: str
    text: str

    def printed(self, counts: list[int]) -> str:
        """Return the number of an item, the counts of the levels above it and its own given; a bullet is none."""
        if self.form in ("bullet", "none"):
            return ""
        if self.form not in ("decimal", "decimalZero"):
            return UNREAD
        wide = 2 if self.form == "decimalZero" else 1
        return _PLACE.sub(
            lambda match: f"{counts[int(match[1]) - 1]:0{wide}}" if match[1] <= str(len(counts)) else UNREAD, self.text
        )


def place_numbers(root: Any, content: bytes, styles: Styles) -> None:
    """Put into each cell that holds nothing but the number of a list what Word prints there.

    Args:
        root: The main part; it is changed.
        content: The part `word/numbering.xml`; empty where a document has none.
        styles: Those that number paragraphs.
    """
    if not content:
        return
    lists = _lists(content)
    counts: defaultdict[str, list[int]] = defaultdict(list)
    for paragraph in root.iter(f"{W}p"):
        place = list_of(paragraph, styles)
        if place is None or place[1] > _DEEPEST:
            continue
        levels = lists.get(place[0], {})
        own = counts[place[0]]
        for level in range(len(own), place[1] + 1):
            own.append(levels[level].start - 1 if level in levels else 0)
        del own[place[1] + 1 :]
        own[place[1]] += 1
        cell = paragraph.getparent()
        if cell.tag == f"{W}tc" and not "".join(cell.itertext(f"{W}t")).strip():
            shown = levels[place[1]].printed(own) if place[1] in levels else UNREAD
            etree.SubElement(etree.SubElement(paragraph, f"{W}r"), f"{W}t").text = shown


def _lists(content: bytes) -> dict[str, dict[int, _Level]]:
    """Return list → level → how it is numbered; nothing of a damaged part."""
    try:
        root = parse_xml(content)
    except DamagedXml:
        return {}
    kinds = {e.get(f"{W}abstractNumId"): _levels(e) for e in root.iter(f"{W}abstractNum")}
    found: dict[str, dict[int, _Level]] = {}
    for own in root.iter(f"{W}num"):
        kind = own.find(f"{W}abstractNumId")
        levels = dict(kinds.get(kind.get(f"{W}val"), {})) if kind is not None else {}
        for override in own.iter(f"{W}lvlOverride"):
            levels |= _levels(override)
            start = override.find(f"{W}startOverride")
            level = _level_of(override)
            if start is not None and level in levels:
                levels[level] = levels[level]._replace(start=_whole(start))
        found[own.get(f"{W}numId", "")] = levels
    return found


def _levels(kind: Any) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for level in kind.iterchildren(f"{W}lvl"):
        start, form, text = (level.find(f"{W}{tag}") for tag in ("start", "numFmt", "lvlText"))
        shape = form.get(f"{W}val", "decimal") if form is not None else "decimal"
        found[_level_of(level)] = _Level(_whole(start), shape, text.get(f"{W}val", "") if text is not None else "")
    return found


def _whole(element: Any) -> int:
    text = element.get(f"{W}val", "") if element is not None else ""
    return int(text[:9]) if text.isdecimal() else 1


def _level_of(element: Any) -> int:
    text = element.get(f"{W}ilvl", "")
    return int(text) if text.isdecimal() and len(text) == 1 else 0
