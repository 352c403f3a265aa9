"""What of a web page is displayed: hidden and struck elements are taken out of its tree.

Of style sheets, those in the page itself are followed, as far as they hide: `display`, `visibility` and `line-through`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from extractor.grids.office.raster import visible
from extractor.notation.figures import is_figure
from extractor.notation.marks import lowered, raised

_STRUCK = frozenset(("del", "s", "strike"))
_PLACED = frozenset(("td", "th"))
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_PRINT = re.compile(r"@media\s+print\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_WATCHED = re.compile(r"display|visibility|opacity|text-decoration(?:-line)?")
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?)*)")
_PART = re.compile(
    r"([.#])([\w-]+)|\[\s*([\w-]+)\s*(?:([~^$*|]?=)\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]|:([\w-]+)(?:\(([^)]*)\))?"
)
_COMBINATORS = {" ": "//", ">": "/", "+": "/following-sibling::*[1]/self::"}


class _Styled(NamedTuple):
    """A rule of a style sheet: how it ranks (ids, classes, tags), the XPath of what it styles, and its declarations."""

    rank: tuple[int, int, int]
    path: str
    declarations: dict[str, str]


def leave_displayed(root: Any) -> int:
    """Take out of a page's tree what it does not display, and make raised and lowered figures marks.

    A cell that is invisible keeps its place; one that is not displayed has none.

    Args:
        root: The page's root element; it is changed.

    Returns:
        How many cells and pieces of text with a figure were taken out.
    """
    styles = _styles(root)
    taken = 0
    for element in [e for e in root.iter() if isinstance(e.tag, str)]:
        if element.tag in ("sup", "sub") and len(element) == 0 and element.text:
            element.text = (raised if element.tag == "sup" else lowered)(element.text)
        gone, unseen = _is_gone(element, styles.get(element, {}))
        if (gone or unseen) and element is not root:
            taken += _figures(element)
            if unseen and not gone and element.tag in _PLACED:
                for child in [*element]:
                    element.remove(child)
                element.text = None
            elif element.getparent() is not None:
                element.drop_tree()
    return taken


def _is_gone(element: Any, style: dict[str, str]) -> tuple[bool, bool]:
    """Return whether an element has no place on the page, and whether it has one and does not show there."""
    gone = "hidden" in element.attrib and style.get("display", "none") == "none"
    gone = gone or element.tag in _STRUCK or style.get("display") == "none" or style.get("visibility") == "collapse"
    gone = gone or "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
    opacity = style.get("opacity", "1")
    return gone, style.get("visibility") == "hidden" or re.fullmatch(r"0(?:\.0*)?%?|\.0+", opacity) is not None


def _figures(element: Any) -> int:
    """Return how many figures an element holds: of its cells, or of its own text."""
    cells = [element] if element.tag in _PLACED else [*element.iter(*_PLACED)]
    texts = (visible("".join(part.itertext())) for part in cells or [element])
    return sum(is_figure(text) for text in texts)


def _styles(root: Any) -> dict[Any, dict[str, str]]:
    """Return for each element what styles say of it, of the declarations that can hide: the page's, then its own."""
    sheets = "\n".join("".join(sheet.itertext()) for sheet in root.iter("style") if _is_for_screens(sheet))
    found: dict[Any, dict[str, str]] = {}
    firm: dict[Any, dict[str, str]] = {}
    for rule in sorted(_rules(sheets), key=lambda rule: rule.rank):
        for element in root.xpath(rule.path):
            _declare(rule.declarations, found.setdefault(element, {}), firm.setdefault(element, {}))
    for element in root.iter():
        if isinstance(element.tag, str) and element.get("style"):
            own = _declarations(element.get("style"))
            _declare(own, found.setdefault(element, {}), firm.setdefault(element, {}))
    return {element: {**style, **firm[element]} for element, style in found.items()}


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
        for selector in selectors.split(",") if declarations else ():
            found = _path(selector.strip())
            if found is not None:
                yield _Styled(*found, declarations)


def _declarations(body: str) -> dict[str, str]:
    pairs = (part.lower().partition(":") for part in body.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if _WATCHED.fullmatch(name.strip())}


def _path(selector: str) -> tuple[tuple[int, int, int], str] | None:
    """Return the rank and the XPath of a selector; None of one with parts that say nothing of a page at rest."""
    path, rank = ".", [0, 0, 0]
    for combinator, compound in re.findall(r"(\s*[>+~]\s*|\s+|^)([^\s>+~]+)", selector):
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
    if pseudo == "nth-child" and (argument or "").strip().isdecimal():
        return f"count(preceding-sibling::*) = {int(argument) - 1}"
    return {"first-child": "not(preceding-sibling::*)", "last-child": "not(following-sibling::*)"}.get(pseudo)
