"""Page layouts → the document's tables: fragments on consecutive pages joined, each with its surroundings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import isnan

from extractor.config import Config
from extractor.grids.grid import Cell, Grid, PageLayout, TextLine
from extractor.tables.amounts import clean, is_amount, is_nil
from extractor.tables.header import (
    Header,
    Matrix,
    is_list,
    matrix_of,
    no_header,
    read_columns,
    read_content,
    read_header,
    tell_apart,
)
from extractor.tables.recognise import kind_of_title, recognise
from extractor.tables.surroundings import (
    Surroundings,
    is_note,
    is_number,
    is_page_number,
    is_title,
    read_surroundings,
    unwrapped,
)
from extractor.tables.table import Column, Row, Table
from extractor.tables.vocabulary import HeaderReader, header_reader

EDGE = 6.0  # points: column edges of one table on two pages differ by less
FEWEST_COLUMNS = 4  # so many edges that agree are one table's, wherever its sides are
TEXTS = frozenset(("attribute", "name", "agency_name"))
_INSIDE = re.compile(r"(?:单位|部门)(?:名称)?[::]|编制(单位|部门)")


@dataclass(slots=True)
class _Fragment:
    """One grid with the lines above, beside and below it."""

    grid: Grid
    matrix: Matrix
    header: Header
    surroundings: Surroundings
    beside: list[TextLine]
    notes: list[str]
    first_on_page: bool
    form: bool = False


@dataclass(slots=True)
class _Draft:
    """A table while its fragments are being collected."""

    fragments: list[_Fragment] = field(default_factory=list)

    @property
    def head(self) -> _Fragment:
        return self.fragments[0]

    @property
    def last(self) -> _Fragment:
        return self.fragments[-1]


def read_tables(layouts: Sequence[PageLayout], config: Config) -> list[Table]:
    """Read the tables of one document.

    Args:
        layouts: Every page of the document, in order.
        config: The vocabulary, table kinds and templates.

    Returns:
        The tables in reading order; a grid without any figure and without a recognised title is no table.
    """
    reader = header_reader(config)
    drafts: list[_Draft] = []
    for fragment in _fragments(layouts, reader):
        _settle_form(fragment, drafts[-1] if drafts else None, reader, config)
        if drafts and _continues(drafts[-1], fragment):
            drafts[-1].fragments.append(fragment)
        else:
            drafts.append(_Draft([fragment]))
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
    """Tell whether the document is a final account: what its first pages call it more often."""
    opening = "".join(clean(layout.text) for layout in layouts[:2])
    # 一般公共预算 and its like name a fund in final accounts too.
    return opening.count("决算") > len(re.findall(r"(?<!公共)(?<!基金)(?<!经营)(?<!国资)预算", opening))


def _fragments(layouts: Sequence[PageLayout], reader: HeaderReader) -> Iterator[_Fragment]:
    left_over: list[str] = []
    for layout in layouts:
        grids = [g for g in layout.grids if g.rows * g.columns > 1]
        if not grids:
            # A section title may stand alone on the page before its table.
            texts = [clean(line) for line in layout.text.splitlines()]
            left_over = [t for t in texts if t and not is_page_number(t)][-3:]
            continue
        floor = 0.0
        for number, grid in enumerate(grids):
            above = unwrapped([line for line in layout.lines if floor <= line.bottom <= grid.top + 4])
            beside = [line for line in layout.lines if grid.top < (line.top + line.bottom) / 2 < grid.bottom]
            below_limit = grids[number + 1].top if number + 1 < len(grids) else layout.height
            below = [clean(line.text) for line in layout.lines if grid.bottom - 4 <= line.top < below_limit]
            floor = grid.bottom - 4
            matrix = matrix_of(grid)
            start, inside = _title_rows(grid, matrix)
            surroundings = read_surroundings([*above, *inside])
            if not surroundings.title and number == 0 and not above:
                title = next((t for t in reversed(left_over) if is_title(t)), "")
                surroundings = surroundings._replace(title=title)
            header = read_header(grid, matrix, start, reader)
            notes = [t for t in below if is_note(t)]
            yield _Fragment(grid, matrix, header, surroundings, beside, notes, number == 0)
        left_over = [clean(line.text) for line in layout.lines if line.top >= floor][-3:]


def _settle_form(fragment: _Fragment, draft: _Draft | None, reader: HeaderReader, config: Config) -> None:
    """Tell whether a fragment is a form, and take away the header that it does not have.

    A form that fills its page has no title on the next one, where it goes on or where the next form begins.
    """
    own = fragment.surroundings
    follows = draft is not None and draft.head.form and fragment.first_on_page and not own.title
    follows = follows and draft is not None and fragment.grid.page == draft.last.grid.page + 1
    if follows and draft is not None and not is_list(fragment.header, reader):
        fragment.surroundings = own._replace(title=draft.head.surroundings.title, unit=draft.head.surroundings.unit)
    kind = kind_of_title(fragment.surroundings.title, config)
    fragment.form = kind is not None and kind.form and not is_list(fragment.header, reader)
    if fragment.form:
        fragment.header = no_header(fragment.grid)


def _title_rows(grid: Grid, matrix: Matrix) -> tuple[int, list[str]]:
    """Return the first row under a title that is set inside the grid, and that title's texts."""
    texts: list[str] = []
    row = 0
    while row < min(4, grid.rows - 1):
        cells = list({id(c): c for c in matrix[row] if c is not None}.values())
        filled = [clean(c.text) for c in cells if clean(c.text)]
        wide = len(filled) == 1 and any(2 * c.column_span >= grid.columns for c in cells if clean(c.text))
        if not filled:  # a frame of empty cells around the table
            row += 1
            continue
        if not (wide and is_title(filled[0])) and not (len(filled) <= 3 and all(map(_stands_over, filled))):
            break
        texts += filled
        row += 1
    return row, texts


def _stands_over(text: str) -> bool:
    """Tell whether a text in a first row belongs over a table: its number, its unit, whose it is."""
    return bool(_INSIDE.search(text)) or (is_number(text) and not text.isdigit())


def _continues(draft: _Draft, fragment: _Fragment) -> bool:
    """Tell whether a fragment is the same table on the next page, or goes on right below on the same page."""
    last, head = draft.last, draft.head
    near = fragment.grid.page == last.grid.page + 1 and fragment.first_on_page
    adjacent = fragment.grid.page == last.grid.page and 0 <= fragment.grid.top - last.grid.bottom < EDGE
    if not (near or adjacent) or fragment.form != head.form or _contradicts(fragment.surroundings, head.surroundings):
        return False
    if fragment.form:
        return _first_text(fragment) != _first_text(head) and _aligned(head, fragment)
    if bool(_texts(head)) and _texts(fragment) == _texts(head):
        return _aligned(head, fragment) or fragment.grid.columns == head.grid.columns
    return not (fragment.surroundings.title or fragment.surroundings.unit) and _aligned(head, fragment)


def _contradicts(own: Surroundings, head: Surroundings) -> bool:
    """Tell whether what stands around a fragment is another table's: another title, unit or agency."""
    return (
        bool(own.title and own.title != head.title)
        or bool(own.number and head.number and own.number != head.number)
        or bool(own.agency and head.agency and own.agency != head.agency)
        or bool(own.unit and head.unit and own.unit != head.unit)
    )


def _first_text(fragment: _Fragment) -> str:
    """Return the first text in a grid: the key label of a form, 项目名称 on each form's first page."""
    return next((clean(cell.text) for cell in fragment.grid.cells if clean(cell.text)), "")


def _texts(fragment: _Fragment) -> list[tuple[str, ...]]:
    return [path for path in fragment.header.paths if path]


def edges_of(grid: Grid) -> list[float]:
    """Return the left edge of every column, and the right edge of the last."""
    edges = {cell.column: cell.x0 for cell in grid.cells}
    edges[grid.columns] = grid.x1
    return [edges.get(column, float("nan")) for column in range(grid.columns + 1)]


def _aligned(head: _Fragment, fragment: _Fragment) -> bool:
    """Tell whether every column edge of a fragment is one of the table's.

    A side may be missing: a label merged over several pages leaves its column without rules on those in the middle. Few
    edges may agree by chance, so that one side must then be the table's side.
    """
    left, right = abs(head.grid.x0 - fragment.grid.x0), abs(head.grid.x1 - fragment.grid.x1)
    if fragment.grid.columns < FEWEST_COLUMNS and min(left, right) > 2 * EDGE:
        return False
    edges = [e for e in edges_of(head.grid) if not isnan(e)]
    return 5 * fragment.grid.columns >= 2 * head.grid.columns and all(
        min(abs(e - known) for known in edges) <= EDGE for e in edges_of(fragment.grid) if not isnan(e)
    )


def _rows(draft: _Draft) -> list[Row]:
    """Collect the data rows of all fragments in the columns of the first; repeated headers are left out."""
    rows: list[Row] = []
    width = draft.head.grid.columns
    edges = edges_of(draft.head.grid)
    for fragment in draft.fragments:
        start = fragment.header.end
        if fragment is not draft.head and _texts(fragment) != _texts(draft.head):
            start = 0  # no header here: what reads like one is data, such as a label split by the page break
        for number in range(start, fragment.grid.rows):
            cells: list[Cell | None] = [None] * width
            for cell in {id(c): c for c in fragment.matrix[number] if c is not None}.values():
                column = _column_of(cell, fragment, draft.head, edges)
                if cells[column] is None:
                    cells[column] = cell
            if number == start and fragment is not draft.head:
                cells = _with_open_columns(cells, fragment, edges)
            if any(c is not None and not is_nil(c.text) for c in cells):
                rows.append(Row(len(rows), fragment.grid.page, tuple(cells)))
    return rows


def _with_open_columns(cells: list[Cell | None], fragment: _Fragment, edges: Sequence[float]) -> list[Cell | None]:
    """Fill the columns that have no rules on a page with the lines that stand there, beside its grid.

    A cell that is merged over a whole page and more has no rule left on it; its text and its amounts stand free.
    """
    grid = fragment.grid
    filled = list(cells)
    for column, (x0, x1) in enumerate(pairwise(edges)):
        if filled[column] is None and not (isnan(x0) or isnan(x1)) and not grid.x0 - 1 < (x0 + x1) / 2 < grid.x1 + 1:
            lines = [line for line in fragment.beside if x0 <= (line.x0 + line.x1) / 2 <= x1]
            if lines:
                text = "\n".join(line.text for line in lines)
                filled[column] = Cell(0, column, grid.rows, 1, text, x0, lines[0].top, x1, lines[-1].bottom)
    return filled


def _column_of(cell: Cell, fragment: _Fragment, head: _Fragment, edges: Sequence[float]) -> int:
    if fragment is head or fragment.grid.columns == head.grid.columns:
        return min(cell.column, len(edges) - 2)
    known = [(e, i) for i, e in enumerate(edges[:-1]) if not isnan(e)]
    index = bisect_left(known, (cell.x0, -1))
    near = known[max(0, index - 1) : index + 1] or known[-1:]
    return min(near, key=lambda pair: abs(pair[0] - cell.x0))[1]


def _in_measures(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Move an amount that starts in a text column and spans into columns of amounts to the first of those.

    A total row may merge its label's cells and then, one too many, the first amount's.
    """
    measures = {c.ordinal for c in columns if c.role == "measure"}
    result = []
    for row in rows:
        cells = list(row.cells)
        for index, cell in enumerate(row.cells):
            if cell is None or index in measures or cell.column_span < 2 or not is_amount(cell.text):
                continue
            target = next((i for i in range(index, index + cell.column_span) if i in measures), None)
            if target is not None and target < len(cells) and cells[target] is None:
                cells[index], cells[target] = None, cell
        result.append(row._replace(cells=tuple(cells)))
    return result


def _printed_once(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Keep an amount that spans rows in its first row only; a spanning label or code stands for each of its rows."""
    starts: set[int] = set()
    result = []
    for row in rows:
        cells = list(row.cells)
        for column in columns:
            cell = cells[column.ordinal]
            if cell is None or not (column.role == "measure" or (column.role in TEXTS and is_amount(cell.text))):
                continue
            if id(cell) in starts:
                cells[column.ordinal] = None
            starts.add(id(cell))
        result.append(row._replace(cells=tuple(cells)))
    return result


def _table(
    draft: _Draft,
    ordinal: int,
    final_document: bool,
    common_unit: str | None,
    reader: HeaderReader,
    config: Config,
) -> Table | None:
    head = draft.head
    rows = _rows(draft)
    contents = [read_content([row.cells[column] for row in rows]) for column in range(head.grid.columns)]
    if head.form:
        columns = tuple(Column(ordinal, (), "attribute") for ordinal in range(head.grid.columns))
    else:
        columns = read_columns(head.header.paths, contents, reader)
    rows = _joined_rows(_printed_once(_in_measures(rows, columns), columns), columns)
    unit = next((f.surroundings.unit for f in draft.fragments if f.surroundings.unit), None)
    unit = unit or next((c.unit for c in columns if c.unit and c.unit.endswith("元")), None)
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


def _joined_rows(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Join a row that the page break split: its code and label on one page, its amounts or the label's rest on the next.

    Only in tables with codes, where a row without a code, without amounts and without being a total cannot be a row
    of its own.
    """
    codes = [c.ordinal for c in columns if c.role == "code"]
    names = [c.ordinal for c in columns if c.role == "name"]
    measures = [c.ordinal for c in columns if c.role == "measure"]
    joined: list[Row] = []
    for row in rows:
        before = joined[-1] if joined else None
        if before is not None and codes and before.page + 1 == row.page and not _filled(row, codes):
            amounts_here, amounts_before = _filled(row, measures), _filled(before, measures)
            label = "".join(clean(c.text) for i in names if (c := row.cells[i]) is not None)
            total = re.search(r"[合总]计|小计", label)
            if (
                _filled(before, codes)
                and not (amounts_here and amounts_before)
                and not total
                and (label or not amounts_before)
            ):
                joined[-1] = _merged(before, row, names)
                continue
        joined.append(row)
    return [row._replace(ordinal=index) for index, row in enumerate(joined)]


def _filled(row: Row, indexes: Sequence[int]) -> bool:
    return any((cell := row.cells[i]) is not None and not is_nil(cell.text) for i in indexes)


def _merged(before: Row, after: Row, names: Sequence[int]) -> Row:
    cells: list[Cell | None] = []
    for index, (first, second) in enumerate(zip(before.cells, after.cells, strict=True)):
        if first is None or (is_nil(first.text) and second is not None):
            cells.append(second)
        elif second is not None and index in names and not is_nil(second.text):
            cells.append(first._replace(text=f"{first.text}\n{second.text}"))
        else:
            cells.append(first)
    return Row(before.ordinal, before.page, tuple(cells))
