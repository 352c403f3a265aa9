"""Whose money 省级资金 and 市级 are: the government's own, or from above, which no header knows without its document's level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.vocabulary.column_rules import GovernmentLevels
from extractor.vocabulary.regions import LEVELS, Region


class _Head(NamedTuple):
    """The level that a header path names, and whose money that is; None where it is neither's."""

    word: str
    concept: str | None


def with_levels(items: Sequence[LineItem], home: Region | None, rules: GovernmentLevels) -> Sequence[LineItem]:
    """Return a table's items, columns that a level of government heads of its own money, or of that from above.

    Without measure where the document's region is unknown, the level lies below its own, or two levels lie above it. What is
    headed by its own level alone may have no measure yet: 县级资金 beside 中央资金 and 省级资金.
    """
    concepts = {rules.own, rules.above}

    def may_be(item: LineItem) -> bool:
        if item.measure is None:
            return "/" not in item.measure_label
        return not concepts.isdisjoint(item.measure.split("/"))

    paths = {item.measure_label for item in items if may_be(item)}
    heads = {path: head for path in paths if (head := _head_of(path, home, rules)) is not None}
    several_above = len({head.word for head in heads.values() if head.concept == rules.above}) > 1

    is_alone = sum(head.concept == rules.own for head in heads.values()) == 1

    def of(measure: str | None, head: _Head) -> str | None:
        if measure is None:
            return rules.own if head.concept == rules.own and is_alone else None
        if head.concept is None or (head.concept == rules.above and several_above):
            return None
        steps = (head.concept if step in concepts else step for step in measure.split("/"))
        return "/".join(dict.fromkeys(steps))

    return [
        item._replace(measure=of(item.measure, head))
        if (head := heads.get(item.measure_label)) and may_be(item)
        else item
        for item in items
    ]


def _head_of(path: str, home: Region | None, rules: GovernmentLevels) -> _Head | None:
    """Return what a header path says where one of its texts names a level of government and no more."""
    levels = {word: level for level, words in rules.words.items() for word in words}
    names = re.compile(rf"{rules.before}({'|'.join(levels)})(本?){rules.behind}")
    match = next(filter(None, (names.fullmatch(clean(text)) for text in reversed(path.split("/")))), None)
    if match is None:
        return None
    word, own_level = match.groups()
    if home is None:
        return _Head(word, rules.own if own_level else None)
    level = levels[word]
    # 市级 is a municipality's own, 区级 an autonomous region's; in a city of county level it may be either city's.
    is_namesake = home.name.endswith(word)
    if level == home.level or (is_namesake and home.level == "province"):
        return _Head(word, rules.own)
    if is_namesake or LEVELS.index(level) > LEVELS.index(home.level):
        return _Head(word, None)
    return _Head(word, rules.above)
