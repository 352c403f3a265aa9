"""Table → line items: every printed amount once, with its code, measure, exact yuan and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.contract import Scheme, Side, base_type
from extractor.grids.grid import UNPLACED, Cell
from extractor.notation.amounts import is_amount, parse_amount
from extractor.notation.figures import (
    note_mark,
    unit_behind,
    without_note_mark,
    without_unit,
)
from extractor.notation.text import clean, printed
from extractor.notation.units import SHARE, YUAN
from extractor.records.areas import facts_of
from extractor.records.dated_rows import DatedRows
from extractor.records.facts import Facts
from extractor.records.figure_cells import ambiguous_texts, is_item
from extractor.records.form import FormReader
from extractor.records.item import Attribute, LineItem
from extractor.records.levels import with_levels
from extractor.records.phases import OWN_PHASES, phase_and_year
from extractor.records.regions import with_regions
from extractor.records.row_units import RowUnits
from extractor.records.rows import NO_ROW_HEADER, RowHeader, RowHeaderReader
from extractor.records.storable import fits
from extractor.tables.footnotes import footnote_of
from extractor.tables.table import TEXTS, Column, Row, Table
from extractor.vocabulary.codes import Classifications, scheme_of
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.headers import HeaderReader, Meaning
from extractor.vocabulary.label_rules import TotalLabels
from extractor.vocabulary.vocabulary import Vocabulary

CENT = Decimal("0.01")
REST = "其他"  # beside 一般公共预算 it is other money, and no 其他支出
FEWEST_CLASSES = 2
SECTION_DIGITS = 5  # a 款: a 类 of the economic classification is a concept of its own
NEARLY_ALL = 0.8  # share of the figures of a list that tell their side: so do the others


class _EconomicClasses(NamedTuple):
    """What the headers of a table name of the economic classification.

    Attributes:
        schemes: Where names are looked up, the likelier first.
        codes: Column → code.
        alone: At least one of the columns is no concept besides.
    """

    schemes: list[Scheme]
    codes: dict[int, str]
    alone: bool


def read_items(document_id: str, tables: Sequence[Table], facts: Facts, vocabulary: Vocabulary) -> list[LineItem]:
    """Read every printed amount of a document's tables.

    Args:
        document_id: The file's sha256.
        tables: The document's tables.
        facts: What the document says of itself.
        vocabulary: What headers and labels mean, and the codes.
    """
    return [item for table in tables for item in read_table_items(document_id, table, facts, vocabulary)]


def read_table_items(document_id: str, table: Table, facts: Facts, vocabulary: Vocabulary) -> Sequence[LineItem]:
    """Read every printed amount of one table; see `read_items`."""
    two_sided = {kind.id for kind in vocabulary.kinds if kind.two_sided}
    own_facts = facts_of(table, facts, vocabulary.regions)
    items = _with_block_sides(list(_table_items(document_id, table, own_facts, vocabulary)))
    if table.table_type and not table.form and base_type(table.table_type) not in two_sided:
        items = _with_total(items)
    own = _as_titled(items, clean(table.title), vocabulary.headers)
    home = vocabulary.regions.region(own_facts.region_code, own_facts.fiscal_year)
    own = with_levels(own, home, vocabulary.headers.government_levels)
    return with_regions(own, table, own_facts, vocabulary)


def _with_block_sides(items: list[LineItem]) -> list[LineItem]:
    """Return a table's items with the side of their half: where all rows of one that tell are 收入, and of the other 支出.

    So are those of a list that has no halves where nearly all of its rows tell: 年终结转 beside 转移性支出, and not 本年收支结余.
    """
    known: dict[int, set[Side]] = {item.block: set() for item in items}
    for item in items:
        if item.side is not None:
            known[item.block].add(item.side)
    halves = sorted(map(sorted, known.values()))
    if halves == [["expenditure"], ["revenue"]]:
        return [item if item.side else item._replace(side=next(iter(known[item.block]))) for item in items]
    if halves in ([["expenditure"]], [["revenue"]]) and NEARLY_ALL * len(items) < sum(
        item.side is not None for item in items
    ):
        side: Side = "expenditure" if halves == [["expenditure"]] else "revenue"
        others = {"余", "收" if side == "expenditure" else "支"}  # 本年收支结余
        return [item if item.side or others & set(item.label) else item._replace(side=side) for item in items]
    return items


def _with_total(items: list[LineItem]) -> list[LineItem]:
    """Return a table's items with its only column of amounts named as the total of other tables is, whatever its header says.

    So is 合计 in a column whose other rows name their own measures. 预算数 is `amount` where revenue stands beside expenditure,
    which it may do in a table of another type too.
    """
    if {"revenue", "expenditure"} <= {item.side for item in items}:
        return items
    measures: dict[int, set[str | None]] = defaultdict(set)
    for item in items:
        if item.amount is not None:
            measures[item.column].add(item.measure)
    alone = bool(measures) and all(own == {"amount"} for own in measures.values())
    return [
        item._replace(measure="total")
        if item.measure == "amount" and (alone or (item.is_total and len(measures[item.column]) > 1))
        else item
        for item in items
    ]


def _as_titled(items: Sequence[LineItem], title: str, reader: HeaderReader) -> Sequence[LineItem]:
    """Return a table's items, limits and balances of debt with what its title says of all of them.

    债务限额 in 专项债务限额表 is of that part, and in 提前下达新增债务限额表 a new limit, unless 新增限额 stands beside it there.
    """
    part, ceiling, ceilings = reader.part_in(title), reader.ceiling_in(title), reader.groups.ceilings
    if any(ceiling in (item.measure or "").split("/") for item in items):
        ceiling = None
    if part is None and ceiling is None:
        return items
    debts, parts = reader.groups.outcomes | ceilings, set(reader.parts)

    def of(measure: str | None) -> str | None:
        steps = (measure or "").split("/")
        if debts.isdisjoint(steps):
            return measure
        if ceiling is not None and ceiling not in steps:
            steps = [ceiling if step in ceilings else step for step in steps]
        return "/".join(steps if part is None or parts.intersection(steps) else [*steps, part])

    return [item._replace(measure=of(item.measure)) for item in items]


def _table_items(document_id: str, table: Table, facts: Facts, vocabulary: Vocabulary) -> Iterator[LineItem]:
    names, reader = vocabulary.codes, vocabulary.headers
    form = FormReader(table, reader)
    if table.form:
        for row in table.rows:
            for figure in form.figures(row):
                row_header = NO_ROW_HEADER._replace(label=figure.label, is_total=figure.is_total)
                yield _item(
                    document_id, table, row, figure.column, figure.cell, row_header, form.keys, facts, vocabulary
                )
        return
    ambiguous = ambiguous_texts(table)
    named: dict[int, Column] = {}  # columns without a header, by the texts over their first figure
    blocks = sorted({c.block for c in table.columns})
    classes = _economic_classes(table, facts, names, vocabulary.totals)
    row_headers = {b: _row_headers(table, b, facts, vocabulary) for b in blocks}
    dated = {b: DatedRows(reader, vocabulary.periods, table.measured_by_rows) for b in blocks}
    units = {b: RowUnits.of(row_headers[b].columns, table, reader.groups) for b in blocks}
    texts = {b: {c.ordinal: "/".join(c.path) for c in row_headers[b].columns if c.role in TEXTS} for b in blocks}
    for row in table.rows:
        for block in blocks:
            row_header = row_headers[block].read(row)
            meaning = dated[block].read(row_header)
            columns = row_headers[block].columns
            attributes = _attributes(row, texts[block], row_header)
            unit = units[block].read(row, row_header.label)
            for column in columns:
                cell = row.cells[column.ordinal]
                if cell is None or cell.text in ambiguous or not is_item(cell, column):
                    continue
                own = _measured(column, table, row_header, meaning, reader)
                own, own_stub = _by_economic_class(own, row_header, classes)
                if own.measure is None and not own.path:
                    if column.ordinal not in named:
                        named[column.ordinal] = form.column(row, own, cell)
                    own = named[column.ordinal]
                if unit and own.unit is None and units[block].fits(unit, column):
                    own = _in_unit(own, unit, table, reader.groups)
                beside = attributes
                if _concept(own) in reader.groups.targets:
                    own_stub = row_headers[block].of_target(row, own_stub)
                    beside = _attributes(row, texts[block], own_stub)
                yield _item(document_id, table, row, own, cell, own_stub, beside, facts, vocabulary)


def _row_headers(table: Table, block: int, facts: Facts, vocabulary: Vocabulary) -> RowHeaderReader:
    return RowHeaderReader(
        table,
        block,
        vocabulary.codes,
        facts.fiscal_year,
        facts.organisation,
        vocabulary.headers,
        vocabulary.totals,
        vocabulary.organisations,
    )


def _measured(column: Column, table: Table, row_header: RowHeader, meaning: Meaning, reader: HeaderReader) -> Column:
    """Return a column as it counts in one row: with the measure, the year or the phase that the row's label names.

    “三公” tables list 因公出国(境)费, 公务接待费 … one below the other, or one row a year: 2025年, 2026年, 增减变化.
    """
    if column.role != "measure":
        return column._replace(measure=None)
    if table.measured_by_rows and not row_header.codes:
        column = column._replace(measure=_measure_of_row(column.measure, meaning, reader))
    if column.phase in OWN_PHASES and column.year is None and row_header.phase is not None:
        column = column._replace(phase=row_header.phase.phase, year=row_header.phase.year)
    ended = meaning.phase == "prior_year_execution" and not reader.groups.outcomes.isdisjoint(meaning.measures)
    if ended and column.phase != "change":
        if column.year is None:  # 上年末债务余额
            column = column._replace(phase=meaning.phase)
        else:
            column = column._replace(phase="execution", year=column.year - 1)
    if column.year is None and meaning.year is not None:
        column = column._replace(year=meaning.year, phase=column.phase or meaning.phase)
    return column


def _in_unit(column: Column, unit: str, table: Table, groups: MeasureGroups) -> Column:
    """Return a column in the unit of a row: where the rows say what is measured, one in 辆 or 人 counts."""
    counts = table.measured_by_rows and unit not in YUAN and unit != SHARE and column.measure not in groups.no_money
    return column._replace(unit=unit, measure=next(iter(groups.counted)) if counts else column.measure)


def _measure_of_row(measure: str | None, meaning: Meaning, reader: HeaderReader) -> str | None:
    """Return what a figure is under a header that says no more than 金额, or 一般债务, and beside a label: 债务余额.

    市本级 and 区县合计 are whose figures a row has.
    """
    groups = reader.groups
    silent = groups.generic | groups.by_label | groups.levels
    named = next((m for m in meaning.measures if m not in silent and meaning.scope is None), None)
    if named in reader.parts and measure in groups.outcomes | groups.ceilings:
        return f"{measure}/{named}"  # 一般债务 under 债务限额
    part = measure if measure in reader.parts else None
    if named is None or (named in reader.parts if part else measure not in groups.of_all_rows):
        return measure
    part = meaning.part or part
    level = measure if measure in groups.levels else None  # 市县 beside 全省
    return "/".join(filter(None, (level, named, part)))


def _economic_classes(table: Table, facts: Facts, names: Classifications, totals: TotalLabels) -> _EconomicClasses:
    """Return which columns of a table have a leaf that is a name of the economic classification: 津贴补贴, 差旅费.

    None where one alone does: 预留 beside 市本级支出 is no class.
    """
    schemes: list[Scheme] = ["economic_department", "economic_government"]
    if "政府预算" in table.title:
        schemes.reverse()

    def code_of(column: Column) -> str | None:
        *group, leaf = column.path or ("",)
        name = group[-1] if group and totals.words.fullmatch(leaf) else leaf  # 社会保障缴费 over 合计 and its parts
        if name == REST:
            return None
        found = (names.scheme(scheme).find(name, facts.fiscal_year, digits=SECTION_DIGITS) for scheme in schemes)
        return next((codes[0] for codes in found if len(codes) == 1), None)

    codes = {c.ordinal: code for c in table.columns if (code := code_of(c)) is not None}
    if len(set(codes.values())) < FEWEST_CLASSES:
        codes = {}
    return _EconomicClasses(schemes, codes, any(c.measure is None and c.ordinal in codes for c in table.columns))


def _by_economic_class(column: Column, row_header: RowHeader, classes: _EconomicClasses) -> tuple[Column, RowHeader]:
    """Return column and stub where the header names a class of the economic classification.

    Where other columns of the table are such names too, those that are also a concept (会议费) carry their codes as well.
    """
    code = classes.codes.get(column.ordinal)
    if (
        code is None
        or column.role != "measure"
        or not column.path
        or not row_header.codes.keys().isdisjoint(classes.schemes)
    ):
        return column, row_header
    if column.measure and not classes.alone:
        return column, row_header
    codes = {**row_header.codes, scheme_of(code) or classes.schemes[0]: code}
    return column._replace(measure=column.measure or "economic_class"), row_header._replace(codes=codes)


def _of_column(column: Column) -> tuple[Attribute, ...]:
    """Return what the header says that a column's amounts are for: a place, a transfer; under the name of its group."""
    if column.listed is None:
        return ()
    return (Attribute("/".join(column.path[: column.path.index(column.listed)]), column.listed),)


def _attributes(row: Row, names: Mapping[int, str], row_header: RowHeader) -> tuple[Attribute, ...]:
    """Return what the columns of texts, whose names are given, say beside the row's label."""
    label = clean(row_header.label)
    return tuple(
        [
            Attribute(name, printed(cell.text))
            for ordinal, name in names.items()
            if (cell := row.cells[ordinal]) is not None
            and (text := clean(cell.text))
            and text != label
            and not is_amount(text)
        ]
    )


def _item(
    document_id: str,
    table: Table,
    row: Row,
    column: Column,
    cell: Cell,
    row_header: RowHeader,
    attributes: tuple[Attribute, ...],
    facts: Facts,
    vocabulary: Vocabulary,
) -> LineItem:
    shown = printed(cell.text)
    phase, year = phase_and_year(column, table, row_header, facts, vocabulary.headers.groups, vocabulary.periods)
    value, unit, amount = _worth(cell, column, row_header, table, vocabulary.headers.groups)
    x0, top, x1, bottom = (None,) * 4 if table.reading in UNPLACED else cell[5:9]
    code, standard = _code_and_name(row_header, facts, vocabulary.codes)
    return LineItem(
        item_id=f"{table.table_id}/{row.ordinal}/{column.ordinal}",
        document_id=document_id,
        table_id=table.table_id,
        fiscal_year=facts.fiscal_year,
        amount_year=year,
        table_type=table.table_type,
        side=_side(column, table, row_header),
        classification=row_header.leading if code else None,
        # A percentage carries its classification in functional_code and the like: sums over `code` meet amounts alone.
        code=code if amount is not None else None,
        functional_code=row_header.codes.get("functional"),
        economic_department_code=row_header.codes.get("economic_department"),
        economic_government_code=row_header.codes.get("economic_government"),
        revenue_code=row_header.codes.get("revenue"),
        code_source=row_header.source,
        agency_code=row_header.agency_code,
        agency_name=row_header.agency_name,
        label=row_header.label,
        label_standard=standard,
        is_total=row_header.is_total,
        measure=column.measure,
        measure_label="/".join(column.path),
        phase=phase,
        amount=amount,
        value=value,
        unit=unit,
        amount_text=without_unit(without_note_mark(shown)),
        page=row.page,
        row=row.ordinal,
        column=column.ordinal,
        x0=x0,
        top=top,
        x1=x1,
        bottom=bottom,
        reading=table.reading,
        numbering=row_header.numbering,
        block=column.block,
        indent=row_header.indent,
        fund=column.fund or table.fund,
        attributes=attributes + _of_column(column),
        scope=column.scope or table.scope,
        confidence=_confidence(cell, row, table),
        region_code=facts.region_code,
        region=facts.region,
        note=footnote_of(mark, table.footnotes) if (mark := note_mark(shown)) else None,
    )


def _worth(
    cell: Cell, column: Column, row_header: RowHeader, table: Table, groups: MeasureGroups
) -> tuple[Decimal, str | None, Decimal | None]:
    """Return the number that a cell prints, its unit, and the yuan that both make where it is money: no target is."""
    value = parse_amount(cell.text)
    if row_header.unit is not None:
        return value, row_header.unit, None
    unit = _unit(clean(cell.text), column, table, groups)
    return value, unit, (value * YUAN[unit]).quantize(CENT) if unit in YUAN and fits(value) else None


def _code_and_name(row_header: RowHeader, facts: Facts, names: Classifications) -> tuple[str | None, str | None]:
    """Return the leading code of a row, and what the classification of the document's year calls it."""
    leading = row_header.leading
    code = row_header.codes.get(leading) if leading else None
    return code, names.scheme(leading).name(code, facts.fiscal_year) if leading and code else None


def _unit(text: str, column: Column, table: Table, groups: MeasureGroups) -> str | None:
    """Return the unit of a figure; None for a score, a quantity, and what nothing in a form calls money."""
    if "%" in text:  # also before the mark of a note or within brackets: 5%①, (5%)
        return "%"
    if own := unit_behind(without_note_mark(text)):
        return own
    concept = _concept(column)
    unit = column.unit or table.unit
    if concept in groups.no_money or (concept is None and table.form):
        return None if unit in YUAN else unit
    return unit


def _concept(column: Column) -> str | None:
    """Return what a column's figures are, whosever they are: the last concept of its measure."""
    return column.measure.rpartition("/")[2] if column.measure else next(iter(column.concepts[-1:]), None)


def _confidence(cell: Cell, row: Row, table: Table) -> float | None:
    """Return how sure it is that a recognised amount is right and stands under the right code."""
    if cell.confidence is None:
        return None
    codes = (row.cells[column.ordinal] for column in table.columns if column.role == "code")
    sure = [c.confidence for c in codes if c is not None and c.confidence is not None]
    return min([cell.confidence, *sure])


def _side(column: Column, table: Table, row_header: RowHeader) -> Side | None:
    if column.side or table.side:
        return column.side or table.side
    if {"functional", "economic_department", "economic_government"} & set(row_header.codes):
        return "expenditure"
    if "revenue" in row_header.codes or row_header.label.startswith(("收入", "本年收入")):
        return "revenue"
    return "expenditure" if row_header.label.startswith(("支出", "本年支出")) else None
