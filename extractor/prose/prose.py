"""The document's own words, read whole: what the pipeline asks of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.grids.grid import PageLayout
from extractor.prose.listings import Asset, Entry, Project, read_assets, read_entries, read_projects
from extractor.prose.paragraphs import read_paragraphs
from extractor.prose.sections import Section, read_sections
from extractor.prose.statement import Statement
from extractor.prose.statements import read_statements
from extractor.prose.subjects import SubjectReader
from extractor.records.facts import Facts
from extractor.vocabulary.vocabulary import Vocabulary

NO_FACTS = Facts(None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Prose:
    """Everything that a document says in prose, each list in reading order.

    Attributes:
        facts: What the document says of itself: by it years and phases were read.
    """

    facts: Facts = NO_FACTS
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    entries: tuple[Entry, ...] = ()
    assets: tuple[Asset, ...] = ()
    projects: tuple[Project, ...] = ()


NO_PROSE = Prose()


def read_prose(document_id: str, layouts: Sequence[PageLayout], facts: Facts, vocabulary: Vocabulary) -> Prose:
    """Read a document's prose.

    Args:
        document_id: The file's sha256.
        layouts: Its pages; what lies in their grids is no prose.
        facts: What it says of itself.
        vocabulary: What its words mean, and the codes.
    """
    phrases = vocabulary.phrases
    sections = read_sections(read_paragraphs(layouts), phrases)
    subjects = SubjectReader(phrases, vocabulary.codes, facts)
    return Prose(
        facts,
        tuple(sections),
        tuple(read_statements(document_id, sections, facts, subjects)),
        tuple(read_entries(sections, phrases, vocabulary.organisations)),
        tuple(read_assets(sections)),
        tuple(read_projects(sections, phrases)),
    )
