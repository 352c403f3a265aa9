"""`Check`: one identity tried on a document's figures, with the figures in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from extractor.contract import Described, DocumentId, Fault, Holds, Number, Rule, Severity, Standing, Yuan


class Check(NamedTuple):
    """One identity: a row of `checks`."""

    check_id: Annotated[
        str,
        Described(
            "`document/rule/N`, unique within the dataset.",
            "4588cbbcbd3fc885/children_sum/12",
        ),
    ]
    document_id: DocumentId
    rule: Annotated[
        Rule,
        Described(
            "What is compared: a code with its sub-codes, a total with the rows it totals, a column with the columns it "
            "sums, revenue with expenditure and what is left, two tables, two years with the change between them, a percentage with two "
            "amounts of its row (which it does not bear out), the prose with the tables.",
            "children_sum",
        ),
    ]
    statement: Annotated[
        str,
        Described(
            "The identity in words and printed figures.",
            "支出总表 p.5 合计: 201 一般公共服务支出 1.58 = 20103 政府办公厅 1.58",
        ),
    ]
    table_ids: Annotated[
        tuple[str, ...],
        Described("The tables that the items are in.", ["4588cbbcbd3fc885-002"], values="`tables.table_id`s"),
    ]
    left_items: Annotated[
        tuple[str, ...],
        Described(
            "The stated side.",
            ["4588cbbcbd3fc885-002/1/3"],
            values="`line_items.item_id`s, or `statements.statement_id`s where the prose states it",
        ),
    ]
    right_items: Annotated[
        tuple[str, ...],
        Described(
            "The computed side.",
            ["4588cbbcbd3fc885-002/2/3"],
            values="`line_items.item_id`s, or `statements.statement_id`s",
        ),
    ]
    stated: Annotated[Yuan, Described("The stated side's sum.", Decimal("15800.00"), unit="yuan (元)")]
    computed: Annotated[Yuan, Described("The computed side's sum.", Decimal("15800.00"), unit="yuan (元)")]
    difference: Annotated[Yuan, Described("`stated` less `computed`.", Decimal("0.00"), unit="yuan (元)")]
    tolerance: Annotated[
        Number,
        Described(
            "The most that rounding can explain: half of the last printed digit for each number that takes part.",
            Decimal("100.000000"),
            unit="yuan (元)",
        ),
    ]
    holds: Annotated[Holds, Described("To the last printed digit, within `tolerance`, or not.", "exact")]
    kind: Annotated[
        Fault | None,
        Described(
            "Whose fault a failure is: `document` where independent readers read the same figures, `reading` where they do "
            "not; null where it holds, and where nobody can tell yet.",
            "document",
        ),
    ]
    suspect: Annotated[
        str | None,
        Described(
            "The one cell that would explain this failure and another; null where there is none.",
            "4588cbbcbd3fc885-002/2/4",
            values="a `line_items.item_id`",
        ),
    ] = None
    suggested: Annotated[
        Yuan | None,
        Described(
            "The amount of that cell with which both would hold; nothing is ever altered to it.",
            Decimal("13800.00"),
            unit="yuan (元)",
        ),
    ] = None
    standing: Annotated[
        Standing | None,
        Described(
            "What a failure is worth: `finding` where the identity is established for these figures and all of them are sure, "
            "so that the document does not add up; `doubt` where it may be this reading or this identity that is wrong; "
            "null where it holds.",
            "finding",
        ),
    ] = None
    doubt: Annotated[
        str | None,
        Described(
            "Why a failure is a doubt: one of few sentences, the same for all checks that are doubted alike; null elsewhere.",
            "recognised in a picture: a figure may be misread, or lost under a seal",
        ),
    ] = None
    severity: Annotated[
        Severity | None,
        Described(
            "How grave a failure is. `high`: a table's figures contradict each other by more than 0.1 %; `medium`: by less, or the "
            "text contradicts a table or itself by more than 1 %, or a rate is off by half or more; `low`: less than that, and "
            "sums of a table within ten tolerances; `marginal`: a rate is off by 5 % of itself at most. Null where it holds.",
            "high",
        ),
    ] = None
    sentence: Annotated[
        str | None,
        Described(
            "A failure in a sentence that can be quoted; null where it holds.",
            "Page 12, 支出预算总表: 20402 公安, column 合计, is printed as 80.00 万元; its 2 parts (2040201 行政运行, 2040299 其他"
            "公安支出) add up to 90.00 万元: 10.00 万元 more than stated.",
        ),
    ] = None
    sentence_zh: Annotated[
        str | None,
        Described(
            "The same in Chinese.",
            "第12页《支出预算总表》“20402 公安”的“合计”为80.00 万元，而其2个分项（2040201 行政运行、2040299 其他公安支出）之和为90.00 "
            "万元，比所列多10.00 万元。",
        ),
    ] = None


def doubted(check: Check, why: str) -> Check:
    """Return a check, as a doubt where it fails; the reason that was given first stays."""
    return check if check.holds != "no" or check.doubt else check._replace(standing="doubt", doubt=why)
