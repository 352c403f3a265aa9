from __future__ import annotations

import pytest
from support.small_tables import columns_of, line_item, table_with

from extractor.contract import OrganisationLevel, Publication
from extractor.grids.grid import PageLayout
from extractor.records.publication import Decided, decide_publication, without_amounts
from extractor.tables.table import Table
from extractor.vocabulary.vocabulary import Vocabulary


def decided(
    vocabulary: Vocabulary, *lines: str, tables: tuple[Table, ...] = (), level: OrganisationLevel | None = None
) -> Decided:
    pages = [PageLayout(1, 600, 800, "\n".join(lines), (), ())]
    return decide_publication(pages, tables, level, vocabulary.publications)


def table(title: str, table_type: str | None = "fiscal_appropriation_summary") -> Table:
    return table_with((), title=title, table_type=table_type)


@pytest.mark.parametrize(
    ("title", "publication"),
    [
        ("示例县教育局2026年部门预算公开", "department_budget"),
        ("示例市中级人民法院2025年度部门预算及“三公”经费预算公开说明", "department_budget"),
        ("示例区人民医院2026年部门预算安排及三公经费情况的公告", "department_budget"),
        ("示例镇2026年部门预算和绩效目标公开", "department_budget"),
        ("关于批复2026年部门预算的通知", "department_budget"),
        ("示例局2025年工作总结及2026年部门预算", "department_budget"),
        ("示例局2026年部门预算及工作计划", "department_budget"),
        ("示例大学2026年部门预算信息公开", "department_budget"),
        ("示例街道办事处2026年度部门预算", "department_budget"),
        ("示例市审计局2026年部门预算", "department_budget"),
        ("示例县示例中学2026年单位预算公开", "unit_budget"),
        ("示例市第一小学2024年度单位决算公开", "final_accounts"),
        ("示例县人民政府2024年度决算公开说明", "final_accounts"),
        ("关于示例县2024年财政决算和2025年上半年预算执行情况的报告", "final_accounts"),
        ("示例局2024年度部门决算及绩效自评公开", "final_accounts"),
        ("示例市2026年政府预算公开", "government_budget"),
        ("示例县2026年县本级财政预算表", "government_budget"),
        ("示例乡2026年财政预算公开", "government_budget"),
        ("示例市财政局关于2025年预算执行情况和2026年预算安排的报告", "government_budget"),
        ("示例县第十八届人民代表大会关于示例县2025年财政预算执行情况和2026年财政预算的决议", "government_budget"),
        ("示例区2026年社会保险基金预算", "government_budget"),
        ("关于示例区2025年1-6月预算执行情况的报告", "execution_report"),
        ("示例市2025年3月财政收支情况", "execution_report"),
        ("示例市财政预决算公开:2025年上半年预算执行情况", "execution_report"),
        ("示例省2024年地方政府债务限额及余额决算情况表", "government_debt"),
        ("示例县政府债务信息公开", "government_debt"),
        ("示例局2025年“三公”经费预算公开", "three_public_expenses"),
        ("示例市财政局关于提前下达2026年中央财政衔接推进乡村振兴补助资金的通知", "fund_notice"),
        ("关于下达2025年一般性转移支付预算的通知", "fund_notice"),
        ("2025年农业生产发展专项资金安排情况表", "fund_notice"),
        ("示例局2024年度部门整体支出绩效自评报告", "performance"),
        ("2024年度部门预算绩效自评报告", "performance"),
        ("示例局2024年政府信息公开工作年度报告", "other"),
        ("示例市示例局2024年度政府信息公开年报", "other"),
        ("示例县财政局2025年工作总结和2026年工作计划", "other"),
        ("示例市市级部门预算管理办法", "other"),
        ("关于印发《示例省财政专项资金管理办法(试行)》的通知", "other"),
        ("关于做好2026年部门预算编制工作的通知", "other"),
        ("示例局2026年工作要点", "other"),
        ("示例市市级项目支出绩效评价管理办法", "other"),
        ("关于2024年度市级预算执行和其他财政收支的审计工作报告", "other"),
        ("示例市2024年国民经济和社会发展统计公报", "other"),
        ("关于编制2026年部门预算的通知", "other"),
        ("示例市2024年度财政决算审计结果公告", "other"),
        ("示例市财政局2026年部门预算及政府采购公示", "department_budget"),
        ("示例县2025年预算执行情况及2026年预算工作方案", "government_budget"),
        ("示例县2024年财政决算和审计工作报告", "final_accounts"),
        ("负责拟订全县部门预算管理办法", "department_budget"),
        ("拟订全县民政事业发展政策和社会救助实施办法", None),
        ("转发关于延续实施失业保险稳岗惠民政策措施的通知", None),
        ("附件1", None),
        ("示例县2025年对下转移支付情况说明", None),
        ("2025年行政事业性收费目录清单", None),
    ],
)
def test_the_title_says_what_a_document_is(vocabulary: Vocabulary, title: str, publication: Publication | None) -> None:
    found = decided(vocabulary, title, "2026年1月")
    assert found == Decided(publication, title if publication else None)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("1", "示例市示例局", "2026年部门预算", "目录"), "示例市示例局2026年部门预算"),
        (
            ("关于示例市2025年预算执行情况", "与2026年预算草案的报告"),
            "关于示例市2025年预算执行情况与2026年预算草案的报告",
        ),
        (("关于示例市2025年预算执行情况", "一、一般公共预算收入"), "关于示例市2025年预算执行情况"),
        (("目录", "第二部分2026年度部门预算表"), "目录第二部分2026年度部门预算表"),
    ],
)
def test_the_words_are_its_title_however_it_wraps(vocabulary: Vocabulary, lines: tuple[str, ...], words: str) -> None:
    assert decided(vocabulary, *lines).words == words


@pytest.mark.parametrize(
    ("lines", "publication"),
    [
        (("示例区民政局政府信息公开", "2026年度", "部门预算"), "department_budget"),
        (("示例局2026年度工作计划", "2026年单位预算"), "unit_budget"),
        (("示例局政府信息公开", "2026年度", "预算公开"), None),
        (("第一部分部门概况", "全县社会救助政策和实施办法"), None),
        (("关于编制2026年部门预算的通知", "2026年度预算公开"), "department_budget"),
        (("示例局2026年度工作计划", "目录", "第二部分2026年度部门预算表"), "department_budget"),
        (("关于做好2026年部门预算编制工作的通知", "示例局", "2026年单位预算"), "unit_budget"),
        (("示例局2026年单位预算", "关于做好2026年部门预算编制工作的通知"), "unit_budget"),
        (("示例市部门预算管理办法", "示例市部门预算管理办法"), "other"),
        (("关于做好2026年部门预算", "编制工作的通知"), "department_budget"),
        (("2024年度市级预算执行审计报告", "主任、各位委员:", "我报告2024年市级预算执行的审计情况"), "other"),
    ],
)
def test_a_budget_is_never_taken_for_no_budget(
    vocabulary: Vocabulary, lines: tuple[str, ...], publication: Publication | None
) -> None:
    assert decided(vocabulary, *lines).publication == publication


def test_what_tables_say_a_budget_is_counts_where_its_title_says_it_is_none(vocabulary: Vocabulary) -> None:
    tables = (table("收支总表"), table("财政拨款收支总表"))
    found = decided(vocabulary, "示例县救助实施办法", tables=tables, level="department")
    assert found == Decided("department_budget", "财政拨款收支总表")


@pytest.mark.parametrize(
    ("lines", "publication"),
    [
        (("1", "2026年示例市地方政府再融资", "专项债券(二期)信用评级报告"), "other"),
        (("2026年示例市政府债券信息披露文件", "附件1:信用评级报告"), "government_budget"),
    ],
)
def test_what_begins_as_a_rating_report_is_no_budget_whatever_its_tables_are(
    vocabulary: Vocabulary, lines: tuple[str, ...], publication: Publication | None
) -> None:
    tables = (table("示例市一般公共预算收入构成情况", "general_public_budget_revenue"), table("支出表"), table(""))
    assert decided(vocabulary, *lines, tables=tables, level="government").publication == publication


def test_a_links_name_in_a_pages_menu_is_no_title(vocabulary: Vocabulary) -> None:
    menu = ("首页", "政府信息公开指南", "政府信息公开年报", "示例市示例局2026年部门预算", "2026-02-10")
    assert decided(vocabulary, *menu).publication == "department_budget"


@pytest.mark.parametrize(
    ("level", "publication"), [("department", "department_budget"), ("unit", "unit_budget"), (None, None)]
)
def test_a_book_of_tables_without_a_title_is_what_its_tables_are(
    vocabulary: Vocabulary, level: OrganisationLevel | None, publication: Publication | None
) -> None:
    tables = (table("收支总表"), table("财政拨款收支总表"), *[table("项目支出绩效目标表")] * 5)
    assert decided(vocabulary, tables=tables, level=level).publication == publication


def test_one_table_of_many_does_not_say_what_a_book_is(vocabulary: Vocabulary) -> None:
    assert (
        decided(vocabulary, tables=(table("收支总表"), table("支出总表"), table("三公经费支出表"))).publication is None
    )


@pytest.mark.parametrize(
    "tables",
    [
        (table("支出表"),),
        (table("2025年部门预算表", None),),
        (table_with(columns_of("金额"), title="", table_type=None), table("三公经费", None)),
    ],
)
def test_a_document_with_a_table_of_a_budget_keeps_its_amounts(
    vocabulary: Vocabulary, tables: tuple[Table, ...]
) -> None:
    assert decided(vocabulary, "示例局2025年工作总结", tables=tables).publication != "other"


def test_figures_of_what_is_no_budget_are_no_amounts() -> None:
    fee, share = line_item("12.50", code="20103", classification="functional"), line_item("5", unit="%")
    fees, shares = without_amounts([fee, share])
    assert (fees.value, fees.amount, fees.unit, fees.code, fees.classification) == (fee.value, None, None, None, None)
    assert shares == share
