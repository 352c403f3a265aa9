"""The profile names each step by where the program is, and its shares add up."""

from __future__ import annotations

import time

import pytest
from profile_job import breakdown, shares_of
from profile_steps import REST, STEPS, Profile, place_of, step_of
from support.common import ROOT

from extractor.grids.geometry.layout import read_layout
from extractor.pages.pdfium import read_hints


@pytest.mark.parametrize(
    ("place", "step"),
    [
        ("extractor/pages/pdfium.py:_text", "PDFium: text"),
        ("extractor/pages/pdfium.py:_read", "characters, direction sample, page"),
        ("extractor/grids/geometry/unruled/tokens.py:token_of", "layouts: tables without rules"),
        ("extractor/notation/figures.py:is_figure", None),  # whoever calls it has the time
    ],
)
def test_a_place_is_of_the_step_of_its_function_or_else_of_what_is_around_it(place: str, step: str | None) -> None:
    assert step_of(place) == step


def test_every_place_of_a_step_is_there() -> None:
    own = [p for places in STEPS.values() for p in places if p.startswith("extractor/")]
    assert [p for p in own if not (ROOT / p.partition(":")[0]).exists()] == []
    named = [p for p in own if ":" in p]
    missing = [
        p
        for p in named
        if f"def {p.rpartition(':')[2].rpartition('.')[2]}(" not in (ROOT / p.partition(":")[0]).read_text("utf-8")
    ]
    assert missing == []


def test_code_is_told_by_module_and_function() -> None:
    assert place_of(read_hints.__code__) == "extractor/pages/pdfium.py:read_hints"
    assert place_of(read_layout.__code__) == "extractor/grids/geometry/layout.py:read_layout"
    assert place_of(test_code_is_told_by_module_and_function.__code__) is None


def test_what_runs_outside_of_all_steps_is_the_rest() -> None:
    before = time.process_time()
    with Profile() as profile:
        sum(range(100_000))
    assert list(profile.steps) == [REST]
    assert 0 < profile.steps[REST] <= time.process_time() - before


def test_shares_add_up_to_a_hundred() -> None:
    shares = shares_of(dict.fromkeys("abcdefg", 1.0))
    assert round(sum(shares.values()), 6) == 100
    assert set(shares.values()) == {14.3, 14.2}


def test_steps_that_took_no_time_have_no_row() -> None:
    rows = breakdown({"tables": 3.0, REST: 1.0}, 1_000)
    assert rows[2:] == ["| tables | 3.00 | 75.0 % |", "| rest | 1.00 | 25.0 % |", "| all | 4.00 | 100 % |"]
