"""Text → amount: separators, signs, full-width and letter-spaced digits."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractor.errors import AmountError
from extractor.notation.figures import (
    FIGURE,
    WELL_FORMED,
    count_decimals,
    has_separators,
    value_of,
    without_leaders,
    without_note_mark,
    without_unit,
)
from extractor.notation.text import printed
from extractor.notation.units import YUAN

MAX_BARE = 12  # digits: nobody prints more without separators of thousands, but as numbers that name something
_DIGIT = re.compile(r"\d")
_BLANK = re.compile(r"[^\S\n]")
_LETTER_SPACED = re.compile(r"\S(?: \S){2,}")
# A separator ends no figure, and thin blanks separate thousands.
_WITHIN = re.compile(r"(?<=\d[,.，．])\n(?=\d)|(?<=\d)[\u2009\u202f](?=\d{3}(?!\d))")
_SIGN_APART = re.compile(r"\D{0,3} ?[\d,.，．]+ ?\D{0,2}")


def parse_amount(text: str) -> Decimal:
    """Parse a cell's text as a number in the cell's own unit; a trailing % is allowed and not applied.

    Args:
        text: As printed: `1,033.36`, `－12`, `△5`, `(3.00)`, `￥５`, `２６７`, `2 , 6 7 8 . 6 8`, `12.5%`, `434.56①`,
            `150,000-`, `8,000元`.

    Raises:
        AmountError: The text is not one number. Two numbers in a cell, misplaced separators and digits mixed with
            letters are refused, never repaired.
    """
    value = _parsed(text)
    if value is None:
        raise AmountError(f'cannot read "{text}" as an amount; expected digits such as 1,234.56, (3.00) or -12')
    return value


@lru_cache(maxsize=65536)  # besides that of `_parsed`: every cell is asked several times
def is_amount(text: str) -> bool:
    """Return whether a cell's text is one number."""
    return _parsed(text) is not None


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Decimal | None:
    if _DIGIT.search(text) is None:
        return None  # as most labels
    plain = without_unit(without_note_mark(_WITHIN.sub("", without_leaders(text.strip())))).rstrip()
    if "\n" in plain:
        return None
    bare = printed(plain)
    if len(bare) > MAX_BARE and bare.isdecimal():
        return None  # of a seal, an account or a person
    if FIGURE.fullmatch(bare) is None or (bare != plain and not _is_one(_BLANK.sub(" ", plain), bare)):
        return None
    return value_of(bare)


def _is_one(spaced: str, bare: str) -> bool:
    """Return whether a figure with blanks in it is one figure.

    One that is set letter by letter has a blank between all its characters, and separators or more than four of these:
    `1 2 3` may be three. Else a sign may stand apart, and blanks may
    stand around separators (`1, 234.00`), but not between digits: `12 1,234.00` is two.
    """
    return (
        (_LETTER_SPACED.fullmatch(spaced) is not None and (len(bare) > 4 or has_separators(bare)))
        or _SIGN_APART.fullmatch(spaced) is not None
        or (
            "," in bare.replace("，", ",")
            and WELL_FORMED.fullmatch(bare) is not None
            and not re.search(r"\d \d", spaced)
        )
    )


@lru_cache(maxsize=65536)
def half_digit(text: str, unit: str | None, *, zero_is_exact: bool = False) -> Decimal:
    """Return half of the last digit that an amount prints, in yuan where its unit is money.

    Args:
        text: The amount as printed.
        unit: Its unit; None where it is not known.
        zero_is_exact: A bare 0 says that there is nothing, as in a sentence, and no rounding hides in it. The 0 of a
            table's cell may be an amount that rounds to it.
    """
    bare = printed(text)
    if zero_is_exact and bare.lstrip("-") == "0":
        return Decimal(0)
    return YUAN.get(unit or "", Decimal(1)) / Decimal(10) ** count_decimals(bare) / 2
