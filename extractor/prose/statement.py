"""`Statement`: one figure of the prose, with the columns of `statements`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from extractor.contract import Base, Described, Direction, DocumentId, Int16, Number, Phase, Scope, SectionOrdinal, Yuan
from extractor.prose.bodies import Body


@dataclass(frozen=True, slots=True)
class Statement:
    """One narrative figure, or one statement of no change; what is described here is a column of `statements`.

    Attributes beyond the contract:
        ordinal: 1-based, in reading order.
        paragraph: Ordinal of its paragraph within the document.
        body: Whose figure it is, where its words, its paragraph or a heading say.
        phrase: The words before it, narrowed.
        inherits: They name no subject: it has the one before it.
    """

    statement_id: Annotated[
        str,
        Described(
            "`document/statement/N`, unique within the dataset: `checks.left_items` and `right_items` refer to it.",
            "4588cbbcbd3fc885/statement/7",
        ),
    ]
    document_id: DocumentId
    ordinal: int
    section: SectionOrdinal
    section_kind: Annotated[
        str | None,
        Described(
            "What the text around it is about.", "three_public", values="a [kind of section](#kinds-of-sections)"
        ),
    ]
    section_title: Annotated[str | None, Described("That section's heading.", "“三公”经费预算情况说明")]
    subject: Annotated[
        str | None,
        Described(
            "What the figure is of; `functional_class` and `economic_class` with a `code`, null where the name alone does "
            "not decide it; null where the words do not say.",
            "three_public",
            values="a [subject](#subjects), `functional_class`, `economic_class` or `performance_projects`",
        ),
    ]
    code: Annotated[
        str | None, Described("类, 款 or 项 of a class.", "2080505", values="3, 5 or 7 digits, of `configs/codes/`")
    ]
    part_of: Annotated[
        str | None,
        Described(
            "The subject of which 其中 makes the figure a part: a class under `project_expenditure` is not all of the class.",
            "three_public",
            values="as `subject`, or `total`",
        ),
    ]
    label: Annotated[str, Described("The phrase before the figure as printed, or the class's name.", "公务接待费")]
    fiscal_year: Annotated[
        Int16 | None,
        Described("The year that the figure is for; of a change this year.", 2026, unit="calendar year"),
    ]
    amount_year: Annotated[
        Int16 | None,
        Described("The same, by the name that `line_items` have for it.", 2026, unit="calendar year"),
    ]
    phase: Annotated[
        Phase | None, Described("Whose figure it is, as in `line_items`; `change` for a change.", "budget")
    ]
    direction: Annotated[
        Direction | None, Described("Which way a change goes; null for a figure that is no change.", "decrease")
    ]
    base: Annotated[
        Base | None,
        Described(
            "What a change is against, `budget` in 决算数小于预算数; or what a share is of, `budget` in 完成预算的95%.",
            "prior_year_budget",
        ),
    ]
    amount: Annotated[
        Yuan | None,
        Described(
            "The amount, of a change its size; null for counts, and where a change states a rate alone or nothing.",
            Decimal("53000.00"),
            unit="yuan (元)",
        ),
    ]
    value: Annotated[Number | None, Described("The number as printed.", Decimal("5.30"), unit="what `unit` says")]
    unit: Annotated[
        str | None, Described("The unit of `value`.", "万元", values="元, 千元, 万元, 百万元, 亿元, 万亿元, 个")
    ]
    percent: Annotated[
        Number | None,
        Described(
            "The rate that repeats the change; without a direction, the share of its `base` that the figure reached.",
            Decimal("12.50"),
            unit="per cent",
        ),
    ]
    amount_text: Annotated[str, Described("The number as printed; empty where there is none.", "5.30")]
    percent_text: Annotated[str, Described("The rate as printed; empty where there is none.", "12.50")]
    approximate: Annotated[
        bool, Described("基本持平, 约5万元, 5%左右 and their like: no exact figure is claimed.", False)
    ]
    explained: Annotated[
        bool,
        Described(
            "It stands in an explanation (主要用于 …, 主要原因是 …): it is not what the paragraph is about.", False
        ),
    ]
    explanation: Annotated[
        str | None, Described("The explanation that follows it, as printed.", "主要原因是厉行节约，压减公务接待支出")
    ]
    page: Annotated[int, Described("The page that its sentence begins on.", 6, unit="ordinal, from 1")]
    end_page: Annotated[int, Described("The page that its sentence ends on.", 6, unit="ordinal, from 1")]
    start: Annotated[
        int | None,
        Described(
            "Offset of the sentence into its page's text; null where the page's stream does not run so.",
            215,
            unit="characters",
        ),
    ]
    end: Annotated[
        int | None,
        Described("Offset of its end, exclusive, into the text of `end_page`.", 268, unit="characters"),
    ]
    text: Annotated[
        str,
        Described(
            "The sentence as printed, without line ends and blanks.", "公务接待费5.30万元，比上年预算减少0.76万元。"
        ),
    ]
    months: Annotated[
        str | None,
        Described(
            "The months of the year that the figure covers, where these are not all (上半年, 1-5月, 截至6月底): it is no year's "
            "figure. Null for the budget of a whole year (占年初预算5亿元).",
            "1-6",
            values="the first month and the last, or one month",
        ),
    ]
    scope: Annotated[
        Scope | None,
        Described(
            "Whose the figure is within its region, as in `line_items`; null where the words do not say.", "own_level"
        ),
    ]
    paragraph: int
    body: Body | None
    phrase: str
    inherits: bool
