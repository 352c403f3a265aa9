"""Page layouts → the document's tables: each with its title, unit, header tree, rows and type."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractor.contract import DocumentPhase, Phase, Side
from extractor.notation.amounts import is_amount
from extractor.notation.figures import is_figure
from extractor.notation.text import clean
from extractor.notation.units import YUAN
from extractor.tables.body import collect_rows, in_measures, join_rows, printed_once
from extractor.tables.columns import concepts_of, measure_of, read_columns, read_content, tell_apart, with_parts
from extractor.tables.fragments import Draft
from extractor.tables.period import read_period
from extractor.tables.recognise import Recognition, recognise
from extractor.tables.spread_figures import find_spread
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.headers import HeaderReader
from extractor.vocabulary.table_rules import TableKind
from extractor.vocabulary.vocabulary import Vocabulary

_TWO_SIDED = re.compile("收支|平衡")
_SIDE_END = re.compile(r"(收入|支出)(?:(?:小|合|总)?计)?(?:\(.*\))?$")
MIN_LABELS = 2


def read_tables(
    document_id: str, drafts: Sequence[Draft], phase: DocumentPhase | None, vocabulary: Vocabulary
) -> list[Table]:
    """Read the tables of one document.

    Args:
        document_id: The file's sha256.
        drafts: Its tables as fragments, in reading order.
        phase: What it calls itself: in final accounts a title need not repeat it.
        vocabulary: What titles, headers and captions mean.

    Returns:
        The tables in reading order; a grid without any figure and without a recognised title is no table.
    """
    units = Counter(d.head.surroundings.unit for d in drafts if d.head.surroundings.unit)
    common_unit = next(iter(units)) if len(units) == 1 else None
    tables: list[Table] = []
    for draft in drafts:
        table = _table(draft, document_id, len(tables), phase, common_unit, vocabulary)
        if table is not None:
            tables.append(table)
    return tables if phase == "final_accounts" else _with_phases_of_years(tables)


def _with_phases_of_years(tables: Sequence[Table]) -> list[Table]:
    """Return a book's tables, those whose titles state a year alone with the phase that its other titles give that year.

    2025年收支平衡表 beside 2025年收入执行情况表 tells what came of 2025, in the book of 2026's budget.
    """
    stated: dict[int | None, set[Phase]] = defaultdict(set)
    for table in tables:
        if table.phase is not None:
            stated[table.year].add(table.phase)
    return [
        replace(table, phase=next(iter(stated[table.year])))
        if table.phase is None and table.year is not None and len(stated[table.year]) == 1
        else table
        for table in tables
    ]


def _table(
    draft: Draft,
    document_id: str,
    ordinal: int,
    phase: DocumentPhase | None,
    common_unit: str | None,
    vocabulary: Vocabulary,
) -> Table | None:
    columns, rows = _columns_and_rows(draft, vocabulary)
    unit, unit_reason = _unit(draft, columns, common_unit, vocabulary.headers.groups)
    found = recognise(draft.head.surroundings.title, columns, unit, phase, vocabulary)
    if found.kind is None and _is_empty(rows):
        return None
    if found.template is not None:
        columns = tuple(_narrowed(column, found.template.measures) for column in columns)
    if found.kind is not None and found.kind.listed_in_columns:
        columns = tuple(_listed(column, vocabulary.headers) for column in columns)
    if _TWO_SIDED.search(draft.head.surroundings.title):
        columns = _with_sides_of_labels(columns, rows)
    found = replace(found, reason=found.reason + unit_reason)
    table = _assembled(draft, f"{document_id[:16]}-{ordinal:03d}", ordinal, columns, rows, unit, found, vocabulary)
    named = tell_apart(columns, lambda c: (*table.series(c), c.side, c.unit), vocabulary.headers.groups)
    return replace(table, columns=named)


def _columns_and_rows(draft: Draft, vocabulary: Vocabulary) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Return what the columns of a table are, and its data rows over all fragments."""
    head = draft.head
    rows = collect_rows(draft)
    if head.form:
        columns = tuple(Column(ordinal, (), "attribute") for ordinal in range(head.grid.columns))
    else:
        contents = [read_content([row.cells[column] for row in rows]) for column in range(head.grid.columns)]
        columns = _with_spread(read_columns(head.header.paths, contents, vocabulary.headers), rows)
    return columns, tuple(join_rows(printed_once(in_measures(rows, columns), columns), columns, vocabulary.totals))


def _with_spread(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return columns, those told that hold parts of figures that run over several of them."""
    cells = [[row.cells[column.ordinal] for row in rows] for column in columns]
    texts = [[clean(cell.text) for cell in own if cell is not None] for own in cells]
    spread = find_spread([column.path for column in columns], texts)
    return tuple(column._replace(spread=column.ordinal in spread) for column in columns)


def _unit(
    draft: Draft, columns: Sequence[Column], common_unit: str | None, groups: MeasureGroups
) -> tuple[str | None, str]:
    """Return a table's unit, and why where neither the table nor its columns say it."""
    stated = next((f.surroundings.unit for f in draft.fragments if f.surroundings.unit), None)
    if stated:
        return stated, ""
    # A price says its own unit alone.
    printed = {c.unit for c in columns if c.unit in YUAN and c.measure not in groups.no_money}
    if len(printed) == 1:
        return printed.pop(), ""
    if common_unit is not None and not draft.head.form:
        return common_unit, f"; unit {common_unit} as in all other tables of the document"
    return None, ""


def _assembled(
    draft: Draft,
    table_id: str,
    ordinal: int,
    columns: tuple[Column, ...],
    rows: tuple[Row, ...],
    unit: str | None,
    found: Recognition,
    vocabulary: Vocabulary,
) -> Table:
    head, kind = draft.head, found.kind
    period = read_period(head.surroundings.title, vocabulary.periods, head.heading)
    return Table(
        table_id=table_id,
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
        rows=rows,
        header=head.header.tree,
        reading=head.grid.reading,
        readings_tried=(head.grid.reading,),
        table_type=found.table_type,
        template_id=found.template.id if found.template else None,
        reason=found.reason,
        fund=kind.fund if kind else None,
        side=_side(kind, head.surroundings.title),
        phase="final_accounts" if found.final else period.phase,
        year=period.year,
        form=head.form,
        measured_by_rows=kind is not None and kind.measured_by_rows,
        empty=_is_empty(rows),
        notes=tuple(note for f in draft.fragments for note in f.notes),
        scope=vocabulary.headers.scope_of(head.surroundings.title),
        scope_above=head.scope,
        footnotes={key: note for f in reversed(draft.fragments) for key, note in f.footnotes.items()},
    )


def _is_empty(rows: Sequence[Row]) -> bool:
    """Return whether no cell prints a figure, readable as an amount or not: on top of others, say."""
    return not any(
        cell is not None and (is_amount(cell.text) or all(map(is_figure, cell.text.split() or [""])))
        for row in rows
        for cell in row.cells
    )


def _side(kind: TableKind | None, title: str) -> Side | None:
    """Return the side of all rows: that of the table's type, or the only one that its title names; None where it names both."""
    if _TWO_SIDED.search(title):
        return None
    if kind is not None and kind.side is not None:
        return kind.side
    if "收" in title or "支出" not in title:
        return "revenue" if "收入" in title and "支" not in title else None
    return "expenditure"


def _with_sides_of_labels(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns of two stubs beside each other with the sides that their labels end in, where no header says any.

    项目 | 预算数 | 项目 | 预算数 over 保险费收入 on the left and 待遇支出 on the right.
    """
    if {c.block for c in columns} != {0, 1} or any(c.side for c in columns):
        return columns
    sides = [_side_of_labels([c for c in columns if c.block == block and c.role == "name"], rows) for block in (0, 1)]
    if set(sides) != {"revenue", "expenditure"}:
        return columns
    return tuple(c._replace(side=sides[c.block]) if c.role == "measure" else c for c in columns)


def _side_of_labels(names: Sequence[Column], rows: Sequence[Row]) -> Side | None:
    """Return the side that most labels of a stub end in, and none ends in the other: 收入 or 支出."""
    ends = Counter(
        match[1]
        for name in names
        for row in rows
        if (cell := row.cells[name.ordinal]) and (match := _SIDE_END.search(clean(cell.text)))
    )
    if len(ends) != 1 or ends.total() < MIN_LABELS:
        return None
    return "revenue" if "收入" in ends else "expenditure"


def _narrowed(column: Column, measures: dict[str, str]) -> Column:
    path = "/".join(column.path)
    measure = next((m for pattern, m in measures.items() if re.fullmatch(pattern, path)), None)
    return column._replace(measure=measure, role="measure") if measure else column


def _listed(column: Column, reader: HeaderReader) -> Column:
    """Return a column whose header has a text that the vocabulary does not know as one of amounts for what that names."""
    unknown = next((text for text in reversed(column.path) if not reader.meaning(text).known), None)
    if column.role != "measure" or unknown is None or not reader.groups.generic.issuperset(column.concepts):
        return column
    meanings = with_parts(column.path, [reader.meaning(text) for text in column.path], reader)
    known = concepts_of([meaning for meaning in meanings if meaning.known], reader.groups)
    debts = reader.groups.outcomes | reader.groups.ceilings
    concepts = column.concepts or (tuple(known) if debts.intersection(known) else ("amount",))
    return column._replace(measure=measure_of(concepts, reader.groups), concepts=concepts, listed=unknown)
