"""What a document is: a department's budget, final accounts, a notice of funds …, by the words of its title.

What is no budget prints figures too: 政府信息公开年报 counts applications. Its tables are then of no type, and its figures no amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from extractor.contract import OrganisationLevel, Publication
from extractor.grids.grid import PageLayout
from extractor.notation.text import clean
from extractor.notation.units import YUAN
from extractor.notation.years import in_figures
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.publication_rules import PublicationRules, TitleForm

NO_BUDGET: Publication = "other"


class Decided(NamedTuple):
    """What a document is, and the words of it that say so; None where none do."""

    publication: Publication | None
    words: str | None


UNDECIDED = Decided(None, None)


def decide_publication(
    layouts: Sequence[PageLayout], tables: Sequence[Table], level: OrganisationLevel | None, rules: PublicationRules
) -> Decided:
    """Return what a document is: its title decides, else its tables, else its list of contents.

    A document with a table that a budget has is never called something else: in doubt its amounts are kept.

    Args:
        layouts: Its pages.
        tables: Its tables.
        level: Of whom it is.
        rules: What the words mean.
    """
    lines = _opening_lines(layouts, rules.title)
    end = next((i for i, line in enumerate(lines) if rules.title.contents.search(line)), len(lines))
    titles = [title for table in tables if (title := in_figures(clean(table.title)))]
    found = _by_lines(lines[:end], rules) or _by_tables(titles, level, rules) or _by_lines(lines[end:], rules)
    if found is None:
        return UNDECIDED
    if found.publication == NO_BUDGET and (any(map(_is_of_budget, tables)) or _names_another(titles, rules)):
        return UNDECIDED
    return found


def _opening_lines(layouts: Sequence[PageLayout], form: TitleForm) -> list[str]:
    """Return the first lines outside tables, without blanks, of the first page that has one which may be a title."""
    for page in layouts:
        lines = [line.text for line in page.lines] if page.grids else page.text.splitlines()
        cleaned = [text for line in lines if (text := in_figures(clean(line)))]
        if not all(map(form.without.search, cleaned)):
            return cleaned[: form.lines]
    return []


def _by_lines(lines: Sequence[str], rules: PublicationRules) -> Decided | None:
    """Return what the first title among lines says."""
    for text in _titles(lines, rules.title):
        for kind in rules.publication:
            if kind.titles.search(text):
                return Decided(kind.id, text)
    return None


def _titles(lines: Sequence[str], form: TitleForm) -> Iterator[str]:
    """Yield what may be a title: lines alone, and joined to those that follow."""
    for start in range(len(lines)):
        text = ""
        for line in lines[start : start + form.wrapped]:
            if form.without.search(line) or len(text + line) > form.longest:
                break
            text += line
            if not form.unfinished.search(text):
                yield text
        else:
            continue
        if form.unfinished.search(text):  # nothing follows
            yield text


def _by_tables(titles: Sequence[str], level: OrganisationLevel | None, rules: PublicationRules) -> Decided | None:
    """Return what the titles of tables say: one that such a book always has, else most of them."""
    books = [(kind, title) for kind in rules.publication if kind.book for title in filter(kind.book.search, titles)]
    if books:
        return next((Decided(kind.id, title) for kind, title in books if kind.level in (None, level)), None)
    for kind in rules.publication:
        fitting = list(filter(kind.tables.search, titles)) if kind.tables else []
        if 2 * len(fitting) > len(titles):
            return Decided(kind.id, fitting[0])
    return None


def _is_of_budget(table: Table) -> bool:
    """Return whether a table has a type, or a column of codes."""
    return table.table_type is not None or any(column.role == "code" for column in table.columns)


def _names_another(titles: Iterable[str], rules: PublicationRules) -> bool:
    """Return whether the title of a table is that of a budget's document."""
    others = [kind for kind in rules.publication if kind.id != NO_BUDGET]
    return any(
        pattern.search(title)
        for title in titles
        for kind in others
        for pattern in (kind.titles, kind.book, kind.tables)
        if pattern
    )


def without_amounts(items: Iterable[LineItem]) -> Iterator[LineItem]:
    """Yield the items of a document that is no budget: figures as printed, which are no amounts."""
    for item in items:
        unit = None if item.unit in YUAN else item.unit
        yield item._replace(amount=None, unit=unit, code=None, classification=None)
