"""Texts that print the same → one text to compare: NFKC, and the radicals that it leaves out."""

from __future__ import annotations

import re
import unicodedata

# CJK Radicals Supplement: fonts map whole characters to it, 部⻔ for 部门 and ⺠政 for 民政. Unicode folds the Kangxi
# radicals (U+2F00 on) by NFKC, but of these two alone. Radicals that are no characters of their own stay.
_RADICALS = str.maketrans(
    "⺁⺓⺛⺜⺝⺟⺠⺬⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂幺旡日月母民示虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_RADICAL = re.compile("[⺀-⻿]")


def fold(text: str) -> str:
    """Return a text for comparison, full-width forms, compatibility ideographs and radicals made plain characters."""
    plain = unicodedata.normalize("NFKC", text)
    return plain.translate(_RADICALS) if _RADICAL.search(plain) else plain  # hardly a text has any
