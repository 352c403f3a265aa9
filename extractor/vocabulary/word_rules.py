"""`words.toml`: the words of the prose."""

from __future__ import annotations

from extractor.vocabulary.fields import Id, Pattern, Regex, SectionId, Strict, SubjectId


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
        not_owner: Searched in what stands there: with it, the phrase means another thing.
        filler: After it.
    """

    owner: tuple[Regex, ...]
    not_owner: Pattern
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
