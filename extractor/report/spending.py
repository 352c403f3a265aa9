"""Build the tree of spending for a chart from one table of a document, only where its parts sum to its total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.notation.units import YUAN
from extractor.report.wording import DatasetRow, table_name, yuan

OWN_YEAR = ("budget", "final_accounts", None)
FUNCTION = ("expenditure_summary", "general_public_budget_expenditure")
ECONOMIC = (
    "basic_expenditure_by_economic_class",
    "general_public_budget_basic_expenditure",
    "general_public_budget_expenditure_by_economic_class",
)
ZERO = Decimal(0)
SLIP = Decimal("0.5")  # tolerance per amount, in units of its last printed digit

Namer = Callable[[str, str], str | None]


class Node(NamedTuple):
    """A code with its name, its amount in yuan and its parts."""

    code: str
    name: str
    amount: Decimal
    parts: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[Node]:
        """Yield the nodes without parts."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


class Spending(NamedTuple):
    """The data of one chart: classes in descending order, their total in yuan, and the table that prints them."""

    classes: tuple[Node, ...]
    total: Decimal
    table: DatasetRow
    pages: str
    column: str
    undivided: int


class NoSpending(NamedTuple):
    """The reason why there is no chart."""

    reason: str


def by_function(
    tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]], name: Namer
) -> Spending | NoSpending:
    """Return spending by function (类, 项), from the first expenditure table whose parts sum to its total."""
    return _first(tables, items, FUNCTION, "functional", name)


def by_economic_class(
    tables: Sequence[DatasetRow], items: Mapping[str, Sequence[DatasetRow]], name: Namer
) -> Spending | NoSpending:
    """Return basic expenditure by economic class (类, 款), from the first such table whose parts sum to its total."""
    return _first(tables, items, ECONOMIC, "economic_department", name)


def _first(
    tables: Sequence[DatasetRow],
    items: Mapping[str, Sequence[DatasetRow]],
    kinds: Sequence[str],
    scheme: str,
    name: Namer,
) -> Spending | NoSpending:
    reasons = []
    for kind in kinds:
        for table in tables:
            if (table["table_type"] or "").removesuffix("_final") != kind:
                continue
            found = _spending(table, items.get(table["table_id"], ()), scheme, name)
            if isinstance(found, Spending):
                return found
            reasons.append(f"{table_name(table)}: {found.reason}")
    return NoSpending("; ".join(reasons) or "the document has no such table with amounts")


def _spending(table: DatasetRow, items: Sequence[DatasetRow], scheme: str, name: Namer) -> Spending | NoSpending:
    column = [i for i in items if i["amount"] is not None and i["phase"] in OWN_YEAR and _whole(i)]
    columns = sorted({i["column"] for i in column if i[f"{scheme}_code"]})
    if not columns:
        return NoSpending("no amounts by code in a column of totals")
    kept = [i for i in column if i["measure"] == "total"] or column
    coded = [i for i in kept if i[f"{scheme}_code"] and not i["is_total"]]
    totals = [i["amount"] for i in kept if i["is_total"] and not i[f"{scheme}_code"]]
    codes = [i[f"{scheme}_code"] for i in coded]
    # A code occurs in several rows where these also have a second classification or a unit; the sums below decide.
    amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for item, code in zip(coded, codes, strict=True):
        amounts[code] += item["amount"]
    if any(a < 0 for a in amounts.values()):
        return NoSpending("it has negative amounts")
    labels = {c: _label(coded, codes, c, name(scheme, c)) for c in amounts}
    slip = max((_digit(i) for i in coded), default=ZERO) * SLIP
    classes, undivided = _classes(amounts, labels, slip, lambda c: name(scheme, c))
    whole = sum((n.amount for n in classes), ZERO)
    allowed = slip * (len(classes) + 1)
    if not whole or not totals:
        return NoSpending("it prints no total to compare its parts with" if whole else "all its amounts are zero")
    if not any(abs(t - whole) <= allowed for t in (*totals, sum(totals, ZERO))):
        return NoSpending(f"its classes add up to {yuan(whole)} 元, and no total that it prints agrees")
    pages = sorted({i["page"] for i in coded})
    shown = f"{pages[0]}" if len(pages) == 1 else f"{pages[0]}–{pages[-1]}"
    return Spending(classes, whole, table, shown, coded[0]["measure_label"], undivided)


def _whole(item: DatasetRow) -> bool:
    return item["measure"] in ("total", "amount") and item["side"] != "revenue"


def _digit(item: DatasetRow) -> Decimal:
    """Return one unit of the last printed digit, in yuan."""
    decimals = len(item["amount_text"].strip("()（）").partition(".")[2])
    return YUAN.get(item["unit"] or "", Decimal(1)) / Decimal(10) ** decimals


def _label(coded: Sequence[DatasetRow], codes: Sequence[str], code: str, known: str | None) -> str:
    """Return a code's standard name in the row's year, else in any year, else its printed label."""
    own = [i for i, c in zip(coded, codes, strict=True) if c == code]
    standard = next((i["label_standard"] for i in own if i["code"] == code and i["label_standard"]), None)
    return standard or known or own[0]["label"] or code


def _classes(
    amounts: Mapping[str, Decimal], labels: Mapping[str, str], slip: Decimal, name: Callable[[str], str | None]
) -> tuple[tuple[Node, ...], int]:
    """Return the tree of 类, and how many codes are shown without parts because these do not sum to them."""
    undivided = 0

    def node(code: str) -> Node:
        nonlocal undivided
        below = [c for c in amounts if c != code and c.startswith(code)]
        direct = [c for c in below if not any(p != c and c.startswith(p) for p in below)]
        parts = tuple(sorted((node(c) for c in direct), key=lambda n: (-n.amount, n.code)))
        parts = tuple(p for p in parts if p.amount)
        amount = amounts.get(code, sum((p.amount for p in parts), ZERO))
        if parts and abs(sum((p.amount for p in parts), ZERO) - amount) > slip * (len(parts) + 1):
            parts, undivided = (), undivided + 1
        return Node(code, labels.get(code) or name(code) or code, amount, parts)

    roots = {code[:3] for code in amounts}
    classes = sorted((node(code) for code in roots), key=lambda n: (-n.amount, n.code))
    return tuple(c for c in classes if c.amount), undivided
