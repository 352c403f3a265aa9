from __future__ import annotations

from dataclasses import replace

import pytest
from support.common import grid_of, layout, read_tables

from extractor.records.areas import with_scopes
from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.vocabulary.vocabulary import Vocabulary

HUNAN = Facts(2024, "final_accounts", "湖南省人民政府", "government", "430000", "湖南省")


def regions_of(vocabulary: Vocabulary, rows: list[list[str]], facts: Facts = HUNAN) -> list[str | None]:
    """Return the regions of the rows' first amounts."""
    tables = read_tables([layout(grid_of(rows), lines=("2024年转移支付分地区决算表", "单位：万元"))], vocabulary)
    items = read_items("d" * 64, tables, facts, vocabulary)
    return [item.region for item in items if item.column == min(i.column for i in items)]


def test_a_row_of_a_table_by_region_is_its_regions(vocabulary: Vocabulary) -> None:
    rows = [
        ["地区", "决算数"],
        ["全省合计", "70.00"],
        ["省本级", "10.00"],
        ["长沙市", "40.00"],
        ["其中：市本级及市辖区", "10.00"],
        ["芙蓉区", "20.00"],
        ["经开区", "10.00"],
        ["常德市", "20.00"],
        ["市本级", "5.00"],
        ["鼎城区", "15.00"],
    ]
    assert regions_of(vocabulary, rows) == [
        *("湖南省", "湖南省", "长沙市", "长沙市", "长沙市芙蓉区", None),  # 经开区 is no division
        *("常德市", "常德市", "常德市鼎城区"),
    ]


def test_every_other_row_is_the_documents(vocabulary: Vocabulary) -> None:
    rows = [
        ["项目", "决算数"],
        ["合计", "30.00"],
        ["长沙市", "10.00"],
        ["均衡性转移支付", "10.00"],
        ["结算补助", "10.00"],
    ]
    assert regions_of(vocabulary, rows) == ["湖南省"] * 4


def test_a_column_of_a_table_with_a_region_a_column_is_its_regions(vocabulary: Vocabulary) -> None:
    rows = [["项目", "合计", "长沙市", "常德市", "经开区", "省级"], ["均衡性转移支付", *["1.00"] * 5]]
    tables = read_tables(
        [layout(grid_of([list(r) for r in rows]), lines=("2024年转移支付分项目分地区表",))], vocabulary
    )
    items = read_items("d" * 64, tables, HUNAN, vocabulary)
    assert [i.region for i in items] == ["湖南省", "长沙市", "常德市", None, "湖南省"]


def test_rows_of_no_known_document_are_regions_of_one_name_only(vocabulary: Vocabulary) -> None:
    unknown = Facts(2024, "final_accounts", None, "government", None, None)
    rows = [["地区", "决算数"], ["合计", "30.00"], ["长沙市", "10.00"], ["常德市", "10.00"], ["鼓楼区", "10.00"]]
    assert regions_of(vocabulary, rows, unknown) == [None, "长沙市", "常德市", None]


@pytest.mark.parametrize("head", ["区划", "地区名称"])
def test_the_regions_may_stand_beside_the_rows_names(vocabulary: Vocabulary, head: str) -> None:
    rows = [
        [head, "项目名称", "金额"],
        ["长沙市", "示例医院", "10.00"],
        ["长沙县", "示例学校", "10.00"],
        ["常德市", "示例公路", "10.00"],
    ]
    assert regions_of(vocabulary, rows) == ["长沙市", "长沙县", "常德市"]


def test_a_title_says_of_which_division_or_zone_a_table_is(vocabulary: Vocabulary) -> None:
    def region(title: str) -> tuple[str | None, str | None]:
        tables = read_tables([layout(grid_of([["项目", "决算数"], ["增值税", "1.00"]]), lines=(title,))], vocabulary)
        (item,) = read_items("d" * 64, tables, HUNAN, vocabulary)
        return item.region_code, item.region

    assert region("2024年湖南省一般公共预算收入决算表") == ("430000", "湖南省")
    assert region("2024年全省一般公共预算收入决算表") == ("430000", "湖南省")
    assert region("2024年长沙市一般公共预算收入决算表") == ("430100", "长沙市")
    assert region("长沙市2024年一般公共预算收入决算表") == ("430100", "长沙市")
    assert region("关于长沙市2024年一般公共预算收入的说明表") == ("430000", "湖南省")
    assert region("2024年省对市县一般公共预算转移支付表") == ("430000", "湖南省")
    assert region("2024年湘江新区管理区一般公共预算收入决算表") == (None, "湘江新区管理区")
    assert region("2024年某某经济技术开发区收支决算表") == (None, "某某经济技术开发区")


def test_a_title_may_name_the_city_of_the_documents_own_district(vocabulary: Vocabulary) -> None:
    title = "长沙市芙蓉区2024年一般公共预算收入决算表"
    tables = read_tables([layout(grid_of([["项目", "决算数"], ["增值税", "1.00"]]), lines=(title,))], vocabulary)
    district = replace(HUNAN, region_code="430102", region="长沙市芙蓉区")
    (item,) = read_items("d" * 64, tables, district, vocabulary)
    assert (item.region_code, item.region) == ("430102", "长沙市芙蓉区")


def scopes_of(vocabulary: Vocabulary, facts: Facts, *pages: tuple[str, ...]) -> list[str | None]:
    grid = [["项目", "决算数"], ["增值税", "1.00"]]
    layouts = [layout(grid_of(list(grid), page=n), lines=lines, page=n) for n, lines in enumerate(pages, 1)]
    return [table.scope for table in with_scopes(read_tables(layouts, vocabulary), layouts, facts, vocabulary)]


def test_a_title_that_names_the_region_alone_is_of_all_of_it_beside_tables_of_its_own_level(
    vocabulary: Vocabulary,
) -> None:
    region, own = ("2024年湖南省一般公共预算收入决算表",), ("2024年省级一般公共预算收入决算表",)
    zone = ("2024年长沙市一般公共预算收入决算表",)
    assert scopes_of(vocabulary, HUNAN, region, own, zone) == ["all_region", "own_level", None]
    assert scopes_of(vocabulary, HUNAN, region) == [None]


def test_a_level_is_with_its_zones_beside_tables_of_itself_that_state_other_figures(vocabulary: Vocabulary) -> None:
    def scopes(own: str, said: str = "市级（含高新区、\n新区，下同）") -> list[str | None]:
        titles = [
            ("2025年市级一般公共预算收入表", "9.00"),
            ("2025年市本级一般公共预算收入表", own),
            ("2025年市级基金收入表", "5.00"),
        ]
        pages = [
            layout(grid_of([["项目", "决算数"], ["增值税", amount]], page=n), lines=(title, said), page=n)
            for n, (title, amount) in enumerate(titles, 1)
        ]
        return [table.scope for table in with_scopes(read_tables(pages, vocabulary), pages, HUNAN, vocabulary)]

    assert scopes("7.00") == ["level_with_zones", "own_level", "level_with_zones"]
    assert scopes("9.00") == ["own_level"] * 3
    for said in ("省级（含补助市县）", "市县级（含洋浦经济开发区）", "县级（含市辖区）", "市本级（含园区）"):
        assert scopes("7.00", said=said) == [
            None,
            "own_level",
            "own_level",
        ]  # 省级 is more than 省本级: of what, nothing says


def test_a_column_of_a_level_is_with_its_zones_where_the_books_tables_are(vocabulary: Vocabulary) -> None:
    one, other = ([["项目", "决算数"], ["增值税", amount]] for amount in ("9.00", "7.00"))
    levels = [["项目", "全市", "市级", "市本级", "市级(含高新区)"], ["增值税", "9.00", "8.00", "7.00", "8.00"]]
    pages = [
        layout(grid_of(one, page=1), lines=("2025年市级一般公共预算收入表", "市级（含高新区，下同）"), page=1),
        layout(grid_of(other, page=2), lines=("2025年市本级一般公共预算收入表",), page=2),
        layout(grid_of(levels, page=3), lines=("2025年一般公共预算收入分级表",), page=3),
    ]
    *_, table = with_scopes(read_tables(pages, vocabulary), pages, HUNAN, vocabulary)
    zones = "level_with_zones"
    assert [c.scope for c in table.columns[1:]] == ["all_region", zones, "own_level", zones]


def test_tables_of_one_title_have_the_scopes_of_the_headings_over_them(vocabulary: Vocabulary) -> None:
    pages = [("一、全省预算执行情况", "收入决算表"), ("收入决算表",), ("二、省本级预算执行情况", "收入决算表")]
    assert scopes_of(vocabulary, HUNAN, *pages) == ["all_region", "own_level"]
    assert scopes_of(vocabulary, HUNAN, *pages, ("三、其他事项", "支出决算表"))[-1] is None
    assert scopes_of(vocabulary, replace(HUNAN, organisation_level="department"), *pages[:1]) == [None]


def test_of_two_tables_of_one_title_the_one_under_the_heading_of_the_own_level_is_of_that(
    vocabulary: Vocabulary,
) -> None:
    own, title = "3.1 2024年省本级一般公共预算收入决算表", "2024年湖南省一般公共预算支出决算表"
    part = "第三部分湖南省本级决算报表"
    assert scopes_of(vocabulary, HUNAN, (f"2.2 {title}",), (part, own), (f"3.2 {title}",)) == [
        *("all_region", "own_level", "own_level")
    ]
    assert scopes_of(vocabulary, HUNAN, (part, own), (f"3.2 {title}",)) == ["own_level", "all_region"]


def test_a_row_of_a_regions_own_level_is_of_that_scope_whatever_the_title_says(vocabulary: Vocabulary) -> None:
    rows = [
        ["地区", "决算数"],
        ["全省合计", "70.00"],
        ["长沙市", "40.00"],
        ["长沙市本级", "10.00"],
        ["常德市", "30.00"],
        ["市级合计", "10.00"],
        ["市县级合计", "10.00"],
    ]
    lines = ("2024年全省一般公共预算收入分地区决算表", "单位：万元")
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=lines)], vocabulary)
    scopes = [item.scope for item in read_items("d" * 64, tables, HUNAN, vocabulary)]
    assert scopes == ["all_region", "all_region", "own_level", "all_region", "own_level", None]


def scoped(vocabulary: Vocabulary, rows: list[list[str]], title: str) -> list[tuple[str, str | None]]:
    """Return label and scope of the figures of a table."""
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=(title, "单位：万元"))], vocabulary)
    return [(item.label, item.scope) for item in read_items("d" * 64, tables, HUNAN, vocabulary)]


def test_what_a_region_receives_is_not_of_the_level_that_the_title_names(vocabulary: Vocabulary) -> None:
    title = "2024年省级一般公共预算转移支付分地区决算表"
    names = ["合计", "长沙市", "常德市", "湘西合计", "行署本级", "经开区"]
    found = scoped(vocabulary, [["地区", "决算数"], *([name, "1.00"] for name in names)], title)
    whole = "all_region"
    assert [scope for _, scope in found] == ["own_level", whole, whole, whole, "own_level", None]
    columns = [["项目", "合计", "长沙市", "常德市", "经开区"], ["结算补助", "8.00", "5.00", "2.00", "1.00"]]
    found = scoped(vocabulary, columns, title)
    assert [scope for _, scope in found] == ["own_level", "all_region", "all_region", None]


def test_the_sum_of_a_table_of_one_level_with_a_row_of_that_level_is_of_all_of_the_region(
    vocabulary: Vocabulary,
) -> None:
    rows = [["地区", "决算数"], *([name, "1.00"] for name in ("合计", "省本级", "长沙市", "常德市"))]
    found = scoped(vocabulary, rows, "2024年省级一般公共预算转移支付分地区决算表")
    assert [scope for _, scope in found] == ["all_region", "own_level", "all_region", "all_region"]


def test_a_total_that_names_all_of_the_region_is_of_all_of_it(vocabulary: Vocabulary) -> None:
    rows = [["地区", "债务限额"], ["全省合计", "9.00"], ["省本级", "2.00"], ["长沙市", "5.00"], ["常德市", "2.00"]]
    assert scoped(vocabulary, rows, "2024年债务限额表")[:2] == [("全省合计", "all_region"), ("省本级", "own_level")]


def test_a_total_of_all_of_the_region_is_of_its_columns_level_where_columns_are_of_levels(
    vocabulary: Vocabulary,
) -> None:
    rows = [["投向", "全省", "省级", "区县"], ["全省合计", "9.00", "8.00", "1.00"], ["铁路", "9.00", "8.00", "1.00"]]
    found = scoped(vocabulary, rows, "2024年新增专项债券投向情况表")
    assert [scope for _, scope in found[:3]] == ["all_region", "own_level", None]


def test_a_projects_name_that_begins_with_a_regions_is_no_scope_but_the_column_of_regions_is(
    vocabulary: Vocabulary,
) -> None:
    rows = [
        ["地区", "项目名称", "金额"],
        ["长沙市本级", "长沙市示例医院", "1.00"],
        ["长沙市本级", "示例公路", "1.00"],
        ["芙蓉区", "长沙市芙蓉区示例学校", "1.00"],
        ["常德市", "示例水厂", "1.00"],
    ]
    found = scoped(vocabulary, rows, "2024年地方政府债券使用情况表")
    assert [scope for _, scope in found] == ["own_level", "own_level", "all_region", "all_region"]


def test_a_level_that_a_row_has_with_zones_or_above_one_of_its_own_is_with_its_zones(vocabulary: Vocabulary) -> None:
    rows = [
        ["地区", "债务限额"],
        ["合计", "20.00"],
        ["省级", "10.00"],
        ["省本级", "8.00"],
        ["某某新区", "2.00"],
        ["长沙市", "6.00"],
        ["常德市", "4.00"],
    ]
    title = "2024年地方政府债务限额表"
    zones = [("省级", "level_with_zones"), ("省本级", "own_level"), ("某某新区", None)]
    cities = [("长沙市", "all_region"), ("常德市", "all_region")]
    assert scoped(vocabulary, rows, title) == [("合计", "all_region"), *zones, *cities]
    rows[2][0], rows[3][0] = "省本级（含某某新区）", "其中：省本级"
    assert [scope for _, scope in scoped(vocabulary, rows, title)][1:3] == ["level_with_zones", "own_level"]


def test_the_sum_of_the_lower_levels_is_not_all_of_the_region_whose_name_stands_before_it(
    vocabulary: Vocabulary,
) -> None:
    rows = [
        ["地区", "债务限额"],
        ["湖南省", "9.00"],
        ["湖南省市县合计", "8.00"],
        ["长沙市", "5.00"],
        ["常德市", "3.00"],
    ]
    tables = read_tables([layout(grid_of(rows), lines=("2024年地方政府债务限额表", "单位：万元"))], vocabulary)
    items = read_items("d" * 64, tables, HUNAN, vocabulary)
    assert [(i.measure, i.scope) for i in items[:2]] == [
        ("debt_limit", "all_region"),
        ("lower_levels/debt_limit", None),
    ]


@pytest.mark.parametrize("head", ["市县", "区县", "县区"])
def test_a_column_of_the_lower_levels_is_measured_apart(vocabulary: Vocabulary, head: str) -> None:
    rows = [["项目", "全省", "省级", head], ["地方政府债务限额", "9.00", "8.00", "1.00"]]
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=("2024年债务限额表",))], vocabulary)
    items = read_items("d" * 64, tables, HUNAN, vocabulary)
    assert [i.measure for i in items] == ["debt_limit", "debt_limit", "lower_levels/debt_limit"]


def test_a_column_of_the_documents_own_division_has_the_scope_behind_its_name(vocabulary: Vocabulary) -> None:
    rows = [["项目", "湖南省本级", "长沙市本级", "决算数"], ["结算补助", "1.00", "2.00", "4.00"]]
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=("2024年全省补助决算表",))], vocabulary)
    (table,) = with_scopes(tables, [], HUNAN, vocabulary)
    assert [c.scope for c in table.columns] == [None, "own_level", None, None]


def test_the_own_level_beside_the_lower_ones_is_a_scope_and_alone_is_whose_money_it_is(vocabulary: Vocabulary) -> None:
    def columns(*heads: str) -> list[tuple[str | None, str | None]]:
        rows = [["项目", *heads], ["结算补助", *["1.00"] * len(heads)]]
        (table,) = read_tables([layout(grid_of(rows), lines=("2024年债券决算表",))], vocabulary)
        return [(c.measure, c.scope) for c in table.columns[1:]]

    assert columns("合计", "省本级", "市县级") == [("total", None), ("amount", "own_level"), ("lower_levels", None)]
    money = [("total", None), ("central_level", None), ("local_funds", None), ("lower_levels", None)]
    assert columns("合计", "中央", "省本级", "市县级") == money


def test_a_row_says_whose_its_figures_are_where_it_says_nothing_else(vocabulary: Vocabulary) -> None:
    labels = ["全省", "湖南省本级", "省级", "市县级", "省本级学校建设"]
    grid = grid_of([["项目", "债务限额"], *([label, "9.00"] for label in labels)])
    tables = read_tables([layout(grid, lines=("2024年政府债务限额表", "单位：万元"))], vocabulary)
    items = read_items("d" * 64, tables, HUNAN, vocabulary)
    assert [(i.scope, i.measure) for i in items] == [
        ("all_region", "debt_limit"),
        ("own_level", "debt_limit"),
        (None, "debt_limit"),  # may be whose money it is
        (None, "lower_levels/debt_limit"),
        (None, "debt_limit"),
    ]
    departments = read_items("d" * 64, tables, replace(HUNAN, organisation_level="department"), vocabulary)
    assert {(i.scope, i.measure) for i in departments} == {(None, "debt_limit")}


def test_a_column_of_the_lower_levels_is_of_them_whatever_its_rows_name(vocabulary: Vocabulary) -> None:
    rows = [["项目", "全省", "省本级", "市县"], ["债务限额", "9.00", "2.00", "7.00"]]
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=("2024年政府债务限额表",))], vocabulary)
    found = [(i.measure, i.scope) for i in read_items("d" * 64, tables, HUNAN, vocabulary)]
    assert found == [("debt_limit", "all_region"), ("debt_limit", "own_level"), ("lower_levels/debt_limit", None)]


def test_the_scope_in_a_title_is_none_of_the_lower_levels(vocabulary: Vocabulary) -> None:
    rows = [["项目", "合计", "市县"], ["债务限额", "9.00", "7.00"], ["市县合计", "8.00", "8.00"]]
    tables = read_tables([layout(grid_of([*map(list, rows)]), lines=("2024年全省政府债务限额表",))], vocabulary)
    tables = with_scopes(tables, [], HUNAN, vocabulary)
    found = [(i.measure, i.scope) for i in read_items("d" * 64, tables, HUNAN, vocabulary)]
    assert found == [
        *(("debt_limit", "all_region"), ("lower_levels/debt_limit", None)),
        *(("lower_levels/total", None), ("lower_levels", None)),
    ]


@pytest.mark.parametrize(
    ("code", "name", "label", "measure"),
    [
        ("430100", "长沙市", "市县级收入", "total"),
        ("430000", "湖南省", "市县级收入", "lower_levels/total"),
        ("450000", "广西壮族自治区", "区县合计", "lower_levels/total"),
    ],
)
def test_levels_among_which_is_the_governments_own_are_not_the_lower_ones(
    vocabulary: Vocabulary, code: str, name: str, label: str, measure: str
) -> None:
    grid = grid_of([["项目", "金额"], ["财政总收入", "9.00"], [label, "6.00"]])
    tables = read_tables([layout(grid, lines=("2024年财政总收入构成表", "单位：万元"))], vocabulary)
    items = read_items("d" * 64, tables, replace(HUNAN, region_code=code, region=name), vocabulary)
    assert items[1].measure == measure
