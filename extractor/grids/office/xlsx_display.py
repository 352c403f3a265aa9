"""What of a workbook's cells is displayed: text that is struck, or set in the colour behind it, is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from colorsys import hls_to_rgb, rgb_to_hls
from typing import Any, NamedTuple

from extractor.grids.office.colours import are_alike
from extractor.grids.office.number_format import hides, hides_text
from extractor.grids.office.symbols import shows_pictograms
from extractor.notation.marks import SMALL, lowered, raised, small

_FORMS: dict[str | None, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
SMALLEST = 2.0  # points: smaller type is not seen
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME_ORDER = (b"lt1", b"dk1", b"lt2", b"dk2", *(b"accent%d" % n for n in range(1, 7)), b"hlink", b"folHlink")
_THEME_COLOUR = re.compile(
    rb"<a:(\w+)>\s*<a:(?:srgbClr[^>]*val=[\"']([0-9A-Fa-f]{6})|sysClr[^>]*lastClr=[\"']([0-9A-Fa-f]{6}))[^>]*>"
)


class Theme(NamedTuple):
    """The colours of a workbook's theme, by their places in it."""

    colours: tuple[str, ...] = (_WHITE, _BLACK)

    @classmethod
    def of(cls, content: bytes | None) -> Theme:
        """Read the part `xl/theme/theme1.xml`."""
        found = {name: (value or last).decode().upper() for name, value, last in _THEME_COLOUR.findall(content or b"")}
        colours = tuple(found[name] for name in _THEME_ORDER if name in found)
        return cls(colours) if len(colours) == len(_THEME_ORDER) else cls()

    def rgb(self, colour: Any) -> str | None:
        """Return a colour as six hex digits; None where the workbook does not say it."""
        from openpyxl.styles.colors import COLOR_INDEX  # noqa: PLC0415 - most runs meet no workbook

        if colour is None:
            return None
        plain = str(colour.rgb)[-6:].upper() if isinstance(colour.rgb, str) else None
        if colour.type == "theme":
            plain = self.colours[colour.theme] if colour.theme < len(self.colours) else f"theme {colour.theme}"
        elif colour.type == "indexed":
            plain = COLOR_INDEX[colour.indexed][-6:] if colour.indexed < len(COLOR_INDEX) else None
        return _tinted(plain, colour.tint) if colour.tint and plain is not None else plain

    def behind(self, fill: Any) -> str | None:
        """Return the colour behind a cell's text, None where it is not known: a pattern of two colours."""
        kind = getattr(fill, "patternType", None)
        if kind is None:
            return _WHITE if getattr(fill, "tagname", "") == "patternFill" else None
        own = self.rgb(fill.fgColor)
        return own if kind == "solid" or are_alike(own, self.rgb(fill.bgColor)) else None

    def is_unseen(self, font: Any, behind: str | None) -> bool:
        """Return whether a font strikes its text, has the colour behind it, shows pictograms or is too small to be seen."""
        struck = getattr(font, "strike", None) or getattr(font, "strikethrough", None)
        tiny = 0 < float(font.sz or 0) < SMALLEST
        name = getattr(font, "name", None) or getattr(font, "rFont", None)
        return (
            bool(struck)
            or tiny
            or (name is not None and shows_pictograms(str(name)))
            or are_alike(self.rgb(font.color), behind)
        )


def _tinted(colour: str, tint: float) -> str:
    """Return a colour made lighter or darker, as a workbook states it: a share of what is left to white or to black."""
    try:
        parts = bytes.fromhex(colour)
    except ValueError:
        return f"{colour} {tint}"
    hue, light, saturation = rgb_to_hls(*(part / 255 for part in parts))
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(255 * part):02X}" for part in hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation))


def crosses_out(border: Any) -> bool:
    """Return whether a cell's border has a diagonal: through a figure, it strikes it out."""
    line = border.diagonal
    return line is not None and line.style is not None and bool(border.diagonalUp or border.diagonalDown)


class Display:
    """Which texts a workbook shows; its fonts and fills are looked at once each."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._known: dict[tuple[int, int], bool] = {}

    def split(self, cell: Any) -> tuple[str, str]:
        """Return what a cell shows of its text, and what it does not show; the latter of a number is its digits."""
        key = (cell._style.fontId, cell._style.fillId)
        if key not in self._known:
            self._known[key] = self._theme.is_unseen(cell.font, self._theme.behind(cell.fill))
        unseen = self._known[key]
        if isinstance(cell.value, int | float) and hides(
            cell.value, cell.number_format, self._theme.behind(cell.fill) == _WHITE
        ):
            return "", str(cell.value) if cell.value else ""
        if isinstance(cell.value, str) and hides_text(cell.number_format):
            return "", cell.value
        if not isinstance(cell.value, list):
            return ("", str(cell.value)) if unseen else (str(cell.value), "")
        behind = self._theme.behind(cell.fill)
        parts: tuple[list[str], list[str]] = ([], [])
        usual, before = float(cell.font.sz or 0), ""
        for part in cell.value:  # of one font each; one without a font of its own has the cell's
            font = getattr(part, "font", None)
            text = _FORMS.get(getattr(font, "vertAlign", None), str)(str(part))
            if 0 < float(getattr(font, "sz", None) or usual) < SMALL * usual:
                text = small(text, before)
            before = text
            parts[unseen if font is None else self._theme.is_unseen(font, behind)].append(text)
        return "".join(parts[False]), "".join(parts[True])
