"""`Check`: one identity tried on a document's figures, with the figures in it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Check(NamedTuple):
    """One identity. Field meanings are those of the dataset contract's `checks`; money is yuan.

    Attributes:
        left_items: item_ids of the stated side; statement_ids where the prose states it.
        right_items: item_ids of the computed side, or statement_ids.
        difference: stated - computed.
        tolerance: Half of the last printed digit for each number that takes part.
        holds: exact, rounding or no.
        kind: reading or document where it does not hold; None where it does, or where nobody can tell yet.
        suspect: item_id of the one cell that explains it and another failure; None where there is none.
        suggested: The amount with which both would hold.
    """

    check_id: str
    document_id: str
    rule: str
    statement: str
    table_ids: tuple[str, ...]
    left_items: tuple[str, ...]
    right_items: tuple[str, ...]
    stated: Decimal
    computed: Decimal
    difference: Decimal
    tolerance: Decimal
    holds: str
    kind: str | None
    suspect: str | None = None
    suggested: Decimal | None = None
