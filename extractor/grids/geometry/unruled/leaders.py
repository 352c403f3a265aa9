"""Dotted leaders from labels to their amounts: taken out of the lines of a table, left in those of a list of contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.notation.figures import CHARACTERS
from extractor.pages.page import Char

LEADER = re.compile(r"\.{4,}|…{2,}|·{4,}|-{6,}|_{4,}")
MIN_LINES = 3


def without_leaders(lines: Sequence[Sequence[Char]]) -> list[Sequence[Char]]:
    """Return lines without the dots that lead to an amount; page numbers, which only rise, are none."""
    found = [match for line in lines if (match := LEADER.search(_text(line))) is not None]
    ends = [match.string[match.end() :] for match in found]
    figures = [text for text in ends if any(map(str.isdecimal, text)) and CHARACTERS.issuperset(text)]  # of all columns
    numbers = [int("".join(c for c in text if c.isdigit())) for text in figures]
    if len(figures) < MIN_LINES or all(a <= b for a, b in pairwise(numbers)):
        return list(lines)
    return [_plain(line) for line in lines]


def _plain(line: Sequence[Char]) -> Sequence[Char]:
    dots = {place for match in LEADER.finditer(_text(line)) for place in range(*match.span())}
    return [char for place, char in enumerate(line) if place not in dots] or line


def _text(line: Sequence[Char]) -> str:
    return "".join([char[0][:1] for char in line])
