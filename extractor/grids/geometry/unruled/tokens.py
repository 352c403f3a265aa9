"""Characters → lines of tokens: what stands together on a line, and which tokens are free-standing figures."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from functools import partial
from itertools import accumulate, pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from extractor.notation.figures import IN_FIGURES, WELL_FORMED, has_separators, is_figure, is_nil, split_touching
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import clean
from extractor.notation.units import AFTER_NUMBER
from extractor.notation.years import YEAR
from extractor.pages.page import Char

FIGURE_GAP = 0.12  # em: a wider gap may separate two figures in neighbouring columns
TOKEN_GAP = 0.65  # em: a wider gap separates any two texts; letter-spaced figures leave half an em
MIN_EM = 1.5  # points: smaller type is a fault of its font; books printed on one page go down to 2
_REST = re.compile(rf"(?!{YEAR}[-/]\d{{1,2}}$)[\d.,%)]")  # 2026-01 beside an amount is a date
_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(AFTER_NUMBER)
_WHOLE = re.compile(rf"(?!{YEAR}$)\d{{3,}}")
# Characters of text of which none is a digit, nor becomes one in a text for matching, as those of ① and ½ do.
_WORDS = re.compile(r"[ -/:-~\u2010-\u2027\u3000-\u31ff\u3400-\u9fff\uff01-\uff0f\uff1a-\uffef]*")


class Token(NamedTuple):
    """Characters of one line that stand together.

    Attributes:
        text: For matching.
        x0: Points; and `top`, `x1`, `bottom`.
        figure: A number alone.
        money: A number printed with separators or decimals.
        nil: Dashes and their like, printed for nothing.
        chars: From left to right.
        cuts: Indices of `chars` at which narrow gaps or the text stream's word ends lie.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    figure: bool
    money: bool
    nil: bool
    chars: tuple[Char, ...]
    cuts: tuple[int, ...] = ()

    @property
    def center(self) -> float:
        """Middle between left and right."""
        return (self.x0 + self.x1) / 2

    @property
    def spaced(self) -> bool:
        """Whether it is one character, or several with blanks between them."""
        step = self.chars[-1].x0 - self.chars[0].x0
        return len(self.text) == 1 or step > 1.5 * (len(self.chars) - 1) * (self.chars[0].x1 - self.chars[0].x0)

    def at_cut(self, cut: int) -> tuple[Token, Token]:
        """Return what stands before and after one of its cuts."""
        before = token_of(self.chars[:cut], tuple(c for c in self.cuts if c < cut))
        after = token_of(self.chars[cut:], tuple(c - cut for c in self.cuts if c > cut))
        return before, after


class TokenLine(NamedTuple):
    """One line of a page: its tokens from left to right."""

    tokens: tuple[Token, ...]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Middle between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        """The tokens' texts, one blank between."""
        return " ".join(token.text for token in self.tokens)

    @property
    def figures(self) -> int:
        """Number of free-standing figures."""
        return sum(token.figure for token in self.tokens)


_token = partial(tuple.__new__, Token)  # of its fields; takes half as long as Token itself


def em_of(chars: Sequence[Char]) -> float:
    """Return the usual type size in points: the width of a Chinese character, which fonts do not stretch as heights."""
    wide = [c.x1 - c.x0 for c in chars if "\u4e00" <= c.text < "\ua000"]
    if wide:
        return max(MIN_EM, median(wide))
    heights = [c.bottom - c.top for c in chars]
    return max(MIN_EM, 0.85 * median(heights)) if heights else 10.0


def lines_of(read: Iterable[Sequence[Char]], em: float, starts: Container[Char] = ()) -> list[TokenLine]:
    """Return lines cut into tokens.

    Args:
        read: Lines from top to bottom.
        em: Type size in points.
        starts: Characters that begin a word in the document's text stream.
    """
    lines = []
    for line in read:
        tokens = _tokens(line, em, starts)
        top, bottom = _usual([c[2] for c in line]), _usual([c[4] for c in line])
        lines.append(TokenLine(tuple(tokens), top, bottom))
    return lines


def _usual(heights: list[float]) -> float:
    return heights[0] if min(heights) == max(heights) else median(heights)


def _tokens(line: Sequence[Char], em: float, starts: Container[Char]) -> list[Token]:
    own, begins, ends = _clusters(line, em, starts)
    if _WORDS.fullmatch("".join([char[0] for char in line])):
        return _split_by_gaps(own, begins, ends, TOKEN_GAP * em)
    clusters = [own[begin:end] for begin, end in zip(begins, ends, strict=True)]
    tokens = [token_of(chars) for cluster in clusters for chars in split_figures(cluster)]
    joined: list[Token] = []
    for index, token in enumerate(tokens):
        last = joined[-1] if joined else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if last is None or token.x0 - last.x1 > TOKEN_GAP * em or _are_in_two_columns(last, token, after, em):
            joined.append(token)
        elif last.money and _is_text(token) and (len(joined) > 1 or not _COUNTED.match(token.text)):
            joined.append(token)  # a text column right after one of figures
        elif (
            _is_whole_amount(joined) and _is_text(token) and not _COUNTED.match(token.text) and not _leads(token, after)
        ):
            joined.append(token)
        else:
            joined[-1] = token_of([*last.chars, *token.chars], (*last.cuts, len(last.chars)))
    return joined


def _clusters(line: Sequence[Char], em: float, starts: Container[Char]) -> tuple[list[Char], list[int], list[int]]:
    """Return the characters of a line, their boxes narrowed, and where those that stand closely together begin and end."""
    own, near, begins = _clipped(line), FIGURE_GAP * em, [0]
    right = inf
    for index, (_, x0, _, x1, _, _) in enumerate(own):
        if x0 - right > near or (index and x0 >= right - near and line[index] in starts):
            begins.append(index)
        right = x1
    return own, begins, [*begins[1:], len(own)]


def may_hold_figure(line: Sequence[Char], em: float, starts: Container[Char] = ()) -> bool:
    """Return whether any token of a line may be a figure, by what stands closely together: tokens take twice as long.

    A figure between two texts is one of a sentence, unless gaps or other figures set it off.
    """
    own, begins, ends = _clusters(line, em, starts)
    texts = ["".join([char[0] for char in own[begin:end]]) for begin, end in zip(begins, ends, strict=True)]
    figures = [IN_FIGURES.fullmatch(text) is not None or text.isnumeric() for text in texts]
    gap = TOKEN_GAP * em
    wide = [True, *[own[begin][1] - own[begin - 1][3] > gap for begin in begins[1:]], True]
    for n, text in enumerate(texts):
        if not _DIGIT.search(text):
            continue
        if figures[n] and (wide[n] or wide[n + 1] or figures[n - 1] or figures[n + 1] or len(split_touching(text)) > 1):
            return True
        if _end_before_number(text):
            return True
    return False


def _end_before_number(text: str) -> int | None:
    """Return where a figure ends that the number of a label touches: 36,208.43(一)一般公共服务支出."""
    figure = WELL_FORMED.match(text)
    touched = figure and has_separators(figure[0]) and NUMBERING.match(text, figure.end())
    return figure.end() if figure and touched else None


def _split_by_gaps(chars: list[Char], begins: list[int], ends: list[int], gap: float) -> list[Token]:
    """Return the tokens of characters of which none is a digit: gaps alone split them."""
    tokens: list[Token] = []
    first, right = 0, max([char[3] for char in chars[: ends[0]]])
    cuts: list[int] = []
    for begin, end in zip(begins[1:], ends[1:], strict=True):
        if chars[begin][1] - right > gap:
            tokens.append(token_of(chars[first:begin], tuple(cuts)))
            first, right, cuts = begin, -inf, []
        else:
            cuts.append(begin - first)
        right = max(right, *[char[3] for char in chars[begin:end]])
    return [*tokens, token_of(chars[first:], tuple(cuts))]


def _is_whole_amount(tokens: Sequence[Token]) -> bool:
    """Return whether the last token is a whole number far behind a text: a code stands before its text, a year needs no label."""
    if len(tokens) < 2:
        return False
    label, figure = tokens[-2:]
    return _WHOLE.fullmatch(figure.text) is not None and not (label.figure or label.nil)


def _leads(token: Token, after: Token | None) -> bool:
    """Return whether a dash leads from a code to its name, which touches it: 50501-工资福利支出."""
    touches = after is not None and not after.figure and after.x0 - token.x1 < token.x1 - token.x0
    return touches if token.nil else token.text[0] in "-—–" and not token.figure


def _is_text(token: Token) -> bool:
    """Return whether a token is no rest of the figure before it: 1、一般公共服务支出 is a label."""
    return _REST.match(token.text) is None or (NUMBERING.match(token.text) is not None and not token.figure)


def _clipped(line: Sequence[Char]) -> list[Char]:
    """Narrow the boxes that are wider than their glyphs: a font that is not embedded may have one width for all."""
    steps = [b[1] - a[1] for a, b in pairwise(line) if a[0].isdigit() and a[0].isascii()]
    digit = min((step for step in steps if step > 0.5), default=0.0)
    clipped = []
    for char, following in zip(line, [*[char[1] for char in line[1:]], inf], strict=True):
        text, x0, top, x1, bottom, sure = char
        width, after = x1 - x0, following - x0
        if 0.2 * width < after < 0.9 * width:
            width = after
        elif digit and 0.2 * width < digit < 0.9 * width and text.isascii():
            width = digit
        right = x0 + width
        clipped.append(char if right == x1 else Char(text, x0, top, right, bottom, sure))
    return clipped


def _are_in_two_columns(before: Token, token: Token, after: Token | None, em: float) -> bool:
    """Return whether a narrow gap lies between columns: two whole figures, or a label that fills its column.

    In a sentence words follow the figure as closely as others precede it.
    """
    if before.figure and len(before.text) > 1 and token.figure and len(token.text) > 1:
        return True
    free = after is None or after.x0 - token.x1 > TOKEN_GAP * em or after.money
    return token.money and len(token.text) > 3 and free and not before.figure


def split_figures(chars: Sequence[Char]) -> list[Sequence[Char]]:
    """Split figures that touch because each fills its column, and one from the numbered label that it touches."""
    text = "".join([c.text for c in chars])
    end = _end_before_number(text)
    if end is not None:
        return [chars[:end], chars[end:]]
    figures = split_touching(text)
    if len(figures) == 1:
        return [chars]
    return [chars[low:high] for low, high in pairwise([0, *accumulate(map(len, figures))])]


def token_of(chars: Sequence[Char], cuts: tuple[int, ...] = ()) -> Token:
    """Make a token of characters given from left to right."""
    texts, x0s, tops, x1s, bottoms, _ = zip(*chars, strict=True)
    raw = "".join(texts)
    figure = is_figure(raw)
    money = figure and has_separators(raw)
    box = x0s[0], min(tops), max(x1s), max(bottoms)
    return _token((clean(raw), *box, figure, money, is_nil(raw), tuple(chars), cuts))
