"""Read whose a figure of the prose is, from the words before it, the clause around it and the headings over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from extractor.contract import Scope
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import narrow
from extractor.notation.years import YEAR
from extractor.records.facts import Facts
from extractor.vocabulary.organisations import OrganisationNames
from extractor.vocabulary.phrases import bare
from extractor.vocabulary.word_rules import Whose

Body = Scope | Literal["own", "other"]
MIN_NAME_CHARS = 4
MAX_SCOPE_CHARS, MAX_NAME_CHARS = 8, 30  # of a clause that is nothing but a name: 全市方面，
_YEARS = re.compile(rf"{YEAR}年?度?")
_ITSELF = re.compile(r"\((?:本级|机关|局机关|本部)\)")
_SCOPE = re.compile("全|本级")
_SUMMED = re.compile(r"\([^()]*\)$")


class Bodies:
    """Knows whose figures a document may speak of besides its own organisation's."""

    def __init__(
        self,
        whose: Whose,
        organisations: OrganisationNames,
        scope_of: Callable[[str], Scope | None],
        facts: Facts,
    ) -> None:
        """Take the words and the document's organisation."""
        self._own, self._silent, self._other = whose.own, whose.silent, whose.other
        self._part = whose.part
        self._organisations, self._scope_of = organisations, scope_of
        self._organisation = _SUMMED.sub("", facts.organisation or "")
        self._unit = facts.organisation_level == "unit"
        self._titled = re.compile(
            rf"(?:关于)?(?P<name>[一-鿿()]+?{organisations.ends}(?:\([^()]*\))?)(?={YEAR}|部门|单位(?!构成)|$)"
        )

    def named(self, words: str) -> Body | None:
        """Return whose a figure is whose subject stands behind some words; None where they do not say."""
        plain = bare(_YEARS.sub("", words))
        if self._is_part(words) or (self._other.search(plain) and not self._unit):
            return "other"
        scope = self._scope_of(plain)
        if scope is not None:
            return scope
        name = self._silent.sub("", plain)
        if self._own.search(plain) or self._is_own(name):
            return "own"
        return "other" if len(name) >= MIN_NAME_CHARS and self._organisations.ends_in(name) else None

    def scope(self, words: str) -> Scope | None:
        """Return the scope that the words before a figure name; 市级 and 区级 may be those of another level."""
        return self._scope_of(bare(words)) if _SCOPE.search(words) else None

    def is_part(self, words: str) -> bool:
        """Return whether 收入 behind some words is that of one level or fund: 上划省级收入."""
        return self._part.search(bare(words)) is not None

    def introduced(self, skipped: str) -> Body | None:
        """Return whose the figures behind a clause are that is nothing but a name: 全市：, 示例中心，."""
        clause = next((c for c in reversed(re.split(r"[，。：:；]", skipped)) if c), "")
        number = NUMBERING.match(clause)
        clause = clause[number.end() :] if number else clause
        body = self.named(clause) if len(clause) <= MAX_NAME_CHARS else None
        return body if body in ("own", "other") or len(clause) <= MAX_SCOPE_CHARS else None

    def over(self, titles: Sequence[str]) -> Body | None:
        """Return whose the figures under some headings are, the nearest of which stands first."""
        for printed in map(narrow, titles):
            if self._is_part(printed):
                return "other"
            title = bare(printed)
            match = self._titled.match(title)
            if match and len(match["name"]) >= MIN_NAME_CHARS:
                return "own" if self._is_own(match["name"]) else "other"
            scope = self._scope_of(title)
            if scope is not None:
                return scope
        return None

    def _is_part(self, words: str) -> bool:
        """Return whether a department's organisation is named without its units: 示例局(本级)."""
        return not self._unit and _ITSELF.search(words) is not None

    def _is_own(self, name: str) -> bool:
        """Return whether a name is the document's own organisation's, in whole or shortened: 市卫健委 for 某市卫生健康委员会."""
        name, full = _shortened(name), _shortened(self._organisation)
        if not name or not full:
            return False
        rest = iter(full)
        return name.endswith(full) or (name[-1] == full[-1] and all(char in rest for char in name))


def _shortened(name: str) -> str:
    return name.replace("委员会", "委").replace("办公室", "办")
