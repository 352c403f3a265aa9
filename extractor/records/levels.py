"""Whose money 省级资金 and 市级 are: the government's own, or from above, which no header knows without its document's level."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.vocabulary.column_rules import GovernmentLevels
from extractor.vocabulary.regions import LEVELS, Region


def with_levels(items: Sequence[LineItem], home: Region | None, rules: GovernmentLevels) -> Sequence[LineItem]:
    """Return a table's items, columns that a level of government heads of its own money, or of that from above.

    Without measure where the document's region is unknown, the level lies below its own, or two levels lie above it.
    """
    concepts = {rules.own, rules.above}
    heads = {(i.column, i.measure_label) for i in items if i.measure and not concepts.isdisjoint(i.measure.split("/"))}
    found = {head: _concept_of(head[1], home, rules) for head in heads}
    above = {column for (column, _), concept in found.items() if concept == rules.above}
    if all(concept == "" for concept in found.values()):
        return items

    def of(item: LineItem) -> str | None:
        steps = (item.measure or "").split("/")
        concept = found.get((item.column, item.measure_label), "")
        if concept == "" or concepts.isdisjoint(steps):
            return item.measure
        if concept is None or (concept == rules.above and len(above) > 1):
            return None
        return "/".join(dict.fromkeys(concept if step in concepts else step for step in steps))

    return [item._replace(measure=of(item)) for item in items]


def _concept_of(path: str, home: Region | None, rules: GovernmentLevels) -> str | None:
    """Return the concept of a header path that names a level, None where it is neither; "" where it names none."""
    levels = {word: level for level, words in rules.words.items() for word in words}
    names = re.compile(rf"{rules.before}({'|'.join(levels)})(本?){rules.behind}")
    match = next(filter(None, (names.fullmatch(clean(text)) for text in reversed(path.split("/")))), None)
    if match is None:
        return ""
    word, own_level = match.groups()
    if home is None:
        return rules.own if own_level else None
    level = levels[word]
    # 市级 is a municipality's own, 区级 an autonomous region's; in a city of county level it may be either city's.
    is_namesake = home.name.endswith(word)
    if level == home.level or (is_namesake and home.level == "province"):
        return rules.own
    if is_namesake or LEVELS.index(level) > LEVELS.index(home.level):
        return None
    return rules.above
