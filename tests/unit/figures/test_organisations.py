from __future__ import annotations

from typing import Any

from support.small_tables import line_item

from extractor.figures.organisations import Alias, Organisation, document_organisations, organisation_of
from extractor.prose.listings import Entry
from extractor.records.bodies import Bodies, bodies_of
from extractor.vocabulary.vocabulary import Vocabulary

DOCUMENT: dict[str, Any] = {
    "document_id": "d" * 64,
    "organisation": "福州市公安局",
    "organisation_level": "department",
    "region_code": "350100",
    "region": "福州市",
    "fiscal_year": 2026,
}


def unit(name: str, category: str | None = None) -> Entry:
    return Entry("unit", 1, 1, "", name, name, category, None, 1, None)


def read(
    vocabulary: Vocabulary, *agencies: str, entries: tuple[Entry, ...] = (), **changes: Any
) -> dict[str, Organisation]:
    document = {**DOCUMENT, **changes}
    place = {name: document[name] for name in ("region_code", "region")}
    rows = [line_item("1.00", row=n, agency_name=name, **place) for n, name in enumerate(agencies)]
    whose = bodies_of(document, rows, Bodies(vocabulary))
    return {o.organisation_id: o for o in document_organisations(document, whose.values(), entries, vocabulary)}


def test_units_of_rows_and_of_the_list_of_units_belong_to_the_department_and_projects_are_none(
    vocabulary: Vocabulary,
) -> None:
    found = read(
        vocabulary,
        "福州市公安局(本级)",
        "福州市公安局交通管理支队",
        "民警训练经费",
        entries=(unit("福州市强制隔离戒毒所", "public_institution"), unit("人事处")),
    )
    own, inner, listed = (f"350100-福州市{name}" for name in ("公安局", "公安局交通管理支队", "强制隔离戒毒所"))
    assert {key: (o.level, o.kind, o.parent_organisation_id) for key, o in found.items()} == {
        own: ("department", None, None),
        inner: ("unit", None, own),
        listed: ("unit", "public_institution", own),
    }


def test_a_government_belongs_to_the_one_above(vocabulary: Vocabulary) -> None:
    changes = {"organisation": "闽侯县人民政府", "organisation_level": "government", "region_code": "350121"}
    found = read(vocabulary, "", **changes, region="闽侯县")
    (government,) = found.values()
    assert (government.kind, government.parent_organisation_id) == ("government", "350100-福州市人民政府")


def test_an_old_name_is_an_alias_with_the_year_and_the_source_of_its_reform(vocabulary: Vocabulary) -> None:
    old = read(vocabulary, organisation="福州市环境保护局", fiscal_year=2017, document_id="b" * 64)
    new = read(vocabulary, organisation="福州市生态环境局")
    key = "350100-福州市生态环境局"
    assert old.keys() == new.keys() == {key}
    both = organisation_of(key, [*old[key].named_by, *new[key].named_by])
    assert both.name == "福州市生态环境局"
    ((name, year, source),) = both.aliases
    assert (name, year) == ("福州市环境保护局", 2018)
    assert "机构改革方案" in source
    assert [alias.name for alias in old[key].aliases] == ["福州市生态环境局"]


def test_bodies_that_were_joined_keep_their_ids_and_say_where_they_went(vocabulary: Vocabulary) -> None:
    (body,) = read(vocabulary, organisation="福州市工商行政管理局", fiscal_year=2018).values()
    assert (body.organisation_id, body.aliases) == ("350100-福州市工商行政管理局", ())
    assert body.successor_organisation_id == "350100-福州市市场监督管理局"


def test_a_bodys_own_document_counts_more_than_a_later_one_of_another(vocabulary: Vocabulary) -> None:
    key = "350100-福州市公安局交通管理支队"
    own = read(vocabulary, organisation="福州市公安局交通管理支队", organisation_level="unit", fiscal_year=2024)
    other = read(vocabulary, "公安局交通管理支队", fiscal_year=2026, document_id="b" * 64)
    both = organisation_of(key, [*other[key].named_by, *own[key].named_by])
    assert (both.name, both.parent_organisation_id) == ("福州市公安局交通管理支队", "350100-福州市公安局")
    assert both.aliases == (Alias("公安局交通管理支队", 2026, "b" * 64),)
