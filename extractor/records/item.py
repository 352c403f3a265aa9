"""`LineItem`: one amount printed in a table, with everything the dataset contract says of it but its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Self

from extractor.contract import (
    CodeSource,
    Described,
    DocumentId,
    FigureScope,
    Fund,
    Int16,
    Number,
    Phase,
    ReadBy,
    Scheme,
    Side,
    Yuan,
)

MIN_STEP = 2.0  # points: what is indented by less stands as deep
CODES = "3, 5 or 7 digits (9 in revenue) without blanks, of `configs/codes/`"


class Attribute(NamedTuple):
    """A text that stands in a row beside its amounts: the header over it, and the text, as printed."""

    name: str
    text: str


class LineItem(NamedTuple):
    """One amount; what is described here is a column of `line_items`.

    Attributes beyond the contract:
        numbering: What numbers the label: 一、 (一) 1. …; the only hierarchy of many code-less tables.
        block: Which of the row headers that stand side by side the item belongs to, 0-based.
        indent: Points by which the label is indented within its cell: the only hierarchy of code-less tables.
        fund: general_public_budget, government_fund or state_capital where header or title says so.
    """

    item_id: Annotated[
        str,
        Described(
            "`table_id/row/column`, unique within the dataset: the checks refer to items by it.",
            "4588cbbcbd3fc885-002/4/3",
        ),
    ]
    document_id: DocumentId
    table_id: Annotated[
        str, Described("The table that prints it.", "4588cbbcbd3fc885-002", values="a `tables.table_id`")
    ]
    fiscal_year: Annotated[
        Int16 | None,
        Described(
            "The document's year, which is the partition's; null where the document does not say (partition `year=0`).",
            2026,
            unit="calendar year",
        ),
    ]
    amount_year: Annotated[
        Int16 | None,
        Described(
            "The year that this amount is for: one less than `fiscal_year` in a column of last year's.",
            2025,
            unit="calendar year",
        ),
    ]
    table_type: Annotated[
        str | None,
        Described(
            "What the table is, whatever its title; null where no title and no header fits.",
            "general_public_budget_expenditure",
            values="a [table type](#table-types)",
        ),
    ]
    side: Annotated[
        Side | None,
        Described("Whether it is 收入 or 支出, where the table, the header or the label says so.", "expenditure"),
    ]
    classification: Annotated[
        Scheme | None,
        Described(
            "The classification of `code`: 支出功能分类, 部门预算支出经济分类, 政府预算支出经济分类 or 收入分类; null for "
            "rows without a code.",
            "functional",
        ),
    ]
    code: Annotated[
        str | None,
        Described(
            "The row's code, the leading one where it carries several; null for totals, for rows without a code, and for "
            "percentages and counts, so that sums over `code` meet money alone.",
            "2010301",
            values=CODES,
        ),
    ]
    functional_code: Annotated[
        str | None, Described("The code of 支出功能分类 that the row carries.", "2010301", values=CODES)
    ]
    economic_department_code: Annotated[
        str | None,
        Described(
            "The code of 部门预算支出经济分类 that the row, or the column's header, carries.", "30201", values=CODES
        ),
    ]
    economic_government_code: Annotated[
        str | None,
        Described(
            "The code of 政府预算支出经济分类 that the row, or the column's header, carries.", "50201", values=CODES
        ),
    ]
    revenue_code: Annotated[str | None, Described("The code of 收入分类 that the row carries.", "10301", values=CODES)]
    code_source: Annotated[
        CodeSource | None,
        Described("Where the code comes from: printed, inherited from rows above, looked up by the name.", "printed"),
    ]
    agency_code: Annotated[
        str | None,
        Described(
            "The code of the unit that the row belongs to, where a table's rows or row groups are units.",
            "113001",
            values="digits, as printed",
        ),
    ]
    agency_name: Annotated[str | None, Described("The name of that unit, as printed.", "某市财政局(本级)")]
    label: Annotated[
        str, Described("The row's name as printed, without indent and numbering; empty where none is.", "行政运行")
    ]
    label_standard: Annotated[str | None, Described("The classification's name for the code in that year.", "行政运行")]
    is_total: Annotated[
        bool,
        Described("合计, 总计, 收入总计, 支出总计, or an organisation's own total row: it repeats other rows.", False),
    ]
    measure: Annotated[
        str | None,
        Described(
            "What the column is; several joined by `/`, outermost first, where one would name two columns of the table; "
            "null where the vocabulary does not know the header. It never says the phase.",
            "basic_expenditure",
            values="[measures](#measures), joined by `/`",
        ),
    ]
    measure_label: Annotated[
        str,
        Described("The header over the column as printed, `/` between levels, blanks removed.", "基本支出/人员经费"),
    ]
    phase: Annotated[
        Phase | None,
        Described(
            "Whose figure it is: the budget (预算数), the adjusted one (调整预算数), what the year came to before its accounts "
            "(执行数, 完成数, 快报数), the accounts (决算数), last year's budget, what last year came to (执行数, 决算数), or a "
            "change between two (增减额).",
            "budget",
        ),
    ]
    amount: Annotated[
        Yuan | None, Described("The amount; null for percentages and counts.", Decimal("15800.00"), unit="yuan (元)")
    ]
    value: Annotated[Number, Described("The number as printed.", Decimal("1.58"), unit="what `unit` says")]
    unit: Annotated[
        str | None,
        Described(
            "The unit of `value`; null where the table does not say, and for scores and quantities in forms.",
            "万元",
            values="元, 千元, 万元, 百万元, 亿元, 万亿元, %, or as printed: 人, 辆 …",
        ),
    ]
    amount_text: Annotated[str, Described("The figure as printed, blanks and marks of notes removed.", "1.58")]
    page: Annotated[int, Described("The page, or the sheet of a workbook.", 12, unit="ordinal, from 1")]
    row: Annotated[
        int, Described("Its row in the table, joined over all pages, without the header.", 4, unit="ordinal, from 0")
    ]
    column: Annotated[int, Described("Its column in the table.", 3, unit="ordinal, from 0")]
    x0: Annotated[
        float | None,
        Described(
            "The cell's left edge on the page as displayed; null where the format has no geometry.",
            301.5,
            unit="points from the page's left",
        ),
    ]
    top: Annotated[float | None, Described("Its top edge.", 187.25, unit="points from the page's top")]
    x1: Annotated[float | None, Described("Its right edge.", 366.0, unit="points from the page's left")]
    bottom: Annotated[float | None, Described("Its bottom edge.", 203.75, unit="points from the page's top")]
    reading: Annotated[ReadBy, Described("The reader whose reading of the table was taken.", "pdfium")]
    numbering: str
    block: int
    indent: float
    fund: Fund | None
    attributes: Annotated[
        tuple[Attribute, ...],
        Described(
            "The row's text columns, such as 项目 and 单位: the header and the text of each.",
            [{"name": "项目名称", "text": "办公用房维修"}],
            values="a list of structs of `name` and `text`",
        ),
    ]
    confidence: Annotated[
        float | None,
        Described(
            "How sure the recognition is of the least sure character of the amount and its row's codes; null where the "
            "document says its text itself.",
            0.984375,
            unit="share, 0 to 1",
        ),
    ] = None
    region_code: Annotated[
        str | None,
        Described(
            "The code of the region whose figure it is: the row's where the table's rows are regions, else the document's; "
            "null where such a row is none of `configs/codes/regions.csv`, or may be several.",
            "430102",
            values="6 digits of GB/T 2260",
        ),
    ] = None
    region: Annotated[
        str | None,
        Described(
            "The name of that region; a city's district with its city's. Without a code, that of a zone which is no division, "
            "as the table's title prints it.",
            "长沙市芙蓉区",
        ),
    ] = None
    scope: Annotated[
        FigureScope | None,
        Described(
            "How much of the organisation the figure covers. Of a government, by its column, its row, its table's title or the "
            "heading over it: the whole region with all levels (全市), its own level (市本级), or that with its development zones (市级（含高新区） beside 市本级). Of another: the department with its units, or its "
            "own (本级, a unit). Null where nothing says so, and of the lower levels together (市县合计), whose measure says that.",
            "own_level",
        ),
    ] = None
    note: Annotated[
        str | None,
        Described(
            "The mark behind or before the figure by which it refers to a note, raised figures as Unicode has them, and behind "
            "a blank the text of that note where the table has it below; null where no mark is.",
            "① 含上年结转资金。",
            values="as printed: ①, ¹, * …; with the note's text: ① 含上年结转资金。",
        ),
    ] = None
    organisation_id: Annotated[
        str | None,
        Described(
            "Whose amount it is: the row's unit's or region's government's where the table's rows are such, else the document's; "
            "null where such a row is no region, or may be several.",
            "350100-福州市公安局",
            values="an `organisations.organisation_id`",
        ),
    ] = None
    organisation: Annotated[
        str | None,
        Described("That organisation's name as printed; null where the document names nobody.", "福州市公安局"),
    ] = None

    @property
    def level(self) -> int | None:
        """How deep its code is in the classification: 1 类, 2 款, 3 项, 4 目."""
        return (len(self.code) - 1) // 2 if self.code else None

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Return an amount of its row of `line_items`; what is no column there is None."""
        return cls._make(map(row.get, cls._fields))
