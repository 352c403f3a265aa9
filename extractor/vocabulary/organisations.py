"""Names of organisations: by how they end, and what they became."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.notation.text import clean
from extractor.vocabulary.body_rules import Bodies
from extractor.vocabulary.label_rules import Organisations

_CODE = r"[\[(（【]?(\d{3}(?:\d{3})?(?:\d{3})?)[\])）】]?[-—_:：]?"


class OrganisationNames:
    """Knows the names of organisations by their form.

    Attributes:
        ends: A regular expression for the words that such names end in.
    """

    def __init__(self, organisations: Organisations) -> None:
        """Compile the endings."""
        self.ends = _any_of(organisations.ends)
        self._no_name, self._department = organisations.no_name, organisations.department
        self._organ = organisations.organ
        self._government = re.compile("|".join(organisations.government))
        self._end = re.compile(rf"{self.ends}(?:\([^()]*\))?$")
        self._whole = re.compile(rf".*{self.ends}(?:[(（].*[)）])?")
        self._coded = re.compile(rf"{_CODE}([^\d.,%年].*{self.ends}(?:[(（].*[)）])?)")

    def ends_in(self, text: str) -> bool:
        """Return whether a text without blanks, its brackets narrowed, ends as a name does."""
        return self._end.search(text) is not None

    def is_name(self, text: str) -> bool:
        """Return whether a text without blanks has the form of a name."""
        return self._whole.fullmatch(text) is not None

    def is_scrap(self, text: str) -> bool:
        """Return whether a text is a date, a piece of a title or a header, however it ends."""
        return self._no_name.search(text) is not None

    def is_organ(self, text: str) -> bool:
        """Return whether a text ends as the name of an organ that has a department's budget: no school's, no centre's."""
        return self._organ.search(text) is not None and not self.is_scrap(text)

    def is_of_government(self, title: str) -> bool:
        """Return whether a title is one of a whole government's book."""
        return self._government.search(title) is not None and not self.is_of_department(title)

    def is_of_department(self, title: str) -> bool:
        """Return whether a title is one of a department's or a unit's book."""
        return self._department.search(title) is not None

    def coded(self, text: str) -> tuple[str, str] | None:
        """Return code and name where a text is a unit's code and its name: 101001-示例市示例局."""
        match = self._coded.fullmatch(text)
        return (match[1], match[2]) if match else None


def _any_of(ends: tuple[str, ...]) -> str:
    """Return one expression for all endings; single characters as a set, which is the faster."""
    single = "".join(re.escape(e) for e in ends if len(e) == 1)
    return "(?:" + "|".join(([f"[{single}]"] if single else []) + [e for e in ends if len(e) > 1]) + ")"


class Reform(NamedTuple):
    """What a body became: its name without its region's, the year, and what says so."""

    name: str
    year: int
    source: str


class BodyNames:
    """Knows what stands in a name beside the body's own, and what bodies became."""

    def __init__(self, bodies: Bodies) -> None:
        """Spell the reforms out."""
        self._own, self._summed, self._no_name, self._written = (
            bodies.own,
            bodies.summed,
            bodies.no_name,
            bodies.written,
        )
        self._renamed = {r.old + end: Reform(r.new + end, r.year, r.source) for r in bodies.renamed for end in r.ends}
        self._merged = {old: Reform(m.new, m.year, m.source) for m in bodies.merged for old in m.old}

    def is_own(self, name: str) -> bool:
        """Return whether a name without blanks says that it is of what the body spends itself: 民政局(本级)."""
        return self._own.search(name) is not None

    def is_name(self, text: str) -> bool:
        """Return whether a text of a column of units may name one: 民警训练经费 does not."""
        return self._no_name.search(clean(text)) is None

    def whole(self, name: str) -> str:
        """Return a name without what says that it is of the body with its units: 民政局(汇总)."""
        return self._summed.sub("", name)

    def plain(self, name: str) -> str:
        """Return a name without blanks, and without what says that it is of the department with its units, or without."""
        plain = clean(name)
        plain = self._own.sub("", self.whole(plain)) or plain
        for written in self._written:
            plain = written.match.sub(written.into, plain)
        return plain

    def renamed(self, name: str) -> Reform | None:
        """Return what a reform called a body, given its name without its region's; None where none did."""
        return self._renamed.get(name)

    def merged(self, name: str) -> Reform | None:
        """Return into what a reform joined a body, given its name without its region's; None where none did."""
        return self._merged.get(name)
