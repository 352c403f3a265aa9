from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.common import ROOT

from extractor.vocabulary.codes import normalise_name, read_classifications, scheme_of

CODES = read_classifications(ROOT / "configs" / "codes")
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
