"""Tables by region: whose figures each of their rows, or of their columns, has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.contract import FigureScope
from extractor.notation.text import clean
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.headers import HeaderReader
from extractor.vocabulary.regions import Region, RegionNames
from extractor.vocabulary.vocabulary import Vocabulary

TEXTS = frozenset(("name", "attribute", "agency_name"))
FEWEST_NAMED = 2
_TOTAL = re.compile("[小合总]计$")
MAX_LEVEL_CHARS = 20  # a label that says whose its figures are says no more
PLACE = "region"  # the measure of a column that a division's name heads


def with_regions(items: Sequence[LineItem], table: Table, facts: Facts, vocabulary: Vocabulary) -> Sequence[LineItem]:
    """Return a table's items with the regions of their rows or columns, where these are regions, and the scopes of such rows.

    A row or column that is no division (经开区) or one of several has none, as it is not the document's either.
    """
    names = vocabulary.regions
    if facts.organisation_level == "government":
        items = [_of_level(item, table, facts, vocabulary) for item in items]
    blocks: dict[int, dict[int, Region | None]] = {}
    for block in {item.block for item in items}:
        found = _by_row(table, block, facts, names)
        if found is not None:
            blocks[block] = found
    columns = {} if blocks else _by_column(table, facts, names)
    return [
        _placed(
            item._replace(scope=_scope_of_row(item, table, vocabulary.headers)),
            blocks[item.block].get(item.row),
            facts.fiscal_year,
            names,
        )
        if item.block in blocks
        else _placed(item, columns[item.column], facts.fiscal_year, names)
        if item.column in columns
        else item
        for item in items
    ]


def _of_level(item: LineItem, table: Table, facts: Facts, vocabulary: Vocabulary) -> LineItem:
    """Return a figure with what its row says of whose it is: 全省, 广东省本级; 区县合计 is no scope, and so a measure."""
    if item.code or len(item.label) > MAX_LEVEL_CHARS:
        return item
    headers, groups = vocabulary.headers, vocabulary.headers.groups
    home = vocabulary.regions.region(facts.region_code, facts.fiscal_year)
    label = clean(item.label)
    meaning = headers.meaning(vocabulary.regions.without_name(label, home) if home else label)
    own_level = meaning.scope == "own_level" and headers.wider(label) is not None  # 省级 may be whose money it is
    if item.scope == table.scope and (own_level or meaning.scope == "all_region"):
        return item._replace(scope=meaning.scope)
    level = next((m for m in meaning.measures if m in groups.levels), None)
    steps = (item.measure or "").split("/")
    if level is None or not item.measure or level in steps or steps[-1] in groups.no_money:
        return item
    return item._replace(measure=f"{level}/{item.measure}")


def _scope_of_row(item: LineItem, table: Table, headers: HeaderReader) -> FigureScope | None:
    """Return the scope of a row's figure: 某某市本级 in a table of 全省 is of its own level, and so is 市级合计, but not 市县级."""
    level = _TOTAL.sub("", clean(item.label))
    lower = headers.groups.levels.intersection(headers.meaning(level).measures)
    own = headers.scope_of(level) if level.endswith("级") and "lower_levels" not in lower else None
    return own if own is not None and item.scope == table.scope else item.scope


def _by_column(table: Table, facts: Facts, names: RegionNames) -> dict[int, Region | None]:
    """Return column → region of the columns that are for a place each; empty where few of them are regions.

    全省合计 and 省本级 are the document's own.
    """
    year = facts.fiscal_year
    home = names.region(facts.region_code, year)
    texts = {c.ordinal: text for c in table.columns if (text := _place_of(c)) is not None}
    found = {ordinal: names.of_row(text, year, home, None) for ordinal, text in texts.items()}
    named = [region for region in found.values() if region not in (None, home)]
    return found if len(named) >= FEWEST_NAMED and 2 * len(named) >= len(found) else {}


def _place_of(column: Column) -> str | None:
    """Return what a column's header says that its amounts are for."""
    if column.role != "measure":
        return None
    return column.listed or (column.path[-1] if column.measure == PLACE else None)


def _placed(item: LineItem, region: Region | None, year: int | None, names: RegionNames) -> LineItem:
    code, name = names.place(region, year) if region is not None else (None, None)
    return item._replace(region_code=code, region=name)


def _by_row(table: Table, block: int, facts: Facts, names: RegionNames) -> dict[int, Region | None] | None:
    """Return row → region by the first column of texts that holds regions in most rows; None where none does."""
    year = facts.fiscal_year
    home = names.region(facts.region_code, year)
    for column in table.columns:
        if column.block == block and column.role in TEXTS:
            texts = list(_texts(table.rows, column))
            named = [r for _, text in texts if (r := names.named_in_row(text, year, home, None)) not in (None, home)]
            if len(named) >= FEWEST_NAMED:
                found = dict(_walk(texts, home, year, names))
                if 2 * sum(region is not None for region in found.values()) >= len(found):
                    return found
    return None


def _texts(rows: Sequence[Row], column: Column) -> Iterator[tuple[int, str]]:
    """Yield row and text of a column's cells; one that is merged over rows is each row's."""
    above = ""
    for row in rows:
        cell = row.cells[column.ordinal]
        above = above if cell is None else clean(cell.text)
        if above:
            yield row.ordinal, above


def _walk(
    texts: Sequence[tuple[int, str]], home: Region | None, year: int | None, names: RegionNames
) -> Iterator[tuple[int, Region | None]]:
    """Yield row and region from top to bottom: 朝阳区 and 市本级 are those of the city above them."""
    city: Region | None = None
    for row, text in texts:
        region = names.of_row(text, year, home, city)
        yield row, region
        if region is not None and region == home:
            city = None
        elif region is not None and region.level != "county":
            city = region
