"""Words set with wide blanks between their characters → one token each: 合 计, 本 年 收 入 合 计."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from extractor.grids.geometry.unruled.tokens import Token, TokenLine, token_of

WIDEST = 6.0  # em: the blank between two characters of one word
EVEN = 0.3  # em: by so much at most its blanks differ
ONE_PLACE = 1.5  # points


def with_spaced_words(lines: Sequence[TokenLine], em: float) -> Iterator[TokenLine]:
    """Yield the lines of a body with the characters of spaced words joined.

    A word is all that stands between two figures: 是 | 否 beside a label are cells. So are characters that begin where
    other texts do: the ends of two labels that wrap.
    """
    starts = [token.x0 for line in lines for token in line.tokens if len(token.text) > 1 and not token.figure]
    for line in lines:
        tokens: list[Token] = []
        for is_text, group in groupby(line.tokens, key=lambda token: not (token.figure or token.nil)):
            own = list(group)
            word = is_text and _is_spaced_word(own, starts, em)
            tokens += [token_of([char for token in own for char in token.chars])] if word else own
        yield line._replace(tokens=tuple(tokens))


def _is_spaced_word(tokens: Sequence[Token], starts: Sequence[float], em: float) -> bool:
    gaps = [b.x0 - a.x1 for a, b in pairwise(tokens)]
    if not gaps or any(len(token.text) > 1 for token in tokens):
        return False
    if max(gaps) > WIDEST * em or max(gaps) - min(gaps) > EVEN * em:
        return False
    return not any(abs(token.x0 - start) < ONE_PLACE for token in tokens[1:] for start in starts)
