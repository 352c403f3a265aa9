"""One reading of a document: layouts → tables, records, prose, checks and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.checks.check import Check
from extractor.checks.reconcile import reconcile, verdicts
from extractor.checks.unsure import doubt_unsure_pages
from extractor.contract import Verdict
from extractor.grids.grid import PageLayout
from extractor.prose.prose import Prose
from extractor.prose.reader import read_prose
from extractor.records.areas import with_scopes
from extractor.records.facts import Facts, read_facts
from extractor.records.item import LineItem
from extractor.records.items import read_table_items
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
        amounts: Table id → a table and its amounts, before its type was decided by these.
        prose: What it says outside its tables.
        checks: Every identity that was tried.
        verdicts: item_id → verdict.
    """

    layouts: tuple[PageLayout, ...]
    facts: Facts
    tables: tuple[Table, ...]
    items: tuple[LineItem, ...]
    unstorable: tuple[str, ...]
    amounts: dict[str, tuple[Table, Sequence[LineItem]]]
    prose: Prose
    checks: tuple[Check, ...]
    verdicts: dict[str, Verdict]


def judge(
    document_id: str,
    layouts: Sequence[PageLayout],
    vocabulary: Vocabulary,
    earlier: Judged | None = None,
    region_hint: str | None = None,
) -> Judged:
    """Take page layouts through tables, records, prose and checks.

    Args:
        document_id: SHA-256 of the file, in hex.
        layouts: Its pages.
        vocabulary: The compiled configuration.
        earlier: Another reading of the document; its prose, and the amounts of each table that is the same in both, are used again
            where the document facts are the same.
        region_hint: Code of the division that its publisher is of; None where that is not known.
    """
    drafts = read_drafts(layouts, vocabulary)
    phase = read_phase(layouts, [draft.head.surroundings.title for draft in drafts])
    tables = read_tables(document_id, drafts, phase, vocabulary)
    facts = read_facts(layouts, tables, phase, vocabulary, region_hint)
    tables = with_scopes(tables, layouts, facts, vocabulary)
    publication, words = decide_publication(layouts, tables, facts.organisation_level, vocabulary.publications)
    facts = replace(facts, publication=publication, publication_words=words)
    if publication == NO_BUDGET:
        tables = [replace(table, unit=None) for table in tables]
    known = earlier if earlier is not None and earlier.facts == facts else None
    amounts = _amounts(document_id, tables, facts, vocabulary, known)
    read = [item for _, own in amounts.values() for item in own]
    tables, read = with_types_of_rows(tables, read, vocabulary.kinds)
    items, unstorable = storable(list(without_amounts(read)) if publication == NO_BUDGET else read)
    prose = read_prose(document_id, layouts, facts, vocabulary) if known is None else known.prose
    unsure = {layout.page for layout in layouts if layout.reading == "ocr" or layout.left_out or layout.by_shape}
    drawn = {layout.page for layout in layouts if layout.drawn}
    tried = reconcile(items, tables, vocabulary, prose)
    checks = tuple(doubt_unsure_pages(tried, (*items, *prose.statements), unsure, drawn))
    return Judged(
        tuple(layouts),
        facts,
        tuple(tables),
        tuple(items),
        tuple(unstorable),
        amounts,
        prose,
        checks,
        verdicts(items, checks),
    )


def _amounts(
    document_id: str, tables: Sequence[Table], facts: Facts, vocabulary: Vocabulary, known: Judged | None
) -> dict[str, tuple[Table, Sequence[LineItem]]]:
    """Return table id → a table and its amounts; those of a table that another reading has too are its."""
    earlier = {} if known is None else known.amounts
    return {
        table.table_id: same
        if (same := earlier.get(table.table_id)) is not None and same[0] == table
        else (table, read_table_items(document_id, table, facts, vocabulary))
        for table in tables
    }
