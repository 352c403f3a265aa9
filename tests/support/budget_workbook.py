"""A workbook with one budget table, of which tests change a figure, a header or the unit."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook


def budget(
    path: Path, education: int, project: str = "项目支出", unit: str = "万元", body: str = "示例市民政局"
) -> None:
    """Write a workbook with one table of expenditure."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([f"{body}2026年部门预算支出总表"])
    sheet.append([f"单位：{unit}"])
    sheet.append(["科目编码", "科目名称", "合计", "基本支出", project])
    sheet.append([None, "合计", 30 + education, 30, education])
    sheet.append(["201", "一般公共服务支出", 30, 30, 0])
    sheet.append(["205", "教育支出", education, 0, education])
    book.save(path)
