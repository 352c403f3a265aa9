"""Amounts recognised in a picture: what arithmetic alone can neither prove nor refute."""

from __future__ import annotations

import pytest
from support.small_tables import line_item

from extractor.checks.identity import identity
from extractor.checks.unsure import SURE, withhold_unsure_verdicts

PRINTED = line_item("6.00")
CERTAIN, DOUBTED = line_item("2.00", 1, confidence=SURE), line_item("4.50", 2, confidence=SURE - 0.01)


@pytest.mark.parametrize(
    ("verdict", "printed", "certain", "doubted"),
    [
        ("proven", "proven", "proven", "uncovered"),
        ("rounded", "rounded", "rounded", "uncovered"),
        ("contradicted", "contradicted", "uncovered", "uncovered"),
        ("uncovered", "uncovered", "uncovered", "uncovered"),
    ],
)
def test_what_was_recognised_is_proven_only_where_it_is_sure_and_never_accused(
    verdict: str, printed: str, certain: str, doubted: str
) -> None:
    items = [PRINTED, CERTAIN, DOUBTED]
    _, verdicts = withhold_unsure_verdicts(items, [], {item.item_id: verdict for item in items})
    assert list(verdicts.values()) == [printed, certain, doubted]


def test_a_failure_with_a_recognised_amount_is_the_readings() -> None:
    failing = identity("children_sum", "", [PRINTED], [CERTAIN])
    (check,), _ = withhold_unsure_verdicts([PRINTED, CERTAIN], [failing], {})
    assert (check.holds, check.kind) == ("no", "reading")


def test_other_checks_stay_as_they_are() -> None:
    holding = identity("children_sum", "", [line_item("2.00", 3)], [CERTAIN])
    printed = identity("children_sum", "", [PRINTED], [line_item("1.00", 4)])
    checks, _ = withhold_unsure_verdicts([PRINTED, CERTAIN], [holding, printed], {})
    assert checks == [holding, printed]
