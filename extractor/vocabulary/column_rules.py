"""`measures.toml`: column concepts, what is true of some of them, and the terms around them."""

from __future__ import annotations

from typing import Annotated, Literal

from extractor.contract import Phase, Scope, Side
from extractor.vocabulary.fields import Id, MeasureId, Pattern, Regex, Strict, id_of, word_of
from extractor.vocabulary.regions import RegionLevel


class Measure(Strict):
    """One column concept: an id and the header texts that mean it, as regular expressions that match whole.

    Attributes:
        id: The concept.
        zh: Its usual Chinese name.
        match: The header texts.
        title: Of a ceiling, what a table's title says where its columns leave it out, searched in it without blanks.
    """

    id: Id
    zh: str
    match: tuple[Regex, ...]
    title: Regex | None = None


class Term(Strict):
    """Header texts that say something other than a concept: of a phase, a side, a role, or nothing at all."""

    kind: Annotated[str, id_of("kind of term")]
    value: Annotated[Phase | Side | Literal[""], word_of("phase or side")] = ""
    match: tuple[Regex, ...]


class Affixes(Strict):
    """Words before and after a concept that add nothing to it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class MeasureGroups(Strict):
    """What is true of some concepts besides their names.

    Attributes:
        generic: They say that a figure is one, not of what: they add nothing under another concept.
        no_money: Their figures are no amounts.
        counted: They are numbers of things.
        of_money: Found in a header of money, whatever the label beside it counts.
        targets: They are of an indicator, which their row names, and in its unit.
        by_label: Only the header texts tell columns of the concept apart.
        other_money: They say whose money a column's is besides what it is: last year's, next year's, what is bought.
        divided: So do these of their parts under a head of 其中 alone.
        own_year: The year's own money, and so the default of a path.
        sides: Over a phase they say the side of a summary and no concept.
        of_all_rows: What a header says of all rows together, where the rows name their own.
        levels: As the label of a row they say whose its figures are.
        within: Columns that are parts of another without being summands beside it.
        parts_of_parts: Summands of a summand, which may stand beside it.
        outcomes: Of an earlier year they are what came to be, also where no word says so.
        ceilings: They are set, and not carried out: the execution that a title speaks of is none of them.
    """

    generic: frozenset[MeasureId]
    no_money: frozenset[MeasureId]
    counted: frozenset[MeasureId]
    of_money: Pattern
    targets: frozenset[MeasureId]
    by_label: frozenset[MeasureId]
    other_money: frozenset[MeasureId]
    divided: frozenset[MeasureId]
    own_year: frozenset[MeasureId]
    sides: frozenset[MeasureId]
    of_all_rows: frozenset[MeasureId]
    levels: frozenset[MeasureId]
    within: frozenset[MeasureId]
    parts_of_parts: frozenset[MeasureId]
    outcomes: frozenset[MeasureId]
    ceilings: frozenset[MeasureId]


class ScopeWords(Strict):
    """What says how much of a government a figure covers: matched whole in a header, searched in a title.

    Attributes:
        id: The scope.
        match: The words that mean it.
        narrower: What a title adds where another without it is of the government's zones too: 市本级 beside 市级.
        zones: What a document says where it is, searched in its text without blanks; None where `narrower` is.
    """

    id: Scope
    match: tuple[Regex, ...]
    narrower: Regex | None = None
    zones: Regex | None = None


class GovernmentLevels(Strict):
    """Headers that name no more than a level of government: whose money that is, says the document's own level.

    Attributes:
        before: What may stand before a level's word in such a header.
        behind: What stands behind it, and behind 本.
        own: The concept of a column of the document's own level.
        above: That of a level above it.
        words: The words for each level.
    """

    before: Regex
    behind: Regex
    own: MeasureId
    above: MeasureId
    words: dict[RegionLevel, tuple[str, ...]]


class Headers(Strict):
    """`measures.toml`: every column concept once, what is true of some of them, and the terms around them.

    Attributes:
        affixes: Words around a concept that add nothing to it.
        groups: What is true of some concepts besides their names.
        parts: Concept → the words that name it within the name of another: 专项债务 in 新增专项债务限额.
        government_levels: Headers that name no more than a level of government.
        scope: Words of scopes.
        measure: The concepts.
        term: The terms around them.
    """

    affixes: Affixes
    groups: MeasureGroups
    parts: dict[MeasureId, Regex]
    government_levels: GovernmentLevels
    scope: tuple[ScopeWords, ...]
    measure: tuple[Measure, ...]
    term: tuple[Term, ...]
