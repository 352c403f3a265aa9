from __future__ import annotations

from functools import partial
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from support.parts import PartOf

from extractor.datasets.figure_parts import organisation_bucket
from extractor.datasets.organisation_parts import organisation_parts
from extractor.datasets.schemas import DATASETS, documents_of
from extractor.figures.organisations import Mention, organisation_of

ORGANISATIONS = DATASETS["organisations"]
BODY = "350100-福州市民政局"
PART = f"organisations/part-{organisation_bucket(BODY)}.parquet"


def rows(*mentions: Mention) -> pa.Table:
    """Make the rows that documents' readings send: one for each document."""
    return ORGANISATIONS.table([organisation_of(BODY, [mention]) for mention in mentions])


def mention(document_id: str, **changes: Any) -> Mention:
    base = Mention(document_id, 2026, True, "福州市民政局", "department", None, None, None, False, "福州市")
    return base._replace(**changes)


def committed(*batches: pa.Table, replaced: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Return the part after some commits."""
    part = ORGANISATIONS.schema.empty_table()
    for batch in batches:
        known = [PART] if part.num_rows else []
        gone = replaced | set(documents_of(batch).to_pylist())
        made = dict(
            organisation_parts({PART: PartOf(part)}.__getitem__, known, [partial(pa.concat_tables, [batch])], gone)
        )
        (part,) = made.get(PART, [part])
    return part.to_pylist()  # type: ignore[no-any-return]


MENTIONS = st.lists(
    st.builds(
        mention,
        st.sampled_from("abcd"),
        fiscal_year=st.sampled_from([None, 2024, 2025]),
        own=st.booleans(),
        name=st.sampled_from(["福州市民政局", "民政局"]),
    ),
    max_size=6,
    unique_by=lambda m: m.document_id,
)


@given(MENTIONS, st.permutations(range(6)))
def test_an_organisation_is_the_same_in_whatever_order_its_documents_come(
    mentions: list[Mention], order: list[int]
) -> None:
    shuffled = [mentions[i] for i in order if i < len(mentions)]
    assert committed(rows(*mentions)) == committed(*(rows(m) for m in shuffled))


def test_a_document_that_is_read_again_replaces_what_it_said() -> None:
    (row,) = committed(rows(mention("a"), mention("b", name="民政局", fiscal_year=2020)), rows(mention("b")))
    assert row["aliases"] == []
    assert [m["document_id"] for m in row["named_by"]] == ["a", "b"]


def test_an_organisation_that_no_document_names_any_more_is_none() -> None:
    assert committed(rows(mention("a")), rows(), replaced=frozenset("a")) == []


def test_parts_that_no_document_changes_are_not_rewritten() -> None:
    old = rows(mention("a"))
    assert list(organisation_parts(lambda _: PartOf(old), [PART], [], {"c"})) == []


def test_a_document_that_goes_changes_only_the_organisations_it_names() -> None:
    named = {"x": "ab", "y": "c", "z": "cd"}
    part = ORGANISATIONS.table([organisation_of(key, list(map(mention, ids))) for key, ids in named.items()])
    [(_, (left,))] = organisation_parts(lambda _: PartOf(part), [PART], [], ["d"])
    assert left["organisation_id"].to_pylist() == ["x", "y", "z"]
    assert documents_of(left).to_pylist() == ["a", "b", "c", "c"]
    assert not list(organisation_parts(lambda _: PartOf(part), [PART], [], ["e"]))
