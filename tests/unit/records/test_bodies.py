from __future__ import annotations

import pytest
from support.small_tables import line_item

from extractor.contract import FigureScope
from extractor.records.bodies import Bodies, Body, bodies_of, with_body
from extractor.vocabulary.regions import Place
from extractor.vocabulary.vocabulary import Vocabulary

PUTUO = Place("310107", "上海市普陀区")
DEPARTMENT = {
    "organisation": "示例局",
    "organisation_level": "department",
    "region_code": PUTUO.code,
    "region": PUTUO.name,
}


@pytest.fixture
def bodies(vocabulary: Vocabulary) -> Bodies:
    return Bodies(vocabulary)


@pytest.mark.parametrize(
    "name",
    [
        "上海市普陀区财政局",
        "普陀区财政局",
        "财政局",
        "财政局本部",
        "财政局机关（本级）",
        "财政局机关",
        "普陀区财政局（本级）",
        "上海市普陀区财政局(汇总)",
    ],
)
def test_an_id_has_the_name_of_the_region_whether_it_is_printed_or_not(bodies: Bodies, name: str) -> None:
    assert bodies.id_of(name, PUTUO) == "310107-上海市普陀区财政局"


@pytest.mark.parametrize("name", ["南京铁路运输检察院", "中共上海市普陀区委办公室"])
def test_a_name_that_names_a_region_elsewhere_stays_as_it_is(bodies: Bodies, name: str) -> None:
    assert bodies.id_of(name, PUTUO) == f"310107-{name}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("福建省福州市公安局", "福州市公安局"),
        ("福建省福州公路局", "福建省福州公路局"),
        ("福州图书馆", "福州图书馆"),
        ("福州市环境保护局", "福州市生态环境局"),
        ("卫生和计划生育委员会", "福州市卫生健康委员会"),
        ("中国共产党福州市委员会宣传部", "中共福州市委宣传部"),
        ("福州市国土资源局", "福州市国土资源局"),  # 自然资源局 in one city, 自然资源和规划局 in another
        ("福州市环境保护科学研究院", "福州市环境保护科学研究院"),
        ("福州市工商行政管理局", "福州市工商行政管理局"),  # one of three that became one
    ],
)
def test_an_id_is_the_same_for_all_ways_to_write_a_name_and_after_a_reform_that_changed_but_that(
    bodies: Bodies, old: str, new: str
) -> None:
    place = Place("350100", "福州市")
    assert bodies.id_of(old, place) == bodies.id_of(new, place) == f"350100-{new}"


def test_a_body_of_no_region_has_its_own_name_alone(bodies: Bodies) -> None:
    assert bodies.id_of("财政部（本级）", None) == "000000-财政部"


@pytest.mark.parametrize(("of_body", "scope"), [(None, "own_level"), ("all_region", "all_region")])
def test_a_figure_of_a_body_without_a_scope_keeps_that_of_its_table(
    of_body: FigureScope | None, scope: FigureScope
) -> None:
    body = Body("000000-?0123", None, None, None, None, of_body)
    assert with_body(line_item("1.00", scope="own_level"), body).scope == scope


def test_the_projects_of_a_department_are_of_what_the_row_above_them_is_of(bodies: Bodies) -> None:
    def scopes(own: str) -> list[str | None]:
        names = (("合计", "9.00", None), ("示例局", own, "示例局"), ("培训专项", "2.00", "示例局"))
        rows = [line_item(a, n, label=t, agency_name=o, is_total=not o) for n, (t, a, o) in enumerate(names)]
        told = bodies_of(DEPARTMENT, rows, bodies)
        return [body.scope if (body := told[item.item_id]) else None for item in rows]

    assert scopes("9.00") == ["department"] * 3  # no unit besides
    assert scopes("7.00") == ["department", "own", "own"]
