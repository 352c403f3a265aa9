"""What of a web page is displayed: hidden and struck elements are taken out of its tree.

Of style sheets, those in the page itself are followed, as far as they hide, raise or lower.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tinycss2 import color4

from extractor.grids.office.colours import are_alike, is_red
from extractor.grids.office.css import Declarations, cascade, embedded_fonts
from extractor.grids.office.html_placing import (
    is_below,
    lies_over,
    mark_displaced,
    mark_figure,
    sides_of,
    text_of_content,
)
from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, UNREAD, is_figure, is_signed, sets_negatives_in_red
from extractor.notation.marks import SMALL, lowered, raised, small
from extractor.notation.units import ROW_UNIT

_STRUCK = frozenset(("del", "s", "strike"))
_RUNS = frozenset(
    ("bdo", "span", "font", "small", "a", "b", "i", "em", "strong", "u", "label")
)  # of text within a line
_PLACED = frozenset(("td", "th"))
_TABLED = frozenset((*_PLACED, "tr", "tbody", "thead", "tfoot", "table"))  # which grow with what they hold
_WATCHED = re.compile(
    r"display|visibility|opacity|text-decoration(?:-line)?|color|background(?:-color|-image)?|font-size|font-family"
    r"|vertical-align|width|height|overflow(?:-[xy])?|text-indent|position|left|top|right|bottom|inset|border(?:-top|-bottom)?|clip|clip-path|transform"
    r"|scale|zoom|max-width|max-height|margin(?:-left|-top)?|filter|content|content-visibility|font-variant-position"
    r"|direction|unicode-bidi|-webkit-text-fill-color|-webkit-text-security|(?:-webkit-)?mask(?:-image)?|float|order"
    r"|flex-direction|letter-spacing|word-break|overflow-wrap|word-wrap|z-index|translate|rotate|list-style(?:-type)?"
    r"|grid-(?:area|row|column|column-start|row-start)"
)
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|r?em|%|v[wh]|in|cm|mm)?")
_NOTHING = re.compile(r"(?:calc\(\s*)?-?(?:0+\.?0*|\.0+)(?:%|[a-z]+)?\s*\)?")
_SPECK = re.compile(r"(?:0?\.\d+|1(?:\.\d+)?)px")  # a side in which no character has room
_NARROWEST = 4.0  # pixels that a digit takes in the smallest type: in a side of fewer, a figure is cut off
_FAR = 500.0  # pixels beside the page
_CLIPPED = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)")
_CUT_AWAY = re.compile(
    r"inset\(\s*(?:[5-9]\d|100)%.*|(?:circle|ellipse)\(\s*0(?:px|%)?\b.*|polygon\(\s*(\S+ [^\s,]+)(?:\s*,\s*\1)*\s*\)"
)
_CLEARED = re.compile(r"opacity\(\s*0*\.?0*%?\s*\)")
_GRADIENT = re.compile(r"linear-gradient\((.*)\)")
_MASKED = re.compile(r"linear-gradient\((?:\s*(?:transparent|to [a-z]+)\s*,?)+\).*")
_LEAST_OPACITY = 0.05
_SMALLEST = 2.0  # pixels: smaller type is not seen
_BODY = 16.0  # pixels of type whose size nothing states
LEAST = 0.6  # of it: nobody sets other text in smaller
_FONT_SIZES = frozenset(("1", "-1", "-2"))  # of a font element, those smaller than other text
_SCALED_AWAY = re.compile(
    r"scale(?:[xy]|3d)?\(\s*0(?:\.0*)?\s*[,)]|matrix\(\s*0\s*,\s*0\s*,\s*0\s*,|rotate[xy]\(\s*-?(?:90|270)deg\s*\)"
    r"|(?:scale(?:[xy]|3d)?|matrix)\(\s*-|rotate(?:[xy])?\(\s*-?(?:180deg|0?\.5turn|200grad)\s*\)"  # mirrored, upside down
)
_UPSIDE_DOWN = re.compile(r"(?:[xyz] )?-?(?:180deg|0?\.5turn|200grad)")
_SHIFTED = re.compile(r"translate(?:x|y|3d)?\(([^)]*)\)")
_UNITS = {"px": 1.0, "pt": 4 / 3, "": 1.0}
_PIXELS = {**_UNITS, "em": 16.0, "rem": 16.0, "%": 16.0, "vw": 12.8, "vh": 8.0, "in": 96.0, "cm": 37.8, "mm": 3.78}
_SMALLER = frozenset(("smaller", "x-small", "xx-small"))
_PAPER, _INK = "ffffff", "000000"
_LIGHTEST = re.compile(
    r"(?:ok)?l(?:ab|ch)\(\s*100%|okl(?:ab|ch)\(\s*1(?:\.0*)?\s"
)  # white, in spaces that nobody here converts
_LIGHT_DARK = re.compile(r"light-dark\(\s*([^(),]+|[\w-]+\([^()]*\))\s*,.*\)")
_LEAST_ALPHA = 0.1  # of a text that is seen
_OPAQUE = 0.5  # of what hides the colour behind it
_TYPED = frozenset(("", "text", "number", "tel"))  # of fields, those that show what they hold
_MAX_COLUMNS = 1_000
_UNIT = re.compile(rf"\s*(?:{ROW_UNIT}|[百千万亿])\s*")  # a header that narrow screens show before each cell is none
_TURNED = frozenset(("bidi-override", "isolate-override"))
_BOXES = ("block", "flex", "grid", "list-item", "flow-root")
_WHOLE = ("html", "body")
_BLOCKS = frozenset(("div", "p", "section", "article", "li", "h1", "h2", "h3", "h4", "pre", "center"))
_MIDDLE = re.compile(r"(?:4\d|5\d)(?:\.\d+)?%|calc\(\s*(?:4\d|5\d)%.*\)|0?\.[45]\d?em")  # of the height of a text
_NO_LINE = re.compile(r"none|hidden|0(?:px)?(?:\s|$)")
_AT_SIDE = re.compile(r"(?:-?\d{1,2}px|-?\d%|0|-?[01]?\.\d+r?em)")  # of what reaches from side to side
_THICKEST = 3.0  # pixels of a line through a text
# A picture of one colour between two that are clear, in the middle: as pages draw a line through a text. A shade that
# begins at the edge, one from left to right and a marker over the lower half are no line.
_CLEAR, _AT_MIDDLE = r"(?:transparent|rgba\([^()]*,\s*0\))", r"(?:(?:4\d|5\d)(?:\.\d+)?%|calc\(\s*50%[^()]*\))"
_STRIPE = re.compile(
    rf"(?:\s*(?:to top|to bottom|(?:0|180)deg)\s*,)?\s*{_CLEAR}(?:\s+0%?)?\s+{_AT_MIDDLE}\s*,"
    rf".*,\s*{_CLEAR}\s+{_AT_MIDDLE}(?:\s+100%)?\s*"
)
_MASKS = ("mask", "mask-image", "-webkit-mask", "-webkit-mask-image")


class _Around(NamedTuple):
    """What an element takes over from those around it.

    Attributes:
        visible: Whether its text shows.
        colour: Of its text, None where no style says it.
        behind: The colour behind it, None where it is not known.
        size: Of its type in pixels, None where nothing states it.
        font: The family of its type.
    """

    visible: bool = True
    colour: str | None = None
    behind: str | None = _PAPER
    size: float | None = None
    font: str = ""


_ElementStyles = dict[Any, Declarations]


def leave_displayed(root: Any) -> int:
    """Take out of a page's tree what it does not display, and make raised and lowered figures marks.

    A cell that is invisible keeps its place; one that is not displayed has none. Digits that a style moves within
    their figure, or that a font of the page's own draws, are read as U+FFFD.

    Args:
        root: The page's root element; it is changed.

    Returns:
        How many cells and pieces of text with a figure were taken out.
    """
    styles, generated = cascade(root, _WATCHED)
    for (element, place), style in generated.items():
        if place in ("before", "after"):
            _generate(element, place, style, styles)
        elif _is_part_hidden(element, style, styles) if place.startswith("first") else _numbers(style):
            mark_figure(element)
    mark_displaced(root, styles)
    fonts = embedded_fonts(root)
    taken = sum(_blank_hidden_columns(table, styles) for table in root.iter("table"))
    by_colour = sets_negatives_in_red("".join(root.itertext()))
    left = [(root, _Around())]
    while left:
        element, around = left.pop()
        own, count = _inherited(element, styles.get(element, {}), around), None
        if element.tag in _WHOLE:
            own = own._replace(visible=True)  # a page all of which is hidden is shown by its scripts
        else:
            count = _take(element, styles)
        taken += count or 0
        if count is None or element.tag in _PLACED:
            _mark_unread(element, styles.get(element, {}), own.font in fonts)
            taken += _blank_unseen(element, own)
            if by_colour and is_red(own.colour):
                _mark_own_digits(element)
            left += [(child, own) for child in reversed(element) if isinstance(child.tag, str)]
    return taken


def _take(element: Any, styles: _ElementStyles) -> int | None:
    """Take an element off the page, or empty it, if it is not displayed; return how many figures it held, else None."""
    _show_value(element)
    if element.tag == "details" and "open" not in element.attrib:
        for part in element.iterchildren():
            part.tail = None
    _mark(element, styles)
    style = styles.get(element, {})
    _show_picture(element, style)
    gone = _is_gone(element, style)
    if not gone and not _is_unseen(element, style):
        return None
    figures = _figures(element)
    if element.tag in _PLACED and not gone:
        _blank(element)
    else:
        element.drop_tree()
        element.clear()
    return figures


def _inherited(element: Any, style: Declarations, around: _Around) -> _Around:
    """Return what an element hands down: its own style, where it says it, else what is around it."""
    visible_ = style.get("visibility")
    stated = style.get("-webkit-text-fill-color") or style.get("color")
    stated = stated or (_of_attribute(element, "color") if element.tag == "font" else None)
    colour = around.colour if stated in (None, "inherit", "currentcolor") else _colour(stated, _LEAST_ALPHA)
    if colour is None and "currentcolor" in (style.get("background"), style.get("background-color")):
        colour = _INK
    behind = around.behind
    for key in ("background-color", "background", "background-image"):
        if key in style:
            behind = _background(style[key], behind, colour)
            break
    else:
        behind = _background(_of_attribute(element, "bgcolor") or "", behind, colour)
    return _Around(
        around.visible if visible_ in (None, "inherit") else visible_ not in ("hidden", "collapse"),
        colour,
        behind,
        _type_size(style.get("font-size"), around.size),
        style.get("font-family", around.font).split(",")[0].strip(" \"'"),
    )


def _of_attribute(element: Any, name: str) -> str | None:
    """Return the colour that an attribute states: older pages leave its # out."""
    stated: str | None = element.get(name)
    return f"#{stated}" if stated and re.fullmatch("[0-9a-fA-F]{6}", stated) else stated


def _type_size(stated: str | None, around: float | None) -> float | None:
    """Return the size of type in pixels."""
    if stated is None:
        return around
    if _NOTHING.fullmatch(stated):
        return 0.0
    match = _LENGTH.fullmatch(stated)
    if match is None:
        return None
    if match[2] in ("em", "%"):
        return None if around is None else float(match[1][:12]) * around / (100 if match[2] == "%" else 1)
    return _pixels(stated)


def _background(stated: str, behind: str | None, colour: str | None) -> str | None:
    """Return the colour behind an element's text."""
    if not stated or stated in ("transparent", "none", "inherit"):
        return behind
    if "url(" in stated or "gradient(" in stated:
        return None
    if stated == "currentcolor":
        return colour
    colours = [_colour(part, _OPAQUE) for part in (stated, *stated.split())]
    return next((part or behind for part in colours if part is not None), None)


def _blank_unseen(element: Any, own: _Around) -> int:
    """Blank an element's own text where it is not seen; returns how many figures it was."""
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    text = visible("".join(pieces))
    unseen = not own.visible or (own.size is not None and own.size < _SMALLEST)
    if text and CHARACTERS.issuperset(text):
        unseen = unseen or own.colour == "" or are_alike(own.colour, own.behind)
    if not text or not unseen:
        return 0
    element.text = None
    for child in element:
        child.tail = None
    return sum(is_figure(visible(piece)) for piece in ([text] if is_figure(text) else pieces))


def _mark_unread(element: Any, style: Declarations, in_own_font: bool) -> None:
    """Mark digits that are not where the page's text has them, or that a font of the page itself draws as it likes."""
    cell = element if element.tag in _PLACED else next(element.iterancestors(*_PLACED), None)
    if cell is None or not (in_own_font or _is_moved(style)):
        return
    own, whole = visible("".join(element.itertext())), visible("".join(cell.itertext()))
    if in_own_font:
        if own and own == whole and all(char in CHARACTERS or "\ue000" <= char <= "\uf8ff" for char in own):
            _blank(element)
            element.text = UNREAD
        return
    others = (
        len(element) > 1 if "reverse" in style.get("flex-direction", "") else _has_digits(whole.replace(own, "", 1))
    )
    if others and _has_digits(own) and UNREAD not in own:
        element.text = UNREAD + (element.text or "")


def _mark_own_digits(element: Any) -> None:
    """Mark the figures of an element's own text unread: before its children and behind each."""
    if _is_of_figure(element.text or ""):
        element.text = f"{UNREAD}{element.text}"
    for child in element:
        if _is_of_figure(child.tail or ""):
            child.tail = f"{UNREAD}{child.tail}"


def _is_of_figure(text: str) -> bool:
    """Return whether a text is a figure without a sign, or a part of one."""
    if not _has_digits(text) or is_signed(text):
        return False
    return is_figure(visible(text)) or CHARACTERS.issuperset(text.strip())


def _has_digits(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _is_moved(style: Declarations) -> bool:
    """Return whether a style may put an element elsewhere than behind the text before it."""
    offset = any(not _NOTHING.fullmatch(style.get(side, "0")) for side in ("left", "right"))
    return (
        (style.get("position") in ("relative", "absolute") and offset)
        or style.get("float", "none") in ("left", "right")
        or "order" in style
        or "reverse" in style.get("flex-direction", "")
        or "translate" in style.get("transform", "")
    )


def _show_picture(element: Any, style: Declarations) -> None:
    """Make an element within a cell a picture that shows nothing but one behind it."""
    image = "url(" in style.get("background", "") + style.get("background-image", "")
    if image and element.tag not in _TABLED and not len(element) and not visible(element.text or ""):
        element.tag = "img"
        for side in ("width", "height"):
            element.set(side, style.get(side, ""))


def _show_value(element: Any) -> None:
    """Make a field's value, or what is chosen in a list within a cell, text."""
    if element.tag == "input" and element.get("type", "").lower() in _TYPED:
        element.tag, element.text = "span", element.get("value", "")
    elif element.tag in ("select", "textarea") and next(element.iterancestors(*_PLACED), None) is not None:
        options = [*element.iter("option")]
        chosen = next((option for option in options if "selected" in option.attrib), options[0] if options else element)
        text = "".join(chosen.itertext()).strip() if "multiple" not in element.attrib else UNREAD
        _blank(element)
        element.tag, element.text = "span", text
    elif element.tag == "button" and is_figure(visible("".join(element.itertext()))):
        element.tag = "span"
    elif element.tag == "template" and "shadowrootmode" in element.attrib:
        element.getparent().text = UNREAD  # a tree of its own shows in place of its parent's contents


def _blank(cell: Any) -> None:
    for child in [*cell]:
        cell.remove(child)
    cell.text = None


def _is_gone(element: Any, style: Declarations) -> bool:
    """Return whether an element has no place on the page."""
    gone = "hidden" in element.attrib and style.get("display", "none") == "none"
    gone = gone or element.tag in _STRUCK or style.get("display") == "none" or style.get("visibility") == "collapse"
    gone = gone or ("popover" in element.attrib and "display" not in style)
    gone = gone or element.tag == "datalist" or (element.tag == "dialog" and "open" not in element.attrib)
    parent = element.getparent()
    if parent is not None and parent.tag == "details" and "open" not in parent.attrib:
        gone = gone or element.tag != "summary"
    return gone


def _is_unseen(element: Any, style: Declarations) -> bool:
    """Return whether an element and all in it has a place on the page, and does not show there, or is struck."""
    if not style:
        return False
    opacity = _LENGTH.fullmatch(style.get("opacity", "1"))
    faint = opacity is not None and float(opacity[1][:9]) < (100 if opacity[2] else 1) * _LEAST_OPACITY
    return (
        faint
        or "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
        or style.get("content-visibility") == "hidden"
        or (element.tag not in _WHOLE and _is_striped(element, style))
        or _CLEARED.search(style.get("filter", "")) is not None
        or style.get("-webkit-text-security", "none") != "none"
        or any(_MASKED.fullmatch(style.get(name, "")) for name in _MASKS)
        or _has_no_room(element, style)
    )


def _is_striped(element: Any, style: Declarations) -> bool:
    """Return whether a style draws a line through an element's figure by the picture behind it."""
    pictures = (style.get(name, "") for name in ("background", "background-image"))
    stripes = (inner for picture in pictures for inner in _GRADIENT.findall(picture))
    return any(map(_STRIPE.fullmatch, stripes)) and (
        element.tag == "tr" or is_figure(visible("".join(element.itertext())))
    )


def _has_no_room(element: Any, style: Declarations) -> bool:
    """Return whether a style leaves a text no room on the page, or puts it beside the page."""
    if _SCALED_AWAY.search(style.get("transform", "")) or _UPSIDE_DOWN.fullmatch(style.get("rotate", "")):
        return True
    if _NOTHING.fullmatch(style.get("scale", "1")):
        return True
    if 0 < _pixels(style.get("zoom", "1")) < LEAST / 10 or _CUT_AWAY.fullmatch(style.get("clip-path", "")):
        return True
    if _pixels(style.get("letter-spacing", "0")) < -_NARROWEST or _is_cut_off(element, style):
        return True
    if _is_box(element, style) and {"hidden", "clip"} & {*style.get("overflow", "").split()}:
        sides = [style.get(side, "auto") for side in ("width", "height", "max-width", "max-height")]
        if any(_NOTHING.fullmatch(side) or _SPECK.fullmatch(side) for side in sides):
            return True
        indent = style.get("text-indent", "0")
        if indent.endswith("%") and _pixels(indent) >= 100 * _PIXELS["%"]:
            return True
    return _is_beside_the_page(style)


def _is_cut_off(element: Any, style: Declarations) -> bool:
    """Return whether an element has less room than its figure takes, and shows no more of it: cells keep to their greatest width alone."""
    if not {"hidden", "clip"} & {*style.get("overflow", "").split()}:
        return False
    if any(style.get(key, "").startswith("break") for key in ("word-break", "overflow-wrap", "word-wrap")):
        return False  # it goes on on the next line
    sides = ("width", "max-width") if _is_box(element, style) else ("max-width",) if element.tag in _PLACED else ()
    stated = [style[side] for side in sides if side in style and not style[side].endswith("%")]
    text = visible("".join(element.itertext()))
    return is_figure(text) and any(0 < _pixels(side) < _NARROWEST * len(text) for side in stated)


def _is_box(element: Any, style: Declarations) -> bool:
    """Return whether an element has a size of its own: text within a line has none, and cells grow with what they hold."""
    display = style.get(
        "display", "block" if element.tag in _BLOCKS else "table" if element.tag in _TABLED else "inline"
    )
    return (
        style.get("position") in ("absolute", "fixed")
        or style.get("float", "none") != "none"
        or any(kind in display for kind in _BOXES)
    )


def _is_beside_the_page(style: Declarations) -> bool:
    moved = [style[side] for side in ("margin-left", "margin-top", "text-indent") if side in style]
    moved += style.get("margin", "").split()
    for match in _SHIFTED.finditer(style.get("transform", "")):
        moved += match[1].split(",")
    moved += style.get("translate", "").split()
    if style.get("position", "static") != "static":
        moved += [*(style.get(side, "0") for side in ("left", "top", "right")), *style.get("inset", "").split()]
    if style.get("position") == "fixed":  # the foot of the screen; a page itself goes on below
        moved.append(style.get("bottom", "0"))
    far = any(_pixels(side.strip()) < -_FAR for side in moved)
    return far or (
        style.get("position") in ("absolute", "fixed") and _CLIPPED.fullmatch(style.get("clip", "")) is not None
    )


def _pixels(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1][:12]) * _PIXELS[match[2] or ""] if match else 0.0


def _colour(stated: str, least: float) -> str | None:
    """Return a colour as six hex digits, empty if its alpha is less than what is seen, None if nobody knows it."""
    if match := _LIGHT_DARK.fullmatch(stated):
        return _colour(match[1], least)
    if _LIGHTEST.match(stated):
        return _PAPER
    try:
        colour = color4.parse_color(stated.strip())
        if colour is None or isinstance(colour, str):
            return None
        return (
            ""
            if colour.alpha < least
            else "".join(f"{round(255 * part):02x}" for part in colour.to("srgb").coordinates)
        )
    except (NotImplementedError, ValueError):
        return None


def _mark(element: Any, styles: _ElementStyles) -> None:
    """Make the digits of a raised or lowered element, or of one in small type behind a digit, marks."""
    style = styles.get(element, {}) if element.tag in _RUNS else {}
    place = {"sup": "super", "sub": "sub"}.get(element.tag, style.get("vertical-align", ""))
    place = style.get("font-variant-position", place)
    shift = _pixels(place)
    text = "".join(element.itertext())
    if (element.tag == "bdo" and element.get("dir", "").lower() == "rtl") or (
        style.get("unicode-bidi") in _TURNED and style.get("direction") == "rtl"
    ):
        _blank(element)
        element.text = text[::-1]
        return
    in_small = element.tag == "small" or (element.tag == "font" and element.get("size", "").strip() in _FONT_SIZES)
    if not (place in ("super", "sub") or shift or in_small or "font-size" in style):
        return
    if place == "super" or shift > 0:
        form = raised(text)
    elif place == "sub" or shift < 0:
        form = lowered(text)
    else:
        is_small = in_small or _is_smaller(element, styles)
        form = small(text, _text_before(element)) if is_small else text
    if form != text:
        _blank(element)
        element.text = form


def _is_smaller(element: Any, styles: _ElementStyles) -> bool:
    """Return whether an element is in smaller type than the text before it."""
    size = styles.get(element, {}).get("font-size", "")
    if size in _SMALLER:
        return True
    match = _LENGTH.fullmatch(size)
    if match is None or match[2] in ("em", "%"):
        return match is not None and float(match[1][:12]) < SMALL * (100 if match[2] == "%" else 1)
    before = element.getprevious()
    usual = _size(before if before is not None and not (before.tail or "").strip() else element.getparent(), styles)
    return _pixels(size) < (SMALL * usual if usual is not None else LEAST * _BODY)


def _size(element: Any, styles: _ElementStyles) -> float | None:
    """Return the size of an element's type in pixels, None where it is stated otherwise or nowhere."""
    for around in (element, *element.iterancestors()):
        size = styles.get(around, {}).get("font-size")
        if size:
            match = _LENGTH.fullmatch(size)
            return _pixels(size) if match is not None and (match[2] or "") in _UNITS else None
    return None


def _text_before(element: Any) -> str:
    before = element.getprevious()
    if before is None:
        return element.getparent().text or "" if element.getparent() is not None else ""
    return before.tail or "".join(before.itertext())


def _blank_hidden_columns(table: Any, styles: _ElementStyles) -> int:
    """Blank the cells of columns that a table hides; returns how many figures they hold."""
    hidden = _hidden_columns(table, styles)
    taken = 0
    reach: dict[int, int] = {}  # column → the row above which a spanning cell holds it
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table] if hidden else []
    for number, row in enumerate(rows):
        column = 0
        for cell in (cell for cell in row if cell.tag in _PLACED):
            while reach.get(column, 0) > number:
                column += 1
            covered = range(column, column + _count(cell.get("colspan")))
            reach.update(dict.fromkeys(covered, number + _count(cell.get("rowspan"))))
            column = covered.stop
            if hidden.issuperset(covered):
                taken += _figures(cell)
                _blank(cell)
    return taken


def _hidden_columns(table: Any, styles: _ElementStyles) -> set[int]:
    hidden: set[int] = set()
    column = 0
    for group in table.iterchildren("col", "colgroup"):
        own = [*group.iterchildren("col")] or [group]
        for element in own:
            span = range(column, min(_MAX_COLUMNS, column + _count(element.get("span"))))
            if any(_is_hidden_column(part, styles.get(part, {})) for part in {group, element}):
                hidden.update(span)
            column = max(column, span.stop)
    return hidden


def _is_hidden_column(element: Any, style: dict[str, str]) -> bool:
    width = style.get("width") or element.get("width") or "1"
    hidden = (
        "hidden" in element.attrib
        or style.get("display") == "none"
        or style.get("visibility") in ("collapse", "hidden")
    )
    return hidden or _NOTHING.fullmatch(width.strip()) is not None


def _count(text: str | None) -> int:
    return min(_MAX_COLUMNS, max(1, int(text[:6]))) if text and text.strip().isdecimal() else 1


def _figures(element: Any) -> int:
    """Return how many figures an element holds: of its cells, or of its own text."""
    cells = [element] if element.tag in _PLACED else [*element.iter(*_PLACED)]
    texts = (visible("".join(part.itertext())) for part in cells or [element])
    return sum(is_figure(text) for text in texts)


def _is_part_hidden(element: Any, style: Declarations, styles: _ElementStyles) -> bool:
    """Return whether a style strikes the first letter or line of a text, or sets it so that it is not seen."""
    around = (styles.get(own, {}) for own in (element, *element.iterancestors()))
    on_paper = not any("background" in own or "background-color" in own for own in around)
    size, opacity = style.get("font-size"), _LENGTH.fullmatch(style.get("opacity", "1"))
    return (
        "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
        or (size is not None and (_NOTHING.fullmatch(size) is not None or 0 < _pixels(size) < _SMALLEST))
        or (on_paper and are_alike(_colour(style.get("color", ""), _LEAST_ALPHA), _PAPER))
        or (opacity is not None and float(opacity[1][:9]) < _LEAST_OPACITY)
    )


def _numbers(style: Declarations) -> bool:
    """Return whether a style has digits or a sign printed in place of an item's mark."""
    return not CHARACTERS.isdisjoint(style.get("content", "none").strip("\"' ")) and style["content"] != "none"


def _generate(element: Any, place: str, style: Declarations, styles: _ElementStyles) -> None:
    """Print what a style has printed before or after a figure, or what is part of one: a sign, digits, a unit."""
    text = text_of_content(style.get("content", ""), element)
    if text == "" and "content" in style and style["content"] not in ("none", "normal"):
        if _is_stroke(element, style):
            styles.setdefault(element, {})["text-decoration-line"] = "line-through"
        elif lies_over(style) and not is_below(style, element.iterdescendants(), styles, comes_first=place == "before"):
            mark_figure(element)
        return
    own = visible(element.text or "")
    if not text or not (
        CHARACTERS.issuperset(text)
        or (UNREAD in text and not text[-1].isspace() and is_figure(own))
        or (is_figure(own) and _UNIT.fullmatch(text))
    ):
        return
    part = element.makeelement("span")
    part.text = text
    if place == "before":
        part.tail, element.text = element.text, None
        element.insert(0, part)
    else:
        element.append(part)
    styles[part] = style


def _is_stroke(element: Any, style: Declarations) -> bool:
    """Return whether what is generated beside an element's figures is a line through the middle of all of them.

    Arrows, points of lists and lines beside a heading are as thin, and reach from side to side of nothing.
    """
    at = sides_of(style)
    across = style.get("width") == "100%" or all(_AT_SIDE.fullmatch(at[side]) for side in ("left", "right"))
    lined = any(name.startswith("border") and _is_line(stated) for name, stated in style.items())
    filled = "background" in style or "background-color" in style
    thin = lined or (filled and 0 < _pixels(style.get("height", "")) <= _THICKEST)
    middle = any(_MIDDLE.fullmatch(at[side]) for side in ("top", "bottom"))
    if not (style.get("position") == "absolute" and across and thin and middle):
        return False
    return element.tag == "tr" or is_figure(visible("".join(element.itertext())))


def _is_line(border: str) -> bool:
    """Return whether a border is drawn, and no thicker than a line: wide ones without colour make arrows."""
    widths = [_pixels(part) for part in border.split()]
    return not _NO_LINE.match(border) and "transparent" not in border and max(widths) <= _THICKEST
