from __future__ import annotations

import pytest
from support.common import grid_of, items_of, layout, read_tables

from extractor.records.row_types import with_types_of_rows
from extractor.vocabulary.vocabulary import Vocabulary

FUNCTIONS = [["201", "一般公共服务支出", "9.00"], ["20101", "人大事务", "9.00"]]
CLASSES = [["301", "工资福利支出", "9.00"], ["30101", "基本工资", "9.00"]]


@pytest.mark.parametrize(
    ("title", "rows", "table_type"),
    [
        ("一般公共预算基本支出表", FUNCTIONS, "general_public_budget_basic_expenditure"),
        ("一般公共预算基本支出表", CLASSES, "basic_expenditure_by_economic_class"),
        ("一般公共预算基本支出决算表", CLASSES, "basic_expenditure_by_economic_class_final"),
        ("一般公共预算基本支出表", [*FUNCTIONS, *CLASSES], "general_public_budget_basic_expenditure"),
        ("一般公共预算支出表", CLASSES, "general_public_budget_expenditure"),
    ],
)
def test_basic_expenditure_by_economic_class_has_one_type_whatever_its_title(
    vocabulary: Vocabulary, title: str, rows: list[list[str]], table_type: str
) -> None:
    grid = grid_of([["科目编码", "科目名称", "合计"], ["", "合计", "9.00"], *map(list, rows)])
    tables = read_tables([layout(grid, lines=(title, "单位：万元"))], vocabulary)
    tables, items = with_types_of_rows(tables, items_of(tables, vocabulary), vocabulary.kinds)
    assert {*(t.table_type for t in tables), *(i.table_type for i in items)} == {table_type}
