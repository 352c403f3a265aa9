"""Find the figures in a text: amounts of money, percentages and statements of no change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extractor.notation.figures import IN_SENTENCE, value_of
from extractor.notation.units import MONEY_OR_SHARE, YUAN
from extractor.records.items import CENT
from extractor.records.storable import fits

_FIGURE = re.compile(
    rf"(?P<number>{IN_SENTENCE})\s?(?P<unit>{MONEY_OR_SHARE}|个百分点)(?!/|(?:\(含\)|含)?及?以[上下]|标准|的除外)"
)
_COMPARED = re.compile(r"(?:年度?|去年|上年|预算|决算|同期)[^，。；]{0,8}$")  # before 持平: what it is level with


class ProseFigure(NamedTuple):
    """One figure in a text.

    Attributes:
        start: Offset of its first character; `end` is exclusive and includes the unit.
        text: The number as printed, without its unit.
        value: The number, in `unit`.
        unit: 元, 千元, 万元, 百万元, 亿元, 万亿元 or %; empty for 持平 and similar words, whose value is 0.
    """

    start: int
    end: int
    text: str
    value: Decimal
    unit: str

    @property
    def amount(self) -> Decimal | None:
        """The amount in yuan; None for a percentage."""
        return (self.value * YUAN[self.unit]).quantize(CENT) if self.unit in YUAN else None


def read_figures(plain: str, flat: re.Pattern[str]) -> Iterator[ProseFigure]:
    """Yield the figures and the statements of no change of a narrowed text, in order.

    Percentage points, prices (元/人), numbers with misplaced separators and those of more digits than any budget has are
    left out.

    Args:
        plain: The narrowed text.
        flat: Matches a statement of no change.
    """
    found = [
        ProseFigure(m.start(), m.end(), m["number"], value_of(m["number"]), m["unit"])
        for m in _FIGURE.finditer(plain)
        if m["unit"] != "个百分点" and fits(value_of(m["number"]) * YUAN.get(m["unit"], 1))
    ]
    found += [
        ProseFigure(m.start(), m.end(), m[0], Decimal(0), "")
        for m in flat.finditer(plain)
        if "持平" in m[0] or _COMPARED.search(plain[: m.start()])
    ]
    yield from sorted(found)
