"""What a header text means: the column concept, the phase, the year, or merely that it groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from extractor.contract import Phase, Scope, Side
from extractor.notation.numbering import CHINESE, ITEM
from extractor.notation.text import MARKS, clean
from extractor.notation.units import ANY, MONEY_OR_SHARE
from extractor.notation.years import RANGE, WITH_END, in_figures, in_full
from extractor.vocabulary.column_rules import Headers

_YEAR = re.compile(WITH_END)
_MARK = re.compile(rf"(?<=.)[{MARKS}]+$")  # of a note behind a text
_COMPARED = ("比", "较", "与")  # 比2025年增减 is a change of another year
_UNIT = re.compile(rf"[(（]?(?:单位[::])?(?:人民币)?({ANY})[)）]?$")
_UNIT_BEFORE = re.compile(
    rf"^[(（]?单位[::](?:人民币)?({ANY})[)）]?"
)  # the unit's line, set into a head cell: 单位:亿元执行数
_NUMBERING = re.compile(rf"^(?:{ITEM}|[{CHINESE}]{{1,3}}:|其中[::])+")
_UNIT_IN_BRACKETS = re.compile(rf"\((?:(?:金额)?单位[::])?(?:人民币)?({MONEY_OR_SHARE})\)")
_AND = re.compile("(?<![一二三四五六七八九十])、$|[及和与]$")  # 一、 is a number
_LAST_YEAR_END = re.compile("(?:其中[:：])?(?:上年|去年)年?[末底]")
DEBT = "债务"
AFFIXES = 2  # so many words may stand around a concept
MAX_NAME = 60  # characters before a phase: more are no concept's name, but a paragraph
_GROUP = re.compile(r"(?<!\\)\((?!\?)")
HELPER_ROW = re.compile(
    rf"(?:\*+|栏次|行次|(?:\d{{1,2}}|\(\d{{1,2}}\)|[①-⑳])(?:[=＝].*)?|[A-Z]|甲|乙|丙|丁|[{CHINESE}]|—+|-+)?"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one header text says.

    Attributes:
        measures: Concepts that the text means, most often one.
        kinds: Kinds of term it can be: group_total, neutral, phase, side, code, name, agency_code, agency_name,
            helper, attribute, level, target_unit.
        phase: The phase it names, or None.
        side: revenue or expenditure, or None.
        year: The year that it prints, or None.
        unit: The unit that it prints, or None.
        scope: all_region or own_level, where the text is nothing but that: 全市, 市本级.
        part: The concept that one text names besides: special_debt in 新增专项债务限额.
    """

    measures: tuple[str, ...]
    kinds: frozenset[str]
    phase: Phase | None
    side: Side | None
    year: int | None
    unit: str | None
    scope: Scope | None = None
    part: str | None = None

    @property
    def known(self) -> bool:
        """Whether the vocabulary knows the text at all."""
        return bool(self.measures or self.kinds)


NOTHING = Meaning((), frozenset(), None, None, None, None)


def matches_any(patterns: Iterable[str]) -> Callable[[str], re.Match[str] | None]:
    """Return what matches the texts that any of some patterns matches whole: most texts match none, and are asked once.

    Groups that capture nothing make it ten times as fast; where brackets may stand in a set, they stay as they are.
    """
    plain = (p if "[" in p or "\\\\" in p else _GROUP.sub("(?:", p) for p in patterns)
    return re.compile("|".join(f"(?:{p})" for p in plain)).fullmatch


class HeaderReader:
    """Reads header texts by the vocabulary, each distinct text once.

    Attributes:
        groups: What is true of some concepts besides their names.
        parts: Concepts that are a part of others: general_debt, special_debt.
        government_levels: Headers that name no more than a level of government.
    """

    def __init__(self, headers: Headers) -> None:
        """Compile the vocabulary's patterns."""
        self.groups = headers.groups
        self.government_levels = headers.government_levels
        self._measures = [
            (m.id, re.compile("|".join(f"(?:{p})" for p in m.match)).fullmatch) for m in headers.measure if m.match
        ]
        self._titled = [(m.id, re.compile(m.title)) for m in headers.measure if m.title]
        self._before, self._after = headers.affixes.before, headers.affixes.after
        self._terms = [
            (t.kind, t.value, re.compile("|".join(f"(?:{p})" for p in t.match))) for t in headers.term if t.match
        ]
        self._phases = [(value, pattern.fullmatch) for kind, value, pattern in self._terms if kind == "phase"]
        self._is_measure = matches_any(p for m in headers.measure for p in m.match)
        self._is_term = matches_any(p for t in headers.term for p in t.match)
        self._is_phase = matches_any(p for t in headers.term if t.kind == "phase" for p in t.match)
        self._scopes = [(scope.id, re.compile("|".join(f"(?:{p})" for p in scope.match))) for scope in headers.scope]
        self._narrower = [re.compile(scope.narrower) for scope in headers.scope if scope.narrower]
        self._zones = [re.compile(scope.zones) for scope in headers.scope if scope.zones]
        self._part = re.compile("|".join(f"({p})" for p in headers.parts.values()))
        self.parts = tuple(headers.parts)
        self._bare_part = re.compile(rf"(?:其中[::])?(?:地方)?(?:政府)?(?:{self._part.pattern})")
        self.meaning = lru_cache(maxsize=8192)(self._meaning)

    def _meaning(self, text: str) -> Meaning:
        """Return what a header text means; a text that the vocabulary does not know has no measure and no kind."""
        plain = _MARK.sub("", in_full(in_figures(clean(text))))
        year_match = None if RANGE.search(plain) else _YEAR.search(plain)
        is_compared = year_match is not None and plain[: year_match.start()].endswith(_COMPARED)
        year = int(year_match[0][:4]) if year_match and not is_compared else None
        unit_match = _UNIT_IN_BRACKETS.search(plain) or (
            (_UNIT.search(plain) or _UNIT_BEFORE.search(plain)) if "单位" in plain else None
        )
        unit = unit_match[1] if unit_match else ("%" if "%" in plain else None)
        plain = _YEAR.sub("", plain) if year_match else plain
        plain = _UNIT_IN_BRACKETS.sub("", plain)
        plain = _UNIT_BEFORE.sub("", plain) or plain
        plain = _NUMBERING.sub("", plain)
        plain = plain.strip(":：*")
        measures = self._concepts(plain)
        kinds: set[str] = set()
        phase: Phase | None = None
        side: Side | None = None
        is_term = self._is_term(plain) or (year and self._is_term(f"年{plain}"))
        for kind, value, pattern in self._terms if is_term else ():
            # 完成 alone may stand in a row of data, 2025年完成 is a column.
            if pattern.fullmatch(plain) or (year and pattern.fullmatch(f"年{plain}")):
                kinds.add(kind)
                if kind == "phase" and phase is None:
                    phase = cast("Phase", value)  # as its model has validated
                elif kind == "side" and side is None:
                    side = cast("Side", value)
        part = None
        if not measures and not kinds and (ended := _LAST_YEAR_END.match(plain)):
            measures, part = self._named(plain[ended.end() :])
            phase = "prior_year_execution" if measures else None
        if not measures and not kinds:
            measures, part, phase = self._with_phase(plain)
        if not measures and not kinds:
            measures, part = self._inexact(plain)
        if unit == "%" and not self.groups.no_money.intersection(measures):
            measures = ("share",)
        scope = next((name for name, pattern in self._scopes if pattern.fullmatch(plain)), None)
        return Meaning(measures, frozenset(kinds), phase, side, year, unit, scope, part)

    def part_of(self, text: str) -> str | None:
        """Return the part of a concept that a text without blanks names and nothing else: general_debt for 一般债券."""
        match = self._bare_part.fullmatch(text)
        return self.parts[match.lastindex - 1] if match is not None and match.lastindex is not None else None

    def part_in(self, title: str) -> str | None:
        """Return the part of a concept that a title speaks of, where it speaks of one: general_debt for 一般债务限额表."""
        found = {match.lastindex for match in self._part.finditer(title)}
        index = found.pop() if len(found) == 1 else None
        return None if index is None else self.parts[index - 1]

    def ceiling_in(self, title: str) -> str | None:
        """Return the ceiling that a title says its table is of: new_debt_limit for 提前下达新增一般债务限额."""
        return next((name for name, pattern in self._titled if pattern.search(title)), None)

    def scope_of(self, title: str) -> Scope | None:
        """Return the scope that a title names, where it names one alone: neither 全市及市本级 nor 某市及市级."""
        named = [(name, match) for name, pattern in self._scopes if (match := pattern.search(title))]
        alone = len(named) == 1 and not _AND.search(title, 0, named[0][1].start())
        return named[0][0] if alone else None

    def names_scope(self, title: str) -> bool:
        """Return whether a title names any scope, be it several: 全市及市本级."""
        return any(pattern.search(title) for _, pattern in self._scopes)

    def wider(self, title: str) -> str | None:
        """Return a title as that of a table that is of the zones too has it: 市级 for 市本级; None where it is that already."""
        narrower = (pattern.sub("", title) for pattern in self._narrower)
        return next((wide for wide in narrower if wide != title), None)

    def says_zones(self, text: str) -> bool:
        """Return whether a text says that figures of the government's level are of its development zones too: 市级（含高新区）."""
        return any(pattern.search("".join(text.split())) for pattern in self._zones)

    def _inexact(self, text: str) -> tuple[tuple[str, ...], str | None]:
        """Return the concepts of a text without affixes, or without what they are a part of, and that part.

        新增专项债务限额 is 新增债务限额 of 专项债务.
        """
        match = self._part.search(text)
        if match is not None and match.lastindex is not None:
            whole = text[: match.start()] + DEBT + text[match.end() :]
            measures = next(
                (found for bare in (whole, *self._bare(whole, AFFIXES)) if (found := self._concepts(bare))), ()
            )
            if measures:
                return measures, self.parts[match.lastindex - 1] if whole != DEBT else None
        return next((found for bare in self._bare(text, AFFIXES) if (found := self._concepts(bare))), ()), None

    def _with_phase(self, text: str) -> tuple[tuple[str, ...], str | None, Phase | None]:
        """Return concept and phase of a text that ends in a phase: 债务余额预计执行数, 债务余额(决算数)."""
        for start in range(2, min(len(text) - 2, MAX_NAME)):
            name, word = text[:start].rstrip("("), text[start:].strip("()")
            if not self._is_phase(word):
                continue
            phase = next((value for value, fits in self._phases if fits(word)), None)
            if phase not in (None, "change"):
                measures, part = self._named(name)
                if measures:
                    return measures, part, cast("Phase", phase)
        return (), None, None

    def _named(self, text: str) -> tuple[tuple[str, ...], str | None]:
        measures = self._concepts(text)
        return (measures, None) if measures else self._inexact(text)

    def _concepts(self, text: str) -> tuple[str, ...]:
        return tuple([name for name, fits in self._measures if fits(text)]) if self._is_measure(text) else ()

    def _bare(self, text: str, most: int) -> Iterator[str]:
        """Yield a text without affixes, fewest first."""
        shorter = [text.removesuffix(a) for a in self._after if text.endswith(a) and len(text) > len(a) + 1]
        shorter += [text.removeprefix(b) for b in self._before if text.startswith(b) and len(text) > len(b) + 1]
        yield from shorter
        if most > 1:
            for bare in shorter:
                yield from self._bare(bare, most - 1)
