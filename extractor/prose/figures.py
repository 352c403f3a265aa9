"""Text → the figures in it: amounts of money, percentages and counts, with their places in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extractor.notation.amounts import YUAN
from extractor.records.items import CENT

_NUMBER = r"(?<![\d.,A-Za-z])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_FIGURE = re.compile(
    rf"(?P<number>{_NUMBER})\s?(?P<unit>亿元|万元|千元|元|%|个百分点)(?!/|(?:\(含\)|含)?及?以[上下]|标准)"
)
_COMPARED = re.compile(r"(?:年度?|去年|上年|预算|决算|同期)[^，。；]{0,8}$")  # before 持平: what it is level with


class Figure(NamedTuple):
    """One figure in a text.

    Attributes:
        start: Offset of its first character; `end` is exclusive and includes the unit.
        text: The number as printed, without its unit.
        value: The number, in `unit`.
        unit: 元, 千元, 万元, 亿元 or %; empty for 持平 and its like, whose value is 0.
    """

    start: int
    end: int
    text: str
    value: Decimal
    unit: str

    @property
    def amount(self) -> Decimal | None:
        """Yuan; None for a percentage."""
        return (self.value * YUAN[self.unit]).quantize(CENT) if self.unit in YUAN else None


def read_figures(plain: str, flat: re.Pattern[str]) -> Iterator[Figure]:
    """Yield the figures and the statements of no change of a narrowed text, in order.

    Percentage points, prices (元/人) and numbers whose separators are misplaced are no figures.

    Args:
        plain: The text.
        flat: Fits a statement of no change.
    """
    found = [
        Figure(m.start(), m.end(), m["number"], Decimal(m["number"].replace(",", "").replace("−", "-")), m["unit"])
        for m in _FIGURE.finditer(plain)
        if m["unit"] != "个百分点"
    ]
    found += [
        Figure(m.start(), m.end(), m[0], Decimal(0), "")
        for m in flat.finditer(plain)
        if "持平" in m[0] or _COMPARED.search(plain[: m.start()])
    ]
    yield from sorted(found)


def half_digit(text: str, unit: str) -> Decimal:
    """Return half of the last digit that a figure prints, in yuan (in its own unit for a percentage).

    A bare 0 says that there is nothing; no rounding hides in it.
    """
    if text.lstrip("-") == "0":
        return Decimal(0)
    return YUAN.get(unit, Decimal(1)) / Decimal(10) ** len(text.partition(".")[2]) / 2
