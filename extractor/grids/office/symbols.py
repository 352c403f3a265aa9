"""Fonts whose characters show something else than their codes say: Wingdings, Symbol and their like."""

from __future__ import annotations

import re

from extractor.notation.figures import CHARACTERS

_PICTOGRAMS = re.compile(r"wingdings|webdings|zapfdingbats|zapf dingbats|marlett", re.IGNORECASE)
_CIRCLED = {start + n: chr(first + n) for start, first in ((0x81, 0x2460), (0x8C, 0x2776)) for n in range(10)}
_TRIANGLES = {"wingdings 3": {0x70: "▲", 0x72: "△"}, "symbol": {0x44: "Δ"}}  # with which amounts below zero are printed
_PRIVATE = range(0xF000, 0xF100)  # where Word puts the characters of such fonts


def shows_pictograms(font: str | None) -> bool:
    """Return whether a font shows pictograms where another shows digits."""
    return font is not None and _PICTOGRAMS.match(font) is not None


def symbol_shown(font: str | None, code: int) -> str:
    """Return what a character of a font shows, where that is a circled number, or a digit or sign of a figure."""
    code = code - _PRIVATE.start if code in _PRIVATE else code
    triangle = _TRIANGLES.get((font or "").lower(), {}).get(code)
    if triangle is not None:
        return triangle
    if shows_pictograms(font):
        return _CIRCLED.get(code, "") if font == "Wingdings" else ""
    return chr(code) if chr(code) in CHARACTERS else ""


def private_shown(font: str | None, text: str) -> str:
    """Return a text with what its font shows in place of those characters that no other font has."""
    return "".join(symbol_shown(font, ord(char)) or char if ord(char) in _PRIVATE else char for char in text)
