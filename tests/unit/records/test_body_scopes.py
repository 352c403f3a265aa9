from __future__ import annotations

import pytest
from support.small_tables import line_item

from extractor.contract import FigureScope
from extractor.records.bodies import Body, with_body


@pytest.mark.parametrize(("of_body", "scope"), [(None, "own_level"), ("all_region", "all_region")])
def test_a_figure_of_a_body_without_a_scope_keeps_that_of_its_table(
    of_body: FigureScope | None, scope: FigureScope
) -> None:
    body = Body("000000-?0123", None, None, None, None, of_body)
    assert with_body(line_item("1.00", scope="own_level"), body).scope == scope
