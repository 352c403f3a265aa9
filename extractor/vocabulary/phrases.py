"""`configs/words.toml`, compiled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from extractor.vocabulary.config import Config, Word

# Who owns the money, and of which year: what may stand before a subject without changing it.
_OWNER = (
    r"(?:.*(?:年度|年初|年|部门|单位|本级|汇总|系统|我局|我委|我办|其中|包括|以及|共有|一是|二是|三是|安排的?|下属.*?"
    r"|[局委办厅室院所队处会站校部心馆署区道镇乡司协])(?:\([^()]*\))?)?(?:部门|单位)?(?:预算|决算)?(?:本年|当年)?"
)
FILLERS = (
    r"(?:财政拨款)?(?:支出|收入)?(?:预算|决算|年初预算|预计)?(?:支出|收入)?(?:总额|总计|总数|合计|共计|小计|金额|数额|数|额|安排|资金)*"
    r"(?:各|均|约|达|共|共有|共计|合计|为|是|:)*"
)
_NOT_BARE = re.compile(r"\([^()]*\)|[“”\"\s]")


class Phrase(NamedTuple):
    """A compiled word."""

    id: str
    pattern: re.Pattern[str]
    within: frozenset[str]


class Vocabulary(NamedTuple):
    """The words, compiled: `sections`, `unit_kinds` and `parts` are searched, `subjects` match a phrase whole."""

    sections: tuple[Phrase, ...]
    subjects: tuple[Phrase, ...]
    unit_kinds: tuple[Phrase, ...]
    parts: tuple[Phrase, ...]

    def section(self, title: str) -> str | None:
        """Return the kind of section that a heading means."""
        return next((phrase.id for phrase in self.sections if phrase.pattern.search(title)), None)

    def part(self, title: str) -> str | None:
        """Return the part of a project's description that a heading means."""
        return next((phrase.id for phrase in self.parts if phrase.pattern.search(title)), None)

    def subject(self, phrase: str, section: str | None) -> str | None:
        """Return the subject that a phrase before a figure means, brackets and quotes in it left out.

        Args:
            phrase: A narrowed text without blanks.
            section: The kind of section that the figure stands in.
        """
        plain = bare(phrase)
        if not plain:
            return None
        for word in self.subjects:
            if (not word.within or section in word.within) and word.pattern.fullmatch(plain):
                return word.id
        return None


def bare(phrase: str) -> str:
    """Return a phrase without brackets and what they hold, without quotes and blanks."""
    return _NOT_BARE.sub("", phrase)


@lru_cache(maxsize=4)
def vocabulary(config: Config) -> Vocabulary:
    """Compile the words of a configuration once a process."""
    words = config.words
    return Vocabulary(
        _searched(words.section),
        tuple(
            Phrase(w.id, re.compile(f"{_OWNER}(?:{'|'.join(w.match)}){FILLERS}"), frozenset(w.within))
            for w in words.subject
        ),
        _searched(words.unit_kind),
        _searched(words.project_part),
    )


def _searched(words: Sequence[Word]) -> tuple[Phrase, ...]:
    return tuple(Phrase(w.id, re.compile("|".join(w.match)), frozenset()) for w in words)
