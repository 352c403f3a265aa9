"""Choose a document's spending from its `figures` for a chart: only where the parts sum to the total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.notation.units import YUAN
from extractor.report.wording import DatasetRow

FUNDS = ("all", "fiscal_appropriation", "general_public_budget")
SCOPES = ("department", "own", "all_region", "level_with_zones", "own_level", None)
ZERO = Decimal(0)
SLIP = Decimal("0.5")  # tolerance per amount, in units of its last printed digit


class Chosen(NamedTuple):
    """What a chart is of: values of `figures`."""

    classification: str
    component: str


FUNCTION = Chosen("functional", "total")
ECONOMIC = Chosen("economic_department", "basic")


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
    """The data of one chart: classes in descending order, the figure of their total, and the item that it quotes."""

    classes: tuple[Node, ...]
    total: DatasetRow
    quoted: DatasetRow
    undivided: int


class NoSpending(NamedTuple):
    """The reason why there is no chart."""

    reason: str


def spending(
    document: DatasetRow, figures: Sequence[DatasetRow], items: Mapping[str, DatasetRow], chosen: Chosen
) -> Spending | NoSpending:
    """Return the spending of the document's organisation in its year.

    Args:
        document: Its row of `documents`.
        figures: Its rows of `figures`.
        items: Item id → its row of `line_items`.
        chosen: By what the spending is divided.
    """
    own = [f for f in figures if is_own(f, document) and (f["classification"], f["component"]) == chosen]
    refused = NoSpending("The document states no such figures.")
    for fund in FUNDS:
        for scope in SCOPES:
            same = [f for f in own if (f["fund"], f["scope"]) == (fund, scope)]
            found = _divided(same, items)
            if isinstance(found, Spending):
                return found
            refused = found if same else refused
    return refused


def is_own(figure: DatasetRow, document: DatasetRow) -> bool:
    """Return whether a figure is of expenditure in the document's year and phase, and of its organisation."""
    wanted = (document["organisation"], document["fiscal_year"], document["phase"], "expenditure")
    return (figure["organisation"], figure["year"], figure["phase"], figure["direction"]) == wanted


def _divided(figures: Sequence[DatasetRow], items: Mapping[str, DatasetRow]) -> Spending | NoSpending:
    total = next((f for f in figures if f["level"] == 0), None)
    below = [f for f in figures if f["level"]]
    if total is None or not below:
        return NoSpending("The document states no total to compare the parts with.")
    if any(f["amount"] < 0 for f in below):
        return NoSpending("Some amounts are negative.")
    quoted = [items[i] for f in (total, *below) for i in f["item_ids"] if i in items]
    if total["incomplete"] or not total["amount"] or not quoted:
        return NoSpending("The classes do not sum to the total.")
    slip = max(map(_digit, quoted)) * SLIP
    classes, undivided = _classes(below, slip)
    return Spending(classes, total, quoted[0], undivided)


def _digit(item: DatasetRow) -> Decimal:
    """Return one unit of the last printed digit, in yuan."""
    decimals = len(item["amount_text"].strip("()（）").partition(".")[2])
    return YUAN.get(item["unit"] or "", Decimal(1)) / Decimal(10) ** decimals


def _classes(figures: Sequence[DatasetRow], slip: Decimal) -> tuple[tuple[Node, ...], int]:
    """Return the tree of 类, and how many codes are shown without parts because these do not sum to them."""
    levels: dict[int, list[DatasetRow]] = defaultdict(list)
    for figure in figures:
        levels[figure["level"]].append(figure)
    undivided = 0

    def node(figure: DatasetRow) -> Node:
        nonlocal undivided
        below = [f for f in levels[figure["level"] + 1] if f["code"].startswith(figure["code"])]
        parts = _ordered(map(node, below))
        if parts and abs(sum((p.amount for p in parts), ZERO) - figure["amount"]) > slip * (len(parts) + 1):
            parts, undivided = (), undivided + 1
        return Node(figure["code"], figure["name"], figure["amount"], parts)

    return _ordered(map(node, levels[1])), undivided


def _ordered(nodes: Iterator[Node]) -> tuple[Node, ...]:
    return tuple(sorted((n for n in nodes if n.amount), key=lambda n: (-n.amount, n.code)))
