"""`documents.toml`: what a document says of itself on its first pages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from extractor.vocabulary.fields import Pattern, Strict


def _with_one_group(pattern: re.Pattern[str]) -> re.Pattern[str]:
    if pattern.groups != 1:
        raise ValueError(f"has {pattern.groups} groups; put what is read into the only one: (…)")
    return pattern


GroupPattern = Annotated[Pattern, AfterValidator(_with_one_group)]


class Cover(Strict):
    """How a cover may read.

    Attributes:
        whole: Nothing stands behind it, and the name must end as an organisation's.
        forms: Orders of words, with the groups `year`, `name` and, but where `whole`, `department` and `unit`, one of which matches.
    """

    whole: bool = False
    forms: tuple[re.Pattern[str], ...]

    @field_validator("forms")
    @classmethod
    def _all_read(cls, forms: tuple[re.Pattern[str], ...], info: ValidationInfo) -> tuple[re.Pattern[str], ...]:
        groups = {"year", "name"} if info.data.get("whole") else {"year", "name", "department", "unit"}
        for form in forms:
            if form.groupindex.keys() != groups:
                raise ValueError(f'"{form.pattern}" must have the groups {", ".join(sorted(groups))}: (?P<year>…)')
        return forms


class YearWords(Strict):
    """Where the year stands; the only group of each is the year.

    Attributes:
        budget: Finds the years of budgets.
        next: Searched in a report on one year's budget and the next one's.
        heading: Matches the heading of a text without tables.
    """

    budget: GroupPattern
    next: GroupPattern
    heading: GroupPattern


class NameWords(Strict):
    """Where the organisation's name stands; the only group of `line` and `department` is the name.

    Attributes:
        line: Searched in a line.
        department: Matches the start of a line that names a department.
        cell_before: Matches the cell before it, in a form of a whole department's targets.
        whole_department: In the titles of such forms.
        number_before: A number that stands before it and is no part of it.
    """

    line: GroupPattern
    department: GroupPattern
    cell_before: Pattern
    whole_department: str
    number_before: Pattern


class LevelWords(Strict):
    """What tells of whom a document is.

    Attributes:
        unit: Words of one unit's, counted.
        department: Words of a department's, counted.
    """

    unit: Pattern
    department: Pattern


class GovernmentWords(Strict):
    """Whose money it is, where no department is named.

    Attributes:
        smaller: Of a township or a zone, which no list of regions has.
        township: Matches a township's name.
        national: Matches the start of a heading about money that is no region's.
        dateline: Where a newspaper wrote, which is not whose money it is.
    """

    smaller: Pattern
    township: Pattern
    national: Pattern
    dateline: Pattern


class DocumentRules(Strict):
    """`documents.toml`; of the covers that fit, the first is taken."""

    cover: tuple[Cover, ...]
    year: YearWords
    name: NameWords
    level: LevelWords
    government: GovernmentWords
