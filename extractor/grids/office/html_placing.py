"""What the styles of a web page put over, before or elsewhere than its figures; these are then read as U+FFFD."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import tinycss2

from extractor.grids.office.css import Declarations
from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, UNREAD, is_figure

_CELLS = ("td", "th")
_LINES = ("hr", "svg", "canvas")  # which are drawn, and no text
_SIDE = re.compile(r"-?\d{1,2}px|-?\d%|0|-?[01]?\.\d+r?em")  # as near to a side as what reaches from side to side
_MIDDLE = re.compile(r"(?:4\d|5\d)(?:\.\d+)?%|calc\(\s*(?:4\d|5\d)%.*\)")  # of the height of what it stands in
_MOVES = ("order", "grid-area", "grid-row", "grid-column", "grid-column-start", "translate")
_AT_HOME = re.compile(r"(?:0(?:px)?|none|auto|\s)+")  # what moves nothing
_NO_MARK = re.compile(r"none|disc|circle|square|(?:in|out)side|url\([^()]*\)|\s")
_CLEAR = re.compile(
    r"(?:rgb|hsl)a?\((?:[^(),]*,){3}\s*(?:0|0?\.\d+|\d{1,2}%)\s*\)|/\s*(?:0|0?\.\d+|\d{1,2}%)\s*\)"
    r"|gradient\(|url\(|#(?:[0-9a-f]{3}|[0-9a-f]{6}[0-9a-f])[0-9a-e]\b|transparent",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"url\([\"']?data:image/svg")


def mark_figure(element: Any) -> None:
    """Mark an element's figure unread, if it is one."""
    if is_figure(visible("".join(element.itertext()))):
        element.text = UNREAD + (element.text or "")


def mark_displaced(root: Any, styles: dict[Any, Declarations]) -> None:
    """Mark the figures over which something is drawn, that a number stands before, and that stand under other heads.

    Args:
        root: The page's root element; it is changed.
        styles: What is declared of each element.
    """
    for line in [*root.iter(*_LINES), *(e for e in styles if e.tag in ("div", "span", "i", "b") and not len(e))]:
        cell = next(line.iterancestors(*_CELLS), None)
        own = styles.get(line, {})
        if cell is None or visible("".join(line.itertext())) or not _is_drawn_over(line, own):
            continue
        before, after = line.itersiblings(preceding=True), line.itersiblings()
        if not is_below(own, before, styles, comes_first=False) and not is_below(own, after, styles, comes_first=True):
            mark_figure(cell)
    for element, style in styles.items():
        behind = style.get("z-index", "").startswith("-") and style.get("position", "static") != "static"
        pictured = _PICTURE.search(style.get("background", "") + style.get("background-image", ""))
        replaced = style.get("content", "").startswith("url(")
        if behind or replaced or (pictured and element.tag == "td"):  # heads have the marks of sorting so
            mark_figure(element)
    for item in root.iter("li"):
        if next(item.iterancestors(*_CELLS), None) is not None and _is_numbered(item, styles):
            mark_figure(item)
    for table in root.iter("table"):
        _mark_moved(table, styles)


def _is_drawn_over(element: Any, style: Declarations) -> bool:
    """Return whether an element without text is laid over the text beside it."""
    if element.tag == "hr":
        raised = any(style.get(side, "").startswith("-") for side in ("margin-top", "margin"))
        return raised or (style.get("position") == "absolute" and not _is_at_edge(style))
    if element.tag in _LINES:
        return style.get("position") == "absolute" and _reaches_across(style)
    return lies_over(style)


def _is_at_edge(style: Declarations) -> bool:
    return any(re.fullmatch(r"-?[01](?:px)?", style.get(side, "")) for side in ("top", "bottom"))


def _reaches_across(style: Declarations) -> bool:
    sides = sides_of(style)
    return style.get("width") == "100%" or all(_SIDE.fullmatch(sides[side]) for side in ("left", "right"))


def sides_of(style: Declarations) -> Declarations:
    """Return where a style puts the sides of an element; empty where it does not say."""
    inset = style.get("inset", "").split() or [""]
    stated = {"top": inset[0], "right": inset[1 % len(inset)], "bottom": inset[2 % len(inset)]}
    return {**stated, "left": (inset[3:] or [stated["right"]])[0], **style}


def lies_over(style: Declarations) -> bool:
    """Return whether a style lays a filled box over the element that it stands in, or a line through the middle: a border lies at its edge."""
    sides = sides_of(style)
    whole = style.get("height") == "100%" or all(_SIDE.fullmatch(sides[side]) for side in ("top", "bottom"))
    middle = any(_MIDDLE.fullmatch(sides[side]) for side in ("top", "bottom"))
    filled = any(_is_opaque(style.get(name, "transparent")) for name in ("background", "background-color"))
    lined = middle and any(
        name.startswith("border") and not said.startswith(("0", "none")) for name, said in style.items()
    )
    over = style.get("position") == "absolute" and _reaches_across(style) and (whole or middle)
    return over and (filled or lined) and _is_shown(style)


def _is_shown(style: Declarations) -> bool:
    """Return whether what a style lays over an element is there and in front of its text, and not once a pointer is on it."""
    gone = style.get("display") == "none" or style.get("visibility", "visible") != "visible"
    flat = re.search(r"scale[xy]?\(\s*0\s*[,)]", style.get("transform", "").lower()) is not None
    return not gone and not flat and _level(style) >= 0 and style.get("opacity", "1") not in ("0", "0.0", "0%")


def _level(style: Declarations) -> int:
    stated = style.get("z-index", "")
    return int(stated[:9]) if stated.removeprefix("-").isdecimal() else 0


def is_below(cover: Declarations, texts: Iterable[Any], styles: dict[Any, Declarations], *, comes_first: bool) -> bool:
    """Return whether one of some elements with text is placed over what a style lays there, which comes before or after them."""
    placed = (
        e for e in texts if styles.get(e, {}).get("position", "static") != "static" and visible("".join(e.itertext()))
    )
    levels = [_level(styles[element]) for element in placed]
    return any(level > _level(cover) or (comes_first and level == _level(cover)) for level in levels)


def _is_opaque(background: str) -> bool:
    """Return whether a background hides what is behind it: no shade through which that is seen."""
    return _CLEAR.search(background) is None and background not in ("transparent", "none", "inherit", "")


def _is_numbered(item: Any, styles: dict[Any, Declarations]) -> bool:
    """Return whether a number, or what may be taken for a sign, is printed before an item of a list."""
    around = item.getparent()
    for element in (item, around):
        style = styles.get(element, {})
        said = style.get("list-style-type") or style.get("list-style")
        if said:
            mark = _NO_MARK.sub("", said).strip("\"'")
            return not CHARACTERS.isdisjoint(mark) or mark[:1].isalpha()
    return around is not None and around.tag == "ol"


def _mark_moved(table: Any, styles: dict[Any, Declarations]) -> None:
    """Mark the figures of cells that styles move from their places, but for those that move with the heads over them."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    heads: dict[int, list[tuple[tuple[str, str], ...]]] = {}  # the first row of so many cells
    for row in rows:
        cells = [cell for cell in row if cell.tag in _CELLS]
        moves = [_move_of(cell, styles) for cell in cells]
        if not heads:
            heads[len(cells)] = moves
            continue
        over = heads.get(len(cells), [()] * len(cells))
        if len(cells) not in heads and not any(is_figure(visible("".join(cell.itertext()))) for cell in cells):
            heads[len(cells)] = moves
        for cell, move, above in zip(cells, moves, over, strict=True):
            if move != above:
                mark_figure(cell)


def _move_of(cell: Any, styles: dict[Any, Declarations]) -> tuple[tuple[str, str], ...]:
    style = styles.get(cell, {})
    return (
        tuple((name, style[name]) for name in _MOVES if not _AT_HOME.fullmatch(style.get(name, "0"))) if style else ()
    )


def text_of_content(content: str, element: Any) -> str:
    """Return what is printed before or after an element, U+FFFD in place of what nobody here counts; of pictures, nothing."""
    parts: list[str] = []
    for token in tinycss2.parse_component_value_list(content, skip_comments=True):
        if token == "/":
            break  # what follows is read aloud
        if token.type == "string":
            parts.append(token.value)
        elif token.type == "function" and token.lower_name == "attr":
            name = next((own.value for own in token.arguments if own.type == "ident"), "")
            parts.append(element.get(name, ""))
        elif (token.type == "function" and token.lower_name in ("counter", "counters")) or (
            token.type == "ident" and token.lower_value in ("open-quote", "close-quote")
        ):
            parts.append(UNREAD)
    return "".join(parts)
