"""Names of organisations, by how they end."""

from __future__ import annotations

import re

from extractor.vocabulary.models import Organisations

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
