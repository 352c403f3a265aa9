"""What documents say of organisations: a row of `organisations` from every document that names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from extractor.contract import Described, OrganisationLevel
from extractor.prose.listings import Entry
from extractor.records.bodies import NOWHERE, Bodies, Body, place_of
from extractor.vocabulary.vocabulary import Vocabulary

GOVERNMENT: Literal["government"] = "government"
LEVELS: tuple[OrganisationLevel, ...] = (GOVERNMENT, "department", "unit")


class Alias(NamedTuple):
    """Another name of an organisation.

    Attributes:
        name: The name.
        year: Of the reform that changed it, else the last year of a document that prints it.
        source: The reform's, else that document.
    """

    name: str
    year: int | None
    source: str


class Mention(NamedTuple):
    """What one document says of an organisation.

    Attributes:
        document_id: The document.
        fiscal_year: Its year.
        own: Whether it is the organisation's own.
        name: As printed, without 本级 or 汇总.
        level: As in `documents`.
        kind: A kind of unit, or government.
        parent_organisation_id: What it belongs to.
        reform: What a reform called it later, or joined it with.
        merged: Whether the reform joined it with others.
        region: Its region's name.
    """

    document_id: str
    fiscal_year: int | None
    own: bool
    name: str | None
    level: str | None
    kind: str | None
    parent_organisation_id: str | None
    reform: Alias | None
    merged: bool
    region: str | None


class Organisation(NamedTuple):
    """An organisation; what is described here is a column of `organisations`."""

    organisation_id: Annotated[
        str,
        Described(
            "The region's code and the name with the region's before it, without 本级 or 汇总, by its latest name where a "
            "reform changed it: the same in every run and year.",
            "350100-福州市生态环境局",
        ),
    ]
    name: Annotated[
        str | None,
        Described(
            "Its name in its own document of the latest year, else in the latest that names it; null for the unnamed body of a "
            "document that names nobody.",
            "福州市生态环境局",
        ),
    ]
    aliases: Annotated[
        tuple[Alias, ...],
        Described(
            "Its other names: with the year and the source of the reform that changed it, else the last year and document "
            "that print it.",
            [{"name": "福州市环境保护局", "year": 2018, "source": "《深化党和国家机构改革方案》"}],
            values="a list of structs of `name`, `year` and `source`",
        ),
    ]
    level: Annotated[OrganisationLevel | None, Described("As in `documents`.", "department")]
    kind: Annotated[
        str | None,
        Described(
            "`government`, or what 机构设置 calls it; null where nothing says.",
            "public_institution",
            values="`government` or a [kind of unit](#kinds-of-units)",
        ),
    ]
    parent_organisation_id: Annotated[
        str | None,
        Described(
            "What it belongs to: a unit to the department whose 机构设置 lists it or whose tables have its rows, a government to "
            "the one above; null where nothing says. No document need name the parent itself.",
            "350100-福州市公安局",
        ),
    ]
    successor_organisation_id: Annotated[
        str | None,
        Described("What a reform joined it with others into; null where none did.", "350100-福州市市场监督管理局"),
    ]
    region_code: Annotated[
        str | None, Described("Its region's code of GB/T 2260.", "350100", values="a `regions.region_code`")
    ]
    region: Annotated[str | None, Described("Its region's name.", "福州市")]
    named_by: Annotated[
        tuple[Mention, ...],
        Described(
            "What each document says of it, by document: all else is made of this.",
            [
                {
                    "document_id": "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b",
                    "fiscal_year": 2026,
                    "own": True,
                    "name": "福州市公安局",
                    "level": "department",
                    "kind": None,
                    "parent_organisation_id": None,
                    "reform": None,
                    "merged": False,
                    "region": "福州市",
                }
            ],
            values="a list of structs",
        ),
    ]


def organisation_of(organisation_id: str, mentions: Iterable[Mention]) -> Organisation:
    """Return an organisation as some documents name it; where they differ, its own and later ones count."""
    named = sorted(mentions, key=lambda m: (m.own, m.fiscal_year or 0, m.document_id, m.name or ""), reverse=True)

    def latest(field: str) -> Any:
        return next((value for m in named if (value := getattr(m, field)) is not None), None)

    code, _, _ = organisation_id.partition("-")
    name = latest("name")
    joined = next((m.reform.name for m in named if m.reform and m.merged), None)
    return Organisation(
        organisation_id,
        name,
        tuple(_aliases(name, named)),
        _highest(named),
        latest("kind"),
        latest("parent_organisation_id"),
        f"{code}-{joined}" if joined else None,
        None if code == NOWHERE else code,
        latest("region"),
        tuple(sorted(named, key=lambda m: (m.document_id, m.name or ""))),
    )


def _highest(named: Sequence[Mention]) -> OrganisationLevel | None:
    """Return the level of a body: a department that has a document of what it spends itself too is no unit."""
    own = [m for m in named if m.own] or named
    return next((level for level in LEVELS if any(m.level == level for m in own)), None)


def _aliases(name: str | None, named: Sequence[Mention]) -> Iterator[Alias]:
    """Yield the other names: those that are printed, and the one that a reform gave, where no document prints it yet."""
    told = {name, None}
    for mention in named:
        reform = None if mention.merged else mention.reform
        for other in (mention.name, reform.name if reform else None):
            if other is not None and other not in told:
                told.add(other)
                yield Alias(
                    other, *((reform.year, reform.source) if reform else (mention.fiscal_year, mention.document_id))
                )


def document_organisations(
    document: Mapping[str, Any], bodies: Iterable[Body | None], entries: Sequence[Entry], vocabulary: Vocabulary
) -> tuple[Organisation, ...]:
    """Return the organisations that a document names.

    Args:
        document: Its row of `documents`.
        bodies: Whose amounts it prints; None is nobody.
        entries: What its sections list.
        vocabulary: The compiled configuration.
    """
    reader = _Reader(document, vocabulary)
    found: dict[str, Mention] = {}
    named = dict.fromkeys(body for body in bodies if body is not None)
    for key, mention in (*map(reader.mention, named), *reader.listed(entries), reader.mention(reader.own)):
        before = found.get(key)
        found[key] = mention if before is None else mention._replace(kind=mention.kind or before.kind)
    return tuple(organisation_of(key, [mention]) for key, mention in found.items())


class _Reader:
    """Reads what one document says of organisations."""

    def __init__(self, document: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self._document, self._regions, self._names = document, vocabulary.regions, vocabulary.bodies
        self._bodies = Bodies(vocabulary)
        self._place = place_of(document["region_code"], document["region"])
        self.own = self._bodies.of_document(document)

    def mention(self, body: Body, kind: str | None = None) -> tuple[str, Mention]:
        """Return an organisation's id and what the document says of it."""
        government = body.organisation_level == GOVERNMENT
        name = None if body.organisation is None else self._names.plain(body.organisation)
        return body.organisation_id, Mention(
            self._document["document_id"],
            self._document["fiscal_year"],
            body.organisation_id == self.own.organisation_id,
            name,
            body.organisation_level,
            GOVERNMENT if government else kind,
            self._above(body) if government else self._department_of(body),
            *((None, False) if name is None or government else self._reform(name, body)),
            body.region,
        )

    def listed(self, entries: Sequence[Entry]) -> Iterator[tuple[str, Mention]]:
        """Yield the units that a department lists; 办公室 and 人事处, which name no division, are offices within one."""
        if self.own.organisation is None or self.own.organisation_level not in ("department", None):
            return
        for entry in entries:
            if entry.kind == "unit" and (self._regions.find(self._names.plain(entry.name), None) or entry.category):
                unit = self._bodies.organisation(entry.name, "unit", self._place)
                yield self.mention(unit, entry.category)

    def _department_of(self, body: Body) -> str | None:
        """Return the document's own body where another is one of its units."""
        own = self.own
        if own.organisation is None or own.organisation_level not in ("department", None):
            return None
        return None if body.organisation_id == own.organisation_id else own.organisation_id

    def _above(self, body: Body) -> str | None:
        """Return the government of the division that a government's lies in."""
        place = self._regions.above(body.region_code, self._document["fiscal_year"])
        return None if place is None else self._bodies.government(place, None).organisation_id

    def _reform(self, name: str, body: Body) -> tuple[Alias | None, bool]:
        """Return what a reform called a body, and whether it joined it with others."""
        own, region = self._bodies.own_name(name, place_of(body.region_code, body.region))
        merged = self._names.merged(own)
        reform = merged or self._names.renamed(own)
        return (None if reform is None else Alias(region + reform.name, reform.year, reform.source)), merged is not None
