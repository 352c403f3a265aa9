"""The numbers of Word's lists: codes and serial numbers that are a cell's only text, and what is printed before figures."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from lxml import etree

from extractor.grids.office.docx_display import Styles, W, list_of
from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, UNREAD, is_figure
from extractor.source.markup import DamagedXml, parse_xml

_DEEPEST = 8  # levels that a list may have below its first
_PLACE = re.compile(r"%(\d)")


class _Level(NamedTuple):
    """How the items of one level of a list are numbered."""

    start: int
    form: str
    text: str

    def printed(self, count: int) -> str:
        """Return how this level prints a count of its items, or U+FFFD for other numerals than Arabic ones."""
        wide = {"decimal": 1, "decimalZero": 2}.get(self.form)
        shown = count + (count == self.start - 1)  # a level without an item yet is printed as if it had its first
        return f"{shown:0{wide}}" if wide else UNREAD


class _List(NamedTuple):
    """How a list is numbered.

    Attributes:
        kind: Its kind; lists of one kind go on from each other.
        levels: Its levels.
        restarts: The first level at which it begins again; None where it goes on.
    """

    kind: str
    levels: dict[int, _Level]
    restarts: int | None = None

    def printed(self, counts: list[int]) -> str:
        """Return the number of an item, the counts of the levels above it and its own given; of bullets, those that look like a sign."""
        own = self.levels.get(len(counts) - 1)
        if own is None:
            return UNREAD
        if own.form in ("bullet", "none"):
            return "" if CHARACTERS.isdisjoint(own.text.strip()) else own.text
        known = {
            str(n): self.levels[n - 1].printed(counts[n - 1]) for n in range(1, len(counts) + 1) if n - 1 in self.levels
        }
        return _PLACE.sub(lambda match: known.get(match[1], UNREAD), own.text)


def place_numbers(root: Any, content: bytes, styles: Styles) -> None:
    """Put into each cell that holds nothing but the number of a list what Word prints there, and mark the figures before which it prints one.

    9 and 4.5 are shown as 94.5 or 9.4.5.

    Args:
        root: The main part; it is changed.
        content: The part `word/numbering.xml`; empty where a document has none.
        styles: Those that number paragraphs.
    """
    lists = _lists(content) if content else {}
    counts: defaultdict[str, list[int]] = defaultdict(list)  # by kinds of lists
    begun: set[str] = set()
    for paragraph in root.iter(f"{W}p"):
        place = list_of(paragraph, styles)
        if place is None or place[1] > _DEEPEST:
            continue
        listed = lists.get(place[0], _List(place[0], {}))
        own = counts[listed.kind]
        if listed.restarts is not None and place[0] not in begun:
            del own[listed.restarts :]
        begun.add(place[0])
        starts = [listed.levels[n].start if n in listed.levels else 1 for n in range(len(own), place[1] + 1)]
        own += [start - 1 for start in starts]
        del own[place[1] + 1 :]
        own[place[1]] += 1
        cell, shown = paragraph.getparent(), listed.printed(own)
        if cell.tag != f"{W}tc":
            continue
        texts = [*paragraph.iter(f"{W}t")]
        if shown and is_figure(visible("".join(text.text or "" for text in texts))):
            texts[0].text = UNREAD + (texts[0].text or "")
        elif content and not "".join(cell.itertext(f"{W}t")).strip():
            etree.SubElement(etree.SubElement(paragraph, f"{W}r"), f"{W}t").text = shown


def _lists(content: bytes) -> dict[str, _List]:
    """Return the lists by their ids; none of a damaged part."""
    try:
        root = parse_xml(content)
    except DamagedXml:
        return {}
    kinds = {e.get(f"{W}abstractNumId"): _levels(e) for e in root.iter(f"{W}abstractNum")}
    found: dict[str, _List] = {}
    for own in root.iter(f"{W}num"):
        stated = own.find(f"{W}abstractNumId")
        kind = stated.get(f"{W}val", "") if stated is not None else ""
        levels = dict(kinds.get(kind, {}))
        restarts: list[int] = []
        for override in own.iter(f"{W}lvlOverride"):
            levels |= _levels(override)
            start, level = override.find(f"{W}startOverride"), _level_of(override)
            if start is not None and level in levels:
                levels[level] = levels[level]._replace(start=_whole(start))
                restarts.append(level)
        found[own.get(f"{W}numId", "")] = _List(kind, levels, min(restarts, default=None))
    return found


def _levels(kind: Any) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for level in kind.iterchildren(f"{W}lvl"):
        start, form, text = (level.find(f"{W}{tag}") for tag in ("start", "numFmt", "lvlText"))
        others = level.find("{*}AlternateContent")  # of formats that programs of old know not: 001, 002
        shape = form.get(f"{W}val", "decimal") if form is not None else "decimal" if others is None else "custom"
        found[_level_of(level)] = _Level(_whole(start), shape, text.get(f"{W}val", "") if text is not None else "")
    return found


def _whole(element: Any) -> int:
    text = element.get(f"{W}val", "") if element is not None else ""
    return int(text[:9]) if text.isdecimal() else 1


def _level_of(element: Any) -> int:
    text = element.get(f"{W}ilvl", "")
    return int(text) if text.isdecimal() and len(text) == 1 else 0
