"""Which cell a failure is laid to: the one with which another failure would hold too."""

from __future__ import annotations

from decimal import Decimal

from support.small_tables import line_item

from extractor.checks.check import Check
from extractor.checks.identity import identity
from extractor.checks.suspects import find_suspect_cells
from extractor.records.item import LineItem

# A cell of 4.50 that should be 4.00: the sum down its column and the sum along its row both say so.
TOTAL, WRONG, OTHER = line_item("6.00", 0), line_item("4.50", 1), line_item("2.00", 2)
BASIC, PROJECT = line_item("1.00", 1, 3), line_item("3.00", 1, 4)
DOWN = identity("children_sum", "", [TOTAL], [WRONG, OTHER])
ALONG = identity("columns_sum", "", [WRONG], [BASIC, PROJECT])
ITEMS = [TOTAL, WRONG, OTHER, BASIC, PROJECT]


def suspects(checks: list[Check], items: list[LineItem] = ITEMS) -> list[tuple[str | None, Decimal | None]]:
    return [(c.suspect, c.suggested) for c in find_suspect_cells(checks, items)]


def test_the_cell_that_two_failures_share_is_named_with_what_both_ask_for() -> None:
    assert suspects([DOWN, ALONG]) == [(WRONG.item_id, Decimal(40_000))] * 2


def test_a_lone_failure_names_no_cell() -> None:
    assert suspects([DOWN]) == [(None, None)]


def test_failures_that_ask_one_cell_for_two_values_name_none() -> None:
    along = identity("columns_sum", "", [WRONG], [BASIC])
    assert suspects([DOWN, along]) == [(None, None)] * 2


def test_two_cells_that_explain_as_much_name_none() -> None:
    again = identity("rows_total", "", [TOTAL], [WRONG, OTHER])
    assert suspects([DOWN, again]) == [(None, None)] * 2


def test_the_cell_that_explains_most_is_named_alone() -> None:
    across = identity("cross_table", "", [WRONG], [line_item("4.00", 0, table=2)])
    # 4.50 is asked for 4.00 three times; the total, for 6.50 twice.
    again = identity("rows_total", "", [TOTAL], [WRONG, OTHER])
    found = suspects([DOWN, again, across], ITEMS)
    assert found == [(WRONG.item_id, Decimal(40_000))] * 3


def test_what_holds_is_passed_on_as_it_is() -> None:
    sound = identity("columns_sum", "", [PROJECT], [line_item("2.00", 3), BASIC])
    assert sound.holds == "exact"
    assert suspects([DOWN, ALONG, sound])[2] == (None, None)
    assert list(find_suspect_cells([sound], ITEMS)) == [sound]


def test_changes_and_prose_are_no_second_failure() -> None:
    for rule in ("year_on_year", "narrative"):
        assert suspects([DOWN, ALONG._replace(rule=rule)]) == [(None, None)] * 2
