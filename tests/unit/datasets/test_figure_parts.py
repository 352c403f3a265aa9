from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.parts import PartOf

from extractor.datasets.figure_parts import KEY, SCHEMA, figure_parts, organisation_bucket
from extractor.datasets.history import NEW, History
from extractor.datasets.parts import by_document

BODY = "350100-示例市民政局"
PART = f"figures/part-{organisation_bucket(BODY)}.parquet"


def rows(*changes: dict[str, Any]) -> pa.Table:
    base = dict.fromkeys(SCHEMA.names)
    sure = {
        "figure_id": "f", "document_id": "d", "organisation_id": BODY, "scope": "department", "year": 2025,
        "phase": "budget", "direction": "expenditure", "fund": "all", "classification": "functional", "code": "205",
        "component": "total", "level": 1, "fiscal_year": 2025, "document_phase": "budget", "preferred": True, "retired": False,
    }  # fmt: skip
    return pa.Table.from_pylist([{**base, **sure, **change} for change in changes], SCHEMA)


def committed(
    old: pa.Table | None, fresh: pa.Table, replaced: set[str] | None = None, history: dict[str, History] | None = None
) -> pa.Table:
    """Return the rows of the part after a commit."""
    known = [] if old is None else [PART]
    sent = fresh.take(by_document(fresh))
    parts = figure_parts(lambda _: PartOf(old), known, [lambda: sent], replaced or set(), history or {})
    return pa.concat_tables([SCHEMA.empty_table(), *(own for name, part in parts if name == PART for own in part)])


def preferred(*changes: dict[str, Any]) -> set[str]:
    return {r["document_id"] for r in committed(None, rows(*changes)).to_pylist() if r["preferred"]}


def test_the_document_about_the_year_is_preferred_to_later_ones_that_state_it_again() -> None:
    assert preferred({"document_id": "a"}, {"document_id": "b", "fiscal_year": 2026}) == {"a"}


def test_of_documents_about_the_year_the_one_of_the_latest_phase_is_preferred() -> None:
    assert preferred({"document_id": "a"}, {"document_id": "b", "document_phase": "final_accounts"}) == {"b"}


def test_where_no_document_is_about_the_year_the_latest_is_preferred() -> None:
    assert preferred({"document_id": "a", "fiscal_year": 2026}, {"document_id": "b", "fiscal_year": 2027}) == {"b"}
    assert preferred({"document_id": "a", "fiscal_year": None}, {"document_id": "b", "fiscal_year": 2027}) == {"b"}


def test_figures_that_differ_in_anything_have_each_their_own() -> None:
    assert preferred(
        {"document_id": "a"}, {"document_id": "b", "code": None}, {"document_id": "c", "year": None}
    ) == set("abc")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "document_id": st.sampled_from("abcd"),
                "code": st.sampled_from([None, "205", "206"]),
                "fiscal_year": st.sampled_from([None, 2024, 2025]),
                "scope": st.sampled_from([None, "own"]),
            }
        ),
        max_size=12,
    )
)
def test_every_key_has_exactly_one_preferred_row_whatever_the_order(changes: list[dict[str, Any]]) -> None:
    table = committed(None, rows(*changes))
    keys = [tuple(r[name] for name in KEY) for r in table.to_pylist() if r["preferred"]]
    assert sorted(map(str, keys)) == sorted({str(tuple(r[name] for name in KEY)) for r in table.to_pylist()})


def test_a_document_that_is_replaced_leaves_the_part_and_hands_on_its_preference() -> None:
    old = committed(None, rows({"document_id": "a"}, {"document_id": "b", "fiscal_year": 2026}))
    part = committed(old, SCHEMA.empty_table(), {"a"})
    assert [(r["document_id"], r["preferred"]) for r in part.to_pylist()] == [("b", True)]


def test_a_document_that_is_superseded_keeps_its_rows_and_hands_on_its_preference() -> None:
    old = committed(None, rows({"document_id": "a"}, {"document_id": "b"}, {"document_id": "a", "code": "206"}))
    history = {"a": NEW._replace(superseded_by="b")}
    part = committed(old, SCHEMA.empty_table(), history=history)
    assert [(r["document_id"], r["preferred"], r["superseded_by"]) for r in part.to_pylist()] == [
        ("a", False, "b"), ("a", False, "b"), ("b", True, None),
    ]  # fmt: skip


def test_a_document_whose_file_is_gone_states_only_what_no_other_does() -> None:
    assert preferred({"document_id": "a", "retired": True}, {"document_id": "b"}) == {"b"}
    assert preferred({"document_id": "a", "retired": True}) == {"a"}


def test_parts_that_no_document_changes_are_not_rewritten() -> None:
    old = rows({"document_id": "a"})
    assert list(figure_parts(lambda _: PartOf(old), [PART], [], {"c"}, {})) == []


def test_of_figures_that_agree_one_is_held_and_it_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.datasets.figure_parts.GROUP", 2)
    about_the_year = [{"document_id": f"{n:02}", "fiscal_year": 2025 + (n != 7)} for n in range(20)]
    assert preferred(*about_the_year, {"document_id": "30", "code": "206"}) == {"07", "30"}


def test_the_figures_of_an_organisation_that_no_document_names_stay_as_they_are() -> None:
    other = next(name for n in range(99) if organisation_bucket(name := f"350100-{n}") == organisation_bucket(BODY))
    old = committed(None, rows({"document_id": "a"}, {"document_id": "b", "organisation_id": other}))
    part = committed(old, rows({"document_id": "c", "document_phase": "final_accounts"}))
    assert [(r["document_id"], r["preferred"]) for r in part.to_pylist()] == [("a", False), ("b", True), ("c", True)]
