"""`LineItem`: one amount printed in a table, with everything the dataset contract says of it but its verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class LineItem(NamedTuple):
    """One amount. Field meanings and value sets are those of the dataset contract's `line_items`.

    Attributes beyond the contract:
        item_id: `table_id/row/column`, unique within the dataset; checks refer to items by it.
        numbering: What numbers the label: 一、 (一) 1. …; the only hierarchy of many code-less tables.
        block: Which of the stubs that stand side by side the item belongs to, 0-based.
        indent: Points by which the label is indented within its cell: the only hierarchy of code-less tables.
        fund: general_public_budget, government_fund or state_capital where header or title says so.
        confidence: 0 to 1, of the least sure character of the amount and its row's codes where they were recognised in
            a picture; None where they were not.
        attributes: The row's text columns as (header, text) pairs, such as 项目 and 单位.
    """

    item_id: str
    document_id: str
    table_id: str
    fiscal_year: int | None
    amount_year: int | None
    table_type: str | None
    side: str | None
    classification: str | None
    code: str | None
    functional_code: str | None
    economic_department_code: str | None
    economic_government_code: str | None
    revenue_code: str | None
    code_source: str | None
    agency_code: str | None
    agency_name: str | None
    label: str
    label_standard: str | None
    is_total: bool
    measure: str | None
    measure_label: str
    phase: str | None
    amount: Decimal | None
    value: Decimal
    unit: str | None
    amount_text: str
    page: int
    row: int
    column: int
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None
    reading: str
    numbering: str
    block: int
    indent: float
    fund: str | None
    attributes: tuple[tuple[str, str], ...]
    confidence: float | None = None
