"""Whose amounts: organisations and governments by ids that are the same in every run and every year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from extractor.contract import FigureScope, OrganisationLevel
from extractor.notation.text import clean
from extractor.records.item import LineItem
from extractor.vocabulary.regions import Place
from extractor.vocabulary.vocabulary import Vocabulary

SHOWN_ID = 16
NOWHERE = "000000"  # instead of a region's code: ministries, and documents that name no region
DocumentRow = Mapping[str, Any]  # of `documents`


class Body(NamedTuple):
    """An organisation or a government, as the rows of the datasets name it."""

    organisation_id: str
    organisation: str | None
    organisation_level: OrganisationLevel | None
    region_code: str | None
    region: str | None
    scope: FigureScope | None


class Bodies:
    """Names bodies by ids that last."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take what names say."""
        self._names, self._regions = vocabulary.bodies, vocabulary.regions
        self._ids: dict[tuple[str, Place | None], str] = {}

    def of_document(self, document: DocumentRow) -> Body:
        """Return the body whose document it is.

        Args:
            document: Its row of `documents`.
        """
        name, level = document["organisation"], document["organisation_level"]
        place = place_of(document["region_code"], document["region"])
        if name is None:
            unnamed = f"{_code(place)}-?{document['document_id'][:SHOWN_ID]}"
            return Body(unnamed, None, level, *_told(place), self._scope(level, ""))
        return self.organisation(name, level, place)

    def organisation(self, name: str, level: OrganisationLevel | None, place: Place | None) -> Body:
        """Return an organisation: 民政局(本级) and 民政局(汇总) are two scopes of one."""
        return Body(self.id_of(name, place), name, level, *_told(place), self._scope(level, name))

    def unit(self, name: str, place: Place | None) -> Body | None:
        """Return a unit; None where a text is no organisation's name: a column of units may hold projects, 民警训练经费."""
        return self.organisation(name, "unit", place) if self._names.is_name(name) else None

    def government(self, place: Place, scope: FigureScope | None) -> Body:
        """Return the government of a region."""
        name = self._regions.government_of(place)
        return Body(f"{place.code}-{name}", name, "government", place.code, place.name, scope)

    def id_of(self, name: str, place: Place | None) -> str:
        """Return the id of an organisation: its region's code, and its name as all of its documents should print it."""
        found = self._ids.get((name, place))
        if found is None:
            found = self._ids[name, place] = f"{_code(place)}-{self._standing(name, place)}"
        return found

    def _standing(self, name: str, place: Place | None) -> str:
        """Return a name with its region's, and as it has been since the last reform: 福州市环境保护局 is 福州市生态环境局."""
        own, region = self.own_name(name, place)
        reform = self._names.renamed(own)
        return region + (reform.name if reform else own)

    def own_name(self, name: str, place: Place | None) -> tuple[str, str]:
        """Return a name as it is written without its region's, and its region's; all of it where it names another, or none."""
        plain = self._names.plain(name)
        own = None if place is None else self._regions.behind(plain, place)
        return (plain, "") if place is None or own is None else (own, place.name)

    def _scope(self, level: OrganisationLevel | None, name: str) -> FigureScope | None:
        if level in ("department", "unit"):
            return "own" if level == "unit" or self._names.is_own(clean(name)) else "department"
        return None


class TableBodies:
    """Whose amounts the rows of one table have."""

    def __init__(self, bodies: Bodies, document: DocumentRow, own: Body, rows: Sequence[LineItem]) -> None:
        """Take the document's row of `documents`, its body, and the table's rows of `line_items`."""
        self._bodies, self._own = bodies, own
        self._place = place_of(document["region_code"], document["region"])
        self._own_rows = self._rows_of_own(rows) if own.scope == "department" else frozenset()
        self._known: dict[tuple[Any, ...], Body | None] = {}

    def of(self, row: LineItem) -> Body | None:
        """Return whose amount a row has: a unit's, a region's government's, or its document's; None where it is no name's."""
        key = row.row, row.region_code, row.region, row.scope, row.agency_name
        if key not in self._known:  # the amounts of one row are mostly one body's
            self._known[key] = self._of(row)
        return self._known[key]

    def _of(self, row: LineItem) -> Body | None:
        own = self._own
        if own.organisation_level == "government" or own.organisation is None:
            place = place_of(row.region_code, row.region)
            if place is None and own.region_code:
                return None
            if place is not None and (place.code != own.region_code or own.organisation_level == "government"):
                return self._bodies.government(place, row.scope)
            return own
        if row.agency_name and not self._names_own(row):
            return self._bodies.unit(row.agency_name, self._place)
        return own._replace(scope="own") if row.row in self._own_rows else own

    def _names_own(self, row: LineItem) -> bool:
        """Return whether a row is of the document's body: the department, or what it spends itself."""
        if not row.agency_name:
            return False
        return self._bodies.id_of(row.agency_name, self._place) == self._own.organisation_id

    def _rows_of_own(self, rows: Sequence[LineItem]) -> frozenset[int]:
        """Return the rows that are of what a department spends itself: 民政局 among its units, with less than the total.

        Rows below one that is named so, its subjects and projects, are of the same.
        """
        named = [row for row in rows if self._names_own(row)]
        money = [row for row in rows if row.amount is not None and row.phase != "change"]
        totals = {row.column: row.amount for row in money if row.is_total and not row.agency_name}
        heads = {r.row for r in named if not r.code and clean(r.label) == clean(r.agency_name)}
        heads = heads or {r.row for r in named if not r.code}
        less = {row.row for row in money if row.row in heads and row.amount != totals.get(row.column, row.amount)}
        below = {r.row for r in named if max((h for h in heads if h <= r.row), default=-1) in less}
        return frozenset(less | below)


def bodies_of(document: DocumentRow, rows: Iterable[LineItem], bodies: Bodies) -> dict[str, Body | None]:
    """Return item_id → whose amount it is, of a document's items; None where it is nobody's that a name tells.

    Args:
        document: Its row of `documents`.
        rows: Its rows of `line_items`.
        bodies: Names bodies.
    """
    own = bodies.of_document(document)
    tables: dict[str, list[LineItem]] = defaultdict(list)
    for row in rows:
        tables[row.table_id].append(row)
    readers = ((TableBodies(bodies, document, own, found), found) for found in tables.values())
    return {row.item_id: reader.of(row) for reader, found in readers for row in found}


def with_body(item: LineItem, body: Body | None) -> LineItem:
    """Return an item with whose amount it is; the scope that its table says stays where the document names nobody."""
    if body is None:
        return item
    scope = body.scope or item.scope
    return item._replace(organisation_id=body.organisation_id, organisation=body.organisation, scope=scope)


def place_of(code: str | None, name: str | None) -> Place | None:
    """Return the region that a row has; None where it has none."""
    return Place(code, name) if code and name else None


def _told(place: Place | None) -> tuple[str | None, str | None]:
    return (place.code, place.name) if place else (None, None)


def _code(place: Place | None) -> str:
    return place.code if place else NOWHERE
