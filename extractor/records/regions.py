"""Tables by region: whose figures each of their rows, or of their columns, has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from extractor.contract import FigureScope
from extractor.notation.text import clean
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.tables.table import TEXTS, Column, Row, Table
from extractor.vocabulary.headers import HeaderReader
from extractor.vocabulary.regions import TOTAL, Place, Region, RegionNames
from extractor.vocabulary.vocabulary import Vocabulary

FEWEST_NAMED = 2
MAX_LEVEL_CHARS = 20  # a label that says whose its figures are says no more
PLACE = "region"  # the measure of a column that a division's name heads
LOWER = "lower_levels"


class _Spot(NamedTuple):
    """What a row or a column says that it is for.

    Attributes:
        text: Its name, without blanks: 长沙市本级.
        region: The division; None where it is none, or may be several.
        place: That division as the datasets name it.
    """

    text: str
    region: Region | None
    place: Place | None

    @classmethod
    def of(cls, text: str, region: Region | None, year: int | None, names: RegionNames) -> _Spot:
        """Return the spot of a text that names a division, or none."""
        return cls(text, region, None if region is None else names.place(region, year))


def with_regions(items: Sequence[LineItem], table: Table, facts: Facts, vocabulary: Vocabulary) -> Sequence[LineItem]:
    """Return a table's items with the regions of their rows or columns, where these are regions, and the scopes of such.

    A row or column that is no division (经开区) or one of several has none, as it is not the document's either.
    """
    names = vocabulary.regions
    if facts.organisation_level == "government":
        home = names.region(facts.region_code, facts.fiscal_year)
        items = [_told(item, table, home, vocabulary) for item in items]
    blocks = {
        block: found
        for block in {item.block for item in items}
        if (found := _by_row(table, block, facts, names)) is not None
    }
    columns = {} if blocks else _by_column(table, facts, names)
    scopes = {block: _Scopes(found.values(), table, facts, vocabulary) for block, found in blocks.items()}
    beside = _Scopes(columns.values(), table, facts, vocabulary)
    placed = (
        _placed(item, blocks[item.block].get(item.row), scopes[item.block])
        if item.block in blocks
        else _placed(item, columns[item.column], beside)
        if item.column in columns
        else item
        for item in items
    )
    return [_without_titles_scope(item, table) for item in placed]


class _Level(NamedTuple):
    """What a label says of whose its row's figures are.

    Attributes:
        own_level: It is nothing but the government's own level: 广东省本级.
        whole: It is nothing but the whole region: 全省合计.
        names_home: It is the region's name and no more.
        measure: The level whose money it is, which is no scope: 区县合计.
    """

    own_level: bool
    whole: bool
    names_home: bool
    measure: str | None


def _told(item: LineItem, table: Table, home: Region | None, vocabulary: Vocabulary) -> LineItem:
    """Return a figure of a government's table with what its row says of whose it is; 区县合计 is no scope, and so a measure."""
    if item.code or len(item.label) > MAX_LEVEL_CHARS:
        return item
    level = _level_of(item.label, home, vocabulary.headers, vocabulary.regions)
    # 全市合计 of the column 区县 is not
    all_region = level.whole and all(column.scope is None for column in table.columns)
    if item.scope == table.scope and (level.own_level or all_region):
        return item._replace(scope="all_region" if all_region else "own_level")
    if item.scope is None and level.names_home:
        return item._replace(scope="all_region")
    steps = (item.measure or "").split("/")
    no_money = vocabulary.headers.groups.no_money
    if level.measure is None or not item.measure or level.measure in steps or steps[-1] in no_money:
        return item
    return item._replace(measure=f"{level.measure}/{item.measure}")


def _without_titles_scope(item: LineItem, table: Table) -> LineItem:
    """Return a figure of the lower levels without what the title says of the others: 市县 in a table of 全省 is not all of it."""
    lower = (item.measure or "").split("/")[0] == LOWER
    return item._replace(scope=None) if lower and item.scope == table.scope else item


@lru_cache(maxsize=8192)  # a label stands in many tables
def _level_of(text: str, home: Region | None, headers: HeaderReader, names: RegionNames) -> _Level:
    """Return what a row's label says of whose its figures are, in the tables of a division's government: 全省, 广东省本级."""
    label = clean(text)
    meaning = headers.meaning(names.without_name(label, home) if home else label)
    behind = headers.meaning(names.behind_name(label, home)) if home else meaning
    levels = () if home and _names_own_too(label, home) else (*meaning.measures, *behind.measures)
    return _Level(
        meaning.scope == "own_level" and headers.wider(label) is not None,  # 省级 may be whose money it is
        "all_region" in (meaning.scope, headers.meaning(TOTAL.sub("", label)).scope),
        home is not None and names.is_whole(label, home),
        next((m for m in levels if m in headers.groups.levels), None),
    )


def _names_own_too(label: str, home: Region) -> bool:
    """Return whether a label of levels begins with the division's own: 市县级 of a city, but not 区县 of a 自治区 or 地区."""
    return not home.name.endswith("区") and re.match(f"(?:其中[:：])?{home.name[-1]}", label) is not None


class _Scopes:
    """How much of their regions the figures of a table by region are of.

    The title's scope is that of the document's own region: 2024年省级一般公共预算转移支付分地区表 has what 长沙市 receives.
    """

    def __init__(self, spots: Iterable[_Spot], table: Table, facts: Facts, vocabulary: Vocabulary) -> None:
        """Take what all rows, or columns, of the table are for."""
        self._table, self._headers, self._names = table, vocabulary.headers, vocabulary.regions
        self._home = self._names.region(facts.region_code, facts.fiscal_year)
        self._is_own = vocabulary.bodies.is_own
        texts = {spot.text: spot.region == self._home for spot in spots}
        self._wider = {wide for text in texts if (wide := self._headers.wider(text)) is not None}
        self._has_own = any(home and self._own_level(text) for text, home in texts.items())

    def of(self, item: LineItem, spot: _Spot) -> FigureScope | None:
        """Return the scope of a figure for a place; what its column says of it, or its label 全省, comes first."""
        if item.scope != self._table.scope:
            return item.scope
        if (own := self._own_level(spot.text) or self._own_level(clean(item.label))) is not None:
            return own
        if spot.region is None:
            return None
        home = spot.region == self._home
        if home and (item.scope == "all_region" or not self._has_own):
            return item.scope
        whole = home and self._names.is_sum(spot.text)
        return "all_region" if whole or self._names.is_whole(spot.text, spot.region) else None

    def _own_level(self, text: str) -> FigureScope | None:
        """Return the scope of 某某市本级, and of 市级合计, but not of 市县级: 市级 that has a row of 市本级 too is with its zones."""
        if self._headers.says_zones(self._headers.wider(text) or text):
            return "level_with_zones"
        level = TOTAL.sub("", text)
        lower = self._headers.groups.levels.intersection(self._headers.meaning(level).measures)
        if not level.endswith("级") or LOWER in lower:
            return None
        own = self._headers.scope_of(level) or ("own_level" if self._is_own(level) else None)  # 行署本级
        return "level_with_zones" if own == "own_level" and level in self._wider else own


def _by_column(table: Table, facts: Facts, names: RegionNames) -> dict[int, _Spot]:
    """Return column → place of the columns that are for a place each; empty where few of them are regions.

    全省合计 and 省本级 are the document's own.
    """
    year = facts.fiscal_year
    home = names.region(facts.region_code, year)
    texts = {c.ordinal: text for c in table.columns if (text := _place_of(c)) is not None}
    found = {
        ordinal: _Spot.of(clean(text), names.of_row(text, year, home, None), year, names)
        for ordinal, text in texts.items()
    }
    named = [spot for spot in found.values() if spot.region not in (None, home)]
    return found if len(named) >= FEWEST_NAMED and 2 * len(named) >= len(found) else {}


def _place_of(column: Column) -> str | None:
    """Return what a column's header says that its amounts are for."""
    if column.role != "measure":
        return None
    return column.listed or (column.path[-1] if column.measure == PLACE else None)


def _placed(item: LineItem, spot: _Spot | None, scopes: _Scopes) -> LineItem:
    if spot is None:
        return item._replace(region_code=None, region=None)
    code, name = spot.place or (None, None)
    return item._replace(region_code=code, region=name, scope=scopes.of(item, spot))


def _by_row(table: Table, block: int, facts: Facts, names: RegionNames) -> dict[int, _Spot] | None:
    """Return row → place by the first column of texts that holds regions in most rows; None where none does."""
    year = facts.fiscal_year
    home = names.region(facts.region_code, year)
    for column in table.columns:
        if column.block == block and column.role in TEXTS:
            texts = list(_texts(table.rows, column))
            named = [r for _, text in texts if (r := names.named_in_row(text, year, home, None)) not in (None, home)]
            if len(named) >= FEWEST_NAMED:
                found = dict(_walk(texts, home, year, names))
                if 2 * sum(spot.region is not None for spot in found.values()) >= len(found):
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
) -> Iterator[tuple[int, _Spot]]:
    """Yield row and place from top to bottom: 朝阳区 and 市本级 are those of the city above them."""
    city: Region | None = None
    for row, text in texts:
        region = names.of_row(text, year, home, city)
        yield row, _Spot.of(text, region, year, names)
        if region is not None and region == home:
            city = None
        elif region is not None and region.level != "county":
            city = region
