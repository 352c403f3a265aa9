"""The rows of `regions` and `classifications`: the lists of `configs/codes/`, a row a code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, NamedTuple

from extractor.contract import Described, Int8, Int16, Scheme
from extractor.vocabulary.codes import SCHEMES, Classifications, Successor
from extractor.vocabulary.regions import STANDING, Region, RegionLevel

NAMES = "a list of structs of `name`, `first_year` and `last_year`"


class NameByYear(NamedTuple):
    """A name, and the years that it has; None where nothing says."""

    name: str
    first_year: int | None
    last_year: int | None


class RegionRow(NamedTuple):
    """A row of `regions`."""

    region_code: Annotated[str, Described("Its code of GB/T 2260.", "330112", values="6 digits")]
    name: Annotated[str, Described("Its latest name under that code.", "临安区")]
    level: Annotated[RegionLevel, Described("What it is.", "county")]
    names: Annotated[
        tuple[NameByYear, ...],
        Described(
            "Its names by year, the latest last.",
            [{"name": "临安区", "first_year": 2017, "last_year": None}],
            values=NAMES,
        ),
    ]
    first_year: Annotated[
        Int16, Described("The year that the code came into force, 1981 for earlier ones.", 2017, unit="calendar year")
    ]
    last_year: Annotated[
        Int16 | None,
        Described("The year that it ended in; null where it is in force.", 2017, unit="calendar year"),
    ]
    parent_region_code: Annotated[
        str | None, Described("The division that holds it; null for provinces.", "330100", values="6 digits")
    ]
    successors: Annotated[
        tuple[str, ...],
        Described("The codes that it went into as a whole.", ["330112"], values="`region_code`s"),
    ]
    current_code: Annotated[
        str | None,
        Described(
            "The code that it has today: its own, or that of what it became, over however many changes; null where it was "
            "divided. A panel over years groups by it.",
            "330112",
            values="6 digits",
        ),
    ]
    current_name: Annotated[str | None, Described("The name that goes with that code.", "临安区")]


class ClassificationRow(NamedTuple):
    """A row of `classifications`."""

    classification: Annotated[Scheme, Described("Whose code it is.", "functional")]
    code: Annotated[str, Described("The code.", "2080113", values="3, 5 or 7 digits (9 in revenue)")]
    name: Annotated[str, Described("Its latest name.", "政府特殊津贴")]
    level: Annotated[Int8, Described("1 类, 2 款, 3 项, 4 目.", 3, unit="depth", values="1 to 4")]
    parent_code: Annotated[str | None, Described("The code that it is a part of; null for 类.", "20801")]
    ledger: Annotated[str, Described("Which budget has it.", "一般公共预算")]
    names: Annotated[
        tuple[NameByYear, ...],
        Described(
            "Its names by the years in which published documents print them, the latest last.",
            [{"name": "政府特殊津贴", "first_year": 2021, "last_year": 2026}],
            values=NAMES,
        ),
    ]
    aliases: Annotated[
        tuple[str, ...], Described("Other names that documents print for it.", ["政府特殊津贴支出"], values="any texts")
    ]
    sourced: Annotated[bool, Described("Whether a published document prints the code beside a name of it.", True)]
    successor: Annotated[str | None, Described("The code that took its place; null where none is known.", "2080113")]
    successor_source: Annotated[
        str | None, Described("What says so.", "published documents print 政府特殊津贴 beside 2011004 until 2020")
    ]
    current_code: Annotated[
        str, Described("The code after all such changes: a panel over years groups by it.", "2080113")
    ]


def region_rows(regions: Sequence[Region]) -> Iterator[RegionRow]:
    """Yield a row for each code of a division, in the order of the codes."""
    by_code: dict[str, list[Region]] = defaultdict(list)
    for region in sorted(regions, key=lambda r: (r.code, r.last, r.first)):
        by_code[region.code].append(region)
    for code, named in by_code.items():
        latest = named[-1]
        current = _current(latest, by_code)
        yield RegionRow(
            code,
            latest.name,
            latest.level,
            tuple(NameByYear(r.name, r.first, _ended(r)) for r in named),
            min(r.first for r in named),
            _ended(latest),
            _parent(latest, by_code),
            latest.successors,
            current.code if current else None,
            current.name if current else None,
        )


def _ended(region: Region) -> int | None:
    return None if region.last == STANDING else region.last


def _parent(region: Region, by_code: Mapping[str, object]) -> str | None:
    """Return the code of the prefecture or else the province that holds a division."""
    wider = {"province": (), "prefecture": (2,), "county": (4, 2)}[region.level]
    codes = (region.code[:digits].ljust(6, "0") for digits in wider)
    return next((code for code in codes if code in by_code), None)


def _current(region: Region, by_code: Mapping[str, Sequence[Region]]) -> Region | None:
    """Return what a division is today; None where it was divided, or nothing says what it became."""
    passed: set[str] = set()
    while region.last != STANDING:
        passed.add(region.code)
        later = [code for code in region.successors if code in by_code and code not in passed]
        if len(region.successors) != 1 or not later:
            return None
        region = by_code[later[0]][-1]
    return region


def classification_rows(codes: Classifications, successors: Sequence[Successor]) -> Iterator[ClassificationRow]:
    """Yield a row for each code of the four classifications."""
    became = {(s.classification, s.code): s for s in successors}
    for scheme in sorted(SCHEMES.values()):
        for code, names in sorted(codes.scheme(scheme).names.items()):
            standard = sorted((n for n in names if not n.alias), key=lambda n: (n.last, n.first)) or list(names)
            successor = current = became.get((scheme, code))
            while current and (scheme, current.successor) in became:
                current = became[scheme, current.successor]
            yield ClassificationRow(
                scheme,
                code,
                standard[-1].text,
                (len(code) - 1) // 2,
                code[:-2] if len(code) > len("201") else None,
                standard[-1].ledger,
                tuple(NameByYear(n.text, n.first or None, n.last or None) for n in standard),
                tuple(n.text for n in names if n.alias),
                any(n.sourced for n in names),
                successor.successor if successor else None,
                successor.source if successor else None,
                current.successor if current else code,
            )
