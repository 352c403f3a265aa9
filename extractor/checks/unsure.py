"""Withhold verdicts of amounts that OCR may have misread: arithmetic alone can neither prove nor refute these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.checks.check import Check
from extractor.contract import Verdict
from extractor.records.item import LineItem

SURE = 0.98  # of the least sure character: see docs/decisions/0014


def withhold_unsure_verdicts(
    items: Sequence[LineItem], checks: Sequence[Check], verdicts: Mapping[str, Verdict]
) -> tuple[list[Check], dict[str, Verdict]]:
    """Return checks and verdicts in which no unsure OCR amount is proven, and no OCR amount is contradicted.

    A character that is misread in the same way in a sum and in its part satisfies their identity, which then proves
    nothing. A cell under a seal is missing from its sum: such a failure is the fault of the reading.
    """
    recognised = {item.item_id for item in items if item.confidence is not None}
    unsure = {item.item_id for item in items if item.confidence is not None and item.confidence < SURE}
    judged = [
        check._replace(kind="reading")
        if check.holds == "no" and recognised.intersection((*check.left_items, *check.right_items))
        else check
        for check in checks
    ]
    held_back: dict[str, Verdict] = {
        name: "uncovered"
        if (name in unsure and verdict in ("proven", "rounded")) or (name in recognised and verdict == "contradicted")
        else verdict
        for name, verdict in verdicts.items()
    }
    return judged, held_back
