"""Explain a figure: which line items state it, which was taken and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc

from extractor.datasets.opened import Datasets
from extractor.errors import UsageError
from extractor.figures.claim import Claim
from extractor.figures.figures import FigureMaker
from extractor.language import _, word
from extractor.records.item import LineItem
from extractor.vocabulary.vocabulary import Vocabulary

# What a figure is of, and the words of each.
_OF = {
    "year": "",
    "phase": "FigurePhase",
    "direction": "FigureDirection",
    "fund": "FigureFund",
    "classification": "FigureClassification",
    "code": "",
    "component": "Component",
}


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
    maker = FigureMaker(vocabulary, {row["item_id"]: row["verdict"] for row in own})
    claims = maker.stated(document, map(LineItem.of_row, own), figure_id)
    return "\n".join(_lines(figure, document, claims, {row["item_id"]: row for row in own}))


def _lines(
    figure: dict[str, Any], document: dict[str, Any], claims: list[Claim], items: dict[str, dict[str, Any]]
) -> Iterator[str]:
    of = (word(kind, figure[name]) if kind and figure[name] else figure[name] for name, kind in _OF.items())
    scope = word("FigureScope", figure["scope"]) if figure["scope"] else ""
    yield f"{figure['organisation']} {scope}: {' · '.join(str(part) for part in of if part)}"
    verdict, origin = word("Verdict", figure["verdict"]), word("Origin", figure["origin"])
    yield f"{figure['name']}: {_yuan(figure['amount'])}, {verdict}, {origin}"
    yield f"{document['path']}, {_('preferred') if figure['preferred'] else _('not preferred: another document states it')}"
    if figure["origin"] == "derived":
        yield _("derived: the sum of {n} line items, since no table prints it").format(n=len(figure["item_ids"]))
    taken = set(figure["item_ids"])
    for claim in claims:
        first = claim.items[0].item_id
        if first not in taken:
            place = _place(items[first])
            yield _("another value, {amount}: {place}").format(amount=_yuan(claim.amount), place=place)
    for number, item_id in enumerate(figure["item_ids"]):
        role = _("sums") if figure["origin"] == "derived" else _("says so too") if number else _("taken")
        yield f"{role}: {_place(items[item_id])}"
    if len(claims) > 1:
        yield _(
            "taken first: the table whose classes sum to its total, then the surest verdict, then the order of figures.toml"
        )


def _place(item: Mapping[str, Any]) -> str:
    where = _("page {page}, {table_type}, {label}, column {column}").format(
        page=item["page"],
        table_type=item["table_type"],
        label=item["label"] or _("total"),
        column=item["measure_label"],
    )
    return (
        f"{where}: {item['amount_text']} {item['unit'] or ''} ({word('Verdict', item['verdict'])}, {item['item_id']})"
    )


def _yuan(amount: Decimal) -> str:
    return _("{amount} yuan").format(amount=f"{amount:,}")


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
