"""Compare documents of a dataset: repeated publications, last year's figures, and departments with their units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from extractor.contract import base_type
from extractor.notation.amounts import half_digit
from extractor.vocabulary.codes import normalise_name

DatasetRow = Mapping[str, Any]
Key = tuple[str, str, str]  # table type, measure, code or total
# The phase of last year's figures in a document, and their phase in last year's document.
BEFORE = {"prior_year_budget": "budget", "prior_year_execution": "final_accounts"}
# Tables of a department whose amounts are the sums of its units' amounts.
ADDITIVE = frozenset(("revenue_summary", "expenditure_summary", "general_public_budget_expenditure"))
MIN_UNITS = 2
TOTAL = "total"


class ComparedAmount(NamedTuple):
    """One amount of one document; `amount` and `half` (of its last printed digit) are in yuan."""

    amount: Decimal
    half: Decimal
    page: int


class Finding(NamedTuple):
    """A figure on which two documents, or a department and its units, disagree.

    Attributes:
        rule: published_twice, year_on_year or units_sum.
        documents: document_ids, that of the stated figure first.
        key: Table type, measure, and code or `total`.
        stated: The stated amount in yuan.
        computed: The amount in the other documents, summed, in yuan.
    """

    rule: str
    documents: tuple[str, ...]
    key: Key
    stated: Decimal
    computed: Decimal

    @property
    def statement(self) -> str:
        """The finding in words."""
        table, measure, code = self.key
        return f"{self.rule}: {table} {code} {measure}: {self.stated} yuan, elsewhere {self.computed} yuan"


AmountsByDocument = dict[str, dict[Key, ComparedAmount]]  # document_id → its amounts


COLUMNS = ("document_id", "table_type", "measure", "code", "is_total", "phase", "amount", "amount_text", "unit", "page")


def related(documents: Sequence[DatasetRow], entries: Iterable[DatasetRow]) -> list[str]:
    """Return the ids of documents that can be compared: those of the same organisation, or of a department and a unit."""
    count = Counter(normalise_name(d["organisation"]) for d in documents if d["organisation"])
    named = {d["document_id"]: normalise_name(d["organisation"]) for d in documents if d["organisation"]}
    found = {identity for identity, name in named.items() if count[name] > 1}
    units: dict[str, list[str]] = defaultdict(list)
    for identity, name in named.items():
        units[name].append(identity)
    for entry in entries:
        if entry["kind"] == "unit" and entry["name"] and (own := units.get(normalise_name(entry["name"]))):
            found.update((entry["document_id"], *own))
    return sorted(found)


def compare(
    documents: Sequence[DatasetRow], items: Iterable[DatasetRow], entries: Iterable[DatasetRow]
) -> Iterator[Finding]:
    """Yield the figures on which documents of a dataset disagree.

    Args:
        documents: Rows of `documents`.
        items: Rows of `line_items` with at least `COLUMNS`; those of `related` documents are enough. Figures
            that a document prints with different amounts are not compared.
        entries: Rows of `entries`: the units that a department names.

    Yields:
        Findings in the order of the documents' paths.
    """
    own, before = _figures(documents, items)
    read = sorted((d for d in documents if d["organisation"] and d["fiscal_year"]), key=lambda d: d["path"])
    by_name: dict[tuple[str, int, str, str], list[DatasetRow]] = defaultdict(list)
    for document in read:
        by_name[_name(document)].append(document)
    for same in by_name.values():
        for first, second in pairwise(same):
            yield from _compared("published_twice", second, [first], own.get(second["document_id"], {}), own)
    for document in read:
        name, year, level, _ = _name(document)
        for phase in BEFORE.values():
            earlier = by_name.get((name, year - 1, level, phase), [])
            repeated = before.get((document["document_id"], phase), {})
            yield from _compared("year_on_year", document, earlier[-1:], repeated, own)
    yield from _departments(read, entries, by_name, own)


def _name(document: DatasetRow) -> tuple[str, int, str, str]:
    return (
        normalise_name(document["organisation"]),
        int(document["fiscal_year"]),
        document["organisation_level"] or "",
        document["phase"] or "",
    )


def _figures(
    documents: Sequence[DatasetRow], items: Iterable[DatasetRow]
) -> tuple[AmountsByDocument, dict[tuple[str, str], dict[Key, ComparedAmount]]]:
    """Return each document's own figures, and those of last year that it repeats, by their phase in that year."""
    phases = {d["document_id"]: d["phase"] for d in documents}
    own: dict[str, dict[Key, list[ComparedAmount]]] = defaultdict(lambda: defaultdict(list))
    before: dict[tuple[str, str], dict[Key, list[ComparedAmount]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        code = item["code"] or (TOTAL if item["is_total"] else None)
        if item["amount"] is None or not code or not item["table_type"] or not item["measure"]:
            continue
        key = (base_type(item["table_type"]), item["measure"], code)
        figure = ComparedAmount(item["amount"], half_digit(item["amount_text"], item["unit"]), item["page"])
        document_id = item["document_id"]
        if item["phase"] == phases.get(document_id):
            own[document_id][key].append(figure)
        elif item["phase"] in BEFORE:
            before[document_id, BEFORE[item["phase"]]][key].append(figure)
    return {d: _single(f) for d, f in own.items()}, {d: _single(f) for d, f in before.items()}


def _single(figures: Mapping[Key, Sequence[ComparedAmount]]) -> dict[Key, ComparedAmount]:
    """Return the figures that a document prints with one amount only."""
    return {key: found[0] for key, found in figures.items() if len({f.amount for f in found}) == 1}


def _compared(
    rule: str,
    document: DatasetRow,
    others: Sequence[DatasetRow],
    stated: Mapping[Key, ComparedAmount],
    figures: AmountsByDocument,
) -> Iterator[Finding]:
    """Yield the figures of a document that differ from the sum of others by more than rounding."""
    found = [figures.get(other["document_id"], {}) for other in others]
    for key, figure in stated.items():
        parts = [f[key] for f in found if key in f]
        if len(parts) != len(found) or not parts:
            continue
        computed = sum((p.amount for p in parts), Decimal(0))
        if abs(figure.amount - computed) > figure.half + sum((p.half for p in parts), Decimal(0)):
            ids = (document["document_id"], *(o["document_id"] for o in others))
            yield Finding(rule, ids, key, figure.amount, computed)


def _departments(
    read: Sequence[DatasetRow],
    entries: Iterable[DatasetRow],
    by_name: Mapping[tuple[str, int, str, str], Sequence[DatasetRow]],
    own: AmountsByDocument,
) -> Iterator[Finding]:
    """Yield the totals of a department that are not the sum of its units, where the dataset has all of these."""
    named: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry["kind"] == "unit" and entry["name"]:
            named[entry["document_id"]].append(normalise_name(entry["name"]))
    for document in read:
        names = list(dict.fromkeys(named.get(document["document_id"], [])))
        year, phase = int(document["fiscal_year"]), document["phase"] or ""
        units = [by_name.get((name, year, "unit", phase), ()) for name in names]
        if document["organisation_level"] == "department" and len(units) >= MIN_UNITS and all(units):
            stated = {
                k: f for k, f in own.get(document["document_id"], {}).items() if k[0] in ADDITIVE and k[2] == TOTAL
            }
            yield from _compared("units_sum", document, [found[-1] for found in units], stated, own)
