"""`tables.toml` and `templates/`: table types and the layouts that need more than their words."""

from __future__ import annotations

from pydantic import Field

from extractor.vocabulary.fields import FundId, Id, MeasureId, MeasurePath, Regex, SideId, Strict, TableId


class TableKind(Strict):
    """One table type: titles that mean it, and what they imply.

    Attributes:
        id: The `table_type`.
        zh: The usual Chinese title.
        title: Regular expressions searched in the title with blanks removed; the first kind that fits wins.
        unless: Regular expressions that rule the kind out.
        header: Regular expressions, each of which some header text must match, for tables without a known title.
        measures: Concepts, each of which some column must have, for tables without a known title.
        fund: general_public_budget, government_fund or state_capital.
        side: revenue or expenditure, where all of the table is one.
        two_sided: Revenue stands beside expenditure.
        form: The table may be a form of labels and values, not rows under a header.
        measured_by_rows: Where the header says no more than 金额, the rows' labels name the measures (“三公”).
        listed_in_columns: Header texts that the vocabulary does not know name what amounts are for: places, transfers.
        by_economic_class: The type of such a table where its rows are of the economic classification.
    """

    id: Id
    zh: str
    title: tuple[Regex, ...] = ()
    unless: tuple[Regex, ...] = ()
    header: tuple[Regex, ...] = ()
    measures: tuple[MeasureId, ...] = ()
    fund: FundId | None = None
    side: SideId | None = None
    two_sided: bool = False
    form: bool = False
    measured_by_rows: bool = False
    listed_in_columns: bool = False
    by_economic_class: TableId | None = None


class TableKinds(Strict):
    """`tables.toml`."""

    table: tuple[TableKind, ...]


class Template(Strict):
    """A layout that the vocabulary alone would leave open; it only narrows what the vocabulary says.

    Attributes:
        id: Unique, such as `shanghai-budget-1`.
        table_type: An id of `tables.toml`.
        source: The document that it was read off, and its years.
        title: Regular expression searched in the title with blanks removed.
        header: Header texts (regular expressions), each of which must be there.
        unit: The unit that the table must say, if it matters.
        measures: Header path (joined by `/`, regular expression matching whole) → measure id.
    """

    id: str
    table_type: TableId
    source: str
    years: tuple[int, int]
    title: Regex
    header: tuple[Regex, ...] = ()
    unit: str | None = None
    measures: dict[Regex, MeasurePath] = Field(default_factory=dict)


class Templates(Strict):
    """One file of `templates/`."""

    template: tuple[Template, ...]
