"""The types of the dataset contract: allowed values, stored number types, and the description of a column.

Every dataset column is described once, where it is declared, by a `Described` in its annotation. The Arrow schema,
`docs/data-dictionary.md` and `datapackage.json` are derived from these descriptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

DocumentKind = Literal[
    "pdf",
    "docx",
    "doc",
    "xlsx",
    "xls",
    "ods",
    "ofd",
    "html",
    "text",
    "zip",
    "rar",
    "7z",
    "png",
    "jpeg",
    "tiff",
    "encrypted",
    "ole2",
    "empty",
    "unknown",
]
Status = Literal["ok", "partial", "unreadable", "encrypted", "not_a_document", "timeout", "memory", "crash", "skipped"]
READ: tuple[Status, ...] = ("ok", "partial")  # of documents that were read
FINAL = "_final"  # what a table type of final accounts ends in
DocumentPhase = Literal["budget", "final_accounts"]
Publication = Literal[
    "department_budget",
    "unit_budget",
    "final_accounts",
    "government_budget",
    "execution_report",
    "government_debt",
    "three_public_expenses",
    "fund_notice",
    "performance",
    "other",
]
Phase = Literal[
    "budget",
    "adjusted_budget",
    "execution",
    "final_accounts",
    "prior_year_budget",
    "prior_year_execution",
    "change",
]
Scope = Literal["all_region", "own_level", "level_with_zones"]
OrganisationLevel = Literal["department", "unit", "government"]
DriftKind = Literal["header", "unit", "columns", "template", "missing_table", "partial", "named_share", "proven_share"]
# Shapes: PDFium, on a page where characters were read by what they look like and not by what their font says.
ReadBy = Literal["pdfium", "shapes", "pdfplumber", "camelot", "ocr", "ofd", "docx", "xlsx", "html", "text"]
Side = Literal["revenue", "expenditure"]
Fund = Literal["general_public_budget", "government_fund", "state_capital"]
Scheme = Literal["functional", "economic_department", "economic_government", "revenue"]
CodeSource = Literal["printed", "inherited", "looked_up"]
Verdict = Literal["proven", "rounded", "uncovered", "contradicted"]
Rule = Literal[
    "children_sum", "rows_total", "columns_sum", "balance", "cross_table", "year_on_year", "rate", "narrative"
]
Holds = Literal["exact", "rounding", "no"]
Fault = Literal["reading", "document"]
Standing = Literal["finding", "doubt"]
Severity = Literal["high", "medium", "low", "marginal"]  # the gravest first
Direction = Literal["increase", "decrease", "flat"]
FigureDirection = Literal["revenue", "expenditure", "carry_over", "debt_limit", "debt_balance"]
FigureFund = Literal[
    "all",
    "fiscal_appropriation",
    "general_public_budget",
    "government_fund",
    "state_capital",
    "social_insurance",
    "own_funds",
    "general_debt",
    "special_debt",
]
FigureScope = Literal["department", "own", "all_region", "own_level", "level_with_zones"]
FigurePhase = Literal["budget", "adjusted_budget", "execution", "final_accounts"]
FigureClassification = Literal[
    "functional",
    "economic_department",
    "economic_government",
    "revenue",
    "source",
    "three_public",
    "social_insurance",
    "none",
]
Component = Literal[
    "total",
    "basic",
    "project",
    "personnel",
    "operating",
    "business",
    "remittance",
    "subsidy",
    "balancing",
    "grand_total",
]
Origin = Literal["printed", "derived"]
Base = Literal["prior_year_budget", "prior_year_execution", "budget", "adjusted_budget"]
EntryKind = Literal["duty", "unit", "unit_count", "term"]
AssetKind = Literal["vehicle", "equipment"]

# How numbers are stored; a plain int has 32 bits, and so has a float.
Int8 = Annotated[int, "int8"]
Int16 = Annotated[int, "int16"]
Yuan = Annotated[Decimal, "yuan"]  # to the cent
Number = Annotated[Decimal, "number"]  # as printed, in its own unit
Moment = Annotated[datetime, "moment"]  # to the second, UTC


@dataclass(frozen=True, slots=True)
class Described:
    """The description of a column in the data dictionary, beside its type.

    Attributes:
        meaning: One or two sentences, in Markdown.
        example: A Python value that occurs in real rows.
        unit: What a number counts or measures; required of every number.
        values: The allowed values, where neither a `Literal` nor the type alone gives them.
    """

    meaning: str
    example: object
    unit: str = ""
    values: str = ""


DocumentId = Annotated[
    str,
    Described(
        "The document that it stands in.",
        "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b",
        values="a `documents.document_id`",
    ),
]
SectionOrdinal = Annotated[
    int, Described("The section that it stands in.", 9, unit="ordinal, from 1", values="a `sections.section`")
]


def base_type(table_type: str | None) -> str:
    """Return a table type without what it adds for final accounts; empty for none."""
    return (table_type or "").removesuffix(FINAL)
