"""Build checks from figures of the prose and of the tables: sums, tolerances and messages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from extractor.checks.check import Check
from extractor.checks.identity import half_digit as item_half
from extractor.contract import Holds
from extractor.notation.amounts import half_digit
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS
from extractor.records.item import LineItem

ZERO, HUNDRED = Decimal(0), Decimal(100)
StatementOrItem = Statement | LineItem


def identity(left: Sequence[Statement], right: Sequence[StatementOrItem], word: str = "") -> Check:
    """Return the check of `sum(left) = sum(right)`; `word` is the prose's word for the relation."""
    tolerance = tolerance_of([*left, *right])
    terms = " + ".join(map(term_of, right))
    return check_of(
        f"{place_of(left[0])}: {f'{word}: ' if word else ''}{term_of(left[0])} = {terms}",
        left,
        right,
        total_of(left),
        total_of(right),
        tolerance,
        result_of(total_of(left) - total_of(right), tolerance),
    )


def bound(part: Statement, whole: StatementOrItem) -> Check:
    """Return the check of `part <= whole`, which proves no amount of a table."""
    tolerance = tolerance_of([part, whole])
    within = total_of([part]) <= total_of([whole]) + tolerance
    return check_of(
        f"{place_of(part)}: {direction_of(part) if part.direction else ''}{term_of(part)} <= {term_of(whole)}",
        [part],
        [whole] if isinstance(whole, Statement) else [],
        total_of([part]),
        total_of([whole]),
        tolerance,
        "exact" if within else "no",
    )


def check_of(
    statement: str,
    left: Sequence[StatementOrItem],
    right: Sequence[StatementOrItem],
    stated: Decimal,
    computed: Decimal,
    tolerance: Decimal,
    holds: Holds,
) -> Check:
    """Return a check; `reconcile` sets its id later. A failure is a finding until something doubts it."""
    cent = Decimal("0.01")
    stated, computed = stated.quantize(cent), computed.quantize(cent)
    return Check(
        check_id="",
        document_id=left[0].document_id,
        rule="narrative",
        statement=statement,
        table_ids=tuple(sorted({f.table_id for f in (*left, *right) if isinstance(f, LineItem)})),
        left_items=tuple(map(id_of, left)),
        right_items=tuple(map(id_of, right)),
        stated=stated,
        computed=computed,
        difference=stated - computed,
        tolerance=tolerance.quantize(Decimal("0.000001")),
        holds=holds,
        kind=None,
        standing="finding" if holds == "no" else None,
    )


def topic_of(statement: Statement) -> tuple[str | None, str | None]:
    """Return the subject of a statement, and for a class its code, or its name where no code is known."""
    return statement.subject, (statement.code or statement.label) if statement.subject == CLASS else None


def id_of(figure: StatementOrItem) -> str:
    """Return the id by which checks refer to a figure."""
    return figure.statement_id if isinstance(figure, Statement) else figure.item_id


def total_of(figures: Sequence[StatementOrItem]) -> Decimal:
    """Return the sum of amounts, in yuan."""
    return sum((f.amount for f in figures if f.amount is not None), ZERO)


def signed_change(statement: Statement) -> Decimal:
    """Return a stated change in yuan; a decrease is negative."""
    return -total_of([statement]) if statement.direction == "decrease" else total_of([statement])


def tolerance_of(figures: Sequence[StatementOrItem]) -> Decimal:
    """Return half of the last printed digit of each figure, summed, in yuan."""
    return sum(
        (
            half_digit(f.amount_text, f.unit, zero_is_exact=True) if isinstance(f, Statement) else item_half(f)
            for f in figures
        ),
        ZERO,
    )


def result_of(difference: Decimal, tolerance: Decimal) -> Holds:
    """Return whether an identity holds: exact, rounding or no."""
    if difference == 0:
        return "exact"
    return "rounding" if abs(difference) <= tolerance else "no"


def place_of(statement: Statement) -> str:
    """Return section and page, for a message."""
    return f"{statement.section_title or ''} p.{statement.page}".strip()


def printed(statement: Statement) -> str:
    """Return the figure as printed, with its unit."""
    return f"{statement.amount_text}{statement.unit or ''}"


def term_of(figure: StatementOrItem) -> str:
    """Return a figure with its name and printed amount, for a message."""
    if isinstance(figure, Statement):
        return f"{figure.code or ''} {figure.label} {printed(figure)}".strip()
    name = " ".join(filter(None, (figure.code, figure.label, figure.measure_label.rpartition("/")[2])))
    return f"{figure.table_type} p.{figure.page} {name} {figure.amount_text}{figure.unit or ''}"


def direction_of(statement: Statement) -> str:
    """Return the word for a change, for a message."""
    return {"increase": "增加", "decrease": "减少", "flat": "持平"}[statement.direction or "flat"]
