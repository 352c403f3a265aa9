"""One reading of a document: layouts → tables, records, prose, checks and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.checks.check import Check
from extractor.checks.reconcile import reconcile, verdicts
from extractor.checks.unsure import doubt_unsure_pages
from extractor.contract import Verdict
from extractor.grids.grid import PageLayout
from extractor.prose.prose import NO_PROSE, Prose
from extractor.prose.reader import read_prose
from extractor.records.areas import with_scopes
from extractor.records.facts import Facts, read_facts
from extractor.records.item import LineItem
from extractor.records.items import read_items
from extractor.records.publication import decide_publication, without_amounts
from extractor.records.row_types import with_types_of_rows
from extractor.records.storable import storable
from extractor.tables.assemble import read_tables
from extractor.tables.fragments import read_drafts
from extractor.tables.phase import read_phase
from extractor.tables.table import Table
from extractor.vocabulary.publication_rules import NO_BUDGET
from extractor.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading of a document, taken through all stages after the grids.

    Attributes:
        layouts: The page layouts that it was read from.
        facts: What the document says of itself.
        tables: In reading order.
        items: The amounts that the schema can store.
        unstorable: One reason for each amount that it cannot store.
        prose: What it says outside its tables.
        checks: Every identity that was tried.
        verdicts: item_id → verdict.
    """

    layouts: tuple[PageLayout, ...]
    facts: Facts
    tables: tuple[Table, ...]
    items: tuple[LineItem, ...]
    unstorable: tuple[str, ...]
    prose: Prose
    checks: tuple[Check, ...]
    verdicts: dict[str, Verdict]


def judge(
    document_id: str,
    layouts: Sequence[PageLayout],
    vocabulary: Vocabulary,
    prose: Prose = NO_PROSE,
    region_hint: str | None = None,
) -> Judged:
    """Take page layouts through tables, records, prose and checks.

    Args:
        document_id: SHA-256 of the file, in hex.
        layouts: Its pages.
        vocabulary: The compiled configuration.
        prose: The prose of an earlier reading; it is used again where the document facts are the same.
        region_hint: Code of the division that its publisher is of; None where that is not known.
    """
    drafts = read_drafts(layouts, vocabulary)
    phase = read_phase(layouts, [draft.head.surroundings.title for draft in drafts])
    tables = read_tables(document_id, drafts, phase, vocabulary)
    facts = read_facts(layouts, tables, phase, vocabulary.regions, vocabulary.organisations, region_hint)
    tables = with_scopes(tables, layouts, facts, vocabulary)
    publication, words = decide_publication(layouts, tables, facts.organisation_level, vocabulary.publications)
    facts = replace(facts, publication=publication, publication_words=words)
    if publication == NO_BUDGET:
        tables = [replace(table, unit=None) for table in tables]
    tables, read = with_types_of_rows(tables, read_items(document_id, tables, facts, vocabulary), vocabulary.kinds)
    items, unstorable = storable(list(without_amounts(read)) if publication == NO_BUDGET else read)
    known = prose is not NO_PROSE and prose.facts == facts
    prose = prose if known else read_prose(document_id, layouts, facts, vocabulary)
    unsure = {layout.page for layout in layouts if layout.reading == "ocr" or layout.left_out or layout.by_shape}
    drawn = {layout.page for layout in layouts if layout.drawn}
    tried = reconcile(items, tables, vocabulary, prose)
    checks = tuple(doubt_unsure_pages(tried, (*items, *prose.statements), unsure, drawn))
    return Judged(
        tuple(layouts), facts, tuple(tables), tuple(items), tuple(unstorable), prose, checks, verdicts(items, checks)
    )
