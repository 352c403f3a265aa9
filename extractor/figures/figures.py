"""Make one document's figures of its line items: each once, with every item that states it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from extractor.contract import Verdict, base_type
from extractor.figures.claim import CODED, Claim, Of, makes_up, rounding_of, sum_of
from extractor.figures.figure import Figure, FigureKey, FigureValue
from extractor.figures.table_claims import TableReader
from extractor.notation.text import clean
from extractor.records.bodies import Bodies, DocumentRow
from extractor.records.item import LineItem
from extractor.vocabulary.vocabulary import Vocabulary

VERDICTS: tuple[Verdict, ...] = ("proven", "rounded", "uncovered", "contradicted")  # the surest first
SHOWN_ID, DIGEST = 16, 6


class FigureMaker:
    """Makes the figures of a document."""

    def __init__(self, vocabulary: Vocabulary, verdicts: Mapping[str, Verdict]) -> None:
        """Take the rules, the vocabulary that they need, and item_id → verdict."""
        self._verdicts = verdicts
        self._rules = vocabulary.figures
        self._bodies = Bodies(vocabulary)
        self._tables = TableReader(self._rules, vocabulary.headers, self._bodies)
        self._types = {table.type: (rank, table) for rank, table in enumerate(self._rules.table)}
        self._within = {source.id: source.within for source in self._rules.source}
        self._vehicles = dict.fromkeys(self._rules.three_public.second, self._rules.three_public.within)

    def figures(self, document: DocumentRow, items: Iterable[LineItem]) -> list[Figure]:
        """Return the figures of a document.

        Args:
            document: Its row of `documents`.
            items: Its amounts, in reading order.
        """
        groups: dict[FigureKey, list[Claim]] = defaultdict(list)
        for claim in self._claims(document, items):
            groups[_key(claim, None)].append(claim)
        return [f for key, claims in groups.items() for f in self._of_group(document, key, self._by_code(claims))]

    def stated(self, document: DocumentRow, items: Iterable[LineItem], figure_id: str) -> list[Claim]:
        """Return every statement of one figure, the one to quote first; none of a parent that no table prints.

        Args:
            document: Its document's row of `documents`.
            items: That document's amounts, in reading order.
            figure_id: The figure.
        """
        claims = self._claims(document, items)
        return sorted((c for c in claims if _id(document, _key(c, c.of.code)) == figure_id), key=self._preference)

    def _claims(self, document: DocumentRow, items: Iterable[LineItem]) -> list[Claim]:
        body = self._bodies.of_document(document)
        by_table: dict[str, list[LineItem]] = defaultdict(list)
        for item in items:  # a change is no figure, and most types of table state none
            if item.amount is not None and item.phase != "change" and base_type(item.table_type) in self._types:
                by_table[item.table_id].append(item)
        claims: list[Claim] = []
        for rows in by_table.values():
            claims += self._tables.read(document, body, rows, *self._types[base_type(rows[0].table_type)])
        return self._with_grand_totals(claims)

    def _with_grand_totals(self, claims: Sequence[Claim]) -> list[Claim]:
        """Return a document's claims, a government's 总计 as its grand total where each 合计 of the same is another amount.

        总计 of a 收支平衡表 holds transfers and debt, and stands in no column with 合计, which other tables print.
        """
        plain: dict[FigureKey, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.level == 0 and not self._is_grand(claim):
                plain[_key(claim, claim.of.code)].append(claim)
        return [
            claim._replace(of=claim.of._replace(component="grand_total"))
            if claim.level == 0
            and claim.of.component == "total"
            and self._is_grand(claim)
            and (others := plain.get(_key(claim, claim.of.code)))
            and not any(_is_same(claim, other) for other in others)
            else claim
            for claim in claims
        ]

    def _of_group(
        self, document: DocumentRow, key: FigureKey, group: dict[str | None, list[Claim]]
    ) -> Iterator[Figure]:
        """Yield the figures that differ in their codes alone, with the parents that no table prints."""
        first = {code: same[0] for code, same in group.items()}
        total = first.get(None)
        if total is not None and len(group[None]) > 1:
            total = first[None] = _summing(group[None], [c for c in first.values() if c.level == 1])
        for parent in self._parents(first, key):
            first[parent.of.code] = parent
        first = self._grouped(first, total)
        level_one = [claim for claim in first.values() if claim.level == 1]
        incomplete = total is not None and bool(level_one) and not makes_up(level_one, total)
        if total is not None and incomplete and self._is_grand(total):
            first.pop(None)
            incomplete = False
            yield _figure(
                document, key._replace(component="grand_total"), total, self._verdict(total), group[None], False
            )
        for code, claim in sorted(first.items(), key=lambda pair: (pair[1].level, pair[0] or "")):
            unsettled = incomplete and claim.level <= 1
            verdict = self._verdict(claim)
            yield _figure(document, key._replace(code=code), claim, verdict, group.get(code, ()), unsettled)

    def _is_grand(self, total: Claim) -> bool:
        """Return whether a total is a government's 总计, which may hold transfers and debt too."""
        government = total.body.organisation_level == "government"
        return government and self._rules.grand_total.labels.search(clean(total.name)) is not None

    def _parents(self, claims: Mapping[str | None, Claim], key: FigureKey) -> list[Claim]:
        """Return parents that are not printed, as sums of their children, where all of them make up what is printed."""
        known = dict(claims)
        derived: list[Claim] = []
        for level in (3, 2, 1):
            missing: dict[str, list[Claim]] = defaultdict(list)
            for code, claim in known.items():
                parent = self._parent(code, key)
                if code and claim.level == level + 1 and parent and parent not in known:
                    missing[parent].append(claim)
            for code, children in missing.items():
                known[code] = _parent_of(children, code, level)
                derived.append(known[code])
        total, level_one = claims.get(None), [c for c in known.values() if c.level == 1]
        return derived if total is None or makes_up(level_one, total) else []

    def _grouped(self, claims: dict[str | None, Claim], total: Claim | None) -> dict[str | None, Claim]:
        """Return sources with those as parts of another that the document prints above them: 事业收入 of 单位资金.

        Its total says so: the others make it up.
        """
        level_one = [c for c in claims.values() if c.level == 1]
        if total is None or total.of.classification != "source" or makes_up(level_one, total):
            return claims
        for source in self._rules.source:
            parts = {s.id for s in self._rules.source if source.id in s.grouped} & claims.keys()
            others = [c for code, c in claims.items() if c.level == 1 and code not in parts]
            if (
                total
                and parts
                and source.id in claims
                and total.of.classification == "source"
                and makes_up(others, total)
            ):
                return {code: c._replace(level=2) if code in parts else c for code, c in claims.items()}
        return claims

    def _parent(self, code: str | None, key: FigureKey | Of) -> str | None:
        if code is None:
            return None
        if key.classification == "source":
            return self._within.get(code)
        if key.classification == "three_public":
            return self._vehicles.get(code)
        return code[:-2] if key.classification in CODED and len(code) > 3 else None

    def _by_code(self, claims: Sequence[Claim]) -> dict[str | None, list[Claim]]:
        """Return code → the claims of a group of figures, the one to quote first.

        A group is quoted from the table that states it best; others add codes where they agree with it: 全省 and 省级 that no
        title tells apart are never mixed. They add no class to those that make up the total: 其他收入 of one is 单位资金 of another.
        """
        tables: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            tables[claim.items[0].table_id].append(claim)
        best, *others = _details_first(sorted(tables.values(), key=self._worth))
        found: dict[str | None, list[Claim]] = defaultdict(list)
        for claim in sorted(best, key=self._preference):
            found[claim.of.code].append(claim)
        whole = _is_whole(best, _level_one(best))
        for table in others:
            agrees = _agrees(table, found)
            for claim in sorted(table, key=self._preference):
                if claim.of.code in found or (agrees and not (whole and claim.level == 1)):
                    found[claim.of.code].append(claim)
        return found

    def _preference(self, claim: Claim) -> tuple[Any, ...]:
        """Return by what the claims of one figure are ordered: printed ones first, the surest, those of the best table."""
        return claim.origin != "printed", VERDICTS.index(self._verdict(claim)), claim.rank, claim.items[0].page

    def _verdict(self, claim: Claim) -> Verdict:
        return max((self._verdicts.get(item.item_id, "uncovered") for item in claim.items), key=VERDICTS.index)

    def _worth(self, table: Sequence[Claim]) -> tuple[Any, ...]:
        """Return by what tables that state one group of figures are ordered.

        Of a government's, the larger is of more of its region: a report has tables of its development zones too, and no row of them
        says so.
        """
        government = table[0].body.organisation_level == "government"
        size = max((c.amount for c in table if c.level == 0), default=Decimal(0)) if government else Decimal(0)
        parts = _is_whole(table, _level_one(table)), self._is_whole_by_parts(table)
        return *(not whole for whole in parts), table[0].rank, -size, -len(table), table[0].items[0].page

    def _is_whole_by_parts(self, table: Sequence[Claim]) -> bool:
        """Return whether the sources of a table make up its total, with the parts of those that it does not print."""
        codes = {c.of.code for c in table}
        parts = [c for c in table if c.level == 2 and self._parent(c.of.code, c.of) not in codes]
        return table[0].of.classification not in CODED and _is_whole(table, [*_level_one(table), *parts])


def _details_first(tables: Sequence[Sequence[Claim]]) -> list[Sequence[Claim]]:
    """Return the tables that state one group of figures, the detail of a summary before it, and of that its parts alone.

    收入总计 of a 收支总表 holds transfers and debt besides the 合计 that one of its rows repeats.
    """
    summary, *others = tables
    detail = next((table for table in others if _is_detail(table, summary)), None)
    if detail is None:
        return list(tables)
    parts = [c for c in summary if c.level > 0]
    return [detail, *(table for table in others if table is not detail), parts]


def _is_detail(table: Sequence[Claim], summary: Sequence[Claim]) -> bool:
    """Return whether coded parts make up a table's total, which is a part of the summary that others are not coded in."""
    if table[0].body.organisation_level != "government" or table[0].of.classification not in CODED:
        return False
    if _is_whole(summary, _outermost(summary)):
        return False
    parts = _outermost(table)
    totals = [c for c in table if c.level == 0 and makes_up(parts, c)]
    return any(_is_same(total, part) for total in totals for part in summary if part.level > 0)


def _outermost(table: Sequence[Claim]) -> list[Claim]:
    """Return the claims that are part of no other that the table prints."""
    codes = {c.of.code for c in table if c.of.code}
    return [c for c in table if c.of.code and not any(c.of.code[:n] in codes for n in range(1, len(c.of.code)))]


def _level_one(table: Sequence[Claim]) -> list[Claim]:
    return [c for c in table if c.level == 1]


def _is_whole(table: Sequence[Claim], parts: Sequence[Claim]) -> bool:
    """Return whether some claims of a table make up its total."""
    return bool(parts) and any(makes_up(parts, c) for c in table if c.level == 0)


def _key(claim: Claim, code: str | None) -> FigureKey:
    body, of = claim.body, claim.of
    return FigureKey(
        body.organisation_id,
        body.scope,
        claim.year,
        claim.phase,
        of.direction,
        of.fund,
        of.classification,
        code,
        of.component,
    )


def _agrees(table: Sequence[Claim], found: Mapping[str | None, Sequence[Claim]]) -> bool:
    """Return whether a table states something that is known already, and nothing of it otherwise."""
    shared = [(c, found[c.of.code][0]) for c in table if c.of.code in found]
    return bool(shared) and all(_is_same(one, other) for one, other in shared)


def _is_same(one: Claim, other: Claim) -> bool:
    return abs(one.amount - other.amount) <= one.rounding + other.rounding


def _summing(totals: Sequence[Claim], level_one: Sequence[Claim]) -> Claim:
    """Return the first of some totals that the figures of level 1 make up; else the first."""
    return next((t for t in totals if level_one and makes_up(level_one, t)), totals[0])


def _parent_of(children: Sequence[Claim], code: str, level: int) -> Claim:
    first = children[0]
    return first._replace(
        of=first.of._replace(code=code),
        level=level,
        name="",
        amount=sum_of(children),
        rounding=rounding_of(children),
        items=tuple(row for c in children for row in c.items),
        origin="derived",
    )


def _figure(
    document: DocumentRow,
    key: FigureKey,
    claim: Claim,
    verdict: Verdict,
    stated: Sequence[Claim],
    incomplete: bool,
) -> Figure:
    body = claim.body
    others = [c for c in stated if c is not claim]
    same = [c for c in others if _is_same(c, claim)]
    items = dict.fromkeys(
        row.item_id for c in (claim, *(c for c in same if c.origin == claim.origin)) for row in c.items
    )
    return Figure(
        key,
        FigureValue(
            _id(document, key),
            document["document_id"],
            body.organisation,
            body.organisation_level,
            body.region_code,
            body.region,
            claim.level,
            claim.name,
            claim.amount,
            verdict,
            claim.origin,
            tuple(items),
            len(same) < len(others),
            incomplete,
            document["fiscal_year"],
            document["phase"],
        ),
    )


def _id(document: DocumentRow, key: FigureKey) -> str:
    digest = hashlib.sha256("\0".join(map(str, key)).encode()).hexdigest()[: 2 * DIGEST]
    return f"{document['document_id'][:SHOWN_ID]}/figure/{digest}"
