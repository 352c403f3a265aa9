"""Line items and tables made by hand: what a test does not name is the same in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractor.grids.grid import Grid
from extractor.notation.amounts import parse_amount
from extractor.notation.figures import is_nil
from extractor.notation.units import YUAN
from extractor.records.item import LineItem
from extractor.tables.table import Column, Table

DOCUMENT = "d" * 64


def line_item(amount: str, row: int = 0, column: int = 2, **changes: Any) -> LineItem:
    """Make the item that a cell prints; `table` is its table's ordinal, `unit` 万元 unless it is named."""
    table_id = f"{DOCUMENT[:16]}/{changes.pop('table', 1)}"
    unit = changes.pop("unit", "万元")
    value = parse_amount(amount)
    item = LineItem(
        item_id=f"{table_id}/{row}/{column}",
        document_id=DOCUMENT,
        table_id=table_id,
        fiscal_year=2026,
        amount_year=2026,
        table_type="expenditure_summary",
        side="expenditure",
        classification=None,
        code=None,
        functional_code=None,
        economic_department_code=None,
        economic_government_code=None,
        revenue_code=None,
        code_source=None,
        agency_code=None,
        agency_name=None,
        label=f"项目{row}",
        label_standard=None,
        is_total=False,
        measure="total",
        measure_label="合计",
        phase="budget",
        amount=value * YUAN[unit] if unit in YUAN else None,
        value=value,
        unit=unit,
        amount_text=amount,
        page=1,
        row=row,
        column=column,
        x0=None,
        top=None,
        x1=None,
        bottom=None,
        reading="pdfium",
        numbering="",
        block=0,
        indent=0.0,
        fund=None,
        attributes=(),
    )
    return item._replace(**changes)


def items_down(*rows: tuple[str, str] | tuple[str, str, dict[str, Any]], **changes: Any) -> list[LineItem]:
    """Make a column from (code or label, amount[, changes]), top to bottom; 合计, 总计 and 小计 are totals."""
    found = []
    for number, (name, amount, *more) in enumerate(rows):
        own: dict[str, Any] = {"label": name, "is_total": name.endswith(("合计", "总计", "小计"))}
        if name.isdigit():
            own = {"code": name, "code_source": "printed", "classification": "functional", "label": f"科目{name}"}
        found.append(line_item(amount, number, **{**own, **changes, **(more[0] if more else {})}))
    return found


def columns_of(*paths: str | tuple[str, ...], **measures: str) -> tuple[Column, ...]:
    """Make columns of amounts under header paths; `measures` says which text means which concept."""
    found = []
    for ordinal, path in enumerate(paths):
        texts = (path,) if isinstance(path, str) else path
        measure = measures.get(texts[-1])
        found.append(Column(ordinal, texts, "measure", measure=measure, concepts=(measure,) if measure else ()))
    return tuple(found)


def table_with(columns: Sequence[Column], **changes: Any) -> Table:
    """Make a table of columns; its rows are the items that a test makes of them."""
    values: dict[str, Any] = {
        "table_id": f"{DOCUMENT[:16]}-001",
        "ordinal": 1,
        "title": "支出预算总表",
        "table_number": "",
        "agency": "",
        "unit": "万元",
        "first_page": 1,
        "last_page": 1,
        "x0": 0.0,
        "top": 0.0,
        "x1": 0.0,
        "bottom": 0.0,
        "columns": tuple(columns),
        "rows": (),
        "header": (),
        "reading": "pdfium",
        "table_type": "expenditure_summary",
        "template_id": None,
        "reason": "",
        "fund": None,
        "side": None,
        "phase": "budget",
        "year": None,
        "form": False,
        "measured_by_rows": False,
        "empty": False,
        "notes": (),
        "scope": None,
        "readings_tried": (),
    }
    return Table(**{**values, **changes})


def items_across(columns: Sequence[Column], *rows: Sequence[str]) -> list[LineItem]:
    """Make the items of rows of amounts; a blank prints nothing."""
    return [
        line_item(text, row, column.ordinal, measure=column.measure, measure_label="/".join(column.path))
        for row, texts in enumerate(rows)
        for column, text in zip(columns, texts, strict=True)
        if not is_nil(text)
    ]


def cells_of(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    """Return (row, column, row span, column span, text without blanks) of each cell."""
    return [(c.row, c.column, c.row_span, c.column_span, "".join(c.text.split())) for c in grid.cells]
