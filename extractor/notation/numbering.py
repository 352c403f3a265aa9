"""How Chinese documents number what they list: headings, rows, parts and pages."""

from __future__ import annotations

import re
from functools import lru_cache

from extractor.notation.years import YEAR

CHINESE = "一二三四五六七八九十"
_NUMERAL = rf"[{CHINESE}]{{1,3}}"
_POINT = rf"(?:[、．.](?={YEAR}\s?年)|[、．.](?!\d))"  # 1.2026年收入, but not 1.5
_PART = rf"第{_NUMERAL}部分"
_CHAPTER = rf"第{_NUMERAL}[章条]"
# From the outermost to the innermost; a document may leave levels out.
_LEVELS = (
    _PART,
    rf"{_NUMERAL}(?:、|{_POINT})",
    rf"[(（]{_NUMERAL}[)）]、?",
    rf"\d{{1,2}}{_POINT}",
    r"[(（]\d{1,3}[)）]、?",
    r"[①-⑳]",
)
ITEM = "|".join(_LEVELS[1:])  # of a row or a paragraph, for patterns of what may stand before a name
ATTACHMENT = r"附件\d*"
NUMBERING = re.compile("|".join((*_LEVELS, _CHAPTER)))
LEVELS = tuple(map(re.compile, _LEVELS))
# 12, - 12 -, 第12页, 第12页共40页, 3/40
_PAGE = r"第?\d{1,4}页?(?:(?:[,，/]?共|/)\d+页?)?"
_PAGE_NUMBER = re.compile(rf"[-—–―_]*{_PAGE}[-—–―_]*")
_BETWEEN_DASHES = re.compile(rf"[-—–]{_PAGE}[-—–]")


@lru_cache(maxsize=4096)
def level_of(numbering: str) -> int | None:
    """Return the level that a numbering stands on, from 1 for 第一部分 to 6 for ①; None for any other text."""
    return next((level for level, form in enumerate(LEVELS, start=1) if form.match(numbering)), None)


def is_page_number(text: str) -> bool:
    """Return whether a line without blanks is a page number."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def is_page_number_between_dashes(text: str) -> bool:
    """Return whether a line without blanks is a page number, and can be nothing else: - 12 -."""
    return _BETWEEN_DASHES.fullmatch(text) is not None
