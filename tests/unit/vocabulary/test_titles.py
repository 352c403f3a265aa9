from __future__ import annotations

import pytest

from extractor.vocabulary.config import Config
from extractor.vocabulary.titles import kind_of_title, plain_title


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


def test_no_title_means_no_table(config: Config) -> None:
    assert kind_of_title("", config) is None
    assert kind_of_title("通知", config) is None


def test_the_first_kind_that_fits_wins(config: Config) -> None:
    for title in ("一般公共预算支出表", "支出预算总表", "收支总表"):
        found = kind_of_title(title, config)
        assert found is not None
        fitting = [kind for kind in config.kinds if kind_of_title(title, only(config, kind.id)) is not None]
        assert found.id == fitting[0].id


def only(config: Config, *ids: str) -> Config:
    """Return a configuration of some kinds of tables alone."""
    some = Config.__new__(Config)
    some.__dict__.update(config.__dict__)
    some.kinds = tuple(kind for kind in config.kinds if kind.id in ids)
    return some


def test_what_a_title_leaves_out_does_not_name_it(config: Config) -> None:
    found = kind_of_title("一般公共预算支出表(不含政府性基金)", config)
    assert found is not None
    assert found.id == "general_public_budget_expenditure"
