"""Table → line items: every printed amount once, with its code, measure, exact yuan and place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractor.config import Config
from extractor.grids.grid import Cell
from extractor.records.classification import Classifications, read_classifications
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.records.rows import RowStub, StubReader
from extractor.tables.amounts import clean, has_separators, is_amount, parse_amount, printed
from extractor.tables.table import Column, Row, Table
from extractor.tables.vocabulary import HeaderReader, header_reader

YUAN = {"元": Decimal(1), "千元": Decimal(1_000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
NO_MONEY = frozenset({"share", "quantity", "indicator_value"})
CENT = Decimal("0.01")


def table_id(document_id: str, ordinal: int) -> str:
    """Return a table's id, unique within a dataset."""
    return f"{document_id[:16]}-{ordinal:03d}"


def read_items(document_id: str, tables: Sequence[Table], facts: Facts, config: Config) -> list[LineItem]:
    """Read every printed amount of a document's tables.

    Args:
        document_id: The file's sha256.
        tables: The document's tables.
        facts: What the document says of itself.
        config: The vocabulary and the codes.
    """
    names = read_classifications(config.directory / "codes")
    reader = header_reader(config)
    items: list[LineItem] = []
    for table in tables:
        items += _table_items(document_id, table, facts, names, reader)
    return items


def _table_items(
    document_id: str, table: Table, facts: Facts, names: Classifications, reader: HeaderReader
) -> Iterator[LineItem]:
    blocks = sorted({c.block for c in table.columns})
    stubs = {b: StubReader(table, b, names, facts.fiscal_year, facts.organisation) for b in blocks}
    identity = table_id(document_id, table.ordinal)
    for row in table.rows:
        for block in blocks:
            stub = stubs[block].read(row)
            columns = [c for c in table.columns if c.block == block]
            attributes = _attributes(row, columns, stub)
            for column in columns:
                cell = row.cells[column.ordinal]
                if cell is None or not _is_item(cell, column):
                    continue
                own, own_stub = column, stub
                if column.role != "measure" or column.measure is None:
                    own, own_stub = _labelled_beside(table, row, column, stub, reader)
                    if own.measure is None and table.form and not has_separators(cell.text):
                        continue  # the number of a row, a weight or a target in words: nothing says that it is money
                yield _item(document_id, identity, table, row, own, cell, own_stub, attributes, facts, names)


def _is_item(cell: Cell, column: Column) -> bool:
    """Tell whether a cell is an amount: any number in a measure column, elsewhere what is printed as money is."""
    if column.role in ("code", "agency_code", "helper") or not is_amount(cell.text):
        return False
    return column.role == "measure" or has_separators(cell.text)


def _labelled_beside(
    table: Table, row: Row, column: Column, stub: RowStub, reader: HeaderReader
) -> tuple[Column, RowStub]:
    """Return column and stub for an amount whose label stands to its left or above it, as in forms.

    A form prints 年度资金总额 | 100.00, or a header row of its own further down: 任务名称 | 预算金额(万元).
    """
    beside = (row.cells[index] for index in range(column.ordinal - 1, -1, -1))
    above = (r.cells[column.ordinal] for r in reversed(table.rows[: row.ordinal]))
    for cells, names_row in ((beside, True), (above, False)):
        for cell in cells:
            text = clean(cell.text) if cell is not None else ""
            if cell is None or not text or is_amount(text):
                continue
            meaning = reader.meaning(text)
            if meaning.measures:
                measure, unit = meaning.measures[0], meaning.unit or column.unit
                own = column._replace(measure=measure, unit=unit, path=(*column.path, text))
                return own, stub._replace(label=printed(cell.text)) if names_row else stub
            break
    return column._replace(measure=column.measure if column.role == "measure" else None), stub


def _attributes(row: Row, columns: Sequence[Column], stub: RowStub) -> tuple[tuple[str, str], ...]:
    found = []
    for column in columns:
        cell = row.cells[column.ordinal]
        if column.role in ("attribute", "name", "agency_name") and cell is not None:
            text = clean(cell.text)
            if text and text != clean(stub.label) and not is_amount(text):
                found.append(("/".join(column.path), printed(cell.text)))
    return tuple(found)


def _item(
    document_id: str,
    identity: str,
    table: Table,
    row: Row,
    column: Column,
    cell: Cell,
    stub: RowStub,
    attributes: tuple[tuple[str, str], ...],
    facts: Facts,
    names: Classifications,
) -> LineItem:
    text = clean(cell.text)
    value = parse_amount(cell.text)
    phase, year = _phase_and_year(column, table, facts)
    unit = "%" if text.endswith("%") else column.unit or table.unit
    money = unit in YUAN and not (column.measure and column.measure.rpartition("/")[2] in NO_MONEY)
    if not money and column.measure and column.measure.rpartition("/")[2] in NO_MONEY and unit in YUAN:
        unit = None
    amount = (value * YUAN[unit or ""]).quantize(CENT) if money else None
    code = stub.codes.get(stub.leading) if stub.leading else None
    standard = names.scheme(stub.leading).name(code, facts.fiscal_year) if code and stub.leading else None
    return LineItem(
        item_id=f"{identity}/{row.ordinal}/{column.ordinal}",
        document_id=document_id,
        table_id=identity,
        fiscal_year=facts.fiscal_year,
        amount_year=year,
        table_type=table.table_type,
        side=_side(column, table, stub),
        classification=stub.leading if code else None,
        # A percentage carries its classification in functional_code and the like: sums over `code` meet amounts alone.
        code=code if amount is not None else None,
        functional_code=stub.codes.get("functional"),
        economic_department_code=stub.codes.get("economic_department"),
        economic_government_code=stub.codes.get("economic_government"),
        revenue_code=stub.codes.get("revenue"),
        code_source=stub.source,
        agency_code=stub.agency_code,
        agency_name=stub.agency_name,
        label=stub.label,
        label_standard=standard,
        is_total=stub.is_total,
        measure=column.measure,
        measure_label="/".join(column.path),
        phase=phase,
        amount=amount,
        value=value,
        unit=unit,
        amount_text=printed(cell.text),
        page=row.page,
        row=row.ordinal,
        column=column.ordinal,
        x0=cell.x0,
        top=cell.top,
        x1=cell.x1,
        bottom=cell.bottom,
        reading=table.reading,
        numbering=stub.numbering,
        block=column.block,
        indent=stub.indent,
        fund=column.fund or table.fund,
        attributes=attributes,
    )


def _phase_and_year(column: Column, table: Table, facts: Facts) -> tuple[str | None, int | None]:
    """Return phase and year of a column: what its header says, else the table's, else the document's."""
    phase = column.phase or table.phase or facts.phase
    year = facts.fiscal_year
    earlier = column.year is not None and year is not None and column.year < year
    if earlier and phase in ("budget", "adjusted_budget"):
        phase = "prior_year_budget"
    elif (earlier and phase == "final_accounts") or (phase == "final_accounts" and facts.phase == "budget"):
        phase = "prior_year_execution"
    if column.year is not None:
        return phase, column.year
    if year is not None and phase in ("prior_year_budget", "prior_year_execution"):
        return phase, year - 1
    return phase, year


def _side(column: Column, table: Table, stub: RowStub) -> str | None:
    if column.side or table.side:
        return column.side or table.side
    if {"functional", "economic_department", "economic_government"} & set(stub.codes):
        return "expenditure"
    if "revenue" in stub.codes or stub.label.startswith(("收入", "本年收入")):
        return "revenue"
    return "expenditure" if stub.label.startswith(("支出", "本年支出")) else None
