"""Codes of rows that print none: looked up by name, in the place that the rows above give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.contract import Scheme
from extractor.notation.numbering import LEVELS, level_of
from extractor.tables.table import Column, Table
from extractor.vocabulary.codes import Classification, Classifications, scheme_of

MIN_STEP = 2.0  # points: what is indented by less stands as deep
CLASS_DIGITS = 3
_PART = re.compile("其中")
# Kinds of table whose rows are no subjects, whatever their names are.
_UNCLASSIFIED = ("project", "three_public", "performance", "government_procurement", "service")


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
    path: list[_Ancestor] = field(default_factory=list)
    last: tuple[str | None, object] = (None, None)  # code and agency of the row before

    @classmethod
    def of(
        cls, labels: Sequence[Label], hints: Sequence[Sequence[Scheme]], names: Classifications, year: int | None
    ) -> CodeLookup:
        """Choose the classification that knows most of a stub's names, and at least half: else 其他支出 is a word like another.

        Args:
            labels: The stub's names but for totals.
            hints: The classifications that it may belong to, the likelier first.
            names: All classifications.
            year: The document's fiscal year.
        """

        def known(schemes: Sequence[Scheme]) -> int:
            return sum(any(names.scheme(s).find(label.text, year) for s in schemes) for label in labels)

        best = max(hints, key=known, default=())
        indents = [label.indent for label in labels]
        indented = max(indents, default=0.0) - min(indents, default=0.0) >= MIN_STEP
        return cls(names, best if 2 * known(best) >= len(labels) else (), year, indented)

    def find(self, label: Label, agency: object) -> dict[Scheme, str]:
        """Return the code of the next row by its classification; empty where no code fits, or more than one."""
        before, self.last = self.last, (None, agency)
        restarted = before[1] != agency  # each agency of a list has the same rows
        depth = self._depth(label)
        for scheme in self._by_likelihood():
            classification = self.names.scheme(scheme)
            only = _only(classification.codes(label.text))
            code = self._under_path(classification, label.text, depth, only is not None or restarted) or only
            if code is not None and (code != before[0] or restarted):
                self.path = [a for a in self.path if code.startswith(a.code) and code != a.code]
                self.path.append(_Ancestor(code, depth))
                self.last = (code, agency)
                return {scheme: code}
        if not _PART.match(label.text):
            self.path = [a for a in self.path if a.depth <= depth - MIN_STEP]
        return {}

    def end(self) -> None:
        """Forget the rows above: a total ends them."""
        self.path, self.last = [], (None, None)

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
            anywhere: A code may precede that of the row before: else siblings ascend, and one that does not stands
                under a parent that nobody knows.
        """
        for level in range(len(self.path), -1, -1):
            parent = self.path[level - 1] if level else _Ancestor("", depth)
            found = classification.find(label, self.year, parent.code, len(parent.code) + 2 if level else CLASS_DIGITS)
            if parent.depth > depth or len(found) != 1:
                continue
            sibling = self.path[level].code if level < len(self.path) else ""
            if anywhere or level == 0 or found[0] > sibling:
                return found[0]
            self.path = self.path[: level - 1]
            return None
        return None


def _only(codes: Sequence[str]) -> str | None:
    """Return the only code among those of one name, or the outermost where each holds the next: 11005 and 1100501."""
    return codes[0] if codes and all(code.startswith(codes[0]) for code in codes) else None


def hints_of(columns: Sequence[Column], table: Table) -> list[tuple[Scheme, ...]]:
    """Return the classifications that a stub's names may belong to, the likelier first, as header or table type say."""
    texts = "".join("".join(c.path) for c in columns if c.role == "name")
    economic: list[tuple[Scheme, ...]] = [("economic_department",), ("economic_government",)]
    kind = (table.table_type or "").removesuffix("_final")
    if "经济" in texts:
        return economic[::-1] if "政府" in texts else economic
    if "功能" in texts:
        return [("functional",)]
    if kind.startswith(_UNCLASSIFIED):
        return []
    sides = {c.side for c in columns if c.side} or {table.side} - {None}
    if sides == {"revenue"} or kind.endswith("_revenue"):
        return [("revenue",)]
    if sides == {"expenditure"}:
        return [*economic, ("functional",)] if "economic_class" in kind else [("functional",), *economic]
    return [("functional",), *economic, ("revenue",), ("functional", "revenue")] if kind or "支出" in texts else []
