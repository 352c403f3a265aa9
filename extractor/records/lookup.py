"""Codes of rows that print none: looked up by name, in the place that the rows above give them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from operator import itemgetter
from typing import NamedTuple

from extractor.contract import Scheme, base_type
from extractor.notation.numbering import LEVELS, level_of
from extractor.records.item import MIN_STEP
from extractor.tables.table import Column, Table
from extractor.vocabulary.codes import Classification, Classifications, normalise_name, scheme_of
from extractor.vocabulary.fund_rules import FundNames

CLASS_DIGITS = 3
FUND_DIGITS = 5  # of a fund of social insurance: 10202
_PART = re.compile("其中")
_BALANCE = re.compile("结余|结存")  # of funds whose names are below it: none of their revenue or expenditure
_FLOW = re.compile("收入|支出|收支")
_REST = re.compile(r"其他(?:各项)?(?:收入|支出)?")  # the rest of a list, which must stand above it
# Kinds of table whose rows are no subjects, whatever their names are.
_UNCLASSIFIED = (
    "project",
    "three_public",
    "performance",
    "government_procurement",
    "service",
    "transfer_payments",  # 一般公共服务支出 is a purpose there, 2300301
)


class Label(NamedTuple):
    """A row's name, and what tells how deep it stands."""

    text: str
    numbering: str
    indent: float


class _Ancestor(NamedTuple):
    code: str
    depth: float


@dataclass
class CodeLookup:
    """Finds the codes of the rows of one stub from top to bottom.

    A name that only one code has is that code's. One that many have (行政运行) is told by its parent, which the table
    must print above it: siblings ascend, and a row that nobody knows ends whatever stands as deep as it does.
    """

    names: Classifications
    schemes: Sequence[Scheme]  # empty where the stub's names are no classification's
    year: int | None
    indented: bool  # the stub shows depth by indentation, else by numbering
    fund: str = ""  # what names of the fund begin with whose table it is
    funds: Mapping[str, dict[Scheme, str]] = field(
        default_factory=dict
    )  # name of a fund → code, if most rows are no subjects
    sideless: bool = False  # the stub may be of revenue as well as of expenditure
    families: Counter[str] = field(default_factory=Counter)  # family → names of the stub that belong to it alone
    named: frozenset[str] = frozenset()  # codes that the stub names in full
    listed: bool = False  # a 类 stands above
    path: list[_Ancestor] = field(default_factory=list)
    reached: dict[str, str] = field(default_factory=dict)  # code of a parent → code of the last row under it
    leading: dict[str, float] = field(default_factory=dict)  # code of a parent → how deep its parts stand, if deeper
    ended: set[str] = field(default_factory=set)  # codes above a total, whose parts end there
    wider: set[str] = field(default_factory=set)  # names of rows that hold more than the code of that name
    printed: set[str] = field(default_factory=set)  # codes since the last total
    below: set[str] = field(default_factory=set)  # 类 that the stub prints, but not yet
    balance: float = inf  # how deep the balance stands that the rows below it divide
    last: tuple[str | None, object] = (None, None)  # code and agency of the row before

    @classmethod
    def of(
        cls,
        labels: Sequence[Label],
        hints: Sequence[Sequence[Scheme]],
        names: Classifications,
        year: int | None,
        table_type: str | None = None,
    ) -> CodeLookup:
        """Choose the classification that knows most of a stub's names, and at least half: else 其他支出 is a word like another.

        In a table of funds of which fewer are known, only the funds themselves have codes.

        Args:
            labels: The stub's names but for totals.
            hints: The classifications that it may belong to, the likelier first.
            names: All classifications.
            year: The document's fiscal year.
            table_type: That of the table, which may be of one fund.
        """
        known = [sum(any(names.scheme(s).find(own.text, year) for s in hint) for own in labels) for hint in hints]
        best, most = max(zip(hints, known, strict=True), key=itemgetter(1), default=((), 0))
        indents = [label.indent for label in labels]
        indented = max(indents, default=0.0) - min(indents, default=0.0) >= MIN_STEP
        fund = names.fund_of(table_type)
        schemes = best if 2 * most >= len(labels) else ()
        funds = {} if schemes or fund is None else _codes_of_funds(labels, fund, {s: names.scheme(s) for s in best})
        alone = [[_only(names.scheme(s).codes(own.text)) for own in labels] for s in schemes]
        only = [code for codes in alone for code in codes if code]
        below = {code for code in only if len(code) == CLASS_DIGITS}
        sideless = ("functional",) in hints and ("revenue",) in hints
        families = Counter(map(_family, only))
        name = fund.name if fund else ""
        lookup = cls(names, schemes, year, indented, name, funds, sideless, families, frozenset(only), below=below)
        for codes in alone:
            lookup.wider.update(lookup._wider(labels, codes))
            wholes = (_is_whole(code, only, names.funds) for code in codes)
            lookup.wider.update(own.text for own, whole in zip(labels, wholes, strict=True) if whole)
        return lookup

    def find(self, label: Label, agency: object) -> dict[Scheme, str]:
        """Return the code of the next row by its classification; empty where no code fits, or more than one."""
        before, self.last = self.last, (None, agency)
        restarted = before[1] != agency  # each agency of a list has the same rows
        depth = self._depth(label)
        rest = _REST.fullmatch(normalise_name(label.text)) is not None
        if self._is_bare(label.text, depth) or label.text in self.wider:
            return {}
        if self.funds:
            return self.funds.get(label.text, {})
        for scheme in self._by_likelihood():
            classification = self.names.scheme(scheme)
            only = None if rest else self._alone(classification, label.text, depth)
            code = self._rest(classification, label.text, depth) if rest else None
            code = code or self._beside(classification, label.text, depth)
            code = code or self._under_path(classification, label.text, depth, only is not None or restarted) or only
            if code is not None and self._fits(code, depth, rest) and (code != before[0] or restarted):
                self._enter(code, depth)
                self.last = (code, agency)
                return {scheme: code}
        if not _PART.match(label.text):
            self.path = [a for a in self.path if a.depth <= depth - MIN_STEP]
        return {}

    def _is_bare(self, label: str, depth: float) -> bool:
        """Return whether a fund's bare name is of its balance, or may be of its revenue: 失业保险基金 below 年终结余."""
        if _BALANCE.search(label):
            self.balance = depth
            return False
        self.balance = self.balance if depth >= self.balance + MIN_STEP else inf
        bare = [self.names.scheme(scheme).completes(label) for scheme in ("functional", "revenue")]
        return all(bare) if self.sideless else self.balance < inf and any(bare)

    def _enter(self, code: str, depth: float) -> None:
        """Let the rows below stand under a row, which itself stands under some of those above."""
        self.path = [a for a in self.path if code.startswith(a.code) and code != a.code]
        above = self.path[-1] if self.path else None
        # Of the first part of a row: where it stands no deeper, a part that a step of under 2 points sets off leads none.
        first = above is not None and (above.code not in self.reached or above.code in self.leading)
        if above is not None and first and above.depth <= depth - MIN_STEP:
            self.leading[above.code] = depth
        self.reached[self.path[-1].code if self.path else ""] = code
        self.reached.pop(code, None)
        self.path.append(_Ancestor(code, depth))
        self.ended.discard(code)
        self.printed.add(code)
        self.listed = self.listed or len(code) == CLASS_DIGITS
        self.below.discard(code)

    def _alone(self, classification: Classification, label: str, depth: float) -> str | None:
        """Return the only code of a name, if it is not the stub's only one of its family: 结转下年 of a department is no 23009."""
        code = _only(classification.codes(label))
        if self.fund and code is None and all(a.depth > depth - MIN_STEP for a in self.path):
            code = _only(classification.codes(self.fund + normalise_name(label)))
            code = None if code in self.named else code  # 上级补助收入 over 政府性基金转移支付收入
        return code if code and (len(code) == CLASS_DIGITS or self.families[_family(code)] > 1) else None

    def _fits(self, code: str, depth: float, rest: bool) -> bool:
        """Return whether a code may stand under the nearest row above that is less deep.

        What is no part of that one may stand beside it, badly indented; the rest of a list stands beside its equals only.
        What stands above its 类, beside a row whose parts stand deeper, or below the total under it, is no part of it:
        债务转贷收入, and then 转移性收入; 上年结转收入 after the last of its parts.
        """
        if code[:CLASS_DIGITS] in self.below and len(code) > CLASS_DIGITS:
            return False
        if any(code.startswith(a.code) and self._leads_deeper(a, depth) for a in self.path):
            return False
        if any(a.code == code and a.depth <= depth - MIN_STEP for a in self.path):
            return False
        head = code[:CLASS_DIGITS]
        over = head in self.ended or depth <= self.leading.get(head, -inf) - MIN_STEP
        if over and head != code and all(a.code != head for a in self.path):
            return False
        parent = next((a for a in reversed(self.path) if a.depth <= depth - MIN_STEP), None)
        if rest and len(code) == CLASS_DIGITS and not self.listed:
            return False
        beside = parent is not None and (len(code) == len(parent.code) if rest else len(code) <= len(parent.code))
        return parent is None or code.startswith(parent.code) or beside

    def _wider(self, labels: Sequence[Label], codes: Sequence[str | None]) -> Iterator[str]:
        """Yield the names of rows whose last part is a sister of their code: 政府性基金收入 over 10310, and so not 10301."""
        depths = [self._depth(label) for label in labels]
        for index, code in enumerate(codes):
            if code is None or len(code) == CLASS_DIGITS:
                continue
            end = next((n for n in range(index + 1, len(codes)) if depths[n] < depths[index] + MIN_STEP), len(codes))
            shallowest = min(depths[index + 1 : end], default=inf)
            level = {codes[n] for n in range(index + 1, end) if depths[n] < shallowest + MIN_STEP} - {None}
            others = [c for c in level if c and not c.startswith(code)]  # where indents mean nothing, many of them
            if others == [codes[end - 1]] != [*level] and others[0][:-2] == code[:-2]:
                yield labels[index].text

    def end(self) -> None:
        """Forget the rows above: a total ends them."""
        self.ended |= self.printed
        self.printed.clear()
        self.path, self.reached, self.last, self.balance = [], {}, (None, None), inf

    def _depth(self, label: Label) -> float:
        if self.indented:
            return label.indent
        return MIN_STEP * (level_of(label.numbering) or len(LEVELS) + 1)

    def _by_likelihood(self) -> list[Scheme]:
        """Return the classifications, that of the rows above first."""
        above = scheme_of(self.path[0].code) if self.path else None
        return sorted(self.schemes, key=lambda scheme: scheme != above)

    def _under_path(self, classification: Classification, label: str, depth: float, anywhere: bool) -> str | None:
        """Return the code of this name under the nearest row above that has one.

        Args:
            classification: Where codes are looked up.
            label: The row's name.
            depth: How deep the row stands.
            anywhere: A code may precede that of the row before: else siblings that stand no deeper than their parent
                ascend, and one that does not stands under a parent that nobody knows.
        """
        for level in range(len(self.path), -1, -1):
            parent = self.path[level - 1] if level else _Ancestor("", depth)
            digits = len(parent.code) + 2 if level else CLASS_DIGITS
            found = classification.find(label, self.year, parent.code, digits)
            if self.fund and level and not found:
                found = classification.find(self.fund + normalise_name(label), self.year, parent.code, digits)
            if level and not found:
                found = classification.cut(label, parent.code, digits)
            if parent.depth > depth or self._leads_deeper(parent, depth) or len(found) != 1:
                continue
            in_order = found[0] > self.reached.get(parent.code, "")
            deeper = parent.depth <= depth - MIN_STEP and found[0] not in self.printed
            return found[0] if anywhere or level == 0 or in_order or deeper else None
        return None

    def _beside(self, classification: Classification, label: str, depth: float) -> str | None:
        """Return the code of a name among the sisters of the row before, whose parent is not printed: 其他调入资金 after 110090103."""
        *above, before = self.path or [_Ancestor("", depth)]
        parent = before.code[:-2]
        if abs(before.depth - depth) >= MIN_STEP or not above or above[-1].code == parent:
            return None
        found = _only(classification.find(label, self.year, parent, len(before.code)))
        return found if found and found > before.code else None

    def _rest(self, classification: Classification, label: str, depth: float) -> str | None:
        """Return the code of the rest of a list by the rows above that stand as deep: 10399 其他收入 after 10309."""
        above = self.path[::-1]
        parents = [a.code for a in above if abs(self.leading.get(a.code, -MIN_STEP) - depth) < MIN_STEP]
        parents += [a.code[:-2] for a in above if abs(a.depth - depth) < MIN_STEP and len(a.code) > CLASS_DIGITS]
        for parent in parents[:1]:
            found = classification.find(label, self.year, parent, len(parent) + 2)
            return _only(found or classification.rest(label, parent))
        return None

    def _leads_deeper(self, parent: _Ancestor, depth: float) -> bool:
        """Return whether a row stands no deeper than one whose parts do."""
        return parent.code in self.leading and depth < parent.depth + MIN_STEP


def _codes_of_funds(
    labels: Sequence[Label], fund: FundNames, classifications: Mapping[Scheme, Classification]
) -> dict[str, dict[Scheme, str]]:
    """Return the codes of a table's funds by name, 失业保险基金收入 over 利息收入; none if any has none: they would not make up the total."""
    found: dict[str, dict[Scheme, str]] = {}
    for name in {label.text for label in labels if fund.part and fund.part.search(label.text)}:
        codes = [
            (s, code)
            for s, c in classifications.items()
            if (code := _only(c.codes(name))) and code.startswith(fund.codes)
        ]
        if not codes:
            return {}
        found[name] = {scheme: code for scheme, code in codes if len(code) == FUND_DIGITS}
    return found


def _family(code: str) -> str:
    """Return what a code is about: transfers and debt, which any table may mention, or the subjects of its classification."""
    return code[:2] if code.startswith("23") else code[:1]


def _only(codes: Sequence[str]) -> str | None:
    """Return the only code among those of one name, or the outermost where each holds the next: 11005 and 1100501."""
    return codes[0] if codes and all(code.startswith(codes[0]) for code in codes) else None


def _is_whole(code: str | None, only: Sequence[str], funds: Sequence[FundNames]) -> bool:
    """Return whether a row 政府性基金收入 is all that a budget takes in, 10310 too: where neither its 类 nor a part is printed."""
    if code is None or all(fund.all_revenue != code for fund in funds):
        return False
    return code[:CLASS_DIGITS] not in only and not any(c[:-2] == code for c in only)


def hints_of(columns: Sequence[Column], table: Table) -> list[tuple[Scheme, ...]]:
    """Return the classifications that a stub's names may belong to, the likelier first, as header or table type say."""
    texts = "".join("".join(c.path) for c in columns if c.role == "name")
    economic: list[tuple[Scheme, ...]] = [("economic_department",), ("economic_government",)]
    kind = base_type(table.table_type)
    if "经济" in texts:
        return economic[::-1] if "政府" in texts else economic
    if "功能" in texts:
        return [("functional",)]
    if kind.startswith(_UNCLASSIFIED) or (_BALANCE.search(table.title) and not _FLOW.search(table.title)):
        return []
    sides = {c.side for c in columns if c.side} or {table.side} - {None}
    if sides == {"revenue"} or kind.endswith("_revenue"):
        return [("revenue",)]
    if sides == {"expenditure"}:
        return [*economic, ("functional",)] if "economic_class" in kind else [("functional",), *economic]
    if kind.startswith("government_debt"):  # 一般债务 is a kind of debt there, no revenue of it
        return [("functional",)]
    return [("functional",), *economic, ("revenue",), ("functional", "revenue")] if kind or "支出" in texts else []
