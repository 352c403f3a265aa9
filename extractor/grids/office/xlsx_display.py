"""What of a workbook's cells is displayed: text that is struck, or set in the colour behind it, is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extractor.notation.marks import lowered, raised

_FORMS: dict[str | None, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME = {0: _WHITE, 1: _BLACK}  # the first two colours of every theme that people use


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
        if not isinstance(cell.value, list):
            return ("", str(cell.value)) if unseen else (str(cell.value), "")
        behind = _behind(cell.fill)
        parts: tuple[list[str], list[str]] = ([], [])
        for part in cell.value:  # of one font each; one without a font of its own has the cell's
            font = getattr(part, "font", None)
            text = _FORMS.get(getattr(font, "vertAlign", None), str)(str(part))
            parts[unseen if font is None else is_unseen(font, behind)].append(text)
        return "".join(parts[False]), "".join(parts[True])


def is_unseen(font: Any, behind: str | None) -> bool:
    """Return whether a font strikes its text or has the colour that lies behind it."""
    struck = getattr(font, "strike", None) or getattr(font, "strikethrough", None)
    colour = _rgb(font.color)
    return bool(struck) or (colour is not None and colour == behind)


def _behind(fill: Any) -> str | None:
    """Return the colour behind a cell's text, None where it is not known: a pattern, a colour of some theme."""
    kind = getattr(fill, "patternType", None)
    if kind is None:
        return _WHITE if getattr(fill, "tagname", "") == "patternFill" else None
    return _rgb(fill.fgColor) if kind == "solid" else None


def _rgb(colour: Any) -> str | None:
    """Return a colour as six hex digits, None where the workbook does not say it outright."""
    from openpyxl.styles.colors import COLOR_INDEX  # noqa: PLC0415 - most runs meet no workbook

    if colour is None or colour.tint:
        return None
    if colour.type == "theme":
        return _THEME.get(colour.theme)
    if colour.type == "indexed":
        return COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else None
    return str(colour.rgb)[-6:].upper() if isinstance(colour.rgb, str) else None
