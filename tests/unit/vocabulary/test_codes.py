from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.common import ROOT

from extractor.vocabulary.codes import Classification, Classifications, Name, normalise_name, scheme_of

CODES = Classifications.read(ROOT / "configs" / "codes")
STANDARD = [
    (code, name) for code, names in CODES.functional.names.items() for name in names if not name.alias and name.first
]


def test_names_follow_the_year() -> None:
    assert CODES.functional.name("2010305", 2019) == "专项业务活动"
    assert CODES.functional.name("2010305", 2026) == "专项业务及机关事务管理"
    assert CODES.functional.name("9999999", 2026) is None


def test_find_by_name_under_a_parent() -> None:
    assert CODES.functional.find("行政运行", 2026, parent="20140") == ("2014001",)
    assert CODES.functional.find("一、一般公共服务", 2026, digits=3) == ("201",)
    assert CODES.functional.find("没有这个科目", 2026) == ()


def test_unsourced_codes_keep_their_mark() -> None:
    assert CODES.functional.sourced("2010101")
    assert not all(CODES.revenue.sourced(code) for code in CODES.revenue.names)


def test_schemes_and_normalisation() -> None:
    assert [scheme_of(c) for c in ("101", "201", "30101", "50101", "9")] == [
        "revenue", "functional", "economic_department", "economic_government", None,
    ]  # fmt: skip
    assert normalise_name(" （一）政府办公厅（室） ") == normalise_name("政府办公厅(室)")


@given(st.sampled_from(STANDARD))
def test_every_standard_name_is_found(entry: tuple[str, object]) -> None:
    code, name = entry
    assert code in CODES.functional.find(name.text, name.first)  # type: ignore[attr-defined]


@pytest.mark.corpus
def test_code_files_are_as_built() -> None:
    script = ROOT / "scripts" / "build_codes.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0


def scheme(*rows: tuple[str, str, int, int], sourced: bool = True, alias: bool = False) -> Classification:
    names: dict[str, list[Name]] = {}
    for code, text, first, last in rows:
        names.setdefault(code, []).append(Name(text, first, last, sourced, alias, "一般公共预算"))
    return Classification({code: tuple(found) for code, found in names.items()})


RENAMED = scheme(("2010305", "专项业务活动", 2015, 2023), ("2010305", "专项业务及机关事务管理", 2024, 0))


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (2010, "专项业务活动"),  # before all: the nearest
        (2015, "专项业务活动"),
        (2023, "专项业务活动"),
        (2024, "专项业务及机关事务管理"),
        (2099, "专项业务及机关事务管理"),  # it has no last year
        (None, "专项业务及机关事务管理"),  # who knows no year means the newest
    ],
)
def test_a_code_has_the_name_of_its_year(year: int | None, name: str) -> None:
    assert RENAMED.name("2010305", year) == name


def test_a_name_that_nobody_dated_is_the_last_choice() -> None:
    dated = scheme(("201", "甲", 0, 0), ("201", "乙", 2020, 2021))
    assert dated.name("201", 2026) == "乙"
    assert scheme(("201", "甲", 0, 0)).name("201", 2026) == "甲"


def test_an_alias_is_found_and_is_no_standard_name() -> None:
    other = scheme(("201", "公共服务", 2015, 0), alias=True)
    assert other.find("公共服务", 2026) == ("201",)
    assert other.name("201", 2026) is None


def test_a_label_with_or_without_its_last_word_is_the_same() -> None:
    found = scheme(("205", "教育支出", 2015, 0), ("20501", "教育管理事务", 2015, 0))
    assert found.find("教育", 2026) == found.find("教育支出", 2026) == ("205",)
    assert found.find("教育管理事务支出", 2026) == ("20501",)


def test_a_label_that_many_codes_have_is_resolved_by_parent_and_digits() -> None:
    many = scheme(("2010101", "行政运行", 2015, 0), ("2010301", "行政运行", 2015, 0), ("20103", "行政运行", 2015, 0))
    assert many.find("行政运行", 2026) == ("2010101", "20103", "2010301")
    assert many.find("行政运行", 2026, parent="20103") == ("2010301",)  # and not the parent itself
    assert many.find("行政运行", 2026, digits=5) == ("20103",)


def test_of_codes_that_had_a_name_those_of_the_year_are_meant() -> None:
    moved = scheme(("2010101", "应急管理", 2015, 2018), ("2240101", "应急管理", 2019, 0))
    assert moved.find("应急管理", 2017) == ("2010101",)
    assert moved.find("应急管理", 2026) == ("2240101",)


def test_a_long_name_is_known_by_its_beginning() -> None:
    long = scheme(("2010301", "其他政府办公厅（室）及相关机构事务支出", 2015, 0))
    assert long.named("2010301", "其他政府办公厅(室)及相关")
    assert not long.named("2010301", "教育支出")
    assert not long.named("2010302", "其他政府办公厅")


def test_a_name_that_is_cut_off_is_long_and_right_under_its_parent() -> None:
    long = scheme(("1100247", "文化旅游体育与传媒共同财政事权转移支付收入", 2020, 0))
    assert long.cut("文化旅游体育与传媒共同财政事权转移支付收", "11002", 7) == ("1100247",)
    assert long.cut("文化旅游体育与传媒", "11002", 7) == ()
    assert long.cut("文化旅游体育与传媒共同财政事权转移支付收", "110", 5) == ()


@pytest.mark.parametrize(
    "label",
    ["一、教育支出", "（一）教育支出", "1.教育支出", "其中：教育支出", "★教育支出", " 教 育 支 出 ", "“教育”支出"],
)
def test_numbering_blanks_and_marks_are_no_part_of_a_name(label: str) -> None:
    assert normalise_name(label) == "教育支出"


def test_a_level_behind_a_name_tells_how_long_its_code_is() -> None:
    found = scheme(("20899", "其他社会保障和就业支出", 2015, 0), ("2089999", "其他社会保障和就业支出", 2015, 0))
    assert found.find("其他社会保障和就业支出(款)", 2026) == ("20899",)
    assert found.find("其他社会保障和就业支出（项）", 2026) == ("2089999",)


def test_a_name_that_is_one_already_keeps_its_last_word() -> None:
    parts = scheme(("206", "科学技术支出", 2015, 0), ("2300306", "科学技术", 2015, 0))
    assert parts.codes("科学技术支出") == ("206",)
    assert parts.codes("科学技术") == ("206", "2300306")


def test_an_amount_is_no_numbering() -> None:
    assert normalise_name("1.5万元以下") == "15万元以下"
