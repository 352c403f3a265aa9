"""`Table`: one table of a document, over however many pages it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from extractor.grids.grid import Cell


class Column(NamedTuple):
    """One leaf column of a table.

    Attributes:
        ordinal: 0-based.
        path: Header texts from the outermost group to the leaf, blanks removed; empty where nothing is printed.
        role: code, name, agency_code, agency_name, measure, attribute (a text column such as 备注) or helper (行次, 序号).
        block: Which of the stubs that stand side by side it belongs to, 0-based.
        measure: The concept of a measure column, an id of `configs/measures.toml`, or a path of some; None where unknown.
        concepts: All concepts along the path, outermost first.
        phase: budget, adjusted_budget, final_accounts, prior_year_budget, prior_year_execution or change; None: the
            document's own.
        unit: What the header says of its unit (%, 人, 万元); None: the table's.
        side: revenue or expenditure where the header says so.
        fund: general_public_budget, government_fund or state_capital where the header says so.
        year: The year that the header prints over the column; None where it prints none.
    """

    ordinal: int
    path: tuple[str, ...]
    role: str
    block: int = 0
    measure: str | None = None
    phase: str | None = None
    unit: str | None = None
    side: str | None = None
    fund: str | None = None
    year: int | None = None
    concepts: tuple[str, ...] = ()


class Row(NamedTuple):
    """One data row: `cells[i]` is the cell of column i, None where a cell further left or above covers it."""

    ordinal: int
    page: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        ordinal: 0-based within the document.
        title: As printed, blanks removed; empty where none is printed.
        number: 表号 as printed (公开01表, 表1), or empty.
        agency: What 编制单位 or 编制部门 says, or empty.
        unit: 元, 千元, 万元, 亿元; None where the table does not say.
        first_page: 1-based; and `last_page`.
        x0: Bounding box on the first page; and `top`, `x1`, `bottom`.
        columns: Leaf columns.
        rows: Data rows in reading order over all pages.
        header: The header as a tree: `[{"text": …, "children": […]}, …]`.
        reading: The reader that saw it.
        table_type: An id of `configs/tables.toml`; None where no title and no header fits.
        template_id: The template that narrowed it; None where none was needed.
        reason: Why this type and template, in words for `inspect`.
        fund: general_public_budget, government_fund or state_capital, where the title says so.
        side: revenue or expenditure where the title says so.
        phase: What the title implies; None: the document's own.
        form: Labels and values beside each other, not rows under a header: a figure's label is on its left.
        measured_by_rows: Where the header says no more than 金额, the rows' labels name the measures.
        empty: Stated as an empty table: no amounts at all.
        notes: Text lines right under the table (注：…).
        readings_tried: The readers that saw it, where its identities failed and others were asked; else empty.
    """

    ordinal: int
    title: str
    number: str
    agency: str
    unit: str | None
    first_page: int
    last_page: int
    x0: float
    top: float
    x1: float
    bottom: float
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header: tuple[dict[str, object], ...]
    reading: str
    table_type: str | None
    template_id: str | None
    reason: str
    fund: str | None
    side: str | None
    phase: str | None
    form: bool
    measured_by_rows: bool
    empty: bool
    notes: tuple[str, ...]
    readings_tried: tuple[str, ...] = ()

    def series(self, column: Column) -> tuple[int, str | None, int | None]:
        """Return block, phase and year of a column as they take effect: what a header leaves out is the table's own.

        当年预算 and 2026年 beside a column that says neither do not make another series of it.
        """
        newest = max((c.year for c in self.columns if c.year), default=None)
        return column.block, column.phase or self.phase or "budget", column.year or newest
