"""What a document is: a department's budget, final accounts, a notice of funds …, by the words of its title.

What is no budget prints figures too: 政府信息公开年报 counts applications. Its tables are then of no type, and its figures no amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from extractor.contract import OrganisationLevel, Publication
from extractor.grids.grid import PageLayout
from extractor.notation.text import clean
from extractor.notation.units import YUAN
from extractor.notation.years import in_figures
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.publication_rules import PublicationKind, PublicationRules, TitleForm


class Decided(NamedTuple):
    """What a document is, and the words of it that say so; None where none do."""

    publication: Publication | None
    words: str | None


UNDECIDED = Decided(None, None)


def decide_publication(
    layouts: Sequence[PageLayout], tables: Sequence[Table], level: OrganisationLevel | None, rules: PublicationRules
) -> Decided:
    """Return what a document is: its title decides, else its tables, else its list of contents.

    That it is no budget counts last, and never against a table that a budget has: in doubt its amounts are kept. Only titles
    that no budget has are beyond doubt.

    Args:
        layouts: Its pages.
        tables: Its tables.
        level: Of whom it is.
        rules: What the words mean.
    """
    lines = _opening_lines(layouts, rules.title)
    end = next((i for i, line in enumerate(lines) if rules.title.contents.search(line)), len(lines))
    titles = [title for table in tables if (title := in_figures(clean(table.title)))]
    may_be_none = not (any(map(_is_of_budget, tables)) or _is_of_a_kind(titles, rules))
    named = _name_a_budget(lines, rules.title)
    return (
        _certainly_none(lines[:end], rules)
        or (_despite(lines[:end], rules) if may_be_none else None)
        or _by_lines(lines[:end], rules.budgets, rules.title)
        or _by_tables(titles, level, rules)
        or _by_lines(lines[end:], rules.budgets, rules.title)
        or (_by_lines(lines[:end], rules.no_budgets, rules.title) if may_be_none and not named else None)
        or UNDECIDED
    )


def _opening_lines(layouts: Sequence[PageLayout], form: TitleForm) -> list[str]:
    """Return the first lines outside tables, without blanks, of the first page that has one which may be a title."""
    for page in layouts:
        lines = [line.text for line in page.lines] if page.grids else page.text.splitlines()
        cleaned = [text for line in lines if (text := in_figures(clean(line)))]
        if not all(map(form.without.search, cleaned)):
            return cleaned[: form.lines]
    return []


def _certainly_none(lines: Sequence[str], rules: PublicationRules) -> Decided | None:
    """Return that a document is no budget, where it begins with a title that no budget has; one below may be of an attachment."""
    first = next((i for i, line in enumerate(lines) if not rules.title.without.search(line)), len(lines))
    for _, text in _titles(lines[first : first + rules.title.wrapped], rules.title):
        if not text.startswith(lines[first]):
            return None
        for kind in rules.no_budgets:
            if kind.certain and kind.certain.search(text):
                return Decided(kind.id, text)
    return None


def _despite(lines: Sequence[str], rules: PublicationRules) -> Decided | None:
    """Return that a document is no budget, where its title names one on purpose; a title below it, before the text, says otherwise."""
    for end, text in _titles(lines, rules.title):
        for kind in rules.no_budgets:
            if kind.despite and kind.despite.search(text):
                below = list(takewhile(lambda line: not rules.title.body.search(line), lines[end:]))
                none = None if _name_a_budget(below, rules.title) else Decided(kind.id, text)
                return _despite(below, rules) or _by_lines(below, rules.budgets, rules.title) or none
        if any(kind.titles.search(text) for kind in rules.budgets):
            return None
    return None


def _name_a_budget(lines: Sequence[str], form: TitleForm) -> bool:
    """Return whether a title among lines names a budget, of whatever kind."""
    return any(form.budget.search(text) for _, text in _titles(lines, form))


def _by_lines(lines: Sequence[str], kinds: Sequence[PublicationKind], form: TitleForm) -> Decided | None:
    """Return which of the kinds the first title among lines says."""
    for _, text in _titles(lines, form):
        for kind in kinds:
            if kind.titles.search(text):
                return Decided(kind.id, text)
    return None


def _titles(lines: Sequence[str], form: TitleForm) -> Iterator[tuple[int, str]]:
    """Yield what may be a title, with the index after it: lines alone, and joined to those that follow."""
    for start in range(len(lines)):
        text = ""
        for end, line in enumerate(lines[start : start + form.wrapped], start + 1):
            if form.without.search(line) or len(text + line) > form.longest:
                break
            text += line
            if not form.unfinished.search(text):
                yield end, text
        else:
            continue
        if form.unfinished.search(text):  # nothing follows
            yield end - 1, text


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


def _is_of_a_kind(titles: Iterable[str], rules: PublicationRules) -> bool:
    """Return whether the title of a table is that of a budget's document."""
    return any(
        pattern.search(title)
        for title in titles
        for kind in rules.budgets
        for pattern in (kind.titles, kind.book, kind.tables)
        if pattern
    )


def without_amounts(items: Iterable[LineItem]) -> Iterator[LineItem]:
    """Yield the items of a document that is no budget: figures as printed, which are no amounts."""
    for item in items:
        unit = None if item.unit in YUAN else item.unit
        yield item._replace(amount=None, unit=unit, code=None, classification=None)
