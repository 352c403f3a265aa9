"""`Figure`: one figure of a body's budget, however many tables of its document state it: a row of `figures`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from extractor.contract import (
    Component,
    Described,
    DocumentId,
    DocumentPhase,
    FigureClassification,
    FigureDirection,
    FigureFund,
    FigurePhase,
    FigureScope,
    Int8,
    Int16,
    OrganisationLevel,
    Origin,
    Verdict,
    Yuan,
)


class FigureKey(NamedTuple):
    """What a figure is of: no two rows of one document agree in all of it."""

    organisation_id: Annotated[
        str,
        Described(
            "Whose it is: the region's code and the name without 本级 or 汇总, the same in every run and year; "
            "`region-?document` where the document names nobody.",
            "350100-福州市公安局",
        ),
    ]
    scope: Annotated[
        FigureScope | None,
        Described(
            "Of an organisation the department with its units or its own (本级, or a unit); of a government all of its region "
            "or its own level, with its development zones or without; null where the document does not say.",
            "department",
        ),
    ]
    year: Annotated[
        Int16 | None, Described("The year that the amount is for; null where nothing says.", 2026, unit="calendar year")
    ]
    phase: Annotated[
        FigurePhase | None, Described("What kind of figure of that year; null where nothing says.", "budget")
    ]
    direction: Annotated[
        FigureDirection,
        Described(
            "Which way the money goes, or what of a debt; `carry_over`: what was carried over from the year before, which is "
            "no revenue of the year.",
            "expenditure",
        ),
    ]
    fund: Annotated[FigureFund, Described("Out of which fund; `all` for all of a body's money.", "all")]
    classification: Annotated[
        FigureClassification,
        Described("What `code` is of: a classification, the source of revenue, a part of “三公”经费.", "functional"),
    ]
    code: Annotated[
        str | None,
        Described(
            "Its code there; a measure's id for sources and for parts of “三公”经费; the label of a row that holds several "
            "classes under no code (其他各项支出); null for totals.",
            "205",
            values="3, 5 or 7 digits (9 in revenue), a [measure](#measures), or a label as printed",
        ),
    ]
    component: Annotated[
        Component,
        Described(
            "Which part of it: 基本支出, 项目支出 …; `balancing` below the line (transfers, debt), `grand_total` with it.",
            "total",
        ),
    ]


class FigureValue(NamedTuple):
    """What a document says of a `FigureKey`."""

    figure_id: Annotated[
        str,
        Described(
            "The document and a digest of the key: the same document gives the same ids in every run.",
            "4588cbbcbd3fc885/figure/5c1f0a7e93b2",
        ),
    ]
    document_id: DocumentId
    organisation: Annotated[str | None, Described("The organisation's name as printed.", "福州市公安局")]
    organisation_level: Annotated[OrganisationLevel | None, Described("As in `documents`.", "department")]
    region_code: Annotated[
        str | None,
        Described("Its region's code of GB/T 2260.", "350100", values="6 digits, of `configs/codes/regions.csv`"),
    ]
    region: Annotated[str | None, Described("Its region's name.", "福州市")]
    level: Annotated[
        Int8,
        Described(
            "0 the total, 1 类, 2 款, 3 项, 4 目: each sums to the one before.", 1, unit="depth", values="0 to 4"
        ),
    ]
    name: Annotated[str, Described("The standard name of the code, or the label as printed.", "教育支出")]
    amount: Annotated[Yuan, Described("The amount.", Decimal("1580000.00"), unit="yuan (元)")]
    verdict: Annotated[
        Verdict, Described("That of the item quoted; of a derived figure the least of its items'.", "proven")
    ]
    origin: Annotated[
        Origin,
        Described(
            "`derived`: the sum of printed children whose parent is not printed, or of rows that share a code.",
            "printed",
        ),
    ]
    item_ids: Annotated[
        tuple[str, ...],
        Described(
            "The line items that state it, the one quoted first; of a derived figure those that it sums.",
            ["4588cbbcbd3fc885-002/4/3"],
            values="`line_items.item_id`s",
        ),
    ]
    conflict: Annotated[bool, Described("Another item of the document states it with another value.", False)]
    incomplete: Annotated[
        bool,
        Described("The figures of level 1 beside it do not sum to level 0 within what rounding explains.", False),
    ]

    fiscal_year: Annotated[Int16 | None, Described("The document's year.", 2026, unit="calendar year")]
    document_phase: Annotated[
        DocumentPhase | None, Described("What the document is: a budget or final accounts.", "budget")
    ]


class Figure(NamedTuple):
    """One figure: what it is of, and what the document says of it."""

    key: FigureKey
    value: FigureValue
