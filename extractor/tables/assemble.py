"""Page layouts → the document's tables: each with its title, unit, header tree, rows and type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractor.grids.grid import PageLayout
from extractor.notation.amounts import is_amount
from extractor.notation.text import clean
from extractor.notation.units import YUAN
from extractor.tables.body import collect_rows, in_measures, join_rows, printed_once
from extractor.tables.columns import read_columns, read_content, tell_apart
from extractor.tables.fragments import Draft, read_drafts
from extractor.tables.recognise import recognise
from extractor.tables.table import Column, Table
from extractor.vocabulary.config import Config
from extractor.vocabulary.headers import NO_MONEY, HeaderReader, header_reader


def read_tables(layouts: Sequence[PageLayout], config: Config) -> list[Table]:
    """Read the tables of one document.

    Args:
        layouts: Every page of the document, in order.
        config: The vocabulary, table kinds and templates.

    Returns:
        The tables in reading order; a grid without any figure and without a recognised title is no table.
    """
    reader = header_reader(config)
    drafts = read_drafts(layouts, reader, config)
    final_document = _is_final(layouts)
    units = Counter(d.head.surroundings.unit for d in drafts if d.head.surroundings.unit)
    common_unit = next(iter(units)) if len(units) == 1 else None
    tables: list[Table] = []
    for draft in drafts:
        table = _table(draft, len(tables), final_document, common_unit, reader, config)
        if table is not None:
            tables.append(table)
    return tables


def _is_final(layouts: Sequence[PageLayout]) -> bool:
    """Return whether the document is a final account: what its first pages call it more often."""
    opening = "".join(clean(layout.text) for layout in layouts[:2])
    # 一般公共预算 and its like name a fund in final accounts too.
    return opening.count("决算") > len(re.findall(r"(?<!公共)(?<!基金)(?<!经营)(?<!国资)预算", opening))


def _table(
    draft: Draft,
    ordinal: int,
    final_document: bool,
    common_unit: str | None,
    reader: HeaderReader,
    config: Config,
) -> Table | None:
    head = draft.head
    rows = collect_rows(draft)
    contents = [read_content([row.cells[column] for row in rows]) for column in range(head.grid.columns)]
    if head.form:
        columns = tuple(Column(ordinal, (), "attribute") for ordinal in range(head.grid.columns))
    else:
        columns = read_columns(head.header.paths, contents, reader)
    rows = join_rows(printed_once(in_measures(rows, columns), columns), columns)
    unit = next((f.surroundings.unit for f in draft.fragments if f.surroundings.unit), None)
    printed = {
        c.unit for c in columns if c.unit in YUAN and c.measure not in NO_MONEY
    }  # a price says its own unit alone
    unit = unit or (next(iter(printed)) if len(printed) == 1 else None)
    reason_unit = ""
    if unit is None and common_unit is not None and not head.form:
        unit, reason_unit = common_unit, f"; unit {common_unit} as in all other tables of the document"
    found = recognise(head.surroundings.title, columns, unit, final_document, config)
    figures = any(cell is not None and is_amount(cell.text) for row in rows for cell in row.cells)
    if found.kind is None and not figures:
        return None
    if found.template is not None:
        columns = tuple(_narrowed(column, found.template.measures) for column in columns)
    kind = found.kind
    table = Table(
        ordinal=ordinal,
        title=head.surroundings.title,
        number=head.surroundings.number,
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


def _side_of(title: str) -> str | None:
    """Return the side that a title names, where it names one alone."""
    if "收" in title or "支出" not in title:
        return "revenue" if "收入" in title and "支" not in title else None
    return "expenditure"


def _narrowed(column: Column, measures: dict[str, str]) -> Column:
    path = "/".join(column.path)
    measure = next((m for pattern, m in measures.items() if re.fullmatch(pattern, path)), None)
    return column._replace(measure=measure, role="measure") if measure else column
