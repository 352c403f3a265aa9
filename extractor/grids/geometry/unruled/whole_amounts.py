"""Figures printed without separators → which of them are amounts: columns of whole numbers that are neither codes nor years.

Books in 万元 print whole numbers alone. Elsewhere separators and decimals tell amounts from codes, years and page numbers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from extractor.grids.geometry.unruled.columns import ColumnExtent, narrow_extents
from extractor.grids.geometry.unruled.regions import TableRegion
from extractor.grids.geometry.unruled.tokens import Token, TokenLine
from extractor.notation.years import YEAR

MIN_AMOUNTS = 3  # in a column: fewer figures tell nothing of it
MIN_DIGITS = 3  # of most figures of a column: counts and page numbers have fewer
MIN_COLUMNS = 2  # of amounts: a single one may be the counts or the page numbers of a list
ALONE = 4  # digits of most figures of a single column

_CODE = re.compile(r"[1-35]\d{2}(?:\d{2}){0,3}")
_WHOLE = re.compile(r"\d+")
_YEAR = re.compile(YEAR)


def with_whole_amounts(region: TableRegion) -> TableRegion:
    """Return a region with the figures of its columns of whole amounts as money, where no figure of it is printed as money."""
    tokens = [token for line in region.body for token in line.tokens]
    if any(token.money for token in tokens):
        return region
    extents, _ = narrow_extents([line.tokens for line in region.body])
    columns = [extent for extent in extents if _is_of_amounts(extent)]
    if len(columns) < MIN_COLUMNS and not any(_is_long(e, ALONE) and _is_unsorted(e) for e in columns):
        return region
    amounts = {(row, token.x0) for extent in columns for row, token in extent.tokens if token.figure}
    body = (_with_money(line, row, amounts) for row, line in enumerate(region.body))
    return replace(region, body=tuple(body))


def _with_money(line: TokenLine, row: int, amounts: set[tuple[int, float]]) -> TokenLine:
    tokens: list[Token] = [p._replace(money=True) if (row, p.x0) in amounts else p for p in line.tokens]
    return line._replace(tokens=tuple(tokens))


def _is_of_amounts(extent: ColumnExtent) -> bool:
    figures = [token.text for _, token in extent.tokens if token.figure]
    return (
        extent.figures
        and len(figures) >= MIN_AMOUNTS
        and _is_long(extent, MIN_DIGITS)
        and not all(_CODE.fullmatch(text) or _YEAR.fullmatch(text) for text in figures)
    )


def _is_long(extent: ColumnExtent, digits: int) -> bool:
    """Return whether most figures of a column have so many digits."""
    figures = [token.text for _, token in extent.tokens if token.figure]
    return 2 * sum(len(_digits(text)) >= digits for text in figures) >= len(figures)


def _digits(text: str) -> str:
    return "".join(_WHOLE.findall(text))


def _is_unsorted(extent: ColumnExtent) -> bool:
    """Return whether a column's figures fall and rise, as page numbers do not."""
    numbers = [int(_digits(token.text)) for _, token in sorted(extent.tokens) if token.figure]
    return any(a > b for a, b in pairwise(numbers))
