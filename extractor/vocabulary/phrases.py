"""`configs/words.toml`, compiled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extractor.notation.years import YEAR
from extractor.vocabulary.organisations import OrganisationNames
from extractor.vocabulary.word_rules import Change, Whose, Word, Words

PRIOR = rf"(?:{YEAR}年度?|(?:上一?|去)年度?)(?:同期|同月)?"
_NOT_BARE = re.compile(r"\([^()]*\)|[“”\"\s]")


class Phrase(NamedTuple):
    """A compiled word."""

    id: str
    pattern: re.Pattern[str]
    within: frozenset[str]
    part_of: str | None = None
    part: re.Pattern[str] | None = None
    general: bool = False


class NamedSubject(NamedTuple):
    """A subject that a phrase names.

    Attributes:
        id: The subject.
        owner: The words before it, which may say whose the figure is: 市本级, 示例局.
        general: All money of whoever owns it: 支出 behind a name that may be a class's own, 城乡社区支出.
    """

    id: str
    owner: str
    general: bool


class Changes:
    """Words of increase and decrease.

    Attributes:
        phrase: Matches a phrase that says a change, with its groups `noun` and `up` or `down`.
        against_budget: Fits 决算数大于预算数, with its group `word`.
        directions: What such a word says: increase, decrease or flat.
        flat: Fits a statement of no change.
    """

    def __init__(self, change: Change) -> None:
        """Compile the words."""
        up, down = "|".join(change.increase), "|".join(change.decrease)
        self.phrase = re.compile(
            rf"(?P<noun>.*?)(?:(?P<up>{up})|(?P<down>{down}))(?:\({up}|{down}\))?"
            rf"(?:了|为|约|额|数)?(?:(?:{PRIOR})?(?:年初)?(?:预算|决算|执行)?数?)?[:(]?$"
        )
        compared = {"increase": change.more, "decrease": change.less, "flat": change.equal}
        self.directions = {word: direction for direction, words in compared.items() for word in words}
        words = "|".join(map(re.escape, self.directions))
        self.against_budget = re.compile(rf"决算数?(?:支出)?(?P<word>{words})(?:年初)?预算数?")
        self.flat = change.flat


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words, compiled: `sections`, `unit_kinds` and `parts` are searched, `subjects` match a phrase whole."""

    sections: tuple[Phrase, ...]
    subjects: tuple[Phrase, ...]
    any_subject: re.Pattern[str]  # a third of the phrases are none, and are asked once
    unit_kinds: tuple[Phrase, ...]
    parts: tuple[Phrase, ...]
    not_owner: re.Pattern[str]
    whose: Whose
    changes: Changes

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the subjects."""
        return frozenset(word.id for word in self.subjects)

    def section(self, title: str) -> str | None:
        """Return the kind of section that a heading means."""
        return next((phrase.id for phrase in self.sections if phrase.pattern.search(title)), None)

    def part(self, title: str) -> str | None:
        """Return the part of a project's description that a heading means."""
        return next((phrase.id for phrase in self.parts if phrase.pattern.search(title)), None)

    def subject(self, phrase: str, section: str | None, current: str | None = None) -> NamedSubject | None:
        """Return the subject that a phrase before a figure means, brackets and quotes in it left out.

        Args:
            phrase: A narrowed text without blanks.
            section: The kind of section that the figure stands in.
            current: The subject that the text speaks of.
        """
        plain = bare(phrase)
        if not plain or not self.any_subject.fullmatch(plain):
            return None
        whole = next((word.part_of or word.id for word in self.subjects if word.id == current), None)
        for word in self.subjects:
            found = word.part.fullmatch(plain) if whole and word.part and word.part_of == whole else None
            if found is None and (not word.within or section in word.within):
                found = word.pattern.fullmatch(plain)
            if found is not None and not self.not_owner.search(found["owner"] or ""):
                return NamedSubject(word.id, found["owner"] or "", word.general)
        return None


def bare(phrase: str) -> str:
    """Return a phrase without brackets and what they hold, without quotes and blanks."""
    return _NOT_BARE.sub("", phrase)


def compile_phrases(words: Words, organisations: OrganisationNames) -> Phrases:
    """Compile the words; names of organisations may stand before a subject."""
    owner = "|".join((*words.around.owner, organisations.ends))
    before = rf"(?P<owner>.*(?:{owner})(?:\([^()]*\))?)?(?:部门|单位)?(?:预算|决算)?(?:本年|当年)?"

    def whole(match: Sequence[str]) -> re.Pattern[str]:
        return re.compile(f"{before}(?:{'|'.join(match)}){words.around.filler}")

    return Phrases(
        _searched(words.section),
        tuple(
            Phrase(w.id, whole(w.match), frozenset(w.within), w.part_of, whole(w.part) if w.part else None, w.general)
            for w in words.subject
        ),
        whole([m for w in words.subject for m in (*w.match, *w.part)]),
        _searched(words.unit_kind),
        _searched(words.project_part),
        words.around.not_owner,
        words.whose,
        Changes(words.change),
    )


def _searched(words: Sequence[Word]) -> tuple[Phrase, ...]:
    return tuple(Phrase(w.id, re.compile("|".join(w.match)), frozenset()) for w in words)
