"""Doubt amounts that OCR may have misread: arithmetic alone can neither prove nor refute these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from extractor.checks.check import Check, doubted
from extractor.prose.statement import Statement
from extractor.records.item import LineItem

SURE = 0.98  # of the least sure character: see docs/decisions/0014
RECOGNISED = "recognised in a picture: a figure may be misread, or lost under a seal"
DRAWN = "drawn: the page has outlines or pictures in its tables, which may be figures and are not read"
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


def doubt_unsure_pages(
    checks: Iterable[Check],
    figures: Iterable[LineItem | Statement],
    prose: Collection[int],
    tables: Collection[int],
) -> Iterator[Check]:
    """Yield checks; a failure with a figure on a page of which not all is read, or not surely, is a doubt.

    Args:
        checks: The checks.
        figures: The document's items and statements.
        prose: The pages whose text is not sure.
        tables: The pages with outlines or pictures in their tables, which may be figures.
    """
    unsure: dict[str, str] = {}
    for figure in figures:
        if isinstance(figure, LineItem):
            unsure |= {figure.item_id: DRAWN} if figure.page in tables else {}
        elif figure.page in prose or figure.end_page in prose:
            unsure[figure.statement_id] = UNSURE_PROSE
    for check in checks:
        why = next((unsure[i] for i in (*check.left_items, *check.right_items) if i in unsure), None)
        yield doubted(check, why) if why else check
