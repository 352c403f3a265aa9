"""Header texts over columns → one text a cell, and the columns that only a header text shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractor.grids.geometry.unruled.columns import GROUP_STEP, ColumnExtent
from extractor.grids.geometry.unruled.tokens import Token, token_of

SPACED = 6.0  # em: the widest blank within a text that is spread over its cell
TOUCHING = 0.1  # em: between two characters of one text
LEVEL = 0.3  # em: words of one text stand as high as each other
WRAPPED = 1.9  # em: the lines of one header cell follow each other at most so far


def with_touching_texts(lines: Sequence[Sequence[Token]], em: float) -> list[list[Token]]:
    """Return the texts of each header line, those joined that touch across two lines: figures of a font that stands higher.

    2026 before 年安排, or the mark of a note, ①, behind 本级预算安排.
    """
    joined: list[list[Token]] = []
    for line in lines:
        own = list(line)
        for before in joined[-1:]:
            for upper in list(before):
                lower = next((p for p in own if _touch(upper, p, em)), None)
                if lower is not None:
                    before.remove(upper)
                    own[own.index(lower)] = token_of(sorted([*upper.chars, *lower.chars], key=lambda c: c.x0))
        joined.append(own)
    return [line for line in joined if line]


def _touch(upper: Token, lower: Token, em: float) -> bool:
    gap = max(upper.x0, lower.x0) - min(upper.x1, lower.x1)
    return abs(gap) < TOUCHING * em and lower.top < upper.bottom - LEVEL * em


def split_at_gutters(lines: Sequence[Sequence[Token]], em: float) -> list[list[Token]]:
    """Return the texts of each header line, those split at a narrow gap that lies between two cells.

    One text has one baseline, and a gap that goes on through the line below or above lies between columns, whether any
    figure stands under them or not: 上缴 | 对附属单 over 上级 | 位补助支.
    """
    words = [word for line in lines for token in line for word in _words(token)]
    return [[part for token in line for part in _split_at_gutters(token, words, em)] for line in lines]


def _words(token: Token) -> list[Token]:
    return [token_of(token.chars[low:high]) for low, high in pairwise([0, *token.cuts, len(token.chars)])]


def _split_at_gutters(token: Token, words: Sequence[Token], em: float) -> list[Token]:
    for cut in token.cuts:
        before, after = token.at_cut(cut)
        left, right = _words(before)[-1], _words(after)[0]
        level = abs(left.top - right.top) < LEVEL * em
        if not level or _goes_on(left, right, words, em):
            return [before, *_split_at_gutters(after, words, em)]
    return [token]


def _goes_on(left: Token, right: Token, words: Sequence[Token], em: float) -> bool:
    """Return whether the gap between two words goes on in the line above or below, a word of its own on each side of it."""
    close = [w for w in words if LEVEL * em < abs(w.top - left.top) < WRAPPED * em]
    under = [[w for w in close if min(w.x1, p.x1) - max(w.x0, p.x0) > em / 2] for p in (left, right)]
    return all(under) and max(w.x1 for w in under[0]) < min(w.x0 for w in under[1])


def header_tokens(tokens: Sequence[Token], extents: Sequence[ColumnExtent], em: float) -> list[Token]:
    """Return a header line's texts: one that is set with blanks joined, those that touch over their columns split.

    合 计 stands over one column, 类 款 项 over three; 政府性基金 and 国有资本 fill their narrow cells side by side.
    """
    if _are_two_pairs(tokens):
        return [token_of([*a.chars, *b.chars]) for a, b in zip(tokens[::2], tokens[1::2], strict=True)]
    joined: list[Token] = []
    for token in [word for whole in tokens for word in _split_at_cuts(whole, extents, em)]:
        before = joined[-1] if joined else None
        if before is not None and len(token.text) == 1 and token.x0 - before.x1 < SPACED * em and before.spaced:
            covered = {i for p in (before, token) for i, extent in enumerate(extents) if extent.covers(p)}
            if len(covered) < 2:
                joined[-1] = token_of([*before.chars, *token.chars])
                continue
        joined.append(token)
    return joined


def _are_two_pairs(tokens: Sequence[Token]) -> bool:
    """Return whether a line is two words of two characters that are spread over the halves of a table: 收 入 | 支 出."""
    if len(tokens) != 4 or any(len(token.text) > 1 for token in tokens):
        return False
    first, between, second = (b.x0 - a.x1 for a, b in pairwise(tokens))
    return max(first, second) < between


def _split_at_cuts(token: Token, extents: Sequence[ColumnExtent], em: float) -> list[Token]:
    """Split a text at its words where each stands in the middle of a column of its own, or ends where its figures do."""
    if not token.cuts or sum(extent.covers(token) for extent in extents) < 2:
        return [token]
    words = _words(token)
    over = [[i for i, extent in enumerate(extents) if extent.covers(word)] for word in words]
    if any(len(own) > 1 for own in over) or len({own[0] for own in over if own}) < 2:
        return [token]
    narrow = all(word.x1 - word.x0 > 2.5 * em for word in words)
    return words if narrow and len({tuple(own) for own in over if own}) == sum(bool(own) for own in over) else [token]


def add_header_extents(lines: Sequence[Sequence[Token]], extents: Sequence[ColumnExtent]) -> list[ColumnExtent]:
    """Return the column extents with those of empty columns, which only a header text shows.

    Short figures at the right side of a column do not reach under a header text in its middle: the text then belongs
    to the column beside it that has none, and is no column of its own.

    Args:
        lines: The texts of each header line, from top to bottom.
        extents: Those of the body, from left to right.
    """
    tokens = _upwards(lines)
    columns = _with_empty_columns(lines, extents)
    columns = _figures_under_their_text(columns, tokens)
    return _labels_under_their_text(columns, tokens)


def headed_extents(lines: Sequence[Sequence[Token]], extents: Sequence[ColumnExtent]) -> list[ColumnExtent]:
    """Return the extents that have a header text of their own."""
    tokens = _upwards(lines)
    return [extent for extent in extents if _lowest(extent, extents, tokens) is not None]


def _upwards(lines: Sequence[Sequence[Token]]) -> list[Token]:
    return [token for line in reversed(lines) for token in line]


def _with_empty_columns(lines: Sequence[Sequence[Token]], extents: Sequence[ColumnExtent]) -> list[ColumnExtent]:
    """Add an extent for every header text that stands over no column and over no other header text."""
    columns = list(extents)
    lower: list[Token] = []
    for line in reversed(lines):
        for token in line:
            over = [extent for extent in columns if extent.covers(token)]
            if not over and not _is_group_text(token, lower, _upwards(lines), columns):
                columns.append(ColumnExtent(token.x0, token.x1, header=True))
            elif len(over) == 1 and over[0].header:
                over[0].x0, over[0].x1 = min(over[0].x0, token.x0), max(over[0].x1, token.x1)
        lower += line
    return sorted(columns, key=lambda extent: extent.x0)


def _figures_under_their_text(extents: Sequence[ColumnExtent], tokens: Sequence[Token]) -> list[ColumnExtent]:
    """Widen columns of figures over the empty column beside them whose header text is theirs."""
    columns = list(extents)
    index = 0
    while index < len(columns):
        extent = columns[index]
        if _owns_text_before(index, columns, tokens):
            columns[index - 1 : index + 1] = [replace(extent, x0=columns[index - 1].x0)]
            continue  # the next column has moved to this index
        if _owns_text_after(index, columns, tokens):
            columns[index : index + 2] = [replace(extent, x1=columns[index + 1].x1)]
        index += 1
    return columns


def _owns_text_before(index: int, columns: Sequence[ColumnExtent], tokens: Sequence[Token]) -> bool:
    extent = columns[index]
    if index == 0 or not extent.figures or extent.left_aligned:
        return False
    return _lies_lower(columns[index - 1], extent, columns, tokens)


def _owns_text_after(index: int, columns: Sequence[ColumnExtent], tokens: Sequence[Token]) -> bool:
    extent = columns[index]
    if index + 1 == len(columns) or not extent.figures or extent.right_aligned:
        return False
    further = columns[index + 2] if index + 2 < len(columns) else None
    taken = further is not None and further.figures and not further.left_aligned  # the text may be theirs
    return not taken and _lies_lower(columns[index + 1], extent, columns, tokens)


def _labels_under_their_text(extents: Sequence[ColumnExtent], tokens: Sequence[Token]) -> list[ColumnExtent]:
    """Widen columns of short labels, which end left of the header text in their middle, over that text."""
    columns = list(extents)
    for index in range(len(columns) - 1, 0, -1):
        label, text = columns[index - 1], columns[index]
        if text.header and label.tokens and not label.figures and _lowest(label, columns, tokens) is None:
            columns[index - 1 : index + 1] = [replace(label, x1=text.x1)]
    return columns


def _lowest(extent: ColumnExtent, extents: Sequence[ColumnExtent], tokens: Sequence[Token]) -> Token | None:
    """Return the lowest header text that stands over a column and over no other."""
    own = [p for p in tokens if extent.covers(p) and sum(other.covers(p) for other in extents) == 1]
    return max(own, key=lambda p: p.top, default=None)


def _lies_lower(
    empty: ColumnExtent, figures: ColumnExtent, extents: Sequence[ColumnExtent], tokens: Sequence[Token]
) -> bool:
    """Return whether a column without entries has its header text below the one over the figures beside it.

    Then that one is a group's, and the lower one is theirs.
    """
    text = _lowest(empty, extents, tokens) if empty.header else None
    if text is None:
        return False
    own = _lowest(figures, extents, tokens)
    return own is None or text.top - own.top > GROUP_STEP * (own.bottom - own.top)


def _is_group_text(
    token: Token, lower: Sequence[Token], texts: Sequence[Token], extents: Sequence[ColumnExtent]
) -> bool:
    """Return whether a text stands over the gap between two columns that both have a text of their own below it."""
    low = [p for p in lower if p.top - token.top > 0.6 * (token.bottom - token.top)]
    left = max((extent for extent in extents if extent.x1 <= token.center), key=lambda extent: extent.x1, default=None)
    right = min((extent for extent in extents if extent.x0 >= token.center), key=lambda extent: extent.x0, default=None)
    if left is None or right is None or any(_wraps_around(token, extent, texts) for extent in (left, right)):
        return False
    return all(any(extent.covers(p) for p in low) for extent in (left, right))


def _wraps_around(token: Token, extent: ColumnExtent, texts: Sequence[Token]) -> bool:
    """Return whether the text over a column has a line above and one below a token: a group stands above all of it."""
    lines = [p for p in texts if extent.covers(p) and p is not token]
    return any(
        a.top < token.top < b.top
        and b.top - a.top < WRAPPED * (token.bottom - token.top)
        and abs(a.center - b.center) < (token.bottom - token.top) / 2
        for a in lines
        for b in lines
    )
