from __future__ import annotations

import pytest

from extractor.contract import DocumentKind
from extractor.errors import NotADocumentError
from extractor.grids.readers import read_layouts
from extractor.source.source import Source

BUDGET = "2026年部门收支总表\n单位：万元\n项目\t预算数\n一般公共预算拨款\t12.50\n合计\t12.50\n"


def read(text: str, kind: DocumentKind = "text") -> int:
    """Return how many tables are read."""
    reading = read_layouts(Source("列表", "0" * 64, kind, text.encode()))
    return sum(len(layout.grids) for layout in reading.layouts)


@pytest.mark.parametrize(
    "text",
    [
        "文件\t页数\n示例局2026年部门预算.pdf\t8\n示例委2026年部门预算.pdf\t12\n",
        f"名称\t校验\t页数\n示例局\t{'a' * 64}\t8\n示例委\t{'b' * 64}\t12\n",
        "city\tyear\tbalance\n示例市\t2019\t610.72\n示例县\t2019\t610.20\n",
        "# Samples\n\n| folder | documents |\n| --- | --- |\n| 示例市 | 12 |\n",
    ],
)
def test_lists_of_files_and_numbers_of_a_database_are_no_document(text: str) -> None:
    with pytest.raises(NotADocumentError, match="列表: lists files, or numbers under names that are not Chinese"):
        read(text)


def test_a_web_page_that_lists_files_is_no_document() -> None:
    rows = "".join(f"<tr><td>附件{n}.pdf</td><td>{n}</td></tr>" for n in range(1, 4))
    with pytest.raises(NotADocumentError, match="lists files"):
        read(f"<table><tr><td>名称</td><td>大小</td></tr>{rows}</table>", "html")


@pytest.mark.parametrize(
    "more",
    [
        "",
        "\n文件\t页数\n附件1.pdf\t8\n附件2.pdf\t12\n",  # the files that belong to it
    ],
)
def test_a_budget_is_read_whatever_it_lists_besides(more: str) -> None:
    assert read(BUDGET + more) == 1 + bool(more)


def test_a_report_that_lists_its_files_is_read_for_its_sentences() -> None:
    sentences = "".join(f"全市一般公共预算收入{n}.5亿元，增长{n}%。\n" for n in range(1, 7))
    assert read(f"{sentences}\n文件\t页数\n附件1.pdf\t8\n附件2.pdf\t12\n") == 1
