"""`Table`: one table of a document, over however many pages it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from extractor.contract import Described, Fund, Phase, ReadBy, Scope, Side
from extractor.grids.grid import Cell

TEXTS = frozenset(("name", "attribute", "agency_name"))  # roles of columns that hold texts


class Column(NamedTuple):
    """One leaf column of a table.

    Attributes:
        ordinal: 0-based.
        path: Header texts from the outermost group to the leaf, blanks removed; empty where nothing is printed.
        role: code, name, agency_code, agency_name, measure, attribute (a text column such as 备注) or helper (行次, 序号).
        block: Which of the stubs that stand side by side it belongs to, 0-based.
        measure: The concept of a measure column, an id of `configs/measures.toml`, or a path of some; None where unknown.
        concepts: All concepts along the path, outermost first.
        phase: None: the document's own.
        unit: What the header says of its unit (%, 人, 万元); None: the table's.
        side: revenue or expenditure where the header says so.
        fund: general_public_budget, government_fund or state_capital where the header says so.
        year: The year that the header prints over the column; None where it prints none.
        concepts: What the texts of its path mean, outermost first.
        scope: all_region or own_level where the header says so.
        listed: The text of its path that names what its amounts are for, a place, a transfer or a bond.
        spread: Its cells hold parts of figures that run over several columns.
    """

    ordinal: int
    path: tuple[str, ...]
    role: str
    block: int = 0
    measure: str | None = None
    phase: Phase | None = None
    unit: str | None = None
    side: Side | None = None
    fund: Fund | None = None
    year: int | None = None
    concepts: tuple[str, ...] = ()
    scope: Scope | None = None
    listed: str | None = None
    spread: bool = False


class Row(NamedTuple):
    """One data row: `cells[i]` is the cell of column i, None where a cell further left or above covers it."""

    ordinal: int
    page: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table; what is described here is a column of `tables`.

    Attributes beyond the contract:
        ordinal: 0-based within the document.
        x0: Bounding box on the first page; and `top`, `x1`, `bottom`.
        columns: Leaf columns.
        rows: Data rows in reading order over all pages.
        header: The header as a tree: `[{"text": …, "children": […]}, …]`.
        fund: general_public_budget, government_fund or state_capital, where the title says so.
        side: revenue or expenditure where the title says so.
        phase: What the title implies; None: the document's own.
        year: The year that the title states; None where it states none.
        form: Labels and values beside each other, not rows under a header: a figure's label is on its left.
        footnotes: The notes under it by the number or the stars of their marks.
        scope_above: The scope that the heading over it names.
        measured_by_rows: Where the header says no more than 金额, the rows' labels name the measures.
    """

    table_id: Annotated[
        str,
        Described("The document and the table's ordinal in it: unique within the dataset.", "4588cbbcbd3fc885-002"),
    ]
    ordinal: int
    title: Annotated[str, Described("As printed, blanks removed; empty where none is.", "一般公共预算支出表")]
    table_number: Annotated[str, Described("表号 as printed; empty where none is.", "公开05表")]
    agency: Annotated[str, Described("What 编制单位 or 编制部门 says; empty where nothing is.", "福州市公安局")]
    unit: Annotated[
        str | None,
        Described(
            "The unit of its amounts; null where neither it nor all other tables of the document say one.",
            "万元",
            values="元, 千元, 万元, 百万元, 亿元, 万亿元",
        ),
    ]
    first_page: Annotated[int, Described("The page, or the sheet, that it begins on.", 12, unit="ordinal, from 1")]
    last_page: Annotated[int, Described("The page that it ends on.", 13, unit="ordinal, from 1")]
    x0: float
    top: float
    x1: float
    bottom: float
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header: tuple[dict[str, object], ...]
    reading: Annotated[ReadBy, Described("The reader whose reading was taken.", "pdfium")]
    readings_tried: Annotated[
        tuple[ReadBy, ...],
        Described("The readers that saw it: others are asked where its identities fail.", ["pdfium"]),
    ]
    table_type: Annotated[
        str | None,
        Described(
            "What it is, whatever its title; `_final` is added in final accounts. Null where no title and no header fits.",
            "general_public_budget_expenditure",
            values="a [table type](#table-types)",
        ),
    ]
    template_id: Annotated[
        str | None,
        Described(
            "The template that narrowed what its columns mean; null where the vocabulary alone was enough.",
            "shanghai-budget-3",
            values="an id of `configs/templates/`",
        ),
    ]
    reason: Annotated[
        str,
        Described("Why this type, this unit and this template.", 'title "一般公共预算支出表" means 一般公共预算支出表'),
    ]
    fund: Fund | None
    side: Side | None
    phase: Phase | None
    year: int | None
    form: bool
    measured_by_rows: bool
    empty: Annotated[bool, Described("It prints no amount at all: stated as an empty table.", False)]
    notes: Annotated[
        tuple[str, ...], Described("Text lines right under it.", ["注：本表金额转换成万元时，因四舍五入可能存在尾差。"])
    ]
    scope: Annotated[
        Scope | None,
        Described(
            "How much of a government it covers, by its title or the heading over it: the whole region with all levels (全市), "
            "the government's own level (市本级), or that with its development zones (市级, where other tables of the book are of "
            "市本级); null where neither says so.",
            "all_region",
        ),
    ]
    footnotes: Mapping[str, str] = field(default_factory=dict)
    scope_above: Scope | None = None

    def series(self, column: Column) -> tuple[int, Phase, int | None, Scope | None]:
        """Return block, phase, year and scope of a column as they take effect: what a header leaves out is the table's own.

        当年预算 and 2026年 beside a column that says neither do not make another series of it.
        """
        newest = max((c.year for c in self.columns if c.year), default=None)
        return column.block, column.phase or self.phase or "budget", column.year or newest, column.scope or self.scope
