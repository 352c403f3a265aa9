"""Explain a figure: which line items state it, which was taken and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.compute as pc

from extractor.datasets.opened import Datasets
from extractor.errors import UsageError
from extractor.figures.claim import Claim
from extractor.figures.figures import FigureMaker
from extractor.vocabulary.vocabulary import Vocabulary


def explain(datasets: Datasets, figure_id: str, vocabulary: Vocabulary) -> str:
    """Return in words what a figure is of, and every line item that states it, the one that was taken first.

    Args:
        datasets: Those of a folder.
        figure_id: A `figures.figure_id`.
        vocabulary: The compiled configuration, with the rules of figures.

    Raises:
        UsageError: There is no such figure.
        DatasetError: A part is missing or damaged.
    """
    figures = datasets.figures.to_arrow()
    found = figures.filter(pc.equal(figures["figure_id"], figure_id)).to_pylist()
    if not found:
        raise UsageError(f"{figure_id}: no such figure; expected a figure_id of the dataset `figures`")
    figure = found[0]
    documents, items = datasets.documents.to_arrow(), datasets.line_items.to_arrow()
    (document,) = documents.filter(pc.equal(documents["document_id"], figure["document_id"])).to_pylist()
    own = items.filter(pc.equal(items["document_id"], figure["document_id"])).to_pylist()
    claims = FigureMaker(vocabulary).stated(document, own, figure_id)
    return "\n".join(_lines(figure, document, claims, {i["item_id"]: i for i in own}))


def _lines(
    figure: dict[str, Any], document: dict[str, Any], claims: list[Claim], items: dict[str, dict[str, Any]]
) -> Iterator[str]:
    of = (figure[name] for name in ("year", "phase", "direction", "fund", "classification", "code", "component"))
    yield f"{figure['organisation']} {figure['scope'] or ''}: {' · '.join(str(part) for part in of if part)}"
    yield f"{figure['name']}: {figure['amount']:,} yuan, {figure['verdict']}, {figure['origin']}"
    yield f"{document['path']}, {'preferred' if figure['preferred'] else 'not preferred: another document states it'}"
    if figure["origin"] == "derived":
        yield f"derived: the sum of {len(figure['item_ids'])} line items, since no table prints it"
    taken = set(figure["item_ids"])
    for claim in claims:
        if claim.items[0]["item_id"] not in taken:
            yield f"another value, {claim.amount:,} yuan: {_place(claim.items[0])}"
    for number, item_id in enumerate(figure["item_ids"]):
        word = "sums" if figure["origin"] == "derived" else "says so too" if number else "taken"
        yield f"{word}: {_place(items[item_id])}"
    if len(claims) > 1:
        yield "taken first: the table whose classes sum to its total, then the surest verdict, then the order of figures.toml"


def _place(item: Mapping[str, Any]) -> str:
    where = f"page {item['page']}, {item['table_type']}, {item['label'] or 'total'}, column {item['measure_label']}"
    return f"{where}: {item['amount_text']} {item['unit'] or ''} ({item['verdict']}, {item['item_id']})"


def count_figures(datasets: Datasets) -> str:
    """Return how many figures there are by what they are of, and how many are in conflict or incomplete."""
    figures = datasets.figures.to_arrow()
    of = ["direction", "fund", "classification", "level"]
    flags = [(name, "sum") for name in ("preferred", "conflict", "incomplete")]
    counts = figures.group_by(of).aggregate([([], "count_all"), *flags]).sort_by([(n, "ascending") for n in of])
    header = (*of, "figures", "preferred", "conflict", "incomplete")
    rows = [tuple(map(str, row.values())) for row in counts.to_pylist()]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return "\n".join(
        "  ".join(f"{text:<{w}}" for text, w in zip(r, widths, strict=True)).rstrip() for r in (header, *rows)
    )
