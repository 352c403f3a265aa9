"""The style sheets of a web page → what they declare of each of its elements, as a screen's browser would take it.

Rules within rules, media queries and layers are followed; what only a pointer or a window's reader brings about is not.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import cssselect
import tinycss2
from lxml import etree

Declarations = dict[str, str]
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+)")
_USED = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_SCREEN = {"width": 1280.0, "height": 800.0, "resolution": 96.0}  # pixels; what people read a page on
_TRUE_OF_SCREENS = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
}
_LENGTHS = {"px": 1.0, "em": 16.0, "rem": 16.0, "": 1.0}
_FEATURE = re.compile(r"\(\s*(?:(min|max)-)?([a-z-]+)\s*(?::\s*([^()]*?))?\s*\)")
_RANGE = re.compile(r"\(\s*(width|height)\s*(<=|>=|<|>)\s*([\d.]+(?:px|r?em)?)\s*\)")
_NUMBER = re.compile(r"([\d.]+)(px|r?em)?")
_MEDIA = re.compile(r"\s+and\s+")
_NOT_HERE = frozenset(("print", "speech", "tv", "tty", "handheld", "projection", "embossed", "braille", "aural"))
_ALTERNATIVES = frozenset(("is", "where", "matches", "-webkit-any", "-moz-any"))
# Which of them decides is told by the values that a browser takes; of others, it keeps what an earlier rule said.
_DISPLAYS = re.compile(
    r"(?:block|inline|none|contents|flow-root|list-item|run-in|(?:inline-)?(?:block|flex|grid|table)|table(?:-[a-z-]+)?"
    r"|ruby(?:-[a-z-]+)?|-webkit-(?:inline-)?box|-webkit-(?:inline-)?flex|-ms-[a-z-]+)(?:\s+[a-z-]+)*"
)
_GENERATED = ("before", "after", "marker", "first-letter", "first-line")
_NOTHING_SAID = frozenset(("initial", "unset", "revert", "revert-layer"))
_IMPORTED = re.compile(r"""@import\s+(?:url\(\s*)?["']?(data:text/css[^"')]*)["']?\s*\)?[^;]*;""", re.IGNORECASE)
_FONT_FACE = re.compile(r"@font-face\s*\{([^{}]*)\}", re.IGNORECASE)
_FAMILY = re.compile(r"font-family\s*:\s*([^;]+)", re.IGNORECASE)
MAX_SELECTORS = 1_000  # of a rule: `:is` within `:is`, and rules within rules, multiply them
MAX_LENGTH = 1_000  # characters of a selector
MAX_NESTED = 16  # rules within rules
_TRANSLATOR = cssselect.HTMLTranslator()
_FONT_SIZE = re.compile(r"(?:^|\s)(\d*\.?\d+(?:px|pt|em|rem|%|vw|vh)?)(?:\s*/\s*\S+)?\s")


class Rule(NamedTuple):
    """A rule of a style sheet.

    Attributes:
        rank: What decides between rules: no layer over one, then how many ids, classes and tags its selector has.
        path: The XPath of what it styles.
        declarations: What it says: property and value, and whether that is important.
        generated: `before` or `after` where it styles what is printed there beside the element's own text, `marker` where it
            does the number of an item, `first-letter` and `first-line` where it does a part of that text.
    """

    rank: tuple[int, int, int, int]
    path: Any
    declarations: Sequence[tuple[str, str, bool]]
    generated: str | None


def cascade(root: Any, watched: re.Pattern[str]) -> tuple[dict[Any, Declarations], dict[tuple[Any, str], Declarations]]:
    """Return what is declared of each element of a page, and of what is generated `before` and `after` it.

    Args:
        root: The page's root element.
        watched: Which properties matter.
    """
    sheets = _sheets(root)
    values = dict(_VARIABLE.findall(re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)))
    found: dict[Any, Declarations] = {}
    firm: dict[Any, Declarations] = {}
    nodes = tinycss2.parse_stylesheet(_resolved(sheets, values), skip_comments=True, skip_whitespace=True)
    for rule in sorted(_rules(nodes, watched, (), 1, 0), key=lambda rule: rule.rank):
        for element in rule.path(root):
            key = (element, rule.generated) if rule.generated else element
            _declare(rule.declarations, found.setdefault(key, {}), firm.setdefault(key, {}))
    for element in root.iter():
        if isinstance(element.tag, str) and element.get("style"):
            own = tinycss2.parse_blocks_contents(_resolved(element.get("style"), values), skip_comments=True)
            _declare(_declared(own, watched), found.setdefault(element, {}), firm.setdefault(element, {}))
    styles: dict[Any, Declarations] = {key: {**style, **firm[key]} for key, style in found.items()}
    generated = {key: styles.pop(key) for key in [*styles] if isinstance(key, tuple)}
    return styles, generated


def embedded_fonts(root: Any) -> set[str]:
    """Return the families of type that a page brings along in its own style sheets."""
    faces = (face[1] for face in _FONT_FACE.finditer(_sheets(root)) if "data:" in face[1])
    return {family[1].strip().strip("\"'").lower() for face in faces if (family := _FAMILY.search(face))}


def _sheets(root: Any) -> str:
    """Return the style sheets that a page holds: in elements, and in addresses that are data themselves."""
    found: list[str] = []
    for sheet in root.iter("style", "link"):
        linked = sheet.get("href", "") if sheet.get("rel", "").lower() == "stylesheet" else ""
        if is_for_screens(sheet.get("media")):
            found.append(_of_address(linked) if sheet.tag == "link" else "".join(sheet.itertext()))
    sheets = _IMPORTED.sub(lambda match: _of_address(match[1]), "\n".join(found))
    return sheets.replace("<!--", "").replace("-->", "")


def _of_address(address: str) -> str:
    """Return the style sheet that an address holds itself, as saved pages have them; empty for any other."""
    head, comma, body = address.strip().partition(",")
    if not comma or not head.lower().startswith("data:text/css"):
        return ""
    try:
        return (b64decode(body) if head.lower().endswith(";base64") else unquote_to_bytes(body)).decode(
            "utf-8", "replace"
        )
    except ValueError:
        return ""


def is_for_screens(media: str | None) -> bool:
    """Return whether a media query holds of a screen: of the empty one, too."""
    queries = [part.strip().lower() for part in (media or "").split(",")]
    return any(map(_holds, queries))


def _holds(query: str) -> bool:
    query, wanted = (query[4:], False) if query.startswith("not ") else (query.removeprefix("only "), True)
    return all(_is_true(part.strip()) for part in _MEDIA.split(query.strip())) is wanted


def _is_true(part: str) -> bool:
    """Return whether a part of a media query is true of a screen; what nobody knows is not."""
    if not part.startswith("("):
        return part not in _NOT_HERE
    if match := _RANGE.fullmatch(part):
        own, bound = _SCREEN[match[1]], _length(match[3])
        return {"<": own < bound, "<=": own <= bound, ">": own > bound, ">=": own >= bound}[match[2]]
    match = _FEATURE.fullmatch(part)
    if match is None:
        return False
    least, name, value = match.groups()
    if least and name in _SCREEN:
        return _length(value or "") <= _SCREEN[name] if least == "min" else _length(value or "") >= _SCREEN[name]
    return (value is None and name in ("color", "hover")) or _TRUE_OF_SCREENS.get(name) == value


def _length(text: str) -> float:
    match = _NUMBER.match(text)
    return float(match[1].strip(".") or 0) * _LENGTHS[match[2] or ""] if match else 0.0


def _resolved(css: str, values: Declarations) -> str:
    """Return a style with its variables as what they stand for."""
    return _USED.sub(lambda match: values.get(match[1], match[2] or "").strip(), css)


def _rules(
    nodes: Sequence[Any], watched: re.Pattern[str], parents: tuple[str, ...], plain: int, depth: int
) -> Iterator[Rule]:
    """Yield the rules among the contents of a style sheet or of a rule, whose selectors are then `parents`."""
    own = _declared(nodes, watched) if parents else []
    for selector in parents if own else ():
        yield from _rules_of(selector, own, plain)
    for node in nodes if depth < MAX_NESTED else ():
        if node.type == "qualified-rule":
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            yield from _rules(inner, watched, _nested(_selectors(node.prelude), parents), plain, depth + 1)
        elif node.type == "at-rule" and node.content is not None and _applies(node):
            if node.lower_at_keyword == "scope":
                scope: Sequence[Any] = next((token.content for token in node.prelude if token.type == "() block"), [])
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                yield from _rules(inner, watched, _nested(_selectors(scope), parents), plain, depth + 1)
                continue
            parse = tinycss2.parse_blocks_contents if parents else tinycss2.parse_rule_list
            inner = parse(node.content, skip_comments=True, skip_whitespace=True)
            yield from _rules(inner, watched, parents, plain and int(node.lower_at_keyword != "layer"), depth + 1)


def _applies(rule: Any) -> bool:
    condition = tinycss2.serialize(rule.prelude).strip().lower()
    if rule.lower_at_keyword == "media":
        return is_for_screens(condition)
    if rule.lower_at_keyword == "supports":
        return not condition.startswith("not") and "-ms-" not in condition
    return rule.lower_at_keyword in ("layer", "scope")


def _nested(selectors: Sequence[str], parents: Sequence[str]) -> tuple[str, ...]:
    """Return selectors as they read outside the rule that they stand in."""
    if not parents:
        return tuple(selectors)
    pairs = islice(product(parents, selectors), MAX_SELECTORS)
    return tuple(own.replace("&", parent) if "&" in own else f"{parent} {own}" for parent, own in pairs)


def _selectors(tokens: Sequence[Any]) -> list[str]:
    """Return the selectors of a list of them, those that `:is` offers written out, and of `:not` one each."""
    found: list[str] = []
    parts: list[list[str]] = []
    for token in [*tokens, None]:
        if token is None or token == ",":
            found += ["".join(choice).strip() for choice in islice(product(*parts), MAX_SELECTORS)]
            parts = []
        elif token.type == "function" and parts and parts[-1] == [":"] and token.lower_name in {*_ALTERNATIVES, "not"}:
            choices = _selectors(token.arguments)
            parts[-1] = ["".join(f":not({one})" for one in choices)] if token.lower_name == "not" else choices
        else:
            parts.append([token.serialize()])
    return list(filter(None, found))


def _rules_of(selector: str, declarations: Sequence[tuple[str, str, bool]], plain: int) -> Iterator[Rule]:
    if len(selector) > MAX_LENGTH:
        return
    try:
        for one in cssselect.parse(selector):
            path = etree.XPath(_TRANSLATOR.selector_to_xpath(one))
            if one.pseudo_element in (None, *_GENERATED):
                yield Rule((plain, *one.specificity()), path, declarations, one.pseudo_element)
    except (cssselect.SelectorError, etree.XPathError):
        return  # it says nothing of a page at rest, or is none


def _declared(nodes: Sequence[Any], watched: re.Pattern[str]) -> list[tuple[str, str, bool]]:
    """Return property, value and importance of those declarations that a browser takes."""
    found = []
    for node in nodes:
        if node.type == "declaration" and (watched.fullmatch(node.lower_name) or node.lower_name in ("font", "all")):
            value = tinycss2.serialize(node.value).strip()
            plain = value if node.lower_name == "content" else value.lower()
            name = node.lower_name
            if name == "font":
                size = _FONT_SIZE.search(f" {plain} ")
                name, plain = "font-size", size[1] if size else ""
            if plain and (name != "display" or plain in {*_NOTHING_SAID, "inherit"} or _DISPLAYS.fullmatch(plain)):
                found.append((name, plain, node.important))
    return found


def _declare(declarations: Sequence[tuple[str, str, bool]], style: Declarations, firm: Declarations) -> None:
    for name, value, important in declarations:
        chosen = firm if important else style
        if value in _NOTHING_SAID:
            for said in [*chosen] if name == "all" else [name]:
                chosen.pop(said, None)
        else:
            chosen[name] = value
