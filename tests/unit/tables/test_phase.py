"""Whether a document is a budget or final accounts: said once, by its first lines and by what stands over its tables."""

from __future__ import annotations

import pytest
from support.common import grid_of, layout

from extractor.contract import DocumentPhase
from extractor.grids.grid import PageLayout
from extractor.judging import judge
from extractor.tables.phase import HEAD_LINES, read_phase
from extractor.vocabulary.vocabulary import Vocabulary


def page(*lines: str, number: int = 1) -> PageLayout:
    return PageLayout(number, 600, 800, "\n".join(lines), (), ())


@pytest.mark.parametrize(
    ("lines", "titles", "phase"),
    [
        (["2026年度部门预算"], [], "budget"),
        (["2024年度部门决算"], [], "final_accounts"),
        (["2024年度部门决算", "一般公共预算财政拨款", "政府性基金预算"], [], "final_accounts"),  # funds are called so
        (["2024年度财政收支"], ["收入支出决算总表", "收入决算表"], "final_accounts"),
        (["关于2024年预算执行情况"], ["一般公共预算收入决算表", "政府性基金支出决算表"], "final_accounts"),
        (["2026年部门预算"], ["2024年“三公”经费决算表"], "budget"),  # as often as not
        (["通知"], ["收入表"], None),
        (["债务情况", "预算资金偿还5万元"], [], None),
        (["债券使用情况", "示例局预算科"], [], None),
        (["预算科目"], [], "budget"),
        (
            ["2019年财政决算（草案）的报告", "完成预算的99.2%", "比年初预算增加1万元"],
            [],
            "final_accounts",
        ),  # of a figure
    ],
)
def test_a_document_is_what_it_calls_itself_more_often(
    lines: list[str], titles: list[str], phase: DocumentPhase | None
) -> None:
    assert read_phase([page(*lines)], titles) == phase


def test_what_the_text_below_the_first_lines_says_of_the_budget_does_not_count() -> None:
    told = ["比年初预算增加", "完成预算的98%", "预算执行情况"] * HEAD_LINES
    assert read_phase([page("某市2024年财政决算", *["目录"] * HEAD_LINES, *told)], []) == "final_accounts"


def test_tables_and_facts_have_one_answer(vocabulary: Vocabulary) -> None:
    """A first page of prose on the budget: tables once asked it alone, facts the titles of all tables."""
    rows = [["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "1.00"]]
    pages = [page("关于2024年预算执行情况的报告", "年初预算", "调整预算", "预算完成情况")]
    titles = (
        "一般公共预算收入决算表",
        "一般公共预算支出决算表",
        "政府性基金收入决算表",
        "政府性基金支出决算表",
        "支出总表",
    )
    for number, title in enumerate(titles, 2):
        pages.append(layout(grid_of(rows, page=number), lines=(title, "单位：万元"), page=number))
    judged = judge("d" * 64, pages, vocabulary)
    assert judged.facts.phase == "final_accounts"
    assert judged.tables[-1].table_type == "expenditure_summary_final"
    assert {item.phase for item in judged.items} == {"final_accounts"}
