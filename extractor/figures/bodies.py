"""Whose figures: organisations and governments by ids that are the same in every run and every year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from extractor.contract import FigureScope, OrganisationLevel
from extractor.notation.text import clean
from extractor.vocabulary.figure_rules import BodyNames
from extractor.vocabulary.regions import Place, RegionNames

SHOWN_ID = 16


class Body(NamedTuple):
    """An organisation or a government, as the rows of `figures` name it."""

    organisation_id: str
    organisation: str | None
    organisation_level: OrganisationLevel | None
    region_code: str | None
    region: str | None
    scope: FigureScope | None


class Bodies:
    """Names bodies by ids that last."""

    def __init__(self, names: BodyNames, regions: RegionNames) -> None:
        """Take what names add to a body's own, and the regions."""
        self._names, self._regions = names, regions

    def of_document(self, document: Mapping[str, Any]) -> Body:
        """Return the body whose document it is.

        Args:
            document: Its row of `documents`.
        """
        name, level = document["organisation"], document["organisation_level"]
        place = place_of(document)
        if name is None:
            unnamed = f"{_code(place)}-?{document['document_id'][:SHOWN_ID]}"
            return Body(unnamed, None, level, *_told(place), self._scope(level, ""))
        return self.organisation(name, level, place)

    def organisation(self, name: str, level: OrganisationLevel | None, place: Place | None) -> Body:
        """Return an organisation: 民政局(本级) and 民政局(汇总) are two scopes of one."""
        plain = self.plain(name)
        return Body(f"{_code(place)}-{plain}", name, level, *_told(place), self._scope(level, name))

    def government(self, place: Place, scope: FigureScope | None) -> Body:
        """Return the government of a region."""
        name = self._regions.government_of(place)
        return Body(f"{place.code}-{name}", name, "government", place.code, place.name, scope)

    def zone(self, name: str, within: Body) -> Body:
        """Return the administration of a zone that is no division: 某某高新区, in the region of a government."""
        return Body(f"{within.region_code or '000000'}-{name}", name, "government", None, name, None)

    def scope_of_row(self, label: str, place: Place) -> FigureScope | None:
        """Return whether a row by region is of a whole region or of its own level: 长沙市, 长沙市本级; None where no row is."""
        plain = clean(label)
        if self._names.own.search(plain):
            return "own_level"
        return "all_region" if plain and (plain in place.name or place.name in plain) else None

    def plain(self, name: str) -> str:
        """Return a name without blanks, and without what says that it is of the department with its units, or without."""
        plain = clean(name)
        return self._names.own.sub("", self._names.summed.sub("", plain)) or plain

    def _scope(self, level: OrganisationLevel | None, name: str) -> FigureScope | None:
        if level in ("department", "unit"):
            return "own" if level == "unit" or self._names.own.search(clean(name)) else "department"
        return None


def place_of(row: Mapping[str, Any]) -> Place | None:
    """Return the region of a row of `documents` or `line_items`."""
    return Place(row["region_code"], row["region"]) if row["region_code"] else None


def _told(place: Place | None) -> tuple[str | None, str | None]:
    return (place.code, place.name) if place else (None, None)


def _code(place: Place | None) -> str:
    return place.code if place else "000000"
