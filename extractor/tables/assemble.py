"""Page layouts → the document's tables: each with its title, unit, header tree, rows and type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractor.contract import DocumentPhase, Side
from extractor.notation.amounts import YUAN, is_amount
from extractor.tables.body import collect_rows, in_measures, join_rows, printed_once
from extractor.tables.columns import read_columns, read_content, tell_apart
from extractor.tables.fragments import Draft
from extractor.tables.recognise import recognise
from extractor.tables.table import Column, Table
from extractor.vocabulary.config import Config
from extractor.vocabulary.headers import NO_MONEY, header_reader


def read_tables(document_id: str, drafts: Sequence[Draft], phase: DocumentPhase | None, config: Config) -> list[Table]:
    """Read the tables of one document.

    Args:
        document_id: The file's sha256.
        drafts: Its tables as fragments, in reading order.
        phase: What it calls itself: in final accounts a title need not repeat it.
        config: The vocabulary, table kinds and templates.

    Returns:
        The tables in reading order; a grid without any figure and without a recognised title is no table.
    """
    units = Counter(d.head.surroundings.unit for d in drafts if d.head.surroundings.unit)
    common_unit = next(iter(units)) if len(units) == 1 else None
    tables: list[Table] = []
    for draft in drafts:
        table = _table(draft, document_id, len(tables), phase, common_unit, config)
        if table is not None:
            tables.append(table)
    return tables


def _table(
    draft: Draft,
    document_id: str,
    ordinal: int,
    phase: DocumentPhase | None,
    common_unit: str | None,
    config: Config,
) -> Table | None:
    head = draft.head
    rows = collect_rows(draft)
    contents = [read_content([row.cells[column] for row in rows]) for column in range(head.grid.columns)]
    if head.form:
        columns = tuple(Column(ordinal, (), "attribute") for ordinal in range(head.grid.columns))
    else:
        columns = read_columns(head.header.paths, contents, header_reader(config))
    rows = join_rows(printed_once(in_measures(rows, columns), columns), columns)
    unit = next((f.surroundings.unit for f in draft.fragments if f.surroundings.unit), None)
    printed = {
        c.unit for c in columns if c.unit in YUAN and c.measure not in NO_MONEY
    }  # a price says its own unit alone
    unit = unit or (next(iter(printed)) if len(printed) == 1 else None)
    reason_unit = ""
    if unit is None and common_unit is not None and not head.form:
        unit, reason_unit = common_unit, f"; unit {common_unit} as in all other tables of the document"
    found = recognise(head.surroundings.title, columns, unit, phase, config)
    figures = any(cell is not None and is_amount(cell.text) for row in rows for cell in row.cells)
    if found.kind is None and not figures:
        return None
    if found.template is not None:
        columns = tuple(_narrowed(column, found.template.measures) for column in columns)
    kind = found.kind
    table = Table(
        table_id=f"{document_id[:16]}-{ordinal:03d}",
        ordinal=ordinal,
        title=head.surroundings.title,
        table_number=head.surroundings.number,
        agency=next((f.surroundings.agency for f in draft.fragments if f.surroundings.agency), ""),
        unit=unit,
        first_page=head.grid.page,
        last_page=draft.last.grid.page,
        x0=head.grid.x0,
        top=head.grid.top,
        x1=head.grid.x1,
        bottom=head.grid.bottom,
        columns=columns,
        rows=tuple(rows),
        header=head.header.tree,
        reading=head.grid.reading,
        readings_tried=(head.grid.reading,),
        table_type=found.table_type,
        template_id=found.template.id if found.template else None,
        reason=found.reason + reason_unit,
        fund=kind.fund if kind else None,
        side=(kind.side if kind else None) or _side_of(head.surroundings.title),
        phase="final_accounts" if found.final else None,
        form=head.form,
        measured_by_rows=kind is not None and kind.measured_by_rows,
        empty=not figures,
        notes=tuple(note for f in draft.fragments for note in f.notes),
    )
    return replace(table, columns=tell_apart(columns, lambda c: (*table.series(c), c.side, c.unit)))


def _side_of(title: str) -> Side | None:
    """Return the side that a title names, where it names one alone."""
    if "收" in title or "支出" not in title:
        return "revenue" if "收入" in title and "支" not in title else None
    return "expenditure"


def _narrowed(column: Column, measures: dict[str, str]) -> Column:
    path = "/".join(column.path)
    measure = next((m for pattern, m in measures.items() if re.fullmatch(pattern, path)), None)
    return column._replace(measure=measure, role="measure") if measure else column
