"""The units that figures are printed in, and the patterns of them that all others are built from."""

from __future__ import annotations

from decimal import Decimal

YUAN = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
    "万亿元": Decimal(1_000_000_000_000),
}
SHARE = "%"
COUNTS = ("人", "辆", "个")


def pattern_of(*units: str) -> str:
    """Return the pattern of one of some units, the longest first."""
    return "|".join(sorted(units, key=len, reverse=True))


MONEY = pattern_of(*YUAN)
MONEY_OR_SHARE = pattern_of(*YUAN, SHARE)
ANY = pattern_of(*YUAN, SHARE, *COUNTS)
_MULTIPLE = "[百千万亿]{0,2}"
COUNTED = rf"{_MULTIPLE}(?:元|人次?|户|辆|台|亩|吨|公里|平方米|公顷)|[%‰]"  # (项) behind a label is a level, no unit
# 车辆数合计(台、辆), 国内公务接待批次(个): things are counted in the accounts' form of “三公”经费.
BEHIND_LABEL = rf"{COUNTED}|(?:台|辆|个|套|批次?|次)(?:[、,/](?:台|辆|套))*"
_ONE = rf"(?:{COUNTED}|{_MULTIPLE}(?:人月|个|家|件|项|套|次|岁|年|月|日|天|倍))"
ROW_UNIT = rf"{_ONE}(?:[/·]{_ONE})*"  # as they stand in a column of their own: 人, 元/月, 万元/年
# What follows a number in a sentence: a unit, or its first character where a line ends; a date; a comma.
AFTER_NUMBER = f"[百千万亿元{''.join(COUNTS)}名户家台项次年月日,.;:。、）)]"
