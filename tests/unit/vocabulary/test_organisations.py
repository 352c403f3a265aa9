from __future__ import annotations

import pytest

from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize(
    "name",
    [
        "示例市示例局",
        "示例大学",
        "示例市第一中学",
        "示例小学",
        "示例镇",
        "示例市电视台",
        "示例发展控股有限公司",
        "良种试验场",
        "示例局(本级)",
    ],
)
def test_one_list_of_endings_marks_names_of_organisations(vocabulary: Vocabulary, name: str) -> None:
    names = vocabulary.organisations
    assert names.is_name(name)
    assert names.ends_in(name)
    assert names.coded(f"101001-{name}") == ("101001", name)
    subject = vocabulary.phrases.subject(f"{name}收入预算", "overall")
    assert subject is not None
    assert subject.id == "total_revenue"


@pytest.mark.parametrize("name", ["尾气排放综合管理平台", "信息系统运行维护", "一般公共服务支出"])
def test_a_project_or_a_class_is_no_organisation(vocabulary: Vocabulary, name: str) -> None:
    assert not vocabulary.organisations.is_name(name)
    assert not vocabulary.organisations.ends_in(name)
    assert vocabulary.organisations.coded(f"101001-{name}") is None
