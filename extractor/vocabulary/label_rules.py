"""`labels.toml`: labels, captions and names by their form."""

from __future__ import annotations

from pydantic import field_validator

from extractor.contract import Phase
from extractor.vocabulary.fields import Pattern, Regex, Strict


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
        organ: Ends the name of one that has a department's budget.
        no_name: What is a date, a title or a header, however it ends.
        government: What titles of a whole government's book say.
        department: What those of a department's or a unit's say.
    """

    ends: tuple[Regex, ...]
    organ: Pattern
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
        other: Found in a header that speaks of another time than its table's, or of a change.
        header: Phase → what in a header speaks of it.
    """

    title: dict[Phase, Pattern]
    without: Pattern
    label: Pattern
    other: Pattern
    header: dict[Phase, Pattern]

    def speaks_of(self, header: str, phase: Phase) -> bool:
        """Return whether a header has words for a phase."""
        return phase in self.header and self.header[phase].search(header) is not None

    def is_of_another(self, header: str, own: Phase | None) -> bool:
        """Return whether a header has words for a time or a phase that is not its table's own."""
        of_own = self.header.get(own) if own else None
        rest = of_own.sub("", header) if of_own else header
        return self.other.search(header) is not None or any(words.search(rest) for words in self.header.values())


class Labels(Strict):
    """`labels.toml`: labels, captions and names by their form."""

    total: TotalLabels
    period: Periods
    caption: Captions
    organisation: Organisations
    region: RegionLabels
