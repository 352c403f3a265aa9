"""Hold the figures of a dataset against those typed in from pictures of pages: the ten largest functions of a body."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.notation.units import YUAN

TRUTH = Path(__file__).parent.parent / "tests" / "support" / "figures_typed.tsv"


def share_typed(figures: Iterable[Mapping[str, Any]], items: Iterable[Mapping[str, Any]]) -> float:
    """Return the share of the typed figures of a dataset's documents that it states as they are printed; 1 where none is typed.

    A figure is stated where one of that code, fund, year (where the page prints it) and phase quotes an item of the page and
    has the amount.

    Args:
        figures: Rows of `figures`.
        items: Rows of `line_items`, with `item_id`, `document_id` and `page`.
    """
    pages = {item["item_id"]: (item["document_id"], item["page"]) for item in items}
    documents = {document for document, _ in pages.values()}
    stated: dict[tuple[str, str, str, str], list[tuple[int | None, Decimal, set[int]]]] = defaultdict(list)
    for f in figures:
        if (f["direction"], f["classification"], f["component"]) == ("expenditure", "functional", "total") and f[
            "code"
        ]:
            quoted = {pages[name][1] for name in f["item_ids"]}
            stated[f["document_id"], f["fund"], f["phase"], f["code"]].append((f["year"], f["amount"], quoted))
    with TRUTH.open(encoding="utf-8") as stream:
        typed = [row for row in csv.DictReader(stream, delimiter="\t") if row["sha256"] in documents]
    right = 0
    for row in typed:
        amount = Decimal(row["printed"].replace(",", "")) * YUAN[row["unit"]]
        found = stated[row["sha256"], row["fund"], row["phase"], row["code"]]
        right += any(
            value == amount and int(row["page"]) in quoted and row["year"] in ("", str(year))
            for year, value, quoted in found
        )
    return right / len(typed) if typed else 1.0
