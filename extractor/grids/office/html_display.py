"""What of a web page is displayed: hidden and struck elements are taken out of its tree.

Of style sheets, those in the page itself are followed, as far as they hide, raise or lower.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from colorsys import hls_to_rgb
from typing import Any, NamedTuple

from extractor.grids.office.raster import visible
from extractor.notation.figures import CHARACTERS, is_figure
from extractor.notation.marks import SMALL, lowered, raised, small

_STRUCK = frozenset(("del", "s", "strike"))
_RUNS = frozenset(
    ("bdo", "span", "font", "small", "a", "b", "i", "em", "strong", "u", "label")
)  # of text within a line
_PLACED = frozenset(("td", "th"))
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_PRINT = re.compile(r"@media\s+print\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_WATCHED = re.compile(
    r"display|visibility|opacity|text-decoration(?:-line)?|color|background(?:-color)?|font-size|vertical-align|width|height"
    r"|overflow|text-indent|position|left|top|right|inset|clip|clip-path|transform|max-width|max-height|filter"
    r"|content|content-visibility|font-variant-position|direction|unicode-bidi|-webkit-text-fill-color"
)
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|%)?")
_NOTHING = re.compile(r"-?0*\.?0*(?:px|pt|em|rem|%|cm|mm|in)?")
_FAR = 500.0  # pixels beside the page
_CLIPPED = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)")
_CUT_AWAY = re.compile(r"inset\(\s*(?:[5-9]\d|100)%.*|circle\(\s*0(?:px|%)?\b.*")
_CLEARED = re.compile(r"opacity\(\s*0*\.?0*%?\s*\)")
_SMALLEST = 2.0  # pixels: smaller type is not seen
_BODY = 16.0  # pixels of type whose size nothing states
LEAST = 0.6  # of it: nobody sets other text in smaller
_FONT_SIZES = frozenset(("1", "-1", "-2"))  # of a font element, those smaller than other text
_SCALED_AWAY = re.compile(r"scale[xy]?\(\s*0(?:\.0*)?\s*[,)]")
_UNITS = {"px": 1.0, "pt": 4 / 3, "": 1.0}
_SMALLER = frozenset(("smaller", "x-small", "xx-small"))
_COLOURS = {
    "white": "ffffff",
    "black": "000000",
    "red": "ff0000",
    "yellow": "ffff00",
    "blue": "0000ff",
    "green": "008000",
}
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*([\d.]+%?)\s*)?\)")
_HSL = re.compile(r"hsla?\(\s*(\d+)(?:deg)?[\s,]+(\d+)%[\s,]+(\d+)%\s*\)")
_PAPER = "ffffff"
_TYPED = frozenset(("", "text", "number", "tel"))  # of fields, those that show what they hold
_MAX_COLUMNS = 1_000
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?)*)")
_PART = re.compile(
    r"([.#])([\w-]+)|\[\s*([\w-]+)\s*(?:([~^$*|]?=)\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]|:([\w-]+)(?:\(([^)]*)\))?"
)
_COMMA = re.compile(r",(?![^()]*\))")  # between selectors
_GENERATED = re.compile(r"(.*?)::?(before|after)", re.DOTALL)
_LITERAL = re.compile(r"([\"'])(.*)\1|attr\(\s*([\w-]+)\s*\)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+)")
_USED = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
_TURNED = frozenset(("bidi-override", "isolate-override"))
_COMBINATORS = {" ": "//", ">": "/", "+": "/following-sibling::*[1]/self::"}


_ElementStyles = dict[Any, dict[str, str]]


class _Styled(NamedTuple):
    """A rule of a style sheet.

    Attributes:
        rank: How many ids, classes and tags its selector has.
        path: The XPath of what it styles.
        declarations: What it says.
        generated: `before` or `after` where it styles what is printed there beside the element's own text.
    """

    rank: tuple[int, int, int]
    path: str
    declarations: dict[str, str]
    generated: str = ""


def leave_displayed(root: Any) -> int:
    """Take out of a page's tree what it does not display, and make raised and lowered figures marks.

    A cell that is invisible keeps its place; one that is not displayed has none.

    Args:
        root: The page's root element; it is changed.

    Returns:
        How many cells and pieces of text with a figure were taken out.
    """
    styles = _styles(root)
    taken = sum(_blank_hidden_columns(table, styles) for table in root.iter("table"))
    for element in [e for e in root.iter() if isinstance(e.tag, str)]:
        _show_value(element)
        if element.tag == "details" and "open" not in element.attrib:
            for part in element.iterchildren():
                part.tail = None
        _mark(element, styles)
        gone, unseen = _is_gone(element, styles)
        if (gone or unseen) and element is not root:
            taken += _figures(element)
            if unseen and not gone and element.tag in _PLACED:
                _blank(element)
            elif element.getparent() is not None:
                element.drop_tree()
    return taken


def _show_value(element: Any) -> None:
    """Make a field's value, or what is chosen in a list within a cell, text."""
    if element.tag == "input" and element.get("type", "").lower() in _TYPED:
        element.tag, element.text = "span", element.get("value", "")
    elif element.tag in ("select", "textarea") and next(element.iterancestors(*_PLACED), None) is not None:
        options = [*element.iter("option")]
        chosen = next((option for option in options if "selected" in option.attrib), options[0] if options else element)
        text = "".join(chosen.itertext()).strip()
        _blank(element)
        element.tag, element.text = "span", text


def _blank(cell: Any) -> None:
    for child in [*cell]:
        cell.remove(child)
    cell.text = None


def _is_gone(element: Any, styles: _ElementStyles) -> tuple[bool, bool]:
    """Return whether an element has no place on the page, and whether it has one and does not show there."""
    style = styles.get(element, {})
    gone = "hidden" in element.attrib and style.get("display", "none") == "none"
    gone = gone or element.tag in _STRUCK or style.get("display") == "none" or style.get("visibility") == "collapse"
    gone = gone or "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
    gone = gone or element.tag == "datalist" or (element.tag == "dialog" and "open" not in element.attrib)
    parent = element.getparent()
    if parent is not None and parent.tag == "details" and "open" not in parent.attrib:
        gone = gone or element.tag != "summary"
    unseen = style.get("visibility") == "hidden" or bool(_NOTHING.fullmatch(style.get("opacity", "1")))
    unseen = unseen or style.get("content-visibility") == "hidden" or bool(_CLEARED.search(style.get("filter", "")))
    return gone, unseen or _has_no_room(style) or _is_like_paper(element, styles)


def _has_no_room(style: dict[str, str]) -> bool:
    """Return whether a style leaves a text no room on the page, or puts it beside the page."""
    if not style:
        return False
    if _NOTHING.fullmatch(style.get("font-size", "1")) or _SCALED_AWAY.search(style.get("transform", "")):
        return True
    size = _LENGTH.fullmatch(style.get("font-size", ""))
    if (size is not None and size[2] in _UNITS and _pixels(size[0]) < _SMALLEST) or _CUT_AWAY.fullmatch(
        style.get("clip-path", "")
    ):
        return True
    if style.get("overflow") == "hidden" and any(
        _NOTHING.fullmatch(style.get(side, "1")) for side in ("width", "height", "max-width", "max-height")
    ):
        return True
    if style.get("position") in ("absolute", "fixed"):
        sides = (style.get(side, "0") for side in ("left", "top", "right"))
        far = any(_pixels(side) < -_FAR for side in (*sides, *style.get("inset", "").split()))
        return far or _CLIPPED.fullmatch(style.get("clip", "")) is not None
    return _pixels(style.get("text-indent", "0")) < -_FAR


def _pixels(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1][:12]) * {**_UNITS, "em": 16.0, "rem": 16.0, "%": 16.0}[match[2] or ""] if match else 0.0


def _is_like_paper(element: Any, styles: _ElementStyles) -> bool:
    """Return whether an element is a figure of the colour behind it; of other texts, styles beside the page may say more."""
    style = styles.get(element, {})
    colour = style.get("-webkit-text-fill-color") or style.get("color")
    colour = colour or (element.get("color") if element.tag == "font" else None)
    if not colour or not is_figure(visible("".join(element.itertext()))):
        return False
    if any("color" in styles.get(inner, {}) or inner.get("color") for inner in element.iterdescendants()):
        return False
    return _colour(colour) in (_behind(element, styles), "")


def _behind(element: Any, styles: _ElementStyles) -> str | None:
    for around in (element, *element.iterancestors()):
        style = styles.get(around, {})
        stated = style.get("background-color") or style.get("background") or around.get("bgcolor")
        if stated and stated not in ("transparent", "none", "inherit", "initial"):
            return _colour(stated)
    return _PAPER


def _colour(stated: str) -> str | None:
    """Return a colour as six hex digits, empty if it is transparent, None if nobody knows it."""
    plain = stated.strip().lower()
    if plain == "transparent":
        return ""
    if match := _RGB.fullmatch(plain):
        if match[4] is not None and _NOTHING.fullmatch(match[4]):
            return ""
        return "".join(f"{min(255, int(part[:4])):02x}" for part in match.groups()[:3])
    if match := _HSL.fullmatch(plain):
        hue, saturation, lightness = (
            min(1.0, int(part[:4]) / whole) for part, whole in zip(match.groups(), (360, 100, 100), strict=True)
        )
        return "".join(f"{round(255 * part):02x}" for part in hls_to_rgb(hue, lightness, saturation))
    digits = plain.removeprefix("#")
    if re.fullmatch("[0-9a-f]{3}", digits) and plain.startswith("#"):
        digits = "".join(2 * digit for digit in digits)
    return digits if re.fullmatch("[0-9a-f]{6}", digits) else _COLOURS.get(plain)


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


def _styles(root: Any) -> _ElementStyles:
    """Return for each element what styles say of it, of the declarations that can hide: the page's, then its own."""
    sheets = "\n".join("".join(sheet.itertext()) for sheet in root.iter("style") if _is_for_screens(sheet))
    values = dict(_VARIABLE.findall(_COMMENT.sub("", sheets)))
    found: dict[Any, dict[str, str]] = {}
    firm: dict[Any, dict[str, str]] = {}
    generated: dict[tuple[Any, str], str] = {}
    for rule in sorted(_rules(_resolved(sheets, values)), key=lambda rule: rule.rank):
        for element in root.xpath(rule.path):
            if rule.generated:
                generated[element, rule.generated] = rule.declarations.get("content", "")
            else:
                _declare(rule.declarations, found.setdefault(element, {}), firm.setdefault(element, {}))
    for (element, place), content in generated.items():
        _generate(element, place, content)
    for element in root.iter():
        if isinstance(element.tag, str) and element.get("style"):
            own = _declarations(_resolved(element.get("style"), values))
            _declare(own, found.setdefault(element, {}), firm.setdefault(element, {}))
    return {element: {**style, **firm[element]} for element, style in found.items()}


def _resolved(css: str, values: dict[str, str]) -> str:
    """Return a style with its variables as what they stand for."""
    return _USED.sub(lambda match: values.get(match[1], "").strip(), css)


def _generate(element: Any, place: str, content: str) -> None:
    """Print what a style has printed before or after an element's own text, where that is of figures: a sign, digits."""
    match = _LITERAL.fullmatch(content.strip())
    text = _ESCAPE.sub(_unescaped, match[2] or element.get(match[3] or "", "")) if match else ""
    if not text or not CHARACTERS.issuperset(text):
        return
    if place == "before":
        element.text = text + (element.text or "")
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0 < code <= sys.maxunicode else ""


def _is_for_screens(sheet: Any) -> bool:
    media = sheet.get("media", "all").lower()
    return "all" in media or "screen" in media


def _declare(declarations: dict[str, str], style: dict[str, str], firm: dict[str, str]) -> None:
    for name, value in declarations.items():
        plain = value.removesuffix("!important").strip()
        (firm if plain != value else style)[name] = plain


def _rules(css: str) -> Iterator[_Styled]:
    plain = _PRINT.sub("", _COMMENT.sub("", css))
    for selectors, body in _RULE.findall(plain):
        declarations = _declarations(body)
        for selector in _COMMA.split(selectors) if declarations else ():
            generated = _GENERATED.fullmatch(selector.strip())
            found = _path(generated[1] or "*" if generated else selector.strip())
            if found is not None:
                yield _Styled(*found, declarations, generated[2] if generated else "")


def _declarations(body: str) -> dict[str, str]:
    pairs = (part.lower().partition(":") for part in body.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if _WATCHED.fullmatch(name.strip())}


def _path(selector: str) -> tuple[tuple[int, int, int], str] | None:
    """Return the rank and the XPath of a selector; None of one with parts that say nothing of a page at rest."""
    path, rank = ".", [0, 0, 0]
    for combinator, compound in re.findall(r"(\s*[>+~]\s*|\s+|^)((?:\([^()]*\)|[^\s>+~])+)", selector):
        step = _COMBINATORS.get(combinator.strip() or " ")
        match = _COMPOUND.fullmatch(compound)
        if step is None or match is None:
            return None
        conditions = [_condition(part) for part in _PART.finditer(match[2])]
        if None in conditions:
            return None
        path += step + (match[1] or "*").lower() + "".join(f"[{condition}]" for condition in conditions)
        rank[0] += match[2].count("#")
        rank[1] += len(conditions) - match[2].count("#")
        rank[2] += bool(match[1]) and match[1] != "*"
    return ((rank[0], rank[1], rank[2]), path) if path != "." else None


def _condition(part: re.Match[str]) -> str | None:
    kind, name, attribute, relation, value, pseudo, argument = part.groups()
    if kind == ".":
        return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    if kind == "#":
        return f"@id = '{name}'"
    if attribute:
        tests = {None: f"@{attribute}", "=": f"@{attribute} = '{value}'", "^=": f"starts-with(@{attribute}, '{value}')"}
        return {**tests, "*=": f"contains(@{attribute}, '{value}')"}.get(relation)
    if pseudo in ("nth-child", "nth-last-child"):
        return _nth(argument or "", "preceding" if pseudo == "nth-child" else "following")
    if pseudo in ("not", "is", "where"):
        choices = [_alone(choice.strip()) for choice in (argument or "").split(",")]
        if None in choices:
            return None
        return f"{'not' if pseudo == 'not' else ''}({' or '.join(filter(None, choices))})"
    return {"first-child": "not(preceding-sibling::*)", "last-child": "not(following-sibling::*)"}.get(pseudo)


def _alone(compound: str) -> str | None:
    """Return the condition that an element meets a selector of no other element; None of one that nobody can tell."""
    match = _COMPOUND.fullmatch(compound)
    conditions = [_condition(part) for part in _PART.finditer(match[2])] if match else [None]
    if match is None or None in conditions or not compound:
        return None
    named = [f"self::{match[1].lower()}"] if match[1] and match[1] != "*" else []
    return f"({' and '.join([*named, *filter(None, conditions)]) or 'true()'})"


def _nth(formula: str, side: str) -> str | None:
    """Return the condition of a formula such as 3, odd or 2n+1 on an element's place among its siblings."""
    plain = {"odd": "2n+1", "even": "2n"}.get(formula.strip().lower(), formula.replace(" ", "").lower())
    match = re.fullmatch(r"(?:([+-]?\d{0,4})n)?([+-]?\d{1,4})?", plain)
    if match is None or not plain:
        return None
    step, first = (match[1] or "1" if match[1] is not None else "0"), int(match[2] or 0)
    each = int(step + "1" if step in ("+", "-") else step)
    place = f"(count({side}-sibling::*) + 1 - {first})"
    if each == 0:
        return f"{place} = 0"
    return f"{place} mod {abs(each)} = 0 and {place} {'>=' if each > 0 else '<='} 0"
