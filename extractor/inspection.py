"""The output of each stage for one document, for `extractor inspect`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from extractor.arbitration import SECOND_READERS
from extractor.contract import ReadBy, Verdict
from extractor.errors import UsageError
from extractor.grids.grid import Grid, PageLayout
from extractor.grids.readers import read_layouts
from extractor.grids.second_readers.camelot import read_camelot
from extractor.judging import judge
from extractor.language import _, sentence, word
from extractor.pages.pdfium import initialise, open_pdf
from extractor.prose.statement import Statement
from extractor.records.facts import Facts
from extractor.records.item import LineItem
from extractor.source.source import Source
from extractor.tables.table import Table
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary


@dataclass(frozen=True, slots=True)
class Inspection:
    """Layouts of the requested pages, and the tables, items, verdicts and statements on them."""

    layouts: tuple[PageLayout, ...]
    facts: Facts
    tables: tuple[Table, ...]
    items: tuple[LineItem, ...]
    verdicts: dict[str, Verdict]
    statements: tuple[Statement, ...]

    def as_text(self) -> str:
        """Return the inspection for a person."""
        parts = [f"{_('document')}: {self.facts}"]
        for layout in self.layouts:
            parts.append(
                _("page {page}: {grids} grids, {lines} lines outside them").format(
                    page=layout.page, grids=len(layout.grids), lines=len(layout.lines)
                )
            )
            parts += [f"  {_('line')}  {line.text}" for line in layout.lines]
            parts += [_grid_text(grid) for grid in layout.grids]
        for table in self.tables:
            parts.append(
                _("table {n} pages {first}-{last}: {title}").format(
                    n=table.ordinal, first=table.first_page, last=table.last_page, title=table.title or _("(no title)")
                )
            )
            parts.append(
                _("  type {type} because {reason}; unit {unit}; agency {agency}").format(
                    type=table.table_type, reason=sentence(table.reason), unit=table.unit, agency=table.agency
                )
            )
            for column in table.columns:
                meaning = f" = {column.measure}" if column.role == "measure" else ""
                parts.append(f"  {_('column')} {column.ordinal} {column.role}{meaning}: {' / '.join(column.path)}")
            parts += [self._item_text(i) for i in self.items if i.table_id == table.table_id]
        parts += [self._statement_text(s) for s in self.statements]
        return "\n".join(parts)

    @staticmethod
    def _statement_text(statement: Statement) -> str:
        what = " ".join(filter(None, (statement.subject, statement.code, statement.label)))
        figure = f"{statement.direction or ''} {statement.amount_text}{statement.unit or ''}".strip()
        rate = f" {statement.percent_text}%" if statement.percent_text else ""
        return (
            f"{_('statement')} p.{statement.page} {what} | {statement.fiscal_year} {statement.phase} | {figure}{rate}"
        )

    def _item_text(self, item: LineItem) -> str:
        verdict = self.verdicts.get(item.item_id, "uncovered")
        return f"    {item.code or '-':8}{item.label} | {item.measure} = {item.amount_text} {item.unit or ''} | {word('Verdict', verdict)}"

    def as_json(self) -> dict[str, Any]:
        """Return the inspection for a machine."""
        return {
            "facts": {name: getattr(self.facts, name) for name in Facts.__dataclass_fields__},
            "pages": [
                {
                    "page": p.page,
                    "lines": [x.text for x in p.lines],
                    "grids": [[c._asdict() for c in g.cells] for g in p.grids],
                }
                for p in self.layouts
            ],
            "tables": [
                {"title": t.title, "table_type": t.table_type, "reason": t.reason, "header": list(t.header)}
                for t in self.tables
            ],
            "items": [
                {k: str(v) if k in ("amount", "value") else v for k, v in i._asdict().items()}
                | {"verdict": self.verdicts.get(i.item_id, "uncovered")}
                for i in self.items
            ],
            "statements": [
                {k: str(v) if isinstance(v, Decimal) else v for k, v in asdict(s).items()} for s in self.statements
            ],
        }


def inspection_of(source: Source, page: int | None, reader: ReadBy, config: Config, as_json: bool) -> bytes:
    """Return `inspect_document` as text or JSON, with what it needs of a process made ready in this one."""
    initialise()
    found = inspect_document(source, page, reader, compile_vocabulary(config))
    return (json.dumps(found.as_json(), ensure_ascii=False) if as_json else found.as_text()).encode(errors="replace")


def inspect_document(source: Source, page: int | None, reader: ReadBy, vocabulary: Vocabulary) -> Inspection:
    """Take a document through all stages, with one of the readers.

    Args:
        source: The document.
        page: Show only this page, 1-based; None for all pages.
        reader: `pdfium` for the standard reader of the file's kind, or one of `SECOND_READERS`.
        vocabulary: The compiled configuration.

    Raises:
        UsageError: The document has no such page, or the reader cannot read its kind.
        DocumentError: The document cannot be read.
    """
    if reader == "pdfium":  # the standard reader of the file's kind
        layouts = read_layouts(source).layouts
        _require_page(page, max((layout.page for layout in layouts), default=0), source.name)
    elif source.kind != "pdf":
        raise UsageError(f"{source.name}: is {source.kind}; expected a PDF for --reader {reader}: omit that option")
    else:
        with open_pdf(source.data, source.name) as document:
            count = len(document)
        _require_page(page, count, source.name)
        read = read_camelot if reader == "camelot" else SECOND_READERS[reader]  # aligned grids are shown too
        layouts = list(read(source.data, [page] if page else range(1, count + 1)))
    judged = judge(source.sha256, layouts, vocabulary)
    tables, items, prose = list(judged.tables), list(judged.items), judged.prose
    if page is not None:
        layouts = [layout for layout in layouts if layout.page == page]
        tables = [t for t in tables if t.first_page <= page <= t.last_page]
        ids = {t.table_id for t in tables}
        items = [i for i in items if i.table_id in ids and i.page == page]
        prose = replace(prose, statements=tuple(s for s in prose.statements if s.page <= page <= s.end_page))
    return Inspection(tuple(layouts), judged.facts, tuple(tables), tuple(items), judged.verdicts, prose.statements)


def _require_page(page: int | None, count: int, name: str) -> None:
    if page is not None and page > count:
        raise UsageError(f"{name}: has {count} pages; expected --page of at most {count}")


def _grid_text(grid: Grid) -> str:
    place = {"rows": grid.rows, "columns": grid.columns, "x": f"{grid.x0:.0f}", "y": f"{grid.top:.0f}"}
    lines = [_("  grid  {rows} rows, {columns} columns at {x},{y} by {reader}").format(**place, reader=grid.reading)]
    for row in range(grid.rows):
        cells = [c for c in grid.cells if c.row == row]
        shown = (
            c.text.replace("\n", "⏎") + (f" <{c.row_span}x{c.column_span}>" if c.row_span * c.column_span > 1 else "")
            for c in cells
        )
        lines.append("    | " + " | ".join(shown))
    return "\n".join(lines)
