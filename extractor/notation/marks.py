"""Raised and lowered figures, by which an amount refers to a note, as the characters that Unicode has for them.

A format says that a figure is raised; behind an amount its digits would read on: 434.56 and a raised 1 are 434.561.
"""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789abcdefgh()[]（）［］〔〕【】", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ⁽⁾⁽⁾⁽⁾⁽⁾⁽⁾⁽⁾")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MARK = re.compile(r"[\[(（［〔【]?(\d{1,2}(?:[,，、]\d{1,2})*)[\])）］〕】]?")
SMALL = 0.8  # of the type before: a mark is in smaller
_LETTER = re.compile(r"[a-h()\[\]（）［］〔〕【】]")  # alone: a letter, or a part of a mark that is told one by one
_NOT_DIGIT = re.compile(r"\D")


def raised(text: str) -> str:
    """Return a raised text as a mark: `1`, `[2]` and `1,2` are ¹, ² and ¹²; what is no number of notes stays."""
    return text.translate(_RAISED) if _LETTER.fullmatch(text) else _as_mark(text, _RAISED)


def lowered(text: str) -> str:
    """Return a lowered text as a mark."""
    return _as_mark(text, _LOWERED)


def small(text: str, before: str) -> str:
    """Return a text in smaller type behind another as a mark, where it is one: behind a digit, but for decimals."""
    return raised(text) if before[-1:].isdigit() and text.strip().isdigit() else text


def _as_mark(text: str, forms: dict[int, int]) -> str:
    match = _MARK.fullmatch(text.strip())
    return text if match is None else _NOT_DIGIT.sub("", match[1]).translate(forms)
