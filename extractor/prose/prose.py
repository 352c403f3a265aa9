"""`Prose`: what a document says outside its tables. Those who only store it need none of what reads it."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.prose.listings import Asset, Entry, Project
from extractor.prose.sections import Section
from extractor.prose.statement import Statement
from extractor.records.facts import Facts

NO_FACTS = Facts(None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Prose:
    """The prose of a document, each tuple in reading order.

    Attributes:
        facts: The document facts with which years and phases were read.
    """

    facts: Facts = NO_FACTS
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    entries: tuple[Entry, ...] = ()
    assets: tuple[Asset, ...] = ()
    projects: tuple[Project, ...] = ()


NO_PROSE = Prose()
