"""What of a workbook's cells is displayed: text that is struck, or set in the colour behind it, is not."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from extractor.grids.office.number_format import hides
from extractor.notation.marks import SMALL, lowered, raised, small

_FORMS: dict[str | None, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
SMALLEST = 2.0  # points: smaller type is not seen
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME = {0: _WHITE, 1: _BLACK}  # the first two colours of every theme that people use


_SYMBOLS = {"=": "equal", "<>": "notEqual", "<": "lessThan", "<=": "lessThanOrEqual", ">": "greaterThan"}
_SYMBOLS |= {">=": "greaterThanOrEqual"}
_JOINED = re.compile(r"(AND|OR|NOT)\((.*)\)", re.IGNORECASE)
_ARGUMENTS = re.compile(r",(?![^()]*\))")
_COMPARISON = re.compile(r"([^<>=]+)(<=|>=|<>|<|>|=)([^<>=]+)")
_REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
_CONSTANTS = {"TRUE": True, "1": True, "FALSE": False, "0": False}
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
                    meets = _meets(cell.value, rule, _Cells(sheet, formats.sqref, row, column))
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


class _Cells(NamedTuple):
    """The cells that a condition's formula names, as seen from one of those that it is for."""

    sheet: Any
    area: Any
    row: int
    column: int

    def number(self, text: str) -> float | None:
        """Return a number, or that of the cell that a text names; None where it is neither."""
        from openpyxl.utils import column_index_from_string  # noqa: PLC0415 - most runs meet no workbook

        match = _REFERENCE.fullmatch(text.strip())
        if match is None:
            try:
                return float(text)
            except ValueError:
                return None
        first = next(iter(self.area.ranges))  # the formula is written for its first cell
        row = int(match[4]) + (0 if match[3] else self.row - first.min_row)
        column = column_index_from_string(match[2]) + (0 if match[1] else self.column - first.min_col)
        cell = self.sheet._cells.get((row, column))
        value = 0 if cell is None or cell.value is None else cell.value
        return value if isinstance(value, int | float) else None


def _is_true(formula: str, cells: _Cells) -> bool | None:
    """Return whether a formula holds, None where it is more than comparisons of numbers joined by AND, OR and NOT."""
    plain = formula.strip().removeprefix("=")
    if joined := _JOINED.fullmatch(plain):
        parts = [_is_true(part, cells) for part in _ARGUMENTS.split(joined[2])]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return {"AND": all(known), "OR": any(known), "NOT": not known[0]}[joined[1].upper()]
    compared = _COMPARISON.fullmatch(plain)
    if compared is None:
        return _CONSTANTS.get(plain.upper())
    one, other = cells.number(compared[1]), cells.number(compared[3])
    return None if one is None or other is None else _COMPARED[_SYMBOLS[compared[2]]](one, other)


def _meets(value: float, rule: Any, cells: _Cells) -> bool | None:
    """Return whether a number meets a condition, None where nobody can tell."""
    if rule.type == "expression":
        return _is_true(rule.formula[0], cells) if rule.formula else None
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
