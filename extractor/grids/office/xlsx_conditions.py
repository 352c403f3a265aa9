"""What the conditional formats of a workbook make of its figures: hidden, shown by another format, or what nobody can tell."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from extractor.grids.office.raster import visible
from extractor.grids.office.xlsx_display import Theme
from extractor.notation.figures import is_figure

Place = tuple[int, int]
Value = float | str
_WHITE, _BLACK = "FFFFFF", "000000"
_SYMBOLS = {"=": "equal", "<>": "notEqual", "<": "lessThan", "<=": "lessThanOrEqual", ">": "greaterThan"}
_SYMBOLS |= {">=": "greaterThanOrEqual"}
_JOINED = re.compile(r"(AND|OR|NOT)\((.*)\)", re.IGNORECASE)
_ASKED = re.compile(r"(ISERROR|ISERR|ISNA|ISBLANK|ISNUMBER|ISTEXT)\(([^()]*)\)", re.IGNORECASE)
_LENGTH = re.compile(r"LEN\(([^()]*)\)", re.IGNORECASE)
_ARGUMENTS = re.compile(r",(?![^()]*\))")
_COMPARISON = re.compile(r"([^<>=]+)(<=|>=|<>|<|>|=)([^<>=]+)")
_REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
_QUOTED = re.compile(r"\"([^\"]*)\"")
_CONSTANTS = {"TRUE": True, "1": True, "FALSE": False, "0": False}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
}


class Conditions(NamedTuple):
    """What conditional formats make of a sheet's figures.

    Attributes:
        hidden: The cells whose figures they hide.
        doubted: The cells whose figures they may hide by a condition that nobody here can tell.
        formats: The number formats that cells are shown with instead of their own.
    """

    hidden: set[Place]
    doubted: set[Place]
    formats: dict[Place, str]


class _Cells(NamedTuple):
    """The cells that a condition's formula names, as seen from one of those that it is for."""

    sheet: Any
    area: Any
    row: int
    column: int

    def value(self, text: str) -> Value | None:
        """Return a number or a text, or that of the cell that a text names; None where it is neither."""
        from openpyxl.utils import column_index_from_string  # noqa: PLC0415 - most runs meet no workbook

        plain = text.strip()
        if quoted := _QUOTED.fullmatch(plain):
            return quoted[1]
        if length := _LENGTH.fullmatch(plain):
            inner = self.value(length[1])
            return None if inner is None else float(len(inner if isinstance(inner, str) else f"{inner:.15g}"))
        match = _REFERENCE.fullmatch(plain)
        if match is None:
            try:
                return float(plain)
            except ValueError:
                return None
        first = next(iter(self.area.ranges))  # the formula is written for its first cell
        row = int(match[4]) + (0 if match[3] else self.row - first.min_row)
        column = column_index_from_string(match[2]) + (0 if match[1] else self.column - first.min_col)
        cell = self.sheet._cells.get((row, column))
        value = 0 if cell is None or cell.value is None else cell.value
        return value if isinstance(value, int | float | str) else None


def find_conditions(sheet: Any, theme: Theme, extended: Sequence[Any] = ()) -> Conditions:
    """Return what the conditional formats of a sheet, and of its extensions, make of its figures."""
    rules: dict[Place, list[tuple[Any, Any]]] = {}
    for formats in (*sheet.conditional_formatting, *extended):
        for place, cell in sheet._cells.items():
            if _is_of_a_figure(cell) and cell.coordinate in formats.sqref:
                rules.setdefault(place, []).extend((rule, formats.sqref) for rule in formats.rules)
    found = Conditions(set(), set(), {})
    for place, own in rules.items():
        own.sort(key=lambda pair: pair[0].priority or 0)
        hidden = _look_at(sheet, place, own, theme, found.formats)
        found.hidden.update({place} if hidden else ())
        found.doubted.update({place} if hidden is None and sheet._cells[place].value else ())
    return found


def _is_of_a_figure(cell: Any) -> bool:
    return isinstance(cell.value, int | float) or (isinstance(cell.value, str) and is_figure(visible(cell.value)))


def _look_at(
    sheet: Any, place: Place, rules: list[tuple[Any, Any]], theme: Theme, formats: dict[Place, str]
) -> bool | None:
    """Return whether any of a cell's rules hides its figure, None where nobody can tell; note another format of it."""
    cell, unknown = sheet._cells[place], False
    for rule, area in rules:
        if rule.type in ("dataBar", "iconSet"):
            shown = getattr(rule, rule.type)
            if shown is not None and shown.showValue is False and not isinstance(cell.value, str):
                return True
            continue
        if rule.dxf is None:
            continue
        hides = _hides(rule.dxf, cell.font, theme)
        meets = _meets(cell.value, rule, _Cells(sheet, area, *place))
        if meets is None:
            unknown = unknown or hides
        elif meets and hides:
            return True
        elif meets:
            if rule.dxf.numFmt is not None:
                formats.setdefault(place, rule.dxf.numFmt.formatCode)
            if rule.stopIfTrue or (rule.dxf.font is not None and rule.dxf.font.color is not None):
                break
    return None if unknown else False


def _hides(style: Any, font: Any, theme: Theme) -> bool:
    """Return whether a conditional format strikes, has the colour behind it, or shows no text."""
    fill = style.fill
    filled = fill is not None and fill.bgColor is not None and fill.bgColor.rgb != "00000000"
    behind = theme.rgb(fill.bgColor) if filled else _WHITE
    code = style.numFmt.formatCode if style.numFmt is not None else ""
    if code and not code.strip("; "):
        return True
    if style.font is not None and (style.font.color is not None or style.font.strike):
        return theme.is_unseen(style.font, behind)
    own = theme.rgb(font.color) if font.color is not None else _BLACK
    return filled and own == behind


def _is_true(formula: str, cells: _Cells) -> bool | None:
    """Return whether a formula holds, None where it is more than comparisons joined by AND, OR and NOT."""
    plain = formula.strip().removeprefix("=")
    if asked := _ASKED.fullmatch(plain):
        return _is_such(asked[1].upper(), cells.value(asked[2]))
    if joined := _JOINED.fullmatch(plain):
        parts = [_is_true(part, cells) for part in _ARGUMENTS.split(joined[2])]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return {"AND": all(known), "OR": any(known), "NOT": not known[0]}[joined[1].upper()]
    compared = _COMPARISON.fullmatch(plain)
    if compared is None:
        return _CONSTANTS.get(plain.upper())
    one, other = cells.value(compared[1]), cells.value(compared[3])
    return None if one is None or other is None else _compare(_SYMBOLS[compared[2]], one, other)


def _is_such(question: str, value: Value | None) -> bool | None:
    """Return whether a value is an error, a number or a text, None where nobody knows it."""
    if value is None:
        return None
    error = isinstance(value, str) and value.startswith("#")
    if question == "ISBLANK":
        return False if value else None
    return {"ISNUMBER": not isinstance(value, str), "ISTEXT": isinstance(value, str) and not error}.get(question, error)


def _compare(name: str, one: Value, other: Value) -> bool | None:
    """Return whether a comparison holds; a number and a text are never equal, and else compared by nobody here."""
    if isinstance(one, str) == isinstance(other, str):
        return _COMPARED[name](one, other)
    return {"equal": False, "notEqual": True}.get(name)


def _meets(value: Value, rule: Any, cells: _Cells) -> bool | None:
    """Return whether a figure meets a condition, None where nobody can tell."""
    if rule.type == "expression":
        return _is_true(rule.formula[0], cells) if rule.formula else None
    if rule.type != "cellIs":
        return None
    bounds = [cells.value(formula) for formula in rule.formula]
    if not bounds or None in bounds:
        return None
    if rule.operator in ("between", "notBetween") and len(bounds) == 2:
        low, high = sorted(bounds, key=str) if str in map(type, bounds) else sorted(bounds)  # type: ignore[type-var]
        inside = [_compare("lessThanOrEqual", low, value), _compare("lessThanOrEqual", value, high)]  # type: ignore[arg-type]
        return None if None in inside else all(inside) is (rule.operator == "between")
    return _compare(rule.operator, value, bounds[0]) if rule.operator in _COMPARED else None  # type: ignore[arg-type]
