r"""A stored number and its format code → the text that the spreadsheet shows.

`#,##0.00_ ;[Red]\-#,##0.00` and its like, in exact decimals: a binary double is first written with the 15 digits that
spreadsheets compute with, so that 1234.5600000000001 is 1234.56.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from extractor.notation.figures import UNREAD

DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
MAX_DECIMALS = 30
# Years of which budgets print dates. Outside them a "date" is a code or an amount under a wrong format: 208 would be
# shown as 1900-07-26, and 2010301 as a day of the year 7403.
DATE_YEARS = range(2000, 2037)
LAST_DAY = 2_958_466  # of the year 9999: from here on, #### is shown
_CODE = re.compile(
    r"[1-5]\d\d(?:\d\d){0,2}"
)  # that a wrong format would show as a date; other numbers there are no amounts
GENERAL_ROOM = 11  # characters that General shows at most, the sign left out; beyond them it rounds, or shows 1.2E+11
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_TOKEN = re.compile(
    r'"[^"]*"|[\\!_*].|\[[^\]]*\]|General|AM/PM|上午/下午|E[+-]|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|[0#?.,%@/]|.', re.DOTALL
)
_COLOUR = re.compile(r"\[(?:red|红色|color ?\d+|颜色 ?\d+)\]", re.IGNORECASE)
_WHITE = re.compile(r"\[(?:white|白色?|color ?2|颜色 ?2)\]", re.IGNORECASE)
_FRACTION = re.compile(r"[#0?]\s*/\s*[#0?\d]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")


@dataclass(frozen=True, slots=True)
class _Section:
    """One of a format's sections: its tokens as (kind, text), the condition that picks it, whether it sets a colour, and white."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None
    coloured: bool = False
    white: bool = False

    def has(self, kind: str) -> bool:
        return any(k == kind for k, _ in self.tokens)

    @property
    def is_of_days(self) -> bool:
        """Whether it prints a day, and not the time of one alone."""
        return any(kind == "date" and text[0] in "yd" for kind, text in self.tokens)

    @property
    def marks_negatives(self) -> bool:
        """Whether it prints a sign or brackets; red without either is how accountants print what is negative."""
        literals = "".join(text for kind, text in self.tokens if kind == "literal")
        return not self.coloured or bool(re.search(r"[-−–(（△▲负]", literals))


def displayed(value: Decimal | float, code: str, epoch: datetime = EPOCH_1900) -> str:
    """Return the text that a spreadsheet shows for a number.

    A format without a stated number of digits (General) shows what is stored, rounded to eleven characters; a column
    that is too narrow for these shows fewer, which only its sheet can tell.

    Args:
        value: As stored.
        code: The format code.
        epoch: Day 0 of the workbook's dates.
    """
    number = plain(value)
    sections = _sections(code)
    section, signed = _pick(sections, number)
    if section.has("date"):
        shown = _date_text(number, section, epoch)
        stored = general(number)
        is_code = _CODE.fullmatch(stored) and number < LAST_DAY and section.is_of_days
        return shown if shown is not None else stored if is_code else UNREAD + stored
    if section.has("power") or (section.has("fraction") and number != number.to_integral_value()):
        return f"{UNREAD}{general(number)}"  # 1 3/4 or 1.75E+00, of which no more than a part may be shown
    if section.has("general") or section.has("fraction"):
        number = number if section.has("fraction") else _general_rounded(number)
        if len(general(abs(number))) > GENERAL_ROOM:
            return f"{UNREAD}{general(number)}"
        kinds = [kind for kind, _ in section.tokens]
        place = next(n for n, kind in enumerate(kinds) if kind in ("general", "fraction"))
        literals = [text if kind == "literal" else "" for kind, text in section.tokens]
        before, behind = "".join(literals[:place]).lstrip(), "".join(literals[place:]).rstrip()
        return ("-" if signed and number < 0 else "") + before + general(abs(number)) + behind
    return _number_text(number, section, signed)


def hides(value: float, code: str, on_white: bool) -> bool:
    """Return whether a format shows nothing of a number: no text, or one in white on white."""
    if ";" not in code and "[" not in code:
        return False
    section, _ = _pick(_sections(code), plain(value))
    return (on_white and section.white) or not section.tokens


def hides_text(code: str) -> bool:
    """Return whether a format shows nothing of a text: its fourth section is there and empty."""
    return code.count(";") >= 3 and len(sections := _sections(code)) > 3 and not sections[3].tokens


def _general_rounded(number: Decimal) -> Decimal:
    """Return a number with the decimals that General has room for."""
    whole, _, decimals = general(abs(number)).partition(".")
    room = max(0, GENERAL_ROOM - len(whole) - 1)
    return number if len(decimals) <= room else number.quantize(Decimal(1).scaleb(-room), ROUND_HALF_UP)


def plain(value: Decimal | float) -> Decimal:
    """Return a stored number as a decimal of at most 15 significant digits."""
    return DIGITS.create_decimal(value if isinstance(value, Decimal) else repr(value))


def general(number: Decimal) -> str:
    """Return a number with its digits and no more."""
    return f"{number.normalize():f}" if number else "0"


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    coloured = white = False
    for token in [*_TOKEN.findall((code or "General").replace("G/通用格式", "General")), ";"]:
        if token == ";":
            if _FRACTION.search("".join(text if kind != "literal" else "." for kind, text in tokens)):
                tokens = [("fraction", "")]  # 1 3/4 is no amount as people write one
            tokens = [("literal" if kind == "slash" else kind, text) for kind, text in tokens]
            sections.append(_Section(tuple(tokens), condition, coloured, white))
            tokens, condition, coloured, white = [], None, False, False
        elif match := _CONDITION.fullmatch(token):
            condition = (match[1], Decimal(match[2]))
        elif token.startswith("[") and not re.fullmatch(r"\[[hHmMsS]+\]", token):
            # [Red], [DBNum1], [$-804]; a currency sign within is printed.
            sign = re.match(r"\[\$([^-\]]+)", token)
            tokens += [("literal", sign[1])] if sign else []
            coloured = coloured or _COLOUR.fullmatch(token) is not None
            white = white or _WHITE.fullmatch(token) is not None
        else:
            tokens += _classified(token)
    return tuple(sections)


def _classified(token: str) -> list[tuple[str, str]]:
    if token[0] == '"':
        return [("literal", token[1:-1])] if len(token) > 1 else []
    if token[0] in "_*":  # a blank as wide as a character; a character that fills the cell
        return [("literal", UNREAD)] if token[0] == "*" and token[1:].isdecimal() else []
    if token[0] in "\\!" and len(token) > 1:
        return [("literal", token[1])]
    if token == "General":
        return [("general", token)]
    if token[0] in "yYmMdDhHsS[" or token in ("AM/PM", "上午/下午"):
        return [("date", token.strip("[]").lower())]
    if token in ("E+", "E-"):
        return [("power", token)]
    kinds = {
        "/": "slash",
        "0": "digit",
        "#": "digit",
        "?": "digit",
        ".": "point",
        ",": "comma",
        "%": "percent",
        "@": "text",
    }
    return [(kinds.get(token, "literal"), token)]


def _pick(sections: tuple[_Section, ...], number: Decimal) -> tuple[_Section, bool]:
    """Return the section for a number and whether it still needs its minus sign."""
    if any(s.condition for s in sections):
        for section in sections:
            if section.condition is None or meets(number, *section.condition):
                return section, True
        return sections[-1], True
    if number < 0 and len(sections) > 1:
        return sections[1], not sections[1].marks_negatives
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def meets(number: Decimal, sign: str, bound: Decimal) -> bool:
    """Return whether a number is on the side of a bound that a sign means: `<`, `<=`, `=`, `<>`, `>=` or `>`."""
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _number_text(number: Decimal, section: _Section, signed: bool) -> str:
    tokens = section.tokens
    digits = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not digits:
        if section.has("text"):
            return general(number)
        return "".join(text for kind, text in tokens if kind in ("literal", "percent")).strip()
    point = next((i for i, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    whole_digits = [i for i in digits if i < point]
    commas = [i for i, (kind, _) in enumerate(tokens) if kind == "comma"]
    grouped = any(whole_digits[0] < i < whole_digits[-1] for i in commas) if whole_digits else False
    # A comma right behind the last digit of the whole or of the number leaves three digits out.
    scale = sum(i > digits[-1] or bool(whole_digits and whole_digits[-1] < i < point) for i in commas)
    decimals = min(MAX_DECIMALS, sum(i > point for i in digits))
    number = number.scaleb(2 * sum(kind == "percent" for kind, _ in tokens) - 3 * scale)
    rounded = abs(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=400))
    whole, _, fraction = f"{rounded:f}".partition(".")
    text = _whole_text(tokens[:point], "" if whole == "0" else whole, grouped) + _fraction_text(
        tokens[point:], fraction
    )
    minus = "-" if signed and number < 0 and rounded else ""
    return (minus + text).strip()


def _whole_text(tokens: tuple[tuple[str, str], ...], whole: str, grouped: bool) -> str:
    """Lay an integer's digits into its placeholders from the right; the first takes all that remain."""
    parts: list[str] = []
    left = len([1 for kind, _ in tokens if kind == "digit"])
    remaining, written = whole, 0

    def put(digit: str) -> None:
        nonlocal written
        if grouped and written and written % 3 == 0:
            parts.append(",")
        parts.append(digit)
        written += 1

    for kind, text in reversed(tokens):
        if kind == "digit":
            left -= 1
            if remaining:
                put(remaining[-1])
                remaining = remaining[:-1]
            elif text == "0":
                put("0")
            while not left and remaining:
                put(remaining[-1])
                remaining = remaining[:-1]
        elif kind in ("literal", "percent"):
            parts.append(text[::-1])
    return "".join(parts)[::-1]


def _fraction_text(tokens: tuple[tuple[str, str], ...], fraction: str) -> str:
    parts: list[str] = []
    used = 0
    needed = len(fraction.rstrip("0"))
    for kind, text in tokens:
        if kind == "digit" and used < len(fraction):
            if used < needed or text == "0":
                parts.append(fraction[used])
            used += 1
        elif kind in ("literal", "percent", "point"):
            parts.append(text)
    return "".join(parts)


def _date_text(number: Decimal, section: _Section, epoch: datetime) -> str | None:
    """Return a date as shown; None where it is none that a budget prints."""
    if not 0 <= number < LAST_DAY:
        return None
    moment = epoch + timedelta(days=float(number))
    if number >= 1 and moment.year not in DATE_YEARS:
        return None
    parts: list[str] = []
    before = ""
    for index, (kind, text) in enumerate(section.tokens):
        if kind != "date":
            parts.append(text if kind in ("literal", "point", "comma") else "")
            continue
        after = next((t for k, t in section.tokens[index + 1 :] if k == "date"), "")
        minutes = text[0] == "m" and (before.startswith("h") or after.startswith("s"))
        parts.append(_date_part(moment, text, minutes))
        before = text
    return "".join(parts).strip()


def _date_part(moment: datetime, text: str, minutes: bool) -> str:
    if text[0] == "y":
        return f"{moment.year:04d}" if len(text) > 2 else f"{moment.year % 100:02d}"
    month = moment.minute if minutes else moment.month
    value = {"m": month, "d": moment.day, "h": moment.hour, "s": moment.second}.get(text[0])
    return "" if value is None else f"{value:0{min(2, len(text))}d}"
