"""Read all prose of a document: sections, statements, entries, assets and projects."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.grids.grid import PageLayout
from extractor.prose.bodies import Bodies
from extractor.prose.listings import read_assets, read_entries, read_projects
from extractor.prose.paragraphs import read_paragraphs
from extractor.prose.prose import Prose
from extractor.prose.sections import read_sections
from extractor.prose.statements import read_statements
from extractor.prose.subjects import SubjectReader
from extractor.records.facts import Facts
from extractor.vocabulary.vocabulary import Vocabulary


def read_prose(document_id: str, layouts: Sequence[PageLayout], facts: Facts, vocabulary: Vocabulary) -> Prose:
    """Read a document's prose.

    Args:
        document_id: SHA-256 of the file, in hex.
        layouts: Its pages; text inside grids is left out.
        facts: The document facts.
        vocabulary: The compiled configuration.
    """
    phrases = vocabulary.phrases
    sections = read_sections(read_paragraphs(layouts), phrases)
    bodies = Bodies(phrases.whose, vocabulary.organisations, vocabulary.headers.scope_of, facts)
    subjects = SubjectReader(phrases, vocabulary.codes, bodies, facts)
    return Prose(
        facts,
        tuple(sections),
        tuple(read_statements(document_id, sections, facts, subjects)),
        tuple(read_entries(sections, phrases, vocabulary.organisations)),
        tuple(read_assets(sections)),
        tuple(read_projects(sections, phrases)),
    )
