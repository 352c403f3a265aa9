"""Read which months of a year a text speaks of: 上半年, 1-5月, 截至6月底; and whether of several years: 五年来."""

from __future__ import annotations

import re

from extractor.notation.years import RANGE, YEAR

_MONTH = r"(?:1[0-2]|0?[1-9])"
_MAY_NAME = re.compile("[月季半]")
_CUMULATIVE = re.compile(r"累计")
_PARTS = {
    "上半年": "1-6",
    "下半年": "7-12",
    "前三季度": "1-9",
    "第一季度": "1-3",
    "一季度": "1-3",
    "第二季度": "4-6",
    "二季度": "4-6",
    "第三季度": "7-9",
    "三季度": "7-9",
    "第四季度": "10-12",
    "四季度": "10-12",
}
# Behind a text of some months: 1-9月，…，其中：当月…; 9月份，…，累计…; 上半年，…，预计全年….
_WHOLE_YEAR = re.compile(r"(?:^|[，。；：:(])(?:预计|预测)?全年(?!预算)")
_THAT_MONTH = re.compile(r"(?:^|[，。；：:(])(?:其中)?[当本]月")
_SINCE_JANUARY = re.compile(r"累计|(?:今年|年初)以来")
_SPAN = re.compile(
    rf"(?P<part>{'|'.join(_PARTS)})(?!以来|开始)"
    rf"|(?<!\d)(?P<first>{_MONTH}|元|一)月?份?[-—–~～至到](?P<last>{_MONTH})月(?!\d{{1,2}}[日号])"
    rf"|截[至止]到?(?:{YEAR}年|目前)?(?P<until>{_MONTH})月(?:末|底|份)"
    rf"|(?<![\d、至到-])(?P<one>{_MONTH})月(?:份(?!以来|起|开始)|当月|(?=，|财政|预算|收支))"
)
_OPENING = re.compile(rf"(?:^|[，。；：:(])(?:今年|当年|{YEAR}年)?(?:{_SPAN.pattern}).*", re.S)
_YEAR_FIRST = re.compile(rf"[，。；：:(]?({YEAR})年")
_SEVERAL = re.compile(
    rf"(?:^|[。；，：:])[“\"]?(?:十[一二三四五六]五[”\"]?(?:时期|期间|以来)|(?:过去|近)?[三四五十两]年来?[间]?(?=，|累计)|{RANGE.pattern}(?=，|累计|期间))"
)


def read_months(text: str) -> str | None:
    """Return the last months that a text names, as `1-6` or `7`; None for a whole year or where it names none."""
    if not _MAY_NAME.search(text):  # most texts name none
        return None
    match = next(iter(reversed(list(_SPAN.finditer(text)))), None)
    if match is None:
        return None
    if match["part"]:
        return _PARTS[match["part"]]
    if match["until"]:
        first, last = 1, int(match["until"])
    elif match["one"]:
        last = int(match["one"])
        first = 1 if _CUMULATIVE.search(text, match.end()) else last
    else:
        first, last = 1 if match["first"] in "元一" else int(match["first"]), int(match["last"])
    return None if (first, last) == (1, 12) else str(first) if first == last else f"{first}-{last}"


def opening_months(text: str) -> str | None:
    """Return what of a text begins with the months that its clauses open with, be these all of a year; None for no such text.

    在第四季度增发国债5亿元 says when, and not of which months the figures are.
    """
    match = _OPENING.search(text) if _MAY_NAME.search(text) else None
    return match[0] if match else None


def opening_year(opening: str) -> int | None:
    """Return the year that the text of `opening_months` begins with: 2024年上半年，…; None for 上半年, 今年1-5月."""
    match = _YEAR_FIRST.match(opening)
    return int(match[1]) if match else None


def following_months(text: str, months: str | None) -> str | None:
    """Return the months of what stands behind a text that opens with none, given those before it: 全年, 当月, 累计."""
    if months is None or _WHOLE_YEAR.search(text):
        return None
    last = months.rpartition("-")[2]
    if _THAT_MONTH.search(text):
        return last
    if _SINCE_JANUARY.search(text) and months != "1" and not months.startswith("1-"):
        return None if last == "12" else f"1-{last}"
    return months


def names_several_years(text: str) -> bool:
    """Return whether what follows a text is of several years: 五年来，, “十四五”期间，."""
    return _SEVERAL.search(text) is not None
