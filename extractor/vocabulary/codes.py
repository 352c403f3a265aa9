"""The classification codes (政府收支分类科目): the name of a code in a year, and the codes that a name can mean."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from extractor.contract import Scheme
from extractor.notation.numbering import ITEM
from extractor.notation.text import clean
from extractor.vocabulary.code_lists import read_code_list
from extractor.vocabulary.fields import Known
from extractor.vocabulary.fund_rules import FundNames, Funds
from extractor.vocabulary.toml_file import TomlFile

SCHEMES: dict[str, Scheme] = {"1": "revenue", "2": "functional", "3": "economic_department", "5": "economic_government"}
COLUMNS = "code,name,first_year,last_year,ledger,sourced,alias"
_NUMBERING = re.compile(rf"^(?:其中[:：]?|加[:：]|{ITEM}|[★*△]+)+")
_LEVEL = re.compile(r"[(（]([类款项目])[)）]$")  # 增值税(款): the standard's level of a code
_LEVEL_DIGITS = {"类": 3, "款": 5, "项": 7, "目": 9}
MIN_CUT = 12  # characters of a name that is cut off: shorter ones may be names of their own
_PUNCTUATION = re.compile(r"[\s()（）\[\]【】“”\"'‘’、,，.。·:：;；\-—–_/]+")


class Name(NamedTuple):
    """A code's name over some years; `first` and `last` are 0 where nobody printed code and name together."""

    text: str
    first: int
    last: int
    sourced: bool
    alias: bool
    ledger: str


class Successor(NamedTuple):
    """What a code became when it was given another, and what says so."""

    classification: Scheme
    code: str
    successor: str
    source: str


@lru_cache(maxsize=65536)
def normalise_name(label: str) -> str:
    """Return a name for comparison: folded, without numbering, 其中, level, blanks, brackets and punctuation."""
    return _PUNCTUATION.sub("", _LEVEL.sub("", _NUMBERING.sub("", clean(label))))


def _level_digits(label: str) -> int | None:
    """Return the digits of a code whose level stands behind its name: 5 for 增值税(款)."""
    match = _LEVEL.search(clean(label))
    return _LEVEL_DIGITS[match[1]] if match else None


def scheme_of(code: str) -> Scheme | None:
    """Return the scheme that holds a full code, by its first digit."""
    return SCHEMES.get(code[:1])


@dataclass(frozen=True)
class Classification:
    """One scheme: codes of 3 (类), 5 (款), 7 (项) and 9 (目) digits with their names and years.

    Attributes:
        names: Code → its names.
        last_word: What a name ends in or not: 教育, 教育支出.
    """

    names: dict[str, tuple[Name, ...]]
    last_word: str = "支出"

    def __reduce__(self) -> tuple[type[Classification], tuple[dict[str, tuple[Name, ...]], str]]:
        """Go to another process without what has been looked up."""
        return Classification, (self.names, self.last_word)

    def known(self, code: str) -> bool:
        """Return whether the list has a code."""
        return code in self.names

    def sourced(self, code: str) -> bool:
        """Return whether at least one published document prints the code beside its name."""
        return any(name.sourced for name in self.names.get(code, ()))

    def named(self, code: str, label: str) -> bool:
        """Return whether a label is one of a code's names, whole or in part, as long names are cut."""
        plain = normalise_name(label)
        return any(plain in name or name in plain for n in self.names.get(code, ()) if (name := normalise_name(n.text)))

    def name(self, code: str, year: int | None) -> str | None:
        """Return the standard name of a code in a year; that of the nearest known year outside all periods."""
        standard = [n for n in self.names.get(code, ()) if not n.alias]
        if len(standard) < 2:  # as of most codes
            return standard[0].text if standard else None
        return min(standard, key=lambda n: (_distance(n, year), -n.last)).text

    def find(
        self, label: str, year: int | None, parent: str | None = None, digits: int | None = None
    ) -> tuple[str, ...]:
        """Return the codes that a label can mean: those valid in the year, else those of any year.

        Args:
            label: As printed; numbering and punctuation do not matter, nor does a missing or added last word.
            year: The document's fiscal year.
            parent: Only codes under this one.
            digits: Only codes of this length.
        """
        for named in self._named(label):
            found = [
                (code, name)
                for code, name in named
                if (parent is None or (code.startswith(parent) and code != parent))
                and (digits is None or len(code) == digits)
            ]
            if len(found) == 1:
                return (found[0][0],)
            if found:
                nearest = min(_distance(name, year) for _, name in found)
                return tuple(sorted({code for code, name in found if _distance(name, year) == nearest}))
        return ()

    def codes(self, label: str) -> tuple[str, ...]:
        """Return the codes that a label can mean in any year."""
        return tuple(sorted({code for named in self._named(label) for code, _ in named}))

    @cached_property
    def _named(self) -> Callable[[str], list[list[tuple[str, Name]]]]:
        # A row's label is looked up under every parent that it may have.
        return lru_cache(maxsize=8192)(self._find_named)

    def _find_named(self, label: str) -> list[list[tuple[str, Name]]]:
        """Return the codes whose name is a label on the level that it states, then those whose name is so but for its last word."""
        plain = normalise_name(label)
        digits = _level_digits(label)
        exact = self._by_name.get(plain, [])
        ended = plain.endswith(self.last_word)
        other = self._by_name.get(plain.removesuffix(self.last_word) if ended else plain + self.last_word, [])
        if (
            ended and exact
        ):  # 科学技术支出 is a 类: it is not 科学技术, a part of 专项转移支付; 23005 may be a name of 2300501
            other = [found for found in other if any(code.startswith(found[0]) for code, _ in exact)]
        return [
            [(code, name) for code, name in named if digits is None or len(code) == digits]
            for named in (exact, other)
            if named
        ]

    def completes(self, label: str) -> bool:
        """Return whether a label is a name only with its last word: 失业保险基金 is a fund, of which there is a balance too."""
        plain = normalise_name(label)
        return plain not in self._by_name and plain + self.last_word in self._by_name

    def cut(self, label: str, parent: str, digits: int) -> tuple[str, ...]:
        """Return the codes under one whose long name a label begins, as the edge of its cell or of the page cuts it off."""
        plain = normalise_name(label)
        if len(plain) < MIN_CUT:
            return ()
        first = bisect_left(self._sorted_names, plain)
        begun = takewhile(lambda name: name.startswith(plain), self._sorted_names[first:])
        codes = {code for name in begun for code, _ in self._by_name[name]}
        return tuple(sorted(code for code in codes if code.startswith(parent) and len(code) == digits))

    def rest(self, label: str, parent: str) -> tuple[str, ...]:
        """Return the codes right under one of a rest that leaves out its name: 其他支出 for 其他工伤保险基金支出."""
        stems = [normalise_name(name.text).removesuffix(self.last_word) for name in self.names.get(parent, ())]
        own = normalise_name(label).removeprefix("其他")
        found = {code for stem in stems for code, _ in self._by_name.get(f"其他{stem}{own}", ())}
        return tuple(sorted(c for c in found if c.startswith(parent) and len(c) == len(parent) + 2))

    @cached_property
    def _sorted_names(self) -> list[str]:
        return sorted(self._by_name)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[str, Name]]]:
        index: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        for code, names in self.names.items():
            for name in names:
                index[normalise_name(name.text)].append((code, name))
        return dict(index)


def _distance(name: Name, year: int | None) -> int:
    """Return the years between a name's period and a year; names without years are never the nearest."""
    if not name.first:
        return 1000
    if year is None:
        return 2100 - (name.last or 2100)
    if year < name.first:
        return name.first - year
    return max(0, year - name.last) if name.last else 0


@dataclass(frozen=True)
class Classifications:
    """All four schemes, and the funds that have tables of their own."""

    functional: Classification
    economic_department: Classification
    economic_government: Classification
    revenue: Classification
    funds: tuple[FundNames, ...]

    @classmethod
    def read(cls, directory: Path) -> Classifications:
        """Read the four CSV files of `configs/codes`, and its `funds.toml`.

        Raises:
            ConfigError: A file is missing, or one of its lines is no code; the message names it.
        """
        functional, department, government, revenue = (
            _read(directory / f"{scheme}.csv", "收入" if scheme == "revenue" else "支出")
            for scheme in ("functional", "economic_department", "economic_government", "revenue")
        )
        known = Known(frozenset((*functional.names, *revenue.names)), "codes/*.csv")
        funds = TomlFile(directory / "funds.toml").validated(Funds, {"code": known}).fund
        return cls(functional, department, government, revenue, funds)

    def fund_of(self, table_type: str | None) -> FundNames | None:
        """Return the fund whose alone a table of a type is."""
        return next((fund for fund in self.funds if (table_type or "").startswith(fund.tables)), None)

    def scheme(self, name: str) -> Classification:
        """Return a scheme by its name in the dataset contract."""
        return self._schemes[name]

    @cached_property
    def _schemes(self) -> dict[str, Classification]:
        return {
            "functional": self.functional,
            "economic_department": self.economic_department,
            "economic_government": self.economic_government,
            "revenue": self.revenue,
        }


def _read(path: Path, last_word: str) -> Classification:
    names: dict[str, list[Name]] = defaultdict(list)
    for code, name in read_code_list(path, _code_and_name, "a code", COLUMNS):
        names[code].append(name)
    return Classification({code: tuple(found) for code, found in names.items()}, last_word)


def _code_and_name(
    code: str, name: str, first: str, last: str, ledger: str, sourced: str, alias: str
) -> tuple[str, Name]:
    return code, Name(name, int(first or 0), int(last or 0), sourced == "yes", alias == "yes", ledger)


def read_successors(path: Path, codes: Classifications) -> tuple[Successor, ...]:
    """Read `configs/codes/successors.csv`.

    Raises:
        ConfigError: The file is missing, or one of its lines names a code that no list has; the message names it.
    """

    def parse(classification: str, code: str, successor: str, source: str) -> Successor:
        for one in (code, successor):
            if scheme_of(one) != classification or not codes.scheme(classification).known(one):
                raise ValueError(f'"{one}" is no code of {classification}.csv')
        return Successor(SCHEMES[code[0]], code, successor, source)

    return tuple(read_code_list(path, parse, "a code and what it became", ",".join(Successor._fields)))
