"""`checks.toml`: what adds up, within a table, between tables, and between tables and prose."""

from __future__ import annotations

from extractor.vocabulary.fields import (
    Code,
    FigureId,
    FundId,
    MeasureId,
    Pattern,
    SectionId,
    SideId,
    Strict,
    SubjectId,
    TableId,
)


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


class DebtBalance(Strict):
    """What the rows of a government's debt are called; each is searched in the label, which names the year.

    Attributes:
        tables: Table types whose rows these are.
        balance: What it owes at the end of the year.
        borrowed: What it borrowed in the year.
        repaid: What it repaid in the year.
        limit: Up to how much it may owe at the end of the year.
        raised: By how much that is more than the year before.
        kind: Which debt a row is of, where a table has both.
        whole: Of several rows of one name, the one that the others are parts of.
    """

    tables: frozenset[TableId]
    balance: Pattern
    borrowed: Pattern
    repaid: Pattern
    limit: Pattern
    raised: Pattern
    kind: Pattern
    whole: Pattern


class Rates(Strict):
    """What the header of a percentage says that it is; searched in its texts, the innermost first.

    Attributes:
        growth: How much more one amount is than another: 增长%, 增减%.
        share: How much of another it is: 完成预算的%, 占调整预算数的%.
        earlier: The other is of an earlier time: 为上年执行数的%.
        current: It is not.
    """

    growth: Pattern
    share: Pattern
    earlier: Pattern
    current: Pattern


class Identities(Strict):
    """`checks.toml`.

    Attributes:
        memo: Matches a header text over columns that are parts of another and no summands: 其中.
        carried_over: Searched in the label of a row of funds of another year.
        closing: Searched in the label of a row that may be the sum of those above it, though no word of it says total.
    """

    memo: Pattern
    carried_over: Pattern
    closing: Pattern
    withheld: Withholding
    transfers: Transfers
    balance: Balance
    fund_balance: FundBalance
    debt_balance: DebtBalance
    rates: Rates
    sum: tuple[Sum, ...]
    class_total: tuple[ClassTotal, ...]
    tie: tuple[Tie, ...]
    class_tie: tuple[ClassTie, ...]
    narrative: Narrative
