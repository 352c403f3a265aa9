"""Text → amount: separators, signs, full-width and letter-spaced digits, and the ways to print nothing."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from extractor.errors import AmountError
from extractor.notation.folding import fold

YUAN = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
NIL = frozenset(("", "-", "--", "—", "——", "–", "―", "─", "/", "\\", "无", "*", "**", "***", "…"))
# Some publishers print the last separator alone: `125360,898`.
_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SIGN = re.compile(r"[-−–—△▲]")
_LETTER_SPACED = re.compile(r"\S(?: \S){2,}")


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Return a text for comparison: folded, every blank and line end removed."""
    return "".join(fold(text).split())


def printed(text: str) -> str:
    """Return a text as printed, every blank and line end removed."""
    return "".join(text.split())


def is_nil(text: str) -> bool:
    """Return whether a cell prints nothing: blank or a dash. A printed 0 is a number."""
    return clean(text) in NIL


def parse_amount(text: str) -> Decimal:
    """Parse a cell's text as a number in the cell's own unit; a trailing % is allowed and not applied.

    Args:
        text: As printed: `1,033.36`, `－12`, `△5`, `(3.00)`, `２６７`, `2 , 6 7 8 . 6 8`, `12.5%`.

    Raises:
        AmountError: The text is not one number. Two numbers in a cell, misplaced separators and digits mixed with
            letters are refused, never repaired.
    """
    value = _parsed(text)
    if value is None:
        raise AmountError(f'cannot read "{text}" as an amount; expected digits such as 1,234.56, (3.00) or -12')
    return value


def is_amount(text: str) -> bool:
    """Return whether a cell's text is one number."""
    return _parsed(text) is not None


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Decimal | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    if "\n" in plain:
        return None
    if " " in plain:
        # One figure set letter by letter has a blank between all its characters; a sign may stand apart.
        if not (_LETTER_SPACED.fullmatch(plain) or re.fullmatch(r"[-−△(]? ?[\d,.]+ ?[)%]?", plain)):
            pieces = re.sub(r"\s", "", plain)
            if not re.fullmatch(r"[-−△(]?\d{1,3}(?:,\d{3})+(?:\.\d+)?[)%]?", pieces):
                return None
        plain = plain.replace(" ", "")
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        plain, negative = plain[1:-1], True
    if _SIGN.match(plain):
        plain, negative = plain[1:], True
    plain = plain.removeprefix("+").removesuffix("%").removeprefix("¥")
    if not _FIGURE.fullmatch(plain):
        return None
    value = Decimal(plain.replace(",", ""))
    return -value if negative else value


@lru_cache(maxsize=65536)
def half_digit(text: str, unit: str | None) -> Decimal:
    """Return half of the last digit that an amount prints, in yuan where its unit is money."""
    decimals = clean(text).strip("()%").partition(".")[2]
    return YUAN.get(unit or "", Decimal(1)) / Decimal(10) ** len(decimals) / 2


def has_separators(text: str) -> bool:
    """Return whether a number is printed as money is: with thousands separators or decimals."""
    return "," in clean(text) or "." in clean(text)
