"""What a printed number looks like: its signs, brackets, currency, separators and decimals, in every width of type.

All patterns are built from the same parts. They match a text as printed (full-width digits and signs too), blanks
removed; none of them has groups. Where callers need to be looser or stricter than `FIGURE`, the variant has a name
here and says why.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from extractor.notation.text import MARKS, printed
from extractor.notation.units import MONEY

UNREAD = "\ufffd"  # in place of a character that is displayed and nobody can read, so that its text is no amount
_WIDE = {
    form: unicodedata.normalize("NFKC", form) for form in map(chr, (*range(0xFE50, 0xFE70), *range(0xFF01, 0xFFEF)))
}
_TO_NARROW = str.maketrans({form: plain for form, plain in _WIDE.items() if len(plain) == 1})


def _any_of(chars: str) -> str:
    """Return the pattern of one of some characters, small and full-width forms of them included."""
    wide = [form for form, plain in _WIDE.items() if plain in set(chars)]
    return f"[{''.join(map(re.escape, [*chars, *wide]))}]"


SIGN = _any_of("-‐‑−–—△▲")
COMMA, POINT, SEPARATOR = _any_of(","), _any_of("."), _any_of(",.")
_PLUS, _CURRENCY, _PERCENT = _any_of("+"), _any_of("¥"), _any_of("%")
_OPEN, _CLOSE = _any_of("("), _any_of(")")
_OPENING, _CLOSING = _any_of("-‐‑−–—△▲+¥("), _any_of("%)")
_DECIMALS = rf"(?:{POINT}\d+)?"
# Some publishers print the last separator alone: `125360,898`. `1,2,3` and `12,34` are figures nowhere.
_LAST_ALONE = rf"\d+(?:{COMMA}\d{{3}})*"
_BY_THE_BOOK = rf"(?:\d{{1,3}}(?:{COMMA}\d{{3}})+|\d+)"


def _dressed(number: str) -> str:
    """Return the pattern of a number with what may stand around it: -5, ¥-5, -¥5, 负5, +5, 5%, (5), ¥(5), (-5)."""
    inner = rf"(?:{SIGN}?{_CURRENCY}?|{_CURRENCY}{SIGN}|负){number}{_PERCENT}?"
    return rf"(?:{inner}|{_PLUS}{_CURRENCY}?{number}{_PERCENT}?|{_CURRENCY}?{_OPEN}{inner}{_CLOSE})"


# Accountants' programs print the sign behind: 150,000-. Behind a bare whole number it may be a list's dash: 201-.
_SIGNED_BEHIND = rf"(?:\d{{1,3}}(?:{COMMA}\d{{3}})+{_DECIMALS}|\d+{POINT}\d+){_any_of('-−')}"
FIGURE = re.compile(rf"{_dressed(_LAST_ALONE + _DECIMALS)}|{_SIGNED_BEHIND}")
# Where texts are put together or taken apart, and in sentences, separators must stand by the book: a code beside an
# amount (207 and 1,234.00), or the numbers of a list, are else one figure as well.
WELL_FORMED = re.compile(_dressed(_BY_THE_BOOK + _DECIMALS))
# In a sentence: without brackets, for they hold asides: (5万元). A dash after another, after a figure or after its unit
# (3万元-5万元) is no sign; nor is a number behind letters or in the middle of another.
IN_SENTENCE = rf"(?<![\d.,A-Za-z])(?:(?<![元%{SIGN[1:-1]}]){SIGN})?{_CURRENCY}?{_BY_THE_BOOK}{_DECIMALS}"
# One line of a figure that wraps in its cell: digits and separators, and what opens or closes a figure.
PART = re.compile(rf"{_OPENING}{{0,3}}(?:\d|{SEPARATOR})+{_CLOSING}{{0,2}}|{_CLOSING}{{1,2}}")
# A line of it under the first: it has no sign, and may begin with a separator.
REST = re.compile(rf"{SEPARATOR}?\d(?:\d|{SEPARATOR})*{_CLOSING}{{0,2}}")
NIL = re.compile(rf"{_any_of('-−–—―─/')}{{0,4}}|{_any_of('*')}{{1,4}}|{_any_of(chr(92))}|无")
_PRINTS = re.compile(r"\s*[0-9A-Za-z一-旟旡-鿿]")  # what most texts begin with, and nothing that prints nothing
_MARKS = f"{MARKS}⑴-⒇"
# Every character that a figure is printed with: for one that runs over the rules of its cell.
_CHARACTER = re.compile(rf"[\d{_MARKS}]|{_OPENING}|{_CLOSING}|{SEPARATOR}")
CHARACTERS = frozenset(filter(_CHARACTER.fullmatch, (*map(chr, range(0x20, 0x2800)), *_WIDE)))
_BEGINNING = re.compile(rf"{_OPENING}{{0,3}}\d")
_SEPARATED = re.compile(rf"\d{SEPARATOR}\d")
_HAS_SEPARATOR = re.compile(SEPARATOR)
_NEGATIVE = re.compile(f"{SIGN}|{_OPEN}|负")
_NOT_DIGIT = re.compile(r"[^\d.]")
_STARS = _any_of("*")
# 注1, (注1), [1]: a number in round brackets alone is an amount below zero.
_WORDED = rf"注(?:\d{{1,2}}|[{_MARKS}]+)?"
_SET_OFF = rf"{_WORDED}|[(（]{_WORDED}[)）]|[\[［【〔](?:{_WORDED}|\d{{1,2}})[\]］】〕]"
_AFTER_MARK = rf"(?<=[{_MARKS}])(?:{_STARS}+|[,，、](?=[{_MARKS}]))|(?<=⁽){_WORDED}"
_BEHIND = rf"(?<=[\d%])(?:{_STARS}+|[†‡§#＃]|{_SET_OFF})|{_AFTER_MARK}"
_NOTE_MARK = re.compile(rf"(?:[{_MARKS}]|{_BEHIND})+$|^[{_MARKS}]+")
_MARKED = ("*", "#", "]")  # what a figure of ASCII characters with a mark ends with
_DOTS = frozenset(".．·・…‥")
# A text of which `is_figure` is true has no others: blanks, leaders before it and marks behind it are none of its own.
IN_FIGURES = re.compile(
    rf"[\d\s{''.join(map(re.escape, sorted(CHARACTERS | _DOTS | set('负注*＊﹡†‡§#＃,，、()（）[]［］【】〔〕'))))}]*"
)
_BY_POINTS = re.compile(_dressed(rf"\d{{1,3}}(?:{POINT}\d{{3}}){{2,}}"))
_ONE_POINT = re.compile(_dressed(rf"\d{{1,3}}{POINT}\d{{3}}"))
_LEADERS = re.compile(rf"^(?:[.．·・](?:\s?[.．·・]){{2,}}|[…‥]+)\s*(?={_OPENING}{{0,3}}\d)")
RED = (0xA0, 0x60)  # of 255: a red has more of red than that, and less of green and of blue
_IN_RED = "红[色字](?:数字|字体|金额|数据|部分|[的为是]){0,6}"
_BELOW_ZERO = "(?:负(?![责担债荷面有])|减少(?=[数额。；;，,）)\\s]|$))"  # no 负责单位, no 减少的项目
_RED_NEGATIVES = re.compile(
    f"{_IN_RED}(?:表示|代表|标识|列示|反映)?[的为是即系指（(]{{0,3}}{_BELOW_ZERO}|(?:负[数值]|减少[数额])[均以用为由系]{{0,3}}红[色字]"
)
_UNIT_BEHIND = re.compile(rf"(?<=\d)\s?(?:{MONEY})$")


def sets_negatives_in_red(text: str) -> bool:
    """Return whether a text says that its figures in red are below zero (红字为负数), though they have no sign."""
    return "红" in text and any(
        map(_RED_NEGATIVES.search, (text, "".join(text.split())))
    )  # it may go on on the next line


def is_signed(text: str) -> bool:
    """Return whether a figure or part of one has a minus or what stands for it: a triangle, a bracket, 负."""
    return _NEGATIVE.search(text) is not None


@lru_cache(maxsize=65536)
def is_figure(text: str) -> bool:
    """Return whether a text is one number, printed in any of the usual ways; blanks do not matter.

    Looser than `amounts.is_amount`: `12 345` makes a row a row of figures, though nobody can read it as one amount.
    """
    return FIGURE.fullmatch(without_note_mark(printed(without_leaders(text)))) is not None


def without_note_mark(text: str) -> str:
    """Return a text without the marks at its ends by which a figure refers to a note: raised or circled, †, *, 注1, [1]."""
    return text if text.isascii() and not text.endswith(_MARKED) else _NOTE_MARK.sub("", text).strip()


@lru_cache(maxsize=65536)
def is_grouped_by_points(text: str) -> bool:
    """Return whether a text is one number whose thousands points separate: 12.345.600."""
    return len(text) >= len("1.234.567") and _BY_POINTS.fullmatch(printed(text)) is not None


def may_be_grouped(text: str) -> bool:
    """Return whether the point of a number may separate its thousands: 905.200."""
    return _ONE_POINT.fullmatch(printed(text)) is not None


def without_leaders(text: str) -> str:
    """Return a figure without the dots that lead to it from its label."""
    return _LEADERS.sub("", text) if text[:1] in _DOTS else text


def note_mark(text: str) -> str | None:
    """Return the marks at the ends of a figure, None where there is none."""
    if text.isascii() and not text.endswith(_MARKED):
        return None
    return "".join(_NOTE_MARK.findall(text)) or None


def without_unit(text: str) -> str:
    """Return a figure without the unit of money behind it, which workbooks print by the format of their cells."""
    return text if text.isascii() else _UNIT_BEHIND.sub("", text)


def unit_behind(text: str) -> str | None:
    """Return the unit of money that stands behind a figure, None where none does."""
    match = None if text.isascii() else _UNIT_BEHIND.search(text)
    return match[0].strip() if match else None


def is_money(text: str) -> bool:
    """Return whether a text is one number printed with separators or decimals."""
    return has_separators(text) and is_figure(text)


def has_separators(text: str) -> bool:
    """Return whether a number is printed as money is: with thousands separators or decimals."""
    return _HAS_SEPARATOR.search(text) is not None


def is_bound(text: str) -> bool:
    """Return whether a text without blanks is what a target is compared by and no more: ≥, ＝."""
    return bool(text) and not text.strip("≥≤＝=＞＜><±")


@lru_cache(maxsize=65536)
def is_nil(text: str) -> bool:
    """Return whether a cell prints nothing: blank, a dash, or the mark of a note alone. A printed 0 is a number."""
    return _PRINTS.match(text) is None and NIL.fullmatch(without_note_mark(printed(text))) is not None


def count_separators(text: str) -> int:
    """Return how many thousands separators and decimal points a text has."""
    return len(_HAS_SEPARATOR.findall(text))


def value_of(figure: str) -> Decimal:
    """Return the value of a text that `FIGURE` matches; a percent sign is not applied."""
    value = Decimal(_NOT_DIGIT.sub("", figure.translate(_TO_NARROW)))
    return -value if is_signed(figure) else value


def count_decimals(figure: str) -> int:
    """Return how many decimals a figure prints."""
    return sum(map(str.isdecimal, figure.translate(_TO_NARROW).partition(".")[2]))


def holds_money(text: str) -> bool:
    """Return whether a number with separators or decimals stands anywhere in a text."""
    return _SEPARATED.search(text) is not None


def count_figures(text: str) -> int:
    """Return how many figures a text of figures prints, on its lines and beside each other on one."""
    return sum(is_figure(part) for part in text.split())


def begins_with_figure(text: str) -> bool:
    """Return whether a text begins with a number, its sign and brackets included."""
    return _BEGINNING.match(text) is not None


def split_touching(text: str) -> list[str]:
    """Split figures that touch, for each fills its column: `244,895.02192,446.79` is two with two decimals each.

    Nothing tells them apart but decimals of one length, or else separators by the book; where these do not, the text
    comes back whole.
    """
    if len(text) < 8:
        return [text]
    _, point, last = text.translate(_TO_NARROW).rpartition(".")
    length = sum(map(str.isdecimal, last))
    number = rf"{_BY_THE_BOOK}{POINT}\d{{{length}}}" if point else rf"\d{{1,3}}(?:{COMMA}\d{{3}})+"
    one = _dressed(number)
    return re.findall(one, text) if re.fullmatch(f"(?:{one}){{2,}}", text) else [text]
