"""`publications.toml`: by which words of its title a document is known for what it is."""

from __future__ import annotations

from pydantic import PositiveInt

from extractor.contract import OrganisationLevel
from extractor.vocabulary.models import Pattern, PublicationId, Strict


class TitleForm(Strict):
    """How titles are found among a document's first lines.

    Attributes:
        lines: How many of them are looked at.
        wrapped: How many lines one title may take.
        longest: How many characters it may have.
        contents: The line where the list of contents begins, whose lines are titles of parts.
        without: What a title never has; a line with it is a sentence, a link or part of a table.
        unfinished: How a title ends that goes on in the next line.
    """

    lines: PositiveInt
    wrapped: PositiveInt
    longest: PositiveInt
    contents: Pattern
    without: Pattern
    unfinished: Pattern


class PublicationKind(Strict):
    """One kind of publication.

    Attributes:
        id: What the datasets call it.
        zh: The Chinese term.
        level: Of whom it is, where its tables have to decide; None: of anybody.
        titles: What its title says.
        book: The title of a table that it always has.
        tables: What most titles of its tables say.
    """

    id: PublicationId
    zh: str
    level: OrganisationLevel | None = None
    titles: Pattern
    book: Pattern | None = None
    tables: Pattern | None = None


class PublicationRules(Strict):
    """`publications.toml`; of the kinds that one title fits, the first is taken."""

    title: TitleForm
    publication: tuple[PublicationKind, ...]
