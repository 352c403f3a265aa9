"""What of a workbook's cells is displayed: text that is struck, or set in the colour behind it, is not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from extractor.grids.office.number_format import hides
from extractor.notation.marks import SMALL, lowered, raised, small

_FORMS: dict[str | None, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
SMALLEST = 2.0  # points: smaller type is not seen
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME = {0: _WHITE, 1: _BLACK}  # the first two colours of every theme that people use


_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
}


def find_conditionally_hidden(sheet: Any) -> tuple[set[tuple[int, int]], int]:
    """Return the cells whose numbers a conditional format hides, and how many one may hide whose condition is a formula."""
    hidden: set[tuple[int, int]] = set()
    doubted: set[tuple[int, int]] = set()
    for formats in sheet.conditional_formatting:
        rules = [rule for rule in formats.rules if rule.dxf is not None and _hides(rule.dxf)]
        for (row, column), cell in sheet._cells.items() if rules else ():
            if isinstance(cell.value, int | float) and cell.coordinate in formats.sqref:
                for rule in rules:
                    meets = _meets(cell.value, rule)
                    if meets is None and cell.value:
                        doubted.add((row, column))
                    elif meets:
                        hidden.add((row, column))
    return hidden, len(doubted - hidden)


def _hides(style: Any) -> bool:
    """Return whether a conditional format strikes, has the colour of the paper or of its own fill, or shows no text."""
    fill = style.fill
    behind = _rgb(fill.bgColor) if fill is not None and fill.bgColor is not None else _WHITE
    code = style.numFmt.formatCode if style.numFmt is not None else ""
    return (style.font is not None and is_unseen(style.font, behind)) or (bool(code) and not code.strip("; "))


def _meets(value: float, rule: Any) -> bool | None:
    """Return whether a number meets a condition, None where that is more than a comparison with a number."""
    compare = _COMPARED.get(rule.operator) if rule.type == "cellIs" else None
    try:
        return None if compare is None else compare(value, float(rule.formula[0]))
    except (ValueError, IndexError):
        return None


class Display:
    """Which texts a workbook shows; its fonts and fills are looked at once each."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bool] = {}

    def split(self, cell: Any) -> tuple[str, str]:
        """Return what a cell shows of its text, and what it does not show; the latter of a number is its digits."""
        key = (cell._style.fontId, cell._style.fillId)
        if key not in self._known:
            self._known[key] = is_unseen(cell.font, _behind(cell.fill))
        unseen = self._known[key]
        if isinstance(cell.value, int | float) and hides(cell.value, cell.number_format, _behind(cell.fill) == _WHITE):
            return "", str(cell.value) if cell.value else ""
        if not isinstance(cell.value, list):
            return ("", str(cell.value)) if unseen else (str(cell.value), "")
        behind = _behind(cell.fill)
        parts: tuple[list[str], list[str]] = ([], [])
        usual, before = float(cell.font.sz or 0), ""
        for part in cell.value:  # of one font each; one without a font of its own has the cell's
            font = getattr(part, "font", None)
            text = _FORMS.get(getattr(font, "vertAlign", None), str)(str(part))
            if 0 < float(getattr(font, "sz", None) or usual) < SMALL * usual:
                text = small(text, before)
            before = text
            parts[unseen if font is None else is_unseen(font, behind)].append(text)
        return "".join(parts[False]), "".join(parts[True])


def is_unseen(font: Any, behind: str | None) -> bool:
    """Return whether a font strikes its text, has the colour that lies behind it or is too small to be seen."""
    struck = getattr(font, "strike", None) or getattr(font, "strikethrough", None)
    colour = _rgb(font.color)
    tiny = 0 < float(font.sz or 0) < SMALLEST
    return bool(struck) or tiny or (colour is not None and colour == behind)


def _behind(fill: Any) -> str | None:
    """Return the colour behind a cell's text, None where it is not known: a pattern, a colour of some theme."""
    kind = getattr(fill, "patternType", None)
    if kind is None:
        return _WHITE if getattr(fill, "tagname", "") == "patternFill" else None
    return _rgb(fill.fgColor) if kind == "solid" else None


def _rgb(colour: Any) -> str | None:
    """Return a colour as six hex digits, or as its place in the theme; None where the workbook does not say it."""
    from openpyxl.styles.colors import COLOR_INDEX  # noqa: PLC0415 - most runs meet no workbook

    if colour is None:
        return None
    if colour.tint:
        return f"{colour.type} {colour.value} {colour.tint}"
    if colour.type == "theme":
        return _THEME.get(colour.theme, f"theme {colour.theme}")
    if colour.type == "indexed":
        return COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else None
    return str(colour.rgb)[-6:].upper() if isinstance(colour.rgb, str) else None
