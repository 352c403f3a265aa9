from __future__ import annotations

import pytest

from extractor.vocabulary.titles import TitleReader, plain_title
from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("财政拨款“三公”经费 支出表", "财政拨款三公经费支出表"),
        ("《收支总表》", "收支总表"),
        ("支出预算总表（按功能分类）", "支出预算总表(按功能分类)"),
        ("一般公共预算支出表(不含上年结转)", "一般公共预算支出表)"),
        ("支出明细表(按功能分类科目-不含上级转移支付)", "支出明细表(按功能分类科目)"),
        ("支出表，剔除基建", "支出表"),
        ("收支总表\n（续）", "收支总表(续)"),
    ],
)
def test_a_title_is_compared_without_quotes_blanks_and_what_it_leaves_out(title: str, plain: str) -> None:
    assert plain_title(title) == plain


def test_no_title_means_no_table(vocabulary: Vocabulary) -> None:
    assert vocabulary.titles.kind("") is None
    assert vocabulary.titles.kind("通知") is None


def test_the_first_kind_that_fits_wins(vocabulary: Vocabulary) -> None:
    for title in ("一般公共预算支出表", "支出预算总表", "收支总表"):
        found = vocabulary.titles.kind(title)
        assert found is not None
        fitting = [kind for kind in vocabulary.kinds if TitleReader([kind]).kind(title) is not None]
        assert found.id == fitting[0].id


def test_what_a_title_leaves_out_does_not_name_it(vocabulary: Vocabulary) -> None:
    found = vocabulary.titles.kind("一般公共预算支出表(不含政府性基金)")
    assert found is not None
    assert found.id == "general_public_budget_expenditure"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2025年全市一般公共支出预算执行情况", "general_public_budget_expenditure"),
        ("2025年全市一般公共收入预算执行情况", "general_public_budget_revenue"),
        ("2025年全市一般公共收支预算平衡情况", "general_public_budget_expenditure"),
        ("2024年全省分地区一般公共预算收入执行情况表", "general_public_budget_revenue"),
        ("2024年全省分地区政府性基金预算支出执行情况表", "government_fund_expenditure"),
        ("2024年省对下政府性基金转移支付分地区支出表", "transfer_payments"),
        ("2024年转贷地方的外国政府贷款分地区情况表", "government_debt"),
        ("2024年省级基本建设支出决算表", "project_expenditure"),
    ],
)
def test_a_title_of_a_government_says_which_budget_its_table_is_of(
    vocabulary: Vocabulary, title: str, kind: str
) -> None:
    found = vocabulary.titles.kind(title)
    assert found is not None
    assert found.id == kind
