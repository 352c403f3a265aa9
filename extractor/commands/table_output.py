"""Print rows as a table for a person."""

from __future__ import annotations

import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from extractor.commands.options import visible

PIPE_WIDTH = 100_000  # columns of output that does not go to a terminal, at most: nothing is cut off there


def print_rows(rows: pa.Table) -> None:
    """Print rows, numbers to the right; control characters in texts are escaped."""
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name, kind in zip(rows.column_names, rows.schema.types, strict=True):
        number = pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
        table.add_column(escape(visible(name)), justify="right" if number else "left", no_wrap=True)
    for row in rows.to_pylist():
        table.add_row(*("" if value is None else escape(visible(str(value))) for value in row.values()))
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = max(1, Measurement.get(console, console.options.update(max_width=PIPE_WIDTH), table).maximum)
    console.print(table)


def plain_rows(rows: pa.Table) -> list[dict[str, object]]:
    """Return rows for JSON: exact amounts and moments as texts."""
    return [
        {k: v if v is None or isinstance(v, (int, float, str)) else str(v) for k, v in row.items()}
        for row in rows.to_pylist()
    ]
