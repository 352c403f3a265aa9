"""Printed text → text for matching, text for printing, and text for matching that keeps every character's place."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from extractor.notation.years import in_figures

# CJK Radicals Supplement: fonts map whole characters to it, 部⻔ for 部门 and ⺠政 for 民政. Unicode folds the Kangxi
# radicals (U+2F00 on) by NFKC, but of these two alone. Radicals that are no characters of their own stay.
_RADICALS = str.maketrans(
    "⺁⺓⺛⺜⺝⺟⺠⺬⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂幺旡日月母民示虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_RADICAL = re.compile("[⺀-⻿]")
# NFKC would make digits of these, and ①30,261 would be 130,261: they number a row or refer to a note.
MARKS = "①-⑳⓪⓵-⓾❶-❿²³¹⁰⁴-⁹⁽⁾₀-₉ᵃᵇᶜᵈᵉᶠᵍʰ"
_FOLDED = re.compile(f"[^{MARKS}]+")
_MARK = re.compile(f"[{MARKS}]")
_SEPARATOR = re.compile(r"(?<=[０-９])，(?=[０-９])|(?<=[0-9０-９]),(?=[0-9０-９])")


def fold(text: str) -> str:
    """Return a text with full-width forms, compatibility ideographs and radicals made plain characters."""
    if text.isascii():
        return text
    if _MARK.search(text):  # hardly a text has any
        plain = _FOLDED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    else:
        plain = unicodedata.normalize("NFKC", text)
    return plain.translate(_RADICALS) if _RADICAL.search(plain) else plain


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Return a text for matching: folded, every blank and line end removed."""
    return "".join(fold(text).split())


def printed(text: str) -> str:
    """Return a text as printed, every blank and line end removed."""
    return "".join(text.split())


class _Narrow(dict[int, str]):
    """What stands for a character in a text for matching, found out once for each character there is."""

    def __missing__(self, code: int) -> str:
        plain = fold(chr(code))
        self[code] = plain if len(plain) == 1 else chr(code)
        return self[code]


_NARROW = _Narrow({ord(char): mark for marks, mark in ((",，", "，"), (";；", "；")) for char in marks})


def narrow(text: str) -> str:
    """Return a sentence for matching, years in figures, of the same length: what is found in it has a printed place.

    A comma is `,` where it separates thousands and `，` where it parts clauses: a full-width one separates only between
    full-width digits (12万元，34万元), a narrow one only between digits.
    """
    return in_figures(",".join(part.translate(_NARROW) for part in _SEPARATOR.split(text)))
