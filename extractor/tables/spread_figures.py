"""Columns over which one figure is spread: its digits under 千百十万千百十元角分, or its parts under 亿, 万 and 元.

Vouchers and hand-written books print so. Each cell looks like an amount, and is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from extractor.tables.header import Path

_PLACE = re.compile("[十百千万亿]{1,2}|[元圆角分]")
_WITH_CENTS = (frozenset("元角"), frozenset("元分"), frozenset("圆角"), frozenset("圆分"))
_DIGIT = re.compile(r"\d?")
LEAST_PLACES = 3  # different ones over columns beside each other: 元 over all of them is their unit
LEAST_BOXES = 6  # columns beside each other that hold one digit a cell and share a head


def find_spread(paths: Sequence[Path], texts: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return which columns hold parts of figures that run over several columns.

    Args:
        paths: Of each column, its header texts.
        texts: Of each column, the texts of its data cells, blanks removed.
    """
    return frozenset((*_under_places(paths, texts), *_in_boxes(paths, texts)))


def _under_places(paths: Sequence[Path], texts: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns of runs under heads that are places of a figure: some different ones, or 元 beside 角 or 分.

    A run stands under one head, if any: 金额(元) beside 得分(分) are two measures.
    """
    found: set[int] = set()
    places = [_place(*column) for column in zip(paths, texts, strict=True)]
    for around, columns in groupby(range(len(places)), lambda number: (places[number] or (None,))[0]):
        run = [*columns]
        heads = {place[1] for n in run if (place := places[n]) is not None}
        if around is not None and (len(heads) >= LEAST_PLACES or any(map(heads.issuperset, _WITH_CENTS))):
            found.update(run)
    return found


def _place(path: Path, texts: Sequence[str]) -> tuple[Path, str] | None:
    """Return the place that heads a column, and the heads above it; a header may end above its row of places."""
    if path and _PLACE.fullmatch(path[-1]):
        return path[:-1], path[-1]
    return (path, texts[0]) if texts and _PLACE.fullmatch(texts[0]) else None


def _in_boxes(paths: Sequence[Path], texts: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns of runs of single digits that have no head but that of the first of them."""
    found: set[int] = set()
    run: list[int] = []
    for number, (path, own) in enumerate(zip((*paths, ("",)), (*texts, ("",)), strict=True)):
        digits = any(own) and all(map(_DIGIT.fullmatch, own))
        if run and digits and path in ((), paths[run[0]]):
            run.append(number)
            continue
        found.update(run if len(run) >= LEAST_BOXES else ())
        run = [number] if digits else []
    return found
