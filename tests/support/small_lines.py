"""Characters, tokens and lines set by hand: ten points a Chinese character, five a digit."""

from __future__ import annotations

from extractor.grids.geometry.unruled.tokens import Token, TokenLine, token_of
from extractor.pages.page import Char

EM = 10.0


def width_of(text: str, em: float = EM) -> float:
    return sum(em / 2 if char.isascii() else em for char in text)


def chars_of(text: str, x: float, y: float, em: float = EM) -> list[Char]:
    """Set a text from `x`; `y` is its middle."""
    chars: list[Char] = []
    for char in text:
        wide = width_of(char, em)
        chars.append(Char(char, x, y - em / 2, x + wide, y + em / 2))
        x += wide
    return chars


def left(text: str, x: float, y: float = 0.0, em: float = EM) -> Token:
    """Set a token that begins at `x`."""
    return token_of(chars_of(text, x, y, em))


def right(text: str, x: float, y: float = 0.0, em: float = EM) -> Token:
    """Set a token that ends at `x`."""
    return left(text, x - width_of(text, em), y, em)


def centred(text: str, x: float, y: float = 0.0, em: float = EM) -> Token:
    """Set a token whose middle is `x`."""
    return left(text, x - width_of(text, em) / 2, y, em)


def line_of(*tokens: Token) -> TokenLine:
    """Put tokens of one height on a line."""
    return TokenLine(tuple(sorted(tokens, key=lambda p: p.x0)), tokens[0].top, tokens[0].bottom)
