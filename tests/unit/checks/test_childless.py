"""Codes whose rows may be lost: all others of their level have some."""

from __future__ import annotations

import pytest
from support.small_tables import items_down, table_with
from support.vocabulary import CONFIG

from extractor.checks.childless import CHILDLESS, check_childless
from extractor.checks.sentences import with_sentences
from extractor.records.item import LineItem

FAMILIES = (("20101", "2.00"), ("2010101", "2.00"), ("20102", "3.00"), ("2010201", "3.00"))


def doubted_codes(series: list[LineItem]) -> list[str]:
    checks = list(check_childless(series, CONFIG.codes, CONFIG.identities.transfers, "p.1"))
    assert all((c.holds, c.standing, c.doubt) == ("no", "doubt", CHILDLESS) for c in checks)
    codes = {i.item_id: i.code or "" for i in series}
    return [codes[i] for c in checks for i in c.left_items]


def test_the_one_code_without_rows_below_it_is_doubted() -> None:
    assert doubted_codes(items_down(*FAMILIES, ("20103", "4.00"))) == ["20103"]


@pytest.mark.parametrize(
    "rest",
    [
        [("20103", "0.00")],  # nothing to divide
        [("20103", "4.00"), ("20104", "1.00")],  # a table that shows some levels only where it likes to
        [("20103", "4.00"), ("2010301", "4.00")],
        [("20103", "4.00", {"code_source": "looked_up"})],
        [("20103", "4.00"), ("20103", "1.00")],  # units one below the other
    ],
)
def test_codes_are_not_doubted_where_the_table_says_why(rest: list[tuple[str, str]]) -> None:
    assert doubted_codes(items_down(*FAMILIES, *rest)) == []


def test_the_doubt_is_said_in_a_sentence() -> None:
    series = items_down(*FAMILIES, ("20103", "4.00"))
    checks = check_childless(series, CONFIG.codes, CONFIG.identities.transfers, "p.1")
    (check,) = with_sentences(list(checks), series, [table_with((), table_id=series[0].table_id)])
    assert check.statement == "p.1: 20103 科目20103 4.00 = no rows below it"
    assert check.sentence is not None and "4.00 万元; no rows below it are printed" in check.sentence
    assert check.sentence_zh is not None and check.sentence_zh.endswith(
        "4.00 万元，其下没有明细，而同级的其他科目都有。"
    )


def test_two_codes_are_too_few_to_tell() -> None:
    assert doubted_codes(items_down(*FAMILIES[:2], ("20103", "4.00"))) == []


def test_a_class_that_has_no_others_below_it_needs_none() -> None:
    classes = (("201", "2.00"), ("20101", "2.00"), ("204", "3.00"), ("20402", "3.00"))
    assert doubted_codes(items_down(*classes, ("227", "4.00"))) == []
    assert doubted_codes(items_down(*classes, ("230", "4.00"))) == []  # transfers
    assert doubted_codes(items_down(*classes, ("205", "4.00"))) == ["205"]
