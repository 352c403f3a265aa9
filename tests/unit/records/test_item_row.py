"""An item as its row, uncopied."""

from __future__ import annotations

import pytest
from support.small_tables import line_item

from extractor.records.item import ItemRow


def test_an_item_reads_as_its_row_with_what_others_know_of_it() -> None:
    item = line_item("1.00")
    assert dict(ItemRow(item, {"verdict": "proven"})) == item._asdict() | {"verdict": "proven"}
    with pytest.raises(KeyError):
        ItemRow(item)["verdict"]
