"""Doubt amounts that OCR may have misread: arithmetic alone can neither prove nor refute these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from extractor.checks.check import Check, doubted
from extractor.prose.statement import Statement
from extractor.records.item import LineItem

SURE = 0.98  # of the least sure character: see docs/decisions/0014
RECOGNISED = "recognised in a picture: a figure may be misread, or lost under a seal"
UNSURE_PROSE = "unsure prose: its page was recognised in a picture, or does not display all of its text"


def is_unsure(item: LineItem) -> bool:
    """Return whether an amount may be misread.

    A character that is misread in the same way in a sum and in its part satisfies their identity, which then proves nothing.
    """
    return item.confidence is not None and item.confidence < SURE


def doubt_recognised(items: Sequence[LineItem], checks: Sequence[Check]) -> Iterator[Check]:
    """Yield checks; a failure with an amount from a picture is the fault of the reading: a cell under a seal may be lost."""
    recognised = {item.item_id for item in items if item.confidence is not None}
    for check in checks:
        fails = check.holds == "no" and recognised.intersection((*check.left_items, *check.right_items))
        yield doubted(check, RECOGNISED)._replace(kind="reading") if fails else check


def doubt_unsure_prose(
    checks: Iterable[Check], statements: Sequence[Statement], pages: Collection[int]
) -> Iterator[Check]:
    """Yield checks; a failure with a figure of the prose on one of some pages, whose text is not sure, is a doubt."""
    unsure = {s.statement_id for s in statements if s.page in pages or s.end_page in pages}
    for check in checks:
        yield doubted(check, UNSURE_PROSE) if unsure.intersection((*check.left_items, *check.right_items)) else check
