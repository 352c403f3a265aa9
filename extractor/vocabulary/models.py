"""The files of `configs/` as strict frozen models: what each may say, every id in them checked against its definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from extractor.contract import Fund, Phase, Publication, Scope, Side

Id = Annotated[str, Field(pattern=r"^[a-z_]+$")]


class Known(NamedTuple):
    """The ids of one kind, and the file that defines them."""

    ids: frozenset[str]
    source: str


KnownIds = Mapping[str, Known]  # the context in which a file is validated: kind of id → ids


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the id that a wrong one most likely stands for, ready for a message; empty where there are none."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    return f': did you mean "{close[0]}"?' if close else ""


def _require(kinds: tuple[str, ...], name: str, info: ValidationInfo) -> str:
    context: KnownIds = info.context or {}
    known = [context[kind] for kind in kinds]
    ids = frozenset().union(*(k.ids for k in known))
    if name not in ids:
        sources = " or ".join(dict.fromkeys(k.source for k in known))
        what = " or ".join(kinds)
        raise ValueError(f'unknown {what} "{name}"; expected one of {sources}{nearest(name, ids)}')
    return name


def _id_of(*kinds: str) -> AfterValidator:
    def check(value: str, info: ValidationInfo) -> str:
        return _require(kinds, value, info)

    return AfterValidator(check)


def _word_of(*kinds: str) -> BeforeValidator:
    """Check a word of the contract before its type does: the message names the nearest."""

    def check(value: object, info: ValidationInfo) -> object:
        return _require(kinds, value, info) if isinstance(value, str) else value

    return BeforeValidator(check)


def _regex(value: str) -> str:
    try:
        names = re.compile(f"(?:{value})").groupindex  # as it stands among others
    except re.error as error:
        raise ValueError(f'"{value}" is not a regular expression: {error}') from error
    if names:
        raise ValueError(f'"{value}" names a group, which others beside it may do too: write (?:…)')
    return value


def _compiled(value: object) -> object:
    """Compile one regular expression, or a list of which one must fit."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        return value  # the field's type says what is wrong
    return re.compile("|".join(f"(?:{_regex(v)})" for v in values))


def _path(value: str, info: ValidationInfo) -> str:
    for step in value.split("/"):
        _require(("measure",), step, info)
    return value


def _figure(value: str, info: ValidationInfo) -> str:
    return _require(("code",) if value.isdigit() else ("measure", "side"), value, info)


Regex = Annotated[str, AfterValidator(_regex)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
MeasureId = Annotated[str, _id_of("measure")]
MeasurePath = Annotated[str, AfterValidator(_path)]  # ids joined by /
TableId = Annotated[str, _id_of("table type")]
SectionId = Annotated[str, _id_of("section")]
SubjectId = Annotated[str, _id_of("subject")]
SideId = Annotated[Side, _word_of("side")]
FundId = Annotated[Fund, _word_of("fund")]
PublicationId = Annotated[Publication, _word_of("publication")]
Code = Annotated[str, _id_of("code")]
FigureId = Annotated[str, AfterValidator(_figure)]  # a measure, a side's total, or the code of a row


class Strict(BaseModel):
    """A table of a config file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Measure(Strict):
    """One column concept: an id and the header texts that mean it, as regular expressions that match whole.

    Attributes:
        id: The concept.
        zh: Its usual Chinese name.
        match: The header texts.
        title: Of a ceiling, what a table's title says where its columns leave it out, searched in it without blanks.
    """

    id: Id
    zh: str
    match: tuple[Regex, ...]
    title: Regex | None = None


class Term(Strict):
    """Header texts that say something other than a concept: of a phase, a side, a role, or nothing at all."""

    kind: Annotated[str, _id_of("kind of term")]
    value: Annotated[Phase | Side | Literal[""], _word_of("phase or side")] = ""
    match: tuple[Regex, ...]


class Affixes(Strict):
    """Words before and after a concept that add nothing to it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class MeasureGroups(Strict):
    """What is true of some concepts besides their names.

    Attributes:
        generic: They say that a figure is one, not of what: they add nothing under another concept.
        no_money: Their figures are no amounts.
        counted: They are numbers of things.
        by_label: Only the header texts tell columns of the concept apart.
        other_money: They say whose money a column's is besides what it is: last year's, next year's, what is bought.
        own_year: The year's own money, and so the default of a path.
        sides: Over a phase they say the side of a summary and no concept.
        of_all_rows: What a header says of all rows together, where the rows name their own.
        levels: As the label of a row they say whose its figures are.
        within: Columns that are parts of another without being summands beside it.
        parts_of_parts: Summands of a summand, which may stand beside it.
        outcomes: Of an earlier year they are what came to be, also where no word says so.
        ceilings: They are set, and not carried out: the execution that a title speaks of is none of them.
    """

    generic: frozenset[MeasureId]
    no_money: frozenset[MeasureId]
    counted: frozenset[MeasureId]
    by_label: frozenset[MeasureId]
    other_money: frozenset[MeasureId]
    own_year: frozenset[MeasureId]
    sides: frozenset[MeasureId]
    of_all_rows: frozenset[MeasureId]
    levels: frozenset[MeasureId]
    within: frozenset[MeasureId]
    parts_of_parts: frozenset[MeasureId]
    outcomes: frozenset[MeasureId]
    ceilings: frozenset[MeasureId]


class ScopeWords(Strict):
    """What says how much of a government a figure covers: matched whole in a header, searched in a title.

    Attributes:
        id: The scope.
        match: The words that mean it.
        narrower: What a title adds where another without it is of the government's zones too: 市本级 beside 市级.
        zones: What a document says where it is, searched in its text without blanks; None where `narrower` is.
    """

    id: Scope
    match: tuple[Regex, ...]
    narrower: Regex | None = None
    zones: Regex | None = None


class Headers(Strict):
    """`measures.toml`: every column concept once, what is true of some of them, and the terms around them.

    Attributes:
        affixes: Words around a concept that add nothing to it.
        groups: What is true of some concepts besides their names.
        parts: Concept → the words that name it within the name of another: 专项债务 in 新增专项债务限额.
        scope: Words of scopes.
        measure: The concepts.
        term: The terms around them.
    """

    affixes: Affixes
    groups: MeasureGroups
    parts: dict[MeasureId, Regex]
    scope: tuple[ScopeWords, ...]
    measure: tuple[Measure, ...]
    term: tuple[Term, ...]


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
    measures: dict[Regex, MeasurePath] = {}


class Templates(Strict):
    """One file of `templates/`."""

    template: tuple[Template, ...]


class Sum(Strict):
    """A concept that is the sum of its parts, along a row.

    Attributes:
        whole: Concepts, the first of which that one column has is the sum.
        parts: Concepts, all of which the table must have.
        optional: Concepts that are parts where the table has them.
        closed: Those of `whole` that have no other parts, whatever else the table's columns are.
    """

    whole: tuple[MeasureId, ...]
    parts: tuple[MeasureId, ...]
    optional: tuple[MeasureId, ...] = ()
    closed: frozenset[MeasureId] = frozenset()


class ClassTotal(Strict):
    """A total over classes (类) of the economic classification, by what its label says.

    Attributes:
        label: Searched in the label.
        codes: The classes that it is the sum of.
        all_but: Where no `codes` are given: the classes that it leaves out.
    """

    label: str
    codes: frozenset[Code] = frozenset()
    all_but: frozenset[Code] = frozenset()

    def covers(self, code: str | None) -> bool:
        """Return whether a class is a part of the total."""
        return code in self.codes if self.codes else code not in self.all_but


class Tie(Strict):
    """Two tables that print the same figure: (table type, measure or code) each.

    Attributes:
        left: One side; and `right`.
        sure: Whether it always holds, so that a failure between the only totals of both is a finding.
    """

    left: tuple[TableId, FigureId]
    right: tuple[TableId, FigureId]
    sure: bool = False


class Totals(Strict):
    """Figures of one table: those of a side, where one is named, and of some measures."""

    table: TableId
    side: SideId | None = None
    measures: tuple[MeasureId, ...]


class ClassTie(Strict):
    """A summary and a detail that print the same figure for every class (类) of the functional classification."""

    summary: Totals
    detail: Totals


class Meant(Strict):
    """The totals that a subject of the prose may mean; of those, where some are labelled so, the ones that `label` fits."""

    subject: SubjectId
    totals: tuple[Totals, ...]
    label: Pattern | None = None


class ListedPart(Strict):
    """A subject that a table names in a column's header or in a row's label."""

    subject: SubjectId
    label: Pattern
    unless: Pattern | None = None


class ExpenseList(Strict):
    """A table of one subject and its parts, a column each or a row each (“三公”经费).

    Attributes:
        table: Its type.
        subject: What all of it is of.
        measures: Those of a column that says no part.
        around: A step of a column's measure that says nothing of the part.
        year_row: Fits the labels where the rows are years: 2025年, 2026年, 增减变化.
        part: The parts.
    """

    table: TableId
    subject: SubjectId
    measures: tuple[MeasureId, ...]
    around: MeasureId
    year_row: Pattern
    part: tuple[ListedPart, ...]


class ProseSum(Strict):
    """A subject that is the sum of others, wherever a kind of section gives each one amount."""

    section: SectionId
    whole: SubjectId
    parts: tuple[SubjectId, ...]


class ProseListing(Strict):
    """A total that the parts right after it add up to: parts left out are nothing, but some must be there."""

    whole: SubjectId
    parts: tuple[SubjectId, ...]
    required: frozenset[SubjectId]


class ProseBound(Strict):
    """A subject that is no larger than another of the prose."""

    part: SubjectId
    whole: SubjectId


class TableBound(Strict):
    """A subject that, said right after a count, is no larger than the tables' totals of another."""

    count: SubjectId
    part: SubjectId
    whole: SubjectId


class Money(Strict):
    """A fund, or all of them: the subjects and the kinds of sections that speak of it, and the totals that print it."""

    subjects: frozenset[SubjectId]
    sections: frozenset[SectionId] = frozenset()
    totals: tuple[Totals, ...]


class Wording(Strict):
    """What the words of a sentence, or the label of a row, say of its figure, searched in it.

    Attributes:
        current: Money of the year alone, without what last year left.
        grand: All that is to be spent, with what last year left.
        carried: A row of what last year left.
        other_basis: A rate against something else than the figure of last year.
        either_way: A form that was not filled in: 增加(减少).
        part_of_year: Less than a year's money: 上半年.
        accounts: Of final accounts, in whatever document.
        several: Figures one behind another that share a unit or a name: 各减少10.00、20.00万元, 下降5%、6%.
    """

    current: Pattern
    grand: Pattern
    carried: Pattern
    other_basis: Pattern
    either_way: Pattern
    part_of_year: Pattern
    accounts: Pattern
    several: Pattern


class Narrative(Strict):
    """What ties figures of the prose to the tables and to each other.

    Attributes:
        whole: Subjects that mean all of the document's money.
        whole_sections: Kinds of sections that speak of all of it, besides text in no section.
        class_heading: Fits the heading of a section on one class.
        whole_heading: Fits the heading of a section on all of the money.
        class_tables: Tables that print classes.
        class_measures: The measures of a class there that the prose may mean.
        parts: Measures of which a class may be a part, and what the heading of a list of such parts says.
        partial: Fits labels of totals over a part of a table.
        one_row: Tables whose only row stands for a total.
        wording: What words say of a figure.
        money: The funds. A table's total may be held against a figure of the prose where both are of one fund.
    """

    whole: frozenset[SubjectId]
    whole_sections: frozenset[SectionId]
    class_heading: Pattern
    whole_heading: Pattern
    class_tables: tuple[TableId, ...]
    class_measures: tuple[MeasureId, ...]
    parts: dict[MeasureId, Pattern]
    partial: Pattern
    one_row: frozenset[TableId]
    wording: Wording
    money: tuple[Money, ...]
    expenses: ExpenseList
    meant: tuple[Meant, ...]
    sum: tuple[ProseSum, ...]
    listing: tuple[ProseListing, ...]
    bound: tuple[ProseBound, ...]
    table_bound: tuple[TableBound, ...]


class Withholding(Strict):
    """Which items may be withheld by law (涉密).

    Attributes:
        never_of: Funds of which nothing is.
    """

    never_of: frozenset[FundId]


class Transfers(Strict):
    """Transfers between governments, whose heads are printed over all of their codes or over some.

    Attributes:
        heads: Codes of the heads.
        grants: The last two digits of the codes under them that are always their parts.
        outside: Classes that stand under the total of a budget and are no part of it.
    """

    heads: frozenset[Code]
    grants: frozenset[str]
    outside: frozenset[Code]


class Balance(Strict):
    """The totals of both sides of a table.

    Attributes:
        total: Matches the end of a label whose figure has everything in it; 合计 leaves out transfers.
        surplus: Searched in the label of a row under a total, which is then a part of that side.
    """

    total: Pattern
    surplus: Pattern


class FundBalance(Strict):
    """What funds keep of a year's revenue, by the ends of labels; what stands before them is the fund's name.

    Attributes:
        tables: Table types whose rows are funds, or parts of one.
        revenue: All that a fund takes in.
        expenditure: All that it spends.
        kept: What it keeps of the year's revenue.
        before: What it had kept before.
        accumulated: What it has kept by the end of the year.
    """

    tables: frozenset[TableId]
    revenue: Pattern
    expenditure: Pattern
    kept: Pattern
    before: Pattern
    accumulated: Pattern


class Identities(Strict):
    """`checks.toml`.

    Attributes:
        memo: Matches a header text over columns that are parts of another and no summands: 其中.
        carried_over: Searched in the label of a row of funds of another year.
    """

    memo: Pattern
    carried_over: Pattern
    withheld: Withholding
    transfers: Transfers
    balance: Balance
    fund_balance: FundBalance
    sum: tuple[Sum, ...]
    class_total: tuple[ClassTotal, ...]
    tie: tuple[Tie, ...]
    class_tie: tuple[ClassTie, ...]
    narrative: Narrative


class TotalLabels(Strict):
    """How labels of totals look.

    Attributes:
        words: The words themselves, searched in any text.
        column: Matches a header text that sums its group.
        row: Matches a row's label.
    """

    words: Pattern
    column: Pattern
    row: Pattern


class Captions(Strict):
    """How the lines around a table look.

    Attributes:
        agency: Searched: what goes before the name of the table's unit or department, up to it.
        inside: Searched in a text of a grid's first row, which then belongs over the table.
        number: Matches a table's number: 公开03表, 附件3.
        number_start: Matches the start of a title that begins with its number.
        continued: Searched: what says that a table goes on.
        note: Matches the start of a note.
        listing: Searched: what no title says.
        table_end: Searched in a title that needs no subject.
        end: Searched in a title that must name a subject too, one of `end_subject`.
        subject: Searched in the second line of a wrapped title, where it is a title of its own.
    """

    agency: Pattern
    inside: Pattern
    number: Pattern
    number_start: Pattern
    continued: Pattern
    note: Pattern
    listing: Pattern
    table_end: Pattern
    end: Pattern
    end_subject: Pattern
    subject: Pattern


class Organisations(Strict):
    """How names of organisations end: an organ, an institution, or what one of them runs; and what no name has.

    Attributes:
        ends: The endings.
        no_name: What is a date, a title or a header, however it ends.
        government: What titles of a whole government's book say.
        department: What those of a department's or a unit's say.
    """

    ends: tuple[Regex, ...]
    no_name: Pattern
    government: tuple[Regex, ...]
    department: Pattern


class RegionLabels(Strict):
    """How names of divisions are made, and the rows of tables by region.

    Attributes:
        ends: The words for what a division is, which a short name leaves out.
        peoples: Of an autonomous division, between its name and that word.
        inside_word: The last character of a name and the next one, where they are a word of another kind: 市场.
        of_another: What behind a short name makes it that of a street, a river …
        before: What may stand before the name in a row.
        all_of: What stands before `level` in a row without a name: 全省.
        level: The word for what a division is, in a row without its name: 市本级.
        of_city: A row of the last city named: 本级, 县区小计.
        of_whole: A row of the division that the table is about: 合计.
        behind: What may stand behind the name of a row without making it another division's.
        in_title: What a title names behind its year: the name of a division, before what the table is about.
        not_in_title: What is none: 全省, 省对市县.
        governments: The end of a division's name → what its government is called behind it; the empty one is any other.
    """

    ends: tuple[str, ...]
    peoples: tuple[Regex, ...]
    inside_word: Pattern
    of_another: Pattern
    before: Pattern
    all_of: Regex
    level: Regex
    of_city: Pattern
    of_whole: Pattern
    behind: Regex
    in_title: Pattern
    not_in_title: Pattern
    governments: dict[str, str]

    @field_validator("governments")
    @classmethod
    def _all_named(cls, governments: dict[str, str]) -> dict[str, str]:
        if "" not in governments:
            raise ValueError('no name for any other government; add "" = "人民政府"')
        return dict(sorted(governments.items(), key=lambda item: -len(item[0])))


class Periods(Strict):
    """How titles and labels say what time a figure is of.

    Attributes:
        title: Phase → what in a title means it; the first that is found wins.
        without: Taken out of a title before: a year in it is not the table's.
        label: Matches the start of a row's label that begins with the figure's year.
    """

    title: dict[Phase, Pattern]
    without: Pattern
    label: Pattern


class Labels(Strict):
    """`labels.toml`: labels, captions and names by their form."""

    total: TotalLabels
    period: Periods
    caption: Captions
    organisation: Organisations
    region: RegionLabels


class Word(Strict):
    """One word of the prose: an id and the phrases that mean it, as regular expressions.

    Attributes:
        id: What the datasets call it.
        zh: The usual Chinese term.
        match: Regular expressions.
        within: Kinds of sections outside which the phrase means something else; empty: anywhere.
        part_of: The subject that it is a part of.
        part: Shorter phrases that mean it where the text speaks of that subject, or of another part of it.
        general: All money of whoever is named before it: such a name may be a class's own (城乡社区支出).
    """

    id: Id
    zh: str
    match: tuple[Regex, ...]
    within: tuple[SectionId, ...] = ()
    part_of: SubjectId | None = None
    part: tuple[Regex, ...] = ()
    general: bool = False


class Around(Strict):
    """What may stand around a subject without changing it.

    Attributes:
        owner: Whose money it is and of which year, before it; an organisation's name may stand there too.
        filler: After it.
    """

    owner: tuple[Regex, ...]
    filler: Regex


class Whose(Strict):
    """Whose a figure of the prose is.

    Attributes:
        own: Searched: words for the document's own organisation.
        silent: Searched in a name: words that say nothing of whose it is.
        part: Searched before 收入 or 支出 alone: one level or one fund of what is spoken of.
        other: Searched: a part of the document's organisation, or several others.
    """

    own: Pattern
    silent: Pattern
    part: Pattern
    other: Pattern


class Change(Strict):
    """Words of increase and decrease.

    Attributes:
        increase: Before the size of an increase; and `decrease`.
        more: Between accounts and budget: the accounts are larger; and `less`, `equal`.
        flat: Matches a statement of no change.
    """

    increase: tuple[Regex, ...]
    decrease: tuple[Regex, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    equal: tuple[str, ...]
    flat: Pattern


class Words(Strict):
    """`words.toml`: kinds of sections, subjects of figures, kinds of units, parts of a project's description."""

    around: Around
    whose: Whose
    change: Change
    section: tuple[Word, ...]
    subject: tuple[Word, ...]
    unit_kind: tuple[Word, ...]
    project_part: tuple[Word, ...]


class Written(Strict):
    """One of two ways to write a name, and what stands for it, which may refer to the groups of the match."""

    match: Pattern
    into: str = Field(alias="as")


class Renamed(Strict):
    """A reform that gave bodies of one kind another name."""

    old: str
    new: str
    ends: tuple[str, ...]
    year: int
    source: str


class Merged(Strict):
    """A reform that joined several bodies in one."""

    old: tuple[str, ...]
    new: str
    year: int
    source: str


class Bodies(Strict):
    """`organisations.toml`: what stands in a name beside the body's own, and what bodies became.

    Attributes:
        own: What stands at a name's end, its brackets narrowed, of what the body spends itself: (本级).
        summed: And of what it spends with its units: (汇总).
        no_name: What stands in columns of units and is no body.
        written: Names that are written in two ways.
        renamed: Bodies whose id has another name than theirs.
        merged: Bodies that went into others.
    """

    own: Pattern
    summed: Pattern
    no_name: Pattern
    written: tuple[Written, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    merged: tuple[Merged, ...] = ()
