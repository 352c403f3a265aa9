"""Colours that nobody tells apart: a text in one on the other is not seen; and red, which may mean below zero."""

from __future__ import annotations

from extractor.notation.figures import RED

NEAR = 12  # of 255, in each of red, green and blue: #f8f8f8 on white


def is_red(colour: str | None) -> bool:
    """Return whether a colour of six hex digits is red."""
    try:
        red, green, blue = bytes.fromhex(colour or "")
    except ValueError:  # none, or a colour by its place in a theme
        return False
    return red > RED[0] and max(green, blue) < RED[1]


def are_alike(one: str | None, other: str | None) -> bool:
    """Return whether two colours of six hex digits look the same; of colours that are not known, nobody can say it."""
    if one is None or other is None:
        return False
    if one == other:
        return True
    try:
        pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    except ValueError:  # a colour by its place in a theme
        return False
    return all(abs(a - b) <= NEAR for a, b in pairs)
