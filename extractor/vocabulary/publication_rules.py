"""`publications.toml`: by which words of its title a document is known for what it is."""

from __future__ import annotations

from pydantic import PositiveInt, ValidationInfo, field_validator

from extractor.contract import OrganisationLevel, Publication
from extractor.vocabulary.fields import Pattern, PublicationId, Strict

NO_BUDGET: Publication = "other"


class TitleForm(Strict):
    """How titles are found among a document's first lines.

    Attributes:
        lines: How many of them are looked at.
        wrapped: How many lines one title may take.
        longest: How many characters it may have.
        contents: The line where the list of contents begins, whose lines are titles of parts.
        without: What a title never has; a line with it is a sentence, a link or part of a table.
        budget: What names a budget; only `despite` makes a document with such a title none.
        body: Where the text under a title begins.
        unfinished: How a title ends that goes on in the next line.
    """

    lines: PositiveInt
    wrapped: PositiveInt
    longest: PositiveInt
    contents: Pattern
    without: Pattern
    budget: Pattern
    body: Pattern
    unfinished: Pattern


class PublicationKind(Strict):
    """One kind of publication.

    Attributes:
        id: What the datasets call it.
        zh: The Chinese term.
        level: Of whom it is, where its tables have to decide; None: of anybody.
        titles: What its title says.
        certain: What the title of no budget says, whatever its tables are.
        despite: What the title of no budget says that names one on purpose.
        book: The title of a table that it always has.
        tables: What most titles of its tables say.
    """

    id: PublicationId
    zh: str
    level: OrganisationLevel | None = None
    titles: Pattern
    certain: Pattern | None = None
    despite: Pattern | None = None
    book: Pattern | None = None
    tables: Pattern | None = None

    @field_validator("certain", "despite")
    @classmethod
    def _only_no_budget_says_so(cls, value: Pattern, info: ValidationInfo) -> Pattern:
        if info.data.get("id") != NO_BUDGET:
            raise ValueError(f'only "{NO_BUDGET}" may say that it is none: move the patterns to `titles`')
        return value


class PublicationRules(Strict):
    """`publications.toml`; of the kinds that one title fits, the first is taken."""

    title: TitleForm
    publication: tuple[PublicationKind, ...]

    @property
    def budgets(self) -> tuple[PublicationKind, ...]:
        """The kinds whose figures are amounts."""
        return tuple(kind for kind in self.publication if kind.id != NO_BUDGET)

    @property
    def no_budgets(self) -> tuple[PublicationKind, ...]:
        """The kinds whose figures are none."""
        return tuple(kind for kind in self.publication if kind.id == NO_BUDGET)
