from __future__ import annotations

from dataclasses import replace

import pytest
from support.common import grid_of, layout

from extractor.grids.grid import PageLayout
from extractor.records.facts import Facts, read_facts
from extractor.vocabulary.vocabulary import Vocabulary


def facts_of(vocabulary: Vocabulary, *lines: str) -> Facts:
    return read_facts([PageLayout(1, 600, 800, "\n".join(lines), (), ())], [], None, vocabulary)


@pytest.mark.parametrize(
    ("lines", "year", "name", "level"),
    [
        (("2026 年度", "福州市示例局交通管理", "支队", "单位预算"), 2026, "福州市示例局交通管理支队", "unit"),
        (("示例市示例区规划和自然", "资源局", "2024 年度部门决算"), 2024, "示例市示例区规划和自然资源局", "department"),
        (("2026 年深圳市示例局部门预算", "目 录"), 2026, "深圳市示例局", "department"),
        (("目录", "第一部分 2026年度部门预算情况说明", "示例市示例局"), 2026, "示例市示例局", "department"),
        (("示例市示例委员会2026年部门预算情况说明", "一、单位基本情况"), 2026, "示例市示例委员会", "department"),
        (("监督索引号53000100100000", "示例市示例局2026年部门预算公开目录"), 2026, "示例市示例局", "department"),
        (("示例市示例局2026年预算公开目录", "第一部分 部门预算"), 2026, "示例市示例局", "department"),
        (("预算公开", "附件", "示例市示例局", "2026年预算", "部门预算表"), 2026, "示例市示例局", "department"),
        (("2018 年度示例省高级", "人民法院预算公开", "第二部分 部门预算表"), 2018, "示例省高级人民法院", "department"),
    ],
)
def test_cover(vocabulary: Vocabulary, lines: tuple[str, ...], year: int, name: str, level: str) -> None:
    found = facts_of(vocabulary, *lines)
    assert (found.fiscal_year, found.organisation, found.organisation_level) == (year, name, level)


def test_a_year_in_prose_does_not_outweigh_the_cover(vocabulary: Vocabulary) -> None:
    found = facts_of(vocabulary, "2026年度示例局部门预算", "2025年部门预算执行", "2025年部门决算", "2025年预算")
    assert found.fiscal_year == 2026


def test_a_text_without_tables_is_of_the_year_that_its_heading_says(vocabulary: Vocabulary) -> None:
    lines = ("1", "关于2026年示例省省级一般公共预算支出", "预算的说明", "比2025年预算增加", "比2025年预算减少")
    assert facts_of(vocabulary, *lines).fiscal_year == 2026


def test_a_document_that_says_nothing(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "通知") == Facts(None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("lines", "name", "level", "region"),
    [
        # who reports is not whose budget it is
        (
            ("关于济南市2025年预算执行情况和2026年预算草案的报告", "济南市财政局"),
            "济南市人民政府",
            "government",
            "济南市",
        ),
        (("2024年省级一般公共预算收入决算表", "湖南省财政厅", "单位：万元"), "湖南省人民政府", "government", "湖南省"),
        (("上海市普陀区2026年政府预算",), "上海市普陀区人民政府", "government", "上海市普陀区"),
        (("红河州2026年度政府预算公开",), "红河哈尼族彝族自治州人民政府", "government", "红河哈尼族彝族自治州"),
        (("2024年锡林郭勒盟政府专项债务限额和余额情况表",), "锡林郭勒盟行政公署", "government", "锡林郭勒盟"),
        # it is somebody's, but who says nothing of it
        (("关于2025年全市及市本级财政预算执行情况的报告", "2025年7月28日在示例会"), None, "government", None),
        # an organ's own budget
        (("江苏省政协办公厅2018年度部门预算",), "江苏省政协办公厅", "department", "江苏省"),
        (("2026年长沙市人民政府办公厅部门预算",), "长沙市人民政府办公厅", "department", "长沙市"),
        (("1江苏省政协办公厅2017年度部门预算",), "江苏省政协办公厅", "department", "江苏省"),
    ],
)
def test_whose_budget_it_is(
    vocabulary: Vocabulary, lines: tuple[str, ...], name: str | None, level: str, region: str | None
) -> None:
    found = facts_of(vocabulary, *lines)
    assert (found.organisation, found.organisation_level, found.region) == (name, level, region)


def test_the_names_in_a_tables_rows_are_not_the_documents(vocabulary: Vocabulary) -> None:
    grid = grid_of([["地区", "决算数"], ["长沙市", "10.00"]])
    page = layout(grid, lines=("2024年转移支付分地区决算表",))
    page = replace(page, text="2024年转移支付分地区决算表\n地区 决算数\n长沙市 10.00")
    found = read_facts([page], [], None, vocabulary)
    assert found.region is None


def test_a_townships_report_is_not_that_of_the_region_around_it(vocabulary: Vocabulary) -> None:
    named = facts_of(vocabulary, "2026年财政预算草案的报告", "上海市普陀区示例镇人民政府", "各位代表：")
    assert (named.organisation, named.region) == ("上海市普陀区示例镇人民政府", "上海市普陀区")
    unnamed = facts_of(vocabulary, "关于济南市示例镇2025年预算执行情况和", "2026年预算草案的报告")
    assert (unnamed.organisation, unnamed.organisation_level) == (None, "government")
    zone = facts_of(vocabulary, "济南市高新区2025年预算执行情况和2026年预算草案的报告")
    assert (zone.organisation, zone.region) == (None, "济南市")


def test_a_report_on_the_whole_country_is_no_regions(vocabulary: Vocabulary) -> None:
    found = facts_of(vocabulary, "关于2026年中央对地方转移支付预算的说明", "支持湖南省、济南市等地。")
    assert found.region is None


def test_where_a_newspaper_writes_from_is_not_whose_budget_it_is(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "前三季度财政收支", "本报上海市10月31日电，财政收入增长。").region is None


def test_a_report_that_a_sentence_quotes_does_not_date_the_document(vocabulary: Vocabulary) -> None:
    lines = ("2025年示例区财政收支决算草案", "会议批准了《关于2025年预算执行情况和2026年预算草案的报告》，现报告如下：")
    assert facts_of(vocabulary, *lines).fiscal_year == 2025


def test_the_year_of_a_form_is_that_of_its_document_where_nothing_else_is(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "部门整体支出绩效目标表", "2026（年度）").fiscal_year == 2026


def test_the_caption_of_a_department_says_so_where_nothing_else_does(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "公开01表", "部门：示例厅 单位：万元").organisation_level == "department"
    assert facts_of(vocabulary, "公开01表", "单位名称：示例厅", "办件量", "单位：件").organisation_level is None
    for unit in ("示例市第二中学", "示例市救助中心", "示例市公安局城南分局"):
        assert facts_of(vocabulary, "公开01表", f"部门：{unit} 单位：万元").organisation_level is None


def test_a_name_does_not_say_that_it_is_summed(vocabulary: Vocabulary) -> None:
    assert facts_of(vocabulary, "福州市示例局（汇总）", "2026年部门预算").organisation == "福州市示例局"
