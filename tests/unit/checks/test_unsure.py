"""Amounts recognised in a picture: what arithmetic alone can neither prove nor refute."""

from __future__ import annotations

import pytest
from support.small_tables import line_item
from support.vocabulary import VOCABULARY

from extractor.checks.identity import identity
from extractor.checks.reconcile import reconcile, verdicts
from extractor.checks.unsure import DRAWN, RECOGNISED, SURE, UNSURE_PROSE, doubt_recognised, doubt_unsure_pages
from extractor.grids.grid import PageLayout
from extractor.prose.reader import read_prose
from extractor.records.facts import Facts

PRINTED = line_item("6.00")
CERTAIN, DOUBTED = line_item("2.00", 1, confidence=SURE), line_item("4.50", 2, confidence=SURE - 0.01)


@pytest.mark.parametrize(("holds", "expected"), [("exact", "proven"), ("rounding", "rounded")])
def test_what_was_recognised_is_proven_only_where_it_is_sure(holds: str, expected: str) -> None:
    items = [PRINTED, CERTAIN, DOUBTED]
    holding = identity("children_sum", "", [PRINTED], [CERTAIN, DOUBTED])._replace(holds=holds, standing=None)
    assert list(verdicts(items, [holding]).values()) == [expected, expected, "uncovered"]


def test_a_failure_with_a_recognised_amount_is_the_readings_and_accuses_nobody() -> None:
    failing = identity("children_sum", "", [PRINTED], [CERTAIN])
    (check,) = doubt_recognised([PRINTED, CERTAIN], [failing])
    assert (check.holds, check.kind, check.standing, check.doubt) == ("no", "reading", "doubt", RECOGNISED)
    assert set(verdicts([PRINTED, CERTAIN], [check]).values()) == {"uncovered"}


def test_other_checks_stay_as_they_are() -> None:
    holding = identity("children_sum", "", [line_item("2.00", 3)], [CERTAIN])
    printed = identity("children_sum", "", [PRINTED], [line_item("1.00", 4)])
    assert list(doubt_recognised([PRINTED, CERTAIN], [holding, printed])) == [holding, printed]


def test_prose_of_a_page_that_is_not_sure_accuses_nobody() -> None:
    vocabulary = VOCABULARY
    text = "一、“三公”经费预算情况说明\r\n公务接待费预算数为5.00万元，比上年预算数6.00万元减少2.00万元。"
    layouts = [PageLayout(3, 600, 800, text, (), ())]
    prose = read_prose("d" * 64, layouts, Facts(2026, "budget", None, None, None, None), vocabulary)
    checks = reconcile([], [], vocabulary, prose)
    assert [c.standing for c in doubt_unsure_pages(checks, prose.statements, {2}, {3})] == ["finding"]
    assert [c.doubt for c in doubt_unsure_pages(checks, prose.statements, {3}, ())] == [UNSURE_PROSE]


def test_a_failure_on_a_page_with_pictures_in_its_tables_accuses_nobody() -> None:
    parts = [line_item("1.00", 4), line_item("2.00", 5, page=2)]
    failing = identity("children_sum", "", [PRINTED], parts)
    for pages, doubt in (((3,), None), ((2,), DRAWN)):
        (check,) = doubt_unsure_pages([failing], [PRINTED, *parts], (), pages)
        assert check.doubt == doubt
