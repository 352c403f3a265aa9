"""`Vocabulary`: a configuration compiled, once a process, and handed to whatever reads by it."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.vocabulary.check_rules import Identities
from extractor.vocabulary.codes import Classifications
from extractor.vocabulary.config import Config
from extractor.vocabulary.document_rules import DocumentRules
from extractor.vocabulary.figure_rules import FigureRules
from extractor.vocabulary.headers import HeaderReader
from extractor.vocabulary.label_rules import Captions, Periods, TotalLabels
from extractor.vocabulary.organisations import BodyNames, OrganisationNames
from extractor.vocabulary.phrases import Phrases, compile_phrases
from extractor.vocabulary.publication_rules import PublicationRules
from extractor.vocabulary.regions import RegionNames
from extractor.vocabulary.table_rules import TableKind, Template
from extractor.vocabulary.titles import TitleReader


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What publishers call things and what the law adds up, ready for use.

    Attributes:
        headers: Reads header texts; it holds the groups of concepts too.
        titles: Reads titles of tables.
        kinds: Table types, those that win first.
        templates: Layouts that the vocabulary alone would leave open.
        totals: How labels of totals look.
        periods: How titles and labels say what time a figure is of.
        captions: How the lines around a table look.
        codes: The classification codes and their names by year.
        identities: What adds up, and which figures are the same.
        phrases: The words of the prose.
        regions: Names of regions.
        organisations: Names of organisations, by their form.
        bodies: What stands in a name beside the body's own, and what bodies became.
        figures: What the tables say of a body's budget.
        publications: By which words a document is known for what it is.
        documents: What a document says of itself on its first pages.
    """

    headers: HeaderReader
    titles: TitleReader
    kinds: tuple[TableKind, ...]
    templates: tuple[Template, ...]
    totals: TotalLabels
    periods: Periods
    captions: Captions
    codes: Classifications
    identities: Identities
    phrases: Phrases
    regions: RegionNames
    organisations: OrganisationNames
    bodies: BodyNames
    figures: FigureRules
    publications: PublicationRules
    documents: DocumentRules


def compile_vocabulary(config: Config) -> Vocabulary:
    """Compile a configuration: 0.1 s, to be paid once a process; two of them know nothing of each other."""
    organisations = OrganisationNames(config.labels.organisation)
    return Vocabulary(
        headers=HeaderReader(config.headers),
        titles=TitleReader(config.kinds),
        kinds=config.kinds,
        templates=config.templates,
        totals=config.labels.total,
        periods=config.labels.period,
        captions=config.labels.caption,
        codes=config.codes,
        identities=config.identities,
        phrases=compile_phrases(config.words, organisations),
        regions=RegionNames(config.regions, config.labels.region),
        organisations=organisations,
        bodies=BodyNames(config.bodies),
        figures=config.figures,
        publications=config.publications,
        documents=config.documents,
    )
