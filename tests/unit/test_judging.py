"""One reading of a document after another: what both have is read once."""

from __future__ import annotations

from dataclasses import replace

from support.common import grid_of, layout

from extractor.grids.grid import PageLayout
from extractor.judging import judge
from extractor.vocabulary.vocabulary import Vocabulary


def page(number: int, title: str, amount: str) -> PageLayout:
    grid = grid_of([["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", amount]], page=number)
    return layout(grid, lines=(title, "单位：万元"), page=number)


def test_another_reading_of_one_page_reads_the_amounts_of_its_table_alone_and_ends_as_if_it_had_read_all(
    vocabulary: Vocabulary,
) -> None:
    pages = [page(1, "2026年支出总表", "1.00"), page(2, "2026年一般公共预算支出表", "2.00")]
    first = judge("d" * 64, pages, vocabulary)
    pages[1] = page(2, "2026年一般公共预算支出表", "3.00")
    again = judge("d" * 64, pages, vocabulary, first)
    kept, changed = (again.amounts[table.table_id] for table in again.tables)
    assert kept is first.amounts[first.tables[0].table_id]
    assert [item.amount_text for item in changed[1]] == ["3.00"]
    assert again == judge("d" * 64, pages, vocabulary)


def test_another_year_of_the_document_reads_all_of_its_amounts_again(vocabulary: Vocabulary) -> None:
    pages = [page(1, "2026年支出总表", "1.00"), page(2, "表", "2.00")]
    first = judge("d" * 64, pages, vocabulary)
    other = replace(first, facts=replace(first.facts, fiscal_year=2020))
    assert (
        judge("d" * 64, pages, vocabulary, other).amounts[first.tables[0].table_id]
        is not first.amounts[first.tables[0].table_id]
    )
