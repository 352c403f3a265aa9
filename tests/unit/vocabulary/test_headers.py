from __future__ import annotations

import pytest

from extractor.tables.columns import concepts_of, tell_apart
from extractor.tables.table import Column
from extractor.vocabulary.headers import matches_any
from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("一般公共预算拨款收入", "general_public_budget"),
        ("财政专户核拨资金收入", "fiscal_special_account"),
        ("事业单位经营收入资金", "operating_revenue"),
        ("人员类项目支出", "personnel"),
        ("上级提前下达转移支付", "superior_transfer"),
        ("对附属单位的补助支出", "subsidy_to_affiliated"),
        ("使用非财政拨款结余（含专用结余）", "surplus_used"),
        ("出国（境）费用", "overseas_trips"),
        ("其中：预留给中小企业采购金额", "procurement_sme"),
        ("执行率（B/A）", "share"),
        ("省级提前下达", "superior_transfer"),
        ("缴入国库的非税收入", "nontax_revenue"),
        ("事业单位事业收入", "business_revenue"),
        ("此次下达资金", "amount"),
        ("中央专款", "superior_transfer"),
        ("专项转移支付支出", "special_transfer"),  # to lower levels, in their own tables
        ("当年省级安排", "local_funds"),
        ("省级安排", "superior_transfer"),
        ("2026年市级财力安排支出合计", "local_funds"),
        ("调入资金", "transferred_in"),
        ("中央对我省税收返还和转移支付", "superior_transfer"),
        ("省对市县税收返还和转移支付", "transfer_to_lower"),
        ("科目调剂", "virement"),
        ("政府一般债券省级使用", "bonds"),
        ("新增债券", "new_bonds"),
        ("新增专项债券", "new_bonds"),
        ("当年财力安排", "local_funds"),
        ("日常公用", "public_operating"),
        ("商品服务", "goods_services"),
        ("其他来源", "other_funds"),
        ("自筹", "unit_funds"),
        ("社保基金", "social_insurance_fund"),
    ],
)
def test_a_header_text_means_a_concept(vocabulary: Vocabulary, text: str, measure: str) -> None:
    assert vocabulary.headers.meaning(text).measures[:1] == (measure,)


@pytest.mark.parametrize(
    ("text", "phase", "year"),
    [
        ("24年预算", "budget", 2024),
        ("全年预算数", "adjusted_budget", None),
        ("本年度预算", "budget", None),
        ("本年计划", "budget", None),
        ("上年预算执行数", "prior_year_execution", None),
        ("上年实际数", "prior_year_execution", None),
        ("2023年实际支出数", "execution", 2023),
        ("2023年实绩", "execution", 2023),
        ("预计完成", "execution", None),
        ("比年初预算增减额", "change", None),
        ("增减额度", "change", None),
        ("本年决算数比预算数增减", "change", None),
        (f"2026年债务余额预算数(含{'上级提前下达的' * 12}部分)", "budget", 2026),
    ],
)
def test_a_header_text_means_a_phase_and_a_year(
    vocabulary: Vocabulary, text: str, phase: str, year: int | None
) -> None:
    meaning = vocabulary.headers.meaning(text)
    assert (meaning.phase, meaning.year) == (phase, year)


@pytest.mark.parametrize("text", ["项目支出结转", "示例", "某某情况说明", "预"])
def test_an_unknown_text_stays_unknown(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.headers.meaning(text).measures == ()


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("三级指标", True),
        ("绩效指标内容", True),
        ("土地指标跨省域调剂资金", False),
        ("执行年度", True),
        ("项目起止年度", True),
        ("年度预算", False),
    ],
)
def test_an_indicator_is_no_money_unless_it_ends_in_a_word_for_money(
    vocabulary: Vocabulary, text: str, attribute: bool
) -> None:
    assert ("attribute" in vocabulary.headers.meaning(text).kinds) == attribute


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2026年部门收支总体情况表", "revenue_expenditure_summary"),
        ("部门支出预算总表(按功能分类)", "expenditure_summary"),
        ("单位资金支出预算表", "unit_funds_expenditure"),
        ("财政拨款上年结转资金支出表", "carried_over_expenditure"),
        ("一般公共预算支出表(不含上年结转)", "general_public_budget_expenditure"),
        ("2026年省本级一般公共预算(财力安排)支出预算表", "own_resources_expenditure"),
        ("2025年省级当年财力安排的一般公共预算支出表", "own_resources_expenditure"),
        ("一般公共预算基本支出表--人员经费(工资福利支出)", "basic_expenditure_by_economic_class"),
        ("一般公共预算财政拨款基本支出决算表(经济分类)", "basic_expenditure_by_economic_class"),
        ("财政拨款基本支出表(经济科目)", "fiscal_appropriation_basic_expenditure_by_economic_class"),
        ("政府性基金预算“三公”经费支出表", "three_public_expenses"),
        ("社会保险基金预算支出表", "social_insurance_fund"),
        ("上级补助项目支出预算表", "superior_subsidy_project_expenditure"),
        ("市本级政府性基金收入预算表", "government_fund_revenue"),
        ("某某经费明细表", "expenditure_detail"),
        ("事业单位经营支出表", "expenditure_detail"),
    ],
)
def test_a_title_means_a_table(vocabulary: Vocabulary, title: str, kind: str) -> None:
    found = vocabulary.titles.kind(title)
    assert found is not None
    assert found.id == kind


@pytest.mark.parametrize(
    ("path", "concepts"),
    [
        (("本年收入", "小计"), ["current_year_revenue"]),
        (("本年收入", "预算数"), ["amount"]),
        (("财政拨款收入", "一般公共预算"), ["general_public_budget"]),
        (("上年结转", "一般公共预算"), ["carried_over", "general_public_budget"]),
        (("基本支出", "合计"), ["basic_expenditure"]),
        (("合计",), ["total"]),
        (("某某",), []),
    ],
)
def test_a_header_path_means_concepts(vocabulary: Vocabulary, path: tuple[str, ...], concepts: list[str]) -> None:
    reader = vocabulary.headers
    assert concepts_of([reader.meaning(text) for text in path], reader.groups) == concepts


def test_no_two_columns_of_a_series_have_one_name(vocabulary: Vocabulary) -> None:
    twin = ("carried_over", "personnel")
    columns = [
        Column(0, (), "measure", measure="personnel", concepts=("personnel",)),
        Column(1, (), "measure", measure="personnel", concepts=twin),
        Column(2, (), "measure", measure="personnel", concepts=twin),
    ]
    named = tell_apart(columns, lambda _: (), vocabulary.headers.groups)
    assert [c.measure for c in named] == ["personnel", "carried_over/personnel", None]


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("预算数", True),
        ("(预算)数", True),
        ("a(b", True),
        ("执行", True),
        ("预算", False),
        ("a?b", False),
        ("数", False),
    ],
)
def test_any_of_some_patterns_matches_a_text_whose_brackets_are_groups_characters_or_in_a_set(
    text: str, matches: bool
) -> None:
    patterns = ["(预算|决算)数", r"\((预算)\)数", "a[(]b", "执行(数)?"]
    assert (matches_any(patterns)(text) is not None) == matches
