"""How years are printed: in figures, and in Chinese numerals."""

from __future__ import annotations

import re

YEAR = r"20[0-4]\d"  # codes and amounts begin with 20 too: 2080505
WITH_WORD = rf"{YEAR}年?度?"
WITH_END = rf"{WITH_WORD}[末底]?"  # 2024年末, of a balance
RANGE = re.compile(rf"{WITH_WORD}[-—–~～至到]{WITH_WORD}")  # 2024-2026年 is no year
# 24年预算, ’25年度, 比24年增减, and 24年 alone: not 10年期, nor 30年, for which bonds run.
_SHORT = re.compile(
    r"(?<![\d.第])[’‘'′]?(?:([1-3]\d)年(?=[度末底初预决执完实安调计收支比较增])|(1[6-9]|2[1-9]|3[1-9])年$)"
)
_ZEROS, _ONES = "〇○◯零OoΟО0", "一二三四五六七八九"  # publishers type a circle, a letter or a figure for 〇
_CHINESE = re.compile(rf"二[{_ZEROS}][{_ONES}{_ZEROS}]{{2}}(?![{_ONES}十百千万])")
_DIGITS = str.maketrans(_ZEROS + _ONES, "0" * len(_ZEROS) + "123456789")


def in_figures(text: str) -> str:
    """Return a text, of the same length, with years in Chinese numerals as years in figures: 二〇二五年 is 2025年."""
    return _CHINESE.sub(lambda match: match[0].translate(_DIGITS), text) if "二" in text else text


def in_full(text: str) -> str:
    """Return a header with years of two figures as years of four: 24年预算 is 2024年预算."""
    return _SHORT.sub(lambda match: f"20{match[1] or match[2]}年", text) if "年" in text else text
