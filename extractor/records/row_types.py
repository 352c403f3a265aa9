"""Tables whose type depends on what their rows are: a title that says neither 功能 nor 经济 may head either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractor.contract import Scheme, base_type
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.table_rules import TableKind


def with_types_of_rows(
    tables: Sequence[Table], items: Sequence[LineItem], kinds: Sequence[TableKind]
) -> tuple[list[Table], list[LineItem]]:
    """Return tables and their items with the type that tables of economic classes have, where all coded rows are such.

    Args:
        tables: A document's tables.
        items: Their amounts.
        kinds: All table types.
    """
    narrower = {kind.id: kind.by_economic_class for kind in kinds if kind.by_economic_class}
    schemes: dict[str, set[Scheme]] = defaultdict(set)
    for item in items:
        if item.classification is not None:
            schemes[item.table_id].add(item.classification)
    types: dict[str, str] = {}
    for table in tables:
        kind = base_type(table.table_type)
        own = schemes[table.table_id]
        if kind in narrower and own and own <= {"economic_department", "economic_government"}:
            types[table.table_id] = narrower[kind] + (table.table_type or "")[len(kind) :]
    if not types:
        return list(tables), list(items)
    return (
        [replace(t, table_type=types[t.table_id]) if t.table_id in types else t for t in tables],
        [i._replace(table_type=types[i.table_id]) if i.table_id in types else i for i in items],
    )
