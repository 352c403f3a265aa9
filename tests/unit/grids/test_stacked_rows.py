"""Ruled tables whose rows no rule divides: the same cells as their fully ruled selves, and no row out of a single cell."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from support.pdf_maker import (
    SPENDING,
    SUMMARY,
    Draw,
    Sheet,
    Table,
    lattice,
    open_rows,
    page_of,
    pages_of,
    sideways,
)  # fmt: skip

from extractor.grids.geometry.layout import read_layout
from extractor.grids.grid import Grid, PageLayout
from extractor.pages.pdfium import open_pdf, read_page

Texts = list[tuple[int, int, str]]

FUNDS = Table(
    widths=(230, 120, 120, 120),
    header=((0, 0, 1, 1, "项目"), (0, 1, 1, 1, "2025年执行数"), (0, 2, 1, 1, "2026年预算数"), (0, 3, 1, 1, "增长%")),
    rows=(
        ("一、税收收入", "18,536", "19,240", "3.8"),
        ("　增值税", "7,921", "8,100", "2.3"),
        ("　企业所得税", "2,150", "2,288", "6.4"),
        ("　个人所得税", "1,064", "1,120", "5.3"),
        ("　城市维护建设税", "1,402", "1,432", "2.1"),
        ("　房产税", "5,999", "6,300", "5.0"),
        ("二、非税收入", "4,310", "4,000", "-7.2"),
        ("　专项收入", "1,310", "1,200", "-8.4"),
        ("　罚没收入", "3,000", "2,800", "-6.7"),
        ("收入合计", "22,846", "23,240", "1.7"),
    ),
    title="一般公共预算收入表",
    height=20,
)
WRAPPED = replace(
    FUNDS,
    widths=(150, 120, 120, 120),
    rows=(
        ("一、税收收入", "18,536", "19,240", "3.8"),
        ("　国有土地使用权出让收\n入及对应专项债务收入\n安排的支出", "7,921", "8,100", "2.3"),
        ("　城市基础设施配套费收\n入安排的支出", "2,150", "2,288", "6.4"),
        ("　企业所得税", "1,064", "1,120", "5.3"),
        ("　大中型水库移民后期扶\n持基金支出", "1,402", "1,432", "2.1"),
        ("　房产税", "5,999", "6,300", "5.0"),
    ),
)
GAPS = replace(
    FUNDS,
    rows=(
        ("一、税收收入", "", "", ""),
        ("　增值税", "7,921", "8,100", "2.3"),
        ("　企业所得税", "2,150", "", ""),
        ("　个人所得税", "", "1,120", ""),
        ("二、非税收入", "", "", ""),
        ("　专项收入", "1,310", "1,200", "-8.4"),
        ("　罚没收入", "", "", ""),
        ("收入合计", "22,846", "23,240", "1.7"),
    ),
)
WHOLE = replace(
    FUNDS,
    widths=(230, 90, 90, 90),
    rows=tuple((label, figure, figure, figure) for label, figure in (
        ("广州市", "131"), ("深圳市", "131"), ("珠海市", "13"), ("汕头市", "1310"), ("佛山市", "4"), ("韶关市", "131"),
        ("河源市", "888"), ("梅州市", "0"), ("惠州市", "131"),
    )),
)  # fmt: skip
BONDS = replace(
    FUNDS,
    widths=(150, 120, 120, 120),
    header=((0, 0, 1, 1, "项目名称"), (0, 1, 1, 1, "发行金额"), (0, 2, 1, 1, "发行日期"), (0, 3, 1, 1, "债券利率")),
    rows=(
        ("合计", "65,300", "", ""),
        ("示例市轨道交通环线工程\n二期", "10,000", "3月10日", "2.25%"),
        ("示例市垃圾处置中心项目\n一期", "3,200", "3月10日", "1.78%"),
        ("示例市中心医院东院区", "52,000", "3月24日", "2.29%"),
        ("示例市供热北线工程", "100", "3月24日", "2.07%"),
    ),
)
ALONE = replace(
    FUNDS,
    widths=(260, 120),
    header=((0, 0, 1, 1, "项目"), (0, 1, 1, 1, "预算数")),
    rows=tuple((row[0], row[2]) for row in FUNDS.rows),
)
ALIKE = {
    "plain": FUNDS,
    "codes and two header rows": SPENDING,
    "halves on the same baselines": SUMMARY,
    "dates beside amounts of wrapped labels": BONDS,
    "labels over two and three lines": WRAPPED,
    "figures beside the first line of their labels": replace(WRAPPED, figures_at="top"),
    "figures beside the last line of their labels": replace(WRAPPED, figures_at="bottom"),
    "rows as close as lines": replace(WRAPPED, height=13),
    "rows as close as lines, figures beside the first": replace(WRAPPED, height=13, figures_at="top"),
    "blank cells and rows without figures": GAPS,
    "whole numbers alone": WHOLE,
    "one column of figures": ALONE,
    "amounts that look like years": replace(
        ALONE, height=13, rows=(*ALONE.rows[:4], ("　城市维护建设税", "1944"), ("　房产税", "2020"), *ALONE.rows[6:])
    ),
    "figures lower than labels": replace(FUNDS, lower=2.5, height=14),
    "figures higher than labels": replace(FUNDS, lower=-2.5, height=14),
    "tiny type": replace(FUNDS, size=4.0, height=6.0, widths=(110, 50, 50, 50)),
    "tiny type, figures lower than labels": replace(FUNDS, size=4.0, height=4.7, lower=1.5, widths=(110, 50, 50, 50)),
    "tiny type, figures higher": replace(FUNDS, size=4.0, height=4.7, lower=-1.5, widths=(110, 50, 50, 50)),
}


def read(*draw: Draw) -> PageLayout:
    return read_layout(page_of(*draw))


def texts(grid: Grid) -> Texts:
    """Return what each cell that is not blank holds, its lines joined."""
    return [(cell.row, cell.column, cell.text.replace("\n", "")) for cell in grid.cells if cell.text.strip()]


def truth(table: Table) -> Texts:
    (grid,) = read(table.texts, partial(lattice, table)).grids
    return texts(grid)


@pytest.mark.parametrize("table", ALIKE.values(), ids=ALIKE)
def test_rows_without_rules_read_as_their_ruled_selves(table: Table) -> None:
    (grid,) = read(table.texts, partial(open_rows, table)).grids
    assert texts(grid) == truth(table)


@pytest.mark.parametrize("table", [FUNDS, WRAPPED, GAPS, WHOLE], ids=["plain", "wrapped", "gaps", "whole"])
@pytest.mark.parametrize("way", [partial(open_rows, every=5), partial(open_rows, bare=1)])
def test_some_rules_more_or_less_change_nothing(way: partial[None], table: Table) -> None:
    (grid,) = read(table.texts, partial(way.func, table, **way.keywords)).grids
    assert texts(grid) == truth(table)


@pytest.mark.parametrize("table", [FUNDS, WRAPPED, SUMMARY], ids=["plain", "wrapped", "halves"])
def test_a_page_on_its_side_reads_alike(table: Table) -> None:
    (grid,) = read(sideways, table.texts, partial(open_rows, table)).grids
    assert texts(grid) == truth(table)


@pytest.mark.parametrize("table", [FUNDS, WRAPPED, GAPS], ids=["plain", "wrapped", "gaps"])
def test_a_table_that_goes_on_without_a_header_reads_alike(table: Table) -> None:
    rest = replace(table, header=(), title="", unit="", top=60.0)
    data = pages_of([table.texts, partial(open_rows, table)], [rest.texts, partial(open_rows, rest)])
    with open_pdf(data, "typeset.pdf") as document:
        first, second = (read_layout(read_page(document, number)) for number in (1, 2))
    assert texts(first.grids[0]) == truth(table)
    assert texts(second.grids[0]) == truth(rest)


def test_digits_below_the_first_line_of_an_id_are_no_rows() -> None:
    ids = replace(
        FUNDS,
        widths=(130, 110, 110, 90),
        header=((0, 0, 1, 1, "项目名称"), (0, 1, 1, 1, "项目编号"), (0, 2, 1, 1, "单位"), (0, 3, 1, 1, "债券规模")),
        rows=(
            ("过江通道", "XMWH430100000381\n0030010018180105\n14021", "城市建设\n投资开发\n有限公司", "51.51"),
            ("棚户区改造", "P21430300-0100", "人民政府", "78.99"),
        ),
        height=44,
    )
    assert (1, 1, "XMWH430100000381003001001818010514021") in truth(ids)


HALF = replace(
    FUNDS,
    widths=(190, 100),
    header=((0, 0, 1, 1, "收入"), (0, 1, 1, 1, "预算数")),
    rows=(
        ("一、一般公共预算收入", "23,240"),
        ("二、上级补助收入", "11,020"),
        ("　返还性收入", "1,200"),
        ("　一般性转移支付收入", "9,820"),
        ("三、债务收入", "500"),
    ),
    height=22,
)
OTHER = replace(
    HALF,
    left=340,
    header=((0, 0, 1, 1, "支出"), (0, 1, 1, 1, "预算数")),
    rows=(
        ("一、一般公共服务支出", "4,120"),
        ("二、公共安全支出", "2,204"),
        ("三、教育支出", "8,260"),
        ("四、城乡社区支出及国有土地\n使用权出让收入安排的支出", "7,921"),
        ("五、农林水支出", "3,310"),
        ("六、住房保障支出", "1,002"),
    ),
    height=15.5,
)


def test_tiny_type_with_labels_lower_in_some_rows_alone() -> None:
    table = replace(
        FUNDS, size=2.4, height=4.68, widths=(110, 50, 50, 50), rows=tuple(("", *row[1:]) for row in FUNDS.rows)
    )

    def labels(sheet: Sheet) -> None:
        for number, (label, *_) in enumerate(FUNDS.rows):
            y = (table.ys[number + 1] + table.ys[number + 2]) / 2
            sheet.text(52, y + (1.5 if number % 3 else 0), label.lstrip("　"), size=2.4)

    (grid,) = read(table.texts, labels, partial(open_rows, table)).grids
    rows = [[cell.text for cell in grid.cells if cell.row == number] for number in range(1, grid.rows)]
    assert rows == [[label.lstrip("　"), *figures] for label, *figures in FUNDS.rows]


def test_a_text_merged_over_all_rows_is_not_cut_into_them() -> None:
    table = replace(
        FUNDS,
        widths=(60, 170, 120, 120),
        header=((0, 0, 1, 1, "性质"), (0, 1, 1, 1, "类型"), (0, 2, 1, 1, "余额"), (0, 3, 1, 1, "还本")),
        rows=tuple(("", label, figure, figure) for label, figure in (("合计", "96"), ("新增", "61"), ("置换", "35"))),
        height=30,
    )

    def merged(sheet: Sheet) -> None:
        middle = (table.ys[1] + table.ys[-1]) / 2
        for number, line in enumerate(("专项", "债券")):
            sheet.text(52, middle + 14 * (number - 0.5), line)

    (grid,) = read(table.texts, merged, partial(open_rows, table)).grids
    assert [(c.text, c.row_span) for c in grid.cells if c.column == 0 and c.text] == [("性质", 1), ("专项\n债券", 3)]
    assert [c.text for c in grid.cells if c.column == 1 and c.text] == ["类型", "合计", "新增", "置换"]


def test_halves_with_baselines_of_their_own_keep_their_rows() -> None:
    right = replace(OTHER, top=HALF.ys[1] - OTHER.height)
    low = max(HALF.ys[-1], right.ys[-1])

    def draw(sheet: Sheet) -> None:
        for half in (HALF, right):
            half.texts(sheet)
            open_rows(replace(half, top=HALF.top, height=HALF.height), sheet, bottom=low)

    (grid,) = read(draw).grids
    for half, columns in ((HALF, (0, 1)), (right, (2, 3))):
        rows: dict[int, list[str]] = {}
        for row, column, text in texts(grid):
            if column in columns:
                rows.setdefault(row, []).append(text)
        own = [[text.replace("\n", "").lstrip("　") for text in row] for row in half.rows]
        assert [row for row in rows.values() if len(row) == 2][1:] == own


@pytest.mark.parametrize("tall", [0, 1], ids=["labels in one cell", "amounts in one cell"])
@pytest.mark.parametrize("table", [ALONE, replace(ALONE, lower=2.5)], ids=["level", "lower"])
def test_what_stands_in_one_tall_cell_comes_to_the_rows_ruled_beside_it(table: Table, tall: int) -> None:
    def draw(sheet: Sheet) -> None:
        xs, ys = table.xs, table.ys
        for x in xs:
            sheet.rule(x, ys[0], x, ys[-1])
        for number, y in enumerate(ys):
            whole = number in (0, 1, len(ys) - 1)
            sheet.rule(xs[0] if whole or tall else xs[1], y, xs[-1] if whole or not tall else xs[1], y)

    (grid,) = read(table.texts, draw).grids
    assert texts(grid) == truth(table)


def cells_of(table: Table) -> list[str]:
    (grid,) = read(table.texts, partial(lattice, table)).grids
    return [cell.text for cell in grid.cells]


def test_a_wrapped_amount_or_code_stays_in_its_cell() -> None:
    table = replace(
        SPENDING,
        widths=(40, 220, 46, 110, 110, 110),
        rows=(
            ("20103\n01", "行政运行", "1,033,36\n3.52", "1,033,363.52", "0.00", "0.00"),
            ("20103\n99", "其他支出", "2,044,10\n1.00", "2,044,101.00", "0.00", "0.00"),
        ),
    )
    found = cells_of(table)
    assert {"1,033,363.52", "2,044,101.00"} <= set(found)
    assert {text.replace("\n", "") for text in found} >= {"2010301", "2010399"}


def test_a_text_over_several_rows_stays_whole() -> None:
    table = replace(
        FUNDS,
        widths=(120, 200, 120),
        header=((0, 0, 1, 1, "项目"), (0, 1, 1, 1, "指标"), (0, 2, 1, 1, "金额")),
        rows=(("", "数量指标", "1,000"), ("", "质量指标", "2,000"), ("", "时效指标", "3,000")),
    )

    def draw(sheet: Sheet) -> None:
        ys = table.ys
        for x0, top, x1, bottom, _, _ in table.boxes():
            sheet.rule(x0, top, x0, bottom)
            sheet.rule(x1, top, x1, bottom)
            if x0 > table.left or top < ys[1]:
                sheet.rule(x0, top, x1, top)
                sheet.rule(x0, bottom, x1, bottom)
        sheet.rule(table.xs[0], ys[-1], table.xs[1], ys[-1])
        for number, line in enumerate(("某某市城乡社区", "环境卫生整治及", "公共设施维护项")):
            sheet.text(table.xs[0] + 4, (ys[1] + ys[-1]) / 2 + 11 * (number - 1), line)

    (grid,) = read(table.texts, draw).grids
    assert grid.rows == 4
    assert "某某市城乡社区\n环境卫生整治及\n公共设施维护项" in [cell.text for cell in grid.cells]


def test_a_header_of_two_lines_stays_one_cell() -> None:
    table = replace(
        FUNDS,
        header=((0, 0, 1, 1, "项目"), (0, 1, 1, 1, "2025年\n执行数"), (0, 2, 1, 1, "2026年\n预算数"), (0, 3, 1, 1, "2026/\n2025")),
        height=26,
    )  # fmt: skip
    (grid,) = read(table.texts, partial(open_rows, table)).grids
    assert [cell.text for cell in grid.cells if cell.row == 0] == [
        "项目",
        "2025年\n执行数",
        "2026年\n预算数",
        "2026/\n2025",
    ]


def test_whole_numbers_on_top_of_each_other_are_never_one() -> None:
    for rows in ((("甲", "131"), ("乙", "131")), (("甲\n乙\n丙", "131\n131\n131"),)):
        table = replace(ALONE, widths=(200, 24), rows=rows)
        for draw in (lattice, open_rows):
            layout = read(table.texts, partial(draw, table))
            found = [cell.text for grid in layout.grids for cell in grid.cells]
            assert not any(text in ("131131", "131131131") for text in found)


@pytest.mark.parametrize("every", [0, 2])
def test_a_header_that_its_colour_alone_tells_from_the_first_row_is_a_row_of_its_own(every: int) -> None:
    header = tuple((0, n, 1, 1, text) for n, text in enumerate(("项目", "2023年", "2024年")))
    rows = tuple((f"第{n}项支出", f"{n}1.50", f"{n}2.50") for n in range(1, 6))
    table = Table((120, 90, 90), header, rows)

    def columns(sheet: Sheet) -> None:
        levels = (table.ys[0], *(table.ys[2::every] if every else ()), table.ys[-1])
        for x in table.xs:
            sheet.rule(x, table.ys[0], x, table.ys[-1])
        for y in levels:
            sheet.rule(table.xs[0], y, table.xs[-1], y)

    (grid,) = read_layout(page_of(table.texts, columns)).grids
    assert [c.text for c in grid.cells] == ["项目", "2023年", "2024年", *(text for row in rows for text in row)]
