"""Amounts that were recognised in a picture and may be misread: what arithmetic alone cannot prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.records.item import LineItem

SURE = 0.98  # of the least sure character: see docs/decisions/0014


def withhold(items: Sequence[LineItem], verdicts: Mapping[str, str]) -> dict[str, str]:
    """Return the verdicts with no recognised amount proven or rounded that the engine is not sure of.

    The same glyph, misread the same way in a sum and in its part, satisfies their identity: it proves nothing about them.
    """
    unsure = {item.item_id for item in items if item.confidence is not None and item.confidence < SURE}
    return {
        name: "uncovered" if name in unsure and verdict in ("proven", "rounded") else verdict
        for name, verdict in verdicts.items()
    }
