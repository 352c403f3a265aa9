"""`Statement`: one figure of the prose, with everything the dataset contract says of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One narrative figure, or one statement of no change.

    Attributes:
        statement_id: `document_id[:16]/statement/N`; checks refer to statements by it.
        ordinal: 1-based, in reading order.
        section: Ordinal of its section; None before the first heading.
        section_kind: The kind of that section; and `section_title`.
        subject: What the figure is of: an id of `words.toml`, `functional_class`, `economic_class`,
            `performance_projects`, or None where the words do not say.
        code: 类, 款 or 项 of a class.
        part_of: The subject of which 其中 makes it a part, in its sentence.
        label: The phrase before the figure as printed, or the name of the class.
        fiscal_year: The year that the figure is for; of a change this year.
        phase: budget, adjusted_budget, final_accounts, prior_year_budget, prior_year_execution, or change.
        direction: increase, decrease or flat; None for a figure that is no change.
        base: What a change is against: prior_year_budget, prior_year_execution or budget (决算数小于预算数).
        amount: Yuan; of a change its size; None for counts, and where a change states a rate alone or none.
        value: The number as printed, in `unit`.
        percent: The rate that repeats the change.
        amount_text: The number as printed; and `percent_text`.
        approximate: 基本持平 and its like: no figure is claimed.
        explained: It stands in an explanation: what it is of is not what the paragraph is about.
        explanation: 主要用于 … or 主要原因是 …, as printed.
        page: 1-based; `end_page` likewise.
        start: Offset of the sentence into its page's text; None where the page's stream does not run so.
        end: Offset of its end, exclusive, into the text of `end_page`.
        text: The sentence as printed, without line ends and blanks.
        paragraph: Ordinal of its paragraph within the document.
    """

    statement_id: str
    document_id: str
    ordinal: int
    section: int | None
    section_kind: str | None
    section_title: str | None
    subject: str | None
    code: str | None
    part_of: str | None
    label: str
    fiscal_year: int | None
    phase: str | None
    direction: str | None
    base: str | None
    amount: Decimal | None
    value: Decimal | None
    unit: str | None
    percent: Decimal | None
    amount_text: str
    percent_text: str
    approximate: bool
    explained: bool
    explanation: str | None
    page: int
    end_page: int
    start: int | None
    end: int | None
    text: str
    paragraph: int
