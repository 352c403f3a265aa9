"""Which part of a government's region each table is of: the whole of it, its own level, or another division or zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractor.contract import Scope
from extractor.grids.grid import PageLayout
from extractor.notation.text import clean
from extractor.notation.years import in_figures
from extractor.records.facts import Facts
from extractor.tables.table import Column, Table
from extractor.vocabulary.headers import HeaderReader
from extractor.vocabulary.regions import Region, RegionNames
from extractor.vocabulary.vocabulary import Vocabulary

_NUMBER = re.compile(r"^[^一-鿿]*?(?=20\d\d年)")  # 3.10 before 2022年


def with_scopes(
    tables: Sequence[Table], layouts: Sequence[PageLayout], facts: Facts, vocabulary: Vocabulary
) -> list[Table]:
    """Return a government's tables with the scopes that their titles do not say in so many words.

    2025年某某市一般公共预算收入表 beside 2025年市级一般公共预算收入表 is of 全市 (a city without districts prints the first alone); a
    title that says nothing of whose it is is of what the heading over it is, 二、市本级.
    """
    if facts.organisation_level != "government":
        return list(tables)
    beside_own = any(table.scope == "own_level" for table in tables)
    home = vocabulary.regions.region(facts.region_code, facts.fiscal_year)
    told = [
        replace(t, scope=t.scope or _scope_under_heading(t, tables) or _scope(t, home, beside_own, facts, vocabulary))
        for t in tables
    ]
    told = [replace(t, columns=tuple(_named_level(c, home, vocabulary) for c in t.columns)) for t in told]
    if any(vocabulary.headers.says_zones(layout.text) for layout in layouts):
        return _with_zones(told, vocabulary.headers)
    return _without_scope_beside_own(told, vocabulary.headers)


def _scope_under_heading(table: Table, tables: Sequence[Table]) -> Scope | None:
    """Return the scope of the heading over a table that has the title of another table, which stands under another heading."""
    title = _NUMBER.sub("", table.title)
    others = [t for t in tables if t is not table and _NUMBER.sub("", t.title) == title]
    return table.scope_above if title and any(t.scope_above != table.scope_above for t in others) else None


def _named_level(column: Column, home: Region | None, vocabulary: Vocabulary) -> Column:
    """Return a column with the scope that its header says behind the name of the document's division, or with zones.

    广东省本级; 市级(含功能区).
    """
    if column.role != "measure" or column.scope is not None or home is None:
        return column
    if any(vocabulary.headers.says_zones(text) for text in column.path):
        return column._replace(scope="level_with_zones")
    words = (clean(text) for text in reversed(column.path))
    levels = ((text, vocabulary.regions.without_name(text, home)) for text in words)
    found = (vocabulary.headers.meaning(level).scope for text, level in levels if level != text)
    return column._replace(scope=next(filter(None, found), None))


def _with_zones(tables: Sequence[Table], reader: HeaderReader) -> list[Table]:
    """Return tables, those of 市级 of the zones too where the book has tables of 市本级 beside them, with other figures.

    So are the columns that 市级 heads in tables of several levels.
    """
    if not _wider_beside_own(tables, reader):
        return list(tables)
    own = [(clean(table.title), table) for table in tables if table.scope == "own_level"]
    wider = {id(table) for title, table in own if reader.scope_of(title) and reader.wider(title) is None}
    return [
        replace(
            t,
            scope="level_with_zones" if id(t) in wider else t.scope,
            columns=tuple(_with_zones_too(c, reader) for c in t.columns),
        )
        for t in tables
    ]


def _without_scope_beside_own(tables: Sequence[Table], reader: HeaderReader) -> list[Table]:
    """Return tables, those of 省级 without a scope that have other figures than one of 省本级: what they are of besides is not said."""
    wider = _wider_beside_own(tables, reader)
    return [replace(table, scope=None) if id(table) in wider else table for table in tables]


def _wider_beside_own(tables: Sequence[Table], reader: HeaderReader) -> set[int]:
    """Return the ids of the tables of 市级 beside which tables of 市本级 state something else under the same title."""
    own = [(clean(table.title), table) for table in tables if table.scope == "own_level"]
    narrow = [(wide, table) for title, table in own if (wide := reader.wider(title)) is not None]
    return {id(other) for wide, one in narrow for title, other in own if wide == title and _differ(one, other)}


def _with_zones_too(column: Column, reader: HeaderReader) -> Column:
    """Return a column of 市级 as one of the zones too; 市本级 is not."""
    said = [text for text in column.path if reader.meaning(text).scope == "own_level"]
    if column.scope != "own_level" or not said or any(reader.wider(clean(text)) for text in said):
        return column
    return column._replace(scope="level_with_zones")


def _differ(one: Table, other: Table) -> bool:
    """Return whether two tables state something of one label differently."""
    texts = [[[clean(cell.text) for cell in row.cells if cell] for row in table.rows] for table in (one, other)]
    ours, theirs = ({row[0]: row for row in rows if row and row[0]} for rows in texts)
    return any(ours[label] != theirs[label] for label in ours.keys() & theirs.keys())


def _scope(table: Table, home: Region | None, beside_own: bool, facts: Facts, vocabulary: Vocabulary) -> Scope | None:
    name, area = _named(table.title, facts, vocabulary.regions)
    if name is None and not vocabulary.headers.names_scope(table.title):
        return table.scope_above
    return "all_region" if beside_own and home is not None and area == home else None


def facts_of(table: Table, facts: Facts, names: RegionNames) -> Facts:
    """Return the facts that hold for a table: of a government's, the region is the division that its title names.

    A zone that is no division (某某高新区) has a name alone, as its figures are not those of the region it lies in.
    """
    home = names.region(facts.region_code, facts.fiscal_year)
    name, area = _named(table.title, facts, names)
    if home is None or facts.organisation_level != "government" or name is None or area == home:
        return facts
    code, region = names.place(area, facts.fiscal_year) if area is not None else (None, name)
    return replace(facts, region_code=code, region=region)


def _named(title: str, facts: Facts, names: RegionNames) -> tuple[str | None, Region | None]:
    """Return what a title says its table is of, and which division that is; None where it says none, or that is none."""
    year = facts.fiscal_year
    name = names.name_in_title(in_figures(clean(title)))
    home = names.region(facts.region_code, year)
    if name is None:
        return None, None
    place = names.find(name, year, short=False)  # 南通市海门区 is 海门区, which the city's name is no part of
    own = place is not None and home is not None and place.code == home.code
    return name, home if own else names.named_in_row(name, year, home, None)
